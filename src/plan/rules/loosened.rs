//! What the description loosens though the blueprint restricts it.
//!
//! In: what the blueprint alone says of an operation, what is decided with the description's
//! extensions. Out: findings. Pure.
//! The description may restrict further; it never lifts what stands in the blueprint, unless a
//! route says so.

use std::collections::BTreeMap;

use super::{Decision, Origin};
use crate::blueprint::{AuthSpec, Blueprint, Exposure, Switch, ThrottleSpec};
use crate::diagnostic::{self, Diagnostic, OperationName, Place};
use crate::openapi::{Operation, Security, SettingOf};
use crate::plan::access::security::counted;
use crate::plan::rules::extensions::Written;

/// What is decided of an operation before and after the description's extensions and the routes
/// that follow them.
#[derive(Clone, Copy)]
pub(crate) struct Change<'c, 'a> {
    /// By the leading routes alone.
    pub(crate) before: &'c Decision<'a>,
    pub(crate) after: &'c Decision<'a>,
}

/// What extensions loosen, by the place of the extension.
#[derive(Debug, Default)]
pub(crate) struct Loosened(BTreeMap<Place, Loosening>);

#[derive(Debug)]
struct Loosening {
    field: &'static str,
    /// The value, as the blueprint would write it.
    value: String,
    /// The place of the restriction.
    restriction: Place,
    is_of_path: bool,
    operations: Vec<OperationName>,
}

impl Loosened {
    /// Notes what the extensions of an operation loosen.
    pub(crate) fn note(
        &mut self,
        change: Change<'_, '_>,
        operation: &Operation,
        blueprint: &Blueprint,
    ) {
        let found = [
            exposure(change, blueprint),
            throttle(change, blueprint),
            auth(change, operation, blueprint),
        ];
        for (written, loosening) in found.into_iter().flatten() {
            let Some(place) = written.place(loosening.field) else {
                continue;
            };
            let noted = self.0.entry(place.clone()).or_insert(loosening);
            let name = operation.name();
            // Under every mount anew.
            if noted.operations.last() != Some(&name) {
                noted.operations.push(name);
            }
        }
    }

    /// Reports what was noted.
    ///
    /// Errors: GW3064.
    pub(crate) fn findings(&self) -> Vec<Diagnostic> {
        self.0.iter().map(|(place, it)| it.finding(place)).collect()
    }
}

impl Loosening {
    fn finding(&self, place: &Place) -> Diagnostic {
        let Self { field, value, .. } = self;
        let first = self.operations.first();
        let path = first.map_or_else(String::new, |it| {
            crate::plan::rules::patterns::only(&it.path)
        });
        let methods = match first.filter(|_| !self.is_of_path) {
            Some(it) => format!(", methods: [{}]", it.method.to_ascii_lowercase()),
            None => String::new(),
        };
        let mut finding = diagnostic::LOOSENED_BY_DESCRIPTION
            .at(place.clone())
            .also(self.restriction.clone())
            .message(format_args!(
                "`x-gwgen-{field}: {value}` lifts the `{field}` that the blueprint sets for {}",
                counted(&self.operations)
            ))
            .help(format_args!(
                "remove it, or say in the blueprint that it is meant: `{{match: {{paths: [{path}]{methods}}}, {field}: {value}}}`"
            ));
        finding.operations.clone_from(&self.operations);
        finding
    }
}

/// The extension, where it has the last word.
fn extension(origin: Origin<'_>) -> Option<&Written> {
    match origin {
        Origin::Extension(written) => Some(written),
        Origin::Route(_) => None,
    }
}

fn loosening(field: &'static str, value: String, restriction: Place, of: SettingOf) -> Loosening {
    Loosening {
        field,
        value,
        restriction,
        is_of_path: of == SettingOf::Path,
        operations: Vec::new(),
    }
}

fn exposure<'a>(change: Change<'_, 'a>, blueprint: &Blueprint) -> Option<(&'a Written, Loosening)> {
    let (before, origin) = change.before.exposure?;
    let (after, by) = change.after.exposure?;
    let written = extension(by).filter(|_| after < before)?;
    let value = if after == Exposure::Public {
        "public"
    } else {
        "internal"
    };
    Some((
        written,
        loosening(
            "exposure",
            value.to_owned(),
            origin.place(blueprint, "exposure"),
            written.of,
        ),
    ))
}

fn throttle<'a>(change: Change<'_, 'a>, blueprint: &Blueprint) -> Option<(&'a Written, Loosening)> {
    let (after, by) = change.after.throttle?;
    let written = extension(by).filter(|_| change.after.exposure() == Exposure::Public)?;
    let of_stage = blueprint
        .spec
        .stage
        .as_ref()
        .and_then(|it| it.throttle.as_ref());
    let (before, restriction) = match change.before.throttle {
        Some((before, origin)) => (before, origin.place(blueprint, "throttle")),
        None => (of_stage?, blueprint.place("/stage/throttle")),
    };
    let before = before.on()?;
    let (is_looser, value) = match after {
        Switch::Off => (true, "off".to_owned()),
        Switch::On(ThrottleSpec { rate, burst }) => (
            *rate > before.rate || *burst > before.burst,
            format!("{{rate: {rate}, burst: {burst}}}"),
        ),
    };
    is_looser.then(|| {
        (
            written,
            loosening("throttle", value, restriction, written.of),
        )
    })
}

/// What an entry of `auth` keeps out: nobody, who has no key, or who is not let through.
fn strength(name: &str, blueprint: &Blueprint) -> u8 {
    match blueprint.spec.auth.as_ref().and_then(|it| it.get(name)) {
        _ if name == "none" => 0,
        Some(AuthSpec::Ignore) => 0,
        Some(AuthSpec::ApiKey) => 1,
        Some(AuthSpec::Iam | AuthSpec::Cognito(_) | AuthSpec::Lambda(_)) | None => 2,
    }
}

fn auth<'a>(
    change: Change<'_, 'a>,
    operation: &Operation,
    blueprint: &Blueprint,
) -> Option<(&'a Written, Loosening)> {
    let (before, origin) = change.before.auth?;
    let (after, by) = change.after.auth?;
    let written = extension(by).filter(|_| change.after.exposure() == Exposure::Public)?;
    // What the description itself protects is not opened without a reason, which is an error of its
    // own.
    if after == "none" && matches!(operation.security, Security::Needs(_)) {
        return None;
    }
    let entry = |name: &str| blueprint.spec.auth.as_ref().and_then(|it| it.get(name));
    let is_same = before == after || (entry(before).is_some() && entry(before) == entry(after));
    let is_looser = strength(before, blueprint) > 0
        && strength(after, blueprint) <= strength(before, blueprint)
        && !is_same;
    is_looser.then(|| {
        (
            written,
            loosening(
                "auth",
                after.to_owned(),
                origin.place(blueprint, "auth"),
                written.of,
            ),
        )
    })
}
