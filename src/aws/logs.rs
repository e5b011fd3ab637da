//! CloudWatch: log groups and alarms.

use serde::Serialize;

use super::{Arguments, Copied, HasArn, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Spelling, Value};

/// A log group.
#[derive(Debug, Serialize)]
pub struct LogGroup {
    pub name: Value,
    pub retention_days: u32,
    pub kms_key: Option<Value>,
}

fields! { LogGroup { other: [name, retention_days, kms_key] } }

impl Kind for LogGroup {
    const TERRAFORM: &'static str = "aws_cloudwatch_log_group";
    const CLOUDFORMATION: &'static str = "AWS::Logs::LogGroup";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["name"];
    const CREATE_ONLY: Arguments = &["LogGroupName"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name", &self.name);
        out.attribute("retention_in_days", self.retention_days);
        out.optional("kms_key_id", self.kms_key.as_ref());
        out.tags();
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

impl HasArn for LogGroup {
    const ARN: Spelling = Spelling::GetAtt("Arn");
}

impl Handle<LogGroup> {
    pub fn name(&self) -> Value {
        self.attribute("name", Spelling::Ref)
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
            self.name(),
        ];
        Value::Text(arn.into())
    }
}

/// Comparison of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Comparison {
    AtLeast,
    Below,
}

impl super::fields::Other for Comparison {}

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
    pub description: String,
    pub namespace: &'static str,
    pub metric: &'static str,
    pub dimensions: Vec<(&'static str, Value)>,
    /// `Sum`, or a percentile such as `p99`.
    pub statistic: &'static str,
    pub period_s: u32,
    pub evaluation_periods: u32,
    pub comparison: Comparison,
    pub threshold: f64,
    /// `breaching`, `notBreaching`, `ignore`, `missing`
    pub missing_data: &'static str,
    /// Topic that gets a message when the alarm begins and ends.
    pub topic: Value,
}

fields! { Alarm {
    other: [
        name, description, namespace, metric, dimensions, statistic, period_s, evaluation_periods,
        comparison, threshold, missing_data, topic,
    ],
} }

impl Alarm {
    fn has_percentile(&self) -> bool {
        self.statistic.starts_with('p')
    }
}

impl Kind for Alarm {
    const TERRAFORM: &'static str = "aws_cloudwatch_metric_alarm";
    const CLOUDFORMATION: &'static str = "AWS::CloudWatch::Alarm";
    const HOME: Home = Home::Network;
    const REPLACED_BY: Arguments = &["alarm_name"];
    const CREATE_ONLY: Arguments = &["AlarmName"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        let statistic = if self.has_percentile() {
            "extended_statistic"
        } else {
            "statistic"
        };
        out.attribute("alarm_name", &self.name);
        out.attribute("alarm_description", &self.description);
        out.attribute("namespace", self.namespace);
        out.attribute("metric_name", self.metric);
        out.attribute(statistic, self.statistic);
        out.attribute("period", self.period_s);
        out.attribute("evaluation_periods", self.evaluation_periods);
        out.attribute("comparison_operator", self.comparison.as_str());
        out.attribute("threshold", self.threshold);
        out.attribute("treat_missing_data", self.missing_data);
        out.values("alarm_actions", std::slice::from_ref(&self.topic));
        out.values("ok_actions", std::slice::from_ref(&self.topic));
        out.tags();
        let dimensions = self.dimensions.iter();
        out.map("dimensions", dimensions.map(|(name, value)| (name, value)));
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("AlarmName", &self.name);
        out.text("AlarmDescription", &self.description);
        out.text("Namespace", self.namespace);
        out.text("MetricName", self.metric);
        let statistic = if self.has_percentile() {
            "ExtendedStatistic"
        } else {
            "Statistic"
        };
        out.text(statistic, self.statistic);
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
