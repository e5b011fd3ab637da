//! Follows `$ref`: to a part of the same file or of another one, through as many files as it takes.
//!
//! In: a reference and the file where it stands. Out: the part, and where it stands. Pure but for
//! `Library`.
//! Nothing is fetched and nothing is guessed: what a reference does not lead to is said with the
//! reason.

mod address;
mod parts;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use super::lean::{Content, Operation, Parameter, PathItem};
use super::{Fault, Spot};
use crate::diagnostic::{self, At, Code, Place};
use crate::source::raw::{self, Text};
use crate::source::{Library, RelativePath, SourceFile, pointer, shown};
use address::{is_remote, percent_decoded};

/// Longest chain of references that is followed.
pub(crate) const MAX_REFERENCES: usize = 32;

/// What a reference leads to.
#[derive(Clone)]
pub(crate) struct Target<'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) pointer: String,
    pub(crate) json: &'a str,
}

impl Target<'_> {
    /// It is of another type than the reference to it wants.
    pub(crate) fn no_mapping(&self, what: &str) -> Lost {
        Lost {
            place: Some(Place::pointer(&self.file.display, &*self.pointer)),
            ..Lost::new(
                &diagnostic::WRONG_TYPE,
                format!("{what} has to be a mapping"),
                "mend it there, or the references to it",
            )
        }
    }

    /// It is a mapping with none of the members that the reference to it wants.
    fn of_another_kind(&self, what: &str) -> Lost {
        Lost {
            place: Some(Place::pointer(&self.file.display, &*self.pointer)),
            ..Lost::new(
                &diagnostic::WRONG_TYPE,
                format!("what stands here is not {what}"),
                "mend it there, or the references to it",
            )
        }
    }

    /// It is a description, not the schema that the reference to it wants.
    pub(crate) fn whole_document(&self) -> Lost {
        let message = format!(
            "the reference leads to the whole of `{}`, which is no schema",
            self.file.display
        );
        Lost::new(
            &diagnostic::WRONG_TYPE,
            message,
            "write the way to a schema, such as `#/components/schemas/Order`",
        )
    }

    /// Takes a part of another file for what the reference wants, and lets messages show lines of
    /// that file.
    ///
    /// Errors: GW1006 the file is no description, and the part has none of the members that such a
    /// part has.
    pub(crate) fn accepted(
        &self,
        what: &str,
        is_member: impl Fn(&str, &str) -> bool,
    ) -> Result<(), Lost> {
        if self.file.may_show_lines() {
            return Ok(());
        }
        let members = raw::members(self.json).map_err(|_| self.no_mapping(what))?;
        if members.is_empty() {
            return Ok(());
        }
        if !members
            .iter()
            .any(|(key, value)| is_member(key, value.get()))
        {
            return Err(self.of_another_kind(what));
        }
        self.file.show_lines();
        Ok(())
    }
}

/// Why a reference leads nowhere.
pub(crate) struct Lost {
    code: &'static Code,
    /// Where it is mended; `None` where the reference itself stands.
    place: Option<Place>,
    message: String,
    help: Cow<'static, str>,
}

impl Lost {
    fn new(code: &'static Code, message: String, help: &'static str) -> Self {
        Self {
            code,
            place: None,
            message,
            help: help.into(),
        }
    }

    /// As the fault of a part whose reference stands at the place.
    pub(crate) fn at(self, reference: Place) -> Fault {
        Fault {
            code: self.code,
            place: self.place.unwrap_or(reference),
            message: self.message,
            help: self.help,
        }
    }
}

/// A part that may be a reference to another one.
pub(crate) trait Part<'a>: Sized {
    fn reference(&self) -> Option<&Text<'a>>;

    /// What a part is called, with its article.
    const NAME: &'static str;

    /// Members by which a part of this kind is known.
    const MEMBERS: &'static [&'static str];

    /// Reads the text of a part; what is wrong with it is its own fault where it can hold one.
    fn read(json: &'a str) -> Result<Self, &'static str>;

    /// The parts of its kind that were had from other places.
    fn had<'s>(references: &'s References<'a>) -> &'s Had<'a, Self>;
}

/// Parts that references led to, by file and pointer.
pub(crate) type Had<'a, T> =
    RefCell<BTreeMap<RelativePath, BTreeMap<String, Rc<Elsewhere<'a, T>>>>>;

/// A part that stands elsewhere.
pub(crate) struct Elsewhere<'a, T> {
    pub(crate) part: T,
    pub(crate) file: &'a SourceFile,
    pub(crate) spot: Arc<Spot>,
}

/// A part, wherever it stands.
pub(crate) enum Held<'p, 'a, T> {
    /// Where it is used.
    Here(&'p T),
    /// Under `components` of the main file, by its name.
    Component(&'p T, &'p str),
    Elsewhere(Rc<Elsewhere<'a, T>>),
}

impl<T> Deref for Held<'_, '_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Here(part) | Self::Component(part, _) => part,
            Self::Elsewhere(elsewhere) => &elsewhere.part,
        }
    }
}

/// Any part, of which only the reference is read.
#[derive(serde::Deserialize)]
struct Referring<'a> {
    #[serde(rename = "$ref", borrow)]
    reference: Option<Cow<'a, str>>,
}

/// The members of a part, by what a pointer calls them.
enum Index<'a> {
    /// `None` for a key that stands twice.
    Mapping(BTreeMap<Text<'a>, Option<&'a str>>),
    List(Vec<&'a str>),
    Scalar,
}

/// The references of one description.
pub(crate) struct References<'a> {
    library: &'a Library<'a>,
    /// Parts that were found before, from which pointers below them are followed.
    starts: Vec<Target<'a>>,
    indexes: RefCell<BTreeMap<RelativePath, BTreeMap<String, Rc<Index<'a>>>>>,
    items: Had<'a, PathItem<'a>>,
    operations: Had<'a, Operation<'a>>,
    parameters: Had<'a, Parameter<'a>>,
    contents: Had<'a, Content<'a>>,
}

impl<'a> References<'a> {
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

    /// The part that a reference in `from` leads to.
    ///
    /// Errors: GW0001, GW0002, GW1001 to GW1004 of another file, GW1006 wrong type, GW1007
    /// duplicate key, GW1008 unresolved, GW1009 cyclic, GW1033 remote.
    pub(crate) fn part<T: Part<'a>>(
        &self,
        from: &'a SourceFile,
        reference: &str,
    ) -> Result<Rc<Elsewhere<'a, T>>, Lost> {
        let target = self.target(from, reference)?;
        if let Some(known) = T::had(self)
            .borrow()
            .get(&target.file.path)
            .and_then(|it| it.get(&target.pointer))
        {
            return Ok(Rc::clone(known));
        }
        let part = T::read(target.json).map_err(|what| target.no_mapping(what))?;
        target.accepted(T::NAME, |key, value| {
            T::MEMBERS.contains(&key) && parts::is_of_type(key, value)
        })?;
        let spot = Arc::new(Spot {
            file: Arc::clone(&target.file.display),
            pointer: target.pointer.as_str().into(),
        });
        let elsewhere = Rc::new(Elsewhere {
            part,
            file: target.file,
            spot,
        });
        let mut had = T::had(self).borrow_mut();
        had.entry(target.file.path.clone())
            .or_default()
            .insert(target.pointer, Rc::clone(&elsewhere));
        Ok(elsewhere)
    }

    /// The text that a reference in `from` leads to.
    pub(crate) fn target(&self, from: &'a SourceFile, reference: &str) -> Result<Target<'a>, Lost> {
        self.walk(from, reference, &mut MAX_REFERENCES.clone())
    }

    /// Follows the reference that a part of `file` may be.
    ///
    /// Errors: those of `part`.
    pub(crate) fn followed_by(&self, file: &'a SourceFile, json: &str) -> Result<(), Lost> {
        let referring = serde_json::from_str::<Referring<'_>>(json).ok();
        let Some(reference) = referring.and_then(|it| it.reference) else {
            return Ok(());
        };
        self.followed(self.target(file, &reference)?).map(drop)
    }

    /// What a part refers to in the end, if it is a reference.
    ///
    /// Errors: those of `part`; GW1006 it is no mapping.
    pub(crate) fn followed(&self, mut target: Target<'a>) -> Result<Target<'a>, Lost> {
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = serde_json::from_str::<Referring<'_>>(target.json)
                .ok()
                .and_then(|it| it.reference)
            else {
                if is_mapping(target.json) {
                    return Ok(target);
                }
                return Err(target.no_mapping("what stands here"));
            };
            target = self.target(target.file, &reference)?;
        }
        let message = "the references go in a circle".to_owned();
        Err(Lost::new(
            &diagnostic::CYCLIC_REFERENCE,
            message,
            "let one of them hold the part",
        ))
    }

    /// Follows a part that may be a reference and nothing else, and that part, and so on.
    ///
    /// Errors: GW1009 the references go in a circle. What else is wrong is said where that
    /// reference itself stands.
    pub(crate) fn ends(&self, mut target: Target<'a>) -> Result<(), Lost> {
        let mut passed = Vec::new();
        for _ in 0..MAX_REFERENCES {
            if passed.contains(&target.json.as_ptr()) {
                let message = "the references go in a circle".to_owned();
                return Err(Lost::new(
                    &diagnostic::CYCLIC_REFERENCE,
                    message,
                    "let one of them hold the part",
                ));
            }
            passed.push(target.json.as_ptr());
            let Some(reference) = serde_json::from_str::<Referring<'_>>(target.json)
                .ok()
                .and_then(|it| it.reference)
            else {
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
    ) -> Result<Target<'a>, Lost> {
        let Some(left) = budget.checked_sub(1) else {
            let message = format!(
                "the reference `{reference}` leads through more than {MAX_REFERENCES} others, or in a circle"
            );
            return Err(Lost::new(
                &diagnostic::CYCLIC_REFERENCE,
                message,
                "let it name the part itself",
            ));
        };
        *budget = left;
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = if path.is_empty() {
            from
        } else {
            self.file(from, reference, path)?
        };
        let fragment = percent_decoded(fragment);
        if !fragment.is_empty() && !fragment.starts_with('/') {
            let message = format!(
                "the reference `{reference}` cannot be had: `#{fragment}` is no JSON pointer"
            );
            return Err(Lost::new(
                &diagnostic::UNRESOLVED_REFERENCE,
                message,
                "write the way to the part, such as `#/components/parameters/id`",
            ));
        }
        let below = |start: &Target<'a>| {
            let rest = fragment
                .strip_prefix(&start.pointer)
                .filter(|rest| rest.starts_with('/') && std::ptr::eq(start.file, file))?;
            Some((start.clone(), rest))
        };
        let root = || {
            (
                Target {
                    file,
                    pointer: String::new(),
                    json: &file.json,
                },
                &*fragment,
            )
        };
        let (mut target, rest) = self.starts.iter().find_map(below).unwrap_or_else(root);
        for token in rest.split('/').skip(1) {
            let token = pointer::unescaped(token);
            let next = self.step(&mut target, &token, budget)?;
            let Some(json) = next else {
                return Err(missing(reference, &target, &token));
            };
            target = Target {
                pointer: pointer::child(&target.pointer, &*token),
                json,
                ..target
            };
        }
        Ok(target)
    }

    /// The member that a pointer names next. Another reference may stand in the way: what it leads
    /// to is meant then.
    fn step(
        &self,
        target: &mut Target<'a>,
        token: &str,
        budget: &mut usize,
    ) -> Result<Option<&'a str>, Lost> {
        loop {
            let index = self.index(target)?;
            let members = match &*index {
                Index::Mapping(members) => members,
                Index::List(items) => {
                    return Ok(token
                        .parse::<usize>()
                        .ok()
                        .and_then(|index| items.get(index).copied()));
                }
                Index::Scalar => return Ok(None),
            };
            match members.get(token) {
                Some(Some(json)) => return Ok(Some(json)),
                Some(None) => return Err(twice(target, token)),
                None => {}
            }
            let way = members
                .get("$ref")
                .copied()
                .flatten()
                .and_then(|it| serde_json::from_str::<Text<'_>>(it).ok());
            let Some(way) = way else { return Ok(None) };
            *target = self.walk(target.file, &way, budget)?;
        }
    }

    fn index(&self, target: &Target<'a>) -> Result<Rc<Index<'a>>, Lost> {
        if let Some(known) = self
            .indexes
            .borrow()
            .get(&target.file.path)
            .and_then(|it| it.get(&target.pointer))
        {
            return Ok(Rc::clone(known));
        }
        let index =
            Rc::new(indexed(target.json).map_err(|error| broken(&target.file.syntax(&error)))?);
        self.indexes
            .borrow_mut()
            .entry(target.file.path.clone())
            .or_default()
            .insert(target.pointer.clone(), Rc::clone(&index));
        Ok(index)
    }

    /// The file that the path of a reference names.
    fn file(
        &self,
        from: &'a SourceFile,
        reference: &str,
        path: &str,
    ) -> Result<&'a SourceFile, Lost> {
        if is_remote(path) {
            let message = format!(
                "the reference `{reference}` leads out of this repository, and gwgen reads only files in it"
            );
            return Err(Lost::new(
                &diagnostic::REMOTE_REFERENCE,
                message,
                "copy the file beside the description and name it by a relative path",
            ));
        }
        let path = percent_decoded(path);
        let Some(path) = RelativePath::join(from.path.folder(), &path) else {
            let message = format!(
                "the reference `{reference}` of `{}` lies outside the repository that holds the blueprint",
                from.display
            );
            return Err(Lost::new(
                &diagnostic::FILE_OUTSIDE_ROOT,
                message,
                "copy the file into the repository, and name it by a relative path",
            ));
        };
        match self
            .library
            .open(&path, || shown(&from.display, from.path.folder(), &path))
        {
            Ok(file) => Ok(file),
            Err(finding) => {
                let mut lost = broken(&finding);
                lost.message = format!(
                    "the reference `{reference}` cannot be had: {}",
                    finding.message
                );
                if *finding.code == diagnostic::UNREADABLE_FILE {
                    lost.help =
                        format!("write the path from the file that holds the reference, `{}`, or put the file there", from.display).into();
                }
                Err(lost)
            }
        }
    }
}

/// What is wrong with a file; where it cannot be had at all, that is mended at the reference.
fn broken(finding: &diagnostic::Diagnostic) -> Lost {
    let place = finding
        .places
        .first()
        .filter(|place| place.at != At::File)
        .cloned();
    Lost {
        code: finding.code,
        place,
        message: finding.message.clone(),
        help: finding.help.clone().into(),
    }
}

fn twice(target: &Target<'_>, token: &str) -> Lost {
    Lost {
        place: Some(Place {
            file: Arc::clone(&target.file.display),
            at: At::Repeated(pointer::child(&target.pointer, token), 1),
        }),
        ..Lost::new(
            &diagnostic::DUPLICATE_KEY,
            format!(
                "the key `{token}` stands here twice, and readers differ in which of the two they take"
            ),
            "remove one of the two, or give it another name",
        )
    }
}

fn missing(reference: &str, target: &Target<'_>, token: &str) -> Lost {
    let at = if target.pointer.is_empty() {
        "at its root".to_owned()
    } else {
        format!("under `{}`", target.pointer)
    };
    let message = format!(
        "the reference `{reference}` cannot be had: `{}` has no `{token}` {at}",
        target.file.display
    );
    Lost::new(
        &diagnostic::UNRESOLVED_REFERENCE,
        message,
        "write the part there, or mend the reference",
    )
}

fn indexed(json: &str) -> serde_json::Result<Index<'_>> {
    match json.trim_ascii_start().as_bytes().first() {
        Some(b'{') => {
            let mut members = BTreeMap::new();
            for (key, value) in raw::members(json)? {
                members
                    .entry(key)
                    .and_modify(|it| *it = None)
                    .or_insert(Some(value.get()));
            }
            Ok(Index::Mapping(members))
        }
        Some(b'[') => Ok(Index::List(
            raw::elements(json)?
                .into_iter()
                .map(serde_json::value::RawValue::get)
                .collect(),
        )),
        _ => serde_json::from_str::<serde::de::IgnoredAny>(json).map(|_| Index::Scalar),
    }
}

fn is_mapping(json: &str) -> bool {
    json.trim_ascii_start().starts_with('{')
}
