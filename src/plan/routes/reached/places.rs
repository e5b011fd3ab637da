//! Every operation where its backend gets it.
//!
//! In: drafts. Out: their templates behind the gateway, with what is needed to compare them. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::servers::Servers;
use super::shape::{Kind, Part};
use crate::openapi::HttpMethod;
use crate::plan::routes::tree::{asked, can_be_asked};
use crate::plan::routes::{Builder, Draft};
use crate::plan::{AuthPlan, IntegrationPlan};

/// An operation under a mount, as its backend gets it.
pub(crate) struct Place {
    pub(crate) draft: usize,
    /// The backend, as its number in `Servers`.
    pub(crate) servers: usize,
    /// Index of the backend; none where no route names one.
    pub(crate) backend: Option<usize>,
    pub(crate) tag: Tag,
    /// The whole path.
    pub(crate) parts: Vec<Part>,
    pub(crate) shape: Vec<Kind>,
    /// Segments that are put before the operation's own path.
    pub(crate) before: usize,
}

/// What decides whether one operation is looked at for the sake of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tag {
    /// What is taken away and put before on the way from the gateway to the backend.
    pub(crate) frame: usize,
    /// What is asked of callers: an index into `Places::guards`; none where the operation is not
    /// public.
    pub(crate) guard: Option<usize>,
    pub(crate) method: HttpMethod,
}

/// All of them.
pub(crate) struct Places {
    pub(crate) all: Vec<Place>,
    pub(crate) guards: Vec<AuthPlan>,
    /// Indexes into `all`, by the operation and the servers.
    by_source: BTreeMap<(usize, usize), Vec<usize>>,
    pub(crate) has_frames: bool,
}

/// Prefixes on both sides, without the segments at their ends that are the same.
type Frames = BTreeMap<(Vec<Part>, Vec<Part>), usize>;

impl Place {
    /// Whether a greedy variable stands before that segment.
    pub(crate) fn has_rest_before(&self, at: usize) -> bool {
        self.shape.iter().take(at + 1).any(|it| *it == Kind::Rest)
    }
}

impl Places {
    /// None where nothing is hidden and all operations ask for the same.
    pub(crate) fn of(builder: &Builder<'_>) -> Option<Self> {
        let guards = Guards::of(&builder.drafts);
        if guards.all.len() < 2 && !guards.has_others {
            return None;
        }
        let servers = Servers::of(builder.blueprint, builder.backends);
        let mut frames = Frames::new();
        let mut all = Vec::with_capacity(builder.drafts.len());
        for (index, draft) in builder.drafts.iter().enumerate() {
            let is_public = draft.plan.is_public();
            let is_served = draft.plan.gateway_path.is_some() && !draft.is_dropped;
            if !draft.plan.method.is_servable()
                || !can_be_asked(&draft.written)
                || (is_public && !is_served)
            {
                continue;
            }
            let backends: Vec<usize> = match draft.plan.backend {
                Some(backend) => vec![backend],
                None if is_public => Vec::new(),
                // Whichever it belongs to.
                None => (0..builder.backends.len()).collect(),
            };
            for backend in backends {
                let prefix = builder.before(draft, backend, &servers);
                let before = prefix.len();
                let frame = frame(&mut frames, &draft.mount, &prefix);
                let parts: Vec<Part> = prefix.into_iter().chain(builder.own_parts(draft)).collect();
                all.push(Place {
                    draft: index,
                    servers: servers.numbers[backend],
                    backend: draft.plan.backend,
                    tag: Tag {
                        frame,
                        guard: guards.of_drafts[index],
                        method: draft.plan.method,
                    },
                    shape: parts.iter().map(Part::kind).collect(),
                    parts,
                    before,
                });
            }
        }
        let mut by_source: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (index, place) in all.iter().enumerate() {
            by_source
                .entry((builder.drafts[place.draft].source, place.servers))
                .or_default()
                .push(index);
        }
        Some(Self {
            all,
            guards: guards.all,
            by_source,
            has_frames: frames.len() > 1,
        })
    }

    /// Those that callers must not reach, or not as anybody.
    pub(crate) fn guarded(&self) -> impl Iterator<Item = &Place> {
        self.all.iter().filter(|it| {
            it.tag
                .guard
                .is_none_or(|guard| super::is_weaker(&AuthPlan::default(), &self.guards[guard]))
        })
    }

    /// Places of one operation at the same servers, as indexes into `all`.
    pub(crate) fn by_source(&self) -> impl Iterator<Item = &[usize]> {
        self.by_source.values().map(Vec::as_slice)
    }

    /// An operation under every mount that leads to the servers.
    pub(crate) fn of_source(&self, source: usize, servers: usize) -> impl Iterator<Item = &Place> {
        self.by_source
            .get(&(source, servers))
            .into_iter()
            .flatten()
            .map(|it| &self.all[*it])
    }
}

/// What operations ask of their callers, each once.
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
            let is_it = |it: &AuthPlan| {
                it.check == auth.check && it.scopes == auth.scopes && it.api_key == auth.api_key
            };
            let number = last
                .filter(|it| is_it(&guards.all[*it]))
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

fn frame(frames: &mut Frames, mount: &str, behind: &[Part]) -> usize {
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
    let next = frames.len();
    *frames.entry(key).or_insert(next)
}

fn literals(path: &str) -> Vec<Part> {
    path.split('/')
        .filter(|it| !it.is_empty())
        .map(|it| Part::Literal(it.into()))
        .collect()
}

impl Builder<'_> {
    /// What stands before the operation's own path where the backend gets it.
    fn before(&self, draft: &Draft<'_>, backend: usize, servers: &Servers) -> Vec<Part> {
        // A function gets the path of the gateway.
        if matches!(
            self.backends[backend].integration,
            IntegrationPlan::Function(_)
        ) {
            return literals(&draft.mount);
        }
        let base = if self.base_behind {
            &self.bases[draft.plan.description][..]
        } else {
            &[]
        };
        let literal = |it: &Arc<str>| Part::Literal(Arc::clone(it));
        let before = servers.paths[backend]
            .iter()
            .chain(&self.backends[backend].path_prefix)
            .map(literal);
        before.chain(base.iter().map(Part::from)).collect()
    }

    fn own_parts(&self, draft: &Draft<'_>) -> Vec<Part> {
        match &draft.template {
            Some(template) => template.segments.iter().map(Part::from).collect(),
            None => asked(&draft.written, self.widen)
                .iter()
                .map(Part::from)
                .collect(),
        }
    }
}
