//! Values of the plan as values of the stack.

use crate::plan::{self, InputType, names};
use crate::stack::{Input, List, Value};

pub(super) fn value(value: &plan::Value) -> Value {
    match value {
        plan::Value::Literal(text) => Value::Literal(text.clone()),
        plan::Value::Input(name) => Value::Input(name.clone()),
        plan::Value::Expression(text) => Value::Expression(text.clone()),
    }
}

pub(super) fn list(values: &plan::Values) -> List {
    match values {
        plan::Values::List(values) => List::Of(values.iter().map(value).collect()),
        plan::Values::One(one) => List::One(value(one)),
    }
}

/// Key of an element among its like: what names it, never where it stands in the list.
///
/// Ids stay as they are, but for what no label holds; the dots of an address become `_`, which its numbers do not hold.
pub(super) fn key(value: &plan::Value) -> String {
    match value {
        plan::Value::Literal(text) if text.parse::<std::net::Ipv4Addr>().is_ok() => text.replace('.', "_"),
        plan::Value::Literal(text) if is_id(text) => text.to_string(),
        plan::Value::Literal(text) => format!("name_{}", names::literal(text)),
        plan::Value::Input(name) => format!("var_{name}"),
        plan::Value::Expression(text) => format!("expr_{}", &blake3::hash(text.as_bytes()).to_hex()[..8]),
    }
}

/// `i-0abc`, `sg-0abc`: what no name of the user's can be mistaken for.
fn is_id(text: &str) -> bool {
    let end = text.strip_prefix("i-").or_else(|| text.strip_prefix("sg-"));
    end.is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Several values, one after the other.
pub(super) fn text(parts: &[plan::Value]) -> Value {
    match parts {
        [only] => value(only),
        parts => Value::Text(parts.iter().map(value).collect()),
    }
}

/// An input, with the pattern that its value has to match.
///
/// Source: BLUEPRINT for environments; AWS-RULES D7 for stage names.
pub(super) fn input(input: &plan::InputPlan) -> Input {
    let pattern = match input.of {
        InputType::Environment => Some(("^[a-z0-9-]{1,8}$", "An environment has 1 to 8 lower-case letters, digits and hyphens.")),
        InputType::StageName => Some(("^[A-Za-z0-9_-]{1,128}$", "A stage name has 1 to 128 letters, digits, underscores and hyphens.")),
        InputType::Text
        | InputType::Vpc
        | InputType::Subnet
        | InputType::Subnets
        | InputType::Instance
        | InputType::Instances
        | InputType::SecurityGroup
        | InputType::BalancerGroup
        | InputType::BalancerGroups
        | InputType::AutoscalingGroup
        | InputType::AutoscalingGroups
        | InputType::Address
        | InputType::Addresses
        | InputType::Cidr
        | InputType::Cidrs
        | InputType::TargetGroup
        | InputType::Balancer
        | InputType::BalancerName
        | InputType::VpcLink
        | InputType::Certificate
        | InputType::Bucket => None,
    };
    Input { of: input.of, description: input.description.clone(), default: input.default.clone(), sensitive: input.is_sensitive, pattern }
}
