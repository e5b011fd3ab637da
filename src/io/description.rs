//! Descriptions that a working directory holds, and the one file that is written into it.
//!
//! In: a folder. Out: paths; a new file. Reads folders and peeks into files.
//! Nothing that is there is changed: a file is made in one step, or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use super::Disk;
use super::there::{There, at};
use crate::source::{RelativePath, SourceFile, raw};

/// Folders that are looked into, the working directory first.
const FOLDERS: [&str; 9] = [
    "", "api", "apis", "doc", "docs", "openapi", "spec", "specs", "swagger",
];

/// Most files of a folder that are read to see what they are.
const MAX_PEEKS: usize = 200;

/// Paths of descriptions: those that are named like one; without any, those that say they are one.
pub(crate) fn descriptions(folder: &Path) -> io::Result<Vec<String>> {
    let (disk, below) = rim(folder)?;
    let (mut named, mut others) = (Vec::new(), Vec::new());
    for below in FOLDERS {
        let Ok(entries) = fs::read_dir(folder.join(below)) else {
            continue;
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|it| it.file_name().into_string().ok())
            .collect();
        names.retain(|name| {
            ["yaml", "yml", "json"]
                .iter()
                .any(|it| name.rsplit_once('.').is_some_and(|(_, end)| end == *it))
        });
        names.sort();
        for name in names {
            let path = if below.is_empty() {
                name.clone()
            } else {
                format!("{below}/{name}")
            };
            let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
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
        named.extend(
            others
                .into_iter()
                .take(MAX_PEEKS * FOLDERS.len())
                .filter(is_one),
        );
    }
    Ok(named)
}

/// The disk as a blueprint in `folder` sees it, and `folder` relative to its root.
pub(crate) fn rim(folder: &Path) -> io::Result<(Disk, String)> {
    let (disk, below) = Disk::around(folder)?;
    let below = below
        .to_str()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "its path is not UTF-8"))?;
    Ok((disk, below.replace(std::path::MAIN_SEPARATOR, "/")))
}

/// Whether anything stands there, not followed.
pub(crate) fn is_there(path: &Path) -> io::Result<bool> {
    Ok(!matches!(at(path)?, There::Nothing))
}

/// Whether a file says `openapi` or `swagger`.
fn is_description(disk: &Disk, folder: &str, path: &str) -> bool {
    let Some(relative) = RelativePath::join(folder, path) else {
        return false;
    };
    let Ok(file) = SourceFile::read(disk, relative, Arc::from(path)) else {
        // A file of that name which cannot be read is still the one that is meant; reading it says
        // why.
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

/// Makes a file that is not there yet; `Ok(false)` where something is.
///
/// Its bytes are complete under another name before it gets its own.
pub(crate) fn make(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let staged = path.with_file_name(format!(
        "{}{}",
        super::manifest::STAGING,
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
    // A link, unlike a rename, never replaces what is there.
    let made = written.and_then(|()| fs::hard_link(&staged, path));
    drop(fs::remove_file(&staged));
    match made {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
