//! Parts that several models share: each is translated once, and put in at each reference to it.
//!
//! In: references between schemas. Out: earlier translations, by all that they depend on. Pure.
//! A translation is the same in each place, but for three things: how deep a model may still be,
//! the properties that requests need not have, and the schemas that were entered before. Of these,
//! only the ones on a cycle with it can ever be met again below it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::part::SchemaPart;
use super::schema_path::{EnteredSchema, SchemaPath};
use super::{PartNotes, TranslationRule, Translator};
use crate::openapi::{SchemaId, Schemas};

/// Facts that a translation depends on besides its depth.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct PartContext {
    schema: SchemaId,
    read_only: usize,
    /// Schemas on a cycle with it that were entered before, in order of their numbers.
    entered: Vec<SchemaId>,
}

/// A translated part, with the notes about it.
#[derive(Clone)]
struct TranslatedPart {
    part: SchemaPart,
    notes: PartNotes,
    nodes: usize,
}

/// Translations of one schema in one context.
#[derive(Default)]
struct Translations {
    whole: Option<TranslatedPart>,
    /// By number of levels.
    cut: BTreeMap<usize, TranslatedPart>,
    /// Fewest nodes of the part, by number of levels; it was given up there.
    too_large: BTreeMap<usize, usize>,
}

impl Translations {
    fn of_levels(&self, levels: usize) -> Option<&TranslatedPart> {
        let whole = self
            .whole
            .as_ref()
            .filter(|whole| whole.notes.levels <= levels);
        whole.or_else(|| self.cut.get(&levels))
    }

    /// Fewest nodes of the part, as far as they are known.
    fn least_nodes(&self, levels: usize) -> usize {
        let translated = self.of_levels(levels).map(|known| known.nodes);
        let too_large = || self.too_large.get(&levels).copied();
        translated.or_else(too_large).unwrap_or_default()
    }

    fn add(&mut self, levels: usize, translated: TranslatedPart) {
        if translated.notes.is_cut {
            self.cut.insert(levels, translated);
        } else {
            self.whole = Some(translated);
        }
    }
}

/// Parts that may be met again.
pub(crate) struct SharedParts {
    known: BTreeMap<PartContext, Translations>,
    /// By schema: the cycle that contains it, if any.
    cycles: Vec<Option<usize>>,
    /// By schema: something refers to it.
    is_referred_to: Vec<bool>,
}

impl SharedParts {
    pub(crate) fn new(schemas: &Schemas) -> Self {
        let next: Vec<Vec<SchemaId>> = schemas
            .texts
            .iter()
            .map(|text| text.references.values().flatten().copied().collect())
            .collect();
        let mut is_referred_to = vec![false; next.len()];
        for id in next.iter().flatten() {
            is_referred_to[*id] = true;
        }
        Self {
            known: BTreeMap::new(),
            cycles: cycles(&next),
            is_referred_to,
        }
    }

    pub(crate) fn may_be_met_again(&self, schema: SchemaId) -> bool {
        self.is_referred_to[schema]
    }

    fn translations(&mut self, at: SchemaPath<'_>) -> &mut Translations {
        let schema = at.text;
        let cycle = self.cycles[schema];
        let is_on_cycle = |id: &SchemaId| cycle.is_some() && self.cycles[*id] == cycle;
        let mut entered: Vec<SchemaId> = at.entered().filter(is_on_cycle).collect();
        entered.sort_unstable();
        let context = PartContext {
            schema,
            read_only: at.read_only.number,
            entered,
        };
        self.known.entry(context).or_default()
    }
}

impl Translator<'_> {
    /// Translates the schema of a text that is entered here.
    pub(crate) fn enter(&mut self, schema: &Value, at: SchemaPath<'_>) -> SchemaPart {
        let entered = EnteredSchema {
            schema: at.text,
            before: at.entered,
        };
        let inside = SchemaPath {
            entered: Some(&entered),
            is_rebased: false,
            ..at
        };
        if !self.parts.may_be_met_again(at.text) {
            return self.translate(schema, inside);
        }
        let levels = if self.applies(TranslationRule::Sizes) {
            self.max_depth.saturating_sub(at.depth)
        } else {
            usize::MAX
        };
        let translations = self.parts.translations(at);
        let translated = translations.of_levels(levels).cloned();
        let nodes = self.nodes.saturating_add(translations.least_nodes(levels));
        if self.is_too_large(nodes) {
            self.nodes = nodes;
            return SchemaPart::anything(false);
        }
        if let Some(translated) = translated {
            self.nodes = nodes;
            return self.reuse(translated, at);
        }
        self.translate_shared(schema, inside, levels)
    }

    /// Translates a part for the first time down to so many levels.
    fn translate_shared(
        &mut self,
        schema: &Value,
        at: SchemaPath<'_>,
        levels: usize,
    ) -> SchemaPart {
        let (outer, before) = (std::mem::take(&mut self.notes), self.nodes);
        let part = self.translate(schema, SchemaPath { step: None, ..at });
        let mut notes = std::mem::replace(&mut self.notes, outer);
        notes.levels = notes.levels.saturating_sub(at.depth);
        let nodes = self.nodes - before;
        let outside = SchemaPath {
            entered: at.entered.and_then(|entered| entered.before),
            ..at
        };
        let is_too_large = self.is_too_large(self.nodes);
        let translations = self.parts.translations(outside);
        if is_too_large {
            translations.too_large.insert(levels, nodes);
            return part;
        }
        let translated = TranslatedPart { part, notes, nodes };
        translations.add(levels, translated.clone());
        self.reuse(translated, at)
    }

    /// Puts a translated part in, with the notes about it.
    fn reuse(&mut self, translated: TranslatedPart, at: SchemaPath<'_>) -> SchemaPart {
        let TranslatedPart { part, notes, .. } = translated;
        self.notes.is_cut |= notes.is_cut;
        self.notes.levels = self.notes.levels.max(at.depth + notes.levels);
        for (what, weakening) in notes.weakenings {
            let noted = self.notes.weakenings.entry(what).or_default();
            noted.count += weakening.count;
            let left = super::MAX_PLACES - noted.places.len();
            let places = weakening.places.iter().take(left);
            noted
                .places
                .extend(places.map(|place| at.pointer() + place));
        }
        part
    }
}

/// Returns the cycle of references that contains each of the schemas, if any.
///
/// Source: Tarjan, "Depth-first search and linear graph algorithms", 1972,
/// <https://doi.org/10.1137/0201010>; without recursion, so that no description overflows the
/// stack.
fn cycles(next: &[Vec<SchemaId>]) -> Vec<Option<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; next.len()];
    let mut lowest = vec![UNSEEN; next.len()];
    let mut is_open = vec![false; next.len()];
    let mut cycles = vec![None; next.len()];
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
                let is_cycle = members.len() > 1;
                for member in members {
                    is_open[member] = false;
                    cycles[member] = is_cycle.then_some(id);
                }
            }
        }
    }
    cycles
}

#[cfg(test)]
mod tests {
    use super::cycles;

    #[test]
    fn schemas_that_reach_each_other_are_on_one_cycle() {
        let of = cycles(&[
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
        assert!(cycles(&chain).iter().all(Option::is_some));
    }
}
