//! Fewer patterns that say the same.
//!
//! In: arms. Out: arms that take over for others, and those that are still needed. Pure.

use std::collections::BTreeSet;

use super::claims::Claims;
use super::index::{Asked, Index, Next, Rivals};
use super::pattern::Pattern;
use super::priority::Band;
use super::shape::TemplateShape;
use super::templates::Templates;
use super::{Arm, Destination};
use crate::openapi::HttpMethod;

/// What a template's requests have to arrive at, and the methods that are asked for.
type Tag<'a> = (Destination, &'a BTreeSet<HttpMethod>);

/// Literal subtrees that one backend owns: their path with all that is below it can stand for what
/// is in them.
///
/// Only the highest ones, and only where they hold patterns that no single rule could.
pub(crate) fn owned_subtrees(arms: &[Arm]) -> Vec<Arm> {
    let mut claims = Claims::new(arms);
    let mut templates = Templates::new(arms.iter().map(|it| (&it.pattern, (it.to, &it.asked))));
    let mut starts: Vec<Start<'_>> = arms
        .iter()
        .enumerate()
        .map(|(index, arm)| Start::of(index, arm))
        .collect();
    starts.sort_unstable();
    let mut owned = Vec::new();
    // Parts of `starts` with the segments that they have in common; a part's own parts come after
    // it, in order.
    let mut waiting = vec![(0, 0, starts.len())];
    while let Some((depth, from, to)) = waiting.pop() {
        let part = &starts[from..to];
        let Some(start) = part.first().map(|it| &it.segments[..depth]) else {
            continue;
        };
        let mut inside: Vec<usize> = part
            .iter()
            .filter(|it| depth <= it.deepest)
            .map(|it| it.arm)
            .collect();
        inside.sort_unstable();
        if let Some(subtree) = subtree(arms, &inside, start)
            && !is_elsewhere(arms, &subtree, (&mut templates, &mut claims))
        {
            owned.push(subtree);
            continue;
        }
        let first = waiting.len();
        let mut at = from + part.partition_point(|it| it.segments.len() <= depth);
        while at < to {
            let next = starts[at].segments[depth];
            let end = at + starts[at..to].partition_point(|it| it.segments[depth] <= next);
            waiting.push((depth + 1, at, end));
            at = end;
        }
        waiting[first..].reverse();
    }
    let known: BTreeSet<&str> = arms.iter().map(|it| &*it.pattern.text).collect();
    owned.retain(|it| !known.contains(&*it.pattern.text));
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
        let is_literal = segments.len() == arm.pattern.kinds.len();
        let deepest = segments.len() - usize::from(is_literal && !segments.is_empty());
        Self {
            segments,
            arm: index,
            deepest,
        }
    }
}

/// The arm that would stand for these, where it is worth it.
fn subtree(arms: &[Arm], inside: &[usize], start: &[&str]) -> Option<Arm> {
    let first = &arms[*inside.first()?];
    if first.to == Destination::Nothing || !is_worth_it(arms, inside) {
        return None;
    }
    let mut literal = String::new();
    start.iter().for_each(|it| literal.extend(["/", it]));
    let asked = inside
        .iter()
        .flat_map(|it| arms[*it].asked.iter().copied())
        .collect();
    Some(Arm {
        pattern: Pattern::subtree(&literal),
        methods: BTreeSet::new(),
        asked,
        to: first.to,
        operation: first.operation,
    })
}

/// Whether the subtree would take requests that have to arrive elsewhere.
fn is_elsewhere(
    arms: &[Arm],
    subtree: &Arm,
    (templates, claims): (&mut Templates<'_, Tag<'_>>, &mut Claims<'_>),
) -> bool {
    let universal = std::rc::Rc::clone(&claims.universal);
    let claim = universal.of(subtree.to, &subtree.pattern);
    let start = subtree.pattern.literal_start().count();
    let is_left_out = |shape: &TemplateShape, (to, asked): &Tag<'_>| {
        let methods = universal
            .methods(claim, shape.kinds.len())
            .filter(|_| shape.can_be_claimed(start));
        *to == subtree.to
            || methods.is_some_and(|it| *to != Destination::Nothing || asked.is_subset(it))
    };
    templates.any(&subtree.pattern, is_left_out, |index| {
        let it = &arms[index];
        subtree.pattern.meets(&it.pattern)
            && !it
                .asked
                .iter()
                .all(|method| claims.is_claimed(&it.pattern, (*method, it.to), subtree))
    })
}

/// Whether the patterns would take more than one rule.
fn is_worth_it(arms: &[Arm], inside: &[usize]) -> bool {
    let patterns = || inside.iter().map(|it| &arms[*it].pattern);
    let shape = |it: &'_ Pattern| (it.slashes, it.kinds.clone());
    let first = patterns().next().map(shape);
    let is_of_one_shape = patterns().all(|it| {
        first
            .as_ref()
            .is_some_and(|(slashes, kinds)| *slashes == it.slashes && *kinds == it.kinds)
    });
    let wildcards = patterns().map(|it| it.wildcards).max().unwrap_or_default();
    let room = super::MAX_WILDCARDS
        .checked_div(wildcards)
        .map_or(super::MAX_VALUES, |it| it.clamp(1, super::MAX_VALUES));
    !is_of_one_shape || inside.len() > room
}

/// Leaves out what later arms send to the same place anyway.
///
/// From the last to the first: what an arm relies on is decided before it.
pub(crate) fn without_redundant(sorted: &[Arm], claims: &mut Claims<'_>) -> Vec<Arm> {
    // The heaviest is the next one.
    let mut later = Index::empty(sorted.iter(), &claims.universal);
    let mut needed: Vec<Arm> = Vec::with_capacity(sorted.len());
    for (index, arm) in sorted.iter().enumerate().rev() {
        if !arm.asked.iter().all(|method| {
            is_redundant(
                &Asked::new(arm.pattern.clone(), *method, arm.to),
                &mut later,
                claims,
            )
        }) {
            later.insert(index, sorted.len() - index);
            needed.push(arm.clone());
        }
    }
    needed.reverse();
    needed
}

fn is_redundant(asked: &Asked, later: &mut Index<'_>, claims: &mut Claims<'_>) -> bool {
    let taker = later.taker(asked);
    // The listener answers 404 by itself.
    if taker.is_none() && asked.to != Destination::Nothing {
        return false;
    }
    let arms = later.arms();
    let universal = std::rc::Rc::clone(&claims.universal);
    let before = taker.map_or(0, |(_, weight)| weight + 1);
    let mut is_met = false;
    later.rivals(
        asked,
        Rivals {
            universal: Some(&universal),
            kinds: None,
            are_stray: false,
            least: before,
        },
        |index, _| {
            let other = arms[index];
            is_met = other.pattern.meets(&asked.pattern)
                && !claims.is_claimed(&asked.pattern, (asked.method, asked.to), other);
            if is_met { Next::End } else { Next::Further }
        },
    );
    let Some((taker, _)) = taker.filter(|_| !is_met) else {
        return !is_met;
    };
    // Where a rule stands among those of its band is a matter of its hash.
    let band = Band::of(&arms[taker].pattern);
    let beside = Rivals {
        universal: None,
        kinds: Some(&arms[taker].pattern.kinds),
        are_stray: false,
        least: 0,
    };
    later.rivals(asked, beside, |index, _| {
        is_met =
            arms[index].pattern.meets(&asked.pattern) && Band::of(&arms[index].pattern) == band;
        if is_met { Next::End } else { Next::Further }
    });
    !is_met
}
