//! Templates by their literal segments.
//!
//! In: templates, each with a tag. Out: those of which a pattern may take requests. Pure.

use std::collections::{BTreeMap, HashMap};

use super::pattern::Pattern;
use super::shape::{self, SegmentPosition, TemplateShape};

/// Templates with one tag each, which share lists.
type TemplatesByTag<T> = BTreeMap<T, Vec<usize>>;

struct TemplatesOfShape<'a, T> {
    all: Vec<usize>,
    tables: HashMap<Vec<SegmentPosition>, HashMap<Vec<&'a str>, TemplatesByTag<T>>>,
}

/// Templates by shape, and by the segments that were looked up.
pub(crate) struct Templates<'a, T> {
    segments: Vec<Vec<&'a str>>,
    tags: Vec<T>,
    groups: BTreeMap<TemplateShape, TemplatesOfShape<'a, T>>,
}

impl<'a, T: Ord + Clone> Templates<'a, T> {
    pub(crate) fn new(templates: impl Iterator<Item = (&'a Pattern, T)>) -> Self {
        let mut all = Self {
            segments: Vec::new(),
            tags: Vec::new(),
            groups: BTreeMap::new(),
        };
        for (index, (pattern, tag)) in templates.enumerate() {
            all.segments.push(pattern.own_segments());
            all.tags.push(tag);
            let group = all.groups.entry(pattern.own_shape());
            group
                .or_insert_with(|| TemplatesOfShape {
                    all: Vec::new(),
                    tables: HashMap::new(),
                })
                .all
                .push(index);
        }
        all
    }

    /// Returns whether `is_it` holds for the index of a template that the pattern may meet; lists of
    /// tags can be left out as a whole.
    pub(crate) fn any(
        &mut self,
        pattern: &Pattern,
        is_left_out: impl Fn(&TemplateShape, &T) -> bool,
        mut is_it: impl FnMut(usize) -> bool,
    ) -> bool {
        let of_pattern = pattern.shape();
        let (segments, tags) = (&self.segments, &self.tags);
        for (shape, members) in &mut self.groups {
            let Some(positions) = shape::shared(&of_pattern, shape) else {
                continue;
            };
            let key = shape::at(&pattern.segments(), &positions);
            let all = &members.all;
            let table = members
                .tables
                .entry(positions)
                .or_insert_with_key(|positions| {
                    let mut table: HashMap<Vec<&str>, TemplatesByTag<T>> = HashMap::new();
                    for index in all {
                        let lists = table
                            .entry(shape::at(&segments[*index], positions))
                            .or_default();
                        lists.entry(tags[*index].clone()).or_default().push(*index);
                    }
                    table
                });
            let lists = table
                .get(&key)
                .into_iter()
                .flatten()
                .filter(|(tag, _)| !is_left_out(shape, tag));
            if lists.flat_map(|(_, list)| list).any(|index| is_it(*index)) {
                return true;
            }
        }
        false
    }

    /// Returns whether `is_it` holds for the index of a template that the pattern may meet.
    pub(crate) fn meets(&mut self, pattern: &Pattern, is_it: impl FnMut(usize) -> bool) -> bool {
        self.any(pattern, |_, _| false, is_it)
    }

    /// The same among templates with another tag.
    pub(crate) fn meets_other(
        &mut self,
        pattern: &Pattern,
        tag: &T,
        is_it: impl FnMut(usize) -> bool,
    ) -> bool {
        self.any(pattern, |_, other| other == tag, is_it)
    }
}
