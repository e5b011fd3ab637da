//! Rules from arms: patterns of one layer, list of methods and destination share rules.
//!
//! In: arms with their layers. Out: rules without priorities. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arm::Arm;
use super::{
    Destination, ListenerContext, ListenerRulePlan, MAX_VALUES, MAX_WILDCARDS, PriorityRange,
    RuleBackend, TO,
};
use crate::openapi::HttpMethod;

/// Up to so many patterns of one kind, rules are filled up: with two rules or three, half-empty
/// ones count.
const FILLED_UP: usize = 2 * MAX_VALUES;

/// A rule without its priority, and its layer.
pub(crate) struct LayeredRule {
    pub(crate) layer: usize,
    pub(crate) rule: ListenerRulePlan,
}

/// Rules of arms that may share one, split by bits of the patterns' hashes until the values fit:
/// the rule of a new pattern depends on the pattern alone.
///
/// A rule that would take less than before has another name: the old one stays until no deployment
/// of the gateway needs it.
pub(crate) fn pack(
    arms: impl Iterator<Item = (usize, Arm)>,
    context: ListenerContext<'_>,
) -> Vec<LayeredRule> {
    let mut groups: BTreeMap<(usize, BTreeSet<HttpMethod>, Destination), Vec<PatternValue>> =
        BTreeMap::new();
    for (layer, arm) in arms {
        let value = PatternValue {
            hash: hash(&arm.pattern.text),
            text: arm.pattern.text,
            wildcards: arm.pattern.wildcards,
        };
        groups
            .entry((layer, arm.methods, arm.to))
            .or_default()
            .push(value);
    }
    let mut packed = Vec::new();
    for ((layer, methods, to), mut values) in groups {
        let methods: Vec<HttpMethod> = methods.into_iter().collect();
        let used = methods.len() + context.hosts;
        let room = MAX_VALUES.saturating_sub(used).max(1);
        values.sort_unstable();
        let backend = match to {
            Destination::Backend(index) => context.backends.get(index),
            Destination::Nothing => None,
        };
        for values in pieces(&values, room) {
            let mut patterns: Vec<Arc<str>> =
                values.iter().map(|value| Arc::clone(&value.text)).collect();
            patterns.sort_unstable();
            let PriorityRange { first, last } = context.priorities;
            let own = format!("{first}-{last} {layer} {}", patterns.join(" "));
            let rule = ListenerRulePlan {
                label: rule_label(backend, &methods, &own).into(),
                priority: 0,
                methods: methods.clone(),
                patterns,
                to,
            };
            packed.push(LayeredRule { layer, rule });
        }
    }
    packed
}

/// A pattern as a value of a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct PatternValue {
    hash: u64,
    text: Arc<str>,
    wildcards: usize,
}

/// Label of backend and methods, and a hash of all that makes another rule. A refusal has no
/// backend: `refuse__`.
fn rule_label(backend: Option<&RuleBackend>, methods: &[HttpMethod], own: &str) -> String {
    let mut label = backend.map_or_else(|| "refuse".to_owned(), |to| format!("{TO}{}", to.name));
    for method in methods {
        label.push_str("__");
        label.push_str(&method.as_str().to_ascii_lowercase());
    }
    let group = backend.map_or("", |to| &to.switched_group);
    format!("{label}__{:08x}", hash(&format!("{group} {own}")) >> 32)
}

/// Returns whether a rule holds the values: neither too many values nor too many wildcards.
fn fits<'a>(values: impl ExactSizeIterator<Item = &'a PatternValue>, room: usize) -> bool {
    let count = values.len();
    let wildcards: usize = values.map(|value| value.wildcards).sum();
    count <= 1 || (count <= room && wildcards <= MAX_WILDCARDS)
}

/// Sorted values in pieces that fit into a rule.
///
/// Few pieces are put together where they fit; of many each stays as it is, so that a new pattern
/// moves at most half of one.
fn pieces(values: &[PatternValue], room: usize) -> Vec<Vec<&PatternValue>> {
    let mut pieces: Vec<Vec<&PatternValue>> = Vec::new();
    split(values, room, 0, &mut |piece| {
        let has_room = |other: &&mut Vec<&PatternValue>| {
            let both: Vec<&PatternValue> = other.iter().copied().chain(piece).collect();
            fits(both.into_iter(), room)
        };
        let are_few = values.len() <= FILLED_UP;
        match pieces.iter_mut().filter(|_| are_few).find(has_room) {
            Some(other) => other.extend(piece),
            None => pieces.push(piece.iter().collect()),
        }
    });
    pieces
}

/// Splits values by the bits of their hashes until each part that is not empty fits into a rule.
fn split<'a>(
    values: &'a [PatternValue],
    room: usize,
    bit: usize,
    out: &mut impl FnMut(&'a [PatternValue]),
) {
    if fits(values.iter(), room) {
        return out(values);
    }
    // Two texts with one hash: the second takes the place that the next bit would give it.
    if bit >= 64 {
        let (first, rest) = values.split_at(1);
        out(first);
        return split(rest, room, bit, out);
    }
    // Sorted by hash: values with a zero at this bit come first.
    let at = values.partition_point(|value| value.hash >> (63 - bit) & 1 == 0);
    let (zeros, ones) = values.split_at(at);
    for half in [zeros, ones] {
        if !half.is_empty() {
            split(half, room, bit + 1, out);
        }
    }
}

pub(crate) fn hash(text: &str) -> u64 {
    let bytes = blake3::hash(text.as_bytes());
    bytes.as_bytes()[..8]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
