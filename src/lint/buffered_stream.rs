//! GW4123: an answer that is a stream of events, which API Gateway keeps back until it is whole.

use super::Facts;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Source: API Gateway developer guide, "Set up an integration response with response streaming",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html>, read
/// 2026-11-30: answers are buffered by default.
pub(crate) fn check(_: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let streams: Vec<&Operation> = served
        .iter()
        .copied()
        .filter(|operation| operation.is_stream)
        .collect();
    let Some((first, others)) = streams.split_first() else {
        return Vec::new();
    };
    let names: Vec<_> = streams.iter().map(|operation| operation.name()).collect();
    let mut finding = diagnostic::BUFFERED_STREAM
        .at(first.place("/responses"))
        .message(format_args!(
            "{} answer{} with a stream of events, which API Gateway keeps back until it is whole: clients get all events at once, or a 504 after 29 s",
            diagnostic::examples(&names),
            if others.is_empty() { "s" } else { "" }
        ))
        .help("nothing is to be done where it ends within seconds; else leave it out with `exposure: hidden` and serve it another way");
    finding
        .places
        .extend(others.iter().map(|operation| operation.place("/responses")));
    vec![finding]
}
