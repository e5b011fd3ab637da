//! Links from API Gateway into the VPC, of both versions.

use serde::Serialize;

use crate::aws::{Arguments, BalancerRef, Copied, HasId, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, List, Value};

/// A link from API Gateway into the VPC (V1: to one network load balancer).
#[derive(Debug, Serialize)]
pub struct VpcLink {
    pub name: Value,
    pub balancer: BalancerRef,
}

fields! { VpcLink { route: [balancer], other: [name] } }

impl Kind for VpcLink {
    const TERRAFORM: &'static str = "aws_api_gateway_vpc_link";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::VpcLink";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["target_arns"];
    const CREATE_ONLY: Arguments = &["TargetArns"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name", &self.name);
        out.values("target_arns", &[self.balancer.arn()]);
        out.tags();
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.values("TargetArns", &[self.balancer.arn()]);
        out.tags();
    }
}

impl HasId for VpcLink {}

/// A link from API Gateway into the VPC (V2: into subnets; each integration names the balancer
/// that it leads to).
#[derive(Debug, Serialize)]
pub struct VpcLinkV2 {
    pub name: Value,
    pub subnets: List,
    pub security_groups: List,
}

fields! { VpcLinkV2 { route: [subnets], access: [security_groups], other: [name] } }

impl Kind for VpcLinkV2 {
    const TERRAFORM: &'static str = "aws_apigatewayv2_vpc_link";
    const CLOUDFORMATION: &'static str = "AWS::ApiGatewayV2::VpcLink";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["subnet_ids", "security_group_ids"];
    const CREATE_ONLY: Arguments = &["SubnetIds", "SecurityGroupIds"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name", &self.name);
        out.list("subnet_ids", &self.subnets);
        out.list("security_group_ids", &self.security_groups);
        out.tags();
        // Neither can be changed (V9), and a link that is referred to cannot be deleted.
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.list("SubnetIds", &self.subnets);
        out.list("SecurityGroupIds", &self.security_groups);
        out.tag_map();
    }
}

impl HasId for VpcLinkV2 {}

/// A link of the stack, or one that is there. For digests, the first is as it was before there was
/// a second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum VpcLinkRef {
    Made(Handle<VpcLink>),
    /// Of the second version.
    V2(Handle<VpcLinkV2>),
    /// Its id.
    Existing(Value),
}

fields! { enum VpcLinkRef { Made(link), V2(link), Existing(id) } }

impl VpcLinkRef {
    pub fn id(&self) -> Value {
        match self {
            Self::Made(link) => link.id(),
            Self::V2(link) => link.id(),
            Self::Existing(id) => id.clone(),
        }
    }
}
