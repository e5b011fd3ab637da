//! The application load balancer: its group, listeners, the answer to health checks, and the rules.
//!
//! In: `AlbPlan`. Out: nodes in the stack. Pure.
//! What was there already gets rules and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::network::vpc;
use super::values::{list, text, value};
use crate::aws::{
    AccessLogs, Answer, ApplicationBalancer, ApplicationBalancerRef, BalancerRef, GroupProtocol,
    HealthCheck, HealthProtocol, HttpListener, HttpListenerRef, Listener, ListenerRule, RuleAction,
    SecurityGroup, TargetGroup, TargetGroupRef, TargetType, Targets,
};
use crate::blueprint::defaults;
use crate::plan::{
    AlbBalancerPlan, AlbListenerPlan, AlbPlan, Destination, HEALTH_PATH, NetworkPlan, Plan,
    TargetsPlan,
};
use crate::stack::{File, Handle, Label, List, Stack};

/// The balancer with its listeners.
#[derive(Clone, Debug)]
pub(crate) struct AlbNodes {
    pub(crate) balancer: ApplicationBalancerRef,
    /// The group that was made with it.
    pub(crate) group: Option<Handle<SecurityGroup>>,
    /// In the order of the plan; `None` where the plan knows no ARN and needs none.
    pub(crate) listeners: Vec<Option<HttpListenerRef>>,
}

/// Rules of a backend, by its index in the plan.
pub(crate) type RulesByBackend = BTreeMap<usize, Vec<Handle<ListenerRule>>>;

/// `alb__80`: what belongs to a listener.
pub(crate) fn at_port(port: u16) -> Label {
    Label::new(format!("alb__{port}"))
}

/// Group, balancer and listeners.
pub(crate) fn alb(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    alb: &AlbPlan,
) -> AlbNodes {
    let label = || Label::new("alb");
    let (theirs, idle_timeout_s, deletion_protection, access_logs) = match &alb.balancer {
        AlbBalancerPlan::Existing { arn, dns_name, .. } => {
            // Where it has no name, every URI names a host of its own.
            let dns_name = dns_name
                .as_ref()
                .map_or_else(|| crate::stack::Value::literal(""), value);
            let listeners = alb
                .listeners
                .iter()
                .map(|it| {
                    it.existing
                        .as_ref()
                        .map(|arn| HttpListenerRef::Existing(value(arn)))
                })
                .collect();
            return AlbNodes {
                balancer: ApplicationBalancerRef::Existing {
                    arn: value(arn),
                    dns_name,
                },
                group: None,
                listeners,
            };
        }
        AlbBalancerPlan::Made {
            security_groups,
            idle_timeout_s,
            deletion_protection,
            access_logs,
        } => (
            security_groups,
            *idle_timeout_s,
            *deletion_protection,
            access_logs,
        ),
    };
    let group = theirs.is_none().then(|| {
        let group = SecurityGroup {
            name_prefix: text(&plan.prefix.with("-alb-")),
            description: "Application load balancer in front of the backends".into(),
            vpc: value(&network.vpc),
        };
        stack.add(File::Network, label(), group)
    });
    let own = List::Of(group.iter().map(|it| it.id()).collect());
    let balancer = ApplicationBalancer {
        name: text(
            &plan
                .prefix
                .balancer("-alb", &["application", "internal", vpc(network)]),
        ),
        subnets: list(&network.subnets),
        security_groups: theirs.as_ref().map_or(own, list),
        idle_timeout_s,
        deletion_protection,
        access_logs: access_logs.as_ref().map(|it| AccessLogs {
            bucket: value(&it.bucket),
            prefix: it.prefix.clone(),
        }),
    };
    let balancer = stack.add(File::Network, label(), balancer);
    let listener = |it: &AlbListenerPlan| {
        let listener = HttpListener {
            balancer: balancer.clone(),
            port: it.port,
            certificate: it.certificate.as_ref().map(value),
        };
        Some(HttpListenerRef::Made(stack.add(
            File::Network,
            at_port(it.port),
            listener,
        )))
    };
    let listeners = alb.listeners.iter().map(listener).collect();
    AlbNodes {
        balancer: ApplicationBalancerRef::Made(balancer),
        group,
        listeners,
    }
}

/// A listener of the network load balancer for each of the other's, with a target group that holds
/// the other; the groups by port.
pub(crate) fn passed_on(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    (from, to): (&BalancerRef, &AlbNodes),
) -> Vec<(u16, Handle<TargetGroup>)> {
    let mut groups = Vec::new();
    for (it, listener) in network
        .alb
        .iter()
        .flat_map(|it| &it.listeners)
        .zip(&to.listeners)
    {
        let (balancer, listener) = (to.balancer.clone(), listener.clone());
        let (target_type, targets, deregistration_delay_s) = match &network.sync {
            Some(_) => (
                TargetType::Ip,
                Targets::Kept { balancer, listener },
                Some(seconds(defaults::DEREGISTRATION_DELAY)),
            ),
            None => (
                TargetType::Alb,
                Targets::Balancer { balancer, listener },
                None,
            ),
        };
        let group = TargetGroup {
            name: text(&plan.prefix.target_group(
                "alb",
                &[
                    &it.port.to_string(),
                    "TCP",
                    target_type.as_str(),
                    vpc(network),
                ],
            )),
            port: it.port,
            protocol: GroupProtocol::Tcp,
            target_type,
            vpc: value(&network.vpc),
            deregistration_delay_s,
            health_check: health_check(it),
            targets,
        };
        let group = stack.add(File::Network, at_port(it.port), group);
        groups.push((it.port, group.clone()));
        let listener = Listener {
            balancer: from.clone(),
            port: it.port,
            certificate: None,
            forward_to: TargetGroupRef::Made(group),
            is_switched: false,
        };
        stack.add(
            File::Network,
            Label::new(format!("nlb__{}", it.port)),
            listener,
        );
    }
    groups
}

fn seconds(duration: crate::blueprint::Duration) -> u32 {
    u32::try_from(duration.milliseconds() / 1_000).unwrap_or(u32::MAX)
}

/// The balancer's own answer says that it is well; of one that others share any answer of a request
/// that was understood does.
///
/// Source: docs/aws-rules.md#l20, docs/aws-rules.md#l21.
fn health_check(listener: &AlbListenerPlan) -> HealthCheck {
    let matcher: Arc<str> = if listener.health_priority.is_some() {
        "200".into()
    } else {
        "200-499".into()
    };
    let path: Arc<str> = HEALTH_PATH.into();
    HealthCheck {
        protocol: if listener.is_tls {
            HealthProtocol::Https { path, matcher }
        } else {
            HealthProtocol::Http { path, matcher }
        },
        port: None,
        interval_s: seconds(defaults::HEALTH_INTERVAL),
        timeout_s: seconds(defaults::HEALTH_TIMEOUT),
        healthy: defaults::HEALTHY,
        unhealthy: defaults::UNHEALTHY,
    }
}

/// The rules of every listener: its answer to health checks first.
pub(crate) fn rules(
    stack: &mut Stack,
    plan: &Plan,
    alb: &AlbPlan,
    (nodes, groups): (&AlbNodes, &BTreeMap<usize, TargetGroupRef>),
) -> RulesByBackend {
    let mut by_backend = RulesByBackend::new();
    if !alb.emits_rules {
        return by_backend;
    }
    for (it, listener) in alb.listeners.iter().zip(&nodes.listeners) {
        let Some(listener) = listener else { continue };
        if let Some(priority) = it.health_priority {
            let rule = ListenerRule {
                listener: listener.clone(),
                priority,
                paths: vec![HEALTH_PATH.into()],
                methods: Vec::new(),
                hosts: Vec::new(),
                action: RuleAction::Answer(Answer::HEALTHY),
                is_switched: false,
            };
            stack.add(
                File::Network,
                Label::new(format!("alb_{}__health", it.port)),
                rule,
            );
        }
        for rule in &it.rules {
            let (action, backend) = match rule.to {
                Destination::Nothing => (RuleAction::Answer(Answer::NOT_FOUND), None),
                Destination::Backend(index) => {
                    let group = groups.get(&index).expect(
                        "a rule leads to a backend behind the balancer, and each has its group",
                    );
                    (RuleAction::Forward(group.clone()), Some(index))
                }
            };
            let is_blue_green = |index: usize| {
                plan.backends[index].balanced().is_some_and(|it| {
                    matches!(
                        it.targets,
                        TargetsPlan::Ecs {
                            is_blue_green: true,
                            ..
                        }
                    )
                })
            };
            let node = ListenerRule {
                listener: listener.clone(),
                priority: rule.priority,
                paths: rule.patterns.clone(),
                methods: rule.methods.iter().map(|it| it.as_str()).collect(),
                hosts: alb.hosts.clone(),
                action,
                is_switched: backend.is_some_and(is_blue_green),
            };
            let handle = stack.add(
                File::Network,
                Label::new(format!("alb_{}__{}", it.port, rule.label)),
                node,
            );
            if let Some(index) = backend {
                by_backend.entry(index).or_default().push(handle);
            }
        }
    }
    by_backend
}
