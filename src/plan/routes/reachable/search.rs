//! Public operations by their templates behind the gateway.
//!
//! In: `BackendPaths`. Out: those that a request for a guarded one may reach. Pure.
//! Templates of one shape are looked up together, by the segments that have to be the same text; no
//! two operations are compared in pairs.

use std::collections::{BTreeMap, HashMap};

use super::is_weaker;
use super::paths::{BackendPath, BackendPaths, PathContext};
use super::relation::{BackendSegment, Relation, SegmentKind};
use crate::plan::AuthPlan;

/// Continuation of a search after a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    Further,
    /// No other operation of this shape.
    Enough,
}

/// Indexes of paths by their contexts, in order.
type PathsByContext = BTreeMap<PathContext, Vec<usize>>;

#[derive(Default)]
struct PathsOfShape<'p> {
    all: Vec<usize>,
    tables: HashMap<Vec<usize>, HashMap<Vec<&'p BackendSegment>, PathsByContext>>,
}

/// Public operations by servers and shape.
pub(crate) struct PublicIndex<'p> {
    paths: &'p BackendPaths,
    shapes: BTreeMap<usize, BTreeMap<&'p [SegmentKind], PathsOfShape<'p>>>,
}

impl<'p> PublicIndex<'p> {
    pub(crate) fn new(paths: &'p BackendPaths) -> Self {
        let mut shapes: BTreeMap<usize, BTreeMap<&[SegmentKind], PathsOfShape<'_>>> =
            BTreeMap::new();
        for (index, path) in paths
            .all
            .iter()
            .enumerate()
            .filter(|(_, path)| path.context.guard.is_some())
        {
            shapes
                .entry(path.servers)
                .or_default()
                .entry(&path.shape)
                .or_default()
                .all
                .push(index);
        }
        Self { paths, shapes }
    }

    /// Calls back with public operations that require less and may take requests of the guarded one,
    /// shape by shape.
    pub(crate) fn search(
        &mut self,
        guarded: &'p BackendPath,
        mut each: impl FnMut(&BackendPath, &Relation) -> Met,
    ) {
        let paths = self.paths;
        let nothing = AuthPlan::default();
        for (shape, members) in self.shapes.get_mut(&guarded.servers).into_iter().flatten() {
            let Some(relation) = Relation::of(shape, &guarded.shape) else {
                continue;
            };
            let is_met_here =
                (relation.is_crossing() && relation.public_comes_first) || relation.is_through_rest;
            let is_met_elsewhere = paths.differ_in_prefixes
                && (relation.public_is_wider || !relation.guarded_is_wider);
            if !is_met_here && !is_met_elsewhere {
                continue;
            }
            let key: Vec<&BackendSegment> = relation
                .shared
                .iter()
                .map(|at| &guarded.parts[*at])
                .collect();
            let all = &members.all;
            let table = members
                .tables
                .entry(relation.shared.clone())
                .or_insert_with_key(|shared| table(paths, all, shared));
            let is_included = |context: &PathContext| {
                let is_met = if context.prefixes == guarded.context.prefixes {
                    is_met_here
                } else {
                    is_met_elsewhere
                };
                let required = context.guard.map_or(&nothing, |guard| &paths.guards[guard]);
                let requires_less = guarded
                    .context
                    .guard
                    .is_none_or(|guard| is_weaker(required, &paths.guards[guard]));
                is_met && requires_less && context.method.overlaps(guarded.context.method)
            };
            let lists = table
                .get(&key)
                .into_iter()
                .flatten()
                .filter(|(context, _)| is_included(context));
            for index in lists.flat_map(|(_, list)| list) {
                if each(&paths.all[*index], &relation) == Met::Enough {
                    break;
                }
            }
        }
    }
}

fn table<'p>(
    paths: &'p BackendPaths,
    all: &[usize],
    shared: &[usize],
) -> HashMap<Vec<&'p BackendSegment>, PathsByContext> {
    let mut table: HashMap<Vec<&BackendSegment>, PathsByContext> = HashMap::new();
    for index in all {
        let path = &paths.all[*index];
        let key = shared.iter().map(|at| &path.parts[*at]).collect();
        table
            .entry(key)
            .or_default()
            .entry(path.context)
            .or_default()
            .push(*index);
    }
    table
}
