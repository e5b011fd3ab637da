//! Parts of a blueprint that the topology has no use for.
//!
//! In: `BlueprintSpec`. Out: diagnostics. Pure.
//! The rest of a blueprint stays as it is from one topology to the next, so a part of another one is said and not refused.

use super::{Check, child};
use crate::blueprint::spec::Topology;
use crate::diagnostic::UNUSED_PART;

/// What a topology is made of.
#[derive(Clone, Copy, Debug)]
struct Parts {
    nlb: bool,
    alb: bool,
    sync: bool,
    vpc_link: bool,
    forwarder: bool,
}

const NONE: Parts = Parts { nlb: false, alb: false, sync: false, vpc_link: false, forwarder: false };

fn parts(topology: Topology) -> Parts {
    match topology {
        Topology::NlbTargets => Parts { nlb: true, vpc_link: true, ..NONE },
        Topology::NlbAlb => Parts { nlb: true, alb: true, vpc_link: true, ..NONE },
        Topology::NlbAlbSync => Parts { nlb: true, alb: true, sync: true, vpc_link: true, ..NONE },
        Topology::Alb => Parts { alb: true, vpc_link: true, ..NONE },
        Topology::Forwarder => Parts { forwarder: true, ..NONE },
        Topology::Internet => NONE,
    }
}

impl Check<'_> {
    /// Errors: GW2024, a warning.
    pub(super) fn parts_of_topology(&mut self) {
        let spec = self.spec();
        let Some(topology) = self.topology() else { return };
        let has = parts(topology);
        let written = [
            ("nlb", spec.nlb.is_some(), has.nlb, "network load balancer"),
            ("alb", spec.alb.is_some(), has.alb, "application load balancer"),
            ("sync", spec.sync.is_some(), has.sync, "function that keeps addresses equal"),
            ("vpc_link", spec.vpc_link.is_some(), has.vpc_link, "VPC link"),
            ("forwarder", spec.forwarder.is_some(), has.forwarder, "function that forwards"),
        ];
        for (field, _, _, what) in written.into_iter().filter(|(_, is_written, has_it, _)| *is_written && !has_it) {
            let message = format!("topology `{}` has no {what}, and `{field}` has no effect", topology.name());
            self.report((&UNUSED_PART, &child("", field)), message, "keep it for another topology, or remove it");
        }
    }
}
