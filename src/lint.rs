//! Rules that only advise: one file a rule, named as its code is.

mod any_takes_preflight;
mod buffered_stream;
mod case_only_siblings;
mod different_servers;
mod disputed_character;
mod everything_is_bytes;
mod leading_slashes;
mod lost_header;
mod mock_preflight;
mod open_api;
mod optional_security;
mod policy;
mod trailing_slash;
mod unparsed_style;
mod unused_extension;

use std::collections::{BTreeSet, HashSet};

use crate::blueprint::Blueprint;
use crate::diagnostic::{Code, Diagnostic, Place, examples};
use crate::openapi::{Api, Operation};
use crate::plan::Plan;
pub(crate) use policy::Policy;

/// Facts that a rule may read.
pub struct Facts<'a> {
    pub apis: &'a [Api],
    pub blueprint: &'a Blueprint,
    pub plan: &'a Plan,
}

/// A rule, over the facts and the operations that are served.
type LintRule = fn(&Facts<'_>, &[&Operation]) -> Vec<Diagnostic>;

const RULES: &[LintRule] = &[
    any_takes_preflight::check,
    buffered_stream::check,
    case_only_siblings::check,
    different_servers::check,
    disputed_character::check,
    everything_is_bytes::check,
    leading_slashes::check,
    lost_header::check,
    mock_preflight::check,
    open_api::check,
    optional_security::check,
    trailing_slash::check,
    unparsed_style::check,
    unused_extension::check,
];

/// Runs every rule.
pub fn lint(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let planned = facts.plan.operations.iter();
    let served: HashSet<_> = planned
        .filter(|operation| operation.gateway_path.is_some())
        .map(|operation| (operation.description, &*operation.path, operation.method))
        .collect();
    let described = facts.apis.iter().enumerate().flat_map(|(index, api)| {
        let operations = api.operations.iter();
        operations.map(move |operation| ((index, &*operation.path, operation.method), operation))
    });
    let operations: Vec<&Operation> = described
        .filter(|(key, _)| served.contains(key))
        .map(|(_, operation)| operation)
        .collect();
    RULES
        .iter()
        .flat_map(|rule| rule(facts, &operations))
        .collect()
}

/// Starts a diagnostic at several places; `None` without any.
fn at_all(code: &'static Code, mut places: impl Iterator<Item = Place>) -> Option<Diagnostic> {
    let first = code.at(places.next()?);
    Some(places.fold(first, Diagnostic::also))
}

/// Starts a diagnostic at a pointer below each operation, with their names for its message.
fn at_operations(
    code: &'static Code,
    operations: &[&Operation],
    below: &str,
) -> Option<(String, Diagnostic)> {
    let names: Vec<_> = operations
        .iter()
        .map(|operation| operation.name())
        .collect();
    let places = operations.iter().map(|operation| operation.place(below));
    Some((examples(&names), at_all(code, places)?))
}

/// Starts a diagnostic at each path that matches, with the path for its message.
fn at_paths<'a>(
    code: &'static Code,
    served: &[&'a Operation],
    matches: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (&'a str, Diagnostic)> {
    let mut seen = BTreeSet::new();
    served
        .iter()
        .filter(move |operation| matches(&operation.path) && seen.insert(&*operation.path))
        .map(|operation| (&*operation.path, code.at(operation.item_place(""))))
}
