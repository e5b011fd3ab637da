//! Fields of a route, and which of them restrict who may call an operation and how often.
//!
//! In: `RouteSpec`, `Decision`. Out: `Field`s. Pure.

use super::{Decision, Origin};
use crate::blueprint::{Exposure, RouteSpec, Switch};

/// A field of a route that is a setting of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Backend,
    Exposure,
    Auth,
    Scopes,
    ApiKey,
    Timeout,
    Throttle,
    Cache,
    Validation,
}

/// The source of a setting of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingSource {
    /// The blueprint's route of that index.
    Route(usize),
    /// An extension of the description.
    Extension,
}

/// Sources of an operation's settings, by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettingSources([Option<SettingSource>; 9]);

impl SettingSources {
    pub(crate) fn get(&self, field: Field) -> Option<SettingSource> {
        self.0[field as usize]
    }
}

impl Field {
    /// The name of the field in the blueprint.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::Exposure => "exposure",
            Self::Auth => "auth",
            Self::Scopes => "scopes",
            Self::ApiKey => "api_key",
            Self::Timeout => "timeout",
            Self::Throttle => "throttle",
            Self::Cache => "cache",
            Self::Validation => "validation",
        }
    }
}

/// The fields that a route writes.
pub(crate) fn written(spec: &RouteSpec) -> Vec<Field> {
    let mut decision = Decision::default();
    decision.apply(spec, Origin::Route(0));
    decision.origins().map(|(field, _)| field).collect()
}

/// Returns the fields by which a route keeps callers out, or slows them down.
pub(crate) fn restricting(spec: &RouteSpec) -> Vec<Field> {
    let is_restricting = |field: &Field| match field {
        Field::Exposure => spec.exposure != Some(Exposure::Public),
        Field::Auth => spec.auth.as_deref() != Some("none"),
        Field::Scopes => spec.scopes.as_ref().is_some_and(|all| !all.is_empty()),
        Field::ApiKey => spec.api_key == Some(true),
        Field::Throttle => spec.throttle.as_ref().and_then(Switch::on).is_some(),
        Field::Backend | Field::Timeout | Field::Cache | Field::Validation => false,
    };
    let written = written(spec).into_iter();
    written.filter(is_restricting).collect()
}

/// Fields of a route as they are written, in a sentence.
pub(crate) fn shown(fields: &[Field], spec: &RouteSpec) -> String {
    let shown = |field: &Field| match field {
        Field::Backend => format!("`backend: {}`", spec.backend.as_deref().unwrap_or_default()),
        Field::Exposure => format!(
            "`exposure: {}`",
            spec.exposure.map_or("internal", Exposure::name)
        ),
        Field::Auth => format!("`auth: {}`", spec.auth.as_deref().unwrap_or_default()),
        Field::ApiKey => "`api_key: true`".to_owned(),
        field => format!("`{}`", field.name()),
    };
    fields.iter().map(shown).collect::<Vec<_>>().join(", ")
}

impl<'a> Decision<'a> {
    /// The sources of all fields that were decided.
    pub(crate) fn sources(&self) -> SettingSources {
        let mut sources = SettingSources::default();
        for (field, origin) in self.origins() {
            sources.0[field as usize] = Some(match origin {
                Origin::Route(index) => SettingSource::Route(index),
                Origin::Extension(_) => SettingSource::Extension,
            });
        }
        sources
    }

    /// Fields that were decided, each with the origin that set it last.
    pub(crate) fn origins(&self) -> impl Iterator<Item = (Field, Origin<'a>)> {
        let all = [
            (Field::Backend, self.backend.map(|(_, origin)| origin)),
            (Field::Exposure, self.exposure.map(|(_, origin)| origin)),
            (Field::Auth, self.auth.map(|(_, origin)| origin)),
            (Field::Scopes, self.scopes.map(|(_, origin)| origin)),
            (Field::ApiKey, self.api_key.map(|(_, origin)| origin)),
            (Field::Timeout, self.timeout_ms.map(|(_, origin)| origin)),
            (Field::Throttle, self.throttle.map(|(_, origin)| origin)),
            (Field::Cache, self.cache.map(|(_, origin)| origin)),
            (Field::Validation, self.validation.map(|(_, origin)| origin)),
        ];
        all.into_iter()
            .filter_map(|(field, origin)| Some((field, origin?)))
    }
}
