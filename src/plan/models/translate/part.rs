//! Parts of a model, and what is made of several.
//!
//! In: parts that let through at least what they are to. Out: the same of all of them. Pure.

use serde_json::{Value, json};

use super::tree::{Object, Tree};

/// A part of a model, and whether it lets through exactly what the description does.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) schema: Object,
    pub(crate) is_exact: bool,
}

impl Part {
    /// What lets everything through.
    pub(crate) fn anything(is_exact: bool) -> Self {
        Self {
            schema: Object::default(),
            is_exact,
        }
    }

    pub(crate) fn nothing() -> Self {
        Self {
            schema: Object::of([("not", Tree::Object(Object::default()))]),
            is_exact: true,
        }
    }

    pub(crate) fn combined(keyword: &'static str, parts: Vec<Object>, is_exact: bool) -> Self {
        Self {
            schema: Object::of([(keyword, Tree::list(parts))]),
            is_exact,
        }
    }
}

/// What both let through.
pub(crate) fn both(one: Part, other: Part) -> Part {
    let is_exact = one.is_exact && other.is_exact;
    if one.schema.is_empty() {
        return Part { is_exact, ..other };
    }
    if other.schema.is_empty() {
        return Part { is_exact, ..one };
    }
    Part::combined("allOf", vec![one.schema, other.schema], is_exact)
}

/// What a part lets through, and null.
pub(crate) fn or_null(mut part: Part) -> Part {
    let null = json!("null");
    if part.schema.is_empty() {
        return part;
    }
    if ["allOf", "anyOf", "oneOf", "not"]
        .iter()
        .any(|keyword| part.schema.has(keyword))
    {
        let of_null = Object::of([("type", Tree::Value(null))]);
        return Part {
            is_exact: part.is_exact,
            ..Part::combined("anyOf", vec![of_null, part.schema], true)
        };
    }
    part.is_exact &= part.schema.has("type");
    if let Some(Value::Array(values)) = part.schema.value("enum")
        && !values.contains(&Value::Null)
    {
        let values = values.iter().cloned().chain([Value::Null]).collect();
        part.schema.insert("enum", Value::Array(values));
    }
    let types = match part.schema.value("type") {
        Some(Value::Array(types)) if !types.contains(&null) => {
            types.iter().cloned().chain([null]).collect()
        }
        Some(one @ Value::String(_)) if *one != null => vec![one.clone(), null],
        _ => return part,
    };
    part.schema.insert("type", Value::Array(types));
    part
}

/// Whether an empty object is let through, as far as that shows.
pub(crate) fn takes_empty(schema: &Object) -> bool {
    let is_object = match schema.value("type") {
        None => true,
        Some(Value::Array(types)) => types.contains(&json!("object")),
        Some(one) => *one == "object",
    };
    let takes = |part: &Tree| matches!(part, Tree::Object(part) if takes_empty(part));
    is_object
        && ["enum", "required", "not", "oneOf"]
            .iter()
            .all(|keyword| !schema.has(keyword))
        && schema
            .value("minProperties")
            .is_none_or(|least| *least == 0)
        && schema.list("allOf").iter().all(takes)
        && (schema.list("anyOf").is_empty() || schema.list("anyOf").iter().any(takes))
}
