//! The evaluator can fail: what is written is changed in one place, and it sees that.
//!
//! In: rendered APIs of the generator. Out: plain assertions.

use serde_json::{Value, json};

use super::contract::Contract;
use super::generator::{Written, written};
use super::output::{Output, label};
use super::{files, judged};
use crate::pairs::choices::bytes_of;
use crate::support::compile;
use gwgen::Compiled;

/// A change of what was written; `false` where there is nothing of that kind.
type Change = fn(&mut Output, &Contract) -> bool;

/// Number of APIs that each change is tried on.
const TRIED: usize = 6;

/// The first APIs that render and that the change finds something in, and how many of them are
/// seen.
fn seen(change: Change) -> usize {
    let mut tried = 0;
    let mut seen = 0;
    for seed in 0.. {
        let written = written(seed, &bytes_of(seed));
        let compiled = compile(files(&written));
        if compiled.tree.is_none() {
            continue;
        }
        let Some(problems) = changed(&written, &compiled, change) else {
            continue;
        };
        tried += 1;
        seen += usize::from(problems > 0);
        if tried == TRIED {
            break;
        }
    }
    seen
}

fn changed(written: &Written, compiled: &Compiled, change: Change) -> Option<usize> {
    let contract = Contract::of(written);
    let is_changed = std::cell::Cell::new(false);
    let judged = judged(written, compiled, |output| {
        is_changed.set(change(output, &contract))
    });
    is_changed.get().then_some(judged.problems.len())
}

fn kind<'o>(
    output: &'o mut Output,
    kind: &str,
) -> impl Iterator<Item = (&'o String, &'o mut Value)> {
    output.kinds.get_mut(kind).into_iter().flatten()
}

#[test]
fn a_method_without_its_authorization_is_seen() {
    let open: Change = |output, _| {
        let method = kind(output, "aws_api_gateway_method")
            .map(|it| it.1)
            .find(|it| it["authorization"] != "NONE");
        method.is_some_and(|method| {
            method["authorization"] = json!("NONE");
            true
        })
    };
    assert_eq!(seen(open), TRIED);
    let without_key: Change = |output, _| {
        let method = kind(output, "aws_api_gateway_method")
            .map(|it| it.1)
            .find(|it| it["api_key_required"] == true);
        method.is_some_and(|method| {
            method
                .as_object_mut()
                .unwrap()
                .shift_remove("api_key_required")
                .is_some()
        })
    };
    assert_eq!(seen(without_key), TRIED);
}

#[test]
fn a_refusal_that_is_forwarded_is_seen() {
    let forwarded: Change = |output, contract| {
        let all = output
            .kinds
            .get("aws_api_gateway_integration")
            .cloned()
            .unwrap_or_default();
        let is_preflight = |label: &str| label.starts_with("preflight[");
        let proxy = all.values().find(|it| it["type"] == "HTTP_PROXY");
        let refusal = all
            .iter()
            .find(|(label, it)| it["type"] == "MOCK" && !is_preflight(label));
        let (Some(proxy), Some((refused, _))) = (proxy, refusal) else {
            return false;
        };
        // Behind a balancer the request may be refused there.
        if contract.has_balancer {
            return false;
        }
        let changed = output.kinds.get_mut("aws_api_gateway_integration").unwrap();
        let start = proxy["uri"]
            .as_str()
            .unwrap()
            .split('/')
            .take(3)
            .collect::<Vec<_>>()
            .join("/");
        changed[refused] = proxy.clone();
        changed[refused]["integration_http_method"] = json!("ANY");
        changed[refused]["uri"] = json!(format!("{start}/zq7"));
        true
    };
    assert_eq!(seen(forwarded), TRIED);
}

#[test]
fn another_path_or_other_servers_are_seen() {
    let prefixed: Change = |output, _| {
        let integration = kind(output, "aws_api_gateway_integration")
            .map(|it| it.1)
            .find(|it| it["type"] == "HTTP_PROXY");
        integration.is_some_and(|it| {
            it["uri"] = json!(format!("{}/zq7", it["uri"].as_str().unwrap()));
            true
        })
    };
    assert_eq!(seen(prefixed), TRIED);
    let exchanged: Change = |output, contract| {
        let apart = contract.backends[0]
            .servers
            .is_disjoint(&contract.backends[1].servers);
        let of_a_service = |it: &&mut Value| {
            label(&it["target_group_arn"], "aws_lb_target_group")
                .is_some_and(|it| !it.starts_with("alb"))
        };
        let attached: Vec<&mut Value> = kind(output, "aws_lb_target_group_attachment")
            .map(|it| it.1)
            .filter(of_a_service)
            .collect();
        if !apart || attached.is_empty() {
            return false;
        }
        attached
            .into_iter()
            .for_each(|it| it["target_id"] = json!("10.9.9.9"));
        true
    };
    assert!(seen(exchanged) * 2 > TRIED);
}

#[test]
fn rules_in_another_order_are_seen() {
    let turned: Change = |output, _| {
        let rules: Vec<&mut Value> = kind(output, "aws_lb_listener_rule")
            .map(|it| it.1)
            .collect();
        let refuses = rules.iter().any(|it| {
            it["action"]["type"] == "fixed-response"
                && it["action"]["fixed_response"]["status_code"] == "404"
        });
        let forwards = rules
            .iter()
            .filter(|it| it["action"]["type"] == "forward")
            .count();
        if !refuses || forwards < 2 {
            return false;
        }
        rules
            .into_iter()
            .for_each(|it| it["priority"] = json!(60_000 - it["priority"].as_u64().unwrap()));
        true
    };
    // Where no rules overlap the order is all the same.
    assert!(seen(turned) * 2 >= TRIED);
    let without_refusals: Change = |output, _| {
        let rules = output
            .kinds
            .entry("aws_lb_listener_rule".to_owned())
            .or_default();
        let count = rules.len();
        rules.retain(|_, it| it["action"]["fixed_response"]["status_code"] != "404");
        rules.len() < count
    };
    assert!(seen(without_refusals) * 2 >= TRIED);
}
