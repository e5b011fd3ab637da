//! Lines of diagnostics: one pass over a file for all the pointers into it.
//! In: `Diagnostic`s, the files that were read. Out: `Finding`s with their lines.

mod positions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::SourceFile;
use crate::diagnostic::{At, COMMAND_LINE, Code, Diagnostic, OperationName, Place, Severity};
use positions::{LineCounter, PointerTree, Positions};

/// Every file that was read.
#[derive(Debug, Default)]
pub struct Sources {
    files: BTreeMap<Arc<str>, Arc<SourceFile>>,
    /// Files that are no part of the blueprint.
    descriptions: BTreeSet<Arc<str>>,
    /// Text before the names of files in findings.
    prefix: Arc<str>,
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
    /// Findings that this one groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub occurrences: Vec<Occurrence>,
    /// Reason for which `lint.allow` allows it.
    #[serde(skip)]
    pub allowed: Option<String>,
    /// Text of its line, of a file that could not be read.
    #[serde(skip)]
    pub line: Option<String>,
    #[serde(skip)]
    pub of: &'static Code,
}

/// One of the findings of a group.
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

    /// Drops the descriptions that no diagnostic names.
    pub fn release(&mut self, diagnostics: &[Diagnostic]) {
        let places = diagnostics.iter().flat_map(Diagnostic::all_places);
        let named: BTreeSet<&str> = places.map(|place| &*place.file).collect();
        self.files.retain(|display, _| {
            named.contains(&**display) || !self.descriptions.contains(display)
        });
    }

    /// Returns the files with a text before their names in findings: that of a revision of git.
    #[must_use]
    pub(crate) fn of_revision(self, prefix: &Arc<str>) -> Self {
        let prefix = Arc::clone(prefix);
        Self { prefix, ..self }
    }

    /// Returns the file of that name in findings.
    pub fn file(&self, name: &str) -> Option<&Arc<SourceFile>> {
        self.files.get(name.strip_prefix(&*self.prefix)?)
    }

    /// Finds the lines of all places; sorted by file, line, column and code, without duplicates.
    pub fn locate(&self, diagnostics: Vec<Diagnostic>) -> Vec<Finding> {
        let positions = self.positions(diagnostics.iter().flat_map(Diagnostic::all_places));
        let mut findings: Vec<Finding> = diagnostics
            .into_iter()
            .map(|diagnostic| finding(diagnostic, &positions))
            .collect();
        if !self.prefix.is_empty() {
            findings
                .iter_mut()
                .for_each(|finding| finding.name(&self.prefix));
        }
        findings
            .sort_by(|a, b| (&a.places, a.code, &a.message).cmp(&(&b.places, b.code, &b.message)));
        findings.dedup_by(|later, first| {
            let is_same = later.code == first.code
                && later.message == first.message
                && later.places == first.places;
            if is_same {
                let more = std::mem::take(&mut later.operations);
                OperationName::merge(&mut first.operations, more);
            }
            is_same
        });
        findings
    }

    /// Finds the lines of places, in their order.
    pub fn lines(&self, places: Vec<Place>) -> Vec<Located> {
        let positions = self.positions(places.iter());
        let places = places.into_iter();
        places.map(|place| located(place, &positions)).collect()
    }

    /// The positions of all pointers, by file.
    fn positions<'p>(&self, places: impl Iterator<Item = &'p Place>) -> PositionsByFile {
        let mut pointers: BTreeMap<Arc<str>, PointerTree> = BTreeMap::new();
        for place in places {
            if let At::Pointer(pointer) | At::Repeated(pointer, _) = &place.at {
                let tree = pointers.entry(Arc::clone(&place.file)).or_default();
                tree.insert(pointer);
            }
        }
        let positions = pointers.into_iter().filter_map(|(display, tree)| {
            let file = self.files.get(&display)?;
            Some((display, Positions::find(file, &tree)))
        });
        positions.collect()
    }
}

impl Finding {
    /// Puts a text before the names of its files.
    fn name(&mut self, prefix: &str) {
        let occurrences = self.occurrences.iter_mut();
        let of_group = occurrences.flat_map(|occurrence| &mut occurrence.places);
        for place in self.places.iter_mut().chain(of_group) {
            if &*place.file != COMMAND_LINE {
                place.file = format!("{prefix}{}", place.file).into();
            }
        }
    }
}

type PositionsByFile = BTreeMap<Arc<str>, Positions>;

fn finding(diagnostic: Diagnostic, positions: &PositionsByFile) -> Finding {
    let located = |places: Vec<Place>| {
        let places = places.into_iter();
        places.map(|place| located(place, positions)).collect()
    };
    let extra = diagnostic.extra.map(|extra| *extra).unwrap_or_default();
    let occurrence = |diagnostic: Diagnostic| Occurrence {
        message: diagnostic.message,
        help: diagnostic.help,
        places: located(diagnostic.places),
    };
    Finding {
        code: diagnostic.code.code,
        slug: diagnostic.code.slug,
        severity: diagnostic.severity,
        message: diagnostic.message,
        help: diagnostic.help,
        places: located(diagnostic.places),
        operations: diagnostic.operations,
        occurrences: extra.occurrences.into_iter().map(occurrence).collect(),
        allowed: extra.allowed,
        line: extra.line,
        of: diagnostic.code,
    }
}

fn located(place: Place, positions: &PositionsByFile) -> Located {
    let find = |pointer: &str, index| positions.get(&place.file)?.of(pointer, index);
    let (position, pointer) = match place.at {
        At::File => (None, None),
        At::Position { line, column } => (Some((line, column)), None),
        At::Pointer(pointer) => (find(&pointer, 0), Some(pointer)),
        At::Repeated(pointer, index) => (find(&pointer, index as usize), Some(pointer)),
    };
    let (line, column) = position.unwrap_or((1, 1));
    Located {
        file: place.file,
        line,
        column,
        pointer,
    }
}

impl SourceFile {
    /// Returns the place of a key or text that was read from `json` without a copy.
    pub fn place_of(&self, part: &str) -> Place {
        let start = (part.as_ptr() as usize)
            .checked_sub(self.json.as_ptr() as usize)
            .filter(|offset| *offset < self.json.len());
        let Some(offset) = start.and_then(|offset| offset.checked_sub(1)) else {
            return Place::file(&self.display);
        };
        let (line, column) = LineCounter::new(self).position(offset);
        Place::position(&self.display, line, column)
    }
}
