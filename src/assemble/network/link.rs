//! The VPC link (V2) to the application load balancer, with its security group.
//! In: `LinkPlan`. Out: nodes in the stack. Pure.

use crate::assemble::values::{list, text, value};
use crate::assemble::{self, this};
use crate::aws::{SecurityGroup, Stack, VpcLinkRef, VpcLinkV2};
use crate::plan::{LinkOrigin, LinkPlan, NetworkPlan, Plan};
use crate::stack::{File, Handle, List};

/// The link's group, where it has none of the user's.
pub(crate) fn security_group(
    stack: &mut Stack,
    plan: &Plan,
    network: &NetworkPlan,
    link: &LinkPlan,
) -> Option<Handle<SecurityGroup>> {
    let LinkOrigin::Made {
        security_groups: None,
        ..
    } = link.origin
    else {
        return None;
    };
    let description = "VPC link between API Gateway and the application load balancer";
    let vpc = value(&network.vpc);
    Some(assemble::security_group(
        stack,
        plan,
        "link",
        description,
        vpc,
    ))
}

pub(crate) fn link(
    stack: &mut Stack,
    plan: &Plan,
    link: &LinkPlan,
    group: Option<&Handle<SecurityGroup>>,
) -> VpcLinkRef {
    let (subnets, security_groups) = match &link.origin {
        LinkOrigin::Existing(id) => return VpcLinkRef::Existing(value(id)),
        LinkOrigin::Made {
            subnets,
            security_groups,
        } => (subnets, security_groups),
    };
    let own = List::Of(group.iter().map(|group| group.id()).collect());
    let link = VpcLinkV2 {
        name: text(&plan.prefix.with("")),
        subnets: list(subnets),
        security_groups: security_groups.as_ref().map_or(own, list),
    };
    VpcLinkRef::V2(stack.add(File::Network, this(), link))
}
