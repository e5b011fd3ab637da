//! Joins the description with the blueprint: every default is filled in, every operation has its
//! way or the reason why not.
//!
//! In: `Api`, `Blueprint`. Out: `Outcome<Plan>`. Pure.
//! Every decision about what to build is made here and nowhere later.

mod access;
mod decide;
mod functions;
mod inputs;
pub mod models;
pub mod names;
mod network;
mod paths;
mod routes;
mod rules;
mod stage;
mod variables;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint;
use crate::diagnostic::Place;
use crate::openapi::{HttpMethod, Security};
pub use crate::plan::access::authorizers::{
    AuthDifference, AuthPlan, AuthorizerAsks, AuthorizerPlan, Check, LambdaAuthorizerPlan,
};
pub use crate::plan::access::keys::{KeyPlan, KeySource, QuotaPlan, UsagePlan};
pub(crate) use crate::plan::access::schemes::Declared;
pub use crate::plan::functions::sync::SyncPlan;
pub use crate::plan::network::access_logs::AccessLogsPlan;
pub use crate::plan::network::admission::SourcePlan;
pub use crate::plan::network::alb::{AlbBalancerPlan, AlbListenerPlan, AlbPlan};
pub use crate::plan::network::headers::is_dropped;
pub use crate::plan::network::integrations::{
    BackendPlan, ForwarderGroupsPlan, ForwarderPlan, ForwardersPlan, FunctionPlan, HeaderPlan,
    HeaderSourcePlan, IntegrationPlan, InternetPlan, NetworkPlan, ParameterPlan,
};
pub use crate::plan::network::link::{LinkOrigin, LinkPlan};
pub use crate::plan::network::listener_rules::{Destination, HEALTH_PATH, ListenerRulePlan};
pub use crate::plan::network::nlb::{BalancerPlan, NlbPlan};
pub use crate::plan::routes::cors::{CorsPlan, PreflightPlan};
pub use crate::plan::routes::tree::Refusal;
pub(crate) use crate::plan::rules::patterns::{Of, Patterns, exact};
pub use crate::plan::stage::cache::CachePlan;
pub use crate::plan::stage::domain::{DomainPlan, MadeDomainPlan};
pub use crate::plan::stage::endpoint::{EndpointPlan, PolicyPlan};
pub use crate::plan::stage::gateway_responses::GatewayResponsePlan;
pub use decide::plan;
pub use inputs::InputType;
pub use models::{ChecksPlan, CoveragePlan, ModelPlan};
pub use names::Prefix;
pub use paths::{Segment, text_of};
pub use stage::{ClusterPlan, LogRolePlan, RequestLogPlan, StagePlan, ThrottlePlan};

/// Text that is known now or at deploy time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    Literal(Arc<str>),
    /// An input of the stack, by name.
    Input(Arc<str>),
    /// A Terraform expression, as `terraform fmt` spells it.
    Expression(Arc<str>),
    /// A parameter of the Systems Manager, by path.
    Parameter {
        path: Arc<str>,
        /// Its commas separate items.
        is_list: bool,
    },
}

/// A list, or one reference that yields one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    List(Vec<Value>),
    One(Value),
}

/// Something that the user gives at deploy time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputPlan {
    pub of: InputType,
    pub description: Arc<str>,
    /// One text, or several where the type is a list.
    pub default: Option<Vec<Arc<str>>>,
    pub is_sensitive: bool,
}

/// Where and how the result is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputPlan {
    pub format: blueprint::Format,
    pub template: blueprint::TemplateSyntax,
    pub api_style: blueprint::ApiStyle,
    pub layout: blueprint::Layout,
    pub files: blueprint::FileLayout,
}

/// How a backend behind the load balancer is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancedPlan {
    pub name: Arc<str>,
    pub port: u16,
    /// Of the network load balancer's listener, or of the application load balancer's.
    pub listener_port: u16,
    /// The gateway speaks https.
    pub is_tls: bool,
    /// What the balancer speaks to the targets.
    pub protocol: TargetProtocol,
    /// Host of the URI; the balancer's own name where there is none.
    pub host: Option<Value>,
    pub skips_verification: bool,
    pub targets: TargetsPlan,
    pub health_check: HealthCheckPlan,
    pub deregistration_delay_s: u32,
    /// Group of the backend that has to admit the balancer.
    pub security_group: Option<Value>,
}

/// What a balancer speaks to its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetProtocol {
    Tcp,
    /// The balancer ends the gateway's TLS and opens its own.
    Tls,
    Http,
    Https,
}

/// What a backend runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetsPlan {
    Instances(Values),
    /// Names of autoscaling groups; `None` where the format cannot attach them.
    AutoscalingGroups(Option<Values>),
    /// Addresses, all of them inside the VPC or all outside.
    Ips {
        addresses: Values,
        outside_vpc: bool,
    },
    /// Services of ECS register themselves, by address (`awsvpc`) or by instance (`bridge`).
    ///
    /// Blue-green ones switch the listener between two groups.
    Ecs {
        by_address: bool,
        is_blue_green: bool,
    },
    /// ARN of a target group that is there.
    Existing(Value),
}

/// How the balancer asks a target whether it is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheckPlan {
    pub protocol: blueprint::HealthProtocol,
    pub path: Arc<str>,
    pub matcher: Arc<str>,
    /// `None`: the port that serves.
    pub port: Option<u16>,
    pub interval_s: u32,
    pub timeout_s: u32,
    pub healthy: u32,
    pub unhealthy: u32,
}

/// An operation under a mount, with what was decided of it.
#[derive(Clone, Debug)]
pub struct OperationPlan {
    /// Index of its description in `spec`.
    pub description: usize,
    pub method: HttpMethod,
    /// The path as the description writes it.
    pub path: Arc<str>,
    pub place: Place,
    pub exposure: blueprint::Exposure,
    /// Index into `Plan::backends`; of public operations always there.
    pub backend: Option<usize>,
    pub timeout_ms: u32,
    /// The one that holds for it, its own or the stage's.
    pub throttle: Option<ThrottlePlan>,
    pub cache: Option<CachePlan>,
    /// Path on the gateway, with the mount and a base path that is served there; `None` where a
    /// REST API cannot hold it.
    pub gateway_path: Option<Vec<Segment>>,
    /// Path on the gateway of what is not public, where it has whole segments.
    pub asked_path: Option<Vec<Segment>>,
    /// What is not public, where private callers come to a balancer: base path and path as the
    /// description writes them.
    pub private_path: Option<Arc<str>>,
    /// Path that the backend gets.
    pub backend_path: Vec<Segment>,
    /// The backend's path ends with `/`.
    pub has_trailing_slash: bool,
    /// `method.request.…` and whether it is required.
    pub request_parameters: Arc<BTreeMap<String, bool>>,
    /// What the gateway checks before the backend is asked.
    pub checks: ChecksPlan,
    /// What it does not check, though the description says something of it.
    pub coverage: CoveragePlan,
    /// What the description asks of its callers.
    pub declared: Security,
    /// What the gateway asks of its callers; nothing where it is not public.
    pub auth: AuthPlan,
    /// Headers that a browser of another origin has to be allowed to send; none without `api.cors`.
    pub browser_headers: Vec<Arc<str>>,
}

impl OperationPlan {
    pub fn is_public(&self) -> bool {
        self.exposure == blueprint::Exposure::Public
    }
}

/// Quotas of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsPlan {
    pub resources: u64,
    pub nlb_listeners: u64,
    pub listener_rules: u64,
    pub target_groups: u64,
    pub authorizers: u64,
}

/// What is to be built, decided.
#[derive(Clone, Debug)]
pub struct Plan {
    pub prefix: Prefix,
    /// Of the first description.
    pub title: Arc<str>,
    /// Main files of the descriptions, as `spec` writes them.
    pub descriptions: Vec<Arc<str>>,
    pub region: Option<Arc<str>>,
    pub output: OutputPlan,
    pub tags: BTreeMap<Arc<str>, Value>,
    /// `None` where nothing stands behind a load balancer.
    pub network: Option<NetworkPlan>,
    /// `None` where no function of ours forwards requests.
    pub forwarders: Option<ForwardersPlan>,
    pub inputs: BTreeMap<Arc<str>, InputPlan>,
    /// Parameters of the Systems Manager, by path.
    pub parameters: BTreeMap<Arc<str>, ParameterPlan>,
    /// By name.
    pub backends: Vec<BackendPlan>,
    /// By gateway path and method.
    pub operations: Vec<OperationPlan>,
    /// Answers of the gateway's own, where an operation that is not public would be taken for a
    /// public one.
    pub refusals: Vec<Refusal>,
    /// By name.
    pub authorizers: Vec<AuthorizerPlan>,
    /// By name.
    pub usage_plans: Vec<UsagePlan>,
    /// API keys come from the authorizer, not from a header.
    pub key_from_authorizer: bool,
    pub cors: Option<CorsPlan>,
    pub gateway_responses: Vec<GatewayResponsePlan>,
    /// Models of request bodies, by label.
    pub models: Vec<ModelPlan>,
    /// Sorted.
    pub binary_media_types: Vec<Arc<str>>,
    /// Size from which on answers are compressed. Unit: bytes.
    pub minimum_compression_size: Option<u32>,
    /// An API is made, and the way to it.
    pub has_gateway: bool,
    pub stage_name: Value,
    pub endpoint: EndpointPlan,
    pub domain: Option<DomainPlan>,
    pub stage: StagePlan,
    pub cross_zone: bool,
    pub deletion_protection: bool,
    pub limits: LimitsPlan,
    /// Where a finding about the blueprint as a whole stands.
    pub place: Place,
}
