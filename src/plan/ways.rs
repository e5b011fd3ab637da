//! How the gateway reaches a backend, decided.
//!
//! In: decisions of `backends`, `functions`, `internet`, `headers`. Out: `BackendPlan`. Pure.
//! One variant of `Way` for each kind of integration that a topology can need.

use std::sync::Arc;

use super::{BalancedPlan, InputType, NlbPlan, Plan, Value, Values};

/// A backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendPlan {
    pub name: Arc<str>,
    pub way: Way,
    /// Put before the path: segments of `path_prefix`.
    pub path_prefix: Vec<Arc<str>>,
    /// Set on the way, over what the client sent; by name.
    pub headers: Vec<HeaderPlan>,
}

/// How the gateway reaches a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Through the VPC link and the load balancer.
    Balanced(Box<BalancedPlan>),
    /// Over the internet.
    Internet(InternetPlan),
    /// A function, called by the gateway itself.
    Function(FunctionPlan),
}

/// A public HTTPS endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternetPlan {
    /// Scheme, host, and a path without a slash at its end.
    pub url: Value,
    pub skips_verification: bool,
}

/// A function of AWS Lambda, without its version or alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionPlan {
    /// A name in the API's own account and region.
    Name {
        name: Arc<str>,
        qualifier: Option<Arc<str>>,
    },
    Arn {
        arn: Arc<str>,
        qualifier: Option<Arc<str>>,
    },
    /// An ARN, with an alias or a version or without, that is known only at deploy time.
    Given(Value),
}

/// A header that is set on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderPlan {
    pub name: Arc<str>,
    pub source: HeaderSource,
}

/// Where a header's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderSource {
    /// The same for every request.
    Static(Value),
    /// An expression of API Gateway, such as `context.requestId`.
    Mapping(Arc<str>),
}

/// The load balancer, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPlan {
    pub vpc: Value,
    pub subnets: Values,
    pub nlb: NlbPlan,
}

/// A parameter of the Systems Manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterPlan {
    pub of: InputType,
}

impl BackendPlan {
    pub fn balanced(&self) -> Option<&BalancedPlan> {
        match &self.way {
            Way::Balanced(balanced) => Some(balanced),
            Way::Internet(_) | Way::Function(_) => None,
        }
    }
}

impl Plan {
    /// The backends behind the load balancer, by name.
    pub fn balanced(&self) -> impl Iterator<Item = &BalancedPlan> {
        self.backends.iter().filter_map(BackendPlan::balanced)
    }
}
