//! Public operations by their templates behind the gateway.
//! In: `BackendPaths`. Out: those that a request for a guarded one may reach.
//!
//! Templates of one shape are looked up together, by the segments that have to be the same text; no
//! two operations are compared in pairs.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::is_weaker;
use super::paths::{BackendPath, BackendPaths, PathContext};
use super::relation::{Relation, SegmentKind};
use crate::plan::AuthPlan;
use crate::plan::routes::tree::PathSegment;
use crate::plan::segments::SegmentIndex;

/// Indexes of paths by their shapes and segments.
type PathsByShape<'p> =
    BTreeMap<&'p [SegmentKind], SegmentIndex<'p, PathSegment, PathContext, usize>>;

/// Public operations by servers.
pub(crate) struct PublicIndex<'p> {
    paths: &'p BackendPaths,
    by_servers: BTreeMap<usize, PathsByShape<'p>>,
}

impl<'p> PublicIndex<'p> {
    pub(crate) fn new(paths: &'p BackendPaths) -> Self {
        let mut by_servers: BTreeMap<usize, PathsByShape<'_>> = BTreeMap::new();
        for (index, path) in paths.all.iter().enumerate() {
            if path.context.guard.is_some() {
                let by_shape = by_servers.entry(path.servers).or_default();
                let of_shape = by_shape.entry(&path.shape).or_default();
                of_shape.insert(path.parts.iter().collect(), path.context, index);
            }
        }
        Self { paths, by_servers }
    }

    /// Calls back with public operations that require less and may take requests of the guarded one,
    /// shape by shape; `Break` ends the search among those of the shape.
    pub(crate) fn search(
        &mut self,
        guarded: &'p BackendPath,
        mut each: impl FnMut(&BackendPath, &Relation) -> ControlFlow<()>,
    ) {
        let paths = self.paths;
        let nothing = AuthPlan::default();
        let segments: Vec<&PathSegment> = guarded.parts.iter().collect();
        let by_shape = self.by_servers.get_mut(&guarded.servers);
        for (shape, of_shape) in by_shape.into_iter().flatten() {
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
            let lists = of_shape.lists(relation.shared.clone(), &segments);
            let lists = lists.into_iter().flatten();
            let included = lists.filter(|(context, _)| is_included(context));
            for index in included.flat_map(|(_, list)| list) {
                if each(&paths.all[*index], &relation).is_break() {
                    break;
                }
            }
        }
    }
}
