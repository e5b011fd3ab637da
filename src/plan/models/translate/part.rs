//! Parts of a model, and combinations of them.
//!
//! In: parts that allow at least what their schemas allow. Out: combinations that do so, too. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::tree::{ModelJson, Object};

/// Parts of a schema that the gateway does not check.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weakening {
    /// Pointers into the schema as if all it refers to were in it; the first few.
    pub places: Vec<String>,
    pub count: usize,
}

/// Weakenings by the keyword or feature that is left out.
pub type Weakenings = BTreeMap<&'static str, Weakening>;

/// Notes about a translated part.
#[derive(Clone, Default)]
pub(crate) struct PartNotes {
    /// Their places start at the part.
    pub(crate) weakenings: Weakenings,
    /// True where the part has more parts than fit.
    pub(crate) is_cut: bool,
    /// Number of its levels: down to a depth of so many or more it stays as it is.
    pub(crate) levels: usize,
}

/// A schema that API Gateway takes, in parts that it shares with other models.
pub struct AssembledModel {
    pub(super) schema: Object,
    pub(crate) notes: PartNotes,
}

impl AssembledModel {
    /// Returns a model that allows all bodies, since nothing of the schema fits.
    pub(crate) fn cut() -> Self {
        Self {
            schema: Object::default(),
            notes: PartNotes {
                is_cut: true,
                ..PartNotes::default()
            },
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

    pub fn schema(&self) -> Map<String, Value> {
        self.schema.to_map()
    }
}

/// A part of a model.
#[derive(Clone)]
pub(crate) struct SchemaPart {
    pub(crate) schema: Object,
    /// True where it allows exactly the values that the description allows.
    pub(crate) is_exact: bool,
}

impl SchemaPart {
    /// Returns a part that lets everything through.
    pub(crate) fn anything(is_exact: bool) -> Self {
        Self {
            schema: Object::default(),
            is_exact,
        }
    }

    pub(crate) fn nothing() -> Self {
        Self {
            schema: Object::of([("not", ModelJson::Object(Object::default()))]),
            is_exact: true,
        }
    }
}

/// Returns a part that allows what both allow.
pub(crate) fn both(one: SchemaPart, other: SchemaPart) -> SchemaPart {
    let is_exact = one.is_exact && other.is_exact;
    let schema = if one.schema.is_empty() {
        other.schema
    } else if other.schema.is_empty() {
        one.schema
    } else {
        Object::of([("allOf", ModelJson::list(vec![one.schema, other.schema]))])
    };
    SchemaPart { schema, is_exact }
}

/// Returns a part that allows null, too.
pub(crate) fn or_null(mut part: SchemaPart) -> SchemaPart {
    let null = json!("null");
    if part.schema.is_empty() {
        return part;
    }
    if ["allOf", "anyOf", "oneOf", "not"]
        .iter()
        .any(|keyword| part.schema.has(keyword))
    {
        let of_null = Object::of([("type", ModelJson::Value(null))]);
        part.schema = Object::of([("anyOf", ModelJson::list(vec![of_null, part.schema]))]);
        return part;
    }
    part.is_exact &= part.schema.has("type");
    if let Some(Value::Array(values)) = part.schema.value("enum")
        && !values.contains(&Value::Null)
    {
        let values = values.iter().cloned().chain([Value::Null]).collect();
        part.schema.insert("enum", Value::Array(values));
    }
    let types = match part.schema.value("type") {
        Some(Value::Array(types)) if !types.contains(&null) => {
            types.iter().cloned().chain([null]).collect()
        }
        Some(one @ Value::String(_)) if *one != null => vec![one.clone(), null],
        _ => return part,
    };
    part.schema.insert("type", Value::Array(types));
    part
}

/// Returns whether an empty object is certainly allowed.
pub(crate) fn takes_empty(schema: &Object) -> bool {
    let is_object = match schema.value("type") {
        None => true,
        Some(Value::Array(types)) => types.contains(&json!("object")),
        Some(one) => *one == "object",
    };
    let takes = |part: &ModelJson| matches!(part, ModelJson::Object(part) if takes_empty(part));
    is_object
        && ["enum", "required", "not", "oneOf"]
            .iter()
            .all(|keyword| !schema.has(keyword))
        && schema
            .value("minProperties")
            .is_none_or(|least| *least == 0)
        && schema.list("allOf").iter().all(takes)
        && (schema.list("anyOf").is_empty() || schema.list("anyOf").iter().any(takes))
}
