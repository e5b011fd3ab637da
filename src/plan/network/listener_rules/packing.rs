//! Rules from arms: patterns of one layer, list of methods and destination share rules.
//!
//! In: arms with their layers. Out: rules without priorities. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arm::Arm;
use super::{Destination, ListenerContext, ListenerRulePlan, MAX_VALUES, MAX_WILDCARDS};
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
            Destination::Backend(index) => context.backends.get(index).map(|name| &**name),
            Destination::Nothing => None,
        };
        let start = rule_label(backend, &methods, layer);
        for (bits, values) in pieces(&values, room) {
            let mut patterns: Vec<Arc<str>> =
                values.iter().map(|value| Arc::clone(&value.text)).collect();
            patterns.sort_unstable();
            // The first half keeps the name, and with it the number, when a rule is split.
            let label = match bits.trim_end_matches('0') {
                "" => start.as_str().into(),
                bits => format!("{start}__{bits}").into(),
            };
            let rule = ListenerRulePlan {
                label,
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

/// Label of backend, methods and layer. A refusal has no backend: `refuse__`.
fn rule_label(backend: Option<&str>, methods: &[HttpMethod], layer: usize) -> String {
    let mut label = backend.map_or_else(|| "refuse".to_owned(), |name| format!("to__{name}"));
    for method in methods {
        label.push_str("__");
        label.push_str(&method.as_str().to_ascii_lowercase());
    }
    format!("{label}__{layer}")
}

/// Returns whether a rule holds the values: neither too many values nor too many wildcards.
fn fits<'a>(values: impl ExactSizeIterator<Item = &'a PatternValue>, room: usize) -> bool {
    let count = values.len();
    let wildcards: usize = values.map(|value| value.wildcards).sum();
    count <= 1 || (count <= room && wildcards <= MAX_WILDCARDS)
}

/// Sorted values in pieces that fit into a rule, each with the bits that its hashes begin with.
///
/// Few pieces are put together where they fit; of many each stays as it is, so that a new pattern
/// moves at most half of one.
fn pieces(values: &[PatternValue], room: usize) -> Vec<(String, Vec<&PatternValue>)> {
    let mut pieces: Vec<(String, Vec<&PatternValue>)> = Vec::new();
    split(values, room, String::new(), &mut |bits, piece| {
        let has_room = |other: &&mut (String, Vec<&PatternValue>)| {
            let both: Vec<&PatternValue> = other.1.iter().copied().chain(piece).collect();
            fits(both.into_iter(), room)
        };
        let are_few = values.len() <= FILLED_UP;
        match pieces.iter_mut().filter(|_| are_few).find(has_room) {
            Some((_, other)) => other.extend(piece),
            None => pieces.push((bits.to_owned(), piece.iter().collect())),
        }
    });
    pieces
}

/// Splits values by the bits of their hashes until each part that is not empty fits into a rule.
fn split<'a>(
    values: &'a [PatternValue],
    room: usize,
    bits: String,
    out: &mut impl FnMut(&str, &'a [PatternValue]),
) {
    if fits(values.iter(), room) {
        out(&bits, values);
        return;
    }
    // Two texts with one hash: the second takes the place that the next bit would give it.
    if bits.len() >= 64 {
        let (first, rest) = values.split_at(1);
        out(&bits, first);
        return split(rest, room, format!("{bits}1"), out);
    }
    // Sorted by hash: values with a zero at this bit come first.
    let at = values.partition_point(|value| value.hash >> (63 - bits.len()) & 1 == 0);
    let (zeros, ones) = values.split_at(at);
    for (bit, half) in [('0', zeros), ('1', ones)] {
        if !half.is_empty() {
            split(half, room, format!("{bits}{bit}"), out);
        }
    }
}

pub(crate) fn hash(text: &str) -> u64 {
    let bytes = blake3::hash(text.as_bytes());
    bytes.as_bytes()[..8]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
