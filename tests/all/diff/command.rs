//! `gwgen diff`, and the lines of `render`, as they are called.

use std::fs;
use std::path::Path;

use gwgen::listing::field::Heading;
use serde_json::Value;

use crate::support::program::{folder_with, printed};

const API: &str = "openapi: 3.0.3\ninfo: {title: Shop}\nsecurity: [{staff: []}]\npaths:\n\
    \x20 /orders: {get: {responses: {}}, post: {responses: {}}}\n\
    \x20 /orders/{id}: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], delete: {responses: {}}}\n\
    components: {securitySchemes: {staff: {type: http, scheme: bearer}}}\n";

const BLUEPRINT: &str = "version: 1\nname: shop\nspec: openapi.yaml\ntopology: internet\n\
    backends: {orders: {url: https://orders.example.com}}\n\
    auth: {staff: {lambda: {function: {var: staff_arn}, kind: token, identity: [header.Authorization], ttl: 5m}}}\n";

const OPENED: &str =
    "routes: [{match: {methods: [delete]}, auth: none, weakens: admin tool is gone}]\n";

/// Folders `a` and `b` with blueprints of the same description.
fn folders(a: &str, b: &str) -> tempfile::TempDir {
    folder_with(&[
        ("a/openapi.yaml", API),
        ("b/openapi.yaml", API),
        ("a/gwgen.yaml", a),
        ("b/gwgen.yaml", b),
    ])
}

fn diff(folder: &Path, more: &[&str]) -> (i32, String, String) {
    printed(folder, &[&["diff", "a", "b"], more].concat())
}

fn document(folder: &Path) -> Value {
    let (_, text, errors) = diff(folder, &["--format", "json"]);
    let document = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{errors}"));
    let schema = serde_json::from_str(&printed(Path::new("."), &["schema", "diff"]).1).unwrap();
    let wrong: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    document
}

#[test]
fn an_opened_route_is_told_with_its_reason_and_places() {
    let folder = folders(BLUEPRINT, &format!("{BLUEPRINT}{OPENED}"));
    let row = &document(folder.path())["blueprints"][0]["loosened"][0];
    assert_eq!(row["method"], "DELETE");
    assert_eq!(row["path"], "/orders/{id}");
    assert_eq!([&row["before"], &row["after"]], ["staff", "none"]);
    assert_eq!(row["place"]["file"], "b/gwgen.yaml");
    assert_eq!(row["place"]["line"], 7);
    assert_eq!(row["was"]["file"], "a/openapi.yaml");
    assert_eq!(row["reason"]["text"], "admin tool is gone");
    assert_eq!(row["codes"][0], "GW6001");
    let (code, text, _) = diff(folder.path(), &[]);
    assert_eq!(code, 0);
    for part in [
        "LOOSENED",
        "staff -> none",
        "weakens: admin tool is gone",
        "1 of 3 routes differ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 90),
        "{text}"
    );
    let (_, text, _) = diff(folder.path(), &["--format", "github"]);
    assert!(
        text.starts_with("::warning file=b/gwgen.yaml,line=7"),
        "{text}"
    );
}

#[test]
fn equal_states_are_silent() {
    let folder = folders(BLUEPRINT, BLUEPRINT);
    let orders = "  /orders: {get: {responses: {}}, post: {responses: {}}}\n";
    let reordered = API
        .replace(orders, "")
        .replace("components:", &format!("{orders}components:"));
    fs::write(folder.path().join("b/openapi.yaml"), reordered).unwrap();
    let silence = (0, String::new(), String::new());
    assert_eq!(diff(folder.path(), &["--fail-on", "any"]), silence);
}

#[test]
fn a_row_fails_until_a_reason_of_the_same_change_answers_it() {
    let folder = folders(BLUEPRINT, BLUEPRINT);
    let open = API.replace("delete: {responses", "delete: {security: [], responses");
    fs::write(folder.path().join("b/openapi.yaml"), open).unwrap();
    let loosened = || diff(folder.path(), &["--fail-on", "loosened"]).0;
    assert_eq!(loosened(), 4);
    assert_eq!(
        diff(folder.path(), &["--fail-on", "removed,tightened"]).0,
        0
    );
    let allow = "lint: {allow: [{code: GW6001, paths: ['/orders/*'], reason: the tool is gone}]}\n";
    let answered = format!("{BLUEPRINT}{allow}");
    fs::write(folder.path().join("b/gwgen.yaml"), &answered).unwrap();
    assert_eq!(loosened(), 0);
    // What was allowed before answers nothing that is new.
    fs::write(folder.path().join("a/gwgen.yaml"), &answered).unwrap();
    assert_eq!(loosened(), 4);
}

#[test]
fn a_state_with_an_error_is_no_empty_difference() {
    let folder = folders(BLUEPRINT, &BLUEPRINT.replace("internet", "moon"));
    let (code, text, errors) = diff(folder.path(), &[]);
    assert_eq!((code, &*text), (1, ""));
    assert!(errors.contains("b/gwgen.yaml:4"), "{errors}");
    let (code, text, _) = diff(folder.path(), &["--format", "markdown"]);
    let first = text.lines().next().unwrap();
    let wanted = "**gwgen diff**: 1 of 1 not compared, with errors";
    assert_eq!((code, first), (1, wanted));
}

#[test]
fn a_new_blueprint_is_compiled_as_of_today() {
    let expired = "lint: {allow: [{code: GW5031, reason: until spring, until: 2020-01-01}]}\n";
    let folder = folders(BLUEPRINT, BLUEPRINT);
    fs::remove_file(folder.path().join("a/gwgen.yaml")).unwrap();
    assert_eq!(diff(folder.path(), &[]).0, 0);
    let blueprint = format!("{BLUEPRINT}{expired}");
    fs::write(folder.path().join("b/gwgen.yaml"), blueprint).unwrap();
    let (code, _, errors) = diff(folder.path(), &[]);
    assert_eq!(code, 1);
    assert!(errors.contains("GW2131"), "{errors}");
}

#[test]
fn a_comment_stays_in_its_limits_and_keeps_what_loosens() {
    let path =
        |index: usize, open: &str| format!("  /p{index}: {{get: {{{open}responses: {{}}}}}}\n");
    let many = |open: &str, from: usize| {
        let paths: String = (from..from + 3_000)
            .map(|index| path(index, open))
            .collect();
        API.replace("paths:\n", &format!("paths:\n{paths}"))
    };
    let blueprint = format!("{BLUEPRINT}limits: {{resources: 100000}}\n");
    let folder = folders(&blueprint, &blueprint);
    fs::write(folder.path().join("a/openapi.yaml"), many("", 0)).unwrap();
    fs::write(
        folder.path().join("b/openapi.yaml"),
        many("security: [], ", 1_500),
    )
    .unwrap();
    let (_, text, _) = diff(folder.path(), &["--format", "markdown"]);
    assert!(text.chars().count() <= 60_000, "{}", text.chars().count());
    let first = text.lines().next().unwrap();
    assert!(
        first.chars().count() <= 120 && first.contains("3000 loosened"),
        "{first}"
    );
    assert!(text.contains("<!-- gwgen diff -->"));
    assert!(
        text.contains("### Loosened") && text.contains("more rows are left out"),
        "{text}"
    );
}

#[test]
fn render_says_what_it_loosens() {
    let folder = folder_with(&[("openapi.yaml", API), ("gwgen.yaml", BLUEPRINT)]);
    let loosened = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with("loosened "))
            .count()
    };
    let (code, first, _) = printed(folder.path(), &["render"]);
    assert_eq!((code, loosened(&first)), (0, 0), "{first}");
    fs::write(
        folder.path().join("gwgen.yaml"),
        format!("{BLUEPRINT}{OPENED}"),
    )
    .unwrap();
    let (_, second, _) = printed(folder.path(), &["render"]);
    let line = second.lines().find(|line| line.starts_with("loosened "));
    let wanted = "loosened DELETE /orders/{id}: auth staff -> none (gwgen.yaml:7, weakens: admin tool is gone)";
    assert_eq!(line, Some(wanted), "{second}");
    let (_, third, _) = printed(folder.path(), &["render"]);
    assert_eq!(loosened(&third), 0, "{third}");
}

#[test]
fn check_tells_a_difference_from_an_error() {
    let folder = folder_with(&[("openapi.yaml", API), ("gwgen.yaml", BLUEPRINT)]);
    let check = |more: &[&str]| printed(folder.path(), &[&["check"], more].concat()).0;
    assert_eq!([check(&[]), check(&["--detailed-exitcode"])], [1, 4]);
    printed(folder.path(), &["render"]);
    assert_eq!([check(&[]), check(&["--detailed-exitcode"])], [0, 0]);
    fs::write(folder.path().join("gwgen.yaml"), "version: 1\n").unwrap();
    assert_eq!([check(&[]), check(&["--detailed-exitcode"])], [1, 1]);
}

/// Rows of an edit of the description and of one of the blueprint: heading, subject, field, before
/// and after.
fn rows_of(a: [&str; 2], b: [&str; 2]) -> Vec<String> {
    let folder = folders(a[1], b[1]);
    fs::write(folder.path().join("a/openapi.yaml"), a[0]).unwrap();
    fs::write(folder.path().join("b/openapi.yaml"), b[0]).unwrap();
    let document = document(folder.path());
    let mut rows = Vec::new();
    for heading in Heading::ALL {
        for row in document["blueprints"][0][heading.name()]
            .as_array()
            .unwrap()
        {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let subject = match text("part") {
                part if part.is_empty() => format!("{} {}", text("method"), text("path")),
                part => part,
            };
            let parts = [subject, text("field"), text("before"), text("after")];
            rows.push(format!("{}: {}", heading.name(), parts.join(" | ")));
        }
    }
    rows
}

#[test]
fn a_removed_route_whose_requests_another_gets_is_told() {
    let open = API.replace(
        "schema: {type: string}}], delete",
        "schema: {type: string}}], get: {security: [], responses: {}}, delete",
    );
    let both = open.replace(
        "paths:\n",
        "paths:\n  /orders/export: {get: {responses: {}}}\n",
    );
    let wanted = [
        "loosened: GET /orders/export | auth | staff | none, as `GET /orders/{id}`",
        "removed: GET /orders/export | route | was public | `GET /orders/{id}` gets its requests",
    ];
    assert_eq!(rows_of([&both, BLUEPRINT], [&open, BLUEPRINT]), wanted);
    let hidden =
        format!("{BLUEPRINT}routes: [{{match: {{paths: [/orders/export]}}, exposure: hidden}}]\n");
    let wanted =
        ["loosened: GET /orders/export | exposure | hidden | public, as `GET /orders/{id}`"];
    assert_eq!(rows_of([&both, &hidden], [&open, BLUEPRINT]), wanted);
    let wanted = ["removed: GET /orders/export | route | was public | callers get 404 Not Found"];
    assert_eq!(rows_of([&both, BLUEPRINT], [&both, &hidden]), wanted);
}

#[test]
fn another_default_of_a_variable_is_told_where_it_is_used() {
    let ranges = |default: &str| {
        format!(
            "{BLUEPRINT}api: {{endpoint: {{allow_cidrs: {{var: ranges, default: [{default}]}}}}}}\n"
        )
    };
    let [old, new] = [ranges("10.0.0.0/8"), ranges("0.0.0.0/0")];
    let wanted = [
        "loosened: API | resource policy | (var: ranges), by default 10.0.0.0/8 | (var: ranges), by default 0.0.0.0/0",
    ];
    assert_eq!(rows_of([API, &old], [API, &new]), wanted);
}

#[test]
fn an_entry_that_is_named_like_a_check_is_another_check() {
    let api = API.replace("staff", "iam");
    let (start, _) = BLUEPRINT.split_once("auth:").unwrap();
    let signed = format!("{start}auth: {{iam: iam}}\n");
    let rows = rows_of(
        [&api, &BLUEPRINT.replace("{staff:", "{iam:")],
        [&api, &signed],
    );
    assert_eq!(
        rows[0],
        "loosened: GET /orders | auth | authorizer iam | iam"
    );
}

#[test]
fn a_reason_that_was_there_answers_nothing_new() {
    let open = format!("{BLUEPRINT}{OPENED}");
    let folder = folders(&open, &open);
    let more = API.replace("paths:\n", "paths:\n  /carts: {delete: {responses: {}}}\n");
    fs::write(folder.path().join("b/openapi.yaml"), more).unwrap();
    assert_eq!(diff(folder.path(), &["--fail-on", "loosened"]).0, 4);
}

#[test]
fn a_group_names_no_route_of_another_stack() {
    let opens = |path: &str| {
        let route = format!(
            "{{match: {{paths: [{path}], methods: [get, delete]}}, auth: none, weakens: gone}}"
        );
        format!(
            "extends: gwgen.yaml\nname: n{}\nroutes: [{route}]\n",
            path.len()
        )
    };
    let base = format!("abstract: true\n{BLUEPRINT}");
    let folder = folders(&base, &base);
    let path = |name: &str| folder.path().join(name);
    for (name, at) in [
        ("gwgen.dev.yaml", "/orders"),
        ("gwgen.prod.yaml", "/orders/*"),
    ] {
        let kept = opens(at).split("routes:").next().unwrap().to_owned();
        fs::write(path(&format!("a/{name}")), kept).unwrap();
        fs::write(path(&format!("b/{name}")), opens(at)).unwrap();
    }
    let (_, text, errors) = diff(folder.path(), &["--format", "markdown"]);
    assert!(
        text.contains("| GET /orders (b/gwgen.dev.yaml) |"),
        "{text}{errors}"
    );
}

#[test]
fn two_settings_that_change_alike_are_two_rows() {
    let stage = |is: &str| format!("{BLUEPRINT}stage: {{metrics: {is}, tracing: {is}}}\n");
    let folder = folders(&stage("true"), &stage("false"));
    let (_, text, _) = diff(folder.path(), &[]);
    for row in ["metrics yes -> metrics no", "tracing yes -> tracing no"] {
        assert!(text.contains(row), "{text}");
    }
}

#[test]
fn a_promise_is_told_as_it_is_written() {
    let before = format!("{BLUEPRINT}expect: [{{match: {{paths: [/orders]}}, auth: any}}]\n");
    let wanted =
        [r#"loosened: expect | promise | {"match":{"paths":["/orders"]},"auth":"any"} | gone"#];
    assert_eq!(rows_of([API, &before], [API, BLUEPRINT]), wanted);
}

#[test]
fn a_row_has_the_place_that_decides() {
    let (start, _) = BLUEPRINT.split_once("auth:").unwrap();
    let folder = folders(BLUEPRINT, &format!("{start}auth:\n  staff: ignore\n"));
    let rows = &document(folder.path())["blueprints"][0]["loosened"];
    assert_eq!(rows[0]["place"]["file"], "b/gwgen.yaml", "{rows}");
    assert_eq!(rows[0]["place"]["line"], 7, "{rows}");
}

/// Codes of the headings, which name their rows in `lint.allow`.
const CODES: [&str; 8] = [
    "GW6001", "GW6002", "GW6003", "GW6004", "GW6005", "GW6006", "GW6007", "GW6008",
];

#[test]
fn each_heading_has_its_code() {
    let codes = Heading::ALL.map(|heading| heading.code().code);
    assert_eq!(codes, CODES);
}
