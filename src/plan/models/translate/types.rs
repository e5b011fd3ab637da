//! The types of a schema, each as draft 4 has it.
//!
//! In: `type`. Out: `Part`. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{At, Part, Translator};

/// Types of draft 4.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

impl Translator<'_> {
    pub(super) fn types(&mut self, schema: &Map<String, Value>, at: At<'_>, part: &mut Part) {
        let known = |it: &Value| it.as_str().is_some_and(|it| TYPES.contains(&it));
        match schema.get("type") {
            None => {}
            Some(one) if known(one) => drop(part.schema.insert("type".into(), one.clone())),
            Some(Value::Array(types)) if !types.is_empty() && types.iter().all(known) => {
                let names: BTreeSet<&str> = types.iter().filter_map(Value::as_str).collect();
                let mut types = types.clone();
                types.dedup();
                let types = if types.len() == names.len() { types } else { names.into_iter().map(Value::from).collect() };
                part.schema.insert("type".into(), if let [one] = types.as_slice() { one.clone() } else { Value::Array(types) });
            }
            Some(_) => self.leave("type", "type", at, part),
        }
    }

    /// `1.0` is an integer from JSON Schema draft 6 on, and none in draft 4.
    ///
    /// Source: JSON Schema 2020-12, "Validation keywords for any instance type", `type`; draft 4, "JSON Schema primitive types".
    pub(super) fn whole_numbers(&mut self, at: At<'_>, part: &mut Part) {
        if self.is_plain() || !self.rules.whole_numbers {
            return;
        }
        let takes_all = match part.schema.get_mut("type") {
            Some(Value::String(one)) if one == "integer" => {
                "number".clone_into(one);
                false
            }
            Some(Value::Array(types)) if types.iter().any(|it| it == "integer") => {
                let takes_all = types.iter().any(|it| it == "number");
                types.retain(|it| !takes_all || it != "integer");
                types.iter_mut().filter(|it| *it == "integer").for_each(|it| *it = "number".into());
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    part.schema.insert("type".into(), one);
                }
                takes_all
            }
            Some(_) | None => true,
        };
        if takes_all {
            return;
        }
        let step = part.schema.insert("multipleOf".into(), json!(1));
        match step.as_ref().and_then(Value::as_f64) {
            None => {}
            // Every one is a whole number.
            Some(of) if of.fract() == 0.0 => drop(step.and_then(|it| part.schema.insert("multipleOf".into(), it))),
            Some(_) => self.leave("number", "multipleOf", at, part),
        }
    }
}
