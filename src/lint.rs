//! Rules that only advise: one file a rule, named as its code is.
//!
//! In: `Facts`. Out: findings. Pure.
//! A rule changes nothing; what must not be rendered is refused in `plan`.

mod case_only_siblings;
mod different_servers;
mod disputed_character;
mod leading_slashes;
mod lost_header;
mod trailing_slash;
mod unparsed_style;
mod unused_extension;

use crate::blueprint::Blueprint;
use crate::diagnostic::{Diagnostic, Place};
use crate::openapi::{Api, Operation};
use crate::plan::Plan;

/// What a rule may look at.
pub struct Facts<'a> {
    pub api: &'a Api,
    pub blueprint: &'a Blueprint,
    pub plan: Option<&'a Plan>,
}

/// A rule.
type Rule = fn(&Facts<'_>) -> Vec<Diagnostic>;

/// Every rule.
const RULES: &[Rule] = &[
    case_only_siblings::check,
    different_servers::check,
    disputed_character::check,
    leading_slashes::check,
    lost_header::check,
    trailing_slash::check,
    unparsed_style::check,
    unused_extension::check,
];

/// Runs every rule.
pub fn lint(facts: &Facts<'_>) -> Vec<Diagnostic> {
    RULES.iter().flat_map(|rule| rule(facts)).collect()
}

impl Facts<'_> {
    /// Operations that are served, each once, with the place of their path item.
    fn served(&self) -> Vec<(&Operation, Place)> {
        let mut served: std::collections::BTreeSet<(&str, crate::openapi::HttpMethod)> = std::collections::BTreeSet::new();
        for plan in self.plan.into_iter().flat_map(|plan| &plan.operations).filter(|it| it.gateway_path.is_some()) {
            served.insert((&plan.path, plan.method));
        }
        let is_served = |operation: &&Operation| served.contains(&(&*operation.path, operation.method));
        self.api.operations.iter().filter(is_served).map(|it| (it, Place::pointer(&self.api.file, it.item_pointer()))).collect()
    }
}
