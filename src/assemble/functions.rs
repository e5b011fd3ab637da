//! Functions: those that forward requests, the one that keeps addresses, and permissions to call
//! them.

mod forwarder;
mod sync;

use super::values::value;
use crate::aws::{Function, LambdaPermission, LogGroup, RestApi, Stack, Statement};
use crate::plan::{BackendPlan, FunctionPlan, IntegrationPlan, Plan};
use crate::stack::{File, Handle, Label, Value};
pub(crate) use forwarder::{Functions, forwarders};
pub(crate) use sync::{MEMORY_MB as SYNC_MEMORY_MB, sync};

/// Adds permissions for the API's stage alone to call each function.
pub(crate) fn permissions(
    stack: &mut Stack,
    plan: &Plan,
    api: &Handle<RestApi>,
    functions: &Functions,
) {
    for backend in &plan.backends {
        let called = match &backend.integration {
            IntegrationPlan::Function(called) => function(called),
            IntegrationPlan::Forwarder(_) => forwarding(functions, backend),
            IntegrationPlan::Balanced(_) | IntegrationPlan::Internet(_) => continue,
        };
        let permission = LambdaPermission {
            function: called,
            api: api.clone(),
            stage: value(&plan.stage_name),
        };
        stack.add(
            File::Functions,
            Label::of(&backend.name, str::to_owned),
            permission,
        );
    }
}

/// The function that forwards to a backend.
pub(crate) fn forwarding(functions: &Functions, backend: &BackendPlan) -> Function {
    Function::Made(
        functions
            .get(&*backend.name)
            .expect("every backend that is forwarded to has its function")
            .clone(),
    )
}

pub(crate) fn function(plan: &FunctionPlan) -> Function {
    match plan {
        FunctionPlan::Name { name, qualifier } => Function::Name {
            name: name.clone(),
            qualifier: qualifier.clone(),
        },
        FunctionPlan::Arn { arn, qualifier } => Function::Arn {
            arn: arn.clone(),
            qualifier: qualifier.clone(),
        },
        FunctionPlan::Given(arn) => Function::Given(value(arn)),
    }
}

/// Adds the log group of a function, encrypted with the key of the log of requests.
fn log_group(
    stack: &mut Stack,
    plan: &Plan,
    label: &Label,
    function_name: &Value,
    retention_days: u32,
) -> Handle<LogGroup> {
    let request_log = plan.stage.request_log.as_ref();
    let log_group = LogGroup {
        name: Value::Text(vec![Value::literal("/aws/lambda/"), function_name.clone()]),
        retention_days,
        kms_key: request_log.and_then(|log| log.kms_key.as_ref()).map(value),
    };
    stack.add(File::Functions, label.clone(), log_group)
}

/// Returns the permission of a function to write into its log group.
fn write_logs(log_group: &Handle<LogGroup>) -> Statement {
    let streams = Value::Text(vec![log_group.arn(), Value::literal(":*")]);
    Statement {
        sid: "Log",
        actions: &["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: vec![streams],
        condition: None,
    }
}
