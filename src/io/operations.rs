//! Every change to the disk that a render makes, one function a kind.
//!
//! In: paths, bytes. Out: what the operating system says. No other function of `write` changes
//! files.
//! One seam: a test makes the k-th of them fail, or stops everything from there on as a kill would.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Asked before every operation.
#[cfg(not(test))]
fn before(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// A file that fails has a part of its bytes, as on a full disk.
#[cfg(not(test))]
fn write(file: &mut fs::File, bytes: &[u8], _path: &Path) -> io::Result<()> {
    file.write_all(bytes)
}

#[cfg(test)]
use super::tests::faults::before;

#[cfg(test)]
fn write(file: &mut fs::File, bytes: &[u8], path: &Path) -> io::Result<()> {
    match before(path) {
        Ok(()) => file.write_all(bytes),
        Err(error) => file.write_all(&bytes[..bytes.len() / 2]).and(Err(error)),
    }
}

pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    before(path)?;
    fs::create_dir(path)
}

/// With the folders above it.
pub(crate) fn make_folders(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), make_folders)?;
    match make_folder(path) {
        // Somebody else was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// A file that was not there.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<fs::File> {
    before(path)?;
    let mut file = fs::File::create_new(path)?;
    write(&mut file, bytes, path)?;
    Ok(file)
}

pub(crate) fn sync(file: &fs::File, path: &Path) -> io::Result<()> {
    before(path)?;
    file.sync_all()
}

pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    before(to)?;
    fs::rename(from, to)
}

pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    before(path)?;
    fs::remove_file(path)
}

/// An empty one.
pub(crate) fn remove_folder(path: &Path) -> io::Result<()> {
    before(path)?;
    fs::remove_dir(path)
}

/// A staging folder with what is in it.
pub(crate) fn remove_staging(path: &Path) -> io::Result<()> {
    before(path)?;
    fs::remove_dir_all(path)
}
