//! What the gateway does with a security scheme.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::single;
use crate::blueprint::fault::fault;
use crate::blueprint::routes::{CognitoSpec, LambdaAuthorizerSpec};

/// What the gateway does with a security scheme.
#[derive(Clone, Debug, PartialEq)]
pub enum AuthSpec {
    /// `iam`: requests are signed with AWS credentials.
    Iam,
    /// `api-key`: `x-api-key`, which needs a usage plan.
    ApiKey,
    /// `ignore`: nothing; the backend looks after it. Reported at every render.
    Ignore,
    Cognito(CognitoSpec),
    Lambda(LambdaAuthorizerSpec),
}

const AUTH: &str = "`iam`, `api-key`, `ignore`, `{cognito: ...}` or `{lambda: ...}`";

struct AuthVisitor;

impl<'de> Visitor<'de> for AuthVisitor {
    type Value = AuthSpec;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(AUTH)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<AuthSpec, E> {
        match text {
            "iam" => Ok(AuthSpec::Iam),
            "api-key" => Ok(AuthSpec::ApiKey),
            "ignore" => Ok(AuthSpec::Ignore),
            _ => Err(fault(
                format!("`{text}` is no kind of authorization"),
                format!("write {AUTH}"),
            )),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AuthSpec, A::Error> {
        let wrong = || {
            fault(
                "the mapping names no single kind of authorization",
                format!("write {AUTH}"),
            )
        };
        let auth = match map.next_key::<String>()?.as_deref() {
            Some("cognito") => AuthSpec::Cognito(map.next_value()?),
            Some("lambda") => AuthSpec::Lambda(map.next_value()?),
            Some(other) => return Err(A::Error::unknown_field(other, &["cognito", "lambda"])),
            None => return Err(wrong()),
        };
        match map.next_key::<String>()? {
            None => Ok(auth),
            Some(key) if key == "cognito" || key == "lambda" => Err(wrong()),
            Some(other) => Err(A::Error::unknown_field(&other, &["cognito", "lambda"])),
        }
    }
}

impl<'de> Deserialize<'de> for AuthSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AuthVisitor)
    }
}

impl Serialize for AuthSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Iam => serializer.serialize_str("iam"),
            Self::ApiKey => serializer.serialize_str("api-key"),
            Self::Ignore => serializer.serialize_str("ignore"),
            Self::Cognito(spec) => single(serializer, "cognito", spec),
            Self::Lambda(spec) => single(serializer, "lambda", spec),
        }
    }
}

impl JsonSchema for AuthSpec {
    fn schema_name() -> Cow<'static, str> {
        "AuthSpec".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (cognito, lambda) = (
            generator.subschema_for::<CognitoSpec>(),
            generator.subschema_for::<LambdaAuthorizerSpec>(),
        );
        json_schema!({
            "description": "What the gateway does with a security scheme. `ignore` is an explicit opt-out, reported at every render.",
            "oneOf": [
                { "enum": ["iam", "api-key", "ignore"] },
                { "type": "object", "properties": { "cognito": cognito }, "required": ["cognito"], "additionalProperties": false },
                { "type": "object", "properties": { "lambda": lambda }, "required": ["lambda"], "additionalProperties": false }
            ]
        })
    }
}
