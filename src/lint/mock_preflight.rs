//! GW3100: a preflight that API Gateway answered by itself, and that a backend gets now.

use std::collections::BTreeSet;

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{HttpMethod, Operation};
use crate::plan::OperationPlan;

/// With `api.cors` the gateway answers them; one that asks who its callers are is reported by
/// GW5010.
pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    if facts.plan.is_some_and(|plan| plan.cors.is_some()) {
        return Vec::new();
    }
    let mocks: Vec<&Operation> = served
        .iter()
        .copied()
        .filter(|operation| operation.is_mock_preflight())
        .collect();
    let Some((first, others)) = mocks.split_first() else {
        return Vec::new();
    };
    let names: Vec<_> = mocks.iter().map(|operation| operation.name()).collect();
    let paths: BTreeSet<&str> = mocks.iter().map(|operation| &*operation.path).collect();
    let is_one = |operation: &&OperationPlan| {
        operation.method == HttpMethod::Options && paths.contains(&*operation.path)
    };
    let backends = facts.plan.into_iter().flat_map(|plan| {
        plan.operations
            .iter()
            .filter(is_one)
            .filter_map(|operation| Some(format!("`{}`", plan.backends[operation.backend?].name)))
    });
    let backends: Vec<String> = backends.collect::<BTreeSet<_>>().into_iter().collect();
    let mut finding = diagnostic::MOCK_PREFLIGHT
        .at(first.place(""))
        .message(format_args!(
            "API Gateway answered {} by itself (`type: mock`); now the backend {} has to",
            diagnostic::examples(&names),
            diagnostic::examples(&backends)
        ))
        .help("write `api: {cors: {origins: [...]}}` if browsers of other origins call the API: then the gateway answers; else nothing is to be done if the backend does");
    finding
        .places
        .extend(others.iter().map(|operation| operation.place("")));
    vec![finding]
}
