//! The API, its stage and its usage plans as written.
//!
//! In: the tree. Out: `ApiSpec`, `StageSpec`, `UsagePlanSpec` and their parts. Pure.
//! The comments on the fields are for users: they become the published schema.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::decode::{Decode, TreeNode, mapping, names};
use super::fault::Faults;
use super::routes::{MatchSpec, ThrottleSpec, Validation};
use super::scalars::{Duration, Switch};
use super::values::{Value, Values};

mapping! {
    /// Settings of the API itself.
    #[derive(Default)]
    pub struct ApiSpec {
        /// Where the API can be reached.
        pub endpoint: Option<EndpointSpec>,
        /// Path of a resource policy, in place of what the endpoint implies.
        pub policy: Option<String>,
        /// What becomes of the path of the first server. Default: `backend`.
        pub base_path: Option<BasePathUse>,
        /// What the gateway checks before a backend is asked. Default: `full`.
        pub validation: Option<Validation>,
        /// What becomes of a segment such as `{id}.json`. Default: `refuse`.
        pub partial_segments: Option<PartialSegments>,
        /// Media types that are passed on as bytes. Default: those of the description that are no
        /// text, ranges such as `image/*` among them.
        pub binary_media_types: Option<Vec<String>>,
        /// Size from which on answers are compressed. Unit: bytes.
        pub minimum_compression_size: Option<u64>,
        /// Where an API key is looked for: in the header `x-api-key`, or in the answer of a
        /// `lambda` authorizer. Default: `header`.
        pub api_key_source: Option<ApiKeySource>,
        /// Answers to browsers of other origins.
        pub cors: Option<CorsSpec>,
        /// The gateway's own errors.
        pub gateway_responses: Option<GatewayResponsesSpec>,
        /// A domain of your own.
        pub domain: Option<DomainSpec>,
        /// Whether the address that AWS gives is switched off. Default: `false`.
        pub disable_execute_api: Option<bool>,
        /// ARN of a web ACL.
        pub waf: Option<Value>,
    }
}

mapping! {
    /// Where the API can be reached.
    #[derive(Default)]
    pub struct EndpointSpec {
        /// Kind of endpoint. Default: `regional`.
        pub r#type: Option<EndpointKind>,
        /// Ids of VPC endpoints through which a private API is reached.
        pub vpc_endpoints: Option<Values>,
        /// Addresses that may call it.
        pub allow_cidrs: Option<Values>,
    }
}

names! {
    /// Kind of endpoint.
    #[schemars(rename = "EndpointType")]
    pub enum EndpointKind {
        Regional = "regional",
        Edge = "edge",
        /// Needs `vpc_endpoints` or a policy.
        Private = "private",
    }
}

names! {
    /// What becomes of the path of the first server.
    #[schemars(rename = "BasePath")]
    pub enum BasePathUse {
        /// Before the path towards the backend.
        Backend = "backend",
        /// On the gateway too.
        Both = "both",
        Ignore = "ignore",
    }
}

names! {
    /// What becomes of a segment such as `{id}.json`.
    pub enum PartialSegments {
        /// An error.
        Refuse = "refuse",
        /// One variable; the backend gets the same path, the gateway no longer checks the suffix.
        Widen = "widen",
    }
}

names! {
    /// Where an API key is looked for.
    pub enum ApiKeySource {
        Header = "header",
        Authorizer = "authorizer",
    }
}

mapping! {
    /// Answers to browsers of other origins.
    pub struct CorsSpec {
        /// Origins that may call, for example `https://shop.example`.
        pub origins: Vec<String>,
        /// Headers that they may send, besides those that operations need: what they declare, what
        /// shows who calls, `x-api-key`, and `content-type` for bodies that are neither forms nor
        /// plain text.
        pub headers: Option<Vec<String>>,
        /// Whether cookies go along.
        pub credentials: Option<bool>,
        /// How long a browser keeps the answer.
        pub max_age: Option<Duration>,
    }
}

mapping! {
    /// The gateway's own errors.
    #[derive(Default)]
    pub struct GatewayResponsesSpec {
        /// Bodies as RFC 9457 has them.
        pub problem_json: Option<bool>,
    }
}

mapping! {
    /// A domain of your own.
    pub struct DomainSpec {
        /// Name of the domain.
        pub name: Value,
        /// Whether the domain is there already.
        pub existing: Option<bool>,
        /// ARN of its certificate.
        pub certificate: Option<Value>,
        /// Id of the hosted zone that gets its record.
        pub zone: Option<Value>,
        /// Path below the domain.
        pub base_path: Option<String>,
        /// Lowest version of TLS, for example `TLS_1_2`.
        pub security_policy: Option<String>,
        /// Certificates of clients; needs `disable_execute_api`.
        pub mutual_tls: Option<MutualTlsSpec>,
    }
}

mapping! {
    /// Certificates of clients.
    pub struct MutualTlsSpec {
        /// S3 URI of the trusted certificates.
        pub truststore: Value,
        /// Version of that object.
        pub version: Option<Value>,
    }
}

mapping! {
    /// The one stage of the API.
    #[derive(Default)]
    pub struct StageSpec {
        /// Name of the stage. Default: `v1`.
        pub name: Option<Value>,
        /// Requests per second of each method, unless a route says otherwise.
        pub throttle: Option<Switch<ThrottleSpec>>,
        /// The cache cluster; only routes with `cache` are cached.
        pub cache: Option<Switch<StageCacheSpec>>,
        /// A line a request, or `off`. Default: kept for 365 days.
        pub access_log: Option<Switch<AccessLogSpec>>,
        /// What API Gateway itself logs. Default: `off`.
        pub execution_log: Option<ExecutionLog>,
        /// Whether each method has its own metrics. Default: `true`.
        pub metrics: Option<bool>,
        /// Whether requests are traced by X-Ray. Default: `true`.
        pub tracing: Option<bool>,
        /// Stage variables by name.
        pub variables: Option<BTreeMap<String, Value>>,
        /// Whether the gateway shows a certificate to the backends. Default: `false`.
        pub client_certificate: Option<bool>,
    }
}

mapping! {
    /// The cache cluster.
    pub struct StageCacheSpec {
        /// Size of the cluster: 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237. Unit: gigabytes.
        #[schemars(range(min = 0))]
        pub size_gb: f64,
        /// How long an answer is kept, unless a route says otherwise, at most `1h`. Default: `5m`.
        pub ttl: Option<Duration>,
        /// Whether answers are kept encrypted. Default: `true`.
        pub encrypted: Option<bool>,
    }
}

mapping! {
    /// A line a request.
    #[derive(Default)]
    pub struct AccessLogSpec {
        /// How long lines are kept. Unit: days. Default: 365.
        pub retention_days: Option<u32>,
        /// ARN of the key that encrypts them.
        pub kms_key: Option<Value>,
    }
}

names! {
    /// What API Gateway itself logs.
    pub enum ExecutionLog {
        Off = "off",
        Error = "error",
        Info = "info",
    }
}

mapping! {
    /// A usage plan.
    #[derive(Default)]
    pub struct UsagePlanSpec {
        /// Names of keys that are made, or `{existing: id}`.
        pub keys: Option<Vec<KeySpec>>,
        /// Requests per second of each key.
        pub throttle: Option<ThrottleSpec>,
        /// Requests per day, week or month of each key.
        pub quota: Option<QuotaSpec>,
        /// Other throttles for some operations.
        pub routes: Option<Vec<PlanRouteSpec>>,
    }
}

/// A key of a usage plan.
#[derive(Clone, Debug, PartialEq)]
pub enum KeySpec {
    /// Name of a key that is made.
    Named(String),
    /// Id of a key that is there.
    Existing(Value),
}

mapping! {
    /// A key that is there.
    struct ExistingKeySpec {
        /// Its id.
        existing: Value,
    }
}

impl Decode for KeySpec {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        match node.value() {
            Json::String(name) => Some(Self::Named(name.clone())),
            Json::Object(_) => {
                ExistingKeySpec::decode(node, faults).map(|key| Self::Existing(key.existing))
            }
            _ => faults.mismatch(
                node,
                "the name of a key, or `{existing: ...}` with the id of one that is there",
            ),
        }
    }
}

impl Serialize for KeySpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Named(name) => serializer.serialize_str(name),
            Self::Existing(id) => serializer.collect_map([("existing", id)]),
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

mapping! {
    /// Requests per day, week or month.
    pub struct QuotaSpec {
        /// How many requests.
        pub limit: u64,
        /// In which time.
        pub period: Period,
    }
}

names! {
    /// Period of a quota.
    pub enum Period {
        Day = "day",
        Week = "week",
        Month = "month",
    }
}

mapping! {
    /// A usage plan's throttle for some operations.
    pub struct PlanRouteSpec {
        /// Which operations.
        pub r#match: MatchSpec,
        /// Requests per second in the long run.
        #[schemars(range(min = 0))]
        pub rate: f64,
        /// Requests at once.
        pub burst: u64,
    }
}
