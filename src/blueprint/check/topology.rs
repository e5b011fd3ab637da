//! Parts of a blueprint that its topology or the format of its output has no use for.
//! In: `BlueprintSpec`. Out: diagnostics. Pure.

use super::Checker;
use crate::blueprint::spec::{OutputFormat, Topology};
use crate::diagnostic::{FIELD_DOES_NOT_FIT, UNUSED_PART};

impl Checker<'_> {
    /// Errors: GW2024, a warning.
    pub(crate) fn parts_of_topology(&mut self) {
        let Some(topology) = self.topology() else {
            return;
        };
        let has_link = topology.has_nlb() || topology.has_alb();
        let takes_subnets = topology.has_alb_link() || !has_link;
        let parts = [
            ("nlb", topology.has_nlb(), "network load balancer"),
            ("alb", topology.has_alb(), "application load balancer"),
            (
                "sync",
                topology.has_sync(),
                "function that keeps addresses equal",
            ),
            ("vpc_link", has_link, "VPC link"),
            (
                "forwarder",
                topology == Topology::Forwarder,
                "function that forwards",
            ),
            (
                "vpc_link/subnets",
                takes_subnets,
                "VPC link that stands in subnets",
            ),
            (
                "vpc_link/security_groups",
                takes_subnets,
                "VPC link with security groups",
            ),
        ];
        for (field, has_it, what) in parts {
            let at = format!("/{field}");
            if has_it || !self.blueprint.is_written(&at) {
                continue;
            }
            let message = format!(
                "topology `{}` has no {what}, and `{}` has no effect",
                topology.name(),
                field.replace('/', ".")
            );
            self.report(
                &UNUSED_PART,
                &at,
                message,
                "keep it for another topology, or remove it",
            );
        }
    }

    /// Errors: GW2011.
    pub(crate) fn link(&mut self) {
        let link = &self.spec().vpc_link;
        if self.topology() == Some(Topology::Alb)
            && link.existing.is_some()
            && link.subnets.is_some()
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

    /// Errors: GW2011.
    pub(crate) fn output(&mut self) {
        let format = self.spec().output.format;
        if format == OutputFormat::Cloudformation || !self.blueprint.is_written("/output/template")
        {
            return;
        }
        let message = format!(
            "format `{}` writes no template, and `template` has no meaning for it",
            format.name()
        );
        self.report(
            &FIELD_DOES_NOT_FIT,
            "/output/template",
            message,
            "remove it, or write `format: cloudformation`",
        );
    }
}
