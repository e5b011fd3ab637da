//! Differences of routes.
//! In: two states. Out: rows of routes that are new, gone or different. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{DiffRow, DiffState, DiffStates, Subject, reason};
use crate::blueprint::{Exposure, OutputFormat};
use crate::diagnostic::Place;
use crate::listing;
use crate::listing::facts::{RouteFact, facts, loosenable};
use crate::listing::field::{self, Heading, PlanField};
use crate::memory::Memory;
use crate::openapi::HttpMethod;
use crate::plan::{
    Check, IntegrationPlan, OperationPlan, Plan, RouteField, SettingSource, names, text_of,
};
use crate::pointer;

/// A route in both states.
type RoutePair<'a> = (Option<&'a OperationPlan>, Option<&'a OperationPlan>);

/// Count of the routes that either state serves.
pub(super) fn count(states: DiffStates<'_>) -> usize {
    pairs(states).len()
}

fn pairs(states: DiffStates<'_>) -> BTreeMap<(String, HttpMethod), RoutePair<'_>> {
    let mut pairs: BTreeMap<(String, HttpMethod), RoutePair<'_>> = BTreeMap::new();
    for operation in states.before.into_iter().flat_map(served) {
        pairs.entry(key(operation)).or_default().0 = Some(operation);
    }
    for operation in states.after.into_iter().flat_map(served) {
        pairs.entry(key(operation)).or_default().1 = Some(operation);
    }
    pairs
}

pub(super) fn rows(states: DiffStates<'_>) -> Vec<DiffRow> {
    let asks = [states.before, states.after]
        .into_iter()
        .flatten()
        .any(asks_callers);
    let mut rows = Vec::new();
    for pair in pairs(states).into_values() {
        match (pair, states.before, states.after) {
            ((Some(old), Some(new)), Some(before), Some(after)) => {
                let old = RouteIn {
                    state: before,
                    operation: old,
                };
                let new = RouteIn {
                    state: after,
                    operation: new,
                };
                compare(old, new, &mut rows);
            }
            ((Some(old), None), Some(_), _) => rows.push(removed(old, states.after)),
            ((None, Some(new)), _, Some(after)) => rows.push(added(after, new, asks)),
            _ => {}
        }
    }
    rows
}

/// Operations that somebody can call.
fn served<'a>(state: DiffState<'a>) -> impl Iterator<Item = &'a OperationPlan> {
    let plan = state.plan;
    let is_served = move |operation: &&OperationPlan| match operation.exposure {
        Exposure::Public => true,
        Exposure::Internal => listing::is_private(plan, operation),
        Exposure::Hidden => false,
    };
    plan.operations.iter().filter(is_served)
}

/// What makes two operations the same route: names of variables do not count.
fn key(operation: &OperationPlan) -> (String, HttpMethod) {
    let path = operation
        .gateway_path
        .as_ref()
        .or(operation.requested_path.as_ref());
    let label = path.map_or_else(
        || operation.path.to_string(),
        |path| names::path_label(path),
    );
    (label, operation.method)
}

fn subject(operation: &OperationPlan) -> Subject {
    let path = operation
        .gateway_path
        .as_ref()
        .or(operation.requested_path.as_ref());
    Subject::Route {
        path: path.map_or_else(|| Arc::clone(&operation.path), |path| text_of(path).into()),
        method: operation.method.as_str(),
    }
}

/// Returns whether some callers of the gateway have to show who they are.
fn asks_callers(state: DiffState<'_>) -> bool {
    let public = state
        .plan
        .operations
        .iter()
        .filter(|operation| operation.is_public());
    public.into_iter().any(|operation| !is_open(operation))
}

fn is_open(operation: &OperationPlan) -> bool {
    operation.auth.check == Check::Nobody && !operation.auth.api_key
}

fn added(state: DiffState<'_>, operation: &OperationPlan, asks: bool) -> DiffRow {
    let is_loose =
        operation.is_public() && is_open(operation) && asks && !state.plan.is_restricted();
    let field = if is_loose {
        &field::OPEN_ROUTE
    } else {
        &field::ROUTE
    };
    DiffRow {
        heading: field.more,
        subject: subject(operation),
        field,
        before: String::new(),
        after: summary(state.plan, operation),
        place: Some(operation.place.clone()),
        was: None,
        reason: reason::of_route(state, operation, field),
        addresses: Vec::new(),
    }
}

fn removed(operation: &OperationPlan, after: Option<DiffState<'_>>) -> DiffRow {
    let then = match (operation.exposure, after) {
        (Exposure::Public, Some(after)) if is_closed(after.plan, operation) => {
            "callers get 404 Not Found"
        }
        (Exposure::Public, Some(_)) => "callers get 403 Missing Authentication Token",
        (Exposure::Public, None) => "the API is gone",
        (Exposure::Internal | Exposure::Hidden, _) => "the load balancer has no rule for it",
    };
    DiffRow {
        heading: field::ROUTE.less,
        subject: subject(operation),
        field: &field::ROUTE,
        before: format!("was {}", operation.exposure.name()),
        after: then.to_owned(),
        place: None,
        was: Some(operation.place.clone()),
        reason: None,
        addresses: Vec::new(),
    }
}

/// Returns whether CloudFormation keeps the method of a removed operation.
fn is_closed(plan: &Plan, operation: &OperationPlan) -> bool {
    plan.output.format == OutputFormat::Cloudformation
        && plan.output.api_style == crate::blueprint::ApiStyle::Resources
        && operation.gateway_path.is_some()
}

/// A new route in a few words: who may call it, what is checked, where it leads.
fn summary(plan: &Plan, operation: &OperationPlan) -> String {
    let mut words = Vec::new();
    if !operation.is_public() {
        words.push(operation.exposure.name().to_owned());
    }
    words.push(match listing::auth(plan, operation) {
        None | Some("none") => "no authorization".to_owned(),
        Some(name) => [&[name.to_owned()][..], &scopes(operation)]
            .concat()
            .join(" "),
    });
    if operation.auth.api_key {
        words.push("API key".to_owned());
    }
    match (operation.checks.parameters, operation.checks.body) {
        (true, true) => words.push("request checked".to_owned()),
        (true, false) => words.push("parameters checked".to_owned()),
        (false, true) => words.push("body checked".to_owned()),
        (false, false) => {}
    }
    words.extend(operation.backend.map(|index| servers(plan, index)));
    words.join(", ")
}

fn scopes(operation: &OperationPlan) -> Vec<String> {
    operation
        .auth
        .scopes
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// A backend with its port.
fn servers(plan: &Plan, index: usize) -> String {
    let backend = &plan.backends[index];
    match &backend.integration {
        IntegrationPlan::Balanced(balanced) => format!("{}:{}", backend.name, balanced.port),
        IntegrationPlan::Forwarder(forwarder) => format!("{}:{}", backend.name, forwarder.port),
        IntegrationPlan::Internet(_) | IntegrationPlan::Function(_) => backend.name.to_string(),
    }
}

/// A route in one state.
#[derive(Clone, Copy)]
struct RouteIn<'a> {
    state: DiffState<'a>,
    operation: &'a OperationPlan,
}

fn compare(before: RouteIn<'_>, after: RouteIn<'_>, rows: &mut Vec<DiffRow>) {
    let (earlier, old) = (before.state, before.operation);
    let (state, new) = (after.state, after.operation);
    let (ours, theirs) = (facts(state.plan, new), facts(earlier.plan, old));
    // What the gateway decides is nothing to callers who pass it by.
    let is_told = |field: &PlanField| match (old.is_public(), new.is_public()) {
        (true, true) => true,
        (false, false) => [&field::BACKEND, &field::PRIVATE_PATH].contains(&field),
        (true, false) | (false, true) => [&field::EXPOSURE, &field::BACKEND].contains(&field),
    };
    let tells = |fact: &&RouteFact<'_>| is_told(fact.field);
    let first = rows.len();
    for (fact, previous) in ours.iter().filter(tells).zip(theirs.iter().filter(tells)) {
        let Some(heading) = fact.value.heading(&previous.value, fact.field) else {
            continue;
        };
        rows.push(DiffRow {
            heading,
            subject: subject(new),
            field: fact.field,
            before: previous.value.text(),
            after: fact.value.text(),
            place: Some(place(state, new, fact)),
            was: Some(place(earlier, old, previous)),
            reason: reason::of_route(state, new, fact.field),
            addresses: Vec::new(),
        });
    }
    uncover(rows, first);
}

/// Fields of which a change is told by that of another one.
static COVERED: [(&PlanField, &PlanField); 3] = [
    (&field::SCOPES, &field::AUTH),
    (&field::SHARED, &field::CACHE_KEY),
    (&field::CACHE_ENCRYPTION, &field::CACHE_KEY),
];

/// Rows of public routes that let more pass than the memory says, which knows them.
pub(super) fn loosened_since(memory: &Memory, state: DiffState<'_>) -> Vec<DiffRow> {
    let asks = memory
        .access
        .values()
        .flatten()
        .any(|known| known.contains("auth: ") || known.contains("api key: 0"));
    let mut rows = Vec::new();
    for operation in state
        .plan
        .operations
        .iter()
        .filter(|operation| operation.is_public())
    {
        let Some(path) = &operation.gateway_path else {
            continue;
        };
        let label = names::operation_label(operation.method, path);
        let Some(known) = memory.access.get(&label) else {
            rows.extend((!memory.access.is_empty()).then(|| added(state, operation, asks)));
            continue;
        };
        let first = rows.len();
        for fact in loosenable(state.plan, operation) {
            let mut values = known.iter().flat_map(|known| known.split("; "));
            let named = |text: &str| {
                text.split_once(": ")
                    .filter(|(name, _)| *name == fact.field.name)
                    .map(|(_, value)| fact.value.recalled(value))
            };
            let previous = values.find_map(named).flatten();
            let heading = previous
                .as_ref()
                .and_then(|previous| fact.value.heading(previous, fact.field));
            if let (Some(heading), Some(previous)) = (heading, previous) {
                rows.push(DiffRow {
                    heading,
                    subject: subject(operation),
                    field: fact.field,
                    before: previous.text(),
                    after: fact.value.text(),
                    place: Some(place(state, operation, &fact)),
                    was: None,
                    reason: reason::of_route(state, operation, fact.field),
                    addresses: Vec::new(),
                });
            }
        }
        uncover(&mut rows, first);
    }
    rows.retain(|row| row.heading == Heading::Loosened);
    rows
}

/// Leaves out rows, from an index on, of which others tell.
fn uncover(rows: &mut Vec<DiffRow>, first: usize) {
    let found: Vec<&PlanField> = rows[first..].iter().map(|row| row.field).collect();
    let is_covered = |row: &DiffRow| {
        let mut covering = COVERED.iter().filter(|(field, _)| *field == row.field);
        covering.any(|(_, by)| found.contains(by))
    };
    rows.extract_if(first.., |row| is_covered(row))
        .for_each(drop);
}

/// Settings of the whole API, for routes that have none of their own.
static INHERITED: [(&PlanField, &str); 3] = [
    (&field::THROTTLE, "/stage/throttle"),
    (&field::VALIDATION, "/api/validation"),
    (&field::BODY, "/api/validation"),
];

/// The place of a fact: the setting that decides it, else the operation.
fn place(state: DiffState<'_>, operation: &OperationPlan, fact: &RouteFact<'_>) -> Place {
    let Some(setting) = fact.setting else {
        return operation.place.clone();
    };
    let blueprint = state.blueprint;
    let written = |pointer: &str| {
        let is_written = blueprint.is_written(pointer);
        is_written.then(|| blueprint.place(pointer))
    };
    let backend = operation.backend.map(|index| &state.plan.backends[index]);
    if let (true, Some(backend)) = (fact.field == &field::ENCRYPTION, backend) {
        let at = pointer::child("/backends", &*backend.name);
        return blueprint.place(&format!("{at}/protocol"));
    }
    match operation.sources.get(setting) {
        Some(SettingSource::Route(index)) => {
            let at = format!("/routes/{index}/{}", setting.name());
            let of_stage = (fact.field == &field::CACHE_ENCRYPTION)
                .then(|| written("/stage/cache/encrypted"))
                .flatten();
            of_stage.unwrap_or_else(|| blueprint.place(&at))
        }
        Some(SettingSource::Extension) => {
            let name = setting.name();
            operation.place.clone().below(&format!("/x-gwgen-{name}"))
        }
        None if [RouteField::Auth, RouteField::Scopes].contains(&setting) => {
            operation.place.clone().below("/security")
        }
        None => {
            let mut inherited = INHERITED.iter().filter(|(field, _)| *field == fact.field);
            let inherited = inherited.find_map(|(_, pointer)| written(pointer));
            inherited.unwrap_or_else(|| operation.place.clone())
        }
    }
}
