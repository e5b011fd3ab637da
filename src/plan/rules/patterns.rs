//! Patterns of `match`: `*` is any text within a segment, `**` any number of segments, `\*` a star
//! of the path, everything else itself.
//!
//! No glob crate has this meaning: in `globset`, `/a/**` does not match `/a`; `wax` has no literal `\`.
//! Many patterns are looked up by the texts before their first wildcard and after their last one, not
//! tried one by one.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Replaces a star of the path itself in comparisons: a character that no text should have.
const STAR: &str = "\u{10FFFF}";

/// A pattern that matches this path alone, in double quotes as YAML and JSON read them.
pub(crate) fn only(path: &str) -> String {
    serde_json::Value::from(exact(path)).to_string()
}

/// A pattern that matches this path alone.
pub(crate) fn exact(path: &str) -> String {
    path.replace('*', "\\*")
}

/// Returns whether a path matches a pattern; time is at most the product of the lengths.
pub(crate) fn path_matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let segments: Vec<&str> = path.split('/').collect();
    let (mut at, mut segment) = (0, 0);
    // The last `**`, and the segment at which it ends.
    let mut retry: Option<(usize, usize)> = None;
    while segment < segments.len() {
        match pattern.get(at) {
            Some(&"**") => {
                retry = Some((at, segment));
                at += 1;
            }
            Some(part) if text_matches(part, segments[segment]) => {
                at += 1;
                segment += 1;
            }
            Some(_) | None => {
                let Some((any, end)) = retry else {
                    return false;
                };
                retry = Some((any, end + 1));
                (at, segment) = (any + 1, end + 1);
            }
        }
    }
    pattern[at..].iter().all(|part| *part == "**")
}

/// Returns whether a text matches a pattern in which `*` is any text; time is the sum of the lengths.
pub(crate) fn text_matches(pattern: &str, text: &str) -> bool {
    let Some((start, wild)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, end) = wild.rsplit_once('*').unwrap_or(("", wild));
    let inside = text
        .strip_prefix(start)
        .and_then(|rest| rest.strip_suffix(end));
    let after = |rest: &'_ str, piece: &str| rest.find(piece).map(|at| at + piece.len());
    let Some(mut rest) = inside else { return false };
    middle
        .split('*')
        .all(|piece| after(rest, piece).map(|at| rest = &rest[at..]).is_some())
}

/// Patterns with a value each, found by the texts that they match.
#[derive(Debug)]
pub(crate) struct Patterns<T> {
    kind: PatternKind,
    exact: HashMap<Box<str>, Vec<T>>,
    /// By the sizes of their fixed start and end, then by these themselves.
    wild: BTreeMap<(usize, usize), HashMap<Box<str>, WildPatterns<T>>>,
}

/// Patterns of one start and end, by the longest text that they have between their wildcards.
#[derive(Debug)]
struct WildPatterns<T> {
    lengths: BTreeSet<usize>,
    lists: HashMap<Box<str>, Vec<WildPattern<T>>>,
}

#[derive(Debug)]
struct WildPattern<T> {
    pattern: Box<str>,
    value: T,
}

/// Kind of texts that patterns match; sizes are segments of a path, and bytes of other texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatternKind {
    Paths,
    Texts,
}

impl PatternKind {
    /// The text with `STAR` for each star of a path itself, as patterns or paths write it.
    fn with_marked_stars<'t>(self, text: &'t str, star: &str) -> Cow<'t, str> {
        match self {
            Self::Paths if text.contains(star) => Cow::Owned(text.replace(star, STAR)),
            Self::Paths | Self::Texts => Cow::Borrowed(text),
        }
    }

    /// Size of a fixed start or end.
    fn size(self, text: &str) -> usize {
        match self {
            Self::Paths if text.is_empty() => 0,
            Self::Paths => text.split('/').count(),
            Self::Texts => text.len(),
        }
    }
}

impl Patterns<()> {
    /// Patterns of paths, as `paths` of a match has them.
    pub(crate) fn of_paths(texts: &[String]) -> Self {
        let mut patterns = Self::new(PatternKind::Paths);
        texts.iter().for_each(|text| patterns.insert(text, ()));
        patterns
    }
}

impl<T: Copy> Patterns<T> {
    pub(crate) fn new(kind: PatternKind) -> Self {
        Self {
            kind,
            exact: HashMap::new(),
            wild: BTreeMap::new(),
        }
    }

    pub(crate) fn insert(&mut self, pattern: &str, value: T) {
        let pattern = &*self.kind.with_marked_stars(pattern, "\\*");
        let (Some(first), Some(last)) = (pattern.find('*'), pattern.rfind('*')) else {
            return self.exact.entry(pattern.into()).or_default().push(value);
        };
        let (mut start, mut end) = (&pattern[..first], &pattern[last + 1..]);
        if self.kind == PatternKind::Paths {
            // A `**` takes the slash beside it, too, where it takes nothing.
            start = start.rfind('/').map_or("", |at| &start[..at]);
            end = end.find('/').map_or("", |at| &end[at + 1..]);
        }
        let sizes = (self.kind.size(start), self.kind.size(end));
        let fixed = format!("{start}*{end}").into_boxed_str();
        let inside = pattern.get(first..=last).unwrap_or_default();
        let longest = match self.kind {
            PatternKind::Texts => inside.split('*').max_by_key(|piece| piece.len()),
            PatternKind::Paths => inside
                .split('/')
                .filter(|segment| !segment.contains('*'))
                .max_by_key(|segment| segment.len()),
        };
        let longest = longest.unwrap_or_default();
        let lists = self.wild.entry(sizes).or_default();
        let between = lists.entry(fixed).or_insert_with(|| WildPatterns {
            lengths: BTreeSet::new(),
            lists: HashMap::new(),
        });
        between.lengths.insert(longest.len());
        between
            .lists
            .entry(longest.into())
            .or_default()
            .push(WildPattern {
                pattern: pattern.into(),
                value,
            });
    }

    /// Calls back with the value of each pattern that matches, until it is enough.
    pub(crate) fn any(&self, text: &str, mut each: impl FnMut(T) -> bool) -> bool {
        let text = &*self.kind.with_marked_stars(text, "*");
        let mut exact = self.exact.get(text).into_iter().flatten();
        if exact.any(|value| each(*value)) {
            return true;
        }
        self.wild.iter().any(|((start, end), lists)| {
            let parts = match self.kind {
                PatternKind::Texts => text
                    .get(..*start)
                    .zip(text.len().checked_sub(*end).and_then(|at| text.get(at..))),
                PatternKind::Paths => first_segments(text, *start).zip(last_segments(text, *end)),
            };
            let between =
                parts.and_then(|(start, end)| lists.get(format!("{start}*{end}").as_str()));
            let keys = between.map_or_else(BTreeSet::new, |patterns| self.keys(patterns, text));
            let found = keys
                .into_iter()
                .filter_map(|key| between.and_then(|patterns| patterns.lists.get(key)));
            found
                .flatten()
                .any(|wild| self.matches(&wild.pattern, text) && each(wild.value))
        })
    }

    /// Returns the texts that matching patterns may have between their wildcards.
    fn keys<'t>(&self, between: &WildPatterns<T>, text: &'t str) -> BTreeSet<&'t str> {
        match self.kind {
            PatternKind::Paths => text.split('/').chain([""]).collect(),
            PatternKind::Texts => {
                let of_length = |length: usize| {
                    (0..=text.len().saturating_sub(length))
                        .filter_map(move |at| text.get(at..at + length))
                };
                between
                    .lengths
                    .iter()
                    .flat_map(|length| of_length(*length))
                    .collect()
            }
        }
    }

    fn matches(&self, pattern: &str, text: &str) -> bool {
        match self.kind {
            PatternKind::Paths => path_matches(pattern, text),
            PatternKind::Texts => text_matches(pattern, text),
        }
    }
}

/// The first segments of a path, so many of them.
fn first_segments(path: &str, count: usize) -> Option<&str> {
    if count == 0 {
        return Some("");
    }
    let mut ends = path
        .match_indices('/')
        .map(|(at, _)| at)
        .chain([path.len()]);
    ends.nth(count - 1).map(|at| &path[..at])
}

/// The last segments of a path, so many of them.
fn last_segments(path: &str, count: usize) -> Option<&str> {
    if count == 0 {
        return Some("");
    }
    let mut starts = path.rmatch_indices('/').map(|(at, _)| at + 1).chain([0]);
    starts.nth(count - 1).map(|at| &path[at..])
}

#[cfg(test)]
mod tests;
