//! JSON pointers (RFC 6901) as text.

use std::fmt::{self, Display, Write as _};

/// Unescapes a reference token.
pub fn unescaped(token: &str) -> std::borrow::Cow<'_, str> {
    if token.contains('~') {
        token.replace("~1", "/").replace("~0", "~").into()
    } else {
        token.into()
    }
}

/// Returns the pointer of a member below `base`.
pub fn child(base: &str, token: impl Display) -> String {
    let mut pointer = String::with_capacity(base.len() + 64);
    pointer.extend([base, "/"]);
    write!(Escaping(&mut pointer), "{token}").expect("writing to a String cannot fail");
    pointer
}

/// Writer that escapes `~` as `~0` and `/` as `~1`.
struct Escaping<'a>(&'a mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(index) = rest.bytes().position(|byte| matches!(byte, b'~' | b'/')) {
            self.0.push_str(&rest[..index]);
            let is_tilde = rest.as_bytes()[index] == b'~';
            self.0.push_str(if is_tilde { "~0" } else { "~1" });
            rest = &rest[index + 1..];
        }
        self.0.push_str(rest);
        Ok(())
    }
}
