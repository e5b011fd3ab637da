//! References of the parts of an operation, followed.
//!
//! In: a part, which may be a reference. Out: the part that it leads to, and its place. Pure.

use super::Fault;
use super::items::under;
use super::references::{Held, Lost, MAX_REFERENCES, Part};
use super::resolve::{MEND, Named, Shared};
use crate::diagnostic::{self, Place};
use crate::source::{SourceFile, pointer};

/// The file of a part, and its place there, which is made only where something is wrong.
pub(crate) struct Here<'h, 'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) place: &'h dyn Fn() -> Place,
}

impl<'a> Shared<'a> {
    /// Follows the references of a part.
    pub(crate) fn held<'p, T: Part<'a>>(
        &self,
        part: &'p T,
        named: Option<&Named<'a, T>>,
        here: &Here<'_, 'a>,
    ) -> Result<Held<'p, 'a, T>, Fault>
    where
        'a: 'p,
    {
        let (mut held, mut file) = (Held::Here(part), here.file);
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = held.reference() else {
                return Ok(held);
            };
            let next = self.hop(file, reference, named).map_err(|lost| {
                let place = self.held_place(&held, named.map_or("", |it| it.home), here);
                lost.at(under(place, "/$ref"))
            })?;
            file = match &next {
                Held::Elsewhere(elsewhere) => elsewhere.file,
                Held::Here(_) | Held::Component(..) => self.file,
            };
            held = next;
        }
        let first = part
            .reference()
            .and_then(|it| self.hop(here.file, it, named).ok());
        Err(circle(self.held_place(
            &first.unwrap_or(held),
            named.map_or("", |it| it.home),
            here,
        )))
    }

    /// What one reference leads to.
    ///
    /// Errors: those of `references`.
    pub(crate) fn hop<'p, T: Part<'a>>(
        &self,
        from: &'a SourceFile,
        reference: &str,
        named: Option<&Named<'a, T>>,
    ) -> Result<Held<'p, 'a, T>, Lost>
    where
        'a: 'p,
    {
        let is_main = std::ptr::eq(from, self.file);
        let name = named
            .filter(|_| is_main && !reference.contains('%'))
            .and_then(|it| below(reference, it.home));
        if let Some((name, part)) = name
            .zip(named)
            .and_then(|(name, named)| named.parts.get_key_value(&*pointer::unescaped(name)))
        {
            return Ok(Held::Component(part, name));
        }
        self.references.part(from, reference).map(Held::Elsewhere)
    }

    /// Place of a part that was followed to.
    pub(crate) fn held_place<T>(
        &self,
        held: &Held<'_, 'a, T>,
        home: &str,
        here: &Here<'_, 'a>,
    ) -> Place {
        match held {
            Held::Here(_) => (here.place)(),
            Held::Component(_, name) => {
                Place::pointer(&self.file.display, pointer::child(home, name))
            }
            Held::Elsewhere(elsewhere) => elsewhere.spot.place(""),
        }
    }
}

/// What a reference names below that pointer of its own file.
fn below<'r>(reference: &'r str, pointer: &str) -> Option<&'r str> {
    reference
        .strip_prefix('#')?
        .strip_prefix(pointer)?
        .strip_prefix('/')
}

pub(crate) fn circle(place: Place) -> Fault {
    Fault {
        code: &diagnostic::CYCLIC_REFERENCE,
        place,
        message: "the references of this part go in a circle".into(),
        help: MEND.into(),
    }
}
