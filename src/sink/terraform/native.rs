//! Blocks in Terraform's native syntax, as `terraform fmt` spells them.
//!
//! In: what a kind writes. Out: the text of a file. Pure.
//! A run of attributes is held back to align its `=`; nothing else is.

use std::ops::Range;

use super::escape::{END, push_marked, quoted};
use super::values::Hcl;
use super::{MethodBlock, push_margin};
use crate::stack::Value;

/// Text of a file, and the run of attributes that waits to be aligned.
#[derive(Debug, Default)]
pub(crate) struct Native {
    pub(crate) out: String,
    indent: usize,
    /// The block has content already.
    pub(crate) has_content: bool,
    run: Vec<(Range<usize>, Range<usize>)>,
    /// Names and values of the run.
    waiting: String,
    /// An expression that goes into a JSON text, on one line.
    is_inline: bool,
}

impl Native {
    pub(crate) fn inline() -> Self {
        Self {
            is_inline: true,
            ..Self::default()
        }
    }

    /// A block at the root of a file.
    pub(crate) fn head(&mut self, header: &[&str]) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(header[0]);
        for label in &header[1..] {
            self.out.push(' ');
            quoted(&mut self.out, label);
        }
        self.open();
    }

    fn open(&mut self) {
        self.out.push_str(" {\n");
        self.indent += 1;
        self.has_content = false;
    }

    pub(crate) fn close(&mut self) {
        self.flush();
        self.indent -= 1;
        self.has_content = true;
        self.margin();
        self.out.push_str("}\n");
    }

    /// A block or mapping below an empty line.
    pub(crate) fn open_apart(&mut self, name: &str) {
        self.gap();
        self.open_below(name);
    }

    /// The same without one.
    pub(crate) fn open_below(&mut self, name: &str) {
        self.flush();
        self.margin();
        self.out.push_str(name);
        self.open();
    }

    /// An argument, aligned with those around it.
    pub(crate) fn spelt(&mut self, name: &str, value: &impl Hcl) {
        let start = self.waiting.len();
        self.waiting.push_str(name);
        let middle = self.waiting.len();
        match value.lines().filter(|_| !self.is_inline) {
            Some(lines) => self.heredoc(lines),
            None => value.hcl(&mut self.waiting),
        }
        self.run.push((start..middle, middle..self.waiting.len()));
    }

    /// A heredoc as a value of the run; `terraform fmt` aligns what stands before and behind it.
    fn heredoc(&mut self, lines: &str) {
        let out = &mut self.waiting;
        out.extend(["<<-", END, "\n"]);
        for line in lines.split_terminator('\n') {
            if !line.is_empty() {
                push_margin(out, self.indent + 1);
                push_marked(out, line);
            }
            out.push('\n');
        }
        push_margin(out, self.indent);
        out.push_str(END);
    }

    /// An entry of an unaligned mapping.
    pub(crate) fn entry(&mut self, key: &str, value: &impl Hcl) {
        self.margin();
        quoted(&mut self.out, key);
        self.out.push_str(" : ");
        value.hcl(&mut self.out);
        self.out.push('\n');
    }

    pub(crate) fn trigger(&mut self, label: &str, text: &str) {
        self.margin();
        quoted(&mut self.out, label);
        self.out.extend([" : \"", text, "\"\n"]);
    }

    /// The name of an argument over several lines, and the text before its value.
    pub(crate) fn start_nested(&mut self, name: &str, before: &str) {
        self.flush();
        self.margin();
        self.out.extend([name, " = ", before]);
    }

    pub(crate) fn end_nested(&mut self, after: &str) {
        self.out
            .extend([after, if self.is_inline { ", " } else { "\n" }]);
        self.has_content = true;
    }

    pub(crate) fn start_enclosed(&mut self, bracket: &str) {
        self.out
            .extend([bracket, if self.is_inline { "" } else { "\n" }]);
        self.indent += 1;
    }

    pub(crate) fn end_enclosed(&mut self, bracket: &str) {
        self.flush();
        self.indent -= 1;
        self.margin();
        if self.is_inline && self.out.ends_with(", ") {
            self.out.truncate(self.out.len() - ", ".len());
        }
        self.out.push_str(bracket);
    }

    pub(crate) fn end_item(&mut self) {
        self.out.push_str(if self.is_inline { ", " } else { ",\n" });
    }

    /// A comment line below an empty one.
    pub(crate) fn comment(&mut self, text: &str) {
        self.gap();
        self.margin();
        self.out.extend(["# ", text, "\n"]);
    }

    /// Ends the run, and adds an empty line where the block has content.
    pub(crate) fn gap(&mut self) {
        self.flush();
        if self.has_content {
            self.out.push('\n');
        }
        self.has_content = true;
    }

    pub(crate) fn margin(&mut self) {
        push_margin(&mut self.out, if self.is_inline { 0 } else { self.indent });
    }

    pub(crate) fn flush(&mut self) {
        let names = self.run.iter().map(|(name, _)| &self.waiting[name.clone()]);
        let Some(width) = names.map(width_of).max() else {
            return;
        };
        for (name, value) in self.run.drain(..) {
            let name = &self.waiting[name];
            if self.is_inline {
                self.out.extend([name, " = ", &self.waiting[value], ", "]);
                continue;
            }
            push_margin(&mut self.out, self.indent);
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

/// Returns the state of a route in a deployment, as the inside of a template.
pub(crate) fn trigger(digest: &str, label: &str, parts: &[MethodBlock], uses: &[Value]) -> String {
    let mut text = String::with_capacity(96);
    text.push_str(digest);
    for (kind, ending) in parts {
        text.extend([" ${", kind, ".", label, ending, ".id}"]);
    }
    for value in uses {
        text.push_str(" ${");
        value.hcl(&mut text);
        text.push('}');
    }
    text
}

fn width_of(name: &str) -> usize {
    if name.is_ascii() {
        name.len()
    } else {
        name.chars().count()
    }
}
