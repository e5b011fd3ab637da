//! Whether a rule of an application load balancer takes a request.
//!
//! In: `ListenerRule`, method, host and path. Out: yes or no. Pure.
//! Written from AWS's pages alone, apart from what made the rules; the walk and `trace` share it.
//! Source: AWS-RULES L11, L13: `*` is any text with slashes, `?` one character; the case of a path counts, that of a host does not.

use std::collections::{BTreeMap, HashMap};

use crate::aws::ListenerRule;

/// Rules of a listener by what their path patterns start and end with.
///
/// A path has the segments before the first wildcard of a pattern that takes it, and those after the last one.
pub(super) struct ByPath<'a> {
    rules: Vec<&'a ListenerRule>,
    /// By the numbers of these segments, then by the segments themselves; each list by priority.
    lists: BTreeMap<(usize, usize), HashMap<String, Vec<usize>>>,
}

impl<'a> ByPath<'a> {
    /// Takes rules by priority.
    pub(super) fn new(rules: Vec<&'a ListenerRule>) -> Self {
        let mut lists: BTreeMap<(usize, usize), HashMap<String, Vec<usize>>> = BTreeMap::new();
        for (index, rule) in rules.iter().enumerate() {
            for pattern in &rule.paths {
                let is_wild = |it: &&str| it.contains(['*', '?']);
                let segments: Vec<&str> = pattern.split('/').collect();
                let start = segments.iter().take_while(|it| !is_wild(it)).count();
                let end = segments[start..].iter().rev().take_while(|it| !is_wild(it)).count();
                let key = key(&segments, (start, end)).unwrap_or_default();
                lists.entry((start, end)).or_default().entry(key).or_default().push(index);
            }
        }
        Self { rules, lists }
    }

    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    /// The first rule that takes a request.
    pub(super) fn first(&self, method: &str, host: Option<&str>, path: &str) -> Option<&'a ListenerRule> {
        let segments: Vec<&str> = path.split('/').collect();
        let mut first: Option<usize> = None;
        for (sizes, lists) in &self.lists {
            let Some(list) = key(&segments, *sizes).and_then(|it| lists.get(&it)) else { continue };
            let before = list.iter().take_while(|it| first.is_none_or(|first| **it < first));
            first = before.copied().find(|it| takes(self.rules[*it], method, host, path)).or(first);
        }
        first.map(|it| self.rules[it])
    }
}

/// The first segments and the last ones; none where there are fewer.
fn key(segments: &[&str], (start, end): (usize, usize)) -> Option<String> {
    let (first, last) = (segments.get(..start)?, segments.get(segments.len().checked_sub(end)?..)?);
    Some(format!("{}*{}", first.join("/"), last.join("/")))
}

/// Whether every condition of the rule holds.
pub(crate) fn takes(rule: &ListenerRule, method: &str, host: Option<&str>, path: &str) -> bool {
    (rule.methods.is_empty() || rule.methods.contains(&method))
        && (rule.hosts.is_empty() || host.is_some_and(|host| rule.hosts.iter().any(|it| it.eq_ignore_ascii_case(host))))
        && rule.paths.iter().any(|it| is_taken(it.as_bytes(), path.as_bytes()))
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
