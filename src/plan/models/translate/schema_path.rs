//! Paths to schemas while a model is translated.
//!
//! In: keys and references that led to a schema. Out: pointers. Pure.

use super::read_only::ReadOnly;
use crate::openapi::SchemaId;
use crate::source::pointer;

/// Path to a schema, with the context of its translation.
#[derive(Clone, Copy)]
pub(crate) struct SchemaPath<'s> {
    /// The schema whose text it is in.
    pub(super) text: SchemaId,
    /// Keys that led here, from the part that is translated.
    pub(super) step: Option<&'s PointerStep<'s>>,
    /// Schemas that were entered before.
    pub(super) entered: Option<&'s EnteredSchema<'s>>,
    pub(super) depth: usize,
    /// Properties that requests need not have.
    pub(super) read_only: &'s ReadOnly,
    /// True below an `$id`, where references have another meaning.
    pub(super) is_rebased: bool,
}

pub(super) struct PointerStep<'s> {
    pub(super) keyword: &'s str,
    /// The name or index below the keyword.
    pub(super) key: Option<&'s str>,
    pub(super) before: Option<&'s PointerStep<'s>>,
}

pub(super) struct EnteredSchema<'s> {
    pub(super) schema: SchemaId,
    pub(super) before: Option<&'s EnteredSchema<'s>>,
}

impl<'s> SchemaPath<'s> {
    pub(super) fn entered(&self) -> impl Iterator<Item = SchemaId> {
        std::iter::successors(self.entered, |entered| entered.before).map(|entered| entered.schema)
    }

    pub(super) fn pointer(&self) -> String {
        let mut steps: Vec<_> = std::iter::successors(self.step, |step| step.before).collect();
        steps.reverse();
        let keys = steps
            .iter()
            .flat_map(|step| [step.keyword].into_iter().chain(step.key));
        keys.fold(String::new(), |base, key| pointer::child(&base, key))
    }
}
