//! Makes the two backends and the balancer that may stand before them.
//!
//! In: choices. Out: parts of a blueprint. Pure.

use serde_json::{Value, json};

use super::super::pairs::choices::Choices;

const PREFIXES: &[&str] = &["", "", "", "/a", "/v1", "/pre", "/a/b"];

/// Two backends: on one address and port, on one address, or apart.
pub(super) fn backends(it: &mut Choices<'_>, topology: &str) -> Value {
    let mut app = backend(it, topology, "app", 8080);
    let mut side = backend(it, topology, "side", 9090);
    let is_listed = |it: &Value| it["targets"]["ips"].is_array() || it["url"].is_string();
    if is_listed(&app) && is_listed(&side) && it.chance(50) {
        for field in ["url", "targets"] {
            if app.get(field).is_some() {
                side[field] = app[field].clone();
            }
        }
        if it.chance(70) && app.get("port").is_some() {
            side["port"] = app["port"].clone();
        }
        if topology == "nlb-targets" {
            (app["listener_port"], side["listener_port"]) = (json!(8080), json!(9090));
        }
        if app.get("port").is_some() && it.chance(25) {
            (app["host"], side["host"]) = (json!("app.internal"), json!("side.internal"));
        }
    }
    json!({"app": app, "side": side})
}

fn backend(it: &mut Choices<'_>, topology: &str, name: &str, port: u16) -> Value {
    if it.chance(8) {
        return json!({"targets": {"function": {"var": format!("function_of_{name}")}}});
    }
    let prefix = it.pick(PREFIXES);
    let mut backend = match topology {
        "internet" => json!({"url": format!("https://{name}.shop.example{}", it.pick(PREFIXES))}),
        "forwarder" => json!({"port": port, "targets": {"ips": [format!("10.0.0.{}", port % 7)]}}),
        _ => match it.below(10) {
            0..2 => json!({"port": port, "targets": {"ecs": true}}),
            2 => {
                json!({"port": port, "targets": {"target_group": {"var": format!("group_of_{name}")}}})
            }
            3 => {
                json!({"port": port, "targets": {"instances": [format!("i-0a1b2c3d4e5f6{port}")]}})
            }
            _ => {
                json!({"port": port, "targets": {"ips": [format!("10.0.0.{}", port % 7), "10.0.0.9"]}})
            }
        },
    };
    if !prefix.is_empty() {
        backend["path_prefix"] = prefix.into();
    }
    backend
}

/// The balancer that picks by the path: with private callers, several listeners or hosts.
pub(super) fn balancer(
    it: &mut Choices<'_>,
    topology: &str,
    backends: &mut Value,
) -> Option<Value> {
    if !topology.contains("alb") {
        return None;
    }
    let mut alb = json!({"clients": ["10.0.0.0/8"]});
    if it.chance(25) {
        alb["listeners"] = json!([{"port": 80}, {"port": 8000}]);
        if backends["side"]["targets"].get("function").is_none() {
            backends["side"]["alb_port"] = json!(8000);
        }
    }
    if it.chance(15)
        && ["app", "side"]
            .iter()
            .all(|name| backends[*name].get("host").is_none())
    {
        alb["hosts"] = json!(["shop.internal"]);
    }
    Some(alb)
}
