//! Requests followed through every example and case, against what `gwgen routes` says of them.
//!
//! In: `blueprints/*`, `tests/cases/*`. Out: compared with the plan, the emitted files and
//! `snapshots/trace/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{SPELLINGS, YAML, fixtures, in_parallel, repository};
use gwgen::Compiled;
use gwgen::aws::Entry;
use gwgen::emit::places::{Places, Written};
use gwgen::emit::{FileTree, logical_id};
use gwgen::openapi::HttpMethod;
use gwgen::plan::{Segment, text_of};
use gwgen::trace::{Answerer, Asked, Hop, Trace, trace};
use serde_json::Value;

fn gwgen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gwgen"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn traced(compiled: &Compiled, method: HttpMethod, path: &str) -> Trace {
    trace(
        compiled.plan.as_ref().unwrap(),
        compiled.assembled.as_ref().unwrap(),
        &Asked::of(method, path).unwrap(),
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
        Some(group) if group.place.is_some() => assert_eq!(group.name, backend, "{at}"),
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
    let (mut refusals, mut private_ways) = (0, 0);
    for case in fixtures() {
        for format in SPELLINGS {
            let compiled = case.compiled(format);
            if compiled.tree.is_none() {
                continue;
            }
            let plan = compiled.plan.as_ref().unwrap();
            let methods = |path: &[Segment]| -> BTreeSet<&str> {
                plan.operations
                    .iter()
                    .filter(|operation| operation.gateway_path.as_deref() == Some(path))
                    .map(|operation| operation.method.as_str())
                    .collect()
            };
            for refusal in &plan.refusals {
                let trace = traced(
                    compiled,
                    concrete(refusal.method.as_str(), &methods(&refusal.path)),
                    &filled(&text_of(&refusal.path)),
                );
                let at = format!("{}/{format} {trace:#?}", case.name);
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
                refusals += 1;
            }
            for operation in plan
                .operations
                .iter()
                .filter(|operation| !operation.is_public())
            {
                let Some(path) = &operation.asked_path else {
                    continue;
                };
                // Of two descriptions that have it, one can be served.
                if methods(path).contains(operation.method.as_str()) {
                    continue;
                }
                let trace = traced(
                    compiled,
                    concrete(operation.method.as_str(), &methods(path)),
                    &filled(&text_of(path)),
                );
                let at = format!("{}/{format} {trace:#?}", case.name);
                let is_right = if plan.has_gateway {
                    matches!(trace.answer.status, Some(403 | 404))
                } else {
                    trace.answer.status.is_none()
                };
                assert!(!trace.served && is_right, "{at}");
                assert!(
                    trace.answer.why.contains(" is hidden")
                        || trace.answer.why.contains(" is internal"),
                    "{at}"
                );
                let has_alb = plan
                    .network
                    .as_ref()
                    .is_some_and(|network| network.alb.is_some());
                let is_balanced = operation
                    .backend
                    .is_some_and(|index| plan.backends[index].balanced().is_some());
                if trace.answer.why.contains(" is internal") && has_alb && is_balanced {
                    let private = trace.private.as_ref().unwrap_or_else(|| panic!("{at}"));
                    assert!(
                        private.served && private.hops.iter().any(|hop| hop.kind == "rule"),
                        "{at}"
                    );
                    private_ways += 1;
                } else {
                    assert!(trace.private.is_none(), "{at}");
                }
            }
        }
    }
    assert!(
        refusals > 5 && private_ways > 5,
        "{refusals} {private_ways}"
    );
}

fn line<'a>(tree: &'a FileTree, place: &Written) -> &'a str {
    text(&tree.files[&place.file])
        .lines()
        .nth(place.line - 1)
        .unwrap()
}

/// Addresses of the resource blocks of an output.
fn addresses(tree: &FileTree) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, bytes) in &tree.files {
        if name.ends_with(".tf.json") {
            let file: Value = serde_json::from_slice(bytes).unwrap();
            for (kind, blocks) in file["resource"].as_object().into_iter().flatten() {
                let labels = blocks.as_object().unwrap().keys();
                found.extend(labels.map(|label| format!("{kind}.{label}")));
            }
        } else if name.ends_with(".tf") {
            let heads = text(bytes)
                .lines()
                .filter_map(|line| line.strip_prefix("resource \"")?.strip_suffix("\" {"));
            found.extend(heads.map(|head| head.replacen("\" \"", ".", 1)));
        }
    }
    found
}

/// The line that a block starts with.
fn head(address: &str, format: &str) -> String {
    let (kind, label) = address.split_once('.').unwrap();
    if format == "terraform" {
        format!("resource \"{kind}\" \"{label}\" {{")
    } else {
        format!("      \"{label}\": {{")
    }
}

#[test]
fn the_place_of_every_node_is_its_own_block() {
    let mut blocks = 0;
    for case in fixtures() {
        for format in SPELLINGS {
            let compiled = case.compiled(format);
            let Some(tree) = &compiled.tree else { continue };
            let stack = &compiled.assembled.as_ref().unwrap().stack;
            let places = Places::of(&compiled.plan.as_ref().unwrap().output, stack);
            let mut seen = BTreeSet::new();
            let mut rest = addresses(tree);
            for (index, entry) in stack.entries.iter().enumerate() {
                let at = format!("{}/{format} {}", case.name, entry.address.label);
                let place = places
                    .node(index)
                    .unwrap_or_else(|| panic!("{at} is nowhere"));
                if entry.is_in_body {
                    let end = if place.file.ends_with(".yaml") {
                        ':'
                    } else {
                        '{'
                    };
                    assert!(
                        line(tree, &place).ends_with(end),
                        "{at}: {}",
                        line(tree, &place)
                    );
                    continue;
                }
                let first = if format.starts_with("cloudformation") {
                    let id = logical_id(&entry.address);
                    if place.file.ends_with(".yaml") {
                        format!("  {id}:")
                    } else {
                        format!("    \"{id}\": {{")
                    }
                } else {
                    let address =
                        format!("{}.{}", entry.address.names.terraform, entry.address.label);
                    assert!(rest.remove(&address), "{at}");
                    blocks += 1;
                    head(&address, format)
                };
                assert_eq!(line(tree, &place), first, "{at}");
                assert!(seen.insert((place.file, place.line)), "{at}");
            }
            // What a node writes beside its own block.
            for address in rest {
                let at = format!("{}/{format} {address}", case.name);
                let by_itself = |(_, entry): &(usize, &Entry)| !entry.is_in_body;
                let found: Vec<Written> = stack
                    .entries
                    .iter()
                    .enumerate()
                    .filter(by_itself)
                    .filter_map(|(index, _)| places.block(index, &address))
                    .collect();
                assert!(format != "terraform" || found.len() == 1, "{at}");
                let place = found
                    .first()
                    .unwrap_or_else(|| panic!("{at} is of no node"));
                assert_eq!(line(tree, place), head(&address, format), "{at}");
                assert!(seen.insert((place.file.clone(), place.line)), "{at}");
                blocks += 1;
            }
        }
    }
    assert!(blocks > 1_000, "{blocks}");
}

#[test]
fn a_node_stands_below_the_same_keys_in_both_syntaxes_of_a_template() {
    /// The key of a line, and how many keys stand above it.
    fn key(line: &str) -> (&str, usize) {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let key = line
            .trim()
            .trim_end_matches('{')
            .trim_end()
            .trim_end_matches(':')
            .trim_matches('"');
        // All of a JSON document stands in its braces.
        (key, depth - usize::from(line.ends_with('{')))
    }
    let mut compared = 0;
    for case in fixtures() {
        let both = ["cloudformation", YAML].map(|format| case.compiled(format));
        let [Some(json), Some(yaml)] = both.each_ref().map(|compiled| compiled.tree.as_ref())
        else {
            continue;
        };
        let places = both.each_ref().map(|compiled| {
            Places::of(
                &compiled.plan.as_ref().unwrap().output,
                &compiled.assembled.as_ref().unwrap().stack,
            )
        });
        for index in 0..both[0].assembled.as_ref().unwrap().stack.entries.len() {
            let [left, right] = places.each_ref().map(|places| places.node(index).unwrap());
            assert_eq!(
                key(line(json, &left)),
                key(line(yaml, &right)),
                "{}: {left:?} {right:?}",
                case.name
            );
            compared += 1;
        }
    }
    assert!(compared > 1_000, "{compared}");
}

#[test]
fn hops_of_a_request_name_lines_of_files_that_are_there() {
    for case in fixtures() {
        for format in SPELLINGS {
            let compiled = case.compiled(format);
            let Some(tree) = &compiled.tree else { continue };
            for operation in compiled
                .plan
                .as_ref()
                .unwrap()
                .operations
                .iter()
                .filter(|operation| operation.is_public() && operation.method != HttpMethod::Any)
            {
                let trace = traced(
                    compiled,
                    operation.method,
                    &text_of(operation.gateway_path.as_ref().unwrap()),
                );
                assert!(
                    trace.served,
                    "a template stands for its requests: {} {trace:#?}",
                    case.name
                );
                for hop in &trace.hops {
                    let Some(place) = &hop.place else { continue };
                    let line = line(tree, place);
                    let is_block = ["resource \"", "    \"", "      \""]
                        .iter()
                        .any(|start| line.starts_with(start))
                        || line.ends_with('{');
                    let is_start = if place.file.ends_with(".yaml") {
                        line.ends_with(':')
                    } else {
                        is_block
                    };
                    assert!(is_start, "{}/{format} {hop:?}: {line}", case.name);
                }
            }
        }
    }
}

/// Compares what the command prints about one of the examples.
fn printed(name: &str, arguments: &[&str], code: i32) {
    let output = gwgen(repository(), &[&["trace", "--quiet"], arguments].concat());
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(repository().join("snapshots/trace"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text(&output.stdout)));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a flat table of cases")]
fn the_text_and_the_json_stay_as_they_are() {
    let (minimal, shop) = (
        ["--blueprint", "blueprints/minimal/gwgen.yaml"],
        ["--blueprint", "blueprints/shop/gwgen.yaml"],
    );
    printed(
        "minimal.txt",
        &[&["get", "/orders/42?expand=lines"][..], &minimal].concat(),
        0,
    );
    printed(
        "minimal.json",
        &[
            &["get", "/orders/42?expand=lines", "--format", "json"][..],
            &minimal,
        ]
        .concat(),
        0,
    );
    printed("shop.txt", &[&["POST", "/orders"][..], &shop].concat(), 0);
    printed(
        "shop.json",
        &[&["POST", "/orders", "--format", "json"][..], &shop].concat(),
        0,
    );
    printed(
        "shop_refused.txt",
        &[&["GET", "/orders/export"][..], &shop].concat(),
        1,
    );
    printed(
        "shop_refused.json",
        &[&["GET", "/orders/export", "--format", "json"][..], &shop].concat(),
        1,
    );
    printed(
        "minimal_unknown_path.txt",
        &[&["GET", "/order/42"][..], &minimal].concat(),
        1,
    );
    printed(
        "minimal_unknown_method.txt",
        &[&["put", "/orders/42"][..], &minimal].concat(),
        1,
    );
    printed(
        "minimal_unknown_path.json",
        &[&["GET", "/order/42", "--format", "json"][..], &minimal].concat(),
        1,
    );
    printed(
        "minimal_stage_in_path.txt",
        &[&["GET", "/v1/orders"][..], &minimal].concat(),
        1,
    );
    let complete = ["--blueprint", "blueprints/complete/gwgen.yaml"];
    printed(
        "complete_unknown_path.txt",
        &[&["GET", "/Orders"][..], &complete].concat(),
        1,
    );
    printed(
        "complete_unknown_method.txt",
        &[&["PATCH", "/robots"][..], &complete].concat(),
        1,
    );
    printed(
        "complete_preflight.txt",
        &[&["OPTIONS", "/orders"][..], &complete].concat(),
        0,
    );
    printed(
        "alb.txt",
        &[
            "GET",
            "/users/7/orders",
            "--blueprint",
            "blueprints/alb/gwgen.yaml",
        ],
        0,
    );
    printed(
        "sync.txt",
        &[
            "GET",
            "/fares/a",
            "--blueprint",
            "blueprints/sync/gwgen.yaml",
        ],
        0,
    );
    printed(
        "forwarder.txt",
        &[
            "GET",
            "/orders/7/invoice",
            "--blueprint",
            "blueprints/forwarder/gwgen.yaml",
        ],
        0,
    );
    printed(
        "function.txt",
        &[
            "GET",
            "/tickets/a%20b",
            "--blueprint",
            "blueprints/function/gwgen.yaml",
        ],
        0,
    );
    printed(
        "existing.txt",
        &[
            "POST",
            "/machines/7/jobs",
            "--blueprint",
            "blueprints/existing/gwgen.yaml",
        ],
        0,
    );
    printed(
        "domain.txt",
        &[
            "GET",
            "/receipts",
            "--blueprint",
            "blueprints/domain/gwgen.yaml",
        ],
        0,
    );
    printed(
        "internet.txt",
        &[
            "DELETE",
            "/preview/books/{id}",
            "--blueprint",
            "blueprints/internet/gwgen.yaml",
        ],
        0,
    );
}

#[test]
fn exit_codes_and_what_the_command_takes() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["gwgen.yaml", "openapi.yaml"] {
        fs::copy(
            repository().join("blueprints/minimal").join(name),
            folder.path().join(name),
        )
        .unwrap();
    }
    let code = |arguments: &[&str]| gwgen(folder.path(), arguments).status.code().unwrap();
    assert_eq!(
        code(&["trace", "GET", "/orders"]),
        0,
        "the blueprint of the folder is the default"
    );
    assert_eq!(code(&["trace", "GET", "/nowhere"]), 1);
    for wrong in [
        &["trace", "GET"][..],
        &["trace", "TRACE", "/orders"],
        &["trace", "ANY", "/orders"],
        &["trace", "GET", "orders"],
    ] {
        let output = gwgen(folder.path(), wrong);
        assert_eq!(
            (output.status.code(), text(&output.stdout)),
            (Some(2), ""),
            "{wrong:?}"
        );
    }
    fs::copy(
        folder.path().join("gwgen.yaml"),
        folder.path().join("gwgen.prod.yaml"),
    )
    .unwrap();
    let both = gwgen(folder.path(), &["trace", "GET", "/orders"]);
    assert!(
        text(&both.stdout).starts_with("gwgen.yaml\nGET /orders\n"),
        "{}",
        text(&both.stdout)
    );
    assert!(
        text(&both.stdout).contains("\n\ngwgen.prod.yaml\nGET /orders\n"),
        "{}",
        text(&both.stdout)
    );
    let prod = gwgen(
        folder.path(),
        &[
            "trace", "GET", "/orders", "--env", "prod", "--format", "json",
        ],
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&prod.stdout).unwrap()["blueprint"],
        "gwgen.prod.yaml"
    );
    fs::write(folder.path().join("gwgen.prod.yaml"), "version: 1\n").unwrap();
    let broken = gwgen(folder.path(), &["trace", "GET", "/orders", "--env", "prod"]);
    assert_eq!(
        (broken.status.code(), text(&broken.stdout)),
        (Some(1), ""),
        "what has errors has no way to follow"
    );
    assert_eq!(
        code(&["trace", "GET", "/orders", "--blueprint", "nowhere.yaml"]),
        3
    );
}
