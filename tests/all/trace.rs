//! Requests followed through every example and case, against what `gwgen routes` says of them.

mod places;
mod printed;

use std::collections::BTreeSet;
use std::path::Path;

use gwgen::Compiled;
use gwgen::openapi::HttpMethod;
use gwgen::plan::{OperationPlan, Plan, Segment, text_of};
use gwgen::trace::{Answerer, Hop, Trace, TracedRequest, trace};
use serde_json::Value;

use crate::support::{SPELLINGS, fixtures, in_parallel};

fn traced(compiled: &Compiled, method: HttpMethod, path: &str) -> Trace {
    trace(
        compiled.plan.as_ref().unwrap(),
        compiled.assembled.as_ref().unwrap(),
        &TracedRequest::of(method, path).unwrap(),
    )
    .unwrap()
}

fn method(name: &str) -> HttpMethod {
    HttpMethod::ALL
        .into_iter()
        .find(|method| method.as_str() == name)
        .unwrap()
}

/// A request's method for a method of the API: one that has no entry of its own where it is ANY.
fn concrete(name: &str, taken: &BTreeSet<&str>) -> HttpMethod {
    if name != "ANY" {
        return method(name);
    }
    method(
        ["PATCH", "HEAD", "PUT", "DELETE", "POST", "GET", "OPTIONS"]
            .into_iter()
            .find(|value| !taken.contains(value))
            .unwrap(),
    )
}

/// A path with text for its variables that no literal of a case has.
fn filled(path: &str) -> String {
    let segment = |segment: &str| match segment
        .strip_prefix('{')
        .and_then(|segment| segment.strip_suffix('}'))
    {
        Some(name) => name
            .strip_suffix('+')
            .map_or_else(|| format!("zz-{name}"), |name| format!("zz-{name}/deep/er")),
        None => segment.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn hop<'a>(trace: &'a Trace, kind: &str) -> Option<&'a Hop> {
    trace.hops.iter().find(|hop| hop.kind == kind)
}

/// A value as `routes` marks it, as `trace` does: `(var: x)` is `${var.x}`.
fn unmarked(url: &str) -> String {
    let mut out = url
        .replace("(nlb)", "${aws_lb.nlb.dns_name}")
        .replace("(alb)", "${aws_lb.alb.dns_name}");
    for (mark, start) in [("(var: ", "${var."), ("(ssm: ", "${ssm:"), ("(", "${")] {
        while let Some(at) = out.find(mark) {
            let end = at + out[at..].find(')').unwrap();
            out = format!(
                "{}{start}{}}}{}",
                &out[..at],
                &out[at + mark.len()..end],
                &out[end + 1..]
            );
        }
    }
    out
}

/// The rows of `gwgen routes` for a folder with a blueprint.
fn rows(folder: &Path) -> Vec<Value> {
    crate::routes::rows(folder, &["--blueprint", "gwgen.yaml"])
}

#[test]
fn every_public_operation_arrives_where_routes_says() {
    let counts = in_parallel(fixtures(), |case| {
        let (folder, compiled) = (&case.folder, case.compiled("terraform"));
        let rows = rows(folder);
        let public: Vec<&Value> = rows.iter().filter(|row| row["url"].is_string()).collect();
        for row in &public {
            let (name, url) = (
                row["method"].as_str().unwrap(),
                row["url"].as_str().unwrap(),
            );
            let taken = public
                .iter()
                .filter(|other| other["url"] == row["url"])
                .filter_map(|row| row["method"].as_str())
                .collect();
            let trace = traced(compiled, concrete(name, &taken), &filled(url));
            let at = format!("{} {name} {url}: {trace:#?}", folder.display());
            assert!(trace.served, "{at}");
            assert_eq!(
                (
                    &*hop(&trace, "resource").unwrap().name,
                    &*hop(&trace, "method").unwrap().name
                ),
                (url, name),
                "{at}"
            );
            arrives(&trace, row, &at);
        }
        public.len()
    });
    assert!(counts.iter().sum::<usize>() > 130, "{counts:?}");
}

/// Compares the end of a trace with the backend of a row.
fn arrives(trace: &Trace, row: &Value, at: &str) {
    let (backend, url) = (
        row["backend"].as_str().unwrap(),
        row["backend_url"].as_str().unwrap(),
    );
    if let Some(function) = url.strip_prefix("lambda:") {
        assert_eq!(
            hop(trace, "function").unwrap().name,
            unmarked(function),
            "{at}"
        );
        return;
    }
    let integration = hop(trace, "integration").unwrap();
    if integration.name == "AWS_PROXY" {
        let (target, function) = (
            hop(trace, "target").unwrap(),
            hop(trace, "function").unwrap(),
        );
        let (scheme, rest) = url.split_once("://").unwrap();
        let (start, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (hosts, port) = start.rsplit_once(':').unwrap();
        let path = filled(path);
        let path = path.strip_suffix('/').unwrap_or(&path);
        assert_eq!(
            (&*function.name, &*target.name),
            (backend, &*unmarked(hosts)),
            "{at}"
        );
        assert_eq!(
            target.detail,
            format!("{scheme}, port {port}; called in turn, with the path {path}"),
            "{at}"
        );
        return;
    }
    assert_eq!(
        integration.detail.split("; ").next().unwrap(),
        filled(&unmarked(url)),
        "{at}"
    );
    // Behind an application load balancer there is a second one.
    match trace.hops.iter().rfind(|hop| hop.kind == "target_group") {
        _ if trace
            .hops
            .iter()
            .any(|hop| hop.kind == "rule" && hop.name == "unknown") => {}
        Some(group) if group.place.is_some() => {
            assert_eq!(group.name.split("__").next(), Some(backend), "{at}")
        }
        Some(_) => assert!(
            trace
                .hops
                .iter()
                .any(|hop| matches!(hop.kind, "listener" | "rule") && hop.place.is_some()),
            "{at}"
        ),
        None => assert!(
            url.starts_with(&hop(trace, "internet").unwrap().name) || url.starts_with('('),
            "{at}"
        ),
    }
}

#[test]
fn every_refusal_ends_in_404_and_nothing_hidden_is_served() {
    let (mut refusals, mut private_paths) = (0, 0);
    for case in fixtures() {
        for format in SPELLINGS {
            let compiled = case.compiled(format);
            if compiled.tree.is_none() {
                continue;
            }
            let name = format!("{}/{format}", case.name);
            refusals += check_refusals(compiled, &name);
            private_paths += check_not_public(compiled, &name);
        }
    }
    assert!(
        refusals > 5 && private_paths > 5,
        "{refusals} {private_paths}"
    );
}

/// Methods that the gateway has on a path.
fn methods<'p>(plan: &'p Plan, path: &[Segment]) -> BTreeSet<&'p str> {
    let operations = plan.operations.iter();
    operations
        .filter(|operation| operation.gateway_path.as_deref() == Some(path))
        .map(|operation| operation.method.as_str())
        .collect()
}

/// Follows a request to every refusal; returns their number.
fn check_refusals(compiled: &Compiled, name: &str) -> usize {
    let plan = compiled.plan.as_ref().unwrap();
    for refusal in &plan.refusals {
        let taken = methods(plan, &refusal.path);
        let method = concrete(refusal.method.as_str(), &taken);
        let trace = traced(compiled, method, &filled(&text_of(&refusal.path)));
        let at = format!("{name} {trace:#?}");
        assert_eq!(
            (trace.served, trace.answer.by, trace.answer.status),
            (false, Answerer::Gateway, Some(404)),
            "{at}"
        );
        assert_eq!(
            trace.answer.body.as_deref(),
            Some("{\"message\":\"Not Found\"}"),
            "{at}"
        );
        assert_eq!(
            hop(&trace, "integration").map(|hop| &*hop.name),
            Some("MOCK"),
            "{at}"
        );
        assert!(trace.answer.why.contains(" would take the request"), "{at}");
    }
    plan.refusals.len()
}

/// Follows a request to every operation that is not public; returns the number of those that are
/// reached without the gateway.
fn check_not_public(compiled: &Compiled, name: &str) -> usize {
    let plan = compiled.plan.as_ref().unwrap();
    let mut private_paths = 0;
    for operation in &plan.operations {
        let Some(path) = operation
            .requested_path
            .as_ref()
            .filter(|_| !operation.is_public())
        else {
            continue;
        };
        let taken = methods(plan, path);
        // Of two descriptions that have it, one can be served.
        if taken.contains(operation.method.as_str()) {
            continue;
        }
        let method = concrete(operation.method.as_str(), &taken);
        let trace = traced(compiled, method, &filled(&text_of(path)));
        let at = format!("{name} {trace:#?}");
        let is_right = if plan.has_gateway {
            matches!(trace.answer.status, Some(403 | 404))
        } else {
            trace.answer.status.is_none()
        };
        assert!(!trace.served && is_right, "{at}");
        let is_internal = trace.answer.why.contains(" is internal");
        assert!(
            is_internal || trace.answer.why.contains(" is hidden"),
            "{at}"
        );
        if is_internal && has_private_path(plan, operation) {
            let private = trace.private.as_ref().unwrap_or_else(|| panic!("{at}"));
            assert!(
                private.served && private.hops.iter().any(|hop| hop.kind == "rule"),
                "{at}"
            );
            private_paths += 1;
        } else {
            assert!(trace.private.is_none(), "{at}");
        }
    }
    private_paths
}

fn has_private_path(plan: &Plan, operation: &OperationPlan) -> bool {
    let network = plan.network.as_ref();
    let backend = operation.backend.map(|index| &plan.backends[index]);
    network.is_some_and(|network| network.alb.is_some())
        && backend.is_some_and(|backend| backend.balanced().is_some())
}
