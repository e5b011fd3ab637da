//! A body's schema as the OpenAPI specification means it, for a validator that is not ours.
//!
//! In: the document as data. Out: JSON Schema with all that it refers to, compiled.
//! Written from the specification, and shares nothing with `src`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

pub(crate) struct Reference<'d> {
    document: &'d Value,
    is_new: bool,
}

/// Schemas by their pointer, while they are gathered.
#[derive(Default)]
struct Gathered {
    schemas: RefCell<BTreeMap<String, Value>>,
}

impl<'d> Reference<'d> {
    pub(crate) fn new(document: &'d Value) -> Self {
        let version = document["openapi"].as_str().unwrap_or_default();
        Self {
            document,
            is_new: version.starts_with("3.1") || version.starts_with("3.2"),
        }
    }

    /// The schema of a body, its validator, and whether a request may go without; `None` where a
    /// part stands in another file.
    pub(crate) fn body(
        &self,
        path: &str,
        method: &str,
        media_type: &str,
    ) -> Option<(Value, Validator, bool)> {
        let item = self.resolved(self.document["paths"].get(path)?)?;
        let operation = self.resolved(item.get(method)?)?;
        let is_odd = !["post", "put", "patch"].contains(&method);
        if self.document["swagger"].is_string() || self.document["swagger"].is_number() {
            let lists = [&operation["parameters"], &item["parameters"]];
            let mut parameters = lists
                .iter()
                .filter_map(|it| it.as_array())
                .flatten()
                .filter_map(|it| self.resolved(it));
            let parameter = parameters.find(|it| it["in"] == "body")?;
            return self.compiled(
                &parameter["schema"],
                is_odd || parameter["required"] != true,
            );
        }
        let body = self.resolved(operation.get("requestBody")?)?;
        let bare = |it: &str| it.split(';').next().unwrap().trim().to_ascii_lowercase();
        let contents = body["content"].as_object()?;
        let named: Vec<&Value> = contents
            .iter()
            .filter(|(name, _)| bare(name) == media_type)
            .map(|(_, it)| it)
            .collect();
        let content = match named.as_slice() {
            [one] => one,
            [] => contents.iter().find(|(name, _)| name.contains('*'))?.1,
            _ => return None,
        };
        self.compiled(
            &self.resolved(content)?["schema"],
            is_odd || body["required"] != true,
        )
    }

    fn resolved(&self, part: &'d Value) -> Option<&'d Value> {
        let mut part = part;
        for _ in 0..20 {
            let Some(reference) = part.get("$ref").and_then(Value::as_str) else {
                return Some(part);
            };
            part = self.at(reference)?;
        }
        None
    }

    fn at(&self, reference: &str) -> Option<&'d Value> {
        let pointer = reference
            .strip_prefix('#')?
            .replace("%7B", "{")
            .replace("%7D", "}")
            .replace("%20", " ");
        self.document.pointer(&pointer)
    }

    fn compiled(&self, schema: &Value, is_optional: bool) -> Option<(Value, Validator, bool)> {
        let gathered = Gathered::default();
        let root = self.converted(schema, &gathered)?;
        // Bytes are no JSON, whatever media type they are sent under.
        let whole = match self.resolved_schema(schema) {
            Some(it)
                if it["format"] == "binary" || it["format"] == "byte" || it["type"] == "file" =>
            {
                json!({})
            }
            _ => root,
        };
        let definitions: Map<String, Value> = gathered.schemas.into_inner().into_iter().collect();
        let schema = json!({"allOf": [whole], "definitions": definitions});
        let options = if self.is_new {
            jsonschema::draft202012::options()
        } else {
            jsonschema::draft4::options()
        };
        let validator = options.should_validate_formats(false).build(&schema).ok()?;
        Some((schema, validator, is_optional))
    }

    fn resolved_schema<'s>(&'s self, schema: &'s Value) -> Option<&'s Value> {
        let mut schema = schema;
        for _ in 0..20 {
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
                return Some(schema);
            };
            schema = self.at(reference)?;
        }
        None
    }

    fn converted(&self, schema: &Value, gathered: &Gathered) -> Option<Value> {
        let Some(members) = schema.as_object() else {
            return schema.is_boolean().then(|| schema.clone());
        };
        let mut out = Map::new();
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            let name = reference.replace(|it: char| !it.is_ascii_alphanumeric(), "_")
                + &format!("_{}", reference.len());
            if !gathered.schemas.borrow().contains_key(&name) {
                gathered
                    .schemas
                    .borrow_mut()
                    .insert(name.clone(), json!({}));
                let target = self.converted(self.at(reference)?, gathered)?;
                gathered.schemas.borrow_mut().insert(name.clone(), target);
            }
            out.insert("$ref".into(), json!(format!("#/definitions/{name}")));
            if !self.is_new {
                return Some(Value::Object(out));
            }
        }
        for (keyword, value) in members.iter().filter(|(keyword, _)| *keyword != "$ref") {
            let value = match (keyword.as_str(), value) {
                ("required", Value::Array(names)) => {
                    let mut names = names.clone();
                    names.retain(|name| !self.is_read_only(schema, name));
                    if names.is_empty() {
                        continue;
                    }
                    Value::Array(names)
                }
                ("type", it) if *it == "file" => continue,
                ("type", Value::String(one)) if schema["nullable"] == true && !self.is_new => {
                    json!([one, "null"])
                }
                // None of these restricts anything here.
                (
                    "example" | "examples" | "default" | "description" | "xml" | "externalDocs"
                    | "discriminator",
                    _,
                ) => continue,
                (keyword, value) => self.converted_below(keyword, value, gathered)?,
            };
            out.insert(keyword.clone(), value);
        }
        Some(Value::Object(out))
    }

    /// The value of a keyword, with the schemas in it converted.
    fn converted_below(&self, keyword: &str, value: &Value, gathered: &Gathered) -> Option<Value> {
        match (keyword, value) {
            (
                "properties" | "patternProperties" | "dependentSchemas" | "$defs",
                Value::Object(children),
            ) => {
                let children = children
                    .iter()
                    .map(|(name, child)| Some((name.clone(), self.converted(child, gathered)?)));
                Some(Value::Object(children.collect::<Option<_>>()?))
            }
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(children)) => {
                let children = children.iter().map(|child| self.converted(child, gathered));
                Some(Value::Array(children.collect::<Option<_>>()?))
            }
            (
                "not"
                | "items"
                | "additionalProperties"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "propertyNames",
                schema,
            ) => self.converted(schema, gathered),
            (_, other) => Some(other.clone()),
        }
    }

    fn is_read_only(&self, schema: &Value, name: &Value) -> bool {
        let property = name.as_str().and_then(|it| schema["properties"].get(it));
        property.is_some_and(|it| {
            it["readOnly"] == true
                || self
                    .resolved_schema(it)
                    .is_some_and(|it| it["readOnly"] == true)
        })
    }
}
