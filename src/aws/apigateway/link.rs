//! The way from API Gateway into the VPC: links of both versions.

use serde::Serialize;

use crate::aws::{BalancerRef, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, List, Names, Spelling, Value};

/// The way from API Gateway into the VPC (V1: to one network load balancer).
#[derive(Debug, Serialize)]
pub struct VpcLink {
    pub name: Value,
    pub balancer: BalancerRef,
}

impl Kind for VpcLink {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_vpc_link",
        cloudformation: "AWS::ApiGateway::VpcLink",
        word: "VpcLink",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.values("target_arns", &[self.balancer.arn()]);
            out.tags();
            out.block("lifecycle", |out| {
                out.attribute("create_before_destroy", true)
            });
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.values("TargetArns", &[self.balancer.arn()]);
        out.tags();
    }
}

impl Handle<VpcLink> {
    pub fn id(&self) -> Value {
        self.attribute("id", Spelling::Ref)
    }
}

/// The way from API Gateway into the VPC (V2: into subnets; each integration names the balancer
/// that it leads to).
#[derive(Debug, Serialize)]
pub struct VpcLinkV2 {
    pub name: Value,
    pub subnets: List,
    pub security_groups: List,
}

impl Kind for VpcLinkV2 {
    const NAMES: Names = Names {
        terraform: "aws_apigatewayv2_vpc_link",
        cloudformation: "AWS::ApiGatewayV2::VpcLink",
        word: "VpcLinkV2",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.list("subnet_ids", &self.subnets);
            out.list("security_group_ids", &self.security_groups);
            out.tags();
            // Neither can be changed (V9), and a link that is referred to cannot be deleted.
            out.block("lifecycle", |out| {
                out.attribute("create_before_destroy", true)
            });
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.list("SubnetIds", &self.subnets);
        out.list("SecurityGroupIds", &self.security_groups);
        out.tag_map();
    }
}

impl Handle<VpcLinkV2> {
    pub fn id(&self) -> Value {
        self.attribute("id", Spelling::Ref)
    }
}

/// A link of the stack, or one that is there. For digests, the first is as it was before there was
/// a second.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum VpcLinkRef {
    Made(Handle<VpcLink>),
    /// Of the second version.
    V2(Handle<VpcLinkV2>),
    /// Its id.
    Existing(Value),
}

impl VpcLinkRef {
    pub fn id(&self) -> Value {
        match self {
            Self::Made(link) => link.id(),
            Self::V2(link) => link.id(),
            Self::Existing(id) => id.clone(),
        }
    }
}
