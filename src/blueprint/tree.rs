//! A blueprint's text as a tree of JSON, before it has types.
//! In: `SourceFile`. Out: `ParsedFile`, findings about keys and characters. Pure.
//! Numbers that JSON would respell (`1.10`) stay text until a field wants a number, and `null`
//! stays where a file may remove a key with it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::node::Numbers;
use crate::diagnostic::{At, DUPLICATE_KEY, Diagnostic, INVALID_VALUE, Place};
use crate::source::{SourceFile, pointer, raw};

/// Help for a key without a value.
pub(crate) const NO_VALUE: &str = "write a value, or remove the line";

/// One file's data.
#[derive(Debug)]
pub(crate) struct ParsedFile {
    /// As written, to find pointers in.
    pub(crate) written: Value,
    /// Without what was reported already.
    pub(crate) value: Value,
    /// Numbers that are in `value` as their text, by pointer.
    pub(crate) numbers: Numbers,
    /// Pointers of what was reported and left out.
    pub(crate) reported: BTreeSet<String>,
}

/// Reads one file's JSON.
///
/// Errors: GW1002 syntax, GW1003 too deep, GW1007 duplicate key, GW2002 no mapping, no value,
/// control character.
pub(crate) fn tree(file: &SourceFile, found: &mut Vec<Diagnostic>) -> Option<ParsedFile> {
    let written: Value = match serde_json::from_str(&file.json) {
        Ok(value) => value,
        Err(error) => {
            found.push(file.syntax(&error));
            return None;
        }
    };
    if !written.is_object() {
        let what = if written.is_null() {
            "the blueprint is empty"
        } else {
            "the blueprint is no mapping"
        };
        let help = "write `version: 1`, `name`, `spec`, `topology` and `backends`; `gwgen init` writes an example";
        found.push(
            INVALID_VALUE
                .at(Place::file(&file.display))
                .message(what)
                .help(help),
        );
        return None;
    }
    let mut walk = Walk {
        file,
        found,
        numbers: Numbers::new(),
        reported: BTreeSet::new(),
        is_in_list: false,
    };
    let value = walk.node(&file.json, "");
    let Walk {
        numbers, reported, ..
    } = walk;
    Some(ParsedFile {
        written,
        value,
        numbers,
        reported,
    })
}

struct Walk<'a> {
    file: &'a SourceFile,
    found: &'a mut Vec<Diagnostic>,
    numbers: Numbers,
    reported: BTreeSet<String>,
    /// Lists are replaced whole, so nothing in one removes a key.
    is_in_list: bool,
}

impl Walk<'_> {
    fn node(&mut self, json: &str, at: &str) -> Value {
        match json.trim_ascii_start().as_bytes().first() {
            Some(b'{') => self.mapping(json, at),
            Some(b'[') => {
                let elements = raw::elements(json).unwrap_or_default();
                let is_in_list = std::mem::replace(&mut self.is_in_list, true);
                let items = elements
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.node(item.get(), &pointer::child(at, index)))
                    .collect();
                self.is_in_list = is_in_list;
                Value::Array(items)
            }
            Some(b'"') => self.text(json, at),
            _ => self.scalar(json.trim_ascii(), at),
        }
    }

    fn mapping(&mut self, json: &str, at: &str) -> Value {
        let mut mapping = Map::new();
        for (key, value) in raw::members(json).unwrap_or_default() {
            let child = pointer::child(at, &*key);
            if mapping.contains_key(&*key) || self.reported.contains(&child) {
                let place = Place {
                    file: self.file.display.clone(),
                    at: At::Repeated(child, 1),
                };
                let found = DUPLICATE_KEY.at(place).message(format_args!(
                    "`{}` stands twice in the same mapping",
                    key.escape_debug()
                ));
                self.found
                    .push(found.help("remove one of the two, or give it another name"));
            } else if value.get() == "null" && self.is_in_list {
                self.report(
                    child,
                    format_args!("`{}` has no value", key.escape_debug()),
                    NO_VALUE,
                );
            } else if key.chars().any(char::is_control) {
                self.report(
                    child,
                    "a name holds a control character",
                    "write the name in plain characters on one line",
                );
            } else {
                let value = self.node(value.get(), &child);
                mapping.insert(key.0.into_owned(), value);
            }
        }
        Value::Object(mapping)
    }

    fn report(&mut self, at: String, message: impl std::fmt::Display, help: &str) {
        let place = Place::pointer(&self.file.display, at.clone());
        self.found
            .push(INVALID_VALUE.at(place).message(message).help(help));
        self.reported.insert(at);
    }

    fn text(&mut self, json: &str, at: &str) -> Value {
        let text: String = serde_json::from_str(json).unwrap_or_default();
        let is_bad =
            |character: char| character.is_control() && !matches!(character, '\n' | '\t' | '\r');
        if text.contains(is_bad) {
            self.report(
                at.to_owned(),
                "the text holds a control character",
                "remove it; AWS takes none",
            );
            return Value::String(text.replace(is_bad, ""));
        }
        Value::String(text)
    }

    fn scalar(&mut self, json: &str, at: &str) -> Value {
        match serde_json::from_str(json).unwrap_or_default() {
            Value::Number(number) if number.to_string() != json => {
                self.numbers.insert(at.to_owned(), number);
                Value::String(json.to_owned())
            }
            value => value,
        }
    }
}
