//! The keywords of a schema, each as draft 4 has it.
//!
//! In: the members of a schema. Out: `SchemaPart`. Pure.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::pattern::is_portable;
use super::{
    Members, ModelJson, Object, SchemaPart, SchemaPath, TranslationRule, Translator, member,
};
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

/// Keywords that restrict nothing: a model without them is no weaker.
const ANNOTATIONS: [&str; 5] = [
    "example",
    "nullable",
    "discriminator",
    "default",
    "readOnly",
];

impl Translator<'_> {
    pub(crate) fn keywords(&mut self, schema: &Members, at: SchemaPath<'_>) -> SchemaPart {
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

    fn texts(&mut self, schema: &Members, at: SchemaPath<'_>, part: &mut SchemaPart) {
        if let Some(pattern) = member(schema, "pattern").and_then(Value::as_str) {
            if is_portable(pattern) || !self.applies(TranslationRule::Patterns) {
                part.schema.insert("pattern", Value::from(pattern));
            } else {
                self.leave_keyword("pattern", "pattern", at, part);
            }
        }
        if let Some(format) = member(schema, "format").filter(|format| format.is_string()) {
            if self.applies(TranslationRule::Formats) {
                self.leave_keyword("format", "format", at, part);
            } else {
                part.schema.insert("format", format.clone());
            }
        }
    }

    fn items(&mut self, schema: &Members, at: SchemaPath<'_>, part: &mut SchemaPart) {
        let is_tuple =
            member(schema, "prefixItems").is_some() && self.applies(TranslationRule::PrefixItems);
        match member(schema, "items") {
            None => {}
            Some(items @ (Value::Object(_) | Value::Bool(_))) if !is_tuple => {
                self.keyword_of_one("items", items, at, part);
            }
            Some(_) => self.leave_keyword("items", "items", at, part),
        }
    }

    fn properties(&mut self, schema: &Members, at: SchemaPath<'_>, part: &mut SchemaPart) {
        self.required(schema, at, part);
        if let Some(Value::Object(properties)) = member(schema, "properties") {
            self.keyword_of_many("properties", properties, at, part);
        }
        let patterns = member(schema, "patternProperties").and_then(Value::as_object);
        let are_portable = patterns.is_none_or(|patterns| {
            let are_portable = || patterns.keys().all(|pattern| is_portable(pattern));
            !self.applies(TranslationRule::Patterns) || (!self.is_plain() && are_portable())
        });
        if !are_portable {
            self.leave_keyword("pattern", "patternProperties", at, part);
        } else if let Some(patterns) = patterns {
            self.keyword_of_many("patternProperties", patterns, at, part);
        }
        match member(schema, "additionalProperties") {
            Some(Value::Bool(false)) if are_portable => part
                .schema
                .insert("additionalProperties", Value::Bool(false)),
            Some(additional @ Value::Object(_)) if are_portable => {
                self.keyword_of_one("additionalProperties", additional, at, part);
            }
            // Properties that a pattern allows would be refused as additional ones.
            Some(Value::Bool(false) | Value::Object(_)) => {
                self.leave_keyword("pattern", "additionalProperties", at, part)
            }
            Some(_) | None => {}
        }
    }

    /// Translates a keyword whose value is a schema of other values.
    fn keyword_of_one(
        &mut self,
        keyword: &'static str,
        schema: &Value,
        at: SchemaPath<'_>,
        part: &mut SchemaPart,
    ) {
        let below = self.translate_below(schema, keyword, None, at);
        part.is_exact &= below.is_exact;
        if !below.schema.is_empty() {
            part.schema.insert(keyword, ModelJson::Object(below.schema));
        }
    }

    /// Translates a keyword whose value has schemas of properties by name or pattern.
    fn keyword_of_many(
        &mut self,
        keyword: &'static str,
        schemas: &Members,
        at: SchemaPath<'_>,
        part: &mut SchemaPart,
    ) {
        let mut members = Vec::with_capacity(schemas.len());
        for (name, schema) in sorted(schemas) {
            let below = self.translate_below(schema, keyword, Some(name), at);
            part.is_exact &= below.is_exact;
            members.push((name.clone().into(), ModelJson::Object(below.schema)));
        }
        if !members.is_empty() {
            let members = Object::from_distinct(members);
            part.schema.insert(keyword, ModelJson::Object(members));
        }
    }

    fn required(&mut self, schema: &Members, at: SchemaPath<'_>, part: &mut SchemaPart) {
        let Some(Value::Array(names)) = member(schema, "required") else {
            return;
        };
        let names: BTreeSet<&str> = names.iter().filter_map(Value::as_str).collect();
        let (read_only, required): (Vec<&str>, Vec<&str>) =
            names.into_iter().partition(|name| at.read_only.holds(name));
        if !read_only.is_empty() {
            self.leave_keyword("readOnly", "required", at, part);
        }
        if !required.is_empty() {
            part.schema.insert("required", Value::from(required));
        }
    }

    fn left_out(&mut self, schema: &Members, at: SchemaPath<'_>, part: &mut SchemaPart) {
        let is_left_out = self.applies(TranslationRule::Unsupported);
        for keyword in LEFT_OUT {
            match member(schema, keyword) {
                Some(_) if is_left_out => self.leave_keyword(keyword, keyword, at, part),
                Some(value) => part.schema.insert(keyword, value.clone()),
                None => {}
            }
        }
        for keyword in ANNOTATIONS.into_iter().filter(|_| !is_left_out) {
            if let Some(value) = member(schema, keyword) {
                part.schema.insert(keyword, value.clone());
            }
        }
    }

    fn combinators(
        &mut self,
        schema: &Members,
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
            let is_weaker = is_one
                && self.applies(TranslationRule::OneOf)
                && (!are_exact || member(schema, "discriminator").is_some());
            if is_weaker {
                self.leave_keyword("oneOf", "oneOf", at, &mut part);
            }
            let members: Vec<Object> = members.into_iter().map(|part| part.schema).collect();
            if !is_alternative || members.len() == 1 {
                all.extend(members.into_iter().filter(|schema| !schema.is_empty()));
            } else if is_one && !is_weaker {
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
            if negated.is_exact || !self.applies(TranslationRule::Negation) {
                part.schema.insert("not", ModelJson::Object(negated.schema));
            } else {
                self.leave_keyword("not", "not", at, &mut part);
            }
        }
        if part.schema.is_empty() && all.len() == 1 {
            part.schema = all.remove(0);
        } else if !all.is_empty() {
            part.schema.insert("allOf", ModelJson::list(all));
        }
        part
    }
}

/// Members in an order that does not depend on how the document is written.
pub(super) fn sorted(members: &Members) -> Vec<(&String, &Value)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    sorted
}
