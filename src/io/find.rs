//! Which blueprints a command is about.
//!
//! In: the command line, the working directory. Out: `Job`s in order. Reads the folder and peeks into the blueprints found there.
//! A file that another one names in `extends`, and that is not complete itself, is a part and no blueprint of its own.

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
/// Errors: GW0001 a folder or name that cannot be read, GW0007 no blueprint.
pub(crate) fn find(folder: &Path, wanted: &Wanted) -> Outcome<Vec<Job>> {
    let mut diagnostics = Vec::new();
    let mut jobs: Vec<Job> = Vec::new();
    let mut add = |given: &Path| match job(folder, given) {
        Ok(job) if jobs.iter().any(|it| it.request.blueprint == job.request.blueprint && it.disk.root == job.disk.root) => {}
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
    Outcome::new(without_parts(jobs), diagnostics)
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
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_named_so =
            name == "gwgen.yaml" || (name.len() > "gwgen..yaml".len() && name.starts_with("gwgen.") && name.ends_with(".yaml"));
        if is_named_so && !entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort_by(|a, b| (a != "gwgen.yaml", a).cmp(&(b != "gwgen.yaml", b)));
    Ok(names)
}

/// Errors: GW0001.
fn job(folder: &Path, given: &Path) -> Result<Job, Box<Diagnostic>> {
    let display: Arc<str> = given.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/").into();
    let broken = |error: &std::io::Error| Box::new(unreadable(&display, error));
    let path = folder.join(given);
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(broken(&std::io::Error::new(std::io::ErrorKind::InvalidInput, "it names no file")));
    };
    let (disk, below) = Disk::around(parent).map_err(|error| broken(&error))?;
    let blueprint = below.join(name);
    let blueprint = blueprint
        .to_str()
        .and_then(|text| RelativePath::join("", &text.replace(std::path::MAIN_SEPARATOR, "/")))
        .ok_or_else(|| broken(&std::io::Error::new(std::io::ErrorKind::InvalidData, "its path is not UTF-8")))?;
    Ok(Job { disk, request: Request { blueprint, display } })
}

/// What a peek into a blueprint tells.
#[derive(Default)]
struct Peek {
    keys: BTreeSet<String>,
    extends: Option<RelativePath>,
}

/// Leaves out what is only there to be extended.
fn without_parts(jobs: Vec<Job>) -> Vec<Job> {
    let peeks: BTreeMap<RelativePath, Peek> = jobs.iter().map(|job| (job.request.blueprint.clone(), peek(job))).collect();
    let extended: BTreeSet<&RelativePath> = peeks.values().filter_map(|peek| peek.extends.as_ref()).collect();
    let is_part = |path: &RelativePath| extended.contains(path) && !is_complete(&peeks, path);
    let parts: BTreeSet<RelativePath> = peeks.keys().filter(|path| is_part(path)).cloned().collect();
    // Where all of them extend each other in a circle, compiling says so.
    if parts.len() == jobs.len() {
        return jobs;
    }
    jobs.into_iter().filter(|job| !parts.contains(&job.request.blueprint)).collect()
}

/// A file that cannot be read is an empty peek: compiling it says why.
fn peek(job: &Job) -> Peek {
    let Ok(file) = SourceFile::read(&job.disk, job.request.blueprint.clone(), Arc::clone(&job.request.display)) else {
        return Peek::default();
    };
    let members = raw::members(&file.json).unwrap_or_default();
    let extends = members.iter().find(|(key, _)| *key == "extends").and_then(|(_, value)| {
        let name: String = serde_json::from_str(value.get()).ok()?;
        RelativePath::join(job.request.blueprint.folder(), &name)
    });
    Peek { keys: members.iter().map(|(key, _)| key.to_string()).collect(), extends }
}

/// Whether the file, with all that it extends, has what every blueprint needs.
fn is_complete(peeks: &BTreeMap<RelativePath, Peek>, path: &RelativePath) -> bool {
    let mut missing: BTreeSet<&str> = ["spec", "topology", "backends"].into();
    let mut seen = BTreeSet::new();
    let mut next = Some(path);
    while let Some(path) = next.filter(|path| seen.insert(*path)) {
        let Some(peek) = peeks.get(path) else {
            // It extends a file that is no blueprint of this set: it may well be complete with that.
            return true;
        };
        missing.retain(|key| !peek.keys.contains(*key));
        next = peek.extends.as_ref();
    }
    missing.is_empty()
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
    let known = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let help = if known.is_empty() {
        "change to the folder that holds it, or name a blueprint with `--blueprint FILE`".to_owned()
    } else {
        format!("the working directory holds {known}")
    };
    diagnostic::NO_BLUEPRINT.at(Place::file(&name.into())).message(format_args!("there is no `{name}` in the working directory")).help(help)
}
