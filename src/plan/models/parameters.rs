//! Request parameters that a method declares.
//!
//! In: an operation and its path's variables. Out: `method.request.…` keys. Pure.
//! Source: docs/aws-rules.md#q1, docs/aws-rules.md#q2, docs/aws-rules.md#q3, docs/aws-rules.md#q6,
//! docs/aws-rules.md#q7, docs/aws-rules.md#q15.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{Location, Operation, Parameter, Serialization};
use crate::plan::paths;

/// Path variables in the description, and on the gateway.
pub(crate) type Spellings = Vec<(Arc<str>, Arc<str>)>;

/// Decides the parameters of a method.
///
/// Errors: none; warnings GW4010 undeclared variable, GW4011 unused parameter, GW4012 cookie,
/// GW4013 name, GW4014 repeated name, GW4031 whole query string.
pub(crate) fn request_parameters(
    operation: &Operation,
    spellings: &Spellings,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, bool> {
    let mut declared: BTreeMap<String, bool> = spellings
        .iter()
        .map(|(_, name)| (["method.request.path.", name].concat(), true))
        .collect();
    let mut taken: BTreeSet<&str> = spellings.iter().map(|(_, name)| &**name).collect();
    // A required parameter keeps its name before an optional one, whatever their order.
    let (required, optional): (Vec<&Parameter>, Vec<&Parameter>) = operation
        .parameters
        .iter()
        .partition(|parameter| parameter.required);
    for parameter in required.into_iter().chain(optional) {
        let name = &*parameter.name;
        let location = match parameter.location {
            Location::Path | Location::Cookie | Location::QueryString => {
                diagnostics.extend(undeclarable(operation, parameter, spellings));
                continue;
            }
            // Nothing in a request has its name; the coverage report lists the checks that are left
            // to the
            // backend.
            Location::Query if !parameter.serialization.may_have_its_name() => continue,
            Location::Query => "querystring",
            Location::Header if is_ignored_header(name) => continue,
            Location::Header => "header",
        };
        if is_declarable(name) && taken.insert(name) {
            declared.insert(
                ["method.request.", location, ".", name].concat(),
                parameter.required && unchecked(parameter).is_none(),
            );
        } else {
            diagnostics.extend(undeclarable(operation, parameter, spellings));
        }
    }
    declared
}

/// Reports a parameter that API Gateway cannot declare, by its location, its name, or because its
/// name is declared already; `None` for a variable of the path.
///
/// Errors: warnings GW4011, GW4012, GW4013, GW4014, GW4031.
fn undeclarable(
    operation: &Operation,
    parameter: &Parameter,
    spellings: &Spellings,
) -> Option<Diagnostic> {
    let name = &*parameter.name;
    let (code, message, help) = match parameter.location {
        Location::Path if spellings.iter().any(|(spelt, _)| names(spelt, name)) => return None,
        Location::Path => (
            &diagnostic::UNUSED_PATH_PARAMETER,
            format!(
                "the path parameter `{name}` is not in the path `{}`",
                operation.path
            ),
            "remove it, or put it into the path",
        ),
        Location::Cookie => (
            &diagnostic::COOKIE_PARAMETER,
            format!(
                "API Gateway cannot declare the cookie `{name}`; the `Cookie` header still reaches the backend"
            ),
            "nothing is to be done if the backend reads the cookie",
        ),
        Location::QueryString => (
            &diagnostic::WHOLE_QUERY_STRING,
            format!(
                "API Gateway cannot declare a whole query string (`{name}`), so it checks none of it; it still reaches the backend"
            ),
            "nothing is to be done if the backend checks it; else list its parts as `in: query`",
        ),
        Location::Query | Location::Header if is_declarable(name) => (
            &diagnostic::REPEATED_PARAMETER,
            format!(
                "the name `{name}` is used twice in path, query and header, and API Gateway declares it once; the other still reaches the backend"
            ),
            "rename one of the two if the gateway is to check both",
        ),
        Location::Query | Location::Header => (
            &diagnostic::UNDECLARABLE_PARAMETER,
            format!(
                "API Gateway refuses the name `{name}`, so it can neither require nor cache by this parameter; it still reaches the backend"
            ),
            "nothing is to be done if the backend checks it; else rename it",
        ),
    };
    Some(
        code.at(parameter.place(operation))
            .message(message)
            .help(help),
    )
}

/// The reason why the gateway cannot require a parameter of the query or a header, though the
/// description does: no request that the description allows is refused.
///
/// Source: docs/aws-rules.md#q4 (a required parameter is there and not blank).
pub(crate) fn unchecked(parameter: &Parameter) -> Option<&'static str> {
    match parameter.serialization {
        Serialization::Properties(_) => {
            Some("its properties stand in the query in its place, and nothing has its name")
        }
        Serialization::Bracketed => {
            Some("its properties stand in the query in brackets, and nothing has its name")
        }
        Serialization::Either => {
            Some("it may be an object, whose properties stand in the query in its place")
        }
        Serialization::Once | Serialization::Repeated if parameter.may_be_blank => {
            Some("it may be empty, which API Gateway takes for missing")
        }
        Serialization::Once | Serialization::Repeated => None,
    }
}

/// Returns whether a parameter has the name of a variable, or of one in a widened segment.
fn names(spelt: &str, name: &str) -> bool {
    spelt == name
        || spelt == paths::bare(name)
        || (spelt.contains('{') && spelt.contains(&format!("{{{name}}}")))
}

/// Reports path variables that the operation does not declare; the gateway declares them anyway.
pub(crate) fn undeclared(
    operation: &Operation,
    spellings: &Spellings,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (spelt, _) in spellings {
        let is_declared = operation
            .parameters
            .iter()
            .any(|parameter| parameter.location == Location::Path && names(spelt, &parameter.name));
        if !is_declared {
            diagnostics.push(
                diagnostic::UNDECLARED_VARIABLE
                    .at(operation.place(""))
                    .message(format_args!(
                        "the path variable `{spelt}` of `{}` has no parameter; the gateway declares it all the same",
                        operation.path
                    ))
                    .help(format_args!("add `{{name: {spelt}, in: path, required: true}}` to the parameters")),
            );
        }
    }
}

/// Header parameters that OpenAPI tells readers to ignore.
///
/// Source: OpenAPI 3.1.0, "Parameter Object",
/// <https://spec.openapis.org/oas/v3.1.0#parameter-object>, read 2026-11-22.
fn is_ignored_header(name: &str) -> bool {
    ["accept", "content-type", "authorization"]
        .iter()
        .any(|ignored| name.eq_ignore_ascii_case(ignored))
}

/// Returns whether API Gateway can declare a parameter of that name.
///
/// Source: docs/aws-rules.md#q2: `^[a-zA-Z0-9:._$-]+$`.
pub(crate) fn is_declarable(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b":._$-".contains(&byte))
}
