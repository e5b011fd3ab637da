//! The program as its users run it: arguments, streams, exit codes.

use std::fs;
use std::io::Read;
use std::process::{Command, Output, Stdio};

use crate::support::program::{BLUEPRINT, folder_with, gwgen, text};

fn empty() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn version_and_help_are_results() {
    let output = gwgen(empty().path(), &["--version"]);
    assert_eq!(code(&output), 0);
    let version = text(&output.stdout);
    let own = concat!("gwgen ", env!("CARGO_PKG_VERSION"));
    let build = version
        .strip_prefix(own)
        .and_then(|rest| rest.strip_suffix('\n'));
    // An optimised build names its commit.
    let commit = regex::Regex::new(r"^( \([0-9a-f]{7,} [0-9]{4}-[0-9]{2}-[0-9]{2}\))?$").unwrap();
    assert!(commit.is_match(build.unwrap()), "{version}");
    let output = gwgen(empty().path(), &["--help"]);
    assert_eq!(code(&output), 0);
    for command in ["render", "check", "lint", "routes", "trace", "diff", "init"] {
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
        &["render", "--env", "a", "b"],
        &["check", "--color", "sometimes"],
        &["check", "-C"],
        &["man", "nonsense"],
        &["man", "man"],
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
        &["migrate", "--to", "alb", "--out", "steps"],
        &["report", "--output", "report.html"],
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

/// The commands that `--help` lists, without `help` itself.
fn commands() -> Vec<String> {
    let help = gwgen(empty().path(), &["-h"]);
    let lines = text(&help.stdout).lines();
    let lines = lines.skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    let named = lines.filter(|line| !line.starts_with("   "));
    let names = named.map(|line| line.split_whitespace().next().unwrap().to_owned());
    names.filter(|name| name != "help").collect()
}

#[test]
fn every_listed_command_has_a_page_of_the_manual() {
    let page = |of: &[&str]| {
        let output = gwgen(empty().path(), &[&["man"], of].concat());
        assert_eq!((code(&output), text(&output.stderr)), (0, ""), "{of:?}");
        text(&output.stdout).to_owned()
    };
    let own = page(&[]);
    assert!(own.contains("\n.TH gwgen 1 "), "{own}");
    assert!(commands().len() >= 11);
    for command in commands() {
        let reference = format!("gwgen\\-{}(1)", command.replace('-', "\\-"));
        assert!(own.contains(&reference), "{reference}:\n{own}");
        let text = page(&[&command]);
        assert!(
            text.contains(&format!("\n.TH gwgen-{command} 1 ")),
            "{text}"
        );
        assert!(text.contains("\\-\\-blueprint"), "{text}");
    }
}

#[test]
fn what_is_not_built_is_listed_nowhere() {
    let folder = empty();
    let mut lists = vec![vec!["--help".to_owned()], vec!["man".to_owned()]];
    for command in commands() {
        lists.push(vec![command.clone(), "--help".to_owned()]);
        lists.push(vec!["man".to_owned(), command]);
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        lists.push(vec!["completions".to_owned(), shell.to_owned()]);
    }
    for list in lists {
        let arguments: Vec<&str> = list.iter().map(String::as_str).collect();
        let output = gwgen(folder.path(), &arguments);
        assert_eq!(code(&output), 0, "{list:?}");
        for word in ["not built", "migrate", "--watch", "--fix"] {
            assert!(!text(&output.stdout).contains(word), "{list:?}: {word}");
        }
    }
}

#[test]
fn colours_are_as_the_option_says_and_else_as_the_environment_says() {
    let folder = empty();
    fs::write(folder.path().join("gwgen.yaml"), "version: 1\n").unwrap();
    let shown = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gwgen"));
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command.args(arguments).envs(environment.iter().copied());
        let output = command.current_dir(folder.path()).output().unwrap();
        text(&output.stderr).to_owned()
    };
    let plain = shown(&["check"], &[]);
    let coloured = shown(&["check", "--color", "always"], &[]);
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert!(coloured.contains("\u{1b}["), "{coloured}");
    let escapes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    assert_eq!(escapes.replace_all(&coloured, ""), plain);
    let force = ("CLICOLOR_FORCE", "1");
    for (line, environment, expected) in [
        (&["check"][..], &[force][..], &coloured),
        (&["check", "--color=auto"], &[force], &coloured),
        (&["--color", "never", "check"], &[force], &plain),
        (
            &["check", "--color", "always"],
            &[("NO_COLOR", "1")],
            &coloured,
        ),
        (&["check"], &[("NO_COLOR", "1")], &plain),
    ] {
        assert_eq!(
            shown(line, environment),
            *expected,
            "{line:?} {environment:?}"
        );
    }
}

#[test]
fn differences_show_colours_where_they_are_wanted() {
    let service = |path: &str| {
        let api =
            format!("openapi: 3.0.3\npaths:\n  /orders: {{get: {{responses: {{}}}}}}\n{path}");
        folder_with(&[("gwgen.yaml", BLUEPRINT), ("openapi.yaml", &api)])
    };
    let (old, new) = (service(""), service("  /users: {get: {responses: {}}}\n"));
    let sides = [&old, &new].map(|side| side.path().to_str().unwrap());
    let diff = |color: &str| {
        let line = ["diff", sides[0], sides[1], "--color", color];
        let output = gwgen(old.path(), &line);
        assert_eq!((code(&output), text(&output.stderr)), (0, ""));
        text(&output.stdout).to_owned()
    };
    let (plain, coloured) = (diff("never"), diff("always"));
    assert!(plain.contains("\nADDED\n"), "{plain}");
    assert_eq!(coloured, plain.replace("ADDED", "\u{1b}[1mADDED\u{1b}[0m"));
    assert_eq!(diff("auto"), plain);
}

#[test]
fn an_upgrade_alone_changes_no_file() {
    let api = "openapi: 3.0.3\npaths:\n  /orders: {get: {responses: {}}}\n";
    let folder = folder_with(&[("gwgen.yaml", BLUEPRINT), ("openapi.yaml", api)]);
    let required = format!("{BLUEPRINT}required_version: '>=0.1, <99'\n");
    for format in ["", "output: {format: cloudformation}\n"] {
        fs::write(
            folder.path().join("gwgen.yaml"),
            format!("{BLUEPRINT}{format}"),
        )
        .unwrap();
        assert_eq!(code(&gwgen(folder.path(), &["render"])), 0);
        for entry in fs::read_dir(folder.path().join("generated")).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            assert!(
                !text.contains(env!("CARGO_PKG_VERSION")),
                "{}",
                path.display()
            );
        }
        fs::write(
            folder.path().join("gwgen.yaml"),
            format!("{required}{format}"),
        )
        .unwrap();
        let output = gwgen(folder.path(), &["check"]);
        assert_eq!(code(&output), 0, "{}", text(&output.stdout));
        fs::remove_dir_all(folder.path().join("generated")).unwrap();
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
