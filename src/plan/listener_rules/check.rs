//! Whether every operation arrives where it has to, by the order of the patterns.
//!
//! In: operations, the arms that are left, in order, and all that there were. Out: pairs of operations, the second of which would take requests of the first. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::claims::is_claimed;
use super::pattern::Pattern;
use super::priority::Band;
use super::{Arm, Wanted};

/// Operations that would arrive elsewhere.
pub(super) fn shadowed(wanted: &[Wanted<'_>], (arms, all): (&[Arm], &[Arm])) -> Vec<(usize, usize)> {
    let mut patterns: BTreeMap<&str, Arc<Pattern>> = BTreeMap::new();
    let mut shadowed = Vec::new();
    for (index, it) in wanted.iter().enumerate() {
        let pattern = patterns.entry(it.path).or_insert_with(|| Arc::new(Pattern::of(it.path)));
        shadowed.extend(shadow(it, pattern, (arms, all)).map(|arm| (index, arm.operation)));
    }
    shadowed
}

/// The arm that takes requests of the operation which are not its own.
fn shadow<'a>(wanted: &Wanted<'_>, pattern: &Pattern, (arms, all): (&'a [Arm], &[Arm])) -> Option<&'a Arm> {
    let takers = || arms.iter().filter(|it| it.takes(wanted.method));
    let meets = |it: &Arm| it.to != wanted.to && it.pattern.meets(pattern) && !pattern.yields_to(&it.pattern);
    let strays = |it: &Arm| meets(it) && !is_claimed(pattern, (wanted.method, wanted.to), it, all);
    for arm in takers() {
        if strays(arm) {
            return Some(arm);
        }
        if arm.to == wanted.to && arm.takes_all(wanted.method) && arm.pattern.covers(pattern) {
            // Where a rule stands among those of its band is a matter of its hash.
            let band = Band::of(&arm.pattern);
            return takers().find(|it| Band::of(&it.pattern) == band && strays(it));
        }
    }
    // No rule took all of it: that is the listener's own 404. A backend's operation has its arm, or shares method and path with another
    // backend's, which `arms` tells.
    None
}
