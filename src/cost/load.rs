//! Quantities that a bill depends on.
//!
//! In: `Blueprint`, `Plan`. Out: `Load`. Pure.

use crate::blueprint::{Blueprint, EndpointKind, Topology};
use crate::plan::{OperationPlan, Plan};

/// Listener rules of the application load balancer in a topology.
#[derive(Clone, Debug)]
pub(crate) struct CountedRules {
    pub(crate) topology: Topology,
    /// Of the listener that has most; `None` where they are not known.
    pub(crate) count: Option<u64>,
    /// The reason for which they are not known.
    pub(crate) why: Option<String>,
}

/// Traffic of a month, and the parts of the stack that are billed.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) requests: u64,
    /// Unit: kilobytes of 1,000 bytes.
    pub(crate) request_kb: f64,
    pub(crate) response_kb: f64,
    pub(crate) backend_ms: u64,
    pub(crate) hours: u64,
    /// Of the function that forwards.
    pub(crate) memory_mb: u32,
    /// Between two runs of the function that keeps addresses equal.
    pub(crate) sync_minutes: u32,
    /// There is an API: an operation is public.
    pub(crate) has_gateway: bool,
    /// A backend is no function of the user.
    pub(crate) has_servers: bool,
    pub(crate) nlb_is_tls: bool,
    /// As AWS spells it. Unit: gigabytes.
    pub(crate) cache_size: Option<&'static str>,
    pub(crate) logs_requests: bool,
    /// Custom metrics of methods.
    pub(crate) metrics: usize,
    /// Responses do not go out to the internet.
    pub(crate) is_private: bool,
    /// Of each topology with an application load balancer.
    pub(crate) rules: Vec<CountedRules>,
}

/// Metrics of a method: 4XXError, 5XXError, Count, Latency, IntegrationLatency; and with a cache
/// CacheHitCount and CacheMissCount.
///
/// Source: AWS, "Amazon API Gateway dimensions and metrics",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html>;
/// docs/aws-rules.md#d27.
const METRICS: usize = 5;
const METRICS_OF_CACHE: usize = 2;

const UNKNOWN: CountedRules = CountedRules {
    topology: Topology::Alb,
    count: None,
    why: None,
};

impl Load {
    pub(crate) fn of(blueprint: &Blueprint, plan: &Plan, rules: Vec<CountedRules>) -> Self {
        let spec = &blueprint.spec;
        let cost = &spec.cost;
        let public = plan.operations.iter().filter(|each| each.is_public());
        let methods = public.filter(|_| plan.stage.has_metrics).count();
        let cache_size = plan.stage.cache.as_ref().map(|cache| cache.size);
        let of_cache = cache_size.map_or(0, |_| METRICS_OF_CACHE);
        let minutes = spec.sync.schedule.milliseconds() / 60_000;
        Self {
            requests: cost.requests_per_month.unwrap_or_default(),
            request_kb: cost.request_kb,
            response_kb: cost.response_kb,
            backend_ms: cost.backend_ms,
            hours: cost.hours,
            memory_mb: spec.forwarder.memory_mb,
            sync_minutes: u32::try_from(minutes).unwrap_or(u32::MAX).max(1),
            has_gateway: plan.operations.iter().any(OperationPlan::is_public),
            has_servers: spec.backends.values().any(|each| !each.is_function()),
            nlb_is_tls: spec.nlb.tls.is_some(),
            cache_size,
            logs_requests: plan.stage.request_log.is_some(),
            metrics: methods * (METRICS + of_cache),
            is_private: plan.endpoint.kind == EndpointKind::Private,
            rules,
        }
    }

    pub(crate) fn rules_of(&self, topology: Topology) -> &CountedRules {
        let mut rules = self.rules.iter();
        let found = rules.find(|rules| rules.topology == topology);
        found.unwrap_or(&UNKNOWN)
    }
}
