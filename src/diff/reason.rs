//! Reasons that answer a row: written in the same change, where a reviewer reads them.
//! In: rows, the blueprints of both states. Out: rows with their reasons. Pure.

use std::sync::Arc;

use super::{DiffRow, DiffState, DiffStates, Subject};
use crate::blueprint::RouteSpec;
use crate::diagnostic::Place;
use crate::listing::field;
use crate::plan::{AuthDifference, OperationPlan, Patterns, RouteField, SettingSource};

/// A reason, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReason {
    /// The field that holds it: `weakens`, `shared` or `lint.allow`.
    pub by: &'static str,
    pub text: Arc<str>,
    pub place: Place,
}

/// The reason of a route itself, if the first state did not have the route as it is.
pub(super) fn of_route(
    before: Option<DiffState<'_>>,
    state: DiffState<'_>,
    operation: &OperationPlan,
    of: &field::PlanField,
) -> Option<RowReason> {
    let asked = [RouteField::Auth, RouteField::Scopes, RouteField::ApiKey];
    let (by, text, settings) = if [&field::CACHE_KEY, &field::SHARED].contains(&of) {
        let shared = operation.cache.as_ref()?.shared.as_ref()?;
        ("shared", shared, &[RouteField::Cache][..])
    } else if ASKED.contains(&of)
        && let Some(AuthDifference::Weakened(text)) = &operation.auth.differs
    {
        ("weakens", text, &asked[..])
    } else {
        return None;
    };
    let routes = settings
        .iter()
        .filter_map(|setting| match operation.sources.get(*setting) {
            Some(SettingSource::Route(index)) => Some(index),
            Some(SettingSource::Extension) | None => None,
        });
    let specs = state.blueprint.spec.routes.as_deref().unwrap_or_default();
    let says = |spec: &RouteSpec| by == "shared" || spec.weakens.as_deref() == Some(text);
    let mut said = routes.filter_map(|index| Some((index, specs.get(index)?)));
    let route = said.find(|(_, spec)| says(spec));
    // What was written before does not answer what is new.
    let known = before.and_then(|before| before.blueprint.spec.routes.as_deref());
    if route.is_some_and(|(_, spec)| known.unwrap_or_default().contains(spec)) {
        return None;
    }
    let below = if by == "shared" { "cache/shared" } else { by };
    let place = route.map(|(index, _)| format!("/routes/{index}/{below}"));
    Some(RowReason {
        by,
        text: Arc::clone(text),
        place: place.map_or_else(
            || operation.place.clone(),
            |place| state.blueprint.place(&place),
        ),
    })
}

/// Fields of which a route's `weakens` says why they ask for less.
static ASKED: [&field::PlanField; 4] = [
    &field::AUTH,
    &field::SCOPES,
    &field::KEY,
    &field::OPEN_ROUTE,
];

/// Answers rows by the entries of `lint.allow` that the change adds.
pub(super) fn answer(rows: &mut [DiffRow], states: DiffStates<'_>) {
    let Some(after) = states.after else { return };
    let known = states.before.map(|before| &before.blueprint.spec.lint);
    for (index, entry) in after.blueprint.spec.lint.allow.iter().flatten().enumerate() {
        // What was allowed before does not answer what is new.
        let is_known =
            known.is_some_and(|lint| lint.allow.iter().flatten().any(|one| one == entry));
        let paths = entry.paths.as_deref().map(Patterns::of_paths);
        let answers = |row: &DiffRow| {
            row.reason.is_none()
                && !is_known
                && row.heading.code().code == entry.code
                && paths.as_ref().is_none_or(|paths| match &row.subject {
                    Subject::Route { path, .. } => paths.any(path, |()| true),
                    Subject::Part(_) => false,
                })
        };
        for row in rows.iter_mut().filter(|row| answers(row)) {
            row.reason = Some(RowReason {
                by: "lint.allow",
                text: entry.reason.as_str().into(),
                place: after
                    .blueprint
                    .place(&format!("/lint/allow/{index}/reason")),
            });
        }
    }
}
