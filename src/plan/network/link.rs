//! The VPC link (V2) that leads to the application load balancer itself: made here, or there
//! already.
//!
//! In: `VpcLinkSpec`, `NetworkSpec`. Out: `LinkPlan`, findings. Pure.
//! A link of this kind stands in subnets with security groups; each integration names the balancer
//! that it leads to.

use super::{alb, balancer, targets};
use crate::blueprint::{self, Blueprint, BlueprintSpec, Topology, VpcLinkSpec};
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, SourcePlan, Value, Values};

/// The link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPlan {
    pub origin: LinkOrigin,
    /// What the balancer's group names to admit it.
    pub source: SourcePlan,
}

/// Where the link comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkOrigin {
    Made {
        /// In place of the network's.
        subnets: Option<Values>,
        /// In place of a group of its own.
        security_groups: Option<Values>,
    },
    /// Its id.
    Existing(Value),
}

/// Subnets of a link. Source: docs/aws-rules.md#v10.
const MAX_SUBNETS: usize = 10;

/// Whether the gateway comes to the application load balancer without another one before it.
pub(crate) fn has_link(topology: Topology) -> bool {
    match topology {
        Topology::Alb => true,
        Topology::NlbTargets
        | Topology::NlbAlbSync
        | Topology::NlbAlb
        | Topology::Forwarder
        | Topology::Internet => false,
    }
}

/// Whether a link is made, and stands in subnets or has a group that nobody gives it.
pub(crate) fn uses(spec: &BlueprintSpec, is_given: fn(&VpcLinkSpec) -> bool) -> bool {
    has_link(spec.topology)
        && spec
            .vpc_link
            .as_ref()
            .is_none_or(|it| it.existing.is_none() && !is_given(it))
}

/// Decides the link.
///
/// Errors: GW2002 value, GW2003 missing field, GW2008 Terraform only.
pub(crate) fn link(blueprint: &Blueprint, variables: &mut Variables<'_>) -> LinkPlan {
    let written = VpcLinkSpec::default();
    let link = blueprint.spec.vpc_link.as_ref().unwrap_or(&written);
    let admits = alb::admits(&blueprint.spec);
    let at = "/vpc_link/security_groups";
    let is_made = link.existing.is_none();
    let groups = link.security_groups.as_ref().map(|it| {
        let help = "name a group, or remove the line";
        targets::not_empty(
            blueprint,
            variables,
            it,
            (at, "a link without a security group reaches nothing", help),
        );
        if admits {
            variables.only_listed(it, at, "make a rule");
        }
        variables.read_all(
            it,
            (InputType::LinkGroup, InputType::LinkGroups),
            (at, is_made || admits),
        )
    });
    let Some(existing) = &link.existing else {
        let subnets = link
            .subnets
            .as_ref()
            .map(|it| subnets(blueprint, variables, it));
        let source = groups
            .clone()
            .map_or(SourcePlan::OwnGroup, SourcePlan::Groups);
        return LinkPlan {
            origin: LinkOrigin::Made {
                subnets,
                security_groups: groups,
            },
            source,
        };
    };
    let cidrs = balancer::cidrs(blueprint, variables, admits && groups.is_none());
    let source = match (groups, cidrs) {
        // No rule names anything.
        _ if !admits => SourcePlan::Cidrs(Values::List(Vec::new())),
        (Some(groups), _) => SourcePlan::Groups(groups),
        (None, Some(cidrs)) => SourcePlan::Cidrs(cidrs),
        (None, None) => {
            variables.report(
                diagnostic::MISSING_FIELD
                    .at(blueprint.place("/vpc_link"))
                    .message("nothing says what the load balancer's security group has to admit: a link that is there is named without its `security_groups`, and there are no `network.cidrs`")
                    .help("add `security_groups: {var: link_sgs}` beside `existing`, or `network.cidrs` with the ranges of the link's subnets"),
            );
            SourcePlan::Cidrs(Values::List(Vec::new()))
        }
    };
    LinkPlan {
        origin: LinkOrigin::Existing(variables.value(
            existing,
            InputType::LinkV2,
            "/vpc_link/existing",
        )),
        source,
    }
}

fn subnets(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    subnets: &blueprint::Values,
) -> Values {
    let at = "/vpc_link/subnets";
    let help = "name subnets in two zones or more, or remove the line: the link stands in `network.subnets` then";
    targets::not_empty(
        blueprint,
        variables,
        subnets,
        (at, "a link stands in subnets", help),
    );
    if matches!(subnets, blueprint::Values::List(list) if list.len() > MAX_SUBNETS) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(at))
                .message(format_args!(
                    "a VPC link stands in at most {MAX_SUBNETS} subnets"
                ))
                .help("name one subnet a zone"),
        );
    }
    variables.values(subnets, (InputType::LinkSubnet, InputType::LinkSubnets), at)
}
