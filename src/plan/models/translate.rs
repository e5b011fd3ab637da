//! Translates schemas into those that API Gateway takes: JSON Schema draft 4, in one piece, and never
//! stricter than before.
//!
//! In: `Schemas`, `TranslationRules`. Out: `Translated`. Pure.
//! Keywords that cannot be carried over are left out and weakening. Weaker parts stay weaker in each
//! place: `oneOf` of them becomes `anyOf`, and `not` of them goes. References are replaced by their
//! targets, since a combinator may not hold one (S9).
//!
//! Source: docs/aws-rules.md#s1, docs/aws-rules.md#s4, docs/aws-rules.md#s5, docs/aws-rules.md#s6,
//! docs/aws-rules.md#s7, docs/aws-rules.md#s8, docs/aws-rules.md#s9.

mod assembled;
mod keywords;
mod part;
mod read_only;
mod rules;
mod schema_path;
mod shared;
mod tree;
mod types;
mod values;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::openapi::{Dialect, SchemaId, Schemas};
pub(crate) use assembled::AssembledModel;
pub use assembled::{Translated, Weakening, Weakenings};
use part::{SchemaPart, both, or_null, takes_empty};
use read_only::{KnownReadOnly, ReadOnly};
pub use rules::TranslationRules;
use schema_path::{PointerStep, SchemaPath};
use shared::SharedParts;
use tree::{ModelJson, Object};

/// Most schemas in one model.
const MAX_NODES: usize = 1_000;

/// Most places that are named of one kind of weakening.
const MAX_PLACES: usize = 3;

/// Notes about the part that is translated.
#[derive(Default)]
struct PartNotes {
    weakenings: Weakenings,
    is_cut: bool,
    /// One more than the depth of the deepest schema.
    deepest: usize,
}

/// Translates the schemas of one description.
pub struct Translator<'a> {
    schemas: &'a Schemas,
    rules: TranslationRules,
    read_only: KnownReadOnly,
    parts: SharedParts,
    /// Schemas that something refers to.
    parsed: BTreeMap<SchemaId, Option<Rc<Value>>>,
    last_parsed: Option<(SchemaId, Option<Rc<Value>>)>,
    /// Schemas in the model so far.
    nodes: usize,
    notes: PartNotes,
    max_depth: usize,
}

impl<'a> Translator<'a> {
    pub fn new(schemas: &'a Schemas, rules: TranslationRules) -> Self {
        Self {
            schemas,
            rules,
            read_only: KnownReadOnly::new(schemas),
            parts: SharedParts::new(schemas),
            parsed: BTreeMap::new(),
            last_parsed: None,
            nodes: 0,
            notes: PartNotes::default(),
            max_depth: 0,
        }
    }

    /// Translates a body into a model that lets through bodies of any of the schemas, and no body where
    /// it is optional.
    ///
    /// `None` where it has too many parts down to that depth.
    pub fn body(
        &mut self,
        roots: &[SchemaId],
        is_optional: bool,
        max_depth: usize,
    ) -> Option<Translated> {
        let assembled = self.assemble(roots, is_optional, max_depth)?;
        Some(Translated {
            schema: assembled.schema(),
            weakenings: assembled.weakenings,
            is_cut: assembled.is_cut,
        })
    }

    pub(crate) fn assemble(
        &mut self,
        roots: &[SchemaId],
        is_optional: bool,
        max_depth: usize,
    ) -> Option<AssembledModel> {
        (self.nodes, self.max_depth, self.notes) = (0, max_depth, PartNotes::default());
        let mut parts: Vec<SchemaPart> = roots
            .iter()
            .map(|root| self.translate_root(*root))
            .collect();
        if self.is_too_large(self.nodes) {
            return None;
        }
        let mut part = if parts.len() == 1 {
            parts.remove(0)
        } else {
            let is_anything = parts.is_empty() || parts.iter().any(|part| part.schema.is_empty());
            if is_anything {
                SchemaPart::anything(false)
            } else {
                SchemaPart::combined(
                    "anyOf",
                    parts.into_iter().map(|part| part.schema).collect(),
                    false,
                )
            }
        };
        if is_optional && self.rules.optional_body && !takes_empty(&part.schema) {
            // The gateway takes a body that is left out for `{}` (S12).
            let empty = Object::of([
                ("type", ModelJson::Value("object".into())),
                ("maxProperties", ModelJson::Value(0.into())),
            ]);
            part = SchemaPart::combined("anyOf", vec![empty, part.schema], false);
        }
        let PartNotes {
            weakenings,
            is_cut,
            deepest,
        } = std::mem::take(&mut self.notes);
        Some(AssembledModel {
            schema: part.schema,
            weakenings,
            is_cut,
            height: deepest,
        })
    }

    /// Returns whether so many schemas are too many, so that their translation is dropped.
    fn is_too_large(&self, nodes: usize) -> bool {
        self.rules.sizes && self.max_depth > 0 && nodes > MAX_NODES
    }

    fn translate_root(&mut self, root: SchemaId) -> SchemaPart {
        let nothing = ReadOnly::default();
        let at = SchemaPath {
            text: root,
            step: None,
            entered: None,
            depth: 0,
            read_only: &nothing,
            is_rebased: false,
        };
        let Some(schema) = self.parsed(root) else {
            return self.leave_out("schema", at);
        };
        if self.rules.binary && self.is_bytes(&schema, at, 0) {
            return self.leave_out("bytes", at);
        }
        let read_only = self.read_only(&schema, at);
        self.enter(
            &schema,
            SchemaPath {
                read_only: &read_only,
                ..at
            },
        )
    }

    /// Returns whether a body is bytes in place of JSON, whatever its media type says.
    fn is_bytes(&mut self, schema: &Value, at: SchemaPath<'_>, depth: usize) -> bool {
        let is_format = matches!(
            schema["format"].as_str(),
            Some("binary" | "byte" | "base64")
        );
        if is_format
            || schema.get("contentEncoding").is_some()
            || schema.get("contentMediaType").is_some()
            || schema["type"] == "file"
        {
            return true;
        }
        let Some(reference) = schema["$ref"].as_str().filter(|_| depth < 8) else {
            return false;
        };
        let Some((id, target)) = self.target(reference, at) else {
            return false;
        };
        self.is_bytes(&target, SchemaPath { text: id, ..at }, depth + 1)
    }

    fn parsed(&mut self, id: SchemaId) -> Option<Rc<Value>> {
        let schemas = self.schemas;
        let parse = || {
            serde_json::from_str(schemas.texts[id].text())
                .ok()
                .map(Rc::new)
        };
        if self.parts.may_be_met_again(id) {
            return self.parsed.entry(id).or_insert_with(parse).clone();
        }
        // A body is cut several times in a row, and large descriptions have too many of them to
        // keep.
        if self
            .last_parsed
            .as_ref()
            .is_none_or(|(last, _)| *last != id)
        {
            self.last_parsed = Some((id, parse()));
        }
        self.last_parsed
            .as_ref()
            .and_then(|(_, schema)| schema.clone())
    }

    /// The target of a reference.
    fn target(&mut self, reference: &str, at: SchemaPath<'_>) -> Option<(SchemaId, Rc<Value>)> {
        let id = self.schemas.texts[at.text]
            .references
            .get(reference)
            .copied()
            .flatten()
            .filter(|_| !at.is_rebased)?;
        Some((id, self.parsed(id)?))
    }

    /// Notes that a keyword is left out.
    fn note_weakening(&mut self, what: &'static str, at: SchemaPath<'_>, keyword: &str) {
        let weakening = self.notes.weakenings.entry(what).or_default();
        weakening.count += 1;
        if weakening.places.len() < MAX_PLACES {
            let pointer = at.pointer(keyword);
            weakening.places.push(pointer);
        }
    }

    fn leave_out(&mut self, what: &'static str, at: SchemaPath<'_>) -> SchemaPart {
        let weakening = self.notes.weakenings.entry(what).or_default();
        weakening.count += 1;
        if weakening.places.len() < MAX_PLACES {
            weakening.places.push(at.itself());
        }
        SchemaPart::anything(false)
    }

    /// Translates a schema of a value: the body, a property, an item.
    fn translate_value(&mut self, schema: &Value, at: SchemaPath<'_>) -> SchemaPart {
        let read_only = self.read_only(schema, at);
        self.translate(
            schema,
            SchemaPath {
                read_only: &read_only,
                ..at
            },
        )
    }

    /// Translates a schema of a value below.
    fn translate_below(
        &mut self,
        schema: &Value,
        key: &str,
        name: Option<&str>,
        at: SchemaPath<'_>,
    ) -> SchemaPart {
        let step = PointerStep {
            key,
            before: at.step,
        };
        let named = name.map(|key| PointerStep {
            key,
            before: Some(&step),
        });
        self.translate_value(
            schema,
            SchemaPath {
                step: named.as_ref().or(Some(&step)),
                depth: at.depth + 1,
                ..at
            },
        )
    }

    /// Translates another schema of the same value.
    fn translate_same(
        &mut self,
        schema: &Value,
        key: &str,
        index: Option<usize>,
        at: SchemaPath<'_>,
    ) -> SchemaPart {
        let step = PointerStep {
            key,
            before: at.step,
        };
        let index = index.map(|index| index.to_string());
        let numbered = index.as_deref().map(|key| PointerStep {
            key,
            before: Some(&step),
        });
        self.translate(
            schema,
            SchemaPath {
                step: numbered.as_ref().or(Some(&step)),
                depth: at.depth + 1,
                ..at
            },
        )
    }

    fn translate(&mut self, schema: &Value, at: SchemaPath<'_>) -> SchemaPart {
        self.nodes = self.nodes.saturating_add(1);
        self.notes.deepest = self.notes.deepest.max(at.depth + 1);
        if self.rules.sizes && (self.nodes > MAX_NODES || at.depth >= self.max_depth) {
            self.notes.is_cut = true;
            return self.leave_out("size", at);
        }
        match schema {
            Value::Bool(true) => SchemaPart::anything(true),
            Value::Bool(false) => SchemaPart::nothing(),
            Value::Object(schema) => self.translate_object(schema, at),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                self.leave_out("schema", at)
            }
        }
    }

    fn translate_object(&mut self, schema: &Map<String, Value>, at: SchemaPath<'_>) -> SchemaPart {
        let at = SchemaPath {
            is_rebased: at.is_rebased || member(schema, "$id").is_some_and(Value::is_string),
            ..at
        };
        let is_nullable = self.rules.nullable
            && ["nullable", "x-nullable"]
                .iter()
                .any(|name| member(schema, name) == Some(&Value::Bool(true)));
        let Some(reference) = member(schema, "$ref").and_then(Value::as_str) else {
            let part = self.keywords(schema, at);
            return if is_nullable { or_null(part) } else { part };
        };
        let target = self.translate_reference(reference, at);
        let part = if self.schemas.dialect == Dialect::Openapi31 || !self.rules.siblings {
            both(target, self.keywords(schema, at))
        } else {
            target
        };
        if is_nullable {
            SchemaPart {
                is_exact: false,
                ..or_null(part)
            }
        } else {
            part
        }
    }

    fn translate_reference(&mut self, reference: &str, at: SchemaPath<'_>) -> SchemaPart {
        let Some((id, target)) = self.target(reference, at) else {
            return self.leave_out("$ref", at);
        };
        if at.entered().any(|entered| entered == id) {
            return self.leave_out("recursion", at);
        }
        self.enter(
            &target,
            SchemaPath {
                text: id,
                depth: at.depth + 1,
                ..at
            },
        )
    }
}

/// A member of a schema. Most have few, which are compared sooner than hashed.
fn member<'v>(schema: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    if schema.len() > 12 {
        return schema.get(name);
    }
    schema
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}
