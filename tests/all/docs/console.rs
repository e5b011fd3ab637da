//! `console` blocks of pages: every command is run, and what it prints is what stands there.
//!
//! All blocks of a page share one scratch repository that holds the smallest example's
//! description; `$ ` starts a command, `> ` goes on with it. A comment that begins with
//! `<!-- setup` holds commands that readers do not see; `$EXAMPLES` is the folder of blueprints.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::program::{has_git, isolate_git};

const SETUP: &str = "<!-- setup";

/// The page with what its commands print now; `None`, said aloud, where there is no git.
pub(crate) fn with_outputs(page: &str, repository: &Path) -> Option<String> {
    if !has_git("the commands of the pages") {
        return None;
    }
    let scratch = tempfile::tempdir().unwrap();
    fs::copy(
        repository.join("blueprints/minimal/openapi.yaml"),
        scratch.path().join("openapi.yaml"),
    )
    .unwrap();
    shell(
        scratch.path(),
        "git init --quiet && git add . && git commit --quiet --message 'The description'",
    );
    let mut text = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        writeln!(text, "{line}").unwrap();
        if line.starts_with(SETUP) {
            let mut commands = String::from("set -e\n");
            for line in lines.by_ref() {
                writeln!(text, "{line}").unwrap();
                if line == "-->" {
                    break;
                }
                writeln!(commands, "{line}").unwrap();
            }
            let printed = shell(scratch.path(), &(commands + "echo done"));
            assert!(printed.ends_with("done\n"), "a setup failed:\n{printed}");
        }
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|it| *it != "```") {
            // What was printed before is left out, and made again.
            let Some(first) = line.strip_prefix("$ ") else {
                continue;
            };
            writeln!(text, "{line}").unwrap();
            let mut command = first.to_owned();
            while let Some(more) = lines.next_if(|it| it.starts_with("> ")) {
                writeln!(text, "{more}").unwrap();
                write!(command, "\n{}", &more[2..]).unwrap();
            }
            text.push_str(&shell(scratch.path(), &command));
        }
    }
    Some(text)
}

fn shell(folder: &Path, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_gwgen")).parent().unwrap();
    let path = std::env::join_paths(
        [program.to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    )
    .unwrap();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C")
        .env(
            "EXAMPLES",
            concat!(env!("CARGO_MANIFEST_DIR"), "/blueprints"),
        );
    isolate_git(&mut shell);
    String::from_utf8(shell.output().unwrap().stdout).unwrap()
}
