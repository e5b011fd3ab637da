//! The types of a schema, each as draft 4 has it.
//!
//! In: `type`. Out: `SchemaPart`. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{SchemaPart, SchemaPath, Translator, member};

/// Types of draft 4.
const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

impl Translator<'_> {
    pub(crate) fn types(
        &mut self,
        schema: &Map<String, Value>,
        at: SchemaPath<'_>,
        part: &mut SchemaPart,
    ) {
        let known = |value: &Value| value.as_str().is_some_and(|of| TYPES.contains(&of));
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
    pub(crate) fn whole_numbers(&mut self, at: SchemaPath<'_>, part: &mut SchemaPart) {
        if self.is_plain() || !self.rules.whole_numbers {
            return;
        }
        let takes_all = match part.schema.value("type") {
            Some(Value::String(one)) if one == "integer" => {
                part.schema.insert("type", Value::from("number"));
                false
            }
            Some(Value::Array(types)) if types.iter().any(|of| of == "integer") => {
                let takes_all = types.iter().any(|of| of == "number");
                let kept = types.iter().filter(|of| !takes_all || *of != "integer");
                let kept = kept
                    .map(|of| {
                        if of == "integer" {
                            "number".into()
                        } else {
                            of.clone()
                        }
                    })
                    .collect();
                part.schema.insert("type", one_or_all(kept));
                takes_all
            }
            Some(_) | None => true,
        };
        if takes_all {
            return;
        }
        let step = part.schema.value("multipleOf").cloned();
        let is_whole = |of: &Value| of.as_f64().is_none_or(|of| of.fract() == 0.0);
        match step {
            // Every one is a whole number.
            Some(step) if step.is_number() && is_whole(&step) => {}
            Some(_) => {
                part.schema.insert("multipleOf", json!(1));
                self.leave_keyword("number", "multipleOf", at, part);
            }
            None => part.schema.insert("multipleOf", json!(1)),
        }
    }
}

/// One type stands by itself.
fn one_or_all(mut types: Vec<Value>) -> Value {
    if types.len() == 1 {
        types.remove(0)
    } else {
        Value::Array(types)
    }
}
