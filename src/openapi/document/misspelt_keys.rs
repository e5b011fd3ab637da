//! Keys that are nearly a method or `security`: ignored, one would drop an operation, or what it
//! requires of its callers.

use super::ObjectFault;
use crate::diagnostic;
use crate::openapi::HttpMethod;
use crate::pointer;
use crate::source::raw;

/// Objects whose unknown keys are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckedObject {
    Document,
    PathItem,
    Operation,
    Other,
}

impl CheckedObject {
    /// Returns the object of a type of `document`.
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
                "`{key}` is no key of OpenAPI; `security` is, and this key requires nothing of any caller"
            )
        } else if self == Self::PathItem
            && (is_operation(json) || (json.starts_with('{') && is_nearly_method(key)))
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
    key.starts_with("x-") || key.starts_with("X-")
}

/// Returns whether a value has a member that every operation has.
fn is_operation(json: &str) -> bool {
    raw::members(json).is_ok_and(|members| {
        let mut keys = members.iter().map(|(key, _)| &**key);
        keys.any(|key| matches!(key, "responses" | "operationId"))
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
    let item = CheckedObject::PathItem;
    let methods = "Get GET gett ge pots pst delet PATCH ANY X-Amazon-Apigateway-Any-Method";
    for key in methods.split(' ') {
        assert_eq!(item.fault(key, "{}").is_some(), key != "ge", "{key}");
    }
    for key in ["link", "copy"] {
        let operation = "{\"responses\": {}}";
        assert!(item.fault(key, "{}").is_none(), "{key}");
        assert!(item.fault(key, operation).is_some(), "{key}");
    }
    let operation = CheckedObject::Operation;
    for key in ["Security", "SECURITY", "secruity", "securty", "securities"] {
        assert_eq!(operation.checks(key), key != "securities", "{key}");
    }
    for key in ["tags", "summary", "x-get", "servers", "security"] {
        assert!(item.fault(key, "{}").is_none(), "{key}");
        assert!(!operation.checks(key), "{key}");
    }
}
