//! The API, its stage and its usage plans as written.
//! In: the tree. Out: `ApiSpec`, `StageSpec`, `UsagePlanSpec` and their parts. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value as Json;

use super::decode::{Decode, mapping, names, section};
use super::fault::Faults;
use super::node::TreeNode;
use super::routes::{MatchSpec, ThrottleSpec, Validation};
use super::scalars::{Duration, Switch};
use super::values::{ValueSpec, ValuesSpec};

section! {
    /// Settings of the API itself.
    pub struct ApiSpec {
        /// Where the API can be reached.
        pub endpoint: EndpointSpec = EndpointSpec::default(),
        /// Path of a resource policy, in place of what the endpoint implies.
        pub policy: Option<String>,
        /// What becomes of the path of the first server.
        pub base_path: BasePathUse = BasePathUse::Backend,
        /// What the gateway checks before a backend is asked.
        pub validation: Validation = Validation::Full,
        /// What becomes of a segment such as `{id}.json`.
        pub partial_segments: PartialSegments = PartialSegments::Refuse,
        /// Media types that are passed on as bytes. Default: those of the description that are no
        /// text, ranges such as `image/*` among them.
        pub binary_media_types: Option<Vec<String>>,
        /// Size from which on answers are compressed. Unit: bytes.
        pub minimum_compression_size: Option<u64>,
        /// Where an API key is looked for: in the header `x-api-key`, or in the answer of a
        /// `lambda` authorizer.
        pub api_key_source: ApiKeySource = ApiKeySource::Header,
        /// Answers to browsers of other origins.
        pub cors: Option<CorsSpec>,
        /// The gateway's own errors.
        pub gateway_responses: GatewayResponsesSpec = GatewayResponsesSpec::default(),
        /// A domain of your own.
        pub domain: Option<DomainSpec>,
        /// Whether the address that AWS gives is switched off.
        pub disable_execute_api: bool = false,
        /// ARN of a web ACL.
        pub waf: Option<ValueSpec>,
    }
}

section! {
    /// Where the API can be reached.
    pub struct EndpointSpec {
        /// Kind of endpoint.
        pub r#type: EndpointKind = EndpointKind::Regional,
        /// Ids of VPC endpoints through which a private API is reached.
        pub vpc_endpoints: Option<ValuesSpec>,
        /// Addresses that may call it.
        pub allow_cidrs: Option<ValuesSpec>,
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
        pub credentials: bool = false,
        /// How long a browser keeps the answer.
        pub max_age: Option<Duration>,
    }
}

section! {
    /// The gateway's own errors.
    pub struct GatewayResponsesSpec {
        /// Bodies as RFC 9457 has them.
        pub problem_json: bool = false,
    }
}

mapping! {
    /// A domain of your own.
    pub struct DomainSpec {
        /// Name of the domain.
        pub name: ValueSpec,
        /// Whether the domain is there already.
        pub existing: bool = false,
        /// ARN of its certificate.
        pub certificate: Option<ValueSpec>,
        /// Id of the hosted zone that gets its record.
        pub zone: Option<ValueSpec>,
        /// Path below the domain.
        pub base_path: Option<String>,
        /// Lowest version of TLS.
        pub security_policy: String = "TLS_1_2".to_owned(),
        /// Certificates of clients; needs `disable_execute_api`.
        pub mutual_tls: Option<MutualTlsSpec>,
    }
}

mapping! {
    /// Certificates of clients.
    pub struct MutualTlsSpec {
        /// S3 URI of the trusted certificates.
        pub truststore: ValueSpec,
        /// Version of that object.
        pub version: Option<ValueSpec>,
    }
}

section! {
    /// The one stage of the API.
    pub struct StageSpec {
        /// Name of the stage.
        pub name: ValueSpec = ValueSpec::Literal("v1".to_owned()),
        /// Requests per second of each method, unless a route says otherwise.
        pub throttle: Option<Switch<ThrottleSpec>>,
        /// The cache cluster; only routes with `cache` are cached.
        pub cache: Option<Switch<StageCacheSpec>>,
        /// A line a request, or `off`. Default: kept for 365 days.
        pub access_log: Switch<AccessLogSpec> = Switch::On(AccessLogSpec::default()),
        /// What API Gateway itself logs.
        pub execution_log: ExecutionLog = ExecutionLog::Off,
        /// Whether each method has its own metrics, which CloudWatch bills. Those of the API as a
        /// whole are there, and free, either way.
        // Source: docs/aws-rules.md#d27.
        pub metrics: bool = false,
        /// Whether requests are traced by X-Ray.
        pub tracing: bool = true,
        /// Stage variables by name.
        pub variables: Option<BTreeMap<String, ValueSpec>>,
        /// Whether the gateway shows a certificate to the backends.
        pub client_certificate: bool = false,
    }
}

/// Sizes of a cache cluster as AWS spells them. Unit: gigabytes. Source: docs/aws-rules.md#d21.
pub const CACHE_SIZES: [&str; 8] = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];

impl StageCacheSpec {
    /// The size as AWS spells it; `None` where there is none of that size.
    pub fn size(&self) -> Option<&'static str> {
        let is_same = |size: &f64| (size - self.size_gb).abs() < 1e-9;
        CACHE_SIZES
            .into_iter()
            .find(|text| text.parse().is_ok_and(|size| is_same(&size)))
    }
}

mapping! {
    /// The cache cluster.
    pub struct StageCacheSpec {
        /// Size of the cluster: 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237. Unit: gigabytes.
        #[schemars(range(min = 0))]
        pub size_gb: f64,
        /// How long an answer is kept, unless a route says otherwise, at most `1h`.
        // Source: docs/aws-rules.md#d23.
        pub ttl: Duration = Duration::of_seconds(300),
        /// Whether answers are kept encrypted.
        pub encrypted: bool = true,
    }
}

section! {
    /// A line a request.
    pub struct AccessLogSpec {
        /// How long lines are kept. Unit: days.
        pub retention_days: u32 = 365,
        /// ARN of the key that encrypts them, and the logs of functions of the stack.
        pub kms_key: Option<ValueSpec>,
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

section! {
    /// A usage plan.
    pub struct UsagePlanSpec {
        /// The name that it had before: what is deployed is kept under the new one.
        pub was: Option<String>,
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
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeySpec {
    /// Id of a key that is there.
    Existing(ValueSpec),
    /// Name of a key that the stack creates.
    #[serde(untagged)]
    Named(String),
}

mapping! {
    /// A key that is there.
    struct ExistingKeySpec {
        /// Its id.
        existing: ValueSpec,
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

impl JsonSchema for KeySpec {
    fn schema_name() -> Cow<'static, str> {
        "KeySpec".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<ValueSpec>();
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
