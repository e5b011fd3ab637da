//! Values of the plan as values of the stack.

use crate::aws::{Stack, ThrottleLimit};
use crate::blueprint::OutputFormat;
use crate::plan::{self, NetworkPlan, Plan, ThrottlePlan, names};
use crate::stack::{Input, Label, List, StoredParameter, Value};

pub(crate) fn value(value: &plan::Value) -> Value {
    match value {
        plan::Value::Literal(text) => Value::Literal(text.clone()),
        plan::Value::Input(name) => Value::Input(name.clone()),
        plan::Value::Expression(text) => Value::Expression(text.clone()),
        plan::Value::Parameter { path, is_list } => Value::Parameter {
            label: Label::new(names::parameter_label(path)),
            is_list: *is_list,
        },
    }
}

pub(crate) fn list(values: &plan::Values) -> List {
    match values {
        plan::Values::List(values) => List::Of(values.iter().map(value).collect()),
        plan::Values::One(one) => List::One(value(one)),
    }
}

/// Key of an element among similar ones, made of its name and not of its position in the list.
///
/// Ids stay as they are, but for what no label holds; the dots of an address become `_`, which its
/// numbers do not hold.
pub(crate) fn key(value: &plan::Value) -> String {
    match value {
        plan::Value::Literal(text) if text.parse::<std::net::Ipv4Addr>().is_ok() => {
            text.replace('.', "_")
        }
        plan::Value::Literal(text) if is_id(text) => text.to_string(),
        plan::Value::Literal(text) => format!("name_{}", names::literal(text)),
        plan::Value::Input(name) => format!("var_{name}"),
        plan::Value::Parameter { path, .. } => format!("ssm_{}", names::parameter_label(path)),
        plan::Value::Expression(text) => {
            format!("expr_{}", &blake3::hash(text.as_bytes()).to_hex()[..8])
        }
    }
}

/// Returns whether a text is an id such as `i-0a1b2c3d` or `sg-0a1b2c3d`, which no name of an input
/// can be.
fn is_id(text: &str) -> bool {
    let end = text.strip_prefix("i-").or_else(|| text.strip_prefix("sg-"));
    end.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Several values, one after the other.
pub(crate) fn text(parts: &[plan::Value]) -> Value {
    match parts {
        [only] => value(only),
        parts => Value::Text(parts.iter().map(value).collect()),
    }
}

/// The VPC as the blueprint writes it: its resources cannot move to another one.
pub(crate) fn vpc(network: &NetworkPlan) -> &str {
    match &network.vpc {
        plan::Value::Literal(text) | plan::Value::Input(text) | plan::Value::Expression(text) => {
            text
        }
        plan::Value::Parameter { path, .. } => path,
    }
}

/// A name with a short environment, which the stack shortens once.
pub(crate) fn short_name(stack: &mut Stack, plan: &Plan, parts: &[plan::Value]) -> Value {
    stack.short_environment = plan.prefix.shortened_at_deploy_time().map(value);
    text(parts)
}

pub(crate) fn throttle(plan: ThrottlePlan) -> ThrottleLimit {
    ThrottleLimit {
        rate: plan.rate,
        burst: plan.burst,
    }
}

/// An input, with the pattern that its value has to match.
pub(crate) fn input(input: &plan::InputPlan, format: OutputFormat) -> Input {
    let (description, default) = (input.description.clone(), input.default.clone());
    Input {
        of: input.of,
        description,
        default,
        sensitive: input.is_sensitive,
        pattern: plan::pattern(input.of, format),
    }
}

/// A parameter of the Systems Manager with its label.
pub(crate) fn parameter(
    path: &std::sync::Arc<str>,
    parameter: &plan::ParameterPlan,
    format: OutputFormat,
) -> (Label, StoredParameter) {
    let (of, pattern) = (parameter.of, plan::pattern(parameter.of, format));
    (
        Label::new(names::parameter_label(path)),
        StoredParameter {
            path: path.clone(),
            of,
            pattern,
        },
    )
}
