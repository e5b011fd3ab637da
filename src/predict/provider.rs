//! What the provider does with arguments that are left out, and with attributes that nobody writes.
//!
//! Source: docs/aws-rules.md#t41 (`.ci/predicted.py` compares it with what the real Terraform
//! plans).

/// An argument with the value that the provider takes where there is none.
type DefaultValue = (&'static str, &'static str, &'static str);

/// Values that the provider takes for what is left out, where they are not empty.
const DEFAULTS: &[DefaultValue] = &[
    (
        "aws_api_gateway_authorizer",
        "authorizer_result_ttl_in_seconds",
        "300",
    ),
    (
        "aws_api_gateway_authorizer",
        "identity_source",
        "\"method.request.header.Authorization\"",
    ),
    ("aws_api_gateway_authorizer", "type", "\"TOKEN\""),
    (
        "aws_api_gateway_integration",
        "connection_type",
        "\"INTERNET\"",
    ),
    (
        "aws_api_gateway_integration",
        "timeout_milliseconds",
        "29000",
    ),
    (
        "aws_api_gateway_method_settings",
        "settings.throttling_burst_limit",
        "-1",
    ),
    (
        "aws_api_gateway_method_settings",
        "settings.throttling_rate_limit",
        "-1",
    ),
    (
        "aws_api_gateway_rest_api",
        "put_rest_api_mode",
        "\"overwrite\"",
    ),
    ("aws_lb_target_group", "deregistration_delay", "300"),
];

/// Arguments that stay as they are where they are left out.
const KEPT: &[(&str, &str)] = &[
    ("aws_api_gateway_integration", "passthrough_behavior"),
    (
        "aws_api_gateway_method_settings",
        "settings.cache_data_encrypted",
    ),
    (
        "aws_api_gateway_method_settings",
        "settings.cache_ttl_in_seconds",
    ),
    (
        "aws_api_gateway_method_settings",
        "settings.caching_enabled",
    ),
    (
        "aws_api_gateway_method_settings",
        "settings.require_authorization_for_cache_control",
    ),
    (
        "aws_api_gateway_method_settings",
        "settings.unauthorized_cache_control_header_strategy",
    ),
    ("aws_api_gateway_rest_api", "api_key_source"),
    ("aws_api_gateway_rest_api", "binary_media_types"),
    ("aws_api_gateway_rest_api", "disable_execute_api_endpoint"),
    (
        "aws_api_gateway_rest_api",
        "endpoint_configuration.vpc_endpoint_ids",
    ),
    ("aws_api_gateway_rest_api", "minimum_compression_size"),
    ("aws_lb_listener", "ssl_policy"),
    ("aws_lb_target_group", "health_check.matcher"),
    ("aws_lb_target_group", "health_check.path"),
];

/// Attributes that are known again only after an update in place.
const NEW_BY_UPDATE: &[(&str, &str)] = &[("terraform_data", "output")];

/// Returns whether a value is what the provider takes for none.
pub(super) fn is_none(of: &str, argument: &str, value: &str) -> bool {
    let is_empty = matches!(
        value,
        "" | "null" | "false" | "0" | "\"\"" | "[]" | "{}" | "{  }"
    );
    is_empty || DEFAULTS.contains(&(of, argument, value))
}

/// Returns whether an argument that is no longer written stays as it is.
pub(super) fn is_kept(of: &str, argument: &str) -> bool {
    KEPT.contains(&(of, argument))
}

/// Returns whether an attribute gets another value by an update in place.
pub(super) fn is_new_by_update(of: &str, attribute: &str) -> bool {
    NEW_BY_UPDATE.contains(&(of, attribute))
}
