//! A schema as API Gateway takes it: JSON Schema draft 4, in one piece, and never stricter than what it was.
//!
//! In: `Schemas`, `Rules`. Out: `Translated`. Pure.
//! What cannot be carried over is left out and noted. Weaker parts stay weaker wherever they stand: `oneOf` of them becomes `anyOf`, and
//! `not` of them goes. References are replaced by what they lead to, since a combinator may not hold one (S9).
//!
//! Source: AWS-RULES S1, S4 to S9, 5.1.

mod keywords;
mod part;
mod read_only;
mod rules;
mod types;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use crate::openapi::{Dialect, SchemaId, Schemas};
use crate::source::pointer;
use part::{Part, both, or_null, takes_empty};
use read_only::ReadOnly;
pub use rules::Rules;

/// Most schemas in one model.
const MAX_NODES: usize = 1_000;

/// Most places that are named of one kind of weakening.
const MAX_PLACES: usize = 3;

/// What the gateway does not check of what a schema asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weakening {
    /// Pointers into the schema as if all it refers to stood in it; the first few.
    pub places: Vec<String>,
    pub count: usize,
}

/// Weakenings by what is left out.
pub type Weakenings = BTreeMap<&'static str, Weakening>;

/// A schema that API Gateway takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Translated {
    pub schema: Map<String, Value>,
    pub weakenings: Weakenings,
    /// It has more parts than fit.
    pub is_cut: bool,
}

/// Where a schema stands.
#[derive(Clone, Copy)]
struct At<'s> {
    /// The schema whose text it is in.
    text: SchemaId,
    /// What led here: keys, and references that were followed.
    step: Option<&'s Step<'s>>,
    depth: usize,
    /// Properties that requests need not have.
    read_only: &'s ReadOnly,
    /// Below an `$id`, references mean something else.
    is_rebased: bool,
}

struct Step<'s> {
    /// `None` where a reference was followed.
    key: Option<&'s str>,
    /// The schema that was entered.
    entered: Option<SchemaId>,
    before: Option<&'s Step<'s>>,
}

impl<'s> At<'s> {
    fn entered(&self) -> impl Iterator<Item = SchemaId> {
        std::iter::successors(self.step, |it| it.before).filter_map(|it| it.entered)
    }

    fn pointer(&self, keyword: &str) -> String {
        let mut keys: Vec<&str> = std::iter::successors(self.step, |it| it.before).filter_map(|it| it.key).collect();
        keys.reverse();
        keys.iter().chain(&[keyword]).fold(String::new(), |base, key| pointer::child(&base, key))
    }
}

/// Makes models of the schemas of one description.
pub struct Translator<'a> {
    schemas: &'a Schemas,
    rules: Rules,
    has_read_only: bool,
    parsed: BTreeMap<SchemaId, Option<Rc<Value>>>,
    nodes: usize,
    weakenings: Weakenings,
    is_cut: bool,
    max_depth: usize,
}

impl<'a> Translator<'a> {
    pub fn new(schemas: &'a Schemas, rules: Rules) -> Self {
        let has_read_only = schemas.texts.iter().any(|it| it.text().contains("\"readOnly\""));
        Self {
            schemas,
            rules,
            has_read_only,
            parsed: BTreeMap::new(),
            nodes: 0,
            weakenings: Weakenings::new(),
            is_cut: false,
            max_depth: 0,
        }
    }

    /// The model of a body: whatever fits one of the schemas, and nothing at all where the body may be left out.
    ///
    /// `None` where it has too many parts down to that depth.
    pub fn body(&mut self, roots: &[SchemaId], is_optional: bool, max_depth: usize) -> Option<Translated> {
        (self.nodes, self.is_cut, self.max_depth) = (0, false, max_depth);
        self.weakenings.clear();
        let mut parts: Vec<Part> = roots.iter().map(|root| self.root(*root)).collect();
        let mut part = if parts.len() == 1 {
            parts.remove(0)
        } else {
            let is_anything = parts.is_empty() || parts.iter().any(|it| it.schema.is_empty());
            if is_anything {
                Part::anything(false)
            } else {
                Part::combined("anyOf", parts.into_iter().map(|it| it.schema).collect(), false)
            }
        };
        if is_optional && self.rules.optional_body && !takes_empty(&part.schema) {
            // The gateway takes a body that is left out for `{}` (S12).
            let empty = Map::from_iter([("type".to_owned(), json!("object")), ("maxProperties".to_owned(), json!(0))]);
            part = Part::combined("anyOf", vec![empty, part.schema], false);
        }
        if self.rules.sizes && self.nodes > MAX_NODES && max_depth > 0 {
            return None;
        }
        Some(Translated { schema: part.schema, weakenings: std::mem::take(&mut self.weakenings), is_cut: self.is_cut })
    }

    fn root(&mut self, root: SchemaId) -> Part {
        let step = Step { key: None, entered: Some(root), before: None };
        let nothing = ReadOnly::default();
        let at = At { text: root, step: Some(&step), depth: 0, read_only: &nothing, is_rebased: false };
        let Some(schema) = self.parsed(root) else { return self.without("schema", at) };
        if self.rules.binary && self.is_bytes(&schema, at, 0) {
            return self.without("bytes", at);
        }
        self.place(&schema, at)
    }

    /// Whether a body is no JSON but bytes, whatever its media type says.
    fn is_bytes(&mut self, schema: &Value, at: At<'_>, depth: usize) -> bool {
        let is_format = matches!(schema["format"].as_str(), Some("binary" | "byte" | "base64"));
        if is_format || schema.get("contentEncoding").is_some() || schema.get("contentMediaType").is_some() || schema["type"] == "file" {
            return true;
        }
        let Some(reference) = schema["$ref"].as_str().filter(|_| depth < 8) else { return false };
        let Some((id, target)) = self.target(reference, at) else { return false };
        self.is_bytes(&target, At { text: id, ..at }, depth + 1)
    }

    fn parsed(&mut self, id: SchemaId) -> Option<Rc<Value>> {
        let schemas = self.schemas;
        self.parsed.entry(id).or_insert_with(|| serde_json::from_str(schemas.texts[id].text()).ok().map(Rc::new)).clone()
    }

    /// What a reference leads to.
    fn target(&mut self, reference: &str, at: At<'_>) -> Option<(SchemaId, Rc<Value>)> {
        let id = self.schemas.texts[at.text].references.get(reference).copied().flatten().filter(|_| !at.is_rebased)?;
        Some((id, self.parsed(id)?))
    }

    /// Notes what is left out.
    fn weaker(&mut self, what: &'static str, at: At<'_>, keyword: &str) {
        let noted = self.weakenings.entry(what).or_default();
        noted.count += 1;
        if noted.places.len() < MAX_PLACES {
            let pointer = at.pointer(keyword);
            noted.places.push(pointer);
        }
    }

    fn without(&mut self, what: &'static str, at: At<'_>) -> Part {
        let noted = self.weakenings.entry(what).or_default();
        noted.count += 1;
        if noted.places.len() < MAX_PLACES {
            let pointer = at.pointer("");
            noted.places.push(pointer.trim_end_matches('/').to_owned());
        }
        Part::anything(false)
    }

    /// A schema of a value: the body, a property, an item.
    fn place(&mut self, schema: &Value, at: At<'_>) -> Part {
        if !self.has_read_only || !self.rules.read_only {
            let none = ReadOnly::default();
            return self.schema(schema, At { read_only: &none, ..at });
        }
        let read_only = self.read_only(schema, at);
        self.schema(schema, At { read_only: &read_only, ..at })
    }

    /// A schema of a value below.
    fn below(&mut self, schema: &Value, key: &str, name: Option<&str>, at: At<'_>) -> Part {
        let step = Step { key: Some(key), entered: None, before: at.step };
        let named = Step { key: name, entered: None, before: Some(&step) };
        self.place(schema, At { step: Some(if name.is_some() { &named } else { &step }), depth: at.depth + 1, ..at })
    }

    /// A schema of the same value.
    fn same(&mut self, schema: &Value, key: &str, index: Option<usize>, at: At<'_>) -> Part {
        let step = Step { key: Some(key), entered: None, before: at.step };
        let index = index.map(|it| it.to_string());
        let numbered = Step { key: index.as_deref(), entered: None, before: Some(&step) };
        self.schema(schema, At { step: Some(if index.is_some() { &numbered } else { &step }), depth: at.depth + 1, ..at })
    }

    fn schema(&mut self, schema: &Value, at: At<'_>) -> Part {
        self.nodes += 1;
        if self.rules.sizes && (self.nodes > MAX_NODES || at.depth >= self.max_depth) {
            self.is_cut = true;
            return self.without("size", at);
        }
        match schema {
            Value::Bool(true) => Part::anything(true),
            Value::Bool(false) => Part::nothing(),
            Value::Object(schema) => self.object(schema, at),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => self.without("schema", at),
        }
    }

    fn object(&mut self, schema: &Map<String, Value>, at: At<'_>) -> Part {
        let at = At { is_rebased: at.is_rebased || schema.get("$id").is_some_and(Value::is_string), ..at };
        let is_nullable = self.rules.nullable && ["nullable", "x-nullable"].iter().any(|it| schema.get(*it) == Some(&Value::Bool(true)));
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
            let part = self.keywords(schema, at);
            return if is_nullable { or_null(part) } else { part };
        };
        let target = self.referred(reference, at);
        let part = if self.schemas.dialect == Dialect::Openapi31 || !self.rules.siblings {
            let mut siblings = schema.clone();
            siblings.remove("$ref");
            let siblings = self.keywords(&siblings, at);
            both(target, siblings)
        } else {
            target
        };
        if is_nullable { Part { is_exact: false, ..or_null(part) } } else { part }
    }

    fn referred(&mut self, reference: &str, at: At<'_>) -> Part {
        let Some((id, target)) = self.target(reference, at) else { return self.without("$ref", at) };
        if at.entered().any(|it| it == id) {
            return self.without("recursion", at);
        }
        let step = Step { key: None, entered: Some(id), before: at.step };
        self.schema(&target, At { text: id, step: Some(&step), depth: at.depth + 1, ..at })
    }
}
