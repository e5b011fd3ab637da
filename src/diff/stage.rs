//! Differences of the stage.
//! In: its plan. Out: its facts. Pure.

use super::Fact;
use super::part::{joined, optional, step, text, yes};
use crate::blueprint::ExecutionLog;
use crate::listing::field::{self, FieldValue, Set};
use crate::listing::value_text;
use crate::plan::{self, ClusterPlan, LogRolePlan, RequestLogPlan, StagePlan};

pub(super) fn facts<'a>(name: &plan::Value, stage: &'a StagePlan) -> Vec<Fact<'a>> {
    let StagePlan {
        request_log,
        execution_log,
        log_retention_days,
        has_metrics,
        is_traced,
        variables,
        has_client_certificate,
        // Rows of routes say what holds for each.
        throttle: _,
        cache,
        web_acl,
        role,
    } = stage;
    let log = request_log.as_ref().map(request_log_text);
    let own = match execution_log {
        ExecutionLog::Off => "off".to_owned(),
        level => format!("{}, kept {log_retention_days} days", level.name()),
    };
    let variables = variables.iter();
    let variables = variables.map(|(name, value)| format!("{name}={}", value_text(value)));
    let cluster = cache.as_ref().map(cluster_text);
    let role = match role {
        LogRolePlan::Existing => "existing",
        LogRolePlan::Managed => "managed",
        LogRolePlan::Arn(arn) => arn,
    };
    let acl = Set::of(web_acl.iter().map(value_text), "none").or_whole();
    let shows = step(!has_client_certificate, ["shown", "none"]);
    let setting = |value, at| Fact::new(&field::SETTING, value, at);
    vec![
        Fact::new(&field::STAGE, text(value_text(name)), "/stage/name"),
        Fact::new(&field::WAF, FieldValue::AnyOf(acl), "/api/waf"),
        Fact::new(
            &field::CLIENT_CERTIFICATE,
            shows,
            "/stage/client_certificate",
        ),
        Fact::new(&field::LOGS, optional(log.as_deref()), "/stage/access_log"),
        Fact::new(&field::LOGS, text(own), "/stage/execution_log"),
        setting(yes(*has_metrics), "/stage/metrics"),
        setting(yes(*is_traced), "/stage/tracing"),
        setting(joined(variables), "/stage/variables"),
        setting(optional(cluster.as_deref()), "/stage/cache"),
        setting(text(role), "/account/cloudwatch_role"),
    ]
}

fn request_log_text(log: &RequestLogPlan) -> String {
    let RequestLogPlan {
        retention_days,
        kms_key,
    } = log;
    let key = kms_key
        .as_ref()
        .map(|key| format!(", key {}", value_text(key)));
    format!("kept {retention_days} days{}", key.unwrap_or_default())
}

fn cluster_text(cluster: &ClusterPlan) -> String {
    let ClusterPlan {
        size,
        ttl_s,
        is_encrypted,
    } = cluster;
    format!(
        "{size} GB, {ttl_s} s{}",
        if *is_encrypted { ", encrypted" } else { "" }
    )
}
