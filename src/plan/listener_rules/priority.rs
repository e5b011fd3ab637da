//! Numbers of the rules: each a function of the rule itself, unless a neighbour has it.
//!
//! In: rules with their bands. Out: rules by priority. Pure.

use std::sync::Arc;

use super::pattern::{Kind, Pattern};
use super::{ListenerRule, hash};

/// Share of the priorities for patterns with so many slashes or more, from the least; in thousandths.
const SHARES: [u64; 9] = [40, 120, 160, 160, 160, 120, 80, 60, 100];

/// What decides the order of two rules: slashes, then literals before variables from the left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Band {
    slashes: std::cmp::Reverse<usize>,
    kinds: Vec<Kind>,
}

impl Band {
    pub(super) fn of(pattern: &Pattern) -> Self {
        Self { slashes: std::cmp::Reverse(pattern.slashes), kinds: pattern.kinds.clone() }
    }

    /// `3_lvl`: three segments, the second of which is a variable; `p` is one in part.
    pub(super) fn word(&self) -> String {
        let letters = self.kinds.iter().map(|it| match it {
            Kind::Literal => 'l',
            Kind::Partial => 'p',
            Kind::Variable => 'v',
        });
        format!("{}_{}", self.slashes.0, letters.collect::<String>())
    }

    /// First number and how many there are, of `room`.
    fn place(&self, room: u64) -> (u64, u64) {
        let length = self.slashes.0.clamp(1, SHARES.len());
        let thousandths = |share: u64| share * room / 1_000;
        let start = thousandths(SHARES[length..].iter().sum());
        let width = thousandths(SHARES[length - 1]);
        // The kinds as a number in base three, from the left, as far as there is room to tell them apart.
        let (mut at, mut left) = (start, width);
        for kind in &self.kinds {
            if left < 3 {
                break;
            }
            let third = left / 3;
            match kind {
                Kind::Literal => left = third,
                Kind::Partial => (at, left) = (at + third, third),
                Kind::Variable => (at, left) = (at + 2 * third, left - 2 * third),
            }
        }
        (at, left.max(1))
    }
}

/// Gives every rule its number: its own in its band, the next one where that is taken.
///
/// Out: the rules by number, labels of those that stand elsewhere than they would alone, and whether there are more rules than numbers.
pub(super) fn numbered(rules: Vec<(Band, ListenerRule)>, (first, last): (u32, u32)) -> (Vec<ListenerRule>, Vec<Arc<str>>, bool) {
    let room = u64::from(last.saturating_sub(first)) + 1;
    let mut placed: Vec<(Band, bool, u64, ListenerRule)> = rules
        .into_iter()
        .map(|(band, rule)| {
            let (start, width) = band.place(room);
            // Rules that name methods stand before those that take the rest of them.
            let (half, is_rest) = (width / 2, rule.methods.is_empty());
            let (start, width) = if is_rest { (start + half, width - half) } else { (start, half.max(1)) };
            let own = start + hash(&rule.label) % width;
            (band, is_rest, own, rule)
        })
        .collect();
    placed.sort_by(|one, other| (&one.0, one.1, one.2, &one.3.label).cmp(&(&other.0, other.1, other.2, &other.3.label)));
    let count = placed.len() as u64;
    if count > room {
        return (placed.into_iter().map(|it| it.3).collect(), Vec::new(), true);
    }
    let mut displaced = Vec::new();
    let mut next = 0;
    let mut rules = Vec::with_capacity(placed.len());
    for (index, (_, _, own, mut rule)) in placed.into_iter().enumerate() {
        // What is still to come has to fit, too.
        let latest = room - (count - index as u64);
        let at = own.max(next).min(latest);
        if at != own {
            displaced.push(Arc::clone(&rule.label));
        }
        next = at + 1;
        rule.priority = first + u32::try_from(at).expect("less than the room, which is a difference of two u32");
        rules.push(rule);
    }
    (rules, displaced, false)
}
