//! Rules of single sets of paths.

use super::*;

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
    rules_of_paths(&routed(list), 0)
}

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
            .map(|rule| &rule.patterns[..])
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
    let built = rules_of_paths(&[get[0].clone(), delete], 0);
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
        let built = rules_of_paths(&list, 0);
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

/// What is taken away from a rule may be what the gateway still sends, so the old rule stays beside
/// a new one; the rules of others stay as they are.
#[test]
fn a_route_that_moves_renames_its_own_rules_alone() {
    let before = [
        ("/a", ONE),
        ("/b", ONE),
        ("/c", TWO),
        ("/d", Destination::Backend(2)),
    ];
    let after = [
        ("/a", ONE),
        ("/b", TWO),
        ("/c", TWO),
        ("/d", Destination::Backend(2)),
    ];
    let (before, after) = (one(&before), one(&after));
    let keys = |built: &ListenerRules| -> BTreeSet<(Arc<str>, u32)> {
        let rules = built.rules.iter();
        rules
            .map(|rule| (Arc::clone(&rule.label), rule.priority))
            .collect()
    };
    let (before, after) = (keys(&before), keys(&after));
    let kept: Vec<_> = before.intersection(&after).collect();
    assert!(
        kept.len() == 1 && kept[0].0.starts_with("to__three__"),
        "{before:?} {after:?}"
    );
    let numbers = before.union(&after).map(|(_, number)| number);
    assert_eq!(
        numbers.collect::<BTreeSet<_>>().len(),
        5,
        "{before:?} {after:?}"
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
            .any(|rule| rule.patterns == ["/a*1*/*.json".into()]),
        "{built:#?}"
    );
}

#[test]
fn few_priorities_are_used_up_in_order() {
    let list: Vec<(String, Destination)> = (0..40)
        .map(|index| {
            (
                format!("/p{index}/x{index}/{{id}}/a/b"),
                if index % 2 == 0 { ONE } else { TWO },
            )
        })
        .collect();
    let list: Vec<(&str, Destination)> = list.iter().map(|(path, to)| (&**path, *to)).collect();
    let tight = rules_between(&routed(&list), 0, 100, 119);
    assert!(!tight.is_full);
    assert!(
        tight
            .rules
            .windows(2)
            .all(|pair| pair[0].priority < pair[1].priority)
            && tight.rules.last().unwrap().priority <= 119
    );
    assert!(!tight.displaced.is_empty());
    assert!(rules_between(&routed(&list), 0, 100, 101).is_full);
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
