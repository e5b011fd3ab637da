//! Health checks of `/` by default, where the description has no `GET /`.
//!
//! In: `Plan`, `Blueprint`. Out: a finding. Pure.

use crate::blueprint::{Blueprint, HealthCheckProtocol};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::HttpMethod;
use crate::plan::{BalancedPlan, OperationPlan, Plan, Segment, TargetsPlan, paths};
use crate::source::pointer;

/// The status of a path that a server does not have.
const NOT_FOUND: u16 = 404;

/// Last segments of paths for health checks.
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

/// Warns of backends whose health check is `/` by default; `bases` are the base paths of the
/// descriptions, on the gateway and behind it.
///
/// Source: Elastic Load Balancing, "Health checks for Application Load Balancer target groups": the
/// path is `/` by default, and a target that responds with another status than the matcher's is
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
    let alb = plan.network.as_ref()?.alb.as_ref();
    if alb.is_some_and(|alb| !alb.emits_rules) {
        return None;
    }
    let mut checked: Vec<(usize, &BalancedPlan)> = plan
        .backends
        .iter()
        .enumerate()
        .filter_map(|(index, backend)| Some((index, backend.balanced()?)))
        .filter(|(_, backend)| is_checked_by_default(blueprint, backend))
        .collect();
    if checked.is_empty() {
        return None;
    }
    for operation in &plan.operations {
        if is_root(plan, bases, operation) {
            checked.retain(|(index, _)| operation.backend != Some(*index));
        }
    }
    let ((index, first), rest) = checked.split_first()?;
    let names: Vec<String> = checked
        .iter()
        .take(MAX_SHOWN)
        .map(|(_, backend)| format!("`{}`", backend.name))
        .collect();
    let more = match checked.len().saturating_sub(MAX_SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut known = plan
        .operations
        .iter()
        .filter(|operation| operation.backend == Some(*index));
    let example = known.find_map(health_path).map_or_else(
        || "for example `/healthz`".to_owned(),
        |path| format!("for `{}` perhaps `{path}`", first.name),
    );
    let place =
        |backend: &BalancedPlan| blueprint.place(&pointer::child("/backends", &backend.name));
    let mut finding = diagnostic::ROOT_HEALTH_CHECK
        .at(place(first))
        .message(format_args!(
            "the health check asks the servers of {}{more} for `/`, which the description does not have for them: where they answer 404, each is taken for unhealthy and gets no requests",
            names.join(", ")
        ))
        .help(format_args!(
            "write `health_check: {{path: ...}}` there, with a path that answers 200 to 399 to a request without credentials, {example}; `/` where that is right"
        ));
    let others = rest.iter().map(|(_, backend)| place(backend));
    finding.places.extend(others);
    Some(finding)
}

/// Returns whether a new target group checks `/`, and the blueprint declares neither this path nor
/// 404 as healthy.
fn is_checked_by_default(blueprint: &Blueprint, backend: &BalancedPlan) -> bool {
    let at = pointer::child("/backends", &backend.name);
    let check = &backend.health_check;
    check.protocol != HealthCheckProtocol::Tcp
        && !blueprint.is_written(&format!("{at}/health_check/path"))
        && !matches!(backend.targets, TargetsPlan::Existing(_))
        && !check.matcher.split(',').any(|part| takes(part, NOT_FOUND))
}

/// Returns whether a part of a matcher, `200` or `200-399`, takes a status.
fn takes(part: &str, status: u16) -> bool {
    let (low, high) = part.split_once('-').unwrap_or((part, part));
    matches!((low.trim().parse::<u16>(), high.trim().parse::<u16>()), (Ok(low), Ok(high)) if (low..=high).contains(&status))
}

/// Returns whether the servers have an operation at `/`.
fn is_root(plan: &Plan, bases: &[[Vec<Segment>; 2]], operation: &OperationPlan) -> bool {
    let backend = operation.backend.map(|index| &plan.backends[index]);
    matches!(operation.method, HttpMethod::Get | HttpMethod::Any)
        && operation.path.trim_matches('/').is_empty()
        && backend.is_none_or(|backend| backend.path_prefix.is_empty())
        && bases[operation.description][1].is_empty()
}

/// Returns the path of an operation that reports whether a server is healthy.
fn health_path(operation: &OperationPlan) -> Option<String> {
    let path = &operation.backend_path;
    let Some(Segment::Literal(last)) = path.last() else {
        return None;
    };
    let is_plain = path.iter().all(|segment| segment.variable().is_none());
    (operation.method == HttpMethod::Get && is_plain && HEALTH_WORDS.contains(&&**last))
        .then(|| paths::text_of(path))
}
