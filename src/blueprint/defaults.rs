//! Every default of the contract, by its name.
//!
//! In: nothing, or what a default depends on. Out: the default. Pure.
//! The only place where a default is written; `plan` decides with it and `show` prints it.

use super::auth::AuthorizerInput;
use super::backends::{
    BackendSpec, EcsDeployment, EcsNetwork, HealthCheckProtocol, HealthPort, Protocol,
};
use super::gateway::{ApiKeySource, BasePathUse, EndpointKind, ExecutionLog, PartialSegments};
use super::operations::SyncState;
use super::routes::{Exposure, Validation};
use super::scalars::{Duration, Port};
use super::spec::{
    ApiStyle, CloudwatchRole, FileLayout, Layout, OutputFormat, TemplateSyntax, Topology,
};

pub const OUTPUT_DIR: &str = "generated";
pub const FORMAT: OutputFormat = OutputFormat::Terraform;
pub const TEMPLATE: TemplateSyntax = TemplateSyntax::Json;
pub const API_STYLE: ApiStyle = ApiStyle::Resources;
pub const LAYOUT: Layout = Layout::Module;
pub const FILES: FileLayout = FileLayout::BySegment;
pub const NESTED: bool = false;
pub const CLOUDWATCH_ROLE: CloudwatchRole = CloudwatchRole::Existing;

pub const PROTOCOL: Protocol = Protocol::Http;
pub const TLS_VERIFY: bool = true;
pub const DEREGISTRATION_DELAY: Duration = Duration::of_seconds(60);
pub const PATH_PREFIX: &str = "/";
pub const OUTSIDE_VPC: bool = false;
pub const ECS_NETWORK: EcsNetwork = EcsNetwork::Awsvpc;
pub const ECS_DEPLOYMENT: EcsDeployment = EcsDeployment::Rolling;

pub const HEALTH_PATH: &str = "/";
pub const HEALTH_PORT: HealthPort = HealthPort::Traffic;
pub const HEALTH_INTERVAL: Duration = Duration::of_seconds(30);
pub const HEALTH_TIMEOUT: Duration = Duration::of_seconds(6);
pub const HEALTHY: u32 = 3;
pub const UNHEALTHY: u32 = 3;
pub const MATCHER: &str = "200-399";

pub const EXPOSURE: Exposure = Exposure::Public;
pub const TIMEOUT: Duration = Duration::of_seconds(29);
pub const VALIDATION: Validation = Validation::Full;

pub const AUTHORIZER_KIND: AuthorizerInput = AuthorizerInput::Request;
/// What tells callers of a function that decides apart.
pub const IDENTITY: &str = "header.Authorization";
/// Source: docs/aws-rules.md#a8 (300 seconds).
pub const AUTHORIZER_TTL: Duration = Duration::of_seconds(300);
pub const API_KEY_SOURCE: ApiKeySource = ApiKeySource::Header;

/// Resources of an API. Source: docs/aws-rules.md#m1.
pub const RESOURCES: u64 = 300;
/// Listeners of a network load balancer; AWS does not raise it. Source: docs/aws-rules.md#l6.
pub const NLB_LISTENERS: u64 = 50;
/// Rules of an application load balancer, over all its listeners, without their defaults. Source:
/// docs/aws-rules.md#l5.
pub const LISTENER_RULES: u64 = 100;
/// Target groups of an application load balancer. Source: docs/aws-rules.md#l5.
pub const TARGET_GROUPS: u64 = 100;
/// Authorizers of an API. Source: docs/aws-rules.md#m3.
pub const AUTHORIZERS: u64 = 10;
/// Operations that a usage plan throttles by themselves. Source: docs/aws-rules.md#m16.
pub const PLAN_THROTTLES: u64 = 20;

pub const ENDPOINT: EndpointKind = EndpointKind::Regional;
pub const BASE_PATH: BasePathUse = BasePathUse::Backend;
pub const PARTIAL_SEGMENTS: PartialSegments = PartialSegments::Refuse;

pub const STAGE: &str = "v1";
/// Unit: days.
pub const ACCESS_LOG_RETENTION: u32 = 365;
pub const EXECUTION_LOG: ExecutionLog = ExecutionLog::Off;
pub const METRICS: bool = true;
pub const TRACING: bool = true;
pub const CLIENT_CERTIFICATE: bool = false;
/// Source: docs/aws-rules.md#d23 (300 seconds).
pub const CACHE_TTL: Duration = Duration::of_seconds(300);
pub const CACHE_ENCRYPTED: bool = true;

pub const CROSS_ZONE: bool = true;
pub const DELETION_PROTECTION: bool = true;
/// Port of the ALB's one listener, which speaks `PROTOCOL`.
pub const ALB_PORT: u16 = 80;
pub const ALB_IDLE_TIMEOUT: Duration = Duration::of_seconds(60);

pub const SYNC_SCHEDULE: Duration = Duration::of_seconds(60);
pub const SYNC_MISSING_BEFORE_DEREGISTER: u32 = 3;
pub const SYNC_MAX_LOOKUPS_PER_RUN: u32 = 50;
pub const SYNC_STATE: SyncState = SyncState::Ssm;
pub const SYNC_RESERVE_CONCURRENCY: bool = true;
/// Runtime of the sync and the forwarder function.
pub const FUNCTION_RUNTIME: &str = "python3.13";
/// Unit: megabytes.
pub const FORWARDER_MEMORY: u32 = 512;
pub const FORWARDER_TIMEOUT: Duration = Duration::of_seconds(29);

/// Sizes of a cache cluster as AWS spells them. Unit: gigabytes. Source: docs/aws-rules.md#d21.
pub const CACHE_SIZES: [&str; 8] = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];

/// The size of a cluster as AWS spells it; `None` where there is none of that size.
pub fn cache_size(size_gb: f64) -> Option<&'static str> {
    CACHE_SIZES.into_iter().find(|it| {
        it.parse::<f64>()
            .is_ok_and(|it| (it - size_gb).abs() < 1e-9)
    })
}

/// The port of the NLB's listener: the servers' own.
pub fn listener_port(backend: &BackendSpec) -> Option<Port> {
    backend.port
}

/// How a server is asked: by TCP behind an NLB, by HTTP behind an ALB; `None` where no balancer
/// asks.
pub const fn health_protocol(topology: Topology) -> Option<HealthCheckProtocol> {
    match topology {
        Topology::NlbTargets => Some(HealthCheckProtocol::Tcp),
        Topology::NlbAlbSync | Topology::NlbAlb | Topology::Alb => Some(HealthCheckProtocol::Http),
        Topology::Forwarder | Topology::Internet => None,
    }
}
