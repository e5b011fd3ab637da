//! Reads what was emitted, with the HCL parser and `serde_json`, and rebuilds the operations from
//! it.
//!
//! In: `FileTree`. Out: methods and paths. Shares no code with the writers. The package `fuzz`
//! includes this file too.
#![allow(unreachable_pub, reason = "public in the package `fuzz`")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gwgen::emit::FileTree;
use gwgen::source::{RelativePath, SourceFile};
use serde_json::Value;

/// Method and path, with `{}` for a variable and `{+}` for a greedy one.
pub type Operations = BTreeSet<(String, String)>;

/// Panics where a file is not what its name says.
pub fn parse(tree: &FileTree) {
    for (name, bytes) in tree
        .files
        .iter()
        .filter(|(name, _)| !name.ends_with(".zip"))
    {
        let text = std::str::from_utf8(bytes).expect("every file is text");
        if name.ends_with(".tf") {
            hcl::parse(text)
                .unwrap_or_else(|error| panic!("{name} does not parse: {error}\n{text}"));
        } else if name.ends_with(".json") {
            serde_json::from_str::<Value>(text)
                .unwrap_or_else(|error| panic!("{name} does not parse: {error}\n{text}"));
        } else if name.ends_with(".yaml") {
            of_yaml(text);
        }
    }
}

/// YAML as gwgen reads descriptions: a short form of a function is its text.
fn of_yaml(text: &str) -> Value {
    let path = RelativePath::join("", "template.yaml").expect("a name is a path");
    let file = SourceFile::of(text.into(), path, Arc::from("template.yaml"));
    let file =
        file.unwrap_or_else(|error| panic!("the template does not parse: {error:?}\n{text}"));
    serde_json::from_str(&file.json).expect("what was YAML is JSON")
}

/// A path with the names of its variables taken away.
pub fn shape(path: &str) -> String {
    let segments = path
        .split('/')
        .filter(|it| !it.is_empty())
        .map(|it| match it {
            it if it.starts_with('{') && it.ends_with("+}") => "{+}",
            it if it.contains('{') => "{}",
            it => it,
        });
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

/// The operations that a tree offers. What the gateway answers itself is none.
pub fn offered(tree: &FileTree) -> Operations {
    let mut nodes = Nodes::default();
    for (name, bytes) in tree
        .files
        .iter()
        .filter(|(name, _)| !name.ends_with(".zip"))
    {
        let text = std::str::from_utf8(bytes).expect("every file is text");
        if name.ends_with(".tf") {
            let body =
                hcl::parse(text).unwrap_or_else(|error| panic!("{name} does not parse: {error}"));
            body.blocks()
                .filter(|it| it.identifier() == "resource")
                .for_each(|it| nodes.terraform(it));
        } else if name.starts_with("template.") {
            let is_json = name.ends_with(".json");
            let template: Value = if is_json {
                serde_json::from_str(text).expect("the template is JSON")
            } else {
                of_yaml(text)
            };
            template["Resources"]
                .as_object()
                .expect("resources")
                .iter()
                .for_each(|(id, it)| nodes.cloudformation(id, it));
        }
    }
    nodes.operations()
}

#[derive(Default)]
struct Nodes {
    /// Label or id: parent and part; no parent is the root.
    resources: BTreeMap<String, (Option<String>, String)>,
    /// Label or id: method, resource.
    methods: BTreeMap<String, (String, Option<String>)>,
    /// Methods that the gateway answers itself.
    mocks: BTreeSet<String>,
}

impl Nodes {
    fn terraform(&mut self, block: &hcl::Block) {
        let [kind, label] = block.labels() else {
            panic!("a resource has two labels")
        };
        let value = |name: &str| {
            let found = block.body().attributes().find(|it| it.key() == name);
            found
                .map(|it| it.expr().to_string())
                .unwrap_or_default()
                .trim_matches('"')
                .to_owned()
        };
        let resource = |reference: &str| {
            reference
                .strip_prefix("aws_api_gateway_resource.")
                .map(|it| it.trim_end_matches(".id").to_owned())
        };
        match kind.as_str() {
            "aws_api_gateway_resource" => {
                // What is escaped for HCL is not so in a path.
                let part = value("path_part").replace("$${", "${").replace("%%{", "%{");
                self.resources.insert(
                    label.as_str().to_owned(),
                    (resource(&value("parent_id")), part),
                );
            }
            "aws_api_gateway_method" => {
                self.methods.insert(
                    label.as_str().to_owned(),
                    (value("http_method"), resource(&value("resource_id"))),
                );
            }
            "aws_api_gateway_integration" if value("type") == "MOCK" => {
                self.mocks.insert(label.as_str().to_owned());
            }
            _ => {}
        }
    }

    fn cloudformation(&mut self, id: &str, resource: &Value) {
        let properties = &resource["Properties"];
        // `!Ref Id` is read as its text, and an attribute, which only the root is, as one with a
        // point.
        let short = |name: &str| properties[name].as_str().filter(|it| !it.contains('.'));
        let above = |name: &str| {
            properties[name]["Ref"]
                .as_str()
                .or(short(name))
                .map(str::to_owned)
        };
        let text = |name: &str| properties[name].as_str().unwrap_or_default().to_owned();
        match resource["Type"].as_str() {
            Some("AWS::ApiGateway::Resource") => drop(
                self.resources
                    .insert(id.to_owned(), (above("ParentId"), text("PathPart"))),
            ),
            Some("AWS::ApiGateway::Method") => {
                self.methods
                    .insert(id.to_owned(), (text("HttpMethod"), above("ResourceId")));
                if properties["Integration"]["Type"] == "MOCK" {
                    self.mocks.insert(id.to_owned());
                }
            }
            _ => {}
        }
    }

    fn operations(&self) -> Operations {
        let served = self
            .methods
            .iter()
            .filter(|(label, _)| !self.mocks.contains(*label));
        served
            .map(|(_, (method, resource))| (method.clone(), self.path(resource.as_deref())))
            .collect()
    }

    fn path(&self, resource: Option<&str>) -> String {
        let mut parts = Vec::new();
        let mut next = resource;
        while let Some(label) = next {
            let (parent, part) = self
                .resources
                .get(label)
                .unwrap_or_else(|| panic!("{label} is not there"));
            parts.push(part.as_str());
            next = parent.as_deref();
        }
        parts.reverse();
        shape(&parts.join("/"))
    }
}
