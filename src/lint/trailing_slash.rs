//! GW4004: a path ends with `/`, which no resource of API Gateway does.

use std::collections::BTreeSet;

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Source: docs/aws-rules.md#p11.
pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let ending = served.iter().filter(|operation| {
        operation.path.len() > 1
            && operation.path.ends_with('/')
            && seen.insert(operation.path.clone())
    });
    ending
        .map(|operation| {
            diagnostic::TRAILING_SLASH
                .at(facts.item_place(operation))
                .message(format_args!(
                    "`{}` is served without its trailing slash, which no resource can have; the backend still gets it",
                    operation.path
                ))
                .help("nothing is to be done if callers leave it out; else change the path")
        })
        .collect()
}
