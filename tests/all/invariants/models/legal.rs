//! Models that API Gateway takes, by its rules and not by ours.
//!
//! In: a model. Out: what is wrong with it.

use serde_json::Value;

const KEYWORDS: [&str; 33] = [
    "$schema",
    "id",
    "title",
    "description",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "additionalItems",
    "items",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "additionalProperties",
    "definitions",
    "properties",
    "patternProperties",
    "dependencies",
    "enum",
    "type",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "$ref",
    "default",
];

/// Patterns that Java reads otherwise than a browser.
const UNPORTABLE: [&str; 9] = ["\\s", "\\S", "\\b", "\\p", "\\u", "(?=", "(?!", "(?<", "[["];

pub(crate) fn faults(model: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if model.as_object().is_none_or(serde_json::Map::is_empty) {
        faults.push("it says nothing".into());
    }
    walk(model, "", &mut faults);
    faults
}

fn walk(schema: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(members) = schema.as_object() else {
        return faults.push(format!("{at}: no schema"));
    };
    for keyword in members
        .keys()
        .filter(|it| !KEYWORDS.contains(&it.as_str()) || ["default", "$ref"].contains(&it.as_str()))
    {
        faults.push(format!("{at}: `{keyword}`"));
    }
    for bound in ["exclusiveMinimum", "exclusiveMaximum"] {
        if members.get(bound).is_some() {
            faults.push(format!("{at}: `{bound}`"));
        }
    }
    let is_list = |keyword: &str| {
        members
            .get(keyword)
            .is_none_or(|it| it.as_array().is_some_and(|it| !it.is_empty()))
    };
    for keyword in ["enum", "required", "allOf", "anyOf", "oneOf"]
        .iter()
        .filter(|it| !is_list(it))
    {
        faults.push(format!("{at}: `{keyword}` is no list with something in it"));
    }
    let patterns = members.get("pattern").and_then(Value::as_str).into_iter();
    let keys = members
        .get("patternProperties")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|it| it.keys().map(String::as_str));
    for pattern in patterns
        .chain(keys)
        .filter(|it| UNPORTABLE.iter().any(|part| it.contains(part)))
    {
        faults.push(format!("{at}: pattern {pattern}"));
    }
    for group in ["properties", "patternProperties"] {
        for (name, child) in members
            .get(group)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            walk(child, &format!("{at}/{group}/{name}"), faults);
        }
    }
    for list in ["allOf", "anyOf", "oneOf"] {
        for child in members
            .get(list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            walk(child, &format!("{at}/{list}"), faults);
        }
    }
    for single in ["not", "items", "additionalProperties"] {
        if let Some(child) = members
            .get(single)
            .filter(|it| !(single == "additionalProperties" && it.is_boolean()))
        {
            walk(child, &format!("{at}/{single}"), faults);
        }
    }
}
