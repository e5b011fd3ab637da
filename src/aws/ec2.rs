//! Amazon EC2: security groups.
//!
//! A rule is a node of its own, so that one may change without the others.

use std::sync::Arc;

use serde::Serialize;

use super::{Arguments, BehindApi, Copied, HasId, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, List, Spelling, Value};

/// A security group without rules.
#[derive(Debug, Serialize)]
pub struct SecurityGroup {
    /// A tag: AWS cannot rename the group.
    pub name: Value,
    /// Terraform adds a suffix of its own, so that a replacement does not collide; CloudFormation
    /// names it alone. A function of what the group is for: rules and balancers would let go of a
    /// group that another name replaces.
    pub name_prefix: String,
    pub description: Arc<str>,
    pub vpc: Value,
}

fields! { SecurityGroup { route: [vpc], other: [name, name_prefix, description] } }

impl Kind for SecurityGroup {
    const TERRAFORM: &'static str = "aws_security_group";
    const CLOUDFORMATION: &'static str = "AWS::EC2::SecurityGroup";
    const HOME: Home = Home::Network;
    const REPLACED_BY: Arguments = &["name_prefix", "description", "vpc_id"];
    const CREATE_ONLY: Arguments = &["GroupDescription", "VpcId"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name_prefix", &self.name_prefix);
        out.attribute("description", &*self.description);
        out.attribute("vpc_id", &self.vpc);
        out.named_tags(&self.name);
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.text("GroupDescription", &self.description);
        out.value("VpcId", &self.vpc);
        out.named_tags(&self.name);
    }
}

impl HasId for SecurityGroup {
    const ID: Spelling = Spelling::GetAtt("GroupId");
}

/// The other end of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Peer {
    SecurityGroup(Value),
    /// Every IPv4 address.
    Anywhere,
}

fields! { enum Peer { SecurityGroup(group), Anywhere } }

/// Traffic that a group lets out.
#[derive(Debug, Serialize)]
pub struct EgressRule {
    pub group: Handle<SecurityGroup>,
    pub description: Arc<str>,
    pub port: u16,
    pub to: Peer,
}

fields! { EgressRule { access: [group, port, to], other: [description] } }

impl BehindApi for EgressRule {}

impl Kind for EgressRule {
    const TERRAFORM: &'static str = "aws_vpc_security_group_egress_rule";
    const CLOUDFORMATION: &'static str = "AWS::EC2::SecurityGroupEgress";
    const HOME: Home = Home::Network;
    const REPLACED_BY: Arguments = &["security_group_id"];
    const CREATE_ONLY: Arguments = &[
        "GroupId",
        "IpProtocol",
        "FromPort",
        "ToPort",
        "CidrIp",
        "DestinationSecurityGroupId",
    ];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        terraform_rule(&self.group.id(), &self.description, self.port, out);
        match &self.to {
            Peer::SecurityGroup(group) => out.attribute("referenced_security_group_id", group),
            Peer::Anywhere => out.attribute("cidr_ipv4", ANYWHERE),
        }
        out.tags();
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        cloudformation_rule(&self.group.id(), &self.description, self.port, out);
        match &self.to {
            Peer::SecurityGroup(group) => out.value("DestinationSecurityGroupId", group),
            Peer::Anywhere => out.text("CidrIp", ANYWHERE),
        }
    }
}

/// Source of traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Source {
    SecurityGroup(Value),
    /// A range of IPv4 addresses.
    Cidr(Value),
    /// Each group of a list that is known at deploy time; Terraform only.
    EachSecurityGroup(Value),
    /// Each range of such a list.
    EachCidr(Value),
    /// The groups among values that are known at deploy time; Terraform only.
    GroupsAmong(List),
    /// The ranges among them.
    RangesAmong(List),
}

fields! { enum Source {
    SecurityGroup(group), Cidr(range), EachSecurityGroup(groups), EachCidr(ranges),
    GroupsAmong(values), RangesAmong(values),
} }

/// Traffic that a group lets in.
#[derive(Debug, Serialize)]
pub struct IngressRule {
    /// A group of the user's.
    pub group: Value,
    pub description: Arc<str>,
    pub port: u16,
    pub from: Source,
}

fields! { IngressRule { access: [group, port, from], other: [description] } }

impl BehindApi for IngressRule {}

impl Kind for IngressRule {
    const TERRAFORM: &'static str = "aws_vpc_security_group_ingress_rule";
    const CLOUDFORMATION: &'static str = "AWS::EC2::SecurityGroupIngress";
    const HOME: Home = Home::Network;
    const REPLACED_BY: Arguments = &["security_group_id"];
    const CREATE_ONLY: Arguments = &[
        "GroupId",
        "IpProtocol",
        "FromPort",
        "ToPort",
        "CidrIp",
        "SourceSecurityGroupId",
    ];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        match &self.from {
            Source::SecurityGroup(_) | Source::Cidr(_) => {}
            Source::EachSecurityGroup(list) | Source::EachCidr(list) => out.each(list),
            Source::GroupsAmong(list) => out.each_that(list, "startswith(it, \"sg-\")"),
            Source::RangesAmong(list) => out.each_that(list, "!startswith(it, \"sg-\")"),
        }
        terraform_rule(&self.group, &self.description, self.port, out);
        match &self.from {
            Source::SecurityGroup(group) => out.attribute("referenced_security_group_id", group),
            Source::Cidr(range) => out.attribute("cidr_ipv4", range),
            Source::EachSecurityGroup(_) | Source::GroupsAmong(_) => {
                out.bare("referenced_security_group_id", format_args!("each.value"))
            }
            Source::EachCidr(_) | Source::RangesAmong(_) => {
                out.bare("cidr_ipv4", format_args!("each.value"))
            }
        }
        out.tags();
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        cloudformation_rule(&self.group, &self.description, self.port, out);
        match &self.from {
            Source::SecurityGroup(group) => out.value("SourceSecurityGroupId", group),
            Source::Cidr(range) => out.value("CidrIp", range),
            Source::EachSecurityGroup(_)
            | Source::EachCidr(_)
            | Source::GroupsAmong(_)
            | Source::RangesAmong(_) => {
                unreachable!("`plan` refuses a list known at deploy time for CloudFormation")
            }
        }
    }
}

const ANYWHERE: &str = "0.0.0.0/0";

fn terraform_rule(group: &Value, description: &str, port: u16, out: &mut Terraform) {
    out.attribute("security_group_id", group);
    out.attribute("description", description);
    out.attribute("ip_protocol", "tcp");
    out.attribute("from_port", port);
    out.attribute("to_port", port);
}

fn cloudformation_rule(group: &Value, description: &str, port: u16, out: &mut Properties) {
    out.value("GroupId", group);
    out.text("Description", description);
    out.text("IpProtocol", "tcp");
    out.number("FromPort", port);
    out.number("ToPort", port);
}
