//! The page of all commands, from what each prints for `--help`.

use std::fmt::Write as _;

const EXIT_CODES: &str = "\
| exit code | means |
| --- | --- |
| 0 | done |
| 1 | the inputs have errors, `check` found a difference, `lint --deny warnings` a warning, `trace` nothing that serves the request, `explain --aws` no such error; or `init` found a blueprint, or something that has to be mended first |
| 2 | wrong command line |
| 3 | a file could not be read or written |
| 4 | `diff --fail-on` found such a row, or `check --detailed-exitcode` a difference |
";

/// Names of the commands in a help text.
fn names(help: &str) -> Vec<&str> {
    let commands = help.split("\nCommands:\n").nth(1).unwrap();
    commands
        .lines()
        .map_while(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with(char::is_whitespace))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect()
}

fn without_margin(text: &str) -> String {
    text.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

pub(super) fn page(gwgen: impl Fn(&[&str]) -> String) -> String {
    let help = gwgen(&["--help"]);
    let mut text = format!(
        "# Commands\n\n<!-- Made by tests/all/docs.rs from the commands. Edits here are lost. -->\n\n\
         Results go to standard output or into files, findings to standard error. A blueprint is named with `--blueprint FILE`; without it, \
         `gwgen.yaml` and every `gwgen.*.yaml` in the working directory are meant, but for bases. [Findings](findings.md) has the formats of \
         `--message-format`.\n\n{EXIT_CODES}\n```text\n{}```\n",
        without_margin(&help)
    );
    for name in names(&help) {
        let own = without_margin(&gwgen(&[name, "--help"]));
        write!(text, "\n## `gwgen {name}`\n\n```text\n{own}```\n").unwrap();
    }
    text
}

#[test]
fn names_of_commands_are_read() {
    let help = "Does it.\n\nCommands:\n  render  Write\n          more\n  help    Print\n\nOptions:\n  -q\n";
    assert_eq!(names(help)[0], "render");
    assert!(!names(help).contains(&"help") && !names(help).contains(&"-q"));
}
