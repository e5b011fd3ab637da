//! Descriptions whose request bodies are hard to make models of.
//!
//! In: a number of operations. Out: `Input`s. Sizes grow in step with the number.

use serde_json::{Map, Value, json};

use super::{Input, blueprint, description};

/// How deep the deepest schema is.
const DEPTH: usize = 40;

/// Bodies that share nothing: a schema of its own for each operation.
pub(crate) fn distinct(operations: usize) -> Input {
    let schemas = (0..operations)
        .map(|index| (format!("Order{index}"), record(index)))
        .collect();
    input(
        "1,000 models that share nothing",
        schemas,
        operations,
        |index| format!("Order{index}"),
    )
}

/// Bodies that all hold the same large component.
pub(crate) fn one_component(operations: usize) -> Input {
    let mut schemas: Map<String, Value> = (0..operations)
        .map(|index| (format!("Order{index}"), holder(index, "Catalogue")))
        .collect();
    let properties: Map<String, Value> = (0..100)
        .map(|index| (format!("part{index}"), record(index)))
        .collect();
    schemas.insert(
        "Catalogue".to_owned(),
        json!({"type": "object", "properties": properties}),
    );
    input(
        "1,000 models that share one component",
        schemas,
        operations,
        |index| format!("Order{index}"),
    )
}

/// Bodies whose components refer to each other in rings and through `allOf`.
pub(crate) fn recursive(operations: usize) -> Input {
    let mut schemas = Map::new();
    for index in 0..operations {
        let (next, after) = ((index + 1) % operations, (index + 7) % operations);
        schemas.insert(
            format!("Node{index}"),
            json!({
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {
                        "type": "object",
                        "required": ["name"],
                        "properties": {
                            "name": {"type": "string", "maxLength": index + 1},
                            "children": {"type": "array", "items": {"$ref": format!("#/components/schemas/Node{index}")}},
                            "next": {"$ref": format!("#/components/schemas/Node{next}")},
                            "other": {"oneOf": [{"$ref": format!("#/components/schemas/Node{after}")}, {"type": "string"}]},
                        },
                    },
                ],
            }),
        );
    }
    schemas.insert(
        "Base".to_owned(),
        json!({"type": "object", "properties": {"id": {"type": "string", "readOnly": true}}, "required": ["id"]}),
    );
    input("100 recursive models", schemas, operations, |index| {
        format!("Node{index}")
    })
}

/// Bodies that are forty levels deep, where each level refers twice to the one below: their parts
/// number 2^40 when written out.
pub(crate) fn deep(operations: usize) -> Input {
    let mut schemas = Map::new();
    for level in 0..DEPTH {
        let below = format!("#/components/schemas/Level{}", level + 1);
        schemas.insert(
            format!("Level{level}"),
            json!({"type": "object", "properties": {"left": {"$ref": below}, "right": {"allOf": [{"$ref": below}, {"minProperties": 1}]}}}),
        );
    }
    schemas.insert(format!("Level{DEPTH}"), json!({"type": "string"}));
    schemas.extend((0..operations).map(|index| (format!("Order{index}"), holder(index, "Level0"))));
    input("100 models of forty levels", schemas, operations, |index| {
        format!("Order{index}")
    })
}

/// An object of a few properties.
fn record(index: usize) -> Value {
    json!({
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "name": {"type": "string", "minLength": 1, "maxLength": index + 1},
            "kind": {"type": "string", "enum": ["small", "large"]},
            "amount": {"type": "number", "minimum": 0.5, "nullable": true},
            "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": true},
        },
    })
}

/// An object that holds a component.
fn holder(index: usize, component: &str) -> Value {
    let held = json!({"$ref": format!("#/components/schemas/{component}")});
    json!({"type": "object", "required": ["held"], "properties": {"held": held, "name": {"type": "string", "maxLength": index + 1}}})
}

fn input(
    name: &'static str,
    schemas: Map<String, Value>,
    operations: usize,
    component: impl Fn(usize) -> String,
) -> Input {
    let mut paths = Map::new();
    for index in 0..operations {
        let schema = json!({"$ref": format!("#/components/schemas/{}", component(index))});
        let body = json!({"required": true, "content": {"application/json": {"schema": schema}}});
        paths.insert(
            format!("/orders{index}"),
            json!({"post": {"requestBody": body, "responses": {"204": {"description": "Done"}}}}),
        );
    }
    Input::new(
        name,
        &description(paths, &json!({"schemas": schemas})),
        &blueprint(),
    )
}
