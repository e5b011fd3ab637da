//! Responses of the gateway itself to errors: their headers for browsers, and their bodies.
//!
//! In: `api.gateway_responses`, whether there is CORS. Out: `GatewayResponsePlan`s. Pure.
//! A type that is defined takes nothing over from `DEFAULT_4XX` and `DEFAULT_5XX`, so each carries
//! all of it.

use crate::blueprint::Blueprint;

/// A response of the gateway itself to an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayResponsePlan {
    /// As AWS names it.
    pub of: &'static str,
    /// Status and its phrase; none for the two kinds that represent every other one of 4xx and 5xx.
    pub status: Option<(u16, &'static str)>,
    /// A document as RFC 9457 has it.
    pub is_problem: bool,
}

/// Every other one. A status here would be that of all of them (C8).
const DEFAULTS: [&str; 2] = ["DEFAULT_4XX", "DEFAULT_5XX"];

/// The types of AWS with the status that they have there.
///
/// Source: API Gateway developer guide, "Gateway response types for API Gateway",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>;
/// docs/aws-rules.md#c7.
const TYPES: [(&str, (u16, &str)); 19] = [
    ("ACCESS_DENIED", FORBIDDEN),
    ("API_CONFIGURATION_ERROR", INTERNAL),
    ("AUTHORIZER_CONFIGURATION_ERROR", INTERNAL),
    ("AUTHORIZER_FAILURE", INTERNAL),
    ("BAD_REQUEST_BODY", (400, "Bad Request")),
    ("BAD_REQUEST_PARAMETERS", (400, "Bad Request")),
    ("EXPIRED_TOKEN", FORBIDDEN),
    ("INTEGRATION_FAILURE", (504, "Gateway Timeout")),
    ("INTEGRATION_TIMEOUT", (504, "Gateway Timeout")),
    ("INVALID_API_KEY", FORBIDDEN),
    ("INVALID_SIGNATURE", FORBIDDEN),
    ("MISSING_AUTHENTICATION_TOKEN", FORBIDDEN),
    ("QUOTA_EXCEEDED", (429, "Too Many Requests")),
    ("REQUEST_TOO_LARGE", (413, "Content Too Large")),
    ("RESOURCE_NOT_FOUND", (404, "Not Found")),
    ("THROTTLED", (429, "Too Many Requests")),
    ("UNAUTHORIZED", (401, "Unauthorized")),
    ("UNSUPPORTED_MEDIA_TYPE", (415, "Unsupported Media Type")),
    ("WAF_FILTERED", FORBIDDEN),
];
const FORBIDDEN: (u16, &str) = (403, "Forbidden");
const INTERNAL: (u16, &str) = (500, "Internal Server Error");

/// Decides which errors are defined; none where AWS's own do.
pub(crate) fn gateway_responses(blueprint: &Blueprint, has_cors: bool) -> Vec<GatewayResponsePlan> {
    let is_problem = blueprint.spec.api.gateway_responses.problem_json;
    if !is_problem && !has_cors {
        return Vec::new();
    }
    let response = |of, status| GatewayResponsePlan {
        of,
        status,
        is_problem,
    };
    let mut responses: Vec<_> = DEFAULTS.map(|of| response(of, None)).into();
    // Without bodies of their own the types that are left out take the headers from the two.
    if is_problem {
        responses.extend(TYPES.map(|(of, status)| response(of, Some(status))));
    }
    responses
}
