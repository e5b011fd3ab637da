//! Routes that earlier templates of CloudFormation have, and this plan does not.
//!
//! In: `Memory`, decided operations, refusals and preflights. Out: `ClosedPlan`, findings. Pure.
//! CloudFormation deletes after it has taken the new deployment (docs/aws-rules.md#w2), which would
//! show a deleted method on. So the method stays, and responds with 404, or as the operation that
//! gets its requests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Routes;
use super::cors::CorsPlan;
use super::earlier::{holds_methods, key, shape};
use super::tree::{Beside, EarlierRoute, PathSegment, RouteTree};
use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Diagnostic};
use crate::memory::{FactMap, Memory};
use crate::openapi::HttpMethod;
use crate::plan::access::keys;
use crate::plan::paths::{Segment, text_of};
use crate::plan::{OperationPlan, PreflightPlan};

/// Methods that stay in the template, and those that the next render has to know.
#[derive(Clone, Debug, Default)]
pub struct ClosedPlan {
    /// By path and method.
    pub routes: Vec<ClosedRoute>,
    /// The part of the memory about routes.
    pub known: FactMap,
}

/// A method that stays in the template though the plan does not have it.
#[derive(Clone, Debug)]
pub struct ClosedRoute {
    pub path: Vec<Segment>,
    pub method: HttpMethod,
    pub answer: ClosedAnswer,
    /// An earlier template has it; others stand beside such a one, and get what it would take.
    pub is_earlier: bool,
}

/// The response of a method that stays.
#[derive(Clone, Debug)]
pub enum ClosedAnswer {
    /// 404 of the gateway itself.
    NotFound,
    /// That of the operation that gets its requests.
    Operation {
        /// Path and method of that operation, as usage plans write them.
        own: String,
        /// The operation with the paths of this method.
        copy: Box<OperationPlan>,
    },
    /// The same of the preflight of another path.
    Preflight(PreflightPlan),
}

impl ClosedPlan {
    /// Copies of operations at the paths of methods that stay.
    pub fn operations(&self) -> impl Iterator<Item = &OperationPlan> {
        let routes = self.routes.iter();
        routes.filter_map(|route| match &route.answer {
            ClosedAnswer::Operation { copy, .. } => Some(&**copy),
            ClosedAnswer::NotFound | ClosedAnswer::Preflight(_) => None,
        })
    }
}

/// What responds at a method of the plan.
enum LiveAnswer<'a> {
    Operation(&'a OperationPlan),
    Refusal,
    Preflight(&'a PreflightPlan),
}

/// A method of the plan.
struct LiveRoute<'a> {
    path: &'a [Segment],
    method: HttpMethod,
    answer: LiveAnswer<'a>,
}

/// Methods of the plan, each once: an operation before a refusal, and that before a preflight.
fn live<'a>(routes: &'a Routes, cors: Option<&'a CorsPlan>) -> Vec<LiveRoute<'a>> {
    let operations = routes.operations.iter().filter_map(|operation| {
        Some(LiveRoute {
            path: operation.gateway_path.as_deref()?,
            method: operation.method,
            answer: LiveAnswer::Operation(operation),
        })
    });
    let refusals = routes.refusals.iter().map(|refusal| LiveRoute {
        path: &refusal.path,
        method: refusal.method,
        answer: LiveAnswer::Refusal,
    });
    let preflights = cors.into_iter().flat_map(|cors| &cors.preflights);
    let preflights = preflights.map(|preflight| LiveRoute {
        path: &preflight.path,
        method: HttpMethod::Options,
        answer: LiveAnswer::Preflight(preflight),
    });
    operations.chain(refusals).chain(preflights).collect()
}

/// Decides what methods of earlier templates do that the plan does not have.
///
/// Errors: GW4150 a variable that has to make room; notes GW5050 a closed route.
pub(crate) fn closed(
    memory: &Memory,
    blueprint: &Blueprint,
    routes: &Routes,
    cors: Option<&CorsPlan>,
    diagnostics: &mut Vec<Diagnostic>,
) -> ClosedPlan {
    let live = live(routes, cors);
    let output = &blueprint.spec.output;
    if live.is_empty() || !holds_methods(output.format, output.api_style) {
        let known = if memory.forgets {
            FactMap::new()
        } else {
            memory.routes.clone()
        };
        let routes = Vec::new();
        return ClosedPlan { routes, known };
    }
    let earlier = &routes.earlier;
    let mut tree = RouteTree::new();
    for (index, route) in live.iter().enumerate() {
        tree.insert(route.path, route.method, index);
    }
    tree.name_variables();
    let gone = if memory.forgets {
        BTreeSet::new()
    } else {
        earlier.routes.clone()
    };
    let beside = tree.beside(&gone, |path| earlier.named(path));
    diagnostics.extend(without_room(&live, &beside, blueprint));
    let routes: Vec<ClosedRoute> = beside
        .into_iter()
        .map(|(route, taker)| ClosedRoute {
            answer: taker.map_or(ClosedAnswer::NotFound, |taker| copied(&live[taker], &route)),
            is_earlier: earlier.routes.contains(&route),
            path: route.path,
            method: route.method,
        })
        .collect();
    let notes = routes
        .iter()
        .filter_map(|route| note(route, &routes, blueprint));
    diagnostics.extend(notes);
    let known = live.iter().map(|route| (route.path, route.method));
    let known = known.chain(routes.iter().map(|route| (&*route.path, route.method)));
    let known = known.map(|(path, method)| (key(path, method), BTreeSet::from([text_of(path)])));
    let known = known.collect();
    ClosedPlan { routes, known }
}

/// The response of a method of the plan, at the path of a method that stays.
fn copied(live: &LiveRoute<'_>, route: &EarlierRoute) -> ClosedAnswer {
    match live.answer {
        LiveAnswer::Operation(operation) => ClosedAnswer::Operation {
            own: keys::path(operation).unwrap_or_default(),
            copy: Box::new(at_route(operation, live.path, route)),
        },
        LiveAnswer::Refusal => ClosedAnswer::NotFound,
        LiveAnswer::Preflight(preflight) => ClosedAnswer::Preflight(PreflightPlan {
            path: route.path.clone(),
            ..preflight.clone()
        }),
    }
}

/// An operation as another route has it whose requests it gets.
fn at_route(operation: &OperationPlan, own: &[Segment], route: &EarlierRoute) -> OperationPlan {
    let path = &route.path;
    let value = |segment: &Segment| {
        let place = own.iter().position(|own| own == segment);
        match (segment, place) {
            (Segment::Variable(_), Some(place)) => &path[place..=place],
            (Segment::Rest(_), Some(place)) => &path[place..],
            (Segment::Literal(_) | Segment::Variable(_) | Segment::Rest(_), _) => {
                std::slice::from_ref(segment)
            }
        }
        .to_vec()
    };
    let others = operation.request_parameters.iter();
    let others = others.filter(|(name, _)| !name.starts_with("method.request.path."));
    let others = others.map(|(name, is_required)| (name.clone(), *is_required));
    let variables = path.iter().filter_map(Segment::variable);
    let variables = variables.map(|name| (format!("method.request.path.{name}"), true));
    OperationPlan {
        method: route.method,
        gateway_path: Some(path.clone()),
        backend_path: operation.backend_path.iter().flat_map(value).collect(),
        request_parameters: Arc::new(others.chain(variables).collect()),
        // The key of the cache names variables that this path may lack.
        cache: None,
        ..operation.clone()
    }
}

/// Reports variables that cannot stand beside those that stay.
fn without_room(live: &[LiveRoute<'_>], beside: &Beside, blueprint: &Blueprint) -> Vec<Diagnostic> {
    if beside.is_empty() {
        return Vec::new();
    }
    // By the path above: a variable and a greedy one, of the plan where it has one.
    let mut below: BTreeMap<Vec<PathSegment>, [Option<VariableUse<'_>>; 2]> = BTreeMap::new();
    let of_plan = live.iter().map(|route| (route.path, Some(route)));
    let paths = of_plan.chain(beside.keys().map(|route| (&*route.path, None)));
    for (path, live) in paths {
        for (index, segment) in path.iter().enumerate() {
            if segment.variable().is_some() {
                let uses = below.entry(shape(&path[..index])).or_default();
                let slot = &mut uses[usize::from(matches!(segment, Segment::Rest(_)))];
                slot.get_or_insert(VariableUse {
                    path: &path[..=index],
                    live,
                });
            }
        }
    }
    let uses = below.into_values();
    let uses = uses.filter_map(|[variable, greedy]| Some([variable?, greedy?]));
    let has_gone = |uses: &[VariableUse<'_>; 2]| uses.iter().any(|of| of.live.is_none());
    uses.filter(has_gone)
        .map(|[variable, greedy]| {
            let [stays, needed] = if variable.live.is_none() {
                [variable, greedy]
            } else {
                [greedy, variable]
            };
            no_room(&needed, &stays, blueprint)
        })
        .collect()
}

/// A variable at the end of a path, and a method of the plan at or below.
struct VariableUse<'a> {
    path: &'a [Segment],
    live: Option<&'a LiveRoute<'a>>,
}

fn no_room(needed: &VariableUse<'_>, stays: &VariableUse<'_>, blueprint: &Blueprint) -> Diagnostic {
    let operation = needed.live.and_then(|live| match live.answer {
        LiveAnswer::Operation(operation) => Some(operation),
        LiveAnswer::Refusal | LiveAnswer::Preflight(_) => None,
    });
    let place = operation.map_or_else(
        || blueprint.place("/output/format"),
        |operation| operation.place.clone(),
    );
    let [needed, stays] = [needed.path, stays.path].map(text_of);
    let finding = diagnostic::EARLIER_VARIABLE
        .at(place)
        .message(format_args!("`{needed}` stands where an earlier template has `{stays}`, and AWS takes one variable there: CloudFormation creates the new one before it deletes the other, and is refused"))
        .help(format_args!("render twice: first with `exposure: hidden` for the operations of `{needed}` and `gwgen render --forget`, and deploy that, which deletes `{stays}`; then without `hidden`"));
    match operation {
        Some(operation) => finding.keeps(operation.name()),
        None => finding,
    }
}

/// Names a method that stays; the preflight of a path that is closed needs no note of its own.
fn note(route: &ClosedRoute, all: &[ClosedRoute], blueprint: &Blueprint) -> Option<Diagnostic> {
    let is_beside = |other: &ClosedRoute| other.path == route.path && other.method != route.method;
    if !route.is_earlier || (route.method == HttpMethod::Options && all.iter().any(is_beside)) {
        return None;
    }
    let does = match &route.answer {
        ClosedAnswer::NotFound => "answers 404".to_owned(),
        ClosedAnswer::Operation { copy, .. } => {
            format!("answers as the operation of `{}` does", copy.path)
        }
        ClosedAnswer::Preflight(_) => "answers preflights".to_owned(),
    };
    Some(diagnostic::CLOSED_ROUTE
        .at(blueprint.place("/output/format"))
        .message(format_args!("`{} {}` is served no more: it stays in the template and {does}, since CloudFormation deletes a method only after the deployment that would still show it", route.method.as_str(), text_of(&route.path)))
        .help("deploy this everywhere; then `gwgen render --forget` drops it"))
}
