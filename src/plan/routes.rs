//! Every operation under every mount: its exposure, its backend, its path on the gateway and behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::extensions::{self, Extensions};
use super::parameters::{self, Spellings};
use super::paths::{self, Segment, Template};
use super::rules::{self, Decision, Described, Rules};
use super::security::Joined;
use super::tree::{Meeting, Refusal, Tree, asked, can_be_asked};
use super::{BackendPlan, OperationPlan};
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
    builder.finish(diagnostics)
}

/// An operation under a mount, on its way to a plan.
struct Draft {
    plan: OperationPlan,
    /// Index among the operations of all descriptions.
    source: usize,
    template: Option<Arc<Template>>,
    /// Segments before the template: mount and base path.
    before: usize,
    mount: String,
    /// The prefix that the blueprint mounts it under.
    under: Arc<str>,
    is_dropped: bool,
}

/// Drafts by path, method and prefix of the mount.
type Written = BTreeMap<(Arc<str>, HttpMethod, Arc<str>), usize>;

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
    drafts: Vec<Draft>,
    refusals: BTreeSet<Refusal>,
    media_types: BTreeSet<Arc<str>>,
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
/// Errors: GW4001 to GW4007 a base path that no resource can have.
fn base(api: &Api, base_path: BasePath, blueprint: &Blueprint, diagnostics: &mut Vec<Diagnostic>) -> Vec<Segment> {
    match base_path {
        BasePath::Backend => api.base_path.split('/').filter(|it| !it.is_empty()).map(|it| Segment::Literal(it.into())).collect(),
        BasePath::Both => paths::template(if api.base_path.is_empty() { "/" } else { &api.base_path }, false).map_or_else(
            |fault| {
                diagnostics.push(
                    fault
                        .code
                        .at(Place::pointer(&api.file, "/servers/0/url"))
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
            media_types: BTreeSet::new(),
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
        if operation.method == HttpMethod::Trace {
            self.diagnostics.push(
                diagnostic::TRACE_METHOD
                    .at(operation.place(""))
                    .message(format_args!("API Gateway has no TRACE, so `TRACE {}` cannot be served", operation.path))
                    .help("remove it, or leave it out with `exposure: hidden`")
                    .keeps(operation.name()),
            );
        }
        match paths::template(&operation.path, self.widen) {
            Ok(template) => (operation.faults.is_empty() && operation.method != HttpMethod::Trace).then(|| Arc::new(template)),
            Err(fault) => {
                self.diagnostics
                    .push(fault.code.at(operation.item_place("")).message(fault.message).help(fault.help).keeps(operation.name()));
                None
            }
        }
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
        if is_public {
            self.security.decide(&self.apis[description], operation, decision);
            self.media_types.extend(operation.binary_media_types.iter().cloned());
        }
        let backend = rules::mounted(mount, decision.backend).or_else(|| {
            (self.blueprint.spec.backends.len() == 1).then(|| self.blueprint.spec.backends.keys().next().map(String::as_str)).flatten()
        });
        if is_public && backend.is_none() {
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
            gateway_path: template.filter(|_| is_public).map(|template| before.iter().chain(&template.segments).cloned().collect()),
            asked_path: (!is_public)
                .then(|| paths::template(&operation.path, false).ok())
                .flatten()
                .map(|it| before.iter().cloned().chain(it.segments).collect()),
            backend_path: Vec::new(),
            has_trailing_slash: template.is_some_and(|it| it.has_trailing_slash),
            request_parameters: Default::default(),
        };
        let mount = before.iter().map(|it| format!("/{}", it.path_part())).collect();
        self.drafts.push(Draft {
            plan,
            source: index,
            template: template.filter(|_| is_public).cloned(),
            before: before.len(),
            mount,
            under: mount_path.into(),
            is_dropped: false,
        });
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

    /// One name for all spellings of a variable, and no two operations at one place.
    fn name_variables(&mut self) {
        let mut written = Written::new();
        for index in 0..self.drafts.len() {
            let Some(path) = self.drafts[index].plan.gateway_path.clone() else { continue };
            if let Some(first) = self.elsewhere(&mut written, index) {
                self.drafts[index].is_dropped = true;
                self.in_two_descriptions(first, index);
                continue;
            }
            if let Some(first) = self.tree.insert(&path, self.drafts[index].plan.method, index) {
                self.drafts[index].is_dropped = true;
                self.duplicate(first, index);
            }
        }
        for renamed in self.tree.name_variables() {
            let (first, others) = renamed.spellings.split_first().expect("a variable has a spelling");
            let spelt = renamed.spellings.iter().map(|(name, _)| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ");
            let mut finding = diagnostic::RENAMED_VARIABLE.at(self.item_place(first.1)).message(format_args!("the path variables {spelt} stand at one place, where API Gateway has one: they become `{{{}}}`; the backend sees no difference", renamed.name)).help("use one name for them in the description");
            finding.places.extend(others.iter().map(|(_, operation)| self.item_place(*operation)));
            self.diagnostics.push(finding);
        }
        for index in 0..self.drafts.len() {
            self.complete(index);
        }
    }

    /// The operation that a draft is of.
    fn source(&self, draft: usize) -> &'a Operation {
        self.operations[self.drafts[draft].source].1
    }

    fn item_place(&self, draft: usize) -> Place {
        self.source(draft).item_place("")
    }

    fn duplicate(&mut self, first: usize, second: usize) {
        let plan = &self.drafts[second].plan;
        if self.drafts[first].plan.description != plan.description {
            return self.in_two_descriptions(first, second);
        }
        let finding = diagnostic::DUPLICATE_OPERATION
            .at(plan.place.clone())
            .also(self.drafts[first].plan.place.clone())
            .message(format_args!(
                "`{} {}` and `{} {}` are one operation to API Gateway",
                plan.method.as_str(),
                plan.path,
                self.drafts[first].plan.method.as_str(),
                self.drafts[first].plan.path
            ))
            .help("merge the two, or leave one out with `exposure: hidden`")
            .keeps(self.source(second).name());
        self.diagnostics.push(finding);
    }

    /// The draft of another description that has the method and path of this one, under the same mount.
    fn elsewhere(&self, written: &mut Written, index: usize) -> Option<usize> {
        if self.apis.len() < 2 {
            return None;
        }
        let draft = &self.drafts[index];
        let key = (Arc::clone(&draft.plan.path), draft.plan.method, Arc::clone(&draft.under));
        let first = *written.entry(key).or_insert(index);
        (self.drafts[first].plan.description != draft.plan.description).then_some(first)
    }

    fn in_two_descriptions(&mut self, first: usize, second: usize) {
        let (one, other) = (&self.drafts[first].plan, &self.drafts[second].plan);
        let spec = &self.blueprint.spec.spec[other.description];
        let finding = diagnostic::OPERATION_IN_TWO_DESCRIPTIONS
            .at(other.place.clone())
            .also(one.place.clone())
            .message(format_args!(
                "`{} {}` of `{}` and `{} {}` of `{}` are one operation to API Gateway",
                other.method.as_str(),
                other.path,
                self.apis[other.description].file,
                one.method.as_str(),
                one.path,
                self.apis[one.description].file
            ))
            .help(format_args!("leave one of the two out: `{{match: {{specs: [{spec}], paths: [\"{}\"]}}, exposure: hidden}}`", other.path))
            .keeps(self.source(second).name());
        self.diagnostics.push(finding);
    }

    /// Gives a public operation its final path, the backend's, and its parameters.
    fn complete(&mut self, index: usize) {
        let draft = &self.drafts[index];
        let (Some(path), Some(template), false) = (&draft.plan.gateway_path, &draft.template, draft.is_dropped) else { return };
        let named = self.tree.named(path);
        let (description, operation) = self.operations[draft.source];
        let inner = &named[draft.before..];
        let spelt = |original: &Arc<str>| {
            template
                .renamed
                .iter()
                .find(|(_, legal)| legal == original)
                .map_or_else(|| Arc::clone(original), |(spelt, _)| Arc::clone(spelt))
        };
        let variables = template.segments.iter().filter_map(Segment::variable).zip(inner.iter().filter_map(Segment::variable));
        let spellings: Spellings = variables.map(|(original, name)| (spelt(original), Arc::clone(name))).collect();
        let mut backend_path: Vec<Segment> = draft
            .plan
            .backend
            .into_iter()
            .flat_map(|it| &self.backends[it].path_prefix)
            .map(|it| Segment::Literal(Arc::clone(it)))
            .collect();
        if self.base_behind {
            backend_path.extend(self.bases[description].iter().cloned());
        }
        backend_path.extend(inner.iter().cloned());
        let parameters = parameters::request_parameters(operation, &spellings, &mut self.diagnostics);
        parameters::undeclared(operation, &spellings, &mut self.diagnostics);
        let plan = &mut self.drafts[index].plan;
        plan.request_parameters = Arc::new(parameters);
        plan.backend_path = backend_path;
        plan.gateway_path = Some(named);
    }

    /// A variable and a greedy variable under one parent.
    fn collisions(&mut self) {
        for (variable, greedy) in self.tree.crowded() {
            let (first, second) = (&self.drafts[variable].plan, &self.drafts[greedy].plan);
            let finding = diagnostic::DUPLICATE_OPERATION
                .at(second.place.clone())
                .also(first.place.clone())
                .message(format_args!(
                    "the greedy variable of `{}` and the variable of `{}` stand under one parent, where API Gateway takes one",
                    second.path, first.path
                ))
                .help("leave one of the two out with `exposure: hidden`")
                .keeps(self.source(greedy).name());
            self.diagnostics.push(finding);
        }
    }

    /// What is not public must not be answered by what is.
    fn meetings(&mut self) {
        for index in 0..self.drafts.len() {
            let draft = &self.drafts[index];
            // One that cannot be served is looked at as if it were hidden already, so that one run names all that has to be.
            let is_served = draft.plan.gateway_path.is_some() && !draft.is_dropped;
            if is_served || draft.plan.method == HttpMethod::Trace {
                continue;
            }
            let is_public = draft.plan.is_public();
            if !can_be_asked(&draft.plan.path) {
                continue;
            }
            let full = format!("{}{}", draft.mount, draft.plan.path);
            for meeting in self.tree.meetings(&asked(&full, self.widen), draft.plan.method) {
                match meeting {
                    Meeting::Same(_) if is_public => {}
                    Meeting::Refuse(refusal) => drop(self.refusals.insert(refusal)),
                    Meeting::Same(public) => self.report_same(index, public),
                    Meeting::Unavoidable(public) => self.report_unavoidable(index, public),
                }
            }
        }
        self.shield();
    }

    /// A refusal that would need a variable beside a greedy one cannot be built.
    fn shield(&mut self) {
        let mut tree = Tree::new();
        for (index, draft) in self.drafts.iter().enumerate() {
            if let Some(path) = &draft.plan.gateway_path {
                tree.insert(path, draft.plan.method, index);
            }
        }
        let crowded: BTreeSet<usize> = tree.crowded().into_iter().map(|(_, greedy)| greedy).collect();
        for refusal in &self.refusals {
            tree.insert(&refusal.path, refusal.method, 0);
        }
        for (_, greedy) in tree.crowded().into_iter().filter(|(_, greedy)| !crowded.contains(greedy)) {
            let answering = &self.drafts[greedy];
            let finding = diagnostic::SHADOWED_OPERATION
                .at(answering.plan.place.clone())
                .message(format_args!("public `{} {}` would answer for an operation with a variable in the same place, which is not public, and API Gateway cannot hold a variable beside a greedy one", answering.plan.method.as_str(), answering.plan.path))
                .help("hide the greedy path too, or make the other one public")
                .keeps(self.operations[answering.source].1.name());
            self.diagnostics.push(finding);
        }
    }

    fn report_same(&mut self, index: usize, public: usize) {
        let (draft, public) = (&self.drafts[index].plan, &self.drafts[public].plan);
        let finding = diagnostic::SHARED_PATH
            .at(draft.place.clone())
            .also(public.place.clone())
            .message(format_args!(
                "`{} {}` is not public, but its requests are those of `{} {}`, which is",
                draft.method.as_str(),
                draft.path,
                public.method.as_str(),
                public.path
            ))
            .help("hide both if callers must not reach it");
        self.diagnostics.push(finding);
    }

    fn report_unavoidable(&mut self, index: usize, public: usize) {
        let (draft, answering) = (&self.drafts[index].plan, &self.drafts[public]);
        let finding = diagnostic::SHADOWED_OPERATION
            .at(answering.plan.place.clone())
            .also(draft.place.clone())
            .message(format_args!(
                "public `{} {}` would answer requests for `{} {}`, which is not public and has no path that API Gateway can refuse",
                answering.plan.method.as_str(),
                answering.plan.path,
                draft.method.as_str(),
                draft.path
            ))
            .help("hide both, or give the other a path of whole segments")
            .keeps(self.operations[answering.source].1.name());
        self.diagnostics.push(finding);
    }

    fn finish(mut self, diagnostics: &mut Vec<Diagnostic>) -> Routes {
        let internal: Vec<&OperationPlan> = self.drafts.iter().map(|it| &it.plan).filter(|it| it.exposure == Exposure::Internal).collect();
        if let Some(first) = internal.first() {
            let finding = diagnostic::INTERNAL_NOWHERE
                .at(first.place.clone())
                .message(format_args!(
                    "{} operation(s) are `internal`, and topology `nlb-targets` has no private way to them: they are served nowhere",
                    internal.len()
                ))
                .help("use `hidden` to say so, or a topology with an ALB");
            self.diagnostics.push(finding);
        }
        self.diagnostics.extend(self.rules.unmatched(self.blueprint));
        self.diagnostics.extend(self.security.finish());
        diagnostics.append(&mut self.diagnostics);
        let mut operations: Vec<OperationPlan> = self.drafts.into_iter().map(|draft| draft.plan).collect();
        operations.sort_by(|a, b| (&a.gateway_path, &a.path, a.method).cmp(&(&b.gateway_path, &b.path, b.method)));
        Routes { operations, refusals: self.refusals.into_iter().collect(), binary_media_types: self.media_types.into_iter().collect() }
    }
}
