//! Alarms for the API and what is behind it, on metrics that AWS sends anyway.
//!
//! In: `AlarmsPlan`, nodes. Out: nodes in the stack. Pure.
//! `docs/alarms.md` lists them with their thresholds. Source: docs/aws-rules.md#d28,
//! docs/aws-rules.md#l34.

use super::functions::Functions;
use super::values::{text, value};
use super::{BackendNodes, NetworkNodes};
use crate::aws::{Alarm, Comparison, Stack, Stage, TargetGroup, TargetGroupRef};
use crate::plan::{AlarmsPlan, Plan};
use crate::stack::{File, Handle, Label, Value};

/// Shares of the requests that fail, and that are refused, from which on an alarm is raised.
const FAILED: f64 = 0.05;
const REFUSED: f64 = 0.25;

/// Failures, in five minutes, that are no single ones.
const SEVERAL: f64 = 3.0;

/// A metric and the bound that it must not reach.
struct Bound {
    namespace: &'static str,
    metric: &'static str,
    statistic: &'static str,
    minutes: u32,
    threshold: f64,
}

/// The resource whose metric it is.
struct Watched {
    label: Label,
    description: String,
    dimensions: Vec<(&'static str, Value)>,
}

/// An alarm is raised after minutes in a row, each of which reaches the bound; of a sum, the
/// minutes are one period.
fn add(stack: &mut Stack, plan: &Plan, alarms: &AlarmsPlan, bound: &Bound, watched: Watched) {
    let (period_s, evaluation_periods) = if bound.statistic == "Sum" {
        (bound.minutes * 60, 1)
    } else {
        (60, bound.minutes)
    };
    // No name of a backend has a dot.
    let name = watched.label.first().replace("__", ".");
    let alarm = Alarm {
        name: text(&plan.prefix.with(&format!("-{name}"))),
        description: watched.description,
        namespace: bound.namespace,
        metric: bound.metric,
        dimensions: watched.dimensions,
        statistic: bound.statistic,
        period_s,
        evaluation_periods,
        comparison: Comparison::AtLeast,
        threshold: bound.threshold,
        missing_data: "notBreaching",
        topic: value(&alarms.topic),
    };
    stack.add(File::Alarms, watched.label, alarm);
}

/// Adds the alarms of the stage and of the functions that forward.
pub(crate) fn of_gateway(
    stack: &mut Stack,
    plan: &Plan,
    stage: &Handle<Stage>,
    functions: &Functions,
) {
    let Some(alarms) = &plan.alarms else { return };
    let of_api = |metric, statistic, minutes, threshold| Bound {
        namespace: "AWS/ApiGateway",
        metric,
        statistic,
        minutes,
        threshold,
    };
    let latency_ms = f64::from(alarms.latency_ms);
    for (label, description, bound) in [
        (
            "api__5xx",
            "Requests fail: the gateway, an integration or a backend answers with 5xx".to_owned(),
            of_api("5XXError", "Average", 3, FAILED),
        ),
        (
            "api__4xx",
            "Many requests are refused with 4xx; those that are throttled (429) are among them"
                .to_owned(),
            of_api("4XXError", "Average", 5, REFUSED),
        ),
        (
            "api__latency",
            format!(
                "The slowest requests take {latency_ms} ms and more, close to the longest timeout"
            ),
            of_api("Latency", "p99", 5, latency_ms),
        ),
    ] {
        let dimensions = vec![
            ("ApiName", text(&plan.prefix.with(""))),
            ("Stage", stage.name()),
        ];
        let label = Label::new(label);
        let watched = Watched {
            label,
            description,
            dimensions,
        };
        add(stack, plan, alarms, &bound, watched);
    }
    for (backend, function) in functions {
        for (metric, threshold, what) in [
            ("Errors", SEVERAL, "fails"),
            ("Throttles", 1.0, "is throttled"),
        ] {
            let bound = Bound {
                namespace: "AWS/Lambda",
                metric,
                statistic: "Sum",
                minutes: 5,
                threshold,
            };
            let watched = Watched {
                label: function
                    .label()
                    .spelt(|name| format!("function__{}__{name}", metric.to_lowercase())),
                description: format!("The function that forwards to `{backend}` {what}"),
                dimensions: vec![("FunctionName", function.name())],
            };
            add(stack, plan, alarms, &bound, watched);
        }
    }
}

/// Adds the alarms of the application load balancer and of target groups.
pub(crate) fn of_network(
    stack: &mut Stack,
    plan: &Plan,
    nodes: &NetworkNodes,
    backends: &[BackendNodes],
) {
    let Some(alarms) = &plan.alarms else { return };
    let nlb = (nodes.balancer.as_ref()).map(|balancer| ("AWS/NetworkELB", balancer.arn_suffix()));
    let alb = (nodes.alb.as_ref()).map(|balancer| ("AWS/ApplicationELB", balancer.arn_suffix()));
    if let Some((namespace, balancer)) = &alb {
        let bound = Bound {
            namespace,
            metric: "HTTPCode_ELB_5XX_Count",
            statistic: "Sum",
            minutes: 5,
            threshold: SEVERAL,
        };
        let watched = Watched {
            label: Label::new("alb__5xx"),
            description: "The application load balancer answers with 5xx by itself: it does not reach healthy targets, or their answers are no HTTP".to_owned(),
            dimensions: vec![("LoadBalancer", balancer.clone())],
        };
        add(stack, plan, alarms, &bound, watched);
    }
    type Watching<'a> = Option<&'a (&'static str, Value)>;
    let mut of_group = |name: &Label, group: &Handle<TargetGroup>, balancer: Watching<'_>| {
        let Some((namespace, balancer)) = balancer else {
            return;
        };
        let bound = Bound {
            namespace,
            metric: "UnHealthyHostCount",
            statistic: "Maximum",
            minutes: 5,
            threshold: 1.0,
        };
        let watched = Watched {
            label: name.spelt(|name| format!("unhealthy__{name}")),
            description: format!("A target of the group `{name}` is unhealthy"),
            dimensions: vec![
                ("TargetGroup", group.arn_suffix()),
                ("LoadBalancer", balancer.clone()),
            ],
        };
        add(stack, plan, alarms, &bound, watched);
    };
    for passed in &nodes.passed_on {
        of_group(
            &Label::new(format!("alb__{}", passed.port)),
            &passed.group,
            nlb.as_ref(),
        );
    }
    for (planned, backend) in plan.balanced().zip(backends) {
        let label = Label::of(&planned.name, str::to_owned);
        let balancer = alb.as_ref().or(nlb.as_ref());
        if let TargetGroupRef::Made(group) = &backend.target_group {
            of_group(&label, group, balancer);
        }
        if let Some(group) = &backend.green {
            of_group(
                &label.spelt(|name| format!("{name}__green")),
                group,
                balancer,
            );
        }
    }
}
