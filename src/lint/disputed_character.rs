//! GW4022: a segment holds a character on which AWS's own pages differ.

use std::collections::BTreeSet;

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Source: docs/aws-rules.md#p2: `$` and `,` stand in one of AWS's lists and not in the other.
pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let disputed = served.iter().filter(|operation| {
        operation.path.contains(['$', ',']) && seen.insert(operation.path.clone())
    });
    disputed
        .map(|operation| {
            diagnostic::DISPUTED_CHARACTER
                .at(facts.item_place(operation))
                .message(format_args!(
                    "`{}` holds `$` or `,`, on which AWS's pages disagree whether a path part may",
                    operation.path
                ))
                .help("try the path once on AWS before relying on it, or change it")
        })
        .collect()
}
