//! The VPC link (V2) that leads to the application load balancer itself: new or existing.
//!
//! In: `VpcLinkSpec`, `NetworkSpec`. Out: `LinkPlan`, findings. Pure.
//! A link of this kind is in subnets and has security groups; each integration names the balancer
//! that it leads to.

use crate::blueprint;
use crate::diagnostic;
use crate::plan::variables::{SecurityGroupsField, Variables};
use crate::plan::{InputType, SourcePlan, Value, Values};

/// The link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPlan {
    pub origin: LinkOrigin,
    /// Source that the balancer's security group admits.
    pub source: SourcePlan,
}

/// Origin of the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkOrigin {
    Made {
        subnets: Values,
        /// In place of a group of its own.
        security_groups: Option<Values>,
    },
    /// Its id.
    Existing(Value),
}

/// Subnets of a link. Source: docs/aws-rules.md#v10.
const MAX_SUBNETS: usize = 10;

/// Decides the link, which is in the subnets of the network unless it has its own.
///
/// Errors: GW2002 value, GW2003 missing field, GW2008 Terraform only.
pub(crate) fn link(variables: &mut Variables<'_>, of_network: &Values) -> LinkPlan {
    let spec = &variables.blueprint().spec;
    let link = &spec.vpc_link;
    let admits = spec.alb_group_has_rules();
    let field = SecurityGroupsField {
        pointer: "/vpc_link/security_groups",
        of: InputType::LinkGroups,
        empty: "a link without a security group reaches nothing",
        help: "name a group, or remove the line",
    };
    let groups = variables.security_groups(link.security_groups.as_ref(), &field, admits);
    let (origin, source) = match &link.existing {
        None => {
            let source = SourcePlan::of_created(groups.as_ref());
            let subnets = link.subnets.as_ref();
            let origin = LinkOrigin::Made {
                subnets: subnets.map_or_else(
                    || of_network.clone(),
                    |subnets| subnets_of_link(variables, subnets),
                ),
                security_groups: groups,
            };
            (origin, source)
        }
        Some(id) => {
            let source = SourcePlan::of_existing(variables, groups, admits, |variables| {
                diagnostic::MISSING_FIELD
                    .at(variables.place("/vpc_link"))
                    .message("nothing says what the load balancer's security group has to admit: a link that is there is named without its `security_groups`, and there are no `network.cidrs`")
                    .help("add `security_groups: {var: link_sgs}` beside `existing`, or `network.cidrs` with the ranges of the link's subnets")
            });
            let id = variables.value(id, InputType::LinkV2, "/vpc_link/existing");
            (LinkOrigin::Existing(id), source)
        }
    };
    LinkPlan { origin, source }
}

fn subnets_of_link(variables: &mut Variables<'_>, subnets: &blueprint::ValuesSpec) -> Values {
    let at = "/vpc_link/subnets";
    let help = "name subnets in two zones or more, or remove the line: the link stands in `network.subnets` then";
    variables.refuse_empty(subnets, at, "a link stands in subnets", help);
    if matches!(subnets, blueprint::ValuesSpec::List(list) if list.len() > MAX_SUBNETS) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(variables.place(at))
                .message(format_args!(
                    "a VPC link stands in at most {MAX_SUBNETS} subnets"
                ))
                .help("name one subnet a zone"),
        );
    }
    variables.values(subnets, InputType::LinkSubnets, at)
}
