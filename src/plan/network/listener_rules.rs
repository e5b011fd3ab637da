//! Listener rules of an application load balancer: path patterns that forward operations.
//!
//! In: operations with their path and where they have to arrive. Out: rules with priorities, and
//! operations that no rules can distinguish. Pure.
//! The order: patterns with more slashes first, since a `*` in a pattern of as many slashes as the
//! request has cannot cross one; then a literal before a variable, from the left. So a request of
//! an operation meets patterns of its own length segment by segment, as the gateway does, and wider
//! ones only after them. The parts of this order that matter become layers, and patterns of one
//! layer share rules.
//! Source: docs/aws-rules.md#l5, docs/aws-rules.md#l11, docs/aws-rules.md#l12,
//! docs/aws-rules.md#l13, docs/aws-rules.md#l14, docs/aws-rules.md#l15.

mod arm;
mod arms;
mod check;
mod claims;
mod index;
mod layers;
mod named;
mod packing;
mod pattern;
mod priority;
mod reduce;
mod shape;
mod subtrees;
mod templates;
mod universal;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::openapi::HttpMethod;
use arm::{Arm, RoutedTemplate};
use arms::{ambiguous, arms};
use claims::Claims;
use packing::pack;
pub use pattern::HEALTH_PATH;
pub(crate) use pattern::Pattern;
pub(crate) use templates::Templates;
use universal::UniversalClaims;

/// Values of all conditions of a rule (L5).
pub(crate) const MAX_VALUES: usize = 5;
/// Wildcards of all conditions of a rule: the lower of the two numbers that AWS has named (L5).
const MAX_WILDCARDS: usize = 5;

/// Destination that a request has to arrive at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// Index into `Plan::backends`.
    Backend(usize),
    /// A fixed 404.
    Nothing,
}

/// An operation, as the balancer sees it.
#[derive(Clone, Debug)]
pub(crate) struct RoutedPath<'a> {
    pub(crate) method: HttpMethod,
    /// Path template that arrives at the balancer, with what is put before it.
    pub(crate) path: &'a str,
    pub(crate) to: Destination,
    /// Number of the text before the operation's own path: the gateway distinguishes only paths
    /// with the same one.
    pub(crate) prefix: usize,
}

/// First and last priority of the rules of a listener.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PriorityRange {
    pub(crate) first: u32,
    pub(crate) last: u32,
}

/// A backend, as far as the names of its rules depend on it.
#[derive(Clone, Debug)]
pub(crate) struct RuleBackend {
    /// Its first name: a rule keeps its number when the backend is renamed.
    pub(crate) name: Arc<str>,
    /// Facts of a target group that deployments switch: a rule keeps the group that it has, so
    /// another group needs another rule. Empty for other backends.
    pub(crate) switched_group: String,
}

/// Facts about a listener that its rules depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListenerContext<'a> {
    /// By index.
    pub(crate) backends: &'a [RuleBackend],
    /// Number of host names in every rule.
    pub(crate) hosts: usize,
    pub(crate) priorities: PriorityRange,
}

impl ListenerContext<'_> {
    /// Number of methods that a rule may name beside a pattern and the hosts.
    fn room_for_methods(&self) -> usize {
        MAX_VALUES.saturating_sub(1 + self.hosts)
    }
}

/// One rule of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerRulePlan {
    /// A function of the rule's own requests and destination, not of its neighbours, with the first
    /// name of the backend.
    pub label: Arc<str>,
    pub priority: u32,
    /// Empty: every method.
    pub methods: Vec<HttpMethod>,
    /// Path patterns, sorted.
    pub patterns: Vec<Arc<str>>,
    pub to: Destination,
}

impl ListenerRulePlan {
    /// The label with another name of its backend.
    pub(crate) fn label_with(&self, first: &str, name: &str) -> String {
        let rest = self
            .label
            .strip_prefix(TO)
            .and_then(|label| label.strip_prefix(first));
        rest.map_or_else(
            || self.label.to_string(),
            |rest| format!("{TO}{name}{rest}"),
        )
    }
}

/// Start of the label of a rule to a backend.
const TO: &str = "to__";

/// Rules of a listener, and operations that they cannot serve.
#[derive(Debug, Default)]
pub(crate) struct ListenerRules {
    /// By priority.
    pub(crate) rules: Vec<ListenerRulePlan>,
    /// Pairs of operations, by index: requests of the first would arrive where the second does.
    pub(crate) shadowed: Vec<(usize, usize)>,
    /// Labels of rules at another priority than their own, since a neighbour has it.
    pub(crate) displaced: Vec<Arc<str>>,
    /// There are more rules than priorities.
    pub(crate) is_full: bool,
}

/// The rules that forward every operation to its destination.
pub(crate) fn rules(paths: &[RoutedPath<'_>], context: ListenerContext<'_>) -> ListenerRules {
    let templates: Vec<RoutedTemplate> = paths
        .iter()
        .map(|path| RoutedTemplate::new(Pattern::of(path.path), path.method, path.to))
        .collect();
    let prefixes: Vec<usize> = paths.iter().map(|path| path.prefix).collect();
    let room = context.room_for_methods();
    let widest = arms(&templates, &BTreeSet::new(), room).arms;
    let mut narrowed = named::arms_with_methods(&templates, &prefixes, &widest);
    loop {
        let all = arms(&templates, &narrowed, room);
        let universal = UniversalClaims::new(&all.arms);
        let mut claims = Claims::new(&all.arms, &universal);
        let needed = reduce::without_redundant(&all.arms, &mut claims);
        let layers = layers::assign_layers(&templates, &needed, &mut claims);
        let strays = check::strays(&templates, &needed, &layers, &mut claims);
        let known = narrowed.len();
        let narrowable = strays
            .iter()
            .filter(|(lost, arm)| may_narrow(&templates[*lost], arm, room));
        narrowed.extend(narrowable.map(|(_, arm)| arm.key()));
        if narrowed.len() > known {
            continue;
        }
        let mut shadowed = all.conflicts;
        shadowed.extend(ambiguous(&templates));
        shadowed.extend(takers(&templates, &strays));
        shadowed.sort_unstable();
        shadowed.dedup();
        let packed = pack(layers.into_iter().zip(needed), context);
        return ListenerRules {
            shadowed,
            ..priority::numbered(packed, context.priorities)
        };
    }
}

/// Pairs of an operation that loses requests to an arm, and the operation for whose sake the arm
/// takes them: one of the same method, if there is one.
fn takers(templates: &[RoutedTemplate], strays: &[(usize, &Arm)]) -> Vec<(usize, usize)> {
    let mut takers: BTreeMap<(&str, Destination, HttpMethod), usize> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (lost, arm) in strays {
        let method = templates[*lost].method;
        let is_taker = |template: &RoutedTemplate| {
            template.to == arm.to
                && template.method == method
                && arm.pattern.covers(&template.pattern)
        };
        let taker = takers
            .entry((&*arm.pattern.text, arm.to, method))
            .or_insert_with(|| {
                let taker = templates.iter().position(is_taker);
                taker.unwrap_or(arm.operation)
            });
        pairs.push((*lost, *taker));
    }
    pairs
}

/// Returns whether an arm that takes every method would leave the operation alone if it named those
/// of its own operations.
fn may_narrow(lost: &RoutedTemplate, arm: &Arm, room: usize) -> bool {
    // `ANY` keeps the methods that the arm does not name only where its own path has them: below a
    // greedy variable.
    let keeps_others = lost.method != HttpMethod::Any || check::falls_back(lost, arm);
    arm.methods.is_empty() && room > 0 && !arm.serves(lost.method) && keeps_others
}

#[cfg(test)]
mod tests;
