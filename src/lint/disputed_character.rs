//! GW4022: a segment holds a character on which AWS's own pages differ.

use std::collections::BTreeSet;

use super::Facts;
use crate::diagnostic::{self, Diagnostic};

/// Source: AWS-RULES P2: `$` and `,` stand in one of AWS's lists and not in the other.
pub(super) fn check(facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let disputed =
        facts.served().into_iter().filter(|(operation, _)| operation.path.contains(['$', ',']) && seen.insert(operation.path.clone()));
    disputed
        .map(|(operation, place)| {
            diagnostic::DISPUTED_CHARACTER
                .at(place)
                .message(format_args!("`{}` holds `$` or `,`, on which AWS's pages disagree whether a path part may", operation.path))
                .help("try the path once on AWS before relying on it, or change it")
        })
        .collect()
}
