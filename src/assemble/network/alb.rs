//! The application load balancer: its group, listeners, the response to health checks, and the
//! rules.
//! In: `AlbPlan`. Out: nodes in the stack. Pure.

use std::collections::BTreeMap;

use super::targets::{attachments, health_check, is_blue_green, switched_start};
use crate::assemble::values::{list, short_name, text, value, vpc};
use crate::assemble::{BackendNodes, PassedOn, security_group};
use crate::aws::{
    AccessLogs, ApplicationBalancer, ApplicationBalancerRef, BalancerRef, FixedResponse,
    GroupProtocol, HttpListener, HttpListenerRef, Listener, ListenerRule, RuleAction,
    SecurityGroup, Stack, TargetGroup, TargetGroupRef, TargetType, Targets,
};
use crate::plan::{
    AlbBalancerPlan, AlbListenerPlan, AlbPlan, Destination, HEALTH_PATH, NetworkPlan, Plan,
};
use crate::stack::{File, Handle, Label, List, Value};

/// The balancer with its listeners.
#[derive(Clone, Debug)]
pub(crate) struct AlbNodes {
    pub(crate) balancer: ApplicationBalancerRef,
    /// The security group that the stack has for it.
    pub(crate) group: Option<Handle<SecurityGroup>>,
    /// In the order of the plan; `None` where the plan has no ARN and needs none.
    pub(crate) listeners: Vec<Option<HttpListenerRef>>,
}

/// Label of a balancer's listener. AWS knows one by balancer and port alone, so another port is
/// another listener, and a backend that takes a port over takes its listener.
pub(crate) fn listener_label(balancer: &str, port: u16) -> Label {
    Label::new(format!("{balancer}__{port}"))
}

/// Group, balancer and listeners.
pub(crate) fn alb(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    alb: &AlbPlan,
) -> AlbNodes {
    match &alb.balancer {
        AlbBalancerPlan::Existing { arn, dns_name, .. } => {
            // Where it has no name, every URI names a host of its own.
            let dns_name = dns_name.as_ref().map_or_else(|| Value::literal(""), value);
            let listener = |planned: &AlbListenerPlan| {
                let arn = planned.existing.as_ref()?;
                Some(HttpListenerRef::Existing(value(arn)))
            };
            AlbNodes {
                balancer: ApplicationBalancerRef::Existing {
                    arn: value(arn),
                    dns_name,
                },
                group: None,
                listeners: alb.listeners.iter().map(listener).collect(),
            }
        }
        AlbBalancerPlan::Made {
            security_groups,
            idle_timeout_s,
            deletion_protection,
            access_logs,
        } => {
            let group = security_groups.is_none().then(|| {
                let description = "Application load balancer in front of the backends";
                security_group(stack, plan, "alb", description, value(&network.vpc))
            });
            let own = List::Of(group.iter().map(|group| group.id()).collect());
            let balancer = ApplicationBalancer {
                name: text(&plan.prefix.with("-alb")),
                name_prefix: Value::literal(plan.prefix.balancer()),
                subnets: list(&network.subnets),
                security_groups: security_groups.as_ref().map_or(own, list),
                idle_timeout_s: *idle_timeout_s,
                deletion_protection: value(deletion_protection),
                access_logs: access_logs.as_ref().map(|logs| AccessLogs {
                    bucket: value(&logs.bucket),
                    prefix: logs.prefix.clone(),
                }),
            };
            let balancer = stack.add(File::Network, label(), balancer);
            let listeners = alb
                .listeners
                .iter()
                .map(|planned| Some(listener(stack, &balancer, planned)))
                .collect();
            AlbNodes {
                balancer: ApplicationBalancerRef::Made(balancer),
                group,
                listeners,
            }
        }
    }
}

/// Label of the balancer and of its group.
fn label() -> Label {
    Label::new("alb")
}

fn listener(
    stack: &mut Stack,
    balancer: &Handle<ApplicationBalancer>,
    planned: &AlbListenerPlan,
) -> HttpListenerRef {
    let listener = HttpListener {
        balancer: balancer.clone(),
        port: planned.port,
        certificate: planned.certificate.as_ref().map(value),
    };
    HttpListenerRef::Made(stack.add(File::Network, listener_label("alb", planned.port), listener))
}

/// A listener of the network load balancer for each of the other's, with a target group that holds
/// the other.
pub(crate) fn passed_on(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    from: &BalancerRef,
    to: &AlbNodes,
) -> Vec<PassedOn> {
    let mut ports = Vec::new();
    for (planned, listener) in network
        .alb
        .iter()
        .flat_map(|alb| &alb.listeners)
        .zip(&to.listeners)
    {
        let (balancer, listener) = (to.balancer.clone(), listener.clone());
        let (target_type, targets, deregistration_delay_s) = match &network.sync {
            Some(sync) => (
                TargetType::Ip,
                Targets::Kept { balancer, listener },
                Some(sync.deregistration_delay_s),
            ),
            None => (
                TargetType::Alb,
                Targets::Balancer { balancer, listener },
                None,
            ),
        };
        let group = TargetGroup {
            name: short_name(
                stack,
                plan,
                &plan.prefix.target_group(
                    "alb",
                    &[
                        &planned.port.to_string(),
                        "TCP",
                        target_type.as_str(),
                        vpc(network),
                    ],
                ),
            ),
            port: planned.port,
            protocol: GroupProtocol::Tcp,
            target_type,
            vpc: value(&network.vpc),
            deregistration_delay_s,
            health_check: health_check(&planned.health_check()),
            targets,
        };
        let group = stack.add(File::Network, Label::new(group.label("alb", None)), group);
        let port = planned.port;
        let forward_to = TargetGroupRef::Made(group.clone());
        let listener = Listener {
            balancer: from.clone(),
            port,
            certificate: None,
            attachments: attachments(stack, &forward_to),
            forward_to,
            is_switched: false,
            start: None,
        };
        let listener = stack.add(File::Network, listener_label("nlb", port), listener);
        ports.push(PassedOn {
            port,
            listener,
            group,
        });
    }
    ports
}

/// Builds the rules of every listener, its response to health checks first, and gives each backend
/// its own.
pub(crate) fn rules(
    stack: &mut Stack,
    plan: &Plan,
    alb: &AlbPlan,
    nodes: &AlbNodes,
    backends: &mut BTreeMap<usize, BackendNodes>,
) {
    for (planned, listener) in alb.listeners.iter().zip(&nodes.listeners) {
        let Some(listener) = listener else { continue };
        if let Some(priority) = planned.health_priority {
            let rule = ListenerRule {
                listener: listener.clone(),
                priority,
                paths: vec![HEALTH_PATH.into()],
                methods: Vec::new(),
                hosts: Vec::new(),
                action: RuleAction::Answer(FixedResponse::HEALTHY),
                attachments: Vec::new(),
                is_switched: false,
                start: None,
            };
            stack.add(
                File::Network,
                Label::new(format!("alb_{}__health", planned.port)),
                rule,
            );
        }
        for rule in &planned.rules {
            let port = planned.port;
            let label = match rule.to {
                Destination::Backend(index) => {
                    let name = &plan.backends[index].name;
                    Label::of(name, |other| {
                        format!("alb_{port}__{}", rule.label_with(name.first(), other))
                    })
                }
                Destination::Nothing => Label::new(format!("alb_{port}__{}", rule.label)),
            };
            let node = ListenerRule {
                listener: listener.clone(),
                priority: rule.priority,
                paths: rule.patterns.clone(),
                methods: rule.methods.iter().map(|method| method.as_str()).collect(),
                hosts: alb.hosts.clone(),
                action: RuleAction::Answer(FixedResponse::NOT_FOUND),
                attachments: Vec::new(),
                is_switched: false,
                start: None,
            };
            let Destination::Backend(index) = rule.to else {
                stack.add(File::Network, label, node);
                continue;
            };
            let to = backends
                .get_mut(&index)
                .expect("a rule leads to a backend behind the balancer, and each has its group");
            let planned = plan.backends[index].balanced();
            let node = ListenerRule {
                action: RuleAction::Forward(to.target_group.clone()),
                attachments: attachments(stack, &to.target_group),
                is_switched: planned.is_some_and(is_blue_green),
                start: planned.and_then(|planned| switched_start(planned, to.green.as_ref())),
                ..node
            };
            to.rules.push(stack.add(File::Network, label, node));
        }
    }
}
