//! Values of the stack as people read them.
//!
//! In: `Value`, a format. Out: text, with values of deploy time in `${}`, as the format names them.
//! Pure.

use crate::aws::{Function, Stack};
use crate::blueprint::OutputFormat;
use crate::emit::{logical_id, pascal};
use crate::stack::{Here, Spelling, Value};

/// A value as text.
pub(crate) fn shown(value: &Value, format: OutputFormat, stack: &Stack) -> String {
    let is_terraform = match format {
        OutputFormat::Terraform | OutputFormat::TerraformJson => true,
        OutputFormat::Cloudformation => false,
    };
    match value {
        Value::Literal(text) => text.to_string(),
        Value::Input(name) if is_terraform => format!("${{var.{name}}}"),
        Value::Input(name) => format!("${{{}}}", pascal(name)),
        Value::Expression(text) => format!("${{{text}}}"),
        Value::Attribute(attribute) if is_terraform => format!(
            "${{{}.{}.{}}}",
            attribute.of.names.terraform, attribute.of.label, attribute.terraform
        ),
        Value::Attribute(attribute) => match attribute.cloudformation {
            Spelling::Ref => format!("${{{}}}", logical_id(&attribute.of)),
            Spelling::GetAtt(name) => format!("${{{}.{name}}}", logical_id(&attribute.of)),
        },
        Value::Pseudo(name) => format!("${{{name}}}"),
        Value::Here(here) if is_terraform => match here {
            Here::Partition => "${partition}".to_owned(),
            Here::Region => "${region}".to_owned(),
            Here::Account => "${account}".to_owned(),
        },
        Value::Here(here) => format!("${{{}}}", here.pseudo()),
        Value::Parameter { label, .. } => match stack.parameters.get(label) {
            Some(parameter) => format!("${{ssm:{}}}", parameter.path),
            None => format!("${{ssm:{label}}}"),
        },
        Value::BalancerOf(list) | Value::Joined(list) => shown(list, format, stack),
        Value::Text(parts) => parts
            .iter()
            .map(|part| shown(part, format, stack))
            .collect(),
    }
}

/// A function as it was named.
pub(crate) fn function(function: &Function, format: OutputFormat, stack: &Stack) -> String {
    match function {
        Function::Name {
            name: text,
            qualifier,
        }
        | Function::Arn {
            arn: text,
            qualifier,
        } => qualifier.as_ref().map_or_else(
            || text.to_string(),
            |qualifier| format!("{text}:{qualifier}"),
        ),
        Function::Given(arn) => shown(arn, format, stack),
        Function::Made(handle) => handle.label().to_string(),
    }
}
