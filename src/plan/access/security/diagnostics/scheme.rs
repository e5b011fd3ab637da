//! Diagnostics of security schemes that have no entry of `auth`.
//!
//! In: the scheme's name, the operations that require it. Out: diagnostics. Pure.

use super::AffectedOperations;
use crate::blueprint::{Blueprint, CommentedLine, scalar};
use crate::diagnostic::{self, Diagnostic, OperationName};
use crate::source::pointer;

/// A scheme without an entry.
#[derive(Clone, Copy)]
pub(super) struct SchemeWithoutEntry<'a> {
    pub(super) name: &'a str,
    pub(super) is_declared: bool,
    /// The name that is probably meant: an entry, or a scheme that the description declares.
    pub(super) suggestion: Option<&'a str>,
}

impl SchemeWithoutEntry<'_> {
    /// Reports all operations that require the scheme at once.
    ///
    /// Errors: GW3002; GW1012 where the description does not declare it either.
    pub(super) fn report(self, blueprint: &Blueprint, affected: &AffectedOperations) -> Diagnostic {
        match self.suggestion {
            Some(entry) if self.is_declared => self.misspelt_entry(entry, blueprint, affected),
            _ => self.missing_entry(blueprint, affected),
        }
    }

    fn missing_entry(self, blueprint: &Blueprint, affected: &AffectedOperations) -> Diagnostic {
        let proposed = blueprint.commented(&scalar(self.name));
        let place = proposed
            .first()
            .map_or_else(|| affected.first.clone(), CommentedLine::place);
        let code = if self.is_declared {
            &diagnostic::UNMAPPED_SCHEME
        } else {
            &diagnostic::UNKNOWN_SECURITY_SCHEME
        };
        let mut finding = code.at(place);
        finding.places.push(if proposed.is_empty() {
            blueprint.place("/auth")
        } else {
            affected.first.clone()
        });
        finding.operations.clone_from(&affected.operations);
        let all = OperationName::summary(&affected.operations);
        let (is_or_are, hides) = if affected.operations.len() == 1 {
            ("is", "hide the operation")
        } else {
            ("are", "hide the operations")
        };
        let missing = if self.is_declared {
            "and"
        } else {
            "which the description does not declare, and"
        };
        finding
            .message(format_args!(
                "{all} {is_or_are} protected by `{}`, {missing} the blueprint does not say what the gateway does with it",
                self.name
            ))
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

    /// Reports the scheme beside an entry of nearly its name that nothing else uses.
    fn misspelt_entry(
        self,
        entry: &str,
        blueprint: &Blueprint,
        affected: &AffectedOperations,
    ) -> Diagnostic {
        let name = self.name;
        let mut finding = diagnostic::UNMAPPED_SCHEME
            .at(blueprint.place(&pointer::child("/auth", entry)))
            .also(affected.first.clone());
        finding.operations.clone_from(&affected.operations);
        let is_or_are = if affected.operations.len() == 1 {
            "is"
        } else {
            "are"
        };
        finding
            .message(format_args!(
                "{} {is_or_are} protected by `{name}`, which has no entry in `auth`; no scheme is called `{entry}`, which has one",
                OperationName::summary(&affected.operations)
            ))
            .help(format_args!("rename the entry `{entry}` to `{}`, if that is meant; else add an entry for it", scalar(name)))
    }
}
