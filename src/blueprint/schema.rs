//! The blueprint's JSON Schema.
//! In: the types. Out: JSON. Pure.
//! A field that may be missing is not in `required`; `null` only removes a value of the file that
//! is extended.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::scalars::RESERVED;
use super::spec::BlueprintSpec;

/// Definition of a blueprint that is complete in one file.
const COMPLETE: &str = "Blueprint";

/// Definition of a file that is merged with others: one that extends another, or a base.
const OVERLAY: &str = "Overlay";

/// Types that are replaced whole where files are merged.
const WHOLE: [&str; 3] = ["Value", "Values", "Reference"];

/// The JSON Schema of a blueprint: complete in one file, or merged with others.
pub fn schema() -> Value {
    let mut schema = schema_with_marks();
    without_marks(&mut schema);
    schema
}

/// Takes the marks of reserved fields out.
fn without_marks(schema: &mut Value) {
    match schema {
        Value::Object(mapping) => {
            mapping.shift_remove(RESERVED);
            mapping.values_mut().for_each(without_marks);
        }
        Value::Array(list) => list.iter_mut().for_each(without_marks),
        _ => {}
    }
}

/// The schema with `x-reserved` at each field that is not built.
pub fn schema_with_marks() -> Value {
    let mut complete = of_type::<BlueprintSpec>();
    without_null(&mut complete);
    let mut take = |key: &str| {
        complete
            .as_object_mut()
            .and_then(|schema| schema.shift_remove(key))
            .unwrap_or_default()
    };
    let (dialect, description, definitions) = (take("$schema"), take("description"), take("$defs"));
    if let Some(backends) = complete
        .pointer_mut("/properties/backends")
        .and_then(Value::as_object_mut)
    {
        backends.insert("minProperties".to_owned(), 1.into());
        backends.insert(
            "propertyNames".to_owned(),
            json!({ "pattern": "^[a-z][a-z0-9-]*$" }),
        );
    }
    let mut definitions = definitions.as_object().cloned().unwrap_or_default();
    let overlay = Overlays::of(&complete, &mut definitions);
    definitions.insert(COMPLETE.to_owned(), complete);
    definitions.insert(OVERLAY.to_owned(), overlay);
    json!({
        "$schema": dialect,
        "title": "gwgen blueprint",
        "description": description,
        "if": { "anyOf": [
            { "required": ["extends"] },
            { "required": ["abstract"], "properties": { "abstract": { "const": true } } },
        ] },
        "then": { "$ref": format!("#/$defs/{OVERLAY}") },
        "else": { "$ref": format!("#/$defs/{COMPLETE}") },
        "$defs": definitions,
    })
}

/// The JSON Schema of a type, with the lines of each paragraph of a doc comment joined, and with
/// the default of a field in its description.
pub(crate) fn of_type<T: JsonSchema>() -> Value {
    let mut schema = schemars::schema_for!(T).to_value();
    join_lines(&mut schema);
    schema
}

/// The mark of a field's default, until the description has it.
const DEFAULT: &str = "x-default";

/// Says in its description what a field is by default, and that it may be left out.
fn describe_defaults(schema: &mut Map<String, Value>) {
    let Some(Value::Object(fields)) = schema.get_mut("properties") else {
        return;
    };
    let mut optional = Vec::new();
    for (name, field) in fields {
        let Some(members) = field.as_object_mut() else {
            continue;
        };
        let Some(default) = members.shift_remove(DEFAULT) else {
            continue;
        };
        // The description comes first, as in fields without a default.
        if let Some(reference) = members.shift_remove("$ref") {
            members.insert("$ref".to_owned(), reference);
        }
        optional.push(name.clone());
        let default = match default {
            Value::String(text) => format!("`{text}`"),
            Value::Bool(is_on) => format!("`{is_on}`"),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
        };
        let text = field["description"].as_str().unwrap_or_default();
        field["description"] = format!("{text} Default: {default}.").trim_start().into();
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| !optional.iter().any(|optional_name| name == optional_name));
        if required.is_empty() {
            schema.shift_remove("required");
        }
    }
}

fn join_lines(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get_mut("description") {
                let paragraphs = text.split("\n\n").map(|lines| lines.replace('\n', " "));
                *text = paragraphs.collect::<Vec<_>>().join("\n\n");
            }
            describe_defaults(fields);
            fields.values_mut().for_each(join_lines);
        }
        Value::Array(items) => items.iter_mut().for_each(join_lines),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The definitions of what is merged by key, by the name of what they are of: nothing is required
/// of them, and any key may be `null`.
struct Overlays<'a> {
    definitions: &'a Map<String, Value>,
    made: BTreeMap<String, Value>,
}

impl Overlays<'_> {
    /// The overlay of a schema; those that it refers to are added to the definitions.
    fn of(schema: &Value, definitions: &mut Map<String, Value>) -> Value {
        let mut overlays = Overlays {
            definitions,
            made: BTreeMap::new(),
        };
        let overlay = overlays.overlay(schema);
        let made = overlays.made;
        definitions.extend(made);
        overlay
    }

    fn overlay(&mut self, schema: &Value) -> Value {
        let Some(mapping) = schema.as_object() else {
            return schema.clone();
        };
        let member = |(key, value): (&String, &Value)| {
            let value = match (&**key, value) {
                ("required" | "minProperties", _) => return None,
                ("$ref", Value::String(target)) => Value::String(self.referred(target)),
                ("properties", Value::Object(fields)) => Value::Object(
                    fields
                        .iter()
                        .map(|(name, field)| (name.clone(), self.nullable(field)))
                        .collect(),
                ),
                ("additionalProperties", Value::Object(_)) => self.nullable(value),
                ("anyOf" | "oneOf", Value::Array(choices)) => {
                    choices.iter().map(|choice| self.overlay(choice)).collect()
                }
                // Lists are replaced whole, and so is what they hold.
                _ => value.clone(),
            };
            // Choices that require nothing may hold both.
            Some((
                if key == "oneOf" {
                    "anyOf".to_owned()
                } else {
                    key.clone()
                },
                value,
            ))
        };
        Value::Object(mapping.iter().filter_map(member).collect())
    }

    /// An overlay that may also be `null`, below the same description.
    fn nullable(&mut self, schema: &Value) -> Value {
        let mut overlay = self.overlay(schema);
        let description = overlay
            .as_object_mut()
            .and_then(|fields| fields.shift_remove("description"));
        let mut nullable = json!({ "anyOf": [overlay, { "type": "null" }] });
        if let (Some(description), Some(mapping)) = (description, nullable.as_object_mut()) {
            mapping.insert("description".to_owned(), description);
        }
        nullable
    }

    /// The reference to the overlay of a definition; to itself where it is replaced whole.
    fn referred(&mut self, target: &str) -> String {
        let name = target.rsplit('/').next().unwrap_or_default();
        let Some(definition) = self
            .definitions
            .get(name)
            .filter(|definition| !WHOLE.contains(&name) && self.is_merged(definition))
        else {
            return target.to_owned();
        };
        let overlay = format!("{name}{OVERLAY}");
        if !self.made.contains_key(&overlay) {
            self.made.insert(overlay.clone(), Value::Null);
            let made = self.overlay(definition);
            self.made.insert(overlay.clone(), made);
        }
        format!("#/$defs/{overlay}")
    }

    /// Returns whether a schema takes a mapping.
    fn is_merged(&self, schema: &Value) -> bool {
        let of_choice = |key: &str| {
            schema
                .get(key)
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(|choice| self.is_merged(choice)))
        };
        let referred = || {
            schema
                .get("$ref")
                .and_then(Value::as_str)?
                .rsplit('/')
                .next()
                .and_then(|name| self.definitions.get(name))
        };
        let has_fields = schema.get("properties").is_some()
            || schema
                .get("additionalProperties")
                .is_some_and(Value::is_object);
        has_fields
            || of_choice("anyOf")
            || of_choice("oneOf")
            || referred().is_some_and(|schema| self.is_merged(schema))
    }
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
