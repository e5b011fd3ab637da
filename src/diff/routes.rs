//! Differences of routes.
//! In: two states. Out: rows of routes that are new, gone or different. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::route::{RouteIn, compare, key, row, subject, uncover};
use super::taken::{self, Answerers};
use super::{DiffRow, DiffState, DiffStates, Subject, reason};
use crate::blueprint::{Exposure, Validation};
use crate::listing::facts::loosenable;
use crate::listing::field::{self, Heading, PlanField};
use crate::listing::{PrivateRoute, RouteRow};
use crate::memory::Memory;
use crate::openapi::HttpMethod;
use crate::plan::{BackendPlan, IntegrationPlan, OperationPlan, names};

/// A route in both states.
type RoutePair<'a> = (Option<&'a OperationPlan>, Option<&'a OperationPlan>);

/// Routes that either state serves.
type RoutePairs<'a> = BTreeMap<(String, HttpMethod), RoutePair<'a>>;

pub(super) fn pairs(states: DiffStates<'_>) -> RoutePairs<'_> {
    let mut pairs = RoutePairs::new();
    for operation in states.before.into_iter().flat_map(served) {
        pairs.entry(key(operation)).or_default().0 = Some(operation);
    }
    for operation in states.after.into_iter().flat_map(served) {
        pairs.entry(key(operation)).or_default().1 = Some(operation);
    }
    pairs
}

pub(super) fn rows(states: DiffStates<'_>, pairs: &RoutePairs<'_>) -> Vec<DiffRow> {
    let asks = [states.before, states.after]
        .into_iter()
        .flatten()
        .any(asks_callers);
    let answerers = [states.before, states.after].map(Answerers::of);
    let mut rows = Vec::new();
    for pair in pairs.values() {
        match (*pair, states.before, states.after) {
            ((Some(old), Some(new)), Some(before), Some(after)) => {
                let are_public = [old.is_public(), new.is_public()];
                let tells = |of: &PlanField| is_told(of, are_public);
                let [old, new] = [(before, old), (after, new)]
                    .map(|(state, operation)| RouteIn { state, operation });
                compare(old, new, tells, &mut rows);
            }
            ((Some(old), None), Some(_), _) => rows.push(removed(old, states.after, &answerers)),
            ((None, Some(new)), before, Some(after)) => rows.push(added(before, after, new, asks)),
            _ => {}
        }
    }
    if let (Some(before), Some(after)) = (states.before, states.after) {
        let opened: BTreeSet<Subject> = rows
            .iter()
            .filter(|row| row.field == &field::OPEN_ROUTE)
            .map(|row| row.subject.clone())
            .collect();
        let taken = taken::rows(before, after, &answerers).into_iter();
        // A new route that is open says all of what it asks.
        rows.extend(
            taken.filter(|row| row.field == &field::BACKEND || !opened.contains(&row.subject)),
        );
    }
    rows
}

/// Returns whether a field tells something; what the gateway decides is nothing to callers who pass
/// it by.
fn is_told(field: &PlanField, [old, new]: [bool; 2]) -> bool {
    match (old, new) {
        (true, true) => true,
        (false, false) => [&field::BACKEND, &field::PRIVATE_PATH].contains(&field),
        (true, false) | (false, true) => [&field::EXPOSURE, &field::BACKEND].contains(&field),
    }
}

/// Operations that somebody can call.
fn served<'a>(state: DiffState<'a>) -> impl Iterator<Item = &'a OperationPlan> {
    let plan = state.plan;
    let is_served = move |operation: &&OperationPlan| match operation.exposure {
        Exposure::Public => true,
        Exposure::Internal => PrivateRoute::of(plan, operation).is_some(),
        Exposure::Hidden => false,
    };
    plan.operations.iter().filter(is_served)
}

/// Returns whether some callers of the gateway have to show who they are.
fn asks_callers(state: DiffState<'_>) -> bool {
    let public = state
        .plan
        .operations
        .iter()
        .filter(|operation| operation.is_public());
    public
        .into_iter()
        .any(|operation| !operation.auth.is_open())
}

fn added(
    before: Option<DiffState<'_>>,
    state: DiffState<'_>,
    operation: &OperationPlan,
    asks: bool,
) -> DiffRow {
    let is_loose =
        operation.is_public() && operation.auth.is_open() && asks && !state.plan.is_restricted();
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
        after: summary(&RouteRow::of(state.plan, operation)),
        place: Some(operation.place.clone()),
        was: None,
        reason: reason::of_route(before, state, operation, field),
        addresses: Vec::new(),
    }
}

fn removed(
    operation: &OperationPlan,
    after: Option<DiffState<'_>>,
    [_, answerers]: &[Answerers<'_>; 2],
) -> DiffRow {
    let taken = answerers
        .of_requests(operation)
        .filter(|_| operation.is_public());
    let taken = taken.map(|other| format!("`{}` gets its requests", subject(other)));
    let then = match (operation.exposure, after) {
        _ if taken.is_some() => taken.as_deref().unwrap_or_default(),
        (Exposure::Public, Some(_)) if answerers.refuses(operation) => "callers get 404 Not Found",
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

/// A new route in a few words: who may call it, what is checked, where it leads.
fn summary(row: &RouteRow<'_>) -> String {
    let mut words = Vec::new();
    if !row.is_public() {
        words.push(row.exposure.name().to_owned());
    }
    words.push(match row.auth {
        None | Some("none") => "no authorization".to_owned(),
        Some(name) => {
            let scopes = row.scopes.iter().map(|scope| &**scope);
            [name]
                .into_iter()
                .chain(scopes)
                .collect::<Vec<_>>()
                .join(" ")
        }
    });
    if row.api_key {
        words.push("API key".to_owned());
    }
    words.extend(match row.validation {
        Some(Validation::Full) => Some("request checked".to_owned()),
        Some(Validation::Params) => Some("parameters checked".to_owned()),
        Some(Validation::Body) => Some("body checked".to_owned()),
        Some(Validation::None) | None => None,
    });
    words.extend(row.servers.map(servers));
    words.join(", ")
}

/// A backend with its port.
fn servers(backend: &BackendPlan) -> String {
    match &backend.integration {
        IntegrationPlan::Balanced(balanced) => format!("{}:{}", backend.name, balanced.port),
        IntegrationPlan::Forwarder(forwarder) => format!("{}:{}", backend.name, forwarder.port),
        IntegrationPlan::Internet(_) | IntegrationPlan::Function(_) => backend.name.to_string(),
    }
}

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
            rows.extend((!memory.access.is_empty()).then(|| added(None, state, operation, asks)));
            continue;
        };
        let of = RouteIn { state, operation };
        let first = rows.len();
        for fact in loosenable(state.plan, &of.listed()) {
            let mut values = known.iter().flat_map(|known| known.split("; "));
            let named = |text: &str| {
                text.split_once(": ")
                    .filter(|(name, _)| *name == fact.field.name)
                    .map(|(_, value)| fact.value.recalled(value))
            };
            let previous = values.find_map(named).flatten();
            rows.extend(previous.and_then(|previous| row(of, &fact, &previous, None)));
        }
        uncover(&mut rows, first);
    }
    rows.retain(|row| row.heading == Heading::Loosened);
    rows
}
