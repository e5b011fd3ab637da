//! Every operation under every mount: its exposure, its backend, its path on the gateway and behind it.

mod checks;
mod meetings;
mod naming;
mod settings;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::cache::Wanted;
use super::expect::{self, Looked};
use super::extensions::{self, Extensions};
use super::keys::{self, Throttles};
use super::paths::{self, PathFault, Segment, Template};
use super::rules::{self, Decision, Described, Rules};
use super::security::Joined;
use super::tree::{Refusal, Tree};
use super::{AuthPlan, BackendPlan, ModelPlan, OperationPlan};
use crate::blueprint::{BasePath, Blueprint, Exposure, MountSpec, PartialSegments, defaults};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Api, HttpMethod, Operation, refuses};

/// Shortest and longest time that a REST API waits for its integration.
///
/// Unit: milliseconds. Source: AWS, "Quotas for configuring and running a REST API" (AWS-RULES I4).
const TIMEOUT_MS: std::ops::RangeInclusive<u64> = 50..=29_000;

/// What became of the operations.
pub(super) struct Routes {
    pub(super) operations: Vec<OperationPlan>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) binary_media_types: Vec<Arc<str>>,
    /// Models of request bodies, by label.
    pub(super) models: Vec<ModelPlan>,
    /// The base path before the operations of each description, on the gateway and behind it.
    pub(super) bases: Vec<[Vec<Segment>; 2]>,
    /// Of usage plans.
    pub(super) throttles: Throttles,
}

/// Decides every operation.
///
/// Errors: faults of operations, GW3001 backend, GW3009 shadowed, GW40xx paths, GW4017 timeout, and those of `security`.
pub(super) fn routes(apis: &[Api], blueprint: &Blueprint, backends: &[BackendPlan], diagnostics: &mut Vec<Diagnostic>) -> Routes {
    let operations: Vec<(usize, &Operation)> =
        apis.iter().enumerate().flat_map(|(description, api)| api.operations.iter().map(move |it| (description, it))).collect();
    let extensions: BTreeMap<usize, Extensions> = operations
        .iter()
        .enumerate()
        .filter(|(_, (_, operation))| !operation.settings.is_empty())
        .map(|(index, (_, operation))| (index, extensions::extensions(operation, blueprint)))
        .collect();
    let mut builder = Builder::new((apis, &operations, &extensions), blueprint, backends);
    for index in 0..operations.len() {
        builder.operation(index);
    }
    builder.name_variables();
    builder.collisions();
    builder.meetings();
    builder.checks();
    builder.finish(diagnostics)
}

/// An operation under a mount, on its way to a plan.
struct Draft<'a> {
    plan: OperationPlan,
    /// Index among the operations of all descriptions.
    source: usize,
    template: Option<Arc<Template>>,
    /// Node of the tree that its gateway path leads to; the root where it has none.
    node: usize,
    /// Segments before the template: mount and base path.
    before: usize,
    mount: String,
    /// The prefix that the blueprint mounts it under.
    under: &'a str,
    cache: Option<Wanted<'a>>,
    asked: checks::Asked<'a>,
    is_dropped: bool,
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
    security: Joined<'a>,
    tree: Tree,
    drafts: Vec<Draft<'a>>,
    refusals: BTreeSet<Refusal>,
    media_types: BTreeSet<Arc<str>>,
    models: Vec<ModelPlan>,
    /// Parameters that many operations have alike, kept once.
    parameters: HashSet<Arc<BTreeMap<String, bool>>>,
    /// The path that was read last, which those of its methods that follow have too.
    last: Option<(Arc<str>, Arc<Template>)>,
    diagnostics: Vec<Diagnostic>,
}

/// Mounts without those whose prefix an earlier one has, which `blueprint` reports.
fn distinct(mounts: &[MountSpec]) -> impl Iterator<Item = &MountSpec> {
    let mut seen = BTreeSet::new();
    mounts.iter().filter(move |it| seen.insert(it.at.trim_matches('/')))
}

/// Descriptions, their operations, and the extensions of those.
type Given<'a> = (&'a [Api], &'a [(usize, &'a Operation)], &'a BTreeMap<usize, Extensions>);

/// The segments of a description's base path, as the side wants them that gets them.
///
/// Errors: GW1013 a base path that is none, GW4001 to GW4007 a base path that no resource can have.
fn base(api: &Api, base_path: BasePath, blueprint: &Blueprint, diagnostics: &mut Vec<Diagnostic>) -> Vec<Segment> {
    if let Some(fault) = api.base_path_fault.as_ref().filter(|_| base_path != BasePath::Ignore) {
        diagnostics.push(
            diagnostic::BAD_BASE_PATH
                .at(Place::pointer(&api.file, api.base_path_pointer))
                .message(fault)
                .help("write a plain path there, or leave it out with `api.base_path: ignore`"),
        );
    }
    match base_path {
        BasePath::Backend => api.base_path.split('/').filter(|it| !it.is_empty()).map(|it| Segment::Literal(it.into())).collect(),
        BasePath::Both => paths::template(if api.base_path.is_empty() { "/" } else { &api.base_path }, false).map_or_else(
            |fault| {
                diagnostics.push(
                    fault
                        .code
                        .at(Place::pointer(&api.file, api.base_path_pointer))
                        .also(blueprint.place("/api/base_path"))
                        .message(fault.message)
                        .help("set `api.base_path: backend`, or change the server's path"),
                );
                Vec::new()
            },
            |template| template.segments,
        ),
        BasePath::Ignore => Vec::new(),
    }
}

impl<'a> Builder<'a> {
    fn new((apis, operations, extensions): Given<'a>, blueprint: &'a Blueprint, backends: &'a [BackendPlan]) -> Self {
        let gateway = blueprint.spec.api.as_ref();
        let base_path = gateway.and_then(|it| it.base_path).unwrap_or(defaults::BASE_PATH);
        let mut diagnostics = Vec::new();
        let bases = apis.iter().map(|api| base(api, base_path, blueprint, &mut diagnostics)).collect();
        let mounts = blueprint.spec.mounts.as_deref();
        Self {
            apis,
            operations,
            extensions,
            blueprint,
            backends,
            mounts: mounts.map_or_else(|| vec![None], |mounts| distinct(mounts).map(Some).collect()),
            bases,
            base_on_gateway: base_path == BasePath::Both,
            base_behind: base_path != BasePath::Ignore,
            widen: gateway.and_then(|it| it.partial_segments).unwrap_or(defaults::PARTIAL_SEGMENTS) == PartialSegments::Widen,
            rules: Rules::new(blueprint),
            security: Joined::new(blueprint),
            tree: Tree::new(),
            drafts: Vec::with_capacity(operations.len()),
            refusals: BTreeSet::new(),
            media_types: apis.iter().flat_map(|api| api.binary_media_types.iter().cloned()).collect(),
            models: Vec::new(),
            parameters: HashSet::new(),
            last: None,
            diagnostics,
        }
    }

    fn operation(&mut self, index: usize) {
        let (description, operation) = self.operations[index];
        let extensions = self.extensions.get(&index).map_or(&[][..], |it| &it.levels);
        let described = Described { operation, description, extensions };
        let mounts = std::mem::take(&mut self.mounts);
        let decisions: Vec<_> = mounts.iter().map(|mount| self.rules.decide(described, mount.map_or("/", |it| &it.at))).collect();
        let is_public = decisions.iter().any(|it| it.exposure() == Exposure::Public);
        let template = if is_public { self.checked(index) } else { None };
        for (mount, decision) in mounts.iter().zip(&decisions) {
            self.draft(index, *mount, decision, template.as_ref());
        }
        self.mounts = mounts;
    }

    /// The operation's template, where nothing is wrong with it.
    fn checked(&mut self, index: usize) -> Option<Arc<Template>> {
        let (_, operation) = self.operations[index];
        self.diagnostics.extend(self.extensions.get(&index).into_iter().flat_map(|it| it.findings.iter().cloned()));
        for fault in &operation.faults {
            self.diagnostics.push(fault.code.at(fault.place.clone()).message(&fault.message).help(&fault.help).keeps(operation.name()));
        }
        for extension in &operation.extensions {
            if let Some(code) = refuses(extension) {
                let finding = code
                    .at(operation.place(""))
                    .message(format_args!(
                        "`{extension}` is not built yet, and leaving it out could change who may call `{} {}`",
                        operation.method.as_str(),
                        operation.path
                    ))
                    .help("say it with `routes` in the blueprint and remove the extension, or hide the operation")
                    .keeps(operation.name());
                self.diagnostics.push(finding);
            }
        }
        if !operation.method.is_servable() {
            let code = if operation.method == HttpMethod::Trace { &diagnostic::TRACE_METHOD } else { &diagnostic::UNSERVABLE_METHOD };
            let method = operation.method.as_str();
            self.diagnostics.push(
                code.at(operation.place(""))
                    .message(format_args!("API Gateway has no {method}, so `{method} {}` cannot be served", operation.path))
                    .help("remove it, or leave it out with `exposure: hidden`")
                    .keeps(operation.name()),
            );
        }
        match self.template(&operation.path) {
            Ok(template) => (operation.faults.is_empty() && operation.method.is_servable()).then_some(template),
            Err(fault) => {
                self.diagnostics
                    .push(fault.code.at(operation.item_place("")).message(fault.message).help(fault.help).keeps(operation.name()));
                None
            }
        }
    }

    fn template(&mut self, path: &Arc<str>) -> Result<Arc<Template>, PathFault> {
        if let Some((last, template)) = &self.last
            && Arc::ptr_eq(last, path)
        {
            return Ok(Arc::clone(template));
        }
        let template = Arc::new(paths::template(path, self.widen)?);
        self.last = Some((Arc::clone(path), Arc::clone(&template)));
        Ok(template)
    }

    /// The operation of that index under a mount.
    fn draft(&mut self, index: usize, mount: Option<&'a MountSpec>, decision: &Decision<'a>, template: Option<&Arc<Template>>) {
        let (description, operation) = self.operations[index];
        let exposure = decision.exposure();
        let is_public = exposure == Exposure::Public;
        let mount_path = mount.map_or("", |it| it.at.trim_matches('/'));
        let mut before: Vec<Segment> = mount_path.split('/').filter(|it| !it.is_empty()).map(|it| Segment::Literal(it.into())).collect();
        if self.base_on_gateway {
            before.extend(self.bases[description].iter().cloned());
        }
        let mut auth = AuthPlan::default();
        if is_public {
            auth = self.security.decide(&self.apis[description], operation, decision);
            self.media_types.extend(operation.binary_media_types.iter().cloned());
        }
        let backend = rules::mounted(mount, decision.backend).or_else(|| {
            (self.blueprint.spec.backends.len() == 1).then(|| self.blueprint.spec.backends.keys().next().map(String::as_str)).flatten()
        });
        let has_alb = super::alb::has_alb(self.blueprint.spec.topology);
        if (is_public || (has_alb && exposure == Exposure::Internal)) && backend.is_none() {
            self.no_backend(operation);
        }
        let plan = OperationPlan {
            description,
            method: operation.method,
            path: Arc::clone(&operation.path),
            place: operation.place(""),
            exposure,
            backend: backend.and_then(|name| self.backends.iter().position(|it| *it.name == *name)),
            timeout_ms: self.timeout(decision),
            throttle: self.throttle(decision),
            cache: None,
            gateway_path: template.filter(|_| is_public).map(|template| before.iter().chain(&template.segments).cloned().collect()),
            asked_path: (!is_public)
                .then(|| paths::template(&operation.path, false).ok())
                .flatten()
                .map(|it| before.iter().cloned().chain(it.segments).collect()),
            private_path: (has_alb && !is_public).then(|| self.private_path(description, operation)),
            backend_path: Vec::new(),
            has_trailing_slash: template.is_some_and(|it| it.has_trailing_slash),
            request_parameters: Default::default(),
            auth,
            checks: Default::default(),
            coverage: Default::default(),
        };
        let cache = if is_public { self.wanted_cache((&self.apis[description], operation), decision) } else { None };
        let mount = before.iter().map(|it| format!("/{}", it.path_part())).collect();
        self.drafts.push(Draft {
            plan,
            source: index,
            template: template.filter(|_| is_public).cloned(),
            node: 0,
            before: before.len(),
            mount,
            under: mount_path,
            cache,
            asked: self.asked(decision),
            is_dropped: false,
            is_throttled: expect::is_throttled(self.blueprint, decision.throttle.map(|it| it.0)),
        });
    }

    /// As private callers write it, but for the backend's prefix.
    fn private_path(&self, description: usize, operation: &Operation) -> Arc<str> {
        let base = if self.base_behind { &self.bases[description][..] } else { &[] };
        let mut path: String = base.iter().map(|it| format!("/{}", it.path_part())).collect();
        if !operation.path.starts_with('/') {
            path.push('/');
        }
        path.push_str(&operation.path);
        path.into()
    }

    /// The operation that a draft is of.
    fn source(&self, draft: usize) -> &'a Operation {
        self.operations[self.drafts[draft].source].1
    }

    fn no_backend(&mut self, operation: &Operation) {
        let finding = diagnostic::NO_BACKEND
            .at(operation.place(""))
            .also(self.blueprint.place("/routes"))
            .message(format_args!("no route gives `{} {}` a backend", operation.method.as_str(), operation.path))
            .help(format_args!(
                "add a route such as `{{match: {{paths: [\"{}\"]}}, backend: {}}}`",
                operation.path,
                self.blueprint.spec.backends.keys().next().map_or("...", String::as_str)
            ))
            .keeps(operation.name());
        self.diagnostics.push(finding);
    }

    fn timeout(&mut self, decision: &Decision<'_>) -> u32 {
        let Some((timeout, origin)) = decision.timeout_ms else {
            return u32::try_from(defaults::TIMEOUT.milliseconds()).expect("the default is 29 s");
        };
        let raised =
            self.blueprint.spec.limits.as_ref().and_then(|it| it.integration_timeout).map_or(*TIMEOUT_MS.end(), |it| it.milliseconds());
        if !(*TIMEOUT_MS.start()..=raised).contains(&timeout) {
            let finding = diagnostic::TIMEOUT_OUT_OF_RANGE
                .at(origin.place(self.blueprint, "timeout"))
                .message(format_args!("API Gateway waits 50 ms to {raised} ms for a backend, not {timeout} ms"))
                .help("choose a time in that range; where the account's quota was raised, set `limits.integration_timeout`");
            self.diagnostics.push(finding);
        }
        u32::try_from(timeout).unwrap_or(u32::MAX)
    }

    fn finish(mut self, diagnostics: &mut Vec<Diagnostic>) -> Routes {
        let has_alb = super::alb::has_alb(self.blueprint.spec.topology);
        let is_balanced = |it: &OperationPlan| it.backend.is_none_or(|index| self.backends[index].balanced().is_some());
        let internal = self.drafts.iter().map(|it| &it.plan).filter(|it| it.exposure == Exposure::Internal);
        let internal: Vec<&OperationPlan> = internal.filter(|it| !has_alb || !is_balanced(it)).collect();
        if let Some(first) = internal.first() {
            let finding = diagnostic::INTERNAL_NOWHERE
                .at(first.place.clone())
                .message(format_args!(
                    "{} operation(s) are `internal`, and {} has no private way to them: they are served nowhere",
                    internal.len(),
                    if has_alb {
                        "a function, which the gateway alone calls,".to_owned()
                    } else {
                        format!("topology `{}`", self.blueprint.spec.topology.name())
                    }
                ))
                .help(if has_alb {
                    "use `hidden` to say so, or give them a backend behind the ALB"
                } else {
                    "use `hidden` to say so, or a topology with an ALB"
                });
            self.diagnostics.push(finding);
        }
        self.diagnostics.extend(self.rules.unmatched(self.blueprint));
        let looked: Vec<Looked<'_>> = self.drafts.iter().map(|it| self.looked(it)).collect();
        let promises = expect::expect(self.blueprint, &looked);
        let throttles = keys::throttles(self.blueprint, &looked, diagnostics);
        self.diagnostics.extend(promises);
        self.diagnostics.extend(self.security.finish(self.apis));
        diagnostics.append(&mut self.diagnostics);
        // By gateway path, path and method; the tree knows the order of its paths, and comparing ranks is much quicker.
        let ranks = self.tree.ranks();
        let rank = |it: &Draft| it.plan.gateway_path.is_some().then(|| ranks[it.node]);
        self.drafts.sort_by(|a, b| (rank(a), &a.plan.path, a.plan.method).cmp(&(rank(b), &b.plan.path, b.plan.method)));
        let operations: Vec<OperationPlan> = self.drafts.into_iter().map(|draft| draft.plan).collect();
        let base = |base: &Vec<Segment>, is_there: bool| if is_there { base.clone() } else { Vec::new() };
        Routes {
            operations,
            refusals: self.refusals.into_iter().collect(),
            models: self.models,
            bases: self.bases.iter().map(|it| [base(it, self.base_on_gateway), base(it, self.base_behind)]).collect(),
            binary_media_types: self.media_types.into_iter().collect(),
            throttles,
        }
    }

    /// An operation as promises and usage plans see it.
    fn looked<'b>(&'b self, draft: &'b Draft<'a>) -> Looked<'b> {
        let (description, operation) = self.operations[draft.source];
        let described = Described { operation, description, extensions: &[] };
        Looked { described, mount: draft.under, plan: &draft.plan, is_throttled: draft.is_throttled }
    }
}
