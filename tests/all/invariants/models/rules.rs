//! Each rule of the translation switched off: what it keeps out has to show.
//!
//! In: one schema a rule, with a document that it allows. Out: the model is right with the rule,
//! and wrong without it.

use std::sync::Arc;

use gwgen::openapi;
use gwgen::plan::models::{MAX_BYTES, TranslationRule, Translator};
use gwgen::source::{Library, Memory, RelativePath};
use serde_json::{Value, json};

use super::legal;

/// Name of a case, the rule, the version, the schema, and a document that it allows.
type Tried = (&'static str, TranslationRule, &'static str, Value, Value);

#[expect(clippy::too_many_lines, reason = "a flat table of cases")]
fn tried() -> Vec<Tried> {
    vec![
        (
            "nullable",
            TranslationRule::Nullable,
            "3.0.3",
            json!({"type": "string", "nullable": true, "enum": ["a", null]}),
            json!(null),
        ),
        (
            "nullable reference",
            TranslationRule::Nullable,
            "3.0.3",
            json!({"nullable": true, "type": "string", "allOf": [{"maxLength": 3}]}),
            json!(null),
        ),
        (
            "const",
            TranslationRule::Constant,
            "3.1.0",
            json!({"const": 1}),
            json!(1),
        ),
        (
            "whole numbers",
            TranslationRule::WholeNumbers,
            "3.1.0",
            json!({"type": ["integer", "null"]}),
            json!(1.0),
        ),
        (
            "exclusive bounds",
            TranslationRule::ExclusiveBounds,
            "3.1.0",
            json!({"exclusiveMinimum": 1}),
            json!(2),
        ),
        (
            "exclusive flags",
            TranslationRule::ExclusiveBounds,
            "3.0.3",
            json!({"minimum": 1, "exclusiveMinimum": true}),
            json!(2),
        ),
        (
            "formats",
            TranslationRule::Formats,
            "3.0.3",
            json!({"type": "string", "format": "date"}),
            json!("soon"),
        ),
        (
            "read only",
            TranslationRule::ReadOnly,
            "3.0.3",
            json!({"allOf": [{"required": ["id"]}, {"properties": {"id": {"allOf": [{"type": "string"}, {"readOnly": true}]}}}]}),
            json!({"b": 1}),
        ),
        (
            "siblings",
            TranslationRule::Siblings,
            "3.0.3",
            json!({"$ref": "#/components/schemas/Text", "maxLength": 1}),
            json!("long"),
        ),
        (
            "patterns",
            TranslationRule::Patterns,
            "3.0.3",
            json!({"pattern": "^\\s+$"}),
            json!(" "),
        ),
        (
            "oneOf",
            TranslationRule::OneOf,
            "3.1.0",
            json!({"oneOf": [{"pattern": "^\\s"}, {"maxLength": 3}]}),
            json!("abc"),
        ),
        (
            "not",
            TranslationRule::Negation,
            "3.1.0",
            json!({"not": {"type": "string", "pattern": "^\\s"}}),
            json!("abc"),
        ),
        (
            "prefixItems",
            TranslationRule::PrefixItems,
            "3.1.0",
            json!({"prefixItems": [{"type": "string"}], "items": {"type": "number"}}),
            json!(["a", 1]),
        ),
        (
            "unsupported",
            TranslationRule::Unsupported,
            "3.1.0",
            json!({"propertyNames": {"maxLength": 3}}),
            json!({}),
        ),
        (
            "examples",
            TranslationRule::Unsupported,
            "3.0.3",
            json!({"type": "string", "example": "a"}),
            json!("a"),
        ),
        (
            "optional body",
            TranslationRule::OptionalBody,
            "3.0.3",
            json!({"type": "object", "required": ["a"]}),
            json!({}),
        ),
        (
            "bytes",
            TranslationRule::Binary,
            "3.0.3",
            json!({"type": "string", "format": "binary"}),
            json!({"a": 1}),
        ),
        (
            "sizes",
            TranslationRule::Sizes,
            "3.0.3",
            json!({"$ref": "#/components/schemas/Level0"}),
            json!({}),
        ),
    ]
}

#[test]
fn each_rule_is_needed() {
    for (name, rule, version, schema, allowed) in tried() {
        assert_eq!(problem(version, &schema, &allowed, None), None, "{name}");
        assert!(
            problem(version, &schema, &allowed, Some(rule)).is_some(),
            "{name}: nothing is wrong without the rule"
        );
    }
}

/// What is wrong with the model of an optional body.
fn problem(
    version: &str,
    schema: &Value,
    allowed: &Value,
    without: Option<TranslationRule>,
) -> Option<String> {
    let mut schemas = json!({"Text": {"type": "string"}, "Level5": {"type": "string"}});
    for level in 0..5 {
        let next = json!({"$ref": format!("#/components/schemas/Level{}", level + 1)});
        let properties: serde_json::Map<String, Value> = ('a'..'j')
            .map(|it| (it.to_string(), next.clone()))
            .collect();
        schemas[format!("Level{level}")] = json!({"properties": properties});
    }
    let document = json!({
        "openapi": version, "info": {"title": "", "version": "1"}, "components": {"schemas": schemas},
        "paths": {"/a": {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}},
    });
    let memory = Memory([("a.json".to_owned(), serde_json::to_vec(&document).unwrap())].into());
    let library = Library::new(&memory);
    let file = library
        .open(&RelativePath::join("", "a.json").unwrap(), || {
            Arc::from("a.json")
        })
        .unwrap();
    let api = openapi::read(file, &library).value.unwrap();
    let root = api.operations[0].body.as_ref().unwrap().contents[0]
        .schema
        .unwrap();
    let mut translator = Translator::new(&api.schemas, without);
    let made = [64, 8, 6, 4, 2]
        .into_iter()
        .find_map(|depth| translator.assemble(&[root], true, depth))
        .unwrap();
    let mut model = Value::Object(made.schema());
    model["title"] = json!("a");
    if model.to_string().len() > MAX_BYTES {
        return Some("it is too large".into());
    }
    if let Some(fault) = legal::faults(&model).into_iter().next() {
        return Some(fault);
    }
    let Ok(validator) = jsonschema::draft4::options()
        .should_validate_formats(true)
        .build(&model)
    else {
        return Some("it is no schema".into());
    };
    (!validator.is_valid(allowed)).then(|| format!("it refuses {allowed}: {model}"))
}
