//! The version that `gwgen --version` prints: with the commit and its day in an optimised build from a git checkout, such as
//! `0.1.0 (3f2a91c 2026-11-30)`.
#![expect(
    clippy::disallowed_methods,
    reason = "cargo speaks to a build script by its environment"
)]

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    // Without it, each change of any file would build the crate anew.
    println!("cargo::rerun-if-changed=build.rs");
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    // A debug build is made after each commit, and needs no name.
    let is_optimised = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    // A package may lie in somebody's repository, whose commit is not its own.
    let commit = (is_optimised && Path::new(".git").exists()).then(commit);
    let version = match commit.flatten() {
        Some(commit) => format!("{version} ({commit})"),
        None => version,
    };
    println!("cargo::rustc-env=GWGEN_VERSION={version}");
}

/// The commit of this checkout with its day; `None` without git. The build is repeated where it changes.
fn commit() -> Option<String> {
    // A commit changes the second, a checkout both.
    for name in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", name])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    git(&[
        "log",
        "-1",
        "--no-show-signature",
        "--date=short",
        "--abbrev=7",
        "--format=%h %cd",
    ])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim_end().to_owned())
}
