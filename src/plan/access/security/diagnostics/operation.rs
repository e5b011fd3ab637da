//! Diagnostics of the join that are about one operation.
//! In: an operation and the decisions about it. Out: diagnostics.

use std::sync::Arc;

use crate::blueprint::{Blueprint, scalar};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{Operation, Requirement};
use crate::plan::access::security::NONE;
use crate::plan::access::security::requirement::TwoAuthorizers;
use crate::plan::rules::Origin;
use crate::plan::rules::patterns::only;
use crate::source::pointer;

/// Access that a route removes.
pub(crate) enum WeakeningEffect<'w> {
    /// The schemes that are left out.
    Opened(String),
    Replaced {
        by: &'w str,
        of: String,
    },
    /// The scopes that no longer count.
    Scopes(Vec<Arc<str>>),
    Key,
}

impl WeakeningEffect<'_> {
    /// The field of the route or extension that takes it away.
    pub(crate) fn field(&self) -> &'static str {
        match self {
            Self::Opened(_) | Self::Replaced { .. } => "auth",
            Self::Scopes(_) => "scopes",
            Self::Key => "api_key",
        }
    }

    /// Reports that a route or extension requires less without a reason.
    ///
    /// Errors: GW3003.
    pub(crate) fn without_reason(
        &self,
        blueprint: &Blueprint,
        origin: Origin<'_>,
        operation: &Operation,
    ) -> Diagnostic {
        let named = operation.name();
        let message = match self {
            Self::Opened(of) => {
                format!("`auth: none` opens {named}, which the description protects with {of}")
            }
            Self::Replaced { by, of } => format!(
                "`auth: {by}` lets others through to {named}, which the description protects with {of}"
            ),
            Self::Scopes(scopes) => format!(
                "`scopes` let others through to {named}, for which the description requires `{}`",
                scopes.join("`, `")
            ),
            Self::Key => format!(
                "`api_key: false` takes the key from {named}, for which the description requires one"
            ),
        };
        let auth = match self {
            Self::Replaced { by, .. } => by,
            Self::Opened(_) | Self::Scopes(_) | Self::Key => NONE,
        };
        diagnostic::WEAKENED_WITHOUT_REASON
            .at(origin.place(blueprint, self.field()))
            .also(operation.place("/security"))
            .message(message)
            .help(origin.way_to_weaken(operation, auth))
            .keeps(operation.name())
    }
}

/// Reports two schemes at once that would need two authorizers.
///
/// Errors: GW3040.
pub(crate) fn two_authorizers(
    blueprint: &Blueprint,
    operation: &Operation,
    TwoAuthorizers(one, other): &TwoAuthorizers,
) -> Diagnostic {
    diagnostic::INEXPRESSIBLE_SECURITY
        .at(operation.place("/security"))
        .also(blueprint.place(&pointer::child("/auth", one)))
        .also(blueprint.place(&pointer::child("/auth", other)))
        .message(format_args!(
            "{} requires `{one}` and `{other}` at once, and a method has one authorizer, with an API key beside it or without",
            operation.name()
        ))
        .help("map the two to one authorizer that checks both, or one of them to `ignore` if the backend checks it")
        .keeps(operation.name())
}

/// Reports alternatives of which the gateway can check one.
///
/// Errors: GW3040.
pub(crate) fn inexpressible_alternatives(
    blueprint: &Blueprint,
    operation: &Operation,
    alternatives: &[&Requirement],
) -> Diagnostic {
    // A scheme that every alternative has picks none of them.
    let occurrences = |name: &&Arc<str>| {
        alternatives
            .iter()
            .filter(|alternative| alternative.contains_key(*name))
            .count()
    };
    let distinguishing = alternatives
        .iter()
        .flat_map(|alternative| alternative.keys())
        .min_by_key(occurrences)
        .map_or("...", |name| name);
    diagnostic::INEXPRESSIBLE_SECURITY
        .at(operation.place("/security"))
        .also(blueprint.place("/auth"))
        .message(format_args!(
            "{} takes {}, and a method cannot take one of several",
            operation.name(),
            scheme_names(alternatives.iter().copied())
        ))
        .help(format_args!(
            "pick one in the blueprint, which weakens nothing: `{{match: {{paths: [{}], methods: [{}]}}, auth: {}}}`",
            only(&operation.path),
            operation.method.lower(),
            scalar(distinguishing)
        ))
        .keeps(operation.name())
}

/// Reports a preflight that requires credentials.
///
/// Source: docs/aws-rules.md#a7: browsers send no credentials with a preflight.
pub(crate) fn protected_preflight(operation: &Operation) -> Diagnostic {
    diagnostic::PROTECTED_PREFLIGHT
        .at(operation.place(""))
        .message(format_args!("{} asks callers who they are, and browsers ask it before they say so", operation.name()))
        .help("open it with `auth: none`, and `weakens` with the reason, if browsers of other origins call this path")
}

/// The schemes of alternatives.
pub(crate) fn scheme_names<'r>(alternatives: impl IntoIterator<Item = &'r Requirement>) -> String {
    let schemes = |alternative: &Requirement| {
        let names: Vec<String> = alternative.keys().map(|name| format!("`{name}`")).collect();
        names.join(" and ")
    };
    let alternatives: Vec<String> = alternatives.into_iter().map(schemes).collect();
    alternatives.join(" or ")
}
