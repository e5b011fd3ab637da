//! What AWS never changes in place, and a change makes anew: the stage, balancers, target groups.
//!
//! In: `Plan`, `Memory`. Out: what the next render has to know of them, diagnostics. Pure.
//! Source: docs/aws-rules.md#l35, docs/aws-rules.md#l3, docs/aws-rules.md#w10.

use super::{fact, value};
use crate::blueprint::{ApiStyle, Blueprint, HealthCheckProtocol, OutputFormat};
use crate::diagnostic::{self, Diagnostic};
use crate::memory::{API_STYLE, FactMap, Memory};
use crate::plan::{AlbBalancerPlan, BalancedPlan, BalancerPlan, Plan, TargetsPlan, Value};
use crate::source::pointer::child;

const STAGE: &str = "stage";

/// What is made anew where it changes, by what has it.
pub(super) fn settled(plan: &Plan) -> FactMap {
    let mut settled = FactMap::new();
    if plan.has_gateway {
        fact(&mut settled, API_STYLE, style(plan.output.api_style));
    }
    if let (true, Value::Literal(name)) = (plan.has_gateway, &plan.stage_name) {
        fact(&mut settled, STAGE, &**name);
    }
    for (balancer, protection) in balancers(plan) {
        fact(&mut settled, balancer, plan.prefix.balancer());
        let protection = match protection {
            Value::Literal(text) => text,
            Value::Input(_) | Value::Expression(_) | Value::Parameter { .. } => {
                "known at deploy time"
            }
        };
        fact(&mut settled, protection_of(balancer), protection);
    }
    for backend in plan.balanced() {
        if let Some(group) = group(plan, backend) {
            fact(&mut settled, key_of_group(backend), group);
            if asks_for_path(backend) {
                fact(&mut settled, key_of_check(backend), "has a path");
            }
        }
    }
    settled
}

/// Returns whether the stage is that of the last render.
pub(super) fn keeps_stage(memory: &Memory, settled: &FactMap) -> bool {
    memory.settled.get(STAGE) == settled.get(STAGE)
}

fn style(style: ApiStyle) -> &'static str {
    match style {
        ApiStyle::Resources => "resources",
        ApiStyle::Body => "body",
    }
}

/// The load balancers of the stack, with their deletion protection.
fn balancers(plan: &Plan) -> impl Iterator<Item = (&'static str, &Value)> {
    let nlb = plan
        .network
        .as_ref()
        .and_then(|network| network.nlb.as_ref());
    let nlb = nlb.and_then(|nlb| match &nlb.balancer {
        BalancerPlan::Made {
            deletion_protection,
            ..
        } => Some(("nlb", deletion_protection)),
        BalancerPlan::Existing { .. } => None,
    });
    let alb = plan.alb().and_then(|alb| match &alb.balancer {
        AlbBalancerPlan::Made {
            deletion_protection,
            ..
        } => Some(("alb", deletion_protection)),
        AlbBalancerPlan::Existing { .. } => None,
    });
    nlb.into_iter().chain(alb)
}

fn protection_of(balancer: &str) -> String {
    format!("{balancer} deletion_protection")
}

fn key_of_group(backend: &BalancedPlan) -> String {
    format!("target group of {}", backend.name.first())
}

fn key_of_check(backend: &BalancedPlan) -> String {
    format!("health check of {}", backend.name.first())
}

fn asks_for_path(backend: &BalancedPlan) -> bool {
    backend.health_check.protocol != HealthCheckProtocol::Tcp
}

/// What a target group of the stack cannot change; its name is made of the API's.
fn group(plan: &Plan, backend: &BalancedPlan) -> Option<String> {
    let by = match &backend.targets {
        TargetsPlan::Instances(_)
        | TargetsPlan::AutoscalingGroups(_)
        | TargetsPlan::Ecs {
            by_address: false, ..
        } => "instance",
        TargetsPlan::Ips { .. }
        | TargetsPlan::Ecs {
            by_address: true, ..
        } => "ip",
        TargetsPlan::Existing(_) => return None,
    };
    let name = &plan.prefix.name;
    Some(format!(
        "{name} {} {:?} {by}",
        backend.port, backend.protocol
    ))
}

/// Compares with the last render.
///
/// Errors: GW4161 protected balancer, GW4162 resources after a body; notes GW5061 stage, GW5062 target
/// groups, GW5065 health check.
pub(super) fn findings(
    plan: &Plan,
    blueprint: &Blueprint,
    memory: &Memory,
    settled: &FactMap,
) -> Vec<Diagnostic> {
    let changed = |key: &str| {
        let (before, now) = (memory.settled.get(key)?, settled.get(key)?);
        before.is_disjoint(now).then(|| before.first()).flatten()
    };
    let mut found = Vec::new();
    if changed(API_STYLE).is_some_and(|before| before == style(ApiStyle::Body)) {
        found.push(after_a_body(blueprint));
    }
    if let Some((before, now)) = changed(STAGE).zip(value(settled, STAGE)) {
        found.push(renamed_stage(blueprint, before, now));
    }
    // CloudFormation names them itself.
    let is_terraform = plan.output.format != OutputFormat::Cloudformation;
    for (balancer, _) in balancers(plan).filter(|_| is_terraform) {
        let protection = value(&memory.settled, &protection_of(balancer));
        if changed(balancer).is_some() && protection == Some("true") {
            found.push(protected(blueprint, balancer));
        }
    }
    let is_same = |backend: &&BalancedPlan| {
        let key = key_of_group(backend);
        let groups = memory.settled.get(&key).zip(settled.get(&key));
        groups.is_some_and(|(before, now)| !before.is_disjoint(now))
    };
    let had_path = |backend: &&BalancedPlan| {
        memory.settled.contains_key(&key_of_check(backend)) && !asks_for_path(backend)
    };
    for backend in plan.balanced().filter(is_same).filter(had_path) {
        if is_terraform {
            found.push(path_in_state(blueprint, backend));
        }
    }
    let anew = plan.balanced();
    let anew = anew.filter(|backend| changed(&key_of_group(backend)).is_some());
    found.extend(empty_groups(blueprint, &anew.collect::<Vec<_>>()));
    found
}

fn after_a_body(blueprint: &Blueprint) -> Diagnostic {
    diagnostic::RESOURCES_AFTER_BODY
        .at(blueprint.place("/output/api_style"))
        .message("the API was one body in the last render: what AWS imported stays when the body goes, so resources of the same paths are refused")
        .help("write `output: {api_style: body}` as before; or destroy the API everywhere, then run `gwgen render --forget`")
}

fn renamed_stage(blueprint: &Blueprint, before: &str, now: &str) -> Diagnostic {
    diagnostic::RENAMED_STAGE
        .at(blueprint.place("/stage/name"))
        .message(format_args!("the stage `{before}` goes and `{now}` is made: the API has another URL, and the old one ends at once"))
        .help("give callers the new URL, or a domain of their own with `api.domain`; name the stage as before where that was not meant")
}

fn protected(blueprint: &Blueprint, balancer: &str) -> Diagnostic {
    diagnostic::PROTECTED_BALANCER
        .at(blueprint.place("/name"))
        .message(format_args!("the load balancer `{balancer}` is made anew under another name, and AWS does not delete the one before while its deletion protection is on"))
        .help(format_args!("this takes two renders: first `{balancer}: {{deletion_protection: false}}` under the name as it was, which is deployed everywhere, then the new name"))
}

/// The provider keeps the path of the state and refuses it beside TCP (docs/aws-rules.md#w20).
fn path_in_state(blueprint: &Blueprint, backend: &BalancedPlan) -> Diagnostic {
    let name = &backend.name;
    let at = child(&child("/backends", name), "health_check");
    diagnostic::HEALTH_CHECK_BEFORE_APPLY
        .at(blueprint.place(&at))
        .message(format_args!("the health check of `{name}` is over TCP now: Terraform's provider keeps the path that it had and refuses to plan that"))
        .help("before `terraform apply`, run `aws elbv2 modify-target-group --health-check-protocol TCP --target-group-arn ARN` for each of its target groups, whose ARNs `terraform state show` prints; the next plan reads that there is no path any more")
}

/// Groups that are made anew have no healthy target at first.
fn empty_groups(blueprint: &Blueprint, backends: &[&BalancedPlan]) -> Option<Diagnostic> {
    let first = backends.first()?;
    let names: Vec<String> = backends.iter().map(|it| format!("`{}`", it.name)).collect();
    let registers_itself = |backend: &&&BalancedPlan| {
        matches!(
            backend.targets,
            TargetsPlan::Ecs { .. } | TargetsPlan::AutoscalingGroups(None)
        )
    };
    let check = &first.health_check;
    let wait_s = check.interval_s * check.healthy;
    let help = match backends.iter().find(registers_itself) {
        Some(backend) => format!(
            "point the service of `{}` at the new group, which is in the outputs, before callers need it; keep port, protocol and kind of targets where none of that was meant",
            backend.name
        ),
        None => format!(
            "apply when few call: the first targets are healthy after about {wait_s} s; keep port, protocol and kind of targets where none of that was meant"
        ),
    };
    let at = child("/backends", &**first.name);
    Some(
        diagnostic::EMPTY_TARGET_GROUP
            .at(blueprint.place(&at))
            .message(format_args!(
                "the target group of {} is made anew, and has no healthy target at first",
                names.join(", ")
            ))
            .help(help),
    )
}
