//! Listener rules of an application load balancer: which path patterns send which operation where.
//!
//! In: operations with their path and where they have to arrive. Out: rules with priorities, and operations that no rules can tell apart. Pure.
//! The order: patterns with more slashes first, since a `*` in a pattern of as many slashes as the request has cannot cross one; then a literal
//! before a variable, from the left. So a request of an operation meets patterns of its own length segment by segment, as the gateway does,
//! and wider ones only after them.
//! Source: AWS, "Listener rules for your Application Load Balancer" (AWS-RULES L5, L11 to L15).

mod check;
mod claims;
mod pattern;
mod priority;
mod reduce;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::openapi::HttpMethod;
pub use pattern::HEALTH_PATH;
use pattern::Pattern;

/// Values of all conditions of a rule (L5).
const MAX_VALUES: usize = 5;
/// Wildcards of all conditions of a rule: the lower of the two numbers that AWS has named (L5).
const MAX_WILDCARDS: usize = 5;

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
pub(super) struct Wanted<'a> {
    pub(super) method: HttpMethod,
    /// Path template that arrives at the balancer, with what is put before it.
    pub(super) path: &'a str,
    pub(super) to: Destination,
}

/// What the rules have to keep to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    /// Names of the backends, by index.
    pub(super) names: &'a [Arc<str>],
    /// Host names that stand in every rule.
    pub(super) hosts: usize,
    /// First and last priority.
    pub(super) priorities: (u32, u32),
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
pub(super) struct Rules {
    /// By priority.
    pub(super) rules: Vec<ListenerRule>,
    /// Pairs of operations, by index: requests of the first would arrive where the second does.
    pub(super) shadowed: Vec<(usize, usize)>,
    /// Labels of rules that stand at another number than their own, since a neighbour has it.
    pub(super) displaced: Vec<Arc<str>>,
    /// More rules than priorities.
    pub(super) is_full: bool,
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

    /// Order of the rules: the smaller comes first.
    fn rank(&self) -> (priority::Band, bool, &str, &BTreeSet<HttpMethod>) {
        (priority::Band::of(&self.pattern), self.methods.is_empty(), &self.pattern.text, &self.methods)
    }
}

/// The rules that send every operation where it has to arrive.
pub(super) fn rules(wanted: &[Wanted<'_>], frame: Frame<'_>) -> Rules {
    let (mut arms, mut shadowed) = arms(wanted);
    arms.extend(reduce::owned_subtrees(&arms));
    arms.sort_by(|one, other| one.rank().cmp(&other.rank()));
    let left = reduce::without_redundant(&arms);
    shadowed.extend(check::shadowed(wanted, (&left, &arms)));
    shadowed.sort_unstable();
    shadowed.dedup();
    let (rules, displaced, is_full) = priority::numbered(pack(left, frame), frame.priorities);
    Rules { rules, shadowed, displaced, is_full }
}

/// An arm a pattern and destination, and operations that have one path and method but different destinations.
fn arms(wanted: &[Wanted<'_>]) -> (Vec<Arm>, Vec<(usize, usize)>) {
    let mut by_text: BTreeMap<Arc<str>, (Pattern, BTreeMap<HttpMethod, usize>)> = BTreeMap::new();
    let mut shadowed = Vec::new();
    for (index, it) in wanted.iter().enumerate() {
        let pattern = Pattern::of(it.path);
        let (_, methods) = by_text.entry(Arc::clone(&pattern.text)).or_insert_with(|| (pattern, BTreeMap::new()));
        let first = *methods.entry(it.method).or_insert(index);
        if wanted[first].to != it.to {
            shadowed.push((index, first));
        }
    }
    let mut arms = Vec::new();
    for (pattern, methods) in by_text.into_values() {
        let mut ways: BTreeMap<Destination, (BTreeSet<HttpMethod>, usize)> = BTreeMap::new();
        for (method, operation) in methods {
            ways.entry(wanted[operation].to).or_insert_with(|| (BTreeSet::new(), operation)).0.insert(method);
        }
        let is_one = ways.len() == 1;
        arms.extend(ways.into_iter().map(|(to, (methods, operation))| {
            // A list of methods that leaves no room for a path is said by leaving it out: rules with methods stand before it.
            let takes_all = is_one || methods.contains(&HttpMethod::Any) || methods.len() >= MAX_VALUES;
            Arm {
                pattern: pattern.clone(),
                methods: if takes_all { BTreeSet::new() } else { methods.clone() },
                asked: methods,
                to,
                operation,
            }
        }));
    }
    (arms, shadowed)
}

/// Arms that may stand in one rule, split by bits of their hash until the values fit: where a new one goes depends on itself alone.
fn pack(arms: Vec<Arm>, frame: Frame<'_>) -> Vec<(priority::Band, ListenerRule)> {
    let mut groups: BTreeMap<(priority::Band, bool, Vec<HttpMethod>, Destination), Vec<Arm>> = BTreeMap::new();
    for arm in arms {
        let methods: Vec<HttpMethod> = arm.methods.iter().copied().collect();
        groups.entry((priority::Band::of(&arm.pattern), methods.is_empty(), methods, arm.to)).or_default().push(arm);
    }
    let mut packed = Vec::new();
    for ((band, _, methods, to), arms) in groups {
        let room = MAX_VALUES.saturating_sub(methods.len() + frame.hosts).max(1);
        let wildcards = arms.iter().map(|it| it.pattern.wildcards).max().unwrap_or_default();
        let room = MAX_WILDCARDS.checked_div(wildcards).map_or(room, |it| room.min(it).max(1));
        let mut patterns: Vec<(u64, Arc<str>)> = arms.into_iter().map(|it| (hash(&it.pattern.text), it.pattern.text)).collect();
        patterns.sort_unstable();
        let name = match to {
            Destination::Backend(index) => frame.names.get(index).map_or("", |it| it),
            Destination::Nothing => "",
        };
        let start = rule_label(name, &methods, &band);
        split(&patterns, room, String::new(), &mut |bits, patterns| {
            let mut patterns: Vec<Arc<str>> = patterns.iter().map(|(_, text)| Arc::clone(text)).collect();
            patterns.sort_unstable();
            let label = if bits.is_empty() { start.clone() } else { format!("{start}__{bits}") };
            packed.push((band.clone(), ListenerRule { label: label.into(), priority: 0, methods: methods.clone(), patterns, to }));
        });
    }
    packed
}

/// Backend, methods and shape of the patterns. A refusal has no backend: `refuse__`.
fn rule_label(backend: &str, methods: &[HttpMethod], band: &priority::Band) -> String {
    let mut label = if backend.is_empty() { "refuse".to_owned() } else { format!("to__{backend}") };
    for method in methods {
        label.push_str("__");
        label.push_str(&method.as_str().to_ascii_lowercase());
    }
    label.push_str("__");
    label.push_str(&band.word());
    label
}

fn split(patterns: &[(u64, Arc<str>)], room: usize, bits: String, out: &mut impl FnMut(&str, &[(u64, Arc<str>)])) {
    if patterns.len() <= room || bits.len() == 64 {
        patterns.chunks(room).for_each(|it| out(&bits, it));
        return;
    }
    // Sorted by hash: what has a zero at this bit comes first.
    let at = patterns.partition_point(|(hash, _)| hash >> (63 - bits.len()) & 1 == 0);
    let (zeros, ones) = patterns.split_at(at);
    for (bit, half) in [('0', zeros), ('1', ones)] {
        if !half.is_empty() {
            split(half, room, format!("{bits}{bit}"), out);
        }
    }
}

fn hash(text: &str) -> u64 {
    let bytes = blake3::hash(text.as_bytes());
    bytes.as_bytes()[..8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
