//! Integrations that need no link: functions, and endpoints on the internet.
//!
//! In: fields with types. Out: URIs and mappings. Pure.
//! Headers are set the same way whatever they are sent through.

use std::sync::Arc;

use serde::Serialize;

use super::method::{UriSegment, path_of};
use crate::aws::Function;
use crate::stack::Value;

/// A header that the backend gets, over what the client sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    pub name: Arc<str>,
    pub source: HeaderSource,
}

/// Where a header's value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum HeaderSource {
    /// The same for every request.
    Static(Value),
    /// An expression of API Gateway, such as `context.requestId`.
    Mapping(Arc<str>),
}

impl Header {
    /// `integration.request.header.x` and what it is filled from. Source: docs/aws-rules.md#q18
    /// (static text stands in single quotes).
    pub(crate) fn mapping(&self) -> (String, Value) {
        let source = match &self.source {
            HeaderSource::Mapping(text) => Value::Literal(text.clone()),
            HeaderSource::Static(Value::Literal(text)) => Value::literal(format!("'{text}'")),
            HeaderSource::Static(value) => Value::Text(vec![
                Value::literal("'"),
                value.clone(),
                Value::literal("'"),
            ]),
        };
        (["integration.request.header.", &self.name].concat(), source)
    }

    /// What it uses that is known only at deploy time.
    pub fn deploy_time(&self) -> Vec<&Value> {
        match &self.source {
            HeaderSource::Mapping(_) => Vec::new(),
            HeaderSource::Static(value) => value.deploy_time(),
        }
    }
}

/// A request that is sent on to a public endpoint as it came.
#[derive(Clone, Debug, Serialize)]
pub struct InternetProxy {
    /// Scheme, host and the endpoint's own path, without a slash at its end.
    pub url: Value,
    pub path: Vec<UriSegment>,
    pub headers: Vec<Header>,
    pub skips_verification: bool,
    pub timeout_ms: u32,
}

impl InternetProxy {
    /// The whole URI.
    pub fn uri(&self) -> Value {
        Value::Text(vec![self.url.clone(), Value::literal(path_of(&self.path))])
    }
}

/// A function that gets the request as an event.
#[derive(Clone, Debug, Serialize)]
pub struct FunctionCall {
    pub function: Function,
    pub timeout_ms: u32,
}
