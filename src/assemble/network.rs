//! The way behind the gateway: security group, balancer, a listener and a target group a backend,
//! VPC link.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::alb::AlbNodes;
use super::values::{key, list, text, value};
use super::{BackendNodes, NetworkNodes, alb, link, rules, this};
use crate::aws::{
    AccessLogs, ApplicationBalancerRef, BalancerRef, ExistingBalancer, GroupProtocol, HealthCheck,
    HealthProtocol, HttpListenerRef, Listener, LoadBalancer, Members, SecurityGroup, TargetGroup,
    TargetGroupRef, TargetType, Targets, VpcLink, VpcLinkRef,
};
use crate::blueprint;
use crate::plan::{
    self, AlbPlan, BalancedPlan, BalancerPlan, LinkPlan, NetworkPlan, NlbPlan, Plan,
    TargetProtocol, TargetsPlan,
};
use crate::stack::{Address, File, Handle, Label, List, Output, Stack, Value};

/// Label of the balancer and of its group.
fn nlb() -> Label {
    Label::new("nlb")
}

/// Everything behind the gateway that stands in a network.
pub(crate) fn network(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
) -> (NetworkNodes, Vec<BackendNodes>) {
    match (&network.nlb, &network.link, &network.alb) {
        (Some(nlb), _, _) => through_nlb(stack, plan, (network, nlb)),
        (None, link, Some(alb)) => straight_to_alb(stack, plan, network, (link.as_ref(), alb)),
        (None, _, None) => unreachable!("every topology with a network has a load balancer"),
    }
}

fn through_nlb(
    stack: &mut Stack,
    plan: &Plan,
    (network, nlb): (&NetworkPlan, &NlbPlan),
) -> (NetworkNodes, Vec<BackendNodes>) {
    let group = security_group(stack, plan, (network, nlb));
    let balancer = balancer(stack, plan, (network, nlb), group.as_ref());
    let (alb, backends, passed_on) = match &network.alb {
        None => (
            None,
            plan.balanced()
                .map(|it| backend(stack, plan, (network, nlb), (it, &balancer)))
                .collect(),
            Vec::new(),
        ),
        Some(alb) => {
            let nodes = alb::alb(stack, plan, network, alb);
            let backends = behind_alb(stack, plan, network, (alb, &nodes));
            let passed_on = alb::passed_on(stack, plan, network, (&balancer, &nodes));
            (Some(nodes), backends, passed_on)
        }
    };
    rules::rules(
        stack,
        plan,
        network,
        (
            group.as_ref(),
            alb.as_ref().and_then(|it| it.group.as_ref()),
        ),
    );
    let link = link(stack, plan, nlb, &balancer);
    let listeners = network
        .alb
        .iter()
        .zip(&alb)
        .flat_map(|(plan, nodes)| by_port(plan, nodes))
        .collect();
    let alb = alb.map(|it| it.balancer);
    (
        NetworkNodes {
            link: Some(link),
            link_group: None,
            balancer: Some(balancer),
            alb,
            passed_on,
            listeners,
        },
        backends,
    )
}

/// Where nothing is public there is no link either.
fn straight_to_alb(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    (link, alb): (Option<&LinkPlan>, &AlbPlan),
) -> (NetworkNodes, Vec<BackendNodes>) {
    let link_group = link.and_then(|it| link::security_group(stack, plan, (network, it)));
    let nodes = alb::alb(stack, plan, network, alb);
    let backends = behind_alb(stack, plan, network, (alb, &nodes));
    rules::rules(
        stack,
        plan,
        network,
        (link_group.as_ref(), nodes.group.as_ref()),
    );
    let link = link.map(|it| link::link(stack, plan, (network, it), link_group.as_ref()));
    let listeners = by_port(alb, &nodes);
    (
        NetworkNodes {
            link,
            link_group,
            balancer: None,
            alb: Some(nodes.balancer),
            passed_on: Vec::new(),
            listeners,
        },
        backends,
    )
}

fn by_port(plan: &AlbPlan, nodes: &AlbNodes) -> Vec<(u16, Option<HttpListenerRef>)> {
    plan.listeners
        .iter()
        .zip(&nodes.listeners)
        .map(|(plan, listener)| (plan.port, listener.clone()))
        .collect()
}

/// The balancer's group: one that is created without any can never get one (V6).
fn security_group(
    stack: &mut Stack,
    plan: &Plan,
    (network, nlb_plan): (&NetworkPlan, &NlbPlan),
) -> Option<Handle<SecurityGroup>> {
    if !matches!(
        nlb_plan.balancer,
        BalancerPlan::Made {
            security_groups: None,
            ..
        }
    ) {
        return None;
    }
    let group = SecurityGroup {
        name_prefix: text(&plan.prefix.with("-nlb-")),
        description: "Network load balancer between API Gateway and the backends".into(),
        vpc: value(&network.vpc),
    };
    Some(stack.add(File::Network, nlb(), group))
}

fn balancer(
    stack: &mut Stack,
    plan: &Plan,
    (network, nlb_plan): (&NetworkPlan, &NlbPlan),
    group: Option<&Handle<SecurityGroup>>,
) -> BalancerRef {
    let (theirs, access_logs) = match &nlb_plan.balancer {
        BalancerPlan::Made {
            security_groups,
            access_logs,
        } => (security_groups, access_logs),
        BalancerPlan::Existing { arn, dns_name } => {
            // Where it has no name, every URI names a host of its own.
            let dns_name = dns_name.as_ref().map_or_else(|| Value::literal(""), value);
            return BalancerRef::Existing(Arc::new(ExistingBalancer {
                arn: value(arn),
                dns_name,
            }));
        }
    };
    let own = List::Of(group.iter().map(|it| it.id()).collect());
    let balancer = LoadBalancer {
        name: text(
            &plan
                .prefix
                .balancer("-nlb", &["network", "internal", vpc(network)]),
        ),
        subnets: list(&network.subnets),
        security_groups: theirs.as_ref().map_or(own, list),
        cross_zone: plan.cross_zone,
        deletion_protection: plan.deletion_protection,
        access_logs: access_logs.as_ref().map(|it| AccessLogs {
            bucket: value(&it.bucket),
            prefix: it.prefix.clone(),
        }),
    };
    BalancerRef::Made(stack.add(File::Network, nlb(), balancer))
}

/// The VPC as the blueprint says it: what is in one cannot move to another.
pub(crate) fn vpc(network: &NetworkPlan) -> &str {
    match &network.vpc {
        plan::Value::Literal(text) | plan::Value::Input(text) | plan::Value::Expression(text) => {
            text
        }
        plan::Value::Parameter { path, .. } => path,
    }
}

/// Target groups and listener of a backend.
fn backend(
    stack: &mut Stack,
    plan: &Plan,
    (network, nlb): (&NetworkPlan, &NlbPlan),
    (backend, balancer): (&BalancedPlan, &BalancerRef),
) -> BackendNodes {
    let label = Label::new(Arc::clone(&backend.name));
    let is_switched = matches!(
        backend.targets,
        TargetsPlan::Ecs {
            is_blue_green: true,
            ..
        }
    );
    let (target_group, green) = groups(stack, plan, network, backend);
    let listener = Listener {
        balancer: balancer.clone(),
        port: backend.listener_port,
        certificate: nlb.certificate.as_ref().map(value),
        forward_to: target_group.clone(),
        is_switched,
    };
    BackendNodes {
        listener: Some(stack.add(File::Network, label, listener)),
        target_group,
        green,
        rules: Vec::new(),
    }
}

/// Target groups and rules of every backend.
fn behind_alb(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    (alb, nodes): (&AlbPlan, &AlbNodes),
) -> Vec<BackendNodes> {
    if !alb.emits_rules {
        return Vec::new();
    }
    let mut made = BTreeMap::new();
    for (index, backend) in plan.backends.iter().enumerate() {
        if let Some(backend) = backend.balanced() {
            made.insert(index, groups(stack, plan, network, backend));
        }
    }
    let first = made
        .iter()
        .map(|(index, (group, _))| (*index, group.clone()))
        .collect();
    let mut rules = alb::rules(stack, plan, alb, (nodes, &first));
    let nodes = |(index, (target_group, green))| BackendNodes {
        listener: None,
        target_group,
        green,
        rules: rules.remove(&index).unwrap_or_default(),
    };
    made.into_iter().map(nodes).collect()
}

/// The target group of a backend, and the other one where deployments switch.
fn groups(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    backend: &BalancedPlan,
) -> (TargetGroupRef, Option<Handle<TargetGroup>>) {
    let group = match target_group(plan, network, (backend, None)) {
        Ok(group) => TargetGroupRef::Made(stack.add(
            File::Network,
            Label::new(Arc::clone(&backend.name)),
            group,
        )),
        Err(arn) => TargetGroupRef::Existing(value(arn)),
    };
    let is_switched = matches!(
        backend.targets,
        TargetsPlan::Ecs {
            is_blue_green: true,
            ..
        }
    );
    let green = if is_switched {
        target_group_of_green(stack, plan, network, backend)
    } else {
        None
    };
    (group, green)
}

fn target_group_of_green(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    backend: &BalancedPlan,
) -> Option<Handle<TargetGroup>> {
    let group = target_group(plan, network, (backend, Some("green"))).ok()?;
    Some(stack.add(
        File::Network,
        Label::new(format!("{}__green", backend.name)),
        group,
    ))
}

/// A target group, or the ARN of one that is there.
fn target_group<'a>(
    plan: &Plan,
    network: &NetworkPlan,
    (backend, color): (&'a BalancedPlan, Option<&str>),
) -> Result<TargetGroup, &'a plan::Value> {
    let (target_type, targets) = match &backend.targets {
        TargetsPlan::Instances(instances) => (TargetType::Instance, registered(instances, false)),
        TargetsPlan::AutoscalingGroups(groups) => (
            TargetType::Instance,
            groups
                .as_ref()
                .map_or(Targets::None, |it| Targets::Scaled(members(it))),
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
        &backend.name,
        &[&unchangeable[..], color.as_slice()].concat(),
    );
    Ok(TargetGroup {
        name: text(&name),
        port: backend.port,
        protocol,
        target_type,
        vpc: value(&network.vpc),
        deregistration_delay_s: Some(backend.deregistration_delay_s),
        health_check: health_check(backend),
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
        plan::Values::List(list) => {
            Members::Listed(list.iter().map(|it| (key(it), value(it))).collect())
        }
        plan::Values::One(list) => Members::Each(value(list)),
    }
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

fn link(stack: &mut Stack, plan: &Plan, nlb: &NlbPlan, balancer: &BalancerRef) -> VpcLinkRef {
    match &nlb.link {
        Some(id) => VpcLinkRef::Existing(value(id)),
        None => VpcLinkRef::Made(stack.add(
            File::Network,
            this(),
            VpcLink {
                name: text(&plan.prefix.with("")),
                balancer: balancer.clone(),
            },
        )),
    }
}

/// What the way behind the gateway tells of what is made; a target group's ARN waits for its
/// listener (L30).
pub(crate) fn outputs(
    stack: &mut Stack,
    plan: &Plan,
    nodes: &NetworkNodes,
    backends: &[BackendNodes],
) {
    let mut add = |name: String, description: String, value: Value, after: Vec<_>| {
        stack.outputs.push(Output {
            name: name.into(),
            description: description.into(),
            terraform: value.clone(),
            cloudformation: value,
            after,
        });
    };
    if let Some(link @ (VpcLinkRef::Made(_) | VpcLinkRef::V2(_))) = &nodes.link {
        add(
            "vpc_link_id".into(),
            "Id of the VPC link.".into(),
            link.id(),
            Vec::new(),
        );
    }
    if let Some(group) = &nodes.link_group {
        add(
            "vpc_link_security_group_id".into(),
            "Security group of the VPC link.".into(),
            group.id(),
            Vec::new(),
        );
    }
    if let Some(BalancerRef::Made(balancer)) = &nodes.balancer {
        add(
            "nlb_arn".into(),
            "ARN of the network load balancer.".into(),
            balancer.arn(),
            Vec::new(),
        );
    }
    if let Some(ApplicationBalancerRef::Made(balancer)) = &nodes.alb {
        add(
            "alb_arn".into(),
            "ARN of the application load balancer.".into(),
            balancer.arn(),
            Vec::new(),
        );
        add(
            "alb_dns_name".into(),
            "DNS name that private callers use.".into(),
            balancer.dns_name(),
            Vec::new(),
        );
    }
    for (plan, nodes) in plan.balanced().zip(backends) {
        let name = plan.name.replace('-', "_");
        let listener = nodes.listener.iter().map(|it| it.address().clone());
        let after: Vec<Address> = listener
            .chain(nodes.rules.iter().map(|it| it.address().clone()))
            .collect();
        if let TargetGroupRef::Made(group) = &nodes.target_group {
            let rest = match &plan.targets {
                TargetsPlan::AutoscalingGroups(None) => {
                    "; it has no targets until autoscaling groups name it in `TargetGroupARNs`"
                }
                TargetsPlan::AutoscalingGroups(Some(_))
                | TargetsPlan::Instances(_)
                | TargetsPlan::Ips { .. }
                | TargetsPlan::Ecs { .. }
                | TargetsPlan::Existing(_) => "",
            };
            let description = format!(
                "ARN of the target group of the backend `{}`{rest}.",
                plan.name
            );
            add(
                format!("target_group_arn_{name}"),
                description,
                group.arn(),
                after.clone(),
            );
        }
        if let Some(green) = &nodes.green {
            let description = format!(
                "ARN of the other target group of the backend `{}`, for deployments.",
                plan.name
            );
            add(
                format!("green_target_group_arn_{name}"),
                description,
                green.arn(),
                after.clone(),
            );
            if let Some(listener) = &nodes.listener {
                let description = format!(
                    "ARN of the listener of the backend `{}`, which deployments switch.",
                    plan.name
                );
                add(
                    format!("listener_arn_{name}"),
                    description,
                    listener.arn(),
                    Vec::new(),
                );
            }
            for rule in &nodes.rules {
                let label = rule.label().as_str().replace('-', "_");
                let description = format!(
                    "ARN of a rule of the backend `{}`, which deployments switch.",
                    plan.name
                );
                add(
                    format!("listener_rule_arn_{label}"),
                    description,
                    rule.arn(),
                    Vec::new(),
                );
            }
        }
    }
}
