//! The first blueprint of a description: short, with comments, and such that its output renders.
//!
//! In: `Files`, a description, a topology. Out: `BlueprintDraft`. Pure but for `Files`.
//! Operations that cannot be served are hidden. The description's protection stays: a security
//! scheme without an entry of `auth` is an error of `render`, and entries are proposed in comments.

mod guess;
mod schemes;
mod unserved;
mod writer;

use std::sync::Arc;

use crate::blueprint::Topology;
use crate::diagnostic::{self, Code, Diagnostic, OperationName};
use crate::openapi::{self, Api};
use crate::source::{Files, FilesWithDraft, Library, RelativePath, SourceFile};
use crate::{Compiled, Request, compile, limits};
pub use schemes::Scheme;
use schemes::Schemes;
use unserved::Unserved;
use writer::{Decisions, Fields, Writer};

/// Name of the file that is written.
pub const NAME: &str = "gwgen.yaml";

/// Most rounds of hiding operations and compiling again: the next round can find others.
const MAX_ROUNDS: usize = 6;

/// Most tags that are named.
const MAX_TAGS: usize = 6;

/// A blueprint to write, and what is left to do in it.
#[derive(Debug, Default)]
pub struct BlueprintDraft {
    /// The blueprint; `None` where the description cannot be read.
    pub text: Option<String>,
    /// Operations of the description.
    pub operations: usize,
    /// Operations that are hidden so that the others render, with the code of the reason.
    pub hidden: Vec<(OperationName, &'static Code)>,
    /// Security schemes without an entry of `auth`, each of which needs one.
    pub undecided: Vec<Scheme>,
    /// Other errors of the blueprint.
    pub errors: Vec<Diagnostic>,
    /// The compiled blueprint.
    pub compiled: Compiled,
}

/// A request for a first blueprint.
#[derive(Clone, Debug)]
pub struct InitRequest {
    /// The folder that the blueprint is written to, relative to the root.
    pub folder: String,
    /// The description, relative to that folder.
    pub spec: String,
    pub topology: Topology,
}

/// Drafts a blueprint and compiles it. Errors: those of reading the description, and those of the
/// blueprint that hiding operations does not solve.
pub fn draft(files: &dyn Files, request: &InitRequest) -> BlueprintDraft {
    let mut draft = BlueprintDraft::default();
    let Some(file) = description(files, request, &mut draft.compiled) else {
        return draft;
    };
    let library = Library::new(files);
    let api = openapi::read(&file, &library);
    let Some(api) = api.value else {
        draft.compiled.diagnostics.extend(api.diagnostics);
        return draft;
    };
    draft.operations = api.operations.len();
    let mut search = BlueprintSearch {
        files,
        request,
        api: &api,
        file: &file,
        unserved: Unserved::default(),
        resources: None,
        fields: Fields::default(),
    };
    let mut last = search.run();
    if search.unserved.holds_all(&api) {
        // With all of it hidden, the only error would be that nothing is served.
        search.unserved = Unserved::default();
        last = None;
    }
    let schemes = search.schemes();
    let text = search.text(&schemes, Decisions::Proposed);
    draft.compiled = last.unwrap_or_else(|| compiled(files, request, &text));
    draft.errors = errors(&draft.compiled.diagnostics, &schemes)
        .cloned()
        .collect();
    draft.hidden = search.unserved.operations();
    draft.text = Some(text);
    draft.undecided = schemes.undecided;
    draft
}

/// The search for a blueprint that renders.
struct BlueprintSearch<'a> {
    files: &'a dyn Files,
    request: &'a InitRequest,
    api: &'a Api,
    file: &'a SourceFile,
    unserved: Unserved,
    resources: Option<u64>,
    fields: Fields,
}

impl BlueprintSearch<'_> {
    /// Hides operations with errors, and sets fields and quotas that help, until nothing changes.
    /// Returns the last result of compiling, if that was the blueprint as it is to be written.
    fn run(&mut self) -> Option<Compiled> {
        for _ in 0..MAX_ROUNDS {
            let schemes = self.schemes();
            // This run has all decisions, so that no missing one causes an error.
            let mut tried = self.compiled(&schemes, Decisions::Tried);
            let mut is_as_written = schemes.is_empty() && self.fields == Fields::default();
            if tried.tree.is_some() && !is_as_written {
                // Only one of them at a time is in memory.
                drop(tried);
                tried = self.compiled(&schemes, Decisions::Proposed);
                is_as_written = true;
            }
            let fields = self.fields;
            let errors = errors(&tried.diagnostics, &schemes);
            let mut is_changed = self
                .unserved
                .add(errors.filter(|diagnostic| !fields.solve(diagnostic)));
            is_changed |= self.add_fields(&tried.diagnostics);
            if let (None, Some(quota)) = (self.resources, quota(&tried)) {
                self.resources = Some(quota);
                is_changed = true;
            }
            if !is_changed {
                return is_as_written.then_some(tried);
            }
        }
        None
    }

    /// Adds fields without which nothing could be served; returns whether there was a new one.
    fn add_fields(&mut self, diagnostics: &[Diagnostic]) -> bool {
        let before = self.fields;
        self.fields.ignore_base_path |= diagnostics
            .iter()
            .any(|diagnostic| *diagnostic.code == diagnostic::BAD_BASE_PATH);
        if self.unserved.holds_all(self.api) {
            self.fields.widen_segments |= self.unserved.release(&diagnostic::PARTIAL_SEGMENT);
        }
        self.fields != before
    }

    fn compiled(&self, schemes: &Schemes, decisions: Decisions) -> Compiled {
        compiled(self.files, self.request, &self.text(schemes, decisions))
    }

    fn schemes(&self) -> Schemes {
        Schemes::of(self.api, |operation| !self.unserved.holds(operation))
    }

    fn text(&self, schemes: &Schemes, decisions: Decisions) -> String {
        let writer = Writer {
            api: self.api,
            file: self.file,
            request: self.request,
            unserved: &self.unserved,
            resources: self.resources,
            schemes,
            fields: self.fields,
        };
        writer.text(decisions)
    }
}

/// Errors that no entry of `auth` solves.
fn errors<'d>(
    diagnostics: &'d [Diagnostic],
    schemes: &'d Schemes,
) -> impl Iterator<Item = &'d Diagnostic> {
    diagnostics.iter().filter(|diagnostic| {
        let is_about_scheme = [
            &diagnostic::UNMAPPED_SCHEME,
            &diagnostic::UNKNOWN_SECURITY_SCHEME,
            &diagnostic::UNKNOWN_AUTH,
        ]
        .contains(&diagnostic.code);
        diagnostic.is_error() && (schemes.undecided.is_empty() || !is_about_scheme)
    })
}

/// Errors: those of reading a file, GW0002.
fn description(
    files: &dyn Files,
    request: &InitRequest,
    compiled: &mut Compiled,
) -> Option<Arc<SourceFile>> {
    let display: Arc<str> = request.spec.as_str().into();
    let Some(path) = RelativePath::join(&request.folder, &request.spec) else {
        let finding = diagnostic::FILE_OUTSIDE_ROOT
            .at(diagnostic::Place::file(&display))
            .message(format_args!(
                "`{display}` lies outside the repository that would hold the blueprint"
            ))
            .help(
                "copy the file into the repository, and name it relative to the working directory",
            );
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

fn compiled(files: &dyn Files, request: &InitRequest, text: &str) -> Compiled {
    let blueprint =
        RelativePath::join(&request.folder, NAME).expect("a name without `..` stays in its folder");
    let files = FilesWithDraft {
        files,
        path: &blueprint,
        text,
    };
    compile(
        &files,
        &Request {
            blueprint: blueprint.clone(),
            display: NAME.into(),
        },
    )
}

/// The quota of resources that the blueprint needs, where the default is too small.
fn quota(compiled: &Compiled) -> Option<u64> {
    let is_too_small = compiled
        .diagnostics
        .iter()
        .any(|diagnostic| *diagnostic.code == diagnostic::TOO_MANY_RESOURCES);
    let needed = limits::resources(&compiled.assembled.as_ref()?.stack);
    is_too_small.then(|| needed.next_multiple_of(100))
}
