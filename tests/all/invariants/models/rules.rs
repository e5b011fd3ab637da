//! Each rule of the translation switched off: what it keeps out has to show.
//!
//! In: one schema a rule, with a document that it allows. Out: the model is right with the rule,
//! and wrong without it.

use std::sync::Arc;

use gwgen::openapi;
use gwgen::plan::models::{MAX_BYTES, TranslationRule, Translator};
use gwgen::source::{FilesInMemory, Library, RelativePath};
use serde_json::{Value, json};

use super::legal;

/// A case of a rule, the version of OpenAPI, a schema, and a document that it allows.
const CASES: &str = r##"
nullable | 3.0.3 | {"type": "string", "nullable": true, "enum": ["a", null]} | null
nullable reference | 3.0.3 | {"nullable": true, "type": "string", "allOf": [{"maxLength": 3}]} | null
const | 3.1.0 | {"const": 1} | 1
whole numbers | 3.1.0 | {"type": ["integer", "null"]} | 1.0
exclusive bounds | 3.1.0 | {"exclusiveMinimum": 1} | 2
exclusive flags | 3.0.3 | {"minimum": 1, "exclusiveMinimum": true} | 2
formats | 3.0.3 | {"type": "string", "format": "date"} | "soon"
read only | 3.0.3 | {"allOf": [{"required": ["id"]}, {"properties": {"id": {"allOf": [{"type": "string"}, {"readOnly": true}]}}}]} | {"b": 1}
siblings | 3.0.3 | {"$ref": "#/components/schemas/Text", "maxLength": 1} | "long"
patterns | 3.0.3 | {"pattern": "^\\s+$"} | " "
oneOf | 3.1.0 | {"oneOf": [{"pattern": "^\\s"}, {"maxLength": 3}]} | "abc"
not | 3.1.0 | {"not": {"type": "string", "pattern": "^\\s"}} | "abc"
prefixItems | 3.1.0 | {"prefixItems": [{"type": "string"}], "items": {"type": "number"}} | ["a", 1]
unsupported | 3.1.0 | {"propertyNames": {"maxLength": 3}} | {}
examples | 3.0.3 | {"type": "string", "example": "a"} | "a"
optional body | 3.0.3 | {"type": "object", "required": ["a"]} | {}
bytes | 3.0.3 | {"type": "string", "format": "binary"} | {"a": 1}
sizes | 3.0.3 | {"$ref": "#/components/schemas/Level0"} | {}
"##;

/// The rule that a case needs.
fn rule(case: &str) -> TranslationRule {
    match case {
        "nullable" | "nullable reference" => TranslationRule::Nullable,
        "const" => TranslationRule::Constant,
        "whole numbers" => TranslationRule::WholeNumbers,
        "exclusive bounds" | "exclusive flags" => TranslationRule::ExclusiveBounds,
        "formats" => TranslationRule::Formats,
        "read only" => TranslationRule::ReadOnly,
        "siblings" => TranslationRule::Siblings,
        "patterns" => TranslationRule::Patterns,
        "oneOf" => TranslationRule::OneOf,
        "not" => TranslationRule::Negation,
        "prefixItems" => TranslationRule::PrefixItems,
        "unsupported" | "examples" => TranslationRule::Unsupported,
        "optional body" => TranslationRule::OptionalBody,
        "bytes" => TranslationRule::Binary,
        "sizes" => TranslationRule::Sizes,
        other => panic!("unknown case {other}"),
    }
}

#[test]
fn each_rule_is_needed() {
    for row in CASES.trim().lines() {
        let mut cells = row.split(" | ");
        let [name, version, schema, allowed] = std::array::from_fn(|_| cells.next().unwrap());
        let [schema, allowed] = [schema, allowed].map(|text| serde_json::from_str(text).unwrap());
        assert_eq!(problem(version, &schema, &allowed, None), None, "{name}");
        assert!(
            problem(version, &schema, &allowed, Some(rule(name))).is_some(),
            "{name}: nothing is wrong without the rule"
        );
    }
}

/// Returns a fault of the model of an optional body.
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
    let memory =
        FilesInMemory([("a.json".to_owned(), serde_json::to_vec(&document).unwrap())].into());
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
