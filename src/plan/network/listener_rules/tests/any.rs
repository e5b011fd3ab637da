//! Comparison of listener rules for paths with `ANY` and greedy variables with the gateway's choice
//! of an operation.

use super::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Literal(&'static str),
    Variable,
    Rest,
}

/// An operation as these tests make it.
#[derive(Clone, Debug)]
struct Any {
    method: HttpMethod,
    path: Vec<Part>,
    to: Destination,
}

impl Any {
    fn text(&self) -> String {
        let part = |(at, part): (usize, &Part)| match part {
            Part::Literal(text) => format!("/{text}"),
            Part::Variable => format!("/{{v{at}}}"),
            Part::Rest => "/{rest+}".to_owned(),
        };
        self.path.iter().enumerate().map(part).collect()
    }
}

fn operations() -> impl Strategy<Value = Vec<Any>> {
    let segment = prop_oneof![3 => prop::sample::select(&LITERALS[..2]).prop_map(Part::Literal), 1 => Just(Part::Variable)];
    let start = prop::collection::vec(segment, 0..=2);
    let path = (start, prop::bool::weighted(0.4)).prop_filter_map(
        "a path has a segment",
        |(mut path, is_greedy)| {
            path.extend(is_greedy.then_some(Part::Rest));
            (!path.is_empty()).then_some(path)
        },
    );
    let method = prop::sample::select(vec![HttpMethod::Any, HttpMethod::Get, HttpMethod::Post]);
    let to = prop_oneof![4 => (0_usize..2).prop_map(Destination::Backend), 1 => Just(Destination::Nothing)];
    let one = (method, path, to).prop_map(|(method, path, to)| Any { method, path, to });
    prop::collection::vec(one, 2..=5).prop_map(|mut all| {
        let mut seen: Vec<(HttpMethod, Vec<Part>)> = Vec::new();
        all.retain(|operation| {
            let key = (operation.method, operation.path.clone());
            !seen.contains(&key) && {
                seen.push(key);
                true
            }
        });
        all
    })
}

/// Returns the operation of a request: a literal is before a variable, and a request without a
/// method in its branch goes to the greedy variable above.
fn picked<'a>(
    all: &[(&'a Any, &'a [Part])],
    method: HttpMethod,
    request: &[&str],
) -> Option<&'a Any> {
    let answering = |list: &[&'a Any]| {
        let of = |method: HttpMethod| {
            list.iter()
                .find(|operation| operation.method == method)
                .copied()
        };
        of(method).or_else(|| of(HttpMethod::Any))
    };
    let Some((text, below)) = request.split_first() else {
        return answering(
            &all.iter()
                .filter(|pair| pair.1.is_empty())
                .map(|pair| pair.0)
                .collect::<Vec<_>>(),
        );
    };
    let through = |is_it: &dyn Fn(&Part) -> bool| -> Vec<(&'a Any, &'a [Part])> {
        all.iter()
            .filter_map(|(operation, path)| {
                path.split_first()
                    .filter(|(first, _)| is_it(first))
                    .map(|(_, rest)| (*operation, rest))
            })
            .collect()
    };
    let literal = through(&|part| matches!(part, Part::Literal(literal) if literal == text));
    let branch = if literal.is_empty() {
        through(&|part| *part == Part::Variable)
    } else {
        literal
    };
    let found = if branch.is_empty() {
        None
    } else {
        picked(&branch, method, below)
    };
    found.or_else(|| {
        answering(
            &through(&|part| *part == Part::Rest)
                .iter()
                .map(|pair| pair.0)
                .collect::<Vec<_>>(),
        )
    })
}

fn all_requests() -> Vec<Vec<&'static str>> {
    let texts = ["a", "b", "other"];
    let mut all: Vec<Vec<&str>> = vec![Vec::new()];
    let mut last = all.clone();
    for _ in 0..3 {
        last = last
            .iter()
            .flat_map(|start| texts.iter().map(|text| [&start[..], &[*text]].concat()))
            .collect();
        all.extend(last.iter().cloned());
    }
    all.split_off(1)
}

fn rules_of(all: &[Any], hosts: usize) -> ListenerRules {
    let texts: Vec<String> = all.iter().map(Any::text).collect();
    let routed: Vec<RoutedPath<'_>> = all
        .iter()
        .zip(&texts)
        .map(|(operation, path)| RoutedPath {
            method: operation.method,
            path,
            to: operation.to,
            prefix: 0,
        })
        .collect();
    rules_of_paths(&routed, hosts)
}

/// A request that arrives elsewhere than at its operation's backend.
fn lost(all: &[Any], rules: &[ListenerRulePlan]) -> Option<String> {
    let start: Vec<(&Any, &[Part])> = all
        .iter()
        .map(|operation| (operation, &operation.path[..]))
        .collect();
    for method in [HttpMethod::Get, HttpMethod::Post, HttpMethod::Delete] {
        for request in all_requests() {
            let Some(owner) = picked(&start, method, &request) else {
                continue;
            };
            let path = format!("/{}", request.join("/"));
            let arrived = forwarded(rules, method, &path);
            if arrived != owner.to {
                return Some(format!(
                    "{method:?} {path} of {:?} {} arrives at {arrived:?}",
                    owner.method,
                    owner.text()
                ));
            }
        }
    }
    None
}

#[test]
fn a_request_for_any_arrives_or_the_two_paths_are_reported() {
    let counts = std::cell::Cell::new([0_usize; 2]);
    let mut runner = TestRunner::new(Config {
        cases: sets(4_000),
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&operations(), |all| {
        let built = rules_of(&all, 0);
        let [count, clear] = counts.get();
        counts.set([count + 1, clear + usize::from(built.shadowed.is_empty())]);
        if built.shadowed.is_empty() {
            prop_assert_eq!(lost(&all, &built.rules), None, "{:#?}", built.rules);
        }
        Ok(())
    });
    result.unwrap();
    let [count, clear] = counts.get();
    assert!(clear * 4 >= count, "{clear} of {count}");
}

fn any(list: &[(HttpMethod, &'static [Part], Destination)]) -> Vec<Any> {
    list.iter()
        .map(|(method, path, to)| Any {
            method: *method,
            path: path.to_vec(),
            to: *to,
        })
        .collect()
}

#[test]
fn one_pattern_for_a_variable_and_a_greedy_one_is_no_path_of_its_own() {
    const ONE_SEGMENT: &[Part] = &[Part::Literal("f"), Part::Variable];
    const GREEDY: &[Part] = &[Part::Literal("f"), Part::Rest];
    for (of_any, of_get) in [(ONE_SEGMENT, GREEDY), (GREEDY, ONE_SEGMENT)] {
        for (any_to, get_to) in [
            (ONE, TWO),
            (TWO, ONE),
            (Destination::Nothing, ONE),
            (ONE, Destination::Nothing),
        ] {
            let mut all = any(&[
                (HttpMethod::Any, of_any, any_to),
                (HttpMethod::Get, of_get, get_to),
            ]);
            assert_eq!(rules_of(&all, 0).shadowed, [(0, 1)], "{all:?}");
            all.reverse();
            assert_eq!(rules_of(&all, 0).shadowed, [(1, 0)], "{all:?}");
        }
    }
}

#[test]
fn a_literal_path_leaves_methods_that_it_lacks_to_the_greedy_one_above() {
    const LITERAL: &[Part] = &[Part::Literal("f"), Part::Literal("b")];
    const GREEDY: &[Part] = &[Part::Literal("f"), Part::Rest];
    let methods = [
        HttpMethod::Get,
        HttpMethod::Put,
        HttpMethod::Post,
        HttpMethod::Delete,
        HttpMethod::Patch,
    ];
    let mut all = any(&[(HttpMethod::Any, GREEDY, ONE)]);
    all.extend(
        methods
            .iter()
            .flat_map(|method| any(&[(*method, LITERAL, TWO)])),
    );
    for hosts in 0..2 {
        let built = rules_of(&all, hosts);
        assert!(built.shadowed.is_empty(), "{built:#?}");
        assert_eq!(
            forwarded(&built.rules, HttpMethod::Head, "/f/b"),
            ONE,
            "{built:#?}"
        );
        assert!(
            methods
                .iter()
                .all(|method| forwarded(&built.rules, *method, "/f/b") == TWO),
            "{built:#?}"
        );
        assert!(
            built
                .rules
                .iter()
                .all(|rule| rule.methods.len() + rule.patterns.len() + hosts <= 5),
            "{built:#?}"
        );
    }
}
