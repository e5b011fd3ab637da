//! Notes of the output's README: tasks outside the stack.

use super::names::OutputNames;
use crate::blueprint::{OutputFormat, SyncState};
use crate::plan::{
    AlbBalancerPlan, AlbPlan, BalancerPlan, ForwarderGroupsPlan, LinkOrigin, LinkPlan, Plan,
    SourcePlan, TargetProtocol, TargetsPlan,
};
use crate::stack::snake;

/// Conditions outside of this output, one sentence or two each.
pub(crate) fn notes(plan: &Plan, names: &OutputNames) -> Vec<String> {
    let mut notes = super::servers::notes(plan, names);
    notes.extend(super::stage_notes::notes(plan, names));
    notes.extend(super::callers::notes(plan, names));
    notes.extend(forwarded(plan));
    notes.extend(synced(plan, names));
    notes.extend(before_alb(plan, names));
    if let Some((link, alb)) = plan
        .network
        .as_ref()
        .and_then(|network| Some((network.link.as_ref()?, network.alb.as_ref()?)))
    {
        notes.extend(linked(plan, link, alb));
    }
    let nlb = plan
        .network
        .as_ref()
        .and_then(|network| network.nlb.as_ref());
    if let Some(BalancerPlan::Existing { .. }) = nlb.map(|nlb| &nlb.balancer) {
        notes.push(balancer(plan));
    }
    if let Some((BalancerPlan::Made { .. }, SourcePlan::Groups(_))) =
        nlb.map(|nlb| (&nlb.balancer, &nlb.source))
    {
        notes.push(
            "The load balancer's own security groups have to let it out to the ports of the backends and of their health checks.".into(),
        );
    }
    for backend in plan.balanced() {
        let name = &backend.name;
        match &backend.targets {
            TargetsPlan::Ecs { is_blue_green: true, .. } => notes.extend(blue_green(plan, name, names)),
            TargetsPlan::AutoscalingGroups(None) => notes.push(format!(
                "`{name}`: add the target group's ARN to `TargetGroupARNs` of its autoscaling groups. CloudFormation cannot attach one that is there."
            )),
            TargetsPlan::AutoscalingGroups(Some(_)) => notes.push(format!(
                "`{name}`: where Terraform manages its autoscaling groups, they must not say `target_group_arns` themselves, or have `ignore_changes` for it."
            )),
            TargetsPlan::Existing(_) => notes.push(format!(
                "`{name}`: its target group speaks {}, lies in the load balancer's VPC, and serves no other load balancer.",
                match backend.protocol {
                    TargetProtocol::Tcp => "TCP",
                    TargetProtocol::Tls => "TLS",
                    TargetProtocol::Http => "HTTP",
                    TargetProtocol::Https => "HTTPS",
                }
            )),
            TargetsPlan::Instances(_) | TargetsPlan::Ips { .. } | TargetsPlan::Ecs { is_blue_green: false, .. } => {}
        }
    }
    notes
}

/// Source: AWS Lambda, "Lambda quotas", invocation payload: 6 MB for request and response each,
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>; API Gateway, payload
/// size: 10 MB,
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>.
fn forwarded(plan: &Plan) -> Vec<String> {
    let Some(forwarders) = &plan.forwarders else {
        return Vec::new();
    };
    let mut notes = vec![
        "Requests and answers are calls of a function: 6,291,556 bytes of JSON at most, which is about 4.5 MB of binary. The gateway answers \
         413 to larger requests, and 502 where an answer is larger; its own limit of 10 MB is out of reach."
            .to_owned(),
    ];
    match &forwarders.groups {
        ForwarderGroupsPlan::Made(_) => {}
        ForwarderGroupsPlan::Given(_) => {
            notes.push("The functions' own security groups have to let them out to the ports of the backends.".to_owned());
        }
    }
    if plan
        .backends
        .iter()
        .filter_map(|backend| backend.forwarder())
        .any(|forwarder| forwarder.is_tls && !forwarder.skips_verification)
    {
        notes
            .push("Certificates of servers that are called with https come from a public authority: a function knows no other.".to_owned());
    }
    notes
}

/// Source: docs/aws-rules.md#y12 (an account keeps some concurrency for everybody),
/// docs/aws-rules.md#z3 (a bucket with objects is not deleted).
fn synced(plan: &Plan, names: &OutputNames) -> Vec<String> {
    let Some(sync) = plan
        .network
        .as_ref()
        .and_then(|network| network.sync.as_ref())
    else {
        return Vec::new();
    };
    let (minutes, missing) = (sync.interval_minutes, sync.missing_before_deregister);
    let every = if minutes == 1 {
        "every minute".to_owned()
    } else {
        format!("every {minutes} minutes")
    };
    let mut notes = vec![format!(
        "The function {} registers the addresses of the application load balancer {every}: until its first run the gateway finds no \
         target. An address that DNS does not list in {missing} runs in a row is taken out.",
        names.code("sync_function_name")
    )];
    let state = names.code("sync_state");
    if sync.reserves_concurrency {
        notes.push(
            "One concurrent run is reserved for this function. An account that has none to spare refuses it; \
             `sync.reserve_concurrency: false` does without."
                .to_owned(),
        );
    }
    if sync.alarm_topic.is_some() {
        notes.push("The alarm that runs stopped is told once when it is made, and its end after the first run.".to_owned());
    }
    match (sync.state, plan.output.format) {
        (SyncState::Ssm, _) => notes.push(
            format!("The parameters below {state} are the function's own: they are left behind when all of this is destroyed, and can be deleted then."),
        ),
        (SyncState::S3, OutputFormat::Cloudformation) => {
            notes.push(format!("The bucket {state} has to be emptied before the stack can be deleted. What lies in it are counters, which may be lost."));
        }
        (SyncState::S3, OutputFormat::Terraform | OutputFormat::TerraformJson) => {}
    }
    notes
}

/// Rules of the application load balancer's own groups, where the stack has none for it.
fn before_alb(plan: &Plan, names: &OutputNames) -> Vec<String> {
    let Some((network, alb)) = plan
        .network
        .as_ref()
        .and_then(|network| Some((network, network.alb.as_ref()?)))
    else {
        return Vec::new();
    };
    let has_groups_of_others = match &alb.balancer {
        AlbBalancerPlan::Made {
            security_groups, ..
        } => security_groups.is_some(),
        AlbBalancerPlan::Existing { security_group, .. } => security_group.is_none(),
    };
    if !has_groups_of_others {
        return Vec::new();
    }
    let (source, output, given) = match (&network.nlb, &network.link) {
        (Some(nlb), _) => (
            &nlb.source,
            "nlb_security_group_id",
            "those of the network load balancer",
        ),
        (None, Some(link)) => (
            &link.source,
            "vpc_link_security_group_id",
            "a group of the VPC link",
        ),
        (None, None) => return Vec::new(),
    };
    let group = match source {
        SourcePlan::OwnGroup => names.code(output),
        SourcePlan::Groups(_) | SourcePlan::Cidrs(_) => given.to_owned(),
    };
    let mut notes = vec![format!(
        "The application load balancer's own security groups admit {group} on port {}.",
        ports(alb)
    )];
    if let (AlbBalancerPlan::Made { .. }, true) = (&alb.balancer, alb.emits_rules) {
        notes.push(
            "They also let it out to the ports of the backends and of their health checks."
                .to_owned(),
        );
    }
    notes
}

/// Ports of the listeners.
fn ports(alb: &AlbPlan) -> String {
    let ports = alb
        .listeners
        .iter()
        .map(|listener| listener.port.to_string());
    ports.collect::<Vec<_>>().join(", ")
}

/// Source: docs/aws-rules.md#v9, docs/aws-rules.md#v10, docs/aws-rules.md#v11,
/// docs/aws-rules.md#t10.
fn linked(plan: &Plan, link: &LinkPlan, alb: &AlbPlan) -> Vec<String> {
    let ports = ports(alb);
    let mut notes = Vec::new();
    match plan.output.format {
        OutputFormat::Terraform | OutputFormat::TerraformJson => notes.push(
            "Terraform needs version 6.25 or later of the provider `hashicorp/aws`: older ones cannot name what a VPC link (V2) leads to."
                .into(),
        ),
        OutputFormat::Cloudformation => {}
    }
    match &link.origin {
        LinkOrigin::Made {
            security_groups: None,
            ..
        } => {}
        LinkOrigin::Made { .. } | LinkOrigin::Existing(_) => {
            notes.push(format!("The VPC link's own security groups have to let it out to the load balancer on port {ports}."));
        }
    }
    notes.push(
        "A VPC link (V2) does not stand in every zone of every region (in Tokyo only in apne1-az1, -az2 and -az4), and goes to sleep after \
         60 days without a request: the next one wakes it, and waits."
            .into(),
    );
    notes.push(
        "One page of AWS says that a private integration puts the stage's name before the path. If the load balancer answers every request \
         with 404, look for `/<stage>/` in its access log."
            .into(),
    );
    notes
}

/// Source: docs/aws-rules.md#v6, docs/aws-rules.md#v7, docs/aws-rules.md#l32.
fn balancer(plan: &Plan) -> String {
    let ports: Vec<String> = plan
        .balanced()
        .map(|backend| backend.listener_port.to_string())
        .collect();
    format!(
        "The load balancer that was there is internal and has no listener on {} yet. If it has security groups, they let it out to the \
         backends, and `enforce_security_group_inbound_rules_on_private_link_traffic` is `off` for it.",
        ports.join(", ")
    )
}

/// Source: Amazon ECS developer guide, "Network Load Balancer resources for Amazon ECS blue/green
/// deployments": two target groups and a listener, which ECS changes,
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/nlb-resources-for-blue-green.html>;
/// those of CodeDeploy require the same.
fn blue_green(plan: &Plan, backend: &str, names: &OutputNames) -> Vec<String> {
    let name = snake(backend);
    let has_alb = plan
        .network
        .as_ref()
        .is_some_and(|network| network.alb.is_some());
    let switched = if has_alb {
        let rules = names.spelt("listener_rule_arn_");
        format!("its rules, which the outputs `{rules}*` name,")
    } else {
        let listener = names.code(&format!("listener_arn_{name}"));
        format!("the listener {listener}")
    };
    let group = names.code(&format!("target_group_arn_{name}"));
    let green = names.code(&format!("green_target_group_arn_{name}"));
    let mut notes = vec![format!(
        "`{backend}`: its service starts in the target group {group}; deployments switch {switched} between it and {green}."
    )];
    match plan.output.format {
        OutputFormat::Terraform | OutputFormat::TerraformJson => {}
        OutputFormat::Cloudformation => notes.push(format!(
            "`{backend}`: update the stack only while the first target group serves. An update that touches the {} sends requests back to it.",
            if has_alb { "rules" } else { "listener" }
        )),
    }
    notes
}
