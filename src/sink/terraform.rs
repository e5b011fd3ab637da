//! Sink of Terraform's blocks, in either syntax.
//!
//! In: calls of kinds. Out: the text of a file. Pure.

mod escape;
mod json;
mod lists;
mod native;
mod recorded;
mod values;

use std::fmt;

use json::JsonBlocks;
pub(crate) use json::{item_position, position};
use native::Native;
use recorded::Recorder;
pub use recorded::{Recorded, RecordedBlock};
use values::Bare;
pub use values::{Hcl, Object};

use super::banner;
use crate::stack::{Address, Value};
pub use escape::{key, quoted};

/// A Terraform block of a method: its type, and what its label has behind that of the method.
pub type MethodBlock = (&'static str, &'static str);

/// Syntax of a Terraform file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Native,
    Json,
}

impl Syntax {
    /// Ending of a file's name.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Native => ".tf",
            Self::Json => ".tf.json",
        }
    }
}

/// The blocks of a file.
#[derive(Debug)]
pub struct Terraform {
    printer: TerraformPrinter,
    /// Addresses of the resources so far, where they are wanted.
    resources: Option<Vec<String>>,
}

#[derive(Debug)]
enum TerraformPrinter {
    Native(Native),
    Json(JsonBlocks),
    /// No text at all.
    Recorder(Recorder),
}

/// Content of a file.
#[derive(Debug)]
pub(crate) enum Content {
    Native(String),
    Json(JsonBlocks),
}

impl Content {
    /// The text of the file; none where it holds no block.
    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Native(text) => (text != head()).then_some(text),
            Self::Json(json) => json.into_text(),
        }
    }
}

/// First lines of a file in the native syntax.
fn head() -> String {
    let mut text = String::new();
    banner(&mut text, "#");
    text
}

/// Writes two spaces a level.
fn push_margin(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

impl Terraform {
    pub fn new(syntax: Syntax) -> Self {
        let printer = match syntax {
            Syntax::Native => TerraformPrinter::Native(Native::default()),
            Syntax::Json => TerraformPrinter::Json(JsonBlocks::default()),
        };
        Self {
            printer,
            resources: None,
        }
    }

    /// Goes on with a file, or starts one.
    pub(crate) fn resume(&mut self, content: Option<Content>) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => {
                native.out.clear();
                native.has_content = true;
                match content {
                    Some(Content::Native(text)) => native.out.push_str(&text),
                    Some(Content::Json(_)) => unreachable!("one output has one spelling"),
                    None => native.out.push_str(&head()),
                }
            }
            TerraformPrinter::Json(json) => {
                if let Some(Content::Json(blocks)) = content {
                    *json = blocks;
                }
            }
            TerraformPrinter::Recorder(_) => {}
        }
    }

    /// Returns the content so far, at its own size: the sink reuses its buffer.
    pub(crate) fn suspend(&mut self) -> Content {
        match &mut self.printer {
            TerraformPrinter::Native(native) => Content::Native(native.out.clone()),
            TerraformPrinter::Json(json) => Content::Json(std::mem::take(json)),
            TerraformPrinter::Recorder(_) => Content::Native(String::new()),
        }
    }

    /// The text of the blocks.
    pub fn into_text(mut self) -> String {
        self.suspend().into_text().unwrap_or_default()
    }

    /// Returns the length of the text; in JSON that is known only at the end.
    pub(crate) fn length(&self) -> usize {
        match &self.printer {
            TerraformPrinter::Native(native) => native.out.len(),
            TerraformPrinter::Json(_) | TerraformPrinter::Recorder(_) => 0,
        }
    }

    /// Returns the addresses of the resources that something writes, in order.
    pub(crate) fn resources_of(write: impl FnOnce(&mut Self)) -> Vec<String> {
        let mut out = Self {
            resources: Some(Vec::new()),
            ..Self::new(Syntax::Native)
        };
        write(&mut out);
        out.resources.unwrap_or_default()
    }

    /// A resource block of a Terraform type.
    pub fn resource(&mut self, kind: &str, label: &str, body: impl FnOnce(&mut Self)) {
        if let Some(resources) = &mut self.resources {
            resources.push(format!("{kind}.{label}"));
        }
        self.labelled(&["resource", kind, label], body);
    }

    /// A top-level block with labels.
    pub fn labelled(&mut self, header: &[&str], body: impl FnOnce(&mut Self)) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.head(header),
            TerraformPrinter::Json(json) => json.head(header),
            TerraformPrinter::Recorder(recorder) => recorder.head(header),
        }
        self.closed(body);
    }

    fn closed(&mut self, body: impl FnOnce(&mut Self)) {
        body(self);
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.close(),
            TerraformPrinter::Json(json) => json.close(),
            TerraformPrinter::Recorder(recorder) => recorder.close(),
        }
    }

    /// A block in the current one.
    pub fn block(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.open_apart(name),
            TerraformPrinter::Json(json) => json.open_block(name),
            TerraformPrinter::Recorder(recorder) => recorder.head(&[name]),
        }
        self.closed(body);
    }

    /// A block right below a comment of its own.
    pub fn block_below(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.open_below(name),
            TerraformPrinter::Json(json) => json.open_block(name),
            TerraformPrinter::Recorder(recorder) => recorder.head(&[name]),
        }
        self.closed(body);
    }

    /// An argument on one line.
    pub fn attribute(&mut self, name: &str, value: impl Hcl) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.spelt(name, &value),
            TerraformPrinter::Json(json) => json.member(name, &value),
            TerraformPrinter::Recorder(recorder) => recorder.argument(name, value.recorded()),
        }
    }

    /// An argument whose value is an expression around another value.
    pub fn applied(&mut self, name: &str, [before, after]: [&str; 2], value: &Value) {
        let mut text = String::new();
        value.hcl(&mut text);
        self.bare(name, format_args!("{before}{text}{after}"));
    }

    /// An argument whose value is written as it is.
    pub fn bare(&mut self, name: &str, value: fmt::Arguments<'_>) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.spelt(name, &Bare(value)),
            TerraformPrinter::Json(json) => json.bare(name, Bare(value)),
            TerraformPrinter::Recorder(recorder) => recorder.argument(name, Bare(value).recorded()),
        }
    }

    /// Separates what follows from what is before it: its name moves no `=`.
    pub fn gap(&mut self) {
        if let TerraformPrinter::Native(native) = &mut self.printer {
            native.gap();
        }
    }

    /// An argument that is left out where it has no value.
    pub fn optional(&mut self, name: &str, value: Option<impl Hcl>) {
        if let Some(value) = value {
            self.attribute(name, value);
        }
    }

    pub fn depends_on(&mut self, nodes: &[Address]) {
        let nodes: Vec<String> = nodes.iter().map(Address::to_string).collect();
        self.bare("depends_on", format_args!("[{}]", nodes.join(", ")));
    }

    /// Names the attachments of targets that it waits for, where there are some.
    pub fn after_attachments(&mut self, attachments: &[String]) {
        if !attachments.is_empty() {
            let attachments: Vec<&str> = attachments.iter().map(String::as_str).collect();
            self.gap();
            self.depends_on_each(&attachments);
        }
    }

    /// Writes that `terraform destroy` refuses to delete the resource.
    pub fn prevent_destroy(&mut self) {
        self.block("lifecycle", |out| out.attribute("prevent_destroy", true));
    }

    /// Writes, where it holds, that Terraform changes nothing of the resource.
    pub fn left_alone(&mut self, is_closed: bool) {
        if is_closed {
            self.block("lifecycle", |out| {
                out.bare("ignore_changes", format_args!("all"));
            });
        }
    }

    /// Writes that a replacement is created before the old resource is deleted.
    pub fn create_before_destroy(&mut self) {
        self.replaced_in_order(None);
    }

    /// The same, beside an argument that deployments change.
    pub fn replaced_in_order(&mut self, switched: Option<&str>) {
        if switched.is_some() {
            self.comment("A deployment switches it to the other target group.");
        }
        let open = |out: &mut Self, body: &dyn Fn(&mut Self)| match switched {
            Some(_) => out.block_below("lifecycle", body),
            None => out.block("lifecycle", body),
        };
        open(self, &|out| {
            out.attribute("create_before_destroy", true);
            if let Some(argument) = switched {
                out.bare("ignore_changes", format_args!("[{argument}]"));
            }
        });
    }

    pub fn tags(&mut self) {
        self.bare("tags", format_args!("local.tags"));
    }

    /// Tags with `Name` before them, unless the user has one.
    pub fn named_tags(&mut self, name: &Value) {
        self.applied("tags", ["merge({ Name = ", " }, local.tags)"], name);
    }

    /// State of a route in a deployment: its digest, its parts and what they use, in one string.
    pub fn trigger(&mut self, label: &str, digest: &str, parts: &[MethodBlock], uses: &[Value]) {
        let text = native::trigger(digest, label, parts, uses);
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.trigger(label, &text),
            TerraformPrinter::Json(json) => json.template(label, &text),
            TerraformPrinter::Recorder(recorder) => {
                recorder.argument(label, Recorded::Expression(["\"", &text, "\""].concat()));
            }
        }
    }

    /// An argument over several lines, with text around its value.
    pub fn nested(&mut self, name: &str, around: [&str; 2], body: impl FnOnce(&mut Self)) {
        if !self.is_native() {
            let mut inline = Self {
                printer: TerraformPrinter::Native(Native::inline()),
                resources: None,
            };
            body(&mut inline);
            let text = std::mem::take(&mut inline.native().out);
            return self.bare(name, format_args!("{}{text}{}", around[0], around[1]));
        }
        self.native().start_nested(name, around[0]);
        body(self);
        self.native().end_nested(around[1]);
    }

    /// Returns the printer of expressions: the native syntax, in JSON too.
    fn native(&mut self) -> &mut Native {
        match &mut self.printer {
            TerraformPrinter::Native(native) => native,
            TerraformPrinter::Json(_) | TerraformPrinter::Recorder(_) => {
                unreachable!("an expression is written by a sink of its own")
            }
        }
    }

    /// A list or an object inside a value, a line an item.
    pub fn enclosed(&mut self, brackets: [&str; 2], body: impl FnOnce(&mut Self)) {
        self.native().start_enclosed(brackets[0]);
        body(self);
        self.native().end_enclosed(brackets[1]);
    }

    /// An item of an enclosed list.
    pub fn item(&mut self, body: impl FnOnce(&mut Self)) {
        self.native().margin();
        body(self);
        self.native().end_item();
    }

    /// Returns whether expressions of the native syntax are texts in quotes.
    pub fn is_json(&self) -> bool {
        matches!(self.printer, TerraformPrinter::Json(_))
    }

    /// Returns whether it writes lines of the native syntax.
    pub(crate) fn is_native(&self) -> bool {
        matches!(self.printer, TerraformPrinter::Native(_))
    }

    /// A list of JSON, an item a line; its items have no name.
    pub fn json_list(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        if let TerraformPrinter::Json(json) = &mut self.printer {
            json.open_list(name);
        }
        self.closed(body);
    }

    /// A number, `true`, `false` or `null` of JSON.
    pub fn json_scalar(&mut self, name: &str, text: &str) {
        if let TerraformPrinter::Json(json) = &mut self.printer {
            json.scalar(name, text);
        }
    }

    /// A value inside another, written as it is.
    pub fn inner_bare(&mut self, value: &str) {
        self.native().out.push_str(value);
    }

    /// A value inside another.
    pub fn inner(&mut self, value: impl Hcl) {
        value.hcl(&mut self.native().out);
    }

    /// A comment line below an empty one; JSON has none.
    pub fn comment(&mut self, text: &str) {
        if let TerraformPrinter::Native(native) = &mut self.printer {
            native.comment(text);
        }
    }
}

#[cfg(test)]
mod tests;
