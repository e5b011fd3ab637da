//! GW1014: the description has servers with another path, which gwgen does not follow.

use super::Facts;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::Operation;

/// Source: AWS-RULES 5.1, "path-item / operation `servers`".
pub(super) fn check(facts: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let place = |pointer: String| Place::pointer(&facts.api.file, pointer);
    let of_document = facts.api.other_server.map(|index| {
        diagnostic::DIFFERENT_SERVERS
            .at(place(format!("/servers/{index}/url")))
            .message("this server has another path than the first, which gwgen takes for every operation")
            .help("put the server with the right path first, or set `api.base_path: ignore` and `path_prefix`")
    });
    let other = served.iter().filter(|operation| operation.other_servers);
    let of_operations = other.map(|operation| {
        let (method, path) = (operation.method.as_str(), &operation.path);
        diagnostic::DIFFERENT_SERVERS
            .at(place(operation.pointer()))
            .message(format_args!(
                "`{method} {path}` has servers of its own with another base path; the gateway sends it where the document's first server says"
            ))
            .help("give the operation a backend of its own with `path_prefix`")
    });
    of_document.into_iter().chain(of_operations).collect()
}
