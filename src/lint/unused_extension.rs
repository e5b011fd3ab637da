//! GW1016: an extension of API Gateway that gwgen does not use.

use std::collections::BTreeMap;

use super::Facts;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Operation, is_unused};

pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    // Those that decide who may call are refused in `plan`.
    let of_documents = facts.apis.iter().flat_map(|api| &api.extensions);
    let of_documents = of_documents.map(|extension| (&*extension.name, extension.place.clone()));
    let of_operations = served.iter().flat_map(|operation| {
        let names = operation.extensions.iter();
        names.map(|name| (&**name, operation.place(&format!("/{name}"))))
    });
    let mut found: BTreeMap<&str, (Place, usize)> = BTreeMap::new();
    for (name, place) in of_documents.chain(of_operations) {
        if is_unused(name) {
            found.entry(name).or_insert((place, 0)).1 += 1;
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
