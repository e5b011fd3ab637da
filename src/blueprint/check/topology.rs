//! Parts of a blueprint that the topology has no use for.
//!
//! In: `BlueprintSpec`. Out: diagnostics. Pure.
//! The rest of a blueprint stays as it is from one topology to the next, so a part of another one
//! is said and not refused.

use super::Checker;
use crate::blueprint::VpcLinkSpec;
use crate::blueprint::spec::Topology;
use crate::diagnostic::UNUSED_PART;

/// What a topology is made of.
#[derive(Clone, Copy, Debug)]
struct TopologyParts {
    nlb: bool,
    alb: bool,
    sync: bool,
    vpc_link: bool,
    forwarder: bool,
}

const NONE: TopologyParts = TopologyParts {
    nlb: false,
    alb: false,
    sync: false,
    vpc_link: false,
    forwarder: false,
};

fn parts(topology: Topology) -> TopologyParts {
    match topology {
        Topology::NlbTargets => TopologyParts {
            nlb: true,
            vpc_link: true,
            ..NONE
        },
        Topology::NlbAlb => TopologyParts {
            nlb: true,
            alb: true,
            vpc_link: true,
            ..NONE
        },
        Topology::NlbAlbSync => TopologyParts {
            nlb: true,
            alb: true,
            sync: true,
            vpc_link: true,
            ..NONE
        },
        Topology::Alb => TopologyParts {
            alb: true,
            vpc_link: true,
            ..NONE
        },
        Topology::Forwarder => TopologyParts {
            forwarder: true,
            ..NONE
        },
        Topology::Internet => NONE,
    }
}

impl Checker<'_> {
    /// Errors: GW2024, a warning.
    pub(crate) fn parts_of_topology(&mut self) {
        let spec = self.spec();
        let Some(topology) = self.topology() else {
            return;
        };
        let has = parts(topology);
        let written = [
            ("nlb", spec.nlb.is_some(), has.nlb, "network load balancer"),
            (
                "alb",
                spec.alb.is_some(),
                has.alb,
                "application load balancer",
            ),
            (
                "sync",
                spec.sync.is_some(),
                has.sync,
                "function that keeps addresses equal",
            ),
            (
                "vpc_link",
                spec.vpc_link.is_some(),
                has.vpc_link,
                "VPC link",
            ),
            (
                "forwarder",
                spec.forwarder.is_some(),
                has.forwarder,
                "function that forwards",
            ),
        ];
        let of_v2 = |is_written: fn(&VpcLinkSpec) -> bool| {
            has.vpc_link && spec.vpc_link.as_ref().is_some_and(is_written)
        };
        let is_v2 = topology == Topology::Alb;
        let written = written.into_iter().chain([
            (
                "vpc_link/subnets",
                of_v2(|it| it.subnets.is_some()),
                is_v2,
                "VPC link that stands in subnets",
            ),
            (
                "vpc_link/security_groups",
                of_v2(|it| it.security_groups.is_some()),
                is_v2,
                "VPC link with security groups",
            ),
        ]);
        for (field, _, _, what) in
            written.filter(|(_, is_written, has_it, _)| *is_written && !has_it)
        {
            let message = format!(
                "topology `{}` has no {what}, and `{}` has no effect",
                topology.name(),
                field.replace('/', ".")
            );
            self.report(
                &UNUSED_PART,
                &format!("/{field}"),
                message,
                "keep it for another topology, or remove it",
            );
        }
    }
}
