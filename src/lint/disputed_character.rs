//! GW4022: a segment holds a character on which AWS's own pages differ.

use super::{Facts, at_paths};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Source: docs/aws-rules.md#p2: `$` and `,` are in one of AWS's lists and not in the other.
pub(crate) fn check(_: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    at_paths(&diagnostic::DISPUTED_CHARACTER, served, |path| {
        path.contains(['$', ','])
    })
    .map(|(path, diagnostic)| {
        diagnostic
            .message(format_args!(
                "`{path}` holds `$` or `,`, on which AWS's pages disagree whether a path part may"
            ))
            .help("try the path once on AWS before relying on it, or change it")
    })
    .collect()
}
