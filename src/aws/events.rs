//! EventBridge: schedules, and their permissions to call functions.

use serde::Serialize;

use super::python::PythonFunction;
use super::{Arguments, Copied, Function, HasArn, Home, Kind, TypeChanges};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Spelling, Value};

/// Calls a function again and again.
#[derive(Debug, Serialize)]
pub struct Schedule {
    pub name: Value,
    pub description: &'static str,
    /// `rate(1 minute)`. Source: docs/aws-rules.md#z9.
    pub expression: String,
    pub function: Handle<PythonFunction>,
}

fields! { Schedule { route: [expression, function], other: [name, description] } }

/// Terraform's block of the target, and its name there. Source: docs/aws-rules.md#z10.
const TARGET: &str = "aws_cloudwatch_event_target";
const TARGET_ID: &str = "function";

/// Age of a missed call after which it is dropped, and its retries. Unit: seconds, tries.
///
/// Source: docs/aws-rules.md#y12; EventBridge API reference, RetryPolicy (60 seconds at least),
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html>.
const RETRY: (u32, u32) = (60, 0);

impl Kind for Schedule {
    const TERRAFORM: &'static str = "aws_cloudwatch_event_rule";
    const CLOUDFORMATION: &'static str = "AWS::Events::Rule";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["name"];
    const CREATE_ONLY: Arguments = &["Name"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name", &self.name);
        out.attribute("description", self.description);
        out.attribute("schedule_expression", &self.expression);
        out.tags();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.text("Description", self.description);
        out.text("ScheduleExpression", &self.expression);
        out.objects("Targets", [()], |out, ()| {
            out.text("Id", TARGET_ID);
            out.value("Arn", &self.function.arn());
            out.object("RetryPolicy", |out| {
                out.number("MaximumEventAgeInSeconds", RETRY.0);
                out.number("MaximumRetryAttempts", RETRY.1);
            });
        });
    }
}

impl Schedule {
    pub(crate) const MORE_BLOCKS: &'static [TypeChanges] = &[TypeChanges::new(
        TARGET,
        &["rule", "target_id"],
        Copied::Nothing,
    )];

    pub(crate) fn more_blocks(&self, label: &Label, out: &mut Terraform) {
        out.resource(TARGET, label.as_str(), |out| {
            out.bare("rule", format_args!("{}.{label}.name", Self::TERRAFORM));
            out.attribute("target_id", TARGET_ID);
            out.attribute("arn", self.function.arn());
            out.block("retry_policy", |out| {
                out.attribute("maximum_event_age_in_seconds", RETRY.0);
                out.attribute("maximum_retry_attempts", RETRY.1);
            });
        });
    }
}

impl HasArn for Schedule {
    const ARN: Spelling = Spelling::GetAtt("Arn");
}

/// Permission of a schedule to call its function.
#[derive(Debug, Serialize)]
pub struct SchedulePermission {
    pub function: Handle<PythonFunction>,
    pub schedule: Handle<Schedule>,
}

fields! { SchedulePermission { access: [function, schedule] } }

/// Source: docs/aws-rules.md#z10.
const PRINCIPAL: &str = "events.amazonaws.com";

impl Kind for SchedulePermission {
    const TERRAFORM: &'static str = "aws_lambda_permission";
    const CLOUDFORMATION: &'static str = "AWS::Lambda::Permission";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["action", "function_name", "principal", "source_arn"];
    const CREATE_ONLY: Arguments = &["Action", "FunctionName", "Principal", "SourceArn"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        let function = Function::Made(self.function.clone());
        function.permit(PRINCIPAL, self.schedule.arn(), out);
    }

    fn cloudformation(&self, out: &mut Properties) {
        let function = Function::Made(self.function.clone());
        function.permit_in_template(PRINCIPAL, &self.schedule.arn(), out);
    }
}
