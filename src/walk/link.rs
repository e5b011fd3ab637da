//! The VPC link (V2) that leads to the application load balancer itself.
//!
//! In: the stack, `LinkPlan`. Out: the first difference. Pure.
//! Such a link leads anywhere in its subnets that its groups let it, which are compared with all
//! others: the integration names the balancer, the port of its URI the listener.

use super::values::is_same_list;
use crate::aws::{Stack, VpcLink, VpcLinkV2};
use crate::plan::{LinkOrigin, Plan};

/// Checks that the one link is where it was planned.
pub(crate) fn link_holds(plan: &Plan, stack: &Stack) -> Result<(), &'static str> {
    let mut links = stack.all::<VpcLinkV2>();
    let network = plan.network.as_ref();
    let planned = network.and_then(|network| Some(&network.link.as_ref()?.origin));
    if stack.all::<VpcLink>().count() > 1 {
        return Err("there are two VPC links");
    }
    match (links.next(), links.next(), planned) {
        (None, None, None | Some(LinkOrigin::Existing(_))) => Ok(()),
        (Some(found), None, Some(LinkOrigin::Made { subnets, .. })) => {
            if is_same_list(&found.subnets, subnets) {
                Ok(())
            } else {
                Err("its VPC link is in other subnets")
            }
        }
        (None | Some(_), _, _) => Err("the stack has another number of VPC links"),
    }
}
