//! Values of the plan as values of the stack.

use crate::plan::{self, InputType};
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
        | InputType::SecurityGroup => None,
    };
    Input { of: input.of, description: input.description.clone(), default: input.default.clone(), sensitive: input.is_sensitive, pattern }
}
