//! The keywords of a schema, each as draft 4 has it.
//!
//! In: the members of a schema. Out: `Part`. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value, json};

use super::super::pattern::is_portable;
use super::{At, Object, Part, Translator, Tree, member};
use crate::openapi::Dialect;

/// Keywords that ask for something and that draft 4, or API Gateway, does not have.
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

/// Most values of an `enum`.
const MAX_VALUES: usize = 2_000;

/// Largest whole number that every reader holds exactly.
const MAX_EXACT: f64 = 9_007_199_254_740_991.0;

impl Translator<'_> {
    pub(crate) fn keywords(&mut self, schema: &Map<String, Value>, at: At<'_>) -> Part {
        let mut part = Part::anything(true);
        self.types(schema, at, &mut part);
        self.values(schema, at, &mut part);
        self.bounds(schema, at, &mut part);
        self.whole_numbers(at, &mut part);
        self.texts(schema, at, &mut part);
        self.items(schema, at, &mut part);
        self.properties(schema, at, &mut part);
        self.left_out(schema, at, &mut part);
        self.combinators(schema, at, part)
    }

    /// Whether keywords that only JSON Schema has mean nothing.
    pub(crate) fn is_plain(&self) -> bool {
        self.schemas.dialect == Dialect::Openapi30
    }

    /// Leaves a keyword out.
    pub(crate) fn leave(&mut self, what: &'static str, keyword: &str, at: At<'_>, part: &mut Part) {
        self.weaker(what, at, keyword);
        part.is_exact = false;
    }

    fn values(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        if let Some(Value::Array(values)) = member(schema, "enum") {
            let mut seen = BTreeSet::new();
            let distinct: Vec<Value> = values
                .iter()
                .take(MAX_VALUES + 1)
                .map(canonical)
                .filter(|it| seen.insert(it.to_string()))
                .collect();
            if distinct.is_empty()
                || distinct.len() > MAX_VALUES
                || !distinct.iter().all(is_exact_value)
            {
                self.leave("enum", "enum", at, part);
            } else {
                part.schema.insert("enum", Value::Array(distinct));
            }
        }
        let Some(value) = &member(schema, "const").map(canonical) else {
            return;
        };
        if self.is_plain() {
            self.leave("const", "const", at, part);
        } else if !self.rules.constant {
            part.schema.insert("const", value.clone());
        } else if !is_exact_value(value) {
            self.leave("const", "const", at, part);
        } else if let Some(Value::Array(values)) = part.schema.value("enum") {
            // Both hold: what is in one of them alone is let through.
            if values.contains(value) {
                part.schema.insert("enum", json!([value]));
            } else {
                part.is_exact = false;
            }
        } else {
            part.schema.insert("enum", json!([value]));
        }
    }

    fn bounds(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        for (keyword, exclusive, is_lower) in [
            ("minimum", "exclusiveMinimum", true),
            ("maximum", "exclusiveMaximum", false),
        ] {
            let mut bound = member(schema, keyword).and_then(Value::as_number).cloned();
            match member(schema, exclusive) {
                None | Some(Value::Bool(false)) => {}
                Some(it) if !self.rules.exclusive_bounds => {
                    part.schema.insert(exclusive, it.clone())
                }
                Some(Value::Number(number)) if !self.is_plain() => {
                    let is_tighter = |it: &Number| (number.as_f64() > it.as_f64()) == is_lower;
                    if bound.as_ref().is_none_or(is_tighter) {
                        bound = Some(number.clone());
                    }
                    self.leave("exclusive bound", exclusive, at, part);
                }
                Some(_) => self.leave("exclusive bound", exclusive, at, part),
            }
            match bound {
                Some(bound) if is_exact_number(&bound) => {
                    part.schema.insert(keyword, Value::Number(bound))
                }
                Some(_) => self.leave("number", keyword, at, part),
                None => {}
            }
        }
        match member(schema, "multipleOf").and_then(Value::as_number) {
            Some(number)
                if is_exact_number(number) && number.as_f64().is_some_and(|it| it > 0.0) =>
            {
                part.schema
                    .insert("multipleOf", Value::Number(number.clone()));
            }
            Some(_) => self.leave("number", "multipleOf", at, part),
            None => {}
        }
        for keyword in [
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
        ] {
            match member(schema, keyword) {
                Some(Value::Number(number)) if number.as_u64().is_some_and(|it| it < 1 << 53) => {
                    part.schema.insert(keyword, Value::Number(number.clone()));
                }
                Some(Value::Number(_)) => self.leave("number", keyword, at, part),
                Some(_) | None => {}
            }
        }
        if member(schema, "uniqueItems") == Some(&Value::Bool(true)) {
            part.schema.insert("uniqueItems", Value::Bool(true));
        }
    }

    fn texts(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        if let Some(pattern) = member(schema, "pattern").and_then(Value::as_str) {
            if is_portable(pattern) || !self.rules.patterns {
                part.schema.insert("pattern", Value::from(pattern));
            } else {
                self.leave("pattern", "pattern", at, part);
            }
        }
        if let Some(format) = member(schema, "format").filter(|it| it.is_string()) {
            if self.rules.formats {
                self.leave("format", "format", at, part);
            } else {
                part.schema.insert("format", format.clone());
            }
        }
    }

    fn items(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        let is_tuple = member(schema, "prefixItems").is_some() && self.rules.prefix_items;
        match member(schema, "items") {
            None => {}
            Some(items @ (Value::Object(_) | Value::Bool(_))) if !is_tuple => {
                let items = self.below(items, "items", None, at);
                part.is_exact &= items.is_exact;
                if !items.schema.is_empty() {
                    part.schema.insert("items", Tree::Object(items.schema));
                }
            }
            Some(_) => self.leave("items", "items", at, part),
        }
    }

    fn properties(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        self.required(schema, at, part);
        if let Some(Value::Object(properties)) = member(schema, "properties") {
            let mut kept = Vec::with_capacity(properties.len());
            for (name, property) in sorted(properties) {
                let property = self.below(property, "properties", Some(name), at);
                part.is_exact &= property.is_exact;
                kept.push((name.clone().into(), Tree::Object(property.schema)));
            }
            if !kept.is_empty() {
                part.schema
                    .insert("properties", Tree::Object(Object::from_distinct(kept)));
            }
        }
        let patterns = member(schema, "patternProperties").and_then(Value::as_object);
        let is_kept = patterns.is_none_or(|it| {
            !self.rules.patterns || (!self.is_plain() && it.keys().all(|it| is_portable(it)))
        });
        if let Some(patterns) = patterns.filter(|_| is_kept) {
            let mut kept = Vec::with_capacity(patterns.len());
            for (pattern, property) in sorted(patterns) {
                let property = self.below(property, "patternProperties", Some(pattern), at);
                part.is_exact &= property.is_exact;
                kept.push((pattern.clone().into(), Tree::Object(property.schema)));
            }
            if !kept.is_empty() {
                part.schema.insert(
                    "patternProperties",
                    Tree::Object(Object::from_distinct(kept)),
                );
            }
        }
        if !is_kept {
            self.leave("pattern", "patternProperties", at, part);
        }
        match member(schema, "additionalProperties") {
            Some(Value::Bool(false)) if is_kept => part
                .schema
                .insert("additionalProperties", Value::Bool(false)),
            Some(additional @ Value::Object(_)) if is_kept => {
                let additional = self.below(additional, "additionalProperties", None, at);
                part.is_exact &= additional.is_exact;
                if !additional.schema.is_empty() {
                    part.schema
                        .insert("additionalProperties", Tree::Object(additional.schema));
                }
            }
            // What a pattern allows would be taken for more than there may be.
            Some(Value::Bool(false) | Value::Object(_)) => {
                self.leave("pattern", "additionalProperties", at, part)
            }
            Some(_) | None => {}
        }
    }

    fn required(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        let Some(Value::Array(names)) = member(schema, "required") else {
            return;
        };
        let names: BTreeSet<&str> = names.iter().filter_map(Value::as_str).collect();
        let (left, kept): (Vec<&str>, Vec<&str>) =
            names.into_iter().partition(|it| at.read_only.holds(it));
        if !left.is_empty() {
            self.leave("readOnly", "required", at, part);
        }
        if !kept.is_empty() {
            part.schema.insert("required", Value::from(kept));
        }
    }

    fn left_out(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        for keyword in LEFT_OUT {
            let Some(value) = member(schema, keyword) else {
                continue;
            };
            if self.rules.unsupported {
                self.leave(keyword, keyword, at, part);
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

    fn combinators(&mut self, schema: &Map<String, Value>, at: At<'_>, mut part: Part) -> Part {
        let mut all: Vec<Object> = Vec::new();
        for (keyword, is_alternative) in [("allOf", false), ("anyOf", true), ("oneOf", true)] {
            let Some(members) = member(schema, keyword)
                .and_then(Value::as_array)
                .filter(|it| !it.is_empty())
            else {
                continue;
            };
            let members: Vec<Part> = members
                .iter()
                .enumerate()
                .map(|(index, it)| self.same(it, keyword, Some(index), at))
                .collect();
            let are_exact = members.iter().all(|it| it.is_exact);
            part.is_exact &= are_exact;
            let is_one = keyword == "oneOf" && members.len() > 1;
            let weaker = is_one
                && self.rules.one_of
                && (!are_exact || member(schema, "discriminator").is_some());
            if weaker {
                self.leave("oneOf", "oneOf", at, &mut part);
            }
            let members: Vec<Object> = members.into_iter().map(|it| it.schema).collect();
            if !is_alternative {
                all.extend(members.into_iter().filter(|it| !it.is_empty()));
            } else if members.len() == 1 {
                all.extend(members.into_iter().filter(|it| !it.is_empty()));
            } else if is_one && !weaker {
                part.schema.insert("oneOf", Tree::list(members));
            } else if !members.iter().any(Object::is_empty) {
                let members = Tree::list(members);
                match part.schema.get("anyOf") {
                    None => part.schema.insert("anyOf", members),
                    Some(_) => all.push(Object::of([("anyOf", members)])),
                }
            }
        }
        if let Some(negated) = member(schema, "not").filter(|it| it.is_object() || it.is_boolean())
        {
            let negated = self.same(negated, "not", None, at);
            if negated.is_exact || !self.rules.negation {
                part.schema.insert("not", Tree::Object(negated.schema));
            } else {
                self.leave("not", "not", at, &mut part);
            }
        }
        match (part.schema.is_empty(), all.len()) {
            (_, 0) => part,
            (true, 1) => Part {
                schema: all.remove(0),
                ..part
            },
            _ => {
                part.schema.insert("allOf", Tree::list(all));
                part
            }
        }
    }
}

/// Members in an order that does not depend on how the document is written.
fn sorted(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    sorted
}

/// A value with its members in order.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => sorted(members)
            .into_iter()
            .map(|(name, it)| (name.clone(), canonical(it)))
            .collect(),
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Whether no reader rounds it.
fn is_exact_number(number: &Number) -> bool {
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|it| it.abs() <= MAX_EXACT)
}

fn is_exact_value(value: &Value) -> bool {
    match value {
        Value::Number(number) => is_exact_number(number),
        Value::Array(items) => items.iter().all(is_exact_value),
        Value::Object(members) => members.values().all(is_exact_value),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}
