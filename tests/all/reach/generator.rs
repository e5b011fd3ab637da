//! Makes APIs of two backends whose paths are in each other's way.
//!
//! In: a seed. Out: `Written`: a blueprint and its descriptions as data. Pure: equal seeds make
//! equal APIs.
//! Bases, prefixes, mounts and segments come from one small list of texts, so that what stands
//! before one path is a part of another.

use serde_json::{Map, Value, json};

use super::super::pairs::choices::Choices;
use super::servers;

/// A blueprint with its descriptions, by file name.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) blueprint: Value,
    pub(super) descriptions: Vec<(&'static str, Value)>,
}

pub(super) const TOPOLOGIES: [&str; 6] = [
    "nlb-targets",
    "nlb-alb",
    "nlb-alb-sync",
    "alb",
    "forwarder",
    "internet",
];

pub(super) const ANY: &str = "x-amazon-apigateway-any-method";

/// Texts that segments are made of.
pub(super) const LITERALS: &[&str] = &["a", "b", "v1", "pre", "dev", "export"];
const BEFORE: &[&str] = &["", "", "", "/a", "/v1", "/pre", "/a/b"];
const METHODS: &[&str] = &["get", "get", "get", "post", "delete", ANY];
const FILES: [&str; 2] = ["one.json", "two.json"];

/// Makes one API; the topologies take turns.
pub(super) fn written(seed: u64, bytes: &[u8]) -> Written {
    let mut it = Choices(bytes);
    let topology = TOPOLOGIES[(seed % 6) as usize];
    let count = 1 + usize::from(it.chance(45));
    let mut paths: Vec<String> = Vec::new();
    let descriptions: Vec<(&str, Value)> = FILES[..count]
        .iter()
        .map(|name| (*name, description(&mut it, &mut paths)))
        .collect();
    let mounts = mounts(&mut it);
    let routes = routes(&mut it, &descriptions, &mounts);
    let mut blueprint = json!({
        "version": 1, "name": "shop", "spec": FILES[..count], "topology": topology,
        "output": {"format": "terraform-json", "files": "single"},
        "backends": servers::backends(&mut it, topology), "routes": routes,
        "auth": {
            "jwt": {"lambda": {"function": {"var": "function_of_jwt"}, "kind": "token", "identity": ["header.Authorization"]}},
            "pool": {"cognito": {"user_pools": [{"var": "pool_of_pool"}]}}, "signed": "iam", "key": "api-key",
        },
        "usage_plans": {"partner": {"keys": ["acme"]}},
        "api": {"base_path": it.pick(&["backend", "backend", "both", "ignore"])},
    });
    if topology != "internet" {
        blueprint["network"] = json!({"vpc": {"var": "vpc_id"}, "subnets": {"var": "subnet_ids"}});
    }
    if let Some(alb) = servers::balancer(&mut it, topology, &mut blueprint["backends"]) {
        blueprint["alb"] = alb;
    }
    if !mounts.is_empty() {
        blueprint["mounts"] = mounts.into();
    }
    if it.chance(6) {
        blueprint["api"]["cors"] = json!({"origins": ["https://shop.example"]});
    }
    // A scheme that nothing asks for is an error beside open operations.
    let text = format!(
        "{}{}",
        json!(blueprint["routes"]),
        descriptions
            .iter()
            .map(|it| it.1["paths"].to_string() + &it.1["security"].to_string())
            .collect::<String>()
    );
    blueprint["auth"]
        .as_object_mut()
        .unwrap()
        .retain(|name, _| text.contains(&format!("\"{name}\"")));
    Written {
        blueprint,
        descriptions,
    }
}

fn mounts(it: &mut Choices<'_>) -> Vec<Value> {
    if it.chance(55) {
        return Vec::new();
    }
    let all: &[&[&str]] = &[
        &["/", "/dev"],
        &["/a", "/pre"],
        &["/dev"],
        &["/", "/a/b"],
        &["/v1", "/"],
    ];
    let mount = |it: &mut Choices<'_>, at: &str| match it.below(4) {
        0 => json!({"at": at, "backend": "side"}),
        1 => json!({"at": at, "backends": {"app": "side", "side": "app"}}),
        2 => json!({"at": at, "backends": {"side": "app"}}),
        _ => json!({"at": at, "backend": "app"}),
    };
    it.pick(all).iter().map(|at| mount(it, at)).collect()
}

/// A description; its paths are made from those that are there.
fn description(it: &mut Choices<'_>, paths: &mut Vec<String>) -> Value {
    let mut items: Map<String, Value> = Map::new();
    for _ in 0..3 + it.below(5) {
        let path = if !paths.is_empty() && it.chance(60) {
            near(it, paths)
        } else {
            path(it)
        };
        let shape = shape(&path);
        if items.keys().any(|it| self::shape(it) == shape) {
            continue;
        }
        paths.push(path.clone());
        items.insert(path.clone(), item(it, &path));
    }
    let mut api =
        json!({"openapi": "3.0.3", "info": {"title": "Shop", "version": "1"}, "paths": items});
    let base = it.pick(BEFORE);
    if !base.is_empty() {
        api["servers"] = json!([{"url": base}]);
    }
    api["components"] = json!({"securitySchemes": {
        "jwt": {"type": "http", "scheme": "bearer"}, "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
        "pool": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://id.example", "scopes": {"r": "", "w": ""}}}},
        "signed": {"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"},
    }});
    if it.chance(40) {
        api["security"] = it
            .pick(&[&["jwt"][..], &["pool"], &["jwt", "key"]])
            .iter()
            .copied()
            .map(scheme)
            .fold(json!([{}]), merged);
    }
    api
}

fn scheme(name: &str) -> Value {
    json!({name: if name == "pool" { vec!["r"] } else { Vec::new() }})
}

fn merged(mut all: Value, scheme: Value) -> Value {
    let (name, scopes) = scheme.as_object().unwrap().iter().next().unwrap();
    all[0][name] = scopes.clone();
    all
}

/// A path item with the operations of a path.
fn item(it: &mut Choices<'_>, path: &str) -> Value {
    let mut item = Map::new();
    let names = path
        .split(['{', '}'])
        .skip(1)
        .step_by(2)
        .map(|it| it.trim_end_matches('+'));
    let parameters: Vec<Value> =
        names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})).collect();
    item.insert("parameters".to_owned(), parameters.into());
    for _ in 0..1 + usize::from(it.chance(30)) {
        let mut operation = json!({"responses": {"200": {"description": "ok"}}});
        if it.chance(45) {
            let schemes = it.pick(&[
                &[][..],
                &["jwt"],
                &["key"],
                &["pool"],
                &["signed"],
                &["jwt", "key"],
            ]);
            operation["security"] = schemes
                .iter()
                .copied()
                .map(scheme)
                .fold(json!([{}]), merged);
            if schemes.is_empty() {
                operation["security"] = json!([]);
            }
        }
        if it.chance(6) {
            operation["x-gwgen-exposure"] = "hidden".into();
        }
        item.insert(it.pick(METHODS).to_owned(), operation);
    }
    Value::Object(item)
}

/// A path with the names of its variables taken away.
fn shape(path: &str) -> String {
    path.split('/')
        .map(|it| {
            if it.starts_with('{') {
                if it.ends_with("+}") { "{+}" } else { "{}" }
            } else {
                it
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

fn path(it: &mut Choices<'_>) -> String {
    let length = 1 + it.below(3);
    let segments = (0..length)
        .map(|at| segment(it, at, at + 1 == length))
        .collect::<Vec<_>>();
    format!("/{}", segments.join("/"))
}

fn segment(it: &mut Choices<'_>, at: usize, is_last: bool) -> String {
    match it.below(100) {
        0..10 if is_last => "{rest+}".to_owned(),
        0..40 => format!("{{p{at}}}"),
        _ => it.pick(LITERALS).to_owned(),
    }
}

/// A path that differs from another one in a segment, or has what stands before others as a part of
/// it.
fn near(it: &mut Choices<'_>, paths: &[String]) -> String {
    let from = paths[it.below(paths.len())].clone();
    let mut segments: Vec<String> = from.split('/').skip(1).map(str::to_owned).collect();
    let last = segments.len() - 1;
    match it.below(5) {
        0 if last > 0 => drop(segments.pop()),
        1 if last < 3 && !segments[last].ends_with("+}") => {
            segments.push(segment(it, last + 1, true))
        }
        2 => {
            let before = it.pick(BEFORE);
            segments.splice(0..0, before.split('/').skip(1).map(str::to_owned));
        }
        _ => {
            let at = it.below(segments.len());
            segments[at] = segment(it, at, at == last);
        }
    }
    // Variables are named by their place.
    let named = segments.iter().enumerate().map(|(at, it)| {
        if it.starts_with("{p") {
            format!("{{p{at}}}")
        } else {
            it.clone()
        }
    });
    format!("/{}", named.collect::<Vec<_>>().join("/"))
}

/// A rule for everything, then some for each operation.
fn routes(it: &mut Choices<'_>, descriptions: &[(&str, Value)], mounts: &[Value]) -> Vec<Value> {
    let mut routes = vec![json!({"match": {}, "backend": "app"})];
    if descriptions.len() > 1 && it.chance(50) {
        routes.push(json!({"match": {"specs": [FILES[1]]}, "backend": "side"}));
    }
    for (file, description) in descriptions {
        for (path, item) in description["paths"].as_object().unwrap() {
            let methods: Vec<&String> = item
                .as_object()
                .unwrap()
                .keys()
                .filter(|it| *it != "parameters")
                .collect();
            let mut matched = json!({"paths": [path], "specs": [file]});
            if !methods.iter().any(|it| *it == ANY) && it.chance(40) {
                matched["methods"] = json!([methods[it.below(methods.len())]]);
            }
            routes.extend(routes_of(it, &matched, mounts));
        }
    }
    routes
}

fn routes_of(it: &mut Choices<'_>, matched: &Value, mounts: &[Value]) -> Vec<Value> {
    let mut routes = Vec::new();
    if it.chance(35) {
        routes.push(json!({"match": matched, "backend": "side"}));
    }
    if it.chance(38) {
        routes.push(json!({"match": matched, "exposure": it.pick(&["hidden", "internal"]), "optional": true}));
    }
    if !mounts.is_empty() && it.chance(10) {
        let mut matched = matched.clone();
        matched["mounts"] = json!([mounts[0]["at"]]);
        routes.push(json!({"match": matched, "exposure": "hidden", "optional": true}));
    }
    let last = matched["paths"][0]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap();
    if last.starts_with("{p") && it.chance(5) {
        routes.push(json!({"match": matched, "greedy": [last.trim_matches(['{', '}'])]}));
    }
    match it.below(20) {
        0 => routes.push(json!({"match": matched, "api_key": true, "optional": true})),
        1 => routes.push(json!({"match": matched, "auth": "none", "api_key": false, "weakens": "a probe", "optional": true})),
        2 => routes.push(json!({"match": matched, "auth": "jwt", "weakens": "one way in", "optional": true})),
        _ => {}
    }
    routes
}
