//! Operations that have less time than their function gives a request.
//!
//! In: operations of a backend. Out: entries of the function's table. Pure.
//! An event does not contain the gateway's timeout, so the function looks an operation up by
//! method and resource: of the prefixes in whole segments that the table has for the method, the
//! longest counts. Operations below one path mostly have one timeout, so few entries suffice.

use std::collections::{BTreeMap, BTreeSet};

use crate::openapi::HttpMethod;
use crate::plan::OperationPlan;
use crate::plan::paths::{Segment, text_of};

/// Milliseconds by path, for the operations of one method.
type Times<'a> = BTreeMap<&'a [Segment], u32>;

/// Entries for the operations of a backend: `METHOD prefix` and milliseconds. What has no entry has
/// the function's own time.
pub(crate) fn timeouts(operations: &[&OperationPlan], function_ms: u32) -> BTreeMap<String, u32> {
    let mut by_method: BTreeMap<&str, Times<'_>> = BTreeMap::new();
    let mut of_any = Times::new();
    for operation in operations {
        let Some(path) = operation.gateway_path.as_deref() else {
            continue;
        };
        let times = if operation.method == HttpMethod::Any {
            &mut of_any
        } else {
            by_method.entry(operation.method.as_str()).or_default()
        };
        times.insert(path, operation.timeout_ms.min(function_ms));
    }
    // An event names the method of its request, never `ANY`, which serves what the path has no
    // other operation for.
    for (path, time) in of_any {
        for method in HttpMethod::of_requests() {
            by_method
                .entry(method.as_str())
                .or_default()
                .entry(path)
                .or_insert(time);
        }
    }
    let mut entries = BTreeMap::new();
    for (method, times) in &by_method {
        let times: Vec<Time<'_>> = times
            .iter()
            .map(|(path, time)| Time { path, time: *time })
            .collect();
        branch(&times, 0).label(method, function_ms, &mut entries);
    }
    entries
}

/// The timeout of one operation.
struct Time<'a> {
    path: &'a [Segment],
    time: u32,
}

/// Operations that have a prefix in common.
struct Branch<'a> {
    /// The shortest prefix that no other operations have.
    prefix: &'a [Segment],
    /// Times with which the branch needs the fewest entries below it.
    best: BTreeSet<u32>,
    branches: Vec<Branch<'a>>,
}

/// The branch of some operations, which are in the order of their paths; there is one at least.
fn branch<'a>(times: &[Time<'a>], depth: usize) -> Branch<'a> {
    let (first, last) = (times[0].path, times[times.len() - 1].path);
    let common = first
        .iter()
        .zip(last)
        .take_while(|(one, other)| one == other)
        .count();
    let (own, below) = if first.len() == common {
        times.split_at(1)
    } else {
        times.split_at(0)
    };
    let branches: Vec<Branch<'_>> = below
        .chunk_by(|one, next| one.path[common] == next.path[common])
        .map(|part| branch(part, common + 1))
        .collect();
    let best = match own {
        [own] => BTreeSet::from([own.time]),
        _ => most_frequent(&branches),
    };
    Branch {
        prefix: &first[..depth],
        best,
        branches,
    }
}

/// Times that are best for the most branches.
fn most_frequent(branches: &[Branch<'_>]) -> BTreeSet<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for time in branches.iter().flat_map(|branch| &branch.best) {
        *counts.entry(*time).or_default() += 1;
    }
    let most = counts.values().max().copied();
    counts
        .into_iter()
        .filter(|(_, count)| Some(*count) == most)
        .map(|(time, _)| time)
        .collect()
}

impl Branch<'_> {
    /// Adds an entry wherever the time of the branch above is not among the best.
    fn label(&self, method: &str, above: u32, entries: &mut BTreeMap<String, u32>) {
        let time = if self.best.contains(&above) {
            above
        } else {
            self.best.first().copied().unwrap_or(above)
        };
        if time != above {
            entries.insert(format!("{method} {}", text_of(self.prefix)), time);
        }
        for branch in &self.branches {
            branch.label(method, time, entries);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::functions::forwarder::prefixes::tests::operation;

    fn of(operations: &[(HttpMethod, &str, u32)]) -> Vec<(String, u32)> {
        let operations: Vec<OperationPlan> = operations
            .iter()
            .map(|(method, path, timeout_ms)| OperationPlan {
                method: *method,
                timeout_ms: *timeout_ms,
                ..operation(path, path)
            })
            .collect();
        let entries = timeouts(&operations.iter().collect::<Vec<_>>(), 29_000);
        for operation in operations
            .iter()
            .filter(|operation| operation.method != HttpMethod::Any)
        {
            let path = text_of(operation.gateway_path.as_deref().unwrap_or_default());
            let found = looked_up(&entries, operation.method.as_str(), &path);
            assert_eq!(
                found,
                operation.timeout_ms.min(29_000),
                "{} {path}",
                operation.method.as_str()
            );
        }
        entries.into_iter().collect()
    }

    /// As the function looks an operation up.
    fn looked_up(entries: &BTreeMap<String, u32>, method: &str, path: &str) -> u32 {
        let segments: Vec<&str> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        let keys = (0..=segments.len())
            .rev()
            .map(|length| format!("{method} /{}", segments[..length].join("/")));
        keys.into_iter()
            .find_map(|key| entries.get(&key).copied())
            .unwrap_or(29_000)
    }

    fn entry(key: &str, time: u32) -> (String, u32) {
        (key.to_owned(), time)
    }

    #[test]
    fn only_what_differs_from_the_function_has_an_entry() {
        use HttpMethod::{Get, Post};
        assert_eq!(of(&[]), []);
        assert_eq!(
            of(&[(Get, "/orders", 29_000), (Post, "/orders", 60_000)]),
            []
        );
        let operations = [
            (Get, "/orders", 29_000),
            (Get, "/reports/{id}", 5_000),
            (Get, "/reports/{id}/pages", 5_000),
        ];
        assert_eq!(of(&operations), [entry("GET /reports", 5_000)]);
        assert_eq!(
            of(&[
                (Get, "/", 5_000),
                (Get, "/orders", 5_000),
                (Post, "/", 29_000)
            ]),
            [entry("GET /", 5_000)]
        );
    }

    #[test]
    fn one_entry_serves_all_below_but_for_those_that_differ() {
        use HttpMethod::Get;
        let mut operations: Vec<(HttpMethod, String, u32)> = (0..20)
            .map(|number| (Get, format!("/a/b{number}"), 5_000))
            .collect();
        operations.push((Get, "/a".to_owned(), 29_000));
        operations.push((Get, "/a/slow/{id}".to_owned(), 29_000));
        operations.push((Get, "/a/slow/{id}/quick".to_owned(), 1_000));
        operations.push((Get, "/b".to_owned(), 29_000));
        let operations: Vec<(HttpMethod, &str, u32)> = operations
            .iter()
            .map(|(method, path, time)| (*method, path.as_str(), *time))
            .collect();
        // Were `/a` alone to have the function's time, it would be no entry; all below it would be
        // one each.
        assert_eq!(of(&operations).len(), 21);
        let operations: Vec<_> = operations
            .into_iter()
            .filter(|(_, path, _)| *path != "/a")
            .collect();
        assert_eq!(
            of(&operations),
            [
                entry("GET /a", 5_000),
                entry("GET /a/slow", 29_000),
                entry("GET /a/slow/{id}/quick", 1_000)
            ]
        );
    }

    #[test]
    fn an_operation_for_any_method_is_looked_up_by_the_methods_of_requests() {
        use HttpMethod::{Any, Get};
        let entries = of(&[
            (Any, "/{proxy+}", 5_000),
            (Get, "/{proxy+}", 29_000),
            (Get, "/quick", 1_000),
        ]);
        let methods: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
        let of_any = [
            "DELETE /",
            "HEAD /",
            "OPTIONS /",
            "PATCH /",
            "POST /",
            "PUT /",
        ];
        assert!(
            of_any.iter().all(|key| methods.contains(key)),
            "{methods:?}"
        );
        assert!(
            methods.contains(&"GET /quick") && entries.len() == 7,
            "{methods:?}"
        );
    }
}
