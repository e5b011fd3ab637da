//! Inputs of the benches, the same on every machine.
//!
//! In: sizes. Out: `Input`s, each a blueprint and a description in a folder of their own.
#![allow(dead_code, reason = "each bench uses a part of it")]

pub(crate) mod matching;
pub(crate) mod models;
pub(crate) mod operations;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// A blueprint and a description.
pub(crate) struct Input {
    pub(crate) name: &'static str,
    pub(crate) description: Vec<u8>,
    pub(crate) blueprint: Vec<u8>,
}

impl Input {
    pub(crate) fn new(name: &'static str, description: &Value, blueprint: &Value) -> Self {
        Self {
            name,
            description: to_bytes(description),
            blueprint: to_bytes(blueprint),
        }
    }

    /// Writes both files into a new folder below `parent`.
    pub(crate) fn write_below(&self, parent: &Path) -> PathBuf {
        let folder = parent.join(
            self.name
                .replace(|character: char| !character.is_ascii_alphanumeric(), "-"),
        );
        fs::create_dir(&folder).expect("a folder can be made");
        fs::write(folder.join("openapi.json"), &self.description).expect("a file can be written");
        fs::write(folder.join("gwgen.yaml"), &self.blueprint).expect("a file can be written");
        folder
    }
}

/// GitHub's description, where it lies beside the project. Two of its operations have paths that no
/// REST API holds beside each other.
pub(crate) fn github() -> Option<Input> {
    // Continuous integration names another folder where the project is checked out elsewhere.
    let shared =
        std::env::var_os("SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let description = fs::read(shared.join("corpus/octokit-github-23.0.2.json")).ok()?;
    let mut blueprint = blueprint();
    blueprint["backends"]["repos"] = json!({"port": 8081, "targets": {"ecs": true}});
    let unservable = [
        "/repos/{owner}/{repo}/compare/{basehead}",
        "/repos/{owner}/{repo}/compare/{base}...{head}",
        "/repos/{owner}/{repo}/dependency-graph/compare/{basehead}",
    ];
    blueprint["routes"] = json!([
        {"match": {}, "backend": "rest"},
        {"match": {"paths": ["/repos/**"]}, "backend": "repos"},
        {"match": {"paths": unservable}, "exposure": "hidden"},
    ]);
    Some(Input {
        name: "GitHub",
        description,
        blueprint: to_bytes(&blueprint),
    })
}

/// A blueprint with one backend, `rest`, and limits that nothing here reaches.
pub(crate) fn blueprint() -> Value {
    json!({
        "version": 1,
        "name": "bench",
        "spec": "openapi.json",
        "topology": "nlb-targets",
        "network": {"vpc": {"var": "vpc_id"}, "subnets": {"var": "private_subnet_ids"}},
        "backends": {"rest": {"port": 8080, "targets": {"ecs": true}}},
        "limits": {"resources": 2_000_000, "listener_rules": 1_000_000},
    })
}

/// A description with those paths and components.
pub(crate) fn description(paths: serde_json::Map<String, Value>, components: &Value) -> Value {
    json!({"openapi": "3.0.3", "info": {"title": "Bench", "version": "1.0.0"}, "paths": paths, "components": components})
}

pub(crate) fn to_bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).expect("a value has text keys only")
}
