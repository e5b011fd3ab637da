//! A part of a blueprint's tree, with its pointer from the root.
//! In: a tree of JSON. Out: its parts, each with its pointer. Pure.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use crate::source::pointer;

/// Numbers that are in a tree as their text, by pointer.
pub(crate) type Numbers = BTreeMap<String, Number>;

/// A part of a tree, with its pointer from the root.
#[derive(Clone, Copy)]
pub(crate) struct TreeNode<'a> {
    value: &'a Value,
    numbers: &'a Numbers,
    above: Option<(&'a TreeNode<'a>, TreeStep<'a>)>,
}

#[derive(Clone, Copy)]
enum TreeStep<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> TreeNode<'a> {
    pub(crate) fn root(value: &'a Value, numbers: &'a Numbers) -> Self {
        TreeNode {
            value,
            numbers,
            above: None,
        }
    }

    fn below<'b>(&'b self, step: TreeStep<'b>, value: &'b Value) -> TreeNode<'b> {
        TreeNode {
            value,
            numbers: self.numbers,
            above: Some((self, step)),
        }
    }

    /// The member of a mapping.
    pub(crate) fn member<'b>(&'b self, key: &'b str, value: &'b Value) -> TreeNode<'b> {
        self.below(TreeStep::Key(key), value)
    }

    /// The item of a list.
    pub(crate) fn item<'b>(&'b self, index: usize, value: &'b Value) -> TreeNode<'b> {
        self.below(TreeStep::Index(index), value)
    }

    pub(crate) fn pointer(&self) -> String {
        match self.above {
            None => String::new(),
            Some((above, TreeStep::Key(key))) => pointer::child(&above.pointer(), key),
            Some((above, TreeStep::Index(index))) => pointer::child(&above.pointer(), index),
        }
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// The number, also of one that is in the tree as its text.
    pub(crate) fn number(&self) -> Option<&'a Number> {
        match self.value {
            Value::Number(number) => Some(number),
            Value::String(_) if !self.numbers.is_empty() => self.numbers.get(&self.pointer()),
            _ => None,
        }
    }

    /// The value as a message names it.
    pub(crate) fn found(&self) -> String {
        let of_number = |number: &Number| match number.is_f64() {
            true => format!("floating point `{number}`"),
            false => format!("integer `{number}`"),
        };
        match (self.number(), self.value) {
            (Some(number), _) | (None, Value::Number(number)) => of_number(number),
            (None, Value::String(text)) => format!("string {text:?}"),
            (None, Value::Bool(is_true)) => format!("boolean `{is_true}`"),
            (None, Value::Null) => "null".to_owned(),
            (None, Value::Array(_)) => "a list".to_owned(),
            (None, Value::Object(_)) => "a mapping".to_owned(),
        }
    }
}
