//! Lines of a bill: a quantity times a price.
//!
//! In: `Load`, `RegionPrices`. Out: `BillItem`s, `BillTotal`. Pure.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::capacity::{
    BalancerCapacity, BilledBalancer, capacities, millionth, optional_millionth,
};
use super::load::Load;
use super::money;
use super::prices::RegionPrices;
use crate::assemble::SYNC_MEMORY_MB;
use crate::blueprint::{CACHE_SIZES, CurrencySpec, PricesSpec, Topology};

/// Column of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillColumn {
    /// By the hour or month, whatever comes.
    Fixed,
    /// By calls, units, bytes.
    ByUse,
    /// What is not billed of it: negative.
    FreeTier,
}

/// A line of a bill.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BillItem {
    pub column: BillColumn,
    pub name: &'static str,
    /// In the unit of the price; negative in the free tier.
    #[serde(serialize_with = "millionth")]
    pub quantity: f64,
    /// Name of the price in `cost.prices`.
    pub price: &'static str,
    /// Unit: US dollars, to a millionth; `null` where the price is not known.
    #[serde(serialize_with = "optional_millionth")]
    pub usd: Option<f64>,
}

/// The sum of lines.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BillTotal {
    /// Unit: US dollars, to the cent; `null` where a price is not known.
    pub total: Option<f64>,
    /// `total` in the blueprint's currency; `null` without one, and where `total` is.
    pub total_in_currency: Option<f64>,
    /// Sum of what is known; equal to `total` where all is. Unit: US dollars.
    pub at_least: f64,
    /// Names of prices that are not known, and are needed.
    pub lacking: Vec<&'static str>,
}

impl BillTotal {
    pub(crate) fn of(items: &[BillItem], currency: Option<&CurrencySpec>) -> Self {
        let total = sum(items).map(money::cents);
        let known = items.iter().filter_map(|item| item.usd).sum();
        let in_currency = |total: f64| {
            let currency = currency?;
            let amount = total * currency.per_usd;
            Some(money::rounded(amount, money::decimals(&currency.code)))
        };
        let lacking = items.iter().filter(|item| item.usd.is_none());
        let lacking: BTreeSet<&str> = lacking.map(|item| item.price).collect();
        Self {
            total,
            total_in_currency: total.and_then(in_currency),
            at_least: money::cents(known),
            lacking: lacking.into_iter().collect(),
        }
    }
}

/// Exact sum in US dollars; `None` where a price is not known.
pub(crate) fn sum<'a>(items: impl IntoIterator<Item = &'a BillItem>) -> Option<f64> {
    items.into_iter().map(|item| item.usd).sum()
}

/// A quantity at one price, or at several by its size.
type Tiers = [(f64, &'static str)];

/// Unit: millions.
const REST: &Tiers = &[
    (333.0, "rest_million_requests"),
    (1_000.0, "rest_million_requests_over_333m"),
    (20_000.0, "rest_million_requests_over_1b"),
    (f64::INFINITY, "rest_million_requests_over_20b"),
];

/// End of the first tier of x86. Unit: GB-seconds.
pub(crate) const FIRST_GB_SECONDS: f64 = 6e9;
const GB_SECONDS: &Tiers = &[
    (FIRST_GB_SECONDS, "lambda_gb_second"),
    (f64::INFINITY, "lambda_gb_second_over_6b"),
];

/// Unit: gigabytes; AWS counts 1,024 of them as a terabyte.
const DATA_OUT: &Tiers = &[
    (10_240.0, "data_out_gb"),
    (51_200.0, "data_out_gb_over_10tb"),
    (f64::INFINITY, "data_out_gb_over_50tb"),
];

/// What Lambda never bills of a month: calls, GB-seconds.
pub(crate) const FREE_CALLS: f64 = 1_000_000.0;
pub(crate) const FREE_GB_SECONDS: f64 = 400_000.0;

/// Time that a run of the function takes which keeps addresses equal: an assumption. Unit: seconds.
const SYNC_RUN_S: f64 = 0.5;

/// Size of a line of the request log: an assumption, of 28 members with their names. Unit: bytes.
const LOG_LINE_BYTES: f64 = 900.0;

/// The lines of a bill, as they are written.
struct ItemList<'a> {
    prices: &'a RegionPrices,
    items: Vec<BillItem>,
}

impl ItemList<'_> {
    fn add(&mut self, column: BillColumn, name: &'static str, quantity: f64, price: &'static str) {
        // For nothing no price is needed.
        let nothing = (quantity == 0.0).then_some(0.0);
        let usd = self.prices.usd(price).map(|usd| usd * quantity);
        self.items.push(BillItem {
            column,
            name,
            quantity,
            price,
            usd: usd.or(nothing),
        });
    }

    fn add_tiers(&mut self, name: &'static str, quantity: f64, tiers: &Tiers) {
        let mut from = 0.0;
        for (to, price) in tiers {
            let part = quantity.min(*to) - from;
            if part > 0.0 || from == 0.0 {
                self.add(BillColumn::ByUse, name, part.max(0.0), price);
            }
            from = *to;
        }
    }
}

/// Seconds of a function with 1 GB of memory.
pub(crate) fn gb_seconds(calls: f64, seconds: f64, memory_mb: u32) -> f64 {
    calls * seconds * f64::from(memory_mb) / 1_024.0
}

/// Calls of a topology's function, and their GB-seconds.
fn calls(load: &Load, topology: Topology) -> Option<[f64; 2]> {
    if !(load.has_servers && load.has_gateway) {
        return None;
    }
    if topology == Topology::Forwarder {
        let calls = load.requests as f64;
        let seconds = load.backend_ms as f64 / 1_000.0;
        return Some([calls, gb_seconds(calls, seconds, load.memory_mb)]);
    }
    topology.has_sync().then(|| {
        let runs = load.hours as f64 * 60.0 / f64::from(load.sync_minutes);
        [runs, gb_seconds(runs, SYNC_RUN_S, SYNC_MEMORY_MB)]
    })
}

/// The lines of a topology, and the capacity of its balancers.
pub(crate) fn of_topology(
    load: &Load,
    prices: &RegionPrices,
    topology: Topology,
) -> (Vec<BillItem>, Vec<BalancerCapacity>) {
    let mut list = ItemList {
        prices,
        items: Vec::new(),
    };
    let hours = load.hours as f64;
    let capacities = capacities(load, topology);
    for capacity in &capacities {
        let balancer = capacity.balancer;
        let [running, units] = match balancer {
            BilledBalancer::Nlb => ["NLB", "capacity units of the NLB"],
            BilledBalancer::Alb => ["ALB", "capacity units of the ALB"],
        };
        list.add(BillColumn::Fixed, running, hours, balancer.hour());
        let quantity = capacity.units * hours;
        list.add(BillColumn::ByUse, units, quantity, balancer.unit_hour());
    }
    if let Some([calls, gb_seconds]) = calls(load, topology) {
        let (name, time) = ("calls of the function", "time of the function");
        let price = "lambda_million_requests";
        list.add(BillColumn::ByUse, name, calls / 1e6, price);
        list.add_tiers(time, gb_seconds, GB_SECONDS);
        let free_calls = -calls.min(FREE_CALLS) / 1e6;
        list.add(BillColumn::FreeTier, name, free_calls, price);
        let free = -gb_seconds.min(FREE_GB_SECONDS);
        list.add(BillColumn::FreeTier, time, free, "lambda_gb_second");
    }
    (list.items, capacities)
}

/// The lines that are the same in every topology.
pub(crate) fn of_gateway(load: &Load, prices: &RegionPrices) -> Vec<BillItem> {
    let mut list = ItemList {
        prices,
        items: Vec::new(),
    };
    if !load.has_gateway {
        return list.items;
    }
    let requests = load.requests as f64;
    list.add_tiers("requests to API Gateway", requests / 1e6, REST);
    if let Some(price) = load.cache_size.and_then(cache_price) {
        list.add(BillColumn::Fixed, "cache", load.hours as f64, price);
    }
    if load.logs_requests {
        let logged = requests * LOG_LINE_BYTES / 1e9;
        list.add(BillColumn::ByUse, "request log", logged, "log_gb");
    }
    if load.metrics > 0 {
        let metrics = load.metrics as f64;
        list.add(
            BillColumn::Fixed,
            "metrics of methods",
            metrics,
            "metric_month",
        );
    }
    if !load.is_private {
        let sent = requests * load.response_kb / 1e6;
        list.add_tiers("data out to the internet", sent, DATA_OUT);
    }
    list.items
}

/// The lines of two proxies in place of all that is between gateway and servers.
pub(crate) fn of_proxies(load: &Load, prices: &RegionPrices, hour: &'static str) -> Vec<BillItem> {
    let mut list = ItemList {
        prices,
        items: Vec::new(),
    };
    let hours = 2.0 * load.hours as f64;
    list.add(BillColumn::Fixed, "instances", hours, hour);
    list.add(
        BillColumn::Fixed,
        "public addresses",
        hours,
        "public_ipv4_hour",
    );
    list.items
}

/// The name of the price of a cache, whose sizes stand in one order there and at AWS.
fn cache_price(size: &str) -> Option<&'static str> {
    let index = CACHE_SIZES.iter().position(|known| *known == size)?;
    let names = PricesSpec::FIELDS.iter().copied();
    let mut caches = names.filter(|name| name.starts_with("cache_hour_"));
    caches.nth(index)
}

#[cfg(test)]
#[test]
fn every_cache_has_its_price() {
    for size in CACHE_SIZES {
        let name = format!("cache_hour_{}gb", size.replace('.', "_"));
        assert_eq!(cache_price(size), Some(name.as_str()));
    }
}
