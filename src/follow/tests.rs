//! Paths of templates that the rules of a load balancer split.

use super::{Follower, Step, Steps};
use crate::assemble::{Assembled, assemble};
use crate::aws::{FixedResponse, ListenerRule, RuleAction};
use crate::openapi::HttpMethod;
use crate::plan::Segment;
use crate::source::{FilesInMemory, RelativePath};
use crate::stack::{File, Label};
use crate::{Request, compile};

const BLUEPRINT: &str = "version: 1\nname: a\nspec: openapi.yaml\ntopology: nlb-alb\nnetwork: {vpc: {var: v}, subnets: {var: s}}\n\
                         backends: {a: {port: 8080, targets: {ecs: true}}}\n";
const DESCRIPTION: &str = r#"{"openapi": "3.0.3", "info": {"title": "A"}, "paths": {
    "/a/{x}": {"get": {}}, "/a/own": {"post": {}}, "/b/{rest+}": {"get": {}}, "/b/own": {"get": {}}}}"#;

/// A stack with one more rule, before all others.
fn with_rule(pattern: &str, method: Option<&'static str>) -> Assembled {
    let files = [
        ("gwgen.yaml".to_owned(), BLUEPRINT.into()),
        ("openapi.yaml".to_owned(), DESCRIPTION.into()),
    ];
    let blueprint = RelativePath::join("", "gwgen.yaml").unwrap();
    let display = "gwgen.yaml".into();
    let compiled = compile(
        &FilesInMemory(files.into()),
        &Request { blueprint, display },
    );
    assert!(compiled.tree.is_some(), "{:#?}", compiled.diagnostics);
    let mut assembled = assemble(&compiled.plan.unwrap());
    let first = assembled.stack.all::<ListenerRule>().next().unwrap();
    let rule = ListenerRule {
        listener: first.listener.clone(),
        priority: 0,
        paths: vec![pattern.into()],
        methods: method.into_iter().collect(),
        hosts: Vec::new(),
        action: RuleAction::Answer(FixedResponse::NOT_FOUND),
        attachments: Vec::new(),
        is_switched: false,
        start: None,
    };
    assembled.stack.add(File::Network, Label::new("more"), rule);
    assembled
}

/// Returns whether each path of a template is answered by the rule, in order.
fn answered(assembled: &Assembled, template: &[Segment]) -> Vec<bool> {
    let follower = Follower::of(assembled).unwrap();
    let followed = follower.follow(HttpMethod::Get, template).unwrap();
    let is_answered = |steps: &Steps<'_>| matches!(steps.last(), Some(Step::Rule(_)));
    followed.paths.iter().map(is_answered).collect()
}

/// Pattern and method of the rule, a template, and whether each path is answered by the rule.
type Case<'a> = (&'a str, Option<&'static str>, &'a [Segment], &'a [bool]);

#[test]
fn a_template_has_a_path_for_each_rule_that_takes_some_of_its_requests() {
    let a = [Segment::Literal("a".into()), Segment::Variable("x".into())];
    let b = [Segment::Literal("b".into()), Segment::Rest("rest".into())];
    let cases: [Case<'_>; 14] = [
        ("/a/special", None, &a, &[true, false]),
        ("/a/special", Some("GET"), &a, &[true, false]),
        ("/a/special", Some("POST"), &a, &[false]),
        ("/a/s*", None, &a, &[true, false]),
        ("/*/special", None, &a, &[true, false]),
        // The gateway sends these requests to the literal, whatever methods it has.
        ("/a/own", None, &a, &[false]),
        ("/a/own/more", None, &a, &[false]),
        ("/a/*", None, &a, &[true]),
        ("/*", None, &a, &[true]),
        ("/b/special/*/x", None, &b, &[true, false]),
        ("/b/*/x", None, &b, &[true, false]),
        ("/b/own", None, &b, &[false]),
        ("/b/own/more", None, &b, &[true, false]),
        ("/b/?", None, &b, &[true, false]),
    ];
    for (pattern, method, template, expected) in cases {
        let assembled = with_rule(pattern, method);
        assert_eq!(
            answered(&assembled, template),
            expected,
            "{pattern} {method:?}"
        );
    }
}
