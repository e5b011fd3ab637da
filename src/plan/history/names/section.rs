//! The parts of a blueprint that have names and resources.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::blueprint::{AuthSpec, BackendSpec, Blueprint};

/// Parts of one kind, by name.
pub(crate) struct Section<'a> {
    pub(crate) kind: &'static str,
    /// What one of them is called.
    pub(crate) one: &'static str,
    pub(crate) parts: BTreeMap<&'a str, Part<'a>>,
}

/// A part with a name.
pub(crate) struct Part<'a> {
    pub(crate) was: Option<&'a str>,
    /// Equal for parts that are alike.
    pub(crate) alike: String,
}

impl Section<'_> {
    /// `backends/orders`
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.kind)
    }
}

/// The parts of each kind.
pub(crate) fn sections(blueprint: &Blueprint) -> [Section<'_>; 3] {
    let spec = &blueprint.spec;
    let backends = spec.backends.iter().map(|(name, backend)| {
        let part = Part {
            was: backend.was.as_deref(),
            alike: digest(&servers(backend)),
        };
        (name.as_str(), part)
    });
    let plans = spec.usage_plans.iter().flatten();
    let plans = plans.map(|(name, plan)| {
        let part = Part {
            was: plan.was.as_deref(),
            alike: digest(&json!([plan.keys, plan.throttle, plan.quota])),
        };
        (name.as_str(), part)
    });
    let authorizers = spec.auth.iter().flatten();
    let authorizers = authorizers.filter_map(|(name, auth)| {
        let asks = match auth {
            AuthSpec::Cognito(cognito, _) => json!(cognito),
            AuthSpec::Lambda(lambda, _) => json!(lambda),
            AuthSpec::Iam | AuthSpec::ApiKey | AuthSpec::Ignore => return None,
        };
        let part = Part {
            was: auth.was(),
            alike: digest(&asks),
        };
        Some((name.as_str(), part))
    });
    [
        Section {
            kind: "backends",
            one: "backend",
            parts: backends.collect(),
        },
        Section {
            kind: "usage_plans",
            one: "usage plan",
            parts: plans.collect(),
        },
        Section {
            kind: "auth",
            one: "entry of `auth`",
            parts: authorizers.collect(),
        },
    ]
}

/// The servers of a backend, and how they are reached.
fn servers(backend: &BackendSpec) -> Value {
    json!([
        backend.port,
        backend.protocol,
        backend.targets,
        backend.url,
        backend.path_prefix,
    ])
}

/// A short text for a long one. What is not written does not count, so that a new field of gwgen
/// changes nothing.
fn digest<T: Serialize>(value: &T) -> String {
    let mut value = json!(value);
    without_null(&mut value);
    blake3::hash(value.to_string().as_bytes()).to_hex()[..16].to_owned()
}

fn without_null(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
