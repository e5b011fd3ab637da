//! Diagnostics: a code, the places to mend, the error and its cause, the mend.
//! Places have no lines: `source` finds a line only when something is reported.

pub mod aws_errors;
mod codes;
mod grouping;
pub use codes::{CODES, *};
pub(crate) use grouping::grouped;

use std::fmt;
use std::sync::Arc;

/// Severity of a diagnostic; no part of its code, so that it may change without renumbering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Info,
}

/// One row of the table of all codes.
#[derive(Debug)]
pub struct Code {
    /// `GW` and four digits; never reused.
    pub code: &'static str,
    /// Name in kebab-case; reads as "allow ⟨slug⟩".
    pub slug: &'static str,
    pub severity: Severity,
    /// Text of `gwgen explain`, and of the documentation page. Markdown.
    pub explanation: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

/// Location of something: a file as the user named it, and a point in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: Arc<str>,
    pub at: At,
}

/// A point in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// The file as a whole; reported as line 1.
    File,
    /// A JSON pointer (RFC 6901) of the file as written.
    Pointer(String),
    /// The n-th member with the pointer's last name (0 is the first), for duplicate keys.
    Repeated(String, u32),
    /// Line and column. Unit: 1-based, columns in Unicode scalar values.
    Position { line: u32, column: u32 },
}

/// File name of a place that is the command line.
pub const COMMAND_LINE: &str = "<command line>";

impl Place {
    pub fn file(file: &Arc<str>) -> Self {
        Self {
            file: Arc::clone(file),
            at: At::File,
        }
    }

    pub fn pointer(file: &Arc<str>, pointer: impl Into<String>) -> Self {
        Self {
            file: Arc::clone(file),
            at: At::Pointer(pointer.into()),
        }
    }

    pub fn position(file: &Arc<str>, line: u32, column: u32) -> Self {
        Self {
            file: Arc::clone(file),
            at: At::Position { line, column },
        }
    }

    /// Returns the place of something below a pointer.
    pub(crate) fn below(mut self, below: &str) -> Self {
        if let At::Pointer(pointer) = &mut self.at {
            pointer.push_str(below);
        }
        self
    }

    /// Returns the pointer; empty for a place without one.
    pub(crate) fn into_pointer(self) -> String {
        match self.at {
            At::Pointer(pointer) => pointer,
            At::File | At::Repeated(..) | At::Position { .. } => String::new(),
        }
    }
}

/// Name of an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct OperationName {
    /// Upper-case HTTP method, or `ANY`.
    pub method: &'static str,
    /// The path as the description writes it.
    pub path: Arc<str>,
}

impl fmt::Display for OperationName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{} {}`", self.method, self.path)
    }
}

impl OperationName {
    /// Returns the first of several operations and the count of the others, for a sentence.
    pub(crate) fn summary(operations: &[Self]) -> String {
        match operations {
            [only] => only.to_string(),
            [first, _] => format!("{first} and 1 more operation"),
            [first, rest @ ..] => format!("{first} and {} more operations", rest.len()),
            [] => "no operation".to_owned(),
        }
    }

    /// Adds operations that are not in the list yet.
    pub(crate) fn merge(operations: &mut Vec<Self>, more: Vec<Self>) {
        for operation in more {
            if !operations.contains(&operation) {
                operations.push(operation);
            }
        }
    }
}

/// An error, a warning or a note.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub code: &'static Code,
    pub severity: Severity,
    pub message: String,
    pub help: String,
    /// Never empty; the first is where to mend it.
    pub places: Vec<Place>,
    pub operations: Vec<OperationName>,
    /// Rare parts of a diagnostic.
    pub extra: Option<Box<Extra>>,
}

/// Rare parts of a diagnostic.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// Diagnostics that this one groups.
    pub occurrences: Vec<Diagnostic>,
    /// Reason for which `lint.allow` allows it.
    pub allowed: Option<String>,
    /// Text of its line, of a file that could not be read.
    pub line: Option<String>,
}

impl Code {
    /// Returns a diagnostic at the place where it is to be mended.
    pub fn at(&'static self, place: Place) -> Diagnostic {
        Diagnostic {
            code: self,
            severity: self.severity,
            message: String::new(),
            help: String::new(),
            places: vec![place],
            operations: Vec::new(),
            extra: None,
        }
    }
}

impl Diagnostic {
    #[must_use]
    pub fn message(mut self, message: impl fmt::Display) -> Self {
        self.message = shortened(message.to_string());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = shortened(help.to_string());
        self
    }

    /// Adds a place.
    #[must_use]
    pub fn also(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    /// Adds an operation that is not served because of it.
    #[must_use]
    pub fn keeps(mut self, operation: OperationName) -> Self {
        self.operations.push(operation);
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Returns whether `lint.allow` allows it.
    pub fn is_allowed(&self) -> bool {
        let extra = self.extra.as_ref();
        extra.is_some_and(|extra| extra.allowed.is_some())
    }

    pub fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    /// Returns every place, those of the diagnostics that it groups too.
    pub fn all_places(&self) -> impl Iterator<Item = &Place> {
        let occurrences = self.extra.iter().flat_map(|extra| &extra.occurrences);
        self.places
            .iter()
            .chain(occurrences.flat_map(|diagnostic| &diagnostic.places))
    }
}

/// Longest message or help that is printed whole.
///
/// Unit: bytes. Text from the user's files goes into messages, and one string there may be 50 MB.
const MAX_TEXT_BYTES: usize = 2_000;

fn shortened(mut text: String) -> String {
    if text.len() > MAX_TEXT_BYTES {
        text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
        text.push('…');
    }
    text
}

/// Value of a stage, and its diagnostics.
///
/// `value` is there whenever later stages can still learn something, errors or not.
#[derive(Debug)]
pub struct Outcome<T> {
    pub value: Option<T>,
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Outcome<T> {
    pub fn new(value: T, diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            value: Some(value),
            diagnostics,
        }
    }

    pub fn failed(diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            value: None,
            diagnostics,
        }
    }
}

/// Returns the first of many names, and the count of the others.
pub(crate) fn first_of(
    names: impl ExactSizeIterator<Item = impl fmt::Display>,
    most: usize,
) -> String {
    let more = names.len().saturating_sub(most);
    let named: Vec<String> = names.take(most).map(|name| name.to_string()).collect();
    match more {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// Limit on the examples in a message.
const EXAMPLES: usize = 3;

/// Returns the first of many names as a sentence lists them, and the count of the others.
pub fn examples<T: fmt::Display>(names: &[T]) -> String {
    let mut shown: Vec<String> = names.iter().take(EXAMPLES).map(T::to_string).collect();
    if names.len() > EXAMPLES {
        shown.push(format!("{} more", names.len() - EXAMPLES));
    }
    match shown.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// Returns the known name that a misspelt one probably means.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (likeness(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

/// Returns the likeness of two names, from 0 to 1. The general measure is too strict for one slip
/// in a short name.
fn likeness(name: &str, candidate: &str) -> f64 {
    let likeness = strsim::jaro_winkler(name, candidate);
    let is_short = (3..=6).contains(&name.len()) && (3..=6).contains(&candidate.len());
    if is_short && strsim::osa_distance(name, candidate) == 1 {
        likeness.max(0.9)
    } else {
        likeness
    }
}
