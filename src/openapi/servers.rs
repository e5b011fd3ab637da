//! The base path that a list of servers asks for.

use std::collections::BTreeMap;

use super::lean::Server;

/// Path of the first server's URL with its variables' defaults: `""`, or `/` and segments without a trailing `/`.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(super) fn base_path(servers: &[Server<'_>]) -> Result<String, String> {
    let Some(server) = servers.first() else { return Ok(String::new()) };
    let url = with_defaults(server);
    plain(&path_of(&url))
}

/// A path without its trailing `/`.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(super) fn plain(path: &str) -> Result<String, String> {
    let path = path.trim_end_matches('/');
    if path.split('/').skip(1).any(str::is_empty) {
        return Err(format!("has an empty segment in its path `{path}`"));
    }
    if let Some(dots) = path.split('/').find(|it| is_dots(it)) {
        return Err(format!("has the segment `{dots}` in its path `{path}`, which clients and proxies take away"));
    }
    match path.chars().find(|it| !is_path_character(*it)) {
        Some(found) => Err(format!("has {found:?} in its path `{path}`")),
        None => Ok(path.to_owned()),
    }
}

fn with_defaults(server: &Server<'_>) -> String {
    let defaults: BTreeMap<&str, &str> = server.variables.0.iter().map(|(name, it)| (&**name, &*it.default)).collect();
    let mut url = String::new();
    let mut rest = &*server.url;
    // One pass: a default that holds braces is no variable in turn, and cannot make the URL grow without end.
    while let Some(start) = rest.find('{') {
        let default = rest[start..].find('}').and_then(|end| Some((start + end, *defaults.get(&rest[start + 1..start + end])?)));
        let (next, text) = default.map_or((start, "{"), |(end, text)| (end, text));
        url.push_str(&rest[..start]);
        url.push_str(text);
        rest = &rest[next + 1..];
    }
    url.push_str(rest);
    url
}

/// The path of an absolute or relative URL, from its `/`.
fn path_of(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let url = &url[..end];
    let after_scheme = url.split_once("://").map(|(_, rest)| rest).or_else(|| url.strip_prefix("//"));
    match after_scheme {
        Some(rest) => rest.find('/').map_or(String::new(), |start| rest[start..].to_owned()),
        None if url.is_empty() || url.starts_with('/') => url.to_owned(),
        // A URL relative to the document; where that is served from is not known here.
        None => format!("/{}", url.trim_start_matches("./")),
    }
}

/// Whether a segment means its place in the path, not a name.
///
/// Source: RFC 3986, section 5.2.4, <https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4>, read 2026-11-29.
pub(crate) fn is_dots(segment: &str) -> bool {
    matches!(segment, "." | "..")
}

/// A character of a path that needs no escape and means itself, where braces would be a variable of an integration's URI.
///
/// Source: RFC 3986, section 3.3, without `%`, which API Gateway re-encodes (AWS-RULES Q10).
pub(crate) fn is_path_character(it: char) -> bool {
    it.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@".contains(it)
}
