//! Every operation under every mount: its exposure, backend, and path on both sides of the gateway.
//!
//! In: `Api`s, `Blueprint`, `BackendPlan`s. Out: `Routes`, findings. `Builder` goes through
//! `drafts` (with `faults`, `settings` and `greedy`), `split`, `naming`, `complete`, `conflicts`,
//! `reachable`, `checks` and `finish`, in this order.

mod bases;
mod checks;
pub(crate) mod closed;
mod complete;
mod conflicts;
pub(crate) mod cors;
mod drafts;
mod earlier;
mod faults;
mod finish;
mod greedy;
mod naming;
mod reachable;
mod settings;
mod split;
pub(crate) mod tree;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::paths::{Segment, Template};
use super::rules::{Described, RouteRules, Siblings};
use super::{BackendPlan, ModelPlan, OperationPlan};
use crate::blueprint::{BasePathUse, Blueprint, MountSpec, PartialSegments};
use crate::diagnostic::{Diagnostic, OperationName, Place};
use crate::memory::Memory;
use crate::openapi::{Api, Operation};
use crate::plan::access::keys::Throttles;
use crate::plan::access::security::SecurityJoin;
use crate::plan::routes::tree::{Refusal, RouteTree};
use crate::plan::rules::extensions;
use crate::plan::rules::extensions::Extensions;
use crate::plan::stage::cache::{CacheRequest, KeyGap, KeyGapCase, SharedResponses};
use bases::{base, distinct};
use earlier::EarlierRoutes;

/// Decided operations, and what follows from them.
pub(crate) struct Routes {
    pub(crate) operations: Vec<OperationPlan>,
    pub(crate) refusals: Vec<Refusal>,
    /// Paths whose exported preflights get a response of the gateway.
    pub(crate) preflights: Vec<Vec<Segment>>,
    pub(crate) binary_media_types: Vec<Arc<str>>,
    /// Models of request bodies, by label.
    pub(crate) models: Vec<ModelPlan>,
    /// The base path before the operations of each description, on the gateway and behind it.
    pub(crate) bases: Vec<[Vec<Segment>; 2]>,
    /// Of usage plans.
    pub(crate) throttles: Throttles,
    /// Methods of earlier templates.
    pub(crate) earlier: EarlierRoutes,
}

/// Decides every operation.
///
/// Errors: faults of operations, GW3001 backend, GW3009 shadowed, GW40xx paths, GW4017 timeout, and
/// those of `security`.
pub(crate) fn routes(
    apis: &[Api],
    blueprint: &Blueprint,
    backends: &[BackendPlan],
    memory: &Memory,
    diagnostics: &mut Vec<Diagnostic>,
) -> Routes {
    let descriptions = Descriptions::new(apis, blueprint);
    let earlier = EarlierRoutes::of(memory, blueprint);
    let mut builder = Builder::new(&descriptions, blueprint, backends, earlier);
    for index in 0..descriptions.operations.len() {
        builder.operation(index);
    }
    builder.unknown_greedy_names();
    builder.split_greedy();
    builder.name_variables();
    builder.refuse_competing_variables();
    builder.refuse_private();
    builder.check_reachable();
    builder.checks();
    builder.finish(diagnostics)
}

/// Operations as the descriptions have them.
struct Descriptions<'a> {
    apis: &'a [Api],
    /// Operations of all descriptions, each with the index of its description.
    operations: Vec<(usize, &'a Operation)>,
    /// By the index of the operation.
    extensions: Vec<Extensions>,
    siblings: Siblings,
}

impl<'a> Descriptions<'a> {
    fn new(apis: &'a [Api], blueprint: &Blueprint) -> Self {
        let mut operations = Vec::new();
        for (description, api) in apis.iter().enumerate() {
            operations.extend(
                api.operations
                    .iter()
                    .map(|operation| (description, operation)),
            );
        }
        Self {
            apis,
            extensions: operations
                .iter()
                .map(|(_, operation)| extensions::extensions(operation, blueprint))
                .collect(),
            siblings: Siblings::of(&operations),
            operations,
        }
    }

    /// The operation of that index, as `match` sees it.
    fn described(&self, index: usize) -> Described<'_> {
        let (description, operation) = self.operations[index];
        Described {
            operation,
            description,
            extensions: &self.extensions[index].levels,
            siblings: self.siblings.beside(description, operation),
        }
    }
}

/// Protection that an operation has from public callers and not from private ones.
#[derive(Clone)]
struct Protection {
    /// Entries of `auth` or schemes of the description.
    schemes: BTreeSet<Arc<str>>,
    /// The place that makes the operation internal.
    place: Place,
}

/// An operation under a mount, on its way to a plan.
#[derive(Clone)]
struct Draft<'a> {
    plan: OperationPlan,
    /// Index among the operations of all descriptions.
    source: usize,
    template: Option<Arc<Template>>,
    /// The path of the description, with the greedy variables of routes.
    written: Arc<str>,
    /// Node of the tree that its gateway path leads to; the root where it has none.
    node: usize,
    /// Path before the template: mount and base path.
    prefix: Vec<Segment>,
    /// The prefix that the blueprint mounts it under, without slashes at its ends.
    mount: &'a str,
    cache: Option<CacheRequest<'a>>,
    /// Protection against public callers, where it is internal.
    unchecked: Option<Protection>,
    validation: checks::RequestedValidation<'a>,
    is_dropped: bool,
    /// An exported preflight, to which the gateway responds.
    is_preflight: bool,
    is_throttled: bool,
}

impl Draft<'_> {
    /// Returns whether the gateway has its path, and no other operation the same one.
    fn is_served(&self) -> bool {
        self.plan.gateway_path.is_some() && !self.is_dropped
    }
}

struct Builder<'a> {
    descriptions: &'a Descriptions<'a>,
    blueprint: &'a Blueprint,
    backends: &'a [BackendPlan],
    earlier: EarlierRoutes,
    /// Names of variables in the description, with those of earlier templates that stay instead.
    kept_names: BTreeSet<(Arc<str>, Arc<str>)>,
    mounts: Vec<Option<&'a MountSpec>>,
    base_path: BasePathUse,
    /// Base paths by description, on the gateway and behind it.
    bases: Vec<[Vec<Segment>; 2]>,
    widen: bool,
    rules: RouteRules<'a>,
    security: SecurityJoin<'a>,
    tree: RouteTree,
    drafts: Vec<Draft<'a>>,
    refusals: BTreeSet<Refusal>,
    media_types: BTreeSet<Arc<str>>,
    models: Vec<ModelPlan>,
    /// Operations whose callers may get each other's cached responses.
    shared: BTreeMap<SharedResponses, Vec<OperationName>>,
    /// Operations whose requests the cache key does not distinguish.
    key_gaps: BTreeMap<KeyGap, Vec<KeyGapCase>>,
    /// Parameters that many operations have alike, stored once.
    parameters: HashSet<Arc<BTreeMap<String, bool>>>,
    /// The path that was read last: operations of one path follow each other.
    last: Option<(Arc<str>, Arc<Template>)>,
    /// Names of greedy variables that some path has, by the route that requests them and decides an
    /// operation.
    greedy_names: BTreeMap<usize, BTreeSet<&'a str>>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    fn new(
        descriptions: &'a Descriptions<'a>,
        blueprint: &'a Blueprint,
        backends: &'a [BackendPlan],
        earlier: EarlierRoutes,
    ) -> Self {
        let apis = descriptions.apis;
        let base_path = blueprint.spec.api.base_path;
        let mut diagnostics = Vec::new();
        let bases = apis
            .iter()
            .map(|api| base(api, base_path, blueprint, &mut diagnostics))
            .collect();
        let mounts = blueprint.spec.mounts.as_deref();
        Self {
            descriptions,
            blueprint,
            backends,
            earlier,
            kept_names: BTreeSet::new(),
            mounts: mounts
                .map_or_else(|| vec![None], |mounts| distinct(mounts).map(Some).collect()),
            base_path,
            bases,
            widen: blueprint.spec.api.partial_segments == PartialSegments::Widen,
            rules: RouteRules::new(blueprint),
            security: SecurityJoin::new(blueprint),
            tree: RouteTree::new(),
            drafts: Vec::with_capacity(descriptions.operations.len()),
            refusals: BTreeSet::new(),
            media_types: apis
                .iter()
                .flat_map(|api| api.binary_media_types.iter().cloned())
                .collect(),
            models: Vec::new(),
            shared: BTreeMap::new(),
            key_gaps: BTreeMap::new(),
            parameters: HashSet::new(),
            last: None,
            greedy_names: BTreeMap::new(),
            diagnostics,
        }
    }

    /// The operation that a draft is of.
    fn source(&self, draft: usize) -> &'a Operation {
        self.descriptions.operations[self.drafts[draft].source].1
    }

    /// The backend of an operation.
    fn backend_of(&self, plan: &OperationPlan) -> Option<&'a BackendPlan> {
        plan.backend.map(|index| &self.backends[index])
    }

    /// Returns whether the backend of an operation is behind a load balancer.
    fn is_balanced(&self, plan: &OperationPlan) -> bool {
        let backend = self.backend_of(plan);
        backend.is_some_and(|backend| backend.balanced().is_some())
    }
}
