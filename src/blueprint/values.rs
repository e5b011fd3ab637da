//! Values: a literal, or a reference to something known only at deploy time.
//!
//! In: JSON. Out: `Value`, `Values`. Pure.
//! Read by hand: the errors of serde's untagged enums help nobody.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::expression;
use super::fault::{EXPRESSION, fault};

/// A literal, or something known only at deploy time.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The text as written; of a number or a boolean its text.
    Literal(String),
    /// `{var: name}`: an input variable, or a parameter of the template.
    Variable(Variable),
    /// `{ssm: path}`: a parameter of the Systems Manager.
    Parameter(String),
    /// `{expr: ...}`: a Terraform expression, spaced as `terraform fmt` does.
    Expression(String),
}

/// `{var: name}` with what may stand beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    pub name: String,
    pub description: Option<String>,
    pub default: Option<serde_json::Value>,
    pub sensitive: Option<bool>,
}

/// A list of values, or one reference that yields a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    List(Vec<Value>),
    /// Never a literal.
    One(Value),
}

/// A reference as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferenceSpec {
    var: Option<String>,
    ssm: Option<String>,
    expr: Option<String>,
    description: Option<String>,
    default: Option<serde_json::Value>,
    sensitive: Option<bool>,
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

impl ReferenceSpec {
    fn value<E: Error>(self) -> Result<Value, E> {
        let written = usize::from(self.var.is_some())
            + usize::from(self.ssm.is_some())
            + usize::from(self.expr.is_some());
        if written != 1 {
            return Err(fault(
                "a reference names exactly one of `var`, `ssm`, `expr`",
                "write for example `{var: vpc_id}`, or the literal itself",
            ));
        }
        if self.var.is_none()
            && (self.description.is_some() || self.default.is_some() || self.sensitive.is_some())
        {
            return Err(fault(
                "`description`, `default` and `sensitive` belong to `var` alone",
                "remove them here",
            ));
        }
        if let Some(name) = self.var {
            let default = self.default;
            return variable(Variable {
                name,
                description: self.description,
                default,
                sensitive: self.sensitive,
            });
        }
        if let Some(text) = self.expr {
            return expression::formatted(&text)
                .map(Value::Expression)
                .map_err(|why| {
                    fault(
                        format!("{EXPRESSION}`{text}` is no Terraform expression: {why}"),
                        "write what may stand after `=` in Terraform",
                    )
                });
        }
        let path = self.ssm.unwrap_or_default();
        let legal = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-' | b':')
        };
        if path.is_empty() || !path.bytes().all(legal) {
            return Err(fault(
                format!("`{path}` is no name of a parameter"),
                "write its path, for example `{ssm: /network/vpc_id}`",
            ));
        }
        Ok(Value::Parameter(path))
    }
}

fn variable<E: Error>(variable: Variable) -> Result<Value, E> {
    let name = variable.name.as_str();
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.starts_with(|first: char| first.is_ascii_lowercase())
        || !name.bytes().all(legal)
        || name.len() > 200
    {
        return Err(fault(
            format!("`{name}` is no name of a variable"),
            "start with a lower-case letter and go on with lower-case letters, digits and `_`",
        ));
    }
    if RESERVED.contains(&name) {
        return Err(fault(
            format!("Terraform keeps the name `{name}` for itself"),
            format!("write for example `{name}_value`"),
        ));
    }
    Ok(Value::Variable(variable))
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text, a number or a boolean, or a reference such as `{var: name}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        if text.chars().any(char::is_control) {
            return Err(fault(
                "a literal holds a line end or another control character",
                "write it on one line, or pass it as a variable",
            ));
        }
        Ok(Value::Literal(text.to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Literal(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Literal(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Literal(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Literal(value.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        ReferenceSpec::deserialize(MapAccessDeserializer::new(map))?.value()
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = match self {
            Self::Literal(text) => return serializer.serialize_str(text),
            Self::Variable(_) | Self::Parameter(_) | Self::Expression(_) => {
                serializer.serialize_map(None)?
            }
        };
        match self {
            Self::Literal(_) => {}
            Self::Parameter(path) => map.serialize_entry("ssm", path)?,
            Self::Expression(text) => map.serialize_entry("expr", text)?,
            Self::Variable(variable) => {
                map.serialize_entry("var", &variable.name)?;
                if let Some(description) = &variable.description {
                    map.serialize_entry("description", description)?;
                }
                if let Some(default) = &variable.default {
                    map.serialize_entry("default", default)?;
                }
                if let Some(sensitive) = variable.sensitive {
                    map.serialize_entry("sensitive", &sensitive)?;
                }
            }
        }
        map.end()
    }
}

struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of values, or one reference that yields a list, such as `{var: private_subnet_ids}`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Values, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Values::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Values, A::Error> {
        ValueVisitor.visit_map(map).map(Values::One)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValuesVisitor)
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::List(values) => values.serialize(serializer),
            Self::One(value) => value.serialize(serializer),
        }
    }
}

impl Values {
    /// The values, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        match self {
            Self::List(values) => values.iter(),
            Self::One(value) => std::slice::from_ref(value).iter(),
        }
    }
}

impl<'a> IntoIterator for &'a Values {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn reference_schema() -> Schema {
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
                "properties": { "ssm": { "type": "string", "description": "Path of a parameter of the Systems Manager." } },
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

struct Reference;

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        reference_schema()
    }
}

impl JsonSchema for Value {
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

impl JsonSchema for Values {
    fn schema_name() -> Cow<'static, str> {
        "Values".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (value, reference) = (
            generator.subschema_for::<Value>(),
            generator.subschema_for::<Reference>(),
        );
        json_schema!({
            "description": "A list of values, or one reference that yields a list.",
            "anyOf": [{ "type": "array", "items": value }, reference]
        })
    }
}
