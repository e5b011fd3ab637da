//! The path of a request from the gateway to its backend: links, balancers, listener rules and
//! targets.
//!
//! In: blueprint and operations. Out: parts of the plan, diagnostics. Pure.

pub(crate) mod alb;
pub(crate) mod backends;
pub(crate) mod balancer;
pub(crate) mod bounds;
pub(crate) mod headers;
pub(crate) mod integrations;
pub(crate) mod internet;
pub(crate) mod link;
pub(crate) mod listener_rules;
pub(crate) mod root_health_check;
pub(crate) mod targets;
