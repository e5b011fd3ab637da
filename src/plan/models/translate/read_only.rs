//! Properties that a request need not have, because only answers do.
//!
//! In: a schema of a value. Out: `ReadOnly`. Pure.
//! What is required and what is read only may stand in different parts of one `allOf`, so all that is said of a value is looked through.
//!
//! Source: OpenAPI 3.0.3, "Schema Object" (`readOnly`: "If the property is marked as readOnly being true and is in the required list, the
//! required will take effect on the response only"), <https://spec.openapis.org/oas/v3.0.3#schema-object>, read 2026-11-22.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{At, Translator};

/// Most schemas that are looked through for one value.
const MAX_LOOKED_AT: usize = 300;

/// Longest way through references and combinators.
const MAX_DEPTH: usize = 12;

/// Properties of a value that requests need not have.
#[derive(Default)]
pub(super) struct ReadOnly {
    names: BTreeSet<String>,
    /// There may be more than were found.
    is_unknown: bool,
}

impl ReadOnly {
    pub(super) fn holds(&self, name: &str) -> bool {
        self.is_unknown || self.names.contains(name)
    }
}

/// Keywords whose schemas say something of the same value.
const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const SINGLE: [&str; 4] = ["not", "if", "then", "else"];

impl Translator<'_> {
    pub(super) fn read_only(&mut self, schema: &Value, at: At<'_>) -> ReadOnly {
        let mut found = ReadOnly::default();
        let mut looked_at = 0;
        self.gather(schema, at, (0, &mut looked_at), &mut found);
        found
    }

    fn gather(&mut self, schema: &Value, at: At<'_>, (depth, looked_at): (usize, &mut usize), found: &mut ReadOnly) {
        *looked_at += 1;
        if *looked_at > MAX_LOOKED_AT || depth > MAX_DEPTH {
            found.is_unknown = true;
            return;
        }
        let Value::Object(members) = schema else { return };
        for (name, property) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if self.is_read_only(property, at, 0) {
                found.names.insert(name.clone());
            }
        }
        let lists = LISTS.iter().filter_map(|it| members.get(*it)?.as_array()).flatten();
        for part in lists.chain(SINGLE.iter().filter_map(|it| members.get(*it))) {
            self.gather(part, at, (depth + 1, looked_at), found);
        }
        if let Some((id, target)) = members.get("$ref").and_then(Value::as_str).and_then(|it| self.target(it, at)) {
            self.gather(&target, At { text: id, ..at }, (depth + 1, looked_at), found);
        }
    }

    fn is_read_only(&mut self, schema: &Value, at: At<'_>, depth: usize) -> bool {
        if schema["readOnly"] == true || depth > MAX_DEPTH {
            return true;
        }
        let parts = schema["allOf"].as_array();
        if parts.is_some_and(|parts| parts.iter().any(|it| self.is_read_only(it, at, depth + 1))) {
            return true;
        }
        let Some((id, target)) = schema["$ref"].as_str().and_then(|it| self.target(it, at)) else { return false };
        self.is_read_only(&target, At { text: id, ..at }, depth + 1)
    }
}
