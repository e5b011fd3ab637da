//! The monthly bill of a blueprint's traffic in every topology, side by side.
//!
//! In: `Files`, a compiled blueprint. Out: `Bill`, or what is missing. Pure but for `Files`: prices
//! are in `cost/prices.tsv`, and nothing is fetched.

mod break_even;
mod capacity;
mod items;
mod load;
pub(crate) mod money;
mod prices;
mod rules;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::Serialize;

use crate::blueprint::{Blueprint, CurrencySpec, Topology};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::Plan;
use crate::source::Files;
use crate::{Compiled, Request};
pub use break_even::BreakEven;
pub use capacity::{BalancerCapacity, BilledBalancer, CapacityMeasure};
pub use items::{BillColumn, BillItem, BillTotal};
use load::Load;
pub use prices::{KnownPrice, RegionPrices};

/// The bill of a blueprint. Amounts are US dollars, before tax; `null` is what is not known.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Bill {
    /// The blueprint, as it was named.
    pub blueprint: String,
    pub region: String,
    /// The blueprint's own topology.
    pub topology: Topology,
    pub traffic: BilledTraffic,
    pub currency: Option<CurrencySpec>,
    /// One for each topology, without what is the same in all of them.
    pub topologies: Vec<TopologyBill>,
    /// What is the same in all of them, and billed once.
    pub shared: NamedBill,
    /// Between the function that forwards and each topology with a balancer.
    pub break_even: Vec<BreakEven>,
    /// Two small instances as proxies in place of balancer or function, for comparison.
    pub proxies: Vec<NamedBill>,
    /// What the bill leaves out, and what it takes for granted.
    pub notes: Vec<String>,
    /// Every price of the region with its source; `null` without `--sources`.
    pub prices: Option<Vec<KnownPrice>>,
}

/// What the bill is computed from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BilledTraffic {
    pub requests_per_month: u64,
    /// Unit: kilobytes of 1,000 bytes.
    pub request_kb: f64,
    pub response_kb: f64,
    pub backend_ms: u64,
    pub hours: u64,
    /// Of the function that forwards. Unit: megabytes.
    pub memory_mb: u32,
    /// Fields that the blueprint does not write, which are defaults.
    pub assumed: Vec<&'static str>,
}

/// The bill of a topology.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TopologyBill {
    pub name: Topology,
    /// By the hour, whatever comes. Like all sums to the cent; `null` where a price is not known.
    pub fixed: Option<f64>,
    /// By calls, units, bytes.
    pub by_use: Option<f64>,
    /// What Lambda does not bill of it: 0 or negative, so that the three add up to `total`.
    pub free_tier: Option<f64>,
    #[serde(flatten)]
    pub sum: BillTotal,
    /// Capacity units of its balancers, and what decides them.
    pub capacity: Vec<BalancerCapacity>,
    pub items: Vec<BillItem>,
}

/// The sum of some lines.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NamedBill {
    pub name: &'static str,
    #[serde(flatten)]
    pub sum: BillTotal,
    pub items: Vec<BillItem>,
}

/// Fields of `cost` with a default.
const DEFAULTED: [&str; 4] = ["request_kb", "response_kb", "backend_ms", "hours"];

const PROXIES: [[&str; 2]; 2] = [
    ["2 x t4g.nano", "t4g_nano_hour"],
    ["2 x t3.small", "t3_small_hour"],
];

/// Computes the bill of a blueprint that compiled without an error; `None` where there is no plan.
///
/// Errors: GW2003 no number of requests, no region.
pub fn bill(
    files: &dyn Files,
    request: &Request,
    compiled: &Compiled,
) -> Result<Option<Bill>, Vec<Diagnostic>> {
    let (Some(blueprint), Some(plan)) = (&compiled.blueprint, &compiled.plan) else {
        return Ok(None);
    };
    let spec = &blueprint.spec;
    let (Some(_), Some(region)) = (spec.cost.requests_per_month, &spec.region) else {
        return Err(missing(blueprint));
    };
    let load = Load::of(
        blueprint,
        plan,
        rules::counted(files, request, blueprint, plan),
    );
    let prices = RegionPrices::of(region, &spec.cost.prices);
    let currency = spec.cost.currency.as_ref();
    let topologies =
        Topology::ALL.map(|topology| topology_bill(&load, &prices, topology, currency));
    let named = |name, items: Vec<BillItem>| NamedBill {
        name,
        sum: BillTotal::of(&items, currency),
        items,
    };
    let proxies = PROXIES.map(|[name, hour]| named(name, items::of_proxies(&load, &prices, hour)));
    Ok(Some(Bill {
        blueprint: request.display.to_string(),
        region: region.clone(),
        topology: spec.topology,
        traffic: traffic(blueprint, &load),
        currency: currency.cloned(),
        topologies: topologies.into(),
        shared: named("the same in all", items::of_gateway(&load, &prices)),
        break_even: break_even::break_evens(&load, &prices),
        proxies: proxies.into(),
        notes: notes(blueprint, plan, &load),
        prices: Some(prices.all().to_vec()),
    }))
}

/// Errors: GW2003.
fn missing(blueprint: &Blueprint) -> Vec<Diagnostic> {
    let spec = &blueprint.spec;
    let at = if blueprint.is_written("/cost") {
        "/cost"
    } else {
        ""
    };
    let fields = [
        (
            at,
            spec.cost.requests_per_month.is_none(),
            "`cost.requests_per_month`",
            "add for example `cost: {requests_per_month: 3000000}`; sizes, the time of a backend and hours have defaults, which the bill names",
        ),
        (
            "",
            spec.region.is_none(),
            "`region`",
            "add for example `region: ap-northeast-2`; where gwgen knows no prices of it, `cost.prices` takes them",
        ),
    ];
    let missing = fields
        .into_iter()
        .filter(|(_, is_missing, _, _)| *is_missing);
    missing
        .map(|(at, _, field, help)| {
            diagnostic::MISSING_FIELD
                .at(blueprint.place(at))
                .message(format_args!(
                    "the blueprint has no {field}, without which there is no bill"
                ))
                .help(help)
        })
        .collect()
}

fn traffic(blueprint: &Blueprint, load: &Load) -> BilledTraffic {
    let is_default = |field: &&str| !blueprint.is_written(&format!("/cost/{field}"));
    BilledTraffic {
        requests_per_month: load.requests,
        request_kb: load.request_kb,
        response_kb: load.response_kb,
        backend_ms: load.backend_ms,
        hours: load.hours,
        memory_mb: load.memory_mb,
        assumed: DEFAULTED.into_iter().filter(is_default).collect(),
    }
}

fn topology_bill(
    load: &Load,
    prices: &RegionPrices,
    topology: Topology,
    currency: Option<&CurrencySpec>,
) -> TopologyBill {
    let (items, capacity) = items::of_topology(load, prices, topology);
    let column = |column| {
        let items = items.iter().filter(|item| item.column == column);
        items::sum(items).map(money::cents)
    };
    TopologyBill {
        name: topology,
        fixed: column(BillColumn::Fixed),
        by_use: column(BillColumn::ByUse),
        free_tier: column(BillColumn::FreeTier),
        sum: BillTotal::of(&items, currency),
        capacity,
        items,
    }
}

/// Sentences about this bill alone; docs/cost.md has what holds of every bill.
fn notes(blueprint: &Blueprint, plan: &Plan, load: &Load) -> Vec<String> {
    let spec = &blueprint.spec;
    let mut notes = Vec::new();
    for rules in &load.rules {
        if let Some(why) = &rules.why {
            notes.push(format!(
                "the listener rules in topology `{}` are not known, and its capacity units do not count them: {why}",
                rules.topology.name()
            ));
        }
    }
    let has = [
        (
            !load.has_gateway,
            "no operation is public, so there is no API, and requests of private callers are billed by the load balancer alone",
        ),
        (
            !load.has_servers,
            "every backend is a function that the gateway calls itself, whose bill is not a part of this one",
        ),
        (
            load.has_servers && spec.backends.values().any(|each| each.is_function()),
            "requests to backends that are functions are counted as if they went to the others",
        ),
        (
            spec.nlb.existing.is_some() || spec.alb.existing.is_some(),
            "a load balancer that exists is billed here as a new one would be",
        ),
        (
            load.cache_size.is_some(),
            "no request is counted as answered from the cache",
        ),
        (
            plan.stage.execution_log != crate::blueprint::ExecutionLog::Off,
            "the size of API Gateway's own log (`stage.execution_log`) is not known, and not counted",
        ),
    ];
    let has = has.into_iter().filter(|(is_so, _)| *is_so);
    notes.extend(has.map(|(_, note)| note.to_owned()));
    notes
}
