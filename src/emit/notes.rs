//! Notes of the output's README: components that a request passes, and tasks outside the stack.

use crate::blueprint::{OutputFormat, SyncState};
use crate::plan::{
    AlbBalancerPlan, AlbPlan, BalancerPlan, ForwarderGroupsPlan, InputType, IntegrationPlan,
    LinkOrigin, LinkPlan, NetworkPlan, NlbPlan, Plan, SourcePlan, TargetProtocol, TargetsPlan,
};
use crate::printed::code;

/// The components that a request passes, and which of them exist already.
pub(crate) fn way(plan: &Plan) -> String {
    let mut way = plan.network.as_ref().map_or_else(
        || "API Gateway.".to_owned(),
        |network| balanced_way(plan, network),
    );
    let has = |is_it: fn(&IntegrationPlan) -> bool| {
        plan.backends
            .iter()
            .any(|backend| is_it(&backend.integration))
    };
    if has(|way| matches!(way, IntegrationPlan::Internet(_))) {
        way.push_str("\n\nBackends with a public address are called over the internet; nothing here keeps\nothers from calling them.");
    }
    if plan.has_gateway && has(|way| matches!(way, IntegrationPlan::Function(_))) {
        way.push_str("\n\nFunctions are called by the gateway itself, which gets leave for it. A function\nsees the gateway's path, with the prefix of a mount.");
    }
    if has(|way| matches!(way, IntegrationPlan::Forwarder(_))) {
        way = way.replacen("API Gateway.", "API Gateway, a function inside the VPC for each backend, and the backend's servers.\nThere is no load balancer; every request is a call of a function.", 1);
    }
    way
}

fn balanced_way(plan: &Plan, network: &NetworkPlan) -> String {
    let Some(nlb) = &network.nlb else {
        if !plan.has_gateway {
            return format!(
                "no API, as nothing is public:{}",
                alb_way(network).trim_start_matches(',')
            );
        }
        let is_there = network
            .link
            .as_ref()
            .is_some_and(|link| matches!(link.origin, LinkOrigin::Existing(_)));
        let link = if is_there {
            "a VPC link (V2) that was there"
        } else {
            "a VPC link (V2)"
        };
        return format!("API Gateway, {link}{}", alb_way(network));
    };
    if network.alb.is_some() {
        return format!("{}{}", nlb_way(nlb), alb_way(network));
    }
    let has_existing_group = plan
        .balanced()
        .any(|backend| matches!(backend.targets, TargetsPlan::Existing(_)));
    let is_made = matches!(nlb.balancer, BalancerPlan::Made { .. });
    if nlb.link.is_none() && is_made && !has_existing_group {
        return "API Gateway, a VPC link, an internal network load\nbalancer, and a listener with a target group for each backend.".into();
    }
    let link = if nlb.link.is_some() {
        "a VPC link that was there"
    } else {
        "a VPC link"
    };
    let balancer = if is_made {
        "an internal network load balancer"
    } else {
        "a network load\nbalancer that was there"
    };
    let groups = if has_existing_group {
        "; not every target group is made here"
    } else {
        " with a target group"
    };
    format!("API Gateway, {link}, {balancer}, and a listener\nfor each backend{groups}.")
}

fn nlb_way(nlb: &NlbPlan) -> &'static str {
    match (&nlb.link, &nlb.balancer) {
        (None, BalancerPlan::Made { .. }) => {
            "API Gateway, a VPC link, an internal network load\nbalancer"
        }
        (Some(_), _) => "API Gateway, a VPC link and a network load\nbalancer that were there",
        (None, BalancerPlan::Existing { .. }) => {
            "API Gateway, a VPC link, a network load\nbalancer that was there"
        }
    }
}

/// Notes on how private callers reach internal operations.
fn alb_way(network: &NetworkPlan) -> String {
    let Some(alb) = &network.alb else {
        return String::new();
    };
    let (which, name) = match &alb.balancer {
        AlbBalancerPlan::Made { .. } => (
            "an internal application load balancer",
            "Its name is the output `alb_dns_name`",
        ),
        AlbBalancerPlan::Existing { .. } => (
            "an application load balancer that was\nthere",
            "Its name is known where it was made",
        ),
    };
    let kept = if network.sync.is_some() {
        ",\nwhose addresses a function keeps in target groups"
    } else {
        ""
    };
    let groups = if alb.emits_rules {
        ", and its path\nrules with a target group for each backend"
    } else {
        " with rules of its own"
    };
    let ports: Vec<String> = alb
        .listeners
        .iter()
        .map(|listener| {
            format!(
                "{} ({})",
                listener.port,
                if listener.is_tls { "https" } else { "http" }
            )
        })
        .collect();
    let host = alb.hosts.first().map_or_else(String::new, |host| {
        format!("; requests name the host {}", code(host))
    });
    let clients = if alb.clients.is_some() {
        "The callers of `alb.clients` are admitted."
    } else {
        "Nobody is admitted until `alb.clients` names callers."
    };
    format!(
        ", {which}{kept}{groups}.\n\nOperations that are internal are reached at the application load balancer alone,\nunder the backend's path. {name}; it listens on {}{host}.\n{clients} What is hidden it answers with 404.",
        ports.join(", ")
    )
}

/// Conditions outside of this output, one sentence or two each.
pub(crate) fn notes(plan: &Plan) -> Vec<String> {
    let mut notes = super::stage_notes::notes(plan);
    let mut inputs = plan.inputs.values();
    if inputs.any(|input| input.of == InputType::Protection) {
        notes.push(rolled_back());
    }
    notes.extend(forwarded(plan));
    notes.extend(kept(plan));
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
            TargetsPlan::Ecs { is_blue_green: true, .. } => notes.extend(blue_green(plan, name)),
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

/// Source: docs/aws-rules.md#l33.
fn rolled_back() -> String {
    "Deploy for the first time with `DeletionProtection=false`, and once more with `true`, which is the default. Where a first deployment fails, \
     CloudFormation deletes what was made, and a protected load balancer ends that in `ROLLBACK_FAILED`. Before the stack is deleted, deploy \
     with `false` again."
        .to_owned()
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
    let open = plan.backends.iter().filter(|backend| {
        backend
            .forwarder()
            .is_some_and(|forwarder| forwarder.security_group.is_none())
    });
    let names: Vec<String> = open.map(|backend| format!("`{}`", backend.name)).collect();
    match &forwarders.groups {
        ForwarderGroupsPlan::Made(_) if names.is_empty() => {}
        ForwarderGroupsPlan::Made(_) => {
            notes.push(format!(
                "The servers of {} admit the security group `forwarder_security_group_id`.",
                names.join(", ")
            ));
        }
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
fn kept(plan: &Plan) -> Vec<String> {
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
        "The function `sync_function_name` registers the addresses of the application load balancer {every}: until its first run the \
         gateway finds no target. An address that DNS does not list in {missing} runs in a row is taken out."
    )];
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
            "The parameters below `sync_state` are the function's own: they are left behind when all of this is destroyed, and can be deleted then.".to_owned(),
        ),
        (SyncState::S3, OutputFormat::Cloudformation) => {
            notes.push("The bucket `sync_state` has to be emptied before the stack can be deleted. What lies in it are counters, which may be lost.".to_owned());
        }
        (SyncState::S3, OutputFormat::Terraform | OutputFormat::TerraformJson) => {}
    }
    notes
}

/// Source: docs/aws-rules.md#v9, docs/aws-rules.md#v10, docs/aws-rules.md#v11,
/// docs/aws-rules.md#t10.
fn linked(plan: &Plan, link: &LinkPlan, alb: &AlbPlan) -> Vec<String> {
    let ports: Vec<String> = alb
        .listeners
        .iter()
        .map(|listener| listener.port.to_string())
        .collect();
    let ports = ports.join(", ");
    let mut notes = Vec::new();
    match plan.output.format {
        OutputFormat::Terraform | OutputFormat::TerraformJson => notes.push(
            "Terraform needs version 6.25 or later of the provider `hashicorp/aws`: older ones cannot name what a VPC link (V2) leads to."
                .into(),
        ),
        OutputFormat::Cloudformation => {}
    }
    let is_group_unknown = match &alb.balancer {
        AlbBalancerPlan::Made {
            security_groups, ..
        } => security_groups.is_some(),
        AlbBalancerPlan::Existing { security_group, .. } => security_group.is_none(),
    };
    if is_group_unknown {
        let group = match &link.origin {
            LinkOrigin::Made {
                security_groups: None,
                ..
            } => "`vpc_link_security_group_id`",
            LinkOrigin::Made { .. } | LinkOrigin::Existing(_) => "a group of the VPC link",
        };
        notes.push(format!(
            "The load balancer's own security groups have to admit {group} on port {ports}."
        ));
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
fn blue_green(plan: &Plan, backend: &str) -> Vec<String> {
    let name = backend.replace('-', "_");
    let has_alb = plan
        .network
        .as_ref()
        .is_some_and(|network| network.alb.is_some());
    let switched = if has_alb {
        "its rules, which the outputs `listener_rule_arn_*` name,".to_owned()
    } else {
        format!("the listener `listener_arn_{name}`")
    };
    let mut notes = vec![format!(
        "`{backend}`: its service starts in the target group `target_group_arn_{name}`; deployments switch {switched} between it and \
         `green_target_group_arn_{name}`."
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
