//! The steps that a request has to take, computed from the plan alone.
//!
//! In: `Plan`. Out: `PlannedStep`s in order. Pure.

use crate::plan::{
    AlbBalancerPlan, AlbListenerPlan, AlbPlan, BackendPlan, BalancedPlan, BalancerPlan,
    FunctionPlan, IntegrationPlan, InternetPlan, LinkOrigin, NetworkPlan, Plan, TargetsPlan, Value,
};

/// A step of the plan.
#[derive(Clone, Copy)]
pub(crate) enum PlannedStep<'p> {
    /// A link of the first version; its id where it exists.
    Link(Option<&'p Value>),
    LinkV2(&'p LinkOrigin),
    NetworkBalancer(&'p BalancerPlan),
    Listener {
        port: u16,
        certificate: Option<&'p Value>,
        /// Backend whose deployments switch it.
        switched: Option<&'p BalancedPlan>,
    },
    /// The target group of a network load balancer that holds the application load balancer.
    PassedOn(&'p AlbListenerPlan),
    ApplicationBalancer(&'p AlbBalancerPlan),
    HttpListener(&'p AlbListenerPlan),
    UnknownRules,
    Rule(&'p BalancedPlan),
    TargetGroup(&'p BalancedPlan),
    Internet(&'p InternetPlan),
    Function(&'p FunctionPlan),
    Forwarder,
}

/// Steps of the plan, in the order in which a request has to take them.
pub(crate) type PlannedSteps<'p> = Vec<PlannedStep<'p>>;

/// Steps from the integration of a method to a backend.
pub(crate) fn steps_to<'p>(plan: &'p Plan, backend: &'p BackendPlan) -> PlannedSteps<'p> {
    let balanced = match &backend.integration {
        IntegrationPlan::Internet(internet) => return vec![PlannedStep::Internet(internet)],
        IntegrationPlan::Function(function) => return vec![PlannedStep::Function(function)],
        IntegrationPlan::Forwarder(_) => return vec![PlannedStep::Forwarder],
        IntegrationPlan::Balanced(balanced) => balanced,
    };
    let Some(network) = &plan.network else {
        return Vec::new();
    };
    let link = match (&network.nlb, &network.link) {
        (Some(nlb), _) => Some(PlannedStep::Link(nlb.link.as_ref())),
        (None, link) => link.as_ref().map(|link| PlannedStep::LinkV2(&link.origin)),
    };
    let steps = link.into_iter().chain(from_entry_point(network, balanced));
    steps.collect()
}

/// Steps from the first load balancer to a backend.
pub(crate) fn from_entry_point<'p>(
    network: &'p NetworkPlan,
    backend: &'p BalancedPlan,
) -> PlannedSteps<'p> {
    let mut steps = to_listener(network, backend.listener_port, Some(backend));
    steps.extend(from_listener(network.alb.as_ref(), backend));
    steps
}

/// Steps from the first load balancer to the listener of the last one.
pub(crate) fn to_listener<'p>(
    network: &'p NetworkPlan,
    port: u16,
    backend: Option<&'p BalancedPlan>,
) -> PlannedSteps<'p> {
    let alb = network.alb.as_ref();
    let mut steps = Vec::new();
    if let Some(nlb) = &network.nlb {
        steps.push(PlannedStep::NetworkBalancer(&nlb.balancer));
        steps.push(PlannedStep::Listener {
            port,
            certificate: nlb.certificate.as_ref().filter(|_| alb.is_none()),
            switched: backend.filter(|to| is_blue_green(to) && alb.is_none()),
        });
        let listener = alb.and_then(|alb| listener_of(alb, port));
        steps.extend(listener.map(PlannedStep::PassedOn));
    }
    steps.extend(alb.into_iter().flat_map(|alb| to_http_listener(alb, port)));
    steps
}

fn to_http_listener(alb: &AlbPlan, port: u16) -> PlannedSteps<'_> {
    let mut steps = vec![PlannedStep::ApplicationBalancer(&alb.balancer)];
    steps.extend(listener_of(alb, port).map(PlannedStep::HttpListener));
    steps
}

/// Steps from the listener of the last load balancer to a backend.
fn from_listener<'p>(alb: Option<&AlbPlan>, backend: &'p BalancedPlan) -> PlannedSteps<'p> {
    let targets = PlannedStep::TargetGroup(backend);
    match alb {
        None => vec![targets],
        Some(alb) if alb.emits_rules => vec![PlannedStep::Rule(backend), targets],
        Some(_) => vec![PlannedStep::UnknownRules],
    }
}

/// Steps from the application load balancer to a backend.
pub(crate) fn from_balancer<'p>(alb: &'p AlbPlan, backend: &'p BalancedPlan) -> PlannedSteps<'p> {
    let mut steps = to_http_listener(alb, backend.listener_port);
    steps.extend(from_listener(Some(alb), backend));
    steps
}

pub(crate) fn listener_of(alb: &AlbPlan, port: u16) -> Option<&AlbListenerPlan> {
    alb.listeners.iter().find(|listener| listener.port == port)
}

pub(crate) fn is_blue_green(backend: &BalancedPlan) -> bool {
    match backend.targets {
        TargetsPlan::Ecs { is_blue_green, .. } => is_blue_green,
        TargetsPlan::Instances(_)
        | TargetsPlan::AutoscalingGroups(_)
        | TargetsPlan::Ips { .. }
        | TargetsPlan::Existing(_) => false,
    }
}

impl PlannedStep<'_> {
    /// Returns the problem where the stack has another step, as the end of a sentence.
    pub(crate) fn problem(&self) -> String {
        let (what, port) = match self {
            Self::Link(_) | Self::LinkV2(_) => {
                return "its integration names another VPC link".into();
            }
            Self::NetworkBalancer(_) | Self::ApplicationBalancer(_) => {
                return "comes to another load balancer".into();
            }
            Self::UnknownRules => return "comes to rules where none were planned".into(),
            Self::Internet(_) => return "is sent on to another address, or with other TLS".into(),
            Self::Function(_) | Self::Forwarder => {
                return "calls another function, or one that the stage may not call".into();
            }
            Self::Listener { port, .. } => ("listener", port),
            Self::PassedOn(listener) => ("target group of its listener", &listener.port),
            Self::HttpListener(listener) => ("listener", &listener.port),
            Self::Rule(backend) => ("rule", &backend.listener_port),
            Self::TargetGroup(backend) => ("target group", &backend.port),
        };
        format!("comes to another {what} than planned on port {port}")
    }
}
