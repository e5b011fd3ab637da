//! Paths of all operations as their backends get them.
//!
//! In: drafts. Out: their templates behind the gateway, with what is needed to compare them. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::relation::{BackendSegment, SegmentKind};
use super::servers::ServerGroups;
use crate::openapi::HttpMethod;
use crate::plan::routes::tree::{can_be_requested, requested};
use crate::plan::routes::{Builder, Draft};
use crate::plan::{AuthPlan, IntegrationPlan};

/// An operation under a mount, as its backend gets it.
pub(crate) struct BackendPath {
    pub(crate) draft: usize,
    /// The backend, as its number in `ServerGroups`.
    pub(crate) servers: usize,
    /// Index of the backend; none where no route names one.
    pub(crate) backend: Option<usize>,
    pub(crate) context: PathContext,
    /// The whole path.
    pub(crate) parts: Vec<BackendSegment>,
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

/// Prefixes on both sides, without the segments at their ends that are the same.
type PrefixPairs = BTreeMap<(Vec<BackendSegment>, Vec<BackendSegment>), usize>;

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
        if guards.all.len() < 2 && !guards.has_others {
            return None;
        }
        let servers = ServerGroups::of(builder.blueprint, builder.backends);
        let mut prefix_pairs = PrefixPairs::new();
        let mut all = Vec::with_capacity(builder.drafts.len());
        for (index, draft) in builder.drafts.iter().enumerate() {
            let is_public = draft.plan.is_public();
            let is_served = draft.plan.gateway_path.is_some() && !draft.is_dropped;
            if !draft.plan.method.is_servable()
                || !can_be_requested(&draft.written)
                || (is_public && !is_served)
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
                let prefix = builder.before(draft, backend, &servers);
                let before = prefix.len();
                let prefixes = prefixes(&mut prefix_pairs, &draft.prefix, &prefix);
                let parts: Vec<BackendSegment> =
                    prefix.into_iter().chain(builder.own_parts(draft)).collect();
                all.push(BackendPath {
                    draft: index,
                    servers: servers.numbers[backend],
                    backend: draft.plan.backend,
                    context: PathContext {
                        prefixes,
                        guard: guards.of_drafts[index],
                        method: draft.plan.method,
                    },
                    shape: parts.iter().map(BackendSegment::kind).collect(),
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
    has_others: bool,
}

impl Guards {
    fn of(drafts: &[Draft<'_>]) -> Self {
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let mut guards = Self {
            all: Vec::new(),
            of_drafts: Vec::with_capacity(drafts.len()),
            has_others: false,
        };
        let mut last: Option<usize> = None;
        for draft in drafts {
            if !draft.plan.is_public() {
                guards.has_others = true;
                guards.of_drafts.push(None);
                continue;
            }
            let auth = &draft.plan.auth;
            let is_same = |known: &AuthPlan| {
                known.check == auth.check
                    && known.scopes == auth.scopes
                    && known.api_key == auth.api_key
            };
            let number = last
                .filter(|known| is_same(&guards.all[*known]))
                .unwrap_or_else(|| {
                    let key = format!("{:?} {:?} {}", auth.check, auth.scopes, auth.api_key);
                    *numbers.entry(key).or_insert_with(|| {
                        guards.all.push(auth.clone());
                        guards.all.len() - 1
                    })
                });
            last = Some(number);
            guards.of_drafts.push(last);
        }
        guards
    }
}

fn prefixes(prefix_pairs: &mut PrefixPairs, mount: &str, behind: &[BackendSegment]) -> usize {
    let gateway = literals(mount);
    let same = gateway
        .iter()
        .rev()
        .zip(behind.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let key = (
        gateway[..gateway.len() - same].to_vec(),
        behind[..behind.len() - same].to_vec(),
    );
    let next = prefix_pairs.len();
    *prefix_pairs.entry(key).or_insert(next)
}

fn literals(path: &str) -> Vec<BackendSegment> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| BackendSegment::Literal(segment.into()))
        .collect()
}

impl Builder<'_> {
    /// Segments before the operation's own path where the backend gets it.
    fn before(
        &self,
        draft: &Draft<'_>,
        backend: usize,
        servers: &ServerGroups,
    ) -> Vec<BackendSegment> {
        // A function gets the path of the gateway.
        if matches!(
            self.backends[backend].integration,
            IntegrationPlan::Function(_)
        ) {
            return literals(&draft.prefix);
        }
        let base = self.base_behind(draft.plan.description);
        let literal = |text: &Arc<str>| BackendSegment::Literal(Arc::clone(text));
        let before = servers.paths[backend]
            .iter()
            .chain(&self.backends[backend].path_prefix)
            .map(literal);
        before
            .chain(base.iter().map(BackendSegment::from))
            .collect()
    }

    fn own_parts(&self, draft: &Draft<'_>) -> Vec<BackendSegment> {
        match &draft.template {
            Some(template) => template.segments.iter().map(BackendSegment::from).collect(),
            None => requested(&draft.written, self.widen)
                .iter()
                .map(BackendSegment::from)
                .collect(),
        }
    }
}
