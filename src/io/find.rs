//! The search for the blueprints of a command.
//!
//! A base is not compiled: a blueprint with `abstract: true`, or one that others extend and that
//! lacks a required field. One that others extend with an `environment` must say whether it is a
//! base.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::nearest::{blueprint_names, nearest};
use super::{Disk, not_utf_8};
use crate::Request;
use crate::diagnostic::{self, Diagnostic, Outcome, Place};
use crate::source::{Files, RelativePath, SourceFile, raw, shown};

/// The blueprints that the command line names.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlueprintSelection {
    /// Blueprints and folders, as the user wrote them; none for those of the nearest folder.
    pub files: Vec<PathBuf>,
    /// `prod` for `gwgen.prod.yaml`.
    pub environment: Option<String>,
}

/// One blueprint to compile, and the files around it: the disk, which takes its output too, or
/// others, which are read alone.
#[derive(Clone, Debug)]
pub(crate) struct Job<F = Disk> {
    pub files: F,
    pub request: Request,
}

impl<F: PartialEq> Job<F> {
    fn is(&self, other: &Self) -> bool {
        self.request.blueprint == other.request.blueprint && self.files == other.files
    }
}

/// A folder in which blueprints are searched.
pub(super) trait Folder {
    type Files: Files + PartialEq;

    /// As the user names it, from the working directory; empty for that itself.
    fn named(&self) -> &Path;

    /// Names of the blueprints there, in any order.
    fn names(&self) -> Result<Vec<String>, Box<Diagnostic>>;

    /// The blueprint of a name there.
    fn job(&self, given: &Path) -> Result<Job<Self::Files>, Box<Diagnostic>>;
}

/// A folder on disk.
pub(super) struct DiskFolder<'a> {
    pub working: &'a Path,
    /// As the user names it, from the working directory; empty for that itself.
    pub named: &'a Path,
}

/// Finds the selected blueprints, those of a folder that is selected, or where none is selected those
/// of the nearest folder (`nearest`). One error leaves the others. Errors: GW0001 a folder or name
/// that cannot be read, GW0007 no blueprint, GW2141 a base that does not say that it is one.
pub(crate) fn find(folder: &Path, selection: &BlueprintSelection) -> Outcome<Vec<Job>> {
    let named = |named| DiskFolder {
        working: folder,
        named,
    };
    if selection.files.is_empty() {
        return find_in(&named(&nearest(folder)), selection);
    }
    let (mut jobs, mut diagnostics) = (Vec::new(), Vec::new());
    for given in &selection.files {
        // An empty one is a mistake, and no name of the working directory.
        let found = if !given.as_os_str().is_empty() && folder.join(given).is_dir() {
            find_in(&named(given), &BlueprintSelection::default())
        } else {
            let files = vec![given.clone()];
            let environment = None;
            find_in(
                &named(Path::new("")),
                &BlueprintSelection { files, environment },
            )
        };
        diagnostics.extend(found.diagnostics);
        for job in found.value.into_iter().flatten() {
            if !jobs.iter().any(|other: &Job| other.is(&job)) {
                jobs.push(job);
            }
        }
    }
    Outcome::new(jobs, diagnostics)
}

/// Finds the selected blueprints of a folder, or all of them. Errors: those of `find`.
pub(super) fn find_in<F: Folder>(
    folder: &F,
    selection: &BlueprintSelection,
) -> Outcome<Vec<Job<F::Files>>> {
    let mut diagnostics = Vec::new();
    let mut jobs: Vec<Job<F::Files>> = Vec::new();
    let mut add = |given: &Path| match folder.job(given) {
        Ok(job) if jobs.iter().any(|other| other.is(&job)) => {}
        Ok(job) => jobs.push(job),
        Err(diagnostic) => diagnostics.push(*diagnostic),
    };
    selection.files.iter().for_each(|file| add(file));
    if selection.environment.is_none() && !selection.files.is_empty() {
        return Outcome::new(jobs, diagnostics);
    }
    let mut names = match folder.names() {
        Ok(names) => names,
        Err(diagnostic) => return Outcome::failed(vec![*diagnostic]),
    };
    names.sort_by(|a, b| (a != "gwgen.yaml", a).cmp(&(b != "gwgen.yaml", b)));
    if let Some(environment) = &selection.environment {
        let name = format!("gwgen.{environment}.yaml");
        if !names.contains(&name) {
            return Outcome::failed(vec![no_environment(folder, &name, &names)]);
        }
        add(Path::new(&name));
        return Outcome::new(jobs, diagnostics);
    }
    names.iter().for_each(|name| add(Path::new(name)));
    if names.is_empty() {
        return Outcome::failed(vec![no_blueprint(folder)]);
    }
    let (jobs, unmarked) = without_bases(jobs);
    diagnostics.extend(unmarked);
    Outcome::new(jobs, diagnostics)
}

/// The output folder as the user would name it: seen from where the blueprint was named.
pub(crate) fn shown_output(request: &Request, output: &RelativePath) -> Arc<str> {
    shown(&request.display, request.blueprint.folder(), output)
}

impl Folder for DiskFolder<'_> {
    type Files = Disk;

    fn named(&self) -> &Path {
        self.named
    }

    fn names(&self) -> Result<Vec<String>, Box<Diagnostic>> {
        let named = display_of(self.named);
        let named = if named.is_empty() { ".".into() } else { named };
        blueprint_names(&self.working.join(self.named))
            .map_err(|error| Box::new(unreadable(&named, &error)))
    }

    fn job(&self, given: &Path) -> Result<Job, Box<Diagnostic>> {
        let given = self.named.join(given);
        let display = display_of(&given);
        located(&self.working.join(given))
            .map(|(files, blueprint)| Job {
                files,
                request: Request {
                    blueprint,
                    display: Arc::clone(&display),
                },
            })
            .map_err(|error| Box::new(unreadable(&display, &error)))
    }
}

/// A path as messages name it.
pub(super) fn display_of(path: &Path) -> Arc<str> {
    path.to_string_lossy()
        .replace(std::path::MAIN_SEPARATOR, "/")
        .into()
}

/// The disk around a file, and the file's path below its root.
fn located(path: &Path) -> io::Result<(Disk, RelativePath)> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it names no file",
        ));
    };
    let (disk, below) = Disk::around(parent)?;
    let path = name
        .to_str()
        .and_then(|name| RelativePath::join(&below, name))
        .ok_or_else(not_utf_8)?;
    Ok((disk, path))
}

/// Fields that every blueprint has, in its own file or in one that it extends.
const REQUIRED: [&str; 5] = ["version", "name", "spec", "topology", "backends"];

/// The field that distinguishes stacks with the same name.
const ENVIRONMENT: &str = "environment";

/// The top level of a blueprint, read before it is compiled.
#[derive(Default)]
struct Peek {
    keys: BTreeSet<String>,
    extends: Option<RelativePath>,
    /// The value of `abstract`.
    is_abstract: Option<bool>,
}

/// The blueprints of a folder, by path.
struct Peeks(BTreeMap<RelativePath, Peek>);

/// Leaves out bases. Errors: GW2141.
fn without_bases<F: Files>(jobs: Vec<Job<F>>) -> (Vec<Job<F>>, Vec<Diagnostic>) {
    let peeks = Peeks(
        jobs.iter()
            .map(|job| (job.request.blueprint.clone(), peek(job)))
            .collect(),
    );
    let is_base = |job: &Job<F>| peeks.is_base(&job.request.blueprint);
    // Where all of them are bases, or extend each other in a cycle, compiling reports it.
    if jobs.iter().all(is_base) {
        return (jobs, Vec::new());
    }
    let (mut stacks, mut diagnostics) = (Vec::new(), Vec::new());
    for job in jobs.iter().filter(|job| !is_base(job)) {
        let path = &job.request.blueprint;
        let extending = jobs
            .iter()
            .find(|other| peeks.adds_environment(&other.request.blueprint, path));
        match extending {
            Some(extending) => diagnostics.push(unmarked_base(job, extending)),
            None => stacks.push(path.clone()),
        }
    }
    let is_stack = |job: &Job<F>| stacks.contains(&job.request.blueprint);
    (jobs.into_iter().filter(is_stack).collect(), diagnostics)
}

/// Reads the top level of a blueprint; compiling reports a file that cannot be read.
fn peek<F: Files>(job: &Job<F>) -> Peek {
    let Ok(file) = SourceFile::read(
        &job.files,
        job.request.blueprint.clone(),
        Arc::clone(&job.request.display),
    ) else {
        return Peek::default();
    };
    let members = raw::members(&file.json).unwrap_or_default();
    let value = |name: &str| {
        members
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.get())
    };
    let extends = value("extends").and_then(|value| {
        let name: String = serde_json::from_str(value).ok()?;
        RelativePath::join(job.request.blueprint.folder(), &name)
    });
    let is_abstract = value("abstract").and_then(|value| serde_json::from_str(value).ok());
    Peek {
        keys: members.iter().map(|(key, _)| key.to_string()).collect(),
        extends,
        is_abstract,
    }
}

impl Peeks {
    /// Returns whether a file is a base.
    fn is_base(&self, path: &RelativePath) -> bool {
        let is_extended = || {
            self.0
                .values()
                .any(|peek| peek.extends.as_ref() == Some(path))
        };
        let is_complete = || REQUIRED.iter().all(|key| self.has(path, key));
        self.0
            .get(path)
            .and_then(|peek| peek.is_abstract)
            .unwrap_or_else(|| is_extended() && !is_complete())
    }

    /// Returns whether a file extends another one and adds an environment, which the other lacks. A
    /// base with `abstract: false` is meant to be a stack without an environment.
    fn adds_environment(&self, path: &RelativePath, to: &RelativePath) -> bool {
        let is_marked = self
            .0
            .get(to)
            .is_some_and(|peek| peek.is_abstract.is_some());
        !is_marked
            && path != to
            && self.chain(path).any(|file| file == to)
            && self.has(path, ENVIRONMENT)
            && !self.has(to, ENVIRONMENT)
    }

    /// Returns whether a file or one that it extends has the key, or may have it in an unknown file.
    fn has(&self, path: &RelativePath, key: &str) -> bool {
        self.chain(path)
            .any(|file| self.0.get(file).is_none_or(|peek| peek.keys.contains(key)))
    }

    /// The file and those that it extends, up to the first that is not known here.
    fn chain<'a>(&'a self, path: &'a RelativePath) -> impl Iterator<Item = &'a RelativePath> {
        // A cycle ends after as many steps as there are files.
        std::iter::successors(Some(path), |path| self.0.get(*path)?.extends.as_ref())
            .take(self.0.len() + 1)
    }
}

/// Errors: GW2141.
fn unmarked_base<F>(job: &Job<F>, extending: &Job<F>) -> Diagnostic {
    let (base, other) = (&job.request.display, &extending.request.display);
    diagnostic::UNMARKED_BASE
        .at(Place::file(base))
        .also(Place::file(other))
        .message(format_args!(
            "`{other}` extends `{base}` and adds an `environment`, which `{base}` lacks: as a stack of its own it would have the names of none"
        ))
        .help(format_args!(
            "add `abstract: true` to `{base}` if it is only a base; `abstract: false` if it is a stack as well, or an `environment` of its own"
        ))
}

fn unreadable(display: &Arc<str>, error: &io::Error) -> Diagnostic {
    diagnostic::UNREADABLE_FILE
        .at(Place::file(display))
        .message(format_args!("`{display}` cannot be read: {error}"))
        .help("check the path, which is relative to the working directory, and its permissions")
}

/// Errors: GW0007.
fn no_blueprint<F: Folder>(folder: &F) -> Diagnostic {
    let (place, help) = match folder.named().as_os_str().is_empty() {
        true => (
            "the working directory, nor in a folder above it in the same repository",
            "change to the folder that holds one, or name it with `--blueprint FILE`",
        ),
        false => (
            &*format!("`{}`", display_of(folder.named())),
            "name the blueprint itself, or a folder that holds one",
        ),
    };
    diagnostic::NO_BLUEPRINT
        .at(Place::file(&display_of(&folder.named().join("gwgen.yaml"))))
        .message(format_args!(
            "there is no `gwgen.yaml` and no `gwgen.*.yaml` in {place}"
        ))
        .help(help)
}

/// Errors: GW0007.
fn no_environment<F: Folder>(folder: &F, name: &str, names: &[String]) -> Diagnostic {
    let known = names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let place = match folder.named().as_os_str().is_empty() {
        true => "the working directory".to_owned(),
        false => format!("`{}`", display_of(folder.named())),
    };
    let help = if known.is_empty() {
        "change to the folder that holds it, or name a blueprint with `--blueprint FILE`".to_owned()
    } else {
        format!("{place} holds {known}")
    };
    diagnostic::NO_BLUEPRINT
        .at(Place::file(&display_of(&folder.named().join(name))))
        .message(format_args!("there is no `{name}` in {place}"))
        .help(help)
}
