//! Notes of the output's README on the stage: logs, the account's role, the certificate, browsers,
//! the cache.

use super::names::OutputNames;
use crate::blueprint::OutputFormat;
use crate::plan::{AlbBalancerPlan, BalancerPlan, LogRolePlan, Plan, Value};

/// One sentence or two each.
pub(crate) fn notes(plan: &Plan, names: &OutputNames) -> Vec<String> {
    let mut notes: Vec<String> = protected(plan).into_iter().collect();
    if !plan.has_gateway {
        return notes;
    }
    notes.extend(role(plan));
    let stage = &plan.stage;
    if stage
        .request_log
        .as_ref()
        .is_some_and(|log| log.kms_key.is_some())
    {
        notes.push("The policy of the key that encrypts the logs has to let CloudWatch Logs of this region use it.".to_owned());
    }
    if stage.has_client_certificate {
        let certificate = names.code("client_certificate_id");
        notes.push(format!(
            "The backends trust the certificate {certificate}; `aws apigateway get-client-certificate --client-certificate-id ID` \
             shows it. It ends after a year, and a new one has to be trusted before it takes its place."
        ));
    }
    if stage.has_metrics {
        notes.push(
            "`stage.metrics: true` gives each method metrics of its own, preflights too, which are billed as custom metrics. Those of the whole \
             API and of its stage cost nothing, and are there without."
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
        (LogRolePlan::Existing, _) => "API Gateway writes logs with the role of the account's settings in this region. Look before the first \
             deployment: `aws apigateway get-account --query cloudwatchRoleArn` shows it; where it shows `null`, AWS refuses the stage in the \
             middle of the deployment."
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

/// How a stack with load balancers that are protected against deletion is deployed and deleted.
///
/// Source: docs/aws-rules.md#l33.
fn protected(plan: &Plan) -> Option<String> {
    let network = plan.network.as_ref()?;
    let nlb = network.nlb.as_ref().is_some_and(|nlb| match &nlb.balancer {
        BalancerPlan::Made {
            deletion_protection,
            ..
        } => is_protected(deletion_protection),
        BalancerPlan::Existing { .. } => false,
    });
    let alb = network.alb.as_ref().is_some_and(|alb| match &alb.balancer {
        AlbBalancerPlan::Made {
            deletion_protection,
            ..
        } => is_protected(deletion_protection),
        AlbBalancerPlan::Existing { .. } => false,
    });
    let fields = match (nlb, alb) {
        (false, false) => return None,
        (true, false) => "`nlb.deletion_protection: false`",
        (false, true) => "`alb.deletion_protection: false`",
        (true, true) => "`deletion_protection: false` in `nlb` and in `alb`",
    };
    Some(match plan.output.format {
        OutputFormat::Terraform | OutputFormat::TerraformJson => format!(
            "AWS refuses to delete a load balancer that is protected: before `terraform destroy`, write {fields}, render and apply."
        ),
        OutputFormat::Cloudformation => {
            "Deploy for the first time with `DeletionProtection=false`, and once more with `true`, which is the default. Where a first \
             deployment fails, CloudFormation deletes what was made, and a protected load balancer ends that in `ROLLBACK_FAILED`. Before the \
             stack is deleted, deploy with `false` again."
                .to_owned()
        }
    })
}

/// Returns whether a load balancer is protected, or may be by an input.
fn is_protected(protection: &Value) -> bool {
    !matches!(protection, Value::Literal(text) if &**text == "false")
}
