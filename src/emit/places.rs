//! Locations of nodes in the generated files.
//!
//! In: `Stack`, a format. Out: `Written` of a node or one of its blocks. Pure.
//! The sinks report the range of a node; a block is searched there by its first line.

use std::ops::Range;

use serde::Serialize;

use super::{FileTree, cloudformation, terraform};
use crate::aws::{Entry, Method, Resource, RestApi, Stack};
use crate::blueprint::{OutputFormat, TemplateSyntax};
use crate::plan::OutputPlan;
use crate::sink::{self, Syntax};
use crate::stack::{Holds, Item};

/// A line of a generated file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Written {
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// Locations of the nodes of a stack in its files.
#[derive(Debug)]
pub struct Places<'a> {
    stack: &'a Stack,
    format: OutputFormat,
    template: TemplateSyntax,
    tree: FileTree,
    /// In the order of the stack.
    spans: Vec<(String, Range<usize>)>,
}

impl<'a> Places<'a> {
    /// Writes the stack once more, and stores the ranges of its nodes.
    pub fn of(output: &OutputPlan, stack: &'a Stack) -> Self {
        let mut spans = vec![(String::new(), 0..0); stack.entries.len()];
        let store = |index: usize, file: &str, span| spans[index] = (file.to_owned(), span);
        let tree = match output.format {
            OutputFormat::Terraform => terraform::written(Syntax::Native, stack, store),
            OutputFormat::TerraformJson => terraform::written(Syntax::Json, stack, store),
            OutputFormat::Cloudformation => cloudformation::written(output.template, stack, store),
        };
        Self {
            stack,
            format: output.format,
            template: output.template,
            tree,
            spans,
        }
    }

    /// The block of a node; where it is written as several, the first.
    pub fn node(&self, index: usize) -> Option<Written> {
        let address = &self.stack.entries.get(index)?.address;
        self.block(index, &address.to_string())
    }

    /// The block of a node with that Terraform address; of an item, its line. CloudFormation writes
    /// a node as one.
    pub fn block(&self, index: usize, address: &str) -> Option<Written> {
        let (file, span) = self.spans.get(index)?;
        let bytes = self.tree.files.get(file)?;
        let entry = self.stack.entries.get(index)?;
        if entry.is_in_body {
            let line = self.in_body(index, std::str::from_utf8(bytes).ok()?)?;
            return Some(Written {
                file: file.clone(),
                line,
            });
        }
        let text = |span: Range<usize>| std::str::from_utf8(bytes.get(span)?).ok();
        let first_of = |span: Range<usize>| {
            let is_text = |character: char| !character.is_whitespace() && character != ',';
            Some(span.start + text(span)?.find(is_text)?)
        };
        let offset = match (self.format, &entry.address.item) {
            (OutputFormat::Terraform, Some(_)) => first_of(span.clone())?,
            (OutputFormat::TerraformJson, Some(Item { group, key })) => {
                sink::item_position(text(0..bytes.len())?, group.local, key.as_str())?
            }
            (OutputFormat::Terraform, None) => {
                let (kind, label) = address.split_once('.')?;
                // A block starts a line, unlike the same text in a string.
                span.start
                    + text(span.clone())?
                        .find(&format!("\nresource \"{kind}\" \"{label}\" {{\n"))?
                    + 1
            }
            (OutputFormat::TerraformJson, None) => {
                let (kind, label) = address.split_once('.')?;
                sink::position(text(0..bytes.len())?, kind, label)?
            }
            (OutputFormat::Cloudformation, _) => first_of(span.clone())?,
        };
        let line = bytes[..offset]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        Some(Written {
            file: file.clone(),
            line,
        })
    }

    /// The line of a node in the API's body: of its path, and of its method below that; else of the
    /// body itself.
    fn in_body(&self, index: usize, text: &str) -> Option<usize> {
        let first = self.first_of_api(text)?;
        let mut lines = text.lines().enumerate().skip(first);
        let mut line_of = |key: &str, depth| {
            let starts = self.starts(key, depth);
            // A line of a text in YAML is indented more than the keys beside it.
            let is_start = |line: &str| {
                let line = if self.is_yaml() { line } else { line.trim() };
                starts.iter().any(|start| line == start)
            };
            lines
                .find(|(_, line)| is_start(line))
                .map(|(number, _)| number + 1)
        };
        let node = &self.stack.entries.get(index)?.node;
        if let Some(method) = Holds::<Method>::held(node) {
            let path = method.on.path(self.stack);
            line_of(if path.is_empty() { "/" } else { &path }, PATH_DEPTH)?;
            return line_of(method.key(), PATH_DEPTH + 1);
        }
        let paths = line_of("paths", PATH_DEPTH - 1)?;
        // A resource without methods is there only as the start of a longer path.
        let resource = Holds::<Resource>::held(node);
        resource
            .and_then(|resource| line_of(&resource.path(self.stack), PATH_DEPTH))
            .or(Some(paths))
    }

    /// Number of lines before a template's API; Terraform has its body before anything that is like
    /// one.
    fn first_of_api(&self, text: &str) -> Option<usize> {
        match self.format {
            OutputFormat::Terraform | OutputFormat::TerraformJson => Some(0),
            OutputFormat::Cloudformation => {
                let entries = &self.stack.entries;
                let is_api = |entry: &Entry| Holds::<RestApi>::held(&entry.node).is_some();
                let index = entries.iter().position(is_api)?;
                let (_, span) = self.spans.get(index)?;
                Some(text.get(..span.start)?.lines().count())
            }
        }
    }

    /// The lines with which an object of the body may start, below that key.
    fn starts(&self, key: &str, depth: usize) -> Vec<String> {
        if self.is_yaml() {
            return vec![format!("{}{}:", "  ".repeat(depth), sink::yaml_key(key))];
        }
        vec![
            format!("{key} = {{"),
            format!("\"{key}\" = {{"),
            format!("\"{key}\": {{"),
        ]
    }

    fn is_yaml(&self) -> bool {
        self.format == OutputFormat::Cloudformation && self.template == TemplateSyntax::Yaml
    }
}

/// Number of keys above that of a path in a template: `Resources`, the API's id, `Properties`,
/// `Body`, `paths`.
const PATH_DEPTH: usize = 5;
