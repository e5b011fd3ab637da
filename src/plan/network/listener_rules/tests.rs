//! ListenerRules against an evaluator that was written from AWS's pages alone.

mod any;
mod examples;
mod fewest;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;

/// A route as the tests make it: segments, where `None` is a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Route {
    method: HttpMethod,
    path: Vec<Option<&'static str>>,
    to: Destination,
}

impl Route {
    fn text(&self) -> String {
        self.path
            .iter()
            .enumerate()
            .fold(String::new(), |text, (index, segment)| match segment {
                Some(literal) => format!("{text}/{literal}"),
                None => format!("{text}/{{v{index}}}"),
            })
    }

    fn matches(&self, request: &[&str]) -> bool {
        self.path.len() == request.len()
            && self
                .path
                .iter()
                .zip(request)
                .all(|(segment, part)| segment.is_none_or(|literal| literal == *part))
    }
}

const ONE: Destination = Destination::Backend(0);
const TWO: Destination = Destination::Backend(1);
const LITERALS: [&str; 3] = ["a", "b", "c"];

fn routes() -> impl Strategy<Value = Vec<Route>> {
    let segment =
        prop_oneof![2 => prop::sample::select(&LITERALS[..]).prop_map(Some), 1 => Just(None)];
    let path = prop::collection::vec(segment, 1..=5);
    let method = prop::sample::select(vec![HttpMethod::Get, HttpMethod::Post, HttpMethod::Delete]);
    let to = prop_oneof![5 => (0_usize..3).prop_map(Destination::Backend), 1 => Just(Destination::Nothing)];
    prop::collection::vec(
        (method, path, to).prop_map(|(method, path, to)| Route { method, path, to }),
        1..=14,
    )
    .prop_map(|mut routes| {
        let mut seen = Vec::new();
        // Two names of one variable are one path.
        routes.retain(|route| {
            !seen.contains(&(route.method, route.path.clone())) && {
                seen.push((route.method, route.path.clone()));
                true
            }
        });
        routes
    })
}

fn rules_of_paths(paths: &[RoutedPath<'_>], hosts: usize) -> ListenerRules {
    rules_between(paths, hosts, 1_001, 50_000)
}

fn rules_between(paths: &[RoutedPath<'_>], hosts: usize, first: u32, last: u32) -> ListenerRules {
    let backends = ["one", "two", "three"].map(|name| RuleBackend {
        name: name.into(),
        switched_group: String::new(),
    });
    rules(
        paths,
        ListenerContext {
            backends: &backends,
            hosts,
            priorities: PriorityRange { first, last },
        },
    )
}

fn built(routes: &[Route], hosts: usize) -> ListenerRules {
    let texts: Vec<String> = routes.iter().map(Route::text).collect();
    let routed: Vec<RoutedPath<'_>> = routes
        .iter()
        .zip(&texts)
        .map(|(route, path)| RoutedPath {
            method: route.method,
            path,
            to: route.to,
            prefix: 0,
        })
        .collect();
    rules_of_paths(&routed, hosts)
}

/// Path patterns as AWS describes them: `*` is any text, also none and also with slashes; `?` one
/// character; the case counts.
fn is_matched(pattern: &[u8], path: &[u8]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), None) => is_matched(rest, path),
        (Some((b'*', rest)), Some((_, tail))) => {
            is_matched(rest, path) || is_matched(pattern, tail)
        }
        (Some((b'?', rest)), Some((_, tail))) => is_matched(rest, tail),
        (Some((byte, rest)), Some((other, tail))) => byte == other && is_matched(rest, tail),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Destination of a request at a listener with these rules; its default is a 404.
fn forwarded(rules: &[ListenerRulePlan], method: HttpMethod, path: &str) -> Destination {
    let mut by_priority: Vec<&ListenerRulePlan> = rules.iter().collect();
    by_priority.sort_by_key(|rule| rule.priority);
    let is_matching = |rule: &&ListenerRulePlan| {
        (rule.methods.is_empty() || rule.methods.contains(&method))
            && rule
                .patterns
                .iter()
                .any(|pattern| is_matched(pattern.as_bytes(), path.as_bytes()))
    };
    by_priority
        .into_iter()
        .find(is_matching)
        .map_or(Destination::Nothing, |rule| rule.to)
}

/// The path that a request belongs to: a literal before a variable, from the left.
fn owner<'a>(routes: &'a [Route], request: &[&str]) -> Option<&'a [Option<&'static str>]> {
    let matching = routes.iter().filter(|route| route.matches(request));
    matching
        .min_by_key(|route| {
            route
                .path
                .iter()
                .map(Option::is_none)
                .collect::<Vec<bool>>()
        })
        .map(|route| &route.path[..])
}

/// All requests of a route: each variable as every literal, and as text that no route has.
fn requests(route: &Route) -> Vec<Vec<&'static str>> {
    route.path.iter().fold(vec![Vec::new()], |before, segment| {
        let choices: Vec<&'static str> = match segment {
            Some(literal) => vec![literal],
            None => LITERALS.iter().copied().chain(["other"]).collect(),
        };
        before
            .iter()
            .flat_map(|start| {
                choices
                    .iter()
                    .map(|choice| [&start[..], &[*choice]].concat())
            })
            .collect()
    })
}

/// The first request that arrives where it should not.
fn strays(routes: &[Route], rules: &[ListenerRulePlan]) -> Option<String> {
    for route in routes {
        for request in requests(route) {
            if owner(routes, &request) != Some(&route.path[..]) {
                continue;
            }
            let path = format!("/{}", request.join("/"));
            let arrived = forwarded(rules, route.method, &path);
            if arrived != route.to {
                return Some(format!(
                    "{:?} {path} of {} arrives at {arrived:?}, not {:?}",
                    route.method,
                    route.text(),
                    route.to
                ));
            }
        }
    }
    None
}

fn has_overlap(routes: &[Route]) -> bool {
    let meets = |one: &Route, other: &Route| {
        one.path.len() == other.path.len()
            && one.path != other.path
            && one.to != other.to
            && one
                .path
                .iter()
                .zip(&other.path)
                .all(|(one, other)| one.is_none() || other.is_none() || one == other)
    };
    routes
        .iter()
        .enumerate()
        .any(|(index, one)| routes[..index].iter().any(|other| meets(one, other)))
}

/// Number of sets; `GWGEN_RULE_SETS` sets a higher one.
#[allow(clippy::disallowed_methods, reason = "a longer test writes nothing")]
fn sets(least: u32) -> u32 {
    std::env::var("GWGEN_RULE_SETS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(least)
}

#[test]
fn every_request_arrives_where_its_operation_does() {
    let (mut overlapping, mut count, mut biggest) = (0, 0, 0);
    let mut runner = TestRunner::new(Config {
        cases: sets(1_000),
        failure_persistence: None,
        ..Config::default()
    });
    let counted = std::cell::RefCell::new(&mut overlapping);
    let others = std::cell::RefCell::new((&mut count, &mut biggest));
    let result = runner.run(&routes(), |routes| {
        let built = built(&routes, 0);
        prop_assert!(built.shadowed.is_empty(), "{:?}", built.shadowed);
        prop_assert_eq!(strays(&routes, &built.rules), None, "{:#?}", built.rules);
        for rule in &built.rules {
            let wildcards: usize = rule
                .patterns
                .iter()
                .map(|pattern| pattern.matches('*').count())
                .sum();
            prop_assert!(
                rule.patterns.len() + rule.methods.len() <= 5
                    && (wildcards <= 5 || rule.patterns.len() == 1),
                "{:?}",
                rule
            );
        }
        **counted.borrow_mut() += usize::from(has_overlap(&routes));
        let mut others = others.borrow_mut();
        *others.0 += 1;
        *others.1 = (*others.1).max(built.rules.len());
        Ok(())
    });
    result.unwrap();
    assert!(
        overlapping * 10 >= count * 3,
        "{overlapping} of {count}, at most {biggest} rules"
    );
}

/// A new route changes no number of a rule that is there, but for the ones that are named.
#[test]
fn a_new_route_renumbers_nothing() {
    let mut runner = TestRunner::new(Config {
        cases: 500,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&routes(), |routes| {
            let (fewer, all) = (built(&routes[1..], 0), built(&routes, 0));
            let numbers: BTreeMap<&str, u32> = all
                .rules
                .iter()
                .map(|rule| (&*rule.label, rule.priority))
                .collect();
            for rule in fewer.rules.iter().filter(|rule| {
                !fewer.displaced.contains(&rule.label) && !all.displaced.contains(&rule.label)
            }) {
                if let Some(number) = numbers.get(&*rule.label) {
                    prop_assert_eq!(*number, rule.priority);
                }
            }
            Ok(())
        })
        .unwrap();
}
