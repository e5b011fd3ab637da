//! VPC link and load balancers as written.
//!
//! In: JSON. Out: `VpcLinkSpec`, `NlbSpec`, `AlbSpec` and their parts. Pure.
//! The comments on the fields are for users: they become the published schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::backends::Protocol;
use super::scalars::{Duration, Port};
use super::values::{Value, Values};

/// The link from API Gateway into the VPC.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VpcLinkSpec {
    /// Id of a link that is there.
    pub existing: Option<Value>,
    /// Ids of the subnets that the link stands in, in topology `alb`. Default: `network.subnets`.
    pub subnets: Option<Values>,
    /// Ids of the link's security groups, in topology `alb`; beside `existing`, what the balancer's
    /// group admits.
    pub security_groups: Option<Values>,
}

/// The network load balancer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NlbSpec {
    /// A balancer that is there.
    pub existing: Option<ExistingNlbSpec>,
    /// Whether it spreads requests over all zones. Default: `true`.
    pub cross_zone: Option<bool>,
    /// Whether AWS refuses to delete it. Default: `true`.
    pub deletion_protection: Option<bool>,
    /// Ids of its security groups.
    pub security_groups: Option<Values>,
    /// TLS between gateway and balancer.
    pub tls: Option<ListenerTlsSpec>,
    /// Where it logs; for TLS listeners only.
    pub access_logs: Option<BucketSpec>,
}

/// A network load balancer that is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingNlbSpec {
    /// Its ARN.
    pub arn: Value,
    /// Its DNS name.
    pub dns_name: Option<Value>,
    /// Id of its security group.
    pub security_group: Option<Value>,
}

/// TLS of a listener.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListenerTlsSpec {
    /// ARN of the certificate.
    pub certificate: Value,
}

/// Where a balancer logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketSpec {
    /// Name of the bucket.
    pub bucket: Value,
    /// Put before the names of the objects.
    pub prefix: Option<String>,
}

/// The application load balancer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlbSpec {
    /// A balancer that is there.
    pub existing: Option<ExistingAlbSpec>,
    /// Its listeners; with `existing` they describe what is there. Default: one, `http` on 80.
    pub listeners: Option<Vec<AlbListenerSpec>>,
    /// Hosts that every rule asks for.
    pub hosts: Option<Vec<String>>,
    /// Security groups or CIDRs of private callers.
    pub clients: Option<Values>,
    /// Ids of its security groups.
    pub security_groups: Option<Values>,
    /// How long an idle connection is kept.
    pub idle_timeout: Option<Duration>,
    /// Whether AWS refuses to delete it. Default: `true`.
    pub deletion_protection: Option<bool>,
    /// Where it logs.
    pub access_logs: Option<BucketSpec>,
}

/// An application load balancer that is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingAlbSpec {
    /// Its ARN.
    pub arn: Value,
    /// Its DNS name.
    pub dns_name: Option<Value>,
    /// ARNs of its listeners by port.
    pub listeners: Option<BTreeMap<String, Value>>,
    /// Id of its security group.
    pub security_group: Option<Value>,
    /// Whether rules are emitted for it.
    pub rules: Option<Rules>,
    /// Range of the rules' priorities, for example `1000-1999`.
    #[schemars(regex(pattern = "^[0-9]+-[0-9]+$"))]
    pub priorities: Option<String>,
}

/// Whether rules are emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rules {
    Emit,
    None,
}

/// A listener of the application load balancer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlbListenerSpec {
    /// Its port.
    pub port: Port,
    /// Its protocol. Default: `http`.
    pub protocol: Option<Protocol>,
    /// ARN of its certificate, for `https`.
    pub certificate: Option<Value>,
}
