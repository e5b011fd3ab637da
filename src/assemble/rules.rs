//! What the balancer may open, and what its backends have to admit.
//!
//! In: `Plan`. Out: rules in the stack. Pure.
//! Rules are made in the groups that the blueprint names for it: the balancer's own, and each backend's `security_group`.

use super::values::{key, value};
use crate::aws::{EgressRule, IngressRule, Peer, SecurityGroup, Source};
use crate::plan::{self, AlbBalancerPlan, AlbPlan, NetworkPlan, Plan, SourcePlan, Values};
use crate::stack::{File, Handle, Label, List, Stack, Value};

/// A group that was made here.
type Made<'a> = Option<&'a Handle<SecurityGroup>>;

/// Rules of the groups that were made, and of those that the blueprint names for it; the first group is that of what the gateway comes to.
pub(super) fn rules(stack: &mut Stack, plan: &Plan, network: &NetworkPlan, (front, alb): (Made<'_>, Made<'_>)) {
    let (source, name) = match (&network.nlb, &network.link) {
        (Some(nlb), _) => (Some(&nlb.source), "network load balancer"),
        (None, Some(link)) => (Some(&link.source), "VPC link"),
        (None, None) => (None, ""),
    };
    let from = source.map(|it| sources(it, front)).unwrap_or_default();
    let Some(plan_of_alb) = &network.alb else { return to_backends(stack, plan, front, &from) };
    to_alb(stack, plan_of_alb, (&from, name), (front, alb));
    if plan_of_alb.emits_rules {
        to_backends(stack, plan, alb, &sources(&plan_of_alb.source, alb));
    }
}

/// From what stands before it, and from private callers, to the listeners.
fn to_alb(stack: &mut Stack, alb: &AlbPlan, (front, name): (&[(String, Source)], &str), (front_group, alb_group): (Made<'_>, Made<'_>)) {
    let theirs = match &alb.balancer {
        AlbBalancerPlan::Made { .. } => alb_group.map(Handle::<SecurityGroup>::id),
        AlbBalancerPlan::Existing { security_group, .. } => security_group.as_ref().map(value),
    };
    let clients = alb.clients.as_ref().map(clients).unwrap_or_default();
    for listener in &alb.listeners {
        let (port, label) = (listener.port, super::alb::at_port(listener.port));
        if let Some(group) = front_group {
            let to = theirs.clone().map_or(Peer::Anywhere, Peer::SecurityGroup);
            let description = "Requests to the application load balancer".into();
            stack.add(File::Network, label.clone(), EgressRule { group: group.clone(), description, port, to });
        }
        let Some(theirs) = &theirs else { continue };
        for (key, from) in front {
            let description = format!("Requests from the {name}").into();
            let rule = IngressRule { group: theirs.clone(), description, port, from: from.clone() };
            stack.add(File::Network, Label::new(format!("{label}{key}")), rule);
        }
        for (key, from) in &clients {
            let rule = IngressRule { group: theirs.clone(), description: "Private callers".into(), port, from: from.clone() };
            stack.add(File::Network, Label::new(format!("{label}__client{key}")), rule);
        }
    }
}

/// Private callers, with the end of a rule's label.
fn clients(clients: &Values) -> Vec<(String, Source)> {
    let among = |key: &str, list: &List| {
        vec![(format!("{key}__groups"), Source::GroupsAmong(list.clone())), (format!("{key}__ranges"), Source::RangesAmong(list.clone()))]
    };
    let one = |it: &plan::Value| match it {
        plan::Value::Literal(text) if text.starts_with("sg-") => vec![(format!("__{}", key(it)), Source::SecurityGroup(value(it)))],
        plan::Value::Literal(_) => vec![(format!("__{}", range_key(it)), Source::Cidr(value(it)))],
        plan::Value::Input(_) | plan::Value::Expression(_) | plan::Value::Parameter { .. } => {
            among(&format!("__{}", key(it)), &List::Of(vec![value(it)]))
        }
    };
    match clients {
        Values::List(list) => list.iter().flat_map(one).collect(),
        Values::One(list) => among("", &List::One(value(list))),
    }
}

/// Rules for the ports of service and health check; the balancer's own group is there where it was made.
fn to_backends(stack: &mut Stack, plan: &Plan, group: Made<'_>, sources: &[(String, Source)]) {
    for backend in plan.balanced() {
        let health = backend.health_check.port.filter(|port| *port != backend.port);
        for (port, suffix, what) in [(Some(backend.port), "", "Requests"), (health, "__health", "Health checks")] {
            let Some(port) = port else { continue };
            let label = format!("{}{suffix}", backend.name);
            if let Some(group) = group {
                let to = backend.security_group.as_ref().map_or(Peer::Anywhere, |it| Peer::SecurityGroup(value(it)));
                let description = format!("{what} to {}", backend.name).into();
                stack.add(File::Network, Label::new(label.as_str()), EgressRule { group: group.clone(), description, port, to });
            }
            let Some(theirs) = &backend.security_group else { continue };
            for (key, from) in sources {
                let description = format!("{what} from the load balancer to {}", backend.name).into();
                let rule = IngressRule { group: value(theirs), description, port, from: from.clone() };
                stack.add(File::Network, Label::new(format!("{label}{key}")), rule);
            }
        }
    }
}

/// What a rule names as the balancer, with the end of the rule's label.
fn sources(source: &SourcePlan, group: Made<'_>) -> Vec<(String, Source)> {
    match source {
        SourcePlan::OwnGroup => group.iter().map(|it| (String::new(), Source::SecurityGroup(it.id()))).collect(),
        SourcePlan::Groups(groups) => each(groups, key, Source::SecurityGroup, Source::EachSecurityGroup),
        SourcePlan::Cidrs(ranges) => each(ranges, range_key, Source::Cidr, Source::EachCidr),
    }
}

pub(super) fn each(
    values: &Values,
    key: fn(&plan::Value) -> String,
    one: fn(Value) -> Source,
    all: fn(Value) -> Source,
) -> Vec<(String, Source)> {
    match values {
        Values::List(list) => list.iter().map(|it| (format!("__{}", key(it)), one(value(it)))).collect(),
        Values::One(list) => vec![(String::new(), all(value(list)))],
    }
}

/// A range's key: its numbers, which are always five.
fn range_key(range: &plan::Value) -> String {
    match range {
        plan::Value::Literal(text) => text.replace(['.', '/'], "_"),
        plan::Value::Input(_) | plan::Value::Expression(_) | plan::Value::Parameter { .. } => key(range),
    }
}
