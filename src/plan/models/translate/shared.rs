//! Parts that several models have: each is translated once, and put in wherever it is referred to.
//!
//! In: references between schemas. Out: what was translated before, by all that it depends on.
//! Pure.
//! A part is the same wherever it stands, but for three things: how deep a model may still be,
//! which of its properties requests need not have, and which schemas were entered on the way. Of
//! these, only the ones that lie on a circle with it can ever be met again below it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::part::Part;
use super::{At, Entered, Translator, Weakenings};
use crate::openapi::{SchemaId, Schemas};

/// What else a part depends on besides its depth.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Context {
    schema: SchemaId,
    read_only: usize,
    /// Schemas on a circle with it that were entered before, in order of their numbers.
    entered: Vec<SchemaId>,
}

/// A part, and what was found out while it was made.
#[derive(Clone)]
struct Finished {
    part: Part,
    /// Their places start at the part.
    weakenings: Weakenings,
    is_cut: bool,
    nodes: usize,
    /// Levels that it has.
    height: usize,
}

/// What is known of a part.
#[derive(Default)]
struct Known {
    /// All of it.
    whole: Option<Finished>,
    /// By how many levels are kept.
    cut: BTreeMap<usize, Finished>,
    /// Fewest nodes that it has, by how many levels are kept; it was given up there.
    too_large: BTreeMap<usize, usize>,
}

/// All parts that may be met again.
pub(crate) struct Parts {
    known: BTreeMap<Context, Known>,
    /// By schema: the circle that it lies on, if any.
    circles: Vec<Option<usize>>,
    /// By schema: whether something refers to it.
    is_referred_to: Vec<bool>,
}

impl Parts {
    pub(crate) fn new(schemas: &Schemas) -> Self {
        let next: Vec<Vec<SchemaId>> = schemas
            .texts
            .iter()
            .map(|text| text.references.values().flatten().copied().collect())
            .collect();
        let mut is_referred_to = vec![false; next.len()];
        next.iter()
            .flatten()
            .for_each(|id| is_referred_to[*id] = true);
        Self {
            known: BTreeMap::new(),
            circles: circles(&next),
            is_referred_to,
        }
    }

    pub(crate) fn may_be_met_again(&self, schema: SchemaId) -> bool {
        self.is_referred_to[schema]
    }

    fn context(&self, at: At<'_>) -> Context {
        let schema = at.text;
        let mut entered = Vec::new();
        if let Some(circle) = self.circles[schema] {
            entered.extend(at.entered().filter(|id| self.circles[*id] == Some(circle)));
            entered.sort_unstable();
        }
        Context {
            schema,
            read_only: at.read_only.number,
            entered,
        }
    }
}

impl Translator<'_> {
    /// The schema of a text that is entered here.
    pub(crate) fn entered(&mut self, schema: &Value, at: At<'_>) -> Part {
        let entered = Entered {
            schema: at.text,
            before: at.entered,
        };
        if !self.parts.may_be_met_again(at.text) {
            return self.schema(
                schema,
                At {
                    entered: Some(&entered),
                    is_rebased: false,
                    ..at
                },
            );
        }
        let kept = if self.rules.sizes {
            self.max_depth.saturating_sub(at.depth)
        } else {
            usize::MAX
        };
        let context = self.parts.context(at);
        let known = self.parts.known.entry(context).or_default();
        let finished = known
            .whole
            .as_ref()
            .filter(|whole| whole.height <= kept)
            .or_else(|| known.cut.get(&kept))
            .cloned();
        let least = finished
            .as_ref()
            .map(|it| it.nodes)
            .or_else(|| known.too_large.get(&kept).copied())
            .unwrap_or_default();
        if self.is_too_large(self.nodes.saturating_add(least)) {
            self.nodes = self.nodes.saturating_add(least);
            return Part::anything(false);
        }
        if let Some(finished) = finished {
            self.nodes += finished.nodes;
            return self.put(finished, at);
        }
        let (outer, before) = (std::mem::take(&mut self.found), self.nodes);
        let part = self.schema(
            schema,
            At {
                step: None,
                entered: Some(&entered),
                is_rebased: false,
                ..at
            },
        );
        let found = std::mem::replace(&mut self.found, outer);
        let nodes = self.nodes - before;
        let context = self.parts.context(at);
        let known = self.parts.known.entry(context).or_default();
        if self.rules.sizes && self.max_depth > 0 && self.nodes > super::MAX_NODES {
            known.too_large.insert(kept, nodes);
            return part;
        }
        let height = found.deepest.saturating_sub(at.depth);
        let finished = Finished {
            part,
            weakenings: found.weakenings,
            is_cut: found.is_cut,
            nodes,
            height,
        };
        if finished.is_cut {
            known.cut.insert(kept, finished.clone());
        } else {
            known.whole = Some(finished.clone());
        }
        self.put(finished, at)
    }

    /// Notes what was found out of a part where it stands now.
    fn put(&mut self, finished: Finished, at: At<'_>) -> Part {
        self.found.is_cut |= finished.is_cut;
        self.found.deepest = self.found.deepest.max(at.depth + finished.height);
        for (what, weakening) in finished.weakenings {
            let noted = self.found.weakenings.entry(what).or_default();
            noted.count += weakening.count;
            for place in weakening
                .places
                .into_iter()
                .take(super::MAX_PLACES - noted.places.len())
            {
                noted.places.push(at.joined(&place));
            }
        }
        finished.part
    }
}

/// Which circle each of the schemas lies on, if any: what can be reached from it, and reaches it.
///
/// Source: Tarjan, "Depth-first search and linear graph algorithms", 1972,
/// <https://doi.org/10.1137/0201010>; without recursion, so that no description overflows the
/// stack.
fn circles(next: &[Vec<SchemaId>]) -> Vec<Option<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; next.len()];
    let mut lowest = vec![UNSEEN; next.len()];
    let mut is_open = vec![false; next.len()];
    let mut circles = vec![None; next.len()];
    let mut open = Vec::new();
    let mut seen = 0;
    for start in 0..next.len() {
        let mut visits: Vec<(SchemaId, usize)> = Vec::new();
        if order[start] == UNSEEN {
            visits.push((start, 0));
        }
        while let Some((id, index)) = visits.last_mut() {
            let id = *id;
            if order[id] == UNSEEN {
                (order[id], lowest[id]) = (seen, seen);
                seen += 1;
                open.push(id);
                is_open[id] = true;
            }
            if let Some(&to) = next[id].get(*index) {
                *index += 1;
                if order[to] == UNSEEN {
                    visits.push((to, 0));
                } else if is_open[to] {
                    lowest[id] = lowest[id].min(order[to]);
                }
                continue;
            }
            visits.pop();
            if let Some((before, _)) = visits.last() {
                lowest[*before] = lowest[*before].min(lowest[id]);
            }
            if lowest[id] == order[id] {
                let from = open
                    .iter()
                    .rposition(|known| *known == id)
                    .unwrap_or_default();
                let members = open.split_off(from);
                let is_circle = members.len() > 1;
                for member in members {
                    is_open[member] = false;
                    circles[member] = is_circle.then_some(id);
                }
            }
        }
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::circles;

    #[test]
    fn schemas_that_reach_each_other_lie_on_one_circle() {
        let of = circles(&[
            vec![1],
            vec![2],
            vec![1, 3],
            vec![3],
            vec![0, 5],
            vec![6],
            vec![5, 4],
        ]);
        assert!(of[1].is_some() && of[1] == of[2]);
        assert!(of[4].is_some() && of[4] == of[5] && of[5] == of[6] && of[4] != of[1]);
        assert_eq!(
            (of[0], of[3]),
            (None, None),
            "what holds itself alone meets nothing else again"
        );
    }

    #[test]
    fn a_long_chain_does_not_overflow_the_stack() {
        let length = 200_000;
        let chain: Vec<Vec<usize>> = (0..length).map(|id| vec![(id + 1) % length]).collect();
        assert!(circles(&chain).iter().all(Option::is_some));
    }
}
