//! The stage, and the role with which its account writes logs.
//!
//! In: the blueprint's `stage`, `account` and `api.waf`. Out: `StagePlan`. Pure.

pub(crate) mod cache;
pub(crate) mod deployments;
pub(crate) mod domain;
pub(crate) mod endpoint;
pub(crate) mod gateway_responses;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::variables::Variables;
use super::{InputType, Plan, ThrottlePlan, Value};
use crate::blueprint::{
    AccessLogSpec, Blueprint, CloudwatchRole, ExecutionLog, StageCacheSpec, StageSpec, Switch,
};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::source::pointer;

/// Requests per second, and at once, that AWS gives all APIs of an account in a region at first.
///
/// Source: docs/aws-rules.md#m22.
const ACCOUNT_RATE: f64 = 10_000.0;
const ACCOUNT_BURST: u64 = 5_000;

/// The log of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLogPlan {
    pub retention_days: u32,
    pub kms_key: Option<Value>,
}

/// The cache cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterPlan {
    /// As AWS spells it. Unit: gigabytes.
    pub size: &'static str,
    pub ttl_s: u32,
    pub is_encrypted: bool,
}

/// The role with which API Gateway writes logs, one for all APIs of an account in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogRolePlan {
    /// Others manage it.
    Existing,
    Managed,
    Arn(Arc<str>),
}

/// The one stage, its name aside.
#[derive(Clone, Debug)]
pub struct StagePlan {
    pub request_log: Option<RequestLogPlan>,
    pub execution_log: ExecutionLog,
    /// Of API Gateway's own log: that of the request log.
    pub log_retention_days: u32,
    pub has_metrics: bool,
    pub is_traced: bool,
    pub variables: BTreeMap<Arc<str>, Value>,
    pub has_client_certificate: bool,
    pub throttle: Option<ThrottlePlan>,
    pub cache: Option<ClusterPlan>,
    pub web_acl: Option<Value>,
    pub role: LogRolePlan,
}

impl StagePlan {
    /// Returns whether the account's role is needed.
    pub fn writes_logs(&self) -> bool {
        self.request_log.is_some() || self.execution_log != ExecutionLog::Off
    }
}

/// The stage's name.
pub(crate) fn name(blueprint: &Blueprint, variables: &mut Variables<'_>) -> Value {
    let name = &blueprint.spec.stage.name;
    variables.value(name, InputType::StageName, "/stage/name")
}

/// Decides the stage.
///
/// Errors: those of its values; GW4088 throttle above the account's (a warning), GW5015 role of
/// others (a note).
pub(crate) fn stage(blueprint: &Blueprint, variables: &mut Variables<'_>) -> StagePlan {
    let spec = &blueprint.spec.stage;
    let throttle = spec
        .throttle
        .as_ref()
        .and_then(Switch::on)
        .map(ThrottlePlan::of);
    if let Some(throttle) = throttle
        && let Some(finding) = above_account(throttle, blueprint.place("/stage/throttle"))
    {
        variables.report(finding);
    }
    StagePlan {
        request_log: request_log(spec, variables),
        execution_log: spec.execution_log,
        log_retention_days: log_retention_days(&spec.access_log),
        has_metrics: spec.metrics,
        is_traced: spec.tracing,
        variables: stage_variables(spec, variables),
        has_client_certificate: spec.client_certificate,
        throttle,
        cache: spec.cache.as_ref().and_then(Switch::on).map(cluster),
        web_acl: (blueprint.spec.api.waf.as_ref())
            .map(|waf| variables.value(waf, InputType::WebAcl, "/api/waf")),
        role: match &blueprint.spec.account.cloudwatch_role {
            CloudwatchRole::Existing => LogRolePlan::Existing,
            CloudwatchRole::Create => LogRolePlan::Managed,
            CloudwatchRole::Arn(arn) => {
                variables.check_account(arn, "/account/cloudwatch_role");
                LogRolePlan::Arn(arn.as_str().into())
            }
        },
    }
}

fn stage_variables(spec: &StageSpec, variables: &mut Variables<'_>) -> BTreeMap<Arc<str>, Value> {
    let written = spec.variables.iter().flatten();
    written
        .map(|(name, value)| {
            let at = pointer::child("/stage/variables", name);
            let value = variables.value(value, InputType::StageVariable, &at);
            (name.as_str().into(), value)
        })
        .collect()
}

fn request_log(spec: &StageSpec, variables: &mut Variables<'_>) -> Option<RequestLogPlan> {
    let log = spec.access_log.on()?;
    Some(RequestLogPlan {
        retention_days: log.retention_days,
        kms_key: log
            .kms_key
            .as_ref()
            .map(|key| variables.value(key, InputType::LogKey, "/stage/access_log/kms_key")),
    })
}

/// Days of retention of logs that have no setting of their own.
fn log_retention_days(access_log: &Switch<AccessLogSpec>) -> u32 {
    let log = access_log.on().cloned().unwrap_or_default();
    log.retention_days
}

fn cluster(spec: &StageCacheSpec) -> ClusterPlan {
    ClusterPlan {
        size: spec.size().unwrap_or_default(),
        ttl_s: spec.ttl.seconds(),
        is_encrypted: spec.encrypted,
    }
}

/// Reports a throttle above the account's own.
pub(crate) fn above_account(throttle: ThrottlePlan, place: Place) -> Option<Diagnostic> {
    if throttle.rate <= ACCOUNT_RATE && throttle.burst <= ACCOUNT_BURST {
        return None;
    }
    Some(
        diagnostic::THROTTLE_ABOVE_ACCOUNT
            .at(place)
            .message(format_args!(
                "{} requests per second and {} at once is more than an account has at first for all of its APIs: {ACCOUNT_RATE} and {ACCOUNT_BURST}",
                throttle.rate, throttle.burst
            ))
            .help("have AWS raise the account's throttle, or write less"),
    )
}

/// Notes that an existing role is assumed, unless the blueprint declares it.
///
/// Source: docs/aws-rules.md#d17 (one role for an account and region; without it AWS refuses a
/// stage that logs).
pub(crate) fn role_of_others(plan: &Plan, blueprint: &Blueprint) -> Option<Diagnostic> {
    let is_written = blueprint.is_written("/account/cloudwatch_role");
    let is_assumed = plan.stage.role == LogRolePlan::Existing && !is_written;
    if !(plan.has_gateway && plan.stage.writes_logs() && is_assumed) {
        return None;
    }
    Some(
        diagnostic::ROLE_OF_OTHERS
        .at(blueprint.place("/account/cloudwatch_role"))
        .message("the stage writes logs with the role of the account's API Gateway settings in this region, which is taken to be there")
        .help(
            "check it with `aws apigateway get-account --query cloudwatchRoleArn`; where that prints `null` for an account that nobody else looks after, \
             write `account: {cloudwatch_role: create}`, and `existing` in its place where the role is there, which ends this note",
        ),
    )
}
