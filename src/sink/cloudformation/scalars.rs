//! Texts and numbers as YAML that every reader takes for the same text or number.
//!
//! In: a text, or a number as JSON. Out: YAML. Pure.
//! YAML 1.1 takes more for numbers, flags, dates and so on than 1.2 does: a text is plain only
//! where it cannot be taken for any.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Words that some reader takes for a flag, a number or nothing, in whatever case.
///
/// Source: YAML 1.1, "Boolean", "Null" and "Floating-point" language-independent types,
/// <https://yaml.org/type/>, read 2026-11-22.
const WORDS: [&str; 11] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
];

/// A text on one line: plain where that is safe, else quoted.
pub(crate) fn scalar(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        text.into()
    } else {
        quoted(text).into()
    }
}

/// Starts with a letter, so it is no number, date, indicator or other sign; holds only what means
/// nothing in YAML; is no word of YAML's.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_started = bytes
        .first()
        .is_some_and(|first| first.is_ascii_alphabetic() || *first == b'/');
    let is_harmless = |(index, byte): (usize, &u8)| match byte {
        // `: ` ends a key, and so does `:` at the end.
        b':' => bytes.get(index + 1).is_some_and(|next| *next != b' '),
        b' ' => index + 1 < bytes.len(),
        b'_' | b'-' | b'.' | b'/' | b',' | b';' | b'(' | b')' | b'{' | b'}' | b'+' | b'='
        | b'@' => true,
        other => other.is_ascii_alphanumeric(),
    };
    is_started
        && bytes.iter().enumerate().all(is_harmless)
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// A text in double quotes, with the escapes that JSON and YAML 1.1 share.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            character if is_printable(character) => out.push(character),
            // None of them is above U+FFFF.
            character => write!(out, "\\u{:04X}", u32::from(character))
                .expect("writing to a String cannot fail"),
        }
    }
    out.push('"');
    out
}

/// Returns whether a character needs no escape: no line break, no byte order mark, and nothing that
/// YAML refuses.
///
/// Source: YAML 1.1, sections 5.1 "Character Set" and 5.4 "Line Break Characters",
/// <https://yaml.org/spec/1.1/>, read 2026-11-22.
fn is_printable(character: char) -> bool {
    !matches!(character, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A text of several lines as a literal block: its header, and its lines without the line break
/// that ends the last.
///
/// None where a reader, or an editor that tidies up, could take it for another text.
pub(crate) fn literal(text: &str) -> Option<(&'static str, &str)> {
    let is_told = |line: &str| line.chars().all(is_printable) && !line.ends_with(' ');
    let first = text.split('\n').find(|line| !line.is_empty())?;
    if !text.contains('\n') || first.starts_with(' ') || !text.split('\n').all(is_told) {
        return None;
    }
    Some(match text.strip_suffix('\n') {
        None => ("|-", text),
        Some(lines) if lines.ends_with('\n') => ("|+", lines),
        Some(lines) => ("|", lines),
    })
}

/// A number, a flag or null of JSON. In YAML 1.1 what has an exponent and no point, or no sign
/// there, is a text.
///
/// Source: YAML 1.1, "Floating-Point Language-Independent Type",
/// <https://yaml.org/type/float.html>, read 2026-11-22.
pub(crate) fn number(json: &str) -> Cow<'_, str> {
    let is_number = json.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let Some((mantissa, exponent)) = json.split_once(['e', 'E']).filter(|_| is_number) else {
        return json.into();
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) {
        ""
    } else {
        "+"
    };
    format!("{mantissa}{point}e{sign}{exponent}").into()
}
