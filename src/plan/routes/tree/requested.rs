//! Paths of operations that are not served, as callers may request them.
//! In: paths as the description writes them. Out: their segments.

use std::sync::Arc;

use crate::openapi::is_dots;
use crate::plan::paths::{self, Segment};

/// A segment of a path, whatever the names of its variables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PathSegment {
    Literal(Arc<str>),
    Variable,
    Rest,
    /// Text that no resource can be: part of a segment, or an illegal character.
    Opaque,
}

impl From<&Segment> for PathSegment {
    fn from(segment: &Segment) -> Self {
        match segment {
            Segment::Literal(text) => Self::Literal(Arc::clone(text)),
            Segment::Variable(_) => Self::Variable,
            Segment::Rest(_) => Self::Rest,
        }
    }
}

/// Longest path that gets a response other than 414: it is part of the ARN of the method.
///
/// Unit: bytes. Source: docs/aws-rules.md#p15.
const MAX_REQUESTED_BYTES: i64 = 1_600;

/// Returns whether any request for the path is short enough to be answered. A variable can be one
/// character, an escape too.
pub(crate) fn can_be_requested(path: &str) -> bool {
    let (mut slashes, mut bytes, mut is_variable) = (0, 0, false);
    for byte in path.bytes() {
        match byte {
            b'?' | b'#' => break,
            b'/' => (slashes, bytes, is_variable) = (slashes + 1, bytes + 1, false),
            b'{' => (bytes, is_variable) = (bytes + 1, true),
            b'}' => is_variable = false,
            _ if is_variable => {}
            b'%' => bytes -= 1,
            _ => bytes += 1,
        }
    }
    slashes.max(bytes) <= MAX_REQUESTED_BYTES
}

/// Splits a path that is not served, whatever is in it. A query or fragment is no part of what the
/// gateway matches.
pub(crate) fn requested(path: &str, widen: bool) -> Vec<PathSegment> {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let path = path.trim_start_matches('/');
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Vec::new();
    }
    path.split('/').map(|text| segment(text, widen)).collect()
}

fn segment(text: &str, widen: bool) -> PathSegment {
    // Nobody requests dots: clients resolve them.
    if is_dots(text) {
        return PathSegment::Literal(text.into());
    }
    let template = paths::template(&format!("/{text}"), widen);
    match template.as_ref().map(|template| &*template.segments) {
        Ok([Segment::Literal(_)]) => PathSegment::Literal(text.into()),
        Ok([segment]) => segment.into(),
        Ok([] | [_, _, ..]) | Err(_) => PathSegment::Opaque,
    }
}
