//! The VPC link (V2) that leads to the application load balancer itself.
//!
//! In: the stack, `LinkPlan`. Out: the first difference. Pure.
//! Such a link leads anywhere in its subnets that its groups let it: the integration names the
//! balancer, the port of its URI the listener.

use std::collections::BTreeSet;

use super::Walker;
use super::values::{is_same, is_same_list};
use crate::aws::{
    ApplicationBalancer, EgressRule, IngressRule, SecurityGroup, Source, Stack, VpcLinkV2,
};
use crate::follow::located;
use crate::plan::{AlbBalancerPlan, AlbPlan, LinkOrigin, LinkPlan, SourcePlan, Values};
use crate::stack::{List, Value};

/// A link with what it leads to.
struct PlannedLink<'a> {
    link: &'a LinkPlan,
    alb: &'a AlbPlan,
}

/// Checks that the one link is where it was planned, and that its groups let it to the listeners
/// and nowhere else.
pub(crate) fn link_holds(walker: &Walker<'_>) -> Result<(), String> {
    let stack = &walker.assembled.stack;
    let mut links = stack.all::<VpcLinkV2>();
    let (link, second) = (links.next(), links.next());
    let network = walker.plan.network.as_ref();
    let planned = network.and_then(|network| {
        Some(PlannedLink {
            link: network.link.as_ref()?,
            alb: network.alb.as_ref()?,
        })
    });
    let own = match (link, second, &planned) {
        (None, None, None) => return Ok(()),
        (Some(found), None, Some(planned)) => group_of(stack, found, planned)?,
        (None, None, Some(planned)) if matches!(planned.link.origin, LinkOrigin::Existing(_)) => {
            None
        }
        (None | Some(_), _, _) => return Err("the stack has another number of VPC links".into()),
    };
    match planned {
        Some(planned) => is_admitted(stack, &planned, own),
        None => Ok(()),
    }
}

/// The group that was created with the link.
fn group_of<'a>(
    stack: &Stack,
    found: &'a VpcLinkV2,
    planned: &PlannedLink<'_>,
) -> Result<Option<&'a Value>, String> {
    let LinkOrigin::Made {
        subnets,
        security_groups,
    } = &planned.link.origin
    else {
        return Err("there is a VPC link where one exists already".into());
    };
    if !is_same_list(&found.subnets, subnets) {
        return Err("its VPC link is in other subnets".into());
    }
    let group = match (security_groups, &found.security_groups) {
        (Some(planned), found) if is_same_list(found, planned) => return Ok(None),
        (None, List::Of(found)) => match found.as_slice() {
            [only] if is_created(stack, only) => only,
            _ => return Err("its VPC link has another security group than its own".into()),
        },
        (Some(_) | None, _) => return Err("its VPC link has other security groups".into()),
    };
    let rules = stack.all::<EgressRule>();
    let ports: BTreeSet<u16> = rules
        .filter(|rule| rule.group.id() == *group)
        .map(|rule| rule.port)
        .collect();
    if ports != planned.alb.listeners.iter().map(|it| it.port).collect() {
        return Err("its VPC link may open other ports than those of the load balancer".into());
    }
    Ok(Some(group))
}

fn is_created(stack: &Stack, group: &Value) -> bool {
    let Value::Attribute(id) = group else {
        return false;
    };
    let mut groups = located::<SecurityGroup>(stack);
    groups.any(|group| stack.entries[group.index].address == id.of)
}

/// Returns whether this is the balancer's group that rules are created in.
fn is_group(stack: &Stack, alb: &AlbPlan, group: &Value) -> bool {
    match &alb.balancer {
        AlbBalancerPlan::Existing { security_group, .. } => {
            security_group.as_ref().is_some_and(|it| is_same(group, it))
        }
        AlbBalancerPlan::Made { .. } => {
            let mut balancers = stack.all::<ApplicationBalancer>();
            let is_own = |it: &ApplicationBalancer| matches!(&it.security_groups, List::Of(own) if own.contains(group));
            balancers.any(is_own)
        }
    }
}

/// Checks that the balancer's group admits the link on every listener, where rules are created in
/// it.
fn is_admitted(
    stack: &Stack,
    planned: &PlannedLink<'_>,
    own: Option<&Value>,
) -> Result<(), String> {
    let has_group = match &planned.alb.balancer {
        AlbBalancerPlan::Made {
            security_groups, ..
        } => security_groups.is_none(),
        AlbBalancerPlan::Existing { security_group, .. } => security_group.is_some(),
    };
    if !has_group {
        return Ok(());
    }
    let rules: Vec<&IngressRule> = stack
        .all::<IngressRule>()
        .filter(|rule| is_group(stack, planned.alb, &rule.group))
        .collect();
    for listener in &planned.alb.listeners {
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
            SourcePlan::Cidrs(Values::List(list)) => {
                list.iter().all(|range: &crate::plan::Value| {
                    here(&|from| matches!(from, Source::Cidr(it) if is_same(it, range)))
                })
            }
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
