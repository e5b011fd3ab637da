//! Where the function that keeps targets has no balancer to follow.
//!
//! In: `BlueprintSpec`. Out: diagnostics. Pure.

use super::Check;
use crate::blueprint::spec::Topology;
use crate::diagnostic::FIELD_DOES_NOT_FIT;

impl Check<'_> {
    /// Errors: GW2011. Topology `forwarder` names the field among its own.
    pub(super) fn sync(&mut self) {
        let Some(topology) = self.topology() else { return };
        if self.spec().sync.is_some() && !matches!(topology, Topology::NlbAlbSync | Topology::Forwarder) {
            let message = format!("topology `{}` has no function that keeps targets", topology.name());
            self.report((&FIELD_DOES_NOT_FIT, "/sync"), message, "remove it, or use topology `nlb-alb-sync`");
        }
    }
}
