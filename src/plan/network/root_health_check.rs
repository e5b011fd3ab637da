//! Health checks of `/` that nobody asked for, where the description says of no `GET /`.
//!
//! In: `Plan`, `Blueprint`. Out: a finding. Pure.

use crate::blueprint::{Blueprint, HealthProtocol};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::HttpMethod;
use crate::plan::{BalancedPlan, OperationPlan, Plan, Segment, TargetsPlan, paths};
use crate::source::pointer;

/// The status of a path that a server does not have.
const NOT_FOUND: u16 = 404;

/// Last segments of paths that are there to be asked whether a server is well.
const HEALTH_WORDS: [&str; 10] = [
    "healthz",
    "health",
    "livez",
    "readyz",
    "liveness",
    "readiness",
    "ready",
    "live",
    "ping",
    "status",
];

/// Most backends that are named.
const MAX_SHOWN: usize = 3;

/// Backends whose servers are asked for `/` by default; `bases` are the base paths of the
/// descriptions, on the gateway and behind it.
///
/// Source: Elastic Load Balancing, "Health checks for Application Load Balancer target groups": the
/// path is `/` by default, and a target that answers another status than the matcher's is
/// unhealthy,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>,
/// read 2026-11-30.
///
/// Errors: GW4132 (a warning).
pub(crate) fn root_health_check(
    plan: &Plan,
    blueprint: &Blueprint,
    bases: &[[Vec<Segment>; 2]],
) -> Option<Diagnostic> {
    if plan
        .network
        .as_ref()?
        .alb
        .as_ref()
        .is_some_and(|it| !it.emits_rules)
    {
        return None;
    }
    let mut asked: Vec<(usize, &BalancedPlan)> = Vec::new();
    for (index, backend) in plan.backends.iter().enumerate() {
        asked.extend(
            backend
                .balanced()
                .filter(|it| is_asked_by_default(blueprint, it))
                .map(|it| (index, it)),
        );
    }
    if asked.is_empty() {
        return None;
    }
    for operation in plan.operations.iter().filter(|it| is_root(plan, bases, it)) {
        asked.retain(|(index, _)| operation.backend != Some(*index));
    }
    let (first, rest) = asked.split_first()?;
    let names: Vec<String> = asked
        .iter()
        .take(MAX_SHOWN)
        .map(|(_, it)| format!("`{}`", it.name))
        .collect();
    let more = if asked.len() > MAX_SHOWN {
        format!(" and {} more", asked.len() - MAX_SHOWN)
    } else {
        String::new()
    };
    let known = plan
        .operations
        .iter()
        .filter(|it| it.backend == Some(first.0))
        .find_map(health_path);
    let example = known.map_or_else(
        || "for example `/healthz`".to_owned(),
        |path| format!("for `{}` perhaps `{path}`", first.1.name),
    );
    let place = |it: &BalancedPlan| blueprint.place(&pointer::child("/backends", &it.name));
    let mut finding = diagnostic::ROOT_HEALTH_CHECK
        .at(place(first.1))
        .message(format_args!(
            "the health check asks the servers of {}{more} for `/`, which the description does not have for them: where they answer 404, each is taken for unhealthy and gets no requests",
            names.join(", ")
        ))
        .help(format_args!(
            "write `health_check: {{path: ...}}` there, with a path that answers 200 to 399 to a request without credentials, {example}; `/` where that is right"
        ));
    finding.places.extend(rest.iter().map(|(_, it)| place(it)));
    Some(finding)
}

/// Whether a target group is made that asks for `/`, and nobody wrote that it should, or that 404
/// is well.
fn is_asked_by_default(blueprint: &Blueprint, backend: &BalancedPlan) -> bool {
    let written = blueprint
        .spec
        .backends
        .get(&*backend.name)
        .and_then(|it| it.health_check.as_ref());
    let check = &backend.health_check;
    check.protocol != HealthProtocol::Tcp
        && written.is_none_or(|it| it.path.is_none())
        && !matches!(backend.targets, TargetsPlan::Existing(_))
        && !check.matcher.split(',').any(|it| takes(it, NOT_FOUND))
}

/// Whether a part of a matcher, `200` or `200-399`, takes a status.
fn takes(part: &str, status: u16) -> bool {
    let (low, high) = part.split_once('-').unwrap_or((part, part));
    matches!((low.trim().parse::<u16>(), high.trim().parse::<u16>()), (Ok(low), Ok(high)) if (low..=high).contains(&status))
}

/// Whether an operation is what the servers have at `/`.
fn is_root(plan: &Plan, bases: &[[Vec<Segment>; 2]], operation: &OperationPlan) -> bool {
    let is_asked = matches!(operation.method, HttpMethod::Get | HttpMethod::Any);
    let has_prefix = operation
        .backend
        .is_some_and(|it| !plan.backends[it].path_prefix.is_empty());
    is_asked
        && operation.path.trim_matches('/').is_empty()
        && !has_prefix
        && bases[operation.description][1].is_empty()
}

/// The path of an operation that says whether a server is well.
fn health_path(operation: &OperationPlan) -> Option<String> {
    let is_plain = operation.method == HttpMethod::Get
        && operation
            .backend_path
            .iter()
            .all(|it| it.variable().is_none());
    let Some(Segment::Literal(last)) = operation.backend_path.last() else {
        return None;
    };
    (is_plain && HEALTH_WORDS.contains(&&**last)).then(|| paths::text_of(&operation.backend_path))
}
