//! One request, followed through the finished stack as AWS would take it.
//!
//! In: a request, `Plan`, `Assembled`. Out: `Trace`: hop by hop to the target, or what the gateway
//! answers. Pure.
//! It routes by the resources alone. What the plan decided is asked only to say why the gateway
//! refuses.

mod access;
mod alb;
mod answer;
mod hops;
mod nearest;
mod private;
mod request;
pub(crate) mod route;
mod values;

pub use private::Private;
pub use request::Asked;

use serde::Serialize;

use crate::assemble::Assembled;
use crate::aws::Integration;
use crate::blueprint::Exposure;
use crate::emit::places::{Places, Written};
use crate::openapi::HttpMethod;
use crate::plan::{OperationPlan, Plan, Segment, Value, text_of};
use crate::walk::tree::Tree;
use hops::Hops;
use route::Router;

/// What becomes of a request.
#[derive(Debug, Serialize)]
pub struct Trace {
    pub method: &'static str,
    /// As it was routed: without the query string.
    pub path: String,
    /// Whether a backend gets the request, or the gateway answers a browser that asks what it may
    /// send.
    pub served: bool,
    pub answer: Answer,
    /// In the order in which the request takes them.
    pub hops: Vec<Hop>,
    /// What becomes of it where a private caller sends it to the load balancer; of what is
    /// internal.
    pub private: Option<Private>,
    /// Methods that the path has.
    pub methods: Vec<&'static str>,
    /// Where nothing serves the request: the routes that are most like it.
    pub nearest: Vec<Route>,
    /// What was left aside, or is not certain.
    pub notes: Vec<String>,
}

/// Who answers, and what.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub by: Answerer,
    /// `null` where the backend decides, and where there is no API.
    pub status: Option<u16>,
    pub body: Option<String>,
    pub why: String,
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
    /// `null` for what is there already and not made here.
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
pub fn trace(plan: &Plan, assembled: &Assembled, asked: &Asked) -> Result<Trace, String> {
    let tree = Tree::of(&assembled.stack)?;
    let places = Places::of(&plan.output, &assembled.stack);
    let router = Router::of(&tree);
    let segments = asked.segments();
    let mut hops = Hops::new(plan.output.format, assembled, &places);
    let operation = kept_operation(plan, asked.method, &segments);
    let kept = operation.map(|operation| private::Kept {
        operation,
        method: asked.method.as_str(),
        segments: &segments,
    });
    let private = kept
        .map(|it| private::private(plan, assembled, &places, &it))
        .transpose()?
        .flatten();
    if assembled.api.is_none() {
        return Ok(without_api(asked, kept_because(operation), private));
    }
    hops.stage(asked);
    let (found, place) = (
        router.route(asked.method, &segments),
        router.place(&segments),
    );
    let answer = match &found {
        Some(it) => {
            hops.resource(&it.reached);
            hops.method(it);
            hops.integration(it, asked)?;
            let own = it.found.method.integration.own_answer();
            match own {
                None if hops.answered.is_some() => balancer(hops.answered, kept_because(operation)),
                None => Answer {
                    by: Answerer::Backend,
                    status: None,
                    body: None,
                    why: hops.arrival(),
                },
                Some(own) if matches!(it.found.method.integration, Integration::Preflight(_)) => {
                    gateway(
                        own,
                        "a browser asks what it may send; `api.cors` says it".to_owned(),
                    )
                }
                Some(own) => gateway(
                    own,
                    refused(kept_because(operation), &router, asked.method, &segments),
                ),
            }
        }
        None => {
            if let Some(it) = &place {
                hops.resource(it);
            }
            let why = if place.is_some() {
                "the path has no such method"
            } else {
                "no resource has that path"
            };
            let (status, body) = answer::no_route(&assembled.stack);
            let why = kept_because(operation).unwrap_or_else(|| why.to_owned());
            Answer {
                by: Answerer::Gateway,
                status: Some(status),
                body: Some(body),
                why,
            }
        }
    };
    let is_preflight = found
        .as_ref()
        .is_some_and(|it| matches!(it.found.method.integration, Integration::Preflight(_)));
    let served = answer.by == Answerer::Backend || is_preflight;
    let mut notes = asked.notes(found.as_ref());
    notes.extend(repeated_stage(plan, &segments).filter(|_| !served));
    Ok(Trace {
        method: asked.method.as_str(),
        path: asked.path.clone(),
        served,
        answer,
        hops: hops.all,
        private: private.filter(|_| !served),
        methods: place
            .map(|it| nearest::methods(&tree, it.place))
            .unwrap_or_default(),
        nearest: if served {
            Vec::new()
        } else {
            nearest::nearest(&tree, asked.method, &segments)
        },
        notes,
    })
}

/// The stage's name stands in the stage's URL already.
fn repeated_stage(plan: &Plan, segments: &[&str]) -> Option<String> {
    let Value::Literal(name) = &plan.stage_name else {
        return None;
    };
    (segments.first() == Some(&&**name))
        .then(|| format!("`/{name}` is the stage; the path is what comes after it"))
}

/// Nothing is public: no request comes to a gateway.
fn without_api(asked: &Asked, kept: Option<String>, private: Option<Private>) -> Trace {
    let kept = kept.map_or_else(String::new, |it| format!("; {it}"));
    let why = format!("no operation is public, so there is no API{kept}");
    Trace {
        method: asked.method.as_str(),
        path: asked.path.clone(),
        served: false,
        answer: Answer {
            by: Answerer::Gateway,
            status: None,
            body: None,
            why,
        },
        hops: Vec::new(),
        private,
        methods: Vec::new(),
        nearest: Vec::new(),
        notes: asked.notes(None),
    }
}

fn gateway((status, body): (u16, &'static str), why: String) -> Answer {
    Answer {
        by: Answerer::Gateway,
        status: Some(status),
        body: Some(body.to_owned()),
        why,
    }
}

fn balancer(answered: Option<(u16, &'static str)>, kept: Option<String>) -> Answer {
    let why = kept.unwrap_or_else(|| "its rules send the request to no backend".to_owned());
    Answer {
        by: Answerer::Balancer,
        status: answered.map(|it| it.0),
        body: answered.map(|it| it.1.to_owned()),
        why,
    }
}

/// Why the gateway answers itself, and what would answer if it did not.
fn refused(
    kept: Option<String>,
    router: &Router<'_, '_>,
    method: HttpMethod,
    segments: &[&str],
) -> String {
    let kept = kept.unwrap_or_else(|| "no operation of the description is served there".to_owned());
    match router.without_refusals().route(method, segments) {
        Some(other) => {
            let (method, path) = (
                other.found.method.http_method.as_str(),
                other.reached.path(),
            );
            format!("{kept}; without this 404, `{method} {path}` would take the request")
        }
        None => kept,
    }
}

/// The operation that is not public and has the path; of several, that with the fewest variables.
fn kept_operation<'p>(
    plan: &'p Plan,
    method: HttpMethod,
    segments: &[&str],
) -> Option<&'p OperationPlan> {
    let is_asked = |it: &&OperationPlan| {
        !it.is_public()
            && it.method.overlaps(method)
            && it
                .asked_path
                .as_ref()
                .is_some_and(|path| has(path, segments))
    };
    let variables = |it: &&OperationPlan| {
        it.asked_path
            .iter()
            .flatten()
            .filter(|it| it.variable().is_some())
            .count()
    };
    plan.operations
        .iter()
        .filter(is_asked)
        .min_by_key(variables)
}

/// Why the gateway does not serve it, in a sentence.
fn kept_because(operation: Option<&OperationPlan>) -> Option<String> {
    let operation = operation?;
    let path = operation.asked_path.as_ref()?;
    let exposure = match operation.exposure {
        Exposure::Public => return None,
        Exposure::Internal => "internal",
        Exposure::Hidden => "hidden",
    };
    Some(format!(
        "`{} {}` is {}",
        operation.method.as_str(),
        text_of(path),
        exposure
    ))
}

/// Whether a path template takes a request.
fn has(path: &[Segment], segments: &[&str]) -> bool {
    match (path.split_first(), segments.split_first()) {
        (None, None) => true,
        (Some((Segment::Rest(_), _)), Some(_)) => true,
        (Some((Segment::Variable(_), path)), Some((_, segments))) => has(path, segments),
        (Some((Segment::Literal(text), path)), Some((asked, segments))) => {
            **text == **asked && has(path, segments)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}
