//! Elastic Load Balancing: application load balancers, their listeners and rules.
//!
//! A listener responds with 404 where no rule matches.

mod listener;
mod rule;

use serde::Serialize;

use super::elbv2::{AccessLogs, Balancer, arn_suffix_of, flag, is_on, write_attributes};
use super::{Arguments, Copied, HasArn, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, List, Value};
pub use listener::{FixedResponse, HttpListener, HttpListenerRef};
pub use rule::{ListenerRule, RuleAction};

/// An internal application load balancer.
#[derive(Debug, Serialize)]
pub struct ApplicationBalancer {
    /// A tag: AWS cannot rename the balancer.
    pub name: Value,
    /// Terraform and CloudFormation make the rest of its name, so that two never have the same.
    pub name_prefix: Value,
    pub subnets: List,
    pub security_groups: List,
    pub idle_timeout_s: u32,
    /// `true` or `false`, or an input of either, which only CloudFormation has.
    pub deletion_protection: Value,
    pub access_logs: Option<AccessLogs>,
}

fields! { ApplicationBalancer {
    route: [subnets],
    access: [security_groups],
    other: [name, name_prefix, idle_timeout_s, deletion_protection, access_logs],
} }

impl Kind for ApplicationBalancer {
    const TERRAFORM: &'static str = "aws_lb";
    const CLOUDFORMATION: &'static str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
    const HOME: Home = Home::Network;
    const REPLACED_BY: Arguments = &["name_prefix", "load_balancer_type", "internal"];
    const CREATE_ONLY: Arguments = &["Type", "Scheme"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name_prefix", &self.name_prefix);
        out.attribute("load_balancer_type", "application");
        out.attribute("internal", true);
        out.list("subnets", &self.subnets);
        out.list("security_groups", &self.security_groups);
        out.attribute("idle_timeout", self.idle_timeout_s);
        out.attribute("drop_invalid_header_fields", true);
        let protection = is_on(&self.deletion_protection);
        out.attribute("enable_deletion_protection", protection);
        out.named_tags(&self.name);
        if let Some(logs) = &self.access_logs {
            out.block("access_logs", |out| {
                out.attribute("enabled", true);
                out.attribute("bucket", &logs.bucket);
                out.optional("prefix", logs.prefix.as_deref());
            });
        }
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.text("Type", "application");
        out.text("Scheme", "internal");
        out.list("Subnets", &self.subnets);
        out.list("SecurityGroups", &self.security_groups);
        let idle_timeout = Value::literal(self.idle_timeout_s.to_string());
        let protection = self.deletion_protection.clone();
        let attributes = vec![
            ("idle_timeout.timeout_seconds", idle_timeout),
            (
                "routing.http.drop_invalid_header_fields.enabled",
                flag(true),
            ),
            ("deletion_protection.enabled", protection),
        ];
        write_attributes(out, attributes, self.access_logs.as_ref());
        out.named_tags(&self.name);
    }
}

impl HasArn for ApplicationBalancer {}

impl Balancer for ApplicationBalancer {}

/// A balancer of the stack, or one that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ApplicationBalancerRef {
    Made(Handle<ApplicationBalancer>),
    Existing { arn: Value, dns_name: Value },
}

fields! { enum ApplicationBalancerRef { Made(balancer), Existing { arn, dns_name } } }

impl ApplicationBalancerRef {
    pub fn arn(&self) -> Value {
        match self {
            Self::Made(balancer) => balancer.arn(),
            Self::Existing { arn, .. } => arn.clone(),
        }
    }

    /// Name by which CloudWatch knows the balancer.
    pub fn arn_suffix(&self) -> Value {
        match self {
            Self::Made(balancer) => balancer.arn_suffix(),
            Self::Existing { arn, .. } => arn_suffix_of(arn),
        }
    }

    pub fn dns_name(&self) -> Value {
        match self {
            Self::Made(balancer) => balancer.dns_name(),
            Self::Existing { dns_name, .. } => dns_name.clone(),
        }
    }
}
