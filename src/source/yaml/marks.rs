//! Positions in the YAML of parts of the JSON.
//! In: offsets in the JSON, in order, with spans of the YAML. Out: line and column of an offset.

use saphyr_parser::Span;

/// Positions in the YAML of parts of the JSON.
#[derive(Debug)]
pub(crate) struct Marks {
    /// Offset in the JSON, line and column, packed; sorted by offset.
    packed: Vec<u64>,
    /// Line and column after the last character of the YAML.
    end: (usize, usize),
}

const LINE_BITS: u32 = 22;
const COLUMN_BITS: u32 = 10;

/// Returns line and column after the last character of a text, without the line breaks at its end.
pub(crate) fn end_of(text: &str) -> (usize, usize) {
    let text = text.trim_end_matches(['\n', '\r']);
    let bytes = text.as_bytes();
    let is_break =
        |at: usize| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    let breaks = (0..bytes.len()).filter(|at| is_break(*at)).count();
    let last = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    (breaks + 1, last.chars().count() + 1)
}

impl Marks {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            packed: Vec::new(),
            end: end_of(text),
        }
    }

    /// Adds a mark. The parser places an empty scalar that ends the text on the line after it;
    /// such a mark is placed at the end of the text.
    pub(crate) fn push(&mut self, offset: usize, span: Span) {
        let start = (span.start.line(), span.start.col() + 1);
        let (line, column) = if start.0 > self.end.0 {
            self.end
        } else {
            start
        };
        let limited = |number: usize, bits: u32| (number as u64).min((1 << bits) - 1);
        let (line, column) = (limited(line, LINE_BITS), limited(column, COLUMN_BITS));
        self.packed
            .push((offset as u64) << (LINE_BITS + COLUMN_BITS) | line << COLUMN_BITS | column);
    }

    pub(crate) fn offset_of(mark: u64) -> usize {
        usize::try_from(mark >> (LINE_BITS + COLUMN_BITS))
            .expect("offsets were usize when they were packed")
    }

    pub(crate) fn from(&self, offset: usize) -> usize {
        self.packed
            .partition_point(|mark| Self::offset_of(*mark) < offset)
    }

    /// Copies the marks of a piece of the JSON to its copy `by` bytes later.
    pub(crate) fn repeat(&mut self, start: usize, end: usize, by: usize) {
        for index in self.from(start)..self.from(end) {
            self.packed
                .push(self.packed[index] + ((by as u64) << (LINE_BITS + COLUMN_BITS)));
        }
    }

    /// Removes the marks from the offset on.
    pub(crate) fn truncate(&mut self, offset: usize) {
        self.packed.truncate(self.from(offset));
    }

    /// Returns line and column of the part that holds the offset.
    pub(crate) fn position(&self, offset: usize) -> (u32, u32) {
        let Some(index) = self.from(offset + 1).checked_sub(1) else {
            return (1, 1);
        };
        let mark = self.packed[index];
        let part = |shift: u32, bits: u32| {
            u32::try_from((mark >> shift) & ((1 << bits) - 1)).expect("at most 22 bits")
        };
        (part(COLUMN_BITS, LINE_BITS), part(0, COLUMN_BITS))
    }
}

#[cfg(test)]
mod tests {
    use crate::source::yaml::to_json;

    #[test]
    fn every_mark_is_within_the_text() {
        for (text, key, expected) in [
            ("? ", "\"\"", (1, 3)),
            ("version: 1\n? ", "\"\"", (2, 3)),
            ("version: 1\r? ", "\"\"", (2, 3)),
            ("version: 1\r\n? \r\n\r\n", "\"\"", (2, 3)),
            ("version: 1\nname: shop", "\"name\"", (2, 1)),
        ] {
            let (json, marks) = to_json(text).ok().expect("it is YAML");
            let offset = json.find(key).expect("the key is there");
            assert_eq!(marks.position(offset), expected, "{text:?}");
        }
    }
}
