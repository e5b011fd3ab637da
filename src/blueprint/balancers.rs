//! VPC link and load balancers as written.
//!
//! In: the tree. Out: `VpcLinkSpec`, `NlbSpec`, `AlbSpec` and their parts. Pure.
//! The comments on the fields are for users: they become the published schema.

use std::collections::BTreeMap;

use super::backends::Protocol;
use super::decode::{mapping, names};
use super::scalars::{Duration, Port};
use super::values::{Value, Values};

mapping! {
    /// The link from API Gateway into the VPC.
    #[derive(Default)]
    pub struct VpcLinkSpec {
        /// Id of a link that is there.
        pub existing: Option<Value>,
        /// Ids of the subnets that the link stands in, in topology `alb`. Default:
        /// `network.subnets`.
        pub subnets: Option<Values>,
        /// Ids of the link's security groups, in topology `alb`; beside `existing`, what the
        /// balancer's group admits.
        pub security_groups: Option<Values>,
    }
}

mapping! {
    /// The network load balancer.
    #[derive(Default)]
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
}

mapping! {
    /// A network load balancer that is there.
    pub struct ExistingNlbSpec {
        /// Its ARN.
        pub arn: Value,
        /// Its DNS name.
        pub dns_name: Option<Value>,
        /// Id of its security group.
        pub security_group: Option<Value>,
    }
}

mapping! {
    /// TLS of a listener.
    pub struct ListenerTlsSpec {
        /// ARN of the certificate.
        pub certificate: Value,
    }
}

mapping! {
    /// Where a balancer logs.
    pub struct BucketSpec {
        /// Name of the bucket.
        pub bucket: Value,
        /// Put before the names of the objects.
        pub prefix: Option<String>,
    }
}

mapping! {
    /// The application load balancer.
    #[derive(Default)]
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
}

mapping! {
    /// An application load balancer that is there.
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
        pub rules: Option<AlbRules>,
        /// Range of the rules' priorities, for example `1000-1999`.
        #[schemars(regex(pattern = "^[0-9]+-[0-9]+$"))]
        pub priorities: Option<String>,
    }
}

names! {
    /// Whether rules are emitted.
    #[schemars(rename = "Rules")]
    pub enum AlbRules {
        Emit = "emit",
        None = "none",
    }
}

mapping! {
    /// A listener of the application load balancer.
    pub struct AlbListenerSpec {
        /// Its port.
        pub port: Port,
        /// Its protocol. Default: `http`.
        pub protocol: Option<Protocol>,
        /// ARN of its certificate, for `https`.
        pub certificate: Option<Value>,
    }
}
