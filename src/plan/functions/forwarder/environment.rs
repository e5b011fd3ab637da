//! Limits of a function's environment, and of what an event holds.
//!
//! In: a decided backend. Out: findings. Pure.

use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::plan::functions::python::MAX_ENVIRONMENT_BYTES;
use crate::plan::{BackendPlan, HeaderSourcePlan, Value, Values};
use crate::source::pointer::child;

/// Size of every environment besides paths, timeouts, hosts and headers. Unit: bytes.
const FIXED_BYTES: usize = 200;

/// Parts of a request's context that API Gateway puts into no event.
///
/// Source: AWS, "Input format of a Lambda function for proxy integration": `requestContext` has no
/// such members,
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>,
/// read 2026-11-22.
const NOT_IN_EVENTS: &[&str] = &[
    "awsEndpointRequestId",
    "isCanaryRequest",
    "wafResponseCode",
    "webaclArn",
];

/// Refuses headers whose source is in no event.
///
/// Errors: GW2031.
pub(crate) fn mappings(blueprint: &Blueprint, backend: &BackendPlan) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for header in &backend.headers {
        let HeaderSourcePlan::Mapping(text) = &header.source else {
            continue;
        };
        if text
            .strip_prefix("context.")
            .is_some_and(|name| !NOT_IN_EVENTS.contains(&name))
        {
            continue;
        }
        let at = child(
            &child(&child("/backends", &*backend.name), "headers"),
            &*header.name,
        );
        findings.push(
            diagnostic::UNKNOWN_MAPPING
                .at(blueprint.place(&at))
                .message(format_args!(
                    "the function that forwards does not learn `{text}`: it is in no event"
                ))
                .help("use what an event holds, such as `context.requestId`, or another topology"),
        );
    }
    findings
}

/// Refuses an environment that is too large; what is known only at deploy time counts for nothing.
///
/// Errors: GW4071.
pub(crate) fn size(place: Place, backend: &BackendPlan) -> Option<Diagnostic> {
    let forwarder = backend.forwarder()?;
    let known = |value: &Value| {
        if let Value::Literal(text) = value {
            text.len()
        } else {
            0
        }
    };
    let hosts = match &forwarder.hosts {
        Values::List(list) => list.iter().map(|host| known(host) + 1).sum(),
        Values::One(_) => 0,
    };
    // The name of a header is a part of the name of its variable too.
    let headers = backend.headers.iter().map(|header| {
        let value = match &header.source {
            HeaderSourcePlan::Static(value) => known(value),
            HeaderSourcePlan::Mapping(text) => text.len(),
        };
        2 * header.name.len() + value + "HEADER_: ".len()
    });
    let paths = forwarder
        .paths
        .iter()
        .map(|(from, to)| from.len() + to.len() + "\"\":\"\",".len());
    let timeouts = forwarder
        .timeouts
        .iter()
        .map(|(key, time)| key.len() + time.to_string().len() + "\"\":,".len());
    let bytes = FIXED_BYTES
        + hosts
        + headers.sum::<usize>()
        + paths.sum::<usize>()
        + timeouts.sum::<usize>()
        + forwarder.host.as_ref().map_or(0, known);
    (bytes > MAX_ENVIRONMENT_BYTES).then(|| {
        diagnostic::ENVIRONMENT_TOO_LARGE
            .at(place)
            .message(format_args!("what its function has to know takes about {bytes} bytes, and Lambda takes {MAX_ENVIRONMENT_BYTES}"))
            .help("name the servers by one DNS name, set fewer headers, give more of its routes the same `timeout`, or split the backend in two")
    })
}
