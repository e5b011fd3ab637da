//! Diagnostics of security schemes that have no entry of `auth`.
//! In: the scheme's name, the operations that require it. Out: diagnostics.

use super::AffectedOperations;
use crate::blueprint::{Blueprint, CommentedLine, scalar};
use crate::diagnostic::{self, Diagnostic, OperationName};
use crate::source::pointer;

/// A scheme without an entry.
#[derive(Clone, Copy)]
pub(super) struct SchemeWithoutEntry<'a> {
    pub(super) name: &'a str,
    pub(super) is_declared: bool,
    /// The suggestion for a name: an entry, or a scheme that the description declares.
    pub(super) suggestion: Option<&'a str>,
}

impl SchemeWithoutEntry<'_> {
    /// Reports all operations that require the scheme at once.
    ///
    /// Errors: GW3002; GW1012 where the description does not declare it either.
    pub(super) fn report(self, blueprint: &Blueprint, affected: &AffectedOperations) -> Diagnostic {
        let (is_or_are, hides) = if affected.operations.len() == 1 {
            ("is", "hide the operation")
        } else {
            ("are", "hide the operations")
        };
        let all = OperationName::summary(&affected.operations);
        let protected = format!("{all} {is_or_are} protected by `{}`", self.name);
        let mut finding = match self.suggestion {
            Some(entry) if self.is_declared => diagnostic::UNMAPPED_SCHEME
                .at(blueprint.place(&pointer::child("/auth", entry)))
                .also(affected.first.clone())
                .message(format_args!("{protected}, which has no entry in `auth`; no scheme is called `{entry}`, which has one"))
                .help(format_args!("rename the entry `{entry}` to `{}`, if that is meant; else add an entry for it", scalar(self.name))),
            _ => self.missing_entry(blueprint, affected, &protected, hides),
        };
        finding.operations.clone_from(&affected.operations);
        finding
    }

    fn missing_entry(
        self,
        blueprint: &Blueprint,
        affected: &AffectedOperations,
        protected: &str,
        hides: &str,
    ) -> Diagnostic {
        let proposed = blueprint.commented(&scalar(self.name));
        let first = affected.first.clone();
        let (place, other) = match proposed.first() {
            Some(line) => (line.place(), first),
            None => (first, blueprint.place("/auth")),
        };
        let (code, undeclared) = if self.is_declared {
            (&diagnostic::UNMAPPED_SCHEME, "")
        } else {
            (
                &diagnostic::UNKNOWN_SECURITY_SCHEME,
                " which the description does not declare,",
            )
        };
        code.at(place)
            .also(other)
            .message(format_args!("{protected},{undeclared} and the blueprint does not say what the gateway does with it"))
            .help(format_args!("{}; or {hides}", self.remedy(blueprint, &proposed)))
    }

    fn remedy(self, blueprint: &Blueprint, proposed: &[CommentedLine]) -> String {
        let entry = scalar(self.name);
        let (Some(first), Some(last)) = (proposed.first(), proposed.last()) else {
            if self.is_declared {
                return format!(
                    "add `{entry}` under `auth`: an authorizer that checks it, or `ignore` if the backend does"
                );
            }
            let name = self.suggestion.map_or_else(
                || "its name".to_owned(),
                |suggestion| format!("its name (did you mean `{suggestion}`?)"),
            );
            return format!(
                "declare it in the description, correct {name}, or add `{entry}` under `auth`"
            );
        };
        let lines = if first.line == last.line {
            format!("line {}", first.line)
        } else {
            format!("one of the lines {} to {}", first.line, last.line)
        };
        let auth = if blueprint.spec.auth.is_some() {
            Vec::new()
        } else {
            blueprint.commented("auth")
        };
        let also = auth.first().map_or_else(String::new, |commented| {
            format!(", and `auth:` in line {}", commented.line)
        });
        format!("uncomment {lines} of `{}`{also}", first.file)
    }
}
