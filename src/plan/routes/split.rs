//! Greedy variables where an earlier template has a plain one.
//! In: drafts, earlier routes. Out: several drafts for one: `{x+}` is `{x}` and `{x}/{x_2+}`.
//!
//! Source: docs/aws-rules.md#w4 (the path part of a resource cannot change in CloudFormation, and
//! a new resource is created before the old one is deleted).

use std::sync::Arc;

use super::{Builder, Draft};
use crate::plan::paths::{Segment, free_name};

impl Builder<'_> {
    /// Serves what a greedy variable takes by the variables that are there, and by a greedy one
    /// below them.
    pub(crate) fn split_greedy(&mut self) {
        let drafts = 0..self.drafts.len();
        let split = drafts.filter_map(|index| Some((index, self.names_in_place(index)?)));
        let split: Vec<(usize, Vec<Arc<str>>)> = split.collect();
        for (index, names) in split {
            for further in &names[1..] {
                let names = (Arc::clone(&names[0]), Arc::clone(further));
                self.kept_names.insert(names);
            }
            let ends =
                (1..names.len()).map(|count| self.drafts[index].ending(&names[..count], false));
            let ends: Vec<_> = ends.collect();
            self.drafts[index] = self.drafts[index].ending(&names, true);
            self.drafts.extend(ends);
        }
    }

    /// The names of the variables that replace the greedy one of a draft: one for each that an
    /// earlier template has there, one below the other, and a last greedy one. None where others
    /// have a fixed text or a variable there, too.
    fn names_in_place(&self, index: usize) -> Option<Vec<Arc<str>>> {
        let path = self.drafts[index].plan.gateway_path.as_deref()?;
        let (Segment::Rest(name), before) = path.split_last()? else {
            return None;
        };
        let mut names = vec![Arc::clone(name)];
        let mut below = before.to_vec();
        while let Some(variable) = self.earlier.variable_below(&below) {
            below.push(Segment::Variable(Arc::clone(variable)));
            let is_taken = |name: &str| {
                let mut above = before.iter().filter_map(Segment::variable).chain(&names);
                above.any(|above| **above == *name)
            };
            names.push(free_name(name, is_taken));
        }
        let is_beside = |draft: &Draft<'_>| {
            let path = draft.plan.gateway_path.as_deref().unwrap_or_default();
            let next = path.strip_prefix(before).and_then(<[Segment]>::first);
            next.is_some_and(|next| !matches!(next, Segment::Rest(_)))
        };
        (names.len() > 1 && !self.drafts.iter().any(is_beside)).then_some(names)
    }
}

impl Draft<'_> {
    /// The draft with variables in place of its last segment.
    fn ending(&self, names: &[Arc<str>], is_greedy: bool) -> Self {
        let mut draft = self.clone();
        let end = |segments: &mut Vec<Segment>| {
            segments.pop();
            segments.extend(names.iter().cloned().map(Segment::Variable));
            if let Some(last) = segments.last_mut().filter(|_| is_greedy)
                && let Segment::Variable(name) = last
            {
                *last = Segment::Rest(Arc::clone(name));
            }
        };
        draft.plan.gateway_path.as_mut().map(end);
        if let Some(template) = draft.template.as_mut().map(Arc::make_mut) {
            end(&mut template.segments);
            // All of them are the one of the description.
            let mut renamed = template.renamed.iter();
            let described = renamed.find(|(_, name)| *name == names[0]);
            let described = described
                .map_or(&names[0], |(described, _)| described)
                .clone();
            let further = names[1..]
                .iter()
                .map(|name| (described.clone(), name.clone()));
            template.renamed.extend(further);
        }
        draft
    }
}
