//! Requests that another route gets: below a variable of the path, or by `ANY`.
//! In: two states. Out: rows of routes that one state alone serves. Pure.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::route::{RouteIn, compare, key, requested, subject};
use super::{DiffRow, DiffState};
use crate::aws::Integration;
use crate::follow::{ResourceTree, RouteMatch, Router, SAMPLE};
use crate::listing::field::{self, PlanField};
use crate::openapi::HttpMethod;
use crate::plan::{OperationPlan, Segment, text_of};

/// Public routes of a state, searched by requests.
pub(super) struct Answerers<'a> {
    state: Option<DiffState<'a>>,
    index: OnceCell<Option<Index<'a>>>,
}

struct Index<'a> {
    tree: ResourceTree<'a>,
    by_template: BTreeMap<(HttpMethod, String), &'a OperationPlan>,
}

impl<'a> Answerers<'a> {
    pub(super) fn of(state: Option<DiffState<'a>>) -> Self {
        Self {
            state,
            index: OnceCell::new(),
        }
    }

    fn index(&self) -> Option<&Index<'a>> {
        let index = self.index.get_or_init(|| {
            let state = self.state?;
            let public = state.plan.operations.iter();
            let named = public.filter_map(|operation| {
                let path = text_of(operation.gateway_path.as_ref()?);
                Some(((operation.method, path), operation))
            });
            Some(Index {
                tree: ResourceTree::of(state.stack).ok()?,
                by_template: named.collect(),
            })
        });
        index.as_ref()
    }

    /// The public operation that gets requests of an operation; `None` where they are refused.
    pub(super) fn of_requests(&self, operation: &OperationPlan) -> Option<&'a OperationPlan> {
        let found = self.route(operation)?;
        let template = (found.method.node.http_method, found.path.path());
        self.index()?.by_template.get(&template).copied()
    }

    /// Returns whether the gateway has a method that answers requests of an operation with 404.
    pub(super) fn refuses(&self, operation: &OperationPlan) -> bool {
        let found = self.route(operation);
        found.is_some_and(|found| matches!(found.method.node.integration, Integration::NotFound))
    }

    fn route(&self, operation: &OperationPlan) -> Option<RouteMatch<'a>> {
        let segments = requested(operation)?.iter().map(|segment| match segment {
            Segment::Literal(text) => &**text,
            Segment::Variable(_) | Segment::Rest(_) => SAMPLE,
        });
        let segments: Vec<&str> = segments.collect();
        Router::of(&self.index()?.tree).route(operation.method, &segments)
    }
}

/// What a caller shows, and which servers get the request.
static ASKED: [&PlanField; 4] = [&field::AUTH, &field::SCOPES, &field::KEY, &field::BACKEND];

/// Rows of operations whose requests another one gets in one of the states.
pub(super) fn rows(
    before: DiffState<'_>,
    after: DiffState<'_>,
    [earlier, later]: &[Answerers<'_>; 2],
) -> Vec<DiffRow> {
    let mut pairs: BTreeMap<_, [Option<&OperationPlan>; 2]> = BTreeMap::new();
    for (index, state) in [before, after].into_iter().enumerate() {
        for operation in &state.plan.operations {
            pairs.entry(key(operation)).or_default()[index] = Some(operation);
        }
    }
    let mut rows = Vec::new();
    for [old, new] in pairs.into_values() {
        let Some(operation) = new.or(old) else {
            continue;
        };
        let is_public =
            |operation: Option<&OperationPlan>| operation.is_some_and(OperationPlan::is_public);
        if old.is_some() && new.is_some() && is_public(old) == is_public(new) {
            continue;
        }
        let from = earlier.of_requests(operation);
        let to = later.of_requests(operation);
        let first = rows.len();
        match (from, to) {
            (Some(from), Some(to)) => {
                let [from, to] = [(before, from), (after, to)]
                    .map(|(state, operation)| RouteIn { state, operation });
                compare(from, to, |of| ASKED.contains(&of), &mut rows);
            }
            (None, Some(to)) if !is_public(new) => {
                rows.extend(old.map(|old| refused(old, to, true)))
            }
            (Some(from), None) if !is_public(old) => {
                rows.extend(new.map(|new| refused(new, from, false)));
            }
            _ => {}
        }
        for row in &mut rows[first..] {
            row.subject = subject(operation);
            let texts = [(from, &mut row.before), (to, &mut row.after)];
            for (other, text) in texts {
                let other = other.filter(|other| key(other) != key(operation));
                let other = other.map(|other| format!(", as `{}`", subject(other)));
                text.push_str(&other.unwrap_or_default());
            }
        }
    }
    rows
}

/// The row of an operation that is not public, and whose requests another one gets in one state.
fn refused(operation: &OperationPlan, other: &OperationPlan, is_opened: bool) -> DiffRow {
    let side = |operation: &OperationPlan| {
        let place = Some(operation.place.clone());
        (operation.exposure.name().to_owned(), place)
    };
    let (closed, open) = (side(operation), side(other));
    let (heading, (before, was), (after, place)) = if is_opened {
        (field::EXPOSURE.more, closed, open)
    } else {
        (field::EXPOSURE.less, open, closed)
    };
    DiffRow {
        heading,
        subject: subject(operation),
        field: &field::EXPOSURE,
        before,
        after,
        place,
        was,
        reason: None,
        addresses: Vec::new(),
    }
}
