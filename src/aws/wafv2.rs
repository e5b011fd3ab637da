//! AWS WAF: what a web ACL is put before.

use serde::Serialize;

use super::{Arguments, Copied, Home, Kind, RestApi, Stage};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Value};

/// A web ACL before a stage.
#[derive(Debug, Serialize)]
pub struct WebAclAssociation {
    pub api: Handle<RestApi>,
    pub stage: Handle<Stage>,
    pub web_acl: Value,
}

fields! { WebAclAssociation { access: [api, stage, web_acl] } }

impl Kind for WebAclAssociation {
    const TERRAFORM: &'static str = "aws_wafv2_web_acl_association";
    const CLOUDFORMATION: &'static str = "AWS::WAFv2::WebACLAssociation";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["resource_arn", "web_acl_arn"];
    const CREATE_ONLY: Arguments = &["ResourceArn", "WebACLArn"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("resource_arn", self.stage.arn(&self.api).0);
        out.attribute("web_acl_arn", &self.web_acl);
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("ResourceArn", &self.stage.arn(&self.api).1);
        out.value("WebACLArn", &self.web_acl);
    }
}
