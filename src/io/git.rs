//! Generated files that git's index does not hold, as the program `git` reports; only with
//! `--staged`.
//!
//! It inherits the environment that git gives its hooks, so a partial commit is compared with its
//! own index.

use std::io;
use std::process::Command;

use super::output::OutputFolder;
use crate::emit::FileTree;
use crate::memory;

impl OutputFolder {
    /// Generated files that git's index does not hold as they are on disk; sorted, without files
    /// that git ignores.
    ///
    /// # Errors
    /// There is no git, or the folder is in no repository.
    pub(crate) fn unstaged(&self, tree: &FileTree) -> io::Result<Vec<String>> {
        let arguments =
            "ls-files -z --others --modified --deleted --exclude-standard -- .".split(' ');
        let output = Command::new("git")
            .args(arguments)
            .current_dir(&self.path)
            .output()?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            return Err(io::Error::other(format!(
                "git cannot tell what is staged: {}",
                why.trim()
            )));
        }
        let listed = output
            .stdout
            .split(|byte| *byte == 0)
            .filter_map(|path| std::str::from_utf8(path).ok());
        let mut paths: Vec<String> = listed
            .filter(|path| *path == memory::NAME || tree.files.contains_key(*path))
            .map(str::to_owned)
            .collect();
        paths.sort_unstable();
        // A deleted file is listed as a modified one, too.
        paths.dedup();
        Ok(paths)
    }
}
