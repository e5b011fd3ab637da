//! GW4123: a response that is a stream of events, which API Gateway buffers until it is complete.

use super::{Facts, at_operations};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Source: API Gateway developer guide, "Set up an integration response with response streaming",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html>, read
/// 2026-11-30: responses are buffered by default.
pub(crate) fn check(_: &Facts<'_>, served: &[&Operation]) -> Vec<Diagnostic> {
    let mut streams = served.to_vec();
    streams.retain(|operation| operation.is_stream);
    at_operations(&diagnostic::BUFFERED_STREAM, &streams, "/responses")
        .map(|(names, diagnostic)| {
            diagnostic
                .message(format_args!(
                    "{names} answer{} with a stream of events, which API Gateway keeps back until it is whole: clients get all events at once, or a 504 after 29 s",
                    if streams.len() == 1 { "s" } else { "" }
                ))
                .help("nothing is to be done where it ends within seconds; else leave it out with `exposure: hidden` and serve it another way")
        })
        .into_iter()
        .collect()
}
