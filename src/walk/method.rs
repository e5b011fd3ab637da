//! Comparison of a method with its operation: models, path, headers, parameters and timeout.
//!
//! In: a method of the stack, its operation, its backend. Out: the first difference. Pure.

use std::collections::BTreeMap;

use super::Walker;
use super::values::{InStack, ensure};
use crate::aws::{Header, HeaderSource, Integration, Method, Model, RequestValidator, UriSegment};
use crate::follow::node;
use crate::plan::{BackendPlan, HeaderPlan, HeaderSourcePlan, OperationPlan, Segment};

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
        Integration::NotFound | Integration::Preflight(_) => {
            return Err("is answered by the gateway itself".into());
        }
    };
    ensure(
        method.http_method == operation.method && timeout_ms == operation.timeout_ms,
        "is sent on with another method or timeout",
    )?;
    ensure(
        method.request_parameters == operation.request_parameters,
        "declares other parameters",
    )?;
    super::stage::cached_as_planned(method, operation)?;
    let Some((path, headers)) = forwarded else {
        return Ok(());
    };
    path_holds(method, path, operation)?;
    let header = |header: &HeaderPlan| Header {
        name: header.name.clone(),
        source: match &header.source {
            HeaderSourcePlan::Static(value) => HeaderSource::Static(value.in_stack()),
            HeaderSourcePlan::Mapping(text) => HeaderSource::Mapping(text.clone()),
        },
    };
    let planned: Vec<Header> = backend.headers.iter().map(header).collect();
    let name = &backend.name;
    ensure(
        *headers == planned,
        format_args!("is sent on with other headers than those of `{name}`"),
    )
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
    ensure(path == expected, "reaches its backend under another path")?;
    let parameter = |name: &str| {
        let name = format!("method.request.path.{name}");
        method.request_parameters.get(&name)
    };
    let is_declared = |segment: &UriSegment| match segment {
        UriSegment::Variable(name) => parameter(name) == Some(&true),
        UriSegment::Literal(_) => true,
    };
    let problem = "sends on a variable that its method does not declare";
    ensure(path.iter().all(is_declared), problem)
}

/// Compares the validator and the models of an operation's method.
pub(crate) fn checks_hold(
    walker: &Walker<'_>,
    method: &Method,
    operation: &OperationPlan,
) -> Result<(), String> {
    let stack = &walker.assembled.stack;
    let (checks, planned) = (&method.checks, &operation.checks);
    let validator = checks.validator.as_ref().map(|handle| {
        let validator: Option<&RequestValidator> = node(stack, handle);
        validator.map(|found| (found.body, found.parameters))
    });
    ensure(
        validator == planned.validator().map(Some),
        "is checked by another validator",
    )?;
    let models = checks.models.iter().map(|(media_type, handle)| {
        let model: Option<&Model> = node(stack, handle);
        (media_type, model.map(|model| (&model.name, &model.schema)))
    });
    let planned = planned.models.iter().map(|(media_type, index)| {
        let model = &walker.plan.models[*index];
        (media_type, Some((&model.name, &model.schema)))
    });
    let planned: BTreeMap<_, _> = planned.collect();
    ensure(
        models.collect::<BTreeMap<_, _>>() == planned,
        "is held to other models",
    )
}
