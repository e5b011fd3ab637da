//! Reported diagnostics: `lint.allow` and `lint.deny`, notes, `--quiet`, and habits that are
//! reported once.
//!
//! In: the program, blueprints in folders of their own. Out: exit codes and findings.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::program::{BLUEPRINT, diagnosed, folder_with};

const API: &str = "openapi: 3.0.3\nsecurity: []\npaths:\n  /orders/: {get: {responses: {}}}\n  /users/: {get: {responses: {}}}\n";

fn folder(more: &str) -> tempfile::TempDir {
    let blueprint = format!("{BLUEPRINT}{more}");
    folder_with(&[("gwgen.yaml", &blueprint), ("openapi.yaml", API)])
}

struct Said {
    exit: i32,
    out: String,
    findings: Vec<Value>,
}

impl Said {
    /// Severity and code of each finding.
    fn codes(&self) -> Vec<String> {
        let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        self.findings
            .iter()
            .map(|row| format!("{} {}", text(row, "severity"), text(row, "code")))
            .collect()
    }
}

fn gwgen(folder: &Path, arguments: &[&str]) -> Said {
    let (exit, out, findings) = diagnosed(folder, arguments);
    Said {
        exit,
        out,
        findings,
    }
}

/// Output of `lint`, without the note about the account's role.
fn linted(more: &str) -> (i32, Vec<String>) {
    let folder = folder(&format!("{more}account: {{cloudwatch_role: existing}}\n"));
    let result = gwgen(folder.path(), &["lint"]);
    (result.exit, result.codes())
}

#[test]
fn what_is_allowed_is_not_said() {
    assert_eq!(linted(""), (0, vec!["warning GW4004".to_owned(); 2]));
    assert_eq!(
        linted("lint: {allow: [{code: GW4004, reason: agreed}]}\n"),
        (0, vec![])
    );
    assert_eq!(
        linted("lint: {allow: [{code: GW4004, paths: [/orders/], reason: agreed}]}\n"),
        (0, vec!["warning GW4004".to_owned()])
    );
    assert_eq!(
        linted(
            "lint: {allow: [{code: GW4004, paths: [\"/**\"], reason: agreed, until: 2999-12-31}]}\n"
        ),
        (0, vec![])
    );
    // Those of a blueprint, too, which are found before there is a plan.
    let of_blueprint = "alb: {idle_timeout: 30s}\nlint: {allow: [{code: GW2024, reason: a}, {code: GW4004, reason: a}]}\n";
    assert_eq!(linted(of_blueprint), (0, vec![]));
}

#[test]
fn notes_are_allowed_as_warnings_are() {
    let folder = folder(
        "lint: {allow: [{code: GW5015, reason: made by the platform}, {code: GW4004, reason: agreed}]}\n",
    );
    assert_eq!(
        gwgen(folder.path(), &["render"]).codes(),
        Vec::<String>::new()
    );
}

#[test]
fn gw2131_what_was_allowed_until_yesterday_stops_a_render() {
    let until =
        |day: &str| format!("lint: {{allow: [{{code: GW4004, reason: agreed, until: {day}}}]}}\n");
    assert_eq!(linted(&until("2999-12-31")), (0, vec![]));
    let (exit, mut codes) = linted(&until("2020-02-29"));
    codes.sort();
    assert_eq!(
        (exit, codes.as_slice()),
        (
            1,
            &[
                "error GW2131".to_owned(),
                "warning GW4004".into(),
                "warning GW4004".into()
            ][..]
        )
    );
    let folder = folder(&until("2020-02-29"));
    assert_eq!(gwgen(folder.path(), &["render"]).exit, 1);
    assert!(!folder.path().join("generated").exists());
}

#[test]
fn what_is_denied_is_an_error_but_where_it_is_allowed() {
    let denied = "lint: {deny: [GW4004]}\n";
    assert_eq!(linted(denied), (1, vec!["error GW4004".to_owned(); 2]));
    let folder = folder(denied);
    assert_eq!(gwgen(folder.path(), &["render"]).exit, 1);
    assert!(!folder.path().join("generated").exists());
    let but = "lint: {deny: [GW4004], allow: [{code: GW4004, paths: [/users/], reason: agreed}]}\n";
    assert_eq!(linted(but), (1, vec!["error GW4004".to_owned()]));
    assert_eq!(
        linted("lint: {deny: [GW4004], allow: [{code: GW4004, reason: agreed}]}\n"),
        (0, vec![])
    );
}

#[test]
fn an_ignored_scheme_stays_a_note_when_it_is_allowed() {
    let folder = folder(
        "auth: {jwt: ignore}\nlint: {allow: [{code: GW3004, reason: the mesh checks it}, {code: GW4004, reason: agreed}]}\n",
    );
    let api = API.replace("security: []", "security: [{jwt: []}]");
    let api =
        format!("{api}components: {{securitySchemes: {{jwt: {{type: http, scheme: bearer}}}}}}\n");
    fs::write(folder.path().join("openapi.yaml"), api).unwrap();
    let result = gwgen(folder.path(), &["render"]);
    assert_eq!(
        (result.exit, result.codes()),
        (0, vec!["info GW5015".to_owned(), "info GW3004".to_owned()])
    );
    assert!(
        result.findings[1]["help"]
            .as_str()
            .unwrap()
            .contains("the mesh checks it")
    );
    assert_eq!(
        gwgen(folder.path(), &["lint", "--deny", "warnings"]).exit,
        0
    );
}

#[test]
fn an_entry_of_a_base_may_be_for_other_blueprints() {
    let folder = folder(
        "lint: {allow: [{code: GW4004, reason: agreed}, {code: GW4012, reason: for the other}]}\n",
    );
    fs::write(
        folder.path().join("gwgen.prod.yaml"),
        "extends: gwgen.yaml\n",
    )
    .unwrap();
    let result = gwgen(folder.path(), &["lint", "--env", "prod"]);
    assert_eq!(result.codes(), ["info GW5015", "info GW2132"]);
    let result = gwgen(folder.path(), &["lint", "--blueprint", "gwgen.yaml"]);
    assert_eq!(result.codes(), ["info GW5015", "warning GW2132"]);
}

#[test]
fn what_one_blueprint_allows_the_other_still_says() {
    let folder = folder("lint: {allow: [{code: GW4004, reason: agreed}]}\n");
    fs::write(
        folder.path().join("gwgen.b.yaml"),
        format!("{BLUEPRINT}output: {{dir: b}}\n"),
    )
    .unwrap();
    assert_eq!(
        gwgen(folder.path(), &["lint"])
            .codes()
            .iter()
            .filter(|line| *line == "warning GW4004")
            .count(),
        2
    );
}

#[test]
fn notes_are_said_by_the_commands_that_are_about_findings() {
    let folder = folder("");
    let has_note = |arguments: &[&str]| {
        gwgen(folder.path(), arguments)
            .codes()
            .contains(&"info GW5015".to_owned())
    };
    for command in ["render", "check", "lint"] {
        assert!(has_note(&[command]), "{command}");
        assert!(!has_note(&[command, "--quiet"]), "{command}");
    }
    for command in [&["routes"][..], &["trace", "GET", "/orders"], &["show"]] {
        assert!(!has_note(command), "{command:?}");
    }
    // Whoever has answered is not asked again.
    for answer in ["existing", "create", "arn:aws:iam::123456789012:role/logs"] {
        fs::write(
            folder.path().join("gwgen.yaml"),
            format!("{BLUEPRINT}account: {{cloudwatch_role: {answer}}}\n"),
        )
        .unwrap();
        assert!(!has_note(&["lint"]), "{answer}");
    }
}

#[test]
fn quiet_keeps_diffs_and_errors() {
    let folder = folder("");
    let result = gwgen(folder.path(), &["render", "--quiet", "--diff"]);
    assert_eq!((result.exit, result.findings.len()), (0, 0));
    assert!(
        result.out.contains("+++ b/generated/api.tf") && !result.out.contains("created generated/"),
        "{}",
        result.out
    );
    assert_eq!(gwgen(folder.path(), &["check", "--quiet"]).out, "");
    fs::write(
        folder.path().join("openapi.yaml"),
        API.replace("/users/", "/people/"),
    )
    .unwrap();
    let result = gwgen(folder.path(), &["check", "--quiet"]);
    assert_eq!((result.exit, result.findings.len()), (1, 0));
    assert!(
        result.out.contains("+++ b/generated/routes_people.tf")
            && !result.out.contains("unchanged"),
        "{}",
        result.out
    );
    fs::write(
        folder.path().join("openapi.yaml"),
        "openapi: 3.0.3\npaths: 5\n",
    )
    .unwrap();
    assert_eq!(
        gwgen(folder.path(), &["check", "--quiet"]).codes(),
        ["error GW1006"]
    );
}

#[test]
fn a_habit_is_said_once_and_listed_in_json() {
    let parts: String = (0..40)
        .map(|number| format!("  /part{number}/: {{get: {{responses: {{}}}}}}\n"))
        .collect();
    let headers: String = (0..9)
        .map(|number| format!("  /h{number}: {{get: {{parameters: [{{name: Via, in: header, schema: {{}}}}], responses: {{}}}}}}\n"))
        .collect();
    let folder = folder("account: {cloudwatch_role: existing}\n");
    fs::write(
        folder.path().join("openapi.yaml"),
        format!("openapi: 3.0.3\nsecurity: []\npaths:\n{parts}{headers}"),
    )
    .unwrap();
    let result = gwgen(folder.path(), &["lint"]);
    assert_eq!(result.codes(), ["warning GW4004", "warning GW4015"]);
    let (slashes, headers) = (&result.findings[0], &result.findings[1]);
    assert!(
        slashes["message"]
            .as_str()
            .unwrap()
            .starts_with("40 paths ")
            && headers["message"]
                .as_str()
                .unwrap()
                .starts_with("9 headers ")
    );
    assert_eq!(
        (
            slashes["places"].as_array().unwrap().len(),
            slashes["occurrences"].as_array().unwrap().len()
        ),
        (3, 40)
    );
    assert!((0..40).all(|number| {
        slashes["occurrences"]
            .to_string()
            .contains(&format!("/part{number}/"))
    }));
    assert_eq!(headers["occurrences"].as_array().unwrap().len(), 9);
    // An entry with paths looks at each of them.
    let allow = "account: {cloudwatch_role: existing}\nlint: {allow: [{code: GW4004, paths: [\"/part?/\", \"/part*/\"], reason: a}]}\n";
    fs::write(
        folder.path().join("gwgen.yaml"),
        format!("{BLUEPRINT}{allow}"),
    )
    .unwrap();
    assert_eq!(gwgen(folder.path(), &["lint"]).codes(), ["warning GW4015"]);
}

#[test]
fn one_mistake_is_one_error_that_names_all_operations() {
    let folder = folder("  users: {port: 8081, targets: {ecs: true}}\n");
    let parts: String = (0..30)
        .map(|number| format!("  /part{number}: {{get: {{responses: {{}}}}}}\n"))
        .collect();
    fs::write(
        folder.path().join("openapi.yaml"),
        format!("openapi: 3.0.3\npaths:\n{parts}"),
    )
    .unwrap();
    let result = gwgen(folder.path(), &["lint", "--quiet"]);
    assert_eq!(
        (result.exit, result.codes()),
        (1, vec!["error GW3001".to_owned()])
    );
    let operations = result.findings[0]["operations"].as_array().unwrap();
    assert_eq!(
        (operations.len(), &operations[0]["method"]),
        (30, &Value::from("GET"))
    );
    let message = result.findings[0]["message"].as_str().unwrap();
    assert_eq!(
        message,
        "30 operations get no backend from any route; for example `GET /part0`, `GET /part1`, `GET /part10`"
    );
}

#[test]
fn what_opens_something_stays_a_note() {
    let with = |base: &str, more: &str| {
        let folder = folder("");
        fs::write(
            folder.path().join("base.yaml"),
            format!("{BLUEPRINT}{base}abstract: true\n"),
        )
        .unwrap();
        fs::write(
            folder.path().join("gwgen.yaml"),
            format!("extends: base.yaml\nabstract: false\n{more}"),
        )
        .unwrap();
        let result = gwgen(folder.path(), &["render"]);
        let mut codes = result.codes();
        codes.retain(|code| !code.contains("GW4004") && !code.contains("GW5015"));
        (result.exit, codes)
    };
    let hides = "routes: [{match: {paths: [/users/]}, exposure: hidden}]\n";
    assert_eq!(
        with(hides, "routes: []\n"),
        (0, vec!["warning GW2100".to_owned()])
    );
    let allowed = "lint: {allow: [{code: GW2100, reason: agreed}]}\n";
    assert_eq!(
        with(hides, &format!("routes: []\n{allowed}")),
        (0, vec!["info GW2100".to_owned()])
    );
    // A base that denies is not answered by an entry of the file that extends it.
    let denies = "lint: {deny: [GW4004]}\n";
    assert_eq!(
        with(denies, "lint: {allow: [{code: GW4004, reason: agreed}]}\n"),
        (0, vec!["warning GW2100".to_owned()])
    );
    assert_eq!(
        with(denies, "lint: {deny: []}\n"),
        (0, vec!["warning GW2100".to_owned()])
    );
}
