//! EventBridge: schedules, and their leave to call.
//!
//! In: fields with types. Out: text in a sink. Pure.

use super::python::PythonFunction;
use super::{Home, Kind};
use serde::Serialize;

use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Names, Spelling, Value};

/// Calls a function again and again.
#[derive(Debug, Serialize)]
pub struct Schedule {
    pub name: Value,
    pub description: &'static str,
    /// `rate(1 minute)`. Source: docs/aws-rules.md#z9.
    pub expression: String,
    pub function: Handle<PythonFunction>,
}

/// Terraform's block of the target, and its name there. Source: docs/aws-rules.md#z10.
const TARGET: &str = "aws_cloudwatch_event_target";
const TARGET_ID: &str = "function";

/// What is not called in time is not called late: the next run is never far. Unit: seconds, tries.
///
/// Source: docs/aws-rules.md#y12; EventBridge API reference, RetryPolicy (60 seconds at least),
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html>.
const RETRY: (u32, u32) = (60, 0);

impl Kind for Schedule {
    const NAMES: Names = Names {
        terraform: "aws_cloudwatch_event_rule",
        cloudformation: "AWS::Events::Rule",
        word: "Schedule",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.attribute("description", self.description);
            out.attribute("schedule_expression", &self.expression);
            out.tags();
        });
        out.block_of(TARGET, label.as_str(), |out| {
            out.bare(
                "rule",
                format_args!("{}.{label}.name", Self::NAMES.terraform),
            );
            out.attribute("target_id", TARGET_ID);
            out.attribute("arn", self.function.arn());
            out.block("retry_policy", |out| {
                out.attribute("maximum_event_age_in_seconds", RETRY.0);
                out.attribute("maximum_retry_attempts", RETRY.1);
            });
        });
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

impl Handle<Schedule> {
    pub fn arn(&self) -> Value {
        self.attribute("arn", Spelling::GetAtt("Arn"))
    }
}

/// Leave for a schedule to call its function.
#[derive(Debug, Serialize)]
pub struct SchedulePermission {
    pub function: Handle<PythonFunction>,
    pub schedule: Handle<Schedule>,
}

/// Source: docs/aws-rules.md#z10.
const PRINCIPAL: &str = "events.amazonaws.com";

impl Kind for SchedulePermission {
    const NAMES: Names = Names {
        terraform: "aws_lambda_permission",
        cloudformation: "AWS::Lambda::Permission",
        word: "SchedulePermission",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("action", "lambda:InvokeFunction");
            out.attribute("function_name", self.function.name());
            out.attribute("principal", PRINCIPAL);
            out.attribute("source_arn", self.schedule.arn());
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.text("Action", "lambda:InvokeFunction");
        out.value("FunctionName", &self.function.name());
        out.text("Principal", PRINCIPAL);
        out.value("SourceArn", &self.schedule.arn());
    }
}
