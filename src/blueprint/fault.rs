//! Errors of reading by hand: a message and a help in the one string that serde carries.
//!
//! In: what is wrong and what to write. Out: a serde error, and the way back. Pure.
//! The separator is a control character, which no text of the user's holds at this point.

use std::fmt;

use serde::de::Error;

/// Between message and help.
const SEPARATOR: char = '\u{1f}';

/// Marks the message of an expression that cannot be parsed.
pub(crate) const EXPRESSION: &str = "\u{1e}";

/// A serde error with a help.
pub(crate) fn fault<E: Error>(message: impl fmt::Display, help: impl fmt::Display) -> E {
    E::custom(format_args!("{message}{SEPARATOR}{help}"))
}

/// The message and the help of a serde error.
pub(crate) fn parts(text: &str) -> (String, String) {
    if let Some((message, help)) = text.split_once(SEPARATOR) {
        return (message.to_owned(), help.to_owned());
    }
    for prefix in ["invalid type: ", "invalid value: "] {
        if let Some((found, wanted)) = text
            .strip_prefix(prefix)
            .and_then(|rest| rest.rsplit_once(", expected "))
        {
            return (
                format!("{} does not fit here", spoken(found)),
                format!("write {}", spoken(wanted)),
            );
        }
    }
    (
        text.to_owned(),
        "compare with the field's description in `gwgen schema`".to_owned(),
    )
}

/// Serde's words for a type as users say them.
fn spoken(what: &str) -> &str {
    match what {
        "a map" | "map" => "a mapping",
        "a sequence" | "sequence" => "a list",
        "a string" => "text",
        "a boolean" => "`true` or `false`",
        "string or map" | "map with a single key" => "one of the names that `gwgen schema` lists",
        "u16" | "u32" | "u64" | "usize" | "i64" => "a whole number that is not negative",
        "f64" => "a number",
        what if what.starts_with("struct ") => "a mapping",
        what => what,
    }
}
