//! The rules of each listener, from the operations that arrive there.
//!
//! In: operations, backends, listeners. Out: rules in the listeners, findings. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::arrivals::{ArrivingOperation, arrivals};
use super::findings::{does_not_fit, health_path, moved, shadowed};
use super::overlaps::{overlaps, prefix_numbers};
use super::{AlbListenerPlan, AlbPlan};
use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Diagnostic};
use crate::plan::network::listener_rules::{
    self, HEALTH_PATH, ListenerContext, ListenerRules, MAX_VALUES, PriorityRange, RoutedPath,
    RuleBackend,
};
use crate::plan::{BackendPlan, OperationPlan, TargetsPlan};

/// Priorities that are used where the blueprint names none: the first thousand is left to others.
///
/// Source of the last: docs/aws-rules.md#l11.
const PRIORITIES: PriorityRange = PriorityRange {
    first: 1_001,
    last: 50_000,
};

/// Decided operations and backends, which the rules follow from.
#[derive(Clone, Copy)]
pub(crate) struct ListenerRulesInput<'a> {
    pub(crate) blueprint: &'a Blueprint,
    pub(crate) backends: &'a [BackendPlan],
    pub(crate) operations: &'a [OperationPlan],
    /// A network load balancer checks the health of each new listener.
    pub(crate) is_behind_nlb: bool,
}

/// Decides the rules of every listener.
///
/// Errors: GW3030 shadowed, GW3031 moved, GW4060 rules that do not fit.
pub(crate) fn rules(alb: &mut AlbPlan, input: ListenerRulesInput<'_>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if !alb.emits_rules {
        return diagnostics;
    }
    let priorities = priorities(input.blueprint, &mut diagnostics);
    let backends: Vec<RuleBackend> = input.backends.iter().map(rule_backend).collect();
    let mut reported: BTreeSet<usize> = BTreeSet::new();
    for listener in &mut alb.listeners {
        let mut priorities = priorities;
        if input.is_behind_nlb && listener.existing.is_none() {
            listener.health_priority = Some(priorities.first);
            priorities.first += 1;
        }
        let arrivals = arrivals(listener.port, input.backends, input.operations);
        let prefixes = prefix_numbers(&arrivals);
        let context = ListenerContext {
            backends: &backends,
            hosts: alb.hosts.len(),
            priorities,
        };
        let rules = listener_rules::rules(&routed(&arrivals, &prefixes), context);
        let by_patterns = rules.shadowed.chunk_by(|one, other| one.0 == other.0);
        for pairs in by_patterns {
            let lost = &arrivals[pairs[0].0];
            let takers: Vec<_> = pairs.iter().map(|(_, taker)| &arrivals[*taker]).collect();
            if reported.insert(lost.index) {
                let why = "where a `*` takes slashes too,";
                diagnostics.extend(shadowed(lost, &takers, why));
            }
        }
        for (lost, taker) in overlaps(&arrivals, &prefixes) {
            let (lost, taker) = (&arrivals[lost], &arrivals[taker]);
            if reported.insert(lost.index) {
                let why = "with what is put before their paths,";
                diagnostics.extend(shadowed(lost, &[taker], why));
            }
        }
        if listener.health_priority.is_some() {
            let on_path = arrivals
                .iter()
                .filter(|arriving| arriving.path == HEALTH_PATH);
            diagnostics.extend(on_path.map(|arriving| health_path(arriving.operation)));
        }
        diagnostics.extend(unfit(input.blueprint, listener, &rules, context.hosts));
        listener.rules = rules.rules;
    }
    diagnostics
}

fn rule_backend(backend: &BackendPlan) -> RuleBackend {
    let switched_group = backend.balanced().and_then(|to| match to.targets {
        TargetsPlan::Ecs {
            is_blue_green: true,
            by_address,
            ..
        } => Some(format!("{} {:?} {by_address}", to.port, to.protocol)),
        TargetsPlan::Ecs { .. }
        | TargetsPlan::Instances(_)
        | TargetsPlan::AutoscalingGroups(_)
        | TargetsPlan::Ips { .. }
        | TargetsPlan::Existing(_) => None,
    });
    RuleBackend {
        name: Arc::clone(backend.name.first()),
        switched_group: switched_group.unwrap_or_default(),
    }
}

fn routed<'a>(arrivals: &'a [ArrivingOperation<'_>], prefixes: &[usize]) -> Vec<RoutedPath<'a>> {
    let numbered = arrivals.iter().zip(prefixes);
    let routed = numbered.map(|(arriving, prefix)| RoutedPath {
        method: arriving.operation.method,
        path: &arriving.path,
        to: arriving.to,
        prefix: *prefix,
    });
    routed.collect()
}

fn unfit(
    blueprint: &Blueprint,
    listener: &AlbListenerPlan,
    rules: &ListenerRules,
    hosts: usize,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if !rules.displaced.is_empty() {
        findings.push(moved(blueprint, listener.port, &rules.displaced));
    }
    let too_large = rules
        .rules
        .iter()
        .any(|rule| rule.methods.len() + rule.patterns.len() + hosts > MAX_VALUES);
    if rules.is_full || too_large {
        findings.push(does_not_fit(blueprint, listener.port, rules.is_full));
    }
    findings
}

/// The priorities of `alb.existing`, or those that are used without.
fn priorities(blueprint: &Blueprint, diagnostics: &mut Vec<Diagnostic>) -> PriorityRange {
    let existing = blueprint.spec.alb.existing.as_ref();
    let Some(range) = existing.and_then(|existing| existing.priorities.as_ref()) else {
        return PRIORITIES;
    };
    let (first, last) = range.split_once('-').unwrap_or_default();
    if let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>())
        && (1..=last).contains(&first)
        && last <= PRIORITIES.last
    {
        return PriorityRange { first, last };
    }
    diagnostics.push(
        diagnostic::INVALID_VALUE
            .at(blueprint.place("/alb/existing/priorities"))
            .message(format_args!(
                "`{range}`: priorities are numbers from 1 to 50000"
            ))
            .help("write for example `1000-1999`"),
    );
    PRIORITIES
}
