//! What the contract names and this release does not build: refused by name, never ignored.
//!
//! In: `Blueprint`, its tree. Out: diagnostics. Pure.
//! One table. A field that becomes built is one line here.

use serde_json::Value;

use super::Blueprint;
use super::references::has_shape;
use super::typed::subject;
use crate::diagnostic::{Diagnostic, NOT_BUILT};
use crate::source::pointer;

/// What is built: fields by the shape of their pointer, and where not every value is, the values
/// that are.
///
/// What stands below such a field is built with it.
const BUILT: &[(&str, &[&str])] = &[
    ("/version", &[]),
    ("/name", &[]),
    ("/environment", &[]),
    ("/spec", &[]),
    ("/region", &[]),
    ("/extends", &[]),
    ("/abstract", &[]),
    ("/output/dir", &[]),
    ("/output/format", &[]),
    ("/output/template", &[]),
    ("/output/api_style", &[]),
    ("/output/layout", &[]),
    ("/output/files", &[]),
    ("/output/nested", &["false"]),
    ("/tags", &[]),
    ("/account/cloudwatch_role", &[]),
    ("/network/vpc", &[]),
    ("/network/subnets", &[]),
    ("/network/cidrs", &[]),
    ("/topology", &[]),
    ("/backends/*/port", &[]),
    ("/backends/*/listener_port", &[]),
    ("/backends/*/alb_port", &[]),
    ("/backends/*/protocol", &[]),
    ("/backends/*/host", &[]),
    ("/backends/*/tls", &[]),
    ("/backends/*/headers", &[]),
    ("/backends/*/url", &[]),
    ("/backends/*/health_check", &[]),
    ("/backends/*/deregistration_delay", &[]),
    ("/backends/*/path_prefix", &[]),
    ("/backends/*/security_group", &[]),
    ("/backends/*/outside_vpc", &[]),
    ("/backends/*/targets/instances", &[]),
    ("/backends/*/targets/autoscaling_groups", &[]),
    ("/backends/*/targets/ips", &[]),
    ("/backends/*/targets/hosts", &[]),
    ("/backends/*/targets/target_group", &[]),
    ("/backends/*/targets/function", &[]),
    ("/backends/*/targets/ecs/network", &[]),
    ("/backends/*/targets/ecs/deployment", &[]),
    ("/routes/*/match/paths", &[]),
    ("/routes/*/match/methods", &[]),
    ("/routes/*/match/tags", &[]),
    ("/routes/*/match/operation_ids", &[]),
    ("/routes/*/match/specs", &[]),
    ("/routes/*/match/mounts", &[]),
    ("/routes/*/backend", &[]),
    ("/routes/*/exposure", &[]),
    ("/routes/*/auth", &[]),
    ("/routes/*/weakens", &[]),
    ("/routes/*/scopes", &[]),
    ("/routes/*/api_key", &[]),
    ("/routes/*/timeout", &[]),
    ("/routes/*/greedy", &[]),
    ("/routes/*/throttle", &[]),
    ("/routes/*/cache", &[]),
    ("/routes/*/validation", &[]),
    ("/routes/*/optional", &[]),
    ("/mounts", &[]),
    ("/auth", &[]),
    ("/expect", &[]),
    ("/usage_plans", &[]),
    ("/api/base_path", &[]),
    ("/api/validation", &[]),
    ("/api/api_key_source", &[]),
    ("/api/partial_segments", &[]),
    ("/api/endpoint", &[]),
    ("/api/policy", &[]),
    ("/api/domain", &[]),
    ("/api/disable_execute_api", &[]),
    ("/api/binary_media_types", &[]),
    ("/api/minimum_compression_size", &[]),
    ("/api/cors", &[]),
    ("/api/gateway_responses", &[]),
    ("/api/waf", &[]),
    ("/stage", &[]),
    ("/nlb/cross_zone", &[]),
    ("/nlb/deletion_protection", &[]),
    ("/nlb/existing", &[]),
    ("/nlb/security_groups", &[]),
    ("/nlb/tls", &[]),
    ("/nlb/access_logs", &[]),
    ("/alb", &[]),
    ("/sync", &[]),
    ("/vpc_link", &[]),
    ("/forwarder/memory_mb", &[]),
    ("/forwarder/timeout", &[]),
    ("/forwarder/runtime", &[]),
    ("/forwarder/security_groups", &[]),
    ("/lint", &[]),
    ("/limits/resources", &[]),
    ("/limits/nlb_listeners", &[]),
    ("/limits/listener_rules", &[]),
    ("/limits/target_groups", &[]),
    ("/limits/authorizers", &[]),
    ("/limits/plan_throttles", &[]),
    ("/limits/integration_timeout", &[]),
    // Written like this they ask for nothing.
];

/// Whether a field is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Built {
    Whole,
    /// With these values alone.
    Values(&'static [&'static str]),
    /// Some of what stands below it.
    Partly,
    Not,
}

/// Whether the field at a pointer is built; `*` in it stands for any key or index.
pub fn built(at: &str) -> Built {
    // What stands below a built field is built with it.
    let is_at_or_above = |shape: &str| {
        let depth = shape.split('/').count();
        let tokens: Vec<&str> = at.split('/').take(depth).collect();
        has_shape(&tokens.join("/"), shape)
    };
    match BUILT.iter().find(|(shape, _)| is_at_or_above(shape)) {
        Some((_, [])) => Built::Whole,
        Some((shape, values)) if has_shape(at, shape) => Built::Values(values),
        // What stands below a field that takes plain values alone.
        Some(_) => Built::Not,
        None if leads_to_built(at) => Built::Partly,
        None => Built::Not,
    }
}

/// Refuses what is written and not built.
///
/// Errors: GW2004.
pub(crate) fn not_built(blueprint: &Blueprint, tree: &Value) -> Vec<Diagnostic> {
    let mut refused: Vec<(String, Option<String>)> = Vec::new();
    search(tree, "", &mut refused);
    refused
        .into_iter()
        .map(|(at, value)| finding(blueprint, &at, value.as_deref()))
        .collect()
}

fn finding(blueprint: &Blueprint, at: &str, value: Option<&str>) -> Diagnostic {
    let message = match value {
        Some(value) => format!("{}: {value} is not built in this release", subject(at)),
        None => format!("{} is not built in this release", subject(at)),
    };
    let help = if value.is_some() || !accepted(at).is_empty() {
        help(at)
    } else {
        "remove it; `gwgen explain GW2004` says what there is".to_owned()
    };
    NOT_BUILT
        .at(blueprint.place(at))
        .message(message)
        .help(help)
}

/// The values of a field that are built, where not all are.
fn accepted(at: &str) -> &'static [&'static str] {
    BUILT
        .iter()
        .find(|(shape, _)| has_shape(at, shape))
        .map_or(&[], |(_, values)| values)
}

/// What to write in place of a value that is not built.
pub(crate) fn help(at: &str) -> String {
    match accepted(at) {
        [] => "write something else here; `gwgen explain GW2004` says what there is".to_owned(),
        values => format!("write `{}`, or remove it", values.join("` or `")),
    }
}

/// Every part below the pointer that is not built, and the value where only some are.
pub(crate) fn search(value: &Value, at: &str, refused: &mut Vec<(String, Option<String>)>) {
    if let Some((_, accepted)) = BUILT.iter().find(|(shape, _)| has_shape(at, shape)) {
        let text = spelled(value);
        if !accepted.is_empty() && !text.as_deref().is_some_and(|text| accepted.contains(&text)) {
            refused.push((
                at.to_owned(),
                Some(text.map_or_else(|| "this".to_owned(), |text| format!("`{text}`"))),
            ));
        }
        return;
    }
    match value {
        Value::Object(mapping) if leads_to_built(at) => {
            for (key, value) in mapping {
                search(value, &pointer::child(at, key), refused);
            }
        }
        Value::Array(list) if leads_to_built(at) => {
            for (index, value) in list.iter().enumerate() {
                search(value, &pointer::child(at, index), refused);
            }
        }
        // `ecs: true` is the mapping with its defaults.
        Value::Bool(_) if leads_to_built(at) => {}
        _ => refused.push((at.to_owned(), None)),
    }
}

/// Whether something below the pointer is built.
fn leads_to_built(at: &str) -> bool {
    let depth = at.split('/').count();
    BUILT.iter().any(|(shape, _)| {
        let tokens: Vec<&str> = shape.split('/').collect();
        tokens.len() > depth && has_shape(at, &tokens[..depth].join("/"))
    })
}

/// The text of a plain value.
fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
