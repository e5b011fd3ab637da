//! GW1042: `{}` beside a scheme, which lets every caller in without it.

use std::collections::BTreeMap;

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{Operation, Security};

/// Most operations that are named before the rest is counted.
const MAX_NAMED: usize = 3;

pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let planned = facts.plan.into_iter().flat_map(|plan| &plan.operations);
    let open: std::collections::HashSet<_> = planned
        .filter(|operation| operation.is_public() && operation.auth.is_open())
        .map(|operation| (&*operation.path, operation.method))
        .collect();
    let is_let_in = |operation: &&&Operation| {
        matches!(operation.security, Security::Optional(_))
            && open.contains(&(&*operation.path, operation.method))
    };
    // One finding a file: a requirement at the root of a description counts for all of its
    // operations.
    let mut by_file: BTreeMap<_, Vec<&Operation>> = BTreeMap::new();
    for operation in served.iter().filter(is_let_in) {
        by_file
            .entry(operation.place("").file)
            .or_default()
            .push(operation);
    }
    by_file
        .into_values()
        .filter_map(|operations| finding(&operations))
        .collect()
}

fn finding(operations: &[&Operation]) -> Option<Diagnostic> {
    let first = operations.first()?;
    let named: Vec<String> = operations
        .iter()
        .take(MAX_NAMED)
        .map(|operation| format!("`{} {}`", operation.method.as_str(), operation.path))
        .collect();
    let more = operations.len() - named.len();
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let finding = diagnostic::OPTIONAL_SECURITY
        .at(first.place("/security"))
        .message(format_args!(
            "`{{}}` stands beside a scheme in `security`, so callers without credentials are let in to {}{rest}",
            named.join(", ")
        ))
        .help("remove `{}` where callers have to show credentials, or name the scheme with `auth` in a route; `security: []` says open");
    Some(finding)
}
