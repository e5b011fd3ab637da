//! A route as `routes`, `trace`, `diff` and the output's README show it.
//! In: `Plan`, one of its operations. Out: a `RouteRow`, the facts of its fields, and values as texts.

pub(crate) mod facts;
pub mod field;
mod row;
mod url;

pub(crate) use row::{ExposureColumn, RouteRow, SETTINGS};
pub(crate) use url::{PrivateRoute, UrlColumn, function_text};

use std::borrow::Cow;

use crate::plan::{Value, Values};

/// An empty cell of a table.
pub(crate) const NOTHING: &str = "-";

/// A part of a cache key as the blueprint writes it.
pub(crate) fn key_part(key: &str) -> Cow<'_, str> {
    let part = key.strip_prefix("method.request.").unwrap_or(key);
    part.strip_prefix("querystring.")
        .map_or(part.into(), |name| format!("query.{name}").into())
}

/// A value as it is listed: what is known at deploy time alone is in parentheses.
pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::Literal(text) => text.to_string(),
        Value::Input(name) => format!("(var: {name})"),
        Value::Parameter { path, .. } => format!("(ssm: {path})"),
        Value::Expression(text) => format!("({text})"),
    }
}

/// Values as they are listed.
pub(crate) fn values_text(values: &Values) -> String {
    match values {
        Values::List(list) => list.iter().map(value_text).collect::<Vec<_>>().join(","),
        Values::One(list) => value_text(list),
    }
}
