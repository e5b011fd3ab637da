//! The path of a request from the gateway to its backend: links, balancers, listener rules and
//! targets.
//!
//! In: blueprint and operations. Out: parts of the plan, diagnostics. Pure.

pub(crate) mod access_logs;
pub(crate) mod admission;
pub(crate) mod alb;
pub(crate) mod backends;
pub(crate) mod bounds;
pub(crate) mod certificates;
mod durations;
mod existing;
pub(crate) mod headers;
mod health_check;
pub(crate) mod integrations;
pub(crate) mod link;
pub(crate) mod listener_rules;
pub(crate) mod nlb;
pub(crate) mod root_health_check;
mod targets;
pub(crate) mod vpc;
