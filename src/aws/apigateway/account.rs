//! What API Gateway has once for an account and region, and the certificate that it shows to
//! backends.

use super::{Home, Kind};
use serde::Serialize;

use crate::aws::Role;
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Names, Spelling, Value};

/// The role with which API Gateway writes logs.
#[derive(Debug, Serialize)]
pub enum LogRole {
    Made(Handle<Role>),
    Given(Value),
}

/// The settings of API Gateway itself: one for all APIs of an account in a region, so they are kept
/// when this stack goes.
///
/// Source: docs/aws-rules.md#d17;
/// <https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/api_gateway_account>:
/// version 5 keeps the settings when the resource is destroyed, later ones reset them.
#[derive(Debug, Serialize)]
pub struct Account {
    pub role: LogRole,
}

impl Account {
    /// Returns whether it stays when the stack goes.
    pub(crate) fn is_retained(&self) -> bool {
        true
    }
}

impl Kind for Account {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_account",
        cloudformation: "AWS::ApiGateway::Account",
        word: "Account",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            match &self.role {
                LogRole::Made(role) => {
                    out.attribute("cloudwatch_role_arn", role.arn());
                    // API Gateway looks at what the role may do when it is told of it.
                    out.bare(
                        "depends_on",
                        format_args!("[aws_iam_role_policy.{}]", role.label()),
                    );
                }
                LogRole::Given(arn) => out.attribute("cloudwatch_role_arn", arn),
            }
            out.kept();
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        match &self.role {
            LogRole::Made(role) => out.value("CloudWatchRoleArn", &role.arn()),
            LogRole::Given(arn) => out.value("CloudWatchRoleArn", arn),
        }
    }
}

/// A certificate by which a backend knows the gateway.
#[derive(Debug, Serialize)]
pub struct ClientCertificate {
    pub description: Value,
}

impl Kind for ClientCertificate {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_client_certificate",
        cloudformation: "AWS::ApiGateway::ClientCertificate",
        word: "ClientCertificate",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("description", &self.description);
            out.tags();
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Description", &self.description);
        out.tags();
    }
}

impl Handle<ClientCertificate> {
    pub fn id(&self) -> Value {
        self.attribute("id", Spelling::Ref)
    }
}
