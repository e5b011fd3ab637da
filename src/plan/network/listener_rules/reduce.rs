//! Arms that are needed.
//!
//! In: arms in an order that is right. Out: those whose requests no later arm takes as well. Pure.

use std::rc::Rc;

use super::Destination;
use super::arm::{Arm, RoutedTemplate};
use super::claims::Claims;
use super::index::{ArmIndex, Next, Rivals};
use super::priority::Band;
use crate::openapi::HttpMethod;

/// Leaves out arms whose requests later arms forward to the same destination anyway.
///
/// From the last to the first: what an arm relies on is decided before it.
pub(crate) fn without_redundant(sorted: &[Arm], claims: &mut Claims<'_>) -> Vec<Arm> {
    // The heaviest is the next one.
    let mut later = ArmIndex::empty(sorted.iter(), &claims.universal);
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
    // The listener answers 404 by itself.
    if taker.is_none() && template.to != Destination::Nothing {
        return false;
    }
    let arms = later.arms();
    let universal = Rc::clone(&claims.universal);
    let before_taker = Rivals {
        universal: Some(&universal),
        least: taker.map_or(0, |taker| taker.weight + 1),
        ..Rivals::default()
    };
    let mut is_met = false;
    later.rivals(template, before_taker, |rival| {
        let arm = arms[rival.arm];
        is_met = arm.pattern.meets(&template.pattern)
            && !claims.is_claimed(&template.pattern, template.method, template.to, arm);
        if is_met { Next::End } else { Next::Further }
    });
    let Some(taker) = taker.filter(|_| !is_met) else {
        return !is_met;
    };
    // The order of rules of one band is a matter of their hashes.
    let pattern = &arms[taker.arm].pattern;
    let band = Band::of(pattern);
    let beside_taker = Rivals {
        specificity: Some(&pattern.specificity),
        ..Rivals::default()
    };
    later.rivals(template, beside_taker, |rival| {
        let pattern = &arms[rival.arm].pattern;
        is_met = pattern.meets(&template.pattern) && Band::of(pattern) == band;
        if is_met { Next::End } else { Next::Further }
    });
    !is_met
}
