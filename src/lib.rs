//! gwgen is a compiler: an OpenAPI description and a blueprint in, Terraform or CloudFormation out.
//!
//! In: files. Out: files and diagnostics. A module names only those above it; `compile` runs them
//! in the order of the data: blueprint, openapi, plan, lint, assemble, walk, limits, emit. `emit`
//! calls the kinds of `aws`, which write into a `sink`.

pub mod pointer;
pub(crate) mod printed;

// Diagnostics and the table of their codes.
pub mod diagnostic;
// Files as read, with the places in them.
pub mod source;

// What earlier renders wrote and decided.
pub mod memory;

// Descriptions, with the faults of each operation as data.
pub mod openapi;

// The blueprint, with every default filled in.
pub mod blueprint;

// Every decision about what is built.
pub mod plan;

// Advice.
pub mod lint;

// Resources with resolved references, of any kind.
pub mod stack;

// Syntax of Terraform and CloudFormation.
pub mod sink;

// Kinds of resources.
pub mod aws;

// The choice of resources for a plan.
pub mod assemble;

// Quotas of AWS.
pub mod limits;

// Paths of requests through the stack, which `walk` and `trace` share.
mod follow;
// Comparison of the stack with the plan.
pub mod walk;

// Facts about operations, as they are listed and compared.
pub mod listing;

// The picture of a stack.
pub(crate) mod graph;

// Files of a stack.
pub mod emit;

// What Terraform or CloudFormation will do between two states.
pub mod predict;

// The hops of one request, for users.
pub mod trace;
// A script that measures the deployed API.
pub mod bench;

// What a change means for callers.
pub mod diff;

// The first blueprint.
pub mod init;

// The monthly bill, in every topology.
pub mod cost;

pub(crate) mod io;
pub(crate) mod report;

pub mod cli;

use std::sync::Arc;

use diagnostic::{Diagnostic, Outcome, Place};
use emit::FileTree;
use memory::Memory;
use openapi::Api;
use plan::Plan;
use source::{Files, Library, RelativePath, SourceFile, Sources};

/// A blueprint to compile.
#[derive(Clone, Debug)]
pub struct Request {
    /// The blueprint, relative to the root.
    pub blueprint: RelativePath,
    /// The blueprint's path as the user gave it.
    pub display: Arc<str>,
}

/// The stack that a blueprint describes.
#[derive(Debug)]
pub struct StackDeclaration {
    /// The facts that distinguish it from the stacks of other blueprints.
    pub identity: blueprint::StackIdentity,
    /// The field that distinguishes it.
    pub place: Place,
}

/// The result of compiling a blueprint.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The output folder, relative to the root.
    pub output: Option<RelativePath>,
    /// The files to write; `None` with an error.
    pub tree: Option<FileTree>,
    pub stack: Option<StackDeclaration>,
    pub blueprint: Option<blueprint::Blueprint>,
    /// What earlier renders left.
    pub memory: Memory,
    pub plan: Option<Plan>,
    /// The stack; `None` with an error in an earlier stage.
    pub assembled: Option<assemble::Assembled>,
    pub diagnostics: Vec<Diagnostic>,
    /// The files that were read, to find lines in.
    pub sources: Sources,
}

impl Compiled {
    fn has_error(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Takes over the diagnostics of a stage, and returns its value.
    fn take<T>(&mut self, outcome: Outcome<T>) -> Option<T> {
        self.diagnostics.extend(outcome.diagnostics);
        outcome.value
    }
}

/// Circumstances of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Circumstances<'a> {
    /// Today, as `2027-03-31`; without it no entry of `lint.allow` has expired.
    pub day: Option<&'a str>,
    /// Routes that are served no more are to be forgotten.
    pub forgets: bool,
    /// The memory to compile after; without it that of the output folder.
    pub after: Option<&'a Memory>,
    /// The descriptions stay, to find lines in.
    pub keeps_sources: bool,
    /// No file is wanted; those of a template are made all the same, for their size.
    pub is_compared: bool,
}

/// Compiles a blueprint, without side effects.
pub fn compile(files: &dyn Files, request: &Request) -> Compiled {
    compile_in(files, request, Circumstances::default())
}

/// Compiles a blueprint in the circumstances of a run.
pub fn compile_in(files: &dyn Files, request: &Request, run: Circumstances<'_>) -> Compiled {
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
    let policy = lint::Policy::of(&blueprint, run.day, &mut compiled.diagnostics);
    compile_blueprint(files, request, &blueprint, run, &mut compiled);
    policy.apply(compiled.plan.as_ref(), &mut compiled.diagnostics);
    if compiled.has_error() {
        compiled.tree = None;
    }
    compiled.diagnostics = diagnostic::grouped(std::mem::take(&mut compiled.diagnostics));
    compiled.blueprint = Some(blueprint);
    compiled
}

/// Runs all stages after the blueprint.
fn compile_blueprint(
    files: &dyn Files,
    request: &Request,
    blueprint: &blueprint::Blueprint,
    run: Circumstances<'_>,
    compiled: &mut Compiled,
) {
    compiled.output = output(blueprint, request, &mut compiled.diagnostics);
    compiled.stack = Some(StackDeclaration {
        identity: blueprint.stack(),
        place: place_of_stack(blueprint, request),
    });
    let given = run.after.cloned();
    let Some(mut memory) = given.or_else(|| memory(files, request, compiled)) else {
        return;
    };
    let after = memory.read_from.take();
    if run.forgets {
        memory.forget();
    }
    let before = compiled.diagnostics.len();
    let Some(apis) = describe(files, request, blueprint, compiled) else {
        return;
    };
    let is_whole = !compiled.diagnostics[before..]
        .iter()
        .any(Diagnostic::is_error);
    let mut planned = plan::plan(&apis, blueprint, &memory);
    compiled.memory = memory;
    planned.diagnostics.retain(|diagnostic| {
        // A part that cannot be read may hold public operations.
        let is_certain = is_whole || *diagnostic.code != diagnostic::NOTHING_PUBLIC;
        is_certain && !blueprint.was_left_out(diagnostic)
    });
    let Some(plan) = compiled.take(planned) else {
        return;
    };
    compiled.diagnostics.extend(lint::lint(&lint::Facts {
        apis: &apis,
        blueprint,
        plan: &plan,
    }));
    // These are the largest parts in memory, and few lines of them are reported from here on.
    if !run.keeps_sources {
        compiled.sources.release(&compiled.diagnostics);
    }
    drop(apis);
    if !compiled.has_error() {
        let assembled = assemble::assemble(&plan);
        compiled.diagnostics.extend(walk::walk(&plan, &assembled));
        compiled
            .diagnostics
            .extend(limits::limits(&plan, &assembled.stack));
        let is_template = plan.output.format == blueprint::OutputFormat::Cloudformation;
        if !compiled.has_error() && (is_template || !run.is_compared) {
            let mut tree = emit::files(&plan, &assembled.stack, &request.display);
            tree.after = after;
            let too_large = emit::template_bytes(&plan, &tree)
                .and_then(|bytes| limits::template_size(&plan, bytes));
            let large = limits::large_api(&plan, &assembled.stack, || emit::lines(&tree));
            compiled.tree = too_large.is_none().then_some(tree);
            compiled
                .diagnostics
                .extend(too_large.into_iter().chain(large));
        }
        compiled.assembled = Some(assembled);
    }
    compiled.plan = Some(plan);
}

/// Reads the memory of the output folder; `None` where it cannot be trusted.
fn memory(files: &dyn Files, request: &Request, compiled: &mut Compiled) -> Option<Memory> {
    let Some(folder) = &compiled.output else {
        return Some(Memory::default());
    };
    let display = source::shown(&request.display, request.blueprint.folder(), folder);
    let read = memory::read(files, folder, &display);
    compiled.take(read)
}

/// Reads the descriptions that the blueprint names, each with the files that it refers to; `None`
/// where one of them cannot be read.
fn describe(
    files: &dyn Files,
    request: &Request,
    blueprint: &blueprint::Blueprint,
    compiled: &mut Compiled,
) -> Option<Vec<Api>> {
    let library = Library::new(files);
    let specs = &blueprint.spec.spec;
    // All are opened first, so that each is displayed as the user wrote it, not as another refers
    // to it.
    let opened: Vec<Option<&Arc<SourceFile>>> = (0..specs.len())
        .map(|index| {
            open(&library, request, blueprint, index)
                .map_err(|diagnostic| compiled.diagnostics.push(*diagnostic))
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
        .map_err(|error| {
            let mut error = Diagnostic::clone(&error);
            if error.code == &diagnostic::UNREADABLE_FILE {
                error.help = format!(
                    "write the path from the folder of `{}`, and check the file's permissions",
                    place.file
                );
            }
            if matches!(error.code.code, "GW0001" | "GW0002" | "GW0023") {
                error.places.insert(0, place);
            }
            Box::new(error)
        })
}

/// The field of the blueprint that names its stack; the whole file where it extends one that does.
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

/// A path written in a file, as seen from the working directory.
fn beside(display: &str, path: &str) -> String {
    match display.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{path}"),
        None => path.to_owned(),
    }
}

/// The output folder, relative to the root. Errors: GW0003.
fn output(
    blueprint: &blueprint::Blueprint,
    request: &Request,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<RelativePath> {
    let dir = blueprint.spec.output.dir.as_str();
    let path = RelativePath::join(request.blueprint.folder(), dir);
    let refused = |message: String| {
        diagnostic::OUTPUT_OUTSIDE_ROOT
            .at(blueprint.place("/output/dir"))
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
