//! Lists and mappings.

use super::escape::key;
use super::values::{Bare, Hcl};
use super::{Recorded, Terraform, TerraformPrinter};
use crate::stack::{Group, List, Value};

impl Terraform {
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
            List::Of(values) => push_list(&mut text, values.iter()),
        }
        self.bare(
            "for_each",
            format_args!("toset([for it in {text} : it if {condition}])"),
        );
    }

    /// One block an item of a group.
    pub fn each_of(&mut self, group: &Group) {
        self.bare("for_each", format_args!("local.{}", group.local));
        self.gap();
    }

    pub fn values(&mut self, name: &str, values: &[Value]) {
        self.on_one_line(name, values.iter());
    }

    pub fn texts<T: AsRef<str>>(&mut self, name: &str, texts: &[T]) {
        self.on_one_line(name, texts.iter().map(AsRef::as_ref));
    }

    /// Names of blocks that have to be there first, a line each.
    pub fn depends_on_each(&mut self, blocks: &[&str]) {
        if self.is_json() {
            return self.json_list("depends_on", |out| {
                blocks.iter().for_each(|block| out.attribute("", *block));
            });
        }
        self.nested("depends_on", ["", ""], |out| {
            out.enclosed(["[", "]"], |out| {
                for block in blocks {
                    out.item(|out| out.inner_bare(block));
                }
            });
        });
    }

    /// A list with a line an item, below an empty line.
    pub fn each_on_a_line<T: AsRef<str>>(&mut self, name: &str, texts: &[T]) {
        if !self.is_native() {
            return self.texts(name, texts);
        }
        self.gap();
        self.nested(name, ["", ""], |out| {
            out.enclosed(["[", "]"], |out| {
                for text in texts {
                    out.item(|out| out.inner(text.as_ref()));
                }
            });
        });
    }

    pub fn list(&mut self, name: &str, list: &List) {
        match list {
            List::Of(values) => self.values(name, values),
            List::One(value) => self.attribute(name, value),
        }
    }

    fn on_one_line(&mut self, name: &str, items: impl Iterator<Item = impl Hcl>) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => {
                let mut text = String::new();
                push_list(&mut text, items);
                native.spelt(name, &Bare(format_args!("{text}")));
            }
            TerraformPrinter::Json(json) => json.list(name, items),
            TerraformPrinter::Recorder(recorder) => {
                let items = items.map(|item| item.recorded()).collect();
                recorder.argument(name, Recorded::List(items));
            }
        }
    }

    /// A mapping with a line an entry, aligned.
    pub fn map(
        &mut self,
        name: &str,
        entries: impl IntoIterator<Item = (impl AsRef<str>, impl Hcl)>,
    ) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => {
                native.open_apart(&[name, " ="].concat());
                for (name, value) in entries {
                    native.spelt(&key(name.as_ref()), &value);
                }
                native.close();
            }
            TerraformPrinter::Json(json) => {
                json.open_map(name);
                for (name, value) in entries {
                    json.member(name.as_ref(), &value);
                }
                json.close();
            }
            TerraformPrinter::Recorder(recorder) => {
                recorder.open_map(name);
                for (name, value) in entries {
                    recorder.argument(name.as_ref(), value.recorded());
                }
                recorder.close();
            }
        }
    }

    /// A mapping whose entries are arguments.
    pub fn mapping(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.open_apart(&[name, " ="].concat()),
            TerraformPrinter::Json(json) => json.open_map(name),
            TerraformPrinter::Recorder(recorder) => recorder.open_map(name),
        }
        self.closed(body);
    }

    /// A mapping without an entry.
    pub fn empty_map(&mut self, name: &str) {
        if self.is_json() {
            return self.unaligned_map(name, |_| {});
        }
        self.bare(name, format_args!("{{}}"));
    }

    /// A mapping in which a longer key moves no other line: `terraform fmt` does not align `:`.
    pub fn unaligned_map(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.open_below(&[name, " ="].concat()),
            TerraformPrinter::Json(json) => json.open_map(name),
            TerraformPrinter::Recorder(recorder) => recorder.open_map(name),
        }
        self.closed(body);
    }

    /// An entry of an unaligned mapping inside a value, written as it is.
    pub fn bare_entry(&mut self, key: &str, value: &str) {
        self.native().entry(key, &Bare(format_args!("{value}")));
    }

    /// An entry of an unaligned mapping.
    pub fn entry(&mut self, key: &str, value: &impl Hcl) {
        match &mut self.printer {
            TerraformPrinter::Native(native) => native.entry(key, value),
            TerraformPrinter::Json(json) => json.member(key, value),
            TerraformPrinter::Recorder(recorder) => recorder.argument(key, value.recorded()),
        }
    }
}

fn push_list(out: &mut String, items: impl Iterator<Item = impl Hcl>) {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        item.hcl(out);
    }
    out.push(']');
}
