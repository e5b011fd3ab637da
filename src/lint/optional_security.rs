//! GW1042: `{}` beside a scheme, which lets every caller in without it.

use std::collections::{BTreeMap, HashSet};

use super::Facts;
use crate::diagnostic::{self, Diagnostic, examples};
use crate::openapi::{Operation, Security};

pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let planned = facts.plan.operations.iter();
    let open: HashSet<_> = planned
        .filter(|operation| operation.is_public() && operation.auth.is_open())
        .map(|operation| (&*operation.path, operation.method))
        .collect();
    let is_open = |operation: &&&Operation| {
        matches!(operation.security, Security::Optional(_))
            && open.contains(&(&*operation.path, operation.method))
    };
    // One diagnostic for a file, whose root may have the requirement of all its operations.
    let mut by_file: BTreeMap<_, Vec<&Operation>> = BTreeMap::new();
    for operation in served.iter().filter(is_open) {
        let file = operation.place("").file;
        by_file.entry(file).or_default().push(operation);
    }
    by_file
        .into_values()
        .map(|operations| {
            let names: Vec<_> = operations.iter().map(|operation| operation.name()).collect();
            diagnostic::OPTIONAL_SECURITY
                .at(operations[0].place("/security"))
                .message(format_args!(
                    "`{{}}` stands beside a scheme in `security`, so callers without credentials are let in to {}",
                    examples(&names)
                ))
                .help("remove `{}` where callers have to show credentials, or name the scheme with `auth` in a route; `security: []` says open")
        })
        .collect()
}
