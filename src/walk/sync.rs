//! Check of the function that registers the application load balancer's addresses: the name that it
//! looks up, its target groups, its schedule and its permissions.
//!
//! In: `SyncPlan`, the stack. Out: the first difference. Pure.
//! The environment is read as the function reads it.

use super::values::{is_same, is_text};
use crate::assemble::Assembled;
use crate::aws::{
    ApplicationBalancer, PythonFunction, Role, Schedule, SchedulePermission, TargetGroup,
};
use crate::blueprint::SyncState;
use crate::follow::{located, node};
use crate::plan::{AlbBalancerPlan, AlbPlan, Plan, SyncPlan};
use crate::stack::{Address, Handle, Spelling, Value};

/// The function, and the target groups that it keeps.
pub(crate) struct Sync {
    /// Port and ARN, as the environment has them.
    kept: Vec<(u16, Value)>,
}

impl Sync {
    /// `None` where no function is planned and there is none.
    pub(crate) fn of(plan: &Plan, assembled: &Assembled) -> Result<Option<Self>, String> {
        let balancer = located::<ApplicationBalancer>(&assembled.stack).next();
        let balancer = balancer.map(|it| &assembled.stack.entries[it.index].address);
        let planned = plan
            .network
            .as_ref()
            .and_then(|it| Some((it.sync.as_ref()?, it.alb.as_ref()?)));
        let mut functions = located::<PythonFunction>(&assembled.stack)
            .filter(|function| function.node.code.name == "sync");
        let (function, planned, alb) = match (functions.next(), functions.next(), planned) {
            (None, None, None) => return Ok(None),
            (Some(function), None, Some((planned, alb))) => (function, planned, alb),
            _ => {
                return Err("the stack has another number of functions that keep addresses".into());
            }
        };
        runs(assembled, function.index, planned)?;
        let function = function.node;
        asks_for(function, alb, balancer)?;
        counts_as_planned(function, planned)?;
        let kept = kept(function)?;
        may_act(assembled, function, &kept)?;
        Ok(Some(Self { kept }))
    }

    /// Returns whether it keeps the balancer's addresses in a group, on this port and no other.
    pub(crate) fn keeps(&self, group: &Handle<TargetGroup>, port: u16) -> bool {
        let arn = group.arn();
        let mut ports = self.kept.iter().filter(|(_, of)| *of == arn);
        ports.next().is_some_and(|(of, _)| *of == port) && ports.next().is_none()
    }
}

/// Checks that exactly one schedule calls the function, with the permission to and at the planned
/// interval.
fn runs(assembled: &Assembled, function: usize, planned: &SyncPlan) -> Result<(), String> {
    let mut schedules = located::<Schedule>(&assembled.stack)
        .filter(|schedule| schedule.node.function.index() == function);
    let (Some(schedule), None) = (schedules.next(), schedules.next()) else {
        return Err("the function that keeps addresses is not run by the one schedule".into());
    };
    let minutes = planned.interval_minutes;
    let expression = format!(
        "rate({minutes} minute{})",
        if minutes == 1 { "" } else { "s" }
    );
    if schedule.node.expression != expression {
        return Err("the function that keeps addresses runs at other times".into());
    }
    let mut permissions = assembled.stack.all::<SchedulePermission>();
    let is_due = permissions
        .next()
        .is_some_and(|it| it.function.index() == function && it.schedule.index() == schedule.index);
    if !is_due || permissions.next().is_some() {
        return Err(
            "the schedule may not call the function that keeps addresses, or another may".into(),
        );
    }
    Ok(())
}

/// Checks that the function looks up the name of this balancer.
fn asks_for(
    function: &PythonFunction,
    alb: &AlbPlan,
    balancer: Option<&Address>,
) -> Result<(), String> {
    let asked = function.environment.get("ALB_DNS_NAME");
    let is_it = match (&alb.balancer, asked, balancer) {
        (AlbBalancerPlan::Made { .. }, Some(Value::Attribute(asked)), Some(balancer)) => {
            asked.of == *balancer
                && asked.terraform == "dns_name"
                && asked.cloudformation == Spelling::GetAtt("DNSName")
        }
        (
            AlbBalancerPlan::Existing {
                dns_name: Some(planned),
                ..
            },
            Some(asked),
            _,
        ) => is_same(asked, planned),
        (AlbBalancerPlan::Made { .. } | AlbBalancerPlan::Existing { .. }, _, _) => false,
    };
    if is_it {
        Ok(())
    } else {
        Err("the function keeps the addresses of another load balancer".into())
    }
}

fn counts_as_planned(function: &PythonFunction, planned: &SyncPlan) -> Result<(), String> {
    let numbers = [
        (
            "MISSING_BEFORE_DEREGISTER",
            planned.missing_before_deregister,
        ),
        ("MAX_LOOKUPS_PER_RUN", planned.max_lookups_per_run),
        ("SCHEDULE_SECONDS", planned.interval_minutes * 60),
    ];
    let state = match planned.state {
        SyncState::Ssm => "ssm",
        SyncState::S3 => "s3",
    };
    let has_place = function.environment.contains_key("STATE_PREFIX")
        && function.environment.contains_key("STATE_BUCKET") == (planned.state == SyncState::S3);
    let concurrency = planned.reserves_concurrency.then_some(1);
    if numbers
        .iter()
        .all(|(name, number)| is_text(function, name, &number.to_string()))
        && is_text(function, "STATE", state)
        && has_place
        && function.reserved_concurrency == concurrency
        && function.network.is_none()
        && function.timeout_s < 60
    {
        Ok(())
    } else {
        Err("the function that keeps addresses counts, remembers or runs otherwise".into())
    }
}

/// `port=ARN,port=ARN`.
fn kept(function: &PythonFunction) -> Result<Vec<(u16, Value)>, String> {
    let problem = || "the function that keeps addresses cannot read its target groups".to_owned();
    let Some(Value::Text(parts)) = function.environment.get("TARGET_GROUPS") else {
        return Err(problem());
    };
    let mut kept = Vec::new();
    for pair in parts.chunks(2) {
        let [Value::Literal(start), arn @ Value::Attribute(_)] = pair else {
            return Err(problem());
        };
        let start = if kept.is_empty() {
            Some(&**start)
        } else {
            start.strip_prefix(',')
        };
        let port = start
            .and_then(|it| it.strip_suffix('='))
            .and_then(|it| it.parse().ok())
            .ok_or_else(problem)?;
        kept.push((port, arn.clone()));
    }
    Ok(kept)
}

/// Checks that its role may register targets in these groups alone, and may write its state.
fn may_act(
    assembled: &Assembled,
    function: &PythonFunction,
    kept: &[(u16, Value)],
) -> Result<(), String> {
    let role: &Role = node(&assembled.stack, &function.role)
        .ok_or("the function that keeps addresses has no role")?;
    let only = |action: &'static str| {
        let mut statements = role
            .statements
            .iter()
            .filter(|it| it.actions.contains(&action));
        statements
            .next()
            .filter(|_| statements.next().is_none())
            .map(|it| it.resources.as_slice())
    };
    if !only("elasticloadbalancing:RegisterTargets")
        .is_some_and(|it| it.iter().eq(kept.iter().map(|it| &it.1)))
    {
        return Err("the function may register in other target groups than it keeps".into());
    }
    let environment = &function.environment;
    let end = |resources: &[Value]| match resources {
        [Value::Text(parts)] => parts
            .split_last_chunk()
            .map(|(_, end): (_, &[Value; 2])| end.clone()),
        _ => None,
    };
    let is_all_below = |it: &Value, start: &str| matches!(it, Value::Literal(text) if **text == *format!("{start}/*"));
    let is_written = match (
        environment.get("STATE_PREFIX"),
        environment.get("STATE_BUCKET"),
    ) {
        (Some(path), None) => only("ssm:PutParameter")
            .and_then(end)
            .is_some_and(|[found, rest]| found == *path && is_all_below(&rest, "")),
        (Some(Value::Literal(prefix)), Some(Value::Attribute(bucket))) => only("s3:PutObject")
            .and_then(end)
            .is_some_and(|[found, rest]| {
                matches!(found, Value::Attribute(found) if found.of == bucket.of)
                    && is_all_below(&rest, &format!("/{prefix}"))
            }),
        (None | Some(_), _) => false,
    };
    if is_written {
        Ok(())
    } else {
        Err("the function that keeps addresses may not write where it remembers".into())
    }
}
