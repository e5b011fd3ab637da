//! Notes of the output's README on the stage: logs, the account's role, the certificate, browsers,
//! the cache.

use crate::blueprint::OutputFormat;
use crate::plan::{LogRolePlan, Plan};

/// One sentence or two each.
pub(crate) fn notes(plan: &Plan) -> Vec<String> {
    if !plan.has_gateway {
        return Vec::new();
    }
    let mut notes: Vec<String> = role(plan).into_iter().collect();
    let stage = &plan.stage;
    if stage
        .request_log
        .as_ref()
        .is_some_and(|log| log.kms_key.is_some())
    {
        notes.push("The policy of the key that encrypts the logs has to let CloudWatch Logs of this region use it.".to_owned());
    }
    if stage.has_client_certificate {
        notes.push(
            "The backends trust the certificate `client_certificate_id`; `aws apigateway get-client-certificate --client-certificate-id ID` \
             shows it. It ends after a year, and a new one has to be trusted before it takes its place."
                .to_owned(),
        );
    }
    if stage.cache.is_some() {
        notes.push("The cache costs by the hour, whether it is asked or not. Making it takes some minutes.".to_owned());
    }
    if plan.cors.is_some() {
        notes.push(
            "The gateway answers preflights. The backends themselves send `Access-Control-Allow-Origin` with what they answer.".to_owned(),
        );
    }
    notes
}

/// Source: docs/aws-rules.md#d17.
fn role(plan: &Plan) -> Option<String> {
    if !plan.stage.writes_logs() && plan.stage.role == LogRolePlan::Existing {
        return None;
    }
    Some(match (&plan.stage.role, plan.output.format) {
        (LogRolePlan::Existing, _) => "API Gateway writes logs with the role of the account's settings in this region. \
             `aws apigateway get-account --query cloudwatchRoleArn` shows it; where it shows `null`, AWS refuses the stage."
            .to_owned(),
        (LogRolePlan::Managed | LogRolePlan::Arn(_), OutputFormat::Cloudformation) => {
            "The account's setting with which API Gateway writes logs stays when this stack is deleted: other APIs of the region use it. \
             One stack of an account and region may have it."
                .to_owned()
        }
        (LogRolePlan::Managed, OutputFormat::Terraform | OutputFormat::TerraformJson) => {
            "Other APIs of the region write logs with the role that is made here, so `terraform destroy` refuses to take it away. To destroy \
             the rest: `terraform state rm aws_api_gateway_account.this aws_iam_role_policy.logs aws_iam_role.logs` first. One stack of an \
             account and region may have it."
                .to_owned()
        }
        (LogRolePlan::Arn(_), OutputFormat::Terraform | OutputFormat::TerraformJson) => {
            "Other APIs of the region write logs with the setting that is made here, so `terraform destroy` refuses to take it away. To \
             destroy the rest: `terraform state rm aws_api_gateway_account.this` first. One stack of an account and region may have it."
                .to_owned()
        }
    })
}
