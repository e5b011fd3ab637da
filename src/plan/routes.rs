//! Every operation under every mount: its exposure, its backend, its path on the gateway and behind
//! it.

mod bases;
mod checks;
pub(crate) mod cors;
mod faults;
mod finish;
mod greedy;
mod meetings;
mod naming;
mod reached;
mod settings;
pub(crate) mod tree;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::paths::{self, Segment, Template};
use super::rules::{self, Decision, Described, Rules, Siblings};
use super::{AuthPlan, BackendPlan, ModelPlan, OperationPlan};
use crate::blueprint::{
    AuthSpec, BasePath, Blueprint, Exposure, MountSpec, PartialSegments, defaults,
};
use crate::diagnostic::{Diagnostic, OperationName, Place};
use crate::openapi::{Api, Operation, Security};
use crate::plan::access::expect;
use crate::plan::access::keys::Throttles;
use crate::plan::access::security::Joined;
use crate::plan::routes::tree::{Refusal, Tree};
use crate::plan::rules::extensions;
use crate::plan::rules::extensions::Extensions;
use crate::plan::stage::cache::{Case, SharedAnswers, Untold, Wanted};
use bases::{base, distinct};

/// What became of the operations.
pub(crate) struct Routes {
    pub(crate) operations: Vec<OperationPlan>,
    pub(crate) refusals: Vec<Refusal>,
    /// Paths whose exported preflights the gateway answers.
    pub(crate) preflights: Vec<Vec<Segment>>,
    pub(crate) binary_media_types: Vec<Arc<str>>,
    /// Models of request bodies, by label.
    pub(crate) models: Vec<ModelPlan>,
    /// The base path before the operations of each description, on the gateway and behind it.
    pub(crate) bases: Vec<[Vec<Segment>; 2]>,
    /// Of usage plans.
    pub(crate) throttles: Throttles,
}

/// Decides every operation.
///
/// Errors: faults of operations, GW3001 backend, GW3009 shadowed, GW40xx paths, GW4017 timeout, and
/// those of `security`.
pub(crate) fn routes(
    apis: &[Api],
    blueprint: &Blueprint,
    backends: &[BackendPlan],
    diagnostics: &mut Vec<Diagnostic>,
) -> Routes {
    let operations: Vec<(usize, &Operation)> = apis
        .iter()
        .enumerate()
        .flat_map(|(description, api)| api.operations.iter().map(move |it| (description, it)))
        .collect();
    let extensions: BTreeMap<usize, Extensions> = operations
        .iter()
        .enumerate()
        .filter(|(_, (_, operation))| !operation.settings.is_empty())
        .map(|(index, (_, operation))| (index, extensions::extensions(operation, blueprint)))
        .collect();
    let siblings = Siblings::of(&operations);
    let given = Given {
        apis,
        operations: &operations,
        extensions: &extensions,
        siblings: &siblings,
    };
    let mut builder = Builder::new(given, blueprint, backends);
    for index in 0..operations.len() {
        builder.operation(index);
    }
    builder.unknown_greedy_names();
    builder.name_variables();
    builder.collisions();
    builder.meetings();
    builder.reached();
    builder.checks();
    builder.finish(diagnostics)
}

/// What nobody checks on the way of private callers.
struct Protection {
    /// Entries of `auth` or schemes of the description.
    schemes: BTreeSet<Arc<str>>,
    /// The place that makes the operation internal.
    place: Place,
}

/// An operation under a mount, on its way to a plan.
struct Draft<'a> {
    plan: OperationPlan,
    /// Index among the operations of all descriptions.
    source: usize,
    template: Option<Arc<Template>>,
    /// The path with the variables that take the rest.
    written: Arc<str>,
    /// Node of the tree that its gateway path leads to; the root where it has none.
    node: usize,
    /// Segments before the template: mount and base path.
    before: usize,
    mount: String,
    /// The prefix that the blueprint mounts it under.
    under: &'a str,
    cache: Option<Wanted<'a>>,
    /// Where it is internal: what its public callers would be checked by.
    unchecked: Option<Protection>,
    asked: checks::Asked<'a>,
    is_dropped: bool,
    /// An exported preflight, which the gateway answers.
    is_preflight: bool,
    is_throttled: bool,
}

struct Builder<'a> {
    apis: &'a [Api],
    /// Those of all descriptions, each with the index of its own.
    operations: &'a [(usize, &'a Operation)],
    /// By the index of the operation.
    extensions: &'a BTreeMap<usize, Extensions>,
    blueprint: &'a Blueprint,
    backends: &'a [BackendPlan],
    mounts: Vec<Option<&'a MountSpec>>,
    /// By description.
    bases: Vec<Vec<Segment>>,
    base_on_gateway: bool,
    base_behind: bool,
    widen: bool,
    rules: Rules<'a>,
    siblings: &'a Siblings,
    security: Joined<'a>,
    tree: Tree,
    drafts: Vec<Draft<'a>>,
    refusals: BTreeSet<Refusal>,
    media_types: BTreeSet<Arc<str>>,
    models: Vec<ModelPlan>,
    /// Operations whose callers may see each other's answers.
    shared: BTreeMap<SharedAnswers, Vec<OperationName>>,
    /// Operations whose requests the key of the cache does not tell apart.
    untold: BTreeMap<Untold, Vec<Case>>,
    /// Parameters that many operations have alike, kept once.
    parameters: HashSet<Arc<BTreeMap<String, bool>>>,
    /// The path that was read last, which those of its methods that follow have too.
    last: Option<(Arc<str>, Arc<Template>)>,
    /// Names of greedy variables that some path has, by the route that asks for them and decides an
    /// operation.
    greedy_names: BTreeMap<usize, BTreeSet<&'a str>>,
    diagnostics: Vec<Diagnostic>,
}

/// What is read from the descriptions.
#[derive(Clone, Copy)]
struct Given<'a> {
    apis: &'a [Api],
    /// Those of all descriptions, each with the index of its own.
    operations: &'a [(usize, &'a Operation)],
    /// By the index of the operation.
    extensions: &'a BTreeMap<usize, Extensions>,
    siblings: &'a Siblings,
}

impl<'a> Builder<'a> {
    fn new(given: Given<'a>, blueprint: &'a Blueprint, backends: &'a [BackendPlan]) -> Self {
        let Given {
            apis,
            operations,
            extensions,
            siblings,
        } = given;
        let gateway = blueprint.spec.api.as_ref();
        let base_path = gateway
            .and_then(|it| it.base_path)
            .unwrap_or(defaults::BASE_PATH);
        let mut diagnostics = Vec::new();
        let bases = apis
            .iter()
            .map(|api| base(api, base_path, blueprint, &mut diagnostics))
            .collect();
        let mounts = blueprint.spec.mounts.as_deref();
        Self {
            apis,
            operations,
            extensions,
            blueprint,
            backends,
            mounts: mounts
                .map_or_else(|| vec![None], |mounts| distinct(mounts).map(Some).collect()),
            bases,
            base_on_gateway: base_path == BasePath::Both,
            base_behind: base_path != BasePath::Ignore,
            widen: gateway
                .and_then(|it| it.partial_segments)
                .unwrap_or(defaults::PARTIAL_SEGMENTS)
                == PartialSegments::Widen,
            rules: Rules::new(blueprint),
            siblings,
            security: Joined::new(blueprint),
            tree: Tree::new(),
            drafts: Vec::with_capacity(operations.len()),
            refusals: BTreeSet::new(),
            media_types: apis
                .iter()
                .flat_map(|api| api.binary_media_types.iter().cloned())
                .collect(),
            models: Vec::new(),
            shared: BTreeMap::new(),
            untold: BTreeMap::new(),
            parameters: HashSet::new(),
            last: None,
            greedy_names: BTreeMap::new(),
            diagnostics,
        }
    }

    fn operation(&mut self, index: usize) {
        let (description, operation) = self.operations[index];
        let extensions = self.extensions.get(&index).map_or(&[][..], |it| &it.levels);
        let described = Described {
            operation,
            description,
            extensions,
            siblings: self.siblings.beside(description, operation),
        };
        let mounts = std::mem::take(&mut self.mounts);
        let decisions: Vec<_> = mounts
            .iter()
            .map(|mount| self.rules.decide(described, mount.map_or("/", |it| &it.at)))
            .collect();
        let is_public = decisions.iter().any(|it| it.exposure() == Exposure::Public);
        let template = if is_public { self.checked(index) } else { None };
        let has_private_callers =
            self.blueprint.spec.topology.has_alb() && self.blueprint.spec.emits_rules();
        if !is_public
            && has_private_callers
            && decisions
                .iter()
                .any(|it| it.exposure() == Exposure::Internal)
        {
            self.checked_for_private_callers(index);
        }
        for (mount, decision) in mounts.iter().zip(&decisions) {
            self.draft(index, *mount, decision, template.as_ref());
        }
        self.mounts = mounts;
    }

    /// What stands before the path of an operation on the gateway: its mount, and its base path
    /// where that is there, too.
    fn gateway_prefix(&self, description: usize, mount: Option<&MountSpec>) -> Vec<Segment> {
        let mount = mount
            .map_or("", |it| it.at.trim_matches('/'))
            .split('/')
            .filter(|it| !it.is_empty());
        let base = self.bases[description]
            .iter()
            .filter(|_| self.base_on_gateway);
        mount
            .map(|it| Segment::Literal(it.into()))
            .chain(base.cloned())
            .collect()
    }

    /// What callers of a public operation are asked.
    ///
    /// The gateway's own preflight is decided by `api.cors`; one that asks who its callers are is
    /// no preflight for browsers.
    fn access(&mut self, index: usize, is_mock: bool, decision: &Decision<'a>) -> AuthPlan {
        let (description, operation) = self.operations[index];
        if is_mock && operation.security.alternatives().is_empty() {
            return AuthPlan::default();
        }
        self.security
            .decide(&self.apis[description], operation, decision)
    }

    /// The backend that is chosen under a mount; the only one where nothing is said.
    fn backend_name(
        &self,
        mount: Option<&'a MountSpec>,
        decision: &Decision<'a>,
    ) -> Option<&'a str> {
        let backends = &self.blueprint.spec.backends;
        let only = || {
            backends
                .keys()
                .next()
                .filter(|_| backends.len() == 1)
                .map(String::as_str)
        };
        rules::mounted(mount, decision.backend.map(|it| it.0)).or_else(only)
    }

    /// The operation of that index under a mount.
    fn draft(
        &mut self,
        index: usize,
        mount: Option<&'a MountSpec>,
        decision: &Decision<'a>,
        template: Option<&Arc<Template>>,
    ) {
        let (description, operation) = self.operations[index];
        let spelt = self.spelt(operation, decision, template);
        let template = spelt.template.as_ref();
        let exposure = decision.exposure();
        let is_public = exposure == Exposure::Public;
        let before = self.gateway_prefix(description, mount);
        let has_cors = self
            .blueprint
            .spec
            .api
            .as_ref()
            .is_some_and(|it| it.cors.is_some());
        let is_mock = is_public && has_cors && operation.is_mock_preflight();
        let auth = if is_public {
            self.access(index, is_mock, decision)
        } else {
            AuthPlan::default()
        };
        let is_preflight = is_mock && auth.is_open();
        let is_called = is_public && !is_preflight;
        if is_called {
            self.media_types
                .extend(operation.binary_media_types.iter().cloned());
        }
        let browser_headers = if is_called && has_cors {
            cors::headers((&self.apis[description], operation), &auth, self.blueprint)
        } else {
            Vec::new()
        };
        let backend = self.backend_name(mount, decision);
        let has_alb = self.blueprint.spec.topology.has_alb();
        if (is_called || (has_alb && exposure == Exposure::Internal)) && backend.is_none() {
            self.no_backend(operation);
        }
        let plan = OperationPlan {
            description,
            method: operation.method,
            path: Arc::clone(&operation.path),
            place: operation.place(""),
            exposure,
            backend: backend
                .filter(|_| !is_preflight)
                .and_then(|name| self.backends.iter().position(|it| *it.name == *name)),
            timeout_ms: self.timeout(decision),
            throttle: self.throttle(decision),
            cache: None,
            gateway_path: template
                .filter(|_| is_public)
                .map(|template| before.iter().chain(&template.segments).cloned().collect()),
            asked_path: (!is_public)
                .then(|| paths::template(&spelt.path, false).ok())
                .flatten()
                .map(|it| before.iter().cloned().chain(it.segments).collect()),
            private_path: (has_alb && !is_public)
                .then(|| self.private_path(description, &spelt.path)),
            backend_path: Vec::new(),
            has_trailing_slash: template.is_some_and(|it| it.has_trailing_slash),
            request_parameters: Default::default(),
            declared: operation.security.clone(),
            auth,
            browser_headers,
            checks: Default::default(),
            coverage: Default::default(),
        };
        let cache = if is_called {
            self.wanted_cache((&self.apis[description], operation), decision)
        } else {
            None
        };
        let under = mount.map_or("", |it| it.at.trim_matches('/'));
        let mount = before
            .iter()
            .map(|it| format!("/{}", it.path_part()))
            .collect();
        self.drafts.push(Draft {
            plan,
            source: index,
            template: template.filter(|_| is_public).cloned(),
            written: spelt.path,
            node: 0,
            before: before.len(),
            mount,
            under,
            cache,
            unchecked: self.protection(operation, decision).filter(|_| has_alb),
            asked: self.asked(decision),
            is_dropped: false,
            is_preflight,
            is_throttled: expect::is_throttled(self.blueprint, decision.throttle.map(|it| it.0)),
        });
    }

    /// What an internal operation asks of public callers; nothing where the backend checks it
    /// itself.
    fn protection(&self, operation: &Operation, decision: &Decision<'a>) -> Option<Protection> {
        let (exposure, origin) = decision.exposure?;
        if exposure != Exposure::Internal {
            return None;
        }
        let is_ignored = |name: &str| {
            matches!(
                self.blueprint
                    .spec
                    .auth
                    .as_ref()
                    .and_then(|it| it.get(name)),
                Some(AuthSpec::Ignore)
            )
        };
        let mut schemes: BTreeSet<Arc<str>> = match (decision.auth, &operation.security) {
            (Some(("none", _)), _) => BTreeSet::new(),
            (Some((name, _)), _) => BTreeSet::from([Arc::from(name)]),
            (None, Security::Needs(alternatives)) => alternatives
                .iter()
                .flat_map(|it| it.keys().cloned())
                .collect(),
            (None, Security::Open | Security::Optional(_)) => BTreeSet::new(),
        };
        schemes.retain(|it| !is_ignored(it));
        if schemes.is_empty() && decision.api_key.is_some_and(|it| it.0) {
            schemes.insert("api_key".into());
        }
        (!schemes.is_empty()).then(|| Protection {
            schemes,
            place: origin.place(self.blueprint, "exposure"),
        })
    }

    /// The operation that a draft is of.
    fn source(&self, draft: usize) -> &'a Operation {
        self.operations[self.drafts[draft].source].1
    }
}
