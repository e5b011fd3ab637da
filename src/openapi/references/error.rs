//! Errors of references, each with what to do about it.

use std::borrow::Cow;
use std::sync::Arc;

use super::{MAX_REFERENCES, Target};
use crate::diagnostic::{self, At, Code, Diagnostic, Place};
use crate::openapi::Fault;
use crate::pointer;
use crate::source::SourceFile;

/// Why a reference cannot be followed.
pub(crate) struct ReferenceError {
    code: &'static Code,
    /// Where it is mended; `None` at the reference itself.
    place: Option<Place>,
    message: String,
    help: Cow<'static, str>,
}

impl ReferenceError {
    fn new(code: &'static Code, message: String, help: &'static str) -> Self {
        Self {
            code,
            place: None,
            message,
            help: help.into(),
        }
    }

    /// An error that is mended at the target of the reference.
    pub(super) fn at_target(target: &Target<'_>, message: String) -> Self {
        Self {
            place: Some(Place::pointer(&target.file.display, &*target.pointer)),
            ..Self::new(
                &diagnostic::WRONG_TYPE,
                message,
                "mend it there, or the references to it",
            )
        }
    }

    /// The target is a description, and a schema is needed.
    pub(crate) fn whole_document(file: &SourceFile) -> Self {
        let message = format!(
            "the reference leads to the whole of `{}`, which is no schema",
            file.display
        );
        Self::new(
            &diagnostic::WRONG_TYPE,
            message,
            "write the way to a schema, such as `#/components/schemas/Order`",
        )
    }

    pub(super) fn cycle() -> Self {
        Self::new(
            &diagnostic::CYCLIC_REFERENCE,
            "the references go in a circle".to_owned(),
            "let one of them hold the part",
        )
    }

    pub(super) fn too_many(reference: &str) -> Self {
        let message = format!(
            "the reference `{reference}` leads through more than {MAX_REFERENCES} others, or in a circle"
        );
        Self::new(
            &diagnostic::CYCLIC_REFERENCE,
            message,
            "let it name the part itself",
        )
    }

    pub(super) fn no_pointer(reference: &str, fragment: &str) -> Self {
        let message =
            format!("the reference `{reference}` cannot be had: `#{fragment}` is no JSON pointer");
        Self::new(
            &diagnostic::UNRESOLVED_REFERENCE,
            message,
            "write the way to the part, such as `#/components/parameters/id`",
        )
    }

    pub(super) fn missing(reference: &str, target: &Target<'_>, token: &str) -> Self {
        let parent = if target.pointer.is_empty() {
            "at its root".to_owned()
        } else {
            format!("under `{}`", target.pointer)
        };
        let message = format!(
            "the reference `{reference}` cannot be had: `{}` has no `{token}` {parent}",
            target.file.display
        );
        Self::new(
            &diagnostic::UNRESOLVED_REFERENCE,
            message,
            "write the part there, or mend the reference",
        )
    }

    pub(super) fn duplicate_key(target: &Target<'_>, token: &str) -> Self {
        let message = format!(
            "the key `{token}` stands here twice, and readers differ in which of the two they take"
        );
        Self {
            place: Some(Place {
                file: Arc::clone(&target.file.display),
                at: At::Repeated(pointer::child(&target.pointer, token), 1),
            }),
            ..Self::new(
                &diagnostic::DUPLICATE_KEY,
                message,
                "remove one of the two, or give it another name",
            )
        }
    }

    pub(super) fn remote(reference: &str) -> Self {
        let message = format!(
            "the reference `{reference}` leads out of this repository, and gwgen reads only files in it"
        );
        Self::new(
            &diagnostic::REMOTE_REFERENCE,
            message,
            "copy the file beside the description and name it by a relative path",
        )
    }

    pub(super) fn outside_root(reference: &str, from: &SourceFile) -> Self {
        let message = format!(
            "the reference `{reference}` of `{}` lies outside the repository that holds the blueprint",
            from.display
        );
        Self::new(
            &diagnostic::FILE_OUTSIDE_ROOT,
            message,
            "copy the file into the repository, and name it by a relative path",
        )
    }

    /// The file that a reference names cannot be read.
    pub(super) fn unreadable(reference: &str, from: &SourceFile, cause: &Diagnostic) -> Self {
        let help = if *cause.code == diagnostic::UNREADABLE_FILE {
            format!(
                "write the path from the file that holds the reference, `{}`, or put the file there",
                from.display
            )
        } else {
            cause.help.clone()
        };
        Self {
            message: format!(
                "the reference `{reference}` cannot be had: {}",
                cause.message
            ),
            help: help.into(),
            ..Self::broken(cause)
        }
    }

    /// The text of a file is broken. A file that cannot be read at all is mended at the reference.
    pub(super) fn broken(cause: &Diagnostic) -> Self {
        let place = cause.places.first().filter(|place| place.at != At::File);
        Self {
            code: cause.code,
            place: place.cloned(),
            message: cause.message.clone(),
            help: cause.help.clone().into(),
        }
    }

    /// Turns the error into a fault of the part whose reference is at `reference`.
    pub(crate) fn at(self, reference: Place) -> Fault {
        Fault {
            code: self.code,
            place: self.place.unwrap_or(reference),
            message: self.message,
            help: self.help,
        }
    }
}
