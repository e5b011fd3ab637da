//! Paths that integrations and forwarding functions make of a request's.
//!
//! In: segments, values of variables. Out: a path. Pure.

use std::collections::BTreeMap;

use super::router::ResourcePath;
use crate::aws::{PythonFunction, UriSegment};
use crate::stack::Value;

/// Returns the path of a URI with the values of its variables.
pub(crate) fn uri_path(
    segments: &[UriSegment],
    variable: impl Fn(&str) -> Option<String>,
) -> String {
    let text = |segment: &UriSegment| match segment {
        UriSegment::Literal(text) => format!("/{text}"),
        UriSegment::Variable(name) => match variable(name) {
            Some(value) => format!("/{value}"),
            None => format!("/{{{name}}}"),
        },
    };
    segments.iter().map(text).collect()
}

/// Returns the path that a forwarding function calls for a request, with the values of its variables.
///
/// # Errors
/// The function has no prefix for it.
pub(crate) fn forwarded_path(
    function: &PythonFunction,
    routed: &ResourcePath<'_>,
) -> Result<String, &'static str> {
    let filled = |segment: String| {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        name.and_then(|name| routed.value(name.trim_end_matches('+')))
            .unwrap_or(segment)
    };
    let segments = exchanged(function, &routed.path())?.into_iter();
    Ok(segments
        .map(|segment| format!("/{}", filled(segment)))
        .collect())
}

/// Returns the segments of what a forwarding function makes of a resource's path: of the prefixes
/// that fit in whole segments, the longest is exchanged.
///
/// # Errors
/// The function has no prefix for it.
pub(crate) fn exchanged(
    function: &PythonFunction,
    resource: &str,
) -> Result<Vec<String>, &'static str> {
    let Some(Value::Literal(text)) = function.environment.get("PATHS") else {
        return Err("is forwarded without a path");
    };
    let paths: BTreeMap<String, String> =
        serde_json::from_str(text).map_err(|_| "is forwarded by prefixes that are no JSON")?;
    let resource = path_segments(resource);
    let fits = paths
        .iter()
        .filter(|(from, _)| resource.starts_with(&path_segments(from)));
    let (from, to) = fits
        .max_by_key(|(from, _)| path_segments(from).len())
        .ok_or("has no prefix at its function")?;
    Ok([
        &path_segments(to)[..],
        &resource[path_segments(from).len()..],
    ]
    .concat())
}

/// Returns the segments of a path that are not empty.
pub(crate) fn path_segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned)
        .collect()
}
