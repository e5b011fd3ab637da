//! Translated schemas, whole or in parts that they share with other models.
//!
//! In: parts. Out: `Translated`, `AssembledModel`. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::tree::Object;

/// Parts of a schema that the gateway does not check.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weakening {
    /// Pointers into the schema as if all it refers to stood in it; the first few.
    pub places: Vec<String>,
    pub count: usize,
}

/// Weakenings by the keyword or feature that is left out.
pub type Weakenings = BTreeMap<&'static str, Weakening>;

/// A schema that API Gateway takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Translated {
    pub schema: Map<String, Value>,
    pub weakenings: Weakenings,
    /// It has more parts than fit.
    pub is_cut: bool,
}

/// A translated schema in parts, which it shares with other models.
pub(crate) struct AssembledModel {
    pub(super) schema: Object,
    pub(crate) weakenings: Weakenings,
    pub(crate) is_cut: bool,
    /// Number of its levels: down to a depth of so many or more it stays as it is.
    pub(crate) height: usize,
}

impl AssembledModel {
    /// Returns a model that lets everything through, since nothing of the schema fits.
    pub(crate) fn cut() -> Self {
        Self {
            schema: Object::default(),
            weakenings: Weakenings::new(),
            is_cut: true,
            height: 0,
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

    pub(crate) fn schema(&self) -> Map<String, Value> {
        self.schema.to_map()
    }
}
