//! GW3100: a preflight that API Gateway answered by itself, and that a backend gets now.

use std::collections::BTreeSet;

use super::{Facts, at_operations};
use crate::diagnostic::{self, Diagnostic, examples};
use crate::openapi::{HttpMethod, Operation};

/// With `api.cors` the gateway responds to them; one that requires credentials is reported by
/// GW5010.
pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    if facts.plan.cors.is_some() {
        return Vec::new();
    }
    let mut mocks = served.to_vec();
    mocks.retain(|operation| operation.is_mock_preflight());
    let paths: BTreeSet<&str> = mocks.iter().map(|operation| &*operation.path).collect();
    let planned = facts.plan.operations.iter().filter(|operation| {
        operation.method == HttpMethod::Options && paths.contains(&*operation.path)
    });
    let backends: BTreeSet<String> = planned
        .filter_map(|operation| {
            Some(format!(
                "`{}`",
                facts.plan.backends[operation.backend?].name
            ))
        })
        .collect();
    let backends: Vec<String> = backends.into_iter().collect();
    at_operations(&diagnostic::MOCK_PREFLIGHT, &mocks, "")
        .map(|(names, diagnostic)| {
            diagnostic
                .message(format_args!(
                    "API Gateway answered {names} by itself (`type: mock`); now the backend {} has to",
                    examples(&backends)
                ))
                .help("write `api: {cors: {origins: [...]}}` if browsers of other origins call the API: then the gateway answers; else nothing is to be done if the backend does")
        })
        .into_iter()
        .collect()
}
