//! Bounds of AWS on the way to the backends: values of target groups, zones, ports and waiting
//! times.
//!
//! In: `Blueprint`, what was decided. Out: findings. Pure.

use std::collections::BTreeMap;

use super::{alb, backends, balancer};
use crate::blueprint::{
    self, BackendSpec, Blueprint, Duration, HealthCheckSpec, HealthProtocol, defaults,
};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::functions::forwarder;
use crate::plan::variables::Variables;
use crate::plan::{AlbBalancerPlan, HealthCheckPlan, Plan};
use crate::source::pointer;

/// The longest path that a check may ask for. Source: docs/aws-rules.md#l19.
const MAX_PATH: usize = 1024;

/// The longest time in which targets that leave may finish. Source: docs/aws-rules.md#l28.
const MAX_DELAY_S: u32 = 3600;

/// A time as whole seconds, which is how target groups count.
pub(crate) fn whole_seconds(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    duration: Duration,
    at: &str,
) -> u32 {
    let milliseconds = duration.milliseconds();
    if !milliseconds.is_multiple_of(1_000) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(at))
                .message(format_args!(
                    "{milliseconds} ms are no whole seconds, and target groups count in seconds"
                ))
                .help("write whole seconds, for example `30s`"),
        );
    }
    backends::seconds(duration)
}

/// How long targets that leave may finish; what a target group that is there says of it is not
/// checked.
pub(crate) fn deregistration_delay(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> u32 {
    let duration = spec
        .deregistration_delay
        .unwrap_or(defaults::DEREGISTRATION_DELAY);
    let at = format!("{at}/deregistration_delay");
    let seconds = whole_seconds(blueprint, variables, duration, &at);
    if seconds > MAX_DELAY_S {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(&at))
                .message(format_args!(
                    "`deregistration_delay` is {seconds} s; AWS takes 0 to {MAX_DELAY_S}"
                ))
                .help("choose a time in that range"),
        );
    }
    seconds
}

/// What no target group of the balancer can be told of its check.
///
/// Source: docs/aws-rules.md#l19, docs/aws-rules.md#l20 (status codes: 200 to 599 behind a network
/// load balancer, 200 to 499 behind an application load balancer).
pub(crate) fn check(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    (spec, plan): (&HealthCheckSpec, &HealthCheckPlan),
    at: &str,
) {
    for (field, duration) in [("interval", spec.interval), ("timeout", spec.timeout)] {
        if let Some(duration) = duration {
            whole_seconds(blueprint, variables, duration, &format!("{at}/{field}"));
        }
    }
    if plan.protocol == HealthProtocol::Tcp {
        return;
    }
    if plan.path.len() > MAX_PATH {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(&format!("{at}/path")))
                .message(format_args!(
                    "the path has {} characters; AWS takes {MAX_PATH}",
                    plan.path.len()
                ))
                .help("give the servers a shorter path for checks"),
        );
    }
    let (kind, last) = if alb::has_alb(blueprint.spec.topology) {
        ("an application", 499)
    } else {
        ("a network", 599)
    };
    let codes = plan
        .matcher
        .split([',', '-'])
        .filter_map(|it| it.parse::<u32>().ok());
    if codes.into_iter().any(|code| !(200..=last).contains(&code)) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(&format!("{at}/matcher")))
                .message(format_args!("`{}`: {kind} load balancer takes status codes from 200 to {last} as a good answer", plan.matcher))
                .help("write for example `200-399`"),
        );
    }
}

/// What is wrong or unwise with subnets, ports and waiting times.
///
/// Errors: GW2002 value; warnings: GW4095 one zone, GW4096 idle time.
pub(crate) fn bounds(plan: &Plan, blueprint: &Blueprint) -> Vec<Diagnostic> {
    let mut found = zones(blueprint, plan.has_gateway);
    found.extend(ports(plan, blueprint));
    found.extend(idle(plan, blueprint));
    found
}

/// What is known of `network.subnets` before a deployment.
///
/// Source: docs/aws-rules.md#l9 (an application load balancer stands in two zones or more; a
/// network load balancer is as available as its zones).
fn zones(blueprint: &Blueprint, has_gateway: bool) -> Vec<Diagnostic> {
    let spec = &blueprint.spec;
    let Some(blueprint::Values::List(subnets)) = spec.network.as_ref().map(|it| &it.subnets) else {
        return Vec::new();
    };
    let is_used =
        balancer::balanced(spec).next().is_some() && balancer::uses_subnets(spec, has_gateway);
    if !is_used && !forwarder::is_needed(blueprint) {
        return Vec::new();
    }
    let at = "/network/subnets";
    let twice = (0..subnets.len()).filter(|index| subnets[..*index].contains(&subnets[*index]));
    let mut found: Vec<Diagnostic> = twice
        .map(|index| {
            let place = blueprint.place(&pointer::child(at, index));
            diagnostic::INVALID_VALUE
                .at(place)
                .message("this subnet stands in the list twice")
                .help("remove one of the two")
        })
        .collect();
    let makes_alb = is_used && alb::is_made(spec);
    let few = match subnets.len() {
        0 => Some((
            &diagnostic::INVALID_VALUE,
            "the list is empty, and what is made in the VPC stands in subnets",
        )),
        1 if makes_alb => Some((
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

/// Ports of listeners that the gateway does not call.
///
/// Source: docs/aws-rules.md#i2 (through a VPC link 80, 443 and 1024 to 65535).
fn ports(plan: &Plan, blueprint: &Blueprint) -> Vec<Diagnostic> {
    let mut refused = BTreeMap::new();
    for operation in plan.operations.iter().filter(|it| it.is_public()) {
        let Some(backend) = operation
            .backend
            .and_then(|it| plan.backends[it].balanced())
        else {
            continue;
        };
        if !matches!(backend.listener_port, 80 | 443 | 1024..) {
            refused
                .entry(place_of_port(
                    blueprint,
                    &backend.name,
                    backend.listener_port,
                ))
                .or_insert(backend.listener_port);
        }
    }
    let (what, help) = if alb::has_alb(blueprint.spec.topology) {
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

fn place_of_port(blueprint: &Blueprint, name: &str, port: u16) -> String {
    let spec = &blueprint.spec;
    let at = pointer::child("/backends", name);
    if alb::has_alb(spec.topology) {
        let listeners = spec.alb.as_ref().and_then(|it| it.listeners.as_ref());
        let index = listeners.and_then(|it| {
            it.iter()
                .position(|listener| listener.port.number() == port)
        });
        return index.map_or_else(
            || "/alb/listeners".to_owned(),
            |index| format!("/alb/listeners/{index}/port"),
        );
    }
    let is_written = spec
        .backends
        .get(name)
        .is_some_and(|it| it.listener_port.is_some());
    pointer::child(&at, if is_written { "listener_port" } else { "port" })
}

/// Whether the balancer gives a connection up before the gateway does.
///
/// Source: docs/aws-rules.md#l10 (504 where no byte came for the balancer's idle time).
fn idle(plan: &Plan, blueprint: &Blueprint) -> Option<Diagnostic> {
    let alb = plan.network.as_ref()?.alb.as_ref()?;
    let AlbBalancerPlan::Made { idle_timeout_s, .. } = alb.balancer else {
        return None;
    };
    let is_balanced = |it: &usize| plan.backends[*it].balanced().is_some();
    let waiting = plan
        .operations
        .iter()
        .filter(|it| it.is_public() && it.backend.as_ref().is_some_and(is_balanced));
    let longest = waiting.max_by_key(|it| it.timeout_ms)?;
    if u64::from(longest.timeout_ms) <= u64::from(idle_timeout_s) * 1_000 {
        return None;
    }
    let is_written = blueprint
        .spec
        .alb
        .as_ref()
        .is_some_and(|it| it.idle_timeout.is_some());
    let needed = longest.timeout_ms.div_ceil(1_000);
    Some(
        diagnostic::IDLE_BEFORE_ANSWER
            .at(blueprint.place(if is_written { "/alb/idle_timeout" } else { "/topology" }))
            .message(format_args!(
                "the gateway waits {} ms for `{} {}`, but the application load balancer answers 504 after {idle_timeout_s} s without a byte",
                longest.timeout_ms,
                longest.method.as_str(),
                longest.path
            ))
            .help(format_args!("write `alb: {{idle_timeout: {needed}s}}` or more, or a shorter `timeout`")),
    )
}
