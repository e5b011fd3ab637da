//! Fewer patterns that say the same.
//!
//! In: arms. Out: arms that take over for others, and those that are still needed. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::is_claimed;
use super::pattern::{Kind, Pattern};
use super::priority::Band;
use super::{Arm, Destination};

/// Literal subtrees that one backend owns: their path with all that is below it can stand for what is in them.
///
/// Only the highest ones, and only where they hold patterns that no single rule could.
pub(super) fn owned_subtrees(arms: &[Arm]) -> Vec<Arm> {
    let mut below: BTreeMap<Vec<&str>, Vec<&Arm>> = BTreeMap::new();
    for arm in arms {
        let start: Vec<&str> = arm.pattern.literal_start().collect();
        // A subtree is what is below a path, so its own last segment does not name one.
        let is_literal = start.len() == arm.pattern.kinds.len();
        for depth in 0..=(start.len() - usize::from(is_literal && !start.is_empty())) {
            below.entry(start[..depth].to_vec()).or_default().push(arm);
        }
    }
    let mut taken: BTreeSet<Vec<&str>> = BTreeSet::new();
    let mut owned = Vec::new();
    for (start, inside) in &below {
        let is_inside_taken = (0..start.len()).any(|depth| taken.contains(&start[..depth]));
        if is_inside_taken || !is_worth_it(inside) {
            continue;
        }
        let mut literal = String::new();
        start.iter().for_each(|it| literal.extend(["/", it]));
        let pattern = Pattern::subtree(&literal);
        let to = inside[0].to;
        let asked = inside.iter().flat_map(|it| it.asked.iter().copied()).collect();
        let subtree = Arm { pattern, methods: BTreeSet::new(), asked, to, operation: inside[0].operation };
        let is_elsewhere = |it: &Arm| {
            it.to != to
                && subtree.pattern.meets(&it.pattern)
                && !it.asked.iter().all(|method| is_claimed(&it.pattern, (*method, it.to), &subtree, arms))
        };
        if to != Destination::Nothing && !arms.iter().any(is_elsewhere) {
            taken.insert(start.clone());
            owned.push(subtree);
        }
    }
    let known: BTreeSet<&str> = arms.iter().map(|it| &*it.pattern.text).collect();
    owned.retain(|it| !known.contains(&*it.pattern.text));
    owned
}

/// Whether the patterns would take more than one rule.
fn is_worth_it(inside: &[&Arm]) -> bool {
    let shapes: BTreeSet<(usize, &[Kind])> = inside.iter().map(|it| (it.pattern.slashes, &it.pattern.kinds[..])).collect();
    let wildcards = inside.iter().map(|it| it.pattern.wildcards).max().unwrap_or_default();
    let room = super::MAX_WILDCARDS.checked_div(wildcards).map_or(super::MAX_VALUES, |it| it.clamp(1, super::MAX_VALUES));
    shapes.len() > 1 || inside.len() > room
}

/// Leaves out what later arms send to the same place anyway.
///
/// From the last to the first: what an arm relies on is decided before it.
pub(super) fn without_redundant(sorted: &[Arm]) -> Vec<Arm> {
    let mut needed: Vec<Arm> = Vec::with_capacity(sorted.len());
    for arm in sorted.iter().rev() {
        if !is_redundant(arm, needed.iter().rev(), sorted) {
            needed.push(arm.clone());
        }
    }
    needed.reverse();
    needed
}

fn is_redundant<'a>(arm: &Arm, later: impl Iterator<Item = &'a Arm> + Clone, all: &[Arm]) -> bool {
    arm.asked.iter().all(|method| {
        let takers = || later.clone().filter(|it| it.takes(*method));
        for other in takers() {
            if other.to != arm.to {
                if other.pattern.meets(&arm.pattern) && !is_claimed(&arm.pattern, (*method, arm.to), other, all) {
                    return false;
                }
            } else if other.takes_all(*method) && other.pattern.covers(&arm.pattern) {
                // Where a rule stands among those of its band is a matter of its hash.
                let band = Band::of(&other.pattern);
                let is_before = |it: &Arm| it.to != arm.to && it.pattern.meets(&arm.pattern) && Band::of(&it.pattern) == band;
                return !takers().any(is_before);
            }
        }
        // The listener answers 404 by itself.
        arm.to == Destination::Nothing
    })
}
