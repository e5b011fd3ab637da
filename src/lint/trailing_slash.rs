//! GW4004: a path ends with `/`, which no resource of API Gateway does.

use super::{Facts, at_paths};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Source: docs/aws-rules.md#p11.
pub(crate) fn check(_: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let has_trailing_slash = |path: &str| path.len() > 1 && path.ends_with('/');
    at_paths(&diagnostic::TRAILING_SLASH, served, has_trailing_slash)
        .map(|(path, diagnostic)| {
            diagnostic
                .message(format_args!(
                    "`{path}` is served without its trailing slash, which no resource can have; the backend still gets it"
                ))
                .help("nothing is to be done if callers leave it out; else change the path")
        })
        .collect()
}
