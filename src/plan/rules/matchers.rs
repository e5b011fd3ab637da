//! Many `match`es at once, found by the texts that they name rather than tried one by one.
//!
//! In: `MatchSpec`s, an operation under a mount. Out: those that match the operation. Pure.

use std::collections::{BTreeSet, HashSet};

use super::Described;
use super::any::{self, Reach};
use crate::blueprint::{Blueprint, MatchSpec};
use crate::plan::rules::patterns::{PatternKind, Patterns};

/// `match`es of routes, promises or usage plans.
pub(crate) struct Matchers {
    all: Vec<Matcher>,
    by_id: Patterns<usize>,
    by_path: Patterns<usize>,
    by_tag: Patterns<usize>,
    /// Those that name neither ids nor paths nor tags.
    others: Vec<usize>,
}

/// One `match` without its patterns.
struct Matcher {
    methods: Option<Vec<String>>,
    /// Indexes in `spec`.
    descriptions: Option<BTreeSet<usize>>,
    /// Without slashes around them.
    mounts: Option<HashSet<String>>,
    /// Number of ids, paths and tags that have to match.
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
        let mut matchers = Self {
            all: Vec::new(),
            by_id: Patterns::new(PatternKind::Texts),
            by_path: Patterns::new(PatternKind::Paths),
            by_tag: Patterns::new(PatternKind::Texts),
            others: Vec::new(),
        };
        for (index, spec) in specs.enumerate() {
            let indexes = [
                (&mut matchers.by_id, &spec.operation_ids),
                (&mut matchers.by_path, &spec.paths),
                (&mut matchers.by_tag, &spec.tags),
            ];
            let mut criteria = 0;
            for (patterns, texts) in indexes {
                criteria += usize::from(texts.is_some());
                for text in texts.iter().flatten() {
                    patterns.insert(text, index);
                }
            }
            if criteria == 0 {
                matchers.others.push(index);
            }
            matchers.all.push(Matcher::new(spec, criteria, blueprint));
        }
        matchers
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
        seek(&self.by_tag, &mut operation.tags.iter().map(|tag| &**tag));
        matched.sort_unstable();
        let whole = matched
            .chunk_by(|one, other| one == other)
            .filter(|same| self.all[same[0]].criteria == same.len())
            .map(|same| same[0]);
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

    /// Returns the indexes of the operations that each `match` matches, as a whole or in part.
    pub(crate) fn touched<'d>(
        &self,
        operations: impl Iterator<Item = (Described<'d>, &'d str)>,
    ) -> Vec<Vec<usize>> {
        self.collected(operations, |matching| {
            matching.whole.into_iter().chain(matching.parts).collect()
        })
    }

    /// Returns the indexes of the operations that each `match` matches as a whole, in their order.
    pub(crate) fn matches<'d>(
        &self,
        operations: impl Iterator<Item = (Described<'d>, &'d str)>,
    ) -> Vec<Vec<usize>> {
        self.collected(operations, |matching| matching.whole)
    }

    fn collected<'d>(
        &self,
        operations: impl Iterator<Item = (Described<'d>, &'d str)>,
        chosen: impl Fn(Matching) -> Vec<usize>,
    ) -> Vec<Vec<usize>> {
        let mut matches = vec![Vec::new(); self.all.len()];
        for (index, (described, mount)) in operations.enumerate() {
            for matching in chosen(self.matching(described, mount)) {
                matches[matching].push(index);
            }
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
                    .filter_map(|spec| blueprint.description(spec))
                    .collect()
            }),
            mounts: spec.mounts.as_ref().map(|mounts| {
                mounts
                    .iter()
                    .map(|mount| mount.trim_matches('/').to_owned())
                    .collect()
            }),
            criteria,
        }
    }

    /// Returns the part of an operation that it matches, patterns aside.
    fn reach(&self, described: Described<'_>, mount: &str) -> Reach {
        let is_here = self
            .descriptions
            .as_ref()
            .is_none_or(|descriptions| descriptions.contains(&described.description))
            && self
                .mounts
                .as_ref()
                .is_none_or(|mounts| mounts.contains(mount.trim_matches('/')));
        match &self.methods {
            _ if !is_here => Reach::Nothing,
            None => Reach::Whole,
            Some(methods) => any::reach(methods, described),
        }
    }
}
