//! Diagnostics of listener rules.
//!
//! In: operations that lose requests, rules that moved or do not fit. Out: findings. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::arrivals::ArrivingOperation;
use super::paths::unnamed;
use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Diagnostic};
use crate::plan::OperationPlan;
use crate::plan::network::listener_rules::{Destination, HEALTH_PATH};

/// Reports an operation whose requests others take. Where a path of its own does not distinguish
/// it, hiding it is not enough: the others would respond.
pub(crate) fn shadowed(
    arriving: &ArrivingOperation<'_>,
    takers: &[&ArrivingOperation<'_>],
    why: &str,
) -> Option<Diagnostic> {
    let lost = arriving.operation;
    // The same path under another mount is a clearer cause than a pattern of several paths.
    let taker = takers
        .iter()
        .min_by_key(|taker| taker.operation.path != lost.path)?;
    let by = taker.operation;
    let is_mounted = lost.path == by.path && lost.method == by.method;
    let why = if is_mounted {
        "the prefix of a mount is gone there, and"
    } else {
        why
    };
    let what = match arriving.to {
        Destination::Backend(_) => "does not reach its backend",
        Destination::Nothing => "is hidden, but a backend answers it",
    };
    // With a slash behind it, a hidden path would pass a rule that lets only deeper ones through.
    let help = if [arriving.to, taker.to].contains(&Destination::Nothing) {
        "hide both operations or neither: no rule keeps them apart"
    } else {
        "give one of the two backends a listener of its own (`alb_port`) or a `path_prefix`, or serve both from one backend"
    };
    let mut finding = diagnostic::SHADOWED_ON_BALANCER
        .at(lost.place.clone())
        .also(by.place.clone())
        .message(format_args!(
            "{} {what}: on the load balancer, {why} its requests look like those of {}",
            lost.name(),
            by.name()
        ))
        .help(help)
        .keeps(lost.name());
    let is_served_elsewhere = |taker: &&&ArrivingOperation<'_>| {
        taker.to != Destination::Nothing && unnamed(&taker.path) != unnamed(&arriving.path)
    };
    let mut named = BTreeSet::from([arriving.index]);
    for taker in takers.iter().filter(is_served_elsewhere) {
        if named.insert(taker.index) {
            finding = finding.keeps(taker.operation.name());
        }
    }
    Some(finding)
}

/// Reports an operation on whose path the balancer responds itself.
pub(crate) fn health_path(operation: &OperationPlan) -> Diagnostic {
    diagnostic::SHADOWED_ON_BALANCER
        .at(operation.place.clone())
        .message(format_args!(
            "the load balancer answers `{HEALTH_PATH}` itself, for health checks"
        ))
        .help("hide the operation, or give its backend a `path_prefix`")
        .keeps(operation.name())
}

/// Reports rules at another priority than their own.
pub(crate) fn moved(blueprint: &Blueprint, port: u16, labels: &[Arc<str>]) -> Diagnostic {
    diagnostic::MOVED_RULE
        .at(blueprint.place("/routes"))
        .message(format_args!(
            "on the listener with port {port}, {} rule(s) stand at another priority than their own, since a neighbour has it: {}",
            labels.len(),
            labels.join(", ")
        ))
        .help("the order holds; a deployment that moves several rules at once may find a number taken, and succeeds when it is run again")
}

/// Reports rules that have no priority, or a rule with too many values.
pub(crate) fn does_not_fit(blueprint: &Blueprint, port: u16, is_full: bool) -> Diagnostic {
    let (at, message, help) = if is_full {
        (
            "/alb/existing/priorities",
            "there are more rules than priorities for the listener",
            "widen `alb.existing.priorities`, or give a backend a listener of its own",
        )
    } else {
        (
            "/alb/hosts",
            "a rule needs more than 5 values: methods, paths and hosts of the listener",
            "name fewer `alb.hosts`",
        )
    };
    diagnostic::RULES_DO_NOT_FIT
        .at(blueprint.place(at))
        .message(format_args!("port {port}: {message}"))
        .help(help)
}
