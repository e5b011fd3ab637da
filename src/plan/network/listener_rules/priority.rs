//! Numbers of the rules: each a function of the rule itself, unless a neighbour has it.
//!
//! In: rules with their lanes. Out: rules by priority. Pure.

use std::cmp::Reverse;
use std::sync::Arc;

use super::pattern::{Kind, Pattern};
use super::{ListenerRule, hash};

/// An order of patterns that is right: more slashes first, then literals before variables from the
/// left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Band {
    slashes: Reverse<usize>,
    kinds: Vec<Kind>,
}

impl Band {
    pub(crate) fn of(pattern: &Pattern) -> Self {
        Self {
            slashes: Reverse(pattern.slashes),
            kinds: pattern.kinds.clone(),
        }
    }
}

/// First number of a lane and how many it has: the last lane has the upper half of all, and each
/// before it half of what is left.
fn place(lane: usize, room: u64) -> (u64, u64) {
    let half = |lane: usize| {
        room.checked_shr(u32::try_from(lane).unwrap_or(u32::MAX))
            .unwrap_or_default()
    };
    let start = half(lane + 1);
    (start, (half(lane) - start).max(1))
}

/// Gives every rule its number: its own in its lane, the next one where that is taken.
///
/// Out: the rules by number, labels of those that stand elsewhere than they would alone, and
/// whether there are more rules than numbers.
pub(crate) fn numbered(
    rules: Vec<(usize, ListenerRule)>,
    (first, last): (u32, u32),
) -> (Vec<ListenerRule>, Vec<Arc<str>>, bool) {
    let room = u64::from(last.saturating_sub(first)) + 1;
    let mut placed: Vec<(Reverse<usize>, u64, ListenerRule)> = rules
        .into_iter()
        .map(|(lane, rule)| {
            let (start, width) = place(lane, room);
            (Reverse(lane), start + hash(&rule.label) % width, rule)
        })
        .collect();
    placed.sort_by(|one, other| {
        (one.0, one.1, &one.2.label).cmp(&(other.0, other.1, &other.2.label))
    });
    let count = placed.len() as u64;
    if count > room {
        return (
            placed.into_iter().map(|it| it.2).collect(),
            Vec::new(),
            true,
        );
    }
    let mut displaced = Vec::new();
    let mut next = 0;
    let mut rules = Vec::with_capacity(placed.len());
    for (index, (_, own, mut rule)) in placed.into_iter().enumerate() {
        // What is still to come has to fit, too.
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
    (rules, displaced, false)
}
