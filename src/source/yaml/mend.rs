//! Two forms of YAML that `saphyr-parser` refuses, mended in place: length and lines stay.
//! In: YAML text that could not be parsed. Out: the text in the parser's notation, or nothing.
//!
//! Brackets that close a flow collection at the indentation of its parent go to the end of what
//! they close (<https://github.com/saphyr-rs/saphyr/pull/108>, which is open), and a tab after `:`
//! becomes a space. To YAML both are white space; inside of a text nothing is changed.

use std::collections::BTreeSet;
use std::ops::Range;

use saphyr_parser::{Event, Parser};

/// Line and column, as the parser counts them.
type Position = (usize, usize);

/// A piece of text that could be mended.
struct Site {
    /// Unit: bytes.
    piece: Range<usize>,
    /// Of its first character.
    position: Position,
    /// Closing brackets among white space; else white space with a tab.
    is_closing: bool,
}

/// Returns the text with both forms mended, where it can be parsed then.
pub(crate) fn mended(text: &str) -> Option<String> {
    let sites = sites(text)?;
    let seen = ParsedEvents::of(&with(text, sites.iter())?)?;
    let is_sound = |site: &&Site| seen.confirms(text, site);
    let sound: Vec<&Site> = sites.iter().filter(is_sound).collect();
    let mended = with(text, sound.iter().copied())?;
    // Moved brackets have to close what they closed before.
    let seen = ParsedEvents::of(&mended)?;
    sound
        .iter()
        .all(|site| seen.confirms(text, site))
        .then_some(mended)
}

fn is_closer(byte: u8) -> bool {
    matches!(byte, b'}' | b']' | b',')
}

/// Returns the text with these sites mended: brackets go before the white space among them, a tab
/// becomes a space.
fn with<'a>(text: &str, sites: impl Iterator<Item = &'a Site>) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    for site in sites {
        let piece = &mut bytes[site.piece.clone()];
        if site.is_closing {
            piece.sort_by_key(|byte| !is_closer(*byte))
        } else {
            piece.fill(b' ')
        }
    }
    String::from_utf8(bytes).ok()
}

/// Returns every place that looks like one of the two, in texts too; `None` where the parser would
/// see other lines.
fn sites(text: &str) -> Option<Vec<Site>> {
    let mut sites: Vec<Site> = Vec::new();
    // The end of the last line that is more than brackets, where brackets may follow it.
    let mut before: Option<(usize, Position)> = None;
    let mut is_open = false;
    let mut start = 0;
    for (index, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.contains('\r') {
            return None;
        }
        tabs(line, start, index + 1, &mut sites);
        let content = line.trim_ascii();
        if let Some(closers) = closers(content) {
            let end = start + (line.len() - line.trim_ascii_start().len()) + closers;
            match (before, sites.iter_mut().rfind(|site| site.is_closing)) {
                (Some(_), Some(site)) if is_open => site.piece.end = end,
                (Some((from, position)), _) => sites.push(Site {
                    piece: from..end,
                    position,
                    is_closing: true,
                }),
                (None, _) => {}
            }
            is_open = closers == content.len();
            before = before.filter(|_| is_open);
        } else if !content.is_empty() {
            let end = line.trim_ascii_end();
            is_open = false;
            before =
                may_be_followed(end).then(|| (start + end.len(), (index + 1, end.chars().count())));
        }
        start += whole.len();
    }
    Some(sites)
}

/// Returns the count of bytes of a line that close collections above it, where nothing but a
/// comment follows them.
fn closers(content: &str) -> Option<usize> {
    let count = content.bytes().take_while(|byte| is_closer(*byte)).count();
    let rest = &content[count..];
    (content.starts_with(['}', ']'])
        && (rest.is_empty() || rest.trim_ascii_start().starts_with('#')))
    .then_some(count)
}

/// Returns whether a bracket behind this line remains a bracket: not in a comment, and no part of
/// an indicator or a name.
fn may_be_followed(line: &str) -> bool {
    let is_end = |byte: u8| {
        byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"\"'}],{[._/()".contains(&byte)
    };
    !line.contains('#') && line.bytes().last().is_some_and(is_end)
}

/// Adds white space with a tab behind a `:`. `start` is the line's offset in the text.
fn tabs(line: &str, start: usize, number: usize, sites: &mut Vec<Site>) {
    let mut open: Option<Gap> = None;
    let mut last = ' ';
    for (column, (offset, character)) in line.char_indices().enumerate() {
        let has_tab = character == '\t';
        match (character, &mut open) {
            (' ' | '\t', Some(gap)) => gap.has_tab |= has_tab,
            (' ' | '\t', None) if last == ':' => {
                open = Some(Gap {
                    offset,
                    column,
                    has_tab,
                })
            }
            _ => sites.extend(open.take().filter(|gap| gap.has_tab).map(|gap| Site {
                piece: start + gap.offset..start + offset,
                position: (number, gap.column),
                is_closing: false,
            })),
        }
        last = character;
    }
}

/// White space behind a `:`.
struct Gap {
    /// Unit: bytes from the start of the line.
    offset: usize,
    column: usize,
    has_tab: bool,
}

/// Events of a text that the parser reads.
struct ParsedEvents {
    /// Ends of collections.
    ends: BTreeSet<Position>,
    /// Start and end of each scalar, in order.
    scalars: Vec<(Position, Position)>,
}

impl ParsedEvents {
    /// `None` where the text cannot be parsed.
    fn of(text: &str) -> Option<Self> {
        let mut seen = Self {
            ends: BTreeSet::new(),
            scalars: Vec::new(),
        };
        let mut parser = Parser::new_from_str(text);
        while let Some(next) = parser.next_event() {
            let (event, span) = next.ok()?;
            let start = (span.start.line(), span.start.col());
            match event {
                Event::Scalar(..) => seen
                    .scalars
                    .push((start, (span.end.line(), span.end.col()))),
                Event::SequenceEnd | Event::MappingEnd => drop(seen.ends.insert(start)),
                _ => {}
            }
        }
        seen.scalars.sort_unstable();
        Some(seen)
    }

    /// Returns whether the mended piece is what it looks like: ends of collections, or white space
    /// outside of any text.
    fn confirms(&self, text: &str, site: &Site) -> bool {
        if site.is_closing {
            let bytes = text.as_bytes();
            let (line, column) = site.position;
            let before = site.piece.start.checked_sub(1);
            let mut last = before.map_or(b' ', |index| bytes[index]);
            let piece = bytes[site.piece.clone()].iter();
            let mut closers = piece.filter(|byte| is_closer(**byte)).enumerate();
            return closers.all(|(index, byte)| {
                // The parser places the end of a mapping at the comma in front of its bracket,
                // where there is one.
                let before = (std::mem::replace(&mut last, *byte) == b',')
                    .then(|| (line, column + index - 1));
                *byte == b','
                    || self.ends.contains(&(line, column + index))
                    || before.is_some_and(|end| self.ends.contains(&end))
            });
        }
        let is_before = |(start, _): &(Position, Position)| *start <= site.position;
        let before = &self.scalars[..self.scalars.partition_point(is_before)];
        before.last().is_none_or(|(_, end)| *end <= site.position)
    }
}

#[cfg(test)]
mod tests;
