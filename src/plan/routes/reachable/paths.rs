//! Paths of all operations as their backends get them.
//! In: drafts. Out: their templates behind the gateway, with what is needed to compare them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::relation::SegmentKind;
use super::servers::ServerGroups;
use crate::openapi::HttpMethod;
use crate::plan::routes::tree::{PathSegment, can_be_requested, requested};
use crate::plan::routes::{Builder, Draft};
use crate::plan::{AuthPlan, IntegrationPlan};

/// An operation under a mount, as its backend gets it.
pub(crate) struct BackendPath {
    pub(crate) draft: usize,
    /// The backend, as its number in `ServerGroups`.
    pub(crate) servers: usize,
    pub(crate) context: PathContext,
    /// The whole path.
    pub(crate) parts: Vec<PathSegment>,
    pub(crate) shape: Vec<SegmentKind>,
    /// Segments that are put before the operation's own path.
    pub(crate) before: usize,
}

/// Facts that decide whether two operations are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PathContext {
    /// Number of the prefixes on the gateway and behind it.
    pub(crate) prefixes: usize,
    /// Requirements of callers: an index into `BackendPaths::guards`; none where the operation is not
    /// public.
    pub(crate) guard: Option<usize>,
    pub(crate) method: HttpMethod,
}

/// Paths of all operations.
pub(crate) struct BackendPaths {
    pub(crate) all: Vec<BackendPath>,
    pub(crate) guards: Vec<AuthPlan>,
    /// Indexes into `all`, by the operation and the servers.
    by_source: BTreeMap<(usize, usize), Vec<usize>>,
    pub(crate) differ_in_prefixes: bool,
}

/// Numbers of prefixes, by those on the gateway and behind it.
type PrefixPairs = BTreeMap<(Vec<PathSegment>, Vec<PathSegment>), usize>;

impl BackendPath {
    /// Returns whether a greedy variable is before that segment.
    pub(crate) fn has_rest_before(&self, at: usize) -> bool {
        self.shape
            .iter()
            .take(at + 1)
            .any(|kind| *kind == SegmentKind::Rest)
    }
}

impl BackendPaths {
    /// None where nothing is hidden and all operations require the same.
    pub(crate) fn of(builder: &Builder<'_>) -> Option<Self> {
        let guards = Guards::of(&builder.drafts);
        if guards.all.len() < 2 && !guards.of_drafts.contains(&None) {
            return None;
        }
        let servers = ServerGroups::of(builder.blueprint, builder.backends);
        let mut prefix_pairs = PrefixPairs::new();
        let mut all = Vec::with_capacity(builder.drafts.len());
        for (index, draft) in builder.drafts.iter().enumerate() {
            let is_public = draft.plan.is_public();
            if !draft.plan.method.is_servable()
                || !can_be_requested(&draft.written)
                || (is_public && !draft.is_served())
            {
                continue;
            }
            let backends: Vec<usize> = match draft.plan.backend {
                Some(backend) => vec![backend],
                None if is_public => Vec::new(),
                // It may belong to any of them.
                None => (0..builder.backends.len()).collect(),
            };
            for backend in backends {
                let mut parts = builder.before(draft, backend, &servers);
                let before = parts.len();
                let on_gateway: Vec<_> = draft.prefix.iter().map(PathSegment::from).collect();
                let prefixes = prefixes(&mut prefix_pairs, &on_gateway, &parts);
                parts.extend(builder.own_parts(draft));
                all.push(BackendPath {
                    draft: index,
                    servers: servers.numbers[backend],
                    context: PathContext {
                        prefixes,
                        guard: guards.of_drafts[index],
                        method: draft.plan.method,
                    },
                    shape: parts.iter().map(SegmentKind::from).collect(),
                    parts,
                    before,
                });
            }
        }
        let mut by_source: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (index, path) in all.iter().enumerate() {
            by_source
                .entry((builder.drafts[path.draft].source, path.servers))
                .or_default()
                .push(index);
        }
        Some(Self {
            all,
            guards: guards.all,
            by_source,
            differ_in_prefixes: prefix_pairs.len() > 1,
        })
    }

    /// Paths that callers must not reach, or not without authorization.
    pub(crate) fn guarded(&self) -> impl Iterator<Item = &BackendPath> {
        self.all.iter().filter(|path| {
            path.context
                .guard
                .is_none_or(|guard| super::is_weaker(&AuthPlan::default(), &self.guards[guard]))
        })
    }

    /// Paths of each operation at the same servers, as indexes into `all`.
    pub(crate) fn by_source(&self) -> impl Iterator<Item = &[usize]> {
        self.by_source.values().map(Vec::as_slice)
    }

    /// An operation under every mount that leads to the servers.
    pub(crate) fn of_source(
        &self,
        source: usize,
        servers: usize,
    ) -> impl Iterator<Item = &BackendPath> {
        self.by_source
            .get(&(source, servers))
            .into_iter()
            .flatten()
            .map(|index| &self.all[*index])
    }
}

/// Requirements of callers, each once.
struct Guards {
    all: Vec<AuthPlan>,
    /// By draft; none where it is not public.
    of_drafts: Vec<Option<usize>>,
}

impl Guards {
    fn of(drafts: &[Draft<'_>]) -> Self {
        let mut all = Vec::new();
        let mut of_drafts = Vec::with_capacity(drafts.len());
        let mut numbers = HashMap::new();
        for plan in drafts.iter().map(|draft| &draft.plan) {
            let AuthPlan {
                check,
                scopes,
                api_key,
                ..
            } = &plan.auth;
            let number = || {
                *numbers.entry((check, scopes, api_key)).or_insert_with(|| {
                    all.push(plan.auth.clone());
                    all.len() - 1
                })
            };
            of_drafts.push(plan.is_public().then(number));
        }
        Self { all, of_drafts }
    }
}

/// Number of two prefixes, without the segments at their ends that are the same.
fn prefixes(
    prefix_pairs: &mut PrefixPairs,
    on_gateway: &[PathSegment],
    behind: &[PathSegment],
) -> usize {
    let ends = on_gateway.iter().rev().zip(behind.iter().rev());
    let same = ends.take_while(|(one, other)| one == other).count();
    let key = (
        on_gateway[..on_gateway.len() - same].to_vec(),
        behind[..behind.len() - same].to_vec(),
    );
    let next = prefix_pairs.len();
    *prefix_pairs.entry(key).or_insert(next)
}

impl Builder<'_> {
    /// Segments before the operation's own path where the backend gets it.
    fn before(
        &self,
        draft: &Draft<'_>,
        backend: usize,
        servers: &ServerGroups,
    ) -> Vec<PathSegment> {
        let plan = &self.backends[backend];
        // A function gets the path of the gateway.
        if matches!(plan.integration, IntegrationPlan::Function(_)) {
            return draft.prefix.iter().map(PathSegment::from).collect();
        }
        let literals = servers.paths[backend].iter().chain(&plan.path_prefix);
        let base = self.base_behind(draft.plan.description).iter();
        literals
            .map(|text| PathSegment::Literal(Arc::clone(text)))
            .chain(base.map(PathSegment::from))
            .collect()
    }

    fn own_parts(&self, draft: &Draft<'_>) -> Vec<PathSegment> {
        match &draft.template {
            Some(template) => template.segments.iter().map(PathSegment::from).collect(),
            None => requested(&draft.written, self.widen),
        }
    }
}
