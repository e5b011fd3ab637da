//! The folder whose blueprints a command is about where none is named.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::root_of;

/// The nearest folder that holds a blueprint, from the working directory: that itself (empty), or one
/// above it (`../..`) up to the root of its repository and never beyond. Empty where there is none.
///
/// A folder that cannot be listed is taken for the nearest one: it may hold a blueprint.
pub(super) fn nearest(working: &Path) -> PathBuf {
    let is_without = |folder: &Path| blueprint_names(folder).is_ok_and(|names| names.is_empty());
    let mut named = PathBuf::new();
    if !is_without(working) {
        return named;
    }
    // Above a symbolic link lies what `..` leads to.
    let folder = fs::canonicalize(working).unwrap_or_default();
    let Some(root) = root_of(&folder) else {
        return named;
    };
    let above = folder
        .ancestors()
        .take_while(|above| above.starts_with(root));
    for above in above.skip(1) {
        named.push("..");
        if !is_without(above) {
            return named;
        }
    }
    PathBuf::new()
}

/// Names of the blueprints in a folder.
pub(super) fn blueprint_names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if is_blueprint(&name) && !entry.path().is_dir() {
            names.push(name);
        }
    }
    Ok(names)
}

/// Returns whether a file is named as blueprints are.
pub(super) fn is_blueprint(name: &str) -> bool {
    let environment = name
        .strip_prefix("gwgen.")
        .and_then(|rest| rest.strip_suffix(".yaml"));
    name == "gwgen.yaml" || environment.is_some_and(|name| !name.is_empty())
}
