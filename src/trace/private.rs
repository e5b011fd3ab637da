//! Path of private callers' requests: directly to the application load balancer.
//!
//! In: a request, the row of a route that is not public, the stack. Out: `Private`. Pure.
//! No caller is authenticated there: only the gateway checks the access that a description or route
//! requires.

use serde::Serialize;

use super::hops::Hops;
use super::{Answerer, Hop, NO_BACKEND, Response, TracedRequest};
use crate::assemble::Assembled;
use crate::follow::{PathStart, RuleRequest};
use crate::listing::RouteRow;
use crate::plan::Segment;

/// Result of the same request where a private caller sends it to the load balancer.
#[derive(Debug, Serialize)]
pub struct Private {
    /// True where a backend gets the request.
    pub served: bool,
    /// As it comes to the load balancer.
    pub path: String,
    pub answer: Response,
    pub hops: Vec<Hop>,
}

/// Follows a request to an operation that is internal; `None` where no load balancer serves it.
///
/// # Errors
/// The stack leads nowhere.
pub(crate) fn private<'a>(
    assembled: &'a Assembled,
    row: &RouteRow<'_>,
    request: &TracedRequest,
    mut hops: Hops<'a>,
) -> Result<Option<Private>, String> {
    let nodes = assembled.network.as_ref();
    let balancer = nodes.and_then(|nodes| nodes.alb.as_ref());
    let (Some(route), Some(balancer)) = (row.private, balancer) else {
        return Ok(None);
    };
    let requested = row.requested.unwrap_or_default();
    let path = filled(&route.full_path(), requested, &request.segments());
    let request = RuleRequest {
        method: request.method.as_str(),
        host: route.alb.hosts.first().map(|host| &**host),
        path: &path,
    };
    let start = PathStart::Balancer(balancer, route.balanced.listener_port);
    let steps = hops.follower.follow_request(start, &request)?;
    hops.steps(&steps, &request);
    let arrival = hops.arrival();
    let why = format!("{arrival}; the load balancer asks nobody who they are");
    let answer = hops.end(NO_BACKEND.to_owned(), why);
    Ok(Some(Private {
        served: answer.by == Answerer::Backend,
        path,
        answer,
        hops: hops.all,
    }))
}

/// A path as the description writes it, with what the request has for its variables.
fn filled(path: &str, template: &[Segment], segments: &[&str]) -> String {
    let mut filled = path.to_owned();
    for (index, segment) in template.iter().enumerate() {
        let (written, end) = match segment {
            Segment::Literal(_) => continue,
            Segment::Variable(name) => (format!("{{{name}}}"), index + 1),
            Segment::Rest(name) => (format!("{{{name}+}}"), segments.len()),
        };
        if let Some(values) = segments.get(index..end) {
            filled = filled.replacen(&written, &values.join("/"), 1);
        }
    }
    filled
}
