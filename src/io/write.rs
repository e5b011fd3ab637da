//! Brings the output folder to what it is to be.
//!
//! In: `FileTree`. Out: `Written`. Writes only below the output folder.
//! All changed files are staged beside their places first, then renamed one by one, the manifest last: each file is old or new.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::manifest;
use super::output::{Change, Differs, Folder, failed};
use crate::diagnostic::{self, Diagnostic};
use crate::emit::FileTree;

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
    /// Errors: those of `compare`, GW0004 a file or folder cannot be written.
    pub(crate) fn write<'a>(&self, tree: &'a FileTree) -> Written<'a> {
        let failed_at = |path: &str, error: &io::Error| failed(&diagnostic::UNWRITABLE_FILE, &self.shown(path), error);
        if let Err(error) = fs::create_dir_all(&self.path) {
            let diagnostics = vec![failed(&diagnostic::UNWRITABLE_FILE, &self.display, &error)];
            return Written { changed: Vec::new(), unchanged: 0, diagnostics, differs: Differs::default() };
        }
        let lock = Lock::of(&self.path);
        let mut differs = self.compare(tree);
        let mut written =
            Written { changed: Vec::new(), unchanged: differs.unchanged, diagnostics: std::mem::take(&mut differs.diagnostics), differs };
        if written.diagnostics.iter().any(Diagnostic::is_error) {
            return written;
        }
        if let Err((path, error)) = self.apply(&written.differs, &mut written.changed) {
            written.diagnostics.push(failed_at(&path, &error));
        } else if lock.is_held() {
            // Nobody else is at work here, so these are all left of runs that were killed.
            for leftover in &written.differs.leftovers {
                drop(fs::remove_dir_all(leftover));
            }
        }
        written
    }

    /// Stages, renames, removes; says at which file it failed.
    fn apply(&self, differs: &Differs<'_>, changed: &mut Vec<(String, Change)>) -> Result<(), (String, io::Error)> {
        let alone = differs.manifest_alone().map(|it| (it.path.clone(), it.change()));
        if differs.differences.is_empty() && alone.is_none() {
            return Ok(());
        }
        let mut staging = Staging::new(&self.path).map_err(|error| (String::new(), error))?;
        staging.put(Path::new(manifest::NAME), &differs.new_manifest).map_err(|error| (manifest::NAME.to_owned(), error))?;
        for (number, difference) in differs.differences.iter().enumerate() {
            if let Some(new) = difference.new {
                staging.put(Path::new(&number.to_string()), new).map_err(|error| (difference.path.clone(), error))?;
            }
        }
        // From here on the staged manifest tells the next run which files are ours, should this one not come to its end.
        staging.is_journal = true;
        for (number, difference) in differs.differences.iter().enumerate() {
            let (path, change) = (self.path.join(&difference.path), difference.change());
            let done = match change {
                Change::Created => make_parent(&path).and_then(|()| fs::rename(staging.path.join(number.to_string()), &path)),
                Change::Updated => fs::rename(staging.path.join(number.to_string()), &path),
                Change::Removed => self.remove(&difference.path),
            };
            done.map_err(|error| (difference.path.clone(), error))?;
            changed.push((difference.path.clone(), change));
        }
        fs::rename(staging.path.join(manifest::NAME), self.path.join(manifest::NAME))
            .map_err(|error| (manifest::NAME.to_owned(), error))?;
        staging.is_journal = false;
        changed.extend(alone);
        Ok(())
    }

    /// Removes a file, and the folders that it leaves empty.
    fn remove(&self, path: &str) -> io::Result<()> {
        match fs::remove_file(self.path.join(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            done => done?,
        }
        let mut folder = path;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            // A folder that still holds something cannot be removed, and is to stay.
            if fs::remove_dir(self.path.join(parent)).is_err() {
                break;
            }
            folder = parent;
        }
        Ok(())
    }
}

fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// Keeps two runs from working on one folder at a time, where the file system can.
///
/// The folder itself is locked, so that no lock file stays behind; the lock goes with the process, however that ends.
struct Lock(Option<fs::File>);

impl Lock {
    fn of(folder: &Path) -> Self {
        // Without locks (Windows has none for folders, some network file systems neither) runs may overlap: staging folders
        // have names of their own and renames are atomic, so that every file is still whole.
        Self(fs::File::open(folder).ok().filter(|folder| folder.lock().is_ok()))
    }

    fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

/// A folder for files on their way, on the same file system as their places.
struct Staging {
    path: PathBuf,
    /// While files are renamed it has to survive a failure.
    is_journal: bool,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Staging {
    fn new(output: &Path) -> io::Result<Self> {
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = output.join(format!("{}{}-{number}", manifest::STAGING, std::process::id()));
            match fs::create_dir(&path) {
                // Left by a killed process of the same id.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Self { path, is_journal: false }),
            }
        }
    }

    fn put(&self, name: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = fs::File::create(self.path.join(name))?;
        file.write_all(bytes)?;
        file.flush()
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.is_journal {
            drop(fs::remove_dir_all(&self.path));
        }
    }
}
