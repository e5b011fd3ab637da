//! Writes the output folder.
//!
//! All changed files are staged in the folder first, then renamed one by one, so each file is old or
//! new. A manifest that lists both states is in place before the first rename, the one that lists
//! the new state after the last.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::banner::carries_banner;
use super::compare::{FileChange, FolderComparison};
use super::operations as disk;
use super::output::{OutputFolder, failed};
use super::path_state::PathState;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::emit::FileTree;
use crate::memory;
use crate::source::reserved::STAGING;

/// Staged name of the manifest that is in place while files are written.
const INTERIM_MANIFEST: &str = "manifest";

/// Files that a run wrote, and why it wrote no others.
#[derive(Debug, Default)]
pub(crate) struct WriteResult<'a> {
    /// Paths below the output folder.
    pub changed: Vec<(String, FileChange)>,
    pub diagnostics: Vec<Diagnostic>,
    /// The comparison before the first file was written; its diagnostics are in `diagnostics`.
    pub comparison: FolderComparison<'a>,
}

impl WriteResult<'_> {
    pub(crate) fn has_error(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// An operation of the writer that failed.
struct WriteError {
    /// Below the output folder; empty for the folder itself.
    path: String,
    error: io::Error,
}

impl OutputFolder {
    /// Writes the files that differ; with an error none at all. Errors: those of `compare`, GW0004
    /// a file or folder cannot be written, GW0020 another run is writing, or has written since the
    /// manifest was read.
    pub(crate) fn write<'a>(&self, tree: &'a FileTree) -> WriteResult<'a> {
        let unwritable = |path: &str, error: &io::Error| {
            failed(&diagnostic::UNWRITABLE_FILE, &self.shown(path), error)
        };
        let mut result = WriteResult::default();
        if let Err(error) = disk::make_folders(&self.path) {
            result.diagnostics.push(unwritable("", &error));
            return result;
        }
        let lock = Lock::of(&self.path);
        if matches!(lock, Lock::Taken) {
            result.diagnostics.push(self.in_use());
            return result;
        }
        result.comparison = self.compare(tree);
        result.diagnostics = std::mem::take(&mut result.comparison.diagnostics);
        if result.has_error() {
            return result;
        }
        let manifest = result.comparison.old_manifest.as_deref();
        let found = memory::hash(manifest.unwrap_or_default());
        if tree.after.as_ref().is_some_and(|after| *after != found) {
            result.diagnostics.push(self.written_meanwhile());
            return result;
        }
        if let Err(failure) = self.apply(&result.comparison, &mut result.changed) {
            let diagnostic = unwritable(&failure.path, &failure.error);
            result.diagnostics.push(diagnostic);
        } else if matches!(lock, Lock::Held { .. }) {
            // No other run works here, so all of them are left by runs that were killed.
            for leftover in &result.comparison.leftovers {
                drop(remove_leftover(leftover));
            }
        }
        result
    }

    /// Stages, renames and removes files, and lists each one that is done.
    fn apply(
        &self,
        comparison: &FolderComparison<'_>,
        changed: &mut Vec<(String, FileChange)>,
    ) -> Result<(), WriteError> {
        let alone = comparison
            .manifest_alone()
            .map(|difference| (difference.path.clone(), difference.change()));
        let differences = &comparison.differences;
        if differences.is_empty() && alone.is_none() {
            return Ok(());
        }
        let at = |path: &str| {
            let path = path.to_owned();
            move |error| WriteError { path, error }
        };
        let staging = Staging::new(&self.path).map_err(at(""))?;
        for (number, difference) in differences.iter().enumerate() {
            if let Some(new) = difference.new {
                staging
                    .put(&number.to_string(), new)
                    .map_err(at(&difference.path))?;
            }
        }
        let put_manifest =
            |name: &str, bytes: &[u8]| staging.put_synced(name, bytes).map_err(at(memory::NAME));
        let place_manifest = |name: &str| {
            disk::rename(&staging.path.join(name), &self.path.join(memory::NAME))
                .map_err(at(memory::NAME))
        };
        put_manifest(memory::NAME, &comparison.new_manifest)?;
        let interim = comparison.interim_manifest();
        if !differences.is_empty() {
            put_manifest(INTERIM_MANIFEST, &interim)?;
            place_manifest(INTERIM_MANIFEST)?;
        }
        for (number, difference) in differences.iter().enumerate() {
            let (path, change) = (self.path.join(&difference.path), difference.change());
            let staged = staging.path.join(number.to_string());
            let done = match change {
                FileChange::Created => path
                    .parent()
                    .map_or(Ok(()), disk::make_folders)
                    .and_then(|()| disk::rename(&staged, &path)),
                FileChange::Updated => disk::rename(&staged, &path),
                FileChange::Removed => self.remove(&difference.path),
            };
            done.map_err(at(&difference.path))?;
            changed.push((difference.path.clone(), change));
        }
        // Where files were only added, both manifests are equal.
        if differences.is_empty() || interim != comparison.new_manifest {
            place_manifest(memory::NAME)?;
        }
        changed.extend(alone);
        Ok(())
    }

    fn in_use(&self) -> Diagnostic {
        diagnostic::OUTPUT_IN_USE
            .at(Place::file(&self.display))
            .message(format_args!(
                "another gwgen is writing to `{}` at this moment; nothing was written",
                self.display
            ))
            .help("wait until it has ended, then render again; a run that was killed holds nothing")
    }

    fn written_meanwhile(&self) -> Diagnostic {
        diagnostic::OUTPUT_IN_USE
            .at(Place::file(&self.display))
            .message(format_args!(
                "another gwgen wrote `{}` while this one compiled, so this one does not know what it decided; nothing was written",
                self.shown(memory::NAME)
            ))
            .help("render again")
    }

    /// Removes a file, and the folders that it leaves empty.
    fn remove(&self, path: &str) -> io::Result<()> {
        match disk::remove_file(&self.path.join(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            done => done?,
        }
        let mut folder = path;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            // A folder that is not empty cannot be removed, and stays.
            if disk::remove_folder(&self.path.join(parent)).is_err() {
                break;
            }
            folder = parent;
        }
        Ok(())
    }
}

/// Removes a staging folder of a run that was killed; one with anything else in it stays.
fn remove_leftover(folder: &Path) -> io::Result<()> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let PathState::File(bytes) = PathState::read(&path)? else {
            return Ok(());
        };
        // On a full disk a file is cut off or empty.
        let is_manifest =
            [memory::NAME, INTERIM_MANIFEST].contains(&name) && memory::is_start(&bytes);
        let is_staged = name.bytes().all(|byte| byte.is_ascii_digit())
            && (bytes.is_empty() || carries_banner(&bytes));
        if !is_manifest && !is_staged {
            return Ok(());
        }
        paths.push(path);
    }
    paths.iter().try_for_each(|path| disk::remove_file(path))?;
    disk::remove_folder(folder)
}

/// A lock on the output folder itself, which lets one run write at a time. The operating system
/// releases it when the process ends.
enum Lock {
    Held {
        _folder: fs::File,
    },
    /// Another run holds it.
    Taken,
    /// The file system has no locks for folders (Windows, some network file systems). Runs may
    /// overlap, and every file is still whole, as renames are atomic.
    Unknown,
}

impl Lock {
    fn of(folder: &Path) -> Self {
        let Ok(folder) = fs::File::open(folder) else {
            return Self::Unknown;
        };
        match folder.try_lock() {
            Ok(()) => Self::Held { _folder: folder },
            Err(fs::TryLockError::WouldBlock) => Self::Taken,
            Err(fs::TryLockError::Error(_)) => Self::Unknown,
        }
    }
}

/// A folder for staged files, on the same file system as the output.
struct Staging {
    path: PathBuf,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Staging {
    fn new(output: &Path) -> io::Result<Self> {
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = output.join(format!("{}{}-{number}", STAGING, std::process::id()));
            match disk::make_folder(&path) {
                // A process with the same id was killed.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Self { path }),
            }
        }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        disk::create(&self.path.join(name), bytes).map(drop)
    }

    /// Writes a file that cannot be generated again, and waits until it is on the disk.
    fn put_synced(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path.join(name);
        disk::sync(&disk::create(&path, bytes)?, &path)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        drop(disk::remove_staging(&self.path));
    }
}
