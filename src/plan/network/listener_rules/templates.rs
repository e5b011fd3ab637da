//! Templates by their literal segments.
//!
//! In: templates, each with a tag. Out: those of which a pattern may take requests. Pure.

use std::collections::{BTreeMap, HashMap};

use super::pattern::Pattern;
use super::shape::{self, Place, TemplateShape};

/// Templates with one tag each, which share lists.
type Lists<T> = BTreeMap<T, Vec<usize>>;

struct Members<'a, T> {
    all: Vec<usize>,
    tables: HashMap<Vec<Place>, HashMap<Vec<&'a str>, Lists<T>>>,
}

/// Templates by shape, and by the segments that were asked for.
pub(crate) struct Templates<'a, T> {
    segments: Vec<Vec<&'a str>>,
    tags: Vec<T>,
    groups: BTreeMap<TemplateShape, Members<'a, T>>,
}

impl<'a, T: Ord + Clone> Templates<'a, T> {
    pub(crate) fn new(templates: impl Iterator<Item = (&'a Pattern, T)>) -> Self {
        let mut made = Self {
            segments: Vec::new(),
            tags: Vec::new(),
            groups: BTreeMap::new(),
        };
        for (index, (pattern, tag)) in templates.enumerate() {
            made.segments.push(pattern.own_segments());
            made.tags.push(tag);
            let group = made.groups.entry(pattern.own_shape());
            group
                .or_insert_with(|| Members {
                    all: Vec::new(),
                    tables: HashMap::new(),
                })
                .all
                .push(index);
        }
        made
    }

    /// Whether one of the templates that the pattern may meet is what is looked for, by its index;
    /// lists of tags can be left out as a whole.
    pub(crate) fn any(
        &mut self,
        pattern: &Pattern,
        is_left_out: impl Fn(&TemplateShape, &T) -> bool,
        mut is_it: impl FnMut(usize) -> bool,
    ) -> bool {
        let of_pattern = pattern.shape();
        let (segments, tags) = (&self.segments, &self.tags);
        for (shape, members) in &mut self.groups {
            let Some(places) = shape::shared(&of_pattern, shape) else {
                continue;
            };
            let key = shape::at(&pattern.segments(), &places);
            let all = &members.all;
            let table = members.tables.entry(places).or_insert_with_key(|places| {
                let mut table: HashMap<Vec<&str>, Lists<T>> = HashMap::new();
                for index in all {
                    let lists = table
                        .entry(shape::at(&segments[*index], places))
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

    /// Whether a template that the pattern may meet is what is looked for, by its index.
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
