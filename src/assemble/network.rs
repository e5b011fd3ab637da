//! The way behind the gateway: balancers, listeners, target groups, VPC links and rules of security
//! groups.

mod alb;
mod link;
mod nlb;
mod outputs;
mod rules;
mod targets;

use std::collections::BTreeMap;

use super::{BackendNodes, NetworkNodes};
use crate::aws::{HttpListenerRef, Stack};
use crate::plan::{AlbPlan, LinkPlan, NetworkPlan, NlbPlan, Plan};
use alb::AlbNodes;
pub(crate) use outputs::outputs;
use rules::StackGroups;
pub(crate) use rules::{
    MergedRules, Purpose, anywhere, group_peer, group_sources, named, own_source,
};

/// Everything behind the gateway that stands in a network.
pub(crate) fn network(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
) -> (NetworkNodes, Vec<BackendNodes>) {
    match (&network.nlb, &network.link, &network.alb) {
        (Some(nlb), _, _) => through_nlb(stack, plan, network, nlb),
        (None, link, Some(alb)) => straight_to_alb(stack, plan, network, link.as_ref(), alb),
        (None, _, None) => unreachable!("every topology with a network has a load balancer"),
    }
}

fn through_nlb(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    nlb: &NlbPlan,
) -> (NetworkNodes, Vec<BackendNodes>) {
    let group = nlb::security_group(stack, plan, network, nlb);
    let balancer = nlb::balancer(stack, plan, network, nlb, group.as_ref());
    let (alb, backends, passed_on) = match &network.alb {
        None => (
            None,
            plan.balanced()
                .map(|backend| {
                    let entry = nlb::EntryPoint {
                        plan: nlb,
                        balancer: &balancer,
                    };
                    nlb::backend(stack, plan, network, &entry, backend)
                })
                .collect(),
            Vec::new(),
        ),
        Some(alb) => {
            let nodes = alb::alb(stack, plan, network, alb);
            let backends = behind_alb(stack, plan, network, alb, &nodes);
            let passed_on = alb::passed_on(stack, plan, network, &balancer, &nodes);
            (Some(nodes), backends, passed_on)
        }
    };
    let groups = StackGroups {
        front: group.as_ref(),
        alb: alb.as_ref().and_then(|nodes| nodes.group.as_ref()),
    };
    rules::rules(stack, plan, network, &groups);
    let link = nlb::link(stack, plan, nlb, &balancer);
    let listeners = network
        .alb
        .iter()
        .zip(&alb)
        .flat_map(|(plan, nodes)| by_port(plan, nodes))
        .collect();
    let alb = alb.map(|nodes| nodes.balancer);
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

/// Without a link where nothing is public.
fn straight_to_alb(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    link: Option<&LinkPlan>,
    alb: &AlbPlan,
) -> (NetworkNodes, Vec<BackendNodes>) {
    let link_group = link.and_then(|link| link::security_group(stack, plan, network, link));
    let nodes = alb::alb(stack, plan, network, alb);
    let backends = behind_alb(stack, plan, network, alb, &nodes);
    let groups = StackGroups {
        front: link_group.as_ref(),
        alb: nodes.group.as_ref(),
    };
    rules::rules(stack, plan, network, &groups);
    let link = link.map(|link| link::link(stack, plan, network, link, link_group.as_ref()));
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

/// Target groups and rules of every backend.
fn behind_alb(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    alb: &AlbPlan,
    nodes: &AlbNodes,
) -> Vec<BackendNodes> {
    if !alb.emits_rules {
        return Vec::new();
    }
    let mut made = BTreeMap::new();
    for (index, backend) in plan.backends.iter().enumerate() {
        if let Some(backend) = backend.balanced() {
            made.insert(index, targets::groups(stack, plan, network, backend));
        }
    }
    let first = made
        .iter()
        .map(|(index, (group, _))| (*index, group.clone()))
        .collect();
    let mut rules = alb::rules(stack, plan, alb, nodes, &first);
    let nodes = |(index, (target_group, green))| BackendNodes {
        listener: None,
        target_group,
        green,
        rules: rules.remove(&index).unwrap_or_default(),
    };
    made.into_iter().map(nodes).collect()
}
