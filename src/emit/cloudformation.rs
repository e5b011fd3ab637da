//! A stack as one CloudFormation template, in JSON or YAML.
//!
//! In: `Stack`. Out: files. Pure.

use std::ops::Range;
use std::sync::Arc;

use crate::aws::{Entry, Stack};
use crate::blueprint::TemplateSyntax;
use crate::emit::FileTree;
use crate::sink::{BANNER, Properties};
use crate::stack::{Input, InputType, Label, Output, StoredParameter, Value, logical_id, pascal};

/// Name of the template.
pub fn name(syntax: TemplateSyntax) -> &'static str {
    match syntax {
        TemplateSyntax::Json => "template.json",
        TemplateSyntax::Yaml => "template.yaml",
    }
}

/// Writes a stack.
pub fn files(syntax: TemplateSyntax, stack: &Stack) -> FileTree {
    written(syntax, stack, |_, _, _| {})
}

/// Writes a stack, and reports the file of each node, and its range there.
pub(crate) fn written(
    syntax: TemplateSyntax,
    stack: &Stack,
    mut report: impl FnMut(usize, &str, Range<usize>),
) -> FileTree {
    let mut out = Properties::new(syntax, stack.tags.clone());
    out.inner_object(|out| {
        out.text("AWSTemplateFormatVersion", "2010-09-09");
        out.object("Metadata", |out| out.text("gwgen", &BANNER.join(" ")));
        if !stack.inputs.is_empty() || !stack.parameters.is_empty() {
            out.object("Parameters", |out| {
                for (name, input) in &stack.inputs {
                    parameter(name, input, out);
                }
                for (label, stored) in &stack.parameters {
                    stored_parameter(label, stored, out);
                }
            });
        }
        out.object("Resources", |out| {
            for (index, entry) in stack.entries.iter().enumerate() {
                let start = out.length();
                if !entry.is_in_body {
                    resource(entry, out);
                }
                report(index, name(syntax), start..out.length());
            }
        });
        out.object("Outputs", |out| {
            stack.outputs.iter().for_each(|value| output(value, out))
        });
    });
    FileTree {
        files: [(name(syntax).to_owned(), out.into_text().into_bytes())].into(),
        ..FileTree::default()
    }
}

fn resource(entry: &Entry, out: &mut Properties) {
    out.object(&logical_id(&entry.address), |out| {
        out.text("Type", entry.address.names.cloudformation);
        if entry.node.is_retained() {
            out.text("DeletionPolicy", "Retain");
            out.text("UpdateReplacePolicy", "Retain");
        }
        let after: Vec<String> = entry.node.after().iter().map(logical_id).collect();
        if !after.is_empty() {
            out.texts("DependsOn", &after);
        }
        out.object("Properties", |out| entry.node.cloudformation(out));
    });
}

/// Source: AWS, "CloudFormation template Parameters syntax" (a pattern of a `CommaDelimitedList` is
/// one of each item, and other types take none),
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>,
/// read 2026-11-30.
fn parameter(name: &Arc<str>, input: &Input, out: &mut Properties) {
    out.object(&pascal(name), |out| {
        out.text("Type", parameter_type(input.of));
        out.text("Description", &input.description);
        if let Some(default) = &input.default {
            out.text("Default", &default.join(","));
        }
        if input.of == InputType::Protection {
            out.texts("AllowedValues", &["true", "false"]);
        }
        // CloudFormation checks its own types by itself.
        let of_text = ["String", "CommaDelimitedList"].contains(&parameter_type(input.of));
        if let Some(pattern) = input.pattern.as_ref().filter(|_| of_text) {
            out.text("AllowedPattern", &pattern.regex);
            out.text("ConstraintDescription", &pattern.message);
        }
        if input.sensitive {
            out.flag("NoEcho", true);
        }
    });
}

/// A parameter of the Systems Manager. CloudFormation itself refuses a SecureString here.
///
/// Source: AWS, "Specify existing resources at runtime with CloudFormation-supplied parameter
/// types",
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html>,
/// read 2026-11-22.
fn stored_parameter(label: &Label, parameter: &StoredParameter, out: &mut Properties) {
    out.object(&logical_id(&StoredParameter::address(label)), |out| {
        let of = parameter_type(parameter.of);
        let kind = format!("{}<{of}>", StoredParameter::NAMES.cloudformation);
        out.text("Type", &kind);
        out.text("Description", "Path of a parameter of the Systems Manager.");
        out.text("Default", &parameter.path);
    });
}

pub(crate) fn parameter_type(of: InputType) -> &'static str {
    match of {
        InputType::Text | InputType::Environment | InputType::StageName => "String",
        InputType::LogKey | InputType::StageVariable | InputType::WebAcl => "String",
        InputType::Function | InputType::Url | InputType::HeaderValue => "String",
        InputType::Vpc => "AWS::EC2::VPC::Id",
        InputType::Subnet | InputType::FunctionSubnet | InputType::LinkSubnet => {
            "AWS::EC2::Subnet::Id"
        }
        InputType::Subnets | InputType::FunctionSubnets | InputType::LinkSubnets => {
            "List<AWS::EC2::Subnet::Id>"
        }
        InputType::Instance => "AWS::EC2::Instance::Id",
        InputType::Instances => "List<AWS::EC2::Instance::Id>",
        InputType::SecurityGroup
        | InputType::BalancerGroup
        | InputType::FunctionGroup
        | InputType::LinkGroup => "AWS::EC2::SecurityGroup::Id",
        InputType::BalancerGroups | InputType::FunctionGroups | InputType::LinkGroups => {
            "List<AWS::EC2::SecurityGroup::Id>"
        }
        InputType::AutoscalingGroup
        | InputType::Address
        | InputType::Cidr
        | InputType::TargetGroup
        | InputType::Balancer
        | InputType::BalancerName
        | InputType::VpcLink
        | InputType::LinkV2
        | InputType::Certificate
        | InputType::Bucket
        | InputType::Alb
        | InputType::AlbListener
        | InputType::Client
        | InputType::AlbName
        | InputType::Protection
        | InputType::Topic
        | InputType::Host
        | InputType::UserPool
        | InputType::AuthorizerFunction
        | InputType::ApiKey
        | InputType::VpcEndpoint
        | InputType::Caller
        | InputType::Domain
        | InputType::DomainCertificate
        | InputType::Truststore
        | InputType::TruststoreVersion => "String",
        InputType::Zone => "AWS::Route53::HostedZone::Id",
        InputType::VpcEndpoints | InputType::Callers => "CommaDelimitedList",
        InputType::AutoscalingGroups
        | InputType::Addresses
        | InputType::Cidrs
        | InputType::Clients
        | InputType::Hosts
        | InputType::UserPools => "CommaDelimitedList",
    }
}

/// Writes an output, which other stacks of the region import as `<stack>-<output>`: CloudFormation
/// keeps what they import from being replaced or deleted.
///
/// Source: docs/aws-rules.md#f10.
fn output(output: &Output, out: &mut Properties) {
    let key = pascal(&output.name);
    let name = Value::Text(vec![
        Value::Pseudo("AWS::StackName"),
        Value::literal(format!("-{key}")),
    ]);
    out.object(&key, |out| {
        out.text("Description", &output.description);
        out.value("Value", &output.cloudformation);
        out.object("Export", |out| out.value("Name", &name));
    });
}
