//! Paths of different backends that only what stands before them makes alike.
//!
//! In: what comes to a listener. Out: pairs of which the first loses requests to the second. Pure.
//! On the gateway `/{tenant}/orders` takes `/pre/orders`; on the balancer that is `/orders` of a backend whose `path_prefix` is `/pre`.
//! That a literal comes before a variable says nothing here: the two are no paths of one API.

use std::collections::BTreeMap;

use super::rules::Arriving;
use crate::plan::listener_rules::Destination;
use crate::plan::tree::meets;

/// Indexes of operations, the one with the wider path first.
pub(super) fn overlaps(arriving: &[Arriving<'_>]) -> Vec<(usize, usize)> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, it) in arriving.iter().enumerate().filter(|(_, it)| it.to != Destination::Nothing) {
        groups.entry(before(&it.path, &it.operation.path).unwrap_or_default()).or_default().push(index);
    }
    let groups: Vec<Vec<usize>> = groups.into_values().collect();
    let mut found = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        for one in group {
            for other in groups[number + 1..].iter().flatten() {
                let (first, second) = (&arriving[*one], &arriving[*other]);
                let is_met = first.to != second.to && meets(first.operation.method, second.operation.method);
                match wider(&first.path, &second.path).filter(|_| is_met) {
                    Some(Wider::First) => found.push((*one, *other)),
                    Some(Wider::Second) => found.push((*other, *one)),
                    None => {}
                }
            }
        }
    }
    found
}

/// What stands before the operation's own path; none where the path is shorter than that.
pub(super) fn before<'a>(path: &'a str, own: &str) -> Option<&'a str> {
    let own = own.trim_matches('/');
    let own = if own.is_empty() { 0 } else { own.split('/').count() };
    (0..own).try_fold(path.trim_end_matches('/'), |before, _| before.rfind('/').map(|at| &before[..at]))
}

enum Wider {
    First,
    Second,
}

/// Which of two paths takes all that the other does where they first differ; none where no request is of both.
fn wider(first: &str, second: &str) -> Option<Wider> {
    let (mut one, mut other) = (first.split('/'), second.split('/'));
    let mut wider = None;
    loop {
        match (one.next(), other.next()) {
            (None, None) => return wider,
            (Some(a), Some(b)) => {
                let (is_open, is_other_open) = (a.contains('{'), b.contains('{'));
                if a != b && ((!is_open && !is_other_open) || a.is_empty() || b.is_empty()) {
                    return None;
                }
                if is_open != is_other_open {
                    wider = wider.or(Some(if is_open { Wider::First } else { Wider::Second }));
                }
                if a.ends_with("+}") || b.ends_with("+}") {
                    return wider.or(Some(if a.ends_with("+}") { Wider::First } else { Wider::Second }));
                }
            }
            (Some(_), None) | (None, Some(_)) => return None,
        }
    }
}
