//! Whole plans against a router that tries every request, written from docs/aws-rules.md#p6,
//! docs/aws-rules.md#p7 and not from `plan::tree`.
//!
//! A literal beats a variable, a variable beats a greedy one; where a branch has no method the
//! gateway falls back to a greedy path above it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use crate::assemble::{Assembled, assemble};
use crate::aws::{ApiRoot, Integration, Node};
use crate::follow::{ResourceTree, Router, TemplatePart};
use crate::openapi::HttpMethod;
use crate::plan::Plan;

/// One segment of a template: a literal, `{}` or `{+}`.
type Template = Vec<&'static str>;

const VARIABLE: &str = "{}";
const REST: &str = "{+}";
/// Texts of requests: the literals of templates, and one that no template has.
const TEXTS: [&str; 4] = ["a", "b", "c", "zz"];
const METHODS: [&str; 2] = ["GET", "POST"];

/// Templates and methods with the index of an operation, or `None` for the gateway's own refusal.
type Table = Vec<(Template, &'static str, Option<usize>)>;

/// Returns the entry for a request; `None` where there is none.
fn route(table: &Table, method: &str, request: &[&str]) -> Option<Option<usize>> {
    let all: Vec<usize> = (0..table.len()).collect();
    descend(table, &all, 0, method, request)
}

/// `here` are the templates that go through the place at that depth.
fn descend(
    table: &Table,
    here: &[usize],
    depth: usize,
    method: &str,
    request: &[&str],
) -> Option<Option<usize>> {
    let through = |segment: &str| -> Vec<usize> {
        here.iter()
            .copied()
            .filter(|it| table[*it].0.get(depth) == Some(&segment))
            .collect()
    };
    let Some(text) = request.get(depth) else {
        let ending: Vec<usize> = here
            .iter()
            .copied()
            .filter(|it| table[*it].0.len() == depth)
            .collect();
        return at_method(table, &ending, method);
    };
    let (literal, variable) = (through(text), through(VARIABLE));
    let branch = if literal.is_empty() {
        variable
    } else {
        literal
    };
    let found = if branch.is_empty() {
        None
    } else {
        descend(table, &branch, depth + 1, method, request)
    };
    found.or_else(|| at_method(table, &through(REST), method))
}

fn at_method(table: &Table, ending: &[usize], method: &str) -> Option<Option<usize>> {
    let of = |wanted: &str| {
        ending
            .iter()
            .find(|it| table[**it].1 == wanted)
            .map(|it| table[*it].2)
    };
    of(method).or_else(|| of("ANY"))
}

/// Every request of up to five segments.
fn requests() -> Vec<Vec<&'static str>> {
    let mut all: Vec<Vec<&'static str>> = vec![Vec::new()];
    let mut longest = all.clone();
    for _ in 0..5 {
        longest = longest
            .iter()
            .flat_map(|it| TEXTS.map(|text| [it.as_slice(), &[text]].concat()))
            .collect();
        all.extend(longest.iter().cloned());
    }
    all
}

/// An operation of a random API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Route {
    template: Template,
    method: &'static str,
    is_hidden: bool,
}

impl Route {
    /// Returns the path as a description writes it; a variable's name has its position.
    fn path(&self) -> String {
        let segment = |(index, it): (usize, &&str)| match *it {
            VARIABLE => format!("/{{v{index}}}"),
            REST => "/{rest+}".to_owned(),
            text => format!("/{text}"),
        };
        if self.template.is_empty() {
            "/".into()
        } else {
            self.template.iter().enumerate().map(segment).collect()
        }
    }

    fn key(&self) -> String {
        if self.method == "ANY" {
            "x-amazon-apigateway-any-method".into()
        } else {
            self.method.to_lowercase()
        }
    }
}

fn routes() -> impl Strategy<Value = Vec<Route>> {
    let segment = prop::sample::select(vec!["a", "b", "c", VARIABLE, VARIABLE]);
    let template = (
        prop::collection::vec(segment, 0..4),
        prop::bool::weighted(0.25),
    );
    let method = prop::sample::select(vec!["GET", "GET", "POST", "ANY"]);
    let route = (template, method, prop::bool::weighted(0.4)).prop_map(
        |((mut template, is_greedy), method, is_hidden)| {
            if is_greedy {
                template.push(REST);
            }
            Route {
                template,
                method,
                is_hidden,
            }
        },
    );
    prop::collection::vec(route, 2..9).prop_map(|routes| {
        let mut seen = BTreeSet::new();
        routes
            .into_iter()
            .filter(|it| seen.insert((it.template.clone(), it.method)))
            .collect()
    })
}

/// The plan of a random API, and the operations in the order of their indices; `None` where it is
/// refused.
fn plan(routes: &[Route]) -> Option<Plan> {
    let mut paths: BTreeMap<String, BTreeMap<String, serde_json::Value>> = BTreeMap::new();
    for route in routes {
        paths
            .entry(route.path())
            .or_default()
            .insert(route.key(), json!({}));
    }
    let hide = |it: &&Route| it.is_hidden;
    let rules: Vec<_> = routes
        .iter()
        .filter(hide)
        .map(|it| json!({"match": {"paths": [it.path()], "methods": [it.method]}, "exposure": "hidden"}))
        .collect();
    let blueprint = json!({
        "version": 1, "name": "shop", "spec": "openapi.yaml", "topology": "nlb-targets", "routes": rules,
        "network": {"vpc": {"var": "vpc_id"}, "subnets": {"var": "private_subnet_ids"}},
        "backends": {"orders": {"port": 8080, "targets": {"ecs": true}}},
    });
    let description = json!({"openapi": "3.0.3", "info": {"title": "T"}, "paths": paths});
    let files = [
        ("gwgen.yaml".to_owned(), blueprint.to_string().into_bytes()),
        (
            "openapi.yaml".to_owned(),
            description.to_string().into_bytes(),
        ),
    ];
    let compiled = super::compiled(files.into());
    assert!(
        compiled
            .diagnostics
            .iter()
            .all(|it| it.code.code != "GW9001"),
        "the walk does not believe the plan of {routes:#?}"
    );
    let is_refused = compiled
        .diagnostics
        .iter()
        .any(crate::diagnostic::Diagnostic::is_error);
    compiled.plan.filter(|_| !is_refused)
}

/// The table that a stack deploys, read from its resources and methods.
fn deployed(assembled: &Assembled, routes: &[Route]) -> Table {
    let mut templates: BTreeMap<usize, Template> = BTreeMap::new();
    let mut table = Table::new();
    let place = |on: &ApiRoot, templates: &BTreeMap<usize, Template>| match on {
        ApiRoot::Root(_) => Template::new(),
        ApiRoot::Below(resource) => templates[&resource.index()].clone(),
    };
    for (index, entry) in assembled.stack.entries.iter().enumerate() {
        if let Node::Resource(resource) = &entry.node {
            let part = match &*resource.path_part {
                part if part.ends_with("+}") => REST,
                part if part.starts_with('{') => VARIABLE,
                part => TEXTS.into_iter().find(|it| *it == part).unwrap(),
            };
            let parent = place(&resource.parent, &templates);
            templates.insert(index, [parent.as_slice(), &[part]].concat());
        } else if let Node::Method(method) = &entry.node {
            let template = place(&method.on, &templates);
            let verb = method.http_method.as_str();
            let index = match method.integration {
                Integration::NotFound | Integration::Preflight(_) => None,
                Integration::Proxy(_) | Integration::Internet(_) | Integration::Function(_) => {
                    let is_it =
                        |it: &Route| !it.is_hidden && it.template == template && it.method == verb;
                    Some(
                        routes
                            .iter()
                            .position(is_it)
                            .expect("a proxy belongs to a public operation"),
                    )
                }
            };
            table.push((template, verb, index));
        }
    }
    table
}

/// The request that an operation is there for.
fn sample(route: &Route) -> Vec<&'static str> {
    let text = |it: &&'static str| match *it {
        VARIABLE => vec!["zz"],
        REST => vec!["zz", "zz"],
        text => vec![text],
    };
    route.template.iter().flat_map(text).collect()
}

/// Returns the operation that a reader of the description would name: of all that match, the one
/// with the most particular segments.
///
/// AWS selects another one where a literal of another path is in between; such a request has no
/// expected operation.
fn nearest(routes: &[Route], method: &str, request: &[&str]) -> Option<usize> {
    let rank = |it: &&'static str| match *it {
        VARIABLE => 1,
        REST => 2,
        _ => 0,
    };
    let matches = |it: &Route| {
        let template = &it.template;
        let length = if template.last() == Some(&REST) {
            template.len() <= request.len()
        } else {
            template.len() == request.len()
        };
        let same = template
            .iter()
            .zip(request)
            .all(|(segment, text)| rank(segment) > 0 || segment == text);
        length && same && (it.method == method || it.method == "ANY")
    };
    let found = routes.iter().enumerate().filter(|(_, it)| matches(it));
    let key = |it: &Route| {
        (
            it.template.iter().map(rank).collect::<Vec<_>>(),
            it.method == "ANY",
            it.is_hidden,
        )
    };
    found.min_by_key(|(_, it)| key(it)).map(|(index, _)| index)
}

/// Returns the operation for a request, as `trace` finds it.
fn followed(
    router: &Router<'_, '_>,
    method: &str,
    request: &[&str],
    routes: &[Route],
) -> Option<Option<usize>> {
    let method = HttpMethod::ALL
        .into_iter()
        .find(|it| it.as_str() == method)
        .unwrap();
    let found = router.route(method, request)?;
    let parts = found.path.parts.iter().map(|(part, _)| match part {
        TemplatePart::Literal(text) => text,
        TemplatePart::Variable(_) => VARIABLE,
        TemplatePart::Rest(_) => REST,
    });
    let (template, verb): (Vec<&str>, _) =
        (parts.collect(), found.method.node.http_method.as_str());
    let is_it = |it: &Route| !it.is_hidden && it.template == template && it.method == verb;
    Some(
        found
            .method
            .node
            .integration
            .is_backend()
            .then(|| routes.iter().position(is_it).unwrap()),
    )
}

fn check(routes: &[Route]) -> Option<()> {
    let plan = plan(routes)?;
    let assembled = assemble(&plan);
    let table = deployed(&assembled, routes);
    let tree = ResourceTree::of(&assembled.stack).unwrap();
    let traced = Router::of(&tree);
    // Public operations are first: of two operations on one path and method, callers reach the
    // public one.
    let mut everything: Table = routes
        .iter()
        .enumerate()
        .map(|(index, it)| (it.template.clone(), it.method, Some(index)))
        .collect();
    everything.sort_by_key(|it| it.2.is_some_and(|index| routes[index].is_hidden));
    for (index, it) in routes.iter().enumerate().filter(|(_, it)| !it.is_hidden) {
        let methods = if it.method == "ANY" {
            &["PUT"]
        } else {
            std::slice::from_ref(&it.method)
        };
        for method in methods {
            assert_eq!(
                route(&table, method, &sample(it)),
                Some(Some(index)),
                "{method} {} is lost",
                it.path()
            );
        }
    }
    for request in requests() {
        for method in METHODS.into_iter().chain(["PUT"]) {
            assert_eq!(
                followed(&traced, method, &request, routes),
                route(&table, method, &request),
                "{method} {request:?} of {routes:#?}"
            );
            let Some(Some(wanted)) = route(&everything, method, &request) else {
                continue;
            };
            if nearest(routes, method, &request) != Some(wanted) {
                continue;
            }
            let found = route(&table, method, &request).flatten();
            let told = |it: usize| format!("{} {}", routes[it].method, routes[it].path());
            let expected = if routes[wanted].is_hidden {
                None
            } else {
                Some(wanted)
            };
            assert_eq!(
                found.map(told),
                expected.map(told),
                "{method} /{} is for {}",
                request.join("/"),
                told(wanted)
            );
        }
    }
    Some(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn no_request_for_a_hidden_operation_reaches_a_backend(routes in routes()) {
        prop_assume!(check(&routes).is_some());
    }
}

fn of(method: &'static str, template: &[&'static str], is_hidden: bool) -> Route {
    Route {
        template: template.to_vec(),
        method,
        is_hidden,
    }
}

#[test]
fn the_router_follows_the_recordings() {
    let table: Table = vec![
        (vec!["a"], "GET", Some(0)),
        (vec![REST], "ANY", Some(1)),
        (vec!["b", "c"], "GET", Some(2)),
        (vec!["b", VARIABLE], "POST", Some(3)),
    ];
    assert_eq!(route(&table, "GET", &["a"]), Some(Some(0)));
    assert_eq!(
        route(&table, "POST", &["a"]),
        Some(Some(1)),
        "a branch without the method falls back"
    );
    assert_eq!(
        route(&table, "POST", &["b", "c"]),
        Some(Some(1)),
        "to the greedy path, not to the variable beside the literal"
    );
    assert_eq!(
        route(&table, "GET", &[]),
        None,
        "a greedy variable takes a segment at least"
    );
}

#[test]
fn shadowed_operations_are_refused_where_they_can_be() {
    let plans = [
        vec![
            of("GET", &["a", VARIABLE], false),
            of("GET", &["a", "b"], true),
        ],
        vec![
            of("ANY", &[REST], false),
            of("GET", &["a"], false),
            of("ANY", &["a"], true),
        ],
        vec![of("ANY", &["a"], false), of("GET", &["a"], true)],
        vec![
            of("GET", &[VARIABLE, "b"], false),
            of("GET", &["a", VARIABLE], true),
            of("GET", &["a", "c"], false),
        ],
    ];
    for routes in plans {
        assert!(check(&routes).is_some(), "{routes:#?} is refused");
    }
}
