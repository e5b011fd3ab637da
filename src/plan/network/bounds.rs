//! Bounds of AWS on subnets, ports and idle times.
//!
//! In: `Blueprint`, `Plan`. Out: findings. Pure.

use std::collections::BTreeMap;

use super::vpc::uses_subnets;
use crate::blueprint::{self, Blueprint, BlueprintSpec};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::functions::forwarder;
use crate::plan::{AlbBalancerPlan, BalancedPlan, OperationPlan, Plan};
use crate::source::pointer;

/// Reports subnets, ports and idle times that are wrong or unwise.
///
/// Errors: GW2002 value; warnings: GW4095 one zone, GW4096 idle time.
pub(crate) fn bounds(plan: &Plan, blueprint: &Blueprint) -> Vec<Diagnostic> {
    let mut found = zones(blueprint, plan.has_gateway);
    found.extend(ports(plan, blueprint));
    found.extend(idle(plan, blueprint));
    found
}

/// Source: docs/aws-rules.md#l9 (an application load balancer is in two zones or more; a
/// network load balancer is as available as its zones).
fn zones(blueprint: &Blueprint, has_gateway: bool) -> Vec<Diagnostic> {
    let spec = &blueprint.spec;
    let subnets = spec.network.as_ref().map(|network| &network.subnets);
    let Some(blueprint::ValuesSpec::List(subnets)) = subnets else {
        return Vec::new();
    };
    let is_used = spec.balanced().next().is_some() && uses_subnets(spec, has_gateway);
    if !is_used && !forwarder::is_needed(spec) {
        return Vec::new();
    }
    let at = "/network/subnets";
    let twice = (0..subnets.len()).filter(|index| subnets[..*index].contains(&subnets[*index]));
    let mut found: Vec<Diagnostic> = twice
        .map(|index| {
            diagnostic::INVALID_VALUE
                .at(blueprint.place(&pointer::child(at, index)))
                .message("this subnet stands in the list twice")
                .help("remove one of the two")
        })
        .collect();
    let few = match subnets.len() {
        0 => Some((
            &diagnostic::INVALID_VALUE,
            "the list is empty, and what is made in the VPC stands in subnets",
        )),
        1 if is_used && spec.creates_alb() => Some((
            &diagnostic::INVALID_VALUE,
            "an application load balancer stands in subnets of two zones or more, and this is one",
        )),
        1 => Some((
            &diagnostic::ONE_ZONE,
            "everything stands in one subnet, so the API goes down with its zone",
        )),
        _ => None,
    };
    if let Some((code, message)) = few {
        let help = "name private subnets of two zones or more";
        found.push(code.at(blueprint.place(at)).message(message).help(help));
    }
    found
}

/// Refuses ports of listeners that the gateway does not call.
///
/// Source: docs/aws-rules.md#i2 (through a VPC link 80, 443 and 1024 to 65535).
fn ports(plan: &Plan, blueprint: &Blueprint) -> Vec<Diagnostic> {
    let mut refused = BTreeMap::new();
    for (_, backend) in balanced_operations(plan) {
        let port = backend.listener_port;
        if !matches!(port, 80 | 443 | 1024..) {
            let at = pointer_of_port(&blueprint.spec, &backend.name, port);
            refused.entry(at).or_insert(port);
        }
    }
    let (what, help) = if blueprint.spec.topology.has_alb() {
        (
            "the load balancer's listener",
            "let the listener have another port",
        )
    } else {
        (
            "the listener",
            "write `listener_port`; the servers may keep theirs",
        )
    };
    let finding = |(at, port): (String, u16)| {
        diagnostic::INVALID_VALUE
            .at(blueprint.place(&at))
            .message(format_args!("{what} has port {port}, which the gateway does not call: it takes 80, 443 and 1024 to 65535"))
            .help(help)
    };
    refused.into_iter().map(finding).collect()
}

/// Public operations whose backends are behind a load balancer.
fn balanced_operations(plan: &Plan) -> impl Iterator<Item = (&OperationPlan, &BalancedPlan)> {
    let public = plan
        .operations
        .iter()
        .filter(|operation| operation.is_public());
    public.filter_map(|operation| Some((operation, plan.backends[operation.backend?].balanced()?)))
}

fn pointer_of_port(spec: &BlueprintSpec, backend: &str, port: u16) -> String {
    if spec.topology.has_alb() {
        let mut listeners = spec.alb.listeners.iter().flatten();
        let index = listeners.position(|listener| listener.port.number() == port);
        return index.map_or_else(
            || "/alb/listeners".to_owned(),
            |index| format!("/alb/listeners/{index}/port"),
        );
    }
    let written = spec.backends.get(backend);
    let is_written = written.is_some_and(|backend| backend.listener_port.is_some());
    let field = if is_written { "listener_port" } else { "port" };
    pointer::child(&pointer::child("/backends", backend), field)
}

/// Warns of a balancer that closes a connection before the gateway does.
///
/// Source: docs/aws-rules.md#l10 (504 where no byte came for the balancer's idle time).
fn idle(plan: &Plan, blueprint: &Blueprint) -> Option<Diagnostic> {
    let alb = plan.alb()?;
    let AlbBalancerPlan::Made { idle_timeout_s, .. } = alb.balancer else {
        return None;
    };
    let waiting = balanced_operations(plan).map(|(operation, _)| operation);
    let longest = waiting.max_by_key(|operation| operation.timeout_ms)?;
    if u64::from(longest.timeout_ms) <= u64::from(idle_timeout_s) * 1_000 {
        return None;
    }
    let is_written = blueprint.is_written("/alb/idle_timeout");
    let needed = longest.timeout_ms.div_ceil(1_000);
    Some(
        diagnostic::IDLE_BEFORE_ANSWER
            .at(blueprint.place(if is_written { "/alb/idle_timeout" } else { "/topology" }))
            .message(format_args!(
                "the gateway waits {} ms for {}, but the application load balancer answers 504 after {idle_timeout_s} s without a byte",
                longest.timeout_ms,
                longest.name()
            ))
            .help(format_args!("write `alb: {{idle_timeout: {needed}s}}` or more, or a shorter `timeout`")),
    )
}
