//! GW4026: a path begins with two slashes or more, which API Gateway makes one.

use super::{Facts, at_paths};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Source: docs/aws-rules.md#p11: a leading `//` of a request is collapsed.
pub(crate) fn check(_: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    at_paths(&diagnostic::LEADING_SLASHES, served, |path| path.starts_with("//"))
        .map(|(path, diagnostic)| {
            diagnostic
                .message(format_args!(
                    "`{path}` is served with one leading slash, to which API Gateway collapses them; the backend gets one too"
                ))
                .help("write the path with one slash")
        })
        .collect()
}
