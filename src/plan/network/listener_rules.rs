//! Listener rules of an application load balancer: which path patterns send which operation where.
//!
//! In: operations with their path and where they have to arrive. Out: rules with priorities, and
//! operations that no rules can tell apart. Pure.
//! The order: patterns with more slashes first, since a `*` in a pattern of as many slashes as the
//! request has cannot cross one; then a literal before a variable, from the left. So a request of
//! an operation meets patterns of its own length segment by segment, as the gateway does, and wider
//! ones only after them. What of this order matters becomes lanes, and what stands in one lane
//! shares rules.
//! Source: docs/aws-rules.md#l5, docs/aws-rules.md#l11, docs/aws-rules.md#l12,
//! docs/aws-rules.md#l13, docs/aws-rules.md#l14, docs/aws-rules.md#l15.

mod ambiguous;
mod check;
mod claims;
mod index;
mod lanes;
mod named;
mod pattern;
mod priority;
mod reduce;
mod shape;
mod templates;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::openapi::HttpMethod;
use claims::Claims;
use index::Asked;
pub use pattern::HEALTH_PATH;
pub(crate) use pattern::Pattern;
pub(crate) use templates::Templates;

/// Values of all conditions of a rule (L5).
const MAX_VALUES: usize = 5;
/// Wildcards of all conditions of a rule: the lower of the two numbers that AWS has named (L5).
const MAX_WILDCARDS: usize = 5;

/// Up to so many patterns of one kind, rules are filled up: with two rules or three, half-empty
/// ones count.
const FILLED_UP: usize = 2 * MAX_VALUES;

/// Where a request has to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// Index into `Plan::backends`.
    Backend(usize),
    /// A fixed 404.
    Nothing,
}

/// An operation, as the balancer sees it.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) method: HttpMethod,
    /// Path template that arrives at the balancer, with what is put before it.
    pub(crate) path: &'a str,
    pub(crate) to: Destination,
    /// Number of what stands before the operation's own path: only paths of one frame are told
    /// apart by the gateway.
    pub(crate) frame: usize,
}

/// What the rules have to keep to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    /// Names of the backends, by index.
    pub(crate) names: &'a [Arc<str>],
    /// Host names that stand in every rule.
    pub(crate) hosts: usize,
    /// First and last priority.
    pub(crate) priorities: (u32, u32),
}

/// One rule of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerRule {
    /// A function of what the rule sends where, not of its neighbours.
    pub label: Arc<str>,
    pub priority: u32,
    /// Empty: every method.
    pub methods: Vec<HttpMethod>,
    /// Path patterns, sorted.
    pub patterns: Vec<Arc<str>>,
    pub to: Destination,
}

/// Rules, and what they cannot say.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// By priority.
    pub(crate) rules: Vec<ListenerRule>,
    /// Pairs of operations, by index: requests of the first would arrive where the second does.
    pub(crate) shadowed: Vec<(usize, usize)>,
    /// Labels of rules that stand at another number than their own, since a neighbour has it.
    pub(crate) displaced: Vec<Arc<str>>,
    /// More rules than priorities.
    pub(crate) is_full: bool,
}

/// Methods of a pattern that go one way.
#[derive(Clone, Debug)]
struct Arm {
    pattern: Pattern,
    /// Empty: every method that no other arm of the pattern names.
    methods: BTreeSet<HttpMethod>,
    /// Methods of the operations that go this way.
    asked: BTreeSet<HttpMethod>,
    to: Destination,
    /// The operation that asked for it first.
    operation: usize,
}

impl Arm {
    fn takes(&self, method: HttpMethod) -> bool {
        self.methods.is_empty() || method == HttpMethod::Any || self.methods.contains(&method)
    }

    /// Whether every request with the method is taken.
    fn takes_all(&self, method: HttpMethod) -> bool {
        self.methods.is_empty() || self.methods.contains(&method)
    }

    /// What an arm keeps while its methods change.
    fn way(&self) -> (Arc<str>, Destination) {
        (Arc::clone(&self.pattern.text), self.to)
    }

    /// Order of the rules: the smaller comes first.
    fn rank(&self) -> (priority::Band, bool, &str, &BTreeSet<HttpMethod>) {
        (
            priority::Band::of(&self.pattern),
            self.methods.is_empty(),
            &self.pattern.text,
            &self.methods,
        )
    }
}

/// The rules that send every operation where it has to arrive.
pub(crate) fn rules(wanted: &[Wanted<'_>], frame: Frame<'_>) -> Rules {
    let asked: Vec<Asked> = wanted
        .iter()
        .map(|it| Asked::new(Pattern::of(it.path), it.method, it.to))
        .collect();
    let frames: Vec<usize> = wanted.iter().map(|it| it.frame).collect();
    let mut narrowed = named::ways(
        &asked,
        &frames,
        &arms(&asked, &BTreeSet::new(), room_for_methods(frame)).0,
    );
    loop {
        let (all, mut shadowed) = arms(&asked, &narrowed, room_for_methods(frame));
        shadowed.extend(ambiguous::pairs(&asked));
        let mut claims = Claims::new(&all);
        let left = in_lanes(&asked, &all, &mut claims);
        let strays = check::shadowed(&asked, &left, &mut claims);
        let known = narrowed.len();
        narrowed.extend(
            strays
                .iter()
                .filter(|(lost, arm)| may_narrow(&asked[*lost], arm, frame))
                .map(|(_, arm)| arm.way()),
        );
        if narrowed.len() > known {
            continue;
        }
        let mut takers: BTreeMap<(&str, Destination, HttpMethod), usize> = BTreeMap::new();
        for (lost, arm) in &strays {
            let key = (&*arm.pattern.text, arm.to, asked[*lost].method);
            shadowed.push((
                *lost,
                *takers
                    .entry(key)
                    .or_insert_with(|| taker(&asked, *lost, arm)),
            ));
        }
        shadowed.sort_unstable();
        shadowed.dedup();
        let (rules, displaced, is_full) = priority::numbered(pack(left, frame), frame.priorities);
        return Rules {
            rules,
            shadowed,
            displaced,
            is_full,
        };
    }
}

/// The arms that are needed, with their lanes, in order.
fn in_lanes(asked: &[Asked], all: &[Arm], claims: &mut Claims<'_>) -> Vec<(usize, Arm)> {
    let left = reduce::without_redundant(all, claims);
    let lanes = lanes::of(asked, &left, claims);
    let mut left: Vec<(usize, Arm)> = lanes.into_iter().zip(left).collect();
    left.sort_by_key(|it| std::cmp::Reverse(it.0));
    left
}

/// The operation for whose sake an arm takes another's requests: one of the same method, if there
/// is one.
fn taker(asked: &[Asked], lost: usize, arm: &Arm) -> usize {
    let is_it = |it: &Asked| {
        it.to == arm.to && it.method == asked[lost].method && arm.pattern.covers(&it.pattern)
    };
    asked.iter().position(is_it).unwrap_or(arm.operation)
}

/// Whether an arm that takes every method would leave the operation alone if it named those that it
/// is asked for.
fn may_narrow(lost: &Asked, arm: &Arm, frame: Frame<'_>) -> bool {
    let asked = &arm.asked;
    // `ANY` keeps the methods that the arm does not name only where its own path has them: below a
    // greedy variable.
    let keeps_others = lost.method != HttpMethod::Any || check::falls_back(lost, arm);
    arm.methods.is_empty()
        && room_for_methods(frame) > 0
        && ![HttpMethod::Any, lost.method]
            .iter()
            .any(|it| asked.contains(it))
        && keeps_others
}

/// How many methods a rule may name beside a pattern and the hosts.
fn room_for_methods(frame: Frame<'_>) -> usize {
    MAX_VALUES.saturating_sub(1 + frame.hosts)
}

/// An arm a pattern and destination, in an order that is right, and operations that have one path
/// and method but different destinations.
///
/// Those that are narrowed name their methods although nothing else has their pattern, in several
/// arms where one rule has no room for all.
fn arms(
    wanted: &[Asked],
    narrowed: &BTreeSet<(Arc<str>, Destination)>,
    room: usize,
) -> (Vec<Arm>, Vec<(usize, usize)>) {
    let mut by_text: BTreeMap<Arc<str>, (&Pattern, BTreeMap<HttpMethod, usize>)> = BTreeMap::new();
    let mut shadowed = Vec::new();
    for (index, it) in wanted.iter().enumerate() {
        let (_, methods) = by_text
            .entry(Arc::clone(&it.pattern.text))
            .or_insert_with(|| (&it.pattern, BTreeMap::new()));
        let first = *methods.entry(it.method).or_insert(index);
        if wanted[first].to != it.to {
            shadowed.push((index, first));
        }
    }
    let mut arms = Vec::new();
    for (pattern, methods) in by_text.into_values() {
        let mut ways: BTreeMap<Destination, (BTreeSet<HttpMethod>, usize)> = BTreeMap::new();
        for (method, operation) in methods {
            ways.entry(wanted[operation].to)
                .or_insert_with(|| (BTreeSet::new(), operation))
                .0
                .insert(method);
        }
        let rest = rest(&ways);
        for (to, (methods, operation)) in ways {
            let is_narrowed = narrowed.contains(&(Arc::clone(&pattern.text), to));
            // A list of methods that leaves no room for a path is said by leaving it out: rules
            // with methods stand before it.
            let has_no_room = methods.len() >= MAX_VALUES && !is_narrowed;
            let takes_all = (rest == Some(to) && !is_narrowed)
                || methods.contains(&HttpMethod::Any)
                || has_no_room;
            let arm = |methods: BTreeSet<HttpMethod>, asked| Arm {
                pattern: pattern.clone(),
                methods,
                asked,
                to,
                operation,
            };
            if takes_all {
                arms.push(arm(BTreeSet::new(), methods));
            } else if is_narrowed && methods.len() > room {
                let methods: Vec<HttpMethod> = methods.into_iter().collect();
                let pieces = methods
                    .chunks(room.max(1))
                    .map(|it| it.iter().copied().collect::<BTreeSet<HttpMethod>>());
                arms.extend(pieces.map(|it| arm(it.clone(), it)));
            } else {
                arms.push(arm(methods.clone(), methods));
            }
        }
    }
    arms.extend(reduce::owned_subtrees(&arms));
    arms.sort_by(|one, other| one.rank().cmp(&other.rank()));
    (arms, shadowed)
}

/// The one of a pattern's destinations that gets every method that no other is asked for, as a
/// pattern's only one does.
///
/// None where methods are refused: what nobody describes is refused beside them.
fn rest(ways: &BTreeMap<Destination, (BTreeSet<HttpMethod>, usize)>) -> Option<Destination> {
    let has_any = ways
        .values()
        .any(|(methods, _)| methods.contains(&HttpMethod::Any));
    let is_refused = ways.len() > 1 && ways.contains_key(&Destination::Nothing);
    ways.keys()
        .next()
        .copied()
        .filter(|_| !has_any && !is_refused)
}

/// Arms that may stand in one rule, split by bits of their hash until the values fit: where a new
/// one goes depends on itself alone.
fn pack(arms: Vec<(usize, Arm)>, frame: Frame<'_>) -> Vec<(usize, ListenerRule)> {
    let mut groups: BTreeMap<(usize, BTreeSet<HttpMethod>, Destination), Vec<Value>> =
        BTreeMap::new();
    for (lane, arm) in arms {
        let value = Value {
            hash: hash(&arm.pattern.text),
            text: arm.pattern.text,
            wildcards: arm.pattern.wildcards,
        };
        groups
            .entry((lane, arm.methods, arm.to))
            .or_default()
            .push(value);
    }
    let mut packed = Vec::new();
    for ((lane, methods, to), mut values) in groups {
        let methods: Vec<HttpMethod> = methods.into_iter().collect();
        let room = MAX_VALUES
            .saturating_sub(methods.len() + frame.hosts)
            .max(1);
        values.sort_unstable();
        let name = match to {
            Destination::Backend(index) => frame.names.get(index).map_or("", |it| it),
            Destination::Nothing => "",
        };
        let start = rule_label(name, &methods, lane);
        for (bits, values) in pieces(&values, room) {
            let mut patterns: Vec<Arc<str>> =
                values.iter().map(|it| Arc::clone(&it.text)).collect();
            patterns.sort_unstable();
            // The first half keeps the name, and with it the number, when a rule is split.
            let bits = bits.trim_end_matches('0');
            let label = if bits.is_empty() {
                start.clone()
            } else {
                format!("{start}__{bits}")
            };
            packed.push((
                lane,
                ListenerRule {
                    label: label.into(),
                    priority: 0,
                    methods: methods.clone(),
                    patterns,
                    to,
                },
            ));
        }
    }
    packed
}

/// A pattern on its way into a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Value {
    hash: u64,
    text: Arc<str>,
    wildcards: usize,
}

/// Backend, methods and lane. A refusal has no backend: `refuse__`.
fn rule_label(backend: &str, methods: &[HttpMethod], lane: usize) -> String {
    let mut label = if backend.is_empty() {
        "refuse".to_owned()
    } else {
        format!("to__{backend}")
    };
    for method in methods {
        label.push_str("__");
        label.push_str(&method.as_str().to_ascii_lowercase());
    }
    format!("{label}__{lane}")
}

/// Whether a rule holds them: neither too many values nor too many wildcards.
fn fits<'a>(values: impl ExactSizeIterator<Item = &'a Value>, room: usize) -> bool {
    let count = values.len();
    let wildcards: usize = values.map(|it| it.wildcards).sum();
    count <= 1 || (count <= room && wildcards <= MAX_WILDCARDS)
}

/// Sorted values in pieces that fit into a rule, each with the bits that its hashes begin with.
///
/// Few pieces are put together where they fit; of many each stays as it is, so that a new pattern
/// moves at most half of one.
fn pieces(values: &[Value], room: usize) -> Vec<(String, Vec<&Value>)> {
    let mut pieces: Vec<(String, Vec<&Value>)> = Vec::new();
    split(values, room, String::new(), &mut |bits, piece| {
        let has_room = |it: &&mut (String, Vec<&Value>)| {
            let both: Vec<&Value> = it.1.iter().copied().chain(piece).collect();
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

/// Halves by the bits of the hash, each half that is not empty as small as a rule.
fn split<'a>(
    values: &'a [Value],
    room: usize,
    bits: String,
    out: &mut impl FnMut(&str, &'a [Value]),
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
    // Sorted by hash: what has a zero at this bit comes first.
    let at = values.partition_point(|it| it.hash >> (63 - bits.len()) & 1 == 0);
    let (zeros, ones) = values.split_at(at);
    for (bit, half) in [('0', zeros), ('1', ones)] {
        if !half.is_empty() {
            split(half, room, format!("{bits}{bit}"), out);
        }
    }
}

fn hash(text: &str) -> u64 {
    let bytes = blake3::hash(text.as_bytes());
    bytes.as_bytes()[..8]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
