//! Follows the references of the parts of an operation.
//!
//! In: a part, which may be a reference. Out: the part that it leads to, and its place. Pure.

use super::Fault;
use super::items::place_below;
use super::references::{MAX_REFERENCES, Referable, ReferenceError, Resolved};
use super::resolve::{ComponentSection, MEND, Shared};
use crate::diagnostic::{self, Place};
use crate::pointer;
use crate::source::SourceFile;

/// File of a part, and its place there, which is built only for a fault.
pub(crate) struct LazyPlace<'h, 'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) place: &'h dyn Fn() -> Place,
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
            let next = self
                .follow_once(file, reference, section)
                .map_err(|error| {
                    let place = self.place_of(&resolved, section_pointer, at);
                    error.at(place_below(place, "/$ref"))
                })?;
            file = self.file_of(&next, self.file);
            resolved = next;
        }
        let first = part
            .reference()
            .and_then(|reference| self.follow_once(at.file, reference, section).ok());
        let place = self.place_of(&first.unwrap_or(resolved), section_pointer, at);
        Err(cycle(place))
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
            && let Some(token) = token_below(reference, section.pointer)
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

/// Returns the rest of a reference into its own file that begins with the pointer.
fn token_below<'r>(reference: &'r str, pointer: &str) -> Option<&'r str> {
    reference
        .strip_prefix('#')?
        .strip_prefix(pointer)?
        .strip_prefix('/')
}

pub(crate) fn cycle(place: Place) -> Fault {
    Fault {
        code: &diagnostic::CYCLIC_REFERENCE,
        place,
        message: "the references of this part go in a circle".into(),
        help: MEND.into(),
    }
}
