//! The state of a path. gwgen writes no symbolic links, so none is followed.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// The state of a path.
pub(crate) enum PathState {
    Missing,
    File(Vec<u8>),
    /// The kind of anything else, which gwgen never writes, as messages name it.
    Other(&'static str),
}

/// The state of a folder that is to hold files.
#[derive(Clone, Copy)]
pub(crate) enum FolderState {
    Missing,
    Folder,
    /// The kind of anything else at the path, as messages name it.
    Other(&'static str),
}

impl PathState {
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        match metadata(path)? {
            None => Ok(Self::Missing),
            Some(metadata) if metadata.is_file() => fs::read(path).map(Self::File),
            Some(metadata) => Ok(Self::Other(kind(&metadata))),
        }
    }
}

impl FolderState {
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        Ok(match metadata(path)? {
            None => Self::Missing,
            Some(metadata) if metadata.is_dir() => Self::Folder,
            Some(metadata) if metadata.is_file() => Self::Other("a file where a folder is to be"),
            Some(metadata) => Self::Other(kind(&metadata)),
        })
    }
}

/// Metadata of a path; `None` where nothing is there.
pub(crate) fn metadata(path: &Path) -> io::Result<Option<fs::Metadata>> {
    match fs::symlink_metadata(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        metadata => metadata.map(Some),
    }
}

fn kind(metadata: &fs::Metadata) -> &'static str {
    if metadata.is_dir() {
        "a folder"
    } else if metadata.is_symlink() {
        "a symbolic link"
    } else {
        "no regular file"
    }
}
