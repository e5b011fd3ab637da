//! Makes a description and a blueprint that belong together, and says which operations have to come
//! out.
//!
//! In: choices, from a fuzzer's bytes or from a seed. Out: `Pair`. Pure: equal choices make equal
//! pairs.
//! Nearly all pairs are valid; one in eight is spoilt on purpose. A new field is one line in
//! `blueprint` or `operation`.
//! The package `fuzz` includes this file too.
#![allow(unreachable_pub, reason = "public in the package `fuzz`")]

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::choices::{Choices, spoil};
use super::offered::{Operations, shape};

/// A description and a blueprint.
pub struct Pair {
    /// The blueprint's file name and text; it comes first.
    pub blueprint: (&'static str, String),
    pub api: (&'static str, String),
    /// The description as JSON.
    #[allow(dead_code, reason = "the fuzz target gives it to a second reader")]
    pub json: String,
    /// Operations that the gateway offers if this renders; `None` where the pair was spoilt.
    pub offered: Option<Operations>,
    /// Operations of the description that the blueprint leaves out: method and path as written.
    pub left_out: Vec<(String, String)>,
    /// Before every path, one for each mount.
    pub prefixes: Vec<String>,
}

const LITERALS: &[&str] = &[
    "orders", "users", "items", "a", "A", "admin", "con", "any", "rest", "a_b", "a-b", "a.b",
    "x_y", "v1", "-", "_", "2024", "export",
];
const VARIABLES: &[&str] = &["{id}", "{orderId}", "{order_id}", "{a.b}", "{x-y}"];
const ODD: &[&str] = &[
    "{id}.json",
    "\u{e9}",
    "a b",
    "..",
    ".",
    "a:b",
    "{a}{b}",
    "{}",
    "{",
    "a%20b",
    "{x+}",
    "*",
    "${x}",
    "a?b",
    "$x",
    "@",
];
const METHODS: &[&str] = &["get", "post", "put", "delete", "patch", "head", "options"];

/// One rule of `routes` and what it does.
struct Rule {
    path: Option<String>,
    method: Option<&'static str>,
    exposure: &'static str,
}

/// One operation: key of the path, key of the method.
type Written = (String, &'static str);

/// Makes a pair.
pub fn pair(bytes: &[u8]) -> Pair {
    let mut choices = Choices(bytes);
    let is_spoilt = choices.chance(12);
    let is_3_0 = choices.chance(70);
    let has_scheme = choices.chance(30);
    let base = choices.pick(&["", "", "/v1", "/api/v2", "/v1/"]);
    let (paths, mut written) = paths(&mut choices, is_spoilt, has_scheme);
    let mut api = description(&mut choices, is_3_0, has_scheme, (base, paths));
    let rules = rules(&mut choices, &written);
    let base_path = choices.pick(&["backend", "both", "ignore"]);
    let mounts = choices.pick(&[
        &["/"][..],
        &["/"],
        &["/"],
        &["/dev", "/release"],
        &["/dev"],
        &["/dev", "/dev/x"],
    ]);
    let mut blueprint = blueprint(&mut choices, has_scheme, (&rules, base_path, mounts));
    let prefixes = prefixes(mounts, if base_path == "both" { base } else { "/" });
    let left_out: BTreeSet<Written> = written
        .iter()
        .filter(|operation| exposure(&rules, operation) != "public")
        .cloned()
        .collect();
    written.retain(|operation| !left_out.contains(operation));
    let served = |prefix: &String| {
        let all = written.iter();
        all.map(|(path, method)| (wire(method), shape(&format!("{prefix}{path}"))))
            .collect::<Vec<_>>()
    };
    let offered = (!is_spoilt).then(|| prefixes.iter().flat_map(served).collect());
    if is_spoilt {
        let which = if choices.chance(50) {
            &mut api
        } else {
            &mut blueprint
        };
        spoil(&mut choices, which);
    }
    let json = api.to_string();
    let is_yaml = choices.chance(60);
    let api = if is_yaml {
        ("openapi.yaml", yaml(&api))
    } else {
        ("openapi.json", json.clone())
    };
    blueprint["spec"] = api.0.into();
    let blueprint = (
        "gwgen.yaml",
        if is_yaml {
            yaml(&blueprint)
        } else {
            blueprint.to_string()
        },
    );
    Pair {
        blueprint,
        api,
        json,
        offered,
        left_out: left_out
            .into_iter()
            .map(|(path, method)| (wire(method), path))
            .collect(),
        prefixes,
    }
}

/// Starts of the paths of each mount, without a slash at the end.
fn prefixes(mounts: &[&str], base: &str) -> Vec<String> {
    let base = shape(base);
    let prefix = |at: &&str| format!("{at}{base}").replace("//", "/");
    mounts
        .iter()
        .map(|at| prefix(at).trim_end_matches('/').to_owned())
        .collect()
}

fn wire(method: &str) -> String {
    if method.starts_with("x-") {
        "ANY".to_owned()
    } else {
        method.to_uppercase()
    }
}

/// Path items, and what they hold.
fn paths(
    choices: &mut Choices<'_>,
    is_spoilt: bool,
    has_scheme: bool,
) -> (Map<String, Value>, Vec<Written>) {
    let (mut paths, mut written, mut taken) = (Map::new(), Vec::new(), BTreeSet::new());
    for _ in 0..=choices.below(8) {
        let path = path(choices, is_spoilt);
        let mut item = Map::new();
        let mut methods = vec![choices.pick(METHODS)];
        (0..choices.below(3)).for_each(|_| methods.push(choices.pick(METHODS)));
        if choices.chance(5) {
            methods = vec!["x-amazon-apigateway-any-method"];
        }
        // Two paths of one shape are one to the gateway, so a path is taken with all its methods.
        if !taken.insert(shape(&path)) && !is_spoilt {
            continue;
        }
        for method in methods {
            item.insert(
                method.to_owned(),
                operation(choices, &path, written.len(), has_scheme),
            );
            if !written.contains(&(path.clone(), method)) {
                written.push((path.clone(), method));
            }
        }
        if choices.chance(10) {
            item.insert("summary".to_owned(), choices.text().into());
        }
        paths.insert(path, Value::Object(item));
    }
    (paths, written)
}

fn path(choices: &mut Choices<'_>, is_spoilt: bool) -> String {
    let mut path = String::new();
    let (mut used, length) = (Vec::new(), choices.below(5));
    for index in 0..length {
        let mut segment = choices.pick(LITERALS);
        if choices.chance(30) {
            segment = choices.pick(VARIABLES);
        }
        if choices.chance(6) && index + 1 == length {
            segment = "{rest+}";
        }
        if is_spoilt && choices.chance(15) {
            segment = choices.pick(ODD);
        }
        if used.contains(&segment) {
            segment = "again";
        }
        used.push(segment);
        path.push('/');
        path.push_str(segment);
    }
    if path.is_empty() {
        "/".to_owned()
    } else {
        path
    }
}

fn operation(choices: &mut Choices<'_>, path: &str, number: usize, has_scheme: bool) -> Value {
    let mut parameters: Vec<Value> =
        variables(path).map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})).collect();
    for name in ["page", "limit", "filter"] {
        if choices.chance(15) {
            let required = choices.chance(30);
            parameters.push(json!({"name": name, "in": "query", "required": required, "schema": {"type": "integer"}}));
        }
    }
    if choices.chance(10) {
        parameters.push(json!({"name": "X-Trace", "in": "header", "required": choices.chance(30), "schema": {"type": "string"}}));
    }
    let mut operation = json!({"operationId": format!("op{number}"), "responses": {"200": {"description": choices.text()}}});
    let fields = operation.as_object_mut().expect("it is an object");
    if !parameters.is_empty() {
        fields.insert("parameters".to_owned(), parameters.into());
    }
    if choices.chance(20) {
        fields.insert(
            "tags".to_owned(),
            json!([choices.pick(&["admin", "search", "x y"])]),
        );
    }
    if choices.chance(15) {
        fields.insert(
            "requestBody".to_owned(),
            json!({"content": {choices.pick(&["application/json", "image/png", "text/plain"]): {}}}),
        );
    }
    if has_scheme && choices.chance(30) {
        fields.insert(
            "security".to_owned(),
            choices
                .pick(&[&[0][..], &[], &[1]])
                .iter()
                .map(|scheme| {
                    if *scheme == 0 {
                        json!({"key": []})
                    } else {
                        json!({})
                    }
                })
                .collect(),
        );
    }
    operation
}

/// The variables of a path, a greedy one without its mark.
fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_end_matches('+'))
}

fn description(
    choices: &mut Choices<'_>,
    is_3_0: bool,
    has_scheme: bool,
    (base, paths): (&str, Map<String, Value>),
) -> Value {
    let version = if is_3_0 { "3.0.3" } else { "3.1.0" };
    let mut api = json!({"openapi": version, "info": {"title": choices.text(), "version": choices.text()}, "paths": paths});
    if !base.is_empty() {
        let host = choices.pick(&["", "https://shop.example"]);
        api["servers"] = json!([{"url": format!("{host}{base}")}]);
    }
    if has_scheme {
        api["components"] = json!({"securitySchemes": {"key": {"type": "apiKey", "name": "x-key", "in": "header"}}});
        if choices.chance(70) {
            api["security"] = json!([{"key": []}]);
        }
    }
    api
}

fn rules(choices: &mut Choices<'_>, written: &[Written]) -> Vec<Rule> {
    let mut rules = Vec::new();
    // A rule for one method everywhere would be one for some methods of an operation for any
    // method, which is refused.
    let has_any = written.iter().any(|(_, method)| method.starts_with("x-"));
    for _ in 0..choices.below(4) {
        let (path, method) = &written[choices.below(written.len())];
        let path = (choices.chance(80) || has_any).then(|| path.clone());
        let method = (path.is_none() || choices.chance(60))
            .then_some(*method)
            .filter(|method| !method.starts_with("x-"));
        // A rule that names neither is one for everything, and comes before the others.
        if path.is_some() || method.is_some() {
            rules.push(Rule {
                path,
                method,
                exposure: choices.pick(&["hidden", "public", "hidden"]),
            });
        }
    }
    rules
}

/// Exposure of an operation by the rules: the last that matches decides.
fn exposure(rules: &[Rule], (path, method): &Written) -> &'static str {
    let matches = |rule: &&Rule| {
        rule.path.as_ref().is_none_or(|own| own == path)
            && rule.method.is_none_or(|own| own == *method)
    };
    rules
        .iter()
        .rfind(matches)
        .map_or("public", |rule| rule.exposure)
}

fn blueprint(
    choices: &mut Choices<'_>,
    has_scheme: bool,
    (rules, base_path, mounts): (&[Rule], &str, &[&str]),
) -> Value {
    let mut backends = Map::new();
    for (number, name) in ["orders", "users", "search"]
        .into_iter()
        .enumerate()
        .take(1 + choices.below(3))
    {
        backends.insert(name.to_owned(), backend(choices, 8080 + number));
    }
    let mut routes = vec![json!({"match": {}, "backend": "orders"})];
    for rule in rules {
        let mut matched = Map::new();
        matched.extend(
            rule.path
                .as_ref()
                .map(|path| ("paths".to_owned(), json!([path]))),
        );
        matched.extend(
            rule.method
                .map(|method| ("methods".to_owned(), json!([method]))),
        );
        // A later rule may override it whole.
        let mut route = json!({"match": matched, "exposure": rule.exposure, "optional": true});
        if choices.chance(30) {
            route["timeout"] = choices.pick(&["50ms", "1s", "29s"]).into();
        }
        routes.push(route);
    }
    let mut blueprint = json!({
        "version": 1, "name": choices.pick(&["shop", "a", "x-1-y"]), "spec": "", "topology": "nlb-targets",
        "network": {"vpc": value(choices, "vpc-0a1b2c3d", "vpc"), "subnets": ["subnet-0a0a0a0a", value(choices, "subnet-0b0b0b0b", "subnet")]},
        "backends": backends, "routes": routes,
        "api": {"base_path": base_path, "partial_segments": choices.pick(&["refuse", "widen"])},
        "output": {"format": choices.pick(&["terraform", "terraform", "cloudformation"]), "layout": choices.pick(&["module", "root"]), "files": choices.pick(&["by-segment", "single"])},
        "region": "ap-northeast-1",
    });
    if has_scheme {
        blueprint["auth"] = json!({"key": "ignore"});
    }
    if choices.chance(30) {
        blueprint["tags"] =
            json!({"team": choices.text(), "price": value(choices, "1.10", "price")});
    }
    if choices.chance(20) {
        blueprint["environment"] = value(choices, "dev", "environment");
    }
    if choices.chance(20) {
        blueprint["stage"] = json!({"name": value(choices, "v2", "stage")});
    }
    if mounts != ["/"] {
        blueprint["mounts"] = mounts
            .iter()
            .map(|at| json!({"at": at, "backend": "orders"}))
            .collect();
    }
    if blueprint["output"]["format"] == "cloudformation" && choices.chance(50) {
        blueprint["output"]["template"] = "yaml".into();
    }
    blueprint
}

fn backend(choices: &mut Choices<'_>, port: usize) -> Value {
    let targets = if choices.chance(50) {
        json!({"instances": ["i-0a1b2c3d4e5f60001", value(choices, "i-0a1b2c3d4e5f60002", "instance")]})
    } else {
        json!({"ecs": true})
    };
    let mut backend = json!({"port": port, "targets": targets});
    if choices.chance(30) {
        backend["path_prefix"] = choices.pick(&["/internal", "/", "/a/b"]).into();
    }
    if choices.chance(30) {
        backend["host"] = value(choices, "orders.internal", "host");
    }
    if choices.chance(30) {
        backend["health_check"] =
            json!({"protocol": "http", "path": "/healthz", "interval": "10s"});
    }
    backend
}

/// A literal, or a reference.
fn value(choices: &mut Choices<'_>, literal: &str, name: &str) -> Value {
    match choices.below(10) {
        0..8 => literal.into(),
        8 => json!({"var": format!("{name}_of_it")}),
        _ => json!({"var": format!("{name}_of_it"), "default": literal}),
    }
}

/// Block style, with every text in quotes.
fn yaml(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out.trim_start().to_owned() + "\n"
}

fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(members) if !members.is_empty() => members.iter().for_each(|(key, value)| {
            out.push_str(&format!("\n{pad}{}:", Value::from(key.as_str())));
            block(value, indent + 2, out);
        }),
        Value::Array(items) if !items.is_empty() => items.iter().for_each(|item| {
            out.push_str(&format!("\n{pad}-"));
            block(item, indent + 2, out);
        }),
        scalar => out.push_str(&format!(" {scalar}")),
    }
}
