//! Backends as written: where each runs and how the balancer speaks to it.
//!
//! In: JSON. Out: `BackendSpec` and its parts. Pure.
//! The comments on the fields are for users: they become the published schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choices::{EcsSpec, HealthPort};
use super::scalars::{Duration, Port};
use super::values::{Value, Values};

/// Where a backend runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackendSpec {
    /// What the servers listen on.
    pub port: Option<Port>,
    /// The NLB's listener in `nlb-targets`; unique among backends. Default: `port`.
    pub listener_port: Option<Port>,
    /// Which of the ALB's listeners serves it. Default: the first.
    pub alb_port: Option<Port>,
    /// How the balancer speaks to it. Default: `http`.
    pub protocol: Option<Protocol>,
    /// Host of the integration's URI: the Host header, and the name that a certificate is checked
    /// for.
    pub host: Option<Value>,
    /// How its certificate is checked.
    pub tls: Option<TlsSpec>,
    /// Headers by name, set on the way to the backend over what the client sent: text, or
    /// `context.…` and `stageVariables.…`.
    /// Not for functions, which get the request as it came.
    pub headers: Option<BTreeMap<String, Value>>,
    /// The servers. Exactly one kind.
    pub targets: Option<TargetsSpec>,
    /// Public `https` address in topology `internet`, in place of port and targets. Its own path
    /// comes first, then `path_prefix`.
    pub url: Option<Value>,
    /// Whether the addresses of `ips` lie outside the VPC, behind a peering or a VPN. Default:
    /// `false`.
    pub outside_vpc: Option<bool>,
    /// How the balancer asks whether a server is well.
    pub health_check: Option<HealthCheckSpec>,
    /// How long a server that leaves may finish its requests. Default: `60s`.
    pub deregistration_delay: Option<Duration>,
    /// Put before the path when the request is forwarded. Default: `/`.
    #[schemars(regex(pattern = "^/"))]
    pub path_prefix: Option<String>,
    /// Security group of the servers: an ingress rule that admits the balancer is emitted for it.
    pub security_group: Option<Value>,
}

/// How the balancer speaks to a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    Http,
    Https,
}

/// How a certificate is checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsSpec {
    /// Whether the certificate is checked. Default: `true`.
    pub verify: Option<bool>,
}

/// The servers of a backend. Exactly one kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct TargetsSpec {
    /// Ids of instances.
    pub instances: Option<Values>,
    /// Names of autoscaling groups; Terraform only.
    pub autoscaling_groups: Option<Values>,
    /// IP addresses.
    pub ips: Option<Values>,
    /// A service of ECS that registers itself: `true` or its network and deployment.
    pub ecs: Option<EcsSpec>,
    /// DNS names or addresses; topology `forwarder` only.
    pub hosts: Option<Values>,
    /// ARN of a target group that is there; only listener or rule are emitted.
    pub target_group: Option<Value>,
    /// A function that is called straight from the gateway: name or ARN, with `:` and an alias or a
    /// version or without.
    /// A reference yields an ARN. The function gets the path of the gateway, with the prefix of a
    /// mount.
    pub function: Option<Value>,
}

impl TargetsSpec {
    /// The names of the kinds that are written.
    pub fn kinds(&self) -> Vec<&'static str> {
        [
            ("instances", self.instances.is_some()),
            ("autoscaling_groups", self.autoscaling_groups.is_some()),
            ("ips", self.ips.is_some()),
            ("ecs", self.ecs.is_some()),
            ("hosts", self.hosts.is_some()),
            ("target_group", self.target_group.is_some()),
            ("function", self.function.is_some()),
        ]
        .into_iter()
        .filter_map(|(kind, is_written)| is_written.then_some(kind))
        .collect()
    }
}

/// Network and deployment of a service of ECS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EcsNetworkSpec {
    /// Network mode of the tasks: `awsvpc` makes a target group of addresses, `bridge` one of
    /// instances. Default: `awsvpc`.
    pub network: Option<EcsNetwork>,
    /// How a new version comes in. Default: `rolling`.
    pub deployment: Option<EcsDeployment>,
}

/// Network mode of the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EcsNetwork {
    Awsvpc,
    Bridge,
}

/// How a new version comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EcsDeployment {
    Rolling,
    BlueGreen,
}

/// How the balancer asks whether a server is well.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheckSpec {
    /// Default: `tcp` on an NLB's target groups, `http` on an ALB's.
    pub protocol: Option<HealthProtocol>,
    /// Path that is asked for. Default: `/`.
    #[schemars(regex(pattern = "^/"))]
    pub path: Option<String>,
    /// Port that is asked: `traffic` or a number. Default: `traffic`.
    pub port: Option<HealthPort>,
    /// Time between two questions. Default: `30s`.
    pub interval: Option<Duration>,
    /// Time for an answer. Default: `6s`.
    pub timeout: Option<Duration>,
    /// Good answers in a row that make a server well. Default: 3.
    pub healthy: Option<u32>,
    /// Bad answers in a row that make a server ill. Default: 3.
    pub unhealthy: Option<u32>,
    /// Status codes of a good answer. Default: `200-399`.
    #[schemars(regex(
        pattern = "^[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?)*$"
    ))]
    pub matcher: Option<String>,
}

/// How a server is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HealthProtocol {
    Tcp,
    Http,
    Https,
}
