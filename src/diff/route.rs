//! A route in one state, and its rows.
//! In: an operation in two states. Out: rows. Pure.

use std::sync::Arc;

use super::{DiffRow, DiffState, Subject, reason};
use crate::diagnostic::Place;
use crate::listing::RouteRow;
use crate::listing::facts::{RouteFact, facts};
use crate::listing::field::{self, FieldValue, PlanField};
use crate::openapi::HttpMethod;
use crate::plan::{
    AuthDifference, OperationPlan, RouteField, Segment, SettingSource, names, text_of,
};
use crate::source::pointer::child;

/// A route in one state.
#[derive(Clone, Copy)]
pub(super) struct RouteIn<'a> {
    pub(super) state: DiffState<'a>,
    pub(super) operation: &'a OperationPlan,
}

impl<'a> RouteIn<'a> {
    pub(super) fn listed(self) -> RouteRow<'a> {
        RouteRow::of(self.state.plan, self.operation)
    }
}

/// The path that callers request.
pub(super) fn requested(operation: &OperationPlan) -> Option<&[Segment]> {
    let path = operation.gateway_path.as_ref();
    path.or(operation.requested_path.as_ref())
        .map(|path| &path[..])
}

/// What makes two operations the same route: names of variables do not count.
pub(super) fn key(operation: &OperationPlan) -> (String, HttpMethod) {
    let path = requested(operation);
    let label = path.map_or_else(|| operation.path.to_string(), names::path_label);
    (label, operation.method)
}

pub(super) fn subject(operation: &OperationPlan) -> Subject {
    let path = requested(operation);
    Subject::Route {
        path: path.map_or_else(|| Arc::clone(&operation.path), |path| text_of(path).into()),
        method: operation.method.as_str(),
    }
}

/// Rows of the fields that tell something.
pub(super) fn compare(
    before: RouteIn<'_>,
    after: RouteIn<'_>,
    tells: impl Fn(&PlanField) -> bool,
    rows: &mut Vec<DiffRow>,
) {
    let ours = facts(after.state.plan, &after.listed());
    let theirs = facts(before.state.plan, &before.listed());
    let first = rows.len();
    for (fact, previous) in ours.iter().zip(&theirs) {
        let row = row(after, fact, &previous.value, Some(before.state));
        rows.extend(row.filter(|row| tells(row.field)).map(|row| DiffRow {
            was: Some(place(before.state, before.operation, previous)),
            ..row
        }));
    }
    uncover(rows, first);
}

/// The row of a fact with an earlier value; `None` where both are equal.
pub(super) fn row(
    of: RouteIn<'_>,
    fact: &RouteFact<'_>,
    previous: &FieldValue<'_>,
    before: Option<DiffState<'_>>,
) -> Option<DiffRow> {
    Some(DiffRow {
        heading: fact.value.heading(previous, fact.field)?,
        subject: subject(of.operation),
        field: fact.field,
        before: previous.text(),
        after: fact.value.text(),
        place: Some(place(of.state, of.operation, fact)),
        was: None,
        reason: reason::of_route(before, of.state, of.operation, fact.field),
        addresses: Vec::new(),
    })
}

/// Fields of which a change is told by that of another one.
static COVERED: [(&PlanField, &PlanField); 3] = [
    (&field::SCOPES, &field::AUTH),
    (&field::SHARED, &field::CACHE_KEY),
    (&field::CACHE_ENCRYPTION, &field::CACHE_KEY),
];

/// Leaves out rows, from an index on, of which others tell.
pub(super) fn uncover(rows: &mut Vec<DiffRow>, first: usize) {
    let found: Vec<&PlanField> = rows[first..].iter().map(|row| row.field).collect();
    let is_covered = |row: &DiffRow| {
        let mut covering = COVERED.iter().filter(|(field, _)| *field == row.field);
        covering.any(|(_, by)| found.contains(by))
    };
    rows.extract_if(first.., |row| is_covered(row))
        .for_each(drop);
}

/// The place of a fact: the setting that decides it, else the operation.
fn place(state: DiffState<'_>, operation: &OperationPlan, fact: &RouteFact<'_>) -> Place {
    let Some(setting) = fact.setting else {
        return operation.place.clone();
    };
    let blueprint = state.blueprint;
    match operation.sources.get(setting) {
        _ if fact.field == &field::ENCRYPTION => servers(state, operation),
        Some(SettingSource::Route(index)) => {
            let of_stage = "/stage/cache/encrypted";
            if fact.field == &field::CACHE_ENCRYPTION && blueprint.is_written(of_stage) {
                return blueprint.place(of_stage);
            }
            blueprint.place(&format!("/routes/{index}/{}", setting.name()))
        }
        Some(SettingSource::Extension) => {
            let name = setting.name();
            operation.place.clone().below(&format!("/x-gwgen-{name}"))
        }
        None => default_place(state, operation, setting),
    }
}

/// The place of a backend's encryption.
fn servers(state: DiffState<'_>, operation: &OperationPlan) -> Place {
    let backend = operation.backend.map(|index| &state.plan.backends[index]);
    backend.map_or_else(
        || operation.place.clone(),
        |backend| {
            let at = child("/backends", &backend.name);
            state.blueprint.place(&format!("{at}/protocol"))
        },
    )
}

/// The place of a setting that no route decides.
fn default_place(state: DiffState<'_>, operation: &OperationPlan, setting: RouteField) -> Place {
    let in_blueprint = |pointer: &str| state.blueprint.place(pointer);
    let is_written = |pointer: &str| state.blueprint.is_written(pointer);
    match (setting, &operation.auth.differs) {
        (RouteField::Auth | RouteField::ApiKey, Some(AuthDifference::Ignored(names)))
            if !names.is_empty() =>
        {
            in_blueprint(&child("/auth", &names[0]))
        }
        (RouteField::Auth | RouteField::Scopes | RouteField::ApiKey, _) => {
            operation.place.clone().below("/security")
        }
        (RouteField::Throttle, _) if is_written("/stage/throttle") => {
            in_blueprint("/stage/throttle")
        }
        (RouteField::Validation, _) if is_written("/api/validation") => {
            in_blueprint("/api/validation")
        }
        _ => operation.place.clone(),
    }
}
