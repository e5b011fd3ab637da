//! Path variables that become greedy, or no longer are: `{x}` and `{x+}`.
//!
//! In: `Plan`, `Memory`. Out: labels that a path had, the variables that the next render knows.
//! Pure.
//! Terraform changes the path part of a resource in place (docs/aws-rules.md#w18), if the resource
//! is known by its new label. Only without children: a greedy variable has none.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fact;
use crate::memory::{FactMap, Memory};
use crate::plan::{Plan, Segment, names, text_of};

/// Key of the moves of a path.
fn key(label: &str) -> String {
    format!("paths/{label}")
}

/// Paths that end with a variable and have nothing below.
fn leaves(plan: &Plan) -> Vec<&[Segment]> {
    let operations = plan.operations.iter();
    let operations = operations.filter_map(|operation| operation.gateway_path.as_deref());
    let refusals = plan.refusals.iter().map(|refusal| &*refusal.path);
    let preflights = plan.cors.iter().flat_map(|cors| &cors.preflights);
    let preflights = preflights.map(|preflight| &*preflight.path);
    let mut paths: Vec<&[Segment]> = operations.chain(refusals).chain(preflights).collect();
    // Sorted, what is below a path comes right behind it.
    paths.sort_unstable();
    paths.dedup();
    let is_leaf = |index: usize| {
        let below = paths.get(index + 1);
        below.is_none_or(|below| !below.starts_with(paths[index]))
    };
    let leaves = paths.iter().enumerate();
    let leaves =
        leaves.filter(|(_, path)| path.last().is_some_and(|last| last.variable().is_some()));
    leaves
        .filter(|(index, _)| is_leaf(*index))
        .map(|(_, path)| *path)
        .collect()
}

/// The variables that the next render knows.
pub(super) fn variables(plan: &Plan) -> FactMap {
    let mut variables = FactMap::new();
    for path in leaves(plan) {
        fact(&mut variables, names::path_label(path), text_of(path));
    }
    variables
}

/// Labels of earlier renders by today's, of paths that are other variables now; adds the moves that
/// the next render knows.
pub(super) fn moved_paths(
    plan: &Plan,
    memory: &Memory,
    moves: &mut FactMap,
) -> BTreeMap<String, Arc<str>> {
    let mut moved = BTreeMap::new();
    if memory.variables.is_empty() && memory.moves.is_empty() {
        return moved;
    }
    for path in leaves(plan) {
        let (now, other) = (names::path_label(path), names::path_label(&other(path)));
        let is_known = |label: &String| memory.variables.contains_key(label);
        let is_of_last_render = is_known(&other) && !is_known(&now);
        let before = memory.moves.get(&key(&other));
        if is_of_last_render || before.is_some_and(|to| to.contains(&now)) {
            fact(moves, key(&other), &*now);
            moved.insert(now, other.into());
        }
    }
    moved
}

/// The same path with a variable of the other kind at its end.
fn other(path: &[Segment]) -> Vec<Segment> {
    let mut path = path.to_vec();
    if let Some(last) = path.last_mut() {
        *last = match last {
            Segment::Variable(name) => Segment::Rest(Arc::clone(name)),
            Segment::Rest(name) => Segment::Variable(Arc::clone(name)),
            Segment::Literal(text) => Segment::Literal(Arc::clone(text)),
        };
    }
    path
}
