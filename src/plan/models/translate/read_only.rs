//! Properties that a request need not have, because only responses do.
//!
//! In: a schema of a value. Out: `ReadOnly`. Pure.
//! `required` and `readOnly` may be in different parts of one `allOf`, so all schemas of a value are
//! searched.
//!
//! Source: OpenAPI 3.0.3, "Schema Object" (`readOnly`: "If the property is marked as readOnly being
//! true and is in the required list, the required will take effect on the response only"),
//! <https://spec.openapis.org/oas/v3.0.3#schema-object>, read 2026-11-22.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use super::{Members, SchemaPath, TranslationRule, Translator, member};
use crate::openapi::{SchemaId, Schemas};

/// Most schemas that are searched for one value.
const MAX_SEARCHED: usize = 300;

/// Longest path through references and combinators.
const MAX_DEPTH: usize = 12;

/// Properties of a value that requests need not have.
#[derive(Clone, Default)]
pub(crate) struct ReadOnly {
    names: Rc<BTreeSet<String>>,
    /// There may be more than were found.
    is_unknown: bool,
    /// The same for the same properties; 0 for none.
    pub(crate) number: usize,
}

impl ReadOnly {
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.is_unknown || self.names.contains(name)
    }
}

/// Read-only properties of all schemas that are known so far.
pub(crate) struct KnownReadOnly {
    is_anywhere: bool,
    numbers: BTreeMap<(Rc<BTreeSet<String>>, bool), usize>,
    /// By schema and by how many references and parts led to it.
    schemas: BTreeMap<(SchemaId, usize), bool>,
    /// Properties that a schema names itself and that are read only.
    properties: BTreeMap<SchemaId, Rc<[String]>>,
}

impl KnownReadOnly {
    pub(crate) fn new(schemas: &Schemas) -> Self {
        let is_anywhere = schemas
            .texts
            .iter()
            .any(|text| text.text().contains("\"readOnly\""));
        Self {
            is_anywhere,
            numbers: BTreeMap::new(),
            schemas: BTreeMap::new(),
            properties: BTreeMap::new(),
        }
    }
}

/// Read-only properties of one value.
#[derive(Default)]
struct Gathered {
    names: BTreeSet<String>,
    is_unknown: bool,
    searched: usize,
}

/// Keywords whose schemas are about the same value.
const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const SINGLE: [&str; 4] = ["not", "if", "then", "else"];

impl Translator<'_> {
    pub(crate) fn read_only(&mut self, schema: &Value, at: SchemaPath<'_>) -> ReadOnly {
        if !self.read_only.is_anywhere || !self.applies(TranslationRule::ReadOnly) {
            return ReadOnly::default();
        }
        let mut gathered = Gathered::default();
        self.gather(schema, at, 0, &mut gathered);
        let is_unknown = gathered.is_unknown;
        if gathered.names.is_empty() && !is_unknown {
            return ReadOnly::default();
        }
        let names = Rc::new(gathered.names);
        let next = self.read_only.numbers.len() + 1;
        let number = *self
            .read_only
            .numbers
            .entry((Rc::clone(&names), is_unknown))
            .or_insert(next);
        ReadOnly {
            names,
            is_unknown,
            number,
        }
    }

    fn gather(
        &mut self,
        schema: &Value,
        at: SchemaPath<'_>,
        depth: usize,
        gathered: &mut Gathered,
    ) {
        if !gathered.goes_on(depth) {
            return;
        }
        let Value::Object(members) = schema else {
            return;
        };
        let names = self.own(members, at);
        gathered.names.extend(names);
        self.gather_parts(members, at, depth, gathered);
    }

    fn gather_parts(
        &mut self,
        members: &Members,
        at: SchemaPath<'_>,
        depth: usize,
        gathered: &mut Gathered,
    ) {
        let lists = LISTS
            .iter()
            .filter_map(|keyword| member(members, keyword)?.as_array())
            .flatten();
        for part in lists.chain(SINGLE.iter().filter_map(|keyword| member(members, keyword))) {
            self.gather(part, at, depth + 1, gathered);
        }
        let Some((id, target)) = self.referred(members, at) else {
            return;
        };
        if !gathered.goes_on(depth + 1) {
            return;
        }
        let Value::Object(members) = &*target else {
            return;
        };
        let at = SchemaPath { text: id, ..at };
        let names = match self.read_only.properties.get(&id) {
            Some(known) => Rc::clone(known),
            None => {
                let names: Rc<[String]> = self.own(members, at).into();
                self.read_only.properties.insert(id, Rc::clone(&names));
                names
            }
        };
        gathered.names.extend(names.iter().cloned());
        self.gather_parts(members, at, depth + 1, gathered);
    }

    /// The schema that a `$ref` refers to.
    fn referred(&mut self, members: &Members, at: SchemaPath<'_>) -> Option<(SchemaId, Rc<Value>)> {
        let reference = member(members, "$ref")?.as_str()?;
        self.target(reference, at)
    }

    /// Properties that are named here and that are read only.
    fn own(&mut self, members: &Members, at: SchemaPath<'_>) -> Vec<String> {
        let properties = member(members, "properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        properties
            .filter(|(_, property)| self.is_read_only(property, at, 0))
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn is_read_only(&mut self, schema: &Value, at: SchemaPath<'_>, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return true;
        }
        let Value::Object(members) = schema else {
            return false;
        };
        let parts = member(members, "allOf").and_then(Value::as_array);
        let mut parts = parts.into_iter().flatten();
        if member(members, "readOnly") == Some(&Value::Bool(true))
            || parts.any(|part| self.is_read_only(part, at, depth + 1))
        {
            return true;
        }
        let Some((id, target)) = self.referred(members, at) else {
            return false;
        };
        if let Some(known) = self.read_only.schemas.get(&(id, depth)) {
            return *known;
        }
        let is_read_only = self.is_read_only(&target, SchemaPath { text: id, ..at }, depth + 1);
        self.read_only.schemas.insert((id, depth), is_read_only);
        is_read_only
    }
}

impl Gathered {
    /// Counts one more schema, and returns whether it is searched.
    fn goes_on(&mut self, depth: usize) -> bool {
        self.searched += 1;
        let goes_on = self.searched <= MAX_SEARCHED && depth <= MAX_DEPTH;
        self.is_unknown |= !goes_on;
        goes_on
    }
}
