//! Two renders after each other in CloudFormation: what the second lacks stays closed, until it is
//! forgotten.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::routes::rows;
use crate::support::program::{BLUEPRINT, diagnosed, folder_with, printed};

/// A description whose operations have no parameters but those of their paths.
fn api(operations: &[&str]) -> String {
    let mut paths: BTreeMap<&str, String> = BTreeMap::new();
    for operation in operations {
        let (method, path) = operation.split_once(' ').unwrap();
        let method = method
            .to_lowercase()
            .replace("any", "x-amazon-apigateway-any-method");
        let parts = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameters: Vec<String> = parts
            .map(|name| format!("{{name: \"{name}\", in: path, required: true, schema: {{}}}}"))
            .collect();
        let parameters = parameters.join(", ");
        let item = paths.entry(path).or_default();
        item.push_str(&format!(
            "    {method}: {{security: [], parameters: [{parameters}], responses: {{}}}}\n"
        ));
    }
    let paths = paths
        .iter()
        .map(|(path, item)| format!("  {path}:\n{item}"));
    format!(
        "openapi: 3.0.3\ninfo: {{title: Shop}}\npaths:\n{}",
        paths.collect::<String>()
    )
}

fn blueprint(routes: &str) -> String {
    format!("{BLUEPRINT}output: {{format: cloudformation}}\n{routes}")
}

/// Renders a description of these operations into the same folder; returns its methods.
fn render(folder: &Path, operations: &[&str], arguments: &[&str]) -> BTreeMap<String, String> {
    fs::write(folder.join("openapi.yaml"), api(operations)).unwrap();
    let (code, _, err) = printed(folder, &[&["render"], arguments].concat());
    assert_eq!(code, 0, "{err}");
    methods(folder)
}

/// Methods of the template by method and path, each with the path behind it, or 404.
fn methods(folder: &Path) -> BTreeMap<String, String> {
    let template = fs::read(folder.join("generated/template.json")).unwrap();
    let template: Value = serde_json::from_slice(&template).unwrap();
    let resources = template["Resources"].as_object().unwrap();
    let methods = resources
        .values()
        .filter(|node| node["Type"] == "AWS::ApiGateway::Method");
    methods
        .map(|node| {
            let method = &node["Properties"];
            let name = format!(
                "{} {}",
                method["HttpMethod"].as_str().unwrap(),
                path(resources, &method["ResourceId"])
            );
            (name, answer(method))
        })
        .collect()
}

/// The path of a resource, or of the API itself.
fn path(resources: &serde_json::Map<String, Value>, id: &Value) -> String {
    let resource = id["Ref"]
        .as_str()
        .map(|name| &resources[name]["Properties"]);
    resource.map_or_else(String::new, |resource| {
        let part = resource["PathPart"].as_str().unwrap();
        format!("{}/{part}", path(resources, &resource["ParentId"]))
    })
}

fn answer(method: &Value) -> String {
    let integration = &method["Integration"];
    if integration["Type"] == "MOCK" {
        assert_eq!(method["AuthorizationType"], "NONE");
        return integration["IntegrationResponses"][0]["StatusCode"].to_string();
    }
    let uri = integration["Uri"].to_string();
    let (_, behind) = uri.split_once(":8080").unwrap();
    behind.split('"').next().unwrap().to_owned()
}

fn folder() -> tempfile::TempDir {
    folder_with(&[("gwgen.yaml", &blueprint(""))])
}

#[test]
fn a_route_that_goes_answers_404_until_it_is_forgotten() {
    let folder = folder();
    let path = folder.path();
    let all = ["GET /orders", "GET /orders/{id}", "DELETE /orders/{id}"];
    let first = render(path, &all, &[]);
    let closed = render(path, &all[..2], &[]);
    assert_eq!(closed["DELETE /orders/{id}"], "\"404\"");
    assert_eq!(closed.len(), 3);
    let listed = rows(path, &[]);
    let row = listed.iter().find(|row| row["method"] == "DELETE").unwrap();
    assert_eq!(
        (&row["exposure"], &row["url"]),
        (&"closed".into(), &"/orders/{id}".into())
    );
    let (_, _, diagnostics) = diagnosed(path, &["check"]);
    let notes = diagnostics.iter().filter(|note| note["code"] == "GW5050");
    assert_eq!(notes.count(), 1);
    let (_, traced, _) = printed(path, &["trace", "DELETE", "/orders/7"]);
    assert!(
        traced.contains("served by an earlier template, and is closed"),
        "{traced}"
    );
    // The same again, live again, and forgotten.
    assert_eq!(render(path, &all[..2], &[]), closed);
    assert_eq!(render(path, &all, &[]), first);
    assert_eq!(render(path, &all[..2], &[]), closed);
    let forgotten = render(path, &all[..2], &["--forget"]);
    assert!(!forgotten.contains_key("DELETE /orders/{id}"));
    assert_eq!(render(path, &all[..2], &[]), forgotten);
}

#[test]
fn a_route_is_closed_however_it_stops_being_public() {
    for exposure in ["hidden", "internal"] {
        let folder = folder();
        let path = folder.path();
        let all = ["GET /orders", "DELETE /orders"];
        render(path, &all, &[]);
        let route = format!("routes: [{{match: {{methods: [delete]}}, exposure: {exposure}}}]\n");
        fs::write(path.join("gwgen.yaml"), blueprint(&route)).unwrap();
        assert_eq!(render(path, &all, &[])["DELETE /orders"], "\"404\"");
    }
}

#[test]
fn a_closed_route_yields_to_what_gets_its_requests() {
    // Before and after, the method that stays, and what is behind it.
    let cases: [(&[&str], &[&str], &str, &str); 6] = [
        (&["GET /a", "POST /a"], &["ANY /a"], "GET /a", "/a"),
        (
            &["GET /a/b", "GET /a/{x}"],
            &["GET /a/{x}"],
            "GET /a/b",
            "/a/b",
        ),
        (
            &["GET /a/b"],
            &["GET /a/{x}", "PUT /a/{x}"],
            "PUT /a/b",
            "/a/b",
        ),
        (&["GET /a/b"], &["GET /a/{x}/c"], "GET /a/b/c", "/a/b/c"),
        (
            &["GET /a/{x}/c"],
            &["GET /{p+}"],
            "GET /a/{x}/c",
            "/a/{x}/c",
        ),
        (
            &["ANY /a", "GET /b"],
            &["GET /b", "POST /{p+}"],
            "POST /a",
            "/a",
        ),
    ];
    for (before, after, name, behind) in cases {
        let folder = folder();
        render(folder.path(), before, &[]);
        let methods = render(folder.path(), after, &[]);
        let found = methods.get(name).map(String::as_str);
        assert_eq!(found, Some(behind), "{before:?} {after:?} {methods:?}");
    }
}

#[test]
fn a_variable_keeps_its_name_and_its_place() {
    let folder = folder();
    let path = folder.path();
    render(path, &["GET /orders/{order}"], &[]);
    let renamed = render(path, &["GET /orders/{id}"], &[]);
    assert_eq!(
        renamed,
        BTreeMap::from([("GET /orders/{order}".into(), "/orders/{order}".into())])
    );
    // The name of what is served is not forgotten: AWS would refuse another.
    assert_eq!(render(path, &["GET /orders/{id}"], &["--forget"]), renamed);
    let greedy = render(path, &["GET /orders/{id+}"], &[]);
    let behind = ["/orders/{order}", "/orders/{order}/{id_2+}"];
    let names: Vec<String> = behind.iter().map(|path| format!("GET {path}")).collect();
    assert_eq!(
        greedy.keys().collect::<Vec<_>>(),
        names.iter().collect::<Vec<_>>()
    );
    // The opposite needs two renders.
    let other = folder_with(&[("gwgen.yaml", &blueprint(""))]);
    render(other.path(), &["GET /", "GET /orders/{id+}"], &[]);
    fs::write(
        other.path().join("openapi.yaml"),
        api(&["GET /", "GET /orders/{id}"]),
    )
    .unwrap();
    let (code, _, diagnostics) = diagnosed(other.path(), &["render"]);
    let error = diagnostics.iter().find(|found| found["code"] == "GW4150");
    assert_eq!((code, error.is_some()), (1, true));
    render(other.path(), &["GET /"], &["--forget"]);
    render(other.path(), &["GET /", "GET /orders/{id}"], &[]);
}

#[test]
fn a_preflight_goes_with_its_path_and_terraform_keeps_nothing() {
    let cors = "api: {cors: {origins: [\"https://shop.example\"]}}\n";
    let folder = folder_with(&[("gwgen.yaml", &blueprint(cors))]);
    render(folder.path(), &["GET /a", "GET /b"], &[]);
    let methods = render(folder.path(), &["GET /a"], &[]);
    assert_eq!([&methods["GET /b"], &methods["OPTIONS /b"]], ["\"404\""; 2]);
    assert_ne!(methods["OPTIONS /a"], "\"404\"");
    for output in [
        "format: terraform",
        "format: cloudformation, api_style: body",
    ] {
        let blueprint = format!("{BLUEPRINT}output: {{{output}}}\n");
        let folder = folder_with(&[("gwgen.yaml", &*blueprint)]);
        for operations in [&["GET /a", "GET /b"][..], &["GET /a"]] {
            fs::write(folder.path().join("openapi.yaml"), api(operations)).unwrap();
            assert_eq!(printed(folder.path(), &["render"]).0, 0);
        }
        let manifest = fs::read_to_string(folder.path().join("generated/.gwgen.json")).unwrap();
        assert!(!manifest.contains("\"routes\""), "{manifest}");
    }
}
