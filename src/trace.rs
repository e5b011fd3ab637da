//! One request, followed through the finished stack as AWS would take it.
//!
//! In: a request, `Plan`, `Assembled`. Out: `Trace`: hop by hop to the target, or what the gateway
//! answers. Pure.
//! It routes by the resources alone. The plan is read only for the reason of a refusal.

mod hops;
mod nearest;
mod private;
mod request;
mod steps;
mod values;

pub use private::Private;
pub use request::TracedRequest;

use serde::Serialize;

use crate::assemble::Assembled;
use crate::aws::{GatewayResponse, Integration, Stack};
use crate::emit::places::{Places, Written};
use crate::follow::{Follower, ResourcePath, Router};
use crate::listing::RouteRow;
use crate::openapi::HttpMethod;
use crate::plan::{ClosedAnswer, OperationPlan, Plan, Segment, Value, text_of};
use hops::Hops;

/// Result of a traced request: its response and its hops.
#[derive(Debug, Serialize)]
pub struct Trace {
    pub method: &'static str,
    /// As it was routed: without the query string.
    pub path: String,
    /// True where a backend gets the request, or the gateway answers a browser's preflight request.
    pub served: bool,
    pub answer: Response,
    /// In the order in which the request takes them.
    pub hops: Vec<Hop>,
    /// Result for a private caller of an internal operation, at the load balancer.
    pub private: Option<Private>,
    /// Methods that the path has.
    pub methods: Vec<&'static str>,
    /// The routes that are most similar to a request that nothing serves.
    pub nearest: Vec<Route>,
    /// Remarks about ignored parts of the request, and about what is not certain.
    pub notes: Vec<String>,
}

/// Response to a request, and the component that returns it.
#[derive(Debug, Serialize)]
pub struct Response {
    pub by: Answerer,
    /// `null` where the backend decides, and where there is no API.
    pub status: Option<u16>,
    pub body: Option<String>,
    pub why: String,
}

/// Reason for a load balancer's own response.
const NO_BACKEND: &str = "its rules send the request to no backend";

impl Response {
    fn new(by: Answerer, response: Option<(u16, String)>, why: String) -> Self {
        let (status, body) = response.unzip();
        Self {
            by,
            status,
            body,
            why,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answerer {
    Backend,
    Balancer,
    Gateway,
}

/// A resource of AWS that the request goes through.
#[derive(Debug, Serialize)]
pub struct Hop {
    pub kind: &'static str,
    pub name: String,
    pub detail: String,
    /// `null` for an existing resource, which the stack does not manage.
    pub place: Option<Written>,
}

/// A method of a path that is served.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    pub method: &'static str,
    pub path: String,
}

/// Follows a request.
///
/// # Errors
/// The stack leads nowhere, which the walk has ruled out where files were made.
pub fn trace(plan: &Plan, assembled: &Assembled, request: &TracedRequest) -> Result<Trace, String> {
    let follower = Follower::of(assembled)?;
    let places = Places::of(&plan.output, &assembled.stack);
    let tree = &follower.tree;
    let router = Router::of(tree);
    let segments = request.segments();
    let mut hops = Hops::new(plan.output.format, &follower, &places);
    let not_public = not_public(plan, request.method, &segments);
    let not_public = not_public.map(|operation| RouteRow::of(plan, operation));
    let private = not_public
        .as_ref()
        .map(|row| private::private(assembled, row, request, hops.empty()))
        .transpose()?
        .flatten();
    let exposure = not_public.as_ref().and_then(exposure_of);
    let mut trace = Trace::without_api(request, exposure.as_deref(), private);
    if assembled.api.is_none() {
        return Ok(trace);
    }
    hops.stage(request);
    let route = router.route(request.method, &segments);
    let place = router.place(&segments);
    let closed = || {
        closed(
            plan,
            route.as_ref()?.method.node.http_method,
            &route.as_ref()?.path,
        )
    };
    let exposure = exposure.or_else(closed);
    if let Some(path) = route.as_ref().map(|route| &route.path).or(place.as_ref()) {
        hops.resource(path);
    }
    trace.answer = match &route {
        Some(route) => {
            hops.method(route.method);
            hops.integration(route, request)?;
            routed(&hops, &route.method.node.integration, exposure, || {
                taker_without_refusals(&router, request)
            })
        }
        None => unrouted(assembled, place.is_some(), exposure),
    };
    trace.hops = hops.all;
    trace.notes = request.notes(route.as_ref());
    let integration = route.map(|route| &route.method.node.integration);
    let is_preflight = matches!(integration, Some(Integration::Preflight(_)));
    trace.served = trace.answer.by == Answerer::Backend || is_preflight;
    trace.methods = place.map_or_else(Vec::new, |path| nearest::methods(tree, path.place));
    if trace.served {
        trace.private = None;
    } else {
        trace.nearest = nearest::nearest(tree, request.method, &segments);
        trace.notes.extend(repeated_stage(plan, &segments));
    }
    Ok(trace)
}

impl Trace {
    /// Returns the trace where nothing is public, so that there is no gateway.
    fn without_api(
        request: &TracedRequest,
        exposure: Option<&str>,
        private: Option<Private>,
    ) -> Self {
        let exposure = exposure.map_or_else(String::new, |exposure| format!("; {exposure}"));
        let why = format!("no operation is public, so there is no API{exposure}");
        Self {
            method: request.method.as_str(),
            path: request.path.clone(),
            served: false,
            answer: Response::new(Answerer::Gateway, None, why),
            hops: Vec::new(),
            private,
            methods: Vec::new(),
            nearest: Vec::new(),
            notes: request.notes(None),
        }
    }
}

/// The response to a request that no method takes.
fn unrouted(assembled: &Assembled, has_resource: bool, exposure: Option<String>) -> Response {
    let (status, body) = no_route(&assembled.stack);
    let why = if has_resource {
        "the path has no such method"
    } else {
        "no resource has that path"
    };
    let why = exposure.unwrap_or_else(|| why.to_owned());
    Response::new(Answerer::Gateway, Some((status, body)), why)
}

/// Source: docs/aws-rules.md#p8 (403, not 404 or 405).
const NO_ROUTE_STATUS: u16 = 403;
const NO_ROUTE_MESSAGE: &str = "Missing Authentication Token";

/// Gateway response types for a request without a route; the second where the first is not set.
const NO_ROUTE_TYPES: [&str; 2] = ["MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX"];

/// Status and body. Of a template the message is filled in; what only a request knows stays as
/// `$context.…`.
fn no_route(stack: &Stack) -> (u16, String) {
    let created = |of| {
        let mut responses = stack.all::<GatewayResponse>();
        responses.find(|response| response.of == of)
    };
    let message = format!("\"{NO_ROUTE_MESSAGE}\"");
    let Some(response) = NO_ROUTE_TYPES.into_iter().find_map(created) else {
        return (NO_ROUTE_STATUS, format!("{{\"message\":{message}}}"));
    };
    let body = response
        .body
        .to_string()
        .replace("$context.error.messageString", &message)
        .replace("$context.error.message", NO_ROUTE_MESSAGE);
    (response.status.unwrap_or(NO_ROUTE_STATUS), body)
}

/// The response to a request that a method takes; `taker` says who would take one that is refused.
fn routed(
    hops: &Hops<'_>,
    integration: &Integration,
    exposure: Option<String>,
    taker: impl FnOnce() -> String,
) -> Response {
    let Some((status, body)) = integration.own_answer() else {
        let why = exposure.unwrap_or_else(|| NO_BACKEND.to_owned());
        return hops.end(why, hops.arrival());
    };
    let why = if matches!(integration, Integration::Preflight(_)) {
        "a browser asks what it may send; `api.cors` says it".to_owned()
    } else {
        let exposure = exposure
            .unwrap_or_else(|| "no operation of the description is served there".to_owned());
        exposure + &taker()
    };
    Response::new(Answerer::Gateway, Some((status, body.to_owned())), why)
}

/// Returns a note where the path begins with the stage's name, which the URL already contains.
fn repeated_stage(plan: &Plan, segments: &[&str]) -> Option<String> {
    let Value::Literal(name) = &plan.stage_name else {
        return None;
    };
    (segments.first() == Some(&&**name))
        .then(|| format!("`/{name}` is the stage; the path is what comes after it"))
}

/// Returns the route that would take a request that is refused, as the end of a sentence.
fn taker_without_refusals(router: &Router<'_, '_>, request: &TracedRequest) -> String {
    let router = router.without_refusals();
    let other = router.route(request.method, &request.segments());
    other.map_or_else(String::new, |other| {
        let (method, path) = (other.method.node.http_method.as_str(), other.path.path());
        format!("; without this 404, `{method} {path}` would take the request")
    })
}

/// The operation that is not public and has the path; of several, that with the fewest variables.
fn not_public<'p>(
    plan: &'p Plan,
    method: HttpMethod,
    segments: &[&str],
) -> Option<&'p OperationPlan> {
    let is_requested = |operation: &&OperationPlan| {
        let mut path = operation.requested_path.iter();
        !operation.is_public()
            && operation.method.overlaps(method)
            && path.any(|path| has(path, segments))
    };
    let variables = |operation: &&OperationPlan| {
        let segments = operation.requested_path.iter().flatten();
        segments
            .filter(|segment| segment.variable().is_some())
            .count()
    };
    let operations = plan.operations.iter();
    operations.filter(is_requested).min_by_key(variables)
}

/// The reason for the 404 of a route that an earlier template has, in a sentence.
fn closed(plan: &Plan, method: HttpMethod, path: &ResourcePath<'_>) -> Option<String> {
    let path = path.path();
    let mut routes = plan.closed.routes.iter();
    routes.find(|route| {
        let is_refused = matches!(route.answer, ClosedAnswer::NotFound);
        is_refused && route.method == method && text_of(&route.path) == path
    })?;
    let method = method.as_str();
    Some(format!(
        "`{method} {path}` was served by an earlier template, and is closed"
    ))
}

/// The exposure of a route that is not public, in a sentence.
fn exposure_of(row: &RouteRow<'_>) -> Option<String> {
    let path = text_of(row.requested?);
    Some(format!(
        "`{} {path}` is {}",
        row.method,
        row.exposure.name()
    ))
}

/// Returns whether a path template matches the segments of a request.
fn has(path: &[Segment], segments: &[&str]) -> bool {
    let is_greedy = matches!(path.last(), Some(Segment::Rest(_)));
    let is_long_enough = segments.len() == path.len() || is_greedy && segments.len() > path.len();
    let mut pairs = path.iter().zip(segments);
    is_long_enough
        && pairs.all(|(part, text)| !matches!(part, Segment::Literal(own) if **own != **text))
}

#[cfg(test)]
mod tests;
