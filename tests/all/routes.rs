//! `gwgen routes`, and the table of routes in an output's README: what is in force of every
//! operation.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::support::program::{folder_with, printed};

/// The schema that the program prints.
static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(&printed(Path::new("."), &["schema", "routes"]).1).unwrap();
    jsonschema::validator_for(&schema).unwrap()
});

const API: &str = "openapi: 3.0.3\ninfo: {title: Shop}\nsecurity: [{jwt: [read]}]\npaths:\n\
    \x20 /orders: {get: {parameters: [{name: page, in: query, schema: {}}], responses: {}}, post: {security: [{jwt: []}, {key: []}], responses: {}}}\n\
    \x20 /health: {get: {responses: {}}}\n  /open: {get: {security: [], responses: {}}}\n  /maybe: {get: {security: [{}, {jwt: []}], responses: {}}}\n\
    \x20 /legacy: {get: {security: [{old: []}], responses: {}}}\n  /admin: {get: {responses: {}}}\n  /gone: {get: {responses: {}}}\n\
    components:\n  securitySchemes:\n    jwt: {type: http, scheme: bearer}\n    old: {type: http, scheme: basic}\n    key: {type: apiKey, in: header, name: x-api-key}\n";

const BLUEPRINT: &str = "version: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-alb\n\
    network: {vpc: {var: vpc_id}, subnets: {var: subnet_ids}}\nbackends: {orders: {port: 8080, targets: {ecs: true}}}\n\
    auth: {jwt: {cognito: {user_pools: [{var: pool}]}}, old: ignore, key: api-key}\nusage_plans: {clients: {keys: [first]}}\n\
    stage: {cache: {size_gb: 0.5}, throttle: {rate: 10, burst: 20}}\nroutes:\n\
    \x20 - {match: {paths: [/orders], methods: [get]}, cache: {ttl: 1m, key: [query.page], shared: the same for all}}\n\
    \x20 - {match: {paths: [/orders], methods: [post]}, auth: key, throttle: {rate: 1, burst: 2}}\n\
    \x20 - {match: {paths: [/health]}, auth: none, weakens: health probe, validation: none}\n\
    \x20 - {match: {paths: [/open]}, auth: jwt}\n  - {match: {paths: [/admin]}, exposure: internal}\n  - {match: {paths: [/gone]}, exposure: hidden}\n";

/// A folder with these blueprints of the same description.
fn folder(blueprints: &[(&str, &str)]) -> tempfile::TempDir {
    folder_with(&[&[("openapi.yaml", API)], blueprints].concat())
}

/// The rows of `gwgen routes`, which are as their schema says.
pub(crate) fn rows(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let (code, text, _) = printed(
        folder,
        &[&["routes", "--format", "json"], arguments].concat(),
    );
    let rows: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(code, 0, "{}", folder.display());
    let wrong: Vec<String> = SCHEMA
        .iter_errors(&rows)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    rows.as_array().unwrap().clone()
}

#[test]
fn rows_tell_what_is_in_force_and_why() {
    let folder = folder(&[("gwgen.yaml", BLUEPRINT)]);
    let rows = rows(folder.path(), &[]);
    let row = |method: &str, path: &str| {
        rows.iter()
            .find(|row| row["method"] == method && row["path"] == path)
            .unwrap()
    };
    let columns = |row: &Value| {
        let [method, path] = ["method", "path"].map(|name| row[name].as_str().unwrap());
        let (declared, auth, differs) = (&row["declared"], &row["auth"], &row["differs"]);
        format!("{method} {path} {declared} {auth} {differs}\n")
    };
    let mut lines: Vec<String> = rows.iter().map(columns).collect();
    lines.sort();
    let expected = r#"GET /admin [{"jwt":["read"]}] "none" {"by":"internal","reason":null}
GET /gone [{"jwt":["read"]}] null null
GET /health [{"jwt":["read"]}] "none" {"by":"weakens","reason":"health probe"}
GET /legacy [{"old":[]}] "none" {"by":"ignore","reason":"old"}
GET /maybe [{"jwt":[]},{}] "none" null
GET /open [] "jwt" {"by":"route","reason":null}
GET /orders [{"jwt":["read"]}] "jwt" null
POST /orders [{"jwt":[]},{"key":[]}] "none" {"by":"route","reason":null}
"#;
    assert_eq!(lines.concat(), expected);
    assert_eq!(
        row("GET", "/orders")["cache"],
        json!({"ttl_s": 60, "key": ["query.page"], "shared": "the same for all"})
    );
    assert_eq!(
        row("GET", "/orders")["throttle"],
        json!({"rate": 10.0, "burst": 20})
    );
    assert_eq!(
        row("POST", "/orders")["throttle"],
        json!({"rate": 1.0, "burst": 2})
    );
    assert_eq!(
        (
            &row("POST", "/orders")["api_key"],
            &row("GET", "/gone")["timeout_ms"]
        ),
        (&json!(true), &Value::Null)
    );
    assert!(rows.iter().all(|row| row["blueprint"] == "gwgen.yaml"));
}

#[test]
fn tables_and_the_readme_have_the_same_columns() {
    let folder = folder(&[("gwgen.yaml", BLUEPRINT)]);
    let (_, table, _) = printed(folder.path(), &["routes"]);
    let cached = table
        .lines()
        .find(|line| line.starts_with("GET") && line.contains(" /orders "))
        .unwrap();
    assert!(
        cached.contains("  60s by query.page; shared: the same for all  "),
        "{table}"
    );
    assert!(
        table.contains("  weakens: health probe  ")
            && table.contains("  ignore: old  ")
            && table.contains("  internal  "),
        "{table}"
    );
    assert_eq!(printed(folder.path(), &["render", "--quiet"]).0, 0);
    let readme = fs::read_to_string(folder.path().join("generated/README.md")).unwrap();
    for row in [
        "| GET | `/orders` | public | orders | `/orders` | jwt | jwt | \\- | read | - | 10/s, 20 at once | 60s by query.page; shared: the same for all | none |",
        "| POST | `/orders` | public | orders | `/orders` | jwt or key | none | route | - | yes | 1/s, 2 at once | - | none |",
        "| GET | `/health` | public | orders | `/health` | jwt | none | weakens: health probe | - | - | 10/s, 20 at once | - | none |",
        "| GET | `/admin` | internal | orders | `/admin` | jwt | none | internal | - | - | - | - | - |",
        "| GET | `/gone` | hidden | - | - | jwt | - | - | - | - | - | - | - |",
    ] {
        let row = row.replace("\\-", "-");
        assert!(readme.contains(&row), "{row}\n{readme}");
    }
    assert!(
        readme.contains("| `list(string)` |") && readme.contains("| `string` |"),
        "{readme}"
    );
}

#[test]
fn types_of_inputs_are_those_of_the_language() {
    let text = format!("{BLUEPRINT}output: {{format: cloudformation}}\n");
    let folder = folder(&[("gwgen.yaml", &text)]);
    assert_eq!(printed(folder.path(), &["render", "--quiet"]).0, 0);
    let readme = fs::read_to_string(folder.path().join("generated/README.md")).unwrap();
    assert!(
        readme.contains("| `AWS::EC2::VPC::Id` |")
            && readme.contains("| `List<AWS::EC2::Subnet::Id>` |"),
        "{readme}"
    );
}

#[test]
fn several_blueprints_are_one_document() {
    let [dev, prod] = ["dev", "prod"]
        .map(|name| format!("{BLUEPRINT}environment: {name}\noutput: {{dir: out/{name}}}\n"));
    let folder = folder(&[("gwgen.dev.yaml", &dev), ("gwgen.prod.yaml", &prod)]);
    let rows = rows(folder.path(), &[]);
    let of = |name: &str| rows.iter().filter(|row| row["blueprint"] == name).count();
    assert_eq!(
        (of("gwgen.dev.yaml"), of("gwgen.prod.yaml"), rows.len()),
        (8, 8, 16)
    );
    let (_, table, _) = printed(folder.path(), &["routes"]);
    assert!(
        table.starts_with("gwgen.dev.yaml\nmethod ")
            && table.contains("\n\ngwgen.prod.yaml\nmethod "),
        "{table}"
    );
    let (_, page, _) = printed(folder.path(), &["routes", "--format", "markdown"]);
    assert!(
        page.starts_with("## `gwgen.dev.yaml`\n\n| method ")
            && page.contains("\n\n## `gwgen.prod.yaml`\n\n| method "),
        "{page}"
    );

    let (_, traced, _) = printed(
        folder.path(),
        &["trace", "GET", "/orders", "--format", "json"],
    );
    let traces: Vec<Value> = serde_json::from_str(&traced).unwrap();
    assert_eq!(
        traces
            .iter()
            .map(|trace| &trace["blueprint"])
            .collect::<Vec<_>>(),
        ["gwgen.dev.yaml", "gwgen.prod.yaml"]
    );
    let (_, only, _) = printed(
        folder.path(),
        &[
            "trace", "GET", "/orders", "--format", "json", "--env", "dev",
        ],
    );
    assert_eq!(
        serde_json::from_str::<Value>(&only).unwrap()["blueprint"],
        "gwgen.dev.yaml"
    );

    let (_, coverage, _) = printed(folder.path(), &["lint", "--coverage"]);
    assert!(
        coverage.starts_with("gwgen.dev.yaml\n") && coverage.contains("\n\ngwgen.prod.yaml\n"),
        "{coverage}"
    );
    // The output is one document even if one of them cannot be read.
    fs::write(folder.path().join("gwgen.dev.yaml"), "version: 1\n").unwrap();
    let (code, text, _) = printed(folder.path(), &["routes", "--format", "json"]);
    assert_eq!(
        (
            code,
            serde_json::from_str::<Vec<Value>>(&text).unwrap().len()
        ),
        (1, 8)
    );
}
