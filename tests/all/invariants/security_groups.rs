//! AWS knows a rule of a security group by its group, direction, port and other end: no output has
//! one twice.
//!
//! In: examples, cases, and backends that share a port, a health port or a group in every topology.
//! Out: plain assertions.

use std::collections::BTreeMap;

use gwgen::emit::FileTree;
use serde_json::{Value, json};

use crate::support::emitted::template;
use crate::support::{Case, fixtures, in_parallel};

/// Rules of an output, in Terraform's JSON or in a template: what AWS knows a rule by, as text, and
/// its description.
fn rules(tree: &FileTree) -> Vec<(String, String)> {
    let is_rule = |kind: &str| {
        kind.starts_with("aws_vpc_security_group_")
            || kind.starts_with("AWS::EC2::SecurityGroup") && kind.ends_with("gress")
    };
    let mut rules = Vec::new();
    let mut add = |kind: &str, properties: &Value| {
        let mut identity = properties.as_object().unwrap().clone();
        identity.retain(|name, _| {
            !["description", "tags", "Description", "Tags"].contains(&name.as_str())
        });
        let description = properties["description"]
            .as_str()
            .or(properties["Description"].as_str())
            .unwrap();
        rules.push((
            format!("{kind} {}", Value::Object(identity)),
            description.to_owned(),
        ));
    };
    if tree.files.keys().any(|it| it.starts_with("template.")) {
        for resource in template(tree)["Resources"].as_object().unwrap().values() {
            let kind = resource["Type"].as_str().unwrap();
            if is_rule(kind) {
                add(kind, &resource["Properties"]);
            }
        }
        return rules;
    }
    for (_, bytes) in tree
        .files
        .iter()
        .filter(|(name, _)| name.ends_with(".tf.json"))
    {
        let file: Value = serde_json::from_slice(bytes).unwrap();
        for (kind, blocks) in file["resource"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(kind, _)| is_rule(kind))
        {
            blocks
                .as_object()
                .unwrap()
                .values()
                .for_each(|it| add(kind, it));
        }
    }
    rules
}

/// The rules of an output by identity, each of which is there once.
fn rules_once(name: &str, tree: &FileTree) -> BTreeMap<String, String> {
    let mut once = BTreeMap::new();
    for (identity, description) in rules(tree) {
        assert!(description.len() <= 255, "{name}: {description}");
        assert!(
            once.insert(identity.clone(), description).is_none(),
            "{name}: {identity} is there twice"
        );
    }
    once
}

#[test]
fn no_example_or_case_has_a_rule_twice() {
    let mut count = 0;
    for case in fixtures() {
        for format in ["terraform-json", "cloudformation"] {
            let Some(tree) = &case.compiled(format).tree else {
                continue;
            };
            count += rules_once(&format!("{} in {format}", case.name), tree).len();
        }
    }
    assert!(count > 200, "only {count} rules were looked at");
}

/// Two backends of a topology, `one` on port 8080 and `two` on a port of its own or the same, with
/// health checks and groups.
fn case(topology: &str, port: u16, health_port: Option<u16>, groups: [Option<Value>; 2]) -> Case {
    let backend = |port: u16, group: &Option<Value>| {
        let targets = if topology == "forwarder" {
            json!({"hosts": ["servers.internal"]})
        } else {
            json!({"ecs": true})
        };
        let mut backend = json!({"port": port, "targets": targets});
        if let Some(group) = group {
            backend["security_group"] = group.clone();
        }
        if let Some(port) = health_port.filter(|_| topology != "forwarder") {
            backend["health_check"] = json!({"protocol": "http", "path": "/h", "port": port});
        }
        backend
    };
    let mut backends = json!({"one": backend(8080, &groups[0]), "two": backend(port, &groups[1])});
    if topology == "nlb-targets" {
        // Listeners of a network load balancer have ports of their own, whatever the servers have.
        backends["two"]["listener_port"] = json!(7_000);
    }
    let blueprint = json!({
        "version": 1, "name": "shop", "spec": "openapi.json", "topology": topology, "backends": backends,
        "network": {"vpc": {"var": "vpc_id"}, "subnets": {"var": "subnet_ids"}},
        "routes": [{"match": {}, "backend": "one"}, {"match": {"paths": ["/two"]}, "backend": "two"}],
    });
    let description = json!({
        "openapi": "3.0.3", "info": {"title": "Shop", "version": "1"},
        "paths": {"/one": {"get": {"responses": {}}}, "/two": {"get": {"responses": {}}}},
    });
    let files = BTreeMap::from([(
        "openapi.json".to_owned(),
        serde_json::to_vec(&description).unwrap(),
    )]);
    Case {
        name: topology.to_owned(),
        files,
        blueprint,
        spec: "openapi.json".to_owned(),
    }
}

#[test]
fn backends_that_share_a_port_or_a_group_share_the_rule() {
    let group = |name: &str| Some(json!({"var": name}));
    let ways = [
        [None, None],
        [group("sg"), group("sg")],
        [Some(json!("sg-0a1b2c3d")), Some(json!("sg-0a1b2c3d"))],
        [group("a"), group("b")],
        [group("a"), None],
    ];
    let mut cases = Vec::new();
    for topology in ["nlb-targets", "nlb-alb", "nlb-alb-sync", "alb", "forwarder"] {
        for (way, port, health) in ways.iter().flat_map(|way| {
            [
                (way, 8080, None),
                (way, 8081, Some(9090)),
                (way, 8081, Some(8080)),
            ]
        }) {
            cases.extend(
                ["terraform-json", "cloudformation"]
                    .map(|format| (case(topology, port, health, way.clone()), format)),
            );
        }
    }
    in_parallel(&cases, |(case, format)| {
        let compiled = case.compile(format);
        let tree = compiled
            .tree
            .as_ref()
            .unwrap_or_else(|| panic!("{case:?}: {:?}", compiled.diagnostics));
        let rules = rules_once(&format!("{case:?} in {format}"), tree);
        let backends = &case.blueprint["backends"];
        let is_shared =
            backends["one"].get("security_group") == backends["two"].get("security_group");
        let has_same_port = backends["one"]["port"] == backends["two"]["port"]
            || backends["one"].get("health_check").is_some();
        let of_both = rules
            .values()
            .filter(|it| it.contains("one") && it.contains("two"))
            .count();
        assert_eq!(of_both > 0, is_shared && has_same_port, "{case:?}");
    });
}

/// Two variables may be given one value, which nobody sees before AWS does.
#[test]
fn groups_that_may_turn_out_to_be_one_are_named_in_their_descriptions() {
    let compiled = case(
        "alb",
        8080,
        None,
        [Some(json!({"var": "a"})), Some(json!({"var": "b"}))],
    )
    .compile("cloudformation");
    let template = template(compiled.tree.as_ref().unwrap());
    let of = |name: &str| {
        template["Parameters"][name]["Description"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(
        of("A").contains("Must differ from `b`") && of("B").contains("Must differ from `a`"),
        "{} {}",
        of("A"),
        of("B")
    );
    let apart = case(
        "alb",
        8081,
        None,
        [Some(json!({"var": "a"})), Some(json!({"var": "b"}))],
    )
    .compile("cloudformation");
    let template = self::template(apart.tree.as_ref().unwrap());
    assert_eq!(
        template["Parameters"]["A"]["Description"],
        "Security group of a backend, which admits the load balancer."
    );
}

#[test]
fn a_description_of_many_backends_keeps_to_what_aws_takes() {
    let mut case = case("nlb-alb", 8080, None, [None, None]);
    for index in 0..60 {
        case.blueprint["backends"][format!("service-{index}")] =
            json!({"port": 8080, "targets": {"ecs": true}});
    }
    case.blueprint["routes"].as_array_mut().unwrap().extend(
        (0..60).map(|it| json!({"match": {"paths": ["/two"]}, "backend": format!("service-{it}")})),
    );
    let compiled = case.compile("terraform-json");
    let rules = rules_once(
        "many",
        compiled
            .tree
            .as_ref()
            .unwrap_or_else(|| panic!("{:?}", compiled.diagnostics)),
    );
    assert!(
        rules
            .values()
            .any(|it| it.starts_with("Requests to one, service-0, ") && it.ends_with(" ...")),
        "{rules:?}"
    );
}
