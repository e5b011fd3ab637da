//! Repositories of git in temporary folders.

use std::cell::Cell;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Held by tests that start programs, and alone by those that look at locks: a child has the files
/// of its parent, locked ones too, until it becomes another program.
pub(super) static CHILDREN: RwLock<()> = RwLock::new(());

thread_local! {
    static IS_HELD: Cell<bool> = const { Cell::new(false) };
}

/// The hold of one test.
struct Hold {
    _guard: RwLockReadGuard<'static, ()>,
}

impl Hold {
    /// `None` where this thread has it already.
    fn new() -> Option<Self> {
        if IS_HELD.replace(true) {
            return None;
        }
        let _guard = CHILDREN.read().unwrap_or_else(PoisonError::into_inner);
        Some(Self { _guard })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        IS_HELD.set(false);
    }
}

/// A repository; git itself is asked, without the settings of the user.
pub(super) struct Git(
    pub tempfile::TempDir,
    #[expect(dead_code, reason = "it is held")] Option<Hold>,
);

impl Git {
    /// A folder that is no repository.
    pub(super) fn nowhere() -> Self {
        Self(tempfile::tempdir().unwrap(), Hold::new())
    }

    /// `None` where there is no git.
    pub(super) fn new() -> Option<Self> {
        Self::with(&["init", "--quiet", "--initial-branch=main"])
    }

    pub(super) fn with(arguments: &[&str]) -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            let text = b"\nno git: revisions were not tried\n";
            std::io::stderr().write_all(text).unwrap();
            return None;
        }
        let git = Self::nowhere();
        git.run(arguments);
        Some(git)
    }

    /// A clone, in a folder of its own.
    pub(super) fn clone(&self, options: &[&str]) -> Self {
        let address = format!("file://{}", self.0.path().display());
        let arguments = [&["clone", "--quiet"], options, &[&address, "."]].concat();
        Self::with(&arguments).unwrap()
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(super) fn put(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[cfg(unix)]
    pub(super) fn link(&self, path: &str, target: &str) {
        std::os::unix::fs::symlink(target, self.path(path)).unwrap();
    }

    /// Runs git and returns what it prints.
    pub(super) fn run(&self, arguments: &[&str]) -> String {
        self.given(arguments, b"")
    }

    /// Runs git with an input.
    pub(super) fn given(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut child = command(self.0.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(input).unwrap();
        drop(pipe);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {arguments:?}");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// Commits everything; returns the commit.
    pub(super) fn commit(&self) -> String {
        self.run(&["add", "--all"]);
        self.run(&["commit", "--quiet", "--allow-empty", "--message=-"]);
        self.run(&["rev-parse", "HEAD"])
    }

    /// A commit of a tree in git's own form, which git does not check.
    pub(super) fn of_tree(&self, tree: &[u8]) -> String {
        let arguments = ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"];
        let tree = self.given(&arguments, tree);
        self.run(&["commit-tree", &tree, "-m", "-"])
    }

    /// The file of an object that is not packed.
    pub(super) fn object(&self, name: &str) -> PathBuf {
        let id = self.run(&["rev-parse", name]);
        self.path(".git/objects").join(&id[..2]).join(&id[2..])
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "protocol.file.allow=always"])
        .envs([
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Shop"),
            ("GIT_AUTHOR_EMAIL", "shop@shop.example"),
            ("GIT_COMMITTER_NAME", "Shop"),
            ("GIT_COMMITTER_EMAIL", "shop@shop.example"),
        ]);
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
}
