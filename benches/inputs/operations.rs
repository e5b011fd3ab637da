//! A large description that is the same on every machine, as JSON and as YAML.
//!
//! In: a number of operations. Out: bytes.
//! Five operations a resource, forty first segments, parameters, bodies, inline schemas and
//! `$ref`s, as people write them.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// The blueprint of every synthetic description.
pub(crate) fn blueprint() -> Value {
    let mut blueprint = super::blueprint();
    blueprint["backends"]["orders"] = json!({"port": 8081, "targets": {"ecs": true}});
    blueprint["routes"] = json!([{"match": {}, "backend": "rest"}, {"match": {"paths": ["/orders0/**"]}, "backend": "orders"}]);
    blueprint
}

const NOUNS: [&str; 8] = [
    "accounts",
    "carts",
    "invoices",
    "orders",
    "payments",
    "products",
    "shipments",
    "users",
];
const PARTS: [&str; 6] = [
    "comments",
    "events",
    "files",
    "line-items",
    "permissions",
    "revisions",
];

/// First segments of the paths.
const SEGMENTS: usize = 40;

/// A description with that many operations, as compact JSON.
pub(crate) fn description(operations: usize) -> Vec<u8> {
    let mut paths = serde_json::Map::new();
    for index in 0..operations / 5 {
        let segment = index % SEGMENTS;
        let noun = format!("{}{}", NOUNS[segment % NOUNS.len()], segment / NOUNS.len());
        let part = format!("{}-{}", PARTS[index % PARTS.len()], index / SEGMENTS);
        let id = format!("{}Id", &noun[..noun.len() - 2]);
        let name = format!("{noun}{part}").replace('-', "_");
        let base = format!("/{noun}/{{{id}}}/{part}");
        paths.insert(
            base.clone(),
            json!({
                "parameters": [path_parameter(&id)],
                "get": operation("list", &name, &noun, false),
                "post": operation("create", &name, &noun, true),
            }),
        );
        paths.insert(
            format!("{base}/{{itemId}}"),
            json!({
                "parameters": [path_parameter(&id), {"$ref": "#/components/parameters/itemId"}],
                "get": operation("get", &name, &noun, false),
                "put": operation("replace", &name, &noun, true),
                "delete": operation("delete", &name, &noun, false),
            }),
        );
    }
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Synthetic", "version": "1.0.0", "description": "Made by a benchmark."},
        "servers": [{"url": "https://api.example.com/v1"}],
        "paths": paths,
        "components": components(),
    });
    serde_json::to_vec(&document).expect("a value has text keys only")
}

fn path_parameter(name: &str) -> Value {
    json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}, "description": "Which one is meant."})
}

fn operation(verb: &str, name: &str, tag: &str, has_body: bool) -> Value {
    let mut operation = json!({
        "operationId": format!("{verb}_{name}"),
        "tags": [tag],
        "summary": format!("{verb} {name}"),
        "description": format!("Does {verb} on {name}, as the caller is allowed to.\nAnswers 404 where the parent is not there: \"not found\" and \"not yours\" look the same."),
        "parameters": [
            {"$ref": "#/components/parameters/page"},
            {"$ref": "#/components/parameters/requestId"},
            {"name": "fields", "in": "query", "required": false, "description": "Names of the fields to answer with.", "schema": {"type": "array", "items": {"type": "string"}}},
            {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["created", "updated", "name"], "default": "created"}},
        ],
        "responses": {
            "200": {"description": "Done", "headers": {"X-Total": {"schema": {"type": "integer"}}}, "content": {"application/json": {"schema": schema(name)}}},
            "400": {"$ref": "#/components/responses/Problem"},
            "404": {"description": "Not there", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
        },
    });
    if has_body {
        operation["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": schema(name)}}});
    }
    operation
}

fn schema(name: &str) -> Value {
    json!({
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "name": {"type": "string", "minLength": 1, "maxLength": 200, "example": name},
            "amount": {"type": "number", "minimum": 0.5, "maximum": 100000},
            "owner": {"$ref": "#/components/schemas/Owner"},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "active": {"type": "boolean", "default": true},
        },
    })
}

fn components() -> Value {
    json!({
        "parameters": {
            "page": {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
            "requestId": {"name": "X-Request-Id", "in": "header", "schema": {"type": "string"}},
            "itemId": {"name": "itemId", "in": "path", "required": true, "schema": {"type": "string"}},
        },
        "responses": {"Problem": {"description": "Wrong", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}},
        "schemas": {
            "Problem": {"type": "object", "properties": {"title": {"type": "string"}, "status": {"type": "integer"}}},
            "Owner": {"type": "object", "properties": {"id": {"type": "string"}, "email": {"type": "string", "format": "email"}}},
        },
    })
}

/// The same document in YAML's block style, as people write it: plain scalars where they mean the
/// same.
pub(crate) fn yaml(document: &Value) -> String {
    let mut out = String::new();
    block(&mut out, document, 0);
    out
}

fn block(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                out.extend(std::iter::repeat_n(' ', 2 * depth));
                scalar(out, &Value::from(key.as_str()));
                out.push(':');
                below(out, value, depth + 1);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                out.extend(std::iter::repeat_n(' ', 2 * depth));
                out.push('-');
                below(out, item, depth + 1);
            }
        }
        other => scalar(out, other),
    }
}

fn below(out: &mut String, value: &Value, depth: usize) {
    let is_block = matches!(value, Value::Object(it) if !it.is_empty())
        || matches!(value, Value::Array(it) if !it.is_empty());
    out.push(if is_block { '\n' } else { ' ' });
    block(out, value, depth);
    if !is_block {
        out.push('\n');
    }
}

fn scalar(out: &mut String, value: &Value) {
    match value {
        Value::String(text) if is_plain(text) => out.push_str(text),
        other => write!(out, "{other}").expect("writing to a String cannot fail"),
    }
}

fn is_plain(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '/')
        && text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || b" _/{}-.,".contains(&it))
        && !text.ends_with(' ')
        && !matches!(text, "true" | "false" | "null")
}
