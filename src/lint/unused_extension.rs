//! GW1016: an extension of API Gateway that gwgen does not use.

use std::collections::BTreeMap;

use super::Facts;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Operation, is_unused};

pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let mut found: BTreeMap<&str, (Place, usize)> = BTreeMap::new();
    // Those that decide who may call are refused in `plan`.
    for api in facts.apis {
        for extension in api
            .extensions
            .iter()
            .filter(|extension| is_unused(&extension.name))
        {
            found
                .entry(&extension.name)
                .or_insert((extension.place.clone(), 0))
                .1 += 1;
        }
    }
    for operation in served {
        for extension in operation.extensions.iter().filter(|name| is_unused(name)) {
            let place = operation.place(&format!("/{extension}"));
            found.entry(extension).or_insert((place, 0)).1 += 1;
        }
    }
    found
        .into_iter()
        .map(|(extension, (place, count))| {
            diagnostic::UNUSED_EXTENSION
                .at(place)
                .message(format_args!(
                    "`{extension}` ({count} time{}) is not used: gwgen writes integrations and settings from the blueprint",
                    if count == 1 { "" } else { "s" }
                ))
                .help("say in the blueprint what it is meant to do, and remove it")
        })
        .collect()
}
