//! The order of a change in Terraform: `create_before_destroy` holds for all that a resource refers
//! to, so nothing that has it may refer to a method, a deployment or a stage.
//!
//! In: every example and case as Terraform's JSON. Source: docs/aws-rules.md#w1.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::emitted::texts;
use crate::support::fixtures;

/// Kinds that are destroyed before their successors are created.
const DESTROYED_FIRST: [&str; 9] = [
    "aws_api_gateway_deployment.",
    "aws_api_gateway_gateway_response.",
    "aws_api_gateway_integration.",
    "aws_api_gateway_integration_response.",
    "aws_api_gateway_method.",
    "aws_api_gateway_method_response.",
    "aws_api_gateway_resource.",
    "aws_api_gateway_stage.",
    "terraform_data.",
];

/// Names that a text may refer to: `aws_lb.nlb`, `local.region`.
fn names(text: &str) -> BTreeSet<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    let words = text.split(|letter: char| !is_part(letter));
    words
        .filter_map(|word| {
            let mut parts = word.trim_start_matches("data.").split('.');
            Some(format!("{}.{}", parts.next()?, parts.next()?))
        })
        .collect()
}

#[test]
fn nothing_that_is_created_first_refers_to_what_is_destroyed_first() {
    let mut looked_at = 0;
    for case in fixtures() {
        let tree = case.compiled("terraform-json").tree.as_ref().unwrap();
        let (mut refers, mut first) = (BTreeMap::new(), Vec::new());
        for (_, text) in texts(tree).filter(|(name, _)| name.ends_with(".tf.json")) {
            let file: Value = serde_json::from_str(text).unwrap();
            for (kind, blocks) in file["resource"].as_object().into_iter().flatten() {
                for (label, block) in blocks.as_object().unwrap() {
                    let name = format!("{kind}.{label}");
                    if block["lifecycle"]["create_before_destroy"] == true {
                        first.push(name.clone());
                    }
                    refers.insert(name, names(&block.to_string()));
                }
            }
            for (name, value) in file["locals"].as_object().into_iter().flatten() {
                refers.insert(format!("local.{name}"), names(&value.to_string()));
            }
        }
        looked_at += first.len();
        let mut seen = BTreeSet::new();
        while let Some(name) = first.pop() {
            let is_destroyed_first = DESTROYED_FIRST.iter().any(|kind| name.starts_with(kind));
            assert!(
                !is_destroyed_first,
                "{}: {name} is created before it is destroyed",
                case.name
            );
            if seen.insert(name.clone()) {
                first.extend(refers.get(&name).into_iter().flatten().cloned());
            }
        }
    }
    assert!(looked_at > 500, "{looked_at}");
}
