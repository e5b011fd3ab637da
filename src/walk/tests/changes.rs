//! What a change does to each kind is said for arguments that the kind writes.
//!
//! Writes `target/kinds.json`, with which `.ci/changes.py` asks the real Terraform and the schemas
//! of CloudFormation.

#![expect(
    clippy::disallowed_methods,
    reason = "the table is written to the disk"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::compiled;
use super::corruption::example_files;
use crate::assemble::assemble;
use crate::aws::{Changes, Copied, Entry, KINDS, Node, Stack, TypeChanges};
use crate::blueprint::TemplateSyntax;
use crate::sink::{Properties, Syntax, Terraform};
use crate::stack::Label;

/// Arguments of Terraform itself.
const META: [&str; 4] = ["count", "depends_on", "for_each", "lifecycle"];

/// What a kind writes as one type of resource, in all cases.
#[derive(Default)]
struct Written {
    /// Names, with those of nested objects behind a dot.
    paths: BTreeSet<String>,
    /// Resources that together have all paths.
    samples: Vec<Map<String, Value>>,
}

impl Written {
    fn add(&mut self, body: Map<String, Value>) {
        let mut paths = BTreeSet::new();
        for (name, value) in &body {
            push_paths(name, value, &mut paths);
        }
        if !paths.is_subset(&self.paths) {
            self.paths.extend(paths);
            self.samples.push(body);
        }
    }
}

/// Adds what a value has below a path; what type or protocol it is counts as a path of its own.
fn push_paths(path: &str, value: &Value, paths: &mut BTreeSet<String>) {
    paths.insert(path.to_owned());
    match value {
        Value::String(text) if path.ends_with("type") || path.ends_with("protocol") => {
            paths.insert(format!("{path}={text}"));
        }
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| push_paths(&format!("{path}.{name}"), value, paths)),
        Value::Array(items) => items.iter().for_each(|item| push_paths(path, item, paths)),
        _ => {}
    }
}

/// A kind in all cases.
#[derive(Default)]
struct Kind {
    changes: Option<Changes>,
    types: BTreeMap<String, Written>,
}

/// By word.
type Kinds = BTreeMap<&'static str, Kind>;

/// What every kind writes in every case.
fn written() -> Kinds {
    let mut kinds = Kinds::new();
    for (_, files) in example_files() {
        for format in ["terraform", "cloudformation"] {
            // A few cases are for Terraform alone.
            let compiled = compiled(in_format(files.clone(), format));
            let Some(plan) = compiled.plan.filter(|_| compiled.tree.is_some()) else {
                continue;
            };
            let stack = assemble(&plan).stack;
            for entry in stack.entries.iter().filter(|entry| !entry.is_in_body) {
                let found = kinds.entry(entry.address.names.word).or_default();
                found.changes = Some(entry.node.changes());
                let resources = match format {
                    "terraform" => blocks(&entry.node),
                    _ => vec![properties(entry, &stack)],
                };
                for (of, body) in resources {
                    found.types.entry(of).or_default().add(body);
                }
            }
        }
    }
    kinds
}

fn in_format(mut files: BTreeMap<String, Vec<u8>>, format: &str) -> BTreeMap<String, Vec<u8>> {
    let base = files
        .remove("gwgen.yaml")
        .expect("each case has a blueprint");
    files.insert("base.yaml".to_owned(), base);
    let top = format!("extends: base.yaml\noutput: {{format: {format}}}\n");
    files.insert("gwgen.yaml".to_owned(), top.into_bytes());
    files
}

fn properties(entry: &Entry, stack: &Stack) -> Resource {
    let mut out = Properties::new(TemplateSyntax::Json, stack.tags.clone());
    out.inner_object(|out| entry.node.cloudformation(out));
    let body = serde_json::from_str(&out.into_text()).expect("an object of properties");
    (entry.address.names.cloudformation.to_owned(), body)
}

/// A type and arguments.
type Resource = (String, Map<String, Value>);

/// The blocks of a node.
fn blocks(node: &Node) -> Vec<Resource> {
    let mut out = Terraform::new(Syntax::Json);
    node.terraform(&Label::new("this"), &mut out);
    let file: Value = serde_json::from_str(&out.into_text()).expect("a file of Terraform");
    let mut found = Vec::new();
    for (kind, labels) in file["resource"].as_object().expect("resources by type") {
        for body in labels.as_object().expect("resources by label").values() {
            let mut body = body.as_object().expect("arguments by name").clone();
            body.retain(|name, _| !META.contains(&name.as_str()));
            found.push((kind.clone(), body));
        }
    }
    found
}

/// What a kind says, beside what it writes.
fn said(kinds: &Kinds, word: &str, changes: &TypeChanges) -> Value {
    let mut said = serde_json::to_value(changes).expect("lists of names");
    let written = &kinds[word].types[changes.of];
    said["paths"] = json!(written.paths);
    said["samples"] = json!(written.samples);
    said
}

#[test]
fn each_change_is_of_an_argument_that_is_written() {
    let kinds = written();
    assert_eq!(kinds.len(), KINDS.len());
    let mut table = Map::new();
    for (word, kind) in &kinds {
        let changes = kind.changes.expect("a kind is in a stack");
        let all = || {
            let blocks = std::iter::once(&changes.block).chain(changes.more_blocks);
            blocks.chain([&changes.resource])
        };
        let types: BTreeSet<&str> = all().map(|it| it.of).collect();
        assert_eq!(
            types,
            kind.types.keys().map(String::as_str).collect(),
            "{word}"
        );
        for of in all() {
            let paths = &kind.types[of.of].paths;
            let sometimes = of.replaced_when.iter().map(|it| &it.argument);
            for name in of.replaced_by.iter().chain(sometimes) {
                assert!(paths.contains(*name), "{word} does not write {name}");
            }
        }
        if let Copied::Only(names) = changes.block.copied {
            let is_written = |name: &str| kind.types.values().any(|it| it.paths.contains(name));
            assert!(
                names.iter().all(|name| is_written(name)),
                "{word}: {names:?}"
            );
        }
        let types = all().map(|of| said(&kinds, word, of));
        table.insert((*word).to_owned(), types.collect());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/kinds.json");
    fs::write(path, Value::Object(table).to_string()).expect("the folder is there");
}
