//! Positions of pointers in a file.
//! In: `SourceFile`, pointers. Out: line and column of each.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::pointer;
use crate::source::{SourceFile, raw};

/// Pointers by their tokens, so that one pass finds all.
#[derive(Default)]
pub(super) struct PointerTree {
    children: BTreeMap<String, PointerTree>,
}

impl PointerTree {
    pub(super) fn insert(&mut self, pointer: &str) {
        let mut node = self;
        for token in pointer.split('/').skip(1) {
            let token = pointer::unescaped(token).into_owned();
            node = node.children.entry(token).or_default();
        }
    }
}

/// Positions of pointers in a file.
pub(super) struct Positions {
    /// Lines and columns by pointer, one for each time that the member is written.
    by_pointer: BTreeMap<String, Vec<(u32, u32)>>,
}

impl Positions {
    /// Finds the pointers of a tree.
    pub(super) fn find(file: &SourceFile, tree: &PointerTree) -> Self {
        let mut search = PointerSearch {
            text: &file.json,
            found: Vec::new(),
        };
        search.below(&file.json, tree, "");
        let mut offsets = search.found;
        offsets.sort_by_key(|(_, offset)| *offset);
        let mut lines = LineCounter::new(file);
        let mut by_pointer: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
        for (pointer, offset) in offsets {
            let position = lines.position(offset);
            by_pointer.entry(pointer).or_default().push(position);
        }
        Self { by_pointer }
    }

    /// Returns the position of a pointer, or of the nearest part above it that exists.
    pub(super) fn of(&self, pointer: &str, index: usize) -> Option<(u32, u32)> {
        let mut pointer = pointer;
        loop {
            if let Some(found) = self.by_pointer.get(pointer) {
                return found.get(index).or_else(|| found.last()).copied();
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }
}

/// One pass over a text for pointers: parts that no pointer leads into are skipped.
struct PointerSearch<'a> {
    text: &'a str,
    /// Pointers with their offsets.
    found: Vec<(String, usize)>,
}

impl<'a> PointerSearch<'a> {
    /// Returns the offset of a part of the text.
    fn offset(&self, part: &str) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    /// Adds the offsets of the members of a part that pointers lead to.
    fn below(&mut self, json: &'a str, tree: &PointerTree, at: &str) {
        let search = self;
        let below = Below { search, tree, at };
        // The text was read before, so it is JSON.
        drop(below.deserialize(&mut serde_json::Deserializer::from_str(json)));
    }
}

/// A part while it is read.
struct Below<'s, 'a> {
    search: &'s mut PointerSearch<'a>,
    tree: &'s PointerTree,
    at: &'s str,
}

impl<'de> DeserializeSeed<'de> for Below<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.tree.children.is_empty() {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(drop);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Below<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<raw::Text<'de>>()? {
            let Some(child) = self.tree.children.get(&*key) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let pointer = pointer::child(self.at, &*key);
            let offset = match &key.0 {
                Cow::Borrowed(key) => {
                    let offset = self.search.offset(key) - 1;
                    map.next_value_seed(Below {
                        search: &mut *self.search,
                        tree: child,
                        at: &pointer,
                    })?;
                    offset
                }
                // A key with escapes is a copy: it is found by what follows it.
                Cow::Owned(_) => {
                    let value = map.next_value::<&'de RawValue>()?.get();
                    self.search.below(value, child, &pointer);
                    key_before(self.search.text, self.search.offset(value))
                }
            };
            self.search.found.push((pointer, offset));
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0.. {
            let Some(child) = self.tree.children.get(&index.to_string()) else {
                if items.next_element::<IgnoredAny>()?.is_none() {
                    break;
                }
                continue;
            };
            let Some(item) = items.next_element::<&'de RawValue>()? else {
                break;
            };
            let pointer = pointer::child(self.at, index);
            self.search.below(item.get(), child, &pointer);
            self.search
                .found
                .push((pointer, self.search.offset(item.get())));
        }
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Returns the offset of the quote that opens the key before the value at `value`.
fn key_before(json: &str, value: usize) -> usize {
    let bytes = json.as_bytes();
    let is_quote = |index: &usize| {
        let before = bytes[..*index].iter().rev();
        let escapes = before.take_while(|byte| **byte == b'\\');
        bytes[*index] == b'"' && escapes.count() % 2 == 0
    };
    let close = (0..value).rev().find(is_quote).unwrap_or(value);
    (0..close).rev().find(is_quote).unwrap_or(close)
}

/// Lines and columns of a file, by offsets in its JSON that ascend.
pub(super) struct LineCounter<'a> {
    file: &'a SourceFile,
    offset: usize,
    line: u32,
    /// Number of characters between the start of the line and the offset.
    column: u32,
}

impl<'a> LineCounter<'a> {
    pub(super) fn new(file: &'a SourceFile) -> Self {
        Self {
            file,
            offset: 0,
            line: 1,
            column: 0,
        }
    }

    pub(super) fn position(&mut self, offset: usize) -> (u32, u32) {
        if let Some(marks) = &self.file.marks {
            return marks.position(offset);
        }
        let text = &self.file.text;
        let offset = offset.min(text.len());
        for byte in &text.as_bytes()[self.offset..offset] {
            match byte {
                b'\n' => (self.line, self.column) = (self.line + 1, 0),
                // Continuation bytes of UTF-8 belong to the character before them.
                0x80..=0xbf => {}
                _ => self.column += 1,
            }
        }
        self.offset = offset;
        (self.line, self.column + 1)
    }
}
