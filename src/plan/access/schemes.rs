//! Security schemes as descriptions declare them, and those that several declare by one name.
//! In: `Api`s. Out: `Declared`, findings.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::blueprint::{AUTHORIZATION, Blueprint, CLIENT_CERTIFICATE};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::Api;
use crate::source::pointer;

/// A security scheme as its description declares it; fields that it lacks are empty.
pub(crate) struct Declared(Value);

impl Declared {
    pub(crate) fn of(api: &Api, name: &str) -> Option<Self> {
        Some(Self(
            serde_json::from_str(api.schemes.get(name)?).unwrap_or_default(),
        ))
    }

    /// `type`.
    pub(crate) fn kind(&self) -> &str {
        self.text("type")
    }

    /// `in`, of an `apiKey`.
    pub(crate) fn location(&self) -> &str {
        self.text("in")
    }

    /// `name`, of an `apiKey`.
    pub(crate) fn name(&self) -> &str {
        self.text("name")
    }

    /// The source of identity that callers show it in; `None` where it is nowhere in a request.
    pub(crate) fn credential(&self) -> Option<String> {
        match (self.kind(), self.location()) {
            ("apiKey", "header") => Some(format!("header.{}", self.name())),
            ("apiKey", "query") => Some(format!("query.{}", self.name())),
            ("apiKey", "cookie") => Some("header.Cookie".to_owned()),
            ("http" | "basic" | "oauth2" | "openIdConnect", _) => Some(AUTHORIZATION.to_owned()),
            ("mutualTLS", _) => Some(CLIENT_CERTIFICATE.to_owned()),
            _ => None,
        }
    }

    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The place where a description declares a scheme.
pub(crate) fn declaration(api: &Api, name: &str) -> Place {
    Place::pointer(&api.file, pointer::child(api.schemes_pointer, name))
}

/// Reports schemes that two descriptions require by one name and declare differently.
///
/// Errors: GW3021.
pub(crate) fn conflicting(apis: &[Api], blueprint: &Blueprint) -> Vec<Diagnostic> {
    if apis.len() < 2 {
        return Vec::new();
    }
    let mut known: BTreeMap<&Arc<str>, (&Api, Value)> = BTreeMap::new();
    let mut findings = Vec::new();
    for api in apis {
        let definitions = api.schemes.iter();
        for (name, definition) in definitions.filter(|(name, _)| is_required(api, name)) {
            let essence = essence(definition);
            match known.get(name) {
                None => drop(known.insert(name, (api, essence))),
                Some((_, first)) if *first == essence => {}
                Some((first, _)) => findings.push(conflict(name, first, api, blueprint)),
            }
        }
    }
    findings
}

fn conflict(name: &str, first: &Api, second: &Api, blueprint: &Blueprint) -> Diagnostic {
    diagnostic::CONFLICTING_SCHEME
        .at(declaration(second, name))
        .also(declaration(first, name))
        .also(blueprint.place(&pointer::child("/auth", name)))
        .message(format_args!(
            "`{name}` is another security scheme in `{}` than in `{}`, and `auth` has one entry for both",
            second.file, first.file
        ))
        .help("give one of the two another name in its description, with an entry of its own in `auth`")
}

fn is_required(api: &Api, name: &Arc<str>) -> bool {
    api.operations.iter().any(|operation| {
        let mut alternatives = operation.security.alternatives().iter();
        alternatives.any(|alternative| alternative.contains_key(name))
    })
}

/// A definition without prose, extensions and the list of scopes: what a gateway would check.
fn essence(definition: &str) -> Value {
    let mut value: Value = serde_json::from_str(definition).unwrap_or_default();
    let plain = |value: &mut Value| {
        if let Some(mapping) = value.as_object_mut() {
            mapping.retain(|key, _| {
                !matches!(
                    &**key,
                    "description" | "scopes" | "deprecated" | "bearerFormat"
                ) && !key.starts_with("x-")
            });
            mapping.sort_keys();
        }
    };
    plain(&mut value);
    if let Some(flows) = value.get_mut("flows").and_then(Value::as_object_mut) {
        flows.values_mut().for_each(plain);
        flows.sort_keys();
    }
    value
}
