//! Restrictions of the blueprint that the description loosens.
//!
//! In: decisions with and without the extensions of the description. Out: diagnostics. Pure.
//! The description may restrict further; it never lifts a restriction of the blueprint, unless a
//! route allows that.

use std::collections::BTreeMap;

use super::{Decision, Origin};
use crate::blueprint::{AuthSpec, Blueprint, Exposure, Switch, ThrottleSpec};
use crate::diagnostic::{self, Diagnostic, OperationName, Place};
use crate::openapi::{Operation, Security, SettingOf};
use crate::plan::rules::extensions::ExtensionRoute;
use crate::plan::rules::patterns::only;

/// Decisions about an operation before and after its extensions and the routes behind them.
#[derive(Clone, Copy)]
pub(crate) struct ExtensionEffect<'c, 'a> {
    /// By the leading routes alone.
    pub(crate) before: &'c Decision<'a>,
    pub(crate) after: &'c Decision<'a>,
}

/// Restrictions that extensions loosen, by the place of the extension.
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
    /// Notes the restrictions that the extensions of an operation loosen.
    pub(crate) fn note(
        &mut self,
        effect: ExtensionEffect<'_, '_>,
        operation: &Operation,
        blueprint: &Blueprint,
    ) {
        let found = [
            exposure(effect, blueprint),
            throttle(effect, blueprint),
            auth(effect, operation, blueprint),
        ];
        for (place, loosening) in found.into_iter().flatten() {
            let noted = self.0.entry(place).or_insert(loosening);
            let name = operation.name();
            // An operation comes once for each mount.
            if noted.operations.last() != Some(&name) {
                noted.operations.push(name);
            }
        }
    }

    /// Reports the restrictions that were noted.
    ///
    /// Errors: GW3064.
    pub(crate) fn findings(&self) -> Vec<Diagnostic> {
        self.0
            .iter()
            .map(|(place, loosening)| loosening.finding(place))
            .collect()
    }
}

impl Loosening {
    fn finding(&self, place: &Place) -> Diagnostic {
        let Self { field, value, .. } = self;
        let first = self.operations.first();
        let path = first.map_or_else(String::new, |operation| only(&operation.path));
        let methods = match first.filter(|_| !self.is_of_path) {
            Some(operation) => format!(", methods: [{}]", operation.method.to_ascii_lowercase()),
            None => String::new(),
        };
        let mut finding = diagnostic::LOOSENED_BY_DESCRIPTION
            .at(place.clone())
            .also(self.restriction.clone())
            .message(format_args!(
                "`x-gwgen-{field}: {value}` lifts the `{field}` that the blueprint sets for {}",
                OperationName::summary(&self.operations)
            ))
            .help(format_args!(
                "remove it, or say in the blueprint that it is meant: `{{match: {{paths: [{path}]{methods}}}, {field}: {value}}}`"
            ));
        finding.operations.clone_from(&self.operations);
        finding
    }
}

/// The extensions that set a value last.
fn extension(origin: Origin<'_>) -> Option<&ExtensionRoute> {
    match origin {
        Origin::Extension(route) => Some(route),
        Origin::Route(_) => None,
    }
}

/// A restriction that an extension loosens, by the place of the extension.
type Found = Option<(Place, Loosening)>;

fn loosening(
    route: &ExtensionRoute,
    field: &'static str,
    value: String,
    restriction: Place,
) -> Found {
    let place = route.place(field)?.clone();
    let loosening = Loosening {
        field,
        value,
        restriction,
        is_of_path: route.of == SettingOf::Path,
        operations: Vec::new(),
    };
    Some((place, loosening))
}

fn exposure(effect: ExtensionEffect<'_, '_>, blueprint: &Blueprint) -> Found {
    let (before, origin) = effect.before.exposure?;
    let (after, by) = effect.after.exposure?;
    let route = extension(by).filter(|_| after < before)?;
    let restriction = origin.place(blueprint, "exposure");
    loosening(route, "exposure", after.name().to_owned(), restriction)
}

fn throttle(effect: ExtensionEffect<'_, '_>, blueprint: &Blueprint) -> Found {
    let (after, by) = effect.after.throttle?;
    let route = extension(by).filter(|_| effect.after.exposure() == Exposure::Public)?;
    let (before, restriction) = match effect.before.throttle {
        Some((before, origin)) => (before, origin.place(blueprint, "throttle")),
        None => (
            blueprint.spec.stage.throttle.as_ref()?,
            blueprint.place("/stage/throttle"),
        ),
    };
    let before = before.on()?;
    let value = match after {
        Switch::Off => "off".to_owned(),
        Switch::On(ThrottleSpec { rate, burst }) => {
            if *rate <= before.rate && *burst <= before.burst {
                return None;
            }
            format!("{{rate: {rate}, burst: {burst}}}")
        }
    };
    loosening(route, "throttle", value, restriction)
}

/// Returns the rank of an entry of `auth`: it refuses no caller, callers without a key, or
/// unauthorized ones.
fn strength(name: &str, blueprint: &Blueprint) -> u8 {
    match blueprint.spec.auth.as_ref().and_then(|auth| auth.get(name)) {
        _ if name == "none" => 0,
        Some(AuthSpec::Ignore) => 0,
        Some(AuthSpec::ApiKey) => 1,
        Some(AuthSpec::Iam | AuthSpec::Cognito(..) | AuthSpec::Lambda(..)) | None => 2,
    }
}

fn auth(effect: ExtensionEffect<'_, '_>, operation: &Operation, blueprint: &Blueprint) -> Found {
    let (before, origin) = effect.before.auth?;
    let (after, by) = effect.after.auth?;
    let route = extension(by).filter(|_| effect.after.exposure() == Exposure::Public)?;
    // Opening what the description itself protects needs a reason; without one it is another error.
    if after == "none" && matches!(operation.security, Security::Needs(_)) {
        return None;
    }
    let entry = |name: &str| blueprint.spec.auth.as_ref().and_then(|auth| auth.get(name));
    let is_same = before == after || (entry(before).is_some() && entry(before) == entry(after));
    let required = strength(before, blueprint);
    if is_same || required == 0 || strength(after, blueprint) > required {
        return None;
    }
    let restriction = origin.place(blueprint, "auth");
    loosening(route, "auth", after.to_owned(), restriction)
}
