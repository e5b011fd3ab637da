//! Pictures of small and large descriptions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use super::{Change, Graph, GraphChanges, dot, fit, mermaid, svg};
use crate::plan::{IntegrationPlan, InternetPlan, Plan, Value};
use crate::source::{FilesInMemory, RelativePath};
use crate::{Request, compile};

/// Texts that mean something in XML, Mermaid, DOT or Markdown.
const HOSTILE: &str = r#"<b>&"'`#;--end```\N]]>$(x)é漢"#;

/// An API of so many routes.
#[derive(Clone, Copy)]
struct Drawn<'a> {
    routes: usize,
    segments: usize,
    backends: usize,
    /// End of each path.
    text: &'a str,
    /// The one route that is left out.
    without: Option<usize>,
}

impl Drawn<'_> {
    const NONE: Self = Self {
        routes: 3,
        segments: 2,
        backends: 2,
        text: "",
        without: None,
    };

    fn description(self) -> String {
        let mut text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n".to_owned();
        for route in (0..self.routes).filter(|route| self.without != Some(*route)) {
            let path = format!("/s{}/r{route}{}", route % self.segments, self.text);
            let path = serde_json::to_string(&path).expect("a text is JSON");
            let tag = route % self.backends;
            writeln!(
                text,
                "  {path}: {{get: {{tags: [b{tag}], responses: {{'200': {{description: ok}}}}}}}}"
            )
            .expect("writing to a String cannot fail");
        }
        text
    }

    fn blueprint(self) -> String {
        let (mut backends, mut routes) = (String::new(), String::new());
        routes.push_str("  - {match: {tags: [b0]}, throttle: {rate: 10, burst: 20}}\n");
        for backend in 0..self.backends {
            let port = 8000 + backend;
            writeln!(
                backends,
                "  b{backend}: {{port: {port}, targets: {{ips: [10.0.0.1]}}}}"
            )
            .expect("writing to a String cannot fail");
            writeln!(
                routes,
                "  - {{match: {{tags: [b{backend}]}}, backend: b{backend}}}"
            )
            .expect("writing to a String cannot fail");
        }
        format!(
            "version: 1\nname: drawn\nspec: openapi.yaml\ntopology: nlb-targets\n\
             network: {{vpc: vpc-0a1b2c3d, subnets: [subnet-0a1b2c3d]}}\n\
             limits: {{resources: 40000, nlb_listeners: 2000, target_groups: 2000}}\n\
             backends:\n{backends}routes:\n{routes}"
        )
    }

    fn plan(self) -> Plan {
        let files = [
            ("gwgen.yaml".to_owned(), self.blueprint().into_bytes()),
            ("openapi.yaml".to_owned(), self.description().into_bytes()),
        ];
        let request = Request {
            blueprint: RelativePath::join("", "gwgen.yaml").expect("a plain name"),
            display: Arc::from("gwgen.yaml"),
        };
        let compiled = compile(&FilesInMemory(BTreeMap::from(files)), &request);
        compiled
            .plan
            .expect("it is decided, with errors or without")
    }

    fn graph(self) -> Graph {
        Graph::of(&self.plan(), &GraphChanges::default(), None)
    }
}

/// Lines that one text has and the other has not, both ways.
fn differing(before: &str, after: &str) -> usize {
    let counts = |text: &str| {
        text.lines()
            .fold(BTreeMap::<String, isize>::new(), |mut counts, line| {
                *counts.entry(line.to_owned()).or_default() += 1;
                counts
            })
    };
    let (before, after) = (counts(before), counts(after));
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let of = |counts: &BTreeMap<String, isize>, line| counts.get(line).copied().unwrap_or(0);
    let differences = all
        .into_iter()
        .map(|line| of(&before, line).abs_diff(of(&after, line)));
    differences.sum()
}

/// The 13th route and the 61st change how routes are grouped.
#[test]
fn one_more_route_changes_at_most_twelve_lines() {
    for routes in [1, 2, 4, 12, 14, 20, 60, 62, 999] {
        let all = Drawn {
            routes,
            segments: 7,
            ..Drawn::NONE
        };
        let whole = svg(&all.graph());
        for without in (0..routes).step_by(1 + routes / 20) {
            let without = Some(without);
            let changed = differing(&svg(&Drawn { without, ..all }.graph()), &whole);
            let of = format!("{changed} lines for one route of {routes}, {without:?}");
            assert!((1..=12).contains(&changed) || routes == 1, "{of}");
        }
    }
}

#[test]
fn same_input_same_bytes() {
    let [one, other] = [Drawn::NONE, Drawn::NONE].map(Drawn::graph);
    assert_eq!(svg(&one), svg(&other));
    assert_eq!(mermaid(&one), mermaid(&other));
    assert_eq!(dot(&one), dot(&other));
}

#[test]
fn ten_thousand_routes_fit() {
    let drawn = Drawn {
        routes: 10_000,
        segments: 500,
        backends: 300,
        text: HOSTILE,
        without: None,
    };
    let graph = drawn.graph();
    let picture = svg(&graph);
    assert!(picture.len() < 300_000, "{} bytes", picture.len());
    let text = mermaid(&graph);
    assert!(
        text.chars().count() < 50_000,
        "{} characters",
        text.chars().count()
    );
    let edges = text.matches(" --> ").count();
    assert!(edges < 500, "{edges} edges");
    assert!(dot(&graph).contains(" -> "));
    // Readers of XML that are built on libxml2 go no deeper than 256.
    let deepest = picture
        .lines()
        .map(|line| line.matches("</g>").count())
        .max();
    assert!(deepest < Some(250), "{deepest:?} groups in one another");
}

#[test]
fn mermaid_is_within_its_limits_at_any_size() {
    let long = format!("/{}", "long".repeat(200));
    for (routes, backends) in [(12, 12), (60, 60), (61, 61), (500, 250)] {
        for text in [HOSTILE, &long] {
            let drawn = Drawn {
                routes,
                segments: routes,
                backends,
                text,
                without: None,
            };
            let text = mermaid(&drawn.graph());
            assert!(text.chars().count() < 50_000, "{routes} routes");
            assert!(text.matches(" --> ").count() < 500, "{routes} routes");
        }
    }
}

#[test]
fn texts_of_a_description_are_no_syntax() {
    let graph = Drawn {
        text: HOSTILE,
        ..Drawn::NONE
    }
    .graph();
    let picture = svg(&graph);
    assert!(!picture.contains("<b>"), "{picture}");
    let mermaid = mermaid(&graph);
    assert!(
        !mermaid.contains("```") && !mermaid.contains("<b>"),
        "{mermaid}"
    );
    for line in dot(&graph).lines() {
        let quotes = line
            .replace("\\\\", "")
            .replace("\\\"", "")
            .matches('"')
            .count();
        assert!(quotes.is_multiple_of(2), "{line}");
    }
}

/// A name that no line declares would be a box of its own.
#[test]
fn arrows_lead_to_boxes() {
    let mut drawn = Drawn {
        routes: 30,
        segments: 1,
        backends: 5,
        ..Drawn::NONE
    };
    for backends in [5, 50] {
        drawn.backends = backends;
        let mut plan = drawn.plan();
        let url = Value::Literal("https://a.example".into());
        for backend in &mut plan.backends {
            let url = url.clone();
            let skips_verification = false;
            backend.integration = IntegrationPlan::Internet(InternetPlan {
                url,
                skips_verification,
            });
        }
        let text = dot(&Graph::of(&plan, &GraphChanges::default(), None));
        let ends = text.lines().filter_map(|line| line.split_once(" -> "));
        let mut count = 0;
        for (from, to) in ends {
            let to = to.split(" [lhead").next().unwrap_or(to);
            for end in [from.trim(), to] {
                assert!(
                    text.contains(&format!("    {end} [label=")),
                    "{end}: {text}"
                );
                count += 1;
            }
        }
        assert!(count > 4, "{text}");
    }
}

#[test]
fn no_two_boxes_have_one_id() {
    for routes in [3, 12, 13, 60, 61, 500] {
        let graph = Drawn {
            routes,
            segments: 9,
            backends: 50,
            ..Drawn::NONE
        }
        .graph();
        let boxes = graph.routes.iter().chain(&graph.targets);
        let ids: BTreeSet<&String> = boxes.clone().map(|one| &one.id).collect();
        assert_eq!(ids.len(), boxes.count(), "{routes} routes");
    }
}

#[test]
fn a_change_is_drawn_with_sign_and_word() {
    let (before, after) = (
        Drawn::NONE,
        Drawn {
            routes: 2,
            ..Drawn::NONE
        },
    );
    let route = |path: &str, change| ((Arc::from(path), "GET"), change);
    let routes = BTreeMap::from([
        route("/s0/r0", Change::Loosened),
        route("/s1/r1", Change::Added),
        route("/s0/r2", Change::Removed),
    ]);
    let loosened = ["API", "backend b0"].map(str::to_owned);
    let changes = GraphChanges {
        routes,
        loosened: BTreeSet::from(loosened),
    };
    let graph = Graph::of(&after.plan(), &changes, Some(&before.plan()));
    let picture = svg(&graph);
    let parts = ["! loosened: API<", "target__b0"];
    assert!(parts.iter().all(|text| picture.contains(text)), "{picture}");
    for text in [">! loosened<", ">+ added<", ">− removed<", "GET /s0/r2"] {
        assert!(picture.contains(text), "{text}: {picture}");
    }
    assert!(mermaid(&graph).contains("loosened"));
}

#[test]
fn a_text_fits_its_columns() {
    assert_eq!(fit("orders", 6), "orders");
    assert_eq!(fit("orders", 5), "orde…");
    assert_eq!(fit("漢字漢字", 5), "漢字…");
}
