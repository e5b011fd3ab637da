//! Values: a literal, or a reference to something known only at deploy time.
//! In: the tree. Out: `ValueSpec`, `ValuesSpec`. Pure.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value as Json;

use super::decode::{Decode, mapping};
use super::expression;
use super::fault::Faults;
use super::node::TreeNode;
use super::references::Variable;
use crate::diagnostic::INVALID_EXPRESSION;

/// A literal, or something known only at deploy time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ValueSpec {
    /// `{ssm: path}`: a parameter of the Systems Manager.
    #[serde(rename = "ssm")]
    Parameter(String),
    /// `{expr: ...}`: a Terraform expression, spaced as `terraform fmt` does.
    #[serde(rename = "expr")]
    Expression(String),
    /// The text as written; of a number or a boolean its text.
    #[serde(untagged)]
    Literal(String),
    /// `{var: name}`: an input variable, or a parameter of the template.
    #[serde(untagged)]
    Variable(Variable),
}

/// A list of values, or one reference that yields a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ValuesSpec {
    List(Vec<ValueSpec>),
    /// Never a literal.
    One(ValueSpec),
}

mapping! {
    /// A reference as written.
    struct ReferenceSpec {
        var: Option<String>,
        ssm: Option<String>,
        expr: Option<String>,
        description: Option<String>,
        default: Option<serde_json::Value>,
        sensitive: Option<bool>,
    }
}

/// Names that Terraform keeps from variables.
///
/// Source: Terraform, "Input variables: declare an input variable",
/// <https://developer.hashicorp.com/terraform/language/values/variables>, tried with Terraform
/// 1.11.4.
const RESERVED: &[&str] = &[
    "source",
    "version",
    "provider",
    "providers",
    "count",
    "for_each",
    "lifecycle",
    "depends_on",
    "locals",
];

/// Decodes `{var: ...}`, `{ssm: ...}` or `{expr: ...}`.
fn reference(node: &TreeNode<'_>, faults: &mut Faults) -> Option<ValueSpec> {
    let written = ReferenceSpec::decode(node, faults)?;
    let is_plain =
        written.description.is_none() && written.default.is_none() && written.sensitive.is_none();
    match (written.var, written.ssm, written.expr) {
        (Some(name), None, None) => {
            let variable = Variable {
                name,
                description: written.description,
                default: written.default,
                sensitive: written.sensitive,
            };
            check_name(node, &variable.name, faults)?;
            faults.variables.push((node.pointer(), variable.clone()));
            Some(ValueSpec::Variable(variable))
        }
        (None, Some(_), None) | (None, None, Some(_)) if !is_plain => faults.wrong(
            node,
            "`description`, `default` and `sensitive` belong to `var` alone",
            "remove them here",
        ),
        (None, Some(path), None) => parameter(node, path, faults),
        (None, None, Some(text)) => match expression::formatted(&text) {
            Ok(line) => Some(ValueSpec::Expression(line)),
            Err(why) => faults.report(
                &INVALID_EXPRESSION,
                node,
                format_args!("`{text}` is no Terraform expression: {why}"),
                "write what may stand after `=` in Terraform",
            ),
        },
        _ => faults.wrong(
            node,
            "a reference names exactly one of `var`, `ssm`, `expr`",
            "write for example `{var: vpc_id}`, or the literal itself",
        ),
    }
}

fn parameter(node: &TreeNode<'_>, path: String, faults: &mut Faults) -> Option<ValueSpec> {
    let legal =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-' | b':');
    if path.is_empty() || !path.bytes().all(legal) {
        return faults.wrong(
            node,
            format_args!("`{path}` is no name of a parameter"),
            "write its path, for example `{ssm: /network/vpc_id}`",
        );
    }
    Some(ValueSpec::Parameter(path))
}

fn check_name(node: &TreeNode<'_>, name: &str, faults: &mut Faults) -> Option<()> {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.starts_with(|first: char| first.is_ascii_lowercase())
        || !name.bytes().all(legal)
        || name.len() > 200
    {
        return faults.wrong(
            node,
            format_args!("`{name}` is no name of a variable"),
            "start with a lower-case letter and go on with lower-case letters, digits and `_`",
        );
    }
    if RESERVED.contains(&name) {
        return faults.wrong(
            node,
            format_args!("Terraform keeps the name `{name}` for itself"),
            format_args!("write for example `{name}_value`"),
        );
    }
    Some(())
}

impl Decode for ValueSpec {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        match node.value() {
            Json::String(text) if text.chars().any(char::is_control) => faults.wrong(
                node,
                "a literal holds a line end or another control character",
                "write it on one line, or pass it as a variable",
            ),
            Json::String(text) => Some(Self::Literal(text.clone())),
            Json::Bool(_) | Json::Number(_) => Some(Self::Literal(node.value().to_string())),
            Json::Object(_) => reference(node, faults),
            Json::Null | Json::Array(_) => faults.mismatch(
                node,
                "text, a number or a boolean, or a reference such as `{var: name}`",
            ),
        }
    }
}

impl Decode for ValuesSpec {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        match node.value() {
            Json::Array(_) => Vec::decode(node, faults).map(Self::List),
            Json::Object(_) => reference(node, faults).map(Self::One),
            _ => faults.mismatch(
                node,
                "a list of values, or one reference that yields a list, such as `{var: private_subnet_ids}`",
            ),
        }
    }
}

impl ValuesSpec {
    /// The values, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, ValueSpec> {
        match self {
            Self::List(values) => values.iter(),
            Self::One(value) => std::slice::from_ref(value).iter(),
        }
    }
}

impl<'a> IntoIterator for &'a ValuesSpec {
    type Item = &'a ValueSpec;
    type IntoIter = std::slice::Iter<'a, ValueSpec>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

struct Reference;

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Something known only at deploy time.",
            "oneOf": [
                {
                    "type": "object",
                    "properties": {
                        "var": { "type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "Name of an input variable." },
                        "description": { "type": "string", "description": "Description of the variable." },
                        "default": { "description": "Default of the variable." },
                        "sensitive": { "type": "boolean", "description": "Whether Terraform hides the variable in its output." }
                    },
                    "required": ["var"],
                    "additionalProperties": false
                },
                {
                    "type": "object",
                    "properties": { "ssm": { "type": "string", "pattern": "^[A-Za-z0-9/._:-]+$", "description": "Path of a parameter of the Systems Manager." } },
                    "required": ["ssm"],
                    "additionalProperties": false
                },
                {
                    "type": "object",
                    "properties": { "expr": { "type": "string", "description": "Terraform expression; Terraform only." } },
                    "required": ["expr"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

impl JsonSchema for ValueSpec {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let reference = generator.subschema_for::<Reference>();
        json_schema!({
            "description": "A literal, or a reference to something known only at deploy time.",
            "anyOf": [{ "type": ["string", "number", "boolean"] }, reference]
        })
    }
}

impl JsonSchema for ValuesSpec {
    fn schema_name() -> Cow<'static, str> {
        "Values".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (value, reference) = (
            generator.subschema_for::<ValueSpec>(),
            generator.subschema_for::<Reference>(),
        );
        json_schema!({
            "description": "A list of values, or one reference that yields a list.",
            "anyOf": [{ "type": "array", "items": value }, reference]
        })
    }
}
