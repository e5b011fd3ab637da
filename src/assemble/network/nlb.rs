//! The network load balancer: its security group, a listener a backend, and the VPC link (V1).

use std::sync::Arc;

use super::alb::listener_label;
use super::targets::{attachments, groups, is_blue_green, switched_start};
use crate::assemble::values::{list, text, value};
use crate::assemble::{self, BackendNodes, this};
use crate::aws::{
    AccessLogs, BalancerRef, ExistingBalancer, Listener, LoadBalancer, SecurityGroup, Stack,
    VpcLink, VpcLinkRef,
};
use crate::plan::{BalancedPlan, BalancerPlan, NetworkPlan, NlbPlan, Plan};
use crate::stack::{File, Handle, Label, List, Value};

/// Label of the balancer and of its group.
fn nlb() -> Label {
    Label::new("nlb")
}

/// The balancer's group: one that is created without any can never get one (V6).
pub(crate) fn security_group(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    nlb_plan: &NlbPlan,
) -> Option<Handle<SecurityGroup>> {
    let BalancerPlan::Made {
        security_groups: None,
        ..
    } = nlb_plan.balancer
    else {
        return None;
    };
    let description = "Network load balancer between API Gateway and the backends";
    let vpc = value(&network.vpc);
    Some(assemble::security_group(
        stack,
        plan,
        "nlb",
        description,
        vpc,
    ))
}

pub(crate) fn balancer(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    nlb_plan: &NlbPlan,
    group: Option<&Handle<SecurityGroup>>,
) -> BalancerRef {
    let (theirs, protection, access_logs) = match &nlb_plan.balancer {
        BalancerPlan::Made {
            security_groups,
            deletion_protection,
            access_logs,
        } => (security_groups, deletion_protection, access_logs),
        BalancerPlan::Existing { arn, dns_name } => {
            // Where it has no name, every URI names a host of its own.
            let dns_name = dns_name.as_ref().map_or_else(|| Value::literal(""), value);
            return BalancerRef::Existing(Arc::new(ExistingBalancer {
                arn: value(arn),
                dns_name,
            }));
        }
    };
    let own = List::Of(group.iter().map(|group| group.id()).collect());
    let balancer = LoadBalancer {
        name: text(&plan.prefix.with("-nlb")),
        name_prefix: Value::literal(plan.prefix.balancer()),
        subnets: list(&network.subnets),
        security_groups: theirs.as_ref().map_or(own, list),
        cross_zone: plan.cross_zone,
        deletion_protection: value(protection),
        access_logs: access_logs.as_ref().map(|logs| AccessLogs {
            bucket: value(&logs.bucket),
            prefix: logs.prefix.clone(),
        }),
    };
    BalancerRef::Made(stack.add(File::Network, nlb(), balancer))
}

/// The balancer that requests come to.
pub(crate) struct EntryPoint<'a> {
    pub(crate) plan: &'a NlbPlan,
    pub(crate) balancer: BalancerRef,
}

/// Target groups and listener of a backend.
pub(crate) fn backend(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    entry: &EntryPoint<'_>,
    backend: &BalancedPlan,
) -> BackendNodes {
    let (target_group, green) = groups(stack, plan, network, backend);
    let listener = Listener {
        balancer: entry.balancer.clone(),
        port: backend.listener_port,
        certificate: entry.plan.certificate.as_ref().map(value),
        attachments: attachments(stack, &target_group),
        forward_to: target_group.clone(),
        is_switched: is_blue_green(backend),
        start: switched_start(backend, green.as_ref()),
    };
    let label = listener_label("nlb", backend.listener_port);
    BackendNodes {
        listener: Some(stack.add(File::Network, label, listener)),
        target_group,
        green,
        rules: Vec::new(),
    }
}

pub(crate) fn link(stack: &mut Stack, plan: &Plan, entry: &EntryPoint<'_>) -> VpcLinkRef {
    match &entry.plan.link {
        Some(id) => VpcLinkRef::Existing(value(id)),
        None => VpcLinkRef::Made(stack.add(
            File::Network,
            this(),
            VpcLink {
                name: text(&plan.prefix.with("")),
                balancer: entry.balancer.clone(),
            },
        )),
    }
}
