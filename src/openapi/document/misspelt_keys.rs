//! Keys that are nearly, but not exactly, a method or `security`.
//!
//! In: a key and its value. Out: a fault. Pure.
//! Ignored, such a key would drop an operation, or what it requires of its callers.

use super::ObjectFault;
use crate::diagnostic;
use crate::openapi::HttpMethod;
use crate::source::{pointer, raw};

/// Objects whose unknown keys are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckedObject {
    Document,
    PathItem,
    Operation,
    Other,
}

impl CheckedObject {
    /// The object that a type of `document` describes.
    pub(crate) const fn of(name: &str) -> Self {
        match name.as_bytes() {
            b"Document" => Self::Document,
            b"PathItem" => Self::PathItem,
            b"Operation" => Self::Operation,
            _ => Self::Other,
        }
    }

    /// Returns whether a key that gwgen does not read has to be checked.
    pub(crate) fn checks(self, key: &str) -> bool {
        match self {
            Self::Other => false,
            Self::Document | Self::Operation => is_nearly_security(key),
            Self::PathItem => {
                !matches!(key, "summary" | "description")
                    && (!is_extension(key) || is_any_method(key))
            }
        }
    }

    /// Returns the fault of a key that is checked.
    pub(crate) fn fault(self, key: &str, json: &str) -> Option<ObjectFault> {
        let message = if is_nearly_security(key) {
            format!(
                "`{key}` is no key of OpenAPI; `security` is, and what stands here asks nothing of any caller"
            )
        } else if self == Self::PathItem
            && (is_operation(json) || (is_mapping(json) && is_nearly_method(key)))
        {
            format!(
                "`{key}` is no method of a path item, so the operation below it would be lost; methods are written in lower case, such as `get`"
            )
        } else {
            return None;
        };
        Some(ObjectFault {
            code: &diagnostic::MISSPELT_KEY,
            below: pointer::child("", key),
            message,
        })
    }
}

fn is_extension(key: &str) -> bool {
    key.get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("x-"))
}

fn is_mapping(json: &str) -> bool {
    json.trim_ascii_start().starts_with('{')
}

/// Returns whether a value has a member that every operation has.
fn is_operation(json: &str) -> bool {
    is_mapping(json)
        && raw::members(json).is_ok_and(|members| {
            members
                .iter()
                .any(|(key, _)| matches!(&**key, "responses" | "operationId"))
        })
}

/// Returns whether a key is the extension for ANY in other letters. With a typo it is refused as an
/// extension that AWS does not document.
fn is_any_method(key: &str) -> bool {
    let any = HttpMethod::Any.key();
    key != any && key.eq_ignore_ascii_case(any)
}

fn is_nearly_method(key: &str) -> bool {
    let lower = key.trim().to_ascii_lowercase();
    is_any_method(key)
        || lower == "any"
        || HttpMethod::ALL.iter().any(|method| {
            let known = method.key();
            // Of a word of three letters, one letter is a third.
            known == lower || (lower.len() > 2 && strsim::damerau_levenshtein(&lower, known) == 1)
        })
}

fn is_nearly_security(key: &str) -> bool {
    const KEY: &str = "security";
    (KEY.len() - 2..=KEY.len() + 2).contains(&key.len())
        && !is_extension(key)
        && key != KEY
        && strsim::damerau_levenshtein(&key.to_ascii_lowercase(), KEY) <= 2
}

#[cfg(test)]
#[test]
fn near_misses_are_distinguished_from_other_keys() {
    for key in [
        "Get",
        "GET",
        "gett",
        "ge",
        "pots",
        "pst",
        "delet",
        "PATCH",
        "ANY",
        "X-Amazon-Apigateway-Any-Method",
    ] {
        assert_eq!(
            CheckedObject::PathItem.fault(key, "{}").is_some(),
            key != "ge",
            "{key}"
        );
    }
    for key in ["link", "copy"] {
        assert!(
            CheckedObject::PathItem.fault(key, "{}").is_none()
                && CheckedObject::PathItem
                    .fault(key, "{\"responses\": {}}")
                    .is_some(),
            "{key}"
        );
    }
    for key in ["Security", "SECURITY", "secruity", "securty", "securities"] {
        assert_eq!(
            CheckedObject::Operation.checks(key),
            key != "securities",
            "{key}"
        );
    }
    for key in ["tags", "summary", "x-get", "servers", "security"] {
        assert!(
            CheckedObject::PathItem.fault(key, "{}").is_none()
                && !CheckedObject::Operation.checks(key),
            "{key}"
        );
    }
}
