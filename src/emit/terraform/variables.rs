//! Input variables, and parameters of the Systems Manager.
//!
//! In: inputs of the stack. Out: blocks. Pure.

use crate::aws::{ApplicationBalancer, Stack};
use crate::plan::TAGS;
use crate::sink::Terraform;
use crate::stack::{Input, InputType, List, StoredParameter, Value};

/// Description and type of a module's variable for further tags. A root module has its provider's
/// `default_tags`.
pub(crate) const MORE_TAGS: [&str; 2] =
    ["Further tags; those of the blueprint win.", "map(string)"];

/// Writes variables without a default first: a caller of the module has to give these.
pub(super) fn variables(stack: &Stack, out: &mut Terraform) {
    let inputs = stack.inputs.iter();
    let inputs = inputs.map(|(name, input)| (input.default.is_some(), &**name, Some(input)));
    let tags = stack.has_more_tags.then_some((true, TAGS, None));
    let mut all: Vec<_> = inputs.chain(tags).collect();
    all.sort_by_key(|(is_optional, name, _)| (*is_optional, *name));
    for (_, name, input) in all {
        out.labelled(&["variable", name], |out| match input {
            Some(input) => variable(stack, name, input, out),
            None => further_tags(out),
        });
    }
}

fn further_tags(out: &mut Terraform) {
    let [description, of] = MORE_TAGS;
    out.attribute("description", description);
    out.bare("type", format_args!("{of}"));
    out.empty_map("default");
    out.attribute("nullable", false);
}

pub(crate) fn variable_type(of: InputType) -> &'static str {
    if of.is_list() {
        "list(string)"
    } else {
        "string"
    }
}

fn variable(stack: &Stack, name: &str, input: &Input, out: &mut Terraform) {
    out.attribute("description", &*input.description);
    out.bare("type", format_args!("{}", variable_type(input.of)));
    match &input.default {
        Some(texts) if input.of.is_list() => out.texts("default", texts),
        Some(texts) => out.attribute("default", texts.first().map_or("", |text| text)),
        None => {}
    }
    if input.sensitive {
        out.attribute("sensitive", true);
    }
    out.attribute("nullable", false);
    let value = format!("var.{name}");
    if let Some(pattern) = &input.pattern {
        let condition = each_matches(input.of, &pattern.regex, &value);
        check("validation", &condition, &pattern.message, out);
    }
    if is_in_zones(
        stack,
        |subnets| matches!(subnets, Value::Input(input) if **input == *name),
    ) {
        check("validation", &in_zones(&value), IN_ZONES, out);
    }
}

/// A block that refuses a value.
fn check(block: &str, condition: &str, message: &str, out: &mut Terraform) {
    out.block(block, |out| {
        out.bare("condition", format_args!("{condition}"));
        out.attribute("error_message", message);
    });
}

/// Condition that a value, or each item of a list, matches a pattern.
fn each_matches(of: InputType, regex: &str, value: &str) -> String {
    if of.is_list() {
        format!("alltrue([for it in {value} : can(regex(\"{regex}\", it))])")
    } else {
        format!("can(regex(\"{regex}\", {value}))")
    }
}

/// Returns whether a list is that of an application load balancer's subnets, of which AWS takes no
/// one alone. Source: docs/aws-rules.md#l9.
fn is_in_zones(stack: &Stack, is_list: impl Fn(&Value) -> bool) -> bool {
    let mut balancers = stack.all::<ApplicationBalancer>();
    balancers.any(|balancer| match &balancer.subnets {
        List::One(subnets) => is_list(subnets),
        List::Of(_) => false,
    })
}

/// Condition that a list has two different subnets.
fn in_zones(value: &str) -> String {
    format!("length(distinct({value})) > 1")
}

const IN_ZONES: &str = "Two subnets or more are due, in different zones.";

pub(super) fn parameters(stack: &Stack, out: &mut Terraform) {
    for (label, stored) in &stack.parameters {
        let has_zones = is_in_zones(
            stack,
            |subnets| matches!(subnets, Value::Parameter { label: of, .. } if of == label),
        );
        out.labelled(&["data", "aws_ssm_parameter", label.as_str()], |out| {
            parameter(stored, has_zones, out)
        });
    }
}

/// `insecure_value` of a SecureString is empty, which fails late.
fn parameter(parameter: &StoredParameter, has_zones: bool, out: &mut Terraform) {
    let (of, path) = (parameter.of, &parameter.path);
    out.attribute("name", &**path);
    out.attribute("with_decryption", false);
    let value = if of.is_list() {
        "split(\",\", self.insecure_value)"
    } else {
        "self.insecure_value"
    };
    let unless_secure = |condition: String| format!("self.type == \"SecureString\" || {condition}");
    out.block("lifecycle", |out| {
        let message =
            format!("The parameter {path} is a SecureString: its text would stand in the state.");
        check(
            "postcondition",
            "self.type != \"SecureString\"",
            &message,
            out,
        );
        if let Some(pattern) = &parameter.pattern {
            let condition = unless_secure(each_matches(of, &pattern.regex, value));
            let message = format!("The parameter {path}: {}", pattern.message);
            check("postcondition", &condition, &message, out);
        }
        if has_zones {
            let message = format!("The parameter {path}: {IN_ZONES}");
            check(
                "postcondition",
                &unless_secure(in_zones(value)),
                &message,
                out,
            );
        }
    });
}
