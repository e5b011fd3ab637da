//! Targets, as blocks of their own in Terraform.

use super::{Members, TargetGroup, Targets};
use crate::aws::{ApplicationBalancerRef, HttpListener, HttpListenerRef, Kind};
use crate::sink::Terraform;
use crate::stack::{Handle, Label, Value};

/// Type of the block that registers a balancer.
pub(crate) const BALANCER_ATTACHMENT: &str = "aws_lb_target_group_attachment";

/// Zone of a target outside the VPC. Source: docs/aws-rules.md#l24.
pub(crate) const ALL_ZONES: &str = "all";

impl TargetGroup {
    /// The listener that a balancer needs before it can be a target.
    pub(crate) fn waits_for(&self) -> Option<&Handle<HttpListener>> {
        match &self.targets {
            Targets::Balancer {
                listener: Some(HttpListenerRef::Made(listener)),
                ..
            } => Some(listener),
            Targets::Balancer { .. }
            | Targets::Registered { .. }
            | Targets::Scaled(_)
            | Targets::Kept { .. }
            | Targets::None => None,
        }
    }

    pub(crate) fn terraform_balancer(
        &self,
        label: &Label,
        balancer: &ApplicationBalancerRef,
        out: &mut Terraform,
    ) {
        out.block_of(BALANCER_ATTACHMENT, label.as_str(), |out| {
            out.bare(
                "target_group_arn",
                format_args!("{}.{label}.arn", Self::NAMES.terraform),
            );
            out.attribute("target_id", balancer.arn());
            if let Some(listener) = self.waits_for() {
                out.comment("A balancer without a listener on the port is no target.");
                out.bare(
                    "depends_on",
                    format_args!(
                        "[{}.{}]",
                        listener.address().names.terraform,
                        listener.label()
                    ),
                );
            }
        });
    }

    pub(crate) fn terraform_attachments(&self, label: &Label, out: &mut Terraform) {
        let arn = format!("{}.{label}.arn", Self::NAMES.terraform);
        if let Targets::Balancer { balancer, .. } = &self.targets {
            return self.terraform_balancer(label, balancer, out);
        }
        let Some((kind, members)) = self.attachments() else {
            return;
        };
        match members {
            Members::Listed(members) => {
                for (key, member) in members {
                    out.block_of(kind, &format!("{label}__{key}"), |out| {
                        self.terraform_attachment(&arn, Some(member), out)
                    });
                }
            }
            Members::Each(list) => out.block_of(kind, label.as_str(), |out| {
                out.each(list);
                self.terraform_attachment(&arn, None, out);
            }),
        }
    }

    /// One of them; without a value each of the list's.
    pub(crate) fn terraform_attachment(
        &self,
        arn: &str,
        member: Option<&Value>,
        out: &mut Terraform,
    ) {
        let named = |out: &mut Terraform, name| match member {
            Some(member) => out.attribute(name, member),
            None => out.bare(name, format_args!("each.value")),
        };
        match &self.targets {
            Targets::Registered { outside_vpc, .. } => {
                out.bare("target_group_arn", format_args!("{arn}"));
                named(out, "target_id");
                out.attribute("port", self.port);
                if *outside_vpc {
                    out.attribute("availability_zone", ALL_ZONES);
                }
            }
            Targets::Scaled(_) => {
                named(out, "autoscaling_group_name");
                out.bare("lb_target_group_arn", format_args!("{arn}"));
            }
            Targets::Balancer { .. } | Targets::Kept { .. } | Targets::None => {}
        }
    }

    /// Type of Terraform's attachment blocks, and their members.
    pub(crate) fn attachments(&self) -> Option<(&'static str, &Members)> {
        match &self.targets {
            Targets::Registered { members, .. } => {
                Some(("aws_lb_target_group_attachment", members))
            }
            Targets::Scaled(members) => Some(("aws_autoscaling_attachment", members)),
            Targets::Balancer { .. } | Targets::Kept { .. } | Targets::None => None,
        }
    }
}
