//! Findings for people: what is wrong, the line with a caret under the column, what to do.
//!
//! Text of the user's files can neither move the cursor nor look like a message of gwgen: control
//! characters are escaped.
//! `annotate-snippets` leaves commands of CI runners as they are, and copies a line of 50 MB whole.

use std::collections::BTreeMap;
use std::io;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar;

use crate::diagnostic::Severity;
use crate::printed;
use crate::source::{Finding, Located, Sources};

/// Widest piece of a source line that is shown. Unit: terminal columns.
const MAX_WIDTH: usize = 120;

/// Part of a long line that is shown before the marked column. Unit: terminal columns.
const LEAD_WIDTH: usize = 50;

const TAB: &str = "    ";

pub(crate) fn report(
    findings: &[Finding],
    sources: &[Sources],
    colour: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut lines = SourceLines {
        sources,
        starts: BTreeMap::new(),
        cursor: LineCursor::default(),
    };
    let paint = Paint { colour };
    for finding in findings {
        out.write_all(paint.finding(finding, &mut lines).as_bytes())?;
    }
    let summary = summary(findings);
    if summary.is_empty() {
        Ok(())
    } else {
        writeln!(out, "{summary}")
    }
}

/// Returns `2 errors, 1 warning`; empty without findings.
fn summary(findings: &[Finding]) -> String {
    let kinds = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Info, "note"),
    ];
    let counted = kinds.into_iter().filter_map(|(severity, name)| {
        let count = findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count();
        (count > 0).then(|| format!("{count} {name}{}", if count == 1 { "" } else { "s" }))
    });
    counted.collect::<Vec<_>>().join(", ")
}

/// Lines of the sources by their number.
struct SourceLines<'a> {
    sources: &'a [Sources],
    /// Offsets at which the lines of a file start.
    starts: BTreeMap<&'a str, (&'a str, Vec<usize>)>,
    cursor: LineCursor<'a>,
}

/// Position of the last finding in its line, so that a file of one line is read once.
#[derive(Default)]
struct LineCursor<'a> {
    file: &'a str,
    line: u32,
    characters: usize,
    bytes: usize,
}

impl<'a> SourceLines<'a> {
    fn line(&mut self, place: &'a Located) -> Option<&'a str> {
        if !self.starts.contains_key(&*place.file) {
            let text = self
                .sources
                .iter()
                .find_map(|sources| sources.file(&place.file))
                .filter(|file| file.may_show_lines())
                .map(|file| file.text.as_str())?;
            let starts = std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .collect();
            self.starts.insert(&place.file, (text, starts));
        }
        let (text, starts) = self.starts.get(&*place.file)?;
        let start = *starts.get((place.line as usize).checked_sub(1)?)?;
        let end = starts
            .get(place.line as usize)
            .map_or(text.len(), |next| next - 1);
        let line = &text[start..end];
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    /// Returns the line of a place without that many characters at its start.
    fn rest(&mut self, place: &'a Located, skipped: usize) -> Option<&'a str> {
        let line = self.line(place)?;
        let cursor = &mut self.cursor;
        if (cursor.file, cursor.line) != (&*place.file, place.line) || cursor.characters > skipped {
            *cursor = LineCursor {
                file: &place.file,
                line: place.line,
                characters: 0,
                bytes: 0,
            };
        }
        let more = line[cursor.bytes..]
            .char_indices()
            .nth(skipped - cursor.characters);
        cursor.bytes = more.map_or(line.len(), |(bytes, _)| cursor.bytes + bytes);
        cursor.characters = skipped;
        Some(&line[cursor.bytes..])
    }
}

#[derive(Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn in_style(self, style: Style, text: &str) -> String {
        if self.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn edge(self, text: &str) -> String {
        self.in_style(AnsiColor::Blue.on_default().bold(), text)
    }

    fn finding<'a>(self, finding: &'a Finding, lines: &mut SourceLines<'a>) -> String {
        let (name, colour) = match finding.severity {
            Severity::Error => ("error", AnsiColor::Red),
            Severity::Warning => ("warning", AnsiColor::Yellow),
            Severity::Info => ("note", AnsiColor::Cyan),
        };
        let head = self.in_style(
            colour.on_default().bold(),
            &format!("{name}[{}]", finding.code),
        );
        let mut text = format!(
            "{head}{}\n",
            self.in_style(
                Style::new().bold(),
                &format!(": {}", printed::line(&finding.message))
            )
        );
        let gutter = finding
            .places
            .first()
            .map_or(1, |place| place.line.to_string().len())
            .max(1);
        for (index, place) in finding.places.iter().enumerate() {
            let position = format!(
                "{}:{}:{}",
                printed::line(&place.file),
                place.line,
                place.column
            );
            text += &format!("{:gutter$}{} {position}\n", "", self.edge("-->"));
            if index == 0 {
                text.push_str(&self.excerpt(place, lines, finding.line.as_deref(), gutter));
            }
        }
        let note = |text: &mut String, label: &str, what: &str| {
            let label = self.in_style(Style::new().bold(), label);
            *text += &format!("{:gutter$} {} {label}: {what}\n", "", self.edge("="));
        };
        if !finding.operations.is_empty() {
            note(
                &mut text,
                "not served",
                &printed::line(&super::operations(finding)),
            );
        }
        if !finding.help.is_empty() {
            note(&mut text, "help", &printed::line(&finding.help));
        }
        text.push('\n');
        text
    }

    /// Returns the line of a place, with a caret under its column.
    fn excerpt<'a>(
        self,
        place: &'a Located,
        lines: &mut SourceLines<'a>,
        own_line: Option<&'a str>,
        gutter: usize,
    ) -> String {
        let is_whole_file = place.pointer.is_none() && (place.line, place.column) == (1, 1);
        let before = (place.column as usize).saturating_sub(1);
        let skipped = before.saturating_sub(MAX_WIDTH);
        // Of a file that could not be read, the finding has the line.
        let own = own_line.map(|line| {
            line.char_indices()
                .nth(skipped)
                .map_or("", |(start, _)| &line[start..])
        });
        let Some(rest) = own
            .or_else(|| lines.rest(place, skipped))
            .filter(|_| !is_whole_file)
        else {
            return String::new();
        };
        let (shown, indent) = cut(rest, before - skipped, skipped > 0);
        let (bar, number) = (
            self.edge("|"),
            self.edge(&format!("{:>gutter$}", place.line)),
        );
        let caret = self.in_style(AnsiColor::Red.on_default().bold(), "^");
        format!(
            "{:gutter$} {bar}\n{number} {bar} {shown}\n{:gutter$} {bar} {:indent$}{caret}\n",
            "", "", ""
        )
    }
}

/// Returns a piece of a line around a character, and the count of terminal columns before that.
fn cut(line: &str, before: usize, is_cut: bool) -> (String, usize) {
    let mut drawn = String::new();
    // Start of each character, in bytes of `drawn` and in terminal columns.
    let mut at = Vec::new();
    let mut width = 0;
    for (index, character) in line.char_indices().take(3 * MAX_WIDTH) {
        at.push((drawn.len(), width));
        match character {
            '\t' => drawn.push_str(TAB),
            other => drawn.push_str(&printed::character(line, index, other)),
        }
        width += drawn[at.last().map_or(0, |(start, _)| *start)..]
            .chars()
            .map(|character| character.width().unwrap_or(0))
            .sum::<usize>();
    }
    let (_, caret) = at.get(before).copied().unwrap_or((drawn.len(), width));
    let is_long = is_cut || width > MAX_WIDTH;
    let from = if is_long {
        caret.saturating_sub(LEAD_WIDTH)
    } else {
        0
    };
    let start = at
        .iter()
        .find(|(_, column)| *column >= from)
        .copied()
        .unwrap_or((0, 0));
    let end = at
        .iter()
        .find(|(_, column)| is_long && *column >= start.1 + MAX_WIDTH)
        .map_or(drawn.len(), |(end, _)| *end);
    let opening = if start.0 > 0 || is_cut { "…" } else { "" };
    let closing = if end < drawn.len() || line.chars().nth(3 * MAX_WIDTH).is_some() {
        "…"
    } else {
        ""
    };
    let indent = caret - start.1 + opening.chars().count();
    (
        format!("{opening}{}{closing}", drawn[start.0..end].trim_end()),
        indent,
    )
}

#[cfg(test)]
mod tests;
