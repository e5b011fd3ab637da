//! Files that references name, written as URLs.

use std::borrow::Cow;

/// Returns whether a reference is a URL with a scheme or a host, not a relative path.
///
/// Source: RFC 3986, section 4.2.
pub(crate) fn is_remote(path: &str) -> bool {
    let scheme = path.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    path.starts_with("//") || scheme.is_some_and(is_scheme)
}

/// Returns the text of a URL without its escapes; as it is where they are broken.
pub(crate) fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let digits = text
            .get(at + 1..at + 3)
            .filter(|digits| !digits.starts_with('+'));
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).map_or(text.into(), Cow::Owned)
}

#[cfg(test)]
#[test]
fn remote_and_relative_references_are_distinguished() {
    for remote in [
        "https://example.com/a.yaml",
        "//example.com/a.yaml",
        "file:///etc/passwd",
        "C:/a.yaml",
        "urn:x",
    ] {
        assert!(is_remote(remote), "{remote}");
    }
    for local in [
        "a.yaml",
        "../a.yaml",
        "./a:b.yaml",
        "1:2.yaml",
        "paths/{id}.yaml",
    ] {
        assert!(!is_remote(local), "{local}");
    }
    assert_eq!(percent_decoded("a%20b%2fc%7E"), "a b/c~");
    assert_eq!(percent_decoded("100%/%zz/%ff"), "100%/%zz/%ff");
}
