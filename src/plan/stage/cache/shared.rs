//! Cached responses that callers may see of each other.
//!
//! In: the reason in `shared`, the operations that it is about. Out: diagnostics. Pure.

use crate::diagnostic::{self, Diagnostic, OperationName, Place};
use crate::plan::rules::patterns::only;

/// Responses that callers may see of each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SharedResponses {
    /// The place of `shared`.
    pub(super) place: Place,
    pub(super) reason: String,
    /// The operation is protected, and the key distinguishes its callers by nothing.
    pub(super) is_protected: bool,
    pub(super) is_of_description: bool,
}

impl SharedResponses {
    /// Returns the diagnostic about these operations.
    ///
    /// Errors: GW3064 where the description says it of a protected operation; GW3065 else (a
    /// warning).
    pub(crate) fn finding(&self, operations: &[OperationName]) -> Diagnostic {
        let whose = if self.is_protected {
            "callers get each other's answers"
        } else {
            "answers that differ by a header are mixed"
        };
        let message = format!(
            "{whose} of {} from the cache, because `shared` says so: {}",
            OperationName::summary(operations),
            self.reason
        );
        if !(self.is_of_description && self.is_protected) {
            let help = "remove `shared` once the reason no longer holds";
            return diagnostic::SHARED_ANSWERS
                .at(self.place.clone())
                .message(message)
                .help(help);
        }
        let first = operations.first();
        let path = first.map_or_else(String::new, |operation| only(&operation.path));
        let method = first
            .map_or("get", |operation| operation.method)
            .to_ascii_lowercase();
        let mut finding = diagnostic::LOOSENED_BY_DESCRIPTION.at(self.place.clone()).message(message).help(format_args!(
            "the description alone cannot say so; remove it, or say it in the blueprint: `{{match: {{paths: [{path}], methods: [{method}]}}, cache: {{shared: \"...\"}}}}`"
        ));
        finding.operations = operations.to_vec();
        finding
    }
}
