//! Path of private callers' requests: directly to the application load balancer.
//!
//! In: a request, an operation that is internal, `Plan`, the stack. Out: `Private`. Pure.
//! No caller is authenticated there: only the gateway checks the access that a description or route
//! requires.

use serde::Serialize;

use super::hops::Hops;
use super::{Answerer, Hop, NO_BACKEND, Response, TracedRequest};
use crate::assemble::Assembled;
use crate::blueprint::Exposure;
use crate::follow::{PathStart, RuleRequest};
use crate::plan::{OperationPlan, Plan, Segment};

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
    plan: &Plan,
    assembled: &'a Assembled,
    operation: &OperationPlan,
    request: &TracedRequest,
    mut hops: Hops<'a>,
) -> Result<Option<Private>, String> {
    if operation.exposure != Exposure::Internal {
        return Ok(None);
    }
    let planned = plan
        .network
        .as_ref()
        .and_then(|network| network.alb.as_ref());
    let created = assembled
        .network
        .as_ref()
        .and_then(|network| network.alb.as_ref());
    let backend = operation.backend.map(|index| &plan.backends[index]);
    let (Some(planned), Some(balancer), Some(backend), Some(private_path)) =
        (planned, created, backend, &operation.private_path)
    else {
        return Ok(None);
    };
    let Some(balanced) = backend.balanced() else {
        return Ok(None);
    };
    let prefix = backend
        .path_prefix
        .iter()
        .map(|prefix| format!("/{prefix}"));
    let mut path: String = prefix.collect();
    path.push_str(&filled(
        private_path,
        operation.requested_path.as_deref().unwrap_or_default(),
        &request.segments(),
    ));
    let request = RuleRequest {
        method: request.method.as_str(),
        host: planned.hosts.first().map(|host| &**host),
        path: &path,
    };
    let follower = hops.follower;
    let steps = follower.follow_request(
        PathStart::Balancer(balancer, balanced.listener_port),
        &request,
    )?;
    hops.steps(&steps, &request)?;
    let why = format!(
        "{}; the load balancer asks nobody who they are",
        hops.arrival()
    );
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
        let (written, value) = match segment {
            Segment::Literal(_) => continue,
            Segment::Variable(name) => (
                format!("{{{name}}}"),
                segments.get(index).map(|segment| (*segment).to_owned()),
            ),
            Segment::Rest(name) => (
                format!("{{{name}+}}"),
                segments.get(index..).map(|rest| rest.join("/")),
            ),
        };
        if let Some(value) = value {
            filled = filled.replacen(&written, &value, 1);
        }
    }
    filled
}
