//! GW4015: a header parameter that API Gateway never sends on.

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{Location, Operation};
use crate::plan::is_dropped;

pub(crate) fn check(_: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for operation in served {
        let headers = operation.parameters.iter().filter(|parameter| {
            parameter.location == Location::Header
                && (is_dropped(&parameter.name) || parameter.name.eq_ignore_ascii_case("host"))
        });
        diagnostics.extend(headers.map(|header| {
            diagnostic::LOST_HEADER
                .at(header.place(operation))
                .message(format_args!(
                    "API Gateway drops or replaces the header `{}`, so the backend does not get what the client sent",
                    header.name
                ))
                .help("send the value in another header")
        }));
    }
    diagnostics
}
