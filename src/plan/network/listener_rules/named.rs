//! Arms that have to name their methods: else they would take those that none of their operations
//! has from an operation of a wider path.
//!
//! In: operations with their frames, arms. Out: ways of arms. Pure.
//! A path with a method that nobody describes is nobody's, and goes where the path goes. But where
//! the operation of the wider path is hidden, its server may look for the method first, and answer;
//! and where other things stand before its path, the gateway sends it such a request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::index::Asked;
use super::templates::Templates;
use super::{Arm, Destination};
use crate::openapi::HttpMethod;

/// Pattern and destination of those arms.
pub(crate) fn ways(
    asked: &[Asked],
    frames: &[usize],
    arms: &[Arm],
) -> BTreeSet<(Arc<str>, Destination)> {
    let is_refused = |it: &Asked| it.to == Destination::Nothing;
    if !asked.iter().any(is_refused) && frames.iter().all(|it| *it == frames[0]) {
        return BTreeSet::new();
    }
    let mut of_ways: BTreeMap<(&str, Destination), BTreeSet<usize>> = BTreeMap::new();
    for (it, frame) in asked.iter().zip(frames) {
        of_ways
            .entry((&it.pattern.text, it.to))
            .or_default()
            .insert(*frame);
    }
    let mut templates = Templates::new(
        asked
            .iter()
            .zip(frames)
            .map(|(it, frame)| (&it.pattern, (it.to, *frame, it.method))),
    );
    let takes_others = |arm: &&Arm| {
        let own = &of_ways[&(&*arm.pattern.text, arm.to)];
        let is_left_out = |(to, frame, method): &(Destination, usize, HttpMethod)| {
            let has_method = [HttpMethod::Any, *method]
                .iter()
                .any(|it| arm.asked.contains(it));
            *to == arm.to || has_method || (*to != Destination::Nothing && own.contains(frame))
        };
        let is_taken = |index: usize| {
            let wider = &asked[index].pattern;
            !wider.is_same(&arm.pattern)
                && wider.yields_to(&arm.pattern)
                && arm.pattern.meets(wider)
        };
        templates.any(&arm.pattern, |_, tag| is_left_out(tag), is_taken)
    };
    let to_backends = arms.iter().filter(|it| {
        it.to != Destination::Nothing
            && it.methods.is_empty()
            && of_ways.contains_key(&(&*it.pattern.text, it.to))
    });
    to_backends.filter(takes_others).map(Arm::way).collect()
}
