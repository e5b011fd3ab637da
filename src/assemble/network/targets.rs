//! Target groups of backends.

use std::sync::Arc;

use crate::assemble::values::{key, short_name, value, vpc};
use crate::aws::{
    GroupProtocol, HealthCheck, HealthProtocol, Members, Stack, SwitchedStart, TargetGroup,
    TargetGroupRef, TargetType, Targets,
};
use crate::blueprint;
use crate::plan::{
    self, BalancedPlan, HealthCheckPlan, NetworkPlan, Plan, TargetProtocol, TargetsPlan,
};
use crate::stack::{File, Handle, Label};

/// Returns whether deployments switch between two target groups of a backend.
pub(crate) fn is_blue_green(backend: &BalancedPlan) -> bool {
    matches!(
        backend.targets,
        TargetsPlan::Ecs {
            is_blue_green: true,
            ..
        }
    )
}

/// The other target group, where deployments switch between two.
const GREEN: &str = "green";

/// The target group of a backend, and the other one where deployments switch.
pub(crate) fn groups(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    backend: &BalancedPlan,
) -> (TargetGroupRef, Option<Handle<TargetGroup>>) {
    let mut add = |color| {
        let group = target_group(stack, plan, network, backend, color)?;
        let label = Label::of(&backend.name, |name| group.label(name, color));
        Ok(stack.add(File::Network, label, group))
    };
    let group = match add(None) {
        Ok(group) => TargetGroupRef::Made(group),
        Err(arn) => return (TargetGroupRef::Existing(value(arn)), None),
    };
    let green = is_blue_green(backend).then(|| add(Some(GREEN)));
    (group, green.and_then(Result::ok))
}

/// Where a listener or rule of the backend starts.
pub(crate) fn switched_start(
    backend: &BalancedPlan,
    green: Option<&Handle<TargetGroup>>,
) -> Option<SwitchedStart> {
    match (&backend.targets, green) {
        (
            TargetsPlan::Ecs {
                serves: Some(serves),
                ..
            },
            Some(green),
        ) => Some(SwitchedStart {
            green: green.clone(),
            serves: value(serves),
        }),
        _ => None,
    }
}

/// Terraform's blocks that register the targets of a group.
pub(crate) fn attachments(stack: &Stack, group: &TargetGroupRef) -> Vec<String> {
    match group {
        TargetGroupRef::Made(group) => stack.get(group).attachments(group.label()),
        TargetGroupRef::Existing(_) => Vec::new(),
    }
}

/// A target group, or the ARN of one that is there.
fn target_group<'a>(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    backend: &'a BalancedPlan,
    color: Option<&str>,
) -> Result<TargetGroup, &'a plan::Value> {
    let (target_type, targets) = match &backend.targets {
        TargetsPlan::Instances(instances) => (TargetType::Instance, registered(instances, false)),
        TargetsPlan::AutoscalingGroups(groups) => (
            TargetType::Instance,
            groups
                .as_ref()
                .map_or(Targets::None, |groups| Targets::Scaled(members(groups))),
        ),
        TargetsPlan::Ips {
            addresses,
            outside_vpc,
        } => (TargetType::Ip, registered(addresses, *outside_vpc)),
        TargetsPlan::Ecs {
            by_address: true, ..
        } => (TargetType::Ip, Targets::None),
        TargetsPlan::Ecs {
            by_address: false, ..
        } => (TargetType::Instance, Targets::None),
        TargetsPlan::Existing(arn) => return Err(arn),
    };
    let port = backend.port.to_string();
    let protocol = match backend.protocol {
        TargetProtocol::Tcp => GroupProtocol::Tcp,
        TargetProtocol::Tls => GroupProtocol::Tls,
        TargetProtocol::Http => GroupProtocol::Http,
        TargetProtocol::Https => GroupProtocol::Https,
    };
    let unchangeable = [
        port.as_str(),
        protocol.as_str(),
        target_type.as_str(),
        vpc(network),
    ];
    let name = plan.prefix.target_group(
        backend.name.first(),
        &[&unchangeable[..], color.as_slice()].concat(),
    );
    Ok(TargetGroup {
        name: short_name(stack, plan, &name),
        port: backend.port,
        protocol,
        target_type,
        vpc: value(&network.vpc),
        deregistration_delay_s: Some(backend.deregistration_delay_s),
        health_check: health_check(&backend.health_check),
        targets,
    })
}

fn registered(targets: &plan::Values, outside_vpc: bool) -> Targets {
    Targets::Registered {
        members: members(targets),
        outside_vpc,
    }
}

fn members(values: &plan::Values) -> Members {
    match values {
        plan::Values::List(list) => Members::Listed(
            list.iter()
                .map(|member| (key(member), value(member)))
                .collect(),
        ),
        plan::Values::One(list) => Members::Each(value(list)),
    }
}

pub(crate) fn health_check(check: &HealthCheckPlan) -> HealthCheck {
    let (path, matcher) = (Arc::clone(&check.path), Arc::clone(&check.matcher));
    HealthCheck {
        protocol: match check.protocol {
            blueprint::HealthCheckProtocol::Tcp => HealthProtocol::Tcp,
            blueprint::HealthCheckProtocol::Http => HealthProtocol::Http { path, matcher },
            blueprint::HealthCheckProtocol::Https => HealthProtocol::Https { path, matcher },
        },
        port: check.port,
        interval_s: check.interval_s,
        timeout_s: check.timeout_s,
        healthy: check.healthy,
        unhealthy: check.unhealthy,
    }
}
