//! Authorization as written: what the gateway does with each security scheme.
//! In: the tree. Out: `AuthSpec` and its parts. Pure.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::decode::{Decode, mapping, names};
use super::fault::Faults;
use super::node::TreeNode;
use super::scalars::Duration;
use super::values::{ValueSpec, ValuesSpec};

/// What the gateway does with a security scheme.
#[derive(Clone, Debug, PartialEq)]
pub enum AuthSpec {
    /// `iam`: requests are signed with AWS credentials.
    Iam,
    /// `api-key`: `x-api-key`, which needs a usage plan.
    ApiKey,
    /// `ignore`: nothing; the backend looks after it. Reported at every render.
    Ignore,
    /// With its name in earlier renders.
    Cognito(CognitoSpec, Option<String>),
    /// With its name in earlier renders.
    Lambda(LambdaAuthorizerSpec, Option<String>),
}

impl AuthSpec {
    /// The name in earlier renders.
    pub fn was(&self) -> Option<&str> {
        match self {
            Self::Cognito(_, was) | Self::Lambda(_, was) => was.as_deref(),
            Self::Iam | Self::ApiKey | Self::Ignore => None,
        }
    }
}

impl Serialize for AuthSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (was, cognito, lambda) = match self {
            Self::Iam => return serializer.serialize_str("iam"),
            Self::ApiKey => return serializer.serialize_str("api-key"),
            Self::Ignore => return serializer.serialize_str("ignore"),
            Self::Cognito(cognito, was) => (was.clone(), Some(cognito.clone()), None),
            Self::Lambda(lambda, was) => (was.clone(), None, Some(lambda.clone())),
        };
        AuthorizerSpec {
            was,
            cognito,
            lambda,
        }
        .serialize(serializer)
    }
}

mapping! {
    /// A security scheme that one of two kinds of authorizers checks.
    struct AuthorizerSpec {
        was: Option<String>,
        cognito: Option<CognitoSpec>,
        lambda: Option<LambdaAuthorizerSpec>,
    }
}

impl Decode for AuthSpec {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let expected = "`iam`, `api-key`, `ignore`, `{cognito: ...}` or `{lambda: ...}`";
        match node.value() {
            Json::String(text) => match text.as_str() {
                "iam" => Some(Self::Iam),
                "api-key" => Some(Self::ApiKey),
                "ignore" => Some(Self::Ignore),
                _ => faults.wrong(
                    node,
                    format_args!("`{text}` is no kind of authorization"),
                    format_args!("write {expected}"),
                ),
            },
            Json::Object(members) => {
                let decoded = AuthorizerSpec::decode(node, faults)?;
                match (decoded.cognito, decoded.lambda) {
                    (Some(cognito), None) if members.get("lambda").is_none() => {
                        Some(Self::Cognito(cognito, decoded.was))
                    }
                    (None, Some(lambda)) if members.get("cognito").is_none() => {
                        Some(Self::Lambda(lambda, decoded.was))
                    }
                    _ => faults.wrong(
                        node,
                        "the mapping names no single kind of authorization",
                        format_args!("write {expected}"),
                    ),
                }
            }
            _ => faults.mismatch(node, expected),
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
        let was = json_schema!({
            "description": "The name that it had before: what is deployed is kept under the new one.",
            "type": "string"
        });
        json_schema!({
            "description": "What the gateway does with a security scheme. `ignore` is an explicit opt-out, reported at every render.",
            "oneOf": [
                { "enum": ["iam", "api-key", "ignore"] },
                { "type": "object", "properties": { "was": was, "cognito": cognito }, "required": ["cognito"], "additionalProperties": false },
                { "type": "object", "properties": { "was": was, "lambda": lambda }, "required": ["lambda"], "additionalProperties": false }
            ]
        })
    }
}

mapping! {
    /// User pools of Cognito whose tokens are accepted.
    pub struct CognitoSpec {
        /// ARNs of the user pools.
        pub user_pools: ValuesSpec,
    }
}

mapping! {
    /// A function that decides.
    pub struct LambdaAuthorizerSpec {
        /// Name or ARN of the function.
        pub function: ValueSpec,
        /// What the function is given.
        pub kind: AuthorizerInput = AuthorizerInput::Request,
        /// What tells callers apart: `header.NAME`, `query.NAME`, `context.NAME` or `stage.NAME`.
        /// Default: `header.Authorization`.
        pub identity: Option<Vec<String>>,
        /// Where callers really show their credential, for descriptions that are wrong about it:
        /// `header.NAME` or `query.NAME`. `identity` holds it, or is it where none is written.
        pub credential: Option<String>,
        /// How long an answer of the function is kept, at most `1h`.
        // Source: docs/aws-rules.md#a8.
        pub ttl: Duration = Duration::of_seconds(300),
    }
}

names! {
    /// What an authorizer function is given.
    #[schemars(rename = "AuthorizerKind")]
    pub enum AuthorizerInput {
        Request = "request",
        Token = "token",
    }
}
