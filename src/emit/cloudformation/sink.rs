//! Where kinds write their properties.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::emit::{logical_id, pascal};
use crate::stack::{Attribute, List, Parameter, Spelling, Value};

/// JSON text of a template, with the tags of the stack at hand.
#[derive(Debug, Default)]
pub struct Properties {
    out: String,
    indent: usize,
    /// Something stands in this object or list already.
    has_content: bool,
    tags: BTreeMap<Arc<str>, Value>,
}

impl Properties {
    pub(super) fn new(tags: BTreeMap<Arc<str>, Value>) -> Self {
        Self { tags, ..Self::default() }
    }

    /// How much is written. Unit: bytes.
    pub(super) fn length(&self) -> usize {
        self.out.len()
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }

    fn separate(&mut self) {
        if self.has_content {
            self.out.push(',');
        }
        if self.indent > 0 {
            self.out.push('\n');
        }
        self.margin();
        self.has_content = true;
    }

    fn margin(&mut self) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
    }

    fn name(&mut self, name: &str) {
        self.separate();
        self.string(name);
        self.out.push_str(": ");
    }

    fn string(&mut self, text: &str) {
        self.out.push_str(&serde_json::Value::from(text).to_string());
    }

    fn enclosed(&mut self, brackets: [char; 2], body: impl FnOnce(&mut Self)) {
        self.out.push(brackets[0]);
        self.indent += 1;
        self.has_content = false;
        body(self);
        self.indent -= 1;
        if self.has_content {
            self.out.push('\n');
            self.margin();
        }
        self.has_content = true;
        self.out.push(brackets[1]);
    }

    /// The whole document.
    pub(super) fn document(&mut self, body: impl FnOnce(&mut Self)) {
        self.enclosed(['{', '}'], body);
        self.out.push('\n');
    }

    pub fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.string(text);
    }

    pub fn number(&mut self, name: &str, number: impl Into<u32>) {
        self.name(name);
        write!(self.out, "{}", number.into()).expect("writing to a String cannot fail");
    }

    /// A number of any size, as it is written.
    pub fn bare(&mut self, name: &str, number: std::fmt::Arguments<'_>) {
        self.name(name);
        self.out.write_fmt(number).expect("writing to a String cannot fail");
    }

    pub fn decimal(&mut self, name: &str, number: f64) {
        self.name(name);
        write!(self.out, "{number}").expect("writing to a String cannot fail");
    }

    pub fn flag(&mut self, name: &str, flag: bool) {
        self.name(name);
        self.out.push_str(if flag { "true" } else { "false" });
    }

    /// A number, a flag or null as JSON writes it.
    pub fn plain(&mut self, name: &str, json: &str) {
        self.name(name);
        self.out.push_str(json);
    }

    /// The same inside a list.
    pub fn inner_plain(&mut self, json: &str) {
        self.out.push_str(json);
    }

    pub fn value(&mut self, name: &str, value: &Value) {
        self.name(name);
        self.push_value(value);
    }

    pub fn values(&mut self, name: &str, values: &[Value]) {
        self.name(name);
        self.enclosed(['[', ']'], |out| {
            for value in values {
                out.separate();
                out.push_value(value);
            }
        });
    }

    pub fn texts<T: AsRef<str>>(&mut self, name: &str, texts: &[T]) {
        self.name(name);
        self.enclosed(['[', ']'], |out| {
            for text in texts {
                out.separate();
                out.string(text.as_ref());
            }
        });
    }

    pub fn list(&mut self, name: &str, list: &List) {
        match list {
            List::Of(values) => self.values(name, values),
            List::One(value) => self.value(name, value),
        }
    }

    pub fn object(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        self.name(name);
        self.enclosed(['{', '}'], body);
    }

    /// A list of objects.
    pub fn objects<T>(&mut self, name: &str, items: impl IntoIterator<Item = T>, mut body: impl FnMut(&mut Self, T)) {
        self.name(name);
        self.enclosed(['[', ']'], |out| {
            for item in items {
                out.separate();
                out.enclosed(['{', '}'], |out| body(out, item));
            }
        });
    }

    /// A list of values of any shape.
    pub fn items<T>(&mut self, name: &str, items: impl IntoIterator<Item = T>, body: impl FnMut(&mut Self, T)) {
        self.name(name);
        self.inner_items(items, body);
    }

    /// A list inside a list.
    pub fn inner_items<T>(&mut self, items: impl IntoIterator<Item = T>, mut body: impl FnMut(&mut Self, T)) {
        self.enclosed(['[', ']'], |out| {
            for item in items {
                out.separate();
                body(out, item);
            }
        });
    }

    /// An object inside a list.
    pub fn inner_object(&mut self, body: impl FnOnce(&mut Self)) {
        self.enclosed(['{', '}'], body);
    }

    /// A value inside a list.
    pub fn inner(&mut self, value: &Value) {
        self.push_value(value);
    }

    pub fn tags(&mut self) {
        let tags = self.tags.clone();
        self.objects("Tags", &tags, |out, (key, value)| {
            out.text("Key", key);
            out.value("Value", value);
        });
    }

    /// The tags of what takes them by name.
    pub fn tag_map(&mut self) {
        let tags = self.tags.clone();
        self.object("Tags", |out| tags.iter().for_each(|(key, value)| out.value(key, value)));
    }

    fn push_value(&mut self, value: &Value) {
        match value {
            Value::Literal(text) => self.string(text),
            Value::Input(name) => self.call("Ref", &pascal(name)),
            Value::Pseudo(name) => self.call("Ref", name),
            Value::Here(here, _) => self.call("Ref", here.pseudo()),
            Value::Parameter { label, .. } => self.call("Ref", &logical_id(&Parameter::address(label))),
            Value::Attribute(attribute) => match attribute.cloudformation {
                Spelling::Ref => self.call("Ref", &logical_id(&attribute.of)),
                Spelling::GetAtt(name) => {
                    let id = logical_id(&attribute.of);
                    self.out.push_str("{\"Fn::GetAtt\": [");
                    self.string(&id);
                    self.out.push_str(", ");
                    self.string(name);
                    self.out.push_str("]}");
                }
            },
            Value::Text(parts) => {
                let mut template = String::new();
                push_template(&mut template, parts);
                if parts.iter().all(|part| part.deploy_time().is_empty()) {
                    let plain: String = literals(parts);
                    self.string(&plain);
                } else {
                    self.call("Fn::Sub", &template);
                }
            }
            Value::Joined(list) => {
                self.out.push_str("{\"Fn::Join\": [\",\", ");
                self.push_value(list);
                self.out.push_str("]}");
            }
            Value::Expression(text) => unreachable!("`{text}` is Terraform's; `plan` refuses it for CloudFormation"),
        }
    }

    fn call(&mut self, function: &str, argument: &str) {
        self.out.extend(["{\"", function, "\": "]);
        self.string(argument);
        self.out.push('}');
    }
}

fn literals(parts: &[Value]) -> String {
    let text = |part: &Value| match part {
        Value::Literal(text) => text.to_string(),
        Value::Text(parts) => literals(parts),
        Value::Input(_) | Value::Expression(_) | Value::Attribute(_) | Value::Pseudo(_) | Value::Here(..) | Value::Parameter { .. } => {
            String::new()
        }
        Value::Joined(_) => String::new(),
    };
    parts.iter().map(text).collect()
}

/// The text of an `Fn::Sub`.
///
/// Source: AWS, "Fn::Sub": a literal `${` is written `${!`, <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html>.
fn push_template(out: &mut String, parts: &[Value]) {
    for part in parts {
        match part {
            Value::Literal(text) => {
                // The marker may be split over two parts; only a literal ends with its start.
                let is_split = out.ends_with('$') && text.starts_with('{');
                out.push_str(if is_split { "{!" } else { "" });
                out.push_str(&text[usize::from(is_split)..].replace("${", "${!"));
            }
            Value::Input(name) => out.extend(["${", &pascal(name), "}"]),
            Value::Pseudo(name) => out.extend(["${", name, "}"]),
            Value::Here(here, _) => out.extend(["${", here.pseudo(), "}"]),
            Value::Parameter { label, .. } => out.extend(["${", &logical_id(&Parameter::address(label)), "}"]),
            Value::Attribute(Attribute { of, cloudformation, .. }) => match cloudformation {
                Spelling::Ref => out.extend(["${", &logical_id(of), "}"]),
                Spelling::GetAtt(name) => out.extend(["${", &logical_id(of), ".", name, "}"]),
            },
            Value::Text(parts) => push_template(out, parts),
            Value::Joined(_) => unreachable!("a joined list is never a part of a text"),
            Value::Expression(text) => unreachable!("`{text}` is Terraform's; `plan` refuses it for CloudFormation"),
        }
    }
}
