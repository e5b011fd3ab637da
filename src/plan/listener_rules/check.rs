//! Whether every operation arrives where it has to, by the order of the arms.
//!
//! In: operations, the arms that are left with their lanes, in order, and all that there were. Out: pairs of an operation and an arm that would take requests of it. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::claims::is_claimed;
use super::pattern::Pattern;
use super::{Arm, Wanted};

/// Operations that would arrive elsewhere, by index, and the arm that sends them there.
pub(super) fn shadowed<'a>(wanted: &[Wanted<'_>], (arms, all): (&'a [(usize, Arm)], &[Arm])) -> Vec<(usize, &'a Arm)> {
    let mut patterns: BTreeMap<&str, Arc<Pattern>> = BTreeMap::new();
    let mut shadowed = Vec::new();
    for (index, it) in wanted.iter().enumerate() {
        let pattern = patterns.entry(it.path).or_insert_with(|| Arc::new(Pattern::of(it.path)));
        shadowed.extend(shadows(it, pattern, (arms, all)).into_iter().map(|arm| (index, arm)));
    }
    shadowed
}

/// The arms that take requests of the operation which are not their own.
fn shadows<'a>(wanted: &Wanted<'_>, pattern: &Pattern, (arms, all): (&'a [(usize, Arm)], &[Arm])) -> Vec<&'a Arm> {
    let takes = |arm: &Arm| arm.to == wanted.to && arm.takes_all(wanted.method) && arm.pattern.covers(pattern);
    // Where a rule stands among those of its lane is a matter of its hash. Where no rule takes all of it, that is the listener's own 404:
    // a backend's operation has its arm, or shares method and path with another backend's, which `arms` tells.
    let last = arms.iter().find(|(_, it)| takes(it)).map_or(0, |it| it.0);
    let before = arms.iter().take_while(|it| it.0 >= last);
    before.map(|it| &it.1).filter(|it| strays(wanted, pattern, it, all)).collect()
}

/// Whether the arm takes requests of the operation that have to arrive elsewhere.
pub(super) fn strays(wanted: &Wanted<'_>, pattern: &Pattern, arm: &Arm, all: &[Arm]) -> bool {
    let is_same_path = arm.pattern.text == pattern.text;
    // A method of the path's own is none of those that `ANY` means.
    let takes = if is_same_path { arm.takes_all(wanted.method) } else { arm.takes(wanted.method) };
    takes
        && arm.to != wanted.to
        && arm.pattern.meets(pattern)
        && (is_same_path || !pattern.yields_to(&arm.pattern))
        && !is_claimed(pattern, (wanted.method, wanted.to), arm, all)
}
