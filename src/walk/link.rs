//! The VPC link (V2) that leads to the application load balancer itself.
//!
//! In: an integration, the stack. Out: the first difference from the plan. Pure.
//! Such a link leads anywhere in its subnets that its groups let it: the integration names the
//! balancer, the port of its URI the listener.

use std::collections::BTreeSet;

use super::alb::{Alb, Front};
use super::way::{are_same_list, is_same};
use crate::assemble::Assembled;
use crate::aws::{
    ApplicationBalancerRef, IngressRule, Node, Proxy, Source, UriHost, VpcLinkRef, VpcLinkV2,
};
use crate::plan::{
    AlbBalancerPlan, LinkOrigin, LinkPlan, NetworkPlan, SourcePlan, Value as PlanValue, Values,
};
use crate::stack::{List, Value};

/// What the plan says of such a link, and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Planned<'a> {
    pub(crate) network: &'a NetworkPlan,
    pub(crate) link: &'a LinkPlan,
}

/// The listener that an integration leads to, once link, balancer and host are what was planned.
pub(crate) fn entered<'w, 'a>(
    assembled: &Assembled,
    planned: Planned<'_>,
    alb: &'w Alb<'a>,
    proxy: &Proxy,
) -> Result<&'w Front<'a>, String> {
    let target = proxy
        .target
        .as_ref()
        .ok_or("its integration names no load balancer, and its link leads to none")?;
    if !alb.is(target) {
        return Err("its integration names another load balancer".into());
    }
    let is_named = match &proxy.host {
        UriHost::Application(named) => named.is(target) && has_planned_name(alb, named),
        UriHost::Named(_) => true,
        UriHost::Balancer(_) => false,
    };
    if !is_named {
        return Err("its URI names another balancer than its integration".into());
    }
    let front = alb.front(proxy.port)?;
    match (&proxy.link, &planned.link.origin) {
        (VpcLinkRef::V2(handle), LinkOrigin::Made { .. }) => {
            let entry = assembled
                .stack
                .entries
                .get(handle.index())
                .filter(|it| it.address == *handle.address());
            let Some(Node::VpcLinkV2(link)) = entry.map(|it| &it.node) else {
                return Err("its integration names no VPC link".into());
            };
            made_holds(assembled, planned, alb, link)?;
        }
        // Where it stands is what the blueprint says.
        (VpcLinkRef::Existing(id), LinkOrigin::Existing(wanted)) if is_same(id, wanted) => {
            is_admitted(assembled, planned, alb, None)?
        }
        (VpcLinkRef::V2(_) | VpcLinkRef::Made(_) | VpcLinkRef::Existing(_), _) => {
            return Err("its integration names another VPC link".into());
        }
    }
    Ok(front)
}

fn has_planned_name(alb: &Alb<'_>, named: &ApplicationBalancerRef) -> bool {
    match (named, &alb.planned.balancer) {
        (ApplicationBalancerRef::Made(_), AlbBalancerPlan::Made { .. }) => true,
        (
            ApplicationBalancerRef::Existing { dns_name, .. },
            AlbBalancerPlan::Existing {
                dns_name: Some(planned),
                ..
            },
        ) => is_same(dns_name, planned),
        (ApplicationBalancerRef::Made(_) | ApplicationBalancerRef::Existing { .. }, _) => false,
    }
}

/// Whether a link stands where it was planned, and its groups let it to the listeners and nowhere
/// else.
fn made_holds(
    assembled: &Assembled,
    planned: Planned<'_>,
    alb: &Alb<'_>,
    link: &VpcLinkV2,
) -> Result<(), String> {
    let LinkOrigin::Made {
        subnets,
        security_groups,
    } = &planned.link.origin
    else {
        return Err("has a link of its own".into());
    };
    if !are_same_list(
        &link.subnets,
        subnets.as_ref().unwrap_or(&planned.network.subnets),
    ) {
        return Err("its VPC link stands in other subnets".into());
    }
    let own = match (security_groups, &link.security_groups) {
        (Some(planned), found) if are_same_list(found, planned) => None,
        (None, List::Of(found)) => match found.as_slice() {
            [only] if is_made_group(assembled, only) => Some(only),
            _ => return Err("its VPC link has another security group than its own".into()),
        },
        (Some(_) | None, _) => return Err("its VPC link has other security groups".into()),
    };
    if let Some(group) = own {
        let egress = assembled.stack.entries.iter().filter_map(|it| {
            if let Node::EgressRule(rule) = &it.node {
                Some(rule)
            } else {
                None
            }
        });
        let out: BTreeSet<u16> = egress
            .filter(|it| it.group.id() == *group)
            .map(|it| it.port)
            .collect();
        if out != alb.planned.listeners.iter().map(|it| it.port).collect() {
            return Err("its VPC link may open other ports than those of the load balancer".into());
        }
    }
    is_admitted(assembled, planned, alb, own)
}

fn is_made_group(assembled: &Assembled, group: &Value) -> bool {
    let Value::Attribute(it) = group else {
        return false;
    };
    assembled
        .stack
        .entries
        .iter()
        .any(|entry| entry.address == it.of && matches!(entry.node, Node::SecurityGroup(_)))
}

/// Whether the balancer's group admits the link on every listener, where rules are made in it.
fn is_admitted(
    assembled: &Assembled,
    planned: Planned<'_>,
    alb: &Alb<'_>,
    own: Option<&Value>,
) -> Result<(), String> {
    let rules: Vec<&IngressRule> = assembled
        .stack
        .entries
        .iter()
        .filter_map(|it| match &it.node {
            Node::IngressRule(rule) if alb.is_group(assembled, &rule.group) => Some(rule),
            _ => None,
        })
        .collect();
    if !alb.has_group() {
        return Ok(());
    }
    for listener in &alb.planned.listeners {
        let here = |is: &dyn Fn(&Source) -> bool| {
            rules
                .iter()
                .any(|it| it.port == listener.port && is(&it.from))
        };
        let holds = match &planned.link.source {
            SourcePlan::OwnGroup => own.is_some_and(|own| {
                here(&|from| matches!(from, Source::SecurityGroup(it) if it == own))
            }),
            SourcePlan::Groups(Values::List(list)) => list.iter().all(|group| {
                here(&|from| matches!(from, Source::SecurityGroup(it) if is_same(it, group)))
            }),
            SourcePlan::Groups(Values::One(one)) => {
                here(&|from| matches!(from, Source::EachSecurityGroup(it) if is_same(it, one)))
            }
            SourcePlan::Cidrs(Values::List(list)) => list.iter().all(|range: &PlanValue| {
                here(&|from| matches!(from, Source::Cidr(it) if is_same(it, range)))
            }),
            SourcePlan::Cidrs(Values::One(one)) => {
                here(&|from| matches!(from, Source::EachCidr(it) if is_same(it, one)))
            }
        };
        if !holds {
            return Err(format!(
                "its VPC link is not admitted to port {} of the load balancer",
                listener.port
            ));
        }
    }
    Ok(())
}
