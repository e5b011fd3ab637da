//! Backends as written: the servers of each, and the connection of the balancer to them.
//! In: the tree. Out: `BackendSpec` and its parts. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::decode::{Decode, names, section};
use super::fault::Faults;
use super::node::TreeNode;
use super::scalars::{Duration, Port};
use super::values::{ValueSpec, ValuesSpec};

section! {
    /// Where a backend runs.
    pub struct BackendSpec {
        /// The name that it had before: what is deployed is kept under the new one.
        pub was: Option<String>,
        /// What the servers listen on.
        pub port: Option<Port>,
        /// The NLB's listener in `nlb-targets`; unique among backends. Default: `port`.
        pub listener_port: Option<Port>,
        /// Which of the ALB's listeners serves it. Default: the first.
        pub alb_port: Option<Port>,
        /// How the balancer speaks to it.
        pub protocol: Protocol = Protocol::Http,
        /// Host of the integration's URI: the Host header, and the name that a certificate is
        /// checked for.
        pub host: Option<ValueSpec>,
        /// How its certificate is checked.
        pub tls: TlsSpec = TlsSpec::default(),
        /// Headers by name, set on the way to the backend over what the client sent: text, or
        /// `context.…` and `stageVariables.…`.
        /// Not for functions, which get the request as it came.
        pub headers: Option<BTreeMap<String, ValueSpec>>,
        /// The servers. Exactly one kind.
        pub targets: Option<TargetsSpec>,
        /// Public `https` address in topology `internet`, in place of port and targets. Its own
        /// path comes first, then `path_prefix`.
        pub url: Option<ValueSpec>,
        /// Whether the addresses of `ips` lie outside the VPC, behind a peering or a VPN.
        pub outside_vpc: bool = false,
        /// How the balancer asks whether a server is well.
        pub health_check: HealthCheckSpec = HealthCheckSpec::default(),
        /// How long a server that leaves may finish its requests.
        pub deregistration_delay: Duration = Duration::of_seconds(60),
        /// Put before the path when the request is forwarded.
        #[schemars(regex(pattern = "^/"))]
        pub path_prefix: String = "/".to_owned(),
        /// Security group of the servers: an ingress rule that admits the balancer is emitted for
        /// it.
        pub security_group: Option<ValueSpec>,
    }
}

impl BackendSpec {
    /// The port of the NLB's listener: the servers' own, where no other is written.
    pub fn nlb_port(&self) -> Option<Port> {
        self.listener_port.or(self.port)
    }
}

names! {
    /// How the balancer speaks to a backend.
    pub enum Protocol {
        Http = "http",
        Https = "https",
    }
}

section! {
    /// How a certificate is checked.
    pub struct TlsSpec {
        /// Whether the certificate is checked.
        pub verify: bool = true,
    }
}

section! {
    /// The servers of a backend. Exactly one kind.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
    pub struct TargetsSpec {
        /// Ids of instances.
        pub instances: Option<ValuesSpec>,
        /// Names of autoscaling groups; Terraform only.
        pub autoscaling_groups: Option<ValuesSpec>,
        /// IP addresses.
        pub ips: Option<ValuesSpec>,
        /// A service of ECS that registers itself: `true` or its network and deployment.
        pub ecs: Option<EcsSpec>,
        /// DNS names or addresses; topology `forwarder` only.
        pub hosts: Option<ValuesSpec>,
        /// ARN of a target group that is there; only listener or rule are emitted.
        pub target_group: Option<ValueSpec>,
        /// A function that is called straight from the gateway: name or ARN, with `:` and an alias
        /// or a version or without. A reference yields an ARN. The function gets the path of the
        /// gateway, with the prefix of a mount.
        pub function: Option<ValueSpec>,
    }
}

/// A service of ECS that registers itself.
#[derive(Clone, Debug, PartialEq)]
pub enum EcsSpec {
    /// `true`.
    Service,
    With(EcsNetworkSpec),
}

impl EcsSpec {
    /// Network and deployment.
    pub fn settings(&self) -> EcsNetworkSpec {
        match self {
            Self::Service => EcsNetworkSpec::default(),
            Self::With(settings) => settings.clone(),
        }
    }
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

section! {
    /// Network and deployment of a service of ECS.
    pub struct EcsNetworkSpec {
        /// Network mode of the tasks: `awsvpc` makes a target group of addresses, `bridge` one of
        /// instances.
        pub network: EcsNetwork = EcsNetwork::Awsvpc,
        /// How a new version comes in.
        pub deployment: EcsDeployment = EcsDeployment::Rolling,
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

section! {
    /// How the balancer asks whether a server is well.
    pub struct HealthCheckSpec {
        /// Default: `tcp` on an NLB's target groups, `http` on an ALB's.
        pub protocol: Option<HealthCheckProtocol>,
        /// Path that is asked for.
        #[schemars(regex(pattern = "^/"))]
        pub path: String = "/".to_owned(),
        /// Port that is asked: `traffic` or a number.
        pub port: HealthPort = HealthPort::Traffic,
        /// Time between two questions.
        pub interval: Duration = Duration::of_seconds(30),
        /// Time for an answer.
        pub timeout: Duration = Duration::of_seconds(6),
        /// Good answers in a row that make a server well.
        pub healthy: u32 = 3,
        /// Bad answers in a row that make a server ill.
        pub unhealthy: u32 = 3,
        /// Status codes of a good answer.
        #[schemars(regex(
            pattern = "^[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?)*$"
        ))]
        pub matcher: String = "200-399".to_owned(),
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

/// The port that a health check connects to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthPort {
    /// `traffic`: the port that takes the requests.
    Traffic,
    #[serde(untagged)]
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

impl JsonSchema for HealthPort {
    fn schema_name() -> Cow<'static, str> {
        "HealthPort".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let port = generator.subschema_for::<Port>();
        json_schema!({ "anyOf": [{ "const": "traffic" }, port] })
    }
}
