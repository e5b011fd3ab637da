//! What the balancer may open, and what its backends have to admit.
//!
//! In: `Plan`. Out: rules in the stack. Pure.
//! Rules are made in the groups that the blueprint names for it: the balancer's own, and each backend's `security_group`.

use super::values::{key, value};
use crate::aws::{EgressRule, IngressRule, Peer, SecurityGroup, Source};
use crate::plan::{self, NetworkPlan, Plan, SourcePlan, Values};
use crate::stack::{File, Handle, Label, Stack, Value};

/// Rules for the ports of service and health check; the balancer's own group is there where it was made.
pub(super) fn rules(stack: &mut Stack, plan: &Plan, network: &NetworkPlan, group: Option<&Handle<SecurityGroup>>) {
    let sources = sources(network, group);
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
            for (key, from) in &sources {
                let description = format!("{what} from the load balancer to {}", backend.name).into();
                let rule = IngressRule { group: value(theirs), description, port, from: from.clone() };
                stack.add(File::Network, Label::new(format!("{label}{key}")), rule);
            }
        }
    }
}

/// What a rule names as the balancer, with the end of the rule's label.
fn sources(network: &NetworkPlan, group: Option<&Handle<SecurityGroup>>) -> Vec<(String, Source)> {
    match &network.nlb.source {
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
