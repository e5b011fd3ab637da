//! GW4124: a range of all media types makes bytes of every body, which functions get in base64.

use super::{Facts, at_operations};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;
use crate::plan::IntegrationPlan;

/// Source: aws/serverless-application-model, issue 3794,
/// <https://github.com/aws/serverless-application-model/issues/3794>, read 2026-11-30.
pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let is_written = facts.blueprint.spec.api.binary_media_types.is_some();
    let mut backends = facts.plan.backends.iter();
    if is_written
        || !backends.any(|backend| matches!(backend.integration, IntegrationPlan::Function(_)))
    {
        return Vec::new();
    }
    let mut all = served.to_vec();
    all.retain(|operation| {
        let mut media_types = operation.binary_media_types.iter();
        media_types.any(|media_type| &**media_type == "*/*")
    });
    at_operations(&diagnostic::EVERYTHING_IS_BYTES, &all, "")
        .map(|(names, diagnostic)| {
            diagnostic
                .message(format_args!(
                    "{names}: bodies of any type (`*/*`) are bytes here, so that functions get every body of the API in base64"
                ))
                .help("name the types in the description, or in `api.binary_media_types`: `[application/octet-stream]`")
        })
        .into_iter()
        .collect()
}
