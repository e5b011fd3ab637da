//! Files of the user, read once: UTF-8 text, the same as JSON, and the line of each pointer.
//! In: `Files`, a path. Out: `SourceFile`; later stages see JSON and pointers, no YAML.

mod library;
mod locate;
pub use crate::pointer;
pub mod raw;
pub(crate) mod reserved;
mod yaml;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::diagnostic::{self, At, Diagnostic, Place};
pub use library::Library;
pub use locate::{Finding, Located, Sources};

/// A path under the root, in its one spelling: `/` between names, no `.`, no `..`, not absolute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelativePath(Arc<str>);

impl RelativePath {
    /// Joins `path`, as the user wrote it, to `folder`. `None` where it climbs out of the root or
    /// is absolute.
    pub fn join(folder: &str, path: &str) -> Option<Self> {
        if path.starts_with(['/', '\\'])
            || path.contains('\0')
            || path.as_bytes().get(1) == Some(&b':')
        {
            return None;
        }
        let mut names: Vec<&str> = Vec::new();
        for name in folder.split('/').chain(path.split('/')) {
            match name {
                "" | "." => {}
                ".." => drop(names.pop()?),
                // Where `\` separates names, it would climb.
                name if name.split('\\').any(|name| name == "..") => return None,
                name => names.push(name),
            }
        }
        Some(Self(names.join("/").into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the folder that holds it; empty for the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Returns a path as the user would name it, who named a file of `folder` as `display`.
pub fn shown(display: &str, folder: &str, path: &RelativePath) -> Arc<str> {
    let is_name = |name: &&str| !matches!(*name, "" | ".");
    let mut from = folder.split('/').filter(is_name).peekable();
    let mut to = path.as_str().split('/').filter(is_name).peekable();
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let given = display.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut names: Vec<&str> = given.split('/').filter(is_name).collect();
    for _ in from {
        if names.last().is_none_or(|name| *name == "..") {
            names.push("..");
        } else {
            names.pop();
        }
    }
    names.extend(to);
    let start = if display.starts_with('/') { "/" } else { "" };
    let shown = format!("{start}{}", names.join("/"));
    Arc::from(if shown.is_empty() { "." } else { &shown })
}

/// Reason for which a file cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// Outside the root once symbolic links are resolved.
    OutsideRoot,
    /// Below `.git`, or `.git` itself.
    OfGit,
    /// Error of the operating system.
    Io(std::io::Error),
    /// An object of git that cannot be read.
    Git { cause: String, help: &'static str },
}

/// Source of files: the disk (`io::Disk`), memory, or a git revision.
pub trait Files {
    /// Reads the bytes of a file under the root.
    ///
    /// # Errors
    /// The file is not there, cannot be read, or lies outside the root.
    fn read(&self, path: &RelativePath) -> Result<Vec<u8>, ReadError>;
}

impl<F: Files> Files for Arc<F> {
    fn read(&self, path: &RelativePath) -> Result<Vec<u8>, ReadError> {
        (**self).read(path)
    }
}

/// Files, and a draft that is not written.
pub(crate) struct FilesWithDraft<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) path: &'a RelativePath,
    pub(crate) text: &'a str,
}

impl Files for FilesWithDraft<'_> {
    fn read(&self, path: &RelativePath) -> Result<Vec<u8>, ReadError> {
        if path == self.path {
            Ok(self.text.as_bytes().to_vec())
        } else {
            self.files.read(path)
        }
    }
}

/// Files by path, for tests and for callers that have them already.
#[derive(Debug, Default)]
pub struct FilesInMemory(pub std::collections::BTreeMap<String, Vec<u8>>);

impl Files for FilesInMemory {
    fn read(&self, path: &RelativePath) -> Result<Vec<u8>, ReadError> {
        self.0
            .get(path.as_str())
            .cloned()
            .ok_or_else(|| ReadError::Io(std::io::ErrorKind::NotFound.into()))
    }
}

/// Largest file that is read. Unit: bytes. The largest description known to us has 13 MB.
const MAX_FILE_BYTES: usize = 128 << 20;

/// One file: its text as written, and as JSON.
#[derive(Debug)]
pub struct SourceFile {
    pub path: RelativePath,
    /// The path as the user gave it.
    pub display: Arc<str>,
    /// Text as written, without a byte order mark.
    pub text: Arc<String>,
    /// The same data as JSON; the same text where the user wrote JSON.
    pub json: Arc<String>,
    /// Positions in `text` of the parts of `json`; `None` where both are one.
    marks: Option<yaml::Marks>,
    /// Messages may show lines of it.
    is_shown: AtomicBool,
}

impl SourceFile {
    /// Reads a file and brings it to JSON.
    ///
    /// Errors: GW0001 unreadable, GW0002 outside the root, GW1001 not UTF-8, GW1002 syntax, GW1003
    /// too deep, GW1004 too large.
    pub fn read(
        files: &dyn Files,
        path: RelativePath,
        display: Arc<str>,
    ) -> Result<Self, Box<Diagnostic>> {
        let read = if reserved::leads_into_git(path.as_str()) {
            Err(ReadError::OfGit)
        } else {
            files.read(&path)
        };
        let bytes = read.map_err(|error| Box::new(unreadable(&display, &error)))?;
        Self::of(bytes, path, display)
    }

    /// Reads the blueprint that the user named, of which messages may show lines whatever it holds.
    ///
    /// Errors: those of `read`.
    pub fn read_blueprint(
        files: &dyn Files,
        path: RelativePath,
        display: Arc<str>,
    ) -> Result<Self, Box<Diagnostic>> {
        Self::read(files, path.clone(), display).map_err(|mut fault| {
            if let (Some(At::Position { line, .. }), Ok(bytes)) = (
                fault.places.first().map(|place| place.at.clone()),
                files.read(&path),
            ) {
                fault.extra().line = line_of(&String::from_utf8_lossy(&bytes), line);
            }
            fault
        })
    }

    /// Brings the bytes of a file to JSON.
    ///
    /// Errors: GW1001 not UTF-8, GW1002 syntax, GW1003 too deep, GW1004 too large.
    pub fn of(
        bytes: Vec<u8>,
        path: RelativePath,
        display: Arc<str>,
    ) -> Result<Self, Box<Diagnostic>> {
        if bytes.len() > MAX_FILE_BYTES {
            let size = bytes.len();
            let too_large = diagnostic::TOO_LARGE
                .at(Place::file(&display))
                .message(format_args!(
                    "the file has {size} bytes; gwgen reads at most {MAX_FILE_BYTES}"
                ))
                .help("split the description, or remove what is no OpenAPI");
            return Err(Box::new(too_large));
        }
        let mut text =
            String::from_utf8(bytes).map_err(|error| Box::new(not_utf8(&display, &error)))?;
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let text = Arc::new(text);
        let is_shown =
            says_description(&text) || is_named_as_blueprint(&display) || says_blueprint(&text);
        let is_json = text.trim_ascii_start().starts_with(['{', '['])
            && (display.ends_with(".json")
                || serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
        let (json, marks) = if is_json {
            (Arc::clone(&text), None)
        } else {
            let (json, marks) = yaml::to_json(&text)
                .map_err(|error| Box::new(error.at(&display, &text, is_shown)))?;
            (Arc::new(json), Some(marks))
        };
        Ok(Self {
            path,
            display,
            text,
            json,
            marks,
            is_shown: AtomicBool::new(is_shown),
        })
    }

    /// Returns whether the file is a whole description, no part of one.
    pub fn is_description(&self) -> bool {
        // The text of most files shows that they are none.
        let has_text = |key: &&str| self.json.contains(key);
        ["\"openapi\"", "\"swagger\""].iter().any(has_text)
            && raw::members(&self.json).is_ok_and(|members| {
                let mut keys = members.iter().map(|(key, _)| &**key);
                keys.any(|key| matches!(key, "openapi" | "swagger"))
            })
    }

    /// Allows messages to show lines of the file.
    ///
    /// A blueprint or a description can name any file of the repository, secrets too, and messages
    /// are in logs: only files that are one, or that hold what a description refers to, are shown.
    pub fn show_lines(&self) {
        self.is_shown.store(true, Ordering::Relaxed);
    }

    /// Returns whether messages may show lines of the file.
    pub fn may_show_lines(&self) -> bool {
        self.is_shown.load(Ordering::Relaxed)
    }

    /// Returns the diagnostic of a syntax error in `json`.
    pub fn syntax(&self, error: &serde_json::Error) -> Diagnostic {
        let text = error.to_string();
        let what = text.split(" at line ").next().unwrap_or_default();
        let code = if what.starts_with("recursion limit") {
            &diagnostic::TOO_DEEP
        } else {
            &diagnostic::SYNTAX
        };
        let position = |number: usize| u32::try_from(number).unwrap_or(1).max(1);
        let (line, column) = (position(error.line()), position(error.column()));
        code.at(Place::position(&self.display, line, column))
            .message(format_args!("this is no JSON: {what}"))
            .help("mend the text here; a JSON formatter shows the same place")
    }
}

/// Longest start of a line that a diagnostic has. Unit: characters.
const MAX_SHOWN: usize = 10_000;

/// Number of lines at the start of a file that show its kind.
const MAX_HEAD_LINES: usize = 50;

/// Returns whether a text has `openapi` or `swagger` near its start, at the left margin or as the
/// first key of a JSON object.
fn says_description(text: &str) -> bool {
    text.lines().take(MAX_HEAD_LINES).any(|line| {
        let start = line.trim_start();
        let is_deep = line.len() - start.len() > 4;
        let key = match start.strip_prefix(['{', '"']) {
            Some(rest) if !is_deep => rest.trim_start_matches([' ', '"']),
            _ => line,
        };
        ["openapi", "swagger"].iter().any(|name| {
            key.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(['"', ':', ' ', '\'']))
        })
    })
}

/// Returns whether a text has two keys near its start, at the left margin, that only blueprints and
/// their bases have together.
fn says_blueprint(text: &str) -> bool {
    let has = |key: &&str| {
        let mut lines = text.lines().take(MAX_HEAD_LINES);
        lines.any(|line| line.starts_with(key))
    };
    let keys = ["spec:", "topology:", "backends:"];
    keys.iter().filter(|key| has(key)).count() >= 2
}

/// Returns whether a file has a name of blueprints, which no file of secrets has.
fn is_named_as_blueprint(display: &str) -> bool {
    let name = display.rsplit('/').next().unwrap_or_default();
    name.starts_with("gwgen.") && (name.ends_with(".yaml") || name.ends_with(".json"))
}

/// Returns a line by its number, for a message. Unit: 1-based.
fn line_of(text: &str, number: u32) -> Option<String> {
    text.lines()
        .nth((number as usize).checked_sub(1)?)
        .map(|line| line.chars().take(MAX_SHOWN).collect())
}

pub(crate) fn unreadable(display: &Arc<str>, error: &ReadError) -> Diagnostic {
    let (code, cause, help) = match error {
        ReadError::OfGit => (
            &diagnostic::FILE_OUTSIDE_ROOT,
            "lies in `.git`, where git keeps its own files; gwgen reads none of them".to_owned(),
            "copy the file to a place beside the blueprint, and name it there",
        ),
        ReadError::OutsideRoot => (
            &diagnostic::FILE_OUTSIDE_ROOT,
            "lies outside the repository that holds the blueprint".to_owned(),
            "copy the file into the repository, or move the blueprint beside it",
        ),
        ReadError::Io(error) => (
            &diagnostic::UNREADABLE_FILE,
            format!("cannot be read: {error}"),
            "check the path and the file's permissions",
        ),
        ReadError::Git { cause, help } => (&diagnostic::UNREADABLE_REVISION, cause.clone(), *help),
    };
    code.at(Place::file(display))
        .message(format_args!("`{display}` {cause}"))
        .help(help)
}

fn not_utf8(display: &Arc<str>, error: &std::string::FromUtf8Error) -> Diagnostic {
    let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let mut lines = valid.rsplit(|byte| *byte == b'\n');
    let last = lines.next().unwrap_or_default();
    let position = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
    let (line, column) = (position(lines.count()), position(last.len()));
    diagnostic::NOT_UTF8
        .at(Place::position(display, line, column))
        .message("the bytes here are not UTF-8")
        .help("save the file as UTF-8, without NUL bytes or another encoding")
}
