//! One field of a route that is written elsewhere: in the description, as `x-gwgen-*`.
//! In: the field's name, JSON. Out: its value, or what is wrong with it. Pure.

use serde_json::{Map, Value, json};

use super::Blueprint;
use super::decode::Decode;
use super::fault::{Faults, ShapeFault};
use super::node::{Numbers, TreeNode};
use super::routes::RouteSpec;
use crate::diagnostic::{self, Code, nearest};
use crate::source::pointer;

/// Fault of a field of a route.
#[derive(Debug)]
pub struct RouteFieldFault {
    pub code: &'static Code,
    /// Pointer below the field.
    pub below: String,
    pub message: String,
    pub help: String,
}

impl RouteFieldFault {
    fn of(code: &'static Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            code,
            below: String::new(),
            message: message.into(),
            help: help.into(),
        }
    }

    fn of_shape(field: &str, fault: ShapeFault) -> Self {
        let code = match fault.code == &diagnostic::NOT_BUILT {
            true => &diagnostic::NOT_BUILT,
            false => &diagnostic::INVALID_EXTENSION,
        };
        let below = fault.at.strip_prefix(&pointer::child("", field));
        Self {
            below: below.unwrap_or_default().to_owned(),
            ..Self::of(code, fault.message(None), fault.help)
        }
    }
}

/// Decodes a route that is not of the blueprint.
///
/// Errors: the first fault of its shape.
fn decode_route(route: &Value) -> Result<RouteSpec, ShapeFault> {
    let mut faults = Faults::default();
    let spec = RouteSpec::decode(&TreeNode::root(route, &Numbers::new()), &mut faults);
    match faults.all.into_iter().next() {
        Some(fault) => Err(fault),
        None => Ok(spec.expect("a part that is left out has a fault")),
    }
}

impl RouteSpec {
    /// The route for every operation that has these fields, each of which was read alone.
    pub fn of_fields(mut fields: Map<String, Value>) -> Option<Self> {
        fields.insert("match".to_owned(), json!({}));
        decode_route(&Value::Object(fields)).ok()
    }
}

impl Blueprint {
    /// Reads a field of a route from JSON.
    ///
    /// Errors: GW1007 duplicate key, GW1032 invalid value, GW2004 not built, GW2005 unknown
    /// backend, GW2010 unknown auth.
    pub fn route_field(&self, field: &str, json: &str) -> Result<Value, RouteFieldFault> {
        let value: Value = serde_json::from_str(json).unwrap_or(Value::Null);
        if value.is_null() {
            return Err(RouteFieldFault::of(
                &diagnostic::INVALID_EXTENSION,
                "it has no value",
                "write a value, or remove the line",
            ));
        }
        let spec = decode_route(&json!({"match": {}, field: value}))
            .map_err(|fault| RouteFieldFault::of_shape(field, fault))?;
        self.knows(&spec)?;
        Ok(value)
    }

    /// Returns whether the names that a route gives are known.
    fn knows(&self, spec: &RouteSpec) -> Result<(), RouteFieldFault> {
        if let Some(backend) = spec
            .backend
            .as_deref()
            .filter(|name| !self.spec.backends.contains_key(*name))
        {
            let help = choices(backend, self.spec.backends.keys());
            return Err(RouteFieldFault::of(
                &diagnostic::UNKNOWN_BACKEND,
                format!("no backend is called `{backend}`"),
                help,
            ));
        }
        let known = |name: &str| {
            name == "none"
                || self
                    .spec
                    .auth
                    .as_ref()
                    .is_some_and(|auth| auth.contains_key(name))
        };
        if let Some(auth) = spec.auth.as_deref().filter(|name| !known(name)) {
            let help = choices(auth, self.spec.auth.iter().flat_map(|auth| auth.keys()));
            return Err(RouteFieldFault::of(
                &diagnostic::UNKNOWN_AUTH,
                format!("no entry of `auth` is called `{auth}`"),
                help,
            ));
        }
        Ok(())
    }
}

fn choices<'a>(name: &str, known: impl Iterator<Item = &'a String> + Clone) -> String {
    match nearest(name, known.clone().map(String::as_str)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!(
            "the blueprint names `{}`",
            known.cloned().collect::<Vec<_>>().join("`, `")
        ),
    }
}
