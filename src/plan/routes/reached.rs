//! Operations that are hidden or protected, and reached at their backend through the path of
//! another one.
//!
//! In: drafts with their final paths. Out: findings. Pure.
//! The gateway compares what callers write. A base path, a `path_prefix` or a mount changes the
//! path behind it, so that two paths which differ on the gateway may be one at the backend; and a
//! backend may read two templates that cross in the other order.

mod findings;
mod mounts;
mod places;
mod search;
mod servers;
mod shape;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::Builder;
use crate::blueprint::Exposure;
use crate::openapi::HttpMethod;
use crate::plan::paths::Segment;
use crate::plan::routes::tree::Tree;
use crate::plan::{AuthPlan, Check, IntegrationPlan};
use places::{Place, Places};
use search::{Index, Met};
use shape::Part;

/// Stands for a refusal where the index of a draft is due.
const REFUSAL: usize = usize::MAX;

/// Pairs of drafts, by the public one: those that are reached through it.
type Pairs = BTreeMap<usize, Vec<usize>>;

/// What was found, by kind.
#[derive(Default)]
pub(crate) struct Found {
    /// At the same address, and the gateway does not tell them apart.
    reached: Pairs,
    /// Templates that cross.
    crossing: Pairs,
    /// Below a greedy variable, where another spelling of the path passes by.
    below_rest: Pairs,
    /// Below a greedy variable, which the gateway takes some of its requests for.
    diverted: Pairs,
}

impl Builder<'_> {
    /// Compares what the backends get.
    ///
    /// Errors: GW3080 reached through another operation, GW3091 diverted to a greedy path; warnings
    /// GW3081 templates that cross, GW3082 below a greedy variable, GW3084 open under another
    /// mount.
    pub(crate) fn reached(&mut self) {
        let Some(places) = Places::of(self) else {
            return;
        };
        let found = self.found(&places);
        let findings = self.findings_of_reached(&found);
        self.diagnostics.extend(findings);
        self.diagnostics
            .extend(self.open_under_another_mount(&places));
    }

    fn found(&self, places: &Places) -> Found {
        let mut index = Index::new(places);
        let router = OnceCell::new();
        let mut found = Found::default();
        for guarded in places.guarded() {
            index.search(guarded, |public, relation| {
                let is_same_frame = public.tag.frame == guarded.tag.frame;
                let kind = match (relation.is_crossing(), is_same_frame) {
                    (true, true) if !relation.public_comes_first => return Met::Further,
                    // Where servers look at fixed texts first, it is the guarded one that they take
                    // the request for.
                    (true, false) if !relation.public_comes_first => &mut found.reached,
                    (true, _) => &mut found.crossing,
                    (false, true) => &mut found.below_rest,
                    (false, false) => &mut found.reached,
                };
                let is_spelt = !relation.is_crossing() && is_same_frame;
                if !self.is_reached(places, public, guarded) {
                    return Met::Further;
                }
                if !is_spelt {
                    let is_refused_behind = !is_same_frame
                        && !relation.is_crossing()
                        && self.is_refused_on_balancer(guarded);
                    let tree = router.get_or_init(|| self.with_refusals());
                    if is_refused_behind || self.taker(tree, public, guarded) != Some(public.draft)
                    {
                        return Met::Further;
                    }
                }
                let kind = if is_spelt
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
                // A guarded operation that is reached under several mounts is named once.
                if !list
                    .iter()
                    .any(|it| self.drafts[*it].source == self.drafts[guarded.draft].source)
                {
                    list.push(guarded.draft);
                }
                Met::Enough
            });
        }
        found
    }

    /// Whether the guarded operation asks for more wherever it is served at this address.
    fn is_reached(&self, places: &Places, public: &Place, guarded: &Place) -> bool {
        let source = self.drafts[guarded.draft].source;
        if self.drafts[public.draft].source == source {
            return false;
        }
        let auth = &self.drafts[public.draft].plan.auth;
        let is_open = |it: &&Place| {
            self.drafts[it.draft].plan.is_public()
                && it.parts == guarded.parts
                && !is_weaker(auth, &self.drafts[it.draft].plan.auth)
        };
        places
            .of_source(source, guarded.servers)
            .find(is_open)
            .is_none()
    }

    /// The load balancer answers 404 for what is hidden, by the path that comes to it.
    fn is_refused_on_balancer(&self, guarded: &Place) -> bool {
        let spec = &self.blueprint.spec;
        let is_balanced = guarded.backend.is_some_and(|it| {
            matches!(self.backends[it].integration, IntegrationPlan::Balanced(_))
        });
        let has_rules = spec.topology.has_alb() && spec.emits_rules();
        has_rules && is_balanced && self.drafts[guarded.draft].plan.exposure == Exposure::Hidden
    }

    /// The gateway's tree with its own refusals.
    fn with_refusals(&self) -> Tree {
        let mut tree = Tree::new();
        for (index, draft) in self
            .drafts
            .iter()
            .enumerate()
            .filter(|(_, it)| !it.is_dropped)
        {
            if let Some(path) = &draft.plan.gateway_path {
                tree.insert(path, draft.plan.method, index);
            }
        }
        for refusal in &self.refusals {
            tree.insert(&refusal.path, refusal.method, REFUSAL);
        }
        tree
    }

    /// Who gets a request that fits the public path and the guarded one behind the gateway.
    fn taker(&self, tree: &Tree, public: &Place, guarded: &Place) -> Option<usize> {
        let plan = &self.drafts[public.draft].plan;
        let method = if plan.method == HttpMethod::Any {
            self.drafts[guarded.draft].plan.method
        } else {
            plan.method
        };
        tree.taker(&self.common_path(public, guarded)?, method)
    }

    /// Whether the public greedy variable takes requests that fit the guarded path, since a fixed
    /// text stands beside one of its variables.
    fn is_diverted(&self, tree: &Tree, public: &Place, guarded: &Place) -> bool {
        let method = self.drafts[guarded.draft].plan.method;
        self.common_path(public, guarded)
            .is_some_and(|it| tree.diverts(&it, method, public.draft))
    }

    /// The gateway's path of the most general request that fits both.
    fn common_path(&self, public: &Place, guarded: &Place) -> Option<Vec<Segment>> {
        let path = self.drafts[public.draft].plan.gateway_path.as_ref()?;
        let own = public.parts.len().checked_sub(public.before)?;
        let start = path.len().checked_sub(own)?;
        let mut common = path[..start].to_vec();
        for (segment, at) in path[start..].iter().zip(public.before..) {
            let part = |it: Option<&Part>| match it {
                Some(Part::Literal(text)) => Segment::Literal(text.clone()),
                Some(Part::Variable | Part::Partial | Part::Rest) | None => {
                    Segment::Variable("any".into())
                }
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
                Segment::Rest(_) => {
                    common.extend(guarded.parts.iter().skip(at).map(|it| part(Some(it))))
                }
            }
        }
        Some(common)
    }
}

/// Whether the first asks callers for less than the second does.
fn is_weaker(public: &AuthPlan, guarded: &AuthPlan) -> bool {
    let is_same = public.check == guarded.check;
    let has_other_scopes =
        || public.scopes.is_empty() || public.scopes.iter().any(|it| !guarded.scopes.contains(it));
    (guarded.check != Check::Nobody && !is_same)
        || (guarded.api_key && !public.api_key)
        || (is_same && !guarded.scopes.is_empty() && has_other_scopes())
}
