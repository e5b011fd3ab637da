//! The program as a user runs it, in a folder of its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A small blueprint without a warning.
pub(crate) const BLUEPRINT: &str = "version: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-targets\n\
    network: {vpc: vpc-0a1b2c3d, subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}\n\
    backends:\n  orders: {port: 8080, targets: {ecs: true}}\n";

/// Creates a folder with these files.
pub(crate) fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Runs the program.
pub(crate) fn gwgen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gwgen"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Runs the program; returns its exit code, standard output and standard error.
pub(crate) fn printed(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = gwgen(folder, arguments);
    let code = output.status.code().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (code, out, err)
}

/// Runs the program; returns its exit code, standard output and diagnostics.
pub(crate) fn diagnosed(folder: &Path, arguments: &[&str]) -> (i32, String, Vec<Value>) {
    let json = [arguments, &["--message-format", "json"]].concat();
    let (code, out, err) = printed(folder, &json);
    let diagnostics = err.lines().map(|line| serde_json::from_str(line).unwrap());
    (code, out, diagnostics.collect())
}

/// Returns whether git is installed; where it is not, says which test is skipped.
#[cfg(unix)]
pub(crate) fn has_git(skipped: &str) -> bool {
    use std::io::Write as _;
    let has_git = Command::new("git").arg("--version").output().is_ok();
    if !has_git {
        // The harness does not show what it captures of a passing test.
        let message = format!("\nno git: {skipped} were not tried\n");
        std::io::stderr().write_all(message.as_bytes()).unwrap();
    }
    has_git
}

/// Makes git independent of the user's settings, and of a hook that runs the tests.
#[cfg(unix)]
pub(crate) fn isolate_git(command: &mut Command) {
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    for (name, value) in [("NAME", "Newcomer"), ("EMAIL", "newcomer@shop.example")] {
        command
            .env(format!("GIT_AUTHOR_{name}"), value)
            .env(format!("GIT_COMMITTER_{name}"), value);
    }
}
