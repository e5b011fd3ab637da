//! The slow reading of a document that the fast one refuses: a fault stays with the smallest part
//! that holds it. Both readings give the same where nothing is wrong.

use serde_json::value::RawValue;

use super::document::{
    self, ByMember, Components, Document, ObjectFault, Operation, Parameter, PathItem, Patterned,
};
use crate::diagnostic;
use crate::pointer;
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

/// Reads a part member by member; `mend` gets those that cannot be read whole.
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

/// Reads a part, or returns an empty one with the fault that it is no mapping.
fn fill_or_fault<'a, T: ByMember<'a>>(
    json: &'a str,
    name: &str,
    mend: impl FnMut(&mut T, &Text<'a>, &'a str, &serde_json::Error),
) -> T {
    fill(json, mend).unwrap_or_else(|_| {
        let mut part = T::default();
        part.faults().push(ObjectFault {
            code: &diagnostic::WRONG_TYPE,
            below: String::new(),
            message: format!("{name} has to be a mapping"),
        });
        part
    })
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
    let parts = entries.map(|(name, entry)| (name, read(entry.get())));
    ObjectMembers(parts.collect())
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
    let entries = entries.into_iter();
    let parts =
        entries.filter_map(|(name, entry)| Some((name, serde_json::from_str(entry.get()).ok()?)));
    parts.collect()
}

pub(crate) fn parameter(json: &str) -> Parameter<'_> {
    fill_or_fault(
        json,
        "a parameter",
        |parameter: &mut Parameter<'_>, key, _, error| {
            parameter.faults.push(wrong_type(key, error))
        },
    )
}

/// Reads a list of parameters; nothing where it is no list.
fn parameters(json: &str) -> Option<Vec<Parameter<'_>>> {
    let items = raw::elements(json).ok()?.into_iter();
    Some(items.map(|item| parameter(item.get())).collect())
}

pub(crate) fn path_item(json: &str) -> PathItem<'_> {
    fill_or_fault(
        json,
        "a path item",
        |item: &mut PathItem<'_>, key, value, error| {
            if **key == *"parameters"
                && let Some(parameters) = parameters(value)
            {
                item.parameters = parameters;
            } else if **key == *"additionalOperations"
                && let Ok(operations) = raw::members(value)
            {
                item.additional = named(operations, |operation| {
                    serde_json::from_str(operation).unwrap_or_default()
                });
            } else if let Some(slot) = item.slot(key) {
                *slot = Some(Box::new(operation(value)));
            } else {
                item.faults.push(wrong_type(key, error));
            }
        },
    )
}

pub(crate) fn operation(json: &str) -> Operation<'_> {
    fill_or_fault(
        json,
        "an operation",
        |operation: &mut Operation<'_>, key, value, error| {
            if **key == *"parameters"
                && let Some(parameters) = parameters(value)
            {
                operation.parameters = parameters;
            } else if !matches!(&**key, "requestBody" | "responses") {
                // Of the two only media types are read, for the list of binary ones.
                operation.faults.push(wrong_type(key, error));
            }
        },
    )
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
