//! Paths of operations that are not served, as callers may request them.
//!
//! In: paths as the description writes them. Out: their segments, whatever they are made of. Pure.

use crate::openapi::is_dots;
use crate::plan::paths::{self, Segment};

/// A segment of an operation that is not served.
#[derive(Clone, Debug)]
pub(crate) enum RequestedSegment<'a> {
    Literal(&'a str),
    Variable,
    Rest,
    /// Something that no resource can be: part of a segment, or an illegal character.
    Opaque,
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

/// Splits a path that is not served, whatever it is made of. A query or fragment is no part of what
/// the gateway matches.
pub(crate) fn requested(path: &str, widen: bool) -> Vec<RequestedSegment<'_>> {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let path = path.trim_start_matches('/');
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Vec::new();
    }
    let segment = |text| match text {
        // Nobody requests it: clients resolve it.
        text if is_dots(text) => RequestedSegment::Literal(text),
        text => variable_or_literal(text, widen),
    };
    path.split('/').map(segment).collect()
}

fn variable_or_literal(text: &str, widen: bool) -> RequestedSegment<'_> {
    match paths::template(&format!("/{text}"), widen).map(|template| template.segments) {
        Ok(segments) => match segments.as_slice() {
            [Segment::Literal(_)] => RequestedSegment::Literal(text),
            [Segment::Variable(_)] => RequestedSegment::Variable,
            [Segment::Rest(_)] => RequestedSegment::Rest,
            [] | [_, _, ..] => RequestedSegment::Opaque,
        },
        Err(_) => RequestedSegment::Opaque,
    }
}
