//! What a VPC link that is there cannot be told.
//!
//! In: `BlueprintSpec`. Out: diagnostics. Pure.

use super::Checker;
use crate::blueprint::spec::Topology;
use crate::diagnostic::FIELD_DOES_NOT_FIT;

impl Checker<'_> {
    /// Errors: GW2011.
    pub(crate) fn link(&mut self) {
        let link = self.spec().vpc_link.as_ref();
        if self.topology() == Some(Topology::Alb)
            && link.is_some_and(|it| it.existing.is_some() && it.subnets.is_some())
        {
            let message = "the subnets of a link that is there cannot be changed";
            self.report(
                &FIELD_DOES_NOT_FIT,
                "/vpc_link/subnets",
                message,
                "remove it",
            );
        }
    }
}
