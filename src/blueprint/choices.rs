//! Settings that are one of several shapes, read by hand so that errors name what is accepted.
//!
//! In: JSON. Out: `AuthSpec`, `CloudwatchRole`, `EcsSpec`, `HealthPort`, `KeySpec`. Pure.
//! None of them is a serde untagged enum.

mod auth;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::backends::EcsNetworkSpec;
use super::fault::fault;
use super::scalars::Port;
use super::values::Value;
pub use auth::AuthSpec;

/// The role with which API Gateway writes logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloudwatchRole {
    Existing,
    Create,
    Arn(String),
}

/// A service of ECS that registers itself.
#[derive(Clone, Debug, PartialEq)]
pub enum EcsSpec {
    /// `true`.
    Service,
    With(EcsNetworkSpec),
}

/// The port that a health check asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthPort {
    /// `traffic`: the port that takes the requests.
    Traffic,
    Number(Port),
}

/// A key of a usage plan.
#[derive(Clone, Debug, PartialEq)]
pub enum KeySpec {
    /// Name of a key that is made.
    Named(String),
    /// Id of a key that is there.
    Existing(Value),
}

fn single<S: Serializer>(
    serializer: S,
    key: &str,
    value: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

struct RoleVisitor;

impl Visitor<'_> for RoleVisitor {
    type Value = CloudwatchRole;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`existing`, `create` or the ARN of a role")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<CloudwatchRole, E> {
        match text {
            "existing" => Ok(CloudwatchRole::Existing),
            "create" => Ok(CloudwatchRole::Create),
            text if text.starts_with("arn:") && text.contains(":role/") => {
                Ok(CloudwatchRole::Arn(text.to_owned()))
            }
            _ => Err(fault(
                format!("`{text}` is not accepted here"),
                "write `existing`, `create` or the ARN of a role",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for CloudwatchRole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RoleVisitor)
    }
}

impl Serialize for CloudwatchRole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Existing => "existing",
            Self::Create => "create",
            Self::Arn(arn) => arn,
        })
    }
}

impl JsonSchema for CloudwatchRole {
    fn schema_name() -> Cow<'static, str> {
        "CloudwatchRole".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "enum": ["existing", "create"] }, { "type": "string", "pattern": "^arn:.+:role/" }] })
    }
}

struct EcsVisitor;

impl<'de> Visitor<'de> for EcsVisitor {
    type Value = EcsSpec;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .write_str("`true` or `{network: awsvpc | bridge, deployment: rolling | blue-green}`")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<EcsSpec, E> {
        if value {
            Ok(EcsSpec::Service)
        } else {
            Err(fault(
                "`false` names no targets",
                "write `true`, or another kind of targets",
            ))
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<EcsSpec, A::Error> {
        EcsNetworkSpec::deserialize(MapAccessDeserializer::new(map)).map(EcsSpec::With)
    }
}

impl<'de> Deserialize<'de> for EcsSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EcsVisitor)
    }
}

impl Serialize for EcsSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Service => serializer.serialize_bool(true),
            Self::With(spec) => spec.serialize(serializer),
        }
    }
}

impl JsonSchema for EcsSpec {
    fn schema_name() -> Cow<'static, str> {
        "EcsSpec".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let spec = generator.subschema_for::<EcsNetworkSpec>();
        json_schema!({ "anyOf": [{ "const": true }, spec] })
    }
}

struct HealthPortVisitor;

impl Visitor<'_> for HealthPortVisitor {
    type Value = HealthPort;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`traffic` or a port from 1 to 65535")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<HealthPort, E> {
        if text == "traffic" {
            return Ok(HealthPort::Traffic);
        }
        Err(fault(
            format!("`{text}` is no port"),
            "write `traffic` or a number from 1 to 65535",
        ))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<HealthPort, E> {
        let port = u16::try_from(number).ok().and_then(Port::new);
        port.map(HealthPort::Number).ok_or_else(|| {
            fault(
                format!("{number} is no port"),
                "write `traffic` or a number from 1 to 65535",
            )
        })
    }
}

impl<'de> Deserialize<'de> for HealthPort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HealthPortVisitor)
    }
}

impl Serialize for HealthPort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Traffic => serializer.serialize_str("traffic"),
            Self::Number(port) => port.serialize(serializer),
        }
    }
}

impl JsonSchema for HealthPort {
    fn schema_name() -> Cow<'static, str> {
        "HealthPort".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let port = generator.subschema_for::<Port>();
        json_schema!({ "anyOf": [{ "const": "traffic" }, port] })
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = KeySpec;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .write_str("the name of a key, or `{existing: ...}` with the id of one that is there")
    }

    fn visit_str<E>(self, text: &str) -> Result<KeySpec, E> {
        Ok(KeySpec::Named(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<KeySpec, A::Error> {
        let mut existing = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != "existing" {
                return Err(A::Error::unknown_field(&key, &["existing"]));
            }
            existing = Some(map.next_value()?);
        }
        existing
            .map(KeySpec::Existing)
            .ok_or_else(|| A::Error::missing_field("existing"))
    }
}

impl<'de> Deserialize<'de> for KeySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

impl Serialize for KeySpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Named(name) => serializer.serialize_str(name),
            Self::Existing(id) => single(serializer, "existing", id),
        }
    }
}

impl JsonSchema for KeySpec {
    fn schema_name() -> Cow<'static, str> {
        "KeySpec".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<Value>();
        json_schema!({
            "anyOf": [
                { "type": "string", "description": "Name of a key that is made." },
                { "type": "object", "properties": { "existing": value }, "required": ["existing"], "additionalProperties": false }
            ]
        })
    }
}
