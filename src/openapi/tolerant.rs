//! The slow reading of a document that the fast one refuses: a fault stays with the smallest part
//! that holds it.
//!
//! In: JSON text. Out: `Document` with faults. Pure.
//! Runs only after the fast reading failed on the data; both give the same where nothing is wrong.

use serde_json::value::RawValue;

use super::document::{
    self, ByMember, Components, Document, ObjectFault, Operation, Parameter, PathItem, Patterned,
};
use crate::diagnostic;
use crate::source::pointer;
use crate::source::raw::{self, ObjectMembers, Text};

/// Reads a document part by part.
///
/// # Errors
/// The text is no JSON, or its root is no mapping.
pub(crate) fn document(json: &str) -> serde_json::Result<Document<'_>> {
    fill(
        json,
        |document: &mut Document<'_>, key, value, error| match &**key {
            "paths" => match raw::members(value) {
                Ok(items) => document.paths = paths(items),
                Err(error) => document.faults.push(wrong_type(key, &error)),
            },
            "components" => document.components = fill(value, component).unwrap_or_default(),
            _ => document.faults.push(wrong_type(key, error)),
        },
    )
}

/// Reads a part member by member; `mend` takes those that cannot be read whole.
fn fill<'a, T: ByMember<'a>>(
    json: &'a str,
    mut mend: impl FnMut(&mut T, &Text<'a>, &'a str, &serde_json::Error),
) -> serde_json::Result<T> {
    let mut part = T::default();
    let mut seen: Vec<Text<'a>> = Vec::new();
    for (key, value) in raw::members(json)? {
        match part.set(&key, value.get()) {
            Ok(false) => continue,
            Ok(true) => {}
            Err(error) => mend(&mut part, &key, value.get(), &error),
        }
        if seen.contains(&key) {
            part.faults().push(document::repeated(&key));
        }
        seen.push(key);
    }
    Ok(part)
}

/// Returns the fault of a member whose value has the wrong type.
pub(crate) fn wrong_type(key: &str, error: &serde_json::Error) -> ObjectFault {
    let text = error.to_string();
    let what = without_value(text.split(" at line ").next().unwrap_or_default());
    ObjectFault {
        code: &diagnostic::WRONG_TYPE,
        below: pointer::child("", key),
        message: format!("`{key}` cannot be read: {what}"),
    }
}

/// Returns `invalid type: string "x", expected a mapping` without the value, which is shown only
/// where the file may be shown.
fn without_value(text: &str) -> String {
    match (text.find(['"', '`']), text.rfind(", expected ")) {
        (Some(start), Some(end)) if start < end => {
            [text[..start].trim_end(), &text[end..]].concat()
        }
        _ => text.to_owned(),
    }
}

/// Returns the fault of a part that is no mapping.
fn no_mapping(what: &str) -> ObjectFault {
    ObjectFault {
        code: &diagnostic::WRONG_TYPE,
        below: String::new(),
        message: format!("{what} has to be a mapping"),
    }
}

fn component<'a>(
    components: &mut Components<'a>,
    key: &Text<'a>,
    value: &'a str,
    _: &serde_json::Error,
) {
    let Ok(entries) = raw::members(value) else {
        return;
    };
    match &**key {
        "parameters" => components.parameters = named(entries, parameter),
        "pathItems" => components.path_items = named(entries, path_item),
        // Only their media types are read, for the list of binary ones: a broken entry names none.
        "requestBodies" => components.request_bodies = ObjectMembers(readable(entries)),
        "responses" => components.responses = ObjectMembers(readable(entries)),
        _ => {}
    }
}

fn named<'a, T>(
    entries: Vec<(Text<'a>, &'a RawValue)>,
    read: impl Fn(&'a str) -> T,
) -> ObjectMembers<'a, T> {
    let entries = entries.into_iter();
    ObjectMembers(
        entries
            .map(|(name, entry)| (name, read(entry.get())))
            .collect(),
    )
}

/// Reads parameters by name, as 2.0 has them at its root.
pub(crate) fn named_parameters(json: &str) -> serde_json::Result<ObjectMembers<'_, Parameter<'_>>> {
    serde_json::from_str(json).or_else(|_| Ok(named(raw::members(json)?, parameter)))
}

/// Reads the path items of a mapping.
pub(crate) fn paths<'a>(items: Vec<(Text<'a>, &'a RawValue)>) -> Patterned<'a, PathItem<'a>> {
    let mut paths = Patterned::default();
    for (path, item) in items {
        if *path == *"$ref" {
            // What is no text is a path item that is none, and reported as such.
            paths.reference = serde_json::from_str(item.get()).ok();
        }
        if !path.starts_with("x-") && (*path != *"$ref" || paths.reference.is_none()) {
            paths.members.push((path, path_item(item.get())));
        }
    }
    paths
}

fn readable<'a, T: serde::Deserialize<'a>>(
    entries: Vec<(Text<'a>, &'a RawValue)>,
) -> Vec<(Text<'a>, T)> {
    entries
        .into_iter()
        .filter_map(|(name, entry)| {
            serde_json::from_str(entry.get())
                .ok()
                .map(|entry| (name, entry))
        })
        .collect()
}

pub(crate) fn parameter(json: &str) -> Parameter<'_> {
    fill(json, |parameter: &mut Parameter<'_>, key, _, error| {
        parameter.faults.push(wrong_type(key, error))
    })
    .unwrap_or_else(|_| Parameter {
        faults: vec![no_mapping("a parameter")],
        ..Parameter::default()
    })
}

/// Reads a list of parameters.
fn parameters<'a>(key: &str, json: &'a str) -> Result<Vec<Parameter<'a>>, ObjectFault> {
    raw::elements(json)
        .map(|items| {
            items
                .into_iter()
                .map(|item| parameter(item.get()))
                .collect()
        })
        .map_err(|error| wrong_type(key, &error))
}

pub(crate) fn path_item(json: &str) -> PathItem<'_> {
    fill(json, |item: &mut PathItem<'_>, key, value, error| {
        if **key == *"parameters" {
            match parameters(key, value) {
                Ok(parameters) => item.parameters = parameters,
                Err(fault) => item.faults.push(fault),
            }
        } else if **key == *"additionalOperations"
            && let Ok(operations) = raw::members(value)
        {
            let read = operations.into_iter().map(|(method, operation)| {
                (
                    method,
                    serde_json::from_str(operation.get()).unwrap_or_default(),
                )
            });
            item.additional = ObjectMembers(read.collect());
        } else if let Some(slot) = item.slot(key) {
            *slot = Some(Box::new(operation(value)));
        } else {
            item.faults.push(wrong_type(key, error));
        }
    })
    .unwrap_or_else(|_| PathItem {
        faults: vec![no_mapping("a path item")],
        ..PathItem::default()
    })
}

pub(crate) fn operation(json: &str) -> Operation<'_> {
    fill(
        json,
        |operation: &mut Operation<'_>, key, value, error| match &**key {
            "parameters" => match parameters(key, value) {
                Ok(parameters) => operation.parameters = parameters,
                Err(fault) => operation.faults.push(fault),
            },
            // Only their media types are read, for the list of binary ones.
            "requestBody" | "responses" => {}
            _ => operation.faults.push(wrong_type(key, error)),
        },
    )
    .unwrap_or_else(|_| Operation {
        faults: vec![no_mapping("an operation")],
        ..Operation::default()
    })
}

impl<'a> PathItem<'a> {
    /// Returns the field of the operation of that key.
    fn slot(&mut self, key: &str) -> Option<&mut Option<Box<Operation<'a>>>> {
        Some(match key {
            "get" => &mut self.get,
            "put" => &mut self.put,
            "post" => &mut self.post,
            "delete" => &mut self.delete,
            "options" => &mut self.options,
            "head" => &mut self.head,
            "patch" => &mut self.patch,
            "trace" => &mut self.trace,
            "query" => &mut self.query,
            "x-amazon-apigateway-any-method" => &mut self.any,
            _ => return None,
        })
    }
}
