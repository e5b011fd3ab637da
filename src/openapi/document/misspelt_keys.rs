//! Keys that OpenAPI does not know and that are nearly one that it does: methods and `security`.
//!
//! In: a key and its value. Out: a fault. Pure.
//! Passed by in silence, such a key would lose an operation, or what it asks of its callers.

use super::ObjectFault;
use crate::diagnostic;
use crate::openapi::HttpMethod;
use crate::source::{pointer, raw};

/// Parts whose unknown keys are looked at.
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

    /// Whether the value of a key that gwgen does not read has to be looked at.
    pub(crate) fn watches(self, key: &str) -> bool {
        match self {
            Self::Other => false,
            Self::Document | Self::Operation => is_nearly_security(key),
            Self::PathItem => {
                !matches!(key, "summary" | "description")
                    && (!is_extension(key) || is_any_method(key))
            }
        }
    }

    /// The fault of a key that is watched.
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

/// Whether a value has what every operation has.
fn is_operation(json: &str) -> bool {
    is_mapping(json)
        && raw::members(json).is_ok_and(|it| {
            it.iter()
                .any(|(key, _)| matches!(&**key, "responses" | "operationId"))
        })
}

/// The extension for ANY in other letters; the same with a typo is refused as an extension that AWS
/// does not document.
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
fn near_misses_are_told_from_other_keys() {
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
            CheckedObject::Operation.watches(key),
            key != "securities",
            "{key}"
        );
    }
    for key in ["tags", "summary", "x-get", "servers", "security"] {
        assert!(
            CheckedObject::PathItem.fault(key, "{}").is_none()
                && !CheckedObject::Operation.watches(key),
            "{key}"
        );
    }
}
