//! GW4026: a path begins with two slashes or more, which API Gateway makes one.

use std::collections::BTreeSet;

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Source: docs/aws-rules.md#p11: a leading `//` of a request is collapsed.
pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let doubled = served.iter().filter(|operation| {
        operation.path.starts_with("//") && seen.insert(operation.path.clone())
    });
    doubled
        .map(|operation| {
            diagnostic::LEADING_SLASHES
                .at(facts.item_place(operation))
                .message(format_args!(
                    "`{}` is served with one leading slash, to which API Gateway collapses them; the backend gets one too",
                    operation.path
                ))
                .help("write the path with one slash")
        })
        .collect()
}
