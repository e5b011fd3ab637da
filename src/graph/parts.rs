//! What lies between the gateway and the servers, and the servers.
//! In: the network and the backends of a plan. Out: boxes. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Change, GraphBox, GraphChanges, MAX_BACKENDS};
use crate::blueprint::EndpointKind;
use crate::listing::{function_text, value_text, values_text};
use crate::plan::{
    AlbBalancerPlan, BackendPlan, BalancedPlan, BalancerPlan, IntegrationPlan, LinkOrigin, Plan,
    TargetProtocol, TargetsPlan, names,
};
use crate::printed;

/// The function that no request passes.
pub(super) const SYNC: &str = "sync";

/// Callers that come to the load balancer.
pub(super) const PRIVATE: &str = "private-callers";

/// Parts of a comparison, and the boxes that show them.
const BOXES: [[&str; 2]; 5] = [
    ["vpc_link", "link"],
    ["nlb", "nlb"],
    ["alb", "alb"],
    ["sync", SYNC],
    ["forwarder", "forwarder"],
];

const BACKEND: &str = "backend ";

const MANAGED: &str = "managed";
const EXISTING: &str = "existing";

/// Callers of the gateway, and those of the load balancer.
pub(super) fn callers(plan: &Plan, has_private: bool) -> Vec<GraphBox> {
    let part = |id, name, detail: &str| GraphBox::part(id, name, vec![detail.to_owned()]);
    let way = match plan.endpoint.kind {
        EndpointKind::Private => "by VPC endpoint",
        EndpointKind::Regional | EndpointKind::Edge => "over the internet",
    };
    let callers = plan.has_gateway.then(|| part("callers", "Callers", way));
    let private = has_private.then(|| part(PRIVATE, "Private callers", "in the network"));
    callers.into_iter().chain(private).collect()
}

/// Parts that let more pass and have no box.
pub(super) fn without_box(changes: &GraphChanges) -> Vec<String> {
    let has_box =
        |part: &&String| part.starts_with(BACKEND) || BOXES.iter().any(|[known, _]| known == part);
    let parts = changes.loosened.iter().filter(|part| !has_box(part));
    parts.cloned().collect()
}

/// Lanes of the link and of the balancers, or of the functions that forward.
pub(super) fn between(plan: &Plan, changes: &GraphChanges) -> Vec<(&'static str, Vec<GraphBox>)> {
    let mut lanes = unchanged(plan);
    for one in lanes.iter_mut().flat_map(|(_, boxes)| boxes) {
        let mut parts = BOXES.iter().filter(|[_, id]| *id == one.id);
        let is_loosened = parts.any(|[part, _]| changes.loosened.contains(*part));
        *one = one.clone().with(is_loosened.then_some(Change::Loosened));
    }
    lanes
}

fn unchanged(plan: &Plan) -> Vec<(&'static str, Vec<GraphBox>)> {
    let mut lanes = Vec::new();
    if plan.forwarders.is_some() {
        let function = GraphBox::part("forwarder", "Forwarder", vec!["runs in the VPC".to_owned()]);
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

/// A box for each backend, those that are removed too; those that the gateway calls itself, and
/// those that nobody calls, last.
pub(super) fn targets(
    plan: &Plan,
    changes: &GraphChanges,
    before: Option<&Plan>,
    routes: &[GraphBox],
) -> Vec<GraphBox> {
    let names = |plan: &Plan| -> BTreeSet<Arc<str>> {
        let backends = plan.backends.iter();
        backends.map(|one| Arc::clone(one.name.first())).collect()
    };
    let (now, earlier) = (names(plan), before.map(names));
    let kept = plan.backends.iter().map(|backend| {
        let is_new = |earlier: &BTreeSet<Arc<str>>| !earlier.contains(backend.name.first());
        let is_loosened = || {
            changes
                .loosened
                .contains(&format!("{BACKEND}{}", backend.name))
        };
        let change = match earlier.as_ref().is_some_and(is_new) {
            true => Some(Change::Added),
            false => is_loosened().then_some(Change::Loosened),
        };
        target(backend).with(change)
    });
    let before = before.map(|before| &*before.backends).unwrap_or_default();
    let gone = before.iter().filter(|one| !now.contains(one.name.first()));
    let gone = gone.map(|backend| {
        let mut gone = target(backend).with(Some(Change::Removed));
        gone.id = format!("removed__{}", gone.id);
        gone
    });
    let mut targets: Vec<GraphBox> = kept.chain(gone).collect();
    let called = routes.iter().filter(|route| route.outline.is_called());
    let called: BTreeSet<&Arc<str>> = called.flat_map(|route| &route.backends).collect();
    for target in targets.iter_mut().filter(|target| target.is_direct) {
        target.is_idle = target.backends.iter().all(|name| !called.contains(name));
    }
    targets.sort_by_key(|target| (target.is_direct, target.is_idle));
    if targets.len() > MAX_BACKENDS {
        let over = targets.split_off(MAX_BACKENDS - 1);
        let mut rest = GraphBox::part("rest", format!("{} more backends", over.len()), Vec::new());
        rest.is_direct = over.iter().all(|target| target.is_direct);
        rest.is_idle = over.iter().all(|target| target.is_idle);
        let changes = over.iter().filter_map(|target| target.change.as_ref());
        rest = rest.with(changes.map(|(change, _)| *change).max());
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
