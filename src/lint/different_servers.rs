//! GW1014: the description has servers with another path, which gwgen does not follow.

use super::Facts;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::Operation;

/// Source: OpenAPI 3.0.3, "Path Item Object" (`servers`),
/// <https://spec.openapis.org/oas/v3.0.3#path-item-object>; an import has no place for them.
pub(crate) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let of_documents = facts.apis.iter().filter_map(|api| {
        let finding = diagnostic::DIFFERENT_SERVERS
            .at(Place::pointer(&api.file, format!("/servers/{}/url", api.other_server?)))
            .message("this server has another path than the first, which gwgen takes for every operation")
            .help("put the server with the right path first, or set `api.base_path: ignore` and `path_prefix`");
        Some(finding)
    });
    let other = served.iter().filter(|operation| operation.other_servers);
    let of_operations = other.map(|operation| {
        let (method, path) = (operation.method.as_str(), &operation.path);
        diagnostic::DIFFERENT_SERVERS
            .at(operation.place(""))
            .message(format_args!(
                "`{method} {path}` has servers of its own with another base path; the gateway sends it where the document's first server says"
            ))
            .help("give the operation a backend of its own with `path_prefix`")
    });
    of_documents.chain(of_operations).collect()
}
