//! Text that is printed: to a terminal, a log, a table, a JSON line, a page.
//! In: text that may hold what strangers wrote. Out: text that no terminal or CI runner obeys.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Format that a text is printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextFormat {
    /// A part of a line.
    Line,
    /// Whole lines.
    Lines,
    /// JSON, with its quotes.
    Json,
    /// A quoted text of YAML.
    Yaml,
}

/// Starts of commands of CI runners anywhere in a line. Source: actions/runner,
/// `ActionCommand.TryParse`,
/// <https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs>; Azure
/// Pipelines, "Logging commands",
/// <https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands>.
const COMMANDS: [&str; 2] = ["##[", "##vso["];

impl TextFormat {
    /// Returns the text without anything that is obeyed or cannot be seen.
    pub(crate) fn visible(self, text: &str) -> Cow<'_, str> {
        // Nearly every text is plain.
        if !text
            .bytes()
            .any(|byte| !(b' '..0x7f).contains(&byte) || matches!(byte, b'#' | b':'))
        {
            return Cow::Borrowed(text);
        }
        let mut drawn = String::with_capacity(text.len());
        let mut is_at_start = self == Self::Lines;
        for (index, character) in text.char_indices() {
            let rest = &text[index..];
            let is_command =
                is_at_start && rest.starts_with("::") || is_in_command(&text[..index], rest);
            if is_command || (is_unseen(character) && !self.prints(character)) {
                self.escape(character, &mut drawn);
            } else {
                drawn.push(character);
            }
            is_at_start = self == Self::Lines
                && (character == '\n' || (is_at_start && character.is_whitespace()));
        }
        Cow::Owned(drawn)
    }

    /// Returns whether a line break or tab is printed as it is.
    fn prints(self, character: char) -> bool {
        match self {
            Self::Lines => matches!(character, '\n' | '\t'),
            Self::Json => character == '\n',
            Self::Line | Self::Yaml => false,
        }
    }

    fn escape(self, character: char, drawn: &mut String) {
        let code = character as u32;
        let written = match self {
            Self::Line | Self::Lines => match character {
                // Pictures of control characters.
                '\0'..='\u{1f}' => {
                    drawn.write_char(char::from_u32(0x2400 + code).unwrap_or_default())
                }
                '\u{7f}' => drawn.write_char('\u{2421}'),
                _ => write!(drawn, "\\u{{{code:x}}}"),
            },
            Self::Json => character
                .encode_utf16(&mut [0; 2])
                .iter()
                .try_for_each(|unit| write!(drawn, "\\u{unit:04x}")),
            Self::Yaml if code > 0xffff => write!(drawn, "\\U{code:08x}"),
            Self::Yaml => write!(drawn, "\\u{code:04x}"),
        };
        written.expect("writing to a String cannot fail");
    }
}

/// Returns whether the second character of a runner's command is next, which is escaped.
fn is_in_command(before: &str, rest: &str) -> bool {
    before.ends_with('#')
        && COMMANDS
            .iter()
            .any(|command| rest.starts_with(&command[1..]))
}

/// Returns whether a character is a control, turns the direction of text, or does not show at all.
pub(crate) fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Returns the start of a text that is longer than `characters`, with an ellipsis.
pub(crate) fn cut(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some(_) => {
            let start: String = text.chars().take(characters.saturating_sub(1)).collect();
            Cow::Owned(start + "…")
        }
        None => Cow::Borrowed(text),
    }
}

/// Returns a part of a line.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    TextFormat::Line.visible(text)
}

/// Returns the character of a line at that index, escaped where it may not be printed.
pub(crate) fn character(text: &str, index: usize, character: char) -> String {
    let mut drawn = String::new();
    if is_unseen(character) || is_in_command(&text[..index], &text[index..]) {
        TextFormat::Line.escape(character, &mut drawn);
    } else {
        drawn.push(character);
    }
    drawn
}

/// Returns text for a Markdown page, in one line: it starts no link, no tag, no code and no cell of
/// a table.
pub(crate) fn markdown(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut escaped = String::with_capacity(words.len());
    for (index, character) in line(&words).char_indices() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '\\' | '`' | '[' | ']' | '|' | '*' => escaped.extend(['\\', character]),
            // At the start of a line these make headings, lists, quotes, fences, or a command of a
            // runner that prints the page.
            '#' | '>' | '-' | '+' | '=' | '~' | ':' if index == 0 => {
                escaped.extend(['\\', character])
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// Returns text as code on a Markdown page, in a cell of a table or elsewhere.
pub(crate) fn code(text: &str) -> String {
    let text = line(text).replace('|', "\\|");
    let runs = text.split(|character| character != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or_default() + 1);
    // Markdown removes a space beside a backtick.
    let has_margin = text.is_empty() || text.starts_with('`') || text.ends_with('`');
    let margin = if has_margin { " " } else { "" };
    [&fence, margin, &text, margin, &fence].concat()
}

#[cfg(test)]
mod tests {
    use super::{TextFormat, code, line, markdown};

    #[test]
    fn nothing_is_obeyed() {
        assert_eq!(
            line("a\u{1b}[2J\nb\u{202e}\u{85}\u{7f}"),
            "a␛[2J␊b\\u{202e}\\u{85}␡"
        );
        assert_eq!(
            line("##[error]x ##vso[task] # ## a:b ::c"),
            "#\\u{23}[error]x #\\u{23}vso[task] # ## a:b ::c"
        );
        let lines = "::error::a\n  \u{3000}::b\n\tc ::d\r\n:e\n###[f";
        let shown = "\\u{3a}:error::a\n  \u{3000}\\u{3a}:b\n\tc ::d␍\n:e\n##\\u{23}[f";
        assert_eq!(TextFormat::Lines.visible(lines), shown);
    }

    #[test]
    fn json_and_yaml_mean_the_same_as_before() {
        let text = "a\u{1b}\u{202e}\u{85}\u{7f}\u{e0041}##[x";
        let json = serde_json::to_string_pretty(&[text]).unwrap();
        let shown = TextFormat::Json.visible(&json);
        assert_eq!(
            shown,
            "[\n  \"a\\u001b\\u202e\\u0085\\u007f\\udb40\\udc41#\\u0023[x\"\n]"
        );
        assert_eq!(serde_json::from_str::<[String; 1]>(&shown).unwrap(), [text]);
        assert_eq!(
            TextFormat::Yaml.visible("\u{202e}\u{e0041}"),
            "\\u202e\\U000e0041"
        );
    }

    #[test]
    fn text_starts_nothing_on_a_page() {
        assert_eq!(
            markdown("a [b](javascript:c) <d> \\[e] `f`\n| g"),
            "a \\[b\\](javascript:c) &lt;d> \\\\\\[e\\] \\`f\\` \\| g"
        );
        assert_eq!(markdown("::error"), "\\::error");
        assert_eq!(code("/a/{b}"), "`/a/{b}`");
        assert_eq!(code("a`|``b"), "```a`\\|``b```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\nb"), "`a␊b`");
    }
}
