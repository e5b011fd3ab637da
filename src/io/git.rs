//! The program `git`, which is asked and never told to change anything.
//!
//! It inherits the environment that git gives its hooks, so a partial commit is compared with its
//! own index.

use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::output::OutputFolder;
use crate::emit::FileTree;
use crate::memory;

/// A call of git in a folder, in which neither the settings of the repository run a program nor
/// anything is fetched, locked or asked.
///
/// Source: <https://git-scm.com/docs/git>, "Environment Variables", read 2026-11-30. Versions that
/// do not know `GIT_NO_LAZY_FETCH` are kept from the network by `GIT_ALLOW_PROTOCOL`.
pub(super) fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .args(["--no-pager", "-c", "core.fsmonitor=false"])
        .envs([
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_ALLOW_PROTOCOL", ""),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("LC_ALL", "C"),
        ])
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

/// Runs git to its end.
///
/// # Errors
/// There is no git.
pub(super) fn run(folder: &Path, arguments: &[&str]) -> io::Result<Output> {
    command(folder).args(arguments).output()
}

/// Returns what git says of its failure, on one line.
pub(super) fn words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let text = lines.collect::<Vec<_>>().join(" ");
    text.strip_prefix("fatal: ").unwrap_or(&text).to_owned()
}

impl OutputFolder {
    /// Generated files that git's index does not hold as they are on disk; sorted, without files
    /// that git ignores.
    ///
    /// # Errors
    /// There is no git, or the folder is in no repository.
    pub(crate) fn unstaged(&self, tree: &FileTree) -> io::Result<Vec<String>> {
        let arguments = "ls-files -z --others --modified --deleted --exclude-standard -- .";
        let output = run(&self.path, &Vec::from_iter(arguments.split(' ')))?;
        if !output.status.success() {
            return Err(io::Error::other(words(&output)));
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
