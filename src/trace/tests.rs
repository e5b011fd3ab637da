//! Requests that take the paths that were recorded of AWS.

use crate::openapi::HttpMethod;
use crate::source::{FilesInMemory, RelativePath};
use crate::trace::{Trace, TracedRequest, trace};
use crate::{Request, compile};

const BLUEPRINT: &str = "version: 1\nname: a\nspec: openapi.yaml\ntopology: nlb-targets\nnetwork: {vpc: {var: v}, subnets: {var: s}}\n\
                         backends: {a: {port: 8080, targets: {ecs: true}}}\n";
const DESCRIPTION: &str = r#"{"openapi": "3.0.3", "info": {"title": "A"}, "paths": {
    "/{all+}": {"options": {}}, "/a": {"get": {}}, "/a/b/c": {"get": {}}, "/a/{x}/d": {"get": {}}, "/a/b/{rest+}": {"post": {}}}}"#;

fn traced(method: HttpMethod, path: &str) -> Trace {
    let files = [
        ("gwgen.yaml".to_owned(), BLUEPRINT.into()),
        ("openapi.yaml".to_owned(), DESCRIPTION.into()),
    ];
    let blueprint = RelativePath::join("", "gwgen.yaml").unwrap();
    let compiled = compile(
        &FilesInMemory(files.into()),
        &Request {
            blueprint,
            display: "gwgen.yaml".into(),
        },
    );
    assert!(compiled.tree.is_some(), "{:#?}", compiled.diagnostics);
    trace(
        &compiled.plan.unwrap(),
        &compiled.assembled.unwrap(),
        &TracedRequest::of(method, path).unwrap(),
    )
    .unwrap()
}

#[test]
fn requests_go_where_the_recordings_say() {
    use HttpMethod::{Get, Options, Post, Put};
    let cases = [
        (Get, "/a", Some("/a")),
        (Options, "/a", Some("/{all+}")),
        (Get, "/a/b/c", Some("/a/b/c")),
        (Get, "//a/b/c/?d", Some("/a/b/c")),
        (Post, "/a/b/c", Some("/a/b/{rest+}")),
        (Options, "/a/b/c", Some("/{all+}")),
        (Get, "/a/x/d", Some("/a/{x}/d")),
        // No return from the literal `b` to the variable beside it.
        (Get, "/a/b/d", None),
        (Post, "/a/b", None),
        (Post, "/a/b//x", Some("/a/b/{rest+}")),
        (Get, "/A", None),
        (Get, "/a//d", None),
        (Options, "/", None),
        (Put, "/a", None),
    ];
    for (method, path, expected) in cases {
        let trace = traced(method, path);
        let resource = trace
            .hops
            .iter()
            .find(|hop| hop.kind == "resource")
            .filter(|_| trace.served);
        assert_eq!(
            resource.map(|hop| &*hop.name),
            expected,
            "{} {path}",
            method.as_str()
        );
        assert_eq!(
            trace.answer.status,
            if expected.is_some() { None } else { Some(403) },
            "{} {path}",
            method.as_str()
        );
    }
}

#[test]
fn a_path_without_the_method_says_which_it_has() {
    assert_eq!(traced(HttpMethod::Put, "/a").methods, ["GET"]);
    assert_eq!(traced(HttpMethod::Put, "/a/b/zz").methods, ["POST"]);
    assert_eq!(
        traced(HttpMethod::Put, "/a/x/zz").methods,
        ["OPTIONS"],
        "of the greedy variable above"
    );
}

#[test]
fn values_of_variables_reach_the_uri() {
    let detail = |method, path| {
        traced(method, path)
            .hops
            .into_iter()
            .find(|hop| hop.kind == "integration")
            .unwrap()
            .detail
    };
    assert!(detail(HttpMethod::Post, "/a/b/c/%2F//e/").contains(":8080/a/b/c/%2F//e;"));
    assert!(detail(HttpMethod::Get, "/a/7/d").contains(":8080/a/7/d;"));
    assert!(detail(HttpMethod::Get, "/a/{x}/d").contains(":8080/a/{x}/d;"));
}

#[test]
fn methods_are_read_in_any_case_and_no_others() {
    assert_eq!(TracedRequest::method("dElEtE"), Ok(HttpMethod::Delete));
    for text in ["any", "TRACE", "query", "", "GETT"] {
        assert!(TracedRequest::method(text).is_err(), "{text}");
    }
}

#[test]
fn paths_become_segments() {
    let segments = |text| {
        TracedRequest::of(HttpMethod::Get, text).map(|request| {
            request
                .segments()
                .iter()
                .map(|segment| (*segment).to_owned())
                .collect::<Vec<_>>()
        })
    };
    let cases: [(&str, &[&str]); 8] = [
        ("/", &[]),
        ("///", &[]),
        ("/?a=/b", &[]),
        ("/a/b", &["a", "b"]),
        ("//a/b/#c?d", &["a", "b"]),
        ("/a//b", &["a", "", "b"]),
        ("/a//", &["a", ""]),
        ("/a%2Fb/{c}", &["a%2Fb", "{c}"]),
    ];
    for (text, expected) in cases {
        assert_eq!(segments(text).unwrap(), expected, "{text}");
    }
    for text in ["", "a/b", "https://a.example/b"] {
        assert!(segments(text).is_err(), "{text}");
    }
}
