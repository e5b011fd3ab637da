//! Blocks as Terraform's JSON: what a kind writes, gathered by type and label.
//!
//! In: blocks, in the order in which they are written. Out: the text of a file. Pure.
//! Source: Terraform, "JSON Configuration Syntax",
//! <https://developer.hashicorp.com/terraform/language/syntax/json>, read 2026-11-22.

use std::collections::BTreeMap;

use super::super::BANNER;
use super::escape::{push_marked, quoted_json};
use super::push_margin;
use super::values::Hcl;

/// Arguments that name something, and take no expression.
const NAMING: [&str; 6] = [
    "depends_on",
    "from",
    "ignore_changes",
    "replace_triggered_by",
    "to",
    "type",
];

/// Blocks that are not in a file yet.
#[derive(Debug, Default)]
pub(crate) struct JsonBlocks {
    blocks: Vec<Block>,
    frames: Vec<OpenObject>,
}

/// A block with its type and labels.
#[derive(Debug)]
struct Block {
    header: Vec<String>,
    /// Text between its braces.
    body: String,
}

/// An object that is being written.
#[derive(Debug)]
struct OpenObject {
    /// Its keys are the user's, and templates like all texts.
    is_map: bool,
    /// Its members have no keys.
    is_list: bool,
    depth: usize,
    has_members: bool,
    /// The last member, where it is a block: a second one of its name makes a list.
    last: Option<LastBlock>,
}

#[derive(Debug)]
struct LastBlock {
    name: String,
    /// Offset of its first `{`.
    starts: usize,
    is_list: bool,
}

impl JsonBlocks {
    /// A block at the root of a file.
    pub(crate) fn head(&mut self, header: &[&str]) {
        self.blocks.push(Block {
            header: header.iter().map(|part| (*part).to_owned()).collect(),
            body: String::new(),
        });
        self.enter(false, false, header.len() + 1);
    }

    fn enter(&mut self, is_map: bool, is_list: bool, depth: usize) {
        self.frames.push(OpenObject {
            is_map,
            is_list,
            depth,
            has_members: false,
            last: None,
        });
    }

    fn top(&mut self) -> (&mut String, &mut OpenObject) {
        let block = self.blocks.last_mut().expect("a member is in a block");
        let frame = self.frames.last_mut().expect("a member is in an object");
        (&mut block.body, frame)
    }

    /// A block in the current one.
    pub(crate) fn open_block(&mut self, name: &str) {
        let (out, frame) = self.top();
        let depth = frame.depth + 1;
        match &mut frame.last {
            Some(last) if last.name == name => {
                if !last.is_list {
                    out.insert(last.starts, '[');
                    last.is_list = true;
                }
                out.push_str(", {");
            }
            Some(_) | None => {
                key(out, frame, name);
                frame.last = Some(LastBlock {
                    name: name.to_owned(),
                    starts: out.len(),
                    is_list: false,
                });
                out.push('{');
            }
        }
        self.enter(false, false, depth);
    }

    /// A mapping as the value of an argument.
    pub(crate) fn open_map(&mut self, name: &str) {
        self.open(name, false);
    }

    /// A list as the value of an argument.
    pub(crate) fn open_list(&mut self, name: &str) {
        self.open(name, true);
    }

    fn open(&mut self, name: &str, is_list: bool) {
        let (out, frame) = self.top();
        let depth = frame.depth + 1;
        key(out, frame, name);
        out.push(if is_list { '[' } else { '{' });
        self.enter(true, is_list, depth);
    }

    /// A number, `true`, `false` or `null`.
    pub(crate) fn scalar(&mut self, name: &str, text: &str) {
        let (out, frame) = self.top();
        key(out, frame, name);
        out.push_str(text);
    }

    /// Ends the last object.
    pub(crate) fn close(&mut self) {
        let (out, frame) = self.top();
        end_list(out, frame);
        let closed = self.frames.pop().expect("what closes was open");
        if self.frames.is_empty() {
            return;
        }
        let (out, _) = self.top();
        if closed.has_members {
            out.push('\n');
            push_margin(out, closed.depth - 1);
        }
        out.push(if closed.is_list { ']' } else { '}' });
    }

    pub(crate) fn member(&mut self, name: &str, value: &impl Hcl) {
        let (out, frame) = self.top();
        key(out, frame, name);
        value.json(out);
    }

    /// An argument whose value is written as it is.
    pub(crate) fn bare(&mut self, name: &str, value: super::values::Bare<'_>) {
        if self.top().1.is_map || !NAMING.contains(&name) {
            return self.member(name, &value);
        }
        let text = value.0.to_string();
        match text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(names) => self.list(name, names.split(", ")),
            None => self.template(name, &text),
        }
    }

    pub(crate) fn list(&mut self, name: &str, items: impl Iterator<Item = impl Hcl>) {
        let (out, frame) = self.top();
        key(out, frame, name);
        out.push('[');
        for (index, item) in items.enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            item.json(out);
        }
        out.push(']');
    }

    /// A text whose markers are interpolated.
    pub(crate) fn template(&mut self, name: &str, text: &str) {
        let (out, frame) = self.top();
        key(out, frame, name);
        quoted_json(out, text);
    }

    /// The text of a file; none without a block.
    pub(crate) fn into_text(self) -> Option<String> {
        let mut tree = BlockTree::default();
        for block in self.blocks {
            tree.add(&block.header, block.body);
        }
        if tree.members.is_empty() {
            return None;
        }
        let mut out = String::from("{\n  \"//\": ");
        quoted_json(&mut out, &BANNER.join(" "));
        for (name, inner) in tree.sorted() {
            out.push_str(",\n");
            inner.write(name, 1, &mut out);
        }
        out.push_str("\n}\n");
        Some(out)
    }
}

/// Writes `"name": ` behind the content of the object.
fn key(out: &mut String, frame: &mut OpenObject, name: &str) {
    end_list(out, frame);
    out.push_str(if frame.has_members { ",\n" } else { "\n" });
    frame.has_members = true;
    push_margin(out, frame.depth);
    if frame.is_list {
        return;
    }
    if frame.is_map {
        let mut template = String::new();
        push_marked(&mut template, name);
        quoted_json(out, &template);
    } else {
        quoted_json(out, name);
    }
    out.push_str(": ");
}

fn end_list(out: &mut String, frame: &mut OpenObject) {
    if frame.last.take().is_some_and(|last| last.is_list) {
        out.push(']');
    }
}

/// Blocks by type and label: a key is in an object once, and blocks of one header are a list.
#[derive(Debug, Default)]
struct BlockTree {
    /// In the order in which they were written.
    members: Vec<(String, BlockTree)>,
    index: BTreeMap<String, usize>,
    bodies: Vec<String>,
}

impl BlockTree {
    fn add(&mut self, header: &[String], body: String) {
        let Some((first, rest)) = header.split_first() else {
            self.bodies.push(body);
            return;
        };
        let at = *self.index.entry(first.clone()).or_insert_with(|| {
            self.members.push((first.clone(), Self::default()));
            self.members.len() - 1
        });
        self.members[at].1.add(rest, body);
    }

    /// Types by their names, so that a new one moves no other; labels as they were written, which
    /// is in the order of their paths.
    fn sorted(&self) -> Vec<(&str, &Self)> {
        let members = self.members.iter().map(|(name, tree)| (&**name, tree));
        let mut members: Vec<(&str, &Self)> = members.collect();
        if self.members.iter().any(|(_, tree)| tree.bodies.is_empty()) {
            members.sort_by_key(|(name, _)| *name);
        }
        members
    }

    fn write(&self, name: &str, depth: usize, out: &mut String) {
        push_margin(out, depth);
        quoted_json(out, name);
        out.push_str(": ");
        if let [_, _, ..] = &*self.bodies {
            out.push('[');
            for (index, body) in self.bodies.iter().enumerate() {
                out.extend([if index > 0 { ", {" } else { "{" }, body, "\n"]);
                push_margin(out, depth);
                out.push('}');
            }
            out.push(']');
            return;
        }
        let body = self.bodies.first();
        out.push('{');
        out.extend(body.map(String::as_str));
        for (index, (name, tree)) in self.sorted().into_iter().enumerate() {
            out.push_str(if index > 0 { ",\n" } else { "\n" });
            tree.write(name, depth + 1, out);
        }
        if !self.members.is_empty() || body.is_some_and(|body| !body.is_empty()) {
            out.push('\n');
            push_margin(out, depth);
        }
        out.push('}');
    }
}

/// Returns the offset of a resource's block in the text of a file.
pub(crate) fn position(text: &str, kind: &str, label: &str) -> Option<usize> {
    let resources = text.find("\n  \"resource\": {\n")?;
    let of_kind = resources + text[resources..].find(&format!("\n    \"{kind}\": {{\n"))?;
    Some(of_kind + text[of_kind..].find(&format!("\n      \"{label}\": {{"))? + 1)
}

/// Returns the offset of an item in the map of a local value.
pub(crate) fn item_position(text: &str, local: &str, key: &str) -> Option<usize> {
    let locals = text.find("\n  \"locals\": {\n")?;
    let map = locals + text[locals..].find(&format!("\n    \"{local}\": {{\n"))?;
    Some(map + text[map..].find(&format!("\n      \"{key}\": {{"))? + 1)
}
