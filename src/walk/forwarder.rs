//! Functions that forward: from the call to what the function's environment makes of a request.
//!
//! In: a call of the stack, the plan. Out: the first difference. Pure.
//! The environment is read as the function reads it.

use std::collections::BTreeMap;

use super::Walker;
use super::values::{is_same, is_same_list, is_same_option, is_text};
use crate::assemble::Assembled;
use crate::aws::{FunctionGroups, FunctionNetwork, PythonFunction, SecurityGroup};
use crate::follow::{exchanged, node, path_segments};
use crate::openapi::HttpMethod;
use crate::plan::{
    BackendPlan, ForwarderGroupsPlan, ForwarderPlan, ForwardersPlan, HeaderSourcePlan,
    OperationPlan, Plan, Values, text_of,
};
use crate::stack::{Handle, Value};

/// Checks that the managed function forwards requests of an operation as planned.
pub(crate) fn forwarder_holds(
    walker: &Walker<'_>,
    handle: &Handle<PythonFunction>,
    operation: &OperationPlan,
    backend: &BackendPlan,
) -> Result<(), String> {
    let (plan, assembled) = (walker.plan, walker.assembled);
    let planned = backend.forwarder().ok_or("calls a function")?;
    let function = node(&assembled.stack, handle).ok_or("calls no function")?;
    let shared = plan
        .forwarders
        .as_ref()
        .ok_or("calls a function that was not planned")?;
    let is_placed = function
        .network
        .as_ref()
        .is_some_and(|it| is_placed_as_planned(assembled, it, shared));
    if function.code.name != "forwarder"
        || !is_placed
        || function.timeout_s * 1_000 <= shared.timeout_ms
    {
        return Err("calls another function, or one that stands elsewhere".into());
    }
    destination_holds(function, planned)?;
    path_holds(function, operation)?;
    headers_hold(function, backend)?;
    for method in methods_of(plan, operation) {
        time_holds(function, method, operation, shared)?;
    }
    let flag =
        |name: &str, is_true: bool| is_text(function, name, if is_true { "true" } else { "false" });
    if flag("KEEP_ACCEPT_ENCODING", shared.keeps_accept_encoding)
        && is_text(function, "TIMEOUT_MS", &shared.timeout_ms.to_string())
    {
        Ok(())
    } else {
        Err("is forwarded in another time, or otherwise encoded".into())
    }
}

fn is_placed_as_planned(
    assembled: &Assembled,
    network: &FunctionNetwork,
    shared: &ForwardersPlan,
) -> bool {
    let groups = match (&network.security_groups, &shared.groups) {
        (FunctionGroups::Given(found), ForwarderGroupsPlan::Given(planned)) => {
            is_same_list(found, planned)
        }
        (FunctionGroups::Made(group), ForwarderGroupsPlan::Made(vpc)) => {
            let group = node::<SecurityGroup>(&assembled.stack, group);
            group.is_some_and(|group| is_same(&group.vpc, vpc))
        }
        (FunctionGroups::Given(_) | FunctionGroups::Made(_), _) => false,
    };
    groups && is_same_list(&network.subnets, &shared.subnets)
}

fn destination_holds(function: &PythonFunction, planned: &ForwarderPlan) -> Result<(), String> {
    let host = is_same_option(function.environment.get("HOST"), planned.host.as_ref());
    let verify = if planned.skips_verification {
        "false"
    } else {
        "true"
    };
    let verified = !planned.is_tls || is_text(function, "TLS_VERIFY", verify);
    let hosts = function
        .environment
        .get("HOSTS")
        .is_some_and(|it| are_hosts(it, &planned.hosts));
    let protocol = if planned.is_tls { "https" } else { "http" };
    let protocol = is_text(function, "PROTOCOL", protocol);
    if hosts && host && verified && protocol && is_text(function, "PORT", &planned.port.to_string())
    {
        Ok(())
    } else {
        Err("is forwarded to another host or port, or with other TLS".into())
    }
}

fn are_hosts(found: &Value, planned: &Values) -> bool {
    match (found, planned) {
        (Value::Joined(found), Values::One(planned)) => is_same(found, planned),
        (Value::Text(parts), Values::List(planned)) => {
            let is_comma = |it: &Value| matches!(it, Value::Literal(text) if **text == *",");
            let is_right = |(index, part): (usize, &Value)| {
                if index % 2 == 1 {
                    is_comma(part)
                } else {
                    planned.get(index / 2).is_some_and(|it| is_same(part, it))
                }
            };
            parts.len() + 1 == planned.len() * 2 && parts.iter().enumerate().all(is_right)
        }
        (found, Values::List(planned)) => {
            matches!(planned.as_slice(), [only] if is_same(found, only))
        }
        (_, Values::One(_)) => false,
    }
}

fn path_holds(function: &PythonFunction, operation: &OperationPlan) -> Result<(), String> {
    let reached = exchanged(
        function,
        &text_of(operation.gateway_path.as_deref().unwrap_or_default()),
    )?;
    if reached == path_segments(&text_of(&operation.backend_path)) {
        Ok(())
    } else {
        Err("reaches its backend under another path".into())
    }
}

/// Methods of the requests that an operation serves: `ANY` those that its path has no other
/// operation for.
fn methods_of(plan: &Plan, operation: &OperationPlan) -> Vec<HttpMethod> {
    if operation.method != HttpMethod::Any {
        return vec![operation.method];
    }
    let is_taken = |method: HttpMethod| {
        plan.operations.iter().any(|other| {
            other.method == method
                && other.is_public()
                && other.gateway_path == operation.gateway_path
        })
    };
    HttpMethod::of_requests()
        .filter(|method| !is_taken(*method))
        .collect()
}

/// Checks the timeout that the function reads for a request: the gateway's, where that is shorter
/// than its own.
fn time_holds(
    function: &PythonFunction,
    method: HttpMethod,
    operation: &OperationPlan,
    shared: &ForwardersPlan,
) -> Result<(), String> {
    let own = shared.timeout_ms.min(operation.timeout_ms);
    let found = match function.environment.get("TIMEOUTS") {
        Some(Value::Literal(text)) => {
            let times: BTreeMap<String, u32> = serde_json::from_str(text)
                .map_err(|_| "has timeouts at its function that are no JSON")?;
            let resource = path_segments(&text_of(
                operation.gateway_path.as_deref().unwrap_or_default(),
            ));
            let mut keys = (0..=resource.len())
                .rev()
                .map(|length| format!("{} /{}", method.as_str(), resource[..length].join("/")));
            keys.find_map(|key| times.get(&key).copied())
                .unwrap_or(shared.timeout_ms)
        }
        Some(_) => return Err("has timeouts at its function that are not known".into()),
        None => shared.timeout_ms,
    };
    if found == own {
        Ok(())
    } else {
        Err(format!("has {found} ms at its function, not {own} ms"))
    }
}

fn headers_hold(function: &PythonFunction, backend: &BackendPlan) -> Result<(), String> {
    let lines: Vec<&Value> = function
        .environment
        .iter()
        .filter(|(name, _)| name.starts_with("HEADER_"))
        .map(|(_, line)| line)
        .collect();
    let from_context: BTreeMap<String, String> = match function.environment.get("CONTEXT_HEADERS") {
        Some(Value::Literal(text)) => {
            serde_json::from_str(text).map_err(|_| "gets headers that are no JSON")?
        }
        Some(_) => return Err("gets headers that are not known".into()),
        None => BTreeMap::new(),
    };
    let is_line = |found: &Value, name: &str, planned: &crate::plan::Value| match found {
        Value::Text(parts) => {
            matches!(parts.as_slice(), [Value::Literal(start), value] if **start == *format!("{name}: ") && is_same(value, planned))
        }
        _ => false,
    };
    let is_set = |it: &crate::plan::HeaderPlan| match &it.source {
        HeaderSourcePlan::Static(planned) => {
            lines.iter().any(|found| is_line(found, &it.name, planned))
        }
        HeaderSourcePlan::Mapping(text) => from_context
            .get(&*it.name)
            .is_some_and(|place| format!("context.{place}") == **text),
    };
    if backend.headers.iter().all(is_set)
        && lines.len() + from_context.len() == backend.headers.len()
    {
        Ok(())
    } else {
        Err(format!(
            "is sent on with other headers than those of `{}`",
            backend.name
        ))
    }
}
