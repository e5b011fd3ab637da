//! Outputs of what is behind the gateway.

use crate::assemble::{BackendNodes, NetworkNodes};
use crate::aws::{
    ApplicationBalancerRef, Balancer, BalancerRef, HttpListenerRef, Stack, TargetGroup,
    TargetGroupRef, VpcLinkRef,
};
use crate::plan::{BalancedPlan, Plan, TargetsPlan};
use crate::stack::{Address, Handle, Output, snake};

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
    let groups = [
        ("vpc_link", "VPC link", &nodes.link_group),
        ("nlb", "network load balancer", &nodes.nlb_group),
        ("alb", "application load balancer", &nodes.alb_group),
    ];
    for (word, noun, group) in groups {
        if let Some(group) = group {
            stack.output(
                format!("{word}_security_group_id"),
                format!("Security group of the {noun}."),
                group.id(),
            );
        }
    }
    if let Some(BalancerRef::Made(made)) = &nodes.balancer {
        let name = "DNS name of the network load balancer.";
        balancer(stack, "nlb", "network load balancer", name, made);
    }
    if let Some(ApplicationBalancerRef::Made(made)) = &nodes.alb {
        let name = "DNS name that private callers use.";
        balancer(stack, "alb", "application load balancer", name, made);
    }
    by_port(stack, nodes);
    for (plan, nodes) in plan.balanced().zip(backends) {
        of_backend(stack, plan, nodes);
    }
}

/// Adds the outputs of a load balancer.
fn balancer<K: Balancer>(
    stack: &mut Stack,
    word: &str,
    noun: &str,
    dns_name: &str,
    balancer: &Handle<K>,
) {
    let mut output = |what: &str, description: &str, value| {
        stack.output(format!("{word}_{what}"), description, value);
    };
    output("arn", &format!("ARN of the {noun}."), balancer.arn());
    let suffix =
        format!("End of the ARN of the {noun}, the dimension `LoadBalancer` of its metrics.");
    output("arn_suffix", &suffix, balancer.arn_suffix());
    output("dns_name", dns_name, balancer.dns_name());
    let zone = format!("Hosted zone of the name of the {noun}, for an alias record.");
    output("zone_id", &zone, balancer.zone_id());
}

/// Adds the outputs of listeners that backends share, by port.
fn by_port(stack: &mut Stack, nodes: &NetworkNodes) {
    for passed in &nodes.passed_on {
        let port = passed.port;
        stack.output(
            format!("nlb_listener_arn_{port}"),
            format!("ARN of the network load balancer's listener on port {port}."),
            passed.listener.arn(),
        );
        let group =
            format!("the target group that holds the application load balancer on port {port}");
        stack.output(
            format!("nlb_target_group_arn_{port}"),
            format!("ARN of {group}."),
            passed.group.arn(),
        );
        stack.output(
            format!("nlb_target_group_suffix_{port}"),
            suffix_of(&group),
            passed.group.arn_suffix(),
        );
    }
    for (port, listener) in &nodes.listeners {
        if let Some(HttpListenerRef::Made(listener)) = listener {
            stack.output(
                format!("alb_listener_arn_{port}"),
                format!("ARN of the application load balancer's listener on port {port}."),
                listener.arn(),
            );
        }
    }
}

fn suffix_of(group: &str) -> String {
    format!("End of the ARN of {group}, the dimension `TargetGroup` of its metrics.")
}

/// Adds the outputs of a backend; a target group's ARN waits for its listener (L30).
fn of_backend(stack: &mut Stack, plan: &BalancedPlan, nodes: &BackendNodes) {
    let name = snake(&plan.name);
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
        let noun = format!("the target group of the backend `{}`", plan.name);
        let outputs = GroupOutputs {
            word: "target_group",
            noun: &noun,
            rest,
        };
        outputs.add(stack, &name, nodes, group);
    }
    if let Some(listener) = &nodes.listener {
        let switched = match nodes.green {
            Some(_) => ", which deployments switch",
            None => "",
        };
        let description = format!(
            "ARN of the listener of the backend `{}`{switched}.",
            plan.name
        );
        let arn = [listener.arn(), listener.arn()];
        stack.outputs.push(Output {
            is_optional: nodes.green.is_none(),
            ..Output::new(format!("listener_arn_{name}"), description, arn)
        });
    }
    let Some(green) = &nodes.green else { return };
    let noun = format!("the other target group of the backend `{}`", plan.name);
    let outputs = GroupOutputs {
        word: "green_target_group",
        noun: &noun,
        rest: ", for deployments",
    };
    outputs.add(stack, &name, nodes, green);
    for (index, rule) in nodes.rules.iter().enumerate() {
        let description = format!(
            "ARN of a rule of the backend `{}`, which deployments switch.",
            plan.name
        );
        stack.output(
            format!("listener_rule_arn_{name}_{}", index + 1),
            description,
            rule.arn(),
        );
    }
}

/// Words of the outputs of a backend's target group.
struct GroupOutputs<'a> {
    word: &'static str,
    noun: &'a str,
    /// What follows the noun in the description of its ARN.
    rest: &'static str,
}

impl GroupOutputs<'_> {
    /// The second is not called `…_arn_suffix_…`: a backend may be called `suffix-…`.
    fn add(
        &self,
        stack: &mut Stack,
        name: &str,
        nodes: &BackendNodes,
        group: &Handle<TargetGroup>,
    ) {
        let Self { word, noun, rest } = self;
        let listener = nodes.listener.iter().map(Handle::address);
        let after: Vec<Address> = listener
            .chain(nodes.rules.iter().map(Handle::address))
            .cloned()
            .collect();
        let arn = [group.arn(), group.arn()];
        stack.outputs.push(Output {
            after,
            ..Output::new(
                format!("{word}_arn_{name}"),
                format!("ARN of {noun}{rest}."),
                arn,
            )
        });
        let suffix = [group.arn_suffix(), group.arn_suffix()];
        stack.outputs.push(Output {
            is_optional: true,
            ..Output::new(format!("{word}_suffix_{name}"), suffix_of(noun), suffix)
        });
    }
}
