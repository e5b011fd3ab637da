//! What fits into the environment of a function, and what an event tells it.
//!
//! In: a decided backend. Out: findings. Pure.

use super::super::python::MAX_ENVIRONMENT_BYTES;
use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::plan::{BackendPlan, HeaderSource, Value, Values};
use crate::source::pointer::child;

/// What stands in every environment besides paths, timeouts, hosts and headers. Unit: bytes.
const FIXED_BYTES: usize = 200;

/// What API Gateway knows of a request and puts into no event.
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

/// Errors: GW2031.
pub(crate) fn mappings(blueprint: &Blueprint, backend: &BackendPlan) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for header in &backend.headers {
        let HeaderSource::Mapping(text) = &header.source else {
            continue;
        };
        if text
            .strip_prefix("context.")
            .is_some_and(|it| !NOT_IN_EVENTS.contains(&it))
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

/// Errors: GW4071. What is known only at deploy time counts for nothing.
pub(crate) fn size(place: Place, backend: &BackendPlan) -> Option<Diagnostic> {
    let forwarder = backend.forwarder()?;
    let known = |it: &Value| {
        if let Value::Literal(text) = it {
            text.len()
        } else {
            0
        }
    };
    let hosts = match &forwarder.hosts {
        Values::List(list) => list.iter().map(|it| known(it) + 1).sum(),
        Values::One(_) => 0,
    };
    // The name of a header stands in the name of its variable too.
    let headers = backend.headers.iter().map(|it| {
        let value = match &it.source {
            HeaderSource::Static(value) => known(value),
            HeaderSource::Mapping(text) => text.len(),
        };
        2 * it.name.len() + value + "HEADER_: ".len()
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
