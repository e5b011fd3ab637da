//! Emitted files, read again by readers that are not ours.

use std::collections::BTreeMap;

use gwgen::aws::KINDS;
use gwgen::emit::FileTree;
use serde_json::{Map, Value};

use super::{each, json_of};

/// Counts of each kind, by the CloudFormation name, and of each kind of element.
pub(crate) type Counts = BTreeMap<String, usize>;

/// Terraform's blocks of their own for what is a part of its owner elsewhere: block, kind of the
/// owner, name here.
const ELEMENTS: [(&str, &str, &str); 11] = [
    (
        "aws_api_gateway_integration",
        "aws_api_gateway_method",
        "integration",
    ),
    (
        "aws_api_gateway_method_response",
        "aws_api_gateway_method",
        "method response",
    ),
    (
        "aws_api_gateway_integration_response",
        "aws_api_gateway_method",
        "integration response",
    ),
    (
        "aws_api_gateway_rest_api_policy",
        "aws_api_gateway_rest_api",
        "resource policy",
    ),
    (
        "aws_api_gateway_method_settings",
        "aws_api_gateway_stage",
        "settings",
    ),
    (
        "aws_lb_target_group_attachment",
        "aws_lb_target_group",
        "target",
    ),
    ("aws_iam_role_policy", "aws_iam_role", "policy"),
    (
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket",
        "access block",
    ),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket",
        "encryption",
    ),
    (
        "aws_cloudwatch_event_target",
        "aws_cloudwatch_event_rule",
        "target",
    ),
    (
        "aws_autoscaling_attachment",
        "aws_lb_target_group",
        TERRAFORM_ONLY,
    ),
];

/// Fields that CloudFormation cannot express, as GW2023 says.
pub(crate) const TERRAFORM_ONLY: &str = "autoscaling group";

/// Every file of a tree as text, but for packages of functions.
pub(crate) fn texts(tree: &FileTree) -> impl Iterator<Item = (&str, &str)> {
    tree.files
        .iter()
        .filter(|(name, _)| !name.ends_with(".zip"))
        .map(|(name, bytes)| {
            (
                name.as_str(),
                std::str::from_utf8(bytes).expect("every file is text"),
            )
        })
}

/// Resources of Terraform files: type and label of each.
fn terraform_resources(tree: &FileTree) -> Vec<(String, String)> {
    let files = texts(tree).filter(|(name, _)| name.ends_with(".tf"));
    let files: Vec<Value> = files
        .map(|(name, text)| {
            hcl::from_str(text)
                .unwrap_or_else(|error| panic!("{name} does not parse back: {error}"))
        })
        .collect();
    let labels = |(kind, blocks): (String, Map<String, Value>)| {
        blocks
            .into_iter()
            .map(move |(label, _)| (kind.clone(), label))
    };
    each::resources(&files)
        .into_iter()
        .flat_map(labels)
        .collect()
}

/// Counts Terraform's resources; elements are counted for their owner, which has to be there.
pub(crate) fn terraform_counts(tree: &FileTree) -> Counts {
    let blocks = terraform_resources(tree);
    let mut counts = Counts::new();
    for (kind, label) in &blocks {
        // CloudFormation's deployments have a name of their own for each digest.
        if kind == "terraform_data" {
            continue;
        }
        if let Some((_, owner, name)) = ELEMENTS.iter().find(|(element, _, _)| element == kind) {
            let owned = blocks.iter().any(|(of, other)| {
                // The settings of a method have its label, not the stage's.
                of == owner
                    && (*name == "settings"
                        || other == label
                        || label
                            .strip_prefix(other.as_str())
                            .is_some_and(|key| key.starts_with("__")))
            });
            assert!(owned, "{kind}.{label} has no owner");
            *counts.entry((*name).to_owned()).or_default() += 1;
        } else {
            let names = KINDS
                .iter()
                .find(|it| it.terraform == kind)
                .unwrap_or_else(|| panic!("{kind} is no kind"));
            *counts.entry(names.cloudformation.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// A template as data. In YAML, short forms of functions are read as their texts.
pub(crate) fn template(tree: &FileTree) -> Value {
    if let Some(bytes) = tree.files.get("template.json") {
        return serde_json::from_slice(bytes).expect("the template is JSON");
    }
    let name = "template.yaml";
    serde_json::from_str(&json_of(name, tree.files[name].clone())).expect("what was YAML is JSON")
}

/// A template with its functions as their texts.
pub(crate) fn without_functions(json: &Value) -> Value {
    match json {
        Value::Object(members) if members.len() == 1 => {
            match members.iter().next().map(|(name, it)| (name.as_str(), it)) {
                Some(("Ref" | "Fn::Sub", Value::String(argument))) => {
                    Value::from(argument.as_str())
                }
                Some(("Fn::GetAtt", Value::Array(parts))) => Value::from(
                    parts
                        .iter()
                        .filter_map(Value::as_str)
                        .collect::<Vec<_>>()
                        .join("."),
                ),
                _ => Value::Object(
                    members
                        .iter()
                        .map(|(name, it)| (name.clone(), without_functions(it)))
                        .collect(),
                ),
            }
        }
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, it)| (name.clone(), without_functions(it)))
                .collect(),
        ),
        Value::Array(items) => items.iter().map(without_functions).collect(),
        plain => plain.clone(),
    }
}

/// Counts the resources of a template, and the elements inside them.
pub(crate) fn cloudformation_counts(tree: &FileTree) -> Counts {
    let template = template(tree);
    let mut counts = Counts::new();
    let mut add = |name: &str, count: usize| {
        if count > 0 {
            *counts.entry(name.to_owned()).or_default() += count;
        }
    };
    for resource in template["Resources"]
        .as_object()
        .expect("a template has resources")
        .values()
    {
        let kind = resource["Type"].as_str().expect("a resource has a type");
        assert!(
            KINDS.iter().any(|it| it.cloudformation == kind),
            "{kind} is no kind"
        );
        let properties = &resource["Properties"];
        let length = |value: &Value| value.as_array().map_or(0, Vec::len);
        add(kind, 1);
        add(
            "integration",
            usize::from(properties["Integration"].is_object()),
        );
        add("method response", length(&properties["MethodResponses"]));
        add(
            "integration response",
            length(&properties["Integration"]["IntegrationResponses"]),
        );
        add(
            "resource policy",
            usize::from(kind == "AWS::ApiGateway::RestApi" && properties["Policy"].is_object()),
        );
        add("settings", length(&properties["MethodSettings"]));
        add("target", length(&properties["Targets"]));
        add("policy", length(&properties["Policies"]));
        add(
            "access block",
            usize::from(properties["PublicAccessBlockConfiguration"].is_object()),
        );
        add(
            "encryption",
            usize::from(properties["BucketEncryption"].is_object()),
        );
    }
    counts
}
