//! GW4015: a header parameter that API Gateway never sends on.

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{Location, Operation};

/// Request headers that do not reach an HTTP backend as the client sent them.
///
/// Source: AWS, "Important notes for Amazon API Gateway" (AWS-RULES Q12).
const LOST: [&str; 14] = [
    "content-encoding",
    "content-length",
    "content-md5",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "www-authenticate",
];

pub(super) fn check(_: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for operation in served {
        for parameter in operation.parameters.iter().filter(|it| it.location == Location::Header) {
            if LOST.iter().any(|it| parameter.name.eq_ignore_ascii_case(it)) {
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
