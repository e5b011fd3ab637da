//! A state of a stack as data, and its files with the line of every part.
//! In: a blueprint and a description as JSON values. Out: texts, as YAML or JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::diff::Texts;

/// A blueprint and a description.
#[derive(Clone)]
pub(super) struct Inputs {
    pub(super) blueprint: Value,
    pub(super) description: Value,
    /// Files beside them.
    pub(super) others: Arc<Texts>,
    pub(super) is_json: bool,
    pub(super) has_comments: bool,
}

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    Blueprint,
    Description,
}

/// A place as the mutation knows it: a pointer, of which the nearest part that is there counts.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) file: File,
    pub(super) pointer: String,
}

impl Spot {
    pub(super) fn blueprint(pointer: impl Into<String>) -> Self {
        Self {
            file: File::Blueprint,
            pointer: pointer.into(),
        }
    }

    pub(super) fn description(pointer: impl Into<String>) -> Self {
        Self {
            file: File::Description,
            pointer: pointer.into(),
        }
    }
}

/// The files of a state, and the lines of both.
pub(super) struct Written {
    pub(super) texts: Texts,
    lines: [BTreeMap<String, u32>; 2],
    spec: &'static str,
}

impl Written {
    /// File and line of a place; `None` where not even a part above it has a line.
    pub(super) fn line(&self, spot: &Spot) -> (String, u32) {
        let name = match spot.file {
            File::Blueprint => "gwgen.yaml",
            File::Description => self.spec,
        };
        let lines = &self.lines[spot.file as usize];
        let mut pointer = &*spot.pointer;
        while !lines.contains_key(pointer) {
            let Some((above, _)) = pointer.rsplit_once('/') else {
                return (name.to_owned(), 1);
            };
            pointer = above;
        }
        (name.to_owned(), lines[pointer])
    }
}

impl Inputs {
    pub(super) fn written(&self) -> Written {
        let spec = if self.is_json {
            "openapi.json"
        } else {
            "openapi.yaml"
        };
        let mut blueprint = self.blueprint.clone();
        blueprint["spec"] = spec.into();
        let [one, other] = [&blueprint, &self.description].map(|value| {
            let mut writer = Writer {
                has_comments: self.has_comments && !self.is_json,
                ..Writer::default()
            };
            if self.is_json {
                writer.json(value, "", 0);
            } else {
                writer.yaml(value, "", 0);
            }
            (writer.text + "\n", writer.lines)
        });
        let mut texts = Texts::clone(&self.others);
        texts.insert("gwgen.yaml".to_owned(), one.0);
        texts.insert(spec.to_owned(), other.0);
        Written {
            texts,
            lines: [one.1, other.1],
            spec,
        }
    }
}

/// Text with the line of every pointer.
#[derive(Default)]
struct Writer {
    text: String,
    lines: BTreeMap<String, u32>,
    /// Count of line breaks so far.
    breaks: u32,
    has_comments: bool,
}

impl Writer {
    fn new_line(&mut self, indent: usize) {
        if !self.text.is_empty() {
            self.text.push('\n');
            self.breaks += 1;
        }
        self.text.push_str(&" ".repeat(indent));
    }

    fn mark(&mut self, pointer: &str, further: u32) {
        self.lines
            .insert(pointer.to_owned(), self.breaks + 1 + further);
    }

    /// Block style, with every text in quotes.
    fn yaml(&mut self, value: &Value, at: &str, indent: usize) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                for (key, value) in members {
                    if self.has_comments && indent < 4 {
                        self.new_line(indent);
                        self.text.push_str("# A comment: \"of\" a member.");
                    }
                    self.new_line(indent);
                    let pointer = child(at, key);
                    self.mark(&pointer, 0);
                    self.text.push_str(&format!("{}:", Value::from(&**key)));
                    self.yaml(value, &pointer, indent + 2);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    self.new_line(indent);
                    self.text.push('-');
                    let pointer = child(at, &index.to_string());
                    let is_below = matches!(item, Value::Object(members) if !members.is_empty())
                        || matches!(item, Value::Array(items) if !items.is_empty());
                    self.mark(&pointer, u32::from(is_below));
                    self.yaml(item, &pointer, indent + 2);
                }
            }
            scalar => self.text.push_str(&format!(" {scalar}")),
        }
    }

    /// A member or an item a line.
    fn json(&mut self, value: &Value, at: &str, indent: usize) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                self.text.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { "," });
                    self.new_line(indent + 2);
                    let pointer = child(at, key);
                    self.mark(&pointer, 0);
                    self.text.push_str(&format!("{}: ", Value::from(&**key)));
                    self.json(value, &pointer, indent + 2);
                }
                self.new_line(indent);
                self.text.push('}');
            }
            Value::Array(items) if !items.is_empty() => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { "," });
                    self.new_line(indent + 2);
                    let pointer = child(at, &index.to_string());
                    self.mark(&pointer, 0);
                    self.json(item, &pointer, indent + 2);
                }
                self.new_line(indent);
                self.text.push(']');
            }
            scalar => self.text.push_str(&scalar.to_string()),
        }
    }
}

/// A pointer one step further.
pub(super) fn child(at: &str, token: &str) -> String {
    format!("{at}/{}", token.replace('~', "~0").replace('/', "~1"))
}

/// Sets a part of a document; `null` takes it away.
pub(super) fn set(document: &mut Value, pointer: &str, value: &Value) {
    let (above, last) = pointer.rsplit_once('/').unwrap();
    let mut at = document;
    for token in above.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        at = match at {
            Value::Array(items) => &mut items[token.parse::<usize>().unwrap()],
            _ if value.is_null() && at.get(&token).is_none() => return,
            other => {
                if !other.is_object() {
                    *other = Value::Object(Map::new());
                }
                let members = other.as_object_mut().unwrap();
                members
                    .entry(token)
                    .or_insert_with(|| Value::Object(Map::new()))
            }
        };
    }
    let last = last.replace("~1", "/").replace("~0", "~");
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    let members = at.as_object_mut().unwrap();
    if value.is_null() {
        members.shift_remove(&last);
    } else {
        members.insert(last, value.clone());
    }
}

/// Lays members over those of a document (RFC 7396).
pub(super) fn merge(document: &mut Value, over: &Value) {
    let Value::Object(members) = over else {
        *document = over.clone();
        return;
    };
    if !document.is_object() {
        *document = Value::Object(Map::new());
    }
    let own = document.as_object_mut().unwrap();
    for (key, value) in members {
        if value.is_null() {
            own.shift_remove(key);
        } else {
            merge(own.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// JSON of a table.
pub(super) fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}
