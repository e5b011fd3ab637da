//! The operations by which a render changes the disk; `write` changes files by these alone.
//!
//! A test makes the k-th operation fail, or all from there on, as when the process is killed.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Called before every operation.
#[cfg(not(test))]
fn before(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Writes a file. When it fails in a test, half of the bytes are written, as on a full disk.
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

/// Makes a folder and those above it.
pub(crate) fn make_folders(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), make_folders)?;
    match make_folder(path) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// Creates a file; fails where there is one.
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

/// Removes an empty folder.
pub(crate) fn remove_folder(path: &Path) -> io::Result<()> {
    before(path)?;
    fs::remove_dir(path)
}

/// Removes a staging folder and all files in it.
pub(crate) fn remove_staging(path: &Path) -> io::Result<()> {
    before(path)?;
    fs::remove_dir_all(path)
}
