//! Check that every operation arrives at its destination, by the order of the arms.
//!
//! In: operations, the needed arms with their layers, and all that there were. Out: pairs of an
//! operation and an arm that would take requests of it. Pure.

use super::arm::{Arm, RoutedTemplate};
use super::claims::Claims;
use super::index::{ArmIndex, Rivals};

/// Operations that would arrive elsewhere, by index, and the arm that forwards them there.
pub(crate) fn strays<'a>(
    templates: &[RoutedTemplate],
    arms: &'a [Arm],
    layers: &[usize],
    claims: &mut Claims<'_>,
) -> Vec<(usize, &'a Arm)> {
    let mut index = ArmIndex::empty(arms, claims.universal);
    for (arm, layer) in layers.iter().enumerate() {
        index.insert(arm, *layer);
    }
    let mut strays = Vec::new();
    for (number, template) in templates.iter().enumerate() {
        // The order of rules of one layer is a matter of their hashes. Where no rule takes all of
        // an operation, the listener's own 404 does: an operation of a backend has its arm, or
        // shares method and path with another backend's, which `arms` reports.
        let least = index.taker(template).map_or(0, |taker| taker.weight);
        let rivals = index.rivals(template, Rivals::Stray, least).flatten();
        let taking = rivals.filter(|rival| is_stray(template, rival.arm, claims));
        strays.extend(taking.map(|rival| (number, &arms[rival.index])));
    }
    strays
}

/// Returns whether the arm takes requests of the operation that have to arrive elsewhere.
pub(crate) fn is_stray(template: &RoutedTemplate, arm: &Arm, claims: &mut Claims<'_>) -> bool {
    let pattern = &template.pattern;
    let is_same_path = arm.pattern.text == pattern.text;
    // A method of the path's own is none of those that `ANY` means.
    let takes = if is_same_path {
        arm.takes_all(template.method)
    } else {
        arm.takes(template.method)
    };
    takes
        && arm.to != template.to
        && arm.pattern.meets(pattern)
        && (is_same_path || !pattern.yields_to(&arm.pattern) || falls_back(template, arm))
        && !claims.is_claimed(pattern, template.method, template.to, arm)
}

/// Returns whether the arm takes a method that none of its operations has, and that is the
/// operation's own: on the gateway, requests that a literal path does not serve come to the greedy
/// variable above it.
pub(crate) fn falls_back(template: &RoutedTemplate, arm: &Arm) -> bool {
    template.pattern.is_greedy
        && arm.pattern.wildcards == 0
        && arm.methods.is_empty()
        && !arm.serves(template.method)
}
