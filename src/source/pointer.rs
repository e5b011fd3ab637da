//! JSON pointers (RFC 6901) as text.

/// A reference token, escaped: `~` as `~0`, `/` as `~1`.
pub fn escaped(token: &str) -> std::borrow::Cow<'_, str> {
    if token.contains(['~', '/']) { token.replace('~', "~0").replace('/', "~1").into() } else { token.into() }
}

/// A reference token, unescaped.
pub fn unescaped(token: &str) -> std::borrow::Cow<'_, str> {
    if token.contains('~') { token.replace("~1", "/").replace("~0", "~").into() } else { token.into() }
}

/// The pointer of a member of what `base` points to.
pub fn child(base: &str, token: impl std::fmt::Display) -> String {
    format!("{base}/{}", escaped(&token.to_string()))
}
