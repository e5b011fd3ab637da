//! Target groups.

use std::sync::Arc;

use serde::Serialize;

use crate::aws::{
    ApplicationBalancerRef, Arguments, Copied, HasArn, Home, HttpListener, HttpListenerRef, Kind,
    ResourceRef, TypeChanges,
};
use crate::sink::{Properties, Terraform};
use crate::stack::{Address, Handle, Label, Spelling, Value};

/// Terraform's block that registers a target.
const ATTACHMENT: &str = "aws_lb_target_group_attachment";

/// Terraform's block that attaches an autoscaling group.
const SCALED: &str = "aws_autoscaling_attachment";

/// Zone of a target outside the VPC. Source: docs/aws-rules.md#l24.
const ALL_ZONES: &str = "all";

/// Type of the targets of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TargetType {
    Instance,
    Ip,
    /// An application load balancer.
    Alb,
}

fields! { enum TargetType { Instance, Ip, Alb } }

impl TargetType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Ip => "ip",
            Self::Alb => "alb",
        }
    }
}

/// Protocol between the balancer and its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum GroupProtocol {
    Tcp,
    Tls,
    Http,
    Https,
}

fields! { enum GroupProtocol { Tcp, Tls, Http, Https } }

impl GroupProtocol {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        }
    }
}

/// Protocol of a health check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum HealthProtocol {
    Tcp,
    Http { path: Arc<str>, matcher: Arc<str> },
    Https { path: Arc<str>, matcher: Arc<str> },
}

fields! { enum HealthProtocol { Tcp, Http { path, matcher }, Https { path, matcher } } }

/// Conditions under which a target is healthy.
#[derive(Clone, Debug, Serialize)]
pub struct HealthCheck {
    pub protocol: HealthProtocol,
    /// `None`: the port of the traffic.
    pub port: Option<u16>,
    pub interval_s: u32,
    pub timeout_s: u32,
    pub healthy: u32,
    pub unhealthy: u32,
}

fields! { HealthCheck {
    route: [protocol, port],
    other: [interval_s, timeout_s, healthy, unhealthy],
} }

impl HealthCheck {
    /// Protocol, and path and matcher where it has them.
    fn protocol(&self) -> (&'static str, Option<(&str, &str)>) {
        match &self.protocol {
            HealthProtocol::Tcp => ("TCP", None),
            HealthProtocol::Http { path, matcher } => ("HTTP", Some((path, matcher))),
            HealthProtocol::Https { path, matcher } => ("HTTPS", Some((path, matcher))),
        }
    }

    fn port(&self) -> String {
        self.port
            .map_or_else(|| "traffic-port".to_owned(), |port| port.to_string())
    }
}

/// Members of a group: one by one, or a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Members {
    /// Each with the key of its attachment.
    Listed(Vec<(String, Value)>),
    /// A list that is known at deploy time; Terraform only.
    Each(Value),
}

fields! { enum Members { Listed(members), Each(list) } }

impl Members {
    /// Writes a block for each.
    fn attach(
        &self,
        kind: &str,
        label: &Label,
        out: &mut Terraform,
        body: impl Fn(&Value, &mut Terraform),
    ) {
        match self {
            Self::Listed(members) => {
                for (key, member) in members {
                    out.resource(kind, &format!("{label}__{key}"), |out| {
                        body(member, out);
                        out.create_before_destroy();
                    });
                }
            }
            Self::Each(list) => out.resource(kind, label.as_str(), |out| {
                out.each(list);
                body(&Value::Expression("each.value".into()), out);
                out.create_before_destroy();
            }),
        }
    }
}

/// Source of the targets.
#[derive(Clone, Debug, Serialize)]
pub enum Targets {
    /// This stack registers them.
    Registered {
        members: Members,
        /// Addresses of another network, for which AWS finds no zone.
        outside_vpc: bool,
    },
    /// Autoscaling groups, which register their instances; Terraform only.
    Scaled(Members),
    /// An application load balancer, on the port of the group. A managed listener has to exist
    /// before (L25).
    Balancer {
        balancer: ApplicationBalancerRef,
        #[serde(skip)]
        listener: Option<HttpListenerRef>,
    },
    /// The same balancer by its addresses, which a function registers: the stack registers nothing
    /// (Y11).
    Kept {
        #[serde(skip)]
        balancer: ApplicationBalancerRef,
        #[serde(skip)]
        listener: Option<HttpListenerRef>,
    },
    /// They register themselves.
    None,
}

fields! { enum Targets {
    Registered { members, outside_vpc }, Scaled(groups), Balancer { balancer, listener },
    Kept { balancer, listener }, None,
} }

/// Targets of one backend.
#[derive(Debug, Serialize)]
pub struct TargetGroup {
    pub name: Value,
    pub port: u16,
    pub protocol: GroupProtocol,
    pub target_type: TargetType,
    pub vpc: Value,
    /// `None` where AWS takes none: for a balancer (L25).
    pub deregistration_delay_s: Option<u32>,
    pub health_check: HealthCheck,
    pub targets: Targets,
}

fields! { TargetGroup {
    route: [port, protocol, target_type, vpc, health_check, targets],
    other: [name, deregistration_delay_s],
} }

impl TargetGroup {
    pub(crate) const MORE_BLOCKS: &'static [TypeChanges] = &[
        TypeChanges::new(
            ATTACHMENT,
            &["target_group_arn", "target_id", "port", "availability_zone"],
            Copied::Nothing,
        ),
        TypeChanges::new(
            SCALED,
            &["autoscaling_group_name", "lb_target_group_arn"],
            Copied::Nothing,
        ),
    ];

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

    pub(crate) fn after(&self) -> Vec<Address> {
        let listener = self.waits_for().map(|listener| listener.address().clone());
        listener.into_iter().collect()
    }

    /// Label of the group of a backend, or of what else it serves: all that forces a new group is
    /// in it, so that the new one is created beside the old one.
    ///
    /// Source: docs/aws-rules.md#l3.
    pub(crate) fn label(&self, of: &str, color: Option<&str>) -> String {
        let (protocol, by) = (self.protocol.as_str(), self.target_type.as_str());
        let label = format!("{of}__{}__{protocol}__{by}", self.port).to_ascii_lowercase();
        color.map_or(label.clone(), |color| format!("{label}__{color}"))
    }

    /// Addresses of Terraform's blocks that register its targets.
    pub(crate) fn attachments(&self, label: &Label) -> Vec<String> {
        Terraform::resources_of(|out| self.more_blocks(label, out))
    }

    /// Writes a block for each target.
    pub(crate) fn more_blocks(&self, label: &Label, out: &mut Terraform) {
        let arn = format!("{}.{label}.arn", Self::TERRAFORM);
        match &self.targets {
            Targets::Registered {
                members,
                outside_vpc,
            } => members.attach(ATTACHMENT, label, out, |target, out| {
                out.bare("target_group_arn", format_args!("{arn}"));
                out.attribute("target_id", target);
                out.attribute("port", self.port);
                if *outside_vpc {
                    out.attribute("availability_zone", ALL_ZONES);
                }
            }),
            Targets::Scaled(members) => members.attach(SCALED, label, out, |group, out| {
                out.attribute("autoscaling_group_name", group);
                out.bare("lb_target_group_arn", format_args!("{arn}"));
            }),
            Targets::Balancer { balancer, .. } => out.resource(ATTACHMENT, label.as_str(), |out| {
                out.bare("target_group_arn", format_args!("{arn}"));
                out.attribute("target_id", balancer.arn());
                if let Some(listener) = self.waits_for() {
                    out.comment("A balancer without a listener on the port is no target.");
                    out.depends_on(std::slice::from_ref(listener.address()));
                }
                out.create_before_destroy();
            }),
            Targets::Kept { .. } | Targets::None => {}
        }
    }
}

impl Kind for TargetGroup {
    const TERRAFORM: &'static str = "aws_lb_target_group";
    const CLOUDFORMATION: &'static str = "AWS::ElasticLoadBalancingV2::TargetGroup";
    const HOME: Home = Home::Network;
    const REPLACED_BY: Arguments = &["name", "port", "protocol", "target_type", "vpc_id"];
    const CREATE_ONLY: Arguments = &["Name", "Port", "Protocol", "TargetType", "VpcId"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name", &self.name);
        out.attribute("port", self.port);
        out.attribute("protocol", self.protocol.as_str());
        out.attribute("target_type", self.target_type.as_str());
        out.attribute("vpc_id", &self.vpc);
        out.optional("deregistration_delay", self.deregistration_delay_s);
        out.tags();
        out.block("health_check", |out| {
            let check = &self.health_check;
            let (protocol, http) = check.protocol();
            out.attribute("protocol", protocol);
            out.attribute("port", &*check.port());
            out.attribute("interval", check.interval_s);
            out.attribute("timeout", check.timeout_s);
            out.attribute("healthy_threshold", check.healthy);
            out.attribute("unhealthy_threshold", check.unhealthy);
            if let Some((path, matcher)) = http {
                out.attribute("path", path);
                out.attribute("matcher", matcher);
            }
        });
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        let check = &self.health_check;
        let (protocol, http) = check.protocol();
        out.value("Name", &self.name);
        out.number("Port", self.port);
        out.text("Protocol", self.protocol.as_str());
        out.text("TargetType", self.target_type.as_str());
        out.value("VpcId", &self.vpc);
        out.text("HealthCheckProtocol", protocol);
        out.text("HealthCheckPort", &check.port());
        out.number("HealthCheckIntervalSeconds", check.interval_s);
        out.number("HealthCheckTimeoutSeconds", check.timeout_s);
        out.number("HealthyThresholdCount", check.healthy);
        out.number("UnhealthyThresholdCount", check.unhealthy);
        if let Some((path, matcher)) = http {
            out.text("HealthCheckPath", path);
            out.object("Matcher", |out| out.text("HttpCode", matcher));
        }
        if let Some(delay) = self.deregistration_delay_s {
            out.objects("TargetGroupAttributes", [()], |out, ()| {
                out.text("Key", "deregistration_delay.timeout_seconds");
                out.text("Value", &delay.to_string());
            });
        }
        if let Targets::Balancer { balancer, .. } = &self.targets {
            out.objects("Targets", [()], |out, ()| {
                out.value("Id", &balancer.arn());
                out.number("Port", self.port);
            });
        }
        if let Targets::Registered {
            members: Members::Listed(targets),
            outside_vpc,
        } = &self.targets
        {
            out.objects("Targets", targets, |out, (_, target)| {
                out.value("Id", target);
                out.number("Port", self.port);
                if *outside_vpc {
                    out.text("AvailabilityZone", ALL_ZONES);
                }
            });
        }
        out.tags();
    }
}

impl HasArn for TargetGroup {}

impl Handle<TargetGroup> {
    /// End of the ARN, by which its metrics name it.
    pub fn arn_suffix(&self) -> Value {
        self.attribute("arn_suffix", Spelling::GetAtt("TargetGroupFullName"))
    }
}

pub type TargetGroupRef = ResourceRef<TargetGroup>;
