//! Joins the description with the blueprint, so that every operation has its integration, or the
//! reason why not.
//!
//! In: `Api`, `Blueprint`. Out: `Outcome<Plan>`. Pure.
//! Every decision about the resources is here, and in no later stage.

mod access;
mod alarms;
mod decide;
mod functions;
mod history;
mod inputs;
mod lambda;
pub mod models;
mod name;
pub mod names;
mod network;
mod paths;
mod routes;
mod rules;
mod segments;
mod stage;
mod variables;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::{self, LimitsSpec};
use crate::diagnostic::{OperationName, Place};
use crate::openapi::{HttpMethod, Security};
pub use crate::plan::access::authorizers::{
    AuthDifference, AuthPlan, AuthorizerPlan, AuthorizerSource, Check, LambdaAuthorizerPlan,
};
pub use crate::plan::access::keys::{KeyPlan, KeySource, QuotaPlan, UsagePlan};
pub(crate) use crate::plan::access::schemes::Declared;
pub use crate::plan::alarms::AlarmsPlan;
pub use crate::plan::functions::sync::SyncPlan;
pub use crate::plan::network::access_logs::AccessLogsPlan;
pub use crate::plan::network::admission::SourcePlan;
pub use crate::plan::network::alb::{AlbBalancerPlan, AlbListenerPlan, AlbPlan};
pub use crate::plan::network::headers::is_dropped;
pub use crate::plan::network::integrations::{
    BackendPlan, ForwarderGroupsPlan, ForwarderPlan, ForwardersPlan, HeaderPlan, HeaderSourcePlan,
    IntegrationPlan, InternetPlan, NetworkPlan,
};
pub use crate::plan::network::link::{LinkOrigin, LinkPlan};
pub use crate::plan::network::listener_rules::{Destination, HEALTH_PATH, ListenerRulePlan};
pub use crate::plan::network::nlb::{BalancerPlan, NlbPlan};
pub use crate::plan::routes::closed::{ClosedAnswer, ClosedPlan, ClosedRoute};
pub use crate::plan::routes::cors::{CorsPlan, PreflightPlan};
pub use crate::plan::routes::tree::Refusal;
pub(crate) use crate::plan::rules::Field as RouteField;
pub(crate) use crate::plan::rules::patterns::{Patterns, exact};
pub use crate::plan::rules::{SettingSource, SettingSources};
pub use crate::plan::stage::cache::CachePlan;
pub use crate::plan::stage::deployments::DeploymentsPlan;
pub(crate) use crate::plan::stage::deployments::RING;
pub use crate::plan::stage::domain::{DomainPlan, ManagedDomainPlan};
pub use crate::plan::stage::endpoint::{EndpointPlan, PolicyPlan};
pub use crate::plan::stage::gateway_responses::GatewayResponsePlan;
pub(crate) use crate::plan::variables::TAGS;
pub use crate::plan::variables::patterns::ValuePattern;
pub(crate) use crate::plan::variables::patterns::pattern;
pub use decide::plan;
pub use history::HistoryPlan;
pub use inputs::InputType;
pub use lambda::FunctionPlan;
pub use models::{ChecksPlan, CoveragePlan, ModelPlan};
pub use name::Name;
pub use names::Prefix;
pub use paths::{Segment, text_of};
pub use stage::{ClusterPlan, LogRolePlan, RequestLogPlan, StagePlan};

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

/// A value that the user sets at deploy time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputPlan {
    pub of: InputType,
    pub description: Arc<str>,
    /// One text, or several where the type is a list.
    pub default: Option<Vec<Arc<str>>>,
    pub is_sensitive: bool,
}

/// A parameter of the Systems Manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterPlan {
    pub of: InputType,
}

/// Requests per second in the long run, and at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThrottlePlan {
    pub rate: f64,
    pub burst: u64,
}

impl ThrottlePlan {
    pub(crate) fn of(spec: &blueprint::ThrottleSpec) -> Self {
        Self {
            rate: spec.rate,
            burst: spec.burst,
        }
    }
}

/// Format and files of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputPlan {
    pub format: blueprint::OutputFormat,
    pub template: blueprint::TemplateSyntax,
    pub api_style: blueprint::ApiStyle,
    pub layout: blueprint::Layout,
    pub files: blueprint::FileLayout,
    /// Folder of the output, relative to the blueprint.
    pub dir: Arc<str>,
}

/// A backend behind the load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancedPlan {
    pub name: Name,
    pub port: u16,
    /// Of the network load balancer's listener, or of the application load balancer's.
    pub listener_port: u16,
    /// True where the gateway uses HTTPS.
    pub is_tls: bool,
    /// Protocol between balancer and targets.
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

/// Protocol between a balancer and its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetProtocol {
    Tcp,
    /// The balancer ends the gateway's TLS and opens its own.
    Tls,
    Http,
    Https,
}

/// Targets of a backend.
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
    /// Services of ECS register themselves, by address (`awsvpc`) or by instance (`bridge`);
    /// blue-green ones switch the listener between two groups.
    Ecs {
        by_address: bool,
        is_blue_green: bool,
        /// `blue` or `green`: the group that serves, at which what is new starts. Terraform only,
        /// which leaves what is there as deployments left it.
        serves: Option<Value>,
    },
    /// ARN of a target group that exists.
    Existing(Value),
}

/// Health check of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheckPlan {
    pub protocol: blueprint::HealthCheckProtocol,
    pub path: Arc<str>,
    pub matcher: Arc<str>,
    /// `None`: the port that serves.
    pub port: Option<u16>,
    pub interval_s: u32,
    pub timeout_s: u32,
    pub healthy: u32,
    pub unhealthy: u32,
}

/// An operation under a mount, decided.
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
    /// Its own, or the stage's.
    pub throttle: Option<ThrottlePlan>,
    pub cache: Option<CachePlan>,
    /// Path on the gateway, with the mount and a base path that is served there; `None` where a
    /// REST API cannot hold it.
    pub gateway_path: Option<Vec<Segment>>,
    /// Path on the gateway of an operation that is not public, where it has whole segments.
    pub requested_path: Option<Vec<Segment>>,
    /// Base path and path of an operation that private callers reach through a balancer.
    pub private_path: Option<Arc<str>>,
    /// Path that the backend gets.
    pub backend_path: Vec<Segment>,
    /// The backend's path ends with `/`.
    pub has_trailing_slash: bool,
    /// `method.request.…` and whether it is required.
    pub request_parameters: Arc<BTreeMap<String, bool>>,
    /// Checks of the gateway before it calls the backend.
    pub checks: ChecksPlan,
    /// Parts of the description that the gateway does not check.
    pub coverage: CoveragePlan,
    /// Access that the description requires.
    pub declared: Security,
    /// Access that the gateway requires; none where the operation is not public.
    pub auth: AuthPlan,
    /// Headers that a browser of another origin has to be allowed to send; none without `api.cors`.
    pub browser_headers: Vec<Arc<str>>,
    pub sources: SettingSources,
}

impl OperationPlan {
    pub fn is_public(&self) -> bool {
        self.exposure == blueprint::Exposure::Public
    }

    pub(crate) fn name(&self) -> OperationName {
        OperationName {
            method: self.method.as_str(),
            path: Arc::clone(&self.path),
        }
    }
}

/// The decisions about all resources.
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
    /// The output is a module that may take further tags.
    pub has_more_tags: bool,
    /// `None` where nothing is behind a load balancer.
    pub network: Option<NetworkPlan>,
    /// `None` where no function of the stack forwards requests.
    pub forwarders: Option<ForwardersPlan>,
    pub inputs: BTreeMap<Arc<str>, InputPlan>,
    /// Parameters of the Systems Manager, by path.
    pub parameters: BTreeMap<Arc<str>, ParameterPlan>,
    /// By name.
    pub backends: Vec<BackendPlan>,
    /// By gateway path and method.
    pub operations: Vec<OperationPlan>,
    /// Responses of the gateway itself to requests that are not public and match a public template.
    pub refusals: Vec<Refusal>,
    /// Methods of earlier templates, which stay.
    pub closed: ClosedPlan,
    /// By name.
    pub authorizers: Vec<AuthorizerPlan>,
    /// By name.
    pub usage_plans: Vec<UsagePlan>,
    /// API keys come from the authorizer, not from a header.
    pub key_from_authorizer: bool,
    /// The blueprint has a way to ask callers who they are, whichever operations do.
    pub asks_callers: bool,
    pub cors: Option<CorsPlan>,
    pub gateway_responses: Vec<GatewayResponsePlan>,
    /// Models of request bodies, by label.
    pub models: Vec<ModelPlan>,
    /// Sorted.
    pub binary_media_types: Vec<Arc<str>>,
    /// Size from which on responses are compressed. Unit: bytes.
    pub minimum_compression_size: Option<u32>,
    /// The stack has an API, and the load balancers and links that it needs.
    pub has_gateway: bool,
    pub stage_name: Value,
    pub endpoint: EndpointPlan,
    pub domain: Option<DomainPlan>,
    pub stage: StagePlan,
    pub deployments: DeploymentsPlan,
    pub history: HistoryPlan,
    /// `None` where no topic is named.
    pub alarms: Option<AlarmsPlan>,
    pub cross_zone: bool,
    /// Quotas of the account.
    pub limits: LimitsSpec,
    /// Place of a finding about the blueprint as a whole.
    pub place: Place,
}
