//! Whether every operation arrives where it has to, by the order of the arms.
//!
//! In: operations, the arms that are left with their lanes, in order, and all that there were. Out:
//! pairs of an operation and an arm that would take requests of it. Pure.

use super::Arm;
use super::claims::Claims;
use super::index::{Asked, Index, Next, Rivals};
use crate::openapi::HttpMethod;

/// Operations that would arrive elsewhere, by index, and the arm that sends them there.
pub(crate) fn shadowed<'a>(
    wanted: &[Asked],
    arms: &'a [(usize, Arm)],
    claims: &mut Claims<'_>,
) -> Vec<(usize, &'a Arm)> {
    let mut index = Index::empty(arms.iter().map(|it| &it.1), &claims.universal);
    arms.iter()
        .enumerate()
        .for_each(|(at, it)| index.insert(at, it.0));
    let mut shadowed = Vec::new();
    for (number, asked) in wanted.iter().enumerate() {
        // Where a rule stands among those of its lane is a matter of its hash. Where no rule takes
        // all of it, that is the listener's own 404:
        // a backend's operation has its arm, or shares method and path with another backend's,
        // which `arms` tells.
        let last = index.taker(asked).map_or(0, |(_, lane)| lane);
        let mut met: Vec<usize> = Vec::new();
        let search = Rivals {
            universal: Some(&claims.universal),
            kinds: None,
            are_stray: true,
            least: last,
        };
        index.rivals(asked, search, |at, _| {
            met.push(at);
            Next::Further
        });
        met.sort_unstable();
        shadowed.extend(
            met.into_iter()
                .map(|at| (number, &arms[at].1))
                .filter(|(_, arm)| strays(asked, arm, claims)),
        );
    }
    shadowed
}

/// Whether the arm takes requests of the operation that have to arrive elsewhere.
pub(crate) fn strays(asked: &Asked, arm: &Arm, claims: &mut Claims<'_>) -> bool {
    let pattern = &asked.pattern;
    let is_same_path = arm.pattern.text == pattern.text;
    // A method of the path's own is none of those that `ANY` means.
    let takes = if is_same_path {
        arm.takes_all(asked.method)
    } else {
        arm.takes(asked.method)
    };
    takes
        && arm.to != asked.to
        && arm.pattern.meets(pattern)
        && (is_same_path || !pattern.yields_to(&arm.pattern) || falls_back(asked, arm))
        && !claims.is_claimed(pattern, (asked.method, asked.to), arm)
}

/// Whether the arm takes a method that none of its operations has, and that is the operation's own:
/// on the gateway, what a literal path does not answer comes to the greedy variable above it.
pub(crate) fn falls_back(asked: &Asked, arm: &Arm) -> bool {
    asked.pattern.is_greedy
        && arm.pattern.wildcards == 0
        && arm.methods.is_empty()
        && ![HttpMethod::Any, asked.method]
            .iter()
            .any(|it| arm.asked.contains(it))
}
