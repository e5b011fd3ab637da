//! Integrations of the gateway with backends, decided.
//!
//! In: decisions of `backends`, `forwarder`, `functions`, `headers`. Out:
//! `BackendPlan`. Pure.
//! One variant of `IntegrationPlan` for each kind of integration that a topology can need.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::plan::{
    AlbPlan, BalancedPlan, FunctionPlan, LinkPlan, Name, NlbPlan, Plan, SyncPlan, Value, Values,
};

/// A backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendPlan {
    pub name: Name,
    pub integration: IntegrationPlan,
    /// Put before the path: segments of `path_prefix`.
    pub path_prefix: Vec<Arc<str>>,
    /// Set in place of those that the client sent; by name.
    pub headers: Vec<HeaderPlan>,
}

/// Integration of the gateway with a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntegrationPlan {
    /// Through the VPC link and the load balancer.
    Balanced(Box<BalancedPlan>),
    /// Over the internet.
    Internet(InternetPlan),
    /// A function, called by the gateway itself.
    Function(FunctionPlan),
    /// A managed function inside the VPC, which calls the servers.
    Forwarder(ForwarderPlan),
}

/// Servers that a managed function calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwarderPlan {
    /// Names or addresses, taken in turn.
    pub hosts: Values,
    pub port: u16,
    pub is_tls: bool,
    /// `Host` of the requests, which the certificate is checked for; the host that is called where
    /// there is none.
    pub host: Option<Value>,
    pub skips_verification: bool,
    /// Group of the servers that has to admit the function.
    pub security_group: Option<Value>,
    /// Prefix of the gateway's path, and the one that replaces it behind the gateway. The longest
    /// that fits counts.
    pub paths: BTreeMap<String, String>,
    /// Milliseconds of operations that have less time than the function gives a request, by `METHOD
    /// prefix` of the gateway's path. The longest prefix of the method that fits counts.
    pub timeouts: BTreeMap<String, u32>,
}

/// Common settings of all functions that forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardersPlan {
    pub subnets: Values,
    pub groups: ForwarderGroupsPlan,
    pub memory_mb: u32,
    /// For a whole request; the function itself runs a little longer.
    pub timeout_ms: u32,
    pub runtime: Arc<str>,
    pub is_traced: bool,
    pub log_retention_days: u32,
    /// The gateway takes responses of every type as binary, so that compressed ones come through.
    pub keeps_accept_encoding: bool,
}

/// The security groups of the functions that forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwarderGroupsPlan {
    /// The stack creates one in this VPC.
    Made(Value),
    Given(Values),
}

/// A public HTTPS endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternetPlan {
    /// Scheme, host, and a path without a slash at its end.
    pub url: Value,
    pub skips_verification: bool,
}

/// A header that the gateway sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderPlan {
    pub name: Arc<str>,
    pub source: HeaderSourcePlan,
}

/// Source of a header's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderSourcePlan {
    /// The same for every request.
    Static(Value),
    /// An expression of API Gateway, such as `context.requestId`.
    Mapping(Arc<str>),
}

/// The load balancers, their VPC and subnets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPlan {
    pub vpc: Value,
    pub subnets: Values,
    pub nlb: Option<NlbPlan>,
    /// Only where the gateway calls the application load balancer itself.
    pub link: Option<LinkPlan>,
    pub alb: Option<AlbPlan>,
    /// Only where a function updates the network load balancer's targets.
    pub sync: Option<SyncPlan>,
}

impl BackendPlan {
    /// The segments that are put before a path, as a path; empty where there are none.
    pub fn prefix(&self) -> String {
        let segments = self.path_prefix.iter();
        segments.map(|segment| format!("/{segment}")).collect()
    }

    pub fn balanced(&self) -> Option<&BalancedPlan> {
        match &self.integration {
            IntegrationPlan::Balanced(balanced) => Some(balanced),
            IntegrationPlan::Internet(_)
            | IntegrationPlan::Function(_)
            | IntegrationPlan::Forwarder(_) => None,
        }
    }

    pub fn forwarder(&self) -> Option<&ForwarderPlan> {
        match &self.integration {
            IntegrationPlan::Forwarder(forwarder) => Some(forwarder),
            IntegrationPlan::Balanced(_)
            | IntegrationPlan::Internet(_)
            | IntegrationPlan::Function(_) => None,
        }
    }
}

impl Plan {
    /// The backends behind the load balancer, by name.
    pub fn balanced(&self) -> impl Iterator<Item = &BalancedPlan> {
        self.backends.iter().filter_map(BackendPlan::balanced)
    }

    /// The application load balancer.
    pub fn alb(&self) -> Option<&AlbPlan> {
        self.network.as_ref()?.alb.as_ref()
    }
}
