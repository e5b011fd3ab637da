//! Path variables as web frameworks write them.
//!
//! In: a segment of a path. Out: the variable of API Gateway, or the reason why there is none. Pure.
//! Only variables that keep their meaning are read; their constraints are not checked.
//! Source: Starlette, "Path parameters" (`{path:path}`), <https://www.starlette.io/routing/>;
//! ASP.NET Core, "Routing" (`{**slug}`, `{id:int}`, `{id?}`, `{id=1}`),
//! <https://learn.microsoft.com/en-us/aspnet/core/fundamentals/routing>; Spring, `PathPattern`
//! (`{*rest}`, `{id:[0-9]+}`),
//! <https://docs.spring.io/spring-framework/docs/current/javadoc-api/org/springframework/web/util/pattern/PathPattern.html>;
//! Go, `ServeMux` (`{path...}`, `{$}`), <https://pkg.go.dev/net/http#ServeMux>; chi, "URL
//! patterns", <https://go-chi.io/#/pages/routing>; Express, "Route parameters" (`:id`),
//! <https://expressjs.com/en/guide/routing.html>; RFC 6570, section 3.2.3 (`{+path}`);
//! `google.api.http` (`{name=**}`),
//! <https://github.com/googleapis/googleapis/blob/master/google/api/http.proto>; each read
//! 2026-11-29.

use std::borrow::Cow;

/// A variable of a framework that API Gateway has, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameworkVariable<'a> {
    pub(crate) name: &'a str,
    pub(crate) is_greedy: bool,
    /// A constraint that the framework checks and the gateway does not.
    pub(crate) constraint: Option<&'a str>,
}

/// The reason why a variable has no counterpart, as the end of a sentence.
pub(crate) type Unreadable = &'static str;

pub(crate) const OPTIONAL: Unreadable = "may be left out, which a variable of API Gateway may not";
const MANY_OR_ONE: Unreadable = "may take one segment or several, by the framework";
const UNNAMED: Unreadable = "names no variable";
const UNKNOWN: Unreadable = "is no variable that API Gateway has";

/// Reads a whole segment, where a framework writes a variable so; none where it is plain.
pub(crate) fn variable(segment: &str) -> Option<Result<FrameworkVariable<'_>, Unreadable>> {
    // As Express writes it: `:id`, or `:id?` where it may be left out.
    let Some(name) = segment.strip_prefix(':') else {
        return read(inner(segment)?);
    };
    if name.strip_suffix('?').is_some_and(is_name) {
        return Some(Err(OPTIONAL));
    }
    is_name(name).then(|| named(name, false, None))
}

fn named<'a>(
    name: &'a str,
    is_greedy: bool,
    constraint: Option<&'a str>,
) -> Result<FrameworkVariable<'a>, Unreadable> {
    if is_name(name) {
        Ok(FrameworkVariable {
            name,
            is_greedy,
            constraint,
        })
    } else {
        Err(UNNAMED)
    }
}

/// The first `?` or `#` of a path that is no part of a variable as a framework writes it.
pub(crate) fn query(path: &str) -> Option<&str> {
    if !path.contains(['?', '#']) {
        return None;
    }
    segments(path)
        .into_iter()
        .filter(|segment| variable(segment).is_none())
        .find_map(|segment| segment.find(['?', '#']).map(|at| &segment[at..=at]))
}

/// Reads the text between the braces, where it is more than a name; none where it is plain.
fn read(inner: &str) -> Option<Result<FrameworkVariable<'_>, Unreadable>> {
    if inner == "$" {
        return Some(Err(UNKNOWN));
    }
    if let Some(rest) = inner.strip_prefix("**").or_else(|| inner.strip_prefix('*')) {
        if rest.ends_with('?') || rest.contains('=') {
            return Some(Err(OPTIONAL));
        }
        return Some(match rest.split_once(':') {
            Some((name, constraint)) => named(name, true, Some(constraint)),
            None => named(rest, true, None),
        });
    }
    if let Some(name) = inner
        .strip_suffix("...")
        .or_else(|| inner.strip_prefix('+'))
    {
        return Some(named(name, true, None));
    }
    if let Some((name, constraint)) = inner.split_once(':') {
        return Some(constrained(name, constraint));
    }
    match inner.split_once('=') {
        Some((name, "**")) => Some(named(name, true, None)),
        Some((name, "*")) if is_name(name) => Some(named(name, false, None)),
        Some(_) => Some(Err(OPTIONAL)),
        None if inner.ends_with('?') => Some(Err(OPTIONAL)),
        None => inner.ends_with('*').then_some(Err(MANY_OR_ONE)),
    }
}

fn constrained<'a>(
    name: &'a str,
    constraint: &'a str,
) -> Result<FrameworkVariable<'a>, Unreadable> {
    let variable = named(name, false, Some(constraint))?;
    if constraint == "path" {
        return named(name, true, None);
    }
    if constraint.ends_with('?') || constraint.contains('=') {
        return Err(OPTIONAL);
    }
    if may_take_slash(constraint) {
        return Err(MANY_OR_ONE);
    }
    Ok(variable)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The name of a parameter without the notation of a framework.
pub(crate) fn bare(name: &str) -> &str {
    match read(name) {
        Some(Ok(variable)) => variable.name,
        Some(Err(_)) | None => name.strip_prefix(':').unwrap_or(name),
    }
}

/// Returns whether a regular expression may take a `/`; where that is not certain, it may.
fn may_take_slash(pattern: &str) -> bool {
    let mut rest = pattern.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '/' | '.' => return true,
            '\\' => match rest.next() {
                Some(escaped)
                    if escaped.is_ascii_alphanumeric()
                        && !"dwbtnrsAzZ0123456789".contains(escaped) =>
                {
                    return true;
                }
                Some('/') | None => return true,
                Some(_) => {}
            },
            '[' if class_takes_slash(&mut rest) => return true,
            // Groups with a meaning of their own.
            '(' if rest.peek() == Some(&'?') => return true,
            _ => {}
        }
    }
    false
}

/// Reads a class of characters to its end.
fn class_takes_slash(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let is_negated = rest.next_if_eq(&'^').is_some();
    let mut has_slash = false;
    let mut before: Option<char> = None;
    while let Some(character) = rest.next() {
        match character {
            ']' if before.is_some() => return has_slash != is_negated,
            // A class in a class, or a set of one.
            '[' | '&' => return true,
            '-' if before.is_some() && rest.peek().is_some_and(|next| *next != ']') => {
                let end = rest.next();
                has_slash |= before.is_some_and(|start| start <= '/')
                    && end.is_none_or(|end| end == '\\' || end >= '/');
            }
            '\\' => match rest.next() {
                Some(escaped) if escaped.is_ascii_alphanumeric() && !"dwtnrs".contains(escaped) => {
                    return true;
                }
                Some(escaped) => {
                    has_slash |= escaped == '/';
                    before = Some('\\');
                }
                None => return true,
            },
            other => {
                has_slash |= other == '/';
                before = Some(other);
            }
        }
    }
    true
}

/// The text between the braces of a segment that is one variable.
pub(crate) fn inner(segment: &str) -> Option<&str> {
    let inner = segment.strip_prefix('{')?.strip_suffix('}')?;
    let Some(first) = inner.find(['{', '}']) else {
        return Some(inner);
    };
    // Braces of a regular expression: `{id:[0-9]{3}}`.
    let is_constraint = inner.find(':').is_some_and(|colon| colon < first);
    let mut depth = 0_i64;
    let is_balanced = inner.bytes().all(|byte| {
        depth += i64::from(byte == b'{') - i64::from(byte == b'}');
        depth >= 0
    });
    (is_constraint && is_balanced && depth == 0).then_some(inner)
}

/// The segments of a path; a `/` in the constraint of a variable is no end of one.
pub(crate) fn segments(path: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let (mut start, mut depth, mut is_in_constraint) = (0, 0_usize, false);
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                is_in_constraint &= depth > 0;
            }
            b':' | b'=' => is_in_constraint |= depth > 0,
            b'/' if !is_in_constraint => {
                segments.push(&path[start..at]);
                (start, depth) = (at + 1, 0);
            }
            _ => {}
        }
    }
    segments.push(&path[start..]);
    segments
}

/// The path with variables as OpenAPI writes them, where a framework's mean the same.
pub(crate) fn plain(path: &str) -> Cow<'_, str> {
    if !path.contains(['{', ':']) || !path.contains([':', '*', '=', '+', '.']) {
        return Cow::Borrowed(path);
    }
    let segment = |text: &str| match variable(text) {
        Some(Ok(FrameworkVariable {
            name, is_greedy, ..
        })) => format!("{{{name}{}}}", if is_greedy { "+" } else { "" }),
        // Its end is no sign of a greedy variable.
        Some(Err(_)) if text.ends_with("+}") => {
            format!("{}}}", text.trim_end_matches('}').trim_end_matches('+'))
        }
        Some(Err(_)) | None => text.to_owned(),
    };
    Cow::Owned(
        segments(path)
            .into_iter()
            .map(segment)
            .collect::<Vec<String>>()
            .join("/"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(text: &str) -> String {
        plain(text).into_owned()
    }

    #[test]
    fn variables_keep_their_meaning() {
        for (written, expected) in [
            ("/users/:id", "/users/{id}"),
            ("/a/{id:[0-9]+}/b", "/a/{id}/b"),
            ("/a/{id:[0-9]{3}}", "/a/{id}"),
            ("/a/{id:int}", "/a/{id}"),
            ("/a/{id:min(3)}", "/a/{id}"),
            ("/a/{id:[^/]+}", "/a/{id}"),
            (r"/a/{id:\d+}", "/a/{id}"),
            ("/a/{path:path}", "/a/{path+}"),
            ("/a/{**slug}", "/a/{slug+}"),
            ("/a/{*rest}", "/a/{rest+}"),
            ("/a/{rest...}", "/a/{rest+}"),
            ("/a/{+rest}", "/a/{rest+}"),
            ("/a/{name=**}", "/a/{name+}"),
            ("/a/{name=*}", "/a/{name}"),
            ("/a/{rest+}", "/a/{rest+}"),
            ("/a/{id}:verb", "/a/{id}:verb"),
            ("/a:b/c", "/a:b/c"),
        ] {
            assert_eq!(spelt(written), expected, "{written}");
        }
    }

    #[test]
    fn what_may_take_more_than_a_segment_is_not_read() {
        for written in [
            "p:.*",
            "p:.+",
            "p:[^a]+",
            r"p:\S+",
            r"p:\W",
            "p:[+-9]+",
            "p:[!-~]*",
            "p:(?i)a",
            "p:[[:graph:]]",
            "id?",
            "id=5",
            "id:int?",
            "*",
            "$",
            "...",
            ":id",
            "id*",
            "p:[a",
            r"p:[\S]",
            r"p:\x2f",
            "p:a\\",
        ] {
            assert!(matches!(read(written), Some(Err(_))), "{written}");
        }
        for (pattern, expected) in [
            ("[a-z]+", false),
            ("[0-9]{3}", false),
            ("[a-z-]+", false),
            ("[]a]", false),
            ("a|b", false),
            ("[a-z/]", true),
        ] {
            assert_eq!(may_take_slash(pattern), expected, "{pattern}");
        }
    }
}
