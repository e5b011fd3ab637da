//! What the key of a cache holds of an operation's parameters, and what it cannot.
//!
//! In: an operation, its declared parameters. Out: keys, findings. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Location, Operation, Parameter, Sent};
use crate::plan::models::parameters::is_declarable;

const WAY_OUT: &str = "write `cache: off` for this operation, or a `key` that says what tells answers apart where this one does not matter";

/// Query parameters that the answer may depend on and that no key can hold.
pub(crate) fn outside_key(
    operation: &Operation,
    declared: &BTreeMap<String, bool>,
    place: &Place,
) -> Vec<Diagnostic> {
    let key = |name: &str| format!("method.request.querystring.{name}");
    let is_outside = |it: &&Parameter| match (it.location, &it.sent) {
        (Location::Query, Sent::Once | Sent::Repeated) => !declared.contains_key(&key(&it.name)),
        (Location::Query, Sent::Properties(Some(names))) => {
            names.iter().any(|it| !declared.contains_key(&key(it)))
        }
        (Location::Query, Sent::Properties(None) | Sent::Bracketed | Sent::Either)
        | (Location::QueryString, _) => true,
        (Location::Path | Location::Header | Location::Cookie, _) => false,
    };
    let outside = operation.parameters.iter().filter(is_outside);
    outside
        .map(|parameter| {
            let (why, help) = match &parameter.sent {
                Sent::Properties(None) => (
                    "its properties stand in the query in its place, and the description does not list all that may be there",
                    "write `cache: off` for this operation, or describe the object with `additionalProperties: false` and properties that are no lists or objects; then these are in the key",
                ),
                Sent::Bracketed => ("its properties stand in the query in brackets, and API Gateway cannot declare such names", WAY_OUT),
                Sent::Either => ("it may be an object, whose properties stand in the query in its place", WAY_OUT),
                Sent::Properties(Some(_)) => ("API Gateway cannot declare all of its properties", WAY_OUT),
                Sent::Once | Sent::Repeated => ("API Gateway cannot declare it", WAY_OUT),
            };
            diagnostic::PARAMETER_OUTSIDE_CACHE_KEY
                .at(place.clone())
                .also(parameter.place(operation))
                .message(format_args!(
                    "requests that differ in `{}` alone would get each other's answers from the cache of `{} {}`: {why}",
                    parameter.name,
                    operation.method.as_str(),
                    operation.path
                ))
                .help(help)
                .keeps(operation.name())
        })
        .collect()
}

/// Headers and cookies that the answer may depend on: none is in the key unless it is named.
pub(crate) fn headers_outside_key(
    operation: &Operation,
    identities: &[String],
    place: &Place,
) -> Vec<Diagnostic> {
    // What is asked of callers is an error of its own, and the others are no parameters (OpenAPI
    // 3.1.1, "Fixed Fields" of a parameter).
    let is_told = |name: &str| {
        identities
            .iter()
            .filter_map(|it| it.strip_prefix("header."))
            .chain(["Accept", "Content-Type", "Authorization"])
            .any(|it| it.eq_ignore_ascii_case(name))
    };
    let as_header = |name: &Arc<str>, location: Location| match location {
        Location::Header => Some(name.to_string()),
        Location::Cookie => Some("Cookie".to_owned()),
        Location::Path | Location::Query | Location::QueryString => None,
    };
    let outside = operation.parameters.iter().filter_map(|it| {
        Some((
            it,
            as_header(&it.name, it.location).filter(|it| !is_told(it))?,
        ))
    });
    outside
        .map(|(parameter, header)| {
            diagnostic::HEADER_OUTSIDE_CACHE_KEY
                .at(place.clone())
                .also(parameter.place(operation))
                .message(format_args!(
                    "requests that differ in the header `{header}` alone get each other's answers from the cache of `{} {}`",
                    operation.method.as_str(),
                    operation.path
                ))
                .help(format_args!(
                    "name what tells answers apart in `key`, `header.{header}` too, or say in `shared` why it does not matter"
                ))
        })
        .collect()
}

/// Declares the properties that stand in the query in place of an object, so that the key can hold
/// them.
///
/// One that cannot be declared stays outside of the key, which is reported.
pub(crate) fn declare_properties(operation: &Operation, declared: &mut BTreeMap<String, bool>) {
    for parameter in operation
        .parameters
        .iter()
        .filter(|it| it.location == Location::Query)
    {
        if let Sent::Properties(Some(names)) = &parameter.sent {
            for name in names.iter().filter(|it| is_declarable(it)) {
                _ = declared_as("querystring", name, declared);
            }
        }
    }
}

/// A part of the key as API Gateway names it, declared; else what is wrong with it, and what to do.
pub(crate) fn part_of_key(
    part: &str,
    operation: &Operation,
    declared: &mut BTreeMap<String, bool>,
) -> Result<Arc<str>, (&'static str, String)> {
    let with_help = |problem| {
        (
            problem,
            "write `query.name` or `header.Name`; path variables are always in the key".to_owned(),
        )
    };
    let (location, name) = match part.split_once('.') {
        Some(("query", name)) => ("querystring", name),
        Some(("header", name)) => ("header", name),
        Some(_) | None => return Err(with_help("it is neither `query.…` nor `header.…`")),
    };
    let is_it = |it: &&Parameter| {
        location == "querystring" && it.location == Location::Query && *it.name == *name
    };
    if let Some(parameter) = operation
        .parameters
        .iter()
        .find(is_it)
        .filter(|it| !it.sent.has_its_name())
    {
        let names = match &parameter.sent {
            Sent::Properties(Some(names)) => names
                .iter()
                .map(|it| format!("`query.{it}`"))
                .collect::<Vec<_>>()
                .join(", "),
            Sent::Properties(None)
            | Sent::Bracketed
            | Sent::Either
            | Sent::Once
            | Sent::Repeated => String::new(),
        };
        let help = if names.is_empty() {
            "write `cache: off` for this operation, or a `key` of what its requests have under a name of its own".to_owned()
        } else {
            format!("name its properties in its place: {names}")
        };
        return Err((
            "it is an object, whose properties a request has in its place",
            help,
        ));
    }
    if !is_declarable(name) {
        return Err(with_help(
            "API Gateway takes letters, digits and `.:_$-` in a name",
        ));
    }
    declared_as(location, name, declared).map_err(with_help)
}

/// Declares a name, unless it is. Source: docs/aws-rules.md#q2, docs/aws-rules.md#q3,
/// docs/aws-rules.md#q5.
fn declared_as(
    location: &str,
    name: &str,
    declared: &mut BTreeMap<String, bool>,
) -> Result<Arc<str>, &'static str> {
    let same = |other: &str| {
        if location == "header" {
            other.eq_ignore_ascii_case(name)
        } else {
            other == name
        }
    };
    for key in declared.keys() {
        let Some((of, other)) = key
            .strip_prefix("method.request.")
            .and_then(|it| it.split_once('.'))
        else {
            continue;
        };
        if of == location && same(other) {
            return Ok(key.as_str().into());
        }
        if other == name {
            return Err(
                "API Gateway declares a name once, and another parameter of this operation has it",
            );
        }
    }
    let key = format!("method.request.{location}.{name}");
    declared.insert(key.clone(), false);
    Ok(key.into())
}
