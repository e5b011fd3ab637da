//! Renders in one folder, one after another: what has another name goes on, and what cannot be done
//! at once is refused or said, once.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::program::{diagnosed, folder_with};

const DESCRIPTION: &str = "openapi: 3.0.3\ninfo: {title: Shop, version: '1'}\npaths:\n\
    \x20 /orders:\n    get: {responses: {'200': {description: ok}}}\n\
    \x20 /files/{path}:\n    parameters: [{name: path, in: path, required: true, schema: {type: string}}]\n\
    \x20   get: {responses: {'200': {description: ok}}}\n";

/// A blueprint with backends, of which the first serves everything.
fn blueprint(format: &str, backends: &[(&str, &str)]) -> String {
    let mut text = format!(
        "version: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-targets\noutput: {{format: {format}}}\n\
         network: {{vpc: vpc-0a1b2c3d, subnets: [subnet-0a0a0a0a, subnet-0b0b0b0b]}}\n\
         routes: [{{match: {{}}, backend: {}}}]\nbackends:\n",
        backends[0].0
    );
    for (name, fields) in backends {
        text.push_str(&format!("  {name}: {{{fields}}}\n"));
    }
    text
}

/// Renders a blueprint, and returns the codes of what is new to say.
fn render(folder: &Path, blueprint: &str) -> Vec<String> {
    fs::write(folder.join("gwgen.yaml"), blueprint).unwrap();
    let (_, _, diagnostics) = diagnosed(folder, &["render"]);
    let codes = diagnostics.iter().filter_map(|it| it["code"].as_str());
    let always = ["GW5015", "GW5031", "GW5062"];
    codes
        .filter(|code| !always.contains(code))
        .map(str::to_owned)
        .collect()
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("generated").join(name)).unwrap_or_default()
}

/// Pairs of addresses of the `moved` blocks.
fn moves(folder: &Path) -> Vec<(String, String)> {
    let text = read(folder, "moved.tf");
    let after = |word: &'static str| {
        let lines = text.lines().map(str::trim);
        lines.filter_map(move |line| {
            Some(
                line.strip_prefix(word)?
                    .trim()
                    .strip_prefix("= ")?
                    .to_owned(),
            )
        })
    };
    after("from").zip(after("to")).collect()
}

fn logical_ids(folder: &Path) -> Vec<String> {
    let template: Value = serde_json::from_str(&read(folder, "template.json")).unwrap();
    template["Resources"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

fn label(address: &str) -> &str {
    address.split_once('.').unwrap().1
}

#[test]
fn a_backend_with_another_name_goes_on() {
    let folder = folder_with(&[("openapi.yaml", DESCRIPTION)]);
    let folder = folder.path();
    let servers = "port: 8080, targets: {ips: [10.0.1.10]}";
    assert!(render(folder, &blueprint("terraform", &[("orders", servers)])).is_empty());
    assert!(moves(folder).is_empty());
    let names = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| line.starts_with("name "))
            .map(str::to_owned)
            .collect()
    };
    let before = names(&read(folder, "network.tf"));
    let sales = format!("was: orders, {servers}");
    assert!(render(folder, &blueprint("terraform", &[("sales", &sales)])).is_empty());
    let all = moves(folder);
    assert!(all.len() >= 2, "{all:?}");
    for (from, to) in &all {
        assert_eq!(from.replace("orders", "sales"), *to);
        let (kind, _) = to.split_once('.').unwrap();
        let block = format!("resource \"{kind}\" \"{}\" {{", label(to));
        assert!(read(folder, "network.tf").contains(&block), "{block}");
    }
    assert_eq!(names(&read(folder, "network.tf")), before);
    // The line may go, and a second rename leads there from both.
    assert!(render(folder, &blueprint("terraform", &[("sales", servers)])).is_empty());
    assert_eq!(moves(folder), all);
    let retail = format!("was: sales, {servers}");
    assert!(render(folder, &blueprint("terraform", &[("retail", &retail)])).is_empty());
    assert_eq!(moves(folder).len(), 2 * all.len());
    assert_eq!(names(&read(folder, "network.tf")), before);
    // Back again: nothing moves in a circle.
    let orders = format!("was: retail, {servers}");
    assert!(render(folder, &blueprint("terraform", &[("orders", &orders)])).is_empty());
    let back = moves(folder);
    assert!(
        back.iter().all(|(from, _)| !label(from).contains("orders")),
        "{back:?}"
    );
    assert_eq!(back.len(), 2 * all.len());
}

#[test]
fn logical_ids_go_on() {
    let folder = folder_with(&[("openapi.yaml", DESCRIPTION)]);
    let folder = folder.path();
    let servers = "port: 8080, targets: {ips: [10.0.1.10]}";
    assert!(render(folder, &blueprint("cloudformation", &[("orders", servers)])).is_empty());
    let before = logical_ids(folder);
    let sales = format!("was: orders, {servers}");
    assert!(render(folder, &blueprint("cloudformation", &[("sales", &sales)])).is_empty());
    assert_eq!(logical_ids(folder), before);
}

#[test]
fn nothing_is_guessed_without_was() {
    let folder = folder_with(&[("openapi.yaml", DESCRIPTION)]);
    let folder = folder.path();
    let servers = "port: 8080, targets: {ips: [10.0.1.10]}";
    render(folder, &blueprint("terraform", &[("orders", servers)]));
    let renamed = blueprint("terraform", &[("sales", servers)]);
    assert_eq!(render(folder, &renamed), ["GW5060"]);
    assert!(moves(folder).is_empty());
    assert!(render(folder, &renamed).is_empty(), "said once");
}

/// The help of the note, followed: the manifest as it was, and the line.
#[test]
fn a_line_that_comes_too_late_is_refused_and_works_on_the_manifest_before() {
    let folder = folder_with(&[("openapi.yaml", DESCRIPTION)]);
    let folder = folder.path();
    let named = |name: &str, was: &str| {
        let fields = format!("{was}port: 8080, targets: {{ecs: true}}");
        blueprint("terraform", &[(name, &fields)])
    };
    assert_eq!(render(folder, &named("orders", "")), [""; 0]);
    let before = read(folder, ".gwgen.json");
    assert_eq!(render(folder, &named("sales", "")), ["GW5060"]);
    let late = named("sales", "was: orders, ");
    assert_eq!(render(folder, &late), ["GW2150"]);
    fs::write(folder.join("generated/.gwgen.json"), before).unwrap();
    assert_eq!(render(folder, &late), [""; 0]);
    assert!(!moves(folder).is_empty());
    // The line may stay, and moves may be forgotten.
    assert_eq!(render(folder, &late), [""; 0]);
    assert_eq!(diagnosed(folder, &["render", "--forget"]).0, 0);
    assert_eq!(render(folder, &late), [""; 0]);
}

#[test]
fn ports_are_exchanged_in_two_renders() {
    let folder = folder_with(&[("openapi.yaml", DESCRIPTION)]);
    let folder = folder.path();
    let with_ports = |orders: u16, users: u16| {
        let fields = |port| format!("port: 8080, listener_port: {port}, targets: {{ecs: true}}");
        blueprint(
            "terraform",
            &[("orders", &fields(orders)), ("users", &fields(users))],
        )
    };
    assert!(render(folder, &with_ports(8080, 9000)).is_empty());
    assert_eq!(
        render(folder, &with_ports(9000, 8080)),
        ["GW4160", "GW4160"]
    );
    assert!(render(folder, &with_ports(9001, 8081)).is_empty());
    assert!(render(folder, &with_ports(9000, 8080)).is_empty());
}

#[test]
fn a_variable_becomes_greedy_in_place() {
    let folder = folder_with(&[("openapi.yaml", DESCRIPTION)]);
    let folder = folder.path();
    let text = blueprint(
        "terraform",
        &[("orders", "port: 8080, targets: {ecs: true}")],
    );
    render(folder, &text);
    let greedy = DESCRIPTION.replace("{path}", "{path+}");
    fs::write(folder.join("openapi.yaml"), greedy).unwrap();
    render(folder, &text);
    let moved = moves(folder);
    let resource = ("path__files__any", "path__files__rest");
    let method = ("get__files__any", "get__files__rest");
    for (from, to) in &moved {
        assert!(
            [resource, method].contains(&(label(from), label(to))),
            "{moved:?}"
        );
    }
    assert!(
        moved
            .iter()
            .any(|(from, _)| from == "aws_api_gateway_resource.path__files__any")
    );
    assert!(
        moved
            .iter()
            .any(|(from, _)| from == "aws_api_gateway_method.get__files__any")
    );
    // Back again: the other way round.
    fs::write(folder.join("openapi.yaml"), DESCRIPTION).unwrap();
    render(folder, &text);
    let back: Vec<(String, String)> = moved.into_iter().map(|(from, to)| (to, from)).collect();
    assert_eq!(moves(folder), back);
}

#[test]
fn a_forgotten_name_is_free() {
    let folder = folder_with(&[("openapi.yaml", DESCRIPTION)]);
    let folder = folder.path();
    let servers = "port: 8080, targets: {ips: [10.0.1.10]}";
    render(folder, &blueprint("terraform", &[("orders", servers)]));
    let sales = format!("was: orders, {servers}");
    render(folder, &blueprint("terraform", &[("sales", &sales)]));
    let other = "port: 8081, targets: {ips: [10.0.1.11]}";
    let both = blueprint("terraform", &[("sales", servers), ("orders", other)]);
    assert_eq!(render(folder, &both), ["GW2151"]);
    let path = folder.join("generated/.gwgen.json");
    let mut memory: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(memory.as_object_mut().unwrap().remove("moves").is_some());
    fs::write(&path, memory.to_string()).unwrap();
    assert!(render(folder, &both).is_empty());
    assert!(moves(folder).is_empty());
    let text = read(folder, "network.tf");
    for name in ["shop-orders-2-", "shop-orders-"] {
        assert!(text.contains(name), "{name}");
    }
}
