//! JSON whose parts several models may share, and whose size is known without writing it.
//!
//! In: members and items. Out: the same as `serde_json::Value`, on request. Pure.

use std::borrow::Cow;
use std::io;
use std::rc::Rc;

use serde_json::{Map, Value};

/// A value of a model. A copy of it costs nothing where it is large.
#[derive(Clone, Debug)]
pub(crate) enum ModelJson {
    Value(Value),
    Object(Object),
    List(Rc<[ModelJson]>, usize),
}

impl ModelJson {
    pub(crate) fn list(items: Vec<Object>) -> Self {
        let items: Vec<ModelJson> = items.into_iter().map(ModelJson::Object).collect();
        let bytes = items
            .iter()
            .fold(0, |sum: usize, item| sum.saturating_add(item.bytes()));
        let bytes = bytes.saturating_add(around(items.len()));
        Self::List(items.into(), bytes)
    }

    /// Size as compact JSON; at most `usize::MAX`.
    fn bytes(&self) -> usize {
        match self {
            Self::Value(value) => written(value),
            Self::Object(object) => object.bytes(),
            Self::List(_, bytes) => *bytes,
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Object(object) => Value::Object(object.to_map()),
            Self::List(items, _) => Value::Array(items.iter().map(Self::to_value).collect()),
        }
    }
}

impl From<Value> for ModelJson {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// An object of a model. Members keep the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    members: Rc<Vec<(Cow<'static, str>, ModelJson)>>,
    /// Size of all members without the brackets and commas around them.
    content: usize,
}

impl Object {
    pub(crate) fn of<const N: usize>(members: [(&'static str, ModelJson); N]) -> Self {
        Self::from_distinct(members.map(|(name, member)| (name.into(), member)).into())
    }

    /// Puts a member in, where one of that name was if there was one.
    pub(crate) fn insert(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        member: impl Into<ModelJson>,
    ) {
        let (name, member) = (name.into(), member.into());
        let bytes = member.bytes();
        let members = Rc::make_mut(&mut self.members);
        match members.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => {
                self.content = (self.content - known.bytes()).saturating_add(bytes);
                *known = member;
            }
            None => {
                self.content = self
                    .content
                    .saturating_add(written_text(&name) + 1)
                    .saturating_add(bytes);
                members.push((name, member));
            }
        }
    }

    /// Puts members in whose names are all different, and of which none is there.
    pub(crate) fn from_distinct(members: Vec<(Cow<'static, str>, ModelJson)>) -> Self {
        let size = |(name, member): &(Cow<'static, str>, ModelJson)| {
            (written_text(name) + 1).saturating_add(member.bytes())
        };
        let content = members
            .iter()
            .fold(0, |sum: usize, member| sum.saturating_add(size(member)));
        Self {
            members: Rc::new(members),
            content,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&ModelJson> {
        self.members
            .iter()
            .find(|(known, _)| **known == *name)
            .map(|(_, member)| member)
    }

    /// A member that holds no schemas.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        if let ModelJson::Value(value) = self.get(name)? {
            Some(value)
        } else {
            None
        }
    }

    /// The schemas in a member.
    pub(crate) fn list(&self, name: &str) -> &[ModelJson] {
        if let Some(ModelJson::List(items, _)) = self.get(name) {
            items
        } else {
            &[]
        }
    }

    /// Size as compact JSON; at most `usize::MAX`.
    pub(crate) fn bytes(&self) -> usize {
        self.content.saturating_add(around(self.members.len()))
    }

    pub(crate) fn to_map(&self) -> Map<String, Value> {
        self.members
            .iter()
            .map(|(name, member)| (name.clone().into_owned(), member.to_value()))
            .collect()
    }
}

/// Size of the brackets around so many parts, and of the commas between them.
fn around(parts: usize) -> usize {
    2 + parts.saturating_sub(1)
}

/// Size of a value as compact JSON.
fn written(value: &Value) -> usize {
    match value {
        Value::String(text) => written_text(text),
        Value::Bool(true) | Value::Null => 4,
        Value::Bool(false) => 5,
        Value::Array(items) => items.iter().map(written).sum::<usize>() + around(items.len()),
        Value::Number(_) | Value::Object(_) => counted(value),
    }
}

/// Size of a text as JSON.
fn written_text(text: &str) -> usize {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        text.len() + 2
    } else {
        counted(&text)
    }
}

/// Size of a value as the one JSON writer writes it.
fn counted(value: &impl serde::Serialize) -> usize {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, value).expect("counting cannot fail, and keys are text");
    counter.0
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ModelJson, Object};

    #[test]
    fn a_size_is_that_of_what_is_written() {
        let values = [
            json!({"a\"b": [1, 2.5e300, -0.0], "\u{1}\n": null}),
            json!("ä\\\u{7f}"),
            json!([]),
            json!([true, false, "x"]),
            json!({}),
        ];
        let mut object = Object::default();
        for (index, value) in values.into_iter().enumerate() {
            object.insert(format!("\t{index}"), value);
            object.insert("type", json!(index * 1000));
            let other = Object::from_distinct(vec![(
                "list".into(),
                ModelJson::list(vec![object.clone(), Object::default(), object.clone()]),
            )]);
            assert_eq!(
                Value::Object(object.to_map()).to_string().len(),
                object.bytes()
            );
            assert_eq!(
                Value::Object(other.to_map()).to_string().len(),
                other.bytes()
            );
        }
        assert_eq!(Object::default().bytes(), 2);
    }
}
