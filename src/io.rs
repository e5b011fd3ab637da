//! Finds blueprints, reads files below the root, and writes the output folder.
//!
//! In: paths as the user gave them, `FileTree`. Out: `Job`, bytes, `WriteResult`,
//! `FolderComparison`. The only module that touches files.
//! No file that gwgen did not write is changed or removed, and no file is ever half-written.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the module that may touch the file system"
)]

mod banner;
mod base;
mod compare;
mod day;
mod description;
mod diff;
mod find;
mod git;
mod nearest;
mod objects;
mod operations;
mod output;
mod path_state;
mod revision;
mod sides;
mod write;

pub(crate) use compare::{FileChange, FolderComparison};
pub(crate) use day::today;
pub(crate) use description::{create, descriptions, exists};
pub(crate) use diff::unified;
pub(crate) use find::{BlueprintSelection, Job, find, shown_output};
pub(crate) use output::OutputFolder;
pub(crate) use sides::{Pair, Side, SideJob, Sides, sides};
pub(crate) use write::WriteResult;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::diagnostic::{self, Diagnostic, Place};
use crate::source::reserved::is_of_git;
use crate::source::{Files, ReadError, RelativePath};

/// Largest file that is read. Unit: bytes. The same as in `source`; checked before the file is
/// read.
const MAX_FILE_BYTES: u64 = 128 << 20;

/// The files below one root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Disk {
    /// Symbolic links are resolved.
    root: PathBuf,
}

impl Disk {
    /// The disk as a blueprint in `folder` sees it, and `folder` relative to its root. The root is
    /// the nearest folder upwards that holds `.git`, else `folder` itself.
    pub(crate) fn around(folder: &Path) -> io::Result<(Self, String)> {
        let folder = fs::canonicalize(folder)?;
        let root = root_of(&folder).unwrap_or(&folder).to_owned();
        let below = folder.strip_prefix(&root).unwrap_or(Path::new(""));
        let below = below.to_str().ok_or_else(not_utf_8)?;
        let below = below.replace(std::path::MAIN_SEPARATOR, "/");
        Ok((Self { root }, below))
    }

    /// The root, without symbolic links.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}

/// The root of the repository that a folder is in: the nearest folder upwards that holds `.git`, which
/// is a file in a worktree or a submodule.
fn root_of(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|above| fs::symlink_metadata(above.join(".git")).is_ok())
}

/// The folder that `-C` names, from the one where the program was started. Errors: GW0001 there is no
/// such folder.
pub(crate) fn entered(folder: &Path, given: &Path) -> Result<PathBuf, Box<Diagnostic>> {
    let entered = fs::canonicalize(folder.join(given)).and_then(|entered| match entered.is_dir() {
        true => Ok(entered),
        false => Err(io::ErrorKind::NotADirectory.into()),
    });
    entered.map_err(|error| {
        let given = given.display();
        let diagnostic = diagnostic::UNREADABLE_FILE
            .at(Place::file(&diagnostic::COMMAND_LINE.into()))
            .message(format_args!("`-C {given}` cannot be entered: {error}"))
            .help("name a folder, relative to the one where gwgen is started");
        Box::new(diagnostic)
    })
}

fn not_utf_8() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its path is not UTF-8")
}

impl Files for Disk {
    fn read(&self, path: &RelativePath) -> Result<Vec<u8>, ReadError> {
        let resolved = fs::canonicalize(self.root.join(path.as_str())).map_err(ReadError::Io)?;
        let Ok(below) = resolved.strip_prefix(&self.root) else {
            return Err(ReadError::OutsideRoot);
        };
        if below.iter().any(|name| is_of_git(&name.to_string_lossy())) {
            return Err(ReadError::OfGit);
        }
        read_regular_file(&resolved).map_err(ReadError::Io)
    }
}

fn read_regular_file(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    // Opening a FIFO or a device could block for ever.
    if !metadata.is_file() {
        let text = "it is no regular file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let length = metadata.len();
    if length > MAX_FILE_BYTES {
        return Err(too_large(length));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    let file = fs::File::open(path)?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Unit: bytes.
fn too_large(length: u64) -> io::Error {
    let text = format!("it has {length} bytes; gwgen reads at most {MAX_FILE_BYTES}");
    io::Error::new(io::ErrorKind::FileTooLarge, text)
}

#[cfg(test)]
mod tests;
