//! The way of somebody who meets gwgen today, with the real git: a description, `init`, `render`, a
//! commit through the hook, a new endpoint, `check`, `render`, a commit.
//!
//! The hook is a plain script that runs what `.pre-commit-hooks.yaml` says; the program pre-commit
//! itself is tried by `.ci/full`.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::support::program::{has_git, isolate_git};

const API: &str =
    "openapi: 3.0.3\ninfo: {title: Orders API}\npaths:\n  /orders: {get: {responses: {}}}\n";
const USERS: &str = "  /users: {post: {responses: {}}}\n";

struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    /// An empty repository; `None` where there is no git.
    fn new() -> Option<Self> {
        if !has_git("the steps of a newcomer") {
            return None;
        }
        let repository = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        repository.passes("git", &["init", "--quiet"]);
        Some(repository)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Exit code and everything that was printed.
    fn runs(&self, program: &str, arguments: &[&str]) -> (i32, String) {
        let program = if program == "gwgen" {
            env!("CARGO_BIN_EXE_gwgen")
        } else {
            program
        };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path());
        isolate_git(&mut command);
        let output = command.output().unwrap();
        let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), printed)
    }

    fn passes(&self, program: &str, arguments: &[&str]) -> String {
        let (code, printed) = self.runs(program, arguments);
        assert_eq!(code, 0, "{program} {arguments:?}:\n{printed}");
        printed
    }

    /// The hook of that id, as `.pre-commit-hooks.yaml` describes it.
    fn install(&self, id: &str) {
        let hooks = fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml"),
        )
        .unwrap();
        let hook = hooks
            .split("- id: ")
            .find(|hook| hook.starts_with(&format!("{id}\n")))
            .unwrap();
        let entry = hook
            .lines()
            .find_map(|line| line.trim().strip_prefix("entry: gwgen "))
            .unwrap();
        let script = format!(
            "#!/bin/sh\nexec '{}' {entry}\n",
            env!("CARGO_BIN_EXE_gwgen")
        );
        let path = self.path().join(".git/hooks/pre-commit");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn commits(&self) -> usize {
        self.passes("git", &["log", "--oneline"]).lines().count()
    }

    /// Up to the first commit.
    fn started(hook: &str) -> Option<Self> {
        let repository = Self::new()?;
        fs::write(repository.path().join("openapi.yaml"), API).unwrap();
        repository.passes("gwgen", &["init"]);
        repository.passes("gwgen", &["render"]);
        repository.install(hook);
        repository.passes("git", &["add", "."]);
        repository.passes("git", &["commit", "--quiet", "-m", "Serve the orders"]);
        Some(repository)
    }
}

#[test]
fn from_a_description_to_the_second_commit() {
    let Some(repository) = Repository::started("gwgen-render") else {
        return;
    };
    fs::write(
        repository.path().join("openapi.yaml"),
        format!("{API}{USERS}"),
    )
    .unwrap();

    let (code, printed) = repository.runs("gwgen", &["check"]);
    assert_eq!(code, 1);
    assert!(
        printed.contains("+resource \"aws_api_gateway_method\" \"post__users\" {\n"),
        "{printed}"
    );

    repository.passes("git", &["add", "openapi.yaml"]);
    let (code, printed) = repository.runs("git", &["commit", "-m", "Add users"]);
    assert_eq!(
        (code, repository.commits()),
        (1, 1),
        "the hook renders, and stops a commit that lacks the new file:\n{printed}"
    );
    assert!(
        printed.contains("created generated/routes_users.tf\n")
            && printed.contains("error[GW0015]: "),
        "{printed}"
    );

    repository.passes("gwgen", &["check"]);
    let (code, printed) = repository.runs("git", &["commit", "-m", "Add users"]);
    assert_eq!(
        (code, repository.commits()),
        (1, 1),
        "the file is there now, and git still does not know it:\n{printed}"
    );

    repository.passes("git", &["add", "generated"]);
    repository.passes("git", &["commit", "--quiet", "-m", "Add users"]);
    assert_eq!(repository.commits(), 2);
    assert_eq!(repository.passes("git", &["status", "--porcelain"]), "");
}

#[test]
fn the_checking_hook_writes_nothing() {
    let Some(repository) = Repository::started("gwgen-check") else {
        return;
    };
    fs::write(
        repository.path().join("openapi.yaml"),
        format!("{API}{USERS}"),
    )
    .unwrap();
    let (code, printed) = repository.runs("git", &["commit", "-a", "-m", "Add users"]);
    assert_eq!((code, repository.commits()), (1, 1), "{printed}");
    assert!(!repository.path().join("generated/routes_users.tf").exists());
    repository.passes("gwgen", &["render"]);
    let (code, printed) = repository.runs("git", &["commit", "-a", "-m", "Add users"]);
    assert_eq!(
        (code, repository.commits()),
        (1, 1),
        "`-a` takes no new file:\n{printed}"
    );
    assert!(
        printed.contains(
            "error[GW0015]: the commit would not hold `generated/routes_users.tf` as generated"
        ),
        "{printed}"
    );
    repository.passes("git", &["add", "."]);
    repository.passes("git", &["commit", "--quiet", "-m", "Add users"]);
}

#[test]
fn deletes_and_renames_go_through_the_hook() {
    let Some(repository) = Repository::started("gwgen-render") else {
        return;
    };
    let path = |name: &str| repository.path().join(name);

    // A generated file that is deleted alone comes back, and the commit is stopped.
    repository.passes("git", &["rm", "--quiet", "generated/routes_orders.tf"]);
    let (code, printed) = repository.runs("git", &["commit", "-m", "Remove a file"]);
    assert_eq!((code, repository.commits()), (1, 1), "{printed}");
    repository.passes("git", &["add", "generated"]);
    assert_eq!(repository.passes("git", &["status", "--porcelain"]), "");

    // An endpoint that goes takes its file with it.
    fs::write(path("openapi.yaml"), format!("{API}{USERS}")).unwrap();
    repository.passes("gwgen", &["render"]);
    repository.passes("git", &["add", "."]);
    repository.passes("git", &["commit", "--quiet", "-m", "Add users"]);
    fs::write(path("openapi.yaml"), API).unwrap();
    let (code, printed) = repository.runs("git", &["commit", "-a", "-m", "Remove users"]);
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains("removed generated/routes_users.tf\n"),
        "{printed}"
    );
    repository.passes("git", &["commit", "--quiet", "-a", "-m", "Remove users"]);
    assert_eq!(repository.passes("git", &["status", "--porcelain"]), "");

    // A description that moves, with the blueprint that follows it.
    repository.passes("git", &["mv", "openapi.yaml", "orders.yaml"]);
    assert_ne!(
        repository.runs("git", &["commit", "-m", "Move"]).0,
        0,
        "the blueprint names a file that is gone"
    );
    let blueprint = fs::read_to_string(path("gwgen.yaml")).unwrap();
    fs::write(
        path("gwgen.yaml"),
        blueprint.replace("spec: openapi.yaml", "spec: orders.yaml"),
    )
    .unwrap();
    repository.passes(
        "git",
        &["commit", "--quiet", "-a", "-m", "Move the description"],
    );
}

#[test]
fn without_a_repository_the_hooks_say_so() {
    let Some(repository) = Repository::new() else {
        return;
    };
    fs::remove_dir_all(repository.path().join(".git")).unwrap();
    fs::write(repository.path().join("openapi.yaml"), API).unwrap();
    repository.passes("gwgen", &["init"]);
    let (code, printed) = repository.runs("gwgen", &["render", "--staged"]);
    assert_eq!(code, 3, "{printed}");
    assert!(
        printed.contains("git cannot tell what is staged: "),
        "{printed}"
    );
}
