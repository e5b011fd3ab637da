//! The blueprint's JSON Schema.
//!
//! In: the types. Out: JSON. Pure.
//! What may be left out is left out: null is no value in a blueprint.

use serde_json::Value;

use super::spec::BlueprintSpec;

/// The JSON Schema of a blueprint.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(BlueprintSpec).to_value();
    without_null(&mut schema);
    if let Some(mapping) = schema.as_object_mut() {
        mapping.insert("title".to_owned(), "gwgen blueprint".into());
        let backends = mapping.get_mut("properties").and_then(|properties| properties.get_mut("backends"));
        if let Some(backends) = backends.and_then(Value::as_object_mut) {
            backends.insert("minProperties".to_owned(), 1.into());
            backends.insert("propertyNames".to_owned(), serde_json::json!({ "pattern": "^[a-z][a-z0-9-]*$" }));
        }
    }
    let head = ["$schema", "title", "description"].into_iter().filter_map(|key| Some((key.to_owned(), schema.get(key)?.clone())));
    let mut ordered: serde_json::Map<String, Value> = head.collect();
    for (key, value) in schema.as_object().into_iter().flatten() {
        ordered.entry(key).or_insert_with(|| value.clone());
    }
    Value::Object(ordered)
}

/// Takes `null` out of every choice of types.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(mapping) => {
            if let Some(Value::Array(types)) = mapping.get_mut("type") {
                types.retain(|name| name != "null");
                if types.len() == 1 {
                    let name = types.remove(0);
                    mapping.insert("type".to_owned(), name);
                }
            }
            if let Some(Value::Array(choices)) = mapping.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
                if choices.len() == 1 {
                    let choice = choices.remove(0);
                    mapping.remove("anyOf");
                    if let Value::Object(choice) = choice {
                        for (key, value) in choice {
                            mapping.entry(key).or_insert(value);
                        }
                    }
                }
            }
            mapping.values_mut().for_each(without_null);
        }
        Value::Array(list) => list.iter_mut().for_each(without_null),
        _ => {}
    }
}
