//! VPC and subnets of the load balancers and links.
//!
//! In: `NetworkSpec`. Out: values, and whether something is built from them. Pure.

use crate::blueprint::BlueprintSpec;
use crate::plan::variables::Variables;
use crate::plan::{InputType, Value, Values};

/// VPC and subnets of the network.
pub(crate) struct VpcAndSubnets {
    pub(crate) vpc: Value,
    pub(crate) subnets: Values,
}

/// Decides VPC and subnets where a backend is behind a balancer; `blueprint` requires them then.
pub(crate) fn vpc_and_subnets(variables: &mut Variables<'_>) -> Option<VpcAndSubnets> {
    let spec = &variables.blueprint().spec;
    let network = spec.network.as_ref()?;
    spec.balanced().next()?;
    Some(VpcAndSubnets {
        vpc: variables.value(&network.vpc, InputType::Vpc, "/network/vpc"),
        subnets: variables.values(&network.subnets, InputType::Subnets, "/network/subnets"),
    })
}

/// Returns whether a balancer or a link is built in the subnets.
pub(crate) fn uses_subnets(spec: &BlueprintSpec, has_gateway: bool) -> bool {
    let needs_subnets = if spec.topology.has_nlb() && has_gateway {
        spec.nlb.existing.is_none()
    } else {
        has_gateway && spec.creates_alb_link_without(|link| link.subnets.is_some())
    };
    spec.creates_alb() || needs_subnets
}
