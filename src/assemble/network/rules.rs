//! Rules of security groups between the balancer and its backends.
//! In: `Plan`. Out: rules in the stack. Pure.

mod merged;

use crate::assemble::values::{key, value};
use crate::aws::{Peer, SecurityGroup, Source, Stack};
use crate::plan::{self, AlbBalancerPlan, AlbPlan, NetworkPlan, Plan, SourcePlan, Values};
use crate::stack::{Handle, List, Value};
pub(crate) use merged::{End, MergedRules, Purpose};

/// Groups that the stack makes for its balancers.
pub(crate) struct StackGroups<'a> {
    /// Of the entry point: the network load balancer or the VPC link.
    pub(crate) front: Option<&'a Handle<SecurityGroup>>,
    pub(crate) alb: Option<&'a Handle<SecurityGroup>>,
}

/// Adds the rules of the groups that the stack makes, and of those that the blueprint names for it.
pub(crate) fn rules(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    groups: &StackGroups<'_>,
) {
    let (source, name) = match (&network.nlb, &network.link) {
        (Some(nlb), _) => (Some(&nlb.source), "network load balancer"),
        (None, Some(link)) => (Some(&link.source), "VPC link"),
        (None, None) => (None, ""),
    };
    let from = source
        .map(|source| sources(source, groups.front))
        .unwrap_or_default();
    let mut rules = MergedRules::default();
    match &network.alb {
        None => to_backends(&mut rules, plan, groups.front, &from),
        Some(alb) => {
            let from_front = format!("Requests from the {name}");
            to_alb(&mut rules, alb, groups, &from, &from_front);
            if alb.emits_rules {
                let sources = sources(&alb.source, groups.alb);
                to_backends(&mut rules, plan, groups.alb, &sources);
            }
        }
    }
    rules.add_to(stack);
}

/// Adds the rules from the entry point, and from private callers, to the listeners.
fn to_alb(
    rules: &mut MergedRules,
    alb: &AlbPlan,
    groups: &StackGroups<'_>,
    front: &[End<Source>],
    from_front: &str,
) {
    let balancer_group = match &alb.balancer {
        AlbBalancerPlan::Made { .. } => groups.alb.map(own),
        AlbBalancerPlan::Existing { security_group, .. } => security_group.as_ref().map(named),
    };
    let clients = alb.clients.as_ref().map(clients).unwrap_or_default();
    let to = balancer_group.as_ref().map_or_else(anywhere, group_peer);
    let purpose = |phrase| Purpose {
        phrase,
        backend: None,
    };
    for listener in &alb.listeners {
        if let Some(group) = groups.front {
            let phrase = "Requests to the application load balancer";
            rules.egress(group, listener.port, &to, purpose(phrase));
        }
        let Some(balancer_group) = &balancer_group else {
            continue;
        };
        for from in front {
            rules.ingress(balancer_group, listener.port, from, purpose(from_front));
        }
        for from in &clients {
            rules.ingress(
                balancer_group,
                listener.port,
                from,
                purpose("Private callers"),
            );
        }
    }
}

/// Private callers.
fn clients(clients: &Values) -> Vec<End<Source>> {
    let among = |key: &str, list: &List| {
        let end = |kind: &str, value| End {
            key: format!("{key}__{kind}"),
            value,
        };
        vec![
            end("groups", Source::GroupsAmong(list.clone())),
            end("ranges", Source::RangesAmong(list.clone())),
        ]
    };
    let one = |client: &plan::Value| match client {
        plan::Value::Literal(text) if text.starts_with("sg-") => vec![End {
            key: key(client),
            value: Source::SecurityGroup(value(client)),
        }],
        plan::Value::Literal(_) => vec![End {
            key: range_key(client),
            value: Source::Cidr(value(client)),
        }],
        plan::Value::Input(_) | plan::Value::Expression(_) | plan::Value::Parameter { .. } => {
            among(&key(client), &List::Of(vec![value(client)]))
        }
    };
    match clients {
        Values::List(list) => list.iter().flat_map(one).collect(),
        Values::One(list) => among(&key(list), &List::One(value(list))),
    }
}

/// Adds rules for the ports of service and health check; the balancer's own group is there where
/// the stack manages it.
fn to_backends(
    rules: &mut MergedRules,
    plan: &Plan,
    group: Option<&Handle<SecurityGroup>>,
    sources: &[End<Source>],
) {
    for backend in plan.balanced() {
        let health = backend
            .health_check
            .port
            .filter(|port| *port != backend.port);
        let backend_group = backend.security_group.as_ref().map(named);
        let ports = [(Some(backend.port), "Requests"), (health, "Health checks")];
        for (port, what) in ports {
            let Some(port) = port else { continue };
            let (out, within) = (
                format!("{what} to"),
                format!("{what} from the load balancer to"),
            );
            let purpose = |phrase| Purpose {
                phrase,
                backend: Some(&backend.name),
            };
            if let Some(group) = group {
                let to = backend_group.as_ref().map_or_else(anywhere, group_peer);
                rules.egress(group, port, &to, purpose(&out));
            }
            let Some(backend_group) = &backend_group else {
                continue;
            };
            for from in sources {
                rules.ingress(backend_group, port, from, purpose(&within));
            }
        }
    }
}

/// Sources that rules name for the balancer.
fn sources(source: &SourcePlan, group: Option<&Handle<SecurityGroup>>) -> Vec<End<Source>> {
    match source {
        SourcePlan::OwnGroup => group.iter().map(|group| own_source(group)).collect(),
        SourcePlan::Groups(groups) => group_sources(groups),
        SourcePlan::Cidrs(ranges) => each(ranges, range_key, Source::Cidr, Source::EachCidr),
    }
}

/// The groups that a blueprint names.
pub(crate) fn group_sources(groups: &Values) -> Vec<End<Source>> {
    each(
        groups,
        key,
        Source::SecurityGroup,
        Source::EachSecurityGroup,
    )
}

fn each(
    values: &Values,
    key: fn(&plan::Value) -> String,
    one: fn(Value) -> Source,
    all: fn(Value) -> Source,
) -> Vec<End<Source>> {
    match values {
        Values::List(list) => list
            .iter()
            .map(|item| End {
                key: key(item),
                value: one(value(item)),
            })
            .collect(),
        Values::One(list) => vec![End {
            key: key(list),
            value: all(value(list)),
        }],
    }
}

/// A managed group.
fn own(group: &Handle<SecurityGroup>) -> End<Value> {
    End {
        key: group.label().to_string(),
        value: group.id(),
    }
}

/// A managed group, as a source.
pub(crate) fn own_source(group: &Handle<SecurityGroup>) -> End<Source> {
    let End { key, value } = own(group);
    End {
        key,
        value: Source::SecurityGroup(value),
    }
}

/// A group that the blueprint names.
pub(crate) fn named(group: &plan::Value) -> End<Value> {
    End {
        key: key(group),
        value: value(group),
    }
}

pub(crate) fn group_peer(group: &End<Value>) -> End<Peer> {
    End {
        key: group.key.clone(),
        value: Peer::SecurityGroup(group.value.clone()),
    }
}

pub(crate) fn anywhere() -> End<Peer> {
    End {
        key: "anywhere".to_owned(),
        value: Peer::Anywhere,
    }
}

/// A range's key: its numbers, which are always five.
fn range_key(range: &plan::Value) -> String {
    match range {
        plan::Value::Literal(text) => text.replace(['.', '/'], "_"),
        plan::Value::Input(_) | plan::Value::Expression(_) | plan::Value::Parameter { .. } => {
            key(range)
        }
    }
}
