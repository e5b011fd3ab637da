//! Brings the output folder to what it is to be.
//!
//! In: `FileTree`. Out: `Written`. Writes only below the output folder.
//! All changed files are staged beside their places first, then renamed one by one: each file is
//! old or new. A manifest that lists both states is in place before the first of them, the one that
//! lists the new state after the last.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::banner::carries_banner;
use super::manifest;
use super::operations as disk;
use super::output::{Change, Differs, Folder, failed};
use super::there::{There, at};
use crate::diagnostic::{self, Diagnostic};
use crate::emit::FileTree;

/// Name of the staged manifest that stands in place while files are written.
const ON_THE_WAY: &str = "manifest";

/// What was written.
#[derive(Debug)]
pub(crate) struct Written<'a> {
    /// Paths below the output folder.
    pub changed: Vec<(String, Change)>,
    pub unchanged: usize,
    pub diagnostics: Vec<Diagnostic>,
    /// How the folder differed before.
    pub differs: Differs<'a>,
}

impl Folder {
    /// Writes what differs; with an error nothing at all.
    ///
    /// Errors: those of `compare`, GW0004 a file or folder cannot be written, GW0020 another run is
    /// writing.
    pub(crate) fn write<'a>(&self, tree: &'a FileTree) -> Written<'a> {
        let failed_at = |path: &str, error: &io::Error| {
            failed(&diagnostic::UNWRITABLE_FILE, &self.shown(path), error)
        };
        let nothing = |diagnostic| Written {
            changed: Vec::new(),
            unchanged: 0,
            diagnostics: vec![diagnostic],
            differs: Differs::default(),
        };
        if let Err(error) = disk::make_folders(&self.path) {
            return nothing(failed_at("", &error));
        }
        let lock = Lock::of(&self.path);
        if matches!(lock, Lock::Taken) {
            return nothing(self.in_use());
        }
        let mut differs = self.compare(tree);
        let mut written = Written {
            changed: Vec::new(),
            unchanged: differs.unchanged,
            diagnostics: std::mem::take(&mut differs.diagnostics),
            differs,
        };
        if written.diagnostics.iter().any(Diagnostic::is_error) {
            return written;
        }
        if let Err((path, error)) = self.apply(&written.differs, &mut written.changed) {
            written.diagnostics.push(failed_at(&path, &error));
        } else if lock.is_held() {
            // Nobody else is at work here, so these are all left of runs that were killed.
            for leftover in &written.differs.leftovers {
                drop(remove_leftover(leftover));
            }
        }
        written
    }

    /// Stages, renames, removes; says at which file it failed.
    fn apply(
        &self,
        differs: &Differs<'_>,
        changed: &mut Vec<(String, Change)>,
    ) -> Result<(), (String, io::Error)> {
        let alone = differs
            .manifest_alone()
            .map(|it| (it.path.clone(), it.change()));
        if differs.differences.is_empty() && alone.is_none() {
            return Ok(());
        }
        let staging = Staging::new(&self.path).map_err(|error| (String::new(), error))?;
        for (number, difference) in differs.differences.iter().enumerate() {
            if let Some(new) = difference.new {
                staging
                    .put(Path::new(&number.to_string()), new)
                    .map_err(|error| (difference.path.clone(), error))?;
            }
        }
        let manifest_failed = |error| (manifest::NAME.to_owned(), error);
        staging
            .put_synced(Path::new(manifest::NAME), &differs.new_manifest)
            .map_err(manifest_failed)?;
        let on_the_way = differs.manifest_on_the_way();
        if !differs.differences.is_empty() {
            staging
                .put_synced(Path::new(ON_THE_WAY), &on_the_way)
                .map_err(manifest_failed)?;
            disk::rename(
                &staging.path.join(ON_THE_WAY),
                &self.path.join(manifest::NAME),
            )
            .map_err(manifest_failed)?;
        }
        for (number, difference) in differs.differences.iter().enumerate() {
            let (path, change) = (self.path.join(&difference.path), difference.change());
            let done = match change {
                Change::Created => make_parent(&path)
                    .and_then(|()| disk::rename(&staging.path.join(number.to_string()), &path)),
                Change::Updated => disk::rename(&staging.path.join(number.to_string()), &path),
                Change::Removed => self.remove(&difference.path),
            };
            done.map_err(|error| (difference.path.clone(), error))?;
            changed.push((difference.path.clone(), change));
        }
        // Where files were only added, both manifests are one.
        if differs.differences.is_empty() || on_the_way != differs.new_manifest {
            disk::rename(
                &staging.path.join(manifest::NAME),
                &self.path.join(manifest::NAME),
            )
            .map_err(manifest_failed)?;
        }
        changed.extend(alone);
        Ok(())
    }

    /// Removes a file, and the folders that it leaves empty.
    fn remove(&self, path: &str) -> io::Result<()> {
        match disk::remove_file(&self.path.join(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            done => done?,
        }
        let mut folder = path;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            // A folder that still holds something cannot be removed, and is to stay.
            if disk::remove_folder(&self.path.join(parent)).is_err() {
                break;
            }
            folder = parent;
        }
        Ok(())
    }
}

/// Removes a staging folder of a run that was killed; one that holds anything else than such runs
/// leave stays as it is.
fn remove_leftover(folder: &Path) -> io::Result<()> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let There::File(bytes) = at(&path)? else {
            return Ok(());
        };
        // A full disk leaves the start of a file, or none of it.
        let is_manifest =
            [manifest::NAME, ON_THE_WAY].contains(&name) && manifest::is_start(&bytes);
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

fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), disk::make_folders)
}

/// Keeps two runs from working on one folder at a time, where the file system can.
///
/// The folder itself is locked, so that no lock file stays behind; the lock goes with the process,
/// however that ends.
enum Lock {
    Held {
        _folder: fs::File,
    },
    /// Another run has it.
    Taken,
    /// Without locks (Windows has none for folders, some network file systems neither) runs may
    /// overlap: staging folders have names of their own and renames are atomic, so that every file
    /// is still whole.
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

    fn is_held(&self) -> bool {
        matches!(self, Self::Held { .. })
    }
}

/// A folder for files on their way, on the same file system as their places.
struct Staging {
    path: PathBuf,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Staging {
    fn new(output: &Path) -> io::Result<Self> {
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = output.join(format!(
                "{}{}-{number}",
                manifest::STAGING,
                std::process::id()
            ));
            match disk::make_folder(&path) {
                // Left by a killed process of the same id.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Self { path }),
            }
        }
    }

    fn put(&self, name: &Path, bytes: &[u8]) -> io::Result<()> {
        disk::create(&self.path.join(name), bytes).map(drop)
    }

    /// The list of what is ours is the one thing that cannot be made again, should the power fail.
    fn put_synced(&self, name: &Path, bytes: &[u8]) -> io::Result<()> {
        let path = self.path.join(name);
        disk::sync(&disk::create(&path, bytes)?, &path)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        drop(disk::remove_staging(&self.path));
    }
}
