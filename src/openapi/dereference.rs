//! References of the parts of an operation, followed to the part and its place.

use super::Fault;
use super::references::{MAX_REFERENCES, Referable, ReferenceError, Resolved};
use super::resolve::{ComponentSection, MEND, Shared};
use crate::diagnostic::{self, Place};
use crate::pointer;
use crate::source::SourceFile;

/// Builds the place of a part.
pub(crate) type PlaceBuilder<'h> = &'h dyn Fn() -> Place;

/// File of a part, and its place there, which is built only for a fault.
pub(crate) struct LazyPlace<'h, 'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) place: PlaceBuilder<'h>,
}

impl<'h, 'a> LazyPlace<'h, 'a> {
    pub(crate) fn new(file: &'a SourceFile, place: PlaceBuilder<'h>) -> Self {
        Self { file, place }
    }
}

impl<'a> Shared<'a> {
    /// Follows the references of a part to the last one.
    pub(crate) fn dereference<'p, T: Referable<'a>>(
        &self,
        part: &'p T,
        section: Option<&ComponentSection<'a, T>>,
        at: &LazyPlace<'_, 'a>,
    ) -> Result<Resolved<'p, 'a, T>, Fault>
    where
        'a: 'p,
    {
        let section_pointer = section.map_or("", |section| section.pointer);
        let (mut resolved, mut file) = (Resolved::Inline(part), at.file);
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = resolved.reference() else {
                return Ok(resolved);
            };
            let next = self.follow_once(file, reference, section);
            let next = next.map_err(|error| {
                let place = self.place_of(&resolved, section_pointer, at);
                error.at(place.below("/$ref"))
            })?;
            file = self.file_of(&next, self.file);
            resolved = next;
        }
        let first = part
            .reference()
            .map(|first| self.follow_once(at.file, first, section));
        let first = first.and_then(Result::ok).unwrap_or(resolved);
        Err(cycle(self.place_of(&first, section_pointer, at)))
    }

    /// Follows one reference.
    ///
    /// Errors: those of `references`.
    pub(crate) fn follow_once<'p, T: Referable<'a>>(
        &self,
        from: &'a SourceFile,
        reference: &str,
        section: Option<&ComponentSection<'a, T>>,
    ) -> Result<Resolved<'p, 'a, T>, ReferenceError>
    where
        'a: 'p,
    {
        if std::ptr::eq(from, self.file)
            && !reference.contains('%')
            && let Some(section) = section
            && let Some(path) = reference.strip_prefix('#')
            && let Some(token) = path.strip_prefix(section.pointer)
            && let Some(token) = token.strip_prefix('/')
            && let Some((name, part)) = section.parts.get_key_value(&*pointer::unescaped(token))
        {
            return Ok(Resolved::Component(part, name));
        }
        self.references
            .part(from, reference)
            .map(Resolved::Referenced)
    }

    /// Returns the file of a part, `inline` for one that is written where it is used.
    pub(crate) fn file_of<T>(
        &self,
        resolved: &Resolved<'_, 'a, T>,
        inline: &'a SourceFile,
    ) -> &'a SourceFile {
        match resolved {
            Resolved::Inline(_) => inline,
            Resolved::Component(..) => self.file,
            Resolved::Referenced(referenced) => referenced.file,
        }
    }

    /// Returns the place of a part.
    pub(crate) fn place_of<T>(
        &self,
        resolved: &Resolved<'_, 'a, T>,
        section_pointer: &str,
        inline: &LazyPlace<'_, 'a>,
    ) -> Place {
        match resolved {
            Resolved::Inline(_) => (inline.place)(),
            Resolved::Component(_, name) => {
                Place::pointer(&self.file.display, pointer::child(section_pointer, name))
            }
            Resolved::Referenced(referenced) => referenced.location.place(""),
        }
    }
}

pub(crate) fn cycle(place: Place) -> Fault {
    Fault {
        code: &diagnostic::CYCLIC_REFERENCE,
        place,
        message: "the references of this part form a cycle".into(),
        help: MEND.into(),
    }
}
