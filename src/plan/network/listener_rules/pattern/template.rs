//! Path templates as tokens, and as values of a rule's condition.
//!
//! In: a path template. Out: tokens, texts. Pure.
//! Source: docs/aws-rules.md#l13 (alphabet, 128 characters).

use crate::plan::network::listener_rules::MAX_WILDCARDS;

/// Longest value of a condition. Unit: characters.
const MAX_CHARACTERS: usize = 128;

/// A character or variable of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TemplateToken {
    Character(u8),
    /// One or more bytes without a slash.
    Variable,
    /// One or more bytes of any kind.
    Rest,
}

/// Returns whether a rule can name the byte.
fn is_legal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.$/~\"'@:+&".contains(&byte)
}

/// Tokens of a path template; characters that a pattern cannot name take any text of a segment, as
/// variables do. A query is no part of a path.
pub(crate) fn tokens(path: &str) -> Vec<TemplateToken> {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let mut tokens = Vec::with_capacity(path.len());
    let mut push = |token| {
        let repeats = matches!(token, TemplateToken::Variable)
            && matches!(tokens.last(), Some(TemplateToken::Variable));
        if !repeats {
            tokens.push(token);
        }
    };
    let mut rest = path;
    while let Some(byte) = rest.bytes().next() {
        let variable = if byte == b'{' { rest.find('}') } else { None };
        match variable {
            Some(end) => {
                push(if rest[..end].ends_with('+') {
                    TemplateToken::Rest
                } else {
                    TemplateToken::Variable
                });
                rest = &rest[end + 1..];
            }
            None => {
                push(if is_legal(byte) {
                    TemplateToken::Character(byte)
                } else {
                    TemplateToken::Variable
                });
                let width = rest.chars().next().map_or(1, char::len_utf8);
                rest = &rest[width..];
            }
        }
    }
    tokens
}

/// The template with a `*` for each variable.
pub(crate) fn starred(template: &[TemplateToken]) -> String {
    let character = |token: &TemplateToken| match token {
        TemplateToken::Character(byte) => char::from(*byte),
        TemplateToken::Variable | TemplateToken::Rest => '*',
    };
    template.iter().map(character).collect()
}

impl TemplateToken {
    pub(crate) fn is_slash(&self) -> bool {
        *self == Self::Character(b'/')
    }
}

/// Value of a condition.
pub(crate) struct ConditionValue {
    pub(crate) text: String,
    /// True where the value matches more requests than the template.
    pub(crate) is_shortened: bool,
}

/// The value of a condition for a template with a `*` for each variable.
pub(crate) fn condition_value(mut text: String) -> ConditionValue {
    let mut is_shortened = false;
    // The last `*` that there is room for replaces all the others as well.
    let last_kept = text.match_indices('*').nth(MAX_WILDCARDS - 1);
    if let (Some((from, _)), Some(to)) = (last_kept, text.rfind('*'))
        && from < to
    {
        is_shortened = true;
        text.replace_range(from..to, "");
    }
    if text.len() > MAX_CHARACTERS {
        is_shortened = true;
        // ASCII only: every other character became a wildcard.
        text.truncate(MAX_CHARACTERS - 1);
        while text.matches('*').count() >= MAX_WILDCARDS || text.ends_with('*') {
            text.truncate(text.rfind('*').unwrap_or_default());
        }
        text.push('*');
    }
    ConditionValue { text, is_shortened }
}
