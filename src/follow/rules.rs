//! Whether a rule of an application load balancer takes a request.
//!
//! In: `ListenerRule`, method, host and path. Out: yes or no. Pure.
//! Written from AWS's pages alone, apart from what made the rules; the walk and `trace` share it.
//! Source: docs/aws-rules.md#l11, docs/aws-rules.md#l13: `*` is any text with slashes, `?` one
//! character; the case of a path counts, that of a host does not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::step::Located;
use crate::aws::ListenerRule;

/// A request as it comes to a listener.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleRequest<'r> {
    pub(crate) method: &'r str,
    pub(crate) host: Option<&'r str>,
    pub(crate) path: &'r str,
}

/// Rules of a listener by the segments of their path patterns that have no wildcard.
///
/// A path has the segments before the first wildcard of a pattern that takes it, those after the
/// last one, and all that are between slashes.
pub(crate) struct RuleIndex<'a> {
    /// By priority.
    rules: Vec<Located<'a, ListenerRule>>,
    /// By the numbers of these first and last segments, then by the segments themselves.
    lists: BTreeMap<(usize, usize), HashMap<String, RulesBySegment<'a>>>,
}

/// Indexes of rules, in order, by the longest segment between the wildcards of the pattern; an
/// empty text where there is none.
type RulesBySegment<'a> = HashMap<&'a str, Vec<usize>>;

impl<'a> RuleIndex<'a> {
    /// Sorts rules by priority.
    ///
    /// # Errors
    /// Two rules have one priority.
    pub(crate) fn new(mut rules: Vec<Located<'a, ListenerRule>>) -> Result<Self, String> {
        rules.sort_by_key(|rule| rule.node.priority);
        let mut pairs = rules.windows(2).map(|pair| (pair[0].node, pair[1].node));
        if let Some((rule, _)) = pairs.find(|(one, other)| one.priority == other.priority) {
            return Err(format!(
                "two rules of a listener have priority {}",
                rule.priority
            ));
        }
        let mut lists: BTreeMap<(usize, usize), HashMap<String, RulesBySegment<'_>>> =
            BTreeMap::new();
        for (index, rule) in rules.iter().copied().enumerate() {
            for pattern in &rule.node.paths {
                let is_wild = |it: &&str| it.contains(['*', '?']);
                let segments: Vec<&str> = pattern.split('/').collect();
                let start = segments.iter().take_while(|it| !is_wild(it)).count();
                let end = segments[start..]
                    .iter()
                    .rev()
                    .take_while(|it| !is_wild(it))
                    .count();
                let between = segments[start..segments.len() - end]
                    .iter()
                    .copied()
                    .filter(|it| !is_wild(it))
                    .max_by_key(|it| it.len());
                let key = key(&segments, start, end).unwrap_or_default();
                let list = lists
                    .entry((start, end))
                    .or_default()
                    .entry(key)
                    .or_default();
                list.entry(between.unwrap_or_default())
                    .or_default()
                    .push(index);
            }
        }
        Ok(Self { rules, lists })
    }

    /// All rules, by priority.
    pub(crate) fn all(&self) -> &[Located<'a, ListenerRule>] {
        &self.rules
    }

    /// The first rule that takes a request.
    pub(crate) fn first(&self, request: &RuleRequest<'_>) -> Option<Located<'a, ListenerRule>> {
        let segments: Vec<&str> = request.path.split('/').collect();
        let inside: BTreeSet<&str> = segments.iter().copied().chain([""]).collect();
        let mut first: Option<usize> = None;
        for ((start, end), lists) in &self.lists {
            let Some(between) = key(&segments, *start, *end).and_then(|it| lists.get(&it)) else {
                continue;
            };
            for list in inside.iter().filter_map(|it| between.get(it)) {
                let mut before = list
                    .iter()
                    .copied()
                    .take_while(|it| first.is_none_or(|first| *it < first));
                first = before
                    .find(|it| takes(self.rules[*it].node, request))
                    .or(first);
            }
        }
        first.map(|it| self.rules[it])
    }
}

/// The first segments and the last ones; none where there are fewer.
fn key(segments: &[&str], start: usize, end: usize) -> Option<String> {
    let (first, last) = (
        segments.get(..start)?,
        segments.get(segments.len().checked_sub(end)?..)?,
    );
    Some(format!("{}*{}", first.join("/"), last.join("/")))
}

/// Whether every condition of the rule holds.
pub(crate) fn takes(rule: &ListenerRule, request: &RuleRequest<'_>) -> bool {
    let RuleRequest { method, host, path } = *request;
    (rule.methods.is_empty() || rule.methods.contains(&method))
        && (rule.hosts.is_empty()
            || host.is_some_and(|host| rule.hosts.iter().any(|it| it.eq_ignore_ascii_case(host))))
        && rule
            .paths
            .iter()
            .any(|it| is_taken(it.as_bytes(), path.as_bytes()))
}

/// Whether a path pattern takes a path.
fn is_taken(pattern: &[u8], path: &[u8]) -> bool {
    let (mut at, mut star) = ((0, 0), None);
    while at.1 < path.len() {
        match pattern.get(at.0) {
            Some(b'*') => {
                star = Some(at);
                at.0 += 1;
            }
            Some(b'?') => at = (at.0 + 1, at.1 + 1),
            Some(byte) if *byte == path[at.1] => at = (at.0 + 1, at.1 + 1),
            _ => match star {
                Some((of, taken)) => {
                    star = Some((of, taken + 1));
                    at = (of + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at.0..].iter().all(|it| *it == b'*')
}
