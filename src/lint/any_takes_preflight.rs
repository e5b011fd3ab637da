//! GW3101: an operation for every method asks browsers who they are before they may say so.

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{HttpMethod, Operation};
use crate::plan::OperationPlan;

/// Source: docs/aws-rules.md#c6 (ANY takes OPTIONS), docs/aws-rules.md#a7 (browsers send no
/// credentials with a preflight).
pub(crate) fn check(facts: &Facts<'_>, _: &[&Operation]) -> Vec<Diagnostic> {
    let Some(plan) = facts.plan.filter(|plan| plan.cors.is_none()) else {
        return Vec::new();
    };
    let public: Vec<&OperationPlan> = plan
        .operations
        .iter()
        .filter(|operation| operation.gateway_path.is_some())
        .collect();
    let mut taking: Vec<&OperationPlan> = Vec::new();
    for path in public.chunk_by(|one, other| one.gateway_path == other.gateway_path) {
        if !path
            .iter()
            .any(|operation| operation.method == HttpMethod::Options)
        {
            taking.extend(path.iter().filter(|operation| {
                operation.method == HttpMethod::Any && !operation.auth.is_open()
            }));
        }
    }
    // Under several mounts, one operation comes several times.
    taking.sort_by(|one, other| (&one.path, &one.place).cmp(&(&other.path, &other.place)));
    taking.dedup_by(|one, other| one.place == other.place);
    let Some((first, others)) = taking.split_first() else {
        return Vec::new();
    };
    let names: Vec<String> = taking
        .iter()
        .map(|operation| format!("`{} {}`", operation.method.as_str(), operation.path))
        .collect();
    let mut finding = diagnostic::ANY_TAKES_PREFLIGHT
        .at(first.place.clone())
        .message(format_args!(
            "{} take{} `OPTIONS`, too, and ask{} callers who they are, so that preflights of browsers are refused",
            diagnostic::examples(&names),
            if others.is_empty() { "s" } else { "" },
            if others.is_empty() { "s" } else { "" }
        ))
        .help("write `api: {cors: {origins: [...]}}` if browsers of other origins call the API; else nothing is to be done");
    finding
        .places
        .extend(others.iter().map(|operation| operation.place.clone()));
    vec![finding]
}
