//! ListenerRules against an evaluator that was written from AWS's pages alone.

mod any;
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
            .fold(String::new(), |text, (index, it)| match it {
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
                .all(|(it, part)| it.is_none_or(|it| it == *part))
    }
}

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
        routes.retain(|it| {
            !seen.contains(&(it.method, it.path.clone())) && {
                seen.push((it.method, it.path.clone()));
                true
            }
        });
        routes
    })
}

fn built(routes: &[Route], hosts: usize) -> ListenerRules {
    let texts: Vec<String> = routes.iter().map(Route::text).collect();
    let routed: Vec<RoutedPath<'_>> = routes
        .iter()
        .zip(&texts)
        .map(|(it, path)| RoutedPath {
            method: it.method,
            path,
            to: it.to,
            prefix: 0,
        })
        .collect();
    let names: Vec<Arc<str>> = ["one", "two", "three"].map(Arc::from).to_vec();
    rules(
        &routed,
        ListenerContext {
            backends: &names,
            hosts,
            priorities: PriorityRange {
                first: 1_001,
                last: 50_000,
            },
        },
    )
}

/// What AWS says of path patterns: `*` is any text, also none and also with slashes; `?` one
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

/// Where a listener with these rules sends a request; its default is a 404.
fn forwarded(rules: &[ListenerRulePlan], method: HttpMethod, path: &str) -> Destination {
    let mut by_priority: Vec<&ListenerRulePlan> = rules.iter().collect();
    by_priority.sort_by_key(|it| it.priority);
    let is_it = |it: &&ListenerRulePlan| {
        (it.methods.is_empty() || it.methods.contains(&method))
            && it
                .patterns
                .iter()
                .any(|it| is_matched(it.as_bytes(), path.as_bytes()))
    };
    by_priority
        .into_iter()
        .find(is_it)
        .map_or(Destination::Nothing, |it| it.to)
}

/// The path that a request belongs to: a literal before a variable, from the left.
fn owner<'a>(routes: &'a [Route], request: &[&str]) -> Option<&'a [Option<&'static str>]> {
    let matching = routes.iter().filter(|it| it.matches(request));
    matching
        .min_by_key(|it| it.path.iter().map(Option::is_none).collect::<Vec<bool>>())
        .map(|it| &it.path[..])
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
            .flat_map(|start| choices.iter().map(|it| [&start[..], &[*it]].concat()))
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

/// How many sets are tried; `GWGEN_RULE_SETS` asks for more.
#[allow(clippy::disallowed_methods, reason = "a longer test writes nothing")]
fn sets(least: u32) -> u32 {
    std::env::var("GWGEN_RULE_SETS")
        .ok()
        .and_then(|it| it.parse().ok())
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
            let wildcards: usize = rule.patterns.iter().map(|it| it.matches('*').count()).sum();
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
                .map(|it| (&*it.label, it.priority))
                .collect();
            for rule in fewer.rules.iter().filter(|it| {
                !fewer.displaced.contains(&it.label) && !all.displaced.contains(&it.label)
            }) {
                if let Some(number) = numbers.get(&*rule.label) {
                    prop_assert_eq!(*number, rule.priority);
                }
            }
            Ok(())
        })
        .unwrap();
}

fn routed<'a>(list: &[(&'a str, Destination)]) -> Vec<RoutedPath<'a>> {
    list.iter()
        .map(|(path, to)| RoutedPath {
            method: HttpMethod::Get,
            path,
            to: *to,
            prefix: 0,
        })
        .collect()
}

fn one(list: &[(&str, Destination)]) -> ListenerRules {
    let names: Vec<Arc<str>> = vec!["one".into(), "two".into()];
    rules(
        &routed(list),
        ListenerContext {
            backends: &names,
            hosts: 0,
            priorities: PriorityRange {
                first: 1_001,
                last: 50_000,
            },
        },
    )
}

const ONE: Destination = Destination::Backend(0);
const TWO: Destination = Destination::Backend(1);

/// Found by the property: which of two crossing patterns comes first was a matter of their hashes.
#[test]
fn a_refusal_is_not_left_to_a_pattern_that_another_of_its_shape_may_precede() {
    let built = one(&[
        ("/{x}/a/{y}", Destination::Nothing),
        ("/{x}", TWO),
        ("/{x}/b/{y}", ONE),
        ("/a/b/a/a", Destination::Nothing),
    ]);
    assert_eq!(
        forwarded(&built.rules, HttpMethod::Get, "/a/b/a/a"),
        Destination::Nothing,
        "{built:#?}"
    );
}

#[test]
fn one_backend_that_owns_everything_needs_one_rule() {
    let built = one(&[
        ("/a", ONE),
        ("/a/{id}", ONE),
        ("/b/c/d", ONE),
        ("/b/{x}/{y}/z", ONE),
    ]);
    assert_eq!(
        built
            .rules
            .iter()
            .map(|it| &it.patterns[..])
            .collect::<Vec<_>>(),
        [["/*".into()]]
    );
}

#[test]
fn a_hidden_literal_is_refused_before_the_variable_beside_it() {
    let built = one(&[
        ("/users/{id}", ONE),
        ("/users/export", Destination::Nothing),
        ("/elsewhere", Destination::Nothing),
    ]);
    assert_eq!(built.rules.len(), 2, "{built:#?}");
    assert_eq!(
        (built.rules[0].to, &*built.rules[0].patterns[0]),
        (Destination::Nothing, "/users/export")
    );
}

#[test]
fn a_greedy_path_that_another_backends_pattern_would_cross_into_is_shadowed() {
    let built = one(&[("/a/{rest+}", ONE), ("/a/{x}/c", TWO)]);
    assert_eq!(built.shadowed, [(0, 1)]);
}

#[test]
fn a_greedy_path_passes_by_other_methods() {
    let get = routed(&[("/a/{rest+}", ONE)]);
    let delete = RoutedPath {
        method: HttpMethod::Delete,
        path: "/a/{x}/c",
        to: TWO,
        prefix: 0,
    };
    let names: Vec<Arc<str>> = vec!["one".into(), "two".into()];
    let built = rules(
        &[get[0].clone(), delete],
        ListenerContext {
            backends: &names,
            hosts: 0,
            priorities: PriorityRange {
                first: 1_001,
                last: 50_000,
            },
        },
    );
    assert!(built.shadowed.is_empty(), "{built:#?}");
    assert_eq!(forwarded(&built.rules, HttpMethod::Get, "/a/b/d/c"), ONE);
    assert_eq!(forwarded(&built.rules, HttpMethod::Delete, "/a/b/c"), TWO);
}

#[test]
fn any_method_leaves_the_paths_own_ones_alone() {
    for (any, get) in [
        (ONE, TWO),
        (TWO, ONE),
        (Destination::Nothing, ONE),
        (ONE, Destination::Nothing),
    ] {
        let list = [
            (HttpMethod::Any, "/a", any),
            (HttpMethod::Get, "/a", get),
            (HttpMethod::Get, "/{x}", TWO),
        ];
        let list = list.map(|(method, path, to)| RoutedPath {
            method,
            path,
            to,
            prefix: 0,
        });
        let names: Vec<Arc<str>> = vec!["one".into(), "two".into()];
        let built = rules(
            &list,
            ListenerContext {
                backends: &names,
                hosts: 0,
                priorities: PriorityRange {
                    first: 1_001,
                    last: 50_000,
                },
            },
        );
        assert!(built.shadowed.is_empty(), "{built:#?}");
        assert_eq!(
            forwarded(&built.rules, HttpMethod::Get, "/a"),
            get,
            "{built:#?}"
        );
        assert_eq!(
            forwarded(&built.rules, HttpMethod::Put, "/a"),
            any,
            "{built:#?}"
        );
    }
}

#[test]
fn a_rule_that_is_split_leaves_its_name_to_a_half() {
    let paths: Vec<String> = (0..6).map(|it| format!("/p{it}")).collect();
    let list: Vec<(&str, Destination)> = paths
        .iter()
        .map(|it| (&**it, ONE))
        .chain([("/other", TWO)])
        .collect();
    let (fewer, all) = (one(&list[1..]), one(&list));
    let number = |built: &ListenerRules| {
        built
            .rules
            .iter()
            .find(|it| &*it.label == "to__one__0")
            .map(|it| it.priority)
    };
    assert_eq!((fewer.rules.len(), all.rules.len()), (2, 3), "{all:#?}");
    assert!(
        number(&fewer).is_some() && number(&fewer) == number(&all),
        "{all:#?}"
    );
}

#[test]
fn one_path_cannot_go_two_ways() {
    assert_eq!(
        one(&[("/a/{x}", ONE), ("/a/{y}", TWO)]).shadowed.first(),
        Some(&(1, 0))
    );
}

#[test]
fn what_a_pattern_cannot_say_is_a_wildcard() {
    let built = one(&[("/a(1)/{x}.json", ONE), ("/b", TWO)]);
    assert!(
        built
            .rules
            .iter()
            .any(|it| it.patterns == ["/a*1*/*.json".into()]),
        "{built:#?}"
    );
}

#[test]
fn few_priorities_are_used_up_in_order() {
    let list: Vec<(String, Destination)> = (0..40)
        .map(|it| {
            (
                format!("/p{it}/x{it}/{{id}}/a/b"),
                if it % 2 == 0 { ONE } else { TWO },
            )
        })
        .collect();
    let list: Vec<(&str, Destination)> = list.iter().map(|(path, to)| (&**path, *to)).collect();
    let names: Vec<Arc<str>> = vec!["one".into(), "two".into()];
    let tight = rules(
        &routed(&list),
        ListenerContext {
            backends: &names,
            hosts: 0,
            priorities: PriorityRange {
                first: 100,
                last: 119,
            },
        },
    );
    assert!(!tight.is_full);
    assert!(
        tight
            .rules
            .windows(2)
            .all(|it| it[0].priority < it[1].priority)
            && tight.rules.last().unwrap().priority <= 119
    );
    assert!(!tight.displaced.is_empty());
    assert!(
        rules(
            &routed(&list),
            ListenerContext {
                backends: &names,
                hosts: 0,
                priorities: PriorityRange {
                    first: 100,
                    last: 101
                }
            }
        )
        .is_full
    );
}

/// With every pair compared, each of these would run for minutes.
#[test]
fn patterns_that_cross_by_the_thousand_are_not_compared_in_pairs() {
    let count = 1_500;
    let cross = |number: usize| {
        [
            (format!("/a/{{x}}/s{number}"), ONE),
            (format!("/a/t{number}/{{y}}"), TWO),
        ]
    };
    let claimed = |number: usize| {
        [
            (format!("/{{x}}/s{number}"), ONE),
            (format!("/c{number}/{{y}}"), TWO),
        ]
    };
    let apart = |number: usize| {
        [
            (format!("/{{x}}/c{number}/m{number}"), ONE),
            (format!("/t{number}/{{y}}/k{number}"), TWO),
        ]
    };
    let refused = |number: usize| {
        [
            (format!("/r{number}/{{id}}"), ONE),
            (format!("/r{number}/hidden"), Destination::Nothing),
        ]
    };
    for (name, routes) in [
        ("cross", &cross as &dyn Fn(usize) -> [_; 2]),
        ("claimed", &claimed),
        ("apart", &apart),
        ("refused", &refused),
    ] {
        let paths: Vec<(String, Destination)> = (0..count).flat_map(routes).collect();
        let list: Vec<(&str, Destination)> =
            paths.iter().map(|(path, to)| (&**path, *to)).collect();
        let built = one(&list);
        assert!(
            built.shadowed.is_empty() && !built.is_full,
            "{name}: {:?}",
            built.shadowed
        );
        for (path, to) in list.iter().rev().take(20) {
            let request = path
                .replace("{x}", "v")
                .replace("{y}", "v")
                .replace("{id}", "v");
            assert_eq!(
                forwarded(&built.rules, HttpMethod::Get, &request),
                *to,
                "{name}: {request}"
            );
        }
    }
}
