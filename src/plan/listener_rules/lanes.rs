//! How few places in the order do: which arms may stand side by side.
//!
//! In: operations, and arms in an order that is right. Out: a lane for each arm, 0 the last; arms of one lane stand in any order. Pure.
//! An arm stands before another only if the other would take requests of an operation that is its own. So patterns of any shape share a rule
//! where nothing of another destination lies between them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::check::strays;
use super::pattern::Pattern;
use super::{Arm, Destination, Wanted};
use crate::openapi::HttpMethod;

/// Arms of one rule, as far as there is room.
type Group<'a> = (usize, &'a BTreeSet<HttpMethod>, Destination);

/// The lane of each arm.
pub(super) fn of(wanted: &[Wanted<'_>], (arms, all): (&[Arm], &[Arm])) -> Vec<usize> {
    let rivals = rivals(wanted, (arms, all));
    let mut lanes = vec![0; arms.len()];
    for at in (0..arms.len()).rev() {
        // Rivals stand behind, so their lanes are known.
        lanes[at] = rivals[at].iter().map(|it| lanes[*it] + 1).max().unwrap_or_default();
    }
    while raise(arms, &rivals, &mut lanes) {}
    lanes
}

/// The arms that have to stand behind each one, by index.
fn rivals(wanted: &[Wanted<'_>], (arms, all): (&[Arm], &[Arm])) -> Vec<BTreeSet<usize>> {
    let mut rivals = vec![BTreeSet::new(); arms.len()];
    let mut patterns: BTreeMap<&str, Arc<Pattern>> = BTreeMap::new();
    for it in wanted {
        let pattern = patterns.entry(it.path).or_insert_with(|| Arc::new(Pattern::of(it.path)));
        let takes = |arm: &Arm| arm.to == it.to && arm.takes_all(it.method) && arm.pattern.covers(pattern);
        // What nothing takes is refused by the listener itself.
        let Some(taker) = arms.iter().position(takes) else { continue };
        let behind = arms.iter().enumerate().skip(taker + 1);
        rivals[taker].extend(behind.filter(|(_, arm)| strays(it, pattern, arm, all)).map(|(index, _)| index));
    }
    rivals
}

/// Moves the arms of one group into a group of a higher lane, where all of them may stand there. Whether there was one.
fn raise(arms: &[Arm], rivals: &[BTreeSet<usize>], lanes: &mut [usize]) -> bool {
    // The lowest lane of those that have to stand before each arm.
    let mut below = vec![usize::MAX; arms.len()];
    for (before, behind) in rivals.iter().enumerate() {
        behind.iter().for_each(|it| below[*it] = below[*it].min(lanes[before]));
    }
    let mut groups: BTreeMap<Group<'_>, Vec<usize>> = BTreeMap::new();
    for (index, arm) in arms.iter().enumerate() {
        groups.entry((lanes[index], &arm.methods, arm.to)).or_default().push(index);
    }
    for ((lane, methods, to), inside) in &groups {
        let room = inside.iter().map(|it| below[*it]).min().unwrap_or_default();
        let higher = groups.keys().find(|it| it.0 > *lane && it.0 < room && it.1 == *methods && it.2 == *to);
        if let Some((higher, ..)) = higher {
            inside.iter().for_each(|it| lanes[*it] = *higher);
            return true;
        }
    }
    false
}
