//! Elastic Load Balancing: network load balancers, listeners and target groups.
//!
//! In: fields with types. Out: text in a sink. Pure.
//! Targets are elements of their group: Terraform attaches each by a block with a key of its own.

use std::sync::Arc;

use super::{Kind, SecurityGroup, only};
use crate::emit::cloudformation::Properties;
use crate::emit::terraform::Terraform;
use crate::stack::{Address, Handle, Label, List, Names, Spelling, Value};

/// An internal network load balancer.
#[derive(Debug)]
pub struct LoadBalancer {
    pub name: Value,
    pub subnets: List,
    pub security_group: Handle<SecurityGroup>,
    pub cross_zone: bool,
    pub deletion_protection: bool,
}

impl Kind for LoadBalancer {
    const NAMES: Names = Names { terraform: "aws_lb", cloudformation: "AWS::ElasticLoadBalancingV2::LoadBalancer", word: "LoadBalancer" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.attribute("load_balancer_type", "network");
            out.attribute("internal", true);
            out.list("subnets", &self.subnets);
            out.values("security_groups", &[self.security_group.id()]);
            out.attribute("enable_cross_zone_load_balancing", self.cross_zone);
            out.attribute("enable_deletion_protection", self.deletion_protection);
            out.tags();
            out.comment("Requests of API Gateway come through PrivateLink and name no security group of the VPC.");
            out.attribute("enforce_security_group_inbound_rules_on_private_link_traffic", "off");
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.text("Type", "network");
        out.text("Scheme", "internal");
        out.list("Subnets", &self.subnets);
        out.values("SecurityGroups", &[self.security_group.id()]);
        out.text("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "off");
        let attributes =
            [("load_balancing.cross_zone.enabled", self.cross_zone), ("deletion_protection.enabled", self.deletion_protection)];
        out.objects("LoadBalancerAttributes", attributes, |out, (key, value)| {
            out.text("Key", key);
            out.text("Value", if value { "true" } else { "false" });
        });
        out.tags();
    }

    fn after(&self) -> Vec<Address> {
        Vec::new()
    }

    fn revision(&self) -> Option<Arc<str>> {
        None
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        only(&Self::NAMES, label)
    }
}

impl Handle<LoadBalancer> {
    pub fn arn(&self) -> Value {
        self.attribute("arn", Spelling::Ref)
    }

    pub fn dns_name(&self) -> Value {
        self.attribute("dns_name", Spelling::GetAtt("DNSName"))
    }
}

/// What a target is named by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetType {
    Instance,
    Ip,
}

impl TargetType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Ip => "ip",
        }
    }
}

/// How a target is asked whether it is well.
#[derive(Clone, Debug)]
pub enum HealthProtocol {
    Tcp,
    Http { path: Arc<str>, matcher: Arc<str> },
    Https { path: Arc<str>, matcher: Arc<str> },
}

/// When a target counts as well.
#[derive(Clone, Debug)]
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
        self.port.map_or_else(|| "traffic-port".to_owned(), |port| port.to_string())
    }
}

/// The targets that are registered with the group by this stack.
#[derive(Clone, Debug)]
pub enum Targets {
    /// Each with the key of its attachment.
    Listed(Vec<(String, Value)>),
    /// A list that is known at deploy time; Terraform only.
    Each(Value),
    /// They register themselves.
    None,
}

/// Targets of one backend.
#[derive(Debug)]
pub struct TargetGroup {
    pub name: Value,
    pub port: u16,
    pub target_type: TargetType,
    pub vpc: Value,
    pub deregistration_delay_s: u32,
    pub health_check: HealthCheck,
    pub targets: Targets,
}

impl TargetGroup {
    fn terraform_attachments(&self, label: &Label, out: &mut Terraform) {
        let kind = "aws_lb_target_group_attachment";
        let arn = format!("{}.{label}.arn", Self::NAMES.terraform);
        match &self.targets {
            Targets::None => {}
            Targets::Listed(targets) => {
                for (key, target) in targets {
                    out.block_of(kind, &format!("{label}__{key}"), |out| {
                        out.bare("target_group_arn", format_args!("{arn}"));
                        out.attribute("target_id", target);
                        out.attribute("port", self.port);
                    });
                }
            }
            Targets::Each(list) => out.block_of(kind, label.as_str(), |out| {
                out.each(list);
                out.bare("target_group_arn", format_args!("{arn}"));
                out.bare("target_id", format_args!("each.value"));
                out.attribute("port", self.port);
            }),
        }
    }
}

impl Kind for TargetGroup {
    const NAMES: Names =
        Names { terraform: "aws_lb_target_group", cloudformation: "AWS::ElasticLoadBalancingV2::TargetGroup", word: "TargetGroup" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.attribute("port", self.port);
            out.attribute("protocol", "TCP");
            out.attribute("target_type", self.target_type.as_str());
            out.attribute("vpc_id", &self.vpc);
            out.attribute("deregistration_delay", self.deregistration_delay_s);
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
            out.block("lifecycle", |out| out.attribute("create_before_destroy", true));
        });
        self.terraform_attachments(label, out);
    }

    fn cloudformation(&self, out: &mut Properties) {
        let check = &self.health_check;
        let (protocol, http) = check.protocol();
        out.value("Name", &self.name);
        out.number("Port", self.port);
        out.text("Protocol", "TCP");
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
        out.objects("TargetGroupAttributes", [()], |out, ()| {
            out.text("Key", "deregistration_delay.timeout_seconds");
            out.text("Value", &self.deregistration_delay_s.to_string());
        });
        if let Targets::Listed(targets) = &self.targets {
            out.objects("Targets", targets, |out, (_, target)| {
                out.value("Id", target);
                out.number("Port", self.port);
            });
        }
        out.tags();
    }

    fn after(&self) -> Vec<Address> {
        Vec::new()
    }

    fn revision(&self) -> Option<Arc<str>> {
        None
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        let mut addresses = only(&Self::NAMES, label);
        match &self.targets {
            Targets::None => {}
            Targets::Listed(targets) => {
                addresses.extend(targets.iter().map(|(key, _)| format!("aws_lb_target_group_attachment.{label}__{key}")))
            }
            Targets::Each(_) => addresses.push(format!("aws_lb_target_group_attachment.{label}")),
        }
        addresses
    }
}

impl Handle<TargetGroup> {
    pub fn arn(&self) -> Value {
        self.attribute("arn", Spelling::Ref)
    }
}

/// A port of a balancer and where its connections go.
#[derive(Debug)]
pub struct Listener {
    pub balancer: Handle<LoadBalancer>,
    pub port: u16,
    pub forward_to: Handle<TargetGroup>,
}

impl Kind for Listener {
    const NAMES: Names = Names { terraform: "aws_lb_listener", cloudformation: "AWS::ElasticLoadBalancingV2::Listener", word: "Listener" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("load_balancer_arn", self.balancer.arn());
            out.attribute("port", self.port);
            out.attribute("protocol", "TCP");
            out.tags();
            out.block("default_action", |out| {
                out.attribute("type", "forward");
                out.attribute("target_group_arn", self.forward_to.arn());
            });
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("LoadBalancerArn", &self.balancer.arn());
        out.number("Port", self.port);
        out.text("Protocol", "TCP");
        out.objects("DefaultActions", [()], |out, ()| {
            out.text("Type", "forward");
            out.value("TargetGroupArn", &self.forward_to.arn());
        });
    }

    fn after(&self) -> Vec<Address> {
        Vec::new()
    }

    fn revision(&self) -> Option<Arc<str>> {
        None
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        only(&Self::NAMES, label)
    }
}
