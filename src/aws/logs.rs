//! CloudWatch: log groups and alarms.
//!
//! In: fields with types. Out: text in a sink. Pure.

use super::{Home, Kind};
use serde::Serialize;

use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Here, Label, Names, Spelling, Value};

/// A log group.
#[derive(Debug, Serialize)]
pub struct LogGroup {
    pub name: Value,
    pub retention_days: u32,
    pub kms_key: Option<Value>,
}

impl Kind for LogGroup {
    const NAMES: Names = Names {
        terraform: "aws_cloudwatch_log_group",
        cloudformation: "AWS::Logs::LogGroup",
        word: "LogGroup",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.attribute("retention_in_days", self.retention_days);
            if let Some(key) = &self.kms_key {
                out.attribute("kms_key_id", key);
            }
            out.tags();
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("LogGroupName", &self.name);
        out.number("RetentionInDays", self.retention_days);
        if let Some(key) = &self.kms_key {
            out.value("KmsKeyId", key);
        }
        out.tags();
    }
}

impl Handle<LogGroup> {
    /// Part of where it is deployed.
    pub fn here(&self, part: Here) -> Value {
        Value::Here(part, self.attribute_of("arn", Spelling::GetAtt("Arn")))
    }

    /// Without the `:*` that CloudFormation puts at its end; never in Terraform.
    ///
    /// Source: docs/aws-rules.md#d19.
    pub fn bare_arn(&self) -> Value {
        let arn = [
            Value::literal("arn:"),
            Value::Pseudo("AWS::Partition"),
            Value::literal(":logs:"),
            Value::Pseudo("AWS::Region"),
            Value::literal(":"),
            Value::Pseudo("AWS::AccountId"),
            Value::literal(":log-group:"),
            self.attribute("name", Spelling::Ref),
        ];
        Value::Text(arn.into())
    }

    pub fn arn(&self) -> Value {
        self.attribute("arn", Spelling::GetAtt("Arn"))
    }
}

/// Comparison of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Comparison {
    AtLeast,
    Below,
}

impl Comparison {
    fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => "GreaterThanOrEqualToThreshold",
            Self::Below => "LessThanThreshold",
        }
    }
}

/// An alarm of a metric that leaves its bounds.
#[derive(Debug, Serialize)]
pub struct Alarm {
    pub name: Value,
    pub description: &'static str,
    pub namespace: &'static str,
    pub metric: &'static str,
    pub dimensions: Vec<(&'static str, Value)>,
    pub statistic: &'static str,
    pub period_s: u32,
    pub evaluation_periods: u32,
    pub comparison: Comparison,
    pub threshold: u32,
    /// `breaching`, `notBreaching`, `ignore`, `missing`
    pub missing_data: &'static str,
    /// Topics that are told of the alarm and of its end.
    pub topic: Value,
}

impl Kind for Alarm {
    const NAMES: Names = Names {
        terraform: "aws_cloudwatch_metric_alarm",
        cloudformation: "AWS::CloudWatch::Alarm",
        word: "Alarm",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("alarm_name", &self.name);
            out.attribute("alarm_description", self.description);
            out.attribute("namespace", self.namespace);
            out.attribute("metric_name", self.metric);
            out.attribute("statistic", self.statistic);
            out.attribute("period", self.period_s);
            out.attribute("evaluation_periods", self.evaluation_periods);
            out.attribute("comparison_operator", self.comparison.as_str());
            out.attribute("threshold", self.threshold);
            out.attribute("treat_missing_data", self.missing_data);
            out.values("alarm_actions", std::slice::from_ref(&self.topic));
            out.values("ok_actions", std::slice::from_ref(&self.topic));
            out.tags();
            out.map(
                "dimensions",
                self.dimensions.iter().map(|(name, value)| (*name, value)),
            );
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("AlarmName", &self.name);
        out.text("AlarmDescription", self.description);
        out.text("Namespace", self.namespace);
        out.text("MetricName", self.metric);
        out.text("Statistic", self.statistic);
        out.number("Period", self.period_s);
        out.number("EvaluationPeriods", self.evaluation_periods);
        out.text("ComparisonOperator", self.comparison.as_str());
        out.number("Threshold", self.threshold);
        out.text("TreatMissingData", self.missing_data);
        out.values("AlarmActions", std::slice::from_ref(&self.topic));
        out.values("OKActions", std::slice::from_ref(&self.topic));
        out.objects("Dimensions", &self.dimensions, |out, (name, value)| {
            out.text("Name", name);
            out.value("Value", value);
        });
        out.tags();
    }
}
