//! The gateway requires no parameter whose absence the description allows.
//!
//! In: operations from a generator: every location, style, `explode`, kind of value and version,
//! required or not, empty or not. Out:
//! plain assertions. Requests are written as a client would (`sent`), and judged by what stands in
//! the finished output of both styles and both targets (`demanded`): a demanded parameter is there,
//! and not blank. Nothing of the crate but `compile` has a part in it.

mod demanded;
mod described;
mod sent;

use std::collections::{BTreeMap, BTreeSet};

use demanded::Demands;
use described::{Choices, Described, Operation, Version};
use sent::Request;
use serde_json::{Value, json};

use crate::support::compile;

/// Descriptions, operations of each, and requests for each operation: 2,000 operations.
const DESCRIPTIONS: u64 = 80;
const OPERATIONS: usize = 25;
const REQUESTS: usize = 4;

/// Both styles in both targets, in turn.
const OUTPUTS: [(&str, &str); 4] = [
    ("terraform-json", "resources"),
    ("cloudformation", "resources"),
    ("terraform-json", "body"),
    ("cloudformation", "body"),
];

#[test]
fn no_request_that_the_description_allows_is_refused() {
    let (mut requests, mut demands, mut left) = (0, 0, BTreeSet::new());
    for seed in 0..DESCRIPTIONS {
        let mut choices = Choices::new(seed);
        let version = choices.pick(&[Version::V2, Version::V30, Version::V31]);
        let operations: Vec<Operation> = (0..OPERATIONS)
            .map(|index| Operation::new(index, version, &mut choices))
            .collect();
        let description = described::description(version, &operations);
        let demanded = demanded_of(&description, OUTPUTS[seed as usize % OUTPUTS.len()]);
        assert_eq!(demanded.len(), operations.len(), "{seed}: {demanded:?}");
        for operation in &operations {
            let demanded = &demanded[&operation.path];
            for _ in 0..REQUESTS {
                let request = sent::request(operation, &mut choices);
                let refused = demanded.refused(&request);
                assert!(
                    refused.is_none(),
                    "{seed}: `{}` is demanded and {request:?} is allowed by {operation:#?}",
                    refused.unwrap()
                );
                requests += 1;
            }
            // What every request has is demanded, so that the check is no weaker than it has to be.
            for parameter in operation
                .parameters
                .iter()
                .filter(|parameter| parameter.is_checkable())
            {
                let is_demanded = demanded.has(parameter);
                let is_always_there = parameter.is_required && parameter.always_has_its_name();
                assert_eq!(is_demanded, is_always_there, "{seed}: {parameter:#?}");
                demands += usize::from(is_demanded);
                left.extend((parameter.is_required && !is_demanded).then(|| parameter.why_not()));
            }
        }
    }
    assert!(
        requests >= 2_000 && demands > 500,
        "only {requests} requests and {demands} demands"
    );
    assert_eq!(
        left.len(),
        described::REASONS,
        "parameters of every kind are to be left to the backend: {left:?}"
    );
}

/// Demanded by its name, each kind of parameter that is left to the backend would refuse some
/// request: the test can fail.
#[test]
fn a_gateway_that_demands_every_required_name_refuses_requests() {
    let mut refused_by = BTreeSet::new();
    for seed in 0..DESCRIPTIONS {
        let mut choices = Choices::new(seed);
        let version = choices.pick(&[Version::V2, Version::V30, Version::V31]);
        for index in 0..OPERATIONS {
            let operation = Operation::new(index, version, &mut choices);
            for _ in 0..REQUESTS {
                let request = sent::request(&operation, &mut choices);
                for parameter in operation
                    .parameters
                    .iter()
                    .filter(|parameter| parameter.is_required && parameter.is_checkable())
                {
                    if Demands::of([parameter]).refused(&request).is_some() {
                        assert!(
                            !parameter.always_has_its_name(),
                            "{parameter:#?} {request:?}"
                        );
                        refused_by.insert(parameter.why_not());
                    }
                }
            }
        }
    }
    assert_eq!(refused_by.len(), described::REASONS, "{refused_by:?}");
}

/// Parameters that the output requires, by path.
fn demanded_of(description: &Value, (format, style): (&str, &str)) -> BTreeMap<String, Demands> {
    let blueprint = json!({
        "version": 1, "name": "shop", "spec": "openapi.json", "topology": "internet",
        "backends": {"app": {"url": "https://app.example.com"}},
        "output": {"format": format, "api_style": style},
    });
    let files = [("gwgen.yaml", &blueprint), ("openapi.json", description)];
    let compiled = compile(
        files
            .map(|(name, value)| (name.to_owned(), value.to_string().into_bytes()))
            .into(),
    );
    let errors: Vec<_> = compiled
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .collect();
    let tree = compiled
        .tree
        .unwrap_or_else(|| panic!("{errors:#?}\n{description:#}"));
    let is_read = |name: &str| name == "template.json" || name.ends_with(".tf.json");
    let files: Vec<Value> = tree
        .files
        .iter()
        .filter(|(name, _)| is_read(name))
        .map(|(_, bytes)| serde_json::from_slice(bytes).unwrap())
        .collect();
    match (format, style) {
        ("cloudformation", "body") => demanded::of_body(demanded::body_of_template(&files)),
        ("cloudformation", _) => demanded::of_template(&files),
        (_, "body") => demanded::of_body(
            files
                .iter()
                .find_map(|file| file["locals"].get("openapi"))
                .unwrap(),
        ),
        _ => demanded::of_terraform(&files),
    }
}

/// A parameter and a request that has it, for those who read the rest.
#[test]
fn requests_are_written_as_the_specification_has_them() {
    let written = |style: &'static str, explode: bool| {
        let parameter = Described::object("color", style, explode);
        let mut request = Request::default();
        sent::write(
            &parameter,
            &sent::Value::Object(vec![("R".into(), "100".into()), ("G".into(), "200".into())]),
            &mut request,
        );
        request
            .query
            .iter()
            .map(|(name, text)| format!("{name}={text}"))
            .collect::<Vec<_>>()
            .join("&")
    };
    // OpenAPI 3.1.1, "Style Examples".
    assert_eq!(written("form", true), "R=100&G=200");
    assert_eq!(written("form", false), "color=R,100,G,200");
    assert_eq!(written("spaceDelimited", false), "color=R 100 G 200");
    assert_eq!(written("pipeDelimited", false), "color=R|100|G|200");
    assert_eq!(written("deepObject", true), "color[R]=100&color[G]=200");
}
