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

use super::offered::{Operations, shape};

/// A description and a blueprint.
pub struct Pair {
    /// The blueprint's file name and text; it comes first.
    pub blueprint: (&'static str, String),
    pub api: (&'static str, String),
    /// The description as JSON.
    #[allow(dead_code, reason = "the fuzz target gives it to a second reader")]
    pub json: String,
    /// What the gateway offers if this renders; `None` where the pair was spoilt.
    pub offered: Option<Operations>,
    /// Operations of the description that the blueprint leaves out: method and path as written.
    pub left_out: Vec<(String, String)>,
    /// Before every path, one for each mount.
    pub prefixes: Vec<String>,
}

/// The bytes of a seed.
pub fn bytes_of(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(4096);
    // SplitMix64.
    while bytes.len() < 4096 {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = state;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend((it ^ (it >> 31)).to_le_bytes());
    }
    bytes
}

/// Choices that follow bytes; when these are used up, always the first, plainest one.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl Choices<'_> {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first) % end
    }

    /// Never, when the bytes are used up.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) + percent >= 100
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn text(&mut self) -> String {
        if self.chance(60) {
            return self.pick(TEXTS).to_owned();
        }
        let length = self.below(25).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text)
            .chars()
            .filter(|character| !character.is_control())
            .collect()
    }
}

const TEXTS: &[&str] = &[
    "plain",
    "${x}",
    "%{x}",
    "$${",
    "\"",
    "\\",
    "{{ x }}",
    "a: b # c",
    "\u{2028}",
    "\u{e9}\u{1f600}",
    "null",
    "1.10",
    "~",
    "EOT",
];
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
    let mut it = Choices(bytes);
    let is_spoilt = it.chance(12);
    let is_3_0 = it.chance(70);
    let has_scheme = it.chance(30);
    let base = it.pick(&["", "", "/v1", "/api/v2", "/v1/"]);
    let (paths, written) = paths(&mut it, is_spoilt, has_scheme);
    let api = description(&mut it, is_3_0, has_scheme, (base, paths));
    let rules = rules(&mut it, &written);
    let base_path = it.pick(&["backend", "both", "ignore"]);
    let mounts = it.pick(&[
        &["/"][..],
        &["/"],
        &["/"],
        &["/dev", "/release"],
        &["/dev"],
        &["/dev", "/dev/x"],
    ]);
    let blueprint = blueprint(&mut it, has_scheme, (&rules, base_path, mounts));
    let on_gateway = if base_path == "both" {
        shape(base)
    } else {
        "/".to_owned()
    };
    let prefixes: Vec<String> = mounts
        .iter()
        .map(|at| {
            format!("{at}{on_gateway}")
                .replace("//", "/")
                .trim_end_matches('/')
                .to_owned()
        })
        .collect();
    let left_out: BTreeSet<Written> = written
        .iter()
        .filter(|of| exposure(&rules, of) != "public")
        .cloned()
        .collect();
    let served = |prefix: &String| {
        let all = written.iter().filter(|of| !left_out.contains(*of));
        all.map(|(path, method)| (wire(method), shape(&format!("{prefix}{path}"))))
            .collect::<Vec<_>>()
    };
    let offered = (!is_spoilt).then(|| prefixes.iter().flat_map(served).collect());
    let (mut api, mut blueprint) = (api, blueprint);
    if is_spoilt {
        let which = if it.chance(50) {
            &mut api
        } else {
            &mut blueprint
        };
        spoil(&mut it, which);
    }
    let json = api.to_string();
    let is_yaml = it.chance(60);
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

fn wire(method: &str) -> String {
    if method.starts_with("x-") {
        "ANY".to_owned()
    } else {
        method.to_uppercase()
    }
}

/// Path items, and what they hold.
fn paths(
    it: &mut Choices<'_>,
    is_spoilt: bool,
    has_scheme: bool,
) -> (Map<String, Value>, Vec<Written>) {
    let (mut paths, mut written, mut taken) = (Map::new(), Vec::new(), BTreeSet::new());
    for _ in 0..=it.below(8) {
        let path = path(it, is_spoilt);
        let mut item = Map::new();
        let mut methods = vec![it.pick(METHODS)];
        (0..it.below(3)).for_each(|_| methods.push(it.pick(METHODS)));
        if it.chance(5) {
            methods = vec!["x-amazon-apigateway-any-method"];
        }
        // Two paths of one shape are one to the gateway, so a path is taken with all its methods.
        if !taken.insert(shape(&path)) && !is_spoilt {
            continue;
        }
        for method in methods {
            item.insert(
                method.to_owned(),
                operation(it, &path, written.len(), has_scheme),
            );
            if !written.contains(&(path.clone(), method)) {
                written.push((path.clone(), method));
            }
        }
        if it.chance(10) {
            item.insert("summary".to_owned(), it.text().into());
        }
        paths.insert(path, Value::Object(item));
    }
    (paths, written)
}

fn path(it: &mut Choices<'_>, is_spoilt: bool) -> String {
    let mut path = String::new();
    let (mut used, length) = (Vec::new(), it.below(5));
    for index in 0..length {
        let mut segment = it.pick(LITERALS);
        if it.chance(30) {
            segment = it.pick(VARIABLES);
        }
        if it.chance(6) && index + 1 == length {
            segment = "{rest+}";
        }
        if is_spoilt && it.chance(15) {
            segment = it.pick(ODD);
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

fn operation(it: &mut Choices<'_>, path: &str, number: usize, has_scheme: bool) -> Value {
    let mut parameters: Vec<Value> =
        variables(path).map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})).collect();
    for name in ["page", "limit", "filter"] {
        if it.chance(15) {
            let required = it.chance(30);
            parameters.push(json!({"name": name, "in": "query", "required": required, "schema": {"type": "integer"}}));
        }
    }
    if it.chance(10) {
        parameters.push(json!({"name": "X-Trace", "in": "header", "required": it.chance(30), "schema": {"type": "string"}}));
    }
    let mut operation = json!({"operationId": format!("op{number}"), "responses": {"200": {"description": it.text()}}});
    let fields = operation.as_object_mut().expect("it is an object");
    if !parameters.is_empty() {
        fields.insert("parameters".to_owned(), parameters.into());
    }
    if it.chance(20) {
        fields.insert(
            "tags".to_owned(),
            json!([it.pick(&["admin", "search", "x y"])]),
        );
    }
    if it.chance(15) {
        fields.insert(
            "requestBody".to_owned(),
            json!({"content": {it.pick(&["application/json", "image/png", "text/plain"]): {}}}),
        );
    }
    if has_scheme && it.chance(30) {
        fields.insert(
            "security".to_owned(),
            it.pick(&[&[0][..], &[], &[1]])
                .iter()
                .map(|it| {
                    if *it == 0 {
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
        .filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'))
        .map(|it| it.trim_end_matches('+'))
}

fn description(
    it: &mut Choices<'_>,
    is_3_0: bool,
    has_scheme: bool,
    (base, paths): (&str, Map<String, Value>),
) -> Value {
    let version = if is_3_0 { "3.0.3" } else { "3.1.0" };
    let mut api = json!({"openapi": version, "info": {"title": it.text(), "version": it.text()}, "paths": paths});
    if !base.is_empty() {
        let host = it.pick(&["", "https://shop.example"]);
        api["servers"] = json!([{"url": format!("{host}{base}")}]);
    }
    if has_scheme {
        api["components"] = json!({"securitySchemes": {"key": {"type": "apiKey", "name": "x-key", "in": "header"}}});
        if it.chance(70) {
            api["security"] = json!([{"key": []}]);
        }
    }
    api
}

fn rules(it: &mut Choices<'_>, written: &[Written]) -> Vec<Rule> {
    let mut rules = Vec::new();
    // A rule for one method everywhere would be one for some methods of an operation for any
    // method, which is refused.
    let has_any = written.iter().any(|(_, method)| method.starts_with("x-"));
    for _ in 0..it.below(4) {
        let (path, method) = &written[it.below(written.len())];
        let path = (it.chance(80) || has_any).then(|| path.clone());
        let method = (path.is_none() || it.chance(60))
            .then_some(*method)
            .filter(|it| !it.starts_with("x-"));
        // A rule that names neither is one for everything, and comes before the others.
        if path.is_some() || method.is_some() {
            rules.push(Rule {
                path,
                method,
                exposure: it.pick(&["hidden", "public", "hidden"]),
            });
        }
    }
    rules
}

/// What the rules make of an operation: the last that matches says it.
fn exposure(rules: &[Rule], (path, method): &Written) -> &'static str {
    let matches = |it: &&Rule| {
        it.path.as_ref().is_none_or(|it| it == path) && it.method.is_none_or(|it| it == *method)
    };
    rules
        .iter()
        .rfind(matches)
        .map_or("public", |it| it.exposure)
}

fn blueprint(
    it: &mut Choices<'_>,
    has_scheme: bool,
    (rules, base_path, mounts): (&[Rule], &str, &[&str]),
) -> Value {
    let mut backends = Map::new();
    for (number, name) in ["orders", "users", "search"]
        .into_iter()
        .enumerate()
        .take(1 + it.below(3))
    {
        backends.insert(name.to_owned(), backend(it, 8080 + number));
    }
    let mut routes = vec![json!({"match": {}, "backend": "orders"})];
    for rule in rules {
        let mut wanted = Map::new();
        wanted.extend(
            rule.path
                .as_ref()
                .map(|it| ("paths".to_owned(), json!([it]))),
        );
        wanted.extend(rule.method.map(|it| ("methods".to_owned(), json!([it]))));
        // A later rule may override it whole.
        let mut route = json!({"match": wanted, "exposure": rule.exposure, "optional": true});
        if it.chance(30) {
            route["timeout"] = it.pick(&["50ms", "1s", "29s"]).into();
        }
        routes.push(route);
    }
    let mut blueprint = json!({
        "version": 1, "name": it.pick(&["shop", "a", "x-1-y"]), "spec": "", "topology": "nlb-targets",
        "network": {"vpc": value(it, "vpc-0a1b2c3d", "vpc"), "subnets": ["subnet-0a0a0a0a", value(it, "subnet-0b0b0b0b", "subnet")]},
        "backends": backends, "routes": routes,
        "api": {"base_path": base_path, "partial_segments": it.pick(&["refuse", "widen"])},
        "output": {"format": it.pick(&["terraform", "terraform", "cloudformation"]), "layout": it.pick(&["module", "root"]), "files": it.pick(&["by-segment", "single"])},
        "region": "ap-northeast-1",
    });
    if has_scheme {
        blueprint["auth"] = json!({"key": "ignore"});
    }
    if it.chance(30) {
        blueprint["tags"] = json!({"team": it.text(), "price": value(it, "1.10", "price")});
    }
    if it.chance(20) {
        blueprint["environment"] = value(it, "dev", "environment");
    }
    if it.chance(20) {
        blueprint["stage"] = json!({"name": value(it, "v2", "stage")});
    }
    if mounts != ["/"] {
        blueprint["mounts"] = mounts
            .iter()
            .map(|at| json!({"at": at, "backend": "orders"}))
            .collect();
    }
    if blueprint["output"]["format"] == "cloudformation" && it.chance(50) {
        blueprint["output"]["template"] = "yaml".into();
    }
    blueprint
}

fn backend(it: &mut Choices<'_>, port: usize) -> Value {
    let targets = if it.chance(50) {
        json!({"instances": ["i-0a1b2c3d4e5f60001", value(it, "i-0a1b2c3d4e5f60002", "instance")]})
    } else {
        json!({"ecs": true})
    };
    let mut backend = json!({"port": port, "targets": targets});
    if it.chance(30) {
        backend["path_prefix"] = it.pick(&["/internal", "/", "/a/b"]).into();
    }
    if it.chance(30) {
        backend["host"] = value(it, "orders.internal", "host");
    }
    if it.chance(30) {
        backend["health_check"] =
            json!({"protocol": "http", "path": "/healthz", "interval": "10s"});
    }
    backend
}

/// A literal, or a reference.
fn value(it: &mut Choices<'_>, literal: &str, name: &str) -> Value {
    match it.below(10) {
        0..8 => literal.into(),
        8 => json!({"var": format!("{name}_of_it")}),
        _ => json!({"var": format!("{name}_of_it"), "default": literal}),
    }
}

/// Changes one thing somewhere in a document.
fn spoil(it: &mut Choices<'_>, document: &mut Value) {
    let mut at = document;
    for _ in 0..1 + it.below(6) {
        let length = match &*at {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if length == 0 {
            break;
        }
        let index = it.below(length);
        at = match at {
            Value::Array(items) => &mut items[index],
            Value::Object(members) => members
                .values_mut()
                .nth(index)
                .expect("it is below the length"),
            _ => unreachable!("it has members"),
        };
    }
    let text = it.text();
    let spoilt = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e300),
        json!([]),
        json!({}),
        text.into(),
        json!([[]]),
        json!({"$ref": "#/paths"}),
        json!({"var": "x"}),
        json!({"expr": "a.b"}),
    ];
    *at = spoilt[it.below(spoilt.len())].clone();
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
