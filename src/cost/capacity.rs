//! Capacity units of load balancers: the largest of several measures.
//!
//! In: `Load`. Out: `BalancerCapacity`. Pure.
//! The measures are those of AWS's price page (docs/cost.md); each request is a connection of its
//! own, and all come evenly over the month.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::load::Load;
use super::money;
use crate::blueprint::Topology;

/// A load balancer of a topology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BilledBalancer {
    Nlb,
    Alb,
}

impl BilledBalancer {
    pub(crate) fn hour(self) -> &'static str {
        match self {
            Self::Nlb => "nlb_hour",
            Self::Alb => "alb_hour",
        }
    }

    pub(crate) fn unit_hour(self) -> &'static str {
        match self {
            Self::Nlb => "nlcu_hour",
            Self::Alb => "lcu_hour",
        }
    }
}

/// A measure of a capacity unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapacityMeasure {
    NewConnections,
    ActiveConnections,
    Bytes,
    RuleEvaluations,
}

impl CapacityMeasure {
    pub fn name(self) -> &'static str {
        match self {
            Self::NewConnections => "new connections",
            Self::ActiveConnections => "active connections",
            Self::Bytes => "bytes",
            Self::RuleEvaluations => "rule evaluations",
        }
    }
}

/// Capacity that a balancer needs on average, in units.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BalancerCapacity {
    pub balancer: BilledBalancer,
    /// The largest of the measures, which is billed.
    #[serde(serialize_with = "millionth")]
    pub units: f64,
    pub decided_by: CapacityMeasure,
    #[serde(serialize_with = "millionth")]
    pub new_connections: f64,
    #[serde(serialize_with = "millionth")]
    pub active_connections: f64,
    #[serde(serialize_with = "millionth")]
    pub bytes: f64,
    /// `null` for a balancer without rules, and where their number is not known.
    #[serde(serialize_with = "optional_millionth")]
    pub rule_evaluations: Option<f64>,
    /// Rules of the listener that has most, of which each request is taken to pass all.
    pub listener_rules: Option<u64>,
}

/// Amounts of one unit.
struct UnitSize {
    new_per_second: f64,
    active: f64,
}

const ALB: UnitSize = UnitSize {
    new_per_second: 25.0,
    active: 3_000.0,
};
const NLB_TCP: UnitSize = UnitSize {
    new_per_second: 800.0,
    active: 100_000.0,
};
const NLB_TLS: UnitSize = UnitSize {
    new_per_second: 50.0,
    active: 3_000.0,
};

const GB_PER_HOUR: f64 = 1.0;
const EVALUATIONS_PER_SECOND: f64 = 1_000.0;
const FREE_RULES: u64 = 10;

/// The balancers of a topology.
pub(crate) fn capacities(load: &Load, topology: Topology) -> Vec<BalancerCapacity> {
    let mut all = Vec::new();
    if load.has_servers && load.has_gateway && topology.has_nlb() {
        let size = if load.nlb_is_tls { &NLB_TLS } else { &NLB_TCP };
        all.push(capacity(load, BilledBalancer::Nlb, size, None));
    }
    if load.has_servers && topology.has_alb() {
        let rules = load.rules_of(topology).count;
        all.push(capacity(load, BilledBalancer::Alb, &ALB, rules));
    }
    all
}

fn capacity(
    load: &Load,
    balancer: BilledBalancer,
    size: &UnitSize,
    rules: Option<u64>,
) -> BalancerCapacity {
    let hours = load.hours as f64;
    let per_second = load.requests as f64 / (hours * 3_600.0);
    let new_connections = per_second / size.new_per_second;
    let active_connections = per_second * load.backend_ms as f64 / 1_000.0 / size.active;
    let bytes = load.requests as f64 * (load.request_kb + load.response_kb) / 1e6;
    let bytes = bytes / hours / GB_PER_HOUR;
    let evaluated = |rules: u64| rules.saturating_sub(FREE_RULES) as f64;
    let rule_evaluations =
        rules.map(|rules| per_second * evaluated(rules) / EVALUATIONS_PER_SECOND);
    let mut largest = (CapacityMeasure::NewConnections, new_connections);
    for (measure, units) in [
        (CapacityMeasure::ActiveConnections, active_connections),
        (CapacityMeasure::Bytes, bytes),
        (
            CapacityMeasure::RuleEvaluations,
            rule_evaluations.unwrap_or_default(),
        ),
    ] {
        if units > largest.1 {
            largest = (measure, units);
        }
    }
    BalancerCapacity {
        balancer,
        units: largest.1,
        decided_by: largest.0,
        new_connections,
        active_connections,
        bytes,
        rule_evaluations,
        listener_rules: rules,
    }
}

pub(crate) fn millionth<S: Serializer>(amount: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(money::rounded(*amount, 6))
}

pub(crate) fn optional_millionth<S: Serializer>(
    amount: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    amount
        .map(|amount| money::rounded(amount, 6))
        .serialize(serializer)
}
