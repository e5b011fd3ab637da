//! Entries of `auth` that nothing uses.
//!
//! In: `auth`, the descriptions, what routes chose. Out: findings. Pure.
//! Beside open operations such an entry is the trace of a requirement that got lost, and an error.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::told::counted;
use crate::blueprint::{AuthSpec, Blueprint};
use crate::diagnostic::{self, Diagnostic, OperationName, Place, nearest};
use crate::openapi::Api;
use crate::source::pointer;

/// Most names that are compared with each other.
const MAX_COMPARED: usize = 100;

/// The names that are probably meant by names of schemes without an entry: an entry that nothing
/// asks for, else a declared scheme.
pub(crate) fn meant<'n>(
    (blueprint, apis): (&Blueprint, &[Api]),
    chosen: &BTreeSet<Arc<str>>,
    names: impl Iterator<Item = &'n str>,
) -> BTreeMap<String, String> {
    let asked = asked(apis);
    let declared: BTreeSet<&str> = apis
        .iter()
        .flat_map(|api| &api.schemes)
        .map(|it| &**it)
        .collect();
    let entries = blueprint
        .spec
        .auth
        .iter()
        .flatten()
        .map(|(name, _)| name.as_str());
    let idle: Vec<&str> = entries
        .filter(|it| !asked.contains(it) && !chosen.contains(*it))
        .collect();
    let strange = idle.iter().copied().filter(|it| !declared.contains(it));
    let pair = |name: &str| {
        let known: Vec<&str> = match declared.contains(name) {
            true => strange.clone().take(MAX_COMPARED).collect(),
            false => idle
                .iter()
                .chain(&declared)
                .copied()
                .take(MAX_COMPARED)
                .collect(),
        };
        let same = known
            .iter()
            .copied()
            .find(|it| it.eq_ignore_ascii_case(name));
        Some((
            name.to_owned(),
            same.or_else(|| nearest(name, known))?.to_owned(),
        ))
    };
    names.take(MAX_COMPARED).filter_map(pair).collect()
}

/// Names of the schemes that operations ask for.
fn asked(apis: &[Api]) -> BTreeSet<&str> {
    let operations = apis.iter().flat_map(|api| &api.operations);
    operations
        .flat_map(|it| it.security.alternatives())
        .flat_map(|it| it.keys())
        .map(|it| &**it)
        .collect()
}

/// Entries that nothing uses by their names, and what is said of each.
///
/// Errors: GW3042 a mapped scheme that nothing asks for, beside open operations; GW5012 an entry
/// that nothing uses.
pub(crate) fn unused(
    (blueprint, apis): (&Blueprint, &[Api]),
    chosen: &BTreeSet<Arc<str>>,
    unsaid: &[OperationName],
    has_keys: bool,
) -> Vec<(String, Diagnostic)> {
    let entries = blueprint.spec.auth.iter().flatten();
    let idle: Vec<&str> = entries
        .filter(|(name, spec)| match spec {
            AuthSpec::Ignore => false,
            AuthSpec::ApiKey => !has_keys && !chosen.contains(name.as_str()),
            AuthSpec::Iam | AuthSpec::Cognito(_) | AuthSpec::Lambda(_) => {
                !chosen.contains(name.as_str())
            }
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if idle.is_empty() {
        return Vec::new();
    }
    let asked = asked(apis);
    let said = |name: &str| (name.to_owned(), finding(name, (blueprint, apis), unsaid));
    idle.into_iter()
        .filter(|it| !asked.contains(it))
        .map(said)
        .collect()
}

fn finding(
    name: &str,
    (blueprint, apis): (&Blueprint, &[Api]),
    unsaid: &[OperationName],
) -> Diagnostic {
    let at = blueprint.place(&pointer::child("/auth", name));
    let declared = apis
        .iter()
        .find(|api| api.schemes.iter().any(|it| **it == *name));
    let scheme =
        declared.map(|api| Place::pointer(&api.file, pointer::child(api.schemes_pointer, name)));
    match scheme {
        Some(scheme) if !unsaid.is_empty() => {
            let mut finding = diagnostic::UNUSED_SCHEME
                .at(at)
                .also(scheme)
                .message(format_args!(
                    "`auth` maps the scheme `{name}`, which nothing asks for, while {} would be open",
                    counted(unsaid)
                ))
                .help("add the description's `security`, or `auth` of a route; remove the entry, or say `auth: none` in a route, where they are meant to be open");
            finding.operations.extend(unsaid.iter().cloned());
            finding
        }
        scheme => {
            let mut finding = diagnostic::UNUSED_AUTH
                .at(at)
                .message(format_args!(
                    "nothing uses `{name}`, so nothing is made of it"
                ))
                .help("name it in `auth` of a route, or remove the entry");
            finding.places.extend(scheme);
            finding
        }
    }
}
