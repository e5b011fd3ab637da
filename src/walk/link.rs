//! The VPC link (V2) that leads to the application load balancer itself.
//!
//! In: the stack, `LinkPlan`. Out: the first difference. Pure.
//! Such a link leads anywhere in its subnets that its groups let it, which are compared with all
//! others: the integration names the balancer, the port of its URI the listener.

use super::values::{ensure, is_same};
use crate::aws::{Stack, VpcLink, VpcLinkV2};
use crate::plan::{LinkOrigin, Plan};

/// Checks that the one link is where it was planned.
pub(crate) fn link_holds(plan: &Plan, stack: &Stack) -> Result<(), String> {
    let link = plan
        .network
        .as_ref()
        .and_then(|network| network.link.as_ref());
    let subnets = match link.map(|link| &link.origin) {
        Some(LinkOrigin::Made { subnets, .. }) => Some(subnets),
        Some(LinkOrigin::Existing(_)) | None => None,
    };
    let links: Vec<&VpcLinkV2> = stack.all().collect();
    ensure(
        stack.all::<VpcLink>().count() <= 1 && links.len() == usize::from(subnets.is_some()),
        "the stack has another number of VPC links",
    )?;
    let is_placed = |link: &&VpcLinkV2| is_same(&Some(link.subnets.clone()), &subnets);
    let problem = "its VPC link is in other subnets";
    ensure(links.iter().all(is_placed), problem)
}
