//! Functions of the stack: each writes its own log, with a role that lets it do what it has to.
//!
//! In: `Plan`, the stack. Out: the first difference. Pure.

use super::values::{ensure, has_count};
use crate::aws::{LogGroup, PythonFunction, Role, Stack};
use crate::blueprint::ExecutionLog;
use crate::follow::node;
use crate::plan::{LogRolePlan, Plan};
use crate::stack::Value;

const LOG: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];
const NETWORK: &[&str] = &[
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
];
const TRACES: &[&str] = &["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
const TARGETS: &[&str] = &[
    "elasticloadbalancing:RegisterTargets",
    "elasticloadbalancing:DeregisterTargets",
    "elasticloadbalancing:DescribeTargetHealth",
];
const PARAMETERS: &[&str] = &["ssm:GetParameter", "ssm:PutParameter"];
const BUCKET: &[&str] = &["s3:GetObject", "s3:PutObject", "s3:ListBucket"];

/// Compares the logs and roles of all functions.
pub(crate) fn functions_hold(plan: &Plan, stack: &Stack) -> Result<(), String> {
    let mut functions = stack.all::<PythonFunction>();
    let count = stack.all::<PythonFunction>().count();
    let of_gateway = |is_planned: bool| usize::from(plan.has_gateway && is_planned);
    let roles = of_gateway(matches!(plan.stage.role, LogRolePlan::Managed));
    let logs = of_gateway(plan.stage.request_log.is_some())
        + of_gateway(plan.stage.execution_log != ExecutionLog::Off);
    ensure(
        has_count::<Role>(stack, count + roles) && has_count::<LogGroup>(stack, count + logs),
        "the stack has another number of roles or logs",
    )?;
    ensure(
        functions.all(|function| has_own_log(stack, function).unwrap_or(false)),
        "a function has the log of another, or a role that may do something else",
    )
}

fn has_own_log(stack: &Stack, function: &PythonFunction) -> Option<bool> {
    let log = node(stack, &function.log_group)?;
    let name = Value::Text(vec![Value::literal("/aws/lambda/"), function.name.clone()]);
    let role = node(stack, &function.role)?;
    let streams = Value::Text(vec![function.log_group.arn(), Value::literal(":*")]);
    let own = role.statements.first()?;
    Some(log.name == name && own.resources == [streams] && may_act(function, role))
}

fn may_act(function: &PythonFunction, role: &Role) -> bool {
    let is_sync = function.code.name == "sync";
    let has_bucket = function.environment.contains_key("STATE_BUCKET");
    let needs = [
        (true, LOG),
        (function.network.is_some(), NETWORK),
        (function.is_traced, TRACES),
        (is_sync, TARGETS),
        (is_sync && !has_bucket, PARAMETERS),
        (has_bucket, BUCKET),
    ];
    let needed = needs.iter().filter(|(is_needed, _)| *is_needed);
    let needed = needed.flat_map(|(_, actions)| *actions);
    let mut statements = role.statements.iter();
    let allowed = role.statements.iter().flat_map(|allowed| allowed.actions);
    statements.all(|statement| statement.condition.is_none())
        && role.service == "lambda.amazonaws.com"
        && allowed.eq(needed)
}
