//! The network behind the gateway: balancers, listeners, target groups, VPC links and rules of
//! security groups.

mod alb;
mod link;
mod nlb;
mod outputs;
mod rules;
mod targets;

use std::collections::BTreeMap;

use super::{BackendNodes, NetworkNodes};
use crate::aws::{HttpListenerRef, Stack};
use crate::plan::{AlbPlan, NetworkPlan, Plan};
use alb::AlbNodes;
pub(crate) use outputs::outputs;
use rules::StackGroups;
pub(crate) use rules::{
    MergedRules, Purpose, anywhere, group_peer, group_sources, named, own_source,
};

/// Builds all resources of the network behind the gateway.
pub(crate) fn network(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
) -> (NetworkNodes, Vec<BackendNodes>) {
    let group = match (&network.nlb, &network.link) {
        (Some(nlb), _) => nlb::security_group(stack, plan, network, nlb),
        (None, Some(link)) => link::security_group(stack, plan, network, link),
        (None, None) => None,
    };
    let nlb = network.nlb.as_ref().map(|nlb| nlb::EntryPoint {
        plan: nlb,
        balancer: nlb::balancer(stack, plan, network, nlb, group.as_ref()),
    });
    let alb = network
        .alb
        .as_ref()
        .map(|alb| (alb, alb::alb(stack, plan, network, alb)));
    let backends = match (&alb, &nlb) {
        (Some((alb, nodes)), _) => behind_alb(stack, plan, network, alb, nodes),
        (None, Some(nlb)) => plan
            .balanced()
            .map(|backend| nlb::backend(stack, plan, network, nlb, backend))
            .collect(),
        (None, None) => unreachable!("every topology with a network has a load balancer"),
    };
    let passed_on = match (&nlb, &alb) {
        (Some(nlb), Some((_, nodes))) => alb::passed_on(stack, plan, network, &nlb.balancer, nodes),
        _ => Vec::new(),
    };
    let groups = StackGroups {
        front: group.as_ref(),
        alb: alb.as_ref().and_then(|(_, nodes)| nodes.group.as_ref()),
    };
    rules::rules(stack, plan, network, &groups);
    // Without a link where nothing is public.
    let link = match (&nlb, &network.link) {
        (Some(nlb), _) => Some(nlb::link(stack, plan, nlb)),
        (None, link) => link
            .as_ref()
            .map(|link| link::link(stack, plan, link, group.as_ref())),
    };
    let listeners = alb.iter().flat_map(|(alb, nodes)| by_port(alb, nodes));
    let (nlb_group, link_group) = match &nlb {
        Some(_) => (group, None),
        None => (None, group),
    };
    let nodes = NetworkNodes {
        link,
        link_group,
        nlb_group,
        alb_group: alb.as_ref().and_then(|(_, nodes)| nodes.group.clone()),
        passed_on,
        listeners: listeners.collect(),
        balancer: nlb.map(|nlb| nlb.balancer),
        alb: alb.map(|(_, nodes)| nodes.balancer),
    };
    (nodes, backends)
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
    let mut backends = BTreeMap::new();
    for (index, backend) in plan.backends.iter().enumerate() {
        if let Some(backend) = backend.balanced() {
            let (target_group, green) = targets::groups(stack, plan, network, backend);
            let nodes = BackendNodes {
                listener: None,
                target_group,
                green,
                rules: Vec::new(),
            };
            backends.insert(index, nodes);
        }
    }
    alb::rules(stack, plan, alb, nodes, &mut backends);
    backends.into_values().collect()
}
