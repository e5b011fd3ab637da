//! Quotas of an account: as AWS grants them at first, or as the blueprint says that they were
//! raised.
//!
//! In: the blueprint's `limits`. Out: `LimitsPlan`. Pure.

use crate::blueprint::BlueprintSpec;

/// Resources of an API.
///
/// Source: docs/aws-rules.md#m1.
const RESOURCES: u64 = 300;

/// Listeners of a network load balancer; AWS does not raise it.
///
/// Source: docs/aws-rules.md#l6.
const NLB_LISTENERS: u64 = 50;

/// Rules of an application load balancer, over all its listeners, without their defaults.
///
/// Source: docs/aws-rules.md#l5.
const LISTENER_RULES: u64 = 100;

/// Target groups of an application load balancer.
///
/// Source: docs/aws-rules.md#l5.
const TARGET_GROUPS: u64 = 100;

/// Authorizers of an API. Source: docs/aws-rules.md#m3.
const AUTHORIZERS: u64 = 10;

/// Operations that a usage plan throttles by themselves. Source: docs/aws-rules.md#m16.
const PLAN_THROTTLES: u64 = 20;

/// Quotas of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsPlan {
    pub resources: u64,
    pub nlb_listeners: u64,
    pub listener_rules: u64,
    pub target_groups: u64,
    pub authorizers: u64,
}

impl LimitsPlan {
    pub(crate) fn new(spec: &BlueprintSpec) -> Self {
        let raised = spec.limits.clone().unwrap_or_default();
        Self {
            resources: raised.resources.unwrap_or(RESOURCES),
            nlb_listeners: raised.nlb_listeners.unwrap_or(NLB_LISTENERS),
            listener_rules: raised.listener_rules.unwrap_or(LISTENER_RULES),
            target_groups: raised.target_groups.unwrap_or(TARGET_GROUPS),
            authorizers: raised.authorizers.unwrap_or(AUTHORIZERS),
        }
    }
}

/// Operations that a usage plan of the account may throttle by themselves.
pub(crate) fn plan_throttles(spec: &BlueprintSpec) -> u64 {
    let raised = spec
        .limits
        .as_ref()
        .and_then(|limits| limits.plan_throttles);
    raised.unwrap_or(PLAN_THROTTLES)
}
