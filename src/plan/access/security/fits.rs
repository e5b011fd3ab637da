//! Schemes that their entry of `auth` cannot check.
//!
//! In: the scheme's declaration, its entry. Out: diagnostics. Pure.
//! Where callers would show one thing and the gateway look for another, that is reported before
//! anything is created.

use super::SecurityCase;
use crate::blueprint::{AuthSpec, Blueprint};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::plan::access::schemes::Declared;
use crate::source::pointer;

/// Returns the diagnostic of a scheme that its entry cannot check.
///
/// Errors: GW3041.
pub(crate) fn misfit(
    blueprint: &Blueprint,
    case: SecurityCase<'_, '_>,
    name: &str,
    spec: &AuthSpec,
) -> Option<Diagnostic> {
    if !matches!(spec, AuthSpec::ApiKey | AuthSpec::Cognito(_)) {
        return None;
    }
    let declared = Declared::of(case.api, name)?;
    let is_key = declared.kind() == "apiKey";
    let is_header = |header: &str| {
        is_key && declared.location() == "header" && declared.name().eq_ignore_ascii_case(header)
    };
    let shown = || {
        if is_key {
            format!("`{}` in {}", declared.name(), declared.location())
        } else {
            format!("type `{}`", declared.kind())
        }
    };
    let (message, help) = match spec {
        // Source: docs/aws-rules.md#a6.
        AuthSpec::ApiKey if !is_header("x-api-key") => (
            format!(
                "`{name}` is {}, and an API key of the gateway is read from the header `x-api-key` alone",
                shown()
            ),
            "map it to a `lambda` authorizer that checks it, or to `ignore` if the backend does",
        ),
        // Source: docs/aws-rules.md#a2.
        AuthSpec::Cognito(_) if is_key && !is_header("Authorization") => (
            format!(
                "`{name}` is {}, and a Cognito authorizer reads its token from the header `Authorization`",
                shown()
            ),
            "map it to a `lambda` authorizer with that identity source, or to `ignore` if the backend checks it",
        ),
        AuthSpec::ApiKey
        | AuthSpec::Cognito(_)
        | AuthSpec::Iam
        | AuthSpec::Ignore
        | AuthSpec::Lambda(_) => return None,
    };
    let scheme = Place::pointer(
        &case.api.file,
        pointer::child(case.api.schemes_pointer, name),
    );
    let finding = diagnostic::SCHEME_DOES_NOT_FIT
        .at(blueprint.place(&pointer::child("/auth", name)))
        .also(scheme);
    Some(
        finding
            .message(message)
            .help(help)
            .keeps(case.operation.name()),
    )
}

/// Returns whether a scope of a user pool is one of the description: a pool puts the name of its
/// resource server before it.
///
/// Source: Amazon Cognito, "Scopes, M2M, and resource servers" (`resource-server/scope`),
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html>,
/// read 2026-11-30.
pub(crate) fn covers(scope: &str, described: &str) -> bool {
    scope == described
        || scope
            .strip_suffix(described)
            .is_some_and(|server| server.ends_with('/'))
}
