//! Priorities of the rules: each a function of the rule itself, unless a neighbour has it.
//!
//! In: rules with their layers. Out: rules by priority. Pure.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use super::packing::{LayeredRule, hash};
use super::pattern::Pattern;
use super::shape::Specificity;
use super::{ListenerRulePlan, ListenerRules, PriorityRange};

/// An order of patterns that is right: more slashes first, then literals before variables from the
/// left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Band {
    slashes: Reverse<usize>,
    specificity: Vec<Specificity>,
}

impl Band {
    pub(crate) fn of(pattern: &Pattern) -> Self {
        Self {
            slashes: Reverse(pattern.slashes),
            specificity: pattern.specificity.clone(),
        }
    }
}

/// Numbers of a layer: the last layer has the upper half of all, and each before it half of what is
/// left.
fn numbers_of(layer: usize, room: u64) -> Range<u64> {
    let half = |layer: usize| {
        let shift = u32::try_from(layer).unwrap_or(u32::MAX);
        room.checked_shr(shift).unwrap_or_default()
    };
    let start = half(layer + 1);
    start..half(layer).max(start + 1)
}

/// A rule with the number that it would have alone.
struct PlacedRule {
    layer: usize,
    own: u64,
    rule: ListenerRulePlan,
}

/// Assigns every rule its priority: the one that its label gives in its layer, or the next free one.
pub(crate) fn numbered(rules: Vec<LayeredRule>, priorities: PriorityRange) -> ListenerRules {
    let PriorityRange { first, last } = priorities;
    let room = u64::from(last.saturating_sub(first)) + 1;
    let place = |LayeredRule { layer, rule }| {
        let numbers = numbers_of(layer, room);
        let own = numbers.start + hash(&rule.label) % (numbers.end - numbers.start);
        PlacedRule { layer, own, rule }
    };
    let mut placed: Vec<PlacedRule> = rules.into_iter().map(place).collect();
    placed.sort_by(|one, other| {
        let key = |placed: &PlacedRule| (Reverse(placed.layer), placed.own);
        let by_label = || one.rule.label.cmp(&other.rule.label);
        key(one).cmp(&key(other)).then_with(by_label)
    });
    let count = placed.len() as u64;
    let mut numbered = ListenerRules {
        is_full: count > room,
        ..ListenerRules::default()
    };
    let mut next = 0;
    for (index, PlacedRule { own, mut rule, .. }) in placed.into_iter().enumerate() {
        if !numbered.is_full {
            // The rules that are still to come have to fit, too.
            let latest = room - (count - index as u64);
            let at = own.max(next).min(latest);
            if at != own {
                numbered.displaced.push(Arc::clone(&rule.label));
            }
            next = at + 1;
            rule.priority = first
                + u32::try_from(at).expect("less than the room, which is a difference of two u32");
        }
        numbered.rules.push(rule);
    }
    numbered
}
