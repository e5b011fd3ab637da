//! The way behind the gateway: security group, balancer, a listener and a target group a backend, VPC link.

use std::sync::Arc;

use super::values::{list, text, value};
use super::{BackendNodes, NetworkNodes, this};
use crate::aws::{
    EgressRule, HealthCheck, HealthProtocol, IngressRule, Listener, LoadBalancer, Peer, SecurityGroup, TargetGroup, TargetType, Targets,
    VpcLink,
};
use crate::blueprint;
use crate::plan::{self, BalancedPlan, NetworkPlan, Plan, TargetsPlan};
use crate::stack::{File, Handle, Label, Output, Stack, Value};

/// Label of the balancer and of its group.
fn nlb() -> Label {
    Label::new("nlb")
}

/// Everything behind the gateway that stands in a network.
pub(super) fn network(stack: &mut Stack, plan: &Plan, network: &NetworkPlan) -> (NetworkNodes, Vec<BackendNodes>) {
    let group = security_group(stack, plan, network);
    let balancer = balancer(stack, plan, network, &group);
    let backends = plan.balanced().map(|it| backend(stack, plan, network, (it, &balancer))).collect();
    rules(stack, plan, &group);
    (NetworkNodes { link: link(stack, plan, &balancer), balancer }, backends)
}

/// The balancer's group: one that is created without any can never get one (V6).
fn security_group(stack: &mut Stack, plan: &Plan, network: &NetworkPlan) -> Handle<SecurityGroup> {
    let group = SecurityGroup {
        name_prefix: text(&plan.prefix.with("-nlb-")),
        description: "Network load balancer between API Gateway and the backends".into(),
        vpc: value(&network.vpc),
    };
    stack.add(File::Network, nlb(), group)
}

fn balancer(stack: &mut Stack, plan: &Plan, network: &NetworkPlan, group: &Handle<SecurityGroup>) -> Handle<LoadBalancer> {
    let balancer = LoadBalancer {
        name: text(&plan.prefix.balancer("-nlb", &["network", "internal", vpc(network)])),
        subnets: list(&network.subnets),
        security_group: group.clone(),
        cross_zone: plan.cross_zone,
        deletion_protection: plan.deletion_protection,
    };
    stack.add(File::Network, nlb(), balancer)
}

/// The VPC as the blueprint says it: what is in one cannot move to another.
fn vpc(network: &NetworkPlan) -> &str {
    match &network.vpc {
        plan::Value::Literal(text) | plan::Value::Input(text) | plan::Value::Expression(text) => text,
        plan::Value::Parameter { path, .. } => path,
    }
}

/// Target group and listener of a backend.
fn backend(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    (backend, balancer): (&BalancedPlan, &Handle<LoadBalancer>),
) -> BackendNodes {
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
    let name = plan.prefix.target_group(&backend.name, &[&port, "TCP", target_type.as_str(), vpc(network)]);
    let group = TargetGroup {
        name: text(&name),
        port: backend.port,
        target_type,
        vpc: value(&network.vpc),
        deregistration_delay_s: backend.deregistration_delay_s,
        health_check: health_check(backend),
        targets,
    };
    let target_group = stack.add(File::Network, label.clone(), group);
    let listener = Listener { balancer: balancer.clone(), port: backend.listener_port, forward_to: target_group.clone() };
    BackendNodes { listener: stack.add(File::Network, label, listener), target_group }
}

fn health_check(backend: &BalancedPlan) -> HealthCheck {
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
        plan::Value::Parameter { path, .. } => format!("ssm_{}", plan::names::parameter_label(path)),
        plan::Value::Expression(text) => format!("expr_{}", &blake3::hash(text.as_bytes()).to_hex()[..8]),
    }
}

/// What the balancer may open, and what its backends have to admit: ports of service and health check.
fn rules(stack: &mut Stack, plan: &Plan, group: &Handle<SecurityGroup>) {
    for backend in plan.balanced() {
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

fn link(stack: &mut Stack, plan: &Plan, balancer: &Handle<LoadBalancer>) -> Handle<VpcLink> {
    stack.add(File::Network, this(), VpcLink { name: text(&plan.prefix.with("")), balancer: balancer.clone() })
}

/// What the way behind the gateway tells; a target group's ARN waits for its listener (L30).
pub(super) fn outputs(stack: &mut Stack, plan: &Plan, nodes: &NetworkNodes, backends: &[BackendNodes]) {
    let mut add = |name: String, description: String, value: Value, after: Vec<_>| {
        stack.outputs.push(Output {
            name: name.into(),
            description: description.into(),
            terraform: value.clone(),
            cloudformation: value,
            after,
        });
    };
    add("vpc_link_id".into(), "Id of the VPC link.".into(), nodes.link.id(), Vec::new());
    add("nlb_arn".into(), "ARN of the network load balancer.".into(), nodes.balancer.arn(), Vec::new());
    for (plan, nodes) in plan.balanced().zip(backends) {
        let name = format!("target_group_arn_{}", plan.name.replace('-', "_"));
        let description = format!("ARN of the target group of the backend `{}`.", plan.name);
        add(name, description, nodes.target_group.arn(), vec![nodes.listener.address().clone()]);
    }
}
