//! Parts of an expression that the sink recorded.
//!
//! In: the text of one argument. Out: `ExpressionPart`s. Pure.

/// A part of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ExpressionPart<'a> {
    /// Text between quotes, numbers, and what holds lists and objects together.
    Literal(&'a str),
    /// Names of functions and variables, and operators.
    Code(&'a str),
    /// A reference, such as `aws_lb.this.arn` or `each.value.path`.
    Path(&'a str),
}

/// Splits an expression of the native syntax at its references.
pub(super) fn parts(text: &str) -> Vec<ExpressionPart<'_>> {
    let mut parts = Vec::new();
    // One for each template that is open: whether the reader is in its text.
    let mut in_text: Vec<bool> = vec![false];
    let (mut at, mut start) = (0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let rest = &text[at..];
        let is_text = in_text.last().copied().unwrap_or_default();
        match bytes[at] {
            b'\\' if is_text => at += 2,
            b'"' => {
                if is_text {
                    in_text.pop();
                } else {
                    in_text.push(true);
                }
                at += 1;
            }
            _ if is_text && rest.starts_with("$${") => at += 3,
            _ if is_text && rest.starts_with("${") => {
                in_text.push(false);
                at += 2;
            }
            b'{' if !is_text => {
                in_text.push(false);
                at += 1;
            }
            b'}' if !is_text => {
                in_text.pop();
                at += 1;
            }
            _ if is_text => at += 1,
            _ => match token(rest) {
                Some(part) => {
                    push(&mut parts, &text[start..at]);
                    at += length(&part);
                    start = at;
                    parts.push(part);
                }
                None => at += 1,
            },
        }
    }
    push(&mut parts, &text[start..]);
    parts
}

fn push<'a>(parts: &mut Vec<ExpressionPart<'a>>, text: &'a str) {
    if !text.is_empty() {
        parts.push(ExpressionPart::Literal(text));
    }
}

fn length(part: &ExpressionPart<'_>) -> usize {
    match part {
        ExpressionPart::Literal(text) | ExpressionPart::Code(text) | ExpressionPart::Path(text) => {
            text.len()
        }
    }
}

/// The token of code at the start of a text that is a name or an operator.
fn token(text: &str) -> Option<ExpressionPart<'_>> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    if b"?!<>+*/%&|".contains(&first) {
        return Some(ExpressionPart::Code(&text[..1]));
    }
    if first.is_ascii_digit() {
        let end = bytes
            .iter()
            .position(|byte| !is_name(*byte) && *byte != b'.');
        return Some(ExpressionPart::Literal(&text[..end.unwrap_or(text.len())]));
    }
    if !first.is_ascii_alphabetic() && first != b'_' {
        return None;
    }
    let name = |from: usize| {
        let end = bytes[from..].iter().position(|byte| !is_name(*byte));
        from + end.unwrap_or(bytes.len() - from)
    };
    let first_end = name(0);
    let mut end = first_end;
    loop {
        let rest = &text[end..];
        let index = rest.starts_with('[').then(|| rest.find(']')).flatten();
        let is_key = |index: &usize| {
            let inner = &rest[1..*index];
            inner.starts_with('"') || inner.starts_with("each.")
        };
        if let Some(index) = index.filter(is_key) {
            end += index + 1;
        } else if rest.starts_with('.') && bytes.get(end + 1).is_some_and(|byte| is_name(*byte)) {
            end = name(end + 1);
        } else {
            break;
        }
    }
    let is_key = text[end..].trim_start_matches(' ').starts_with(['=', ':'])
        && !text[end..].trim_start_matches(' ').starts_with("==");
    Some(match &text[..end] {
        word @ ("true" | "false" | "null") => ExpressionPart::Literal(word),
        path if end > first_end => ExpressionPart::Path(path),
        key if is_key => ExpressionPart::Literal(key),
        code => ExpressionPart::Code(code),
    })
}

#[cfg(test)]
mod tests {
    use super::{ExpressionPart, parts};

    #[test]
    fn references_are_found_in_code_and_in_templates_alone() {
        let found = |text| {
            let parts = parts(text).into_iter();
            let paths = parts.filter_map(|part| match part {
                ExpressionPart::Path(path) => Some(path.to_owned()),
                ExpressionPart::Literal(_) | ExpressionPart::Code(_) => None,
            });
            paths.collect::<Vec<_>>()
        };
        assert_eq!(found("aws_lb.this.arn"), ["aws_lb.this.arn"]);
        assert_eq!(found("\"a.b $${c.d} \\\" ${var.x}-${\"y.z\"}\""), ["var.x"]);
        assert_eq!(
            found("merge({ for n, t in each.value.h : \"a.b${n}\" => t }, { x.y = 1.5 })"),
            ["each.value.h", "x.y"],
        );
        assert_eq!(
            found("a_b.c[each.key].d == local.e ? 1 : 2"),
            ["a_b.c[each.key].d", "local.e"]
        );
        assert_eq!(found("a_b.c[\"k-1\"].d"), ["a_b.c[\"k-1\"].d"]);
    }
}
