//! The output folder as it is, held against the files that are to be there.
//!
//! In: `FileTree`, the folder on disk. Out: `Differs`. Reads only.
//! Everything is looked at before anything is written: one thing in the way, and nothing is.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;

use super::banner::carries_banner;
use super::manifest::{self, Entries, Listed};
use super::there::{There, at, way};
use super::{Disk, Job};
use crate::diagnostic::{self, Code, Diagnostic, Place};
use crate::emit::FileTree;
use crate::source::RelativePath;
use crate::source::reserved::why_no_output;

/// An output folder that may be written to: below the root, symbolic links resolved. It need not
/// exist.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    /// As the user would name it.
    pub(crate) display: Arc<str>,
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Created,
    Updated,
    Removed,
}

/// A file that is not as it is to be.
#[derive(Debug)]
pub(crate) struct Difference<'a> {
    /// Below the output folder.
    pub path: String,
    /// What is there; `None` where the file is to be created.
    pub old: Option<Vec<u8>>,
    /// What is to be there; `None` where the file is to be removed.
    pub new: Option<&'a [u8]>,
}

impl Difference<'_> {
    pub(crate) fn change(&self) -> Change {
        match (&self.old, self.new) {
            (_, None) => Change::Removed,
            (None, Some(_)) => Change::Created,
            (Some(_), Some(_)) => Change::Updated,
        }
    }
}

/// How the folder differs from a `FileTree`.
#[derive(Debug, Default)]
pub(crate) struct Differs<'a> {
    /// Sorted by path; without the manifest.
    pub differences: Vec<Difference<'a>>,
    pub unchanged: usize,
    /// With an error nothing may be written.
    pub diagnostics: Vec<Diagnostic>,
    /// The manifest on disk.
    pub(crate) old_manifest: Option<Vec<u8>>,
    /// What the manifest is to list.
    pub(crate) entries: Entries,
    /// The manifest that is to be there.
    pub(crate) new_manifest: Vec<u8>,
    /// Staging folders that are left of killed runs, or belong to runs of this moment.
    pub(crate) leftovers: Vec<PathBuf>,
}

impl Differs<'_> {
    /// The manifest, where it alone differs: else it only follows the other files and is not worth
    /// a line.
    pub(crate) fn manifest_alone(&self) -> Option<Difference<'_>> {
        let differs =
            self.differences.is_empty() && self.old_manifest.as_deref() != Some(&self.new_manifest);
        differs.then(|| Difference {
            path: manifest::NAME.to_owned(),
            old: self.old_manifest.clone(),
            new: Some(&self.new_manifest),
        })
    }

    /// The manifest while files are written: it lists those that are to come and those that are to
    /// go, and what stood there before.
    ///
    /// Written before any of them, it tells the next run which files are ours, should this one not
    /// come to its end.
    pub(crate) fn manifest_on_the_way(&self) -> Vec<u8> {
        let mut listed = Listed {
            files: self.entries.clone(),
            before: Entries::new(),
        };
        for difference in &self.differences {
            let Some(old) = &difference.old else { continue };
            let entries = if difference.new.is_some() {
                &mut listed.before
            } else {
                &mut listed.files
            };
            entries.insert(difference.path.clone(), manifest::hash(old));
        }
        manifest::printed(&listed)
    }

    pub(crate) fn has_error(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

impl Folder {
    /// The output folder of a job.
    ///
    /// Errors: GW0003 outside the root, in `.git`, or no folder; GW0004 it cannot be looked at.
    pub(crate) fn of(job: &Job, output: &RelativePath) -> Result<Self, Box<Diagnostic>> {
        let display = super::shown_output(&job.request, output);
        let refused = |why: &str| Box::new(outside(&job.request.display, &display, why));
        let (existing, rest) = existing_part(&job.disk, output)
            .map_err(|error| Box::new(failed(&diagnostic::UNWRITABLE_FILE, &display, &error)))?;
        let resolved = fs::canonicalize(&existing)
            .map_err(|_| refused("a symbolic link on the way to it leads nowhere"))?;
        if !resolved.is_dir() {
            return Err(refused("there is a file where a folder is to be"));
        }
        let path = rest
            .iter()
            .rev()
            .fold(resolved, |path, name| path.join(name));
        let Ok(below) = path.strip_prefix(job.disk.root()) else {
            return Err(refused(
                "symbolic links lead it out of the repository that holds the blueprint",
            ));
        };
        if let Some(why) = below
            .iter()
            .find_map(|name| why_no_output(&name.to_string_lossy()))
        {
            return Err(refused(why));
        }
        Ok(Self { path, display })
    }

    /// Whether both are one folder.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.path == other.path
    }

    /// Holds the folder against the files that are to be there.
    ///
    /// Errors: GW0001 unreadable, GW0004 a path that cannot be, GW0005 (warning) edited orphan,
    /// GW0006 foreign file, GW0010 damaged manifest.
    pub(crate) fn compare<'a>(&self, tree: &'a FileTree) -> Differs<'a> {
        let mut differs = Differs {
            leftovers: self.leftovers(),
            ..Differs::default()
        };
        let listed = self.manifest(&mut differs);
        let mut folders = BTreeMap::new();
        for (path, bytes) in &tree.files {
            differs.entries.insert(path.clone(), manifest::hash(bytes));
            if !manifest::is_below(path) {
                differs.diagnostics.push(self.impossible(path));
                continue;
            }
            match self.there(path, &mut folders) {
                Err(error) => differs.diagnostics.push(failed(
                    &diagnostic::UNREADABLE_FILE,
                    &self.shown(path),
                    &error,
                )),
                Ok(There::Nothing) => differs.differences.push(Difference {
                    path: path.clone(),
                    old: None,
                    new: Some(bytes),
                }),
                Ok(There::File(old)) if old == *bytes => differs.unchanged += 1,
                Ok(There::File(old)) if listed.holds(path) && carries_banner(&old) => {
                    differs.differences.push(Difference {
                        path: path.clone(),
                        old: Some(old),
                        new: Some(bytes),
                    });
                }
                Ok(There::File(_)) if listed.holds(path) => {
                    differs
                        .diagnostics
                        .push(self.foreign(path, "a file that `.gwgen.json` lists, but without gwgen's banner in its first lines"));
                }
                Ok(There::File(_)) => differs
                    .diagnostics
                    .push(self.foreign(path, "a file that gwgen did not write")),
                Ok(There::Other(what)) => differs.diagnostics.push(self.foreign(path, what)),
            }
        }
        for (path, hash) in listed
            .files
            .iter()
            .filter(|(path, _)| !tree.files.contains_key(*path))
        {
            match self.there(path, &mut folders) {
                Err(error) => differs.diagnostics.push(failed(
                    &diagnostic::UNREADABLE_FILE,
                    &self.shown(path),
                    &error,
                )),
                Ok(There::File(old))
                    if listed.is_as_written(path, &old) && carries_banner(&old) =>
                {
                    differs.differences.push(Difference {
                        path: path.clone(),
                        old: Some(old),
                        new: None,
                    });
                }
                Ok(There::File(_) | There::Other(_)) => {
                    differs.diagnostics.push(self.edited_orphan(path));
                    // Its line stays, so that it is named until it is gone.
                    differs.entries.insert(path.clone(), hash.clone());
                }
                Ok(There::Nothing) => {}
            }
        }
        differs.differences.sort_by(|a, b| a.path.cmp(&b.path));
        differs.new_manifest = manifest::printed(&Listed {
            files: differs.entries.clone(),
            before: Entries::new(),
        });
        differs
    }

    /// What the manifest on disk lists.
    ///
    /// Errors: GW0001 unreadable, GW0010 damaged.
    fn manifest(&self, differs: &mut Differs<'_>) -> Listed {
        let display = self.shown(manifest::NAME);
        let bytes = match at(&self.path.join(manifest::NAME)) {
            Ok(There::Nothing) => return Listed::default(),
            Ok(There::File(bytes)) => bytes,
            Ok(There::Other(what)) => {
                differs.diagnostics.push(damaged(&display, what));
                return Listed::default();
            }
            Err(error) => {
                differs
                    .diagnostics
                    .push(failed(&diagnostic::UNREADABLE_FILE, &display, &error));
                return Listed::default();
            }
        };
        let listed = manifest::parsed(&bytes).unwrap_or_else(|why| {
            differs.diagnostics.push(damaged(&display, &why));
            Listed::default()
        });
        differs.old_manifest = Some(bytes);
        listed
    }

    /// Staging folders. What is in them says nothing of other files: anybody can commit such a
    /// folder.
    fn leftovers(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let staging = entries.filter(|entry| {
            entry.file_name().to_str().is_some_and(is_staging)
                && entry.file_type().is_ok_and(|kind| kind.is_dir())
        });
        staging.map(|entry| entry.path()).collect()
    }

    /// What stands at a path below the folder. A symbolic link on the way is never followed.
    fn there(
        &self,
        path: &str,
        folders: &mut BTreeMap<String, Option<&'static str>>,
    ) -> io::Result<There> {
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            let is_way = match folders.get(folder) {
                Some(known) => *known,
                None => {
                    let found = way(&self.path.join(folder))?;
                    folders.insert(folder.to_owned(), found);
                    found
                }
            };
            match is_way {
                Some("") => {}
                Some(what) => return Ok(There::Other(what)),
                None => return Ok(There::Nothing),
            }
        }
        at(&self.path.join(path))
    }

    /// A path below the folder as the user would name it.
    pub(crate) fn shown(&self, path: &str) -> Arc<str> {
        match (&*self.display, path) {
            (_, "") => Arc::clone(&self.display),
            (".", _) => path.into(),
            (folder, _) => format!("{}/{path}", folder.trim_end_matches('/')).into(),
        }
    }

    fn impossible(&self, path: &str) -> Diagnostic {
        let display = self.shown(path);
        diagnostic::UNWRITABLE_FILE
            .at(Place::file(&display))
            .message(format_args!(
                "`{path}` is no name of a file below `{}`",
                self.display
            ))
            .help("this is a mistake in gwgen: please report it with the blueprint")
    }

    fn foreign(&self, path: &str, what: &str) -> Diagnostic {
        let display = self.shown(path);
        diagnostic::FOREIGN_FILE
            .at(Place::file(&display))
            .message(format_args!("in the way of `{display}` is {what}; nothing was written"))
            .help("move it away, or choose another `output.dir`; delete it if it is an old output whose `.gwgen.json` is lost")
    }

    pub(crate) fn in_use(&self) -> Diagnostic {
        diagnostic::OUTPUT_IN_USE
            .at(Place::file(&self.display))
            .message(format_args!(
                "another gwgen is writing to `{}` at this moment; nothing was written",
                self.display
            ))
            .help("wait until it has ended, then render again; a run that was killed holds nothing")
    }

    fn edited_orphan(&self, path: &str) -> Diagnostic {
        let display = self.shown(path);
        diagnostic::EDITED_ORPHAN
            .at(Place::file(&display))
            .message(format_args!("`{display}` is no longer part of the output, but was edited since gwgen wrote it: it stays"))
            .help("delete it, or, to keep it as your own, remove its line from `.gwgen.json`")
    }
}

pub(crate) fn is_staging(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    name.strip_prefix(manifest::STAGING)
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(pid, n)| is_number(pid) && is_number(n))
}

/// The nearest part of the output folder's path that exists, and the names below it, last first.
fn existing_part(
    disk: &Disk,
    output: &RelativePath,
) -> io::Result<(PathBuf, Vec<std::ffi::OsString>)> {
    let mut existing = disk.root().join(output.as_str());
    let mut rest = Vec::new();
    loop {
        match fs::symlink_metadata(&existing) {
            Ok(_) => return Ok((existing, rest)),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(error),
        }
        rest.push(
            existing
                .file_name()
                .map(ToOwned::to_owned)
                .ok_or(ErrorKind::NotFound)?,
        );
        existing.pop();
    }
}

pub(crate) fn failed(code: &'static Code, display: &Arc<str>, error: &io::Error) -> Diagnostic {
    let verb = if *code == diagnostic::UNREADABLE_FILE {
        "read"
    } else {
        "written"
    };
    code.at(Place::file(display))
        .message(format_args!("`{display}` cannot be {verb}: {error}"))
        .help("check the permissions and the free space of the output folder, then render again")
}

fn damaged(display: &Arc<str>, why: &str) -> Diagnostic {
    diagnostic::DAMAGED_MANIFEST
        .at(Place::file(display))
        .message(format_args!("`{display}` is no manifest that can be trusted: {why}; nothing was written"))
        .help("restore it from version control, or delete it and the files that gwgen wrote beside it, and render again")
}

fn outside(blueprint: &Arc<str>, display: &Arc<str>, why: &str) -> Diagnostic {
    diagnostic::OUTPUT_OUTSIDE_ROOT
        .at(Place::pointer(blueprint, "/output/dir"))
        .message(format_args!("gwgen cannot write to `{display}`: {why}"))
        .help("choose an `output.dir` inside the repository, such as `generated`")
}
