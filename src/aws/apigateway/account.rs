//! Settings of API Gateway itself, and the certificate that it shows to backends.

use serde::Serialize;

use super::{Home, Kind};
use crate::aws::{Arguments, Copied, HasId, ResourceRef, Role};
use crate::sink::{Properties, Terraform};
use crate::stack::Value;

/// The role with which API Gateway writes logs.
pub type LogRole = ResourceRef<Role>;

/// The settings of API Gateway for all APIs of an account in a region, so they are retained when
/// the stack is deleted.
///
/// Source: docs/aws-rules.md#d17;
/// <https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/api_gateway_account>:
/// version 5 keeps the settings when the resource is destroyed, later ones reset them.
#[derive(Debug, Serialize)]
pub struct Account {
    pub role: LogRole,
}

fields! { Account { access: [role] } }

impl Account {
    pub(crate) fn is_retained(&self) -> bool {
        true
    }
}

impl Kind for Account {
    const TERRAFORM: &'static str = "aws_api_gateway_account";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::Account";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &[];
    const CREATE_ONLY: Arguments = &[];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("cloudwatch_role_arn", self.role.arn());
        if let LogRole::Made(role) = &self.role {
            // API Gateway checks the permissions of the role when it is set.
            out.bare(
                "depends_on",
                format_args!("[aws_iam_role_policy.{}]", role.label()),
            );
        }
        out.prevent_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("CloudWatchRoleArn", &self.role.arn());
    }
}

/// A certificate by which a backend recognizes the gateway.
#[derive(Debug, Serialize)]
pub struct ClientCertificate {
    pub description: Value,
}

fields! { ClientCertificate { other: [description] } }

impl Kind for ClientCertificate {
    const TERRAFORM: &'static str = "aws_api_gateway_client_certificate";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::ClientCertificate";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &[];
    const CREATE_ONLY: Arguments = &[];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("description", &self.description);
        out.tags();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Description", &self.description);
        out.tags();
    }
}

impl HasId for ClientCertificate {}
