//! The number of requests from which on a balancer costs no more than the function that forwards.
//!
//! In: `Load`, `RegionPrices`. Out: `BreakEven`s. Pure.
//! A balancer's bill is a line over the requests, as each measure of its units is. That of the
//! function is one that bends up where a free tier ends, so it crosses the other at most once.

use schemars::JsonSchema;
use serde::Serialize;

use super::capacity::capacities;
use super::items::{
    BillColumn, BillItem, FIRST_GB_SECONDS, FREE_CALLS, FREE_GB_SECONDS, gb_seconds, of_topology,
    sum,
};
use super::load::Load;
use super::prices::RegionPrices;
use crate::blueprint::Topology;

/// The break-even between topology `forwarder` and one with a balancer, in requests a month.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BreakEven {
    /// The topology with a balancer.
    pub balancer: Topology,
    /// From here on the balancer costs no more; `null` where that is never so, or a price is not
    /// known.
    pub requests_per_month: Option<u64>,
    /// The same where others of the account use up Lambda's free tier.
    pub without_free_tier: Option<u64>,
    /// Names of prices that are not known.
    pub lacking: Vec<&'static str>,
}

/// A part of the function's bill: nothing up to a number of requests, then so much each.
struct CallCharge {
    from: f64,
    usd: f64,
}

/// One for each topology with a balancer.
pub(crate) fn break_evens(load: &Load, prices: &RegionPrices) -> Vec<BreakEven> {
    if !(load.has_servers && load.has_gateway) {
        return Vec::new();
    }
    let topologies = Topology::ALL.into_iter();
    let balanced = topologies.filter(|topology| topology.has_nlb() || topology.has_alb());
    balanced
        .map(|balancer| {
            let lacking = lacking(load, prices, balancer);
            let requests = |has_free_tier| {
                let found = requests(load, prices, balancer, has_free_tier);
                found.filter(|_| lacking.is_empty())
            };
            BreakEven {
                balancer,
                requests_per_month: requests(true),
                without_free_tier: requests(false),
                lacking,
            }
        })
        .collect()
}

/// Names of prices that the comparison needs and that are not known.
fn lacking(load: &Load, prices: &RegionPrices, balancer: Topology) -> Vec<&'static str> {
    let one = Load {
        requests: 1,
        ..load.clone()
    };
    let items = [balancer, Topology::Forwarder].map(|each| of_topology(&one, prices, each).0);
    let unknown = items.iter().flatten().filter(|item| item.usd.is_none());
    let mut names: Vec<&str> = unknown.map(|item| item.price).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn requests(
    load: &Load,
    prices: &RegionPrices,
    balancer: Topology,
    has_free_tier: bool,
) -> Option<u64> {
    let with_requests = |requests| Load {
        requests,
        ..load.clone()
    };
    let (items, _) = of_topology(&with_requests(0), prices, balancer);
    let counts = |item: &&BillItem| has_free_tier || item.column != BillColumn::FreeTier;
    let fixed = sum(items.iter().filter(counts))?;
    let mut each = 0.0;
    for capacity in capacities(&with_requests(1), balancer) {
        each += capacity.units * load.hours as f64 * prices.usd(capacity.balancer.unit_hour())?;
    }
    let gb_seconds = gb_seconds(1.0, load.backend_ms as f64 / 1_000.0, load.memory_mb);
    let free = |amount: f64| if has_free_tier { amount } else { 0.0 };
    let mut parts = vec![CallCharge {
        from: free(FREE_CALLS),
        usd: prices.usd("lambda_million_requests")? / 1e6,
    }];
    if gb_seconds > 0.0 {
        parts.push(CallCharge {
            from: free(FREE_GB_SECONDS) / gb_seconds,
            usd: prices.usd("lambda_gb_second")? * gb_seconds,
        });
    }
    let crossing = crossing(fixed, each, parts)?;
    // Beyond, a function has another price.
    let is_in_first_tier = crossing * gb_seconds <= FIRST_GB_SECONDS;
    is_in_first_tier.then(|| crossing.ceil() as u64)
}

/// The smallest number at which the parts come up to `fixed` and `each` for every request.
fn crossing(fixed: f64, each: f64, mut parts: Vec<CallCharge>) -> Option<f64> {
    parts.sort_by(|one, other| one.from.total_cmp(&other.from));
    let (mut at_zero, mut slope) = (-fixed, -each);
    for (index, part) in parts.iter().enumerate() {
        at_zero -= part.usd * part.from;
        slope += part.usd;
        let next = parts.get(index + 1).map_or(f64::INFINITY, |next| next.from);
        let crossing = -at_zero / slope;
        if slope > 0.0 && crossing <= next {
            return Some(crossing.max(0.0));
        }
    }
    None
}
