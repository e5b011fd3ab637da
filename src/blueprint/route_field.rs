//! One field of a route that is written elsewhere: in the description, as `x-gwgen-*`.
//!
//! In: the field's name, JSON. Out: its value, or what is wrong with it. Pure.
//! The same types, names and table of what is built as for a route of the blueprint.

use serde_json::{Value, json};

use super::routes::RouteSpec;
use super::typed::wrong_value;
use super::{Blueprint, not_built};
use crate::diagnostic::{self, At, Code, Diagnostic, Place, nearest};
use crate::source::pointer;

/// What is wrong with a field.
#[derive(Debug)]
pub struct Said {
    pub code: &'static Code,
    /// Pointer below the field.
    pub below: String,
    pub message: String,
    pub help: String,
}

impl Said {
    fn of(code: &'static Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            code,
            below: String::new(),
            message: message.into(),
            help: help.into(),
        }
    }
}

impl Blueprint {
    /// Reads a field of a route from JSON.
    ///
    /// Errors: GW1007 duplicate key, GW1032 invalid value, GW2004 not built, GW2005 unknown
    /// backend, GW2010 unknown auth.
    pub fn route_field(&self, field: &str, json: &str) -> Result<Value, Said> {
        let value: Value = serde_json::from_str(json).unwrap_or(Value::Null);
        if value.is_null() {
            return Err(Said::of(
                &diagnostic::INVALID_EXTENSION,
                "it has no value",
                "write a value, or remove the line",
            ));
        }
        let route = json!({"match": {}, field: value});
        let spec: RouteSpec =
            serde_path_to_error::deserialize(&route).map_err(|error| typed_fault(field, &error))?;
        self.knows(&spec)?;
        let mut refused = Vec::new();
        not_built::search(&value, &format!("/routes/0/{field}"), &mut refused);
        match refused.into_iter().next() {
            None => Ok(value),
            Some((at, text)) => {
                let message = format!(
                    "{} is not built in this release",
                    text.unwrap_or_else(|| "this".to_owned())
                );
                let below = at
                    .strip_prefix(&format!("/routes/0/{field}"))
                    .unwrap_or_default()
                    .to_owned();
                Err(Said {
                    below,
                    ..Said::of(&diagnostic::NOT_BUILT, message, not_built::help(&at))
                })
            }
        }
    }

    /// Whether the names that a route gives are known.
    fn knows(&self, spec: &RouteSpec) -> Result<(), Said> {
        if let Some(backend) = spec
            .backend
            .as_deref()
            .filter(|it| !self.spec.backends.contains_key(*it))
        {
            let help = choices(backend, self.spec.backends.keys());
            return Err(Said::of(
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
        if let Some(auth) = spec.auth.as_deref().filter(|it| !known(it)) {
            let help = choices(auth, self.spec.auth.iter().flat_map(|it| it.keys()));
            return Err(Said::of(
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

/// What serde says of the field, in the blueprint's words.
fn typed_fault(field: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Said {
    let mut at = String::new();
    for segment in error.path() {
        match segment {
            serde_path_to_error::Segment::Map { key } => at = pointer::child(&at, key),
            serde_path_to_error::Segment::Seq { index } => at = pointer::child(&at, index),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => {
                break;
            }
        }
    }
    let text = error.inner().to_string();
    let place = Place {
        file: "".into(),
        at: At::File,
    };
    let Diagnostic { message, help, .. } = wrong_value(place, "", &text);
    let message = message
        .strip_prefix("the blueprint: ")
        .map_or(message.clone(), str::to_owned);
    let below = at
        .strip_prefix(&pointer::child("", field))
        .unwrap_or_default()
        .to_owned();
    Said {
        below,
        ..Said::of(&diagnostic::INVALID_EXTENSION, message, help)
    }
}
