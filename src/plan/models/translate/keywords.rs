//! The keywords of a schema, each as draft 4 has it.
//!
//! In: the members of a schema. Out: `SchemaPart`. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::pattern::is_portable;
use super::{ModelJson, Object, SchemaPart, SchemaPath, Translator, member};
use crate::openapi::Dialect;

/// Keywords that restrict and that draft 4, or API Gateway, does not have.
///
/// Source: docs/aws-rules.md#s4; JSON Schema 2020-12,
/// <https://json-schema.org/draft/2020-12/json-schema-validation>, and draft 4,
/// <https://datatracker.ietf.org/doc/html/draft-zyp-json-schema-04>.
const LEFT_OUT: [&str; 17] = [
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "unevaluatedProperties",
    "unevaluatedItems",
    "additionalItems",
    "$dynamicRef",
    "$recursiveRef",
    "contentSchema",
    "prefixItems",
];

impl Translator<'_> {
    pub(crate) fn keywords(
        &mut self,
        schema: &Map<String, Value>,
        at: SchemaPath<'_>,
    ) -> SchemaPart {
        let mut part = SchemaPart::anything(true);
        self.types(schema, at, &mut part);
        self.enumeration(schema, at, &mut part);
        self.bounds(schema, at, &mut part);
        self.whole_numbers(at, &mut part);
        self.texts(schema, at, &mut part);
        self.items(schema, at, &mut part);
        self.properties(schema, at, &mut part);
        self.left_out(schema, at, &mut part);
        self.combinators(schema, at, part)
    }

    /// Returns whether keywords that only JSON Schema has mean nothing.
    pub(crate) fn is_plain(&self) -> bool {
        self.schemas.dialect == Dialect::Openapi30
    }

    /// Leaves a keyword out.
    pub(crate) fn leave_keyword(
        &mut self,
        what: &'static str,
        keyword: &str,
        at: SchemaPath<'_>,
        part: &mut SchemaPart,
    ) {
        self.note_weakening(what, at, keyword);
        part.is_exact = false;
    }

    fn texts(&mut self, schema: &Map<String, Value>, at: SchemaPath<'_>, part: &mut SchemaPart) {
        if let Some(pattern) = member(schema, "pattern").and_then(Value::as_str) {
            if is_portable(pattern) || !self.rules.patterns {
                part.schema.insert("pattern", Value::from(pattern));
            } else {
                self.leave_keyword("pattern", "pattern", at, part);
            }
        }
        if let Some(format) = member(schema, "format").filter(|format| format.is_string()) {
            if self.rules.formats {
                self.leave_keyword("format", "format", at, part);
            } else {
                part.schema.insert("format", format.clone());
            }
        }
    }

    fn items(&mut self, schema: &Map<String, Value>, at: SchemaPath<'_>, part: &mut SchemaPart) {
        let is_tuple = member(schema, "prefixItems").is_some() && self.rules.prefix_items;
        match member(schema, "items") {
            None => {}
            Some(items @ (Value::Object(_) | Value::Bool(_))) if !is_tuple => {
                let items = self.translate_below(items, "items", None, at);
                part.is_exact &= items.is_exact;
                if !items.schema.is_empty() {
                    part.schema.insert("items", ModelJson::Object(items.schema));
                }
            }
            Some(_) => self.leave_keyword("items", "items", at, part),
        }
    }

    fn properties(
        &mut self,
        schema: &Map<String, Value>,
        at: SchemaPath<'_>,
        part: &mut SchemaPart,
    ) {
        self.required(schema, at, part);
        if let Some(Value::Object(properties)) = member(schema, "properties") {
            let mut kept = Vec::with_capacity(properties.len());
            for (name, property) in sorted(properties) {
                let property = self.translate_below(property, "properties", Some(name), at);
                part.is_exact &= property.is_exact;
                kept.push((name.clone().into(), ModelJson::Object(property.schema)));
            }
            if !kept.is_empty() {
                part.schema
                    .insert("properties", ModelJson::Object(Object::from_distinct(kept)));
            }
        }
        let patterns = member(schema, "patternProperties").and_then(Value::as_object);
        let is_kept = patterns.is_none_or(|patterns| {
            let are_portable = || patterns.keys().all(|pattern| is_portable(pattern));
            !self.rules.patterns || (!self.is_plain() && are_portable())
        });
        if let Some(patterns) = patterns.filter(|_| is_kept) {
            let mut kept = Vec::with_capacity(patterns.len());
            for (pattern, property) in sorted(patterns) {
                let property =
                    self.translate_below(property, "patternProperties", Some(pattern), at);
                part.is_exact &= property.is_exact;
                kept.push((pattern.clone().into(), ModelJson::Object(property.schema)));
            }
            if !kept.is_empty() {
                part.schema.insert(
                    "patternProperties",
                    ModelJson::Object(Object::from_distinct(kept)),
                );
            }
        }
        if !is_kept {
            self.leave_keyword("pattern", "patternProperties", at, part);
        }
        match member(schema, "additionalProperties") {
            Some(Value::Bool(false)) if is_kept => part
                .schema
                .insert("additionalProperties", Value::Bool(false)),
            Some(additional @ Value::Object(_)) if is_kept => {
                let additional = self.translate_below(additional, "additionalProperties", None, at);
                part.is_exact &= additional.is_exact;
                if !additional.schema.is_empty() {
                    part.schema
                        .insert("additionalProperties", ModelJson::Object(additional.schema));
                }
            }
            // Properties that a pattern allows would be refused as additional ones.
            Some(Value::Bool(false) | Value::Object(_)) => {
                self.leave_keyword("pattern", "additionalProperties", at, part)
            }
            Some(_) | None => {}
        }
    }

    fn required(&mut self, schema: &Map<String, Value>, at: SchemaPath<'_>, part: &mut SchemaPart) {
        let Some(Value::Array(names)) = member(schema, "required") else {
            return;
        };
        let names: BTreeSet<&str> = names.iter().filter_map(Value::as_str).collect();
        let (left, kept): (Vec<&str>, Vec<&str>) =
            names.into_iter().partition(|name| at.read_only.holds(name));
        if !left.is_empty() {
            self.leave_keyword("readOnly", "required", at, part);
        }
        if !kept.is_empty() {
            part.schema.insert("required", Value::from(kept));
        }
    }

    fn left_out(&mut self, schema: &Map<String, Value>, at: SchemaPath<'_>, part: &mut SchemaPart) {
        for keyword in LEFT_OUT {
            let Some(value) = member(schema, keyword) else {
                continue;
            };
            if self.rules.unsupported {
                self.leave_keyword(keyword, keyword, at, part);
            } else {
                part.schema.insert(keyword, value.clone());
            }
        }
        if !self.rules.unsupported {
            let dropped = [
                "example",
                "nullable",
                "discriminator",
                "default",
                "readOnly",
            ];
            for keyword in dropped {
                if let Some(value) = member(schema, keyword) {
                    part.schema.insert(keyword, value.clone());
                }
            }
        }
    }

    fn combinators(
        &mut self,
        schema: &Map<String, Value>,
        at: SchemaPath<'_>,
        mut part: SchemaPart,
    ) -> SchemaPart {
        let mut all: Vec<Object> = Vec::new();
        for (keyword, is_alternative) in [("allOf", false), ("anyOf", true), ("oneOf", true)] {
            let Some(members) = member(schema, keyword)
                .and_then(Value::as_array)
                .filter(|members| !members.is_empty())
            else {
                continue;
            };
            let members: Vec<SchemaPart> = members
                .iter()
                .enumerate()
                .map(|(index, part)| self.translate_same(part, keyword, Some(index), at))
                .collect();
            let are_exact = members.iter().all(|part| part.is_exact);
            part.is_exact &= are_exact;
            let is_one = keyword == "oneOf" && members.len() > 1;
            let weaker = is_one
                && self.rules.one_of
                && (!are_exact || member(schema, "discriminator").is_some());
            if weaker {
                self.leave_keyword("oneOf", "oneOf", at, &mut part);
            }
            let members: Vec<Object> = members.into_iter().map(|part| part.schema).collect();
            if !is_alternative || members.len() == 1 {
                all.extend(members.into_iter().filter(|schema| !schema.is_empty()));
            } else if is_one && !weaker {
                part.schema.insert("oneOf", ModelJson::list(members));
            } else if !members.iter().any(Object::is_empty) {
                let members = ModelJson::list(members);
                match part.schema.get("anyOf") {
                    None => part.schema.insert("anyOf", members),
                    Some(_) => all.push(Object::of([("anyOf", members)])),
                }
            }
        }
        if let Some(negated) =
            member(schema, "not").filter(|negated| negated.is_object() || negated.is_boolean())
        {
            let negated = self.translate_same(negated, "not", None, at);
            if negated.is_exact || !self.rules.negation {
                part.schema.insert("not", ModelJson::Object(negated.schema));
            } else {
                self.leave_keyword("not", "not", at, &mut part);
            }
        }
        match (part.schema.is_empty(), all.len()) {
            (_, 0) => part,
            (true, 1) => SchemaPart {
                schema: all.remove(0),
                ..part
            },
            _ => {
                part.schema.insert("allOf", ModelJson::list(all));
                part
            }
        }
    }
}

/// Members in an order that does not depend on how the document is written.
pub(super) fn sorted(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    sorted
}
