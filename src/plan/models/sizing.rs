//! Models that are cut until all of them fit.
//!
//! In: a requested model, the translator of its description. Out: `ModelPlan`. Pure.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::translate::{AssembledModel, Translator};
use super::{MAX_BYTES, ModelPlan, ModelRequest};
use crate::plan::names;

/// Most bytes of a model, down to where all of them fit. The steps are fixed and wide, so that a
/// model seldom changes with its neighbours.
pub(super) const SIZES: [usize; 10] = [
    MAX_BYTES, 64_000, 32_000, 16_000, 8_000, 4_000, 2_000, 1_000, 500, 0,
];

/// Depths of a model, down to where it fits.
const DEPTHS: [usize; 12] = [64, 16, 12, 10, 8, 6, 5, 4, 3, 2, 1, 0];

/// A model with its depth and size. It is written once its size is settled.
pub(super) struct SizedModel {
    name: Arc<str>,
    /// Index of the depth.
    level: usize,
    pub(super) bytes: usize,
    /// Levels that it has.
    height: usize,
    /// Its parts, unless they were dropped to save memory.
    pub(super) assembled: Option<AssembledModel>,
}

impl SizedModel {
    pub(super) fn new(
        label: &str,
        request: &ModelRequest,
        translator: &mut Translator<'_>,
    ) -> Self {
        let mut model = Self {
            name: names::named("Model", &request.words, label).into(),
            level: 0,
            bytes: 0,
            height: 0,
            assembled: None,
        };
        model.assembled = Some(model.assemble(request, translator));
        model
    }

    /// Assembles the deepest model from its level on that has an end.
    fn assemble(
        &mut self,
        request: &ModelRequest,
        translator: &mut Translator<'_>,
    ) -> AssembledModel {
        let found = (self.level..DEPTHS.len()).find_map(|level| {
            let depth = DEPTHS[level];
            let assembled = translator.assemble(&request.roots, request.is_optional, depth)?;
            Some((level, assembled))
        });
        let (level, assembled) = found.unwrap_or_else(|| (DEPTHS.len(), AssembledModel::cut()));
        (self.level, self.height) = (level, assembled.notes.levels);
        self.bytes = Value::Object(head(&self.name)).to_string().len() + assembled.bytes();
        assembled
    }

    /// Cuts it until it has no more bytes than that, or cannot be cut any more.
    pub(super) fn cut_to(
        &mut self,
        most: usize,
        request: &ModelRequest,
        translator: &mut Translator<'_>,
    ) {
        while self.bytes > most && self.level + 1 < DEPTHS.len() {
            self.level += 1;
            if DEPTHS[self.level] < self.height {
                // Many may be cut, so none keeps its parts.
                self.assemble(request, translator);
                self.assembled = None;
            }
        }
    }

    pub(super) fn finish(
        mut self,
        label: &Arc<str>,
        request: &ModelRequest,
        translator: &mut Translator<'_>,
    ) -> ModelPlan {
        let assembled = self
            .assembled
            .take()
            .unwrap_or_else(|| self.assemble(request, translator));
        let mut schema = head(&self.name);
        schema.extend(assembled.schema());
        ModelPlan {
            label: Arc::clone(label),
            name: self.name,
            schema: Arc::new(Value::Object(schema)),
            weakenings: assembled.notes.weakenings.into(),
            is_cut: assembled.notes.is_cut,
        }
    }
}

/// First members of every model.
fn head(name: &str) -> Map<String, Value> {
    let schema = "http://json-schema.org/draft-04/schema#";
    [("$schema", schema), ("title", name)]
        .map(|(key, value)| (key.to_owned(), Value::from(value)))
        .into_iter()
        .collect()
}
