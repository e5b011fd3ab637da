//! Templates by their literal segments.
//!
//! In: templates, each with a tag. Out: those of which a pattern may take requests. Pure.

use std::collections::BTreeMap;

use super::pattern::Pattern;
use super::shape::{self, TemplateShape};
use crate::plan::segments::SegmentIndex;

/// Indexes of templates by shape and segments; those with one tag share lists.
pub(crate) struct Templates<'a, T> {
    groups: BTreeMap<TemplateShape, SegmentIndex<'a, str, T, usize>>,
}

impl<'a, T: Ord + Clone> Templates<'a, T> {
    pub(crate) fn new(templates: impl Iterator<Item = (&'a Pattern, T)>) -> Self {
        let mut groups: BTreeMap<_, SegmentIndex<'_, str, _, _>> = BTreeMap::new();
        for (index, (pattern, tag)) in templates.enumerate() {
            let group = groups.entry(pattern.own_shape()).or_default();
            group.insert(pattern.own_segments(), tag, index);
        }
        Self { groups }
    }

    /// Returns whether `is_met` holds for the index of a template that the pattern may meet;
    /// `is_left_out` excludes all templates of a shape and tag.
    pub(crate) fn any(
        &mut self,
        pattern: &Pattern,
        is_left_out: impl Fn(&TemplateShape, &T) -> bool,
        mut is_met: impl FnMut(usize) -> bool,
    ) -> bool {
        let (of_pattern, segments) = (pattern.shape(), pattern.segments());
        self.groups.iter_mut().any(|(shape, group)| {
            let Some(positions) = shape::shared(&of_pattern, shape) else {
                return false;
            };
            let lists = group.lists(positions, &segments).into_iter().flatten();
            let mut included = lists.filter(|(tag, _)| !is_left_out(shape, tag));
            included.any(|(_, list)| list.iter().any(|index| is_met(*index)))
        })
    }
}
