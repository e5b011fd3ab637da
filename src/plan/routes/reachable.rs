//! Operations that are hidden or protected, and reachable at their backend through the path of
//! another one.
//!
//! In: drafts with their final paths. Out: findings. Pure.
//! The gateway compares paths as callers write them. A base path, a `path_prefix` or a mount changes
//! the path behind it, so that two paths which differ on the gateway may be one at the backend; and
//! a backend may read two templates that cross in the other order.

mod findings;
mod mounts;
mod paths;
mod relation;
mod search;
mod servers;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::Builder;
use crate::blueprint::Exposure;
use crate::openapi::HttpMethod;
use crate::plan::paths::Segment;
use crate::plan::routes::tree::RouteTree;
use crate::plan::{AuthPlan, Check};
use paths::{BackendPath, BackendPaths};
use relation::BackendSegment;
use search::{Met, PublicIndex};

/// The index of a draft for a refusal.
const REFUSAL: usize = usize::MAX;

/// Drafts that are reachable through a public one, by that.
type Pairs = BTreeMap<usize, Vec<usize>>;

/// Operations that are reachable through others, by kind.
#[derive(Default)]
pub(crate) struct ReachableOperations {
    /// At the same address, and the gateway does not distinguish them.
    elsewhere: Pairs,
    /// Templates that cross.
    crossing: Pairs,
    /// Below a greedy variable, through another notation of the path.
    below_rest: Pairs,
    /// Below a greedy variable, to which the gateway diverts some requests.
    diverted: Pairs,
}

impl Builder<'_> {
    /// Compares the paths that the backends get.
    ///
    /// Errors: GW3080 reached through another operation, GW3091 diverted to a greedy path; warnings
    /// GW3081 templates that cross, GW3082 below a greedy variable, GW3084 open under another
    /// mount.
    pub(crate) fn check_reachable(&mut self) {
        let Some(paths) = BackendPaths::of(self) else {
            return;
        };
        let found = self.found(&paths);
        let findings = self.findings_of_reachable(&found);
        self.diagnostics.extend(findings);
        self.diagnostics
            .extend(self.open_under_another_mount(&paths));
    }

    fn found(&self, paths: &BackendPaths) -> ReachableOperations {
        let mut index = PublicIndex::new(paths);
        let router = OnceCell::new();
        let mut found = ReachableOperations::default();
        for guarded in paths.guarded() {
            index.search(guarded, |public, relation| {
                let has_same_prefixes = public.context.prefixes == guarded.context.prefixes;
                let kind = match (relation.is_crossing(), has_same_prefixes) {
                    (true, true) if !relation.public_comes_first => return Met::Further,
                    // Servers that look at fixed texts first take the request for the guarded one.
                    (true, false) if !relation.public_comes_first => &mut found.elsewhere,
                    (true, _) => &mut found.crossing,
                    (false, true) => &mut found.below_rest,
                    (false, false) => &mut found.elsewhere,
                };
                let is_notation = !relation.is_crossing() && has_same_prefixes;
                if !self.is_reached(paths, public, guarded) {
                    return Met::Further;
                }
                if !is_notation {
                    let is_refused_behind = !has_same_prefixes
                        && !relation.is_crossing()
                        && self.is_refused_on_balancer(guarded);
                    let tree = router.get_or_init(|| self.with_refusals());
                    if is_refused_behind || self.taker(tree, public, guarded) != Some(public.draft)
                    {
                        return Met::Further;
                    }
                }
                let kind = if is_notation
                    && self.is_diverted(
                        router.get_or_init(|| self.with_refusals()),
                        public,
                        guarded,
                    ) {
                    &mut found.diverted
                } else {
                    kind
                };
                let list = kind.entry(public.draft).or_default();
                // A guarded operation that is reachable under several mounts is named once.
                if !list
                    .iter()
                    .any(|known| self.drafts[*known].source == self.drafts[guarded.draft].source)
                {
                    list.push(guarded.draft);
                }
                Met::Enough
            });
        }
        found
    }

    /// Returns whether the guarded operation requires more wherever it is served at this address.
    fn is_reached(
        &self,
        paths: &BackendPaths,
        public: &BackendPath,
        guarded: &BackendPath,
    ) -> bool {
        let source = self.drafts[guarded.draft].source;
        if self.drafts[public.draft].source == source {
            return false;
        }
        let auth = &self.drafts[public.draft].plan.auth;
        let is_open = |other: &&BackendPath| {
            self.drafts[other.draft].plan.is_public()
                && other.parts == guarded.parts
                && !is_weaker(auth, &self.drafts[other.draft].plan.auth)
        };
        paths
            .of_source(source, guarded.servers)
            .find(is_open)
            .is_none()
    }

    /// Returns whether the load balancer answers 404 to the path, since its operation is hidden.
    fn is_refused_on_balancer(&self, guarded: &BackendPath) -> bool {
        let spec = &self.blueprint.spec;
        let backend = guarded.backend.map(|index| &self.backends[index]);
        spec.topology.has_alb()
            && spec.emits_rules()
            && backend.is_some_and(|backend| backend.balanced().is_some())
            && self.drafts[guarded.draft].plan.exposure == Exposure::Hidden
    }

    /// The gateway's tree with its own refusals.
    fn with_refusals(&self) -> RouteTree {
        let mut tree = RouteTree::new();
        for (index, draft) in self.drafts.iter().enumerate() {
            let path = draft.plan.gateway_path.as_ref();
            if let Some(path) = path.filter(|_| !draft.is_dropped) {
                tree.insert(path, draft.plan.method, index);
            }
        }
        for refusal in &self.refusals {
            tree.insert(&refusal.path, refusal.method, REFUSAL);
        }
        tree
    }

    /// The draft that gets a request which fits the public path and the guarded one behind the
    /// gateway.
    fn taker(
        &self,
        tree: &RouteTree,
        public: &BackendPath,
        guarded: &BackendPath,
    ) -> Option<usize> {
        let plan = &self.drafts[public.draft].plan;
        let method = if plan.method == HttpMethod::Any {
            self.drafts[guarded.draft].plan.method
        } else {
            plan.method
        };
        tree.taker(&self.common_path(public, guarded)?, method)
    }

    /// Returns whether the public greedy variable takes requests that fit the guarded path, since a
    /// fixed text is beside one of its variables.
    fn is_diverted(&self, tree: &RouteTree, public: &BackendPath, guarded: &BackendPath) -> bool {
        let method = self.drafts[guarded.draft].plan.method;
        self.common_path(public, guarded)
            .is_some_and(|path| tree.diverts(&path, method, public.draft))
    }

    /// The gateway's path of the most general request that fits both.
    fn common_path(&self, public: &BackendPath, guarded: &BackendPath) -> Option<Vec<Segment>> {
        let path = self.drafts[public.draft].plan.gateway_path.as_ref()?;
        let own = public.parts.len().checked_sub(public.before)?;
        let start = path.len().checked_sub(own)?;
        let mut common = path[..start].to_vec();
        for (segment, at) in path[start..].iter().zip(public.before..) {
            let part = |segment: Option<&BackendSegment>| match segment {
                Some(BackendSegment::Literal(text)) => Segment::Literal(text.clone()),
                Some(BackendSegment::Variable | BackendSegment::Partial | BackendSegment::Rest)
                | None => Segment::Variable("any".into()),
            };
            match segment {
                Segment::Literal(_) => common.push(segment.clone()),
                Segment::Variable(_) => common.push(part(
                    guarded
                        .parts
                        .get(at)
                        .filter(|_| !guarded.has_rest_before(at)),
                )),
                // It takes one segment at least, where the greedy variable of the guarded one began
                // before.
                Segment::Rest(_) if at >= guarded.parts.len() => common.push(part(None)),
                Segment::Rest(_) => common.extend(
                    guarded
                        .parts
                        .iter()
                        .skip(at)
                        .map(|segment| part(Some(segment))),
                ),
            }
        }
        Some(common)
    }
}

/// Returns whether the first requires less of callers than the second does.
fn is_weaker(public: &AuthPlan, guarded: &AuthPlan) -> bool {
    let is_same = public.check == guarded.check;
    let has_other_scopes = || {
        public.scopes.is_empty()
            || public
                .scopes
                .iter()
                .any(|scope| !guarded.scopes.contains(scope))
    };
    (guarded.check != Check::Nobody && !is_same)
        || (guarded.api_key && !public.api_key)
        || (is_same && !guarded.scopes.is_empty() && has_other_scopes())
}
