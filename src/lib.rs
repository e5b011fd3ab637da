//! gwgen is a compiler: an OpenAPI description and a blueprint in, Terraform or CloudFormation out.
//!
//! In: files. Out: files and findings. The modules stand in reading order; `compile` is the whole
//! way through.

pub mod diagnostic;
pub mod source;

pub mod openapi;

pub mod blueprint;

pub mod plan;

pub mod lint;

pub mod aws;
pub mod stack;

pub mod assemble;

pub mod limits;
pub mod walk;

pub mod emit;
pub(crate) mod listing;

pub mod trace;

pub mod init;

pub mod cli;
pub(crate) mod io;
pub(crate) mod printed;
pub(crate) mod report;

use std::sync::Arc;

use diagnostic::{Diagnostic, Outcome, Place};
use emit::FileTree;
use openapi::Api;
use plan::Plan;
use source::{Files, Library, RelativePath, SourceFile, Sources};

/// What is to be compiled.
#[derive(Clone, Debug)]
pub struct Request {
    /// The blueprint, relative to the root.
    pub blueprint: RelativePath,
    /// The blueprint's path as the user gave it.
    pub display: Arc<str>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The output folder, relative to the root.
    pub output: Option<RelativePath>,
    /// The files to write; there only without an error.
    pub tree: Option<FileTree>,
    /// What tells its stack from those of other blueprints, and where the blueprint says so.
    pub stack: Option<(blueprint::StackIdentity, Place)>,
    pub plan: Option<Plan>,
    /// What was deployed of it, in the plan's terms; there only without an error before.
    pub assembled: Option<assemble::Assembled>,
    pub diagnostics: Vec<Diagnostic>,
    /// What was read, to find lines in.
    pub sources: Sources,
}

impl Compiled {
    fn has_error(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Takes over what a stage found, and gives its value.
    fn take<T>(&mut self, outcome: Outcome<T>) -> Option<T> {
        self.diagnostics.extend(outcome.diagnostics);
        outcome.value
    }
}

/// The whole way through, without side effects. Nothing that `lint.allow` allows has expired.
pub fn compile(files: &dyn Files, request: &Request) -> Compiled {
    compile_on(files, request, None)
}

/// The whole way through, on a day that is written as `2027-03-31`.
pub fn compile_on(files: &dyn Files, request: &Request, day: Option<&str>) -> Compiled {
    let mut compiled = Compiled::default();
    let read = blueprint::read(
        files,
        request.blueprint.clone(),
        Arc::clone(&request.display),
        &mut compiled.sources,
    );
    let Some(blueprint) = compiled.take(read) else {
        return compiled;
    };
    let policy = lint::Policy::of(&blueprint, day, &mut compiled.diagnostics);
    compile_blueprint(files, request, &blueprint, &mut compiled);
    policy.apply(compiled.plan.as_ref(), &mut compiled.diagnostics);
    if compiled.has_error() {
        compiled.tree = None;
    }
    compiled.diagnostics = diagnostic::habits::grouped(std::mem::take(&mut compiled.diagnostics));
    compiled
}

/// From the blueprint to the files.
fn compile_blueprint(
    files: &dyn Files,
    request: &Request,
    blueprint: &blueprint::Blueprint,
    compiled: &mut Compiled,
) {
    compiled.output = output(blueprint, request, &mut compiled.diagnostics);
    compiled.stack = Some((blueprint.stack(), place_of_stack(blueprint, request)));
    let before = compiled.diagnostics.len();
    let Some(apis) = describe(files, request, blueprint, compiled) else {
        return;
    };
    let is_whole = !compiled.diagnostics[before..]
        .iter()
        .any(Diagnostic::is_error);
    let mut planned = plan::plan(&apis, blueprint);
    // What could not be read may have held what is missed.
    planned
        .diagnostics
        .retain(|it| is_whole || *it.code != diagnostic::NOTHING_PUBLIC);
    planned.diagnostics.retain(|it| !blueprint.was_left_out(it));
    let Some(plan) = compiled.take(planned) else {
        return;
    };
    compiled.diagnostics.extend(lint::lint(&lint::Facts {
        apis: &apis,
        blueprint,
        plan: Some(&plan),
    }));
    // The largest things in memory, and nobody asks for a line in most of them any more.
    compiled.sources.release(&compiled.diagnostics);
    drop(apis);
    if !compiled.has_error() {
        let assembled = assemble::assemble(&plan);
        compiled.diagnostics.extend(walk::walk(&plan, &assembled));
        compiled
            .diagnostics
            .extend(limits::limits(&plan, &assembled.stack));
        if !compiled.has_error() {
            let tree = emit::files(&plan, &assembled.stack, &request.display);
            let too_large = limits::written(&plan, &tree);
            compiled.tree = too_large.is_none().then_some(tree);
            compiled.diagnostics.extend(too_large);
        }
        compiled.assembled = Some(assembled);
    }
    compiled.plan = Some(plan);
}

/// Reads the descriptions that the blueprint names, each with all that it refers to; nothing where
/// one of them cannot be read.
fn describe(
    files: &dyn Files,
    request: &Request,
    blueprint: &blueprint::Blueprint,
    compiled: &mut Compiled,
) -> Option<Vec<Api>> {
    let library = Library::new(files);
    let specs = &blueprint.spec.spec;
    // All of them first: each is named as the user gave it, whoever else refers to it.
    let opened: Vec<Option<&Arc<SourceFile>>> = (0..specs.len())
        .map(|index| {
            open(&library, request, blueprint, index)
                .map_err(|finding| compiled.diagnostics.push(*finding))
                .ok()
        })
        .collect();
    let apis: Vec<Option<Api>> = opened
        .iter()
        .map(|file| compiled.take(openapi::read((*file)?, &library)))
        .collect();
    library
        .read()
        .for_each(|file| compiled.sources.add_description(Arc::clone(file)));
    if apis.is_empty() {
        None
    } else {
        apis.into_iter().collect()
    }
}

/// Opens a description by its index in `spec`.
fn open<'l>(
    library: &'l Library<'_>,
    request: &Request,
    blueprint: &blueprint::Blueprint,
    index: usize,
) -> Result<&'l Arc<SourceFile>, Box<Diagnostic>> {
    let spec = &blueprint.spec.spec[index];
    let place = blueprint.place_of_spec(index);
    let Some(path) = RelativePath::join(request.blueprint.folder(), spec) else {
        return Err(Box::new(
            diagnostic::FILE_OUTSIDE_ROOT
                .at(place)
                .message(format_args!(
                    "`{spec}` lies outside the repository that holds the blueprint"
                ))
                .help("copy the file into the repository, or move the blueprint beside it"),
        ));
    };
    library
        .open(&path, || beside(&request.display, spec).into())
        .map_err(|finding| {
            let mut finding = Diagnostic::clone(&finding);
            if finding.code == &diagnostic::UNREADABLE_FILE {
                finding.help = format!(
                    "write the path from the folder of `{}`, and check the file's permissions",
                    place.file
                );
            }
            if matches!(finding.code.code, "GW0001" | "GW0002") {
                finding.places.insert(0, place);
            }
            Box::new(finding)
        })
}

/// Where the blueprint itself says which stack it is; the whole file where what it extends does.
fn place_of_stack(blueprint: &blueprint::Blueprint, request: &Request) -> Place {
    let place = blueprint.place(if blueprint.spec.environment.is_some() {
        "/environment"
    } else {
        "/name"
    });
    if place.file == request.display {
        place
    } else {
        Place::file(&request.display)
    }
}

/// A path that stands in a file, as seen from where the user is.
fn beside(display: &str, path: &str) -> String {
    match display.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{path}"),
        None => path.to_owned(),
    }
}

/// The output folder.
fn output(
    blueprint: &blueprint::Blueprint,
    request: &Request,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<RelativePath> {
    let dir = blueprint
        .spec
        .output
        .as_ref()
        .and_then(|it| it.dir.as_deref())
        .unwrap_or(blueprint::defaults::OUTPUT_DIR);
    let path = RelativePath::join(request.blueprint.folder(), dir);
    let refused = |message: String| {
        diagnostic::OUTPUT_OUTSIDE_ROOT
            .at(Place {
                ..blueprint.place("/output/dir")
            })
            .message(message)
            .help("choose an `output.dir` inside the repository, such as `generated`")
    };
    let Some(path) = path else {
        diagnostics.push(refused(format!(
            "the output folder `{dir}` lies outside the repository that holds the blueprint"
        )));
        return None;
    };
    let is_home = dir.split(['/', '\\']).any(|name| name.contains('~'));
    let why = is_home.then_some("a shell reads `~` as somebody's home folder");
    if let Some(why) = why.or_else(|| {
        path.as_str()
            .split('/')
            .find_map(source::reserved::why_no_output)
    }) {
        diagnostics.push(refused(format!("`output.dir` cannot be `{dir}`: {why}")));
        return None;
    }
    Some(path)
}
