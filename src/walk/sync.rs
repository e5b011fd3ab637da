//! Check of the function that registers the application load balancer's addresses: the name that it
//! looks up, its target groups, its schedule and its permissions.
//!
//! In: `SyncPlan`, the stack. Out: the first difference. Pure.
//! The environment is read as the function reads it.

use super::values::{ensure, has_texts, is_same};
use crate::assemble::Assembled;
use crate::aws::{
    ApplicationBalancer, PythonFunction, Role, Schedule, SchedulePermission, TargetGroup,
};
use crate::blueprint::SyncState;
use crate::follow::{StackNode, located, node};
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
        let stack = &assembled.stack;
        let balancer = located::<ApplicationBalancer>(stack).next();
        let balancer = balancer.map(|found| &stack.entries[found.index].address);
        let network = plan.network.as_ref();
        let planned = network.and_then(|network| network.sync.as_ref().zip(network.alb.as_ref()));
        let functions = located::<PythonFunction>(stack);
        let functions: Vec<_> = functions
            .filter(|function| function.node.code.name == "sync")
            .collect();
        let problem = "the stack has another number of functions that keep addresses";
        ensure(functions.len() == usize::from(planned.is_some()), problem)?;
        let Some((function, (planned, alb))) = functions.first().zip(planned) else {
            return Ok(None);
        };
        runs(assembled, function.index, planned)?;
        let function = function.node;
        ensure(
            asks_for(function, alb, balancer),
            "the function keeps the addresses of another load balancer",
        )?;
        ensure(
            counts_as_planned(function, planned),
            "the function that keeps addresses counts, remembers or runs otherwise",
        )?;
        let kept = kept(function);
        let kept = kept.ok_or("the function that keeps addresses cannot read its target groups")?;
        ensure(
            may_act(assembled, function, &kept),
            "the function that keeps addresses may register or write elsewhere, or not at all",
        )?;
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
    let is_of = |schedule: &StackNode<'_, Schedule>| schedule.node.function.index() == function;
    let mut schedules = located(&assembled.stack).filter(is_of);
    let (Some(schedule), None) = (schedules.next(), schedules.next()) else {
        return Err("the function that keeps addresses is not run by the one schedule".into());
    };
    let minutes = planned.interval_minutes;
    let s = if minutes == 1 { "" } else { "s" };
    ensure(
        schedule.node.expression == format!("rate({minutes} minute{s})"),
        "the function that keeps addresses runs at other times",
    )?;
    let permissions: Vec<&SchedulePermission> = assembled.stack.all().collect();
    ensure(
        matches!(*permissions, [only]
            if only.function.index() == function && only.schedule.index() == schedule.index),
        "the schedule may not call the function that keeps addresses, or another may",
    )
}

/// Returns whether the function looks up the name of this balancer.
fn asks_for(function: &PythonFunction, alb: &AlbPlan, balancer: Option<&Address>) -> bool {
    let Some(name) = function.environment.get("ALB_DNS_NAME") else {
        return false;
    };
    match &alb.balancer {
        AlbBalancerPlan::Made { .. } => matches!(name, Value::Attribute(name)
            if Some(&name.of) == balancer
                && name.terraform == "dns_name"
                && name.cloudformation == Spelling::GetAtt("DNSName")),
        AlbBalancerPlan::Existing { dns_name, .. } => is_same(&Some(name.clone()), dns_name),
    }
}

fn counts_as_planned(function: &PythonFunction, planned: &SyncPlan) -> bool {
    let missing = planned.missing_before_deregister.to_string();
    let lookups = planned.max_lookups_per_run.to_string();
    let seconds = (planned.interval_minutes * 60).to_string();
    let state = match planned.state {
        SyncState::Ssm => "ssm",
        SyncState::S3 => "s3",
    };
    let texts = [
        ("MISSING_BEFORE_DEREGISTER", &*missing),
        ("MAX_LOOKUPS_PER_RUN", &lookups),
        ("SCHEDULE_SECONDS", &seconds),
        ("STATE", state),
    ];
    let environment = &function.environment;
    has_texts(function, &texts)
        && environment.contains_key("STATE_PREFIX")
        && environment.contains_key("STATE_BUCKET") == (planned.state == SyncState::S3)
        && function.reserved_concurrency == planned.reserves_concurrency.then_some(1)
        && function.network.is_none()
        && function.timeout_s < 60
}

/// Reads `port=ARN,port=ARN`.
fn kept(function: &PythonFunction) -> Option<Vec<(u16, Value)>> {
    let Some(Value::Text(parts)) = function.environment.get("TARGET_GROUPS") else {
        return None;
    };
    let pair = |(index, pair): (usize, &[Value])| {
        let [Value::Literal(start), arn @ Value::Attribute(_)] = pair else {
            return None;
        };
        let comma = if index == 0 { "" } else { "," };
        let port = start.strip_prefix(comma)?.strip_suffix('=')?;
        Some((port.parse().ok()?, arn.clone()))
    };
    parts.chunks(2).enumerate().map(pair).collect()
}

/// Returns whether its role may register targets in these groups alone, and may write its state.
fn may_act(assembled: &Assembled, function: &PythonFunction, kept: &[(u16, Value)]) -> bool {
    let role: Option<&Role> = node(&assembled.stack, &function.role);
    let only = |action: &'static str| {
        let statements = role?.statements.iter();
        let mut statements = statements.filter(|allowed| allowed.actions.contains(&action));
        let only = statements.next().filter(|_| statements.next().is_none())?;
        Some(&*only.resources)
    };
    let groups = only("elasticloadbalancing:RegisterTargets");
    let is_registered = groups.is_some_and(|groups| groups.iter().eq(kept.iter().map(|of| &of.1)));
    // The end of the one resource: what all is below, and a text behind that.
    let end = |action| {
        let [Value::Text(parts)] = only(action)? else {
            return None;
        };
        parts
            .split_last_chunk()
            .map(|(_, end): (_, &[Value; 2])| end)
    };
    let environment = &function.environment;
    let prefix = environment.get("STATE_PREFIX");
    let is_written = match environment.get("STATE_BUCKET") {
        None => prefix.is_some_and(|path| {
            end("ssm:PutParameter") == Some(&[path.clone(), Value::literal("/*")])
        }),
        Some(bucket) => matches!(
            (prefix, bucket, end("s3:PutObject")),
            (Some(Value::Literal(prefix)), Value::Attribute(bucket), Some([Value::Attribute(of), all]))
                if of.of == bucket.of && *all == Value::literal(format!("/{prefix}/*"))
        ),
    };
    is_registered && is_written
}
