//! Keywords that restrict values: `type`, `enum`, `const`, and bounds.
//!
//! In: the members of a schema. Out: `SchemaPart`. Pure.

use std::collections::BTreeSet;

use serde_json::{Number, Value, json};

use super::keywords::sorted;
use super::{Members, SchemaPart, SchemaPath, TranslationRule, Translator, member};

/// Types of draft 4.
const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// Most values of an `enum`.
const MAX_VALUES: usize = 2_000;

/// Largest whole number that every reader holds exactly.
const MAX_EXACT: f64 = 9_007_199_254_740_991.0;

impl Translator<'_> {
    pub(super) fn types(&mut self, schema: &Members, at: SchemaPath<'_>, part: &mut SchemaPart) {
        let known = |value: &Value| value.as_str().is_some_and(|name| TYPES.contains(&name));
        match member(schema, "type") {
            None => {}
            Some(one) if known(one) => part.schema.insert("type", one.clone()),
            Some(Value::Array(types)) if !types.is_empty() && types.iter().all(known) => {
                let names: BTreeSet<&str> = types.iter().filter_map(Value::as_str).collect();
                let mut types = types.clone();
                types.dedup();
                let types = if types.len() == names.len() {
                    types
                } else {
                    names.into_iter().map(Value::from).collect()
                };
                part.schema.insert("type", one_or_all(types));
            }
            Some(_) => self.leave_keyword("type", "type", at, part),
        }
    }

    /// `1.0` is an integer from JSON Schema draft 6 on, and none in draft 4.
    ///
    /// Source: JSON Schema 2020-12, "Validation keywords for any instance type", `type`,
    /// <https://json-schema.org/draft/2020-12/json-schema-validation>; draft 4, "JSON Schema
    /// primitive types", <https://datatracker.ietf.org/doc/html/draft-zyp-json-schema-04>.
    pub(super) fn whole_numbers(&mut self, at: SchemaPath<'_>, part: &mut SchemaPart) {
        if self.is_plain() || !self.applies(TranslationRule::WholeNumbers) {
            return;
        }
        let mut types = match part.schema.value("type") {
            Some(Value::Array(types)) => types.clone(),
            Some(one) => vec![one.clone()],
            None => return,
        };
        let Some(index) = types.iter().position(|name| name == "integer") else {
            return;
        };
        let takes_all = types.iter().any(|name| name == "number");
        if takes_all {
            types.remove(index);
        } else {
            types[index] = "number".into();
        }
        part.schema.insert("type", one_or_all(types));
        if takes_all {
            return;
        }
        let is_whole = |step: &Value| step.as_f64().is_some_and(|step| step.fract() == 0.0);
        match part.schema.value("multipleOf").map(is_whole) {
            // Every multiple is a whole number.
            Some(true) => return,
            Some(false) => self.leave_keyword("number", "multipleOf", at, part),
            None => {}
        }
        part.schema.insert("multipleOf", json!(1));
    }

    pub(super) fn enumeration(
        &mut self,
        schema: &Members,
        at: SchemaPath<'_>,
        part: &mut SchemaPart,
    ) {
        if let Some(Value::Array(values)) = member(schema, "enum") {
            let mut seen = BTreeSet::new();
            let distinct: Vec<Value> = values
                .iter()
                .take(MAX_VALUES + 1)
                .map(canonical)
                .filter(|value| seen.insert(value.to_string()))
                .collect();
            if distinct.is_empty()
                || distinct.len() > MAX_VALUES
                || !distinct.iter().all(is_exact_value)
            {
                self.leave_keyword("enum", "enum", at, part);
            } else {
                part.schema.insert("enum", Value::Array(distinct));
            }
        }
        let Some(value) = &member(schema, "const").map(canonical) else {
            return;
        };
        let is_applied = self.applies(TranslationRule::Constant);
        if self.is_plain() || (is_applied && !is_exact_value(value)) {
            self.leave_keyword("const", "const", at, part);
        } else if !is_applied {
            part.schema.insert("const", value.clone());
        } else if let Some(Value::Array(values)) = part.schema.value("enum") {
            // Both hold: values of one of them alone are allowed.
            if values.contains(value) {
                part.schema.insert("enum", json!([value]));
            } else {
                part.is_exact = false;
            }
        } else {
            part.schema.insert("enum", json!([value]));
        }
    }

    pub(super) fn bounds(&mut self, schema: &Members, at: SchemaPath<'_>, part: &mut SchemaPart) {
        for (keyword, exclusive, is_lower) in [
            ("minimum", "exclusiveMinimum", true),
            ("maximum", "exclusiveMaximum", false),
        ] {
            let mut bound = member(schema, keyword).and_then(Value::as_number).cloned();
            match member(schema, exclusive) {
                None | Some(Value::Bool(false)) => {}
                Some(value) if !self.applies(TranslationRule::ExclusiveBounds) => {
                    part.schema.insert(exclusive, value.clone())
                }
                Some(Value::Number(number)) if !self.is_plain() => {
                    let is_tighter =
                        |bound: &Number| (number.as_f64() > bound.as_f64()) == is_lower;
                    if bound.as_ref().is_none_or(is_tighter) {
                        bound = Some(number.clone());
                    }
                    self.leave_keyword("exclusive bound", exclusive, at, part);
                }
                Some(_) => self.leave_keyword("exclusive bound", exclusive, at, part),
            }
            match bound {
                Some(bound) if is_exact_number(&bound) => {
                    part.schema.insert(keyword, Value::Number(bound))
                }
                Some(_) => self.leave_keyword("number", keyword, at, part),
                None => {}
            }
        }
        match member(schema, "multipleOf").and_then(Value::as_number) {
            Some(number)
                if is_exact_number(number)
                    && number.as_f64().is_some_and(|number| number > 0.0) =>
            {
                part.schema
                    .insert("multipleOf", Value::Number(number.clone()));
            }
            Some(_) => self.leave_keyword("number", "multipleOf", at, part),
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
                Some(Value::Number(number))
                    if number.as_u64().is_some_and(|number| number < 1 << 53) =>
                {
                    part.schema.insert(keyword, Value::Number(number.clone()));
                }
                Some(Value::Number(_)) => self.leave_keyword("number", keyword, at, part),
                Some(_) | None => {}
            }
        }
        if member(schema, "uniqueItems") == Some(&Value::Bool(true)) {
            part.schema.insert("uniqueItems", Value::Bool(true));
        }
    }
}

/// The types, or the only one in place of a list.
fn one_or_all(mut types: Vec<Value>) -> Value {
    if types.len() == 1 {
        types.remove(0)
    } else {
        Value::Array(types)
    }
}

/// A value with its members in order.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => sorted(members)
            .into_iter()
            .map(|(name, value)| (name.clone(), canonical(value)))
            .collect(),
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Returns whether no reader rounds the number.
fn is_exact_number(number: &Number) -> bool {
    number.is_i64()
        || number.is_u64()
        || number
            .as_f64()
            .is_some_and(|number| number.abs() <= MAX_EXACT)
}

fn is_exact_value(value: &Value) -> bool {
    match value {
        Value::Number(number) => is_exact_number(number),
        Value::Array(items) => items.iter().all(is_exact_value),
        Value::Object(members) => members.values().all(is_exact_value),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}
