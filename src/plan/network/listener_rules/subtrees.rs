//! Literal paths whose whole subtree has one destination.
//!
//! In: arms. Out: arms that replace all arms of a subtree. Pure.

use std::collections::BTreeSet;

use super::arm::Arm;
use super::claims::Claims;
use super::pattern::Pattern;
use super::shape::TemplateShape;
use super::templates::Templates;
use super::universal::UniversalClaims;
use super::{Destination, MAX_VALUES, MAX_WILDCARDS};
use crate::openapi::HttpMethod;

/// Destination and methods of a template's operations.
type ServedMethods<'a> = (Destination, &'a BTreeSet<HttpMethod>);

/// One arm for each literal subtree that one backend owns, in place of the arms inside.
///
/// Only the highest ones, and only where a single rule could not hold the patterns inside.
pub(crate) fn owned_subtrees(arms: &[Arm]) -> Vec<Arm> {
    let universal = UniversalClaims::new(arms);
    let mut claims = Claims::new(arms, &universal);
    let mut templates =
        Templates::new(arms.iter().map(|arm| (&arm.pattern, (arm.to, &arm.served))));
    let mut starts: Vec<Start<'_>> = arms
        .iter()
        .enumerate()
        .map(|(index, arm)| Start::of(index, arm))
        .collect();
    starts.sort_unstable();
    let mut owned = Vec::new();
    // Parts of `starts` with the number of segments that they have in common; a part's own parts
    // come after it, in order.
    let mut waiting = vec![(0, &starts[..])];
    while let Some((depth, part)) = waiting.pop() {
        let Some(start) = part.first().map(|start| &start.segments[..depth]) else {
            continue;
        };
        let mut inside: Vec<usize> = part
            .iter()
            .filter(|start| depth <= start.deepest)
            .map(|start| start.arm)
            .collect();
        inside.sort_unstable();
        if let Some(subtree) = subtree(arms, &inside, start)
            && !takes_others(arms, &subtree, &mut templates, &mut claims)
        {
            owned.push(subtree);
            continue;
        }
        let below = &part[part.partition_point(|start| start.segments.len() <= depth)..];
        let parts = below.chunk_by(|one, next| one.segments[depth] == next.segments[depth]);
        waiting.extend(parts.rev().map(|part| (depth + 1, part)));
    }
    let known: BTreeSet<&str> = arms.iter().map(|arm| &*arm.pattern.text).collect();
    owned.retain(|arm| !known.contains(&*arm.pattern.text));
    owned
}

/// The literal start of an arm's pattern.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Start<'a> {
    segments: Vec<&'a str>,
    arm: usize,
    /// Segments of the deepest subtree that it is in.
    deepest: usize,
}

impl<'a> Start<'a> {
    fn of(index: usize, arm: &'a Arm) -> Self {
        let segments: Vec<&str> = arm.pattern.literal_start().collect();
        // A subtree is what is below a path, so its own last segment does not name one.
        let is_literal = segments.len() == arm.pattern.specificity.len();
        let deepest = segments.len() - usize::from(is_literal && !segments.is_empty());
        Self {
            segments,
            arm: index,
            deepest,
        }
    }
}

/// The arm that would replace these, where it saves a rule.
fn subtree(arms: &[Arm], inside: &[usize], start: &[&str]) -> Option<Arm> {
    let first = &arms[*inside.first()?];
    if first.to == Destination::Nothing || !saves_a_rule(arms, inside) {
        return None;
    }
    let literal: String = start.iter().flat_map(|segment| ["/", segment]).collect();
    let served = inside
        .iter()
        .flat_map(|index| arms[*index].served.iter().copied())
        .collect();
    Some(Arm {
        pattern: Pattern::of(&format!("{literal}/{{rest+}}")),
        methods: BTreeSet::new(),
        served,
        to: first.to,
        operation: first.operation,
    })
}

/// Returns whether the subtree would take requests that have to arrive elsewhere.
fn takes_others(
    arms: &[Arm],
    subtree: &Arm,
    templates: &mut Templates<'_, ServedMethods<'_>>,
    claims: &mut Claims<'_>,
) -> bool {
    let universal = claims.universal;
    let claim = universal.of(subtree.to, &subtree.pattern);
    let start = subtree.pattern.literal_start().count();
    let is_left_out = |shape: &TemplateShape, (to, served): &ServedMethods<'_>| {
        let methods = universal
            .methods(claim, shape.specificity.len())
            .filter(|_| shape.can_be_claimed(start));
        *to == subtree.to
            || methods
                .is_some_and(|claimed| *to != Destination::Nothing || served.is_subset(claimed))
    };
    templates.any(&subtree.pattern, is_left_out, |index| {
        let arm = &arms[index];
        let is_claimed =
            |method: &HttpMethod| claims.is_claimed(&arm.pattern, *method, arm.to, subtree);
        subtree.pattern.meets(&arm.pattern) && !arm.served.iter().all(is_claimed)
    })
}

/// Returns whether the patterns need more than one rule.
fn saves_a_rule(arms: &[Arm], inside: &[usize]) -> bool {
    let patterns = || inside.iter().map(|index| &arms[*index].pattern);
    let Some(first) = patterns().next() else {
        return false;
    };
    let is_of_one_shape = patterns().all(|pattern| {
        pattern.slashes == first.slashes && pattern.specificity == first.specificity
    });
    let wildcards = patterns().map(|pattern| pattern.wildcards).max();
    let room = MAX_WILDCARDS
        .checked_div(wildcards.unwrap_or_default())
        .map_or(MAX_VALUES, |rules| rules.clamp(1, MAX_VALUES));
    !is_of_one_shape || inside.len() > room
}
