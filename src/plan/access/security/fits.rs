//! Schemes that their entry of `auth` cannot check, since the gateway looks for something else.
//! In: the scheme's declaration, its entry. Out: diagnostics.

use super::SecurityCase;
use crate::blueprint::{AuthSpec, Blueprint};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::access::schemes::{Declared, declaration};
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
    if !matches!(spec, AuthSpec::ApiKey | AuthSpec::Cognito(..)) {
        return None;
    }
    let declared = Declared::of(case.api, name)?;
    let is_key = declared.kind() == "apiKey";
    let is_header = |header: &str| {
        is_key && declared.location() == "header" && declared.name().eq_ignore_ascii_case(header)
    };
    let (reader, help) = match spec {
        // Source: docs/aws-rules.md#a6.
        AuthSpec::ApiKey if !is_header("x-api-key") => (
            "an API key of the gateway is read from the header `x-api-key` alone",
            "map it to a `lambda` authorizer that checks it, or to `ignore` if the backend does",
        ),
        // Source: docs/aws-rules.md#a2.
        AuthSpec::Cognito(..) if is_key && !is_header("Authorization") => (
            "a Cognito authorizer reads its token from the header `Authorization`",
            "map it to a `lambda` authorizer with that identity source, or to `ignore` if the backend checks it",
        ),
        AuthSpec::ApiKey
        | AuthSpec::Cognito(..)
        | AuthSpec::Iam
        | AuthSpec::Ignore
        | AuthSpec::Lambda(..) => return None,
    };
    let shown = if is_key {
        format!("`{}` in {}", declared.name(), declared.location())
    } else {
        format!("type `{}`", declared.kind())
    };
    let finding = diagnostic::SCHEME_DOES_NOT_FIT
        .at(blueprint.place(&pointer::child("/auth", name)))
        .also(declaration(case.api, name))
        .message(format_args!("`{name}` is {shown}, and {reader}"))
        .help(help)
        .keeps(case.operation.name());
    Some(finding)
}
