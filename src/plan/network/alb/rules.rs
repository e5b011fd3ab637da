//! The rules of each listener, from the operations that come to it.
//!
//! In: operations, backends, listeners. Out: rules in the listeners, findings. Pure.
//! What is hidden is refused on every listener; what is internal has its rule like what is public.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::AlbPlan;
use super::overlaps::{before, frames, overlaps};
use crate::blueprint::{Blueprint, Exposure};
use crate::diagnostic::{self, Diagnostic, OperationName};
use crate::openapi::HttpMethod;
use crate::plan::network::listener_rules;
use crate::plan::network::listener_rules::{
    Destination, Frame, HEALTH_PATH, Pattern, Templates, Wanted,
};
use crate::plan::paths::plain;
use crate::plan::{BackendPlan, OperationPlan, text_of};

/// Priorities that are used where the blueprint names none: the first thousand is left to others.
///
/// Source of the last: docs/aws-rules.md#l11.
const PRIORITIES: (u32, u32) = (1_001, 50_000);

/// Values of all conditions of a rule. Source: docs/aws-rules.md#l5.
const MAX_VALUES: usize = 5;

/// An operation as it comes to a listener.
pub(crate) struct Arriving<'a> {
    /// Among all operations.
    index: usize,
    pub(crate) operation: &'a OperationPlan,
    pub(crate) path: String,
    pub(crate) to: Destination,
}

/// Decides the rules of every listener; where another balancer asks for this one's health, each has
/// an answer to that.
///
/// Errors: GW3030 shadowed, GW3031 moved, GW4060 rules that do not fit.
pub(crate) fn rules(
    alb: &mut AlbPlan,
    blueprint: &Blueprint,
    (backends, operations): (&[BackendPlan], &[OperationPlan]),
    is_asked: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if !alb.emits_rules {
        return;
    }
    let names: Vec<Arc<str>> = backends.iter().map(|it| Arc::clone(&it.name)).collect();
    let mut reported: BTreeSet<usize> = BTreeSet::new();
    for listener in &mut alb.listeners {
        let arriving = arriving(listener.port, backends, operations);
        let (mut first, last) = priorities(blueprint, diagnostics);
        if is_asked && listener.existing.is_none() {
            listener.health_priority = Some(first);
            first += 1;
        }
        let frames = frames(&arriving);
        let numbered = arriving.iter().zip(&frames);
        let wanted: Vec<Wanted<'_>> = numbered
            .map(|(it, frame)| Wanted {
                method: it.operation.method,
                path: &it.path,
                to: it.to,
                frame: *frame,
            })
            .collect();
        let made = listener_rules::rules(
            &wanted,
            Frame {
                names: &names,
                hosts: alb.hosts.len(),
                priorities: (first, last),
            },
        );
        for pairs in made.shadowed.chunk_by(|one, other| one.0 == other.0) {
            let lost = &arriving[pairs[0].0];
            let others: Vec<&Arriving<'_>> = pairs.iter().map(|(_, by)| &arriving[*by]).collect();
            if reported.insert(lost.index) {
                diagnostics.extend(shadowed(lost, &others, "where a `*` takes slashes too,"));
            }
        }
        for (lost, by) in overlaps(&arriving, &frames) {
            let (lost, by) = (&arriving[lost], &arriving[by]);
            if reported.insert(lost.index) {
                diagnostics.extend(shadowed(
                    lost,
                    &[by],
                    "with what is put before their paths,",
                ));
            }
        }
        let has_answer = listener.health_priority.is_some();
        diagnostics.extend(
            arriving
                .iter()
                .filter(|it| has_answer && it.path == HEALTH_PATH)
                .map(health_path),
        );
        if !made.displaced.is_empty() {
            diagnostics.push(moved(blueprint, listener.port, &made.displaced));
        }
        let too_large = made
            .rules
            .iter()
            .any(|it| it.methods.len() + it.patterns.len() + alb.hosts.len() > MAX_VALUES);
        if made.is_full || too_large {
            diagnostics.push(does_not_fit(blueprint, listener.port, made.is_full));
        }
        listener.rules = made.rules;
    }
}

/// First and last priority.
fn priorities(blueprint: &Blueprint, diagnostics: &mut Vec<Diagnostic>) -> (u32, u32) {
    let existing = blueprint
        .spec
        .alb
        .as_ref()
        .and_then(|it| it.existing.as_ref());
    let Some(range) = existing.and_then(|it| it.priorities.as_ref()) else {
        return PRIORITIES;
    };
    let (first, last) = range.split_once('-').unwrap_or_default();
    match (first.parse::<u32>(), last.parse::<u32>()) {
        (Ok(first), Ok(last)) if 1 <= first && first <= last && last <= PRIORITIES.1 => {
            (first, last)
        }
        _ => {
            let place = blueprint.place("/alb/existing/priorities");
            // Once, whatever the number of listeners.
            if !diagnostics
                .iter()
                .any(|it| it.places.first() == Some(&place))
            {
                diagnostics.push(
                    diagnostic::INVALID_VALUE
                        .at(place)
                        .message(format_args!(
                            "`{range}`: priorities are numbers from 1 to 50000"
                        ))
                        .help("write for example `1000-1999`"),
                );
            }
            PRIORITIES
        }
    }
}

/// What comes to a listener: what is served there, and what is refused.
fn arriving<'a>(
    port: u16,
    backends: &[BackendPlan],
    operations: &'a [OperationPlan],
) -> Vec<Arriving<'a>> {
    let is_here = |it: &BackendPlan| it.balanced().is_some_and(|it| it.listener_port == port);
    let mut arriving = Vec::new();
    let mut served: BTreeSet<(HttpMethod, String)> = BTreeSet::new();
    let mut templates: Vec<(String, Pattern)> = Vec::new();
    for (number, operation) in operations
        .iter()
        .enumerate()
        .filter(|(_, it)| it.exposure != Exposure::Hidden)
    {
        let Some((index, backend)) = operation
            .backend
            .map(|it| (it, &backends[it]))
            .filter(|(_, it)| is_here(it))
        else {
            continue;
        };
        let path = match &operation.private_path {
            Some(path) => format!("{}{path}", prefix(backend)),
            // What the gateway cannot hold has no path behind it, and its own finding.
            None if operation.backend_path.is_empty()
                && !operation.path.trim_matches('/').is_empty() =>
            {
                continue;
            }
            None => public_path(operation),
        };
        served.insert((operation.method, shape(&path)));
        templates.push((prefix(backend), Pattern::of(&path)));
        if operation.private_path.is_none() {
            // The gateway's variable takes more than the description says; that much is the
            // operation's own before any other's.
            let path = described(operation, &path);
            arriving.extend(path.map(|path| Arriving {
                index: number,
                operation,
                path,
                to: Destination::Backend(index),
            }));
        }
        arriving.push(Arriving {
            index: number,
            operation,
            path,
            to: Destination::Backend(index),
        });
    }
    let mut by_segments = Templates::new(
        templates
            .iter()
            .map(|(prefix, template)| (template, prefix.clone())),
    );
    let prefixes: BTreeSet<String> = backends
        .iter()
        .filter(|it| is_here(it))
        .map(prefix)
        .collect();
    let is_served = |method: HttpMethod, path: &str| served.contains(&(method, shape(path)));
    for (number, operation) in operations
        .iter()
        .enumerate()
        .filter(|(_, it)| it.exposure == Exposure::Hidden)
    {
        let Some(path) = &operation.private_path else {
            continue;
        };
        let own = operation
            .backend
            .map(|it| &backends[it])
            .filter(|it| it.balanced().is_some())
            .map(prefix);
        for prefix in own
            .iter()
            .chain(prefixes.iter().filter(|it| Some(*it) != own.as_ref()))
        {
            let path = format!("{prefix}{path}");
            // Behind another prefix another backend would answer in its place, unless the path is
            // one of a third's own.
            let pattern = (Some(prefix) != own.as_ref()).then(|| Pattern::of(&path));
            let is_foreign = pattern.is_some_and(|it| {
                by_segments.meets_other(&it, prefix, |other| it.meets(&templates[other].1))
            });
            // The same path under another mount is what is served here.
            if is_foreign || is_served(operation.method, &path) {
                continue;
            }
            // Many servers take a path with a slash behind it for the one without, and a `*` takes
            // both.
            let other = other_slash(&path).filter(|it| {
                ![operation.method, HttpMethod::Any]
                    .iter()
                    .any(|method| is_served(*method, it))
            });
            let other = other.filter(|it| {
                let pattern = Pattern::of(it);
                !by_segments.meets(&pattern, |other| {
                    pattern.meets(&templates[other].1) && !pattern.is_same(&templates[other].1)
                })
            });
            let refused = other.into_iter().chain([path]);
            arriving.extend(refused.map(|path| Arriving {
                index: number,
                operation,
                path,
                to: Destination::Nothing,
            }));
        }
    }
    arriving
}

/// The path with the operation's own segments, where some are wider on the gateway
/// (`api.partial_segments: widen`).
fn described(operation: &OperationPlan, path: &str) -> Option<String> {
    let is_partial =
        |it: &str| it.contains('{') && !(it.starts_with('{') && it.find('}') == Some(it.len() - 1));
    let own = plain(&operation.path);
    let own = own.trim_matches('/');
    if !own.split('/').any(is_partial) {
        return None;
    }
    let slash = if path.ends_with('/') { "/" } else { "" };
    Some(format!("{}/{own}{slash}", before(path, own)?))
}

/// The path without the slash at its end, or with one.
fn other_slash(path: &str) -> Option<String> {
    if path.ends_with("+}") || path.contains(['?', '#']) {
        return None;
    }
    match path.strip_suffix('/') {
        Some(without) => Some(without.to_owned()).filter(|it| !it.is_empty()),
        None => Some(format!("{path}/")),
    }
}

fn prefix(backend: &BackendPlan) -> String {
    backend
        .path_prefix
        .iter()
        .map(|it| format!("/{it}"))
        .collect()
}

fn public_path(operation: &OperationPlan) -> String {
    let slash = if operation.has_trailing_slash && !operation.backend_path.is_empty() {
        "/"
    } else {
        ""
    };
    format!("{}{slash}", text_of(&operation.backend_path))
}

/// The path without the names of its variables, and without a query or fragment, which no rule asks
/// for.
fn shape(path: &str) -> String {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let mut shape = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}') else {
            break;
        };
        shape.push_str(&rest[..=start]);
        shape.push_str(if rest[start..start + end].ends_with('+') {
            "+}"
        } else {
            "}"
        });
        rest = &rest[start + end + 1..];
    }
    shape.push_str(rest);
    shape
}

fn name(operation: &OperationPlan) -> OperationName {
    OperationName {
        method: operation.method.as_str(),
        path: Arc::clone(&operation.path),
    }
}

/// An operation whose requests others take. Where a path of its own does not set it apart, hiding
/// it is not enough: the others would answer it.
fn shadowed(arriving: &Arriving<'_>, others: &[&Arriving<'_>], why: &str) -> Option<Diagnostic> {
    let lost = arriving.operation;
    // The same path under another mount says more than a pattern that stands for several.
    let by = others
        .iter()
        .min_by_key(|by| by.operation.path != lost.path)?;
    let (by, by_to) = (by.operation, by.to);
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
    let help = if [arriving.to, by_to].contains(&Destination::Nothing) {
        "hide both operations or neither: no rule keeps them apart"
    } else {
        "give one of the two backends a listener of its own (`alb_port`) or a `path_prefix`, or serve both from one backend"
    };
    let is_served_elsewhere = |it: &&&Arriving<'_>| {
        it.to != Destination::Nothing && shape(&it.path) != shape(&arriving.path)
    };
    let mut finding = diagnostic::SHADOWED_ON_BALANCER
        .at(lost.place.clone())
        .also(by.place.clone())
        .message(format_args!(
            "`{} {}` {what}: on the load balancer, {why} its requests look like those of `{} {}`",
            lost.method.as_str(),
            lost.path,
            by.method.as_str(),
            by.path
        ))
        .help(help)
        .keeps(name(lost));
    let mut named = BTreeSet::from([arriving.index]);
    for other in others
        .iter()
        .filter(is_served_elsewhere)
        .filter(|it| named.insert(it.index))
    {
        finding = finding.keeps(name(other.operation));
    }
    Some(finding)
}

fn health_path(arriving: &Arriving<'_>) -> Diagnostic {
    diagnostic::SHADOWED_ON_BALANCER
        .at(arriving.operation.place.clone())
        .message(format_args!(
            "the load balancer answers `{HEALTH_PATH}` itself, for health checks"
        ))
        .help("hide the operation, or give its backend a `path_prefix`")
        .keeps(name(arriving.operation))
}

fn moved(blueprint: &Blueprint, port: u16, labels: &[Arc<str>]) -> Diagnostic {
    diagnostic::MOVED_RULE
        .at(blueprint.place("/routes"))
        .message(format_args!(
            "on the listener with port {port}, {} rule(s) stand at another priority than their own, since a neighbour has it: {}",
            labels.len(),
            labels.join(", ")
        ))
        .help("the order holds; a deployment that moves several rules at once may find a number taken, and succeeds when it is run again")
}

fn does_not_fit(blueprint: &Blueprint, port: u16, is_full: bool) -> Diagnostic {
    let (message, help) = if is_full {
        (
            "there are more rules than priorities for the listener",
            "widen `alb.existing.priorities`, or give a backend a listener of its own",
        )
    } else {
        (
            "a rule needs more than 5 values: methods, paths and hosts of the listener",
            "name fewer `alb.hosts`",
        )
    };
    let at = if is_full {
        "/alb/existing/priorities"
    } else {
        "/alb/hosts"
    };
    diagnostic::RULES_DO_NOT_FIT
        .at(blueprint.place(at))
        .message(format_args!("port {port}: {message}"))
        .help(help)
}
