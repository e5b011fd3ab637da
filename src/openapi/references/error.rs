//! Errors of references, each with what to do about it.

use std::borrow::Cow;
use std::sync::Arc;

use super::{MAX_REFERENCES, Target};
use crate::diagnostic::{self, At, Code, Diagnostic, Place};
use crate::openapi::Fault;
use crate::pointer;
use crate::source::SourceFile;

/// Reason for which a reference cannot be followed.
pub(crate) struct ReferenceError {
    code: &'static Code,
    /// The place to correct; `None` is the reference itself.
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

    /// Returns an error that is mended at the target of the reference.
    pub(super) fn at_target(target: &Target<'_>, message: String) -> Self {
        let help = "mend it there, or the references to it";
        Self {
            place: Some(Place::pointer(&target.file.display, &*target.pointer)),
            ..Self::new(&diagnostic::WRONG_TYPE, message, help)
        }
    }

    /// Returns the error of a description in place of a schema.
    pub(crate) fn whole_document(file: &SourceFile) -> Self {
        let file = &file.display;
        let message = format!("the reference leads to the whole of `{file}`, which is no schema");
        let help = "write the way to a schema, such as `#/components/schemas/Order`";
        Self::new(&diagnostic::WRONG_TYPE, message, help)
    }

    pub(super) fn cycle() -> Self {
        let message = "the references form a cycle".to_owned();
        let help = "let one of them hold the part";
        Self::new(&diagnostic::CYCLIC_REFERENCE, message, help)
    }

    pub(super) fn too_many(reference: &str) -> Self {
        let message = format!(
            "the reference `{reference}` leads through more than {MAX_REFERENCES} others, or through a cycle"
        );
        let help = "let it name the part itself";
        Self::new(&diagnostic::CYCLIC_REFERENCE, message, help)
    }

    pub(super) fn no_pointer(reference: &str, fragment: &str) -> Self {
        let message = format!(
            "the reference `{reference}` cannot be resolved: `#{fragment}` is no JSON pointer"
        );
        let help = "write the way to the part, such as `#/components/parameters/id`";
        Self::new(&diagnostic::UNRESOLVED_REFERENCE, message, help)
    }

    pub(super) fn missing(reference: &str, target: &Target<'_>, token: &str) -> Self {
        let file = &target.file.display;
        let parent = match &*target.pointer {
            "" => "at its root".to_owned(),
            pointer => format!("under `{pointer}`"),
        };
        let message = format!(
            "the reference `{reference}` cannot be resolved: `{file}` has no `{token}` {parent}"
        );
        let help = "write the part there, or mend the reference";
        Self::new(&diagnostic::UNRESOLVED_REFERENCE, message, help)
    }

    pub(super) fn duplicate_key(target: &Target<'_>, token: &str) -> Self {
        let message = format!(
            "the key `{token}` is here twice, and readers differ in which of the two they use"
        );
        let help = "remove one of the two, or give it another name";
        Self {
            place: Some(Place {
                file: Arc::clone(&target.file.display),
                at: At::Repeated(pointer::child(&target.pointer, token), 1),
            }),
            ..Self::new(&diagnostic::DUPLICATE_KEY, message, help)
        }
    }

    pub(super) fn remote(reference: &str) -> Self {
        let message = format!(
            "the reference `{reference}` leads out of this repository, and gwgen reads only files in it"
        );
        let help = "copy the file beside the description and name it by a relative path";
        Self::new(&diagnostic::REMOTE_REFERENCE, message, help)
    }

    pub(super) fn outside_root(reference: &str, from: &SourceFile) -> Self {
        let from = &from.display;
        let message = format!(
            "the reference `{reference}` of `{from}` lies outside the repository that holds the blueprint"
        );
        let help = "copy the file into the repository, and name it by a relative path";
        Self::new(&diagnostic::FILE_OUTSIDE_ROOT, message, help)
    }

    /// Returns the error of a file that cannot be read.
    pub(super) fn unreadable(reference: &str, from: &SourceFile, cause: &Diagnostic) -> Self {
        let (from, message) = (&from.display, &cause.message);
        let error = Self::broken(cause);
        Self {
            message: format!("the reference `{reference}` cannot be resolved: {message}"),
            help: if *cause.code == diagnostic::UNREADABLE_FILE {
                format!("write the path from the file that holds the reference, `{from}`, or put the file there").into()
            } else {
                error.help
            },
            ..error
        }
    }

    /// Returns the error of a file whose text is broken. A file that cannot be read at all is
    /// mended at the reference.
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
