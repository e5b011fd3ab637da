//! Paths as they arrive at the balancer.
//!
//! In: operations, backends. Out: texts of paths. Pure.

use crate::plan::paths::plain;
use crate::plan::{OperationPlan, text_of};

pub(crate) fn public_path(operation: &OperationPlan) -> String {
    let slash = if operation.has_trailing_slash && !operation.backend_path.is_empty() {
        "/"
    } else {
        ""
    };
    format!("{}{slash}", text_of(&operation.backend_path))
}

/// The path with the operation's own segments, where some are wider on the gateway
/// (`api.partial_segments: widen`).
pub(crate) fn described_path(operation: &OperationPlan, path: &str) -> Option<String> {
    let is_whole =
        |segment: &str| segment.starts_with('{') && segment.find('}') == Some(segment.len() - 1);
    let own = plain(&operation.path);
    let own = own.trim_matches('/');
    let is_partial = |segment: &str| segment.contains('{') && !is_whole(segment);
    if !own.split('/').any(is_partial) {
        return None;
    }
    let slash = if path.ends_with('/') { "/" } else { "" };
    Some(format!("{}/{own}{slash}", before_own(path, own)?))
}

/// The text before the operation's own path; none where the path is shorter than that.
pub(crate) fn before_own<'a>(path: &'a str, own: &str) -> Option<&'a str> {
    let own = own.trim_matches('/');
    let segments = if own.is_empty() {
        0
    } else {
        own.split('/').count()
    };
    (0..segments).try_fold(path.trim_end_matches('/'), |before, _| {
        before.rfind('/').map(|at| &before[..at])
    })
}

/// The path without the slash at its end, or with one.
pub(crate) fn other_slash(path: &str) -> Option<String> {
    if path.ends_with("+}") || path.contains(['?', '#']) {
        return None;
    }
    match path.strip_suffix('/') {
        Some("") => None,
        Some(without) => Some(without.to_owned()),
        None => Some(format!("{path}/")),
    }
}

/// The path without the names of its variables, and without a query or fragment, which no rule
/// looks at.
pub(crate) fn unnamed(path: &str) -> String {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let mut unnamed = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        let end = start + length;
        let is_greedy = rest[start..end].ends_with('+');
        unnamed.push_str(&rest[..=start]);
        unnamed.push_str(if is_greedy { "+}" } else { "}" });
        rest = &rest[end + 1..];
    }
    unnamed.push_str(rest);
    unnamed
}
