//! Path items: those of `paths`, and those that their references lead to.
//!
//! In: the lean document. Out: operations with their faults, and findings where operations would be
//! lost. Pure.
//! An item and what it refers to are one: members of all of them count, and a method that two hold
//! is reported by `plan`.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::lean::{Operation as LeanOperation, PathItem, Patterned};
use super::references::{Held, Lost, MAX_REFERENCES};
use super::resolve::Shared;
use super::{Fault, HttpMethod, Operation, Spot, loose};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::source::raw;
use crate::source::{SourceFile, pointer};

/// Longest path that is looked at. Unit: bytes. API Gateway takes URLs of at most 10,240
/// (docs/aws-rules.md#p15).
const MAX_KEY_BYTES: usize = 1 << 16;

/// Most operations that room is made for before they are found.
const MAX_ROOM: usize = 1 << 15;

/// Most operations, parameters and media types of all operations together: a small file of
/// references could ask for billions.
const MAX_PARTS: usize = 2_000_000;

/// A path item on the way from `paths`, and where it stands.
pub(crate) struct Level<'p, 'a> {
    pub(crate) item: Held<'p, 'a, PathItem<'a>>,
    pub(crate) file: &'a SourceFile,
    /// `None` for what `paths` of the main file itself holds.
    pub(crate) spot: Option<Arc<Spot>>,
}

/// A mapping of path items, and where it stands.
struct List<'a> {
    file: &'a SourceFile,
    /// `None` for `paths` of the main file.
    pointer: Option<String>,
}

impl List<'_> {
    fn spot(&self, path: &str) -> Option<Arc<Spot>> {
        let pointer = self.pointer.as_ref()?;
        Some(Arc::new(Spot {
            file: Arc::clone(&self.file.display),
            pointer: pointer::child(pointer, path).into(),
        }))
    }
}

fn endless(file: &SourceFile, path: &str) -> Diagnostic {
    diagnostic::PATH_TOO_LONG
        .at(file.place_of(path))
        .message(format_args!(
            "a path of {} bytes is no path: API Gateway takes URLs of at most 10,240",
            path.len()
        ))
        .help("remove it from the description")
}

/// A fault that concerns operations which cannot be named.
fn whole(fault: Fault) -> Diagnostic {
    fault
        .code
        .at(fault.place)
        .message(fault.message)
        .help(fault.help)
}

impl<'a> Shared<'a> {
    /// Every operation of the document.
    pub(crate) fn operations(&mut self, diagnostics: &mut Vec<Diagnostic>) -> Vec<Operation> {
        // Room for what most descriptions have, within reason; more is had by growing.
        let mut found = Vec::with_capacity((2 * self.document.paths.0.len()).min(MAX_ROOM));
        let mut seen = HashMap::new();
        let document = self.document;
        self.list(
            &document.paths,
            &List {
                file: self.file,
                pointer: None,
            },
            &mut seen,
            (&mut found, diagnostics),
        );
        self.referred_paths((&mut found, diagnostics), &mut seen);
        self.bodies.tell_lost(&mut found);
        if self.parts >= MAX_PARTS {
            let finding = diagnostic::TOO_LARGE.at(Place::pointer(&self.file.display, "/paths"));
            let message = format!(
                "the operations have more than {MAX_PARTS} parameters and media types together"
            );
            diagnostics.push(finding.message(message).help(
                "split the API over several blueprints, or remove references to the same parts",
            ));
        }
        found
    }

    /// Adds the operations of what a reference in place of `paths` leads to.
    fn referred_paths(
        &mut self,
        (found, diagnostics): (&mut Vec<Operation>, &mut Vec<Diagnostic>),
        seen: &mut HashMap<Arc<str>, u32>,
    ) {
        let document = self.document;
        let (mut reference, mut file, mut place) = (
            document.paths.1.clone(),
            self.file,
            Place::pointer(&self.file.display, "/paths/$ref"),
        );
        for _ in 0..MAX_REFERENCES {
            let Some(text) = reference.take() else { return };
            match self.paths(file, &text) {
                Ok((paths, list)) => {
                    place = Place::pointer(
                        &list.file.display,
                        format!("{}/$ref", list.pointer.as_deref().unwrap_or_default()),
                    );
                    self.list(&paths, &list, seen, (found, diagnostics));
                    (reference, file) = (paths.1.clone(), list.file);
                }
                Err(lost) => diagnostics.push(whole(lost.at(place.clone()))),
            }
        }
        diagnostics.push(
            diagnostic::CYCLIC_REFERENCE
                .at(place)
                .message("the references of `paths` go in a circle")
                .help("let one of them hold the paths"),
        );
    }

    /// The path items that a reference in place of `paths` leads to.
    fn paths(
        &self,
        file: &'a SourceFile,
        reference: &str,
    ) -> Result<(Rc<Patterned<'a, PathItem<'a>>>, List<'a>), Lost> {
        let target = self.references.target(file, reference)?;
        target.accepted("a mapping of path items", |key, value| {
            (key.starts_with('/') && value.starts_with('{')) || key == "$ref"
        })?;
        let paths = match serde_json::from_str(target.json) {
            Ok(paths) => paths,
            Err(_) => raw::members(target.json)
                .map(loose::paths)
                .map_err(|_| target.no_mapping("`paths`"))?,
        };
        Ok((
            Rc::new(paths),
            List {
                file: target.file,
                pointer: Some(target.pointer),
            },
        ))
    }

    fn list(
        &mut self,
        items: &Patterned<'a, PathItem<'a>>,
        list: &List<'a>,
        seen: &mut HashMap<Arc<str>, u32>,
        (found, diagnostics): (&mut Vec<Operation>, &mut Vec<Diagnostic>),
    ) {
        for (path, item) in &items.0 {
            if path.len() > MAX_KEY_BYTES {
                diagnostics.push(endless(list.file, path));
                continue;
            }
            let path: Arc<str> = Arc::from(&**path);
            let times = *seen
                .entry(Arc::clone(&path))
                .and_modify(|times| *times += 1)
                .or_insert(0);
            let before = found.len();
            let level = Level {
                item: Held::Here(item),
                file: list.file,
                spot: list.spot(&path),
            };
            let lost = self.item(&path, level, found);
            if !item.faults.is_empty() && (found.len() == before || lost.is_some()) {
                let at = self.item_place(&path, list.spot(&path).as_ref());
                diagnostics.extend(item.faults.iter().map(|fault| {
                    fault
                        .code
                        .at(under(at.clone(), &fault.below))
                        .message(&fault.message)
                        .help("mend the path item, or remove it")
                }));
            }
            diagnostics.extend(lost);
            if times > 0 {
                let twice = Fault {
                    code: &diagnostic::DUPLICATE_KEY,
                    place: self.item_place(&path, list.spot(&path).as_ref()),
                    message: format!("the path `{path}` stands twice in `paths`"),
                    help: "merge the two path items into one".into(),
                };
                found[before..]
                    .iter_mut()
                    .for_each(|operation| operation.faults.push(twice.clone()));
            }
        }
    }

    /// Adds the operations of a path item, and of what it refers to.
    ///
    /// Errors: GW1008 unresolved, GW1009 cyclic, and others of `references`.
    fn item(
        &mut self,
        path: &Arc<str>,
        level: Level<'_, 'a>,
        found: &mut Vec<Operation>,
    ) -> Option<Diagnostic> {
        if level.item.reference.is_none() {
            self.methods(path, std::slice::from_ref(&level), found);
            return None;
        }
        let (levels, lost) = self.levels(path, level);
        let before = found.len();
        self.methods(path, &levels, found);
        // A fault of an item that holds no operation is nobody's: it is said for the whole.
        let faulty = levels
            .iter()
            .skip(1)
            .find(|it| !it.item.faults.is_empty())
            .filter(|_| found.len() == before);
        lost.or_else(|| {
            let (level, fault) = (faulty?, faulty?.item.faults.first()?);
            let place = under(self.item_place(path, level.spot.as_ref()), &fault.below);
            Some(
                fault
                    .code
                    .at(place)
                    .message(&fault.message)
                    .help("mend the path item, or remove it"),
            )
        })
    }

    /// A path item and all that its references lead to.
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
            match self.hop(level.file, reference, Some(&self.components.items)) {
                Ok(item) => {
                    let (file, spot) = match &item {
                        Held::Elsewhere(elsewhere) => {
                            (elsewhere.file, Some(Arc::clone(&elsewhere.spot)))
                        }
                        Held::Component(_, name) => (
                            self.file,
                            Some(self.component_spot(self.components.items.home, name)),
                        ),
                        Held::Here(_) => (level.file, level.spot.clone()),
                    };
                    levels.push(Level { item, file, spot });
                }
                Err(lost) => {
                    let fault = lost.at(under(self.item_place(path, level.spot.as_ref()), "/$ref"));
                    let message = format!("the path item of `{path}`: {}", fault.message);
                    let finding = fault.code.at(fault.place).message(message).help(fault.help);
                    return (levels, Some(finding));
                }
            }
        }
        let message = format!("the references of the path item of `{path}` go in a circle");
        let place = self.item_place(path, levels[0].spot.as_ref());
        (
            levels,
            Some(
                diagnostic::CYCLIC_REFERENCE
                    .at(place)
                    .message(message)
                    .help("let one of them hold the operations"),
            ),
        )
    }

    fn component_spot(&self, parent: &str, name: &str) -> Arc<Spot> {
        Arc::new(Spot {
            file: Arc::clone(&self.file.display),
            pointer: pointer::child(parent, name).into(),
        })
    }

    /// Place of a path item.
    pub(crate) fn item_place(&self, path: &str, spot: Option<&Arc<Spot>>) -> Place {
        item_place(self.file, path, spot)
    }

    fn methods(&mut self, path: &Arc<str>, levels: &[Level<'_, 'a>], found: &mut Vec<Operation>) {
        for (of, level) in levels.iter().enumerate() {
            for (method, slot) in slots(&level.item) {
                if let Some(lean) = slot.filter(|_| self.parts < MAX_PARTS) {
                    found.push(self.operation((path, method), (levels, of), lean));
                }
            }
            for (name, lean) in &level.item.additional.0 {
                if self.parts < MAX_PARTS {
                    found.push(self.extra((path, name), (levels, of), lean));
                }
            }
        }
    }
}

/// Place of a path item, which stands under `paths` of the main file or at the spot.
pub(crate) fn item_place(main: &SourceFile, path: &str, spot: Option<&Arc<Spot>>) -> Place {
    spot.map_or_else(
        || Place::pointer(&main.display, pointer::child("/paths", path)),
        |spot| spot.place(""),
    )
}

/// A place below another one.
pub(crate) fn under(mut place: Place, below: &str) -> Place {
    if let crate::diagnostic::At::Pointer(pointer) = &mut place.at {
        pointer.push_str(below);
    }
    place
}

fn slots<'p, 'a>(item: &'p PathItem<'a>) -> [(HttpMethod, Option<&'p LeanOperation<'a>>); 10] {
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
