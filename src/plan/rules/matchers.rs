//! Many `match`es at once, found by what they name rather than tried one by one.
//!
//! In: `MatchSpec`s, an operation under a mount. Out: which of them match it. Pure.

use std::collections::{BTreeSet, HashSet};

use super::Described;
use super::any::{self, Reach};
use crate::blueprint::{Blueprint, MatchSpec};
use crate::plan::rules::patterns::{Of, Patterns};

/// `match` of routes, promises or usage plans, found by what they name rather than tried one by
/// one.
pub(crate) struct Matchers {
    all: Vec<Matcher>,
    by_id: Patterns<usize>,
    by_path: Patterns<usize>,
    by_tag: Patterns<usize>,
    /// Those that name neither ids nor paths nor tags.
    others: Vec<usize>,
}

/// One `match`: what of an operation is no pattern, and which patterns there are.
struct Matcher {
    methods: Option<Vec<String>>,
    /// Indexes in `spec`.
    descriptions: Option<BTreeSet<usize>>,
    /// Without slashes around them.
    mounts: Option<HashSet<String>>,
    /// How many of ids, paths and tags have to match.
    criteria: usize,
}

/// Indexes of those that match an operation, in their order.
#[derive(Debug, Default)]
pub(crate) struct Matching {
    pub(crate) whole: Vec<usize>,
    /// Those that name some of the methods that an operation for any method takes.
    pub(crate) parts: Vec<usize>,
}

impl Matchers {
    pub(crate) fn new<'s>(
        specs: impl Iterator<Item = &'s MatchSpec>,
        blueprint: &Blueprint,
    ) -> Self {
        let mut made = Self {
            all: Vec::new(),
            by_id: Patterns::new(Of::Texts),
            by_path: Patterns::new(Of::Paths),
            by_tag: Patterns::new(Of::Texts),
            others: Vec::new(),
        };
        for (index, spec) in specs.enumerate() {
            let indexes = [
                (&mut made.by_id, &spec.operation_ids),
                (&mut made.by_path, &spec.paths),
                (&mut made.by_tag, &spec.tags),
            ];
            let mut criteria = 0;
            for (patterns, texts) in indexes {
                criteria += usize::from(texts.is_some());
                texts
                    .iter()
                    .flatten()
                    .for_each(|it| patterns.insert(it, index));
            }
            if criteria == 0 {
                made.others.push(index);
            }
            made.all.push(Matcher::new(spec, criteria, blueprint));
        }
        made
    }

    /// Those that match an operation under a mount.
    pub(crate) fn matching(&self, described: Described<'_>, mount: &str) -> Matching {
        let operation = described.operation;
        // One entry for each of ids, paths and tags that matches.
        let mut matched: Vec<usize> = Vec::new();
        let mut seek = |patterns: &Patterns<usize>, texts: &mut dyn Iterator<Item = &str>| {
            let mut found = BTreeSet::new();
            for text in texts {
                patterns.any(text, |index| {
                    found.insert(index);
                    false
                });
            }
            matched.extend(found);
        };
        seek(&self.by_id, &mut operation.id.as_deref().into_iter());
        seek(&self.by_path, &mut std::iter::once(&*operation.path));
        seek(&self.by_tag, &mut operation.tags.iter().map(|it| &**it));
        matched.sort_unstable();
        let whole = matched
            .chunk_by(|one, other| one == other)
            .filter(|it| self.all[it[0]].criteria == it.len())
            .map(|it| it[0]);
        let mut all: Vec<usize> = whole.chain(self.others.iter().copied()).collect();
        all.sort_unstable();
        let mut matching = Matching::default();
        for index in all {
            match self.all[index].reach(described, mount) {
                Reach::Whole => matching.whole.push(index),
                Reach::Part => matching.parts.push(index),
                Reach::Nothing => {}
            }
        }
        matching
    }

    /// What each of them matches among operations, by index, in their order. One for any method is
    /// matched by any method that it takes.
    pub(crate) fn touched<'d>(
        &self,
        operations: impl Iterator<Item = (Described<'d>, &'d str)>,
    ) -> Vec<Vec<usize>> {
        self.collected(operations, |it| {
            it.whole.into_iter().chain(it.parts).collect()
        })
    }

    /// What each of them matches as a whole among operations, by index, in their order.
    pub(crate) fn matches<'d>(
        &self,
        operations: impl Iterator<Item = (Described<'d>, &'d str)>,
    ) -> Vec<Vec<usize>> {
        self.collected(operations, |it| it.whole)
    }

    fn collected<'d>(
        &self,
        operations: impl Iterator<Item = (Described<'d>, &'d str)>,
        chosen: impl Fn(Matching) -> Vec<usize>,
    ) -> Vec<Vec<usize>> {
        let mut matches = vec![Vec::new(); self.all.len()];
        for (index, (described, mount)) in operations.enumerate() {
            chosen(self.matching(described, mount))
                .into_iter()
                .for_each(|it| matches[it].push(index));
        }
        matches
    }
}

impl Matcher {
    fn new(spec: &MatchSpec, criteria: usize, blueprint: &Blueprint) -> Self {
        Self {
            methods: spec.methods.clone(),
            descriptions: spec.specs.as_ref().map(|specs| {
                specs
                    .iter()
                    .filter_map(|it| blueprint.description(it))
                    .collect()
            }),
            mounts: spec.mounts.as_ref().map(|mounts| {
                mounts
                    .iter()
                    .map(|it| it.trim_matches('/').to_owned())
                    .collect()
            }),
            criteria,
        }
    }

    /// How much of an operation it matches by what is no pattern.
    fn reach(&self, described: Described<'_>, mount: &str) -> Reach {
        let is_here = self
            .descriptions
            .as_ref()
            .is_none_or(|it| it.contains(&described.description))
            && self
                .mounts
                .as_ref()
                .is_none_or(|it| it.contains(mount.trim_matches('/')));
        match &self.methods {
            _ if !is_here => Reach::Nothing,
            None => Reach::Whole,
            Some(methods) => any::reach(methods, described),
        }
    }
}
