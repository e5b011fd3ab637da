//! Elastic Load Balancing: network load balancers, listeners and target groups.
//!
//! Targets are elements of their group: Terraform attaches each by a block with a key of its own.

mod balancer;
mod target_group;

pub use balancer::{AccessLogs, Balancer, BalancerRef, ExistingBalancer, LoadBalancer};
pub(crate) use balancer::{arn_suffix_of, flag, is_on, write_attributes};
pub use target_group::{
    GroupProtocol, HealthCheck, HealthProtocol, Members, TargetGroup, TargetGroupRef, TargetType,
    Targets,
};

use serde::Serialize;

use super::{Arguments, BehindApi, Copied, HasArn, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Value};

/// Security policy of listeners with TLS: TLS 1.2 and 1.3 with forward secrecy, the default of the
/// console, and one of those that Security Hub recommends (ELB.17).
///
/// Source: Elastic Load Balancing, "Security policies for your Network Load Balancer",
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html>, and
/// "Security policies for your Application Load Balancer",
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>.
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/// Arguments that listeners of both types of load balancer have.
pub(super) struct ListenerArguments<'a> {
    pub(super) balancer: Value,
    pub(super) port: u16,
    pub(super) protocol: &'static str,
    pub(super) certificate: Option<&'a Value>,
}

impl ListenerArguments<'_> {
    pub(super) fn terraform(&self, out: &mut Terraform) {
        out.attribute("load_balancer_arn", &self.balancer);
        out.attribute("port", self.port);
        out.attribute("protocol", self.protocol);
        if let Some(certificate) = self.certificate {
            out.attribute("certificate_arn", certificate);
            out.attribute("ssl_policy", TLS_POLICY);
        }
        out.tags();
    }

    pub(super) fn cloudformation(&self, out: &mut Properties) {
        out.value("LoadBalancerArn", &self.balancer);
        out.number("Port", self.port);
        out.text("Protocol", self.protocol);
        if let Some(certificate) = self.certificate {
            out.objects("Certificates", [()], |out, ()| {
                out.value("CertificateArn", certificate)
            });
            out.text("SslPolicy", TLS_POLICY);
        }
    }
}

/// Where a listener or rule starts that deployments switch between two target groups. Terraform
/// alone knows that deployments do that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SwitchedStart {
    pub green: Handle<TargetGroup>,
    /// `blue` or `green`: the group that serves.
    pub serves: Value,
}

fields! { SwitchedStart { route: [green, serves] } }

/// Writes the target group of an action.
pub(super) fn forward(group: &TargetGroupRef, start: Option<&SwitchedStart>, out: &mut Terraform) {
    out.attribute("type", "forward");
    match (start, group) {
        (Some(start), TargetGroupRef::Made(blue)) => {
            let (blue, green) = (blue.address(), start.green.address());
            let choice = format!(" == \"green\" ? {green}.arn : {blue}.arn");
            out.applied("target_group_arn", ["", &choice], &start.serves);
        }
        (Some(_), TargetGroupRef::Existing(_)) | (None, _) => {
            out.attribute("target_group_arn", group.arn());
        }
    }
}

/// A port of a balancer and where its connections go.
#[derive(Debug, Serialize)]
pub struct Listener {
    pub balancer: BalancerRef,
    pub port: u16,
    /// Certificate with which it ends TLS.
    pub certificate: Option<Value>,
    pub forward_to: TargetGroupRef,
    /// Terraform's blocks that register the targets. It waits for them, so that it turns to a group
    /// that has its targets, and leaves one that still has them.
    pub attachments: Vec<String>,
    /// Deployments send it to another target group; it is not to be sent back.
    pub is_switched: bool,
    pub start: Option<SwitchedStart>,
}

fields! { Listener {
    route: [balancer, port, certificate, forward_to, is_switched, start],
    other: [attachments],
} }

impl Listener {
    fn arguments(&self) -> ListenerArguments<'_> {
        let certificate = self.certificate.as_ref();
        ListenerArguments {
            balancer: self.balancer.arn(),
            port: self.port,
            protocol: certificate.map_or("TCP", |_| "TLS"),
            certificate,
        }
    }
}

impl BehindApi for Listener {}

impl Kind for Listener {
    const TERRAFORM: &'static str = "aws_lb_listener";
    const CLOUDFORMATION: &'static str = "AWS::ElasticLoadBalancingV2::Listener";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["load_balancer_arn"];
    const CREATE_ONLY: Arguments = &["LoadBalancerArn"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        self.arguments().terraform(out);
        out.block("default_action", |out| {
            forward(&self.forward_to, self.start.as_ref(), out)
        });
        out.after_attachments(&self.attachments);
        out.replaced_in_order(self.is_switched.then_some("default_action"));
    }

    fn cloudformation(&self, out: &mut Properties) {
        self.arguments().cloudformation(out);
        out.objects("DefaultActions", [()], |out, ()| {
            out.text("Type", "forward");
            out.value("TargetGroupArn", &self.forward_to.arn());
        });
    }
}

impl HasArn for Listener {}
