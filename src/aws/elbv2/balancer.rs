//! Network load balancers.

use std::sync::Arc;

use serde::Serialize;

use crate::aws::{Arguments, Copied, HasArn, Home, Kind, ReplacedWhen, When};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, List, Spelling, Value};

/// An internal network load balancer.
#[derive(Debug, Serialize)]
pub struct LoadBalancer {
    /// A tag: AWS cannot rename the balancer.
    pub name: Value,
    /// Terraform and CloudFormation make the rest of its name, so that two never have the same.
    pub name_prefix: Value,
    pub subnets: List,
    pub security_groups: List,
    pub cross_zone: bool,
    /// `true` or `false`, or an input of either, which only CloudFormation has.
    pub deletion_protection: Value,
    pub access_logs: Option<AccessLogs>,
}

fields! { LoadBalancer {
    route: [subnets],
    access: [security_groups],
    other: [name, name_prefix, cross_zone, deletion_protection, access_logs],
} }

/// Access logs of a balancer.
#[derive(Debug, Serialize)]
pub struct AccessLogs {
    pub bucket: Value,
    pub prefix: Option<Arc<str>>,
}

fields! { AccessLogs { other: [bucket, prefix] } }

/// A flag as attributes of CloudFormation spell it.
pub(crate) fn flag(is_on: bool) -> Value {
    Value::literal(if is_on { "true" } else { "false" })
}

/// Returns whether a flag that is known now is on.
pub(crate) fn is_on(flag_value: &Value) -> bool {
    *flag_value == flag(true)
}

/// Attributes of a balancer in CloudFormation, and those of its access logs behind them.
pub(crate) fn write_attributes(
    out: &mut Properties,
    mut attributes: Vec<(&'static str, Value)>,
    logs: Option<&AccessLogs>,
) {
    if let Some(logs) = logs {
        attributes.extend([
            ("access_logs.s3.enabled", flag(true)),
            ("access_logs.s3.bucket", logs.bucket.clone()),
        ]);
        let prefix = logs.prefix.clone().map(Value::Literal);
        attributes.extend(prefix.map(|prefix| ("access_logs.s3.prefix", prefix)));
    }
    out.objects("LoadBalancerAttributes", attributes, |out, (key, value)| {
        out.text("Key", key);
        out.value("Value", &value);
    });
}

impl Kind for LoadBalancer {
    const TERRAFORM: &'static str = "aws_lb";
    const CLOUDFORMATION: &'static str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["name_prefix", "load_balancer_type", "internal"];
    const CREATE_ONLY: Arguments = &["Type", "Scheme"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name_prefix", &self.name_prefix);
        out.attribute("load_balancer_type", "network");
        out.attribute("internal", true);
        out.list("subnets", &self.subnets);
        out.list("security_groups", &self.security_groups);
        out.attribute("enable_cross_zone_load_balancing", self.cross_zone);
        let protection = is_on(&self.deletion_protection);
        out.attribute("enable_deletion_protection", protection);
        out.named_tags(&self.name);
        out.comment("Requests of API Gateway come through PrivateLink and name no security group of the VPC.");
        out.attribute(
            "enforce_security_group_inbound_rules_on_private_link_traffic",
            "off",
        );
        if let Some(logs) = &self.access_logs {
            out.block("access_logs", |out| {
                out.attribute("bucket", &logs.bucket);
                out.optional("prefix", logs.prefix.as_deref());
                out.attribute("enabled", true);
            });
        }
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.text("Type", "network");
        out.text("Scheme", "internal");
        out.list("Subnets", &self.subnets);
        out.list("SecurityGroups", &self.security_groups);
        out.text(
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            "off",
        );
        let protection = self.deletion_protection.clone();
        let attributes = vec![
            ("load_balancing.cross_zone.enabled", flag(self.cross_zone)),
            ("deletion_protection.enabled", protection),
        ];
        write_attributes(out, attributes, self.access_logs.as_ref());
        out.named_tags(&self.name);
    }
}

impl LoadBalancer {
    pub(crate) const REPLACED_WHEN: &'static [ReplacedWhen] = &[ReplacedWhen {
        argument: "subnets",
        when: When::LosesItem,
    }];
}

impl HasArn for LoadBalancer {}

impl Balancer for LoadBalancer {}

/// A kind of load balancer: what AWS tells of each is the same.
pub trait Balancer: HasArn {}

impl<K: Balancer> Handle<K> {
    pub fn dns_name(&self) -> Value {
        self.attribute("dns_name", Spelling::GetAtt("DNSName"))
    }

    /// End of the ARN, by which its metrics name it.
    pub fn arn_suffix(&self) -> Value {
        self.attribute("arn_suffix", Spelling::GetAtt("LoadBalancerFullName"))
    }

    /// Hosted zone of its DNS name.
    pub fn zone_id(&self) -> Value {
        self.attribute("zone_id", Spelling::GetAtt("CanonicalHostedZoneID"))
    }
}

/// End of the ARN of a balancer that is there, by which its metrics name it.
pub(crate) fn arn_suffix_of(arn: &Value) -> Value {
    match arn {
        Value::Literal(text) => {
            let name = text.split_once("loadbalancer/").map(|(_, name)| name);
            Value::literal(name.unwrap_or_default())
        }
        arn => Value::BalancerOf(Box::new(arn.clone())),
    }
}

/// A balancer of the stack, or one that is there. For digests, the first is as it was before there
/// was a second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum BalancerRef {
    Made(Handle<LoadBalancer>),
    Existing(Arc<ExistingBalancer>),
}

fields! { enum BalancerRef { Made(balancer), Existing(balancer) } }

/// An existing balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExistingBalancer {
    pub arn: Value,
    pub dns_name: Value,
}

fields! { ExistingBalancer { route: [arn, dns_name] } }

impl BalancerRef {
    pub fn arn(&self) -> Value {
        match self {
            Self::Made(balancer) => balancer.arn(),
            Self::Existing(balancer) => balancer.arn.clone(),
        }
    }

    /// Name by which CloudWatch knows the balancer.
    pub fn arn_suffix(&self) -> Value {
        match self {
            Self::Made(balancer) => balancer.arn_suffix(),
            Self::Existing(balancer) => arn_suffix_of(&balancer.arn),
        }
    }

    pub fn dns_name(&self) -> Value {
        match self {
            Self::Made(balancer) => balancer.dns_name(),
            Self::Existing(balancer) => balancer.dns_name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, arn_suffix_of};

    #[test]
    fn a_literal_arn_has_its_name_at_once() {
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/a/0a1b";
        let named = arn_suffix_of(&Value::literal(arn));
        assert_eq!(named, Value::literal("net/a/0a1b"));
    }
}
