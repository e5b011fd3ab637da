//! A blueprint and the files that it extends.
//! In: `Files`, a path. Out: `Layers`, the blueprint first. Pure but for `Files`.
//! Merged by key; lists, references and entries of another kind are replaced whole, and `null`
//! removes a key. Paths stay relative to the file that has them.

mod dropped;
mod merge;

use std::sync::Arc;

use serde_json::Value;

use super::spec::BlueprintSpec;
use super::tree::{ParsedFile, tree};
use crate::diagnostic::{
    Diagnostic, FILE_OUTSIDE_ROOT, INVALID_EXTENDS, Place, UNREADABLE_FILE, nearest,
};
use crate::source::{Files, RelativePath, SourceFile, Sources, pointer, raw};
pub(crate) use dropped::dropped;
pub(crate) use merge::Merged;

/// The field of a base that is never a stack of its own.
const ABSTRACT: &str = "abstract";

/// Longest chain of files, the blueprint itself included.
const MAX_FILES: usize = 8;

#[derive(Debug)]
struct Layer {
    path: RelativePath,
    display: Arc<str>,
    /// The file as it was written, with its comments.
    text: Arc<String>,
    tree: ParsedFile,
}

impl Layer {
    fn holds(&self, pointer: &str) -> bool {
        self.tree.written.pointer(pointer).is_some()
    }
}

/// The files of a blueprint, the blueprint first.
#[derive(Debug)]
pub(crate) struct Layers {
    files: Vec<Layer>,
    /// All of the chain could be read.
    pub(crate) is_whole: bool,
}

/// Reads the blueprint and what it extends.
///
/// Errors: GW0001, GW0002, GW1001 to GW1004, GW1007, GW2002 of a file, GW2012 a cycle or a chain
/// that is too long.
pub(crate) fn read(
    files: &dyn Files,
    path: RelativePath,
    display: Arc<str>,
    sources: &mut Sources,
) -> (Layers, Vec<Diagnostic>) {
    let mut layers = Layers {
        files: Vec::new(),
        is_whole: true,
    };
    let mut found = Vec::new();
    let mut next = Some((path, display));
    while let Some((path, display)) = next.take() {
        let said = layers
            .files
            .last()
            .map(|layer| Place::pointer(&layer.display, "/extends"));
        let read = match &said {
            None => SourceFile::read_blueprint(files, path, display),
            // Whoever names it could name any file of the repository.
            Some(place) => {
                SourceFile::read(files, path, display).and_then(|file| match is_blueprint(&file) {
                    true => Ok(file),
                    false => Err(Box::new(no_blueprint(&file, place))),
                })
            }
        };
        let said = said.filter(|_| !matches!(&read, Err(fault) if fault.code == &INVALID_EXTENDS));
        let Some(layer) = read_one(read, sources, &mut found) else {
            layers.is_whole = false;
            if let (Some(place), Some(last)) = (said, found.last_mut()) {
                // A file that is not there is mended where it is named.
                let index = if last.code == &UNREADABLE_FILE || last.code == &FILE_OUTSIDE_ROOT {
                    0
                } else {
                    last.places.len()
                };
                if last.code == &UNREADABLE_FILE {
                    last.help = format!(
                        "write the path from the folder of `{}`, which extends it, and check the file's permissions",
                        place.file
                    );
                }
                last.places.insert(index, place);
            }
            break;
        };
        layers.files.push(layer);
        match layers.base() {
            Ok(base) => next = base,
            Err(fault) => {
                layers.is_whole = false;
                found.push(*fault);
            }
        }
    }
    (layers, found)
}

/// Returns whether a file that is extended can be a blueprint: a mapping of which each key is a
/// field, or nearly one.
///
/// A file with a syntax error can be one, and no line of it is shown.
fn is_blueprint(file: &SourceFile) -> bool {
    let fields = BlueprintSpec::FIELDS;
    let is_field = |key: &str| fields.contains(&key);
    match raw::members(&file.json) {
        Ok(members) => {
            let is_near =
                |key: &str| is_field(key) || nearest(key, fields.iter().copied()).is_some();
            members.iter().all(|(key, _)| is_near(key))
                && (members.is_empty() || members.iter().any(|(key, _)| is_field(key)))
        }
        Err(error) => !error.is_data(),
    }
}

/// Errors: GW2012.
fn no_blueprint(file: &SourceFile, place: &Place) -> Diagnostic {
    INVALID_EXTENDS
        .at(place.clone())
        .message(format_args!("`{}` is no blueprint, so it cannot be extended", file.display))
        .help("name a file that holds fields of a blueprint and nothing else; `gwgen schema` lists them")
}

fn read_one(
    read: Result<SourceFile, Box<Diagnostic>>,
    sources: &mut Sources,
    found: &mut Vec<Diagnostic>,
) -> Option<Layer> {
    match read {
        Ok(file) => {
            let file = Arc::new(file);
            file.show_lines();
            sources.add(Arc::clone(&file));
            let (path, display, text) = (
                file.path.clone(),
                Arc::clone(&file.display),
                Arc::clone(&file.text),
            );
            tree(&file, found).map(|tree| Layer {
                path,
                display,
                text,
                tree,
            })
        }
        Err(fault) => {
            found.push(*fault);
            None
        }
    }
}

impl Layers {
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns whether the blueprint itself is a base for others, whatever the files that it
    /// extends are.
    pub(crate) fn is_abstract(&self) -> bool {
        self.files
            .first()
            .is_some_and(|layer| layer.tree.value.get(ABSTRACT) == Some(&Value::Bool(true)))
    }

    /// Number of files, the blueprint included.
    pub(crate) fn count(&self) -> usize {
        self.files.len()
    }

    /// The file that the last one extends.
    ///
    /// Errors: GW0002 outside the root, GW2012 a cycle or a chain that is too long.
    fn base(&self) -> Result<Option<(RelativePath, Arc<str>)>, Box<Diagnostic>> {
        let Some(last) = self.files.last() else {
            return Ok(None);
        };
        // What is no text is refused where the blueprint gets its types.
        let Some(extends) = last.tree.value.get("extends").and_then(Value::as_str) else {
            return Ok(None);
        };
        let place = Place::pointer(&last.display, "/extends");
        let Some(path) = RelativePath::join(last.path.folder(), extends) else {
            return Err(Box::new(
                FILE_OUTSIDE_ROOT
                    .at(place)
                    .message(format_args!(
                        "`{extends}` lies outside the repository that holds the blueprint"
                    ))
                    .help("copy the file into the repository, and name it relative to this one"),
            ));
        };
        if let Some(same) = self.files.iter().find(|layer| layer.path == path) {
            let message = if same.path == last.path {
                "the blueprint extends itself".to_owned()
            } else {
                format!("`{extends}` extends this file in turn")
            };
            let fault = INVALID_EXTENDS
                .at(place)
                .also(Place::pointer(&same.display, "/extends"))
                .message(message);
            return Err(Box::new(
                fault.help("remove `extends` from the file that holds what is common"),
            ));
        }
        if self.files.len() == MAX_FILES {
            let fault = INVALID_EXTENDS.at(place).message(format_args!(
                "more than {MAX_FILES} files extend each other"
            ));
            return Err(Box::new(fault.help("merge some of them")));
        }
        let folder = last.display.rsplit_once('/').map(|(folder, _)| folder);
        let extends = extends.trim_start_matches("./");
        let display = folder.map_or_else(
            || extends.to_owned(),
            |folder| format!("{folder}/{extends}"),
        );
        Ok(Some((path, display.into())))
    }

    /// Returns whether a file is one of them.
    pub(crate) fn has(&self, display: &str) -> bool {
        self.files.iter().any(|layer| *layer.display == *display)
    }

    /// Returns whether one of the files holds the pointer.
    pub(crate) fn holds(&self, pointer: &str) -> bool {
        self.files.iter().any(|layer| layer.holds(pointer))
    }

    /// Returns whether a base holds the pointer, and the blueprint itself does not.
    pub(crate) fn is_from_base(&self, pointer: &str) -> bool {
        !self.files.first().is_some_and(|layer| layer.holds(pointer)) && self.holds(pointer)
    }

    /// The place of a pointer: in the first of the files that holds it, else in the blueprint.
    pub(crate) fn place(&self, pointer: &str) -> Place {
        let holder = self.files.iter().find(|layer| layer.holds(pointer));
        let layer = holder
            .or(self.files.first())
            .expect("a blueprint that could not be read has no places");
        Place::pointer(&layer.display, pointer)
    }

    /// What each file itself says of a field at its top, where that is text.
    pub(crate) fn texts(&self, field: &str) -> impl Iterator<Item = (Place, &str)> {
        self.files.iter().filter_map(move |layer| {
            let text = layer.tree.value.get(field)?.as_str()?;
            Some((
                Place::pointer(&layer.display, pointer::child("", field)),
                text,
            ))
        })
    }

    /// Returns lines of the files that are a key in a comment, which a user may uncomment.
    pub(crate) fn commented(&self, key: &str) -> Vec<CommentedLine> {
        let of_file = |layer: &Layer| -> Vec<CommentedLine> {
            let lines = layer.text.lines().zip(1..);
            let commented = lines.filter_map(|(text, line)| {
                Some(CommentedLine {
                    file: Arc::clone(&layer.display),
                    line,
                    column: column_of_comment(text, key)?,
                })
            });
            commented.collect()
        };
        let mut files = self.files.iter().map(of_file);
        files.find(|lines| !lines.is_empty()).unwrap_or_default()
    }
}

/// A line of a blueprint that is a key in a comment.
#[derive(Clone, Debug)]
pub struct CommentedLine {
    pub file: Arc<str>,
    /// Unit: 1-based.
    pub line: u32,
    /// Of the comment. Unit: 1-based, in Unicode scalar values.
    column: u32,
}

impl CommentedLine {
    pub fn place(&self) -> Place {
        Place::position(&self.file, self.line, self.column)
    }
}

/// The column of a comment that would be the key if it were none.
fn column_of_comment(line: &str, key: &str) -> Option<u32> {
    let (indent, comment) = line.split_once('#')?;
    let rest = comment.trim_start().strip_prefix(key)?;
    let is_key = indent.trim().is_empty() && (rest == ":" || rest.starts_with(": "));
    is_key.then(|| {
        u32::try_from(indent.chars().count())
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    })
}
