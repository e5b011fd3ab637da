//! The keywords of a schema, each as draft 4 has it.
//!
//! In: the members of a schema. Out: `Part`. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value, json};

use super::super::pattern::is_portable;
use super::{At, Part, Translator};
use crate::openapi::Dialect;

/// Keywords that ask for something and that draft 4, or API Gateway, does not have.
///
/// Source: AWS-RULES S4; JSON Schema 2020-12 and draft 4.
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
    pub(super) fn keywords(&mut self, schema: &Map<String, Value>, at: At<'_>) -> Part {
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
    pub(super) fn is_plain(&self) -> bool {
        self.schemas.dialect == Dialect::Openapi30
    }

    /// Leaves a keyword out.
    pub(super) fn leave(&mut self, what: &'static str, keyword: &str, at: At<'_>, part: &mut Part) {
        self.weaker(what, at, keyword);
        part.is_exact = false;
    }

    fn values(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        if let Some(Value::Array(values)) = schema.get("enum") {
            let mut seen = BTreeSet::new();
            let distinct: Vec<Value> = values.iter().take(MAX_VALUES + 1).map(canonical).filter(|it| seen.insert(it.to_string())).collect();
            if distinct.is_empty() || distinct.len() > MAX_VALUES || !distinct.iter().all(is_exact_value) {
                self.leave("enum", "enum", at, part);
            } else {
                part.schema.insert("enum".into(), Value::Array(distinct));
            }
        }
        let Some(value) = &schema.get("const").map(canonical) else { return };
        if self.is_plain() {
            self.leave("const", "const", at, part);
        } else if !self.rules.constant {
            part.schema.insert("const".into(), value.clone());
        } else if !is_exact_value(value) {
            self.leave("const", "const", at, part);
        } else if let Some(Value::Array(values)) = part.schema.get_mut("enum") {
            // Both hold: what is in one of them alone is let through.
            if values.contains(value) {
                *values = vec![value.clone()];
            } else {
                part.is_exact = false;
            }
        } else {
            part.schema.insert("enum".into(), json!([value]));
        }
    }

    fn bounds(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        for (keyword, exclusive, is_lower) in [("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false)] {
            let mut bound = schema.get(keyword).and_then(Value::as_number).cloned();
            match schema.get(exclusive) {
                None | Some(Value::Bool(false)) => {}
                Some(it) if !self.rules.exclusive_bounds => drop(part.schema.insert(exclusive.into(), it.clone())),
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
                Some(bound) if is_exact_number(&bound) => drop(part.schema.insert(keyword.into(), Value::Number(bound))),
                Some(_) => self.leave("number", keyword, at, part),
                None => {}
            }
        }
        match schema.get("multipleOf").and_then(Value::as_number) {
            Some(number) if is_exact_number(number) && number.as_f64().is_some_and(|it| it > 0.0) => {
                part.schema.insert("multipleOf".into(), Value::Number(number.clone()));
            }
            Some(_) => self.leave("number", "multipleOf", at, part),
            None => {}
        }
        for keyword in ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"] {
            match schema.get(keyword) {
                Some(Value::Number(number)) if number.as_u64().is_some_and(|it| it < 1 << 53) => {
                    part.schema.insert(keyword.into(), Value::Number(number.clone()));
                }
                Some(Value::Number(_)) => self.leave("number", keyword, at, part),
                Some(_) | None => {}
            }
        }
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            part.schema.insert("uniqueItems".into(), Value::Bool(true));
        }
    }

    fn texts(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            if is_portable(pattern) || !self.rules.patterns {
                part.schema.insert("pattern".into(), pattern.into());
            } else {
                self.leave("pattern", "pattern", at, part);
            }
        }
        if let Some(format) = schema.get("format").filter(|it| it.is_string()) {
            if self.rules.formats {
                self.leave("format", "format", at, part);
            } else {
                part.schema.insert("format".into(), format.clone());
            }
        }
    }

    fn items(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        let is_tuple = schema.contains_key("prefixItems") && self.rules.prefix_items;
        match schema.get("items") {
            None => {}
            Some(items @ (Value::Object(_) | Value::Bool(_))) if !is_tuple => {
                let items = self.below(items, "items", None, at);
                part.is_exact &= items.is_exact;
                if !items.schema.is_empty() {
                    part.schema.insert("items".into(), Value::Object(items.schema));
                }
            }
            Some(_) => self.leave("items", "items", at, part),
        }
    }

    fn properties(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        self.required(schema, at, part);
        if let Some(Value::Object(properties)) = schema.get("properties") {
            let mut kept = Map::new();
            for (name, property) in sorted(properties) {
                let property = self.below(property, "properties", Some(name), at);
                part.is_exact &= property.is_exact;
                kept.insert(name.clone(), Value::Object(property.schema));
            }
            if !kept.is_empty() {
                part.schema.insert("properties".into(), Value::Object(kept));
            }
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let is_kept = patterns.is_none_or(|it| !self.rules.patterns || (!self.is_plain() && it.keys().all(|it| is_portable(it))));
        if let Some(patterns) = patterns.filter(|_| is_kept) {
            let mut kept = Map::new();
            for (pattern, property) in sorted(patterns) {
                let property = self.below(property, "patternProperties", Some(pattern), at);
                part.is_exact &= property.is_exact;
                kept.insert(pattern.clone(), Value::Object(property.schema));
            }
            if !kept.is_empty() {
                part.schema.insert("patternProperties".into(), Value::Object(kept));
            }
        }
        if !is_kept {
            self.leave("pattern", "patternProperties", at, part);
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) if is_kept => drop(part.schema.insert("additionalProperties".into(), Value::Bool(false))),
            Some(additional @ Value::Object(_)) if is_kept => {
                let additional = self.below(additional, "additionalProperties", None, at);
                part.is_exact &= additional.is_exact;
                if !additional.schema.is_empty() {
                    part.schema.insert("additionalProperties".into(), Value::Object(additional.schema));
                }
            }
            // What a pattern allows would be taken for more than there may be.
            Some(Value::Bool(false) | Value::Object(_)) => self.leave("pattern", "additionalProperties", at, part),
            Some(_) | None => {}
        }
    }

    fn required(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        let Some(Value::Array(names)) = schema.get("required") else { return };
        let names: BTreeSet<&str> = names.iter().filter_map(Value::as_str).collect();
        let (left, kept): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|it| at.read_only.holds(it));
        if !left.is_empty() {
            self.leave("readOnly", "required", at, part);
        }
        if !kept.is_empty() {
            part.schema.insert("required".into(), kept.into());
        }
    }

    fn left_out(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        for keyword in LEFT_OUT {
            let Some(value) = schema.get(keyword) else { continue };
            if self.rules.unsupported {
                self.leave(keyword, keyword, at, part);
            } else {
                part.schema.insert(keyword.into(), value.clone());
            }
        }
        if !self.rules.unsupported {
            let dropped = ["example", "nullable", "discriminator", "default", "readOnly"];
            part.schema.extend(dropped.iter().filter_map(|it| Some(((*it).to_owned(), schema.get(*it)?.clone()))));
        }
    }

    fn combinators(&mut self, schema: &Map<String, Value>, at: At<'_>, mut part: Part) -> Part {
        let mut all: Vec<Map<String, Value>> = Vec::new();
        for (keyword, is_alternative) in [("allOf", false), ("anyOf", true), ("oneOf", true)] {
            let Some(members) = schema.get(keyword).and_then(Value::as_array).filter(|it| !it.is_empty()) else { continue };
            let members: Vec<Part> = members.iter().enumerate().map(|(index, it)| self.same(it, keyword, Some(index), at)).collect();
            let are_exact = members.iter().all(|it| it.is_exact);
            part.is_exact &= are_exact;
            let is_one = keyword == "oneOf" && members.len() > 1;
            let weaker = is_one && self.rules.one_of && (!are_exact || schema.contains_key("discriminator"));
            if weaker {
                self.leave("oneOf", "oneOf", at, &mut part);
            }
            let members: Vec<Map<String, Value>> = members.into_iter().map(|it| it.schema).collect();
            if !is_alternative {
                all.extend(members.into_iter().filter(|it| !it.is_empty()));
            } else if members.len() == 1 {
                all.extend(members.into_iter().filter(|it| !it.is_empty()));
            } else if is_one && !weaker {
                part.schema.insert("oneOf".into(), Value::Array(members.into_iter().map(Value::Object).collect()));
            } else if !members.iter().any(Map::is_empty) {
                let members = Value::Array(members.into_iter().map(Value::Object).collect());
                match part.schema.get("anyOf") {
                    None => drop(part.schema.insert("anyOf".into(), members)),
                    Some(_) => all.push(Map::from_iter([("anyOf".to_owned(), members)])),
                }
            }
        }
        if let Some(negated) = schema.get("not").filter(|it| it.is_object() || it.is_boolean()) {
            let negated = self.same(negated, "not", None, at);
            if negated.is_exact || !self.rules.negation {
                part.schema.insert("not".into(), Value::Object(negated.schema));
            } else {
                self.leave("not", "not", at, &mut part);
            }
        }
        match (part.schema.is_empty(), all.len()) {
            (_, 0) => part,
            (true, 1) => Part { schema: all.remove(0), ..part },
            _ => {
                part.schema.insert("allOf".into(), Value::Array(all.into_iter().map(Value::Object).collect()));
                part
            }
        }
    }
}

/// Members in an order that does not depend on how the document is written.
fn sorted(members: &Map<String, Value>) -> BTreeMap<&String, &Value> {
    members.iter().collect()
}

/// A value with its members in order.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => sorted(members).into_iter().map(|(name, it)| (name.clone(), canonical(it))).collect(),
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
