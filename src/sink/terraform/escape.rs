//! The one place where text becomes an HCL string.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Writes a quoted template that yields exactly `text`.
///
/// Source: HCL native syntax, "Template Expressions",
/// <https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md>; `${` after any number of `$` was
/// tried with terraform 1.11.
pub fn quoted(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text);
    out.push('"');
}

/// Writes the inside of a quoted template.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    // Nearly every text needs no escape.
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'$' | b'%'))
    {
        return out.push_str(text);
    }
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => out.extend([character, character]),
            character if is_escaped(character) => {
                write!(out, "\\u{:04x}", character as u32)
                    .expect("writing to a String cannot fail");
            }
            character => out.push(character),
        }
    }
}

/// Writes a text of a template in JSON, which has no escapes but those of its markers.
pub(crate) fn push_marked(out: &mut String, text: &str) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(character);
        if matches!(character, '$' | '%') && characters.peek() == Some(&'{') {
            out.push(character);
        }
    }
}

/// Word that ends a heredoc.
pub(crate) const END: &str = "EOT";

/// Returns whether a heredoc yields exactly a text, from lines that are all indented alike: it ends
/// with a line end, has no escapes, and loses the indentation that its lines share.
///
/// Source: HCL native syntax, "Template Expressions",
/// <https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md>; blank lines, which lose nothing,
/// were tried with terraform 1.11.
pub(crate) fn is_heredoc(text: &str) -> bool {
    let Some(lines) = text.strip_suffix('\n').filter(|it| it.contains('\n')) else {
        return false;
    };
    let is_exact = |line: &str| {
        // A character that joins the one before would join the indentation.
        let starts = |text: &str| text.starts_with(|letter: char| letter.is_ascii_graphic());
        line.is_empty()
            || !line.trim_start().starts_with(END)
                && starts(line.trim_start_matches(' '))
                && !line.contains(is_escaped)
    };
    lines.split('\n').all(is_exact)
        && lines
            .split('\n')
            .any(|it| !it.is_empty() && !it.starts_with(char::is_whitespace))
}

/// Returns whether a character stands in a text as an escape alone.
fn is_escaped(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Writes a JSON string.
pub(crate) fn quoted_json(out: &mut String, text: &str) {
    out.push_str(&serde_json::to_string(text).expect("a text is JSON"));
}

/// A name as the key of an object.
pub fn key(name: &str) -> Cow<'_, str> {
    if is_identifier(name) {
        return Cow::Borrowed(name);
    }
    let mut text = String::new();
    quoted(&mut text, name);
    Cow::Owned(text)
}

/// Returns whether a name needs no quotes as an object key or block label.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && !matches!(name, "for" | "null" | "true" | "false")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    fn read_back(text: &str) -> String {
        let mut source = String::from("a = ");
        super::quoted(&mut source, text);
        let body: hcl::Body = hcl::from_str(&source).expect("the HCL parser takes it");
        match &body
            .attributes()
            .next()
            .expect("there is one attribute")
            .expr
        {
            hcl::Expression::String(text) => text.clone(),
            // hcl-rs keeps what holds an escaped marker as a template; its parts are literals.
            hcl::Expression::TemplateExpr(template) => {
                let template = hcl::Template::from_expr(template).expect("a template");
                template
                    .elements()
                    .iter()
                    .map(|element| match element {
                        hcl::template::Element::Literal(text) => text.clone(),
                        _ => panic!("{source} holds an interpolation"),
                    })
                    .collect()
            }
            other => panic!("{source} became {other:?}"),
        }
    }

    proptest! {
        #[test]
        fn text_reads_back(text in "[ -~\\n\\t\u{0}\u{7f}\u{e9}${}%\"\\\\]{0,40}") {
            // hcl-rs reads two or more `$` before `${` wrongly; the test below holds those to what
            // terraform 1.11 printed.
            prop_assume!(!text.contains("$${") && !text.contains("%%{"));
            prop_assert_eq!(read_back(&text), text);
        }
    }

    #[test]
    fn markers_after_any_number_of_signs() {
        let escaped = |text| {
            let mut out = String::new();
            super::quoted(&mut out, text);
            out
        };
        assert_eq!(escaped("${x}"), r#""$${x}""#);
        assert_eq!(escaped("$${x}"), r#""$$${x}""#);
        assert_eq!(escaped("$$${x}"), r#""$$$${x}""#);
        assert_eq!(escaped("%%{x}"), r#""%%%{x}""#);
        assert_eq!(escaped("$%{x}"), r#""$%%{x}""#);
        assert_eq!(escaped("a$"), r#""a$""#);
    }
}
