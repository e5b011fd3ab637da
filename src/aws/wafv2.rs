//! AWS WAF: what a web ACL is put before.
//!
//! In: fields with types. Out: text in a sink. Pure.

use std::sync::Arc;

use super::{Kind, RestApi, Stage, only};
use crate::emit::cloudformation::Properties;
use crate::emit::terraform::Terraform;
use crate::stack::{Address, Handle, Label, Names, Value};

/// A web ACL before a stage.
#[derive(Debug)]
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
