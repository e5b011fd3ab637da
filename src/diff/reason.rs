//! Reasons that answer a row: written in the same change, where a reviewer reads them.
//! In: rows, the blueprints of both states. Out: rows with their reasons. Pure.

use std::sync::Arc;

use super::{DiffRow, DiffState, DiffStates, Subject};
use crate::diagnostic::Place;
use crate::listing::field;
use crate::plan::{
    AuthDifference, OperationPlan, PatternKind, Patterns, RouteField, SettingSource,
};

/// A reason, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReason {
    /// The field that holds it: `weakens`, `shared` or `lint.allow`.
    pub by: &'static str,
    pub text: Arc<str>,
    pub place: Place,
}

/// The reason of a route itself.
pub(super) fn of_route(
    state: DiffState<'_>,
    operation: &OperationPlan,
    of: &field::PlanField,
) -> Option<RowReason> {
    let is = |fields: &[&field::PlanField]| fields.contains(&of);
    let place = |setting: RouteField, below: &str| match operation.sources.get(setting) {
        Some(SettingSource::Route(index)) => {
            state.blueprint.place(&format!("/routes/{index}/{below}"))
        }
        Some(SettingSource::Extension) | None => operation.place.clone(),
    };
    if is(&[
        &field::AUTH,
        &field::SCOPES,
        &field::KEY,
        &field::OPEN_ROUTE,
    ]) && let Some(AuthDifference::Weakened(text)) = &operation.auth.differs
    {
        return Some(RowReason {
            by: "weakens",
            text: Arc::clone(text),
            place: place(RouteField::Auth, "weakens"),
        });
    }
    let shared = operation.cache.as_ref()?.shared.as_ref()?;
    is(&[&field::CACHE_KEY, &field::SHARED]).then(|| RowReason {
        by: "shared",
        text: Arc::clone(shared),
        place: place(RouteField::Cache, "cache/shared"),
    })
}

/// Answers rows by the entries of `lint.allow` that the change adds.
pub(super) fn answer(rows: &mut [DiffRow], states: DiffStates<'_>) {
    let Some(after) = states.after else { return };
    let known = states.before.map(|before| &before.blueprint.spec.lint);
    for (index, entry) in after.blueprint.spec.lint.allow.iter().flatten().enumerate() {
        // What was allowed before does not answer what is new.
        let is_known =
            known.is_some_and(|lint| lint.allow.iter().flatten().any(|one| one == entry));
        let paths = entry.paths.as_ref().map(|texts| {
            let mut patterns = Patterns::new(PatternKind::Paths);
            texts.iter().for_each(|text| patterns.insert(text, ()));
            patterns
        });
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
