//! What is forwarded from the gateway: method, path, headers, parameters and timeout.
//!
//! In: a method of the stack, its operation, its backend. Out: the first difference. Pure.

use super::values::is_same;
use crate::aws::{Header, HeaderSource, Integration, Method, UriSegment};
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
