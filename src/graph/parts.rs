//! What lies between the gateway and the servers, and the servers.
//! In: the network and the backends of a plan. Out: boxes. Pure.

use super::{GraphBox, MAX_BACKENDS};
use crate::listing::{function_text, value_text, values_text};
use crate::plan::{
    AlbBalancerPlan, BackendPlan, BalancedPlan, BalancerPlan, IntegrationPlan, LinkOrigin, Plan,
    TargetProtocol, TargetsPlan, names,
};
use crate::printed;

/// The function that no request passes.
pub(super) const SYNC: &str = "sync";

const MANAGED: &str = "managed";
const EXISTING: &str = "existing";

/// Lanes of the link and of the balancers, or of the functions that forward.
pub(super) fn between(plan: &Plan) -> Vec<(&'static str, Vec<GraphBox>)> {
    let mut lanes = Vec::new();
    if plan.forwarders.is_some() {
        let function = GraphBox::part(
            "forwarder",
            "Forwarder",
            vec!["function in the VPC".to_owned()],
        );
        lanes.push(("Function", vec![function]));
    }
    let Some(network) = &plan.network else {
        return lanes;
    };
    let part = |id: &str, name: &str, details: &[&str]| {
        GraphBox::part(id, name, details.iter().map(|&text| text.into()).collect())
    };
    let origin = |is_existing: bool| if is_existing { EXISTING } else { MANAGED };
    let mut balancers = Vec::new();
    if let Some(nlb) = &network.nlb {
        let is_existing = matches!(nlb.balancer, BalancerPlan::Existing { .. });
        balancers.push(part(
            "nlb",
            "Network LB",
            &[origin(is_existing), "internal"],
        ));
        lanes.push((
            "Link",
            vec![part(
                "link",
                "VPC link",
                &["V1", origin(nlb.link.is_some())],
            )],
        ));
    } else if let Some(link) = &network.link {
        let is_existing = matches!(link.origin, LinkOrigin::Existing(_));
        lanes.push((
            "Link",
            vec![part("link", "VPC link", &["V2", origin(is_existing)])],
        ));
    }
    if let Some(alb) = &network.alb {
        let is_existing = matches!(alb.balancer, AlbBalancerPlan::Existing { .. });
        balancers.push(part(
            "alb",
            "Application LB",
            &[origin(is_existing), "path rules"],
        ));
    }
    if network.sync.is_some() {
        balancers.push(part(
            SYNC,
            "Sync function",
            &["keeps addresses of", "the ALB in the NLB"],
        ));
    }
    if !balancers.is_empty() {
        lanes.push(("Balancers", balancers));
    }
    lanes
}

/// A box for each backend; those that the gateway calls itself last.
pub(super) fn targets(plan: &Plan) -> Vec<GraphBox> {
    let mut targets: Vec<GraphBox> = plan.backends.iter().map(target).collect();
    targets.sort_by_key(|target| target.is_direct);
    if targets.len() > MAX_BACKENDS {
        let over = targets.split_off(MAX_BACKENDS - 1);
        let mut rest = GraphBox::part("rest", format!("{} more backends", over.len()), Vec::new());
        rest.is_direct = over.iter().all(|target| target.is_direct);
        rest.backends = over
            .into_iter()
            .flat_map(|target| target.backends)
            .collect();
        targets.push(rest);
    }
    targets
}

fn target(backend: &BackendPlan) -> GraphBox {
    let (is_direct, details) = match &backend.integration {
        IntegrationPlan::Balanced(balanced) => (false, balanced_details(balanced)),
        IntegrationPlan::Forwarder(forwarder) => {
            let scheme = if forwarder.is_tls { "https" } else { "http" };
            let hosts = values_text(&forwarder.hosts);
            (false, vec![format!("{scheme} {}", forwarder.port), hosts])
        }
        IntegrationPlan::Internet(internet) => {
            (true, vec!["internet".to_owned(), value_text(&internet.url)])
        }
        IntegrationPlan::Function(function) => {
            (true, vec!["function".to_owned(), function_text(function)])
        }
    };
    let shown = |text: String| printed::line(&text).into_owned();
    GraphBox {
        backends: vec![backend.name.as_ref().into()],
        is_direct,
        ..GraphBox::part(
            format!("target__{}", names::literal(&backend.name)),
            shown(backend.name.to_string()),
            details.into_iter().map(shown).collect(),
        )
    }
}

fn balanced_details(balanced: &BalancedPlan) -> Vec<String> {
    let protocol = match balanced.protocol {
        TargetProtocol::Tcp => "tcp",
        TargetProtocol::Tls => "tls",
        TargetProtocol::Http => "http",
        TargetProtocol::Https => "https",
    };
    let targets = match &balanced.targets {
        TargetsPlan::Instances(_) => "instances",
        TargetsPlan::AutoscalingGroups(_) => "autoscaling groups",
        TargetsPlan::Ips { .. } => "addresses",
        TargetsPlan::Ecs {
            is_blue_green: true,
            ..
        } => "ECS, blue-green",
        TargetsPlan::Ecs { .. } => "ECS service",
        TargetsPlan::Existing(_) => "existing target group",
    };
    vec![format!("{protocol} {}", balanced.port), targets.to_owned()]
}
