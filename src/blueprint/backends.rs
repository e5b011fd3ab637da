//! Backends as written: where each runs and how the balancer speaks to it.
//!
//! In: the tree. Out: `BackendSpec` and its parts. Pure.
//! The comments on the fields are for users: they become the published schema.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::decode::{Decode, TreeNode, mapping, names};
use super::fault::Faults;
use super::scalars::{Duration, Port};
use super::values::{Value, Values};

mapping! {
    /// Where a backend runs.
    #[derive(Default)]
    pub struct BackendSpec {
        /// What the servers listen on.
        pub port: Option<Port>,
        /// The NLB's listener in `nlb-targets`; unique among backends. Default: `port`.
        pub listener_port: Option<Port>,
        /// Which of the ALB's listeners serves it. Default: the first.
        pub alb_port: Option<Port>,
        /// How the balancer speaks to it. Default: `http`.
        pub protocol: Option<Protocol>,
        /// Host of the integration's URI: the Host header, and the name that a certificate is
        /// checked for.
        pub host: Option<Value>,
        /// How its certificate is checked.
        pub tls: Option<TlsSpec>,
        /// Headers by name, set on the way to the backend over what the client sent: text, or
        /// `context.…` and `stageVariables.…`.
        /// Not for functions, which get the request as it came.
        pub headers: Option<BTreeMap<String, Value>>,
        /// The servers. Exactly one kind.
        pub targets: Option<TargetsSpec>,
        /// Public `https` address in topology `internet`, in place of port and targets. Its own
        /// path comes first, then `path_prefix`.
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
        /// Security group of the servers: an ingress rule that admits the balancer is emitted for
        /// it.
        pub security_group: Option<Value>,
    }
}

names! {
    /// How the balancer speaks to a backend.
    pub enum Protocol {
        Http = "http",
        Https = "https",
    }
}

mapping! {
    /// How a certificate is checked.
    #[derive(Default)]
    pub struct TlsSpec {
        /// Whether the certificate is checked. Default: `true`.
        pub verify: Option<bool>,
    }
}

mapping! {
    /// The servers of a backend. Exactly one kind.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
    #[derive(Default)]
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
        /// A function that is called straight from the gateway: name or ARN, with `:` and an alias
        /// or a version or without. A reference yields an ARN. The function gets the path of the
        /// gateway, with the prefix of a mount.
        pub function: Option<Value>,
    }
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

/// A service of ECS that registers itself.
#[derive(Clone, Debug, PartialEq)]
pub enum EcsSpec {
    /// `true`.
    Service,
    With(EcsNetworkSpec),
}

impl Decode for EcsSpec {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        match node.value() {
            Json::Bool(true) => Some(Self::Service),
            Json::Bool(false) => faults.wrong(
                node,
                "`false` names no targets",
                "write `true`, or another kind of targets",
            ),
            Json::Object(_) => EcsNetworkSpec::decode(node, faults).map(Self::With),
            _ => faults.mismatch(
                node,
                "`true` or `{network: awsvpc | bridge, deployment: rolling | blue-green}`",
            ),
        }
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

mapping! {
    /// Network and deployment of a service of ECS.
    #[derive(Default)]
    pub struct EcsNetworkSpec {
        /// Network mode of the tasks: `awsvpc` makes a target group of addresses, `bridge` one of
        /// instances. Default: `awsvpc`.
        pub network: Option<EcsNetwork>,
        /// How a new version comes in. Default: `rolling`.
        pub deployment: Option<EcsDeployment>,
    }
}

names! {
    /// Network mode of the tasks.
    pub enum EcsNetwork {
        Awsvpc = "awsvpc",
        Bridge = "bridge",
    }
}

names! {
    /// How a new version comes in.
    pub enum EcsDeployment {
        Rolling = "rolling",
        BlueGreen = "blue-green",
    }
}

mapping! {
    /// How the balancer asks whether a server is well.
    #[derive(Default)]
    pub struct HealthCheckSpec {
        /// Default: `tcp` on an NLB's target groups, `http` on an ALB's.
        pub protocol: Option<HealthCheckProtocol>,
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
}

names! {
    /// How a server is asked.
    #[schemars(rename = "HealthProtocol")]
    pub enum HealthCheckProtocol {
        Tcp = "tcp",
        Http = "http",
        Https = "https",
    }
}

/// The port that a health check asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthPort {
    /// `traffic`: the port that takes the requests.
    Traffic,
    Number(Port),
}

impl Decode for HealthPort {
    fn decode(node: &TreeNode<'_>, faults: &mut Faults) -> Option<Self> {
        let (text, number) = (node.value().as_str(), node.number());
        let refused = match (text, number.and_then(serde_json::Number::as_u64)) {
            (Some("traffic"), _) => return Some(Self::Traffic),
            (_, Some(number)) => match u16::try_from(number).ok().and_then(Port::new) {
                Some(port) => return Some(Self::Number(port)),
                None => number.to_string(),
            },
            (Some(text), None) if number.is_none() => format!("`{text}`"),
            _ => return faults.mismatch(node, "`traffic` or a port from 1 to 65535"),
        };
        faults.wrong(
            node,
            format_args!("{refused} is no port"),
            "write `traffic` or a number from 1 to 65535",
        )
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
