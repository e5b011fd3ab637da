//! Operations that are hidden or protected, and reachable at their backend through another's path.
//! In: drafts with their final paths. Out: findings.
//!
//! The gateway compares paths as callers write them. A base path, a `path_prefix` or a mount
//! changes the path behind it, so that two paths which differ on the gateway may be one at the
//! backend; and a backend may read two templates that cross in the other order.

mod findings;
mod mounts;
mod paths;
mod relation;
mod search;
mod servers;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::Builder;
use crate::blueprint::Exposure;
use crate::openapi::HttpMethod;
use crate::plan::paths::Segment;
use crate::plan::routes::tree::{PathSegment, RouteTree};
use crate::plan::{AuthPlan, Check};
use paths::{BackendPath, BackendPaths};
use search::PublicIndex;

/// The index of a draft for a refusal.
const REFUSAL: usize = usize::MAX;

/// Relation of an operation to the public one that it is reachable through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ReachKind {
    /// At the same address, and the gateway does not distinguish them.
    Elsewhere,
    /// Below a greedy variable, to which the gateway diverts some requests.
    Diverted,
    /// Templates that cross.
    Crossing,
    /// Below a greedy variable, through another notation of the path.
    BelowRest,
}

/// Drafts that are reachable through a public one, by kind and public draft.
type ReachableOperations = BTreeMap<(ReachKind, usize), Vec<usize>>;

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
        let mut found = ReachableOperations::new();
        for guarded in paths.guarded() {
            index.search(guarded, |public, relation| {
                let has_same_prefixes = public.context.prefixes == guarded.context.prefixes;
                let kind = match (relation.is_crossing(), has_same_prefixes) {
                    (true, true) if !relation.public_comes_first => {
                        return ControlFlow::Continue(());
                    }
                    // Servers that look at fixed texts first take the request for the guarded one.
                    (true, false) if !relation.public_comes_first => ReachKind::Elsewhere,
                    (true, _) => ReachKind::Crossing,
                    (false, true) => ReachKind::BelowRest,
                    (false, false) => ReachKind::Elsewhere,
                };
                if !self.is_reached(paths, public, guarded) {
                    return ControlFlow::Continue(());
                }
                let tree = router.get_or_init(|| self.with_refusals());
                let is_refused_behind = !has_same_prefixes
                    && !relation.is_crossing()
                    && self.is_refused_on_balancer(guarded);
                let is_notation = kind == ReachKind::BelowRest;
                if !is_notation
                    && (is_refused_behind
                        || self.taker(tree, public, guarded) != Some(public.draft))
                {
                    return ControlFlow::Continue(());
                }
                let kind = if is_notation && self.is_diverted(tree, public, guarded) {
                    ReachKind::Diverted
                } else {
                    kind
                };
                let list = found.entry((kind, public.draft)).or_default();
                // A guarded operation that is reachable under several mounts is named once.
                let source = self.drafts[guarded.draft].source;
                if !list
                    .iter()
                    .any(|known| self.drafts[*known].source == source)
                {
                    list.push(guarded.draft);
                }
                ControlFlow::Break(())
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
        let is_open = |other: &BackendPath| {
            self.drafts[other.draft].plan.is_public()
                && other.parts == guarded.parts
                && !is_weaker(auth, &self.drafts[other.draft].plan.auth)
        };
        !paths.of_source(source, guarded.servers).any(is_open)
    }

    /// Returns whether the load balancer responds with 404 to the path, since its operation is
    /// hidden.
    fn is_refused_on_balancer(&self, guarded: &BackendPath) -> bool {
        let spec = &self.blueprint.spec;
        let plan = &self.drafts[guarded.draft].plan;
        spec.topology.has_alb()
            && spec.emits_rules()
            && self.is_balanced(plan)
            && plan.exposure == Exposure::Hidden
    }

    /// The gateway's tree with its own refusals.
    fn with_refusals(&self) -> RouteTree {
        let mut tree = RouteTree::new();
        for (index, draft) in self.drafts.iter().enumerate() {
            let path = draft.plan.gateway_path.as_ref();
            if let Some(path) = path.filter(|_| draft.is_served()) {
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
            let part = |segment: Option<&PathSegment>| match segment {
                Some(PathSegment::Literal(text)) => Segment::Literal(Arc::clone(text)),
                Some(PathSegment::Variable | PathSegment::Opaque | PathSegment::Rest) | None => {
                    Segment::Variable("any".into())
                }
            };
            let known = guarded.parts.get(at..).unwrap_or_default();
            match segment {
                Segment::Literal(_) => common.push(segment.clone()),
                Segment::Variable(_) => {
                    let known = known.first().filter(|_| !guarded.has_rest_before(at));
                    common.push(part(known));
                }
                // It takes one segment at least, where the greedy variable of the guarded one began
                // before.
                Segment::Rest(_) if known.is_empty() => common.push(part(None)),
                Segment::Rest(_) => common.extend(known.iter().map(|known| part(Some(known)))),
            }
        }
        Some(common)
    }
}

/// Returns whether the first requires less of callers than the second does.
fn is_weaker(public: &AuthPlan, guarded: &AuthPlan) -> bool {
    let is_same = public.check == guarded.check;
    let has_other_scopes = || {
        let mut scopes = public.scopes.iter();
        public.scopes.is_empty() || scopes.any(|scope| !guarded.scopes.contains(scope))
    };
    (guarded.check != Check::Nobody && !is_same)
        || (guarded.api_key && !public.api_key)
        || (is_same && !guarded.scopes.is_empty() && has_other_scopes())
}
