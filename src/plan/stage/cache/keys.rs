//! Parameters of an operation in the key of a cache, and those that no key can hold.
//!
//! In: an operation, its declared parameters. Out: keys, diagnostics. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Location, Operation, Parameter, Serialization};
use crate::plan::models::parameters::is_declarable;

const WAY_OUT: &str = "write `cache: off` for this operation, or a `key` that says what tells answers apart where this one does not matter";

/// Reports query parameters that the response may depend on and that no key can hold.
pub(crate) fn query_outside_key(
    operation: &Operation,
    declared: &BTreeMap<String, bool>,
    place: &Place,
) -> Vec<Diagnostic> {
    let key = |name: &str| format!("method.request.querystring.{name}");
    let is_outside = |parameter: &&Parameter| match (parameter.location, &parameter.serialization) {
        (Location::Query, Serialization::Once | Serialization::Repeated) => {
            !declared.contains_key(&key(&parameter.name))
        }
        (Location::Query, Serialization::Properties(Some(names))) => {
            names.iter().any(|name| !declared.contains_key(&key(name)))
        }
        (
            Location::Query,
            Serialization::Properties(None) | Serialization::Bracketed | Serialization::Either,
        )
        | (Location::QueryString, _) => true,
        (Location::Path | Location::Header | Location::Cookie, _) => false,
    };
    let outside = operation.parameters.iter().filter(is_outside);
    outside
        .map(|parameter| {
            let (why, help) = match &parameter.serialization {
                Serialization::Properties(None) => (
                    "its properties stand in the query in its place, and the description does not list all that may be there",
                    "write `cache: off` for this operation, or describe the object with `additionalProperties: false` and properties that are no lists or objects; then these are in the key",
                ),
                Serialization::Bracketed => ("its properties stand in the query in brackets, and API Gateway cannot declare such names", WAY_OUT),
                Serialization::Either => ("it may be an object, whose properties stand in the query in its place", WAY_OUT),
                Serialization::Properties(Some(_)) => ("API Gateway cannot declare all of its properties", WAY_OUT),
                Serialization::Once | Serialization::Repeated => ("API Gateway cannot declare it", WAY_OUT),
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

/// Reports headers and cookies that the response may depend on and that no key has by default.
pub(crate) fn headers_outside_key(
    operation: &Operation,
    identities: &[String],
    place: &Place,
) -> Vec<Diagnostic> {
    // Credentials are an error of their own, and the others are no parameters (OpenAPI 3.1.1, "Fixed
    // Fields" of a parameter).
    let is_exempt = |name: &str| {
        identities
            .iter()
            .filter_map(|identity| identity.strip_prefix("header."))
            .chain(["Accept", "Content-Type", "Authorization"])
            .any(|exempt| exempt.eq_ignore_ascii_case(name))
    };
    let outside = operation.parameters.iter().filter_map(|parameter| {
        let header = match parameter.location {
            Location::Header => &*parameter.name,
            Location::Cookie => "Cookie",
            Location::Path | Location::Query | Location::QueryString => return None,
        };
        (!is_exempt(header)).then_some((parameter, header))
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

/// Declares the properties that the query has in place of an object, so that the key can hold them.
pub(crate) fn declare_properties(operation: &Operation, declared: &mut BTreeMap<String, bool>) {
    for parameter in &operation.parameters {
        let (Location::Query, Serialization::Properties(Some(names))) =
            (parameter.location, &parameter.serialization)
        else {
            continue;
        };
        for name in names.iter().filter(|name| is_declarable(name)) {
            _ = declared_as("querystring", name, declared);
        }
    }
}

/// Declares a part of the key and returns its name in API Gateway; else the error and its help.
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
    let is_named = |parameter: &&Parameter| {
        location == "querystring"
            && parameter.location == Location::Query
            && *parameter.name == *name
    };
    let named = operation.parameters.iter().find(is_named);
    if let Some(parameter) = named.filter(|parameter| !parameter.serialization.has_its_name()) {
        let help = match &parameter.serialization {
            Serialization::Properties(Some(names)) if !names.is_empty() => {
                let names: Vec<String> = names.iter().map(|name| format!("`query.{name}`")).collect();
                format!("name its properties in its place: {}", names.join(", "))
            }
            Serialization::Properties(_) | Serialization::Bracketed | Serialization::Either | Serialization::Once | Serialization::Repeated => {
                "write `cache: off` for this operation, or a `key` of what its requests have under a name of its own".to_owned()
            }
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
        let Some((other_location, other)) = key
            .strip_prefix("method.request.")
            .and_then(|rest| rest.split_once('.'))
        else {
            continue;
        };
        if other_location == location && same(other) {
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
