//! Which blueprints a command is about.
//!
//! In: the command line, the working directory. Out: `Job`s in order. Reads the folder and peeks
//! into the blueprints found there.
//! A base (`abstract: true`, or what others extend and that is not complete itself) is no blueprint
//! of its own. One that others extend, and that lacks the environment which they add, has to say
//! which of the two it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Disk;
use crate::Request;
use crate::diagnostic::{self, Diagnostic, Outcome, Place};
use crate::source::{RelativePath, SourceFile, raw, shown};

/// What the command line says about blueprints.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// As the user wrote them; none means those of the working directory.
    pub files: Vec<PathBuf>,
    /// `prod` means `gwgen.prod.yaml`.
    pub environment: Option<String>,
}

/// One blueprint to compile.
#[derive(Debug)]
pub(crate) struct Job {
    pub disk: Disk,
    pub request: Request,
}

/// The blueprints that are wanted; without any, those in `folder`.
///
/// Errors: GW0001 a folder or name that cannot be read, GW0007 no blueprint, GW2141 a base that
/// does not say that it is one.
pub(crate) fn find(folder: &Path, wanted: &Wanted) -> Outcome<Vec<Job>> {
    let mut diagnostics = Vec::new();
    let mut jobs: Vec<Job> = Vec::new();
    let mut add = |given: &Path| match job(folder, given) {
        Ok(job)
            if jobs.iter().any(|it| {
                it.request.blueprint == job.request.blueprint && it.disk.root == job.disk.root
            }) => {}
        Ok(job) => jobs.push(job),
        Err(diagnostic) => diagnostics.push(*diagnostic),
    };
    wanted.files.iter().for_each(|file| add(file));
    if wanted.environment.is_none() && !wanted.files.is_empty() {
        return Outcome::new(jobs, diagnostics);
    }
    let names = match names(folder) {
        Ok(names) => names,
        Err(error) => return Outcome::failed(vec![unreadable(&".".into(), &error)]),
    };
    if let Some(environment) = &wanted.environment {
        let name = format!("gwgen.{environment}.yaml");
        if !names.contains(&name) {
            return Outcome::failed(vec![no_environment(&name, &names)]);
        }
        add(Path::new(&name));
        return Outcome::new(jobs, diagnostics);
    }
    names.iter().for_each(|name| add(Path::new(name)));
    if names.is_empty() {
        return Outcome::failed(vec![no_blueprint()]);
    }
    let (jobs, unmarked) = without_bases(jobs);
    diagnostics.extend(unmarked);
    Outcome::new(jobs, diagnostics)
}

/// The output folder as the user would name it: seen from where the blueprint was named.
pub(crate) fn shown_output(request: &Request, output: &RelativePath) -> Arc<str> {
    shown(&request.display, request.blueprint.folder(), output)
}

/// `gwgen.yaml`, then every `gwgen.*.yaml` in order.
fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let is_named_so = name == "gwgen.yaml"
            || (name.len() > "gwgen..yaml".len()
                && name.starts_with("gwgen.")
                && name.ends_with(".yaml"));
        if is_named_so && !entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort_by(|a, b| (a != "gwgen.yaml", a).cmp(&(b != "gwgen.yaml", b)));
    Ok(names)
}

/// Errors: GW0001.
fn job(folder: &Path, given: &Path) -> Result<Job, Box<Diagnostic>> {
    let display: Arc<str> = given
        .to_string_lossy()
        .replace(std::path::MAIN_SEPARATOR, "/")
        .into();
    let broken = |error: &std::io::Error| Box::new(unreadable(&display, error));
    let path = folder.join(given);
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(broken(&std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "it names no file",
        )));
    };
    let (disk, below) = Disk::around(parent).map_err(|error| broken(&error))?;
    let blueprint = below.join(name);
    let blueprint = blueprint
        .to_str()
        .and_then(|text| RelativePath::join("", &text.replace(std::path::MAIN_SEPARATOR, "/")))
        .ok_or_else(|| {
            broken(&std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "its path is not UTF-8",
            ))
        })?;
    Ok(Job {
        disk,
        request: Request { blueprint, display },
    })
}

/// Fields that every blueprint has, of its own or of what it extends.
const REQUIRED: [&str; 5] = ["version", "name", "spec", "topology", "backends"];

/// The field by which stacks of one name are told apart.
const ENVIRONMENT: &str = "environment";

/// What a peek into a blueprint tells.
#[derive(Default)]
struct Peek {
    keys: BTreeSet<String>,
    extends: Option<RelativePath>,
    /// What `abstract` says.
    is_abstract: Option<bool>,
}

/// The blueprints of a folder, by path.
struct Peeks(BTreeMap<RelativePath, Peek>);

/// Leaves out what is only there to be extended.
///
/// Errors: GW2141.
fn without_bases(jobs: Vec<Job>) -> (Vec<Job>, Vec<Diagnostic>) {
    let peeks = Peeks(
        jobs.iter()
            .map(|job| (job.request.blueprint.clone(), peek(job)))
            .collect(),
    );
    let is_base = |job: &Job| peeks.is_base(&job.request.blueprint);
    // Where all of them are bases, or extend each other in a circle, compiling says so.
    if jobs.iter().all(is_base) {
        return (jobs, Vec::new());
    }
    let (mut stacks, mut unmarked) = (Vec::new(), Vec::new());
    for job in jobs.iter().filter(|job| !is_base(job)) {
        if let Some(extending) = jobs
            .iter()
            .find(|other| peeks.adds_environment(&other.request.blueprint, &job.request.blueprint))
        {
            unmarked.push(unmarked_base(job, extending));
        } else {
            stacks.push(job.request.blueprint.clone());
        }
    }
    (
        jobs.into_iter()
            .filter(|job| stacks.contains(&job.request.blueprint))
            .collect(),
        unmarked,
    )
}

/// A file that cannot be read is an empty peek: compiling it says why.
fn peek(job: &Job) -> Peek {
    let Ok(file) = SourceFile::read(
        &job.disk,
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
    /// Whether the file is only there to be extended.
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

    /// Whether a file extends another one, and is told apart from it by an environment that the
    /// other lacks.
    ///
    /// `abstract: false` says that the other is meant to be a stack without one.
    fn adds_environment(&self, path: &RelativePath, to: &RelativePath) -> bool {
        let is_said = self
            .0
            .get(to)
            .is_some_and(|peek| peek.is_abstract.is_some());
        !is_said
            && path != to
            && self.chain(path).any(|it| it == to)
            && self.has(path, ENVIRONMENT)
            && !self.has(to, ENVIRONMENT)
    }

    /// Whether the file, or one that it extends, has the key; so may a file that is no blueprint of
    /// this set.
    fn has(&self, path: &RelativePath, key: &str) -> bool {
        self.chain(path)
            .any(|it| self.0.get(it).is_none_or(|peek| peek.keys.contains(key)))
    }

    /// The file and all that it extends, up to the first that is no blueprint of this set.
    fn chain<'a>(&'a self, path: &'a RelativePath) -> impl Iterator<Item = &'a RelativePath> {
        // A circle ends once it is as long as there are files.
        std::iter::successors(Some(path), |path| self.0.get(*path)?.extends.as_ref())
            .take(self.0.len() + 1)
    }
}

/// Errors: GW2141.
fn unmarked_base(job: &Job, extending: &Job) -> Diagnostic {
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

fn unreadable(display: &Arc<str>, error: &std::io::Error) -> Diagnostic {
    diagnostic::UNREADABLE_FILE
        .at(Place::file(display))
        .message(format_args!("`{display}` cannot be read: {error}"))
        .help("check the path, which is relative to the working directory, and its permissions")
}

fn no_blueprint() -> Diagnostic {
    diagnostic::NO_BLUEPRINT
        .at(Place::file(&"gwgen.yaml".into()))
        .message("there is no `gwgen.yaml` and no `gwgen.*.yaml` in the working directory")
        .help("change to the folder that holds one, or name it with `--blueprint FILE`")
}

fn no_environment(name: &str, names: &[String]) -> Diagnostic {
    let known = names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let help = if known.is_empty() {
        "change to the folder that holds it, or name a blueprint with `--blueprint FILE`".to_owned()
    } else {
        format!("the working directory holds {known}")
    };
    diagnostic::NO_BLUEPRINT
        .at(Place::file(&name.into()))
        .message(format_args!(
            "there is no `{name}` in the working directory"
        ))
        .help(help)
}
