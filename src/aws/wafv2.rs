//! AWS WAF: what a web ACL is put before.
//!
//! In: fields with types. Out: text in a sink. Pure.

use super::{Home, Kind, RestApi, Stage};
use serde::Serialize;

use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Names, Value};

/// A web ACL before a stage.
#[derive(Debug, Serialize)]
pub struct WebAclAssociation {
    pub api: Handle<RestApi>,
    pub stage: Handle<Stage>,
    pub web_acl: Value,
}

impl Kind for WebAclAssociation {
    const NAMES: Names = Names {
        terraform: "aws_wafv2_web_acl_association",
        cloudformation: "AWS::WAFv2::WebACLAssociation",
        word: "WebAclAssociation",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("resource_arn", self.stage.arn(&self.api).0);
            out.attribute("web_acl_arn", &self.web_acl);
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("ResourceArn", &self.stage.arn(&self.api).1);
        out.value("WebACLArn", &self.web_acl);
    }
}
