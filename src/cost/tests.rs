//! The published comparisons, to the cent, and laws that every bill obeys.

use proptest::prelude::*;

use super::break_even::break_evens;
use super::items::{BillItem, of_gateway, of_topology, sum};
use super::load::{CountedRules, Load};
use super::{BillColumn, BillTotal, CapacityMeasure, RegionPrices, money};
use crate::blueprint::{CurrencySpec, PricesSpec, Topology};

const SEOUL: &str = "ap-northeast-2";

fn prices(region: &str) -> RegionPrices {
    RegionPrices::of(region, &PricesSpec::default())
}

/// 3,000,000 requests of 2 + 8 KB and 1 s in 720 h, with these listener rules.
fn load(rules: u64) -> Load {
    let with_alb = Topology::ALL.into_iter().filter(|each| each.has_alb());
    Load {
        requests: 3_000_000,
        request_kb: 2.0,
        response_kb: 8.0,
        backend_ms: 1_000,
        hours: 720,
        memory_mb: 512,
        sync_minutes: 1,
        has_gateway: true,
        has_servers: true,
        nlb_is_tls: false,
        cache_size: None,
        logs_requests: false,
        metrics: 0,
        is_private: false,
        rules: with_alb
            .map(|topology| CountedRules {
                topology,
                count: Some(rules),
                why: None,
            })
            .collect(),
    }
}

fn items(load: &Load, prices: &RegionPrices, topology: Topology) -> Vec<BillItem> {
    of_topology(load, prices, topology).0
}

fn total(load: &Load, prices: &RegionPrices, topology: Topology) -> f64 {
    sum(&items(load, prices, topology)).unwrap()
}

fn of_column(items: &[BillItem], column: BillColumn) -> f64 {
    money::cents(sum(items.iter().filter(|item| item.column == column)).unwrap())
}

#[test]
fn the_published_bills_of_seoul_come_out_to_the_cent() {
    let prices = prices(SEOUL);
    let load = load(3);
    let totals = Topology::ALL.map(|topology| money::cents(total(&load, &prices, topology)));
    assert_eq!(totals, [16.38, 32.85, 32.85, 16.47, 18.73, 0.0]);
    let nlb = items(&load, &prices, Topology::NlbTargets);
    assert_eq!(of_column(&nlb, BillColumn::Fixed), 16.20);
    assert_eq!(of_column(&nlb, BillColumn::ByUse), 0.18);
    let alb = items(&load, &prices, Topology::Alb);
    assert_eq!(of_column(&alb, BillColumn::ByUse), 0.27);
    let sync = items(&load, &prices, Topology::NlbAlbSync);
    assert_eq!(of_column(&sync, BillColumn::FreeTier), -0.10);
    let shared = of_gateway(&load, &prices);
    let shared: Vec<f64> = shared
        .iter()
        .map(|item| money::cents(item.usd.unwrap()))
        .collect();
    assert_eq!(shared, [10.50, 3.02]);
}

#[test]
fn a_balancer_alone_is_16_20_usd_and_17_820_krw() {
    let won = CurrencySpec {
        code: "KRW".to_owned(),
        per_usd: 1_100.0,
    };
    let mut nlb = items(&load(3), &prices(SEOUL), Topology::NlbTargets);
    nlb.retain(|item| item.column == BillColumn::Fixed);
    let sum = BillTotal::of(&nlb, Some(&won));
    assert_eq!(sum.total, Some(16.20));
    assert_eq!(sum.total_in_currency, Some(17_820.0));
}

#[test]
fn the_function_is_18_34_at_the_rounded_price_and_18_33_at_the_list_s() {
    let rounded = PricesSpec {
        lambda_gb_second: Some(0.000_016_67),
        ..PricesSpec::default()
    };
    let time = |prices: &RegionPrices| {
        let mut items = items(&load(3), prices, Topology::Forwarder);
        items.retain(|item| item.price == "lambda_gb_second");
        let quantity: f64 = items.iter().map(|item| item.quantity).sum();
        (quantity, money::cents(sum(&items).unwrap()))
    };
    assert_eq!(
        time(&RegionPrices::of(SEOUL, &rounded)),
        (1_100_000.0, 18.34)
    );
    assert_eq!(time(&prices(SEOUL)), (1_100_000.0, 18.33));
    let calls = items(&load(3), &prices(SEOUL), Topology::Forwarder);
    assert_eq!(of_column(&calls, BillColumn::ByUse), 25.60);
    assert_eq!(of_column(&calls, BillColumn::FreeTier), -6.87);
}

#[test]
fn the_published_break_evens_come_out() {
    for (backend_ms, with, without) in [
        (1_000, "2.72", "1.91"),
        (300, "8.74", "6.14"),
        (100, "23.7", "16.6"),
        (50, "41.4", "29.1"),
    ] {
        let load = Load {
            backend_ms,
            ..load(3)
        };
        let found = &break_evens(&load, &prices(SEOUL))[0];
        let is = |found: Option<u64>, expected: &str| {
            let decimals = expected.split('.').next_back().map_or(0, str::len);
            let millions = found.unwrap() as f64 / 1e6;
            assert_eq!(format!("{millions:.decimals$}"), expected);
        };
        assert_eq!(found.balancer, Topology::NlbTargets);
        is(found.requests_per_month, with);
        is(found.without_free_tier, without);
    }
}

#[test]
fn a_hundred_rules_decide_the_capacity_and_ten_are_free() {
    let decided = |rules| {
        of_topology(&load(rules), &prices(SEOUL), Topology::Alb)
            .1
            .remove(0)
    };
    let hundred = decided(100);
    assert_eq!(hundred.decided_by, CapacityMeasure::RuleEvaluations);
    assert!((hundred.units - 0.104_167).abs() < 1e-6, "{hundred:?}");
    let ten = decided(10);
    assert_eq!(ten.rule_evaluations, Some(0.0));
    assert_eq!(ten.decided_by, CapacityMeasure::NewConnections);
    assert!((ten.units - 0.046_296).abs() < 1e-6, "{ten:?}");
    let nlb = of_topology(&load(3), &prices(SEOUL), Topology::NlbTargets)
        .1
        .remove(0);
    assert_eq!(nlb.decided_by, CapacityMeasure::Bytes);
    assert!((nlb.units - 0.041_667).abs() < 1e-6, "{nlb:?}");
}

#[test]
fn what_is_not_known_is_named_and_never_guessed() {
    let frankfurt = prices("eu-central-1");
    let nlb = BillTotal::of(&items(&load(3), &frankfurt, Topology::NlbTargets), None);
    assert_eq!((nlb.total, nlb.at_least), (None, 0.0));
    assert_eq!(nlb.lacking, ["nlb_hour", "nlcu_hour"]);
    let nothing = BillTotal::of(
        &items(&load(3), &prices("us-west-2"), Topology::Internet),
        None,
    );
    assert_eq!(nothing.total, Some(0.0));
    let elsewhere = &break_evens(&load(3), &frankfurt)[0];
    assert_eq!(elsewhere.requests_per_month, None);
    assert_eq!(elsewhere.lacking, ["nlb_hour", "nlcu_hour"]);
    // The tiers of one region are not those of another.
    let many = Load {
        requests: 400_000_000,
        ..load(3)
    };
    let tokyo = PricesSpec {
        rest_million_requests: Some(4.25),
        ..PricesSpec::default()
    };
    let tokyo = RegionPrices::of("ap-northeast-1", &tokyo);
    let gateway = BillTotal::of(&of_gateway(&many, &tokyo), None);
    assert_eq!(gateway.lacking, ["rest_million_requests_over_333m"]);
    let seoul = of_gateway(&many, &prices(SEOUL));
    assert_eq!(
        money::cents(sum(&seoul[..2]).unwrap()),
        333.0 * 3.5 + 67.0 * 3.19
    );
}

#[test]
fn large_bodies_never_break_even() {
    let load = Load {
        backend_ms: 10,
        response_kb: 1_000.0,
        ..load(3)
    };
    let found = &break_evens(&load, &prices(SEOUL))[0];
    assert_eq!((found.requests_per_month, found.lacking.len()), (None, 0));
}

/// Seoul, with the tiers beyond those that are known.
fn all_prices() -> RegionPrices {
    let further = PricesSpec {
        lambda_gb_second_over_6b: Some(0.000_016_666_7),
        data_out_gb_over_50tb: Some(0.1),
        ..PricesSpec::default()
    };
    RegionPrices::of(SEOUL, &further)
}

/// The smallest number of requests at which the balancer costs no more, by halving.
fn bisected(load: &Load, balancer: Topology, has_free_tier: bool) -> Option<u64> {
    let prices = all_prices();
    let bill = |requests, topology| {
        let load = Load {
            requests,
            ..load.clone()
        };
        let mut items = items(&load, &prices, topology);
        items.retain(|item| has_free_tier || item.column != BillColumn::FreeTier);
        sum(&items).unwrap()
    };
    let is_cheaper = |requests| bill(requests, balancer) <= bill(requests, Topology::Forwarder);
    let (mut low, mut high) = (0_u64, 10_u64.pow(12));
    if !is_cheaper(high) {
        return None;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if is_cheaper(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

prop_compose! {
    fn any_load()(
        requests in 0..100_000_000_u64, request_kb in 0.0..50.0, response_kb in 0.0..50.0,
        backend_ms in 0..29_000_u64, hours in 1..744_u64, memory_mb in 128..3_008_u32,
        rules in 0..200_u64, nlb_is_tls: bool, is_private: bool, logs_requests: bool,
    ) -> Load {
        Load {
            requests, request_kb, response_kb, backend_ms, hours, memory_mb,
            nlb_is_tls, is_private, logs_requests, ..load(rules)
        }
    }
}

proptest! {
    #[test]
    fn the_formula_finds_what_halving_finds(load in any_load()) {
        for found in break_evens(&load, &all_prices()) {
            for (has_free_tier, formula) in
                [(true, found.requests_per_month), (false, found.without_free_tier)]
            {
                let bisected = bisected(&load, found.balancer, has_free_tier);
                // Where a function would pass its first tier there is no price.
                let Some(formula) = formula else {
                    continue;
                };
                // Doubles of two ways to the same number.
                let far = bisected.map(|bisected| bisected.abs_diff(formula.max(1)));
                prop_assert!(far.is_some_and(|far| far as f64 <= 1.0 + formula as f64 * 1e-9), "{formula} {bisected:?}");
            }
        }
    }

    #[test]
    fn the_bill_grows_with_traffic(
        load in any_load(), requests in 0..50_000_000_u64, kb in 0.0..20.0, ms in 0..1_000_u64,
    ) {
        let prices = all_prices();
        let larger = [
            Load { requests: load.requests + requests, ..load.clone() },
            Load { request_kb: load.request_kb + kb, ..load.clone() },
            Load { response_kb: load.response_kb + kb, ..load.clone() },
            Load { backend_ms: load.backend_ms + ms, ..load.clone() },
        ];
        for larger in larger {
            for topology in Topology::ALL {
                prop_assert!(total(&load, &prices, topology) <= total(&larger, &prices, topology) + 1e-9);
            }
            let shared = |load| sum(&of_gateway(load, &prices)).unwrap();
            prop_assert!(shared(&load) <= shared(&larger) + 1e-9);
        }
    }

    #[test]
    fn columns_add_up_to_the_total(load in any_load()) {
        for topology in Topology::ALL {
            let items = items(&load, &all_prices(), topology);
            let columns = [BillColumn::Fixed, BillColumn::ByUse, BillColumn::FreeTier];
            let columns: f64 = columns.map(|column| of_column(&items, column)).iter().sum();
            let total = BillTotal::of(&items, None).total.unwrap();
            prop_assert!((columns - total).abs() < 0.021, "{columns} {total}");
        }
    }
}
