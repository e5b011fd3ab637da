//! Compares the output folder on disk with the files that are to be in it.
//!
//! All files are compared before any is written, and one error stops all of them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::banner::carries_banner;
use super::output::{OutputFolder, failed};
use super::path_state::{FolderState, PathState};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::emit::FileTree;
use crate::memory::{self, FactMap, Memory, damaged};
use crate::source::reserved::is_staging_folder;

/// The act that makes a file what it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileChange {
    Created,
    Updated,
    Removed,
}

/// A file that is not what it is to be.
#[derive(Debug)]
pub(crate) struct FileDifference<'a> {
    /// Below the output folder.
    pub path: String,
    /// The content on disk; `None` where the file is to be created.
    pub old: Option<Vec<u8>>,
    /// The content to write; `None` where the file is to be removed.
    pub new: Option<&'a [u8]>,
}

impl FileDifference<'_> {
    pub(crate) fn change(&self) -> FileChange {
        match (&self.old, self.new) {
            (_, None) => FileChange::Removed,
            (None, Some(_)) => FileChange::Created,
            (Some(_), Some(_)) => FileChange::Updated,
        }
    }
}

/// Differences between an output folder and a `FileTree`.
#[derive(Debug, Default)]
pub(crate) struct FolderComparison<'a> {
    /// Sorted by path; without the manifest.
    pub differences: Vec<FileDifference<'a>>,
    pub unchanged: usize,
    /// With an error nothing may be written.
    pub diagnostics: Vec<Diagnostic>,
    /// The manifest on disk.
    pub(crate) old_manifest: Option<Vec<u8>>,
    /// What the new manifest holds.
    memory: Memory,
    pub(crate) new_manifest: Vec<u8>,
    /// Staging folders of runs that were killed, or that write at this moment.
    pub(crate) leftovers: Vec<PathBuf>,
}

impl FolderComparison<'_> {
    /// The manifest, where it is the only file that differs.
    pub(crate) fn manifest_alone(&self) -> Option<FileDifference<'_>> {
        let differs =
            self.differences.is_empty() && self.old_manifest.as_deref() != Some(&self.new_manifest);
        differs.then(|| FileDifference {
            path: memory::NAME.to_owned(),
            old: self.old_manifest.clone(),
            new: Some(&self.new_manifest),
        })
    }

    /// The manifest while files are written: lists old and new files, and the hashes before. If
    /// this run is killed, the next one reads from it which files gwgen wrote.
    pub(crate) fn interim_manifest(&self) -> Vec<u8> {
        let mut interim = self.memory.clone();
        for difference in &self.differences {
            if let Some(old) = &difference.old {
                add(&mut interim.files, &difference.path, memory::hash(old));
            }
        }
        interim.printed()
    }

    pub(crate) fn has_error(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

impl OutputFolder {
    /// Compares the folder with the files that are to be in it. Errors: GW0001 unreadable, GW0004 a
    /// path that cannot be written, GW0005 (warning) edited orphan, GW0006 foreign file, GW0010
    /// damaged manifest.
    pub(crate) fn compare<'a>(&self, tree: &'a FileTree) -> FolderComparison<'a> {
        let mut comparison = FolderComparison {
            leftovers: self.leftovers(),
            memory: tree.memory.clone(),
            ..FolderComparison::default()
        };
        let manifest = self.manifest(&mut comparison);
        if let Some(missing) = self.missing(&comparison, tree) {
            comparison.diagnostics.push(missing);
            return comparison;
        }
        let mut comparer = Comparer {
            folder: self,
            manifest: &manifest,
            folders: BTreeMap::new(),
            comparison,
        };
        for (path, bytes) in &tree.files {
            comparer.compare_file(path, bytes);
        }
        for path in manifest.files.keys() {
            if !tree.files.contains_key(path) {
                comparer.compare_orphan(path);
            }
        }
        let mut comparison = comparer.comparison;
        comparison.differences.sort_by(|a, b| a.path.cmp(&b.path));
        comparison.new_manifest = comparison.memory.printed();
        comparison
    }

    /// Reads the manifest on disk. Errors: GW0001 unreadable, GW0010 damaged.
    fn manifest(&self, comparison: &mut FolderComparison<'_>) -> Memory {
        let display = self.shown(memory::NAME);
        let manifest = match PathState::read(&self.path.join(memory::NAME)) {
            Ok(PathState::Missing) => Ok(Memory::default()),
            Ok(PathState::File(bytes)) => {
                let manifest = Memory::parse(&bytes).map_err(|why| damaged(&display, &why));
                comparison.old_manifest = Some(bytes);
                manifest
            }
            Ok(PathState::Other(kind)) => Err(damaged(&display, kind)),
            Err(error) => Err(failed(&diagnostic::UNREADABLE_FILE, &display, &error)),
        };
        manifest.unwrap_or_else(|diagnostic| {
            comparison.diagnostics.push(diagnostic);
            Memory::default()
        })
    }

    /// Reports files that gwgen wrote, as their banner says, where there is no manifest. Errors:
    /// GW0017.
    fn missing(&self, comparison: &FolderComparison<'_>, tree: &FileTree) -> Option<Diagnostic> {
        let is_there = comparison.old_manifest.is_some() || comparison.has_error();
        let is_generated = |path: &&String| match PathState::read(&self.path.join(path)) {
            Ok(PathState::File(bytes)) => carries_banner(&bytes),
            Ok(PathState::Missing | PathState::Other(_)) | Err(_) => false,
        };
        let found = (!is_there).then(|| tree.files.keys().find(is_generated))??;
        let (manifest, beside) = (self.shown(memory::NAME), self.shown(found));
        let diagnostic = diagnostic::MISSING_MANIFEST
            .at(Place::file(&beside))
            .message(format_args!("`{manifest}` is missing beside `{beside}`, which gwgen wrote: what earlier renders named and closed is not known; nothing was written"))
            .help(format_args!("restore `{manifest}` from version control; or, where nothing of it was ever deployed, delete the folder `{}` and render again", self.display));
        Some(diagnostic)
    }

    /// Staging folders. Their content proves nothing, since anybody can commit such a folder.
    fn leftovers(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let staging = entries.filter(|entry| {
            entry.file_name().to_str().is_some_and(is_staging_folder)
                && entry.file_type().is_ok_and(|kind| kind.is_dir())
        });
        staging.map(|entry| entry.path()).collect()
    }
}

/// A comparison that is under way.
struct Comparer<'a, 'f> {
    folder: &'f OutputFolder,
    /// The manifest on disk.
    manifest: &'f Memory,
    /// States of the folders that were looked at.
    folders: BTreeMap<String, FolderState>,
    comparison: FolderComparison<'a>,
}

impl<'a> Comparer<'a, '_> {
    /// Compares a file that is to be written.
    fn compare_file(&mut self, path: &str, new: &'a [u8]) {
        add(&mut self.comparison.memory.files, path, memory::hash(new));
        if !memory::is_below(path) {
            let diagnostic = diagnostic::UNWRITABLE_FILE
                .at(Place::file(&self.folder.shown(path)))
                .message(format_args!(
                    "`{path}` is no name of a file below `{}`",
                    self.folder.display
                ))
                .help("this is a mistake in gwgen: please report it with the blueprint");
            return self.report(diagnostic);
        }
        let old = match self.state(path) {
            Err(error) => return self.report_unreadable(path, &error),
            Ok(PathState::Missing) => None,
            Ok(PathState::File(old)) if old == new => {
                self.comparison.unchanged += 1;
                return;
            }
            Ok(PathState::File(_)) if !self.manifest.files.contains_key(path) => {
                return self.report_foreign(path, "a file that gwgen did not write");
            }
            Ok(PathState::File(old)) if !carries_banner(&old) => {
                return self.report_foreign(path, "a file that `.gwgen.json` lists, but without gwgen's banner in its first lines");
            }
            Ok(PathState::File(old)) => Some(old),
            Ok(PathState::Other(kind)) => return self.report_foreign(path, kind),
        };
        self.comparison.differences.push(FileDifference {
            path: path.to_owned(),
            old,
            new: Some(new),
        });
    }

    /// Compares a file that the manifest lists and that is no longer part of the output.
    fn compare_orphan(&mut self, path: &str) {
        match self.state(path) {
            Err(error) => self.report_unreadable(path, &error),
            Ok(PathState::Missing) => {}
            Ok(PathState::File(old))
                if self.manifest.has_content(path, &old) && carries_banner(&old) =>
            {
                self.comparison.differences.push(FileDifference {
                    path: path.to_owned(),
                    old: Some(old),
                    new: None,
                });
            }
            Ok(PathState::File(_) | PathState::Other(_)) => {
                self.report(edited_orphan(&self.folder.shown(path)));
                // It stays in the manifest, so that it is reported until it is gone.
                let hashes = self.manifest.files[path].clone();
                self.comparison.memory.files.insert(path.to_owned(), hashes);
            }
        }
    }

    /// Returns the state of a path below the folder; no symbolic link in the path is followed.
    fn state(&mut self, path: &str) -> io::Result<PathState> {
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            let state = match self.folders.get(folder) {
                Some(state) => *state,
                None => {
                    let state = FolderState::read(&self.folder.path.join(folder))?;
                    self.folders.insert(folder.to_owned(), state);
                    state
                }
            };
            match state {
                FolderState::Folder => {}
                FolderState::Missing => return Ok(PathState::Missing),
                FolderState::Other(kind) => return Ok(PathState::Other(kind)),
            }
        }
        PathState::read(&self.folder.path.join(path))
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.comparison.diagnostics.push(diagnostic);
    }

    fn report_unreadable(&mut self, path: &str, error: &io::Error) {
        self.report(failed(
            &diagnostic::UNREADABLE_FILE,
            &self.folder.shown(path),
            error,
        ));
    }

    fn report_foreign(&mut self, path: &str, kind: &str) {
        let display = self.folder.shown(path);
        self.report(diagnostic::FOREIGN_FILE
            .at(Place::file(&display))
            .message(format_args!("in the way of `{display}` is {kind}; nothing was written"))
            .help("move it away, or choose another `output.dir`; delete it if it is an old output whose `.gwgen.json` is lost"));
    }
}

fn add(files: &mut FactMap, path: &str, hash: String) {
    files.entry(path.to_owned()).or_default().insert(hash);
}

fn edited_orphan(display: &Arc<str>) -> Diagnostic {
    diagnostic::EDITED_ORPHAN
        .at(Place::file(display))
        .message(format_args!("`{display}` is no longer part of the output, but was edited since gwgen wrote it: it stays"))
        .help("delete it, or, to keep it as your own, remove its line from `.gwgen.json`")
}
