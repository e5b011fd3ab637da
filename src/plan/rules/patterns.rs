//! Patterns of `match`: `*` is any text within a segment, `**` any number of segments, `\*` a star
//! of the path, everything else itself.
//!
//! No glob crate has this meaning: in `globset`, `/a/**` does not match `/a`; `wax` has no literal `\`.
//! Many patterns are looked up by the texts before their first wildcard and after their last one, not
//! tried one by one.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Replaces a star of the path itself while patterns and paths are compared: a character that no
/// text is meant to hold.
const STAR: &str = "\u{10FFFF}";

/// A pattern that matches this path alone, in double quotes as YAML and JSON read them.
pub(crate) fn only(path: &str) -> String {
    serde_json::Value::from(exact(path)).to_string()
}

/// A pattern that matches this path alone.
pub(crate) fn exact(path: &str) -> String {
    path.replace('*', "\\*")
}

/// A pattern in which every star that is left is a wildcard.
fn without_escapes(pattern: &str) -> Cow<'_, str> {
    if pattern.contains("\\*") {
        Cow::Owned(pattern.replace("\\*", STAR))
    } else {
        Cow::Borrowed(pattern)
    }
}

/// A path as patterns without escapes match it.
fn with_stars(path: &str) -> Cow<'_, str> {
    if path.contains('*') {
        Cow::Owned(path.replace('*', STAR))
    } else {
        Cow::Borrowed(path)
    }
}

/// A pattern for paths as the description writes them.
#[derive(Debug)]
pub(crate) struct PathPattern(Vec<String>);

impl PathPattern {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.split('/').map(str::to_owned).collect())
    }

    pub(crate) fn matches(&self, path: &str) -> bool {
        let segments: Vec<&str> = path.split('/').collect();
        wildcard(
            &self.0,
            &segments,
            |pattern| pattern == "**",
            |pattern, segment| text_matches(pattern, segment),
        )
    }
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

/// Kind of texts that patterns match. The size of a start or end is counted in segments of a path
/// and in bytes of another text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatternKind {
    Paths,
    Texts,
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
        let pattern = if self.kind == PatternKind::Paths {
            without_escapes(pattern)
        } else {
            Cow::Borrowed(pattern)
        };
        let pattern = &*pattern;
        let (Some(first), Some(last)) = (pattern.find('*'), pattern.rfind('*')) else {
            return self.exact.entry(pattern.into()).or_default().push(value);
        };
        let (start, end) = (&pattern[..first], &pattern[last + 1..]);
        let (start, end, sizes) = match self.kind {
            PatternKind::Texts => (start, end, (start.len(), end.len())),
            // A `**` takes the slash beside it, too, where it takes nothing.
            PatternKind::Paths => {
                let (start, end) = (
                    start.rfind('/').map_or("", |at| &start[..at]),
                    end.find('/').map_or("", |at| &end[at + 1..]),
                );
                (start, end, (segments(start), segments(end)))
            }
        };
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
        let text = if self.kind == PatternKind::Paths {
            with_stars(text)
        } else {
            Cow::Borrowed(text)
        };
        let text = &*text;
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
            PatternKind::Paths => PathPattern::new(pattern).matches(text),
            PatternKind::Texts => text_matches(pattern, text),
        }
    }
}

/// Number of segments of a fixed start or end.
fn segments(text: &str) -> usize {
    if text.is_empty() {
        0
    } else {
        text.split('/').count()
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

/// Matches items against a pattern with one kind of wildcard that takes any number of items; time is at most the product of
/// the lengths.
fn wildcard<P, T>(
    pattern: &[P],
    items: &[T],
    is_any: impl Fn(&P) -> bool,
    is_same: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut item) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while item < items.len() {
        if at < pattern.len() && is_any(&pattern[at]) {
            retry = Some((at, item));
            at += 1;
        } else if at < pattern.len() && is_same(&pattern[at], &items[item]) {
            (at, item) = (at + 1, item + 1);
        } else if let Some((any, from)) = retry {
            retry = Some((any, from + 1));
            (at, item) = (any + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(is_any)
}

#[cfg(test)]
mod tests {
    use super::{PathPattern, PatternKind, Patterns, exact, text_matches};

    #[test]
    fn patterns_mean_what_the_contract_says() {
        let matches = |pattern: &str, path: &str| PathPattern::new(pattern).matches(path);
        assert!(matches("/orders/{id}", "/orders/{id}") && !matches("/orders/{id}", "/orders/7"));
        assert!(
            matches("/admin/**", "/admin")
                && matches("/admin/**", "/admin/a/b")
                && !matches("/admin/**", "/administer")
        );
        assert!(matches("/*/export", "/users/export") && !matches("/*/export", "/a/b/export"));
        assert!(
            matches("/**/x", "/x")
                && matches("/**/x", "/a/b/x")
                && matches("/a*c", "/abbc")
                && !matches("/a*", "/a/b")
        );
        assert!(text_matches("list*", "listOrders") && !text_matches("list*", "getList"));
        assert!(
            text_matches("a*b*c", "abc")
                && text_matches("*b*", "abc")
                && !text_matches("ab*ba", "aba")
                && !text_matches("a*b*b*c", "abc")
        );
    }

    #[test]
    fn patterns_that_are_looked_up_match_what_each_of_them_does() {
        let paths = [
            "", "/", "/a", "/a/", "/a/b", "/a/b/c", "/b", "/b/{id}", "/{id}", "/{id}/b", "a",
            "a/b", "//", "/a//b", "/ab/b",
        ];
        let patterns = [
            "*",
            "**",
            "/*",
            "/**",
            "/**/",
            "/a/**",
            "/a/**/c",
            "**/b",
            "/*/b",
            "/a*",
            "/*b/b",
            "/a*/**",
            "/**/b",
            "/**/{id}",
            "/a/b",
            "/**/a/**",
            "a/*",
            "/*/",
            "**/",
            "/a/*/c",
            "/**/a/*/c",
            "/*a*b",
            "*/{*}/*",
            "/**b",
            "a**",
            "/**/b/*",
        ];
        for (of, is_matched) in [
            (
                PatternKind::Paths,
                (|pattern, path| PathPattern::new(pattern).matches(path)) as fn(&str, &str) -> bool,
            ),
            (PatternKind::Texts, text_matches),
        ] {
            for pattern in patterns {
                let mut found = Patterns::new(of);
                found.insert(pattern, ());
                for path in paths {
                    assert_eq!(
                        found.any(path, |()| true),
                        is_matched(pattern, path),
                        "{of:?}: {pattern} {path}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_star_behind_a_backslash_is_one_of_the_path() {
        let matches = |pattern: &str, path: &str| {
            let mut found = Patterns::new(PatternKind::Paths);
            found.insert(pattern, ());
            found.any(path, |()| true)
        };
        assert!(
            matches(r"/files/\*\*", "/files/**")
                && !matches(r"/files/\*\*", "/files")
                && !matches(r"/files/\*\*", "/files/{id}/meta")
        );
        assert!(
            matches("/files/**", "/files/**")
                && matches("/files/*", "/files/*")
                && matches(r"/a*\*", "/ab*")
                && !matches(r"/a*\*", "/abc")
        );
        assert!(
            matches(r"/a\b", r"/a\b") && matches(r"/a\\*", r"/a\*") && !matches(r"/a\\*", "/a*")
        );
        for path in [
            "/files/**",
            "/*",
            r"/a\*b",
            "/orders/{id}",
            r"/\\**",
            "/{*}",
        ] {
            let others = [
                "/files",
                "/files/x",
                "/x",
                "/axb",
                r"/a\xb",
                "/orders/7",
                r"/\\",
                "/{x}",
            ];
            assert!(
                matches(&exact(path), path)
                    && !others.iter().any(|other| matches(&exact(path), other)),
                "{path}"
            );
        }
    }
}
