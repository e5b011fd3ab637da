//! Parts of a model, and what is made of several.
//!
//! In: parts that let through at least what they are to. Out: the same of all of them. Pure.

use serde_json::{Map, Value, json};

/// A part of a model, and whether it lets through exactly what the description does.
pub(super) struct Part {
    pub(super) schema: Map<String, Value>,
    pub(super) is_exact: bool,
}

impl Part {
    /// What lets everything through.
    pub(super) fn anything(is_exact: bool) -> Self {
        Self { schema: Map::new(), is_exact }
    }

    pub(super) fn nothing() -> Self {
        Self::of(json!({"not": {}}), true)
    }

    pub(super) fn of(schema: Value, is_exact: bool) -> Self {
        let Value::Object(schema) = schema else { return Self::anything(false) };
        Self { schema, is_exact }
    }

    pub(super) fn combined(keyword: &str, parts: Vec<Map<String, Value>>, is_exact: bool) -> Self {
        let parts = parts.into_iter().map(Value::Object).collect();
        Self { schema: Map::from_iter([(keyword.to_owned(), Value::Array(parts))]), is_exact }
    }
}

/// What both let through.
pub(super) fn both(one: Part, other: Part) -> Part {
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
pub(super) fn or_null(mut part: Part) -> Part {
    let null = json!("null");
    if part.schema.is_empty() {
        return part;
    }
    let has = |keyword: &str| part.schema.contains_key(keyword);
    if ["allOf", "anyOf", "oneOf", "not"].iter().any(|it| has(it)) {
        return Part {
            is_exact: part.is_exact,
            ..Part::combined("anyOf", vec![Map::from_iter([("type".into(), null)]), part.schema], true)
        };
    }
    part.is_exact &= has("type");
    if let Some(values) = part.schema.get_mut("enum").and_then(Value::as_array_mut)
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    match part.schema.get_mut("type") {
        Some(Value::Array(types)) if !types.contains(&null) => types.push(null),
        Some(one @ Value::String(_)) if *one != null => *one = Value::Array(vec![one.take(), null]),
        _ => {}
    }
    part
}

/// Whether an empty object is let through, as far as that shows.
pub(super) fn takes_empty(schema: &Map<String, Value>) -> bool {
    let is_object = match schema.get("type") {
        None => true,
        Some(Value::Array(types)) => types.contains(&json!("object")),
        Some(one) => *one == "object",
    };
    let members = |keyword: &str| schema.get(keyword).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let takes = |it: &Value| it.as_object().is_some_and(takes_empty);
    is_object
        && ["enum", "required", "not", "oneOf"].iter().all(|it| !schema.contains_key(*it))
        && schema.get("minProperties").is_none_or(|it| *it == 0)
        && members("allOf").iter().all(takes)
        && (members("anyOf").is_empty() || members("anyOf").iter().any(takes))
}
