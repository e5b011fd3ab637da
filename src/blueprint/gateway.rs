//! The API, its stage and its usage plans as written.
//!
//! In: JSON. Out: `ApiSpec`, `StageSpec`, `UsagePlanSpec` and their parts. Pure.
//! The comments on the fields are for users: they become the published schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choices::KeySpec;
use super::routes::{MatchSpec, ThrottleSpec, Validation};
use super::scalars::{Duration, Switch};
use super::values::{Value, Values};

/// Settings of the API itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiSpec {
    /// Where the API can be reached.
    pub endpoint: Option<EndpointSpec>,
    /// Path of a resource policy, in place of what the endpoint implies.
    pub policy: Option<String>,
    /// What becomes of the path of the first server. Default: `backend`.
    pub base_path: Option<BasePath>,
    /// What the gateway checks before a backend is asked. Default: `full`.
    pub validation: Option<Validation>,
    /// What becomes of a segment such as `{id}.json`. Default: `refuse`.
    pub partial_segments: Option<PartialSegments>,
    /// Media types that are passed on as bytes. Default: those of the description that are no text,
    /// ranges such as `image/*` among them.
    pub binary_media_types: Option<Vec<String>>,
    /// Size from which on answers are compressed. Unit: bytes.
    pub minimum_compression_size: Option<u64>,
    /// Where an API key is looked for: in the header `x-api-key`, or in the answer of a `lambda`
    /// authorizer. Default: `header`.
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

/// Where the API can be reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointSpec {
    /// Kind of endpoint. Default: `regional`.
    pub r#type: Option<EndpointType>,
    /// Ids of VPC endpoints through which a private API is reached.
    pub vpc_endpoints: Option<Values>,
    /// Addresses that may call it.
    pub allow_cidrs: Option<Values>,
}

/// Kind of endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointType {
    Regional,
    Edge,
    /// Needs `vpc_endpoints` or a policy.
    Private,
}

/// What becomes of the path of the first server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BasePath {
    /// Before the path towards the backend.
    Backend,
    /// On the gateway too.
    Both,
    Ignore,
}

/// What becomes of a segment such as `{id}.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PartialSegments {
    /// An error.
    Refuse,
    /// One variable; the backend gets the same path, the gateway no longer checks the suffix.
    Widen,
}

/// Where an API key is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ApiKeySource {
    Header,
    Authorizer,
}

/// Answers to browsers of other origins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorsSpec {
    /// Origins that may call, for example `https://shop.example`.
    pub origins: Vec<String>,
    /// Headers that they may send, besides those that operations need: what they declare, what
    /// shows who calls, `x-api-key`, and `content-type` for bodies that are neither forms nor plain
    /// text.
    pub headers: Option<Vec<String>>,
    /// Whether cookies go along.
    pub credentials: Option<bool>,
    /// How long a browser keeps the answer.
    pub max_age: Option<Duration>,
}

/// The gateway's own errors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GatewayResponsesSpec {
    /// Bodies as RFC 9457 has them.
    pub problem_json: Option<bool>,
}

/// A domain of your own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
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

/// Certificates of clients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MutualTlsSpec {
    /// S3 URI of the trusted certificates.
    pub truststore: Value,
    /// Version of that object.
    pub version: Option<Value>,
}

/// The one stage of the API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
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

/// The cache cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageCacheSpec {
    /// Size of the cluster: 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237. Unit: gigabytes.
    #[schemars(range(min = 0))]
    pub size_gb: f64,
    /// How long an answer is kept, unless a route says otherwise, at most `1h`. Default: `5m`.
    pub ttl: Option<Duration>,
    /// Whether answers are kept encrypted. Default: `true`.
    pub encrypted: Option<bool>,
}

/// A line a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessLogSpec {
    /// How long lines are kept. Unit: days. Default: 365.
    pub retention_days: Option<u32>,
    /// ARN of the key that encrypts them.
    pub kms_key: Option<Value>,
}

/// What API Gateway itself logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExecutionLog {
    Off,
    Error,
    Info,
}

/// A usage plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
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

/// Requests per day, week or month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotaSpec {
    /// How many requests.
    pub limit: u64,
    /// In which time.
    pub period: Period,
}

/// Period of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    Day,
    Week,
    Month,
}

/// A usage plan's throttle for some operations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanRouteSpec {
    /// Which operations.
    pub r#match: MatchSpec,
    /// Requests per second in the long run.
    #[schemars(range(min = 0))]
    pub rate: f64,
    /// Requests at once.
    pub burst: u64,
}
