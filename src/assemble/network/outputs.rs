//! Outputs of what is behind the gateway.

use crate::assemble::{BackendNodes, NetworkNodes};
use crate::aws::{
    ApplicationBalancerRef, BalancerRef, Stack, TargetGroup, TargetGroupRef, VpcLinkRef,
};
use crate::plan::{BalancedPlan, Plan, TargetsPlan};
use crate::stack::{Address, Handle, Output};

/// Adds the outputs of the network and of its backends.
pub(crate) fn outputs(
    stack: &mut Stack,
    plan: &Plan,
    nodes: &NetworkNodes,
    backends: &[BackendNodes],
) {
    if let Some(link @ (VpcLinkRef::Made(_) | VpcLinkRef::V2(_))) = &nodes.link {
        stack.output("vpc_link_id", "Id of the VPC link.", link.id());
    }
    if let Some(group) = &nodes.link_group {
        stack.output(
            "vpc_link_security_group_id",
            "Security group of the VPC link.",
            group.id(),
        );
    }
    if let Some(BalancerRef::Made(balancer)) = &nodes.balancer {
        stack.output(
            "nlb_arn",
            "ARN of the network load balancer.",
            balancer.arn(),
        );
    }
    if let Some(ApplicationBalancerRef::Made(balancer)) = &nodes.alb {
        stack.output(
            "alb_arn",
            "ARN of the application load balancer.",
            balancer.arn(),
        );
        stack.output(
            "alb_dns_name",
            "DNS name that private callers use.",
            balancer.dns_name(),
        );
    }
    for (plan, nodes) in plan.balanced().zip(backends) {
        of_backend(stack, plan, nodes);
    }
}

/// Adds the outputs of a backend; a target group's ARN waits for its listener (L30).
fn of_backend(stack: &mut Stack, plan: &BalancedPlan, nodes: &BackendNodes) {
    let name = plan.name.replace('-', "_");
    let listener = nodes
        .listener
        .iter()
        .map(|listener| listener.address().clone());
    let after: Vec<Address> = listener
        .chain(nodes.rules.iter().map(|rule| rule.address().clone()))
        .collect();
    let mut group_output = |name: String, description: String, group: &Handle<TargetGroup>| {
        stack.outputs.push(Output {
            name: name.into(),
            description: description.into(),
            terraform: group.arn(),
            cloudformation: group.arn(),
            after: after.clone(),
        });
    };
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
        group_output(format!("target_group_arn_{name}"), description, group);
    }
    let Some(green) = &nodes.green else { return };
    let description = format!(
        "ARN of the other target group of the backend `{}`, for deployments.",
        plan.name
    );
    group_output(format!("green_target_group_arn_{name}"), description, green);
    if let Some(listener) = &nodes.listener {
        let description = format!(
            "ARN of the listener of the backend `{}`, which deployments switch.",
            plan.name
        );
        stack.output(format!("listener_arn_{name}"), description, listener.arn());
    }
    for rule in &nodes.rules {
        let label = rule.label().as_str().replace('-', "_");
        let description = format!(
            "ARN of a rule of the backend `{}`, which deployments switch.",
            plan.name
        );
        stack.output(
            format!("listener_rule_arn_{label}"),
            description,
            rule.arn(),
        );
    }
}
