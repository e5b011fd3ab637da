//! Where parts of the JSON stand in the YAML.
//!
//! In: offsets in the JSON, in order, with spans of the YAML. Out: line and column of an offset.
//! Pure.

use saphyr_parser::Span;

/// Where parts of the JSON stand in the YAML: sorted by offset in the JSON.
#[derive(Debug, Default)]
pub(crate) struct Marks(Vec<u64>);

const LINE_BITS: u32 = 22;
const COLUMN_BITS: u32 = 10;

impl Marks {
    pub(crate) fn push(&mut self, offset: usize, span: Span) {
        let limited = |number: usize, bits: u32| (number as u64).min((1 << bits) - 1);
        let (line, column) = (
            limited(span.start.line(), LINE_BITS),
            limited(span.start.col() + 1, COLUMN_BITS),
        );
        self.0
            .push((offset as u64) << (LINE_BITS + COLUMN_BITS) | line << COLUMN_BITS | column);
    }

    pub(crate) fn offset_of(mark: u64) -> usize {
        usize::try_from(mark >> (LINE_BITS + COLUMN_BITS))
            .expect("offsets were usize when they were packed")
    }

    pub(crate) fn from(&self, offset: usize) -> usize {
        self.0
            .partition_point(|mark| Self::offset_of(*mark) < offset)
    }

    /// Copies the marks of a piece of the JSON that stands again `by` bytes later.
    pub(crate) fn repeat(&mut self, start: usize, end: usize, by: usize) {
        for index in self.from(start)..self.from(end) {
            self.0
                .push(self.0[index] + ((by as u64) << (LINE_BITS + COLUMN_BITS)));
        }
    }

    /// Leaves out the marks of what stands from the offset on.
    pub(crate) fn truncate(&mut self, offset: usize) {
        self.0.truncate(self.from(offset));
    }

    /// Line and column of the part that holds the offset.
    pub(crate) fn position(&self, offset: usize) -> (u32, u32) {
        let Some(mark) = self
            .from(offset + 1)
            .checked_sub(1)
            .map(|index| self.0[index])
        else {
            return (1, 1);
        };
        let part = |shift: u32, bits: u32| {
            u32::try_from((mark >> shift) & ((1 << bits) - 1)).expect("at most 22 bits")
        };
        (part(COLUMN_BITS, LINE_BITS), part(0, COLUMN_BITS))
    }
}
