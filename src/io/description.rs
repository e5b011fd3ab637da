//! The search for descriptions in a working directory, and the one file that `init` writes.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use super::Disk;
use super::path_state;
use crate::source::{RelativePath, SourceFile, raw};

/// Folders that are searched, the working directory first.
const FOLDERS: [&str; 9] = [
    "", "api", "apis", "doc", "docs", "openapi", "spec", "specs", "swagger",
];

/// Most files of a folder that are read to find descriptions.
const MAX_PEEKS: usize = 200;

/// Finds descriptions: files with the usual names, or without any such, files that hold one.
pub(crate) fn descriptions(folder: &Path) -> io::Result<Vec<String>> {
    let (disk, below) = Disk::around(folder)?;
    let (mut named, mut others) = (Vec::new(), Vec::new());
    for subfolder in FOLDERS {
        let Ok(entries) = fs::read_dir(folder.join(subfolder)) else {
            continue;
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        for name in names {
            let Some((stem, "yaml" | "yml" | "json")) = name.rsplit_once('.') else {
                continue;
            };
            let path = if subfolder.is_empty() {
                name.clone()
            } else {
                format!("{subfolder}/{name}")
            };
            if ["openapi", "swagger"].contains(&stem) {
                named.push(path)
            } else {
                others.push(path)
            }
        }
    }
    let is_one = |path: &String| is_description(&disk, &below, path);
    named.retain(is_one);
    if named.is_empty() {
        others.truncate(MAX_PEEKS * FOLDERS.len());
        others.retain(is_one);
        return Ok(others);
    }
    Ok(named)
}

/// Returns whether anything is at a path, without following symbolic links.
pub(crate) fn exists(path: &Path) -> io::Result<bool> {
    Ok(path_state::metadata(path)?.is_some())
}

/// Returns whether a file has the field `openapi` or `swagger`.
fn is_description(disk: &Disk, folder: &str, path: &str) -> bool {
    let Some(relative) = RelativePath::join(folder, path) else {
        return false;
    };
    let Ok(file) = SourceFile::read(disk, relative, Arc::from(path)) else {
        // One that cannot be read counts as well: reading it again reports the reason.
        return path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("openapi.") || name.starts_with("swagger."));
    };
    raw::members(&file.json)
        .unwrap_or_default()
        .iter()
        .any(|(key, value)| {
            (*key == "openapi" || *key == "swagger")
                && value
                    .get()
                    .starts_with(|first: char| first == '"' || first.is_ascii_digit())
        })
}

/// Creates a file; `Ok(false)` where there is one. Its bytes are complete under another name before
/// it gets its own.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let staged = path.with_file_name(format!(
        "{}{}",
        crate::source::reserved::STAGING,
        std::process::id()
    ));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&staged)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
    // A link, unlike a rename, never replaces a file.
    let created = written.and_then(|()| fs::hard_link(&staged, path));
    drop(fs::remove_file(&staged));
    match created {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
