//! Every argument that is written is known to the release of the provider that the output asks for.
//!
//! In: examples and cases as Terraform's JSON, and schemas of the provider from `shared/judges`,
//! where they exist. Out: plain assertions.
//! There are schemas of two releases; `docs/provider.md` says which floors none can check.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::support::{fixtures, repository};

/// Arguments that Terraform itself has for every resource.
const META: [&str; 6] = [
    "lifecycle",
    "depends_on",
    "for_each",
    "count",
    "provider",
    "provisioner",
];

/// The schemas beside this repository, by the major number of their release.
fn schema(major: u16) -> Option<Value> {
    let name = if major == 5 {
        "tf_schema_v5.json"
    } else {
        "tf_schema.json"
    };
    let near = repository()
        .ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join("shared/judges").join(name));
    let found: Option<PathBuf> = near.into_iter().find(|path| path.is_file());
    if found.is_none() {
        use std::io::Write as _;
        let text = format!(
            "\nno schema of the provider's version {major}: shared/judges is neither beside nor above this repository, so no argument was compared with it\n"
        );
        std::io::stderr().write_all(text.as_bytes()).unwrap();
    }
    found.map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
}

/// Arguments and blocks of a body that its schema does not know.
fn unknown(body: &Map<String, Value>, schema: &Value, at: &str, found: &mut BTreeSet<String>) {
    for (name, value) in body {
        if META.contains(&name.as_str()) && !at.contains('/') || schema["a"].get(name).is_some() {
            continue;
        }
        let at = format!("{at}/{name}");
        if name == "dynamic" {
            for (name, block) in value.as_object().unwrap() {
                let content = block["content"]
                    .as_object()
                    .or(block[0]["content"].as_object())
                    .unwrap();
                unknown(content, &schema["b"][name], &format!("{at}/{name}"), found);
            }
            continue;
        }
        let Some(below) = schema["b"].get(name) else {
            found.insert(at);
            continue;
        };
        let bodies = value
            .as_array()
            .map_or_else(|| vec![value], |list| list.iter().collect());
        for body in bodies.into_iter().filter_map(Value::as_object) {
            unknown(body, below, &at, found);
        }
    }
}

/// Type and body of a resource.
type Resource = (String, Map<String, Value>);

/// Resources of an output as Terraform's JSON, and the constraint for the provider.
fn resources(files: &BTreeMap<String, Vec<u8>>) -> (Vec<Resource>, String) {
    let (mut resources, mut constraint) = (Vec::new(), String::new());
    for (_, bytes) in files.iter().filter(|(name, _)| name.ends_with(".tf.json")) {
        let file: Value = serde_json::from_slice(bytes).unwrap();
        if let Some(text) = file["terraform"]["required_providers"]["aws"]["version"].as_str() {
            constraint = text.to_owned();
        }
        for (kind, blocks) in file["resource"].as_object().into_iter().flatten() {
            let bodies = blocks
                .as_object()
                .unwrap()
                .values()
                .map(|block| block.as_object().or(block[0].as_object()).unwrap().clone());
            resources.extend(bodies.map(|body| (kind.clone(), body)));
        }
    }
    (resources, constraint)
}

#[test]
fn every_argument_is_known_to_the_release_that_is_asked_for() {
    let schemas = [5, 6].map(|major| (major, schema(major)));
    let mut found = BTreeSet::new();
    for case in fixtures() {
        let Some(tree) = &case.compiled("terraform-json").tree else {
            continue;
        };
        let (resources, constraint) = resources(&tree.files);
        assert!(
            constraint.starts_with(">= 5.") || constraint.starts_with(">= 6."),
            "{}: {constraint}",
            case.name
        );
        // Output for version 5 is valid under 6, too.
        for (major, schema) in schemas
            .iter()
            .filter(|(major, _)| *major == 6 || constraint.starts_with(">= 5."))
        {
            let Some(schema) = schema else { continue };
            for (kind, body) in &resources {
                // Of Terraform itself.
                if kind == "terraform_data" {
                    continue;
                }
                let known = &schema["resource"][kind];
                assert!(
                    known.is_object(),
                    "{}: version {major} has no {kind}",
                    case.name
                );
                unknown(body, known, kind, &mut found);
            }
        }
    }
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_floor_follows_what_is_used() {
    let constraint = |name: &str| {
        let case = fixtures()
            .iter()
            .find(|case| case.name == name)
            .unwrap_or_else(|| panic!("there is no {name}"));
        resources(&case.compiled("terraform-json").tree.as_ref().unwrap().files).1
    };
    for (name, expected) in [
        ("root_path_operation", ">= 5.40.0"),
        ("sync_by_its_defaults", ">= 5.76.0"),
        ("forwarder_on_the_newest_python", ">= 6.20.0"),
        ("link_straight_to_the_balancer", ">= 6.25.0"),
        ("parameters_are_declared", ">= 5.76.0"),
        ("timeout_above_29_seconds", ">= 5.76.0"),
        ("root_layout_has_a_provider", ">= 5.40.0, < 7.0"),
    ] {
        assert_eq!(constraint(name), expected, "{name}");
    }
}
