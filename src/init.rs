//! The first blueprint of a description: short, commented, and such that its output renders.
//!
//! In: `Files`, a description, a topology. Out: `Draft`. Pure but for `Files`.
//! What cannot be served is hidden with the code that says why. What the description protects stays
//! closed: a scheme that nobody has decided yet is an error of `render`, and its proposals stand in
//! comments. So do the fields without which nothing could be served.

mod guess;
mod schemes;
mod stuck;
mod writer;

use std::sync::Arc;

use crate::blueprint::Topology;
use crate::diagnostic::{self, Code, Diagnostic, OperationName};
use crate::openapi::{self, Api};
use crate::source::{Files, Library, ReadError, RelativePath, SourceFile};
use crate::{Compiled, Request, compile, limits};
pub use schemes::Scheme;
use schemes::Schemes;
use stuck::Stuck;
use writer::{Decisions, Fields, Writer};

/// Name of the file that is written.
pub const NAME: &str = "gwgen.yaml";

/// How often what is found is hidden and the rest tried again: what is hidden can bring another
/// operation to light.
const MAX_ROUNDS: usize = 6;

/// Most tags that are named.
const MAX_TAGS: usize = 6;

/// What is to be written.
#[derive(Debug, Default)]
pub struct Draft {
    /// The blueprint; `None` where the description cannot be read.
    pub text: Option<String>,
    /// Operations of the description.
    pub operations: usize,
    /// Operations that are hidden so that the rest renders, with the code that says why.
    pub hidden: Vec<(OperationName, &'static Code)>,
    /// Security schemes without an entry of `auth`: the blueprint renders once each of them has
    /// one.
    pub undecided: Vec<Scheme>,
    /// What else keeps the blueprint from rendering.
    pub errors: Vec<Diagnostic>,
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
/// Errors: those of reading the description, and what is left when no operation can be blamed for
/// it.
pub fn draft(files: &dyn Files, wanted: &Wanted) -> Draft {
    let mut draft = Draft::default();
    let Some(file) = description(files, wanted, &mut draft.compiled) else {
        return draft;
    };
    let library = Library::new(files);
    let api = openapi::read(&file, &library);
    let Some(api) = api.value else {
        draft.compiled.diagnostics.extend(api.diagnostics);
        return draft;
    };
    draft.operations = api.operations.len();
    let mut search = Search {
        files,
        wanted,
        api: &api,
        file: &file,
        stuck: Stuck::default(),
        resources: None,
        fields: Fields::default(),
    };
    let mut last = search.run();
    if search.stuck.holds_all(&api) {
        // Hidden as a whole, the description would only be said to have nothing to serve.
        (search.stuck, last) = (Stuck::default(), None);
    }
    let schemes = search.schemes();
    let text = search.text(&schemes, Decisions::Proposed);
    draft.compiled = last.unwrap_or_else(|| compiled(files, wanted, &text));
    draft.errors = errors(&draft.compiled.diagnostics, &schemes)
        .cloned()
        .collect();
    (draft.hidden, draft.text, draft.undecided) =
        (search.stuck.operations(), Some(text), schemes.undecided);
    draft
}

/// The search for a blueprint that renders.
struct Search<'a> {
    files: &'a dyn Files,
    wanted: &'a Wanted,
    api: &'a Api,
    file: &'a SourceFile,
    stuck: Stuck,
    resources: Option<u64>,
    fields: Fields,
}

impl Search<'_> {
    /// Hides what errors name, and tries fields and quotas that help, until nothing more helps.
    ///
    /// Gives what compiling came to last, where that was the blueprint as it is to be written.
    fn run(&mut self) -> Option<Compiled> {
        for _ in 0..MAX_ROUNDS {
            let schemes = self.schemes();
            // With every decision made, whatever is found then has other reasons than one that is
            // not made yet.
            let mut tried = compiled(
                self.files,
                self.wanted,
                &self.text(&schemes, Decisions::Tried),
            );
            let mut is_as_written = schemes.is_empty() && self.fields == Fields::default();
            if tried.tree.is_some() && !is_as_written {
                // One of them at a time is held in memory.
                drop(tried);
                tried = compiled(
                    self.files,
                    self.wanted,
                    &self.text(&schemes, Decisions::Proposed),
                );
                is_as_written = true;
            }
            let mut is_changed = self
                .stuck
                .take(errors(&tried.diagnostics, &schemes).filter(|it| !self.fields.helps(it)));
            is_changed |= self.asks_for_fields(&tried.diagnostics);
            if let (None, Some(quota)) = (self.resources, quota(&tried)) {
                (self.resources, is_changed) = (Some(quota), true);
            }
            if !is_changed {
                return is_as_written.then_some(tried);
            }
        }
        None
    }

    /// Takes the fields that would help where nothing could be served without; whether there was a
    /// new one.
    fn asks_for_fields(&mut self, diagnostics: &[Diagnostic]) -> bool {
        let before = self.fields;
        self.fields.ignore_base_path |= diagnostics
            .iter()
            .any(|it| *it.code == diagnostic::BAD_BASE_PATH);
        if self.stuck.holds_all(self.api) {
            self.fields.widen_segments |= self.stuck.release(&diagnostic::PARTIAL_SEGMENT);
        }
        self.fields != before
    }

    fn schemes(&self) -> Schemes {
        Schemes::of(self.api, |operation| !self.stuck.holds(operation))
    }

    fn text(&self, schemes: &Schemes, decisions: Decisions) -> String {
        let Self {
            api,
            file,
            wanted,
            stuck,
            resources,
            fields,
            ..
        } = self;
        Writer {
            api,
            file,
            wanted,
            stuck,
            resources: *resources,
            schemes,
            fields: *fields,
        }
        .text(decisions)
    }
}

/// Errors that no decision about a scheme takes away.
fn errors<'d>(
    diagnostics: &'d [Diagnostic],
    schemes: &'d Schemes,
) -> impl Iterator<Item = &'d Diagnostic> {
    diagnostics
        .iter()
        .filter(|it| it.is_error() && !waits_for_a_decision(it, schemes))
}

/// Whether a finding is about a scheme that has no entry of `auth` yet, and goes once it has one.
fn waits_for_a_decision(finding: &Diagnostic, schemes: &Schemes) -> bool {
    let codes = [
        &diagnostic::UNMAPPED_SCHEME,
        &diagnostic::UNKNOWN_SECURITY_SCHEME,
        &diagnostic::UNKNOWN_AUTH,
    ];
    !schemes.undecided.is_empty() && codes.contains(&finding.code)
}

/// Errors: those of reading a file, GW0002.
fn description(
    files: &dyn Files,
    wanted: &Wanted,
    compiled: &mut Compiled,
) -> Option<Arc<SourceFile>> {
    let display: Arc<str> = wanted.spec.as_str().into();
    let Some(path) = RelativePath::join(&wanted.folder, &wanted.spec) else {
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

fn compiled(files: &dyn Files, wanted: &Wanted, text: &str) -> Compiled {
    let blueprint =
        RelativePath::join(&wanted.folder, NAME).expect("a name without `..` stays in its folder");
    let files = With {
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

/// Files, and one that is not written yet.
struct With<'a> {
    files: &'a dyn Files,
    path: &'a RelativePath,
    text: &'a str,
}

impl Files for With<'_> {
    fn read(&self, path: &RelativePath) -> Result<Vec<u8>, ReadError> {
        if path == self.path {
            Ok(self.text.as_bytes().to_vec())
        } else {
            self.files.read(path)
        }
    }
}

/// The quota of resources that would do, where the one there is does not.
fn quota(compiled: &Compiled) -> Option<u64> {
    let is_too_small = compiled
        .diagnostics
        .iter()
        .any(|it| *it.code == diagnostic::TOO_MANY_RESOURCES);
    let needed = limits::resources(&compiled.assembled.as_ref()?.stack);
    is_too_small.then(|| needed.next_multiple_of(100))
}
