//! VPC link and load balancers as written.
//! In: the tree. Out: `VpcLinkSpec`, `NlbSpec`, `AlbSpec` and their parts. Pure.

use std::collections::BTreeMap;

use super::backends::Protocol;
use super::decode::{mapping, names, section};
use super::scalars::{Duration, Port};
use super::values::{ValueSpec, ValuesSpec};

section! {
    /// The link from API Gateway into the VPC.
    pub struct VpcLinkSpec {
        /// Id of a link that is there.
        pub existing: Option<ValueSpec>,
        /// Ids of the subnets that the link stands in, in topology `alb`. Default:
        /// `network.subnets`.
        pub subnets: Option<ValuesSpec>,
        /// Ids of the link's security groups, in topology `alb`; beside `existing`, what the
        /// balancer's group admits.
        pub security_groups: Option<ValuesSpec>,
    }
}

section! {
    /// The network load balancer.
    pub struct NlbSpec {
        /// A balancer that is there.
        pub existing: Option<ExistingNlbSpec>,
        /// Whether it spreads requests over all zones.
        pub cross_zone: bool = true,
        /// Whether AWS refuses to delete it. In CloudFormation `true` is the default of a parameter,
        /// as a first deployment that fails cannot be rolled back with a balancer that is protected.
        pub deletion_protection: bool = true,
        /// Ids of its security groups.
        pub security_groups: Option<ValuesSpec>,
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
        pub arn: ValueSpec,
        /// Its DNS name.
        pub dns_name: Option<ValueSpec>,
        /// Id of its security group.
        pub security_group: Option<ValueSpec>,
    }
}

mapping! {
    /// TLS of a listener.
    pub struct ListenerTlsSpec {
        /// ARN of the certificate.
        pub certificate: ValueSpec,
    }
}

mapping! {
    /// Where a balancer logs.
    pub struct BucketSpec {
        /// Name of the bucket.
        pub bucket: ValueSpec,
        /// Put before the names of the objects.
        pub prefix: Option<String>,
    }
}

section! {
    /// The application load balancer.
    pub struct AlbSpec {
        /// A balancer that is there.
        pub existing: Option<ExistingAlbSpec>,
        /// Its listeners; with `existing` they describe what is there. Default: one, `http` on 80.
        pub listeners: Option<Vec<AlbListenerSpec>>,
        /// Hosts that every rule asks for.
        pub hosts: Option<Vec<String>>,
        /// Security groups or CIDRs of private callers.
        pub clients: Option<ValuesSpec>,
        /// Ids of its security groups.
        pub security_groups: Option<ValuesSpec>,
        /// How long an idle connection is kept.
        pub idle_timeout: Duration = Duration::of_seconds(60),
        /// Whether AWS refuses to delete it; the same parameter in CloudFormation.
        pub deletion_protection: bool = true,
        /// Where it logs.
        pub access_logs: Option<BucketSpec>,
    }
}

impl AlbSpec {
    /// Its listeners: as written, else those that an existing balancer names, else one.
    pub fn listeners(&self) -> Vec<AlbListenerSpec> {
        if let Some(listeners) = self.listeners.as_ref().filter(|list| !list.is_empty()) {
            return listeners.clone();
        }
        let existing = self
            .existing
            .as_ref()
            .and_then(|alb| alb.listeners.as_ref());
        let named = existing.into_iter().flat_map(BTreeMap::keys);
        let mut ports: Vec<Port> = named
            .filter_map(|port| port.parse().ok().and_then(Port::new))
            .collect();
        ports.sort_unstable();
        if ports.is_empty() {
            ports.extend(Port::new(80));
        }
        let plain = |port| AlbListenerSpec {
            port,
            protocol: Protocol::Http,
            certificate: None,
        };
        ports.into_iter().map(plain).collect()
    }
}

mapping! {
    /// An application load balancer that is there.
    pub struct ExistingAlbSpec {
        /// Its ARN.
        pub arn: ValueSpec,
        /// Its DNS name.
        pub dns_name: Option<ValueSpec>,
        /// ARNs of its listeners by port.
        pub listeners: Option<BTreeMap<String, ValueSpec>>,
        /// Id of its security group.
        pub security_group: Option<ValueSpec>,
        /// Whether rules are emitted for it.
        pub rules: AlbRules = AlbRules::Emit,
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
        /// Its protocol.
        pub protocol: Protocol = Protocol::Http,
        /// ARN of its certificate, for `https`.
        pub certificate: Option<ValueSpec>,
    }
}
