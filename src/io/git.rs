//! What git's index does not hold.
//!
//! In: an output folder, its files. Out: paths. Asks the program `git`, and only where a command is
//! told to.
//! The surroundings that git gives its hooks reach it, so a partial commit is judged by its own
//! index.

use std::io;
use std::process::Command;

use super::manifest;
use super::output::Folder;
use crate::emit::FileTree;

impl Folder {
    /// Generated files that are not in git's index as they stand on disk; sorted. Files that git
    /// ignores are none.
    ///
    /// # Errors
    /// There is no git, or the folder is in no repository.
    pub(crate) fn unstaged(&self, tree: &FileTree) -> io::Result<Vec<String>> {
        let arguments = [
            "ls-files",
            "-z",
            "--others",
            "--modified",
            "--deleted",
            "--exclude-standard",
            "--",
            ".",
        ];
        let answer = Command::new("git")
            .args(arguments)
            .current_dir(&self.path)
            .output()?;
        if !answer.status.success() {
            let why = String::from_utf8_lossy(&answer.stderr);
            return Err(io::Error::other(format!(
                "git cannot tell what is staged: {}",
                why.trim()
            )));
        }
        let listed = answer
            .stdout
            .split(|byte| *byte == 0)
            .filter_map(|path| std::str::from_utf8(path).ok());
        let mut paths: Vec<String> = listed
            .filter(|path| *path == manifest::NAME || tree.files.contains_key(*path))
            .map(str::to_owned)
            .collect();
        paths.sort_unstable();
        // A deleted file is a modified one too.
        paths.dedup();
        Ok(paths)
    }
}
