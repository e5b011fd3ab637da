//! What the gateway says where it has no such method or path.
//!
//! In: `Stack`. Out: status and body. Pure.

use crate::aws::{GatewayResponse, Stack};

/// Source: docs/aws-rules.md#p8 (403, not 404 or 405).
const STATUS: u16 = 403;
const MESSAGE: &str = "Missing Authentication Token";

/// What AWS calls it; the second holds where the first is not made.
const TYPES: [&str; 2] = ["MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX"];

/// Status and body. Of a template the message is filled in; what only a request knows stays as
/// `$context.…`.
pub(crate) fn no_route(stack: &Stack) -> (u16, String) {
    let created = |of| {
        let mut responses = stack.all::<GatewayResponse>();
        responses.find(|response| response.of == of)
    };
    match TYPES.into_iter().find_map(created) {
        Some(response) => {
            let body = response
                .body
                .replace("$context.error.messageString", &format!("\"{MESSAGE}\""))
                .replace("$context.error.message", MESSAGE);
            (response.status.unwrap_or(STATUS), body)
        }
        None => (STATUS, format!("{{\"message\":\"{MESSAGE}\"}}")),
    }
}
