//! `gwgen cost`: the bill in every topology. The amounts themselves: `src/cost/tests.rs`.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::support::program::{diagnosed, folder_with, printed};

/// The schema that the program prints.
static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(&printed(Path::new("."), &["schema", "cost"]).1).unwrap();
    jsonschema::validator_for(&schema).unwrap()
});

const BLUEPRINT: &str = include_str!("../data/cost/gwgen.yaml");
const API: &str = include_str!("../data/cost/openapi.yaml");

fn folder(blueprints: &[(&str, &str)]) -> tempfile::TempDir {
    folder_with(&[&[("openapi.yaml", API)], blueprints].concat())
}

/// The bills of `gwgen cost`, which are as their schema says.
fn bills(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let (code, text, errors) =
        printed(folder, &[&["cost", "--format", "json"], arguments].concat());
    assert_eq!(code, 0, "{errors}");
    let bills: Value = serde_json::from_str(&text).unwrap();
    let wrong: Vec<String> = SCHEMA
        .iter_errors(&bills)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    bills.as_array().unwrap().clone()
}

fn bill(text: &str) -> Value {
    let folder = folder(&[("gwgen.yaml", text)]);
    bills(folder.path(), &[]).remove(0)
}

fn of_topologies(bill: &Value, field: &str) -> Vec<Value> {
    let topologies = bill["topologies"].as_array().unwrap().iter();
    topologies.map(|topology| topology[field].clone()).collect()
}

#[test]
fn every_topology_has_its_bill() {
    let bill = bill(BLUEPRINT);
    assert_eq!(
        of_topologies(&bill, "name"),
        [
            "nlb-targets",
            "nlb-alb-sync",
            "nlb-alb",
            "alb",
            "forwarder",
            "internet"
        ]
    );
    assert_eq!(
        Value::from(of_topologies(&bill, "total")),
        json!([16.38, 32.85, 32.85, 16.47, 18.73, 0.0])
    );
    assert_eq!(bill["topologies"][0]["total_in_currency"], json!(18_018.0));
    assert_eq!(bill["traffic"]["assumed"], json!([]));
    assert_eq!(bill["prices"], Value::Null);
    let proxies = bill["proxies"].as_array().unwrap().iter();
    let proxies: Vec<_> = proxies.map(|proxies| proxies["total"].clone()).collect();
    assert_eq!(Value::from(proxies), json!([14.69, 44.64]));
}

#[test]
fn rules_are_those_that_each_topology_renders() {
    let bill = bill(BLUEPRINT);
    for (index, topology) in [(1, "nlb-alb-sync"), (2, "nlb-alb"), (3, "alb")] {
        let text = BLUEPRINT.replace("topology: nlb-targets", &format!("topology: {topology}"));
        let folder = folder(&[("gwgen.yaml", &text)]);
        assert_eq!(printed(folder.path(), &["render", "--quiet"]).0, 0);
        let network = fs::read_to_string(folder.path().join("generated/network.tf")).unwrap();
        let rules = network.matches("resource \"aws_lb_listener_rule\"").count();
        let capacity = bill["topologies"][index]["capacity"].as_array().unwrap();
        assert!(rules > 1);
        assert_eq!(
            capacity.last().unwrap()["listener_rules"],
            json!(rules),
            "{topology}"
        );
        assert_eq!(
            bills(folder.path(), &[])[0]["topologies"],
            bill["topologies"]
        );
    }
}

#[test]
fn servers_that_no_balancer_takes_have_others_stand_in() {
    let text = BLUEPRINT
        .replace(
            "network:\n  vpc: {var: vpc_id}\n  subnets: {var: private_subnet_ids}\n",
            "",
        )
        .replace("topology: nlb-targets", "topology: internet")
        .replace(
            "port: 8080, targets: {ecs: true}",
            "url: \"https://orders.example.com\"",
        )
        .replace(
            "port: 8081, targets: {ecs: true}",
            "url: \"https://search.example.com\"",
        );
    let (own, other) = (bill(BLUEPRINT), bill(&text));
    assert_eq!(other["topologies"], own["topologies"]);
    assert_eq!(other["notes"], json!([]));
}

#[test]
fn rules_that_are_not_known_are_said() {
    let text = format!(
        "{}alb: {{existing: {{arn: {{var: alb_arn}}, dns_name: {{var: alb_dns}}, listeners: {{\"80\": {{var: listener}}}}, rules: none}}}}\n",
        BLUEPRINT.replace("ecs: true", "target_group: {var: group}")
    );
    let bill = bill(&text);
    assert_eq!(
        bill["topologies"][3]["capacity"][0]["listener_rules"],
        Value::Null
    );
    let notes = bill["notes"].to_string();
    assert!(
        notes.contains("the listener rules in topology `alb` are not known"),
        "{notes}"
    );
}

#[test]
fn a_price_that_is_not_known_is_named_until_it_is_given() {
    let frankfurt = BLUEPRINT.replace("ap-northeast-2", "eu-central-1");
    let nlb = &bill(&frankfurt)["topologies"][0];
    let seen = json!([nlb["fixed"], nlb["total"], nlb["at_least"], nlb["lacking"]]);
    assert_eq!(seen, json!([null, null, 0.0, ["nlb_hour", "nlcu_hour"]]));
    let folder = folder(&[("gwgen.yaml", &frankfurt)]);
    let (_, table, _) = printed(folder.path(), &["cost"]);
    assert!(table.contains("at least 0.00"), "{table}");
    assert!(
        table.contains("nlb_hour") && table.contains("`cost.prices`"),
        "{table}"
    );
    let given = frankfurt.replace(
        "cost: {",
        "cost: {prices: {nlb_hour: 0.03, nlcu_hour: 0.01}, ",
    );
    let nlb = &bill(&given)["topologies"][0];
    assert_eq!(json!([nlb["fixed"], nlb["total"]]), json!([21.6, 21.9]));
}

#[test]
fn sources_are_printed_with_date_and_certainty() {
    let text = BLUEPRINT.replace("cost: {", "cost: {prices: {lambda_gb_second: 0.00001667}, ");
    let folder = folder(&[("gwgen.yaml", &text)]);
    let bill = bills(folder.path(), &["--sources"]).remove(0);
    let price = |name: &str| {
        let prices = bill["prices"].as_array().unwrap().iter();
        prices
            .clone()
            .find(|price| price["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(price("nlb_hour")["certainty"], json!("A"));
    assert_eq!(price("nlb_hour")["date"], json!("2026-10-01"));
    assert_eq!(price("lambda_gb_second")["usd"], json!(0.000_016_67));
    assert_eq!(bill["topologies"][4]["total"], json!(18.74));
    let (_, table, _) = printed(folder.path(), &["cost", "--sources"]);
    assert!(table.contains("price list of the region"), "{table}");
    assert!(table.contains("`cost.prices` of the blueprint"), "{table}");
}

#[test]
fn no_traffic_or_region_is_an_error_with_a_way_out() {
    let blueprint = BLUEPRINT.replace("region: ap-northeast-2\n", "");
    let (start, _) = blueprint.split_once("cost:").unwrap();
    let folder = folder(&[("gwgen.yaml", start)]);
    let (code, out, found) = diagnosed(folder.path(), &["cost"]);
    assert_eq!((code, out.as_str()), (1, ""));
    let codes: Vec<_> = found.iter().map(|each| each["code"].clone()).collect();
    assert_eq!(codes, ["GW2003", "GW2003"]);
    assert!(
        found
            .iter()
            .all(|each| each["help"].as_str().unwrap().starts_with("add "))
    );
    let defaults =
        format!("{start}region: ap-northeast-2\ncost: {{requests_per_month: 3000000}}\n");
    let bill = bill(&defaults);
    assert_eq!(
        bill["traffic"]["assumed"],
        json!(["request_kb", "response_kb", "backend_ms", "hours"])
    );
    assert_eq!(bill["topologies"][0]["total"], json!(16.38));
    for wrong in [
        "requests_per_month: 3000000, hours: 800",
        "requests_per_month: 3000000, request_kb: -1",
        "requests_per_month: 3000000, backend_ms: 300001",
        "requests_per_month: 3000000, prices: {nlb_hours: 1}",
        "requests_per_month: 3000000, prices: {nlb_hour: -1}",
        "requests_per_month: 3000000, currency: {code: won, per_usd: 1100}",
        "requests_per_month: 3000000, currency: {code: KRW, per_usd: 0}",
        "requests_per_month: 3000000000000000000",
    ] {
        let text = format!("{start}region: ap-northeast-2\ncost: {{{wrong}}}\n");
        fs::write(folder.path().join("gwgen.yaml"), text).unwrap();
        assert_eq!(diagnosed(folder.path(), &["cost"]).0, 1, "{wrong}");
    }
}

#[test]
fn several_blueprints_have_a_bill_each() {
    let tokyo = BLUEPRINT
        .replace("name: orders", "name: tokyo")
        .replace("ap-northeast-2", "ap-northeast-1");
    let folder = folder(&[("gwgen.yaml", BLUEPRINT), ("gwgen.tokyo.yaml", &tokyo)]);
    let bills = bills(folder.path(), &[]);
    let of = |field: &str| Vec::from_iter(bills.iter().map(|bill| bill[field].clone()));
    let mut regions = of("region");
    regions.sort_by_key(Value::to_string);
    assert_eq!(regions, ["ap-northeast-1", "ap-northeast-2"]);
    let (_, page, _) = printed(folder.path(), &["cost", "--format", "markdown"]);
    assert_eq!(
        page.matches("\n### A month of each topology").count(),
        2,
        "{page}"
    );
    assert!(
        page.contains("| topology | fixed | by use | free tier | USD | KRW | capacity units |"),
        "{page}"
    );
}
