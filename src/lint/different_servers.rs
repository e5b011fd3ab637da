//! GW1014: an operation has servers of its own, which gwgen does not follow.

use super::Facts;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::Operation;

/// Source: AWS-RULES 5.1, "path-item / operation `servers`".
pub(super) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let served = served.iter().filter(|operation| operation.other_servers);
    served
        .map(|operation| {
            diagnostic::DIFFERENT_SERVERS
                .at(Place::pointer(&facts.api.file, operation.pointer()))
                .message(format_args!(
                    "`{} {}` has servers of its own with another base path; the gateway sends it where the document's first server says",
                    operation.method.as_str(),
                    operation.path
                ))
                .help("give the operation a backend of its own with `path_prefix`")
        })
        .collect()
}
