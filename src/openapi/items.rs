//! Path items: those of `paths`, and those that their references lead to.
//! In: the objects of a document. Out: operations with their faults.
//!
//! An item and the items that it refers to are one: the members of all of them count.

use std::collections::HashMap;
use std::sync::Arc;

use super::document::{ObjectFault, Operation as OperationObject, PathItem, Patterned};
use super::references::{MAX_REFERENCES, ReferenceError, Resolved};
use super::resolve::Shared;
use super::{Fault, FilePointer, HttpMethod, Operation, tolerant};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::pointer;
use crate::source::{SourceFile, raw};

/// Longest path that is read. Unit: bytes. API Gateway takes URLs of at most 10,240
/// (docs/aws-rules.md#p15).
const MAX_KEY_BYTES: usize = 1 << 16;

/// Largest capacity that is reserved for operations before they are read.
const MAX_ROOM: usize = 1 << 15;

/// Limit on the operations, parameters and media types of a description together: a small file of
/// references could have billions.
const MAX_PARTS: usize = 2_000_000;

/// A path item that a path has, itself or by references.
pub(crate) struct Level<'p, 'a> {
    pub(crate) item: Resolved<'p, 'a, PathItem<'a>>,
    pub(crate) file: &'a SourceFile,
    /// `None` for an item of the main file's `paths`.
    pub(crate) location: Option<Arc<FilePointer>>,
}

impl Level<'_, '_> {
    /// Returns the place of the item, or of something below it.
    pub(crate) fn place(&self, path: &str, below: &str) -> Place {
        match &self.location {
            None => Place::pointer(&self.file.display, pointer::child("/paths", path) + below),
            Some(location) => location.place(below),
        }
    }
}

/// A path with its path items.
#[derive(Clone, Copy)]
pub(crate) struct PathLevels<'l, 'p, 'a> {
    pub(crate) path: &'l Arc<str>,
    /// First the item of `paths`, then each that the one before refers to.
    pub(crate) all: &'l [Level<'p, 'a>],
    /// Index of the item that holds the operation at hand.
    pub(crate) owner: usize,
}

impl<'l, 'p, 'a> PathLevels<'l, 'p, 'a> {
    pub(crate) fn owner(&self) -> &'l Level<'p, 'a> {
        &self.all[self.owner]
    }
}

/// Location of a mapping of path items.
struct PathsLocation<'a> {
    file: &'a SourceFile,
    /// `None` for `paths` of the main file.
    pointer: Option<String>,
}

impl<'a> PathsLocation<'a> {
    fn level<'p>(&self, path: &str, item: &'p PathItem<'a>) -> Level<'p, 'a> {
        let location = |pointer: &String| FilePointer {
            file: Arc::clone(&self.file.display),
            pointer: pointer::child(pointer, path).into(),
        };
        Level {
            item: Resolved::Inline(item),
            file: self.file,
            location: self.pointer.as_ref().map(location).map(Arc::new),
        }
    }
}

/// Operations that were read so far.
struct OperationList<'d> {
    operations: Vec<Operation>,
    /// Number of path items that each path had before.
    seen: HashMap<Arc<str>, u32>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

fn path_too_long(file: &SourceFile, path: &str) -> Diagnostic {
    diagnostic::PATH_TOO_LONG
        .at(file.place_of(path))
        .message(format_args!(
            "a path of {} bytes is no path: API Gateway takes URLs of at most 10,240",
            path.len()
        ))
        .help("remove it from the description")
}

/// Turns a fault into a diagnostic of operations that cannot be named.
fn unnamed(fault: Fault) -> Diagnostic {
    fault
        .code
        .at(fault.place)
        .message(fault.message)
        .help(fault.help)
}

fn broken_item(fault: &ObjectFault, item: Place) -> Diagnostic {
    fault
        .code
        .at(item.below(&fault.below))
        .message(&fault.message)
        .help("mend the path item, or remove it")
}

impl<'a> Shared<'a> {
    /// Reads every operation of the document.
    pub(crate) fn operations(&mut self, diagnostics: &mut Vec<Diagnostic>) -> Vec<Operation> {
        let document = self.document;
        let room = (2 * document.paths.members.len()).min(MAX_ROOM);
        let mut list = OperationList {
            operations: Vec::with_capacity(room),
            seen: HashMap::new(),
            diagnostics,
        };
        let main = PathsLocation {
            file: self.file,
            pointer: None,
        };
        self.path_items(&document.paths, &main, &mut list);
        self.referenced_paths(&mut list);
        let bodies = &self.bodies;
        bodies
            .unresolved
            .report(&bodies.schemas, &mut list.operations);
        if self.parts >= MAX_PARTS {
            let too_large = diagnostic::TOO_LARGE
                .at(Place::pointer(&self.file.display, "/paths"))
                .message(format_args!(
                    "the operations have more than {MAX_PARTS} parameters and media types together"
                ))
                .help(
                    "split the API over several blueprints, or remove references to the same parts",
                );
            list.diagnostics.push(too_large);
        }
        list.operations
    }

    /// Adds the operations that a reference in place of `paths` leads to.
    fn referenced_paths(&mut self, list: &mut OperationList<'_>) {
        let mut reference = self.document.paths.reference.clone();
        let mut file = self.file;
        let mut place = Place::pointer(&file.display, "/paths/$ref");
        for _ in 0..MAX_REFERENCES {
            let Some(text) = reference.take() else { return };
            match self.paths(file, &text) {
                Ok((paths, location)) => {
                    file = location.file;
                    let pointer = location.pointer.as_deref().unwrap_or_default();
                    place = Place::pointer(&file.display, format!("{pointer}/$ref"));
                    self.path_items(&paths, &location, list);
                    reference = paths.reference;
                }
                Err(error) => list.diagnostics.push(unnamed(error.at(place.clone()))),
            }
        }
        let cycle = diagnostic::CYCLIC_REFERENCE
            .at(place)
            .message("the references of `paths` form a cycle")
            .help("let one of them hold the paths");
        list.diagnostics.push(cycle);
    }

    /// Returns the path items that a reference in place of `paths` leads to.
    fn paths(
        &self,
        file: &'a SourceFile,
        reference: &str,
    ) -> Result<(Patterned<'a, PathItem<'a>>, PathsLocation<'a>), ReferenceError> {
        let target = self.references.target(file, reference)?;
        target.accept("a mapping of path items", |key, value| {
            (key.starts_with('/') && value.starts_with('{')) || key == "$ref"
        })?;
        let paths = match serde_json::from_str(target.json) {
            Ok(paths) => paths,
            Err(_) => raw::members(target.json)
                .map(tolerant::paths)
                .map_err(|_| target.no_mapping("`paths`"))?,
        };
        let location = PathsLocation {
            file: target.file,
            pointer: Some(target.pointer),
        };
        Ok((paths, location))
    }

    /// Adds the operations of a mapping of path items.
    fn path_items(
        &mut self,
        items: &Patterned<'a, PathItem<'a>>,
        location: &PathsLocation<'a>,
        list: &mut OperationList<'_>,
    ) {
        for (path, item) in &items.members {
            if path.len() > MAX_KEY_BYTES {
                list.diagnostics.push(path_too_long(location.file, path));
                continue;
            }
            let path: Arc<str> = Arc::from(&**path);
            let count = list.seen.entry(Arc::clone(&path)).or_default();
            *count += 1;
            let is_repeated = *count > 1;
            let before = list.operations.len();
            let place = || location.level(&path, item).place(&path, "");
            let level = location.level(&path, item);
            let error = self.path_item(&path, level, &mut list.operations);
            let has_no_operation = list.operations.len() == before;
            if has_no_operation || error.is_some() {
                let faults = item.faults.iter();
                let broken = faults.map(|fault| broken_item(fault, place()));
                list.diagnostics.extend(broken);
            }
            list.diagnostics.extend(error);
            if is_repeated {
                let duplicate = Fault {
                    code: &diagnostic::DUPLICATE_KEY,
                    place: place(),
                    message: format!("the path `{path}` is twice in `paths`"),
                    help: "merge the two path items into one".into(),
                };
                for operation in &mut list.operations[before..] {
                    operation.faults.push(duplicate.clone());
                }
            }
        }
    }

    /// Adds the operations of a path item, and of those that it refers to.
    ///
    /// Errors: GW1008 unresolved, GW1009 cyclic, and others of `references`.
    fn path_item(
        &mut self,
        path: &Arc<str>,
        level: Level<'_, 'a>,
        operations: &mut Vec<Operation>,
    ) -> Option<Diagnostic> {
        if level.item.reference.is_none() {
            self.methods(path, std::slice::from_ref(&level), operations);
            return None;
        }
        let (levels, error) = self.levels(path, level);
        let before = operations.len();
        self.methods(path, &levels, operations);
        if error.is_some() || operations.len() > before {
            return error;
        }
        // No operation can hold the fault of an item without operations.
        levels.iter().skip(1).find_map(|level| {
            let fault = level.item.faults.first()?;
            Some(broken_item(fault, level.place(path, "")))
        })
    }

    /// Follows the references of a path item.
    fn levels<'p>(
        &self,
        path: &str,
        first: Level<'p, 'a>,
    ) -> (Vec<Level<'p, 'a>>, Option<Diagnostic>)
    where
        'a: 'p,
    {
        let mut levels = vec![first];
        for _ in 0..MAX_REFERENCES {
            let level = levels.last().expect("there is the first");
            let Some(reference) = &level.item.reference else {
                return (levels, None);
            };
            match self.follow_once(level.file, reference, Some(&self.components.items)) {
                Ok(item) => {
                    let location = match &item {
                        Resolved::Inline(_) => level.location.clone(),
                        Resolved::Component(_, name) => Some(Arc::new(FilePointer {
                            file: Arc::clone(&self.file.display),
                            pointer: pointer::child(self.components.items.pointer, name).into(),
                        })),
                        Resolved::Referenced(referenced) => Some(Arc::clone(&referenced.location)),
                    };
                    levels.push(Level {
                        file: self.file_of(&item, level.file),
                        item,
                        location,
                    });
                }
                Err(error) => {
                    let fault = error.at(level.place(path, "/$ref"));
                    let message = format!("the path item of `{path}`: {}", fault.message);
                    return (levels, Some(unnamed(Fault { message, ..fault })));
                }
            }
        }
        let cycle = diagnostic::CYCLIC_REFERENCE
            .at(levels[0].place(path, ""))
            .message(format_args!(
                "the references of the path item of `{path}` form a cycle"
            ))
            .help("let one of them hold the operations");
        (levels, Some(cycle))
    }

    fn methods(
        &mut self,
        path: &Arc<str>,
        levels: &[Level<'_, 'a>],
        operations: &mut Vec<Operation>,
    ) {
        for (owner, level) in levels.iter().enumerate() {
            let levels = PathLevels {
                path,
                all: levels,
                owner,
            };
            for (method, object) in methods_of(&level.item) {
                if let Some(object) = object.filter(|_| self.parts < MAX_PARTS) {
                    operations.push(self.operation(method, levels, object));
                }
            }
            for (key, object) in &level.item.additional.0 {
                if self.parts < MAX_PARTS {
                    operations.push(self.additional_operation(key, levels, object));
                }
            }
        }
    }
}

fn methods_of<'p, 'a>(
    item: &'p PathItem<'a>,
) -> [(HttpMethod, Option<&'p OperationObject<'a>>); 10] {
    [
        (HttpMethod::Get, item.get.as_deref()),
        (HttpMethod::Put, item.put.as_deref()),
        (HttpMethod::Post, item.post.as_deref()),
        (HttpMethod::Delete, item.delete.as_deref()),
        (HttpMethod::Options, item.options.as_deref()),
        (HttpMethod::Head, item.head.as_deref()),
        (HttpMethod::Patch, item.patch.as_deref()),
        (HttpMethod::Query, item.query.as_deref()),
        (HttpMethod::Trace, item.trace.as_deref()),
        (HttpMethod::Any, item.any.as_deref()),
    ]
}
