//! GW4024: a parameter is written in a style that API Gateway does not have.

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Source: docs/aws-rules.md#q8, docs/aws-rules.md#q9: it reaches the backend as it is, and the
/// gateway sees plain text.
pub(crate) fn check(_: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for operation in served {
        for parameter in &operation.parameters {
            if let Some(style @ ("deepObject" | "pipeDelimited" | "matrix" | "label")) =
                parameter.style.as_deref()
            {
                findings.push(
                    diagnostic::UNPARSED_STYLE
                        .at(parameter.place(operation))
                        .message(format_args!(
                            "API Gateway does not know the style `{style}` of `{}`; the backend gets the text as the client sent it",
                            parameter.name
                        ))
                        .help("nothing is to be done if the backend parses it"),
                );
            }
        }
    }
    findings
}
