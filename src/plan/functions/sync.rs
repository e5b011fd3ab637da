//! The function that keeps a target group equal to the addresses of the application load balancer.
//!
//! In: `SyncSpec`, `ExistingAlbSpec`. Out: `SyncPlan`, findings. Pure.
//! `templates/functions/sync.py` describes the use of each of these.

use std::sync::Arc;

use super::python::{self, MAX_ENVIRONMENT_BYTES, report_value};
use crate::blueprint::{AccessLogSpec, BackendSpec, ExistingAlbSpec, SyncSpec, SyncState};
use crate::diagnostic;
use crate::plan::alarms;
use crate::plan::variables::Variables;
use crate::plan::{AlbPlan, InputType, Value};

/// The function, with every default filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncPlan {
    /// Between two runs.
    pub interval_minutes: u32,
    pub missing_before_deregister: u32,
    pub max_lookups_per_run: u32,
    pub state: SyncState,
    pub runtime: Arc<str>,
    /// ARN of the topic that alarms notify; without one there are no alarms.
    pub alarm_topic: Option<Value>,
    /// One concurrent run of the account is reserved for it.
    pub reserves_concurrency: bool,
    pub log_retention_days: u32,
    /// Of the target group that it keeps.
    pub deregistration_delay_s: u32,
}

/// Milliseconds of a minute, of which a schedule takes whole ones. Source: docs/aws-rules.md#z9.
const MINUTE_MS: u64 = 60_000;

/// Longest time between two runs: an address that the balancer left must not be a target for days.
/// Unit: minutes.
const MAX_MINUTES: u64 = 24 * 60;

/// Size of a listener in the function's environment: `65535=` and an ARN, of the longest
/// partition, region and name, and a comma.
///
/// Unit: bytes. Source: docs/aws-rules.md#l2 (32 characters); ELB's ARNs end with
/// `targetgroup/<name>/<16 characters>`.
const LISTENER_BYTES: usize = 132;

/// Size of all else there: eight variables, of which the balancer's name and the address of the
/// state are long. Unit: bytes.
const FIXED_BYTES: usize = 400;

/// Decides the function.
///
/// Errors: GW2002 value, GW2008 Terraform only, GW4071 environment, GW4072 and GW4073 counts
/// (warnings).
pub(crate) fn sync(variables: &mut Variables<'_>, alb: Option<&AlbPlan>) -> Option<SyncPlan> {
    let topology = variables.blueprint().spec.topology;
    let alb = alb.filter(|_| topology.has_sync())?;
    let spec = &variables.blueprint().spec.sync;
    let (missing, lookups) = (spec.missing_before_deregister, spec.max_lookups_per_run);
    for (name, count) in [
        ("missing_before_deregister", missing),
        ("max_lookups_per_run", lookups),
    ] {
        if count == 0 {
            let message = "it is a count of 1 or more, not 0";
            report_value(variables, &format!("/sync/{name}"), message);
        }
    }
    risky_counts(variables, spec);
    let bytes = FIXED_BYTES + alb.listeners.len() * LISTENER_BYTES;
    if bytes > MAX_ENVIRONMENT_BYTES {
        variables.report(
            diagnostic::ENVIRONMENT_TOO_LARGE
                .at(variables.place("/alb/listeners"))
                .message(format_args!(
                    "the target groups of {} listeners take up to {bytes} bytes in the environment of the function that keeps them, and Lambda takes {MAX_ENVIRONMENT_BYTES}",
                    alb.listeners.len()
                ))
                .help("serve more backends on fewer listeners, or use topology `nlb-alb`, which has no such function"),
        );
    }
    Some(SyncPlan {
        interval_minutes: interval(variables, spec),
        missing_before_deregister: missing,
        max_lookups_per_run: lookups,
        state: spec.state,
        runtime: python::runtime(variables, &spec.runtime, "/sync/runtime"),
        alarm_topic: alarm_topic(variables, spec),
        reserves_concurrency: spec.reserve_concurrency,
        log_retention_days: AccessLogSpec::default().retention_days,
        deregistration_delay_s: BackendSpec::default().deregistration_delay.seconds(),
    })
}

/// Its own topic, or that of all alarms.
fn alarm_topic(variables: &mut Variables<'_>, spec: &SyncSpec) -> Option<Value> {
    if let Some(topic) = &spec.alarm_topic {
        return Some(variables.value(topic, InputType::Topic, "/sync/alarm_topic"));
    }
    let of_all = variables.blueprint().spec.alarms.as_ref()?;
    Some(alarms::topic(variables, of_all))
}

/// Warns of counts that are allowed and probably a mistake.
fn risky_counts(variables: &mut Variables<'_>, spec: &SyncSpec) {
    if spec.missing_before_deregister == 1 {
        variables.report(
            diagnostic::LEAVES_AFTER_ONE_RUN
                .at(variables.place("/sync/missing_before_deregister"))
                .message("an address leaves with the first run that lacks it, so one wrong moment of DNS takes a healthy address out")
                .help("write 2 or more, or remove the line: it is 3 then"),
        );
    }
    if spec.max_lookups_per_run == 1 {
        variables.report(
            diagnostic::NOTHING_EVER_LEAVES
                .at(variables.place("/sync/max_lookups_per_run"))
                .message("an address counts as missing once a second lookup of the run agrees; with one lookup no address ever leaves")
                .help("write 2 or more, or remove the line: it is 50 then"),
        );
    }
}

fn interval(variables: &mut Variables<'_>, spec: &SyncSpec) -> u32 {
    let milliseconds = spec.schedule.milliseconds();
    let minutes = milliseconds / MINUTE_MS;
    if !(1..=MAX_MINUTES).contains(&minutes) || !milliseconds.is_multiple_of(MINUTE_MS) {
        let message =
            format!("{milliseconds} ms is no schedule: runs are whole minutes apart, `1m` to `1d`");
        report_value(variables, "/sync/schedule", &message);
    }
    u32::try_from(minutes).unwrap_or(u32::MAX)
}

/// The name of an existing balancer that the function looks up in DNS.
///
/// Errors: GW2003 missing field, GW2002 value, GW2008 Terraform only.
pub(crate) fn balancer_name(
    variables: &mut Variables<'_>,
    existing: &ExistingAlbSpec,
) -> Option<Value> {
    if existing.dns_name.is_none() {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(variables.place("/alb/existing"))
                .message("a function keeps the addresses of the balancer, which is named without the `dns_name` that they are found by")
                .help("add `dns_name: {var: alb_dns}`: the name that AWS made, not an alias of it"),
        );
    }
    let name = existing.dns_name.as_ref()?;
    Some(variables.value(name, InputType::AlbName, "/alb/existing/dns_name"))
}
