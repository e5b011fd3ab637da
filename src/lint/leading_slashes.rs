//! GW4026: a path begins with two slashes or more, which API Gateway makes one.

use std::collections::BTreeSet;

use super::Facts;
use crate::diagnostic::{self, Diagnostic};

/// Source: AWS-RULES P11: a leading `//` of a request is collapsed.
pub(super) fn check(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let doubled =
        facts.served().into_iter().filter(|(operation, _)| operation.path.starts_with("//") && seen.insert(operation.path.clone()));
    doubled
        .map(|(operation, place)| {
            diagnostic::LEADING_SLASHES
                .at(place)
                .message(format_args!(
                    "`{}` is served with one leading slash, to which API Gateway collapses them; the backend gets one too",
                    operation.path
                ))
                .help("write the path with one slash")
        })
        .collect()
}
