//! Follows `$ref`: to a part of the same file or of another one, through any number of files.
//! In: a reference and the file that holds it. Out: the part and its place, or the reason why not.

mod address;
mod error;
mod parts;
mod target;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use super::FilePointer;
use super::document::{Content, Operation, Parameter, PathItem};
use crate::pointer;
use crate::source::raw::Text;
use crate::source::{Library, RelativePath, SourceFile, shown};
use address::{is_remote, percent_decoded};
pub(crate) use error::ReferenceError;
use target::MemberIndex;
pub(crate) use target::Target;

/// Longest chain of references that is followed.
pub(crate) const MAX_REFERENCES: usize = 32;

/// A part that may be a reference to another one.
pub(crate) trait Referable<'a>: Sized {
    fn reference(&self) -> Option<&Text<'a>>;

    /// Name of the kind of part, with its article.
    const NAME: &'static str;

    /// Members by which a part of this kind is known.
    const MEMBERS: &'static [&'static str];

    /// Reads a mapping; an error in it is a fault of the part where that can hold one.
    fn read(json: &'a str) -> Self;

    /// Parts of this kind that references led to before.
    fn cache<'s>(references: &'s ReferenceResolver<'a>) -> &'s ReferenceCache<'a, Self>;
}

/// A value for each file and pointer.
type ByPointer<T> = RefCell<BTreeMap<RelativePath, BTreeMap<String, Rc<T>>>>;

/// Parts that references led to.
pub(crate) type ReferenceCache<'a, T> = ByPointer<ReferencedPart<'a, T>>;

/// A part that a reference led to.
pub(crate) struct ReferencedPart<'a, T> {
    pub(crate) part: T,
    pub(crate) file: &'a SourceFile,
    pub(crate) location: Arc<FilePointer>,
}

/// A part, wherever it is written.
pub(crate) enum Resolved<'p, 'a, T> {
    /// At the place that uses it.
    Inline(&'p T),
    /// Under `components` of the main file, by its name.
    Component(&'p T, &'p str),
    Referenced(Rc<ReferencedPart<'a, T>>),
}

impl<T> Deref for Resolved<'_, '_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Inline(part) | Self::Component(part, _) => part,
            Self::Referenced(referenced) => &referenced.part,
        }
    }
}

/// Any part, of which only the reference is read.
#[derive(serde::Deserialize)]
struct Referring<'a> {
    #[serde(rename = "$ref", borrow)]
    reference: Option<Cow<'a, str>>,
}

/// Returns the reference that a part is, if it is one.
fn reference_of(json: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Referring<'_>>(json).ok()?.reference
}

/// Resolver of the references of one description.
pub(crate) struct ReferenceResolver<'a> {
    library: &'a Library<'a>,
    /// Parts that are known already, from which pointers below them are followed.
    starts: Vec<Target<'a>>,
    indexes: ByPointer<MemberIndex<'a>>,
    items: ReferenceCache<'a, PathItem<'a>>,
    operations: ReferenceCache<'a, Operation<'a>>,
    parameters: ReferenceCache<'a, Parameter<'a>>,
    contents: ReferenceCache<'a, Content<'a>>,
}

impl<'a> ReferenceResolver<'a> {
    pub(crate) fn new(library: &'a Library<'a>, starts: Vec<Target<'a>>) -> Self {
        Self {
            library,
            starts,
            indexes: RefCell::default(),
            items: RefCell::default(),
            operations: RefCell::default(),
            parameters: RefCell::default(),
            contents: RefCell::default(),
        }
    }

    /// Returns the part that a reference in `from` leads to.
    ///
    /// Errors: GW0001, GW0002, GW1001 to GW1004 of another file, GW1006 wrong type, GW1007
    /// duplicate key, GW1008 unresolved, GW1009 cyclic, GW1033 remote.
    pub(crate) fn part<T: Referable<'a>>(
        &self,
        from: &'a SourceFile,
        reference: &str,
    ) -> Result<Rc<ReferencedPart<'a, T>>, ReferenceError> {
        let target = self.target(from, reference)?;
        if let Some(known) = cached(T::cache(self), &target) {
            return Ok(known);
        }
        if !target.is_mapping() {
            return Err(target.no_mapping(T::NAME));
        }
        let part = T::read(target.json);
        target.accept(T::NAME, |key, value| {
            T::MEMBERS.contains(&key) && parts::is_of_type(key, value)
        })?;
        let location = Arc::new(FilePointer {
            file: Arc::clone(&target.file.display),
            pointer: target.pointer.as_str().into(),
        });
        let referenced = ReferencedPart {
            part,
            file: target.file,
            location,
        };
        Ok(cache(T::cache(self), &target, referenced))
    }

    /// Returns the text that a reference in `from` leads to.
    pub(crate) fn target(
        &self,
        from: &'a SourceFile,
        reference: &str,
    ) -> Result<Target<'a>, ReferenceError> {
        self.walk(from, reference, &mut MAX_REFERENCES.clone())
    }

    /// Checks the reference that a part of `file` may be.
    ///
    /// Errors: those of `part`.
    pub(crate) fn check(&self, file: &'a SourceFile, json: &str) -> Result<(), ReferenceError> {
        match reference_of(json) {
            Some(reference) => self.follow(self.target(file, &reference)?).map(drop),
            None => Ok(()),
        }
    }

    /// Follows the references of a part to the first mapping that is none.
    ///
    /// Errors: those of `part`; GW1006 it is no mapping.
    pub(crate) fn follow(&self, mut target: Target<'a>) -> Result<Target<'a>, ReferenceError> {
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = reference_of(target.json) else {
                if target.is_mapping() {
                    return Ok(target);
                }
                return Err(target.no_mapping("this part"));
            };
            target = self.target(target.file, &reference)?;
        }
        Err(ReferenceError::cycle())
    }

    /// Checks that the references of a part end.
    ///
    /// Errors: GW1009 the references form a cycle. Any other error is reported where that reference
    /// is written.
    pub(crate) fn check_end(&self, mut target: Target<'a>) -> Result<(), ReferenceError> {
        let mut passed = Vec::new();
        for _ in 0..MAX_REFERENCES {
            if passed.contains(&target.json.as_ptr()) {
                return Err(ReferenceError::cycle());
            }
            passed.push(target.json.as_ptr());
            let Some(reference) = reference_of(target.json) else {
                return Ok(());
            };
            let Ok(next) = self.target(target.file, &reference) else {
                return Ok(());
            };
            target = next;
        }
        Ok(())
    }

    fn walk(
        &self,
        from: &'a SourceFile,
        reference: &str,
        budget: &mut usize,
    ) -> Result<Target<'a>, ReferenceError> {
        *budget = budget
            .checked_sub(1)
            .ok_or_else(|| ReferenceError::too_many(reference))?;
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = if path.is_empty() {
            from
        } else {
            self.file(from, reference, path)?
        };
        let fragment = percent_decoded(fragment);
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return Err(ReferenceError::no_pointer(reference, &fragment));
        }
        let (mut target, rest) = self.start(file, &fragment);
        for token in rest.split('/').skip(1) {
            let token = pointer::unescaped(token);
            let json = self
                .step(&mut target, &token, budget)?
                .ok_or_else(|| ReferenceError::missing(reference, &target, &token))?;
            target = Target {
                pointer: pointer::child(&target.pointer, &*token),
                json,
                ..target
            };
        }
        Ok(target)
    }

    /// Returns a known part above a pointer, and the rest of the pointer.
    fn start<'f>(&self, file: &'a SourceFile, pointer: &'f str) -> (Target<'a>, &'f str) {
        for start in &self.starts {
            if let Some(rest) = pointer.strip_prefix(&start.pointer)
                && rest.starts_with('/')
                && std::ptr::eq(start.file, file)
            {
                return (start.clone(), rest);
            }
        }
        let root = Target {
            file,
            pointer: String::new(),
            json: &file.json,
        };
        (root, pointer)
    }

    /// Returns the member that a pointer names next. A reference in between is followed first.
    fn step(
        &self,
        target: &mut Target<'a>,
        token: &str,
        budget: &mut usize,
    ) -> Result<Option<&'a str>, ReferenceError> {
        loop {
            let index = self.index(target)?;
            let members = match &*index {
                MemberIndex::Mapping(members) => members,
                MemberIndex::List(items) => {
                    let index = token.parse::<usize>().ok();
                    return Ok(index.and_then(|index| items.get(index).copied()));
                }
                MemberIndex::Scalar => return Ok(None),
            };
            match members.get(token) {
                Some(Some(json)) => return Ok(Some(json)),
                Some(None) => return Err(ReferenceError::duplicate_key(target, token)),
                None => {}
            }
            let Some(Some(json)) = members.get("$ref") else {
                return Ok(None);
            };
            let Ok(reference) = serde_json::from_str::<Text<'_>>(json) else {
                return Ok(None);
            };
            *target = self.walk(target.file, &reference, budget)?;
        }
    }

    fn index(&self, target: &Target<'a>) -> Result<Rc<MemberIndex<'a>>, ReferenceError> {
        if let Some(known) = cached(&self.indexes, target) {
            return Ok(known);
        }
        let index = MemberIndex::read(target.json)
            .map_err(|error| ReferenceError::broken(&target.file.syntax(&error)))?;
        Ok(cache(&self.indexes, target, index))
    }

    /// Returns the file that the path of a reference names.
    fn file(
        &self,
        from: &'a SourceFile,
        reference: &str,
        path: &str,
    ) -> Result<&'a SourceFile, ReferenceError> {
        if is_remote(path) {
            return Err(ReferenceError::remote(reference));
        }
        let path = RelativePath::join(from.path.folder(), &percent_decoded(path))
            .ok_or_else(|| ReferenceError::outside_root(reference, from))?;
        self.library
            .open(&path, || shown(&from.display, from.path.folder(), &path))
            .map(|file| &**file)
            .map_err(|cause| ReferenceError::unreadable(reference, from, &cause))
    }
}

fn cached<T>(values: &ByPointer<T>, target: &Target<'_>) -> Option<Rc<T>> {
    let values = values.borrow();
    let of_file = values.get(&target.file.path)?;
    of_file.get(&target.pointer).map(Rc::clone)
}

fn cache<T>(values: &ByPointer<T>, target: &Target<'_>, value: T) -> Rc<T> {
    let value = Rc::new(value);
    let mut values = values.borrow_mut();
    let of_file = values.entry(target.file.path.clone()).or_default();
    of_file.insert(target.pointer.clone(), Rc::clone(&value));
    value
}
