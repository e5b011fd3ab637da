//! Rules that only advise: one file a rule, named as its code is.
//!
//! In: `Facts`. Out: findings. Pure.
//! A rule changes nothing; what must not be rendered is refused in `plan`.

mod any_takes_preflight;
mod buffered_stream;
mod case_only_siblings;
mod different_servers;
mod disputed_character;
mod everything_is_bytes;
mod leading_slashes;
mod lost_header;
mod mock_preflight;
mod optional_security;
mod policy;
mod trailing_slash;
mod unparsed_style;
mod unused_extension;

use crate::blueprint::Blueprint;
use crate::diagnostic::{Diagnostic, Place};
use crate::openapi::{Api, HttpMethod, Operation};
use crate::plan::Plan;
pub(crate) use policy::Policy;

/// Facts that a rule may read.
pub struct Facts<'a> {
    pub apis: &'a [Api],
    pub blueprint: &'a Blueprint,
    pub plan: Option<&'a Plan>,
}

/// A rule, over the facts and the operations that are served.
type LintRule = fn(&Facts<'_>, &[&Operation]) -> Vec<Diagnostic>;

/// Every rule.
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
    optional_security::check,
    trailing_slash::check,
    unparsed_style::check,
    unused_extension::check,
];

/// Runs every rule.
pub fn lint(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let served = facts.served();
    RULES.iter().flat_map(|rule| rule(facts, &served)).collect()
}

impl Facts<'_> {
    /// Returns the operations that are served, each once.
    fn served(&self) -> Vec<&Operation> {
        let planned = self
            .plan
            .into_iter()
            .flat_map(|plan| &plan.operations)
            .filter(|operation| operation.gateway_path.is_some());
        let served: std::collections::HashSet<(usize, &str, HttpMethod)> = planned
            .map(|plan| (plan.description, &*plan.path, plan.method))
            .collect();
        let operations = self.apis.iter().enumerate().flat_map(|(index, api)| {
            api.operations
                .iter()
                .map(move |operation| (index, operation))
        });
        operations
            .filter(|(index, operation)| {
                served.contains(&(*index, &*operation.path, operation.method))
            })
            .map(|(_, operation)| operation)
            .collect()
    }

    /// Returns the place of an operation's path item.
    fn item_place(&self, operation: &Operation) -> Place {
        operation.item_place("")
    }
}
