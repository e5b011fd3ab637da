//! What stands at a path, without following symbolic links.
//!
//! In: a path. Out: `There`. Reads only.
//! A link is something that gwgen never writes, so it is told from what it leads to.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// What stands at a path.
pub(crate) enum There {
    Nothing,
    File(Vec<u8>),
    /// Something that gwgen never writes, in words.
    Other(&'static str),
}

/// What stands at a path, not followed.
pub(crate) fn at(path: &Path) -> io::Result<There> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(There::Nothing);
        }
        metadata => metadata?,
    };
    if metadata.is_file() {
        return fs::read(path).map(There::File);
    }
    Ok(There::Other(kind(&metadata)))
}

/// Whether a folder can be written through: `Some("")` it can, `Some(what)` something is in the
/// way, `None` it is not there.
pub(crate) fn way(path: &Path) -> io::Result<Option<&'static str>> {
    match fs::symlink_metadata(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
        Ok(metadata) if metadata.is_dir() => Ok(Some("")),
        Ok(metadata) if metadata.is_file() => Ok(Some("a file where a folder is to be")),
        Ok(metadata) => Ok(Some(kind(&metadata))),
    }
}

fn kind(metadata: &fs::Metadata) -> &'static str {
    match metadata {
        it if it.is_dir() => "a folder",
        it if it.is_symlink() => "a symbolic link",
        _ => "no regular file",
    }
}
