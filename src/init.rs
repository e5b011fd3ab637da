//! The first blueprint of a description: short, commented, and such that its output renders.
//!
//! In: `Files`, a description, a topology. Out: `Draft`. Pure but for `Files`.
//! What cannot be served is hidden with the code that says why. What the description protects stays closed: a scheme that nobody has
//! decided yet is an error of `render`, and its proposals stand in comments.

mod guess;
mod schemes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::blueprint::{Topology, scalar};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::openapi::{self, Api, Operation, ServerKind};
use crate::plan::exact;
use crate::source::{Files, Library, ReadError, RelativePath, SourceFile};
use crate::{Compiled, Request, compile, limits};
pub use schemes::Scheme;
use schemes::Schemes;

/// Name of the file that is written.
pub const NAME: &str = "gwgen.yaml";

/// How often what is found is hidden and the rest tried again: what is hidden can bring another operation to light.
const MAX_ROUNDS: usize = 6;

/// Most tags that are named.
const MAX_TAGS: usize = 6;

/// What is to be written.
#[derive(Debug)]
pub struct Draft {
    /// The blueprint; `None` where no blueprint would render.
    pub text: Option<String>,
    /// Operations of the description.
    pub operations: usize,
    /// Operations that are hidden so that the rest renders.
    pub hidden: usize,
    /// Security schemes without an entry of `auth`: the blueprint renders once each of them has one.
    pub undecided: Vec<Scheme>,
    /// What compiling the blueprint came to, with its findings.
    pub compiled: Compiled,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The folder that the blueprint is written to, relative to the root.
    pub folder: String,
    /// The description, relative to that folder.
    pub spec: String,
    pub topology: Topology,
}

/// Drafts a blueprint and compiles it.
///
/// Errors: those of reading the description, and what is left when no operation can be blamed for it.
pub fn draft(files: &dyn Files, wanted: &Wanted) -> Draft {
    let mut draft = Draft { text: None, operations: 0, hidden: 0, undecided: Vec::new(), compiled: Compiled::default() };
    let Some(file) = description(files, wanted, &mut draft.compiled) else { return draft };
    let library = Library::new(files);
    let api = openapi::read(&file, &library);
    let Some(api) = api.value else {
        draft.compiled.diagnostics.extend(api.diagnostics);
        return draft;
    };
    draft.operations = api.operations.len();
    let (mut stuck, mut resources) = (Stuck::default(), None);
    for _ in 0..MAX_ROUNDS {
        let schemes = Schemes::of(&api, |operation| !stuck.holds(operation));
        let writer = Writer { api: &api, file: &file, wanted, stuck: &stuck, resources, schemes: &schemes };
        // With every scheme left out of account, whatever is found then has other reasons than a decision that is not made yet.
        draft.compiled = compiled(files, wanted, &writer.text(Entries::Ignored));
        let mut found: Vec<Diagnostic> = Vec::new();
        if draft.compiled.tree.is_some() {
            let text = writer.text(Entries::Proposed);
            if !schemes.is_empty() {
                draft.compiled = Compiled::default();
                draft.compiled = compiled(files, wanted, &text);
            }
            let is_left = |it: &&Diagnostic| it.is_error() && !waits_for_a_decision(it, &schemes);
            found.extend(draft.compiled.diagnostics.iter().filter(is_left).cloned());
            if found.is_empty() {
                (draft.hidden, draft.text, draft.undecided) = (stuck.0.len(), Some(text), schemes.undecided);
                break;
            }
        }
        let errors = if found.is_empty() { &draft.compiled.diagnostics } else { &found };
        let more = stuck.take(errors);
        let quota = quota(&draft.compiled).filter(|_| resources.is_none());
        resources = resources.or(quota);
        if !more && quota.is_none() {
            break;
        }
    }
    if draft.text.is_none() {
        in_the_description(&mut draft.compiled.diagnostics, &file.display);
    }
    draft
}

/// Whether a finding is about a scheme that has no entry of `auth` yet, and goes once it has one.
fn waits_for_a_decision(finding: &Diagnostic, schemes: &Schemes) -> bool {
    !schemes.undecided.is_empty() && (*finding.code == diagnostic::UNMAPPED_SCHEME || *finding.code == diagnostic::UNKNOWN_AUTH)
}

/// A place in a blueprint that is not written would send its reader nowhere.
fn in_the_description(diagnostics: &mut [Diagnostic], description: &Arc<str>) {
    for place in diagnostics.iter_mut().flat_map(|it| &mut it.places).filter(|it| *it.file == *NAME) {
        *place = diagnostic::Place::file(description);
    }
}

/// Errors: those of reading a file, GW0002.
fn description(files: &dyn Files, wanted: &Wanted, compiled: &mut Compiled) -> Option<Arc<SourceFile>> {
    let display: Arc<str> = wanted.spec.as_str().into();
    let Some(path) = RelativePath::join(&wanted.folder, &wanted.spec) else {
        let finding = diagnostic::FILE_OUTSIDE_ROOT
            .at(diagnostic::Place::file(&display))
            .message(format_args!("`{display}` lies outside the repository that would hold the blueprint"))
            .help("copy the file into the repository, and name it relative to the working directory");
        compiled.diagnostics.push(finding);
        return None;
    };
    match SourceFile::read(files, path, display) {
        Ok(file) => {
            let file = Arc::new(file);
            compiled.sources.add(Arc::clone(&file));
            Some(file)
        }
        Err(finding) => {
            compiled.diagnostics.push(*finding);
            None
        }
    }
}

fn compiled(files: &dyn Files, wanted: &Wanted, text: &str) -> Compiled {
    let blueprint = RelativePath::join(&wanted.folder, NAME).expect("a name without `..` stays in its folder");
    let files = With { files, path: &blueprint, text };
    compile(&files, &Request { blueprint: blueprint.clone(), display: NAME.into() })
}

/// Files, and one that is not written yet.
struct With<'a> {
    files: &'a dyn Files,
    path: &'a RelativePath,
    text: &'a str,
}

impl Files for With<'_> {
    fn read(&self, path: &RelativePath) -> Result<Vec<u8>, ReadError> {
        if path == self.path { Ok(self.text.as_bytes().to_vec()) } else { self.files.read(path) }
    }
}

/// The quota of resources that would do, where the one there is does not.
fn quota(compiled: &Compiled) -> Option<u64> {
    let is_too_small = compiled.diagnostics.iter().any(|it| *it.code == diagnostic::TOO_MANY_RESOURCES);
    let needed = limits::resources(&compiled.assembled.as_ref()?.stack);
    is_too_small.then(|| needed.next_multiple_of(100))
}

/// Operations that cannot be served, with the code that says why.
#[derive(Debug, Default)]
struct Stuck(BTreeMap<(Arc<str>, &'static str), &'static Code>);

impl Stuck {
    fn holds(&self, operation: &Operation) -> bool {
        self.0.contains_key(&(Arc::clone(&operation.path), operation.method.as_str()))
    }

    /// Takes over what errors name; whether that was anything new.
    fn take(&mut self, diagnostics: &[Diagnostic]) -> bool {
        let before = self.0.len();
        for finding in diagnostics.iter().filter(|it| it.is_error()) {
            for operation in &finding.operations {
                self.0.entry((Arc::clone(&operation.path), operation.method)).or_insert(finding.code);
            }
        }
        self.0.len() > before
    }

    /// One route for all paths with the same code and methods: it matches each path with each method, and no other path.
    fn groups(&self) -> Vec<minijinja::Value> {
        let mut paths: BTreeMap<(&str, &str), (&Code, Methods<'_>)> = BTreeMap::new();
        for ((path, method), code) in &self.0 {
            paths.entry((code.code, &**path)).or_insert((code, Methods::new())).1.insert(method);
        }
        let mut groups: BTreeMap<(&str, Methods<'_>), Group<'_>> = BTreeMap::new();
        for ((_, path), (code, methods)) in paths {
            let group = Group { code, methods: methods.clone(), paths: Vec::new() };
            groups.entry((code.code, methods)).or_insert(group).paths.push(scalar(&exact(path)));
        }
        groups.into_values().map(Group::context).collect()
    }
}

/// Methods of a path, as API Gateway spells them.
type Methods<'a> = BTreeSet<&'a str>;

/// Operations that one route hides.
struct Group<'a> {
    code: &'a Code,
    methods: Methods<'a>,
    paths: Vec<String>,
}

impl Group<'_> {
    fn context(self) -> minijinja::Value {
        let methods: Vec<String> = self.methods.into_iter().map(str::to_ascii_lowercase).collect();
        minijinja::context! { code => self.code.code, slug => self.code.slug, methods, paths => self.paths }
    }
}

/// What stands in `auth` of the blueprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entries {
    /// What is proposed to the user.
    Proposed,
    /// `ignore` for every scheme, only to see what else there is; never written to a file.
    Ignored,
}

/// What goes into the text of a blueprint.
#[derive(Clone, Copy)]
struct Writer<'a> {
    api: &'a Api,
    file: &'a SourceFile,
    wanted: &'a Wanted,
    stuck: &'a Stuck,
    resources: Option<u64>,
    schemes: &'a Schemes,
}

impl Writer<'_> {
    fn text(self, entries: Entries) -> String {
        let (guess, wanted) = (guess::guess(self.api, self.file), self.wanted);
        let is_internet = wanted.topology == Topology::Internet;
        let backend = guess.backend.as_str();
        let variable = backend.replace('-', "_");
        let url = is_internet.then(|| guess.url.as_deref().map_or_else(|| format!("{{var: {variable}_url}}"), scalar));
        let context = minijinja::context! {
            spec => scalar(&wanted.spec),
            name => scalar(&guess.name),
            topology => wanted.topology.name(),
            way => way(wanted.topology),
            base_path => base_path(self.api),
            has_network => !is_internet,
            backend => scalar(backend),
            variable,
            url,
            port => guess.port.unwrap_or(guess::PORT),
            is_port_known => guess.port.is_some(),
            has_hosts => wanted.topology == Topology::Forwarder,
            tags => guess.tags.iter().take(MAX_TAGS).map(|it| scalar(it)).collect::<Vec<_>>(),
            keys => self.schemes.keys.iter().map(Scheme::context).collect::<Vec<_>>(),
            undecided => self.schemes.undecided.iter().map(Scheme::context).collect::<Vec<_>>(),
            are_ignored => entries == Entries::Ignored,
            hidden => self.stuck.groups(),
            resources => self.resources,
        };
        let syntax = minijinja::syntax::SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        let mut environment = minijinja::Environment::new();
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
        environment.render_str(include_str!("../templates/init.yaml.j2"), context).expect("the template names only what it is given")
    }
}

/// What is taken from the first server, as a comment.
fn base_path(api: &Api) -> Option<String> {
    let path = scalar(&api.base_path);
    let taken = (!api.base_path.is_empty()).then(|| {
        format!("Backends get {path} before every path, as the description's first server has it; `api.base_path` can say otherwise")
    });
    match &api.base_path_origin.kind {
        ServerKind::Stage(stage) if taken.is_none() => Some(format!(
            "{} of the description's first server is the stage of an API Gateway: backends do not get it.",
            scalar(&format!("/{stage}"))
        )),
        ServerKind::NoAddress => Some(
            "The description's first server is no address, so backends get no path before theirs; `api.base_path` says that this is right."
                .to_owned(),
        ),
        ServerKind::Ordinary | ServerKind::Stage(_) | ServerKind::Mock(_) | ServerKind::Local => taken,
    }
}

fn way(topology: Topology) -> &'static str {
    match topology {
        Topology::NlbTargets => "API Gateway, VPC link, one internal NLB, a listener and a target group per backend",
        Topology::NlbAlbSync => "API Gateway, VPC link, NLB, kept on the addresses of an internal ALB by a function",
        Topology::NlbAlb => "API Gateway, VPC link, NLB, internal ALB with path rules",
        Topology::Alb => "API Gateway, VPC link (V2), internal ALB with path rules",
        Topology::Forwarder => "API Gateway, a function inside the VPC, the servers; no balancer",
        Topology::Internet => "API Gateway, the public HTTPS address of each backend; nothing private",
    }
}
