//! Unresolved references inside the schemas of bodies, and the operations that they concern.
//! In: the text of a schema, `ReferenceResolver`. Out: `Fault`s with their places.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Dialect, RequestBody, SchemaId, Schemas};
use crate::diagnostic::{self, Place};
use crate::openapi::references::{ReferenceError, ReferenceResolver, Target};
use crate::openapi::{Fault, Operation};
use crate::pointer;
use crate::source::SourceFile;

/// Limit on the faults that are reported of a schema, and of an operation's body.
const MAX_FAULTS: usize = 8;

/// Returns whether the value of a keyword is a schema, or a list of schemas.
fn holds_schemas(keyword: &str) -> bool {
    matches!(keyword, "additionalProperties" | "unevaluatedProperties")
        || matches!(
            keyword,
            "items"
                | "additionalItems"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "allOf"
                | "propertyNames"
                | "unevaluatedItems"
                | "contentSchema"
                | "anyOf"
                | "oneOf"
                | "prefixItems"
                | "schema"
        )
}

/// Returns whether the value of a keyword holds schemas by name. A schema of `$defs` counts where
/// something refers to it.
fn holds_named_schemas(keyword: &str) -> bool {
    matches!(
        keyword,
        "properties" | "patternProperties" | "dependentSchemas"
    )
}

/// Returns the target of a reference in a schema.
///
/// Errors: those of `references`; GW1006 it is no schema, GW1009 it leads to itself.
pub(crate) fn schema_target<'a>(
    references: &ReferenceResolver<'a>,
    from: &Target<'a>,
    reference: &str,
) -> Result<Target<'a>, ReferenceError> {
    let target = references.target(from.file, reference)?;
    let text = target.json.trim_ascii_start();
    if !text.starts_with('{') && !matches!(text, "true" | "false") {
        return Err(target.no_mapping("a schema"));
    }
    if text.starts_with('{') {
        if target.pointer.is_empty() && target.file.is_description() {
            return Err(ReferenceError::whole_document(target.file));
        }
        target.accept("a schema", is_schema_member)?;
        // Only references that lead to references alone may be a cycle without content.
        if text.len() <= MAX_ALIAS_BYTES {
            references.check_end(target.clone())?;
        }
    }
    Ok(target)
}

/// Longest text that is taken for a reference and nothing else. Unit: bytes.
const MAX_ALIAS_BYTES: usize = 400;

/// Returns whether a schema is known by a member.
fn is_schema_member(key: &str, json: &str) -> bool {
    let is_type_name = |name: &Value| {
        matches!(
            name.as_str(),
            Some(
                "array" | "boolean" | "file" | "integer" | "null" | "number" | "object" | "string"
            )
        )
    };
    let is_type = || match serde_json::from_str::<Value>(json) {
        Ok(Value::Array(names)) => names.iter().all(is_type_name),
        name => name.is_ok_and(|name| is_type_name(&name)),
    };
    let is_keyword = matches!(
        key,
        "$ref"
            | "enum"
            | "const"
            | "required"
            | "format"
            | "pattern"
            | "minimum"
            | "maximum"
            | "minLength"
            | "maxLength"
            | "minItems"
            | "maxItems"
            | "nullable"
    );
    is_keyword || holds_schemas(key) || holds_named_schemas(key) || (key == "type" && is_type())
}

/// Returns the faults of the references in a schema's own text.
pub(crate) fn faults<'a>(
    references: &ReferenceResolver<'a>,
    dialect: Dialect,
    schema: &Target<'a>,
    main: &'a SourceFile,
) -> Vec<Fault> {
    let Ok(value) = serde_json::from_str::<Value>(schema.json) else {
        return Vec::new();
    };
    let mut search = ReferenceSearch {
        dialect,
        references: Vec::new(),
        not_text: Vec::new(),
    };
    search.schema(&value, "");
    let place = |below: &str| {
        let pointer = [&schema.pointer, below, "/$ref"].concat();
        Place::pointer(&schema.file.display, pointer)
    };
    let not_text = search.not_text.iter().map(|below| Fault {
        code: &diagnostic::WRONG_TYPE,
        place: place(below),
        message: "`$ref` has to be text".to_owned(),
        help: "write the way to a schema, such as `#/components/schemas/Order`".into(),
    });
    let unresolved = search.references.iter().filter_map(|(below, reference)| {
        let error = schema_target(references, schema, reference).err()?;
        if dialect == Dialect::Openapi31 && has_name(&schema.file.json, reference) {
            return None;
        }
        let mut fault = error.at(place(below));
        // Some bundlers look for such a part in the main file.
        if reference.starts_with('#')
            && !std::ptr::eq(schema.file, main)
            && references.target(main, reference).is_ok()
        {
            let main = &main.display;
            let help = format!("`{main}` has that part: write the way to this file before the `#`");
            fault.help = help.into();
        }
        Some(fault)
    });
    not_text.chain(unresolved).take(MAX_FAULTS).collect()
}

/// Returns whether the file gives a schema the name that a reference uses: `$id` or `$anchor`,
/// which are not followed.
fn has_name(json: &str, reference: &str) -> bool {
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let holds = |key: &str, name: &str| json.contains(key) && json.contains(&format!("\"{name}\""));
    let has_id = !path.is_empty() && holds("\"$id\"", path);
    let has_anchor = path.is_empty() && !fragment.is_empty() && !fragment.starts_with('/');
    has_id
        || (has_anchor && (holds("\"$anchor\"", fragment) || holds("\"$dynamicAnchor\"", fragment)))
}

/// A pass over a schema for its references.
struct ReferenceSearch {
    dialect: Dialect,
    /// Pointers below the schema, with the references there.
    references: Vec<(String, String)>,
    /// Pointers to schemas whose `$ref` is no text.
    not_text: Vec<String>,
}

impl ReferenceSearch {
    fn schema(&mut self, schema: &Value, at: &str) {
        match schema {
            Value::Object(members) => self.members(members, at),
            Value::Array(schemas) => {
                for (index, schema) in schemas.iter().enumerate() {
                    self.schema(schema, &pointer::child(at, index));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn members(&mut self, members: &Map<String, Value>, at: &str) {
        // Below an `$id` references start at that, and are not followed.
        if self.dialect == Dialect::Openapi31 && members.get("$id").is_some_and(Value::is_string) {
            return;
        }
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            self.references.push((at.to_owned(), reference.to_owned()));
            if self.dialect == Dialect::Openapi30 {
                return;
            }
        } else if members.contains_key("$ref") {
            self.not_text.push(at.to_owned());
        }
        for (key, value) in members {
            let below = || pointer::child(at, key);
            if holds_schemas(key) {
                self.schema(value, &below());
            } else if holds_named_schemas(key) {
                for (name, schema) in value.as_object().into_iter().flatten() {
                    self.schema(schema, &pointer::child(&below(), name));
                }
            }
        }
    }
}

/// Faults of unresolved references in the bodies of a description.
#[derive(Default)]
pub(crate) struct UnresolvedInBodies {
    /// By schema: faults of its own text.
    schemas: BTreeMap<SchemaId, Vec<Fault>>,
    /// By body: faults of its media types.
    bodies: BTreeMap<usize, Vec<Fault>>,
}

impl UnresolvedInBodies {
    pub(crate) fn add_schema(&mut self, schema: SchemaId, faults: Vec<Fault>) {
        if !faults.is_empty() {
            self.schemas.insert(schema, faults);
        }
    }

    pub(crate) fn add_body(&mut self, body: &Arc<RequestBody>, faults: Vec<Fault>) {
        if !faults.is_empty() {
            self.bodies.insert(Arc::as_ptr(body).addr(), faults);
        }
    }

    /// Gives each operation the faults of its body and of the schemas that this reaches.
    pub(crate) fn report(&self, schemas: &Schemas, operations: &mut [Operation]) {
        if self.schemas.is_empty() && self.bodies.is_empty() {
            return;
        }
        let reachable = self.reachable(schemas);
        for operation in operations {
            let Some(body) = &operation.body else {
                continue;
            };
            let of_body = self.bodies.get(&Arc::as_ptr(body).addr());
            let body_schemas = body.contents.iter().filter_map(|content| content.schema);
            let of_schemas = body_schemas
                .flat_map(|schema| &reachable[schema])
                .flat_map(|schema| &self.schemas[schema]);
            let mut faults: Vec<&Fault> = of_body.into_iter().flatten().chain(of_schemas).collect();
            faults.sort_by(|one, other| one.place.cmp(&other.place));
            faults.dedup_by(|one, other| one.place == other.place);
            let faults: Vec<Fault> = faults.into_iter().take(MAX_FAULTS).cloned().collect();
            operation.faults.extend(faults);
        }
    }

    /// Returns for each schema the schemas with faults that it reaches, up to the limit.
    fn reachable(&self, schemas: &Schemas) -> Vec<Vec<SchemaId>> {
        let mut referring: Vec<Vec<SchemaId>> = vec![Vec::new(); schemas.texts.len()];
        for (id, text) in schemas.texts.iter().enumerate() {
            for target in text.references.values().flatten() {
                referring[*target].push(id);
            }
        }
        let mut reachable: Vec<Vec<SchemaId>> = vec![Vec::new(); schemas.texts.len()];
        for faulty in self.schemas.keys() {
            let mut waiting = vec![*faulty];
            while let Some(id) = waiting.pop() {
                // Whatever refers to one that is full is full of the same.
                if reachable[id].len() < MAX_FAULTS && reachable[id].last() != Some(faulty) {
                    reachable[id].push(*faulty);
                    waiting.extend(&referring[id]);
                }
            }
        }
        reachable
    }
}
