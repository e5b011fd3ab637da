//! Arms that are needed.
//!
//! In: arms in an order that is right. Out: those whose requests no later arm takes as well. Pure.

use super::Destination;
use super::arm::{Arm, RoutedTemplate};
use super::claims::Claims;
use super::index::{ArmIndex, Rivals};
use super::priority::Band;
use crate::openapi::HttpMethod;

/// Leaves out arms whose requests later arms forward to the same destination anyway.
///
/// From the last to the first: what an arm relies on is decided before it.
pub(crate) fn without_redundant(sorted: &[Arm], claims: &mut Claims<'_>) -> Vec<Arm> {
    // The heaviest is the next one.
    let mut later = ArmIndex::empty(sorted, claims.universal);
    let mut needed: Vec<Arm> = Vec::with_capacity(sorted.len());
    for (index, arm) in sorted.iter().enumerate().rev() {
        let mut is_redundant = |method: &HttpMethod| {
            let template = RoutedTemplate::new(arm.pattern.clone(), *method, arm.to);
            is_redundant(&template, &mut later, claims)
        };
        if !arm.served.iter().all(&mut is_redundant) {
            later.insert(index, sorted.len() - index);
            needed.push(arm.clone());
        }
    }
    needed.reverse();
    needed
}

fn is_redundant(
    template: &RoutedTemplate,
    later: &mut ArmIndex<'_>,
    claims: &mut Claims<'_>,
) -> bool {
    let taker = later.taker(template);
    // The listener responds with 404 by itself.
    if taker.is_none() && template.to != Destination::Nothing {
        return false;
    }
    let least = taker.map_or(0, |taker| taker.weight + 1);
    let rivals = later.rivals(template, Rivals::Unclaimed, least);
    let is_taken_before = rivals.flatten().any(|rival| {
        rival.arm.pattern.meets(&template.pattern)
            && !claims.is_claimed(&template.pattern, template.method, template.to, rival.arm)
    });
    let Some(taker) = taker.filter(|_| !is_taken_before) else {
        return !is_taken_before;
    };
    // The order of rules of one band is a matter of their hashes.
    let pattern = &taker.arm.pattern;
    let band = Band::of(pattern);
    let beside_taker = Rivals::OfSpecificity(&pattern.specificity);
    let mut rivals = later.rivals(template, beside_taker, 0).flatten();
    !rivals.any(|rival| {
        rival.arm.pattern.meets(&template.pattern) && Band::of(&rival.arm.pattern) == band
    })
}
