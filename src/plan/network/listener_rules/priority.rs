//! Priorities of the rules: each a function of the rule itself, unless a neighbour has it.
//!
//! In: rules with their layers. Out: rules by priority. Pure.

use std::cmp::Reverse;
use std::sync::Arc;

use super::packing::{LayeredRule, hash};
use super::pattern::Pattern;
use super::shape::Specificity;
use super::{ListenerRulePlan, PriorityRange};

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
struct LayerNumbers {
    start: u64,
    count: u64,
}

impl LayerNumbers {
    fn of(layer: usize, room: u64) -> Self {
        let half = |layer: usize| {
            let shift = u32::try_from(layer).unwrap_or(u32::MAX);
            room.checked_shr(shift).unwrap_or_default()
        };
        let start = half(layer + 1);
        Self {
            start,
            count: (half(layer) - start).max(1),
        }
    }
}

/// Rules with their priorities.
pub(crate) struct NumberedRules {
    /// By priority.
    pub(crate) rules: Vec<ListenerRulePlan>,
    /// Labels of rules at another priority than they would have alone.
    pub(crate) displaced: Vec<Arc<str>>,
    /// There are more rules than priorities.
    pub(crate) is_full: bool,
}

/// A rule with the number that it would have alone.
struct PlacedRule {
    layer: usize,
    own: u64,
    rule: ListenerRulePlan,
}

/// Gives every rule its number: its own in its layer, the next one where that is taken.
pub(crate) fn numbered(rules: Vec<LayeredRule>, priorities: PriorityRange) -> NumberedRules {
    let PriorityRange { first, last } = priorities;
    let room = u64::from(last.saturating_sub(first)) + 1;
    let place = |LayeredRule { layer, rule }| {
        let numbers = LayerNumbers::of(layer, room);
        let own = numbers.start + hash(&rule.label) % numbers.count;
        PlacedRule { layer, own, rule }
    };
    let mut placed: Vec<PlacedRule> = rules.into_iter().map(place).collect();
    placed.sort_by(|one, other| {
        (Reverse(one.layer), one.own, &one.rule.label).cmp(&(
            Reverse(other.layer),
            other.own,
            &other.rule.label,
        ))
    });
    let count = placed.len() as u64;
    if count > room {
        return NumberedRules {
            rules: placed.into_iter().map(|placed| placed.rule).collect(),
            displaced: Vec::new(),
            is_full: true,
        };
    }
    let mut displaced = Vec::new();
    let mut next = 0;
    let mut rules = Vec::with_capacity(placed.len());
    for (index, PlacedRule { own, mut rule, .. }) in placed.into_iter().enumerate() {
        // The rules that are still to come have to fit, too.
        let latest = room - (count - index as u64);
        let at = own.max(next).min(latest);
        if at != own {
            displaced.push(Arc::clone(&rule.label));
        }
        next = at + 1;
        rule.priority = first
            + u32::try_from(at).expect("less than the room, which is a difference of two u32");
        rules.push(rule);
    }
    NumberedRules {
        rules,
        displaced,
        is_full: false,
    }
}
