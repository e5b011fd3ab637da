//! The function that keeps the addresses of the application load balancer: one for all listeners,
//! its role, its schedule, its alarms.
//! In: `SyncPlan`, target groups. Out: nodes in the stack. Pure.
//! Nothing waits for addresses: the first run, within the schedule's time after the deployment,
//! registers them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::write_logs;
use crate::assemble::outputs::{self, Owner};
use crate::assemble::values::{short_name, text, value};
use crate::assemble::{NetworkNodes, PassedOn};
use crate::aws::{
    Alarm, ApplicationBalancerRef, Bucket, Comparison, FunctionCode, LogGroup, PythonFunction,
    Role, Schedule, SchedulePermission, Stack, Statement,
};
use crate::blueprint::SyncState;
use crate::plan::{Plan, SyncPlan};
use crate::stack::{File, Handle, Here, Label, Value};

/// Its code.
const CODE: FunctionCode = FunctionCode {
    name: "sync",
    text: include_str!("../../../templates/functions/sync.py"),
};

/// Room for the client of AWS; most of a run waits for DNS. Unit: megabytes.
pub(crate) const MEMORY_MB: u32 = 256;

/// Shorter than the shortest schedule, so that runs do not overlap. Unit: seconds. Source:
/// docs/aws-rules.md#y12.
const TIMEOUT_S: u32 = 55;

/// Runs that an alarm looks at together, and the count of failed ones that raises it: the next run
/// repairs one failure.
const RUNS: u32 = 5;
const ERRORS: f64 = 3.0;

/// Namespace of the function's own metrics, and the metric that each successful run writes; both
/// are in `templates/functions/sync.py`.
const NAMESPACE: &str = "GwGen/AlbIpSync";
const ADDRESSES: &str = "AddressCount";

fn label() -> Label {
    Label::new("sync")
}

/// Builds all resources of the function.
pub(crate) fn sync(stack: &mut Stack, plan: &Plan, network: Option<&NetworkNodes>) {
    let sync = plan
        .network
        .as_ref()
        .and_then(|network| network.sync.as_ref());
    let balancer = network.and_then(|nodes| Some((nodes.alb.as_ref()?, &nodes.passed_on)));
    let (Some(sync), Some((balancer, groups))) = (sync, balancer) else {
        return;
    };
    let state = State::of(stack, plan, sync);
    let name = text(&plan.prefix.with("-sync"));
    let log_group = super::log_group(stack, plan, &label(), &name, sync.log_retention_days);
    let role = Role {
        service: "lambda.amazonaws.com",
        description: "What the function that keeps the balancer's addresses may do",
        name_prefix: short_name(stack, plan, &plan.prefix.short("-sync-")),
        statements: statements(&log_group, groups, &state),
        is_retained: false,
    };
    let role = stack.add(File::Functions, label(), role);
    let function = PythonFunction {
        name: name.clone(),
        description: "Keeps the addresses of the application load balancer in the target groups of the network load balancer",
        code: CODE,
        runtime: Arc::clone(&sync.runtime),
        memory_mb: MEMORY_MB,
        timeout_s: TIMEOUT_S,
        reserved_concurrency: sync.reserves_concurrency.then_some(1),
        environment: environment(sync, balancer, groups, &state),
        network: None,
        role,
        log_group,
        is_traced: false,
    };
    let function = stack.add(File::Functions, label(), function);
    schedule(stack, sync, name, &function);
    alarms(stack, plan, sync, &function);
    let owner = Owner::new(
        "sync",
        "the function that keeps the application load balancer's addresses",
    );
    outputs::function(stack, &owner, &function);
    let (description, place) = state.output();
    stack.output("sync_state", description, place);
}

/// Store of the counters.
enum State {
    /// Below this path of the Systems Manager's parameters.
    Parameters(Value),
    Bucket(Handle<Bucket>),
}

/// Prefix of keys in the bucket.
const KEY_PREFIX: &str = "sync";

impl State {
    fn of(stack: &mut Stack, plan: &Plan, sync: &SyncPlan) -> Self {
        match sync.state {
            SyncState::Ssm => {
                let path = [
                    Value::literal("/gwgen/"),
                    text(&plan.prefix.with("")),
                    Value::literal("/sync"),
                ];
                Self::Parameters(Value::Text(path.into()))
            }
            SyncState::S3 => {
                let bucket = Bucket {
                    name_prefix: short_name(stack, plan, &plan.prefix.short("-sync-")),
                };
                Self::Bucket(stack.add(File::Functions, label(), bucket))
            }
        }
    }

    /// Source: docs/aws-rules.md#z1, docs/aws-rules.md#z2: without permission to list the bucket an
    /// object that is missing looks like one that is denied.
    fn statements(&self) -> Vec<Statement> {
        let statement = |sid, actions, resource| Statement {
            sid,
            actions,
            resources: vec![resource],
            condition: None,
        };
        match self {
            Self::Parameters(path) => {
                let start = [
                    Value::literal("arn:"),
                    Value::Here(Here::Partition),
                    Value::literal(":ssm:"),
                    Value::Here(Here::Region),
                    Value::literal(":"),
                ];
                let end = [
                    Value::Here(Here::Account),
                    Value::literal(":parameter"),
                    path.clone(),
                    Value::literal("/*"),
                ];
                let actions = &["ssm:GetParameter", "ssm:PutParameter"];
                vec![statement(
                    "Remember",
                    actions,
                    Value::Text(start.into_iter().chain(end).collect()),
                )]
            }
            Self::Bucket(bucket) => {
                let keys = Value::Text(vec![
                    bucket.arn(),
                    Value::literal(format!("/{KEY_PREFIX}/*")),
                ]);
                vec![
                    statement("Remember", &["s3:GetObject", "s3:PutObject"], keys),
                    statement("TellMissingFromDenied", &["s3:ListBucket"], bucket.arn()),
                ]
            }
        }
    }

    fn environment(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Parameters(path) => vec![
                ("STATE", Value::literal("ssm")),
                ("STATE_PREFIX", path.clone()),
            ],
            Self::Bucket(bucket) => {
                vec![
                    ("STATE", Value::literal("s3")),
                    ("STATE_PREFIX", Value::literal(KEY_PREFIX)),
                    ("STATE_BUCKET", bucket.name()),
                ]
            }
        }
    }

    /// A description of where the counters are, and the place.
    fn output(&self) -> (&'static str, Value) {
        match self {
            Self::Parameters(path) => (
                "Path below which the function keeps its counters as parameters of the Systems Manager.",
                path.clone(),
            ),
            Self::Bucket(bucket) => (
                "Name of the bucket in which the function keeps its counters.",
                bucket.name(),
            ),
        }
    }
}

/// Source: docs/aws-rules.md#z1: to register takes the group's ARN, to look knows no resources.
fn statements(log_group: &Handle<LogGroup>, groups: &[PassedOn], state: &State) -> Vec<Statement> {
    let register = &[
        "elasticloadbalancing:RegisterTargets",
        "elasticloadbalancing:DeregisterTargets",
    ];
    let look = &["elasticloadbalancing:DescribeTargetHealth"];
    let mut statements = vec![
        write_logs(log_group),
        Statement {
            sid: "Keep",
            actions: register,
            resources: groups.iter().map(|passed| passed.group.arn()).collect(),
            condition: None,
        },
        Statement {
            sid: "Look",
            actions: look,
            resources: vec![Value::literal("*")],
            condition: None,
        },
    ];
    statements.extend(state.statements());
    statements
}

/// Environment variables of the function; `templates/functions/sync.py` describes each.
fn environment(
    sync: &SyncPlan,
    balancer: &ApplicationBalancerRef,
    groups: &[PassedOn],
    state: &State,
) -> BTreeMap<String, Value> {
    let number = |number: u32| Value::literal(number.to_string());
    let group = |(index, passed): (usize, &PassedOn)| {
        let separator = if index > 0 { "," } else { "" };
        [
            Value::literal(format!("{separator}{}=", passed.port)),
            passed.group.arn(),
        ]
    };
    let environment = [
        ("ALB_DNS_NAME", balancer.dns_name()),
        (
            "TARGET_GROUPS",
            Value::Text(groups.iter().enumerate().flat_map(group).collect()),
        ),
        (
            "MISSING_BEFORE_DEREGISTER",
            number(sync.missing_before_deregister),
        ),
        ("MAX_LOOKUPS_PER_RUN", number(sync.max_lookups_per_run)),
        ("SCHEDULE_SECONDS", number(sync.interval_minutes * 60)),
    ];
    environment
        .into_iter()
        .chain(state.environment())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn schedule(stack: &mut Stack, sync: &SyncPlan, name: Value, function: &Handle<PythonFunction>) {
    let schedule = Schedule {
        name,
        description: "Runs the function that keeps the application load balancer's addresses",
        expression: match sync.interval_minutes {
            1 => "rate(1 minute)".to_owned(),
            minutes => format!("rate({minutes} minutes)"),
        },
        function: function.clone(),
    };
    let schedule = stack.add(File::Functions, label(), schedule);
    // A backend may be called `sync`, and have a permission of that label.
    stack.add(
        File::Functions,
        Label::new("sync__schedule"),
        SchedulePermission {
            function: function.clone(),
            schedule,
        },
    );
}

/// Alarms for runs that fail and for runs that stopped.
fn alarms(stack: &mut Stack, plan: &Plan, sync: &SyncPlan, function: &Handle<PythonFunction>) {
    let Some(topic) = &sync.alarm_topic else {
        return;
    };
    let of_function = ("FunctionName", function.name());
    let period_s = sync.interval_minutes * 60 * RUNS;
    let errors = Alarm {
        name: text(&plan.prefix.with("-sync-errors")),
        description: "Runs fail that keep the application load balancer's addresses; its targets stay as they were".to_owned(),
        namespace: "AWS/Lambda",
        metric: "Errors",
        dimensions: vec![of_function.clone()],
        statistic: "Sum",
        period_s,
        evaluation_periods: 1,
        comparison: Comparison::AtLeast,
        threshold: ERRORS,
        missing_data: "notBreaching",
        topic: value(topic),
    };
    let stopped = Alarm {
        name: text(&plan.prefix.with("-sync-stopped")),
        description: "No run ended well that keeps the application load balancer's addresses; its targets stay as they were".to_owned(),
        namespace: NAMESPACE,
        metric: ADDRESSES,
        dimensions: vec![of_function],
        statistic: "SampleCount",
        period_s,
        evaluation_periods: 1,
        comparison: Comparison::Below,
        threshold: 1.0,
        missing_data: "breaching",
        topic: value(topic),
    };
    stack.add(File::Alarms, Label::new("sync__errors"), errors);
    stack.add(File::Alarms, Label::new("sync__stopped"), stopped);
}
