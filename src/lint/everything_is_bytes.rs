//! GW4124: a range of all media types makes bytes of every body, which functions get in base64.

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;
use crate::plan::IntegrationPlan;

/// Source: aws/serverless-application-model, issue 3794,
/// <https://github.com/aws/serverless-application-model/issues/3794>, read 2026-11-30.
pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let is_written = facts
        .blueprint
        .spec
        .api
        .as_ref()
        .is_some_and(|api| api.binary_media_types.is_some());
    let has_function = facts.plan.is_some_and(|plan| {
        plan.backends
            .iter()
            .any(|backend| matches!(backend.integration, IntegrationPlan::Function(_)))
    });
    if is_written || !has_function {
        return Vec::new();
    }
    let all: Vec<&Operation> = served
        .iter()
        .copied()
        .filter(|operation| {
            operation
                .binary_media_types
                .iter()
                .any(|media_type| &**media_type == "*/*")
        })
        .collect();
    let Some((first, others)) = all.split_first() else {
        return Vec::new();
    };
    let names: Vec<_> = all.iter().map(|operation| operation.name()).collect();
    let mut finding = diagnostic::EVERYTHING_IS_BYTES
        .at(first.place(""))
        .message(format_args!(
            "{}: bodies of any type (`*/*`) are bytes here, so that functions get every body of the API in base64",
            diagnostic::examples(&names)
        ))
        .help("name the types in the description, or in `api.binary_media_types`: `[application/octet-stream]`");
    finding
        .places
        .extend(others.iter().map(|operation| operation.place("")));
    vec![finding]
}
