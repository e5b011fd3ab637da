//! A schema as API Gateway takes it: JSON Schema draft 4, in one piece, and never stricter than
//! what it was.
//!
//! In: `Schemas`, `Rules`. Out: `Translated`. Pure.
//! What cannot be carried over is left out and noted. Weaker parts stay weaker wherever they stand:
//! `oneOf` of them becomes `anyOf`, and `not` of them goes. References are replaced by what they
//! lead to, since a combinator may not hold one (S9).
//!
//! Source: docs/aws-rules.md#s1, docs/aws-rules.md#s4, docs/aws-rules.md#s5, docs/aws-rules.md#s6,
//! docs/aws-rules.md#s7, docs/aws-rules.md#s8, docs/aws-rules.md#s9.

mod keywords;
mod part;
mod read_only;
mod rules;
mod shared;
mod tree;
mod types;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::openapi::{Dialect, SchemaId, Schemas};
use crate::source::pointer;
use part::{Part, both, or_null, takes_empty};
use read_only::{Known as KnownReadOnly, ReadOnly};
pub use rules::Rules;
use shared::Parts;
use tree::{Object, Tree};

/// Most schemas in one model.
const MAX_NODES: usize = 1_000;

/// Most places that are named of one kind of weakening.
const MAX_PLACES: usize = 3;

/// What the gateway does not check of what a schema asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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

/// The same in parts, which it shares with other models.
pub(crate) struct Assembled {
    schema: Object,
    pub(crate) weakenings: Weakenings,
    pub(crate) is_cut: bool,
    /// Levels that it has: down to a depth of so many or more it stays as it is.
    pub(crate) height: usize,
}

impl Assembled {
    /// What lets everything through, since nothing of it fits.
    pub(crate) fn cut() -> Self {
        Self {
            schema: Object::default(),
            weakenings: Weakenings::new(),
            is_cut: true,
            height: 0,
        }
    }

    /// Size of the members as compact JSON, with the comma in front of each. Unit: bytes.
    pub(crate) fn bytes(&self) -> usize {
        if self.schema.is_empty() {
            0
        } else {
            self.schema.bytes() - 1
        }
    }

    pub(crate) fn schema(&self) -> Map<String, Value> {
        self.schema.to_map()
    }
}

/// Where a schema stands.
#[derive(Clone, Copy)]
pub(crate) struct At<'s> {
    /// The schema whose text it is in.
    text: SchemaId,
    /// Keys that led here, from the part that is put together.
    step: Option<&'s Step<'s>>,
    /// Schemas that were entered on the way.
    entered: Option<&'s Entered<'s>>,
    depth: usize,
    /// Properties that requests need not have.
    read_only: &'s ReadOnly,
    /// Below an `$id`, references mean something else.
    is_rebased: bool,
}

struct Step<'s> {
    key: &'s str,
    before: Option<&'s Step<'s>>,
}

struct Entered<'s> {
    schema: SchemaId,
    before: Option<&'s Entered<'s>>,
}

impl<'s> At<'s> {
    fn entered(&self) -> impl Iterator<Item = SchemaId> {
        std::iter::successors(self.entered, |entered| entered.before).map(|entered| entered.schema)
    }

    fn pointer(&self, keyword: &str) -> String {
        let mut keys: Vec<&str> = std::iter::successors(self.step, |step| step.before)
            .map(|step| step.key)
            .collect();
        keys.reverse();
        keys.iter()
            .chain(&[keyword])
            .fold(String::new(), |base, key| pointer::child(&base, key))
    }

    /// Pointer of the schema itself.
    fn itself(&self) -> String {
        self.pointer("").trim_end_matches('/').to_owned()
    }

    /// Pointer that starts here.
    fn joined(&self, place: &str) -> String {
        if place.is_empty() {
            return self.itself();
        }
        let mut pointer = self.pointer("");
        pointer.pop();
        pointer.push_str(place);
        pointer
    }
}

/// What was found out of the part that is put together.
#[derive(Default)]
struct Found {
    weakenings: Weakenings,
    is_cut: bool,
    /// One more than the depth of the deepest schema.
    deepest: usize,
}

/// Makes models of the schemas of one description.
pub struct Translator<'a> {
    schemas: &'a Schemas,
    rules: Rules,
    read_only: KnownReadOnly,
    parts: Parts,
    /// Schemas that something refers to.
    parsed: BTreeMap<SchemaId, Option<Rc<Value>>>,
    last_parsed: Option<(SchemaId, Option<Rc<Value>>)>,
    /// Schemas in the model so far.
    nodes: usize,
    found: Found,
    max_depth: usize,
}

impl<'a> Translator<'a> {
    pub fn new(schemas: &'a Schemas, rules: Rules) -> Self {
        Self {
            schemas,
            rules,
            read_only: KnownReadOnly::new(schemas),
            parts: Parts::new(schemas),
            parsed: BTreeMap::new(),
            last_parsed: None,
            nodes: 0,
            found: Found::default(),
            max_depth: 0,
        }
    }

    /// The model of a body: whatever fits one of the schemas, and nothing at all where the body may
    /// be left out.
    ///
    /// `None` where it has too many parts down to that depth.
    pub fn body(
        &mut self,
        roots: &[SchemaId],
        is_optional: bool,
        max_depth: usize,
    ) -> Option<Translated> {
        let assembled = self.assembled(roots, is_optional, max_depth)?;
        Some(Translated {
            schema: assembled.schema(),
            weakenings: assembled.weakenings,
            is_cut: assembled.is_cut,
        })
    }

    pub(crate) fn assembled(
        &mut self,
        roots: &[SchemaId],
        is_optional: bool,
        max_depth: usize,
    ) -> Option<Assembled> {
        (self.nodes, self.max_depth, self.found) = (0, max_depth, Found::default());
        let mut parts: Vec<Part> = roots.iter().map(|root| self.root(*root)).collect();
        if self.is_too_large(self.nodes) {
            return None;
        }
        let mut part = if parts.len() == 1 {
            parts.remove(0)
        } else {
            let is_anything = parts.is_empty() || parts.iter().any(|part| part.schema.is_empty());
            if is_anything {
                Part::anything(false)
            } else {
                Part::combined(
                    "anyOf",
                    parts.into_iter().map(|part| part.schema).collect(),
                    false,
                )
            }
        };
        if is_optional && self.rules.optional_body && !takes_empty(&part.schema) {
            // The gateway takes a body that is left out for `{}` (S12).
            let empty = Object::of([
                ("type", Tree::Value("object".into())),
                ("maxProperties", Tree::Value(0.into())),
            ]);
            part = Part::combined("anyOf", vec![empty, part.schema], false);
        }
        let Found {
            weakenings,
            is_cut,
            deepest,
        } = std::mem::take(&mut self.found);
        Some(Assembled {
            schema: part.schema,
            weakenings,
            is_cut,
            height: deepest,
        })
    }

    /// Whether so many schemas are too many, so that what is made of them is thrown away.
    fn is_too_large(&self, nodes: usize) -> bool {
        self.rules.sizes && self.max_depth > 0 && nodes > MAX_NODES
    }

    fn root(&mut self, root: SchemaId) -> Part {
        let nothing = ReadOnly::default();
        let at = At {
            text: root,
            step: None,
            entered: None,
            depth: 0,
            read_only: &nothing,
            is_rebased: false,
        };
        let Some(schema) = self.parsed(root) else {
            return self.without("schema", at);
        };
        if self.rules.binary && self.is_bytes(&schema, at, 0) {
            return self.without("bytes", at);
        }
        let read_only = self.read_only(&schema, at);
        self.entered(
            &schema,
            At {
                read_only: &read_only,
                ..at
            },
        )
    }

    /// Whether a body is no JSON but bytes, whatever its media type says.
    fn is_bytes(&mut self, schema: &Value, at: At<'_>, depth: usize) -> bool {
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
        self.is_bytes(&target, At { text: id, ..at }, depth + 1)
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

    /// What a reference leads to.
    fn target(&mut self, reference: &str, at: At<'_>) -> Option<(SchemaId, Rc<Value>)> {
        let id = self.schemas.texts[at.text]
            .references
            .get(reference)
            .copied()
            .flatten()
            .filter(|_| !at.is_rebased)?;
        Some((id, self.parsed(id)?))
    }

    /// Notes what is left out.
    fn weaker(&mut self, what: &'static str, at: At<'_>, keyword: &str) {
        let noted = self.found.weakenings.entry(what).or_default();
        noted.count += 1;
        if noted.places.len() < MAX_PLACES {
            let pointer = at.pointer(keyword);
            noted.places.push(pointer);
        }
    }

    fn without(&mut self, what: &'static str, at: At<'_>) -> Part {
        let noted = self.found.weakenings.entry(what).or_default();
        noted.count += 1;
        if noted.places.len() < MAX_PLACES {
            noted.places.push(at.itself());
        }
        Part::anything(false)
    }

    /// A schema of a value: the body, a property, an item.
    fn place(&mut self, schema: &Value, at: At<'_>) -> Part {
        let read_only = self.read_only(schema, at);
        self.schema(
            schema,
            At {
                read_only: &read_only,
                ..at
            },
        )
    }

    /// A schema of a value below.
    fn below(&mut self, schema: &Value, key: &str, name: Option<&str>, at: At<'_>) -> Part {
        let step = Step {
            key,
            before: at.step,
        };
        let named = name.map(|key| Step {
            key,
            before: Some(&step),
        });
        self.place(
            schema,
            At {
                step: named.as_ref().or(Some(&step)),
                depth: at.depth + 1,
                ..at
            },
        )
    }

    /// A schema of the same value.
    fn same(&mut self, schema: &Value, key: &str, index: Option<usize>, at: At<'_>) -> Part {
        let step = Step {
            key,
            before: at.step,
        };
        let index = index.map(|index| index.to_string());
        let numbered = index.as_deref().map(|key| Step {
            key,
            before: Some(&step),
        });
        self.schema(
            schema,
            At {
                step: numbered.as_ref().or(Some(&step)),
                depth: at.depth + 1,
                ..at
            },
        )
    }

    fn schema(&mut self, schema: &Value, at: At<'_>) -> Part {
        self.nodes = self.nodes.saturating_add(1);
        self.found.deepest = self.found.deepest.max(at.depth + 1);
        if self.rules.sizes && (self.nodes > MAX_NODES || at.depth >= self.max_depth) {
            self.found.is_cut = true;
            return self.without("size", at);
        }
        match schema {
            Value::Bool(true) => Part::anything(true),
            Value::Bool(false) => Part::nothing(),
            Value::Object(schema) => self.object(schema, at),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                self.without("schema", at)
            }
        }
    }

    fn object(&mut self, schema: &Map<String, Value>, at: At<'_>) -> Part {
        let at = At {
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
        let target = self.referred(reference, at);
        let part = if self.schemas.dialect == Dialect::Openapi31 || !self.rules.siblings {
            both(target, self.keywords(schema, at))
        } else {
            target
        };
        if is_nullable {
            Part {
                is_exact: false,
                ..or_null(part)
            }
        } else {
            part
        }
    }

    fn referred(&mut self, reference: &str, at: At<'_>) -> Part {
        let Some((id, target)) = self.target(reference, at) else {
            return self.without("$ref", at);
        };
        if at.entered().any(|entered| entered == id) {
            return self.without("recursion", at);
        }
        self.entered(
            &target,
            At {
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
