//! The program as its users run it: arguments, streams, exit codes.

use std::fs;
use std::io::Read;
use std::process::{Command, Output, Stdio};

use crate::support::program::{gwgen, text};

fn empty() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn version_and_help_are_results() {
    let output = gwgen(empty().path(), &["--version"]);
    assert_eq!(
        (code(&output), text(&output.stdout)),
        (0, concat!("gwgen ", env!("CARGO_PKG_VERSION"), "\n"))
    );
    let output = gwgen(empty().path(), &["--help"]);
    assert_eq!(code(&output), 0);
    for command in [
        "render",
        "check",
        "lint",
        "routes",
        "trace",
        "diff",
        "graph",
        "cost",
        "migrate",
        "report",
        "bench-script",
        "init",
    ] {
        assert!(
            text(&output.stdout).contains(&format!("\n  {command}")),
            "{command}"
        );
    }
}

#[test]
fn a_wrong_command_line_exits_2() {
    for arguments in [
        &["nonsense"][..],
        &["--blueprint", "a", "check", "--blueprint", "b"],
        &["render", "--nonsense"],
        &["--message-format", "xml", "check"],
        &["render", "--blueprint", "a", "b"],
        &[],
    ] {
        let output = gwgen(empty().path(), arguments);
        assert_eq!(
            (code(&output), text(&output.stdout)),
            (2, ""),
            "{arguments:?}"
        );
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn commands_that_are_not_built_say_so() {
    let lines = [
        &["lint", "--fix"][..],
        &["graph"],
        &["cost", "--format", "table"],
        &["migrate", "--to", "alb", "--out", "steps"],
        &["report", "--output", "report.html"],
        &["bench-script", "--requests", "300"],
        &["render", "--watch"],
    ];
    for arguments in lines {
        let output = gwgen(
            empty().path(),
            &[&["--message-format", "json"], arguments].concat(),
        );
        assert_eq!(
            (code(&output), text(&output.stdout)),
            (2, ""),
            "{arguments:?}"
        );
        assert!(
            text(&output.stderr)
                .starts_with("{\"code\":\"GW2004\",\"slug\":\"not-built\",\"severity\":\"error\""),
            "{arguments:?}"
        );
        assert_eq!(text(&output.stderr).lines().count(), 1, "{arguments:?}");
    }
}

#[test]
fn without_a_blueprint_nothing_succeeds() {
    for command in ["render", "check"] {
        let output = gwgen(empty().path(), &[command]);
        assert_eq!((code(&output), text(&output.stdout)), (1, ""));
        assert!(text(&output.stderr).starts_with("error[GW0007]: "));
        assert!(text(&output.stderr).ends_with("\n1 error\n"));
    }
}

#[test]
fn a_blueprint_in_a_folder_that_is_not_there_exits_3() {
    let output = gwgen(
        empty().path(),
        &["check", "--message-format", "json", "nowhere/gwgen.yaml"],
    );
    assert_eq!(code(&output), 3);
    assert!(
        text(&output.stderr)
            .contains("\"places\":[{\"file\":\"nowhere/gwgen.yaml\",\"line\":1,\"column\":1}]")
    );
}

#[test]
fn an_error_text_of_aws_is_explained_and_an_unknown_one_is_said_to_be() {
    let output = gwgen(
        empty().path(),
        &[
            "explain",
            "--aws",
            r#"{"message":"Missing Authentication Token"}"#,
        ],
    );
    assert_eq!((code(&output), text(&output.stderr)), (0, ""));
    assert!(text(&output.stdout).starts_with("Missing Authentication Token (403)\n  cause:  "));
    assert!(text(&output.stdout).contains("\n  source: https://"));
    for unknown in ["", "x\u{1b}[2J", "everything is well"] {
        let output = gwgen(empty().path(), &["explain", "--aws", unknown]);
        assert_eq!((code(&output), text(&output.stdout)), (1, ""), "{unknown}");
        assert!(text(&output.stderr).starts_with("error: no error of AWS"));
    }
    for wrong in [&["explain"][..], &["explain", "GW3001", "--aws", "x"]] {
        assert_eq!(code(&gwgen(empty().path(), wrong)), 2);
    }
}

#[test]
fn every_code_is_explained_by_any_of_its_names() {
    for name in ["GW0006", "gw0006", "0006", "foreign-file"] {
        let output = gwgen(empty().path(), &["explain", name]);
        assert_eq!(code(&output), 0, "{name}");
        assert!(
            text(&output.stdout).starts_with("# GW0006 foreign-file\n\n## What is checked\n"),
            "{name}"
        );
    }
    for (name, nearest) in [
        ("foreign-fil", "foreign-file"),
        ("GW0", "GW00"),
        ("é", "every diagnostic"),
    ] {
        let output = gwgen(empty().path(), &["explain", name]);
        assert_eq!((code(&output), text(&output.stdout)), (2, ""), "{name}");
        assert!(
            text(&output.stderr).contains(nearest),
            "{name}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn explanations_of_commands_descriptions_and_blueprints_are_complete() {
    for code in gwgen::diagnostic::CODES
        .iter()
        .filter(|code| code.code < "GW3")
    {
        let heads: Vec<&str> = code
            .explanation
            .lines()
            .filter(|line| line.starts_with("# GW") || line.starts_with("## "))
            .collect();
        let title = format!("# {} {}", code.code, code.slug);
        let expected = [
            &*title,
            "## What is checked",
            "## Why it matters",
            "## Wrong",
            "## Right",
        ];
        assert!(heads.starts_with(&expected), "{heads:?}");
        assert_eq!(
            code.explanation.matches("\n```").count(),
            4,
            "{}",
            code.code
        );
    }
}

#[test]
fn completions_are_written_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = gwgen(empty().path(), &["completions", shell]);
        assert_eq!(code(&output), 0, "{shell}");
        assert!(text(&output.stdout).contains("gwgen"), "{shell}");
    }
}

#[test]
fn routes_call_nothing_open_that_is_undecided() {
    let folder = empty();
    let description = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\ncomponents: {securitySchemes: {token: {type: http, scheme: bearer}}}\npaths:\n  \
                       /kept: {get: {security: [{token: []}], responses: {}}}\n  /open: {get: {responses: {}}}\n";
    let blueprint = "version: 1\nname: a\nspec: openapi.yaml\ntopology: internet\nbackends: {a: {url: 'https://a.example.com'}}\n";
    std::fs::write(folder.path().join("openapi.yaml"), description).unwrap();
    std::fs::write(folder.path().join("gwgen.yaml"), blueprint).unwrap();
    let output = gwgen(folder.path(), &["routes", "--format", "json"]);
    assert_eq!(code(&output), 1, "{}", text(&output.stderr));
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let auth: Vec<_> = rows
        .iter()
        .map(|row| (row["path"].as_str().unwrap(), row["auth"].as_str()))
        .collect();
    assert_eq!(auth, [("/kept", None), ("/open", Some("none"))]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gwgen"))
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut printed = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut printed)
        .unwrap();
    assert_eq!((child.wait().unwrap().code(), &*printed), (Some(0), ""));
}

#[test]
fn diagnostics_are_plain_where_standard_error_is_no_terminal() {
    let folder = empty();
    fs::write(folder.path().join("gwgen.yaml"), "version: 1\n").unwrap();
    let output = gwgen(folder.path(), &["check"]);
    assert_ne!(code(&output), 0);
    assert!(!output.stderr.contains(&0x1b));
}
