//! What the balancer may open, and what its backends have to admit.
//!
//! In: `Plan`. Out: rules in the stack. Pure.
//! Rules are made in the groups that the blueprint names for it: the balancer's own, and each
//! backend's `security_group`.

mod merged;

use super::values::{key, value};
use crate::aws::{Peer, SecurityGroup, Source};
use crate::plan::{self, AlbBalancerPlan, AlbPlan, NetworkPlan, Plan, SourcePlan, Values};
use crate::stack::{Handle, List, Stack, Value};
pub(crate) use merged::{End, MergedRules, Purpose};

/// A group that was made here.
type Made<'a> = Option<&'a Handle<SecurityGroup>>;

/// Rules of the groups that were made, and of those that the blueprint names for it; the first
/// group is that of what the gateway comes to.
pub(crate) fn rules(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    (front, alb): (Made<'_>, Made<'_>),
) {
    let (source, name) = match (&network.nlb, &network.link) {
        (Some(nlb), _) => (Some(&nlb.source), "network load balancer"),
        (None, Some(link)) => (Some(&link.source), "VPC link"),
        (None, None) => (None, ""),
    };
    let from = source.map(|it| sources(it, front)).unwrap_or_default();
    let mut rules = MergedRules::default();
    match &network.alb {
        None => to_backends(&mut rules, plan, front, &from),
        Some(plan_of_alb) => {
            to_alb(&mut rules, plan_of_alb, (&from, name), (front, alb));
            if plan_of_alb.emits_rules {
                to_backends(&mut rules, plan, alb, &sources(&plan_of_alb.source, alb));
            }
        }
    }
    rules.add_to(stack);
}

/// From what stands before it, and from private callers, to the listeners.
fn to_alb(
    rules: &mut MergedRules,
    alb: &AlbPlan,
    (front, name): (&[End<Source>], &str),
    (front_group, alb_group): (Made<'_>, Made<'_>),
) {
    let theirs = match &alb.balancer {
        AlbBalancerPlan::Made { .. } => alb_group.map(own),
        AlbBalancerPlan::Existing { security_group, .. } => security_group.as_ref().map(named),
    };
    let clients = alb.clients.as_ref().map(clients).unwrap_or_default();
    let to = theirs.as_ref().map_or_else(anywhere, group_peer);
    let from_front = format!("Requests from the {name}");
    for listener in &alb.listeners {
        if let Some(group) = front_group {
            rules.egress(
                group,
                listener.port,
                &to,
                Purpose {
                    phrase: "Requests to the application load balancer",
                    backend: None,
                },
            );
        }
        let Some(theirs) = &theirs else { continue };
        for from in front {
            rules.ingress(
                theirs,
                listener.port,
                from,
                Purpose {
                    phrase: &from_front,
                    backend: None,
                },
            );
        }
        for from in &clients {
            rules.ingress(
                theirs,
                listener.port,
                from,
                Purpose {
                    phrase: "Private callers",
                    backend: None,
                },
            );
        }
    }
}

/// Private callers.
fn clients(clients: &Values) -> Vec<End<Source>> {
    let among = |key: &str, list: &List| {
        let groups = End {
            key: format!("{key}__groups"),
            value: Source::GroupsAmong(list.clone()),
        };
        vec![
            groups,
            End {
                key: format!("{key}__ranges"),
                value: Source::RangesAmong(list.clone()),
            },
        ]
    };
    let one = |it: &plan::Value| match it {
        plan::Value::Literal(text) if text.starts_with("sg-") => vec![End {
            key: key(it),
            value: Source::SecurityGroup(value(it)),
        }],
        plan::Value::Literal(_) => vec![End {
            key: range_key(it),
            value: Source::Cidr(value(it)),
        }],
        plan::Value::Input(_) | plan::Value::Expression(_) | plan::Value::Parameter { .. } => {
            among(&key(it), &List::Of(vec![value(it)]))
        }
    };
    match clients {
        Values::List(list) => list.iter().flat_map(one).collect(),
        Values::One(list) => among(&key(list), &List::One(value(list))),
    }
}

/// Rules for the ports of service and health check; the balancer's own group is there where it was
/// made.
fn to_backends(rules: &mut MergedRules, plan: &Plan, group: Made<'_>, sources: &[End<Source>]) {
    for backend in plan.balanced() {
        let health = backend
            .health_check
            .port
            .filter(|port| *port != backend.port);
        let theirs = backend.security_group.as_ref().map(named);
        let requests = (
            Some(backend.port),
            "Requests to",
            "Requests from the load balancer to",
        );
        for (port, out, within) in [
            requests,
            (
                health,
                "Health checks to",
                "Health checks from the load balancer to",
            ),
        ] {
            let Some(port) = port else { continue };
            let purpose = |phrase| Purpose {
                phrase,
                backend: Some(&backend.name),
            };
            if let Some(group) = group {
                let to = theirs.as_ref().map_or_else(anywhere, group_peer);
                rules.egress(group, port, &to, purpose(out));
            }
            let Some(theirs) = &theirs else { continue };
            for from in sources {
                rules.ingress(theirs, port, from, purpose(within));
            }
        }
    }
}

/// What a rule names as the balancer.
fn sources(source: &SourcePlan, group: Made<'_>) -> Vec<End<Source>> {
    match source {
        SourcePlan::OwnGroup => group.iter().map(|it| own_source(it)).collect(),
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
            .map(|it| End {
                key: key(it),
                value: one(value(it)),
            })
            .collect(),
        Values::One(list) => vec![End {
            key: key(list),
            value: all(value(list)),
        }],
    }
}

/// A group that was made here.
fn own(group: &Handle<SecurityGroup>) -> End<Value> {
    End {
        key: group.label().to_string(),
        value: group.id(),
    }
}

/// A group that was made here, as where traffic comes from.
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
