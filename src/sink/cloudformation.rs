//! Sink of a template's properties, in either syntax.
//!
//! In: calls of kinds. Out: the text of a template. Pure.

mod json;
mod recorded;
mod scalars;
#[cfg(test)]
mod tests;
mod values;
mod yaml;

use std::collections::BTreeMap;
use std::sync::Arc;

use json::Json;
use recorded::PropertyRecorder;
pub use recorded::{Property, PropertyPart};
use yaml::Yaml;

use crate::blueprint::TemplateSyntax;
use crate::stack::{List, Value};

/// Text of a template, with the tags of the stack at hand.
#[derive(Debug)]
pub struct Properties {
    printer: TemplatePrinter,
    tags: BTreeMap<Arc<str>, Value>,
}

#[derive(Debug)]
enum TemplatePrinter {
    Json(Json),
    Yaml(Yaml),
    /// No text at all.
    Recorder(PropertyRecorder),
}

/// An object or a list.
#[derive(Clone, Copy, Debug)]
enum Container {
    Object,
    List,
}

/// A function of CloudFormation whose arguments are known here.
#[derive(Clone, Copy, Debug)]
enum Call<'a> {
    Ref(&'a str),
    Sub(&'a str),
    GetAtt(&'a str, &'a str),
}

/// Returns a key as it is written before its `:`.
pub(crate) fn yaml_key(name: &str) -> std::borrow::Cow<'_, str> {
    scalars::scalar(name)
}

impl Properties {
    pub(crate) fn new(syntax: TemplateSyntax, tags: BTreeMap<Arc<str>, Value>) -> Self {
        let printer = match syntax {
            TemplateSyntax::Json => TemplatePrinter::Json(Json::default()),
            TemplateSyntax::Yaml => TemplatePrinter::Yaml(Yaml::default()),
        };
        Self { printer, tags }
    }

    /// Keeps what a body writes as a tree.
    pub(crate) fn recorded(
        tags: BTreeMap<Arc<str>, Value>,
        body: impl FnOnce(&mut Self),
    ) -> Option<Property> {
        let mut out = Self {
            printer: TemplatePrinter::Recorder(PropertyRecorder::default()),
            tags,
        };
        out.inner_object(body);
        match out.printer {
            TemplatePrinter::Recorder(recorder) => recorder.root,
            TemplatePrinter::Json(_) | TemplatePrinter::Yaml(_) => None,
        }
    }

    /// Returns the length of the text. Unit: bytes.
    pub(crate) fn length(&self) -> usize {
        match &self.printer {
            TemplatePrinter::Json(json) => json.out.len(),
            TemplatePrinter::Yaml(yaml) => yaml.out.len(),
            TemplatePrinter::Recorder(_) => 0,
        }
    }

    pub(crate) fn into_text(self) -> String {
        let mut text = match self.printer {
            TemplatePrinter::Json(json) => json.out,
            TemplatePrinter::Yaml(yaml) => yaml.out,
            TemplatePrinter::Recorder(_) => String::new(),
        };
        text.push('\n');
        text
    }

    fn name(&mut self, name: &str) {
        match &mut self.printer {
            TemplatePrinter::Json(json) => json.name(name),
            TemplatePrinter::Yaml(yaml) => yaml.name(name),
            TemplatePrinter::Recorder(recorder) => recorder.name(name),
        }
    }

    fn item(&mut self) {
        match &mut self.printer {
            TemplatePrinter::Json(json) => json.item(),
            TemplatePrinter::Yaml(yaml) => yaml.item(),
            TemplatePrinter::Recorder(_) => {}
        }
    }

    fn string(&mut self, text: &str) {
        match &mut self.printer {
            TemplatePrinter::Json(json) => json.text(text),
            TemplatePrinter::Yaml(yaml) => yaml.text(text),
            TemplatePrinter::Recorder(recorder) => recorder.add(Property::Text(text.to_owned())),
        }
    }

    fn enclosed(&mut self, shape: Container, body: impl FnOnce(&mut Self)) {
        match &mut self.printer {
            TemplatePrinter::Json(json) => json.open(shape),
            TemplatePrinter::Yaml(yaml) => yaml.open(),
            TemplatePrinter::Recorder(recorder) => recorder.open(shape),
        }
        body(self);
        match &mut self.printer {
            TemplatePrinter::Json(json) => json.close(shape),
            TemplatePrinter::Yaml(yaml) => yaml.close(shape),
            TemplatePrinter::Recorder(recorder) => recorder.close(),
        }
    }

    fn call(&mut self, call: Call<'_>) {
        match &mut self.printer {
            TemplatePrinter::Json(json) => json.call(call),
            TemplatePrinter::Yaml(yaml) => yaml.call(call),
            TemplatePrinter::Recorder(_) => {
                unreachable!("a value is recorded by its parts")
            }
        }
    }

    pub fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.string(text);
    }

    pub fn number(&mut self, name: &str, number: impl std::fmt::Display) {
        self.plain(name, &number.to_string());
    }

    pub fn flag(&mut self, name: &str, flag: bool) {
        self.plain(name, if flag { "true" } else { "false" });
    }

    /// A number, a flag or null as JSON writes it.
    pub fn plain(&mut self, name: &str, json: &str) {
        self.name(name);
        self.inner_plain(json);
    }

    /// The same inside a list.
    pub fn inner_plain(&mut self, json: &str) {
        match &mut self.printer {
            TemplatePrinter::Json(printer) => printer.plain(json),
            TemplatePrinter::Yaml(printer) => printer.plain(json),
            TemplatePrinter::Recorder(recorder) => recorder.add(Property::Plain(json.to_owned())),
        }
    }

    pub fn value(&mut self, name: &str, value: &Value) {
        self.name(name);
        self.inner(value);
    }

    pub fn values(&mut self, name: &str, values: &[Value]) {
        self.items(name, values, Self::inner);
    }

    pub fn texts<T: AsRef<str>>(&mut self, name: &str, texts: &[T]) {
        self.items(name, texts, |out, text| out.string(text.as_ref()));
    }

    pub fn list(&mut self, name: &str, list: &List) {
        match list {
            List::Of(values) => self.values(name, values),
            List::One(value) => self.value(name, value),
        }
    }

    pub fn object(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        self.name(name);
        self.enclosed(Container::Object, body);
    }

    /// A list of objects.
    pub fn objects<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut body: impl FnMut(&mut Self, T),
    ) {
        self.items(name, items, |out, item| {
            out.inner_object(|out| body(out, item))
        });
    }

    /// An object of values.
    pub fn map<'v>(
        &mut self,
        name: &str,
        members: impl IntoIterator<Item = (impl AsRef<str>, &'v Value)>,
    ) {
        self.object(name, |out| {
            for (name, value) in members {
                out.value(name.as_ref(), value);
            }
        });
    }

    /// An object of texts.
    pub fn text_map(
        &mut self,
        name: &str,
        members: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
    ) {
        self.object(name, |out| {
            for (name, text) in members {
                out.text(name.as_ref(), text.as_ref());
            }
        });
    }

    /// A list of values of any shape.
    pub fn items<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        body: impl FnMut(&mut Self, T),
    ) {
        self.name(name);
        self.inner_items(items, body);
    }

    /// A list inside a list.
    pub fn inner_items<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut body: impl FnMut(&mut Self, T),
    ) {
        self.enclosed(Container::List, |out| {
            for item in items {
                out.item();
                body(out, item);
            }
        });
    }

    /// An object inside a list.
    pub fn inner_object(&mut self, body: impl FnOnce(&mut Self)) {
        self.enclosed(Container::Object, body);
    }

    pub fn tags(&mut self) {
        let tags = std::mem::take(&mut self.tags);
        self.objects("Tags", &tags, |out, (key, value)| {
            out.text("Key", key);
            out.value("Value", value);
        });
        self.tags = tags;
    }

    /// Tags with `Name` before them, unless the user has one.
    pub fn named_tags(&mut self, name: &Value) {
        let named = [(Arc::from("Name"), name.clone())];
        let tags = named.into_iter().chain(self.tags.clone()).collect();
        let own = std::mem::replace(&mut self.tags, tags);
        self.tags();
        self.tags = own;
    }

    /// The tags of what takes them by name.
    pub fn tag_map(&mut self) {
        let tags = std::mem::take(&mut self.tags);
        self.map("Tags", &tags);
        self.tags = tags;
    }
}
