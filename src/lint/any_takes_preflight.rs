//! GW3101: an operation for every method requires credentials of preflights, which have none.

use super::{Facts, at_all};
use crate::diagnostic::{self, Diagnostic, examples};
use crate::openapi::{HttpMethod, Operation};
use crate::plan::OperationPlan;

/// Source: docs/aws-rules.md#c6 (ANY takes OPTIONS), docs/aws-rules.md#a7 (browsers send no
/// credentials with a preflight).
pub(crate) fn check(facts: &Facts<'_>, _: &[&Operation]) -> Vec<Diagnostic> {
    if facts.plan.cors.is_some() {
        return Vec::new();
    }
    let operations = facts.plan.operations.iter();
    let public: Vec<&OperationPlan> = operations
        .filter(|operation| operation.gateway_path.is_some())
        .collect();
    let mut taking: Vec<&OperationPlan> = public
        .chunk_by(|one, other| one.gateway_path == other.gateway_path)
        .filter(|path| {
            path.iter()
                .all(|operation| operation.method != HttpMethod::Options)
        })
        .flatten()
        .copied()
        .filter(|operation| operation.method == HttpMethod::Any && !operation.auth.is_open())
        .collect();
    // Under several mounts, one operation comes several times.
    taking.sort_by_key(|operation| (&operation.path, &operation.place));
    taking.dedup_by(|one, other| one.place == other.place);
    let names: Vec<String> = taking
        .iter()
        .map(|operation| format!("`{} {}`", operation.method.as_str(), operation.path))
        .collect();
    let s = if taking.len() == 1 { "s" } else { "" };
    at_all(
        &diagnostic::ANY_TAKES_PREFLIGHT,
        taking.iter().map(|operation| operation.place.clone()),
    )
    .map(|diagnostic| {
        diagnostic
            .message(format_args!(
                "{} take{s} `OPTIONS`, too, and ask{s} callers who they are, so that preflights of browsers are refused",
                examples(&names)
            ))
            .help("write `api: {cors: {origins: [...]}}` if browsers of other origins call the API; else nothing is to be done")
    })
    .into_iter()
    .collect()
}
