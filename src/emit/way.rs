//! The hops of a request, in sentences of the output's README.

use super::names::OutputNames;
use crate::plan::{
    AlbBalancerPlan, BalancerPlan, IntegrationPlan, LinkOrigin, NetworkPlan, NlbPlan, Plan,
    TargetsPlan,
};
use crate::printed::code;

/// The components that a request passes, and which of them exist already.
pub(crate) fn way(plan: &Plan, names: &OutputNames) -> String {
    let mut way = plan.network.as_ref().map_or_else(
        || "API Gateway.".to_owned(),
        |network| balanced_way(plan, network, names),
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

fn balanced_way(plan: &Plan, network: &NetworkPlan, names: &OutputNames) -> String {
    let Some(nlb) = &network.nlb else {
        if !plan.has_gateway {
            return format!(
                "no API, as nothing is public:{}",
                alb_way(network, names).trim_start_matches(',')
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
        return format!("API Gateway, {link}{}", alb_way(network, names));
    };
    if network.alb.is_some() {
        return format!("{}{}", nlb_way(nlb), alb_way(network, names));
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
fn alb_way(network: &NetworkPlan, names: &OutputNames) -> String {
    let Some(alb) = &network.alb else {
        return String::new();
    };
    let (which, name) = match &alb.balancer {
        AlbBalancerPlan::Made { .. } => (
            "an internal application load balancer",
            format!("Its name is the output {}", names.code("alb_dns_name")),
        ),
        AlbBalancerPlan::Existing { .. } => (
            "an application load balancer that was\nthere",
            "Its name is known where it was made".to_owned(),
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
