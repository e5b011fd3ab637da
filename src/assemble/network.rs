//! The way behind the gateway: security group, balancer, a listener and a target group a backend, VPC link.

use std::sync::Arc;

use super::values::{list, text, value};
use super::{BackendNodes, this};
use crate::aws::{
    EgressRule, HealthCheck, HealthProtocol, IngressRule, Listener, LoadBalancer, Peer, SecurityGroup, TargetGroup, TargetType, Targets,
    VpcLink,
};
use crate::blueprint;
use crate::plan::{self, BackendPlan, Plan, TargetsPlan};
use crate::stack::{File, Handle, Label, Output, Stack, Value};

/// Label of the balancer and of its group.
fn nlb() -> Label {
    Label::new("nlb")
}

/// The balancer's group: one that is created without any can never get one (V6).
pub(super) fn security_group(stack: &mut Stack, plan: &Plan) -> Handle<SecurityGroup> {
    let group = SecurityGroup {
        name_prefix: text(&plan.prefix.with("-nlb-")),
        description: "Network load balancer between API Gateway and the backends".into(),
        vpc: value(&plan.vpc),
    };
    stack.add(File::Network, nlb(), group)
}

pub(super) fn balancer(stack: &mut Stack, plan: &Plan, group: &Handle<SecurityGroup>) -> Handle<LoadBalancer> {
    let balancer = LoadBalancer {
        name: text(&plan.prefix.balancer("-nlb", &["network", "internal", vpc(plan)])),
        subnets: list(&plan.subnets),
        security_group: group.clone(),
        cross_zone: plan.cross_zone,
        deletion_protection: plan.deletion_protection,
    };
    stack.add(File::Network, nlb(), balancer)
}

/// The VPC as the blueprint says it: what is in one cannot move to another.
fn vpc(plan: &Plan) -> &str {
    match &plan.vpc {
        plan::Value::Literal(text) | plan::Value::Input(text) | plan::Value::Expression(text) => text,
    }
}

/// Target group and listener of a backend.
pub(super) fn backend(stack: &mut Stack, plan: &Plan, backend: &BackendPlan, balancer: &Handle<LoadBalancer>) -> BackendNodes {
    let label = Label::new(Arc::clone(&backend.name));
    let (target_type, targets) = match &backend.targets {
        TargetsPlan::Instances(plan::Values::List(list)) => {
            (TargetType::Instance, Targets::Listed(list.iter().map(|it| (target_key(it), value(it))).collect()))
        }
        TargetsPlan::Instances(plan::Values::One(list)) => (TargetType::Instance, Targets::Each(value(list))),
        TargetsPlan::Ecs { by_address: true } => (TargetType::Ip, Targets::None),
        TargetsPlan::Ecs { by_address: false } => (TargetType::Instance, Targets::None),
    };
    let port = backend.port.to_string();
    let name = plan.prefix.target_group(&backend.name, &[&port, "TCP", target_type.as_str(), vpc(plan)]);
    let group = TargetGroup {
        name: text(&name),
        port: backend.port,
        target_type,
        vpc: value(&plan.vpc),
        deregistration_delay_s: backend.deregistration_delay_s,
        health_check: health_check(backend),
        targets,
    };
    let target_group = stack.add(File::Network, label.clone(), group);
    let listener = Listener { balancer: balancer.clone(), port: backend.listener_port, forward_to: target_group.clone() };
    BackendNodes { listener: stack.add(File::Network, label, listener), target_group }
}

fn health_check(backend: &BackendPlan) -> HealthCheck {
    let check = &backend.health_check;
    let (path, matcher) = (Arc::clone(&check.path), Arc::clone(&check.matcher));
    HealthCheck {
        protocol: match check.protocol {
            blueprint::HealthProtocol::Tcp => HealthProtocol::Tcp,
            blueprint::HealthProtocol::Http => HealthProtocol::Http { path, matcher },
            blueprint::HealthProtocol::Https => HealthProtocol::Https { path, matcher },
        },
        port: check.port,
        interval_s: check.interval_s,
        timeout_s: check.timeout_s,
        healthy: check.healthy,
        unhealthy: check.unhealthy,
    }
}

/// Key of a target's attachment: what names it, never where it stands in the list.
fn target_key(target: &plan::Value) -> String {
    match target {
        plan::Value::Literal(id) => id.to_string(),
        plan::Value::Input(name) => format!("var_{name}"),
        plan::Value::Expression(text) => format!("expr_{}", &blake3::hash(text.as_bytes()).to_hex()[..8]),
    }
}

/// What the balancer may open, and what its backends have to admit: ports of service and health check.
pub(super) fn rules(stack: &mut Stack, plan: &Plan, group: &Handle<SecurityGroup>) {
    for backend in &plan.backends {
        let health = backend.health_check.port.filter(|port| *port != backend.port);
        for (port, suffix, what) in [(Some(backend.port), "", "Requests"), (health, "__health", "Health checks")] {
            let Some(port) = port else { continue };
            let label = Label::new(format!("{}{suffix}", backend.name));
            let to = backend.security_group.as_ref().map_or(Peer::Anywhere, |it| Peer::SecurityGroup(value(it)));
            let description = format!("{what} to {}", backend.name).into();
            stack.add(File::Network, label.clone(), EgressRule { group: group.clone(), description, port, to });
            if let Some(theirs) = &backend.security_group {
                let description = format!("{what} from the load balancer to {}", backend.name).into();
                stack.add(File::Network, label, IngressRule { group: value(theirs), description, port, from: group.clone() });
            }
        }
    }
}

pub(super) fn link(stack: &mut Stack, plan: &Plan, balancer: &Handle<LoadBalancer>) -> Handle<VpcLink> {
    stack.add(File::Network, this(), VpcLink { name: text(&plan.prefix.with("")), balancer: balancer.clone() })
}

/// What the way behind the gateway tells; a target group's ARN waits for its listener (L30).
pub(super) fn outputs(stack: &mut Stack, plan: &Plan, link: &Handle<VpcLink>, balancer: &Handle<LoadBalancer>, backends: &[BackendNodes]) {
    let mut add = |name: String, description: String, value: Value, after: Vec<_>| {
        stack.outputs.push(Output {
            name: name.into(),
            description: description.into(),
            terraform: value.clone(),
            cloudformation: value,
            after,
        });
    };
    add("vpc_link_id".into(), "Id of the VPC link.".into(), link.id(), Vec::new());
    add("nlb_arn".into(), "ARN of the network load balancer.".into(), balancer.arn(), Vec::new());
    for (plan, nodes) in plan.backends.iter().zip(backends) {
        let name = format!("target_group_arn_{}", plan.name.replace('-', "_"));
        let description = format!("ARN of the target group of the backend `{}`.", plan.name);
        add(name, description, nodes.target_group.arn(), vec![nodes.listener.address().clone()]);
    }
}
