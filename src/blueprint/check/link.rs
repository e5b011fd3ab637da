//! What topology `alb` has no use for, and what a link of the others cannot be told.
//!
//! In: `BlueprintSpec`. Out: diagnostics. Pure.

use super::{Check, child};
use crate::blueprint::spec::Topology;
use crate::diagnostic::FIELD_DOES_NOT_FIT;

impl Check<'_> {
    /// Errors: GW2011.
    pub(super) fn link(&mut self) {
        let spec = self.spec();
        let Some(topology) = self.topology() else { return };
        if topology == Topology::Alb {
            for (field, _) in [("nlb", spec.nlb.is_some()), ("sync", spec.sync.is_some())].into_iter().filter(|it| it.1) {
                let message = format!("topology `alb` has no network load balancer, and `{field}` has no meaning there");
                self.report((&FIELD_DOES_NOT_FIT, &child("", field)), message, "remove it");
            }
        }
        // It says itself that it has no link at all.
        let Some(link) = spec.vpc_link.as_ref().filter(|_| topology != Topology::Forwarder) else { return };
        let is_v1 = topology != Topology::Alb;
        for (field, is_written) in [("subnets", link.subnets.is_some()), ("security_groups", link.security_groups.is_some())] {
            let message = match (is_v1, field, &link.existing) {
                _ if !is_written => continue,
                (true, ..) if topology == Topology::Internet => "topology `internet` has no link".to_owned(),
                (true, ..) => {
                    format!(
                        "the link of topology `{}` leads to the network load balancer, and stands in no subnet of its own",
                        topology.name()
                    )
                }
                (false, "subnets", Some(_)) => "the subnets of a link that is there cannot be changed".to_owned(),
                (false, ..) => continue,
            };
            let help = if is_v1 { "remove it, or use topology `alb`" } else { "remove it" };
            self.report((&FIELD_DOES_NOT_FIT, &child("/vpc_link", field)), message, help);
        }
    }
}
