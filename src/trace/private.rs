//! The way of private callers: straight to the application load balancer.
//!
//! In: a request, an operation that is internal, `Plan`, the stack. Out: `Private`. Pure.
//! Nobody is asked who they are there: what the description or a route asks for, the gateway alone
//! checks.

use serde::Serialize;

use super::alb::Arriving;
use super::hops::Hops;
use super::{Answer, Answerer, Hop};
use crate::assemble::Assembled;
use crate::blueprint::Exposure;
use crate::emit::places::Places;
use crate::plan::{OperationPlan, Plan, Segment};

/// What becomes of the same request where a private caller sends it to the load balancer.
#[derive(Debug, Serialize)]
pub struct Private {
    /// Whether a backend gets the request.
    pub served: bool,
    /// As it comes to the load balancer.
    pub path: String,
    pub answer: Answer,
    pub hops: Vec<Hop>,
}

/// A request for an operation that is not public.
pub(crate) struct Kept<'a> {
    pub(crate) operation: &'a OperationPlan,
    pub(crate) method: &'static str,
    pub(crate) segments: &'a [&'a str],
}

/// Follows a request to an operation that is internal; `None` where no load balancer serves it.
///
/// # Errors
/// The stack leads nowhere.
pub(crate) fn private(
    plan: &Plan,
    assembled: &Assembled,
    places: &Places<'_>,
    kept: &Kept<'_>,
) -> Result<Option<Private>, String> {
    let operation = kept.operation;
    let alb = plan
        .network
        .as_ref()
        .and_then(|it| it.alb.as_ref())
        .filter(|_| operation.exposure == Exposure::Internal);
    let backend = operation.backend.map(|index| &plan.backends[index]);
    let (Some(alb), Some(backend), Some(private_path)) = (alb, backend, &operation.private_path)
    else {
        return Ok(None);
    };
    let network = assembled.network.as_ref();
    let (Some(balanced), Some(balancer)) =
        (backend.balanced(), network.and_then(|it| it.alb.as_ref()))
    else {
        return Ok(None);
    };
    let mut path: String = backend
        .path_prefix
        .iter()
        .map(|it| format!("/{it}"))
        .collect();
    path.push_str(&filled(
        private_path,
        operation.asked_path.as_deref().unwrap_or_default(),
        kept.segments,
    ));
    let mut hops = Hops::new(plan.output.format, assembled, places);
    let port = balanced.listener_port;
    let listener = network
        .and_then(|it| it.listeners.iter().find(|(of, _)| *of == port))
        .and_then(|(_, it)| it.as_ref());
    let host = alb.hosts.first().map(|it| &**it);
    hops.ruled(
        (balancer, listener),
        &Arriving {
            method: kept.method,
            host,
            path: &path,
            port,
        },
    )?;
    let answer = match hops.answered {
        Some((status, body)) => Answer {
            by: Answerer::Balancer,
            status: Some(status),
            body: Some(body.to_owned()),
            why: "its rules send the request to no backend".to_owned(),
        },
        None => Answer {
            by: Answerer::Backend,
            status: None,
            body: None,
            why: format!(
                "{}; the load balancer asks nobody who they are",
                hops.arrival()
            ),
        },
    };
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
                segments.get(index).map(|it| (*it).to_owned()),
            ),
            Segment::Rest(name) => (
                format!("{{{name}+}}"),
                segments.get(index..).map(|it| it.join("/")),
            ),
        };
        if let Some(value) = value {
            filled = filled.replacen(&written, &value, 1);
        }
    }
    filled
}
