//! GW4015: a header parameter that API Gateway never sends on.

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{Location, Operation};
use crate::plan::is_dropped;

pub(crate) fn check(_: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for operation in served {
        for parameter in operation
            .parameters
            .iter()
            .filter(|parameter| parameter.location == Location::Header)
        {
            if is_dropped(&parameter.name) || parameter.name.eq_ignore_ascii_case("host") {
                findings.push(
                    diagnostic::LOST_HEADER
                        .at(parameter.place(operation))
                        .message(format_args!(
                            "API Gateway drops or replaces the header `{}`, so the backend does not get what the client sent",
                            parameter.name
                        ))
                        .help("send the value in another header"),
                );
            }
        }
    }
    findings
}
