//! The steps that a request has to take, computed from the plan alone.
//!
//! In: `Plan`. Out: `PlannedStep`s in order. Pure.

use crate::plan::{
    AlbBalancerPlan, AlbListenerPlan, AlbPlan, BackendPlan, BalancedPlan, BalancerPlan,
    FunctionPlan, IntegrationPlan, InternetPlan, LinkOrigin, NetworkPlan, NlbPlan, Plan,
    TargetsPlan, Value,
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
        is_switched: bool,
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
    Forwarder(&'p BackendPlan),
}

/// Steps from the integration of a method to a backend.
pub(crate) fn steps_to<'p>(plan: &'p Plan, backend: &'p BackendPlan) -> Vec<PlannedStep<'p>> {
    let balanced = match &backend.integration {
        IntegrationPlan::Internet(internet) => return vec![PlannedStep::Internet(internet)],
        IntegrationPlan::Function(function) => return vec![PlannedStep::Function(function)],
        IntegrationPlan::Forwarder(_) => return vec![PlannedStep::Forwarder(backend)],
        IntegrationPlan::Balanced(balanced) => balanced,
    };
    let Some(network) = &plan.network else {
        return Vec::new();
    };
    match (&network.nlb, &network.link, &network.alb) {
        (Some(nlb), _, _) => {
            let mut steps = vec![PlannedStep::Link(nlb.link.as_ref())];
            steps.extend(from_listener(network, nlb, balanced));
            steps
        }
        (None, Some(link), Some(alb)) => {
            let mut steps = vec![PlannedStep::LinkV2(&link.origin)];
            steps.extend(from_balancer(alb, balanced));
            steps
        }
        (None, _, _) => Vec::new(),
    }
}

/// Steps from the network load balancer to a backend.
pub(crate) fn from_listener<'p>(
    network: &'p NetworkPlan,
    nlb: &'p NlbPlan,
    backend: &'p BalancedPlan,
) -> Vec<PlannedStep<'p>> {
    let port = backend.listener_port;
    if let Some(alb) = &network.alb {
        let mut steps = to_http_listener_behind(nlb, alb, port);
        steps.extend(from_http_listener(alb, backend));
        return steps;
    }
    vec![
        PlannedStep::NetworkBalancer(&nlb.balancer),
        PlannedStep::Listener {
            port,
            certificate: nlb.certificate.as_ref(),
            is_switched: is_blue_green(backend),
        },
        PlannedStep::TargetGroup(backend),
    ]
}

/// Steps from the network load balancer to a listener of the other one.
pub(crate) fn to_http_listener_behind<'p>(
    nlb: &'p NlbPlan,
    alb: &'p AlbPlan,
    port: u16,
) -> Vec<PlannedStep<'p>> {
    let mut steps = vec![
        PlannedStep::NetworkBalancer(&nlb.balancer),
        PlannedStep::Listener {
            port,
            certificate: None,
            is_switched: false,
        },
    ];
    steps.extend(listener_of(alb, port).map(PlannedStep::PassedOn));
    steps.extend(to_http_listener(alb, port));
    steps
}

/// Steps from the application load balancer to one of its listeners.
pub(crate) fn to_http_listener(alb: &AlbPlan, port: u16) -> Vec<PlannedStep<'_>> {
    let mut steps = vec![PlannedStep::ApplicationBalancer(&alb.balancer)];
    steps.extend(listener_of(alb, port).map(PlannedStep::HttpListener));
    steps
}

fn from_http_listener<'p>(alb: &AlbPlan, backend: &'p BalancedPlan) -> Vec<PlannedStep<'p>> {
    if alb.emits_rules {
        vec![
            PlannedStep::Rule(backend),
            PlannedStep::TargetGroup(backend),
        ]
    } else {
        vec![PlannedStep::UnknownRules]
    }
}

/// Steps from the application load balancer to a backend.
pub(crate) fn from_balancer<'p>(
    alb: &'p AlbPlan,
    backend: &'p BalancedPlan,
) -> Vec<PlannedStep<'p>> {
    let mut steps = to_http_listener(alb, backend.listener_port);
    steps.extend(from_http_listener(alb, backend));
    steps
}

pub(crate) fn listener_of(alb: &AlbPlan, port: u16) -> Option<&AlbListenerPlan> {
    alb.listeners.iter().find(|listener| listener.port == port)
}

pub(crate) fn is_blue_green(backend: &BalancedPlan) -> bool {
    matches!(
        backend.targets,
        TargetsPlan::Ecs {
            is_blue_green: true,
            ..
        }
    )
}

impl PlannedStep<'_> {
    /// Returns the problem where the stack has another step, as the end of a sentence.
    pub(crate) fn problem(&self) -> String {
        match self {
            Self::Link(_) | Self::LinkV2(_) => "its integration names another VPC link".into(),
            Self::NetworkBalancer(_) => "its VPC link leads to another load balancer".into(),
            Self::Listener { port, .. } => format!(
                "comes to another listener than that on port {port}, with another certificate, or to one that others switch"
            ),
            Self::PassedOn(listener) => format!(
                "its target group does not hold the application load balancer on port {}, or asks it for its health otherwise",
                listener.port
            ),
            Self::ApplicationBalancer(_) => "comes to another application load balancer".into(),
            Self::HttpListener(listener) => format!(
                "comes to another listener than that on port {}, or to one with another certificate",
                listener.port
            ),
            Self::UnknownRules => "comes to rules where none were planned".into(),
            Self::Rule(backend) => format!(
                "is answered 404 on port {}, or by a rule that others switch, or that none may",
                backend.listener_port
            ),
            Self::TargetGroup(backend) => format!(
                "arrives at other targets than those of `{}` on port {}, or would after a deployment",
                backend.name, backend.port
            ),
            Self::Internet(_) => "is sent on to another address, or with other TLS".into(),
            Self::Function(_) => {
                "calls another function, or one that the stage may not call".into()
            }
            Self::Forwarder(backend) => format!(
                "does not call the function that forwards to `{}`, or may not",
                backend.name
            ),
        }
    }
}
