//! Where kinds write their blocks.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;
use std::ops::Range;

use super::escape::{is_identifier, push_escaped, quoted};
use crate::aws::Part;
use crate::stack::{Attribute, Label, List, Names, Value};

/// Text of a file, and the run of attributes that waits to be aligned.
#[derive(Debug, Default)]
pub struct Terraform {
    out: String,
    indent: usize,
    /// Something stands in this block already.
    has_content: bool,
    run: Vec<(Range<usize>, Range<usize>)>,
    /// Names and values of the run.
    waiting: String,
}

/// What can stand behind a `=`.
pub trait Hcl {
    fn hcl(&self, out: &mut String);
}

impl Hcl for str {
    fn hcl(&self, out: &mut String) {
        quoted(out, self);
    }
}

impl Hcl for String {
    fn hcl(&self, out: &mut String) {
        quoted(out, self);
    }
}

impl Hcl for std::sync::Arc<str> {
    fn hcl(&self, out: &mut String) {
        quoted(out, self);
    }
}

impl<T: Hcl + ?Sized> Hcl for &T {
    fn hcl(&self, out: &mut String) {
        (*self).hcl(out);
    }
}

macro_rules! displayed {
    ($($type:ty),*) => {
        $(impl Hcl for $type {
            fn hcl(&self, out: &mut String) {
                write!(out, "{self}").expect("writing to a String cannot fail");
            }
        })*
    };
}

displayed!(bool, u16, u32);

impl Hcl for Attribute {
    fn hcl(&self, out: &mut String) {
        out.extend([self.of.names.terraform, ".", self.of.label.as_str(), ".", self.terraform]);
    }
}

impl Hcl for Value {
    fn hcl(&self, out: &mut String) {
        match self {
            Self::Literal(text) => quoted(out, text),
            Self::Input(name) => out.extend(["var.", name]),
            Self::Expression(text) => out.push_str(text),
            Self::Attribute(attribute) => attribute.hcl(out),
            Self::Here(here, api) => {
                let index = here.index();
                write!(out, "split(\":\", {}.{}.execution_arn)[{index}]", api.names.terraform, api.label)
                    .expect("writing to a String cannot fail");
            }
            Self::Parameter { label, is_list } => {
                let (before, after) = if *is_list { ("split(\",\", ", ")") } else { ("", "") };
                write!(out, "{before}data.aws_ssm_parameter.{label}.insecure_value{after}").expect("writing to a String cannot fail");
            }
            Self::Pseudo(name) => unreachable!("{name} is CloudFormation's"),
            Self::Joined(list) => {
                out.push_str("join(\",\", ");
                list.hcl(out);
                out.push(')');
            }
            Self::Text(parts) => {
                out.push('"');
                push_template(out, parts);
                out.push('"');
            }
        }
    }
}

/// The inside of a quoted template.
fn push_template(out: &mut String, parts: &[Value]) {
    let mut held = String::new();
    push_parts(out, parts, &mut held);
    push_escaped(out, &held);
}

/// Writes parts; text that ends with the start of a marker is held until it is known what follows.
fn push_parts(out: &mut String, parts: &[Value], held: &mut String) {
    const STARTS: [char; 2] = ['$', '%'];
    for part in parts {
        match part {
            Value::Text(inner) => push_parts(out, inner, held),
            Value::Literal(text) if held.is_empty() && !text.ends_with(STARTS) => push_escaped(out, text),
            Value::Literal(text) => {
                held.push_str(text);
                if !held.ends_with(STARTS) {
                    push_escaped(out, held);
                    held.clear();
                }
            }
            part => {
                // Right before an interpolation they would read as its escape.
                let starts = held.trim_end_matches(STARTS).len();
                push_escaped(out, &held[..starts]);
                if starts < held.len() {
                    out.extend(["${\"", &held[starts..], "\"}"]);
                }
                held.clear();
                out.push_str("${");
                part.hcl(out);
                out.push('}');
            }
        }
    }
}

impl Terraform {
    pub fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes), ..Self::default() }
    }

    pub fn into_text(self) -> String {
        self.out
    }

    pub(super) fn text(&self) -> &str {
        &self.out
    }

    /// Goes on behind a text, with the room that the last one took.
    pub(super) fn resume(&mut self, text: &str) {
        self.out.clear();
        self.out.push_str(text);
        self.has_content = true;
    }

    /// A resource block of a kind.
    pub fn resource(&mut self, names: &Names, label: &Label, body: impl FnOnce(&mut Self)) {
        self.block_of(names.terraform, label.as_str(), body);
    }

    /// A resource block of a Terraform type.
    pub fn block_of(&mut self, kind: &str, label: &str, body: impl FnOnce(&mut Self)) {
        self.labelled(&["resource", kind, label], body);
    }

    /// A top-level block with labels.
    pub fn labelled(&mut self, header: &[&str], body: impl FnOnce(&mut Self)) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(header[0]);
        for label in &header[1..] {
            self.out.push(' ');
            quoted(&mut self.out, label);
        }
        self.braces(body);
    }

    fn braces(&mut self, body: impl FnOnce(&mut Self)) {
        self.out.push_str(" {\n");
        self.indent += 1;
        self.has_content = false;
        body(self);
        self.flush();
        self.indent -= 1;
        self.has_content = true;
        self.margin();
        self.out.push_str("}\n");
    }

    /// A block in the current one.
    pub fn block(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        self.gap();
        self.margin();
        self.out.push_str(name);
        self.braces(body);
    }

    /// A block right below a comment of its own.
    pub fn block_below(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        self.flush();
        self.margin();
        self.out.push_str(name);
        self.braces(body);
    }

    /// An argument on one line.
    pub fn attribute(&mut self, name: &str, value: impl Hcl) {
        self.spelt(|it| it.push_str(name), value);
    }

    fn spelt(&mut self, name: impl FnOnce(&mut String), value: impl Hcl) {
        let start = self.waiting.len();
        name(&mut self.waiting);
        let middle = self.waiting.len();
        value.hcl(&mut self.waiting);
        self.run.push((start..middle, middle..self.waiting.len()));
    }

    /// An argument whose value is an expression around another value.
    pub fn applied(&mut self, name: &str, [before, after]: [&str; 2], value: &Value) {
        let mut text = String::new();
        value.hcl(&mut text);
        self.bare(name, format_args!("{before}{text}{after}"));
    }

    /// An argument whose value is written as it is.
    pub fn bare(&mut self, name: &str, value: fmt::Arguments<'_>) {
        struct Bare<'a>(fmt::Arguments<'a>);
        impl Hcl for Bare<'_> {
            fn hcl(&self, out: &mut String) {
                out.write_fmt(self.0).expect("writing to a String cannot fail");
            }
        }
        self.attribute(name, Bare(value));
    }

    pub fn tags(&mut self) {
        self.bare("tags", format_args!("local.tags"));
    }

    /// One block an item of a list that is known at deploy time.
    pub fn each(&mut self, list: &Value) {
        let mut text = String::new();
        list.hcl(&mut text);
        self.bare("for_each", format_args!("toset({text})"));
    }

    /// The same for those items, each as `it`, of which a condition holds.
    pub fn each_that(&mut self, list: &List, condition: &str) {
        let mut text = String::new();
        match list {
            List::One(value) => value.hcl(&mut text),
            List::Of(values) => {
                text.push('[');
                for (index, value) in values.iter().enumerate() {
                    text.push_str(if index > 0 { ", " } else { "" });
                    value.hcl(&mut text);
                }
                text.push(']');
            }
        }
        self.bare("for_each", format_args!("toset([for it in {text} : it if {condition}])"));
    }

    pub fn values(&mut self, name: &str, values: &[Value]) {
        self.on_one_line(name, values.iter());
    }

    pub fn texts<T: AsRef<str>>(&mut self, name: &str, texts: &[T]) {
        self.on_one_line(name, texts.iter().map(AsRef::as_ref));
    }

    pub fn list(&mut self, name: &str, list: &List) {
        match list {
            List::Of(values) => self.values(name, values),
            List::One(value) => self.attribute(name, value),
        }
    }

    fn on_one_line(&mut self, name: &str, items: impl Iterator<Item = impl Hcl>) {
        let mut text = String::from("[");
        for (index, item) in items.enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            item.hcl(&mut text);
        }
        text.push(']');
        self.bare(name, format_args!("{text}"));
    }

    /// A mapping with a line an entry, aligned.
    pub fn map<'a, V: Hcl>(&mut self, name: &str, entries: impl IntoIterator<Item = (&'a str, V)>) {
        self.gap();
        self.margin();
        self.out.push_str(name);
        self.out.push_str(" =");
        self.braces(|out| {
            for (key, value) in entries {
                out.spelt(|it| if is_identifier(key) { it.push_str(key) } else { quoted(it, key) }, value);
            }
        });
    }

    /// A mapping in which a longer key moves no other line: `terraform fmt` does not align `:`.
    pub fn unaligned_map(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        self.flush();
        self.margin();
        self.out.push_str(name);
        self.out.push_str(" =");
        self.braces(body);
    }

    /// An entry of an unaligned mapping.
    pub fn entry(&mut self, key: &str, value: &Value) {
        self.margin();
        quoted(&mut self.out, key);
        self.out.push_str(" : ");
        value.hcl(&mut self.out);
        self.out.push('\n');
    }

    /// What a deployment remembers of a route: its digest, its parts and what they use, in one string.
    pub fn trigger(&mut self, label: &str, digest: &str, parts: &[Part], uses: &[Value]) {
        self.margin();
        quoted(&mut self.out, label);
        self.out.extend([" : \"", digest]);
        for (kind, ending) in parts {
            self.out.extend([" ${", kind, ".", label, ending, ".id}"]);
        }
        for value in uses {
            self.out.push_str(" ${");
            value.hcl(&mut self.out);
            self.out.push('}');
        }
        self.out.push_str("\"\n");
    }

    /// An argument over several lines: what stands around the value, and what writes it.
    pub fn nested(&mut self, name: &str, around: [&str; 2], body: impl FnOnce(&mut Self)) {
        self.flush();
        self.margin();
        self.out.extend([name, " = ", around[0]]);
        body(self);
        self.out.extend([around[1], "\n"]);
        self.has_content = true;
    }

    /// A list or an object inside a value, a line an item.
    pub fn enclosed(&mut self, brackets: [&str; 2], body: impl FnOnce(&mut Self)) {
        self.out.extend([brackets[0], "\n"]);
        self.indent += 1;
        body(self);
        self.flush();
        self.indent -= 1;
        self.margin();
        self.out.push_str(brackets[1]);
    }

    /// An item of an enclosed list.
    pub fn item(&mut self, body: impl FnOnce(&mut Self)) {
        self.margin();
        body(self);
        self.out.push_str(",\n");
    }

    /// An entry of an enclosed object, whose key may be any text and whose value is written as it is.
    pub fn keyed(&mut self, key: &str, value: &str) {
        let name = key_of(key);
        self.bare(&name, format_args!("{value}"));
    }

    /// The same over several lines.
    pub fn keyed_nested(&mut self, key: &str, body: impl FnOnce(&mut Self)) {
        let name = key_of(key);
        self.nested(&name, ["", ""], body);
    }

    /// A text as it is written behind a `=`.
    pub fn literal(text: &str) -> String {
        let mut out = String::new();
        quoted(&mut out, text);
        out
    }

    /// A value inside another, written as it is.
    pub fn inner_bare(&mut self, value: &str) {
        self.out.push_str(value);
    }

    /// A value inside another.
    pub fn inner(&mut self, value: impl Hcl) {
        value.hcl(&mut self.out);
    }

    /// A comment line, apart from what stands before it.
    pub fn comment(&mut self, text: &str) {
        self.gap();
        self.margin();
        self.out.extend(["# ", text, "\n"]);
    }

    /// A line as it is.
    pub fn line(&mut self, text: &str) {
        self.flush();
        self.margin();
        self.out.extend([text, "\n"]);
        self.has_content = true;
    }

    /// Ends the run, and puts an empty line behind what stands in the block.
    fn gap(&mut self) {
        self.flush();
        if self.has_content {
            self.out.push('\n');
        }
        self.has_content = true;
    }

    fn margin(&mut self) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
    }

    fn flush(&mut self) {
        let Some(width) = self.run.iter().map(|(name, _)| width_of(&self.waiting[name.clone()])).max() else { return };
        for (name, value) in self.run.drain(..) {
            let name = &self.waiting[name];
            for _ in 0..self.indent {
                self.out.push_str("  ");
            }
            self.out.push_str(name);
            for _ in width_of(name)..width {
                self.out.push(' ');
            }
            self.out.extend([" = ", &self.waiting[value], "\n"]);
        }
        self.waiting.clear();
        self.has_content = true;
    }
}

/// A key of an object, in quotes where it needs some.
fn key_of(key: &str) -> Cow<'_, str> {
    if is_identifier(key) { key.into() } else { Terraform::literal(key).into() }
}

fn width_of(name: &str) -> usize {
    if name.is_ascii() { name.len() } else { name.chars().count() }
}

#[cfg(test)]
mod tests;
