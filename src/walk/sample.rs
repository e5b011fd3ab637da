//! Requests that represent all requests of a template.
//!
//! In: an operation or a template. Out: text. Pure.

use crate::follow::SAMPLE;
use crate::openapi::HttpMethod;
use crate::plan::{BackendPlan, OperationPlan, text_of};

/// Path template as it comes to the balancer.
pub(crate) fn private_path(operation: &OperationPlan, backend: &BackendPlan) -> String {
    match &operation.private_path {
        Some(path) => format!("{}{path}", backend.prefix()),
        None => {
            let has_slash = operation.has_trailing_slash && !operation.backend_path.is_empty();
            let slash = if has_slash { "/" } else { "" };
            format!("{}{slash}", text_of(&operation.backend_path))
        }
    }
}

/// Returns the operation's method; for `ANY`, one that no rule names.
pub(crate) fn method_of(operation: &OperationPlan) -> &'static str {
    if operation.method == HttpMethod::Any {
        SAMPLE
    } else {
        operation.method.as_str()
    }
}

/// Replaces each variable of a template.
pub(crate) fn filled(path: &str, mut with: impl FnMut(bool) -> String) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut text = String::new();
    for (index, part) in path.split('{').enumerate() {
        match part.split_once('}') {
            Some((name, after)) if index > 0 => {
                text.push_str(&with(name.ends_with('+')));
                text.push_str(after);
            }
            _ => text.push_str(part),
        }
    }
    text
}

/// Replaces each variable by text that no template has, a greedy one by many segments of it.
pub(crate) fn sample(path: &str) -> String {
    filled(path, |is_greedy| {
        [SAMPLE].repeat(if is_greedy { 12 } else { 1 }).join("/")
    })
}

/// The template without the names of its variables.
pub(crate) fn shape(path: &str) -> String {
    filled(
        path,
        |is_greedy| if is_greedy { "{+}".into() } else { "{}".into() },
    )
}
