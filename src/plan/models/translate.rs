//! Translates schemas into those that API Gateway takes: JSON Schema draft 4, in one piece, and
//! never stricter than before.
//!
//! In: `Schemas`. Out: `AssembledModel`. Pure.
//! A keyword that draft 4 lacks is left out, which weakens the model. Weaker parts stay weaker in
//! each place: `oneOf` of them becomes `anyOf`, and `not` of them is left out. References are
//! replaced by their targets, since a combinator may not hold one (S9).
//!
//! Source: docs/aws-rules.md#s1, docs/aws-rules.md#s4, docs/aws-rules.md#s5, docs/aws-rules.md#s6,
//! docs/aws-rules.md#s7, docs/aws-rules.md#s8, docs/aws-rules.md#s9.

mod keywords;
mod part;
mod read_only;
mod schema_path;
mod shared;
mod tree;
mod values;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::openapi::{Dialect, SchemaId, Schemas};
pub use part::{AssembledModel, Weakening, Weakenings};
use part::{PartNotes, SchemaPart, both, or_null, takes_empty};
use read_only::{KnownReadOnly, ReadOnly};
use schema_path::{PointerStep, SchemaPath};
use shared::SharedParts;
use tree::{ModelJson, Object};

/// Most schemas in one model.
const MAX_NODES: usize = 1_000;

/// Most places that are named of one kind of weakening.
const MAX_PLACES: usize = 3;

/// A rule of the translation, which a test leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TranslationRule {
    /// `nullable` lets null through, among the values of `enum` too (S8).
    Nullable,
    /// `const` is an `enum` of one (S4).
    Constant,
    /// A whole number may have a fraction of zeros from 3.1 on, which is none in draft 4.
    WholeNumbers,
    /// Exclusive bounds become inclusive (S5).
    ExclusiveBounds,
    /// No `format` (S6).
    Formats,
    /// Properties that are read only are not required of a request.
    ReadOnly,
    /// Keywords beside `$ref` mean nothing before 3.1.
    Siblings,
    /// Patterns that Java reads otherwise are left out.
    Patterns,
    /// `oneOf` of weaker parts, or of parts that a discriminator distinguishes, is `anyOf`.
    OneOf,
    /// `not` of a weaker part is left out.
    Negation,
    /// `items` beside `prefixItems` is left out, too (S4).
    PrefixItems,
    /// Keywords that draft 4 lacks are left out (S4).
    Unsupported,
    /// An optional body may be missing (S12).
    OptionalBody,
    /// Text of bytes is no JSON text.
    Binary,
    /// The size of a model is limited (S10).
    Sizes,
}

/// Members of a schema.
type Members = Map<String, Value>;

/// Translates the schemas of one description.
pub struct Translator<'a> {
    schemas: &'a Schemas,
    /// The rule that does not apply.
    without: Option<TranslationRule>,
    read_only: KnownReadOnly,
    parts: SharedParts,
    /// Schemas that something refers to.
    parsed: BTreeMap<SchemaId, Option<Rc<Value>>>,
    last_parsed: Option<(SchemaId, Option<Rc<Value>>)>,
    /// Schemas in the model so far.
    nodes: usize,
    /// Notes about the part that is translated.
    notes: PartNotes,
    max_depth: usize,
}

impl<'a> Translator<'a> {
    /// Makes a translator that applies all rules, or all but one.
    pub fn new(schemas: &'a Schemas, without: Option<TranslationRule>) -> Self {
        Self {
            schemas,
            without,
            read_only: KnownReadOnly::new(schemas),
            parts: SharedParts::new(schemas),
            parsed: BTreeMap::new(),
            last_parsed: None,
            nodes: 0,
            notes: PartNotes::default(),
            max_depth: 0,
        }
    }

    /// Translates a body into a model that allows bodies of any of the schemas, and no body where
    /// it is optional.
    ///
    /// `None` where it has too many parts down to that depth.
    pub fn assemble(
        &mut self,
        roots: &[SchemaId],
        is_optional: bool,
        max_depth: usize,
    ) -> Option<AssembledModel> {
        (self.nodes, self.max_depth, self.notes) = (0, max_depth, PartNotes::default());
        let mut schemas: Vec<Object> = roots
            .iter()
            .map(|root| self.translate_root(*root).schema)
            .collect();
        if self.is_too_large(self.nodes) {
            return None;
        }
        let mut schema = if schemas.len() == 1 {
            schemas.remove(0)
        } else if schemas.is_empty() || schemas.iter().any(Object::is_empty) {
            Object::default()
        } else {
            Object::of([("anyOf", ModelJson::list(schemas))])
        };
        if is_optional && self.applies(TranslationRule::OptionalBody) && !takes_empty(&schema) {
            // The gateway takes a body that is left out for `{}` (S12).
            let empty = Object::of([
                ("type", ModelJson::Value("object".into())),
                ("maxProperties", ModelJson::Value(0.into())),
            ]);
            schema = Object::of([("anyOf", ModelJson::list(vec![empty, schema]))]);
        }
        let notes = std::mem::take(&mut self.notes);
        Some(AssembledModel { schema, notes })
    }

    fn applies(&self, rule: TranslationRule) -> bool {
        self.without != Some(rule)
    }

    /// Returns whether so many schemas are too many, so that their translation is dropped.
    fn is_too_large(&self, nodes: usize) -> bool {
        self.applies(TranslationRule::Sizes) && self.max_depth > 0 && nodes > MAX_NODES
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
        if self.applies(TranslationRule::Binary) && self.is_bytes(&schema, at, 0) {
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

    /// Returns whether a body is bytes in place of JSON, whatever its media type is.
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
        // A body is cut several times in a row, and large descriptions have too many to store all.
        match &self.last_parsed {
            Some((last, schema)) if *last == id => schema.clone(),
            _ => {
                let schema = parse();
                self.last_parsed = Some((id, schema.clone()));
                schema
            }
        }
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

    /// Notes that a keyword of a schema is left out; that of the schema itself is empty.
    fn note_weakening(&mut self, what: &'static str, at: SchemaPath<'_>, keyword: &str) {
        let weakening = self.notes.weakenings.entry(what).or_default();
        weakening.count += 1;
        if weakening.places.len() < MAX_PLACES {
            let slash = if keyword.is_empty() { "" } else { "/" };
            weakening.places.push(at.pointer() + slash + keyword);
        }
    }

    fn leave_out(&mut self, what: &'static str, at: SchemaPath<'_>) -> SchemaPart {
        self.note_weakening(what, at, "");
        SchemaPart::anything(false)
    }

    /// Translates a schema of a value below: that of a keyword, or of a name in it.
    fn translate_below(
        &mut self,
        schema: &Value,
        keyword: &str,
        name: Option<&str>,
        at: SchemaPath<'_>,
    ) -> SchemaPart {
        let read_only = self.read_only(schema, at);
        let step = PointerStep {
            keyword,
            key: name,
            before: at.step,
        };
        self.translate(
            schema,
            SchemaPath {
                step: Some(&step),
                depth: at.depth + 1,
                read_only: &read_only,
                ..at
            },
        )
    }

    /// Translates another schema of the same value.
    fn translate_same(
        &mut self,
        schema: &Value,
        keyword: &str,
        index: Option<usize>,
        at: SchemaPath<'_>,
    ) -> SchemaPart {
        let index = index.map(|index| index.to_string());
        let step = PointerStep {
            keyword,
            key: index.as_deref(),
            before: at.step,
        };
        self.translate(
            schema,
            SchemaPath {
                step: Some(&step),
                depth: at.depth + 1,
                ..at
            },
        )
    }

    fn translate(&mut self, schema: &Value, at: SchemaPath<'_>) -> SchemaPart {
        self.nodes = self.nodes.saturating_add(1);
        self.notes.levels = self.notes.levels.max(at.depth + 1);
        if self.applies(TranslationRule::Sizes)
            && (self.nodes > MAX_NODES || at.depth >= self.max_depth)
        {
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

    fn translate_object(&mut self, schema: &Members, at: SchemaPath<'_>) -> SchemaPart {
        let at = SchemaPath {
            is_rebased: at.is_rebased || member(schema, "$id").is_some_and(Value::is_string),
            ..at
        };
        let is_nullable = self.applies(TranslationRule::Nullable)
            && ["nullable", "x-nullable"]
                .iter()
                .any(|name| member(schema, name) == Some(&Value::Bool(true)));
        let Some(reference) = member(schema, "$ref").and_then(Value::as_str) else {
            let part = self.keywords(schema, at);
            return if is_nullable { or_null(part) } else { part };
        };
        let target = self.translate_reference(reference, at);
        let has_siblings =
            self.schemas.dialect == Dialect::Openapi31 || !self.applies(TranslationRule::Siblings);
        let mut part = if has_siblings {
            both(target, self.keywords(schema, at))
        } else {
            target
        };
        if is_nullable {
            part = or_null(part);
            part.is_exact = false;
        }
        part
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
fn member<'v>(schema: &'v Members, name: &str) -> Option<&'v Value> {
    if schema.len() > 12 {
        return schema.get(name);
    }
    schema
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}
