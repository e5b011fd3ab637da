//! Parts of a model, and combinations of them.
//!
//! In: parts that let through at least what their schemas do. Out: combinations that do, too. Pure.

use serde_json::{Value, json};

use super::tree::{ModelJson, Object};

/// A part of a model.
#[derive(Clone)]
pub(crate) struct SchemaPart {
    pub(crate) schema: Object,
    /// It lets through exactly what the description does.
    pub(crate) is_exact: bool,
}

impl SchemaPart {
    /// Returns a part that lets everything through.
    pub(crate) fn anything(is_exact: bool) -> Self {
        Self {
            schema: Object::default(),
            is_exact,
        }
    }

    pub(crate) fn nothing() -> Self {
        Self {
            schema: Object::of([("not", ModelJson::Object(Object::default()))]),
            is_exact: true,
        }
    }

    pub(crate) fn combined(keyword: &'static str, parts: Vec<Object>, is_exact: bool) -> Self {
        Self {
            schema: Object::of([(keyword, ModelJson::list(parts))]),
            is_exact,
        }
    }
}

/// Returns a part that lets through what both do.
pub(crate) fn both(one: SchemaPart, other: SchemaPart) -> SchemaPart {
    let is_exact = one.is_exact && other.is_exact;
    if one.schema.is_empty() {
        return SchemaPart { is_exact, ..other };
    }
    if other.schema.is_empty() {
        return SchemaPart { is_exact, ..one };
    }
    SchemaPart::combined("allOf", vec![one.schema, other.schema], is_exact)
}

/// Returns a part that lets through null, too.
pub(crate) fn or_null(mut part: SchemaPart) -> SchemaPart {
    let null = json!("null");
    if part.schema.is_empty() {
        return part;
    }
    if ["allOf", "anyOf", "oneOf", "not"]
        .iter()
        .any(|keyword| part.schema.has(keyword))
    {
        let of_null = Object::of([("type", ModelJson::Value(null))]);
        return SchemaPart {
            is_exact: part.is_exact,
            ..SchemaPart::combined("anyOf", vec![of_null, part.schema], true)
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

/// Returns whether an empty object is certainly let through.
pub(crate) fn takes_empty(schema: &Object) -> bool {
    let is_object = match schema.value("type") {
        None => true,
        Some(Value::Array(types)) => types.contains(&json!("object")),
        Some(one) => *one == "object",
    };
    let takes = |part: &ModelJson| matches!(part, ModelJson::Object(part) if takes_empty(part));
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
