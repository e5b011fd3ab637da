//! Requests that a pattern takes.
//!
//! In: a pattern, a template. Out: whether the pattern takes all or some of its requests. Pure.
//! Source: docs/aws-rules.md#l13 (`*` crosses `/`, case-sensitive).

use super::Pattern;
use super::template::TemplateToken;
use crate::plan::network::listener_rules::shape::Specificity;

impl Pattern {
    /// Returns whether the pattern takes every request of the other's template.
    ///
    /// Only a wildcard of the pattern matches a variable of the template.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let pattern = self.text.as_bytes();
        let (mut at, mut star) = (0, None);
        let mut index = 0;
        while index < other.template.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    star = Some((at, index));
                    at += 1;
                }
                Some(byte) if other.template[index] == TemplateToken::Character(*byte) => {
                    (at, index) = (at + 1, index + 1)
                }
                _ => match star {
                    Some((of, taken)) => {
                        star = Some((of, taken + 1));
                        (at, index) = (of + 1, taken + 1);
                    }
                    None => return false,
                },
            }
        }
        pattern[at..].iter().all(|byte| *byte == b'*')
    }

    /// Returns whether the pattern takes some request of the other's template.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        if self.slashes > other.own_slashes && !other.is_greedy {
            return false;
        }
        if let Some(is_met) = self.meets_by_segments(other) {
            return is_met;
        }
        let pattern = self.text.as_bytes();
        // Positions of the pattern that are reachable, token by token.
        let mut reachable = vec![false; pattern.len() + 1];
        reachable[0] = true;
        skip_stars(pattern, &mut reachable);
        for token in &other.template {
            reachable = match token {
                TemplateToken::Character(byte) => step(pattern, &reachable, |taken| taken == *byte),
                TemplateToken::Variable => repeat(pattern, &reachable, |taken| taken != b'/'),
                TemplateToken::Rest => repeat(pattern, &reachable, |_| true),
            };
            if !reachable.contains(&true) {
                return false;
            }
        }
        reachable[pattern.len()]
    }

    /// Returns whether the pattern takes some request of the other's template; none where a `*` may
    /// cross a slash or is a part of a segment.
    fn meets_by_segments(&self, other: &Self) -> Option<bool> {
        let is_whole = |segments: &[Specificity]| !segments.contains(&Specificity::Partial);
        let is_aligned = self.slashes == other.own_slashes
            && !other.is_greedy
            && is_whole(&self.specificity)
            && is_whole(other.specificity_of_template());
        let own = other.unshortened.as_ref().unwrap_or(&other.text);
        if !is_aligned || !self.text.starts_with('/') || !own.starts_with('/') {
            return None;
        }
        let is_met = |(pattern, template): (&str, &str)| {
            pattern == "*" || pattern == template || (template == "*" && !pattern.is_empty())
        };
        Some(self.text.split('/').zip(own.split('/')).all(is_met))
    }
}

fn skip_stars(pattern: &[u8], reachable: &mut [bool]) {
    for at in 0..pattern.len() {
        if reachable[at] && pattern[at] == b'*' {
            reachable[at + 1] = true;
        }
    }
}

/// Positions that are reachable with one more byte that `takes` accepts.
fn step(pattern: &[u8], reachable: &[bool], takes: impl Fn(u8) -> bool) -> Vec<bool> {
    let mut next = vec![false; reachable.len()];
    for at in 0..pattern.len() {
        if reachable[at] {
            match pattern[at] {
                b'*' => next[at] = true,
                byte if takes(byte) => next[at + 1] = true,
                _ => {}
            }
        }
    }
    skip_stars(pattern, &mut next);
    next
}

/// Positions that are reachable with one or more such bytes.
fn repeat(pattern: &[u8], reachable: &[bool], takes: impl Fn(u8) -> bool) -> Vec<bool> {
    let mut all = step(pattern, reachable, &takes);
    loop {
        let more = step(pattern, &all, &takes);
        if more.iter().zip(&all).all(|(new, old)| *old || !*new) {
            return all;
        }
        all.iter_mut().zip(more).for_each(|(old, new)| *old |= new);
    }
}
