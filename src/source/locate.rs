//! From a pointer to its line: one pass over a file for all the findings in it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{SourceFile, pointer, raw};
use crate::diagnostic::{At, Code, Diagnostic, OperationName, Place, Severity};

/// Every file that was read, to find lines in.
#[derive(Debug, Default)]
pub struct Sources {
    files: BTreeMap<Arc<str>, Arc<SourceFile>>,
    /// Those that are no part of the blueprint.
    descriptions: BTreeSet<Arc<str>>,
}

/// A place with its line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Located {
    pub file: Arc<str>,
    /// Unit: 1-based.
    pub line: u32,
    /// Unit: 1-based, in Unicode scalar values.
    pub column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

/// A finding with its lines, ready to be reported.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Finding {
    pub code: &'static str,
    pub slug: &'static str,
    pub severity: Severity,
    pub message: String,
    pub help: String,
    pub places: Vec<Located>,
    pub operations: Vec<OperationName>,
    /// The findings that this one stands for, where a whole description has one habit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub occurrences: Vec<Occurrence>,
    /// The reason for which `lint.allow` allows it.
    #[serde(skip)]
    pub allowed: Option<String>,
    /// The line that is meant, of a file that could not be read.
    #[serde(skip)]
    pub line: Option<String>,
    #[serde(skip)]
    pub of: &'static Code,
}

/// One of several findings that are said as one.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Occurrence {
    pub message: String,
    pub help: String,
    pub places: Vec<Located>,
}

impl Sources {
    pub fn add(&mut self, file: Arc<SourceFile>) {
        self.files.insert(Arc::clone(&file.display), file);
    }

    /// Adds a file that a description is made of.
    pub fn add_description(&mut self, file: Arc<SourceFile>) {
        if !self.files.contains_key(&file.display) {
            self.descriptions.insert(Arc::clone(&file.display));
            self.add(file);
        }
    }

    /// Lets go of the descriptions in which no line has to be found.
    pub fn release(&mut self, diagnostics: &[Diagnostic]) {
        let told: BTreeSet<&str> = diagnostics
            .iter()
            .flat_map(Diagnostic::all_places)
            .map(|it| &*it.file)
            .collect();
        self.files
            .retain(|display, _| told.contains(&**display) || !self.descriptions.contains(display));
    }

    /// The file of that display name.
    pub fn file(&self, display: &str) -> Option<&Arc<SourceFile>> {
        self.files.get(display)
    }

    /// Finds the lines of all places; sorted by file, line, column and code, without duplicates.
    pub fn locate(&self, diagnostics: Vec<Diagnostic>) -> Vec<Finding> {
        let mut wanted: BTreeMap<Arc<str>, Trie> = BTreeMap::new();
        for place in diagnostics.iter().flat_map(Diagnostic::all_places) {
            if let At::Pointer(pointer) | At::Repeated(pointer, _) = &place.at {
                wanted
                    .entry(Arc::clone(&place.file))
                    .or_default()
                    .insert(pointer);
            }
        }
        let found: BTreeMap<Arc<str>, Found> = wanted
            .into_iter()
            .filter_map(|(display, trie)| {
                self.files
                    .get(&display)
                    .map(|file| (display, Found::of(file, &trie)))
            })
            .collect();
        let mut findings: Vec<Finding> = diagnostics
            .into_iter()
            .map(|diagnostic| finding(diagnostic, &found))
            .collect();
        findings
            .sort_by(|a, b| (&a.places, a.code, &a.message).cmp(&(&b.places, b.code, &b.message)));
        findings.dedup_by(|later, first| {
            let is_same = later.code == first.code
                && later.message == first.message
                && later.places == first.places;
            if is_same {
                let more = std::mem::take(&mut later.operations)
                    .into_iter()
                    .filter(|it| !first.operations.contains(it))
                    .collect::<Vec<_>>();
                first.operations.extend(more);
            }
            is_same
        });
        findings
    }
}

fn finding(diagnostic: Diagnostic, found: &BTreeMap<Arc<str>, Found>) -> Finding {
    let at = |places: Vec<Place>| {
        places
            .into_iter()
            .map(|place| located(place, found))
            .collect()
    };
    let extra = diagnostic.extra.map(|it| *it).unwrap_or_default();
    let one = |it: Diagnostic| Occurrence {
        message: it.message,
        help: it.help,
        places: at(it.places),
    };
    Finding {
        code: diagnostic.code.code,
        slug: diagnostic.code.slug,
        severity: diagnostic.severity,
        message: diagnostic.message,
        help: diagnostic.help,
        places: at(diagnostic.places),
        operations: diagnostic.operations,
        occurrences: extra.occurrences.into_iter().map(one).collect(),
        allowed: extra.allowed,
        line: extra.line,
        of: diagnostic.code,
    }
}

fn located(place: Place, found: &BTreeMap<Arc<str>, Found>) -> Located {
    let (line, column, pointer) = match place.at {
        At::File => (1, 1, None),
        At::Position { line, column } => (line, column, None),
        At::Pointer(pointer) => {
            let (line, column) = found
                .get(&place.file)
                .map_or((1, 1), |found| found.position(&pointer, 0));
            (line, column, Some(pointer))
        }
        At::Repeated(pointer, nth) => {
            let (line, column) = found
                .get(&place.file)
                .map_or((1, 1), |found| found.position(&pointer, nth as usize));
            (line, column, Some(pointer))
        }
    };
    Located {
        file: place.file,
        line,
        column,
        pointer,
    }
}

impl SourceFile {
    /// The place of a key or text that was read from `json` without a copy.
    pub fn place_of(&self, part: &str) -> Place {
        let start = (part.as_ptr() as usize)
            .checked_sub(self.json.as_ptr() as usize)
            .filter(|offset| *offset < self.json.len());
        let Some(offset) = start.and_then(|offset| offset.checked_sub(1)) else {
            return Place::file(&self.display);
        };
        let mut lines = Lines {
            text: &self.text,
            at: 0,
            line: 1,
            column: 0,
        };
        let (line, column) = self
            .marks
            .as_ref()
            .map_or_else(|| lines.position(offset), |marks| marks.position(offset));
        Place::position(&self.display, line, column)
    }
}

/// Pointers by their tokens, so that one pass finds all.
#[derive(Default)]
struct Trie {
    children: BTreeMap<String, Trie>,
}

impl Trie {
    fn insert(&mut self, pointer: &str) {
        let mut node = self;
        for token in pointer.split('/').skip(1) {
            node = node
                .children
                .entry(pointer::unescaped(token).into_owned())
                .or_default();
        }
    }
}

/// Where the wanted pointers stand in a file.
struct Found {
    /// Lines and columns by pointer, one for each time that the member stands there.
    positions: BTreeMap<String, Vec<(u32, u32)>>,
}

impl Found {
    fn of(file: &SourceFile, trie: &Trie) -> Self {
        let mut search = Search {
            text: &file.json,
            found: Vec::new(),
        };
        search.below(&file.json, trie, "");
        let mut offsets = search.found;
        offsets.sort_by_key(|(_, offset)| *offset);
        let mut lines = Lines {
            text: &file.text,
            at: 0,
            line: 1,
            column: 0,
        };
        let mut positions: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
        for (pointer, offset) in offsets {
            let position = file
                .marks
                .as_ref()
                .map_or_else(|| lines.position(offset), |marks| marks.position(offset));
            positions.entry(pointer).or_default().push(position);
        }
        Self { positions }
    }

    /// The place of the pointer, or of the nearest part above it that is there.
    fn position(&self, pointer: &str, nth: usize) -> (u32, u32) {
        let mut pointer = pointer;
        loop {
            if let Some(found) = self.positions.get(pointer) {
                return *found.get(nth).or_else(|| found.last()).unwrap_or(&(1, 1));
            }
            match pointer.rsplit_once('/') {
                Some((parent, _)) => pointer = parent,
                None => return (1, 1),
            }
        }
    }
}

/// One pass over a text for the wanted pointers: what no pointer leads into is skipped.
struct Search<'a> {
    text: &'a str,
    /// Pointers with their offsets.
    found: Vec<(String, usize)>,
}

impl<'a> Search<'a> {
    /// Offset in the text of a part of it.
    fn offset(&self, part: &str) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    /// Notes the offset of every wanted member of a part.
    fn below(&mut self, json: &'a str, trie: &Trie, at: &str) {
        // The text was read before, so it is JSON.
        drop(
            Below {
                search: self,
                trie,
                at,
            }
            .deserialize(&mut serde_json::Deserializer::from_str(json)),
        );
    }
}

/// The part at a pointer, as it is read.
struct Below<'s, 'a> {
    search: &'s mut Search<'a>,
    trie: &'s Trie,
    at: &'s str,
}

impl<'de> DeserializeSeed<'de> for Below<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.trie.children.is_empty() {
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
            let Some(child) = self.trie.children.get(&*key) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let pointer = pointer::child(self.at, &*key);
            let offset = match &key.0 {
                Cow::Borrowed(key) => {
                    let offset = self.search.offset(key) - 1;
                    map.next_value_seed(Below {
                        search: &mut *self.search,
                        trie: child,
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
            let Some(child) = self.trie.children.get(&index.to_string()) else {
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

/// Offset of the quote that opens the key before the value at `value`.
fn key_before(json: &str, value: usize) -> usize {
    let bytes = json.as_bytes();
    let is_quote = |index: usize| {
        bytes[index] == b'"'
            && bytes[..index]
                .iter()
                .rev()
                .take_while(|byte| **byte == b'\\')
                .count()
                % 2
                == 0
    };
    let close = (0..value)
        .rev()
        .find(|index| is_quote(*index))
        .unwrap_or(value);
    (0..close)
        .rev()
        .find(|index| is_quote(*index))
        .unwrap_or(close)
}

/// Lines of a text, asked for in ascending order of offsets.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    /// Characters between the start of the line and `at`.
    column: u32,
}

impl Lines<'_> {
    fn position(&mut self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        for byte in &self.text.as_bytes()[self.at..offset] {
            match byte {
                b'\n' => (self.line, self.column) = (self.line + 1, 0),
                // Continuation bytes of UTF-8 belong to the character before them.
                0x80..=0xbf => {}
                _ => self.column += 1,
            }
        }
        self.at = offset;
        (self.line, self.column + 1)
    }
}
