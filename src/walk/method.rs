//! Comparison of a method with its operation: models, path, headers, parameters and timeout.
//!
//! In: a method of the stack, its operation, its backend. Out: the first difference. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Walker;
use super::values::is_same;
use crate::aws::{Header, HeaderSource, Integration, Method, Model, RequestValidator, UriSegment};
use crate::follow::node;
use crate::plan::{self, BackendPlan, OperationPlan, Segment};

/// Compares what a method forwards.
pub(crate) fn method_holds(
    method: &Method,
    operation: &OperationPlan,
    backend: &BackendPlan,
) -> Result<(), String> {
    let (timeout_ms, forwarded) = match &method.integration {
        Integration::Proxy(proxy) => (proxy.timeout_ms, Some((&proxy.path, &proxy.headers))),
        Integration::Internet(proxy) => (proxy.timeout_ms, Some((&proxy.path, &proxy.headers))),
        Integration::Function(call) => (call.timeout_ms, None),
        Integration::NotFound => return Err("is answered with 404".into()),
        Integration::Preflight(_) => {
            return Err("is answered as a preflight request of a browser".into());
        }
    };
    if method.http_method != operation.method || timeout_ms != operation.timeout_ms {
        return Err("is sent on with another method or timeout".into());
    }
    if method.request_parameters != operation.request_parameters {
        return Err("declares other parameters".into());
    }
    super::stage::cached_as_planned(method, operation)?;
    match forwarded {
        Some((path, headers)) => {
            path_holds(method, path, operation)?;
            headers_hold(headers, backend)
        }
        None => Ok(()),
    }
}

fn path_holds(
    method: &Method,
    path: &[UriSegment],
    operation: &OperationPlan,
) -> Result<(), String> {
    let segment = |segment: &Segment| match segment {
        Segment::Literal(text) => UriSegment::Literal(text.clone()),
        Segment::Variable(name) | Segment::Rest(name) => UriSegment::Variable(name.clone()),
    };
    let mut expected: Vec<UriSegment> = operation.backend_path.iter().map(segment).collect();
    if operation.has_trailing_slash || expected.is_empty() {
        expected.push(UriSegment::Literal("".into()));
    }
    if path != expected {
        return Err("reaches its backend under another path".into());
    }
    let is_declared = |name: &str| {
        method
            .request_parameters
            .get(&format!("method.request.path.{name}"))
            == Some(&true)
    };
    let undeclared = path.iter().find_map(|it| match it {
        UriSegment::Variable(name) if !is_declared(name) => Some(name),
        UriSegment::Variable(_) | UriSegment::Literal(_) => None,
    });
    if let Some(name) = undeclared {
        return Err(format!(
            "sends on `{{{name}}}`, which its method does not declare"
        ));
    }
    Ok(())
}

fn headers_hold(headers: &[Header], backend: &BackendPlan) -> Result<(), String> {
    let same = |(found, planned): (&Header, &plan::HeaderPlan)| {
        found.name == planned.name
            && match (&found.source, &planned.source) {
                (HeaderSource::Static(found), plan::HeaderSourcePlan::Static(planned)) => {
                    is_same(found, planned)
                }
                (HeaderSource::Mapping(found), plan::HeaderSourcePlan::Mapping(planned)) => {
                    found == planned
                }
                (HeaderSource::Static(_) | HeaderSource::Mapping(_), _) => false,
            }
    };
    if headers.len() != backend.headers.len() || !headers.iter().zip(&backend.headers).all(same) {
        return Err(format!(
            "is sent on with other headers than those of `{}`",
            backend.name
        ));
    }
    Ok(())
}

/// Compares the validator and the models of an operation's method.
pub(crate) fn checks_hold(
    walker: &Walker<'_>,
    method: &Method,
    operation: &OperationPlan,
) -> Result<(), &'static str> {
    let stack = &walker.assembled.stack;
    let (checks, planned) = (&method.checks, &operation.checks);
    let found = match &checks.validator {
        Some(handle) => {
            let validator: &RequestValidator = node(stack, handle).ok_or("names no validator")?;
            Some((validator.body, validator.parameters))
        }
        None => None,
    };
    if found != planned.validator() {
        return Err("is checked by another validator");
    }
    let mut models: BTreeMap<Arc<str>, (&str, &serde_json::Value)> = BTreeMap::new();
    for (media_type, handle) in checks.models.iter() {
        let model: &Model = node(stack, handle).ok_or("names no model")?;
        models.insert(Arc::clone(media_type), (&*model.name, &*model.schema));
    }
    let planned = planned.models.iter().map(|(media_type, index)| {
        let model = &walker.plan.models[*index];
        (Arc::clone(media_type), (&*model.name, &*model.schema))
    });
    if models == planned.collect() {
        Ok(())
    } else {
        Err("is held to other models")
    }
}
