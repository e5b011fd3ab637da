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
///
/// No input is made of what nothing is built from.
pub(crate) fn vpc_and_subnets(variables: &mut Variables<'_>) -> Option<VpcAndSubnets> {
    let spec = &variables.blueprint().spec;
    let network = spec.network.as_ref()?;
    spec.balanced().next()?;
    let has_gateway = variables.has_gateway;
    let vpc = variables.read(
        &network.vpc,
        InputType::Vpc,
        "/network/vpc",
        uses_vpc(spec, has_gateway),
    );
    let subnets = variables.read_all(
        &network.subnets,
        InputType::Subnets,
        "/network/subnets",
        uses_subnets(spec, has_gateway),
    );
    Some(VpcAndSubnets { vpc, subnets })
}

/// Returns whether something is built in the VPC by its id: a target group, or a security group of
/// a balancer or link.
fn uses_vpc(spec: &BlueprintSpec, has_gateway: bool) -> bool {
    let creates_target_group = spec.balanced().any(|(_, backend)| {
        let targets = backend.targets.as_ref();
        targets.is_none_or(|targets| targets.target_group.is_none())
    });
    if !spec.topology.has_nlb() || !has_gateway {
        let creates_group_of_alb = spec
            .alb
            .as_ref()
            .is_none_or(|alb| alb.existing.is_none() && alb.security_groups.is_none());
        let creates_group_of_link =
            has_gateway && spec.creates_alb_link_without(|link| link.security_groups.is_some());
        return creates_group_of_alb
            || creates_group_of_link
            || (creates_target_group && spec.emits_rules());
    }
    let creates_group_of_nlb = spec
        .nlb
        .as_ref()
        .is_none_or(|nlb| nlb.existing.is_none() && nlb.security_groups.is_none());
    creates_group_of_nlb || creates_target_group || spec.topology.has_alb()
}

/// Returns whether a balancer or a link is built in the subnets.
pub(crate) fn uses_subnets(spec: &BlueprintSpec, has_gateway: bool) -> bool {
    let needs_subnets = if spec.topology.has_nlb() && has_gateway {
        spec.nlb.as_ref().is_none_or(|nlb| nlb.existing.is_none())
    } else {
        has_gateway && spec.creates_alb_link_without(|link| link.subnets.is_some())
    };
    spec.creates_alb() || needs_subnets
}
