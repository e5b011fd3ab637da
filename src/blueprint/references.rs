//! References in the tree of a blueprint: which mappings are one, and what its variables say
//! together.
//!
//! In: JSON. Out: variables by name, conflicts between their uses. Pure.
//! In mappings whose keys are the user's own names, `var` is a name like any other.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::values::Variable;
use crate::diagnostic::{CONFLICTING_VARIABLE, Diagnostic, Place};
use crate::source::pointer;

/// Mappings whose keys are names of the user's; `*` is any key or index.
const NAMED: &[&str] = &[
    "/tags",
    "/auth",
    "/backends",
    "/usage_plans",
    "/backends/*/headers",
    "/stage/variables",
    "/mounts/*/backends",
    "/alb/existing/listeners",
    "/cost/prices",
];

/// Whether a pointer is of the pattern's shape.
pub(crate) fn has_shape(pointer: &str, pattern: &str) -> bool {
    let (mut tokens, mut wanted) = (pointer.split('/'), pattern.split('/'));
    loop {
        match (tokens.next(), wanted.next()) {
            (None, None) => return true,
            (Some(token), Some(shape)) if shape == "*" || shape == token => {}
            _ => return false,
        }
    }
}

/// Whether the keys of the mapping there are names of the user's.
pub(crate) fn is_named(pointer: &str) -> bool {
    NAMED.iter().any(|pattern| has_shape(pointer, pattern))
}

/// Whether the mapping there is a reference (`{var: ...}`, `{ssm: ...}`, `{expr: ...}`).
pub(crate) fn is_reference(pointer: &str, mapping: &Map<String, Value>) -> bool {
    !is_named(pointer)
        && ["var", "ssm", "expr"]
            .iter()
            .any(|key| mapping.get(*key).is_some_and(Value::is_string))
}

/// Every reference of the tree, with its pointer.
pub(crate) fn references(tree: &Value) -> Vec<(String, &Map<String, Value>)> {
    let mut found = Vec::new();
    search(tree, "", &mut found);
    found
}

fn search<'a>(value: &'a Value, at: &str, found: &mut Vec<(String, &'a Map<String, Value>)>) {
    match value {
        Value::Object(mapping) if is_reference(at, mapping) => found.push((at.to_owned(), mapping)),
        Value::Object(mapping) => {
            for (key, value) in mapping {
                search(value, &pointer::child(at, key), found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                search(value, &pointer::child(at, index), found);
            }
        }
        _ => {}
    }
}

/// The variables of a blueprint. A use that leaves something out says nothing about it.
///
/// Errors: GW2006 two uses say different things.
pub(crate) fn variables(
    tree: &Value,
    place: &dyn Fn(&str) -> Place,
) -> (BTreeMap<String, Variable>, Vec<Diagnostic>) {
    let mut variables: BTreeMap<String, Variable> = BTreeMap::new();
    let mut said: BTreeMap<(String, &str), (String, &Value)> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for (at, mapping) in references(tree) {
        let Some(name) = mapping.get("var").and_then(Value::as_str) else {
            continue;
        };
        let start = || Variable {
            name: name.to_owned(),
            description: None,
            default: None,
            sensitive: None,
        };
        let variable = variables.entry(name.to_owned()).or_insert_with(start);
        for key in ["description", "default", "sensitive"] {
            let Some(value) = mapping.get(key) else {
                continue;
            };
            let (first_at, first) = said
                .entry((name.to_owned(), key))
                .or_insert_with(|| (pointer::child(&at, key), value));
            if *first != value {
                conflicts.push(
                    CONFLICTING_VARIABLE
                        .at(place(&pointer::child(&at, key)))
                        .also(place(first_at))
                        .message(format_args!("the variable `{name}` has one `{key}` here and another elsewhere: {value} and {first}"))
                        .help("write it at one of the two only, or give one of the variables another name"),
                );
                continue;
            }
            match key {
                "description" => variable.description = value.as_str().map(str::to_owned),
                "default" => variable.default = Some(value.clone()),
                _ => variable.sensitive = value.as_bool(),
            }
        }
    }
    (variables, conflicts)
}
