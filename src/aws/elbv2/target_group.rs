//! Target groups.

mod attachments;

use std::sync::Arc;

use serde::Serialize;

use crate::aws::{ApplicationBalancerRef, Home, HttpListenerRef, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Address, Handle, Label, Names, Spelling, Value};
use attachments::ALL_ZONES;

/// Type of the targets of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TargetType {
    Instance,
    Ip,
    /// An application load balancer.
    Alb,
}

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
#[derive(Clone, Debug, Serialize)]
pub enum HealthProtocol {
    Tcp,
    Http { path: Arc<str>, matcher: Arc<str> },
    Https { path: Arc<str>, matcher: Arc<str> },
}

/// When a target counts as well.
#[derive(Clone, Debug, Serialize)]
pub struct HealthCheck {
    pub protocol: HealthProtocol,
    /// `None`: the port that serves.
    pub port: Option<u16>,
    pub interval_s: u32,
    pub timeout_s: u32,
    pub healthy: u32,
    pub unhealthy: u32,
}

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
#[derive(Clone, Debug, Serialize)]
pub enum Members {
    /// Each with the key of its attachment.
    Listed(Vec<(String, Value)>),
    /// A list that is known at deploy time; Terraform only.
    Each(Value),
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
    /// An application load balancer, on the port of the group. A listener that is made here has to
    /// be there before (L25).
    Balancer {
        balancer: ApplicationBalancerRef,
        #[serde(skip)]
        listener: Option<HttpListenerRef>,
    },
    /// The same balancer by its addresses, which a function keeps here: nothing is registered by
    /// the stack (Y11).
    Kept {
        #[serde(skip)]
        balancer: ApplicationBalancerRef,
        #[serde(skip)]
        listener: Option<HttpListenerRef>,
    },
    /// They register themselves.
    None,
}

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

impl TargetGroup {
    /// Nodes that it waits for besides those it refers to.
    pub(crate) fn after(&self) -> Vec<Address> {
        self.waits_for()
            .map(|it| it.address().clone())
            .into_iter()
            .collect()
    }
}

impl Kind for TargetGroup {
    const NAMES: Names = Names {
        terraform: "aws_lb_target_group",
        cloudformation: "AWS::ElasticLoadBalancingV2::TargetGroup",
        word: "TargetGroup",
    };
    const HOME: Home = Home::Network;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.attribute("port", self.port);
            out.attribute("protocol", self.protocol.as_str());
            out.attribute("target_type", self.target_type.as_str());
            out.attribute("vpc_id", &self.vpc);
            if let Some(delay) = self.deregistration_delay_s {
                out.attribute("deregistration_delay", delay);
            }
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
            out.block("lifecycle", |out| {
                out.attribute("create_before_destroy", true)
            });
        });
        self.terraform_attachments(label, out);
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

impl Handle<TargetGroup> {
    pub fn arn(&self) -> Value {
        self.attribute("arn", Spelling::Ref)
    }
}

/// A target group of the stack, or one that is there.
#[derive(Clone, Debug, Serialize)]
pub enum TargetGroupRef {
    Made(Handle<TargetGroup>),
    /// Its ARN.
    Existing(Value),
}

impl TargetGroupRef {
    pub fn arn(&self) -> Value {
        match self {
            Self::Made(group) => group.arn(),
            Self::Existing(arn) => arn.clone(),
        }
    }
}
