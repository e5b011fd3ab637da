//! References in the tree of a blueprint, and the variables that all uses together declare.
//! In: JSON, uses of variables. Out: variables by name, conflicts between their uses. Pure.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::diagnostic::{CONFLICTING_VARIABLE, Diagnostic, Place};
use crate::source::pointer;

/// `{var: name}` with its other fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variable {
    #[serde(rename = "var")]
    pub name: String,
    pub description: Option<String>,
    pub default: Option<serde_json::Value>,
    pub sensitive: Option<bool>,
}

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
];

/// Returns whether a pointer is of the pattern's shape.
pub(crate) fn has_shape(pointer: &str, pattern: &str) -> bool {
    let (mut tokens, mut shapes) = (pointer.split('/'), pattern.split('/'));
    loop {
        match (tokens.next(), shapes.next()) {
            (None, None) => return true,
            (Some(token), Some(shape)) if shape == "*" || shape == token => {}
            _ => return false,
        }
    }
}

/// Returns whether the keys of the mapping there are names of the user's.
pub(crate) fn is_named(pointer: &str) -> bool {
    NAMED.iter().any(|pattern| has_shape(pointer, pattern))
}

/// Returns whether the mapping there is a reference (`{var: ...}`, `{ssm: ...}`, `{expr: ...}`).
pub(crate) fn is_reference(pointer: &str, mapping: &Map<String, Value>) -> bool {
    !is_named(pointer)
        && ["var", "ssm", "expr"]
            .iter()
            .any(|key| mapping.get(*key).is_some_and(Value::is_string))
}

/// The variables of a blueprint by name, from all their uses. A use that leaves something out says
/// nothing about it.
///
/// Errors: GW2006 two uses say different things.
pub(crate) fn variables(
    uses: &[(String, Variable)],
    place: &dyn Fn(&str) -> Place,
) -> (BTreeMap<String, Variable>, Vec<Diagnostic>) {
    let mut variables: BTreeMap<String, Variable> = BTreeMap::new();
    let mut first_uses: BTreeMap<(&str, &str), (String, Value)> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for (at, written) in uses {
        let name = written.name.as_str();
        let variable = variables
            .entry(name.to_owned())
            .or_insert_with(|| written.clone());
        for (key, value) in [
            ("description", written.description.clone().map(Value::from)),
            ("default", written.default.clone()),
            ("sensitive", written.sensitive.map(Value::from)),
        ] {
            let Some(value) = value else {
                continue;
            };
            let at = pointer::child(at, key);
            let (first_at, first) = first_uses
                .entry((name, key))
                .or_insert_with(|| (at.clone(), value.clone()));
            if *first != value {
                conflicts.push(
                    CONFLICTING_VARIABLE
                        .at(place(&at))
                        .also(place(first_at))
                        .message(format_args!("the variable `{name}` has one `{key}` here and another elsewhere: {value} and {first}"))
                        .help("write it at one of the two only, or give one of the variables another name"),
                );
            }
        }
        let Variable {
            description,
            default,
            sensitive,
            ..
        } = written.clone();
        variable.description = variable.description.take().or(description);
        variable.default = variable.default.take().or(default);
        variable.sensitive = variable.sensitive.or(sensitive);
    }
    (variables, conflicts)
}
