//! Functions that forward: from the call to what the function's environment makes of a request.
//!
//! In: a call of the stack, the plan. Out: the first difference. Pure.
//! The environment is read as the function reads it.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::Walker;
use super::values::{InStack, ensure, has_texts, is_same};
use crate::assemble::Assembled;
use crate::aws::{FunctionGroups, FunctionNetwork, PythonFunction, SecurityGroup};
use crate::follow::{exchanged, node, path_segments};
use crate::openapi::HttpMethod;
use crate::plan::{
    BackendPlan, ForwarderGroupsPlan, ForwarderPlan, ForwardersPlan, HeaderPlan, HeaderSourcePlan,
    OperationPlan, Plan, Values, text_of,
};
use crate::stack::{Handle, List, Value};

/// Checks that the managed function forwards requests of an operation as planned.
pub(crate) fn forwarder_holds(
    walker: &Walker<'_>,
    handle: &Handle<PythonFunction>,
    operation: &OperationPlan,
    backend: &BackendPlan,
) -> Result<(), String> {
    let (plan, assembled) = (walker.plan, walker.assembled);
    let shared = plan.forwarders.as_ref();
    let (Some(planned), Some(function), Some(shared)) =
        (backend.forwarder(), node(&assembled.stack, handle), shared)
    else {
        return Err("calls a function that was not planned".into());
    };
    let network = function.network.as_ref();
    ensure(
        function.code.name == "forwarder"
            && network.is_some_and(|network| is_placed_as_planned(assembled, network, shared))
            && function.timeout_s * 1_000 > shared.timeout_ms,
        "calls another function, or one that stands elsewhere",
    )?;
    ensure(
        has_destination(function, planned),
        "is forwarded to another host or port, or with other TLS",
    )?;
    let path = text_of(operation.gateway_path.as_deref().unwrap_or_default());
    ensure(
        exchanged(function, &path)? == path_segments(&text_of(&operation.backend_path)),
        "reaches its backend under another path",
    )?;
    headers_hold(function, backend)?;
    let times = object(function, "TIMEOUTS")?;
    for method in methods_of(plan, operation) {
        let own = shared.timeout_ms.min(operation.timeout_ms);
        let found = timeout_of(&times, method, &path).unwrap_or(shared.timeout_ms);
        let problem = format_args!("has {found} ms at its function, not {own} ms");
        ensure(found == own, problem)?;
    }
    let texts = [
        ("KEEP_ACCEPT_ENCODING", flag(shared.keeps_accept_encoding)),
        ("TIMEOUT_MS", &shared.timeout_ms.to_string()),
    ];
    let problem = "is forwarded in another time, or otherwise encoded";
    ensure(has_texts(function, &texts), problem)
}

fn flag(is_set: bool) -> &'static str {
    if is_set { "true" } else { "false" }
}

fn is_placed_as_planned(
    assembled: &Assembled,
    network: &FunctionNetwork,
    shared: &ForwardersPlan,
) -> bool {
    let groups = match &network.security_groups {
        FunctionGroups::Given(found) => matches!(&shared.groups,
            ForwarderGroupsPlan::Given(planned) if is_same(found, planned)),
        FunctionGroups::Made(group) => {
            let group: Option<&SecurityGroup> = node(&assembled.stack, group);
            matches!(&shared.groups, ForwarderGroupsPlan::Made(vpc)
                if group.is_some_and(|group| is_same(&group.vpc, vpc)))
        }
    };
    groups && is_same(&network.subnets, &shared.subnets)
}

fn has_destination(function: &PythonFunction, planned: &ForwarderPlan) -> bool {
    let texts = [
        ("PROTOCOL", if planned.is_tls { "https" } else { "http" }),
        ("PORT", &planned.port.to_string()),
        ("TLS_VERIFY", flag(!planned.skips_verification)),
    ];
    // Without TLS nothing is verified.
    let count = if planned.is_tls { 3 } else { 2 };
    let environment = &function.environment;
    let hosts = environment.get("HOSTS");
    hosts.is_some_and(|hosts| are_hosts(hosts, &planned.hosts))
        && is_same(&environment.get("HOST").cloned(), &planned.host)
        && has_texts(function, &texts[..count])
}

/// Returns whether a text is all hosts, with commas between them.
fn are_hosts(found: &Value, planned: &Values) -> bool {
    let planned = match planned.in_stack() {
        List::One(list) => return *found == Value::Joined(Box::new(list)),
        List::Of(hosts) => hosts,
    };
    let comma = Value::literal(",");
    let parts = match found {
        Value::Text(parts) => &**parts,
        found => std::slice::from_ref(found),
    };
    let expected: Vec<&Value> = planned.iter().flat_map(|host| [&comma, host]).collect();
    parts.iter().eq(expected.into_iter().skip(1))
}

/// Methods of the requests that an operation serves: `ANY` those that its path has no other
/// operation for.
fn methods_of(plan: &Plan, operation: &OperationPlan) -> Vec<HttpMethod> {
    if operation.method != HttpMethod::Any {
        return vec![operation.method];
    }
    let is_free = |method: &HttpMethod| {
        !plan.operations.iter().any(|other| {
            other.method == *method
                && other.is_public()
                && other.gateway_path == operation.gateway_path
        })
    };
    HttpMethod::of_requests().filter(is_free).collect()
}

/// Reads a variable of a function's environment that is an object in JSON, or not there.
fn object<V: DeserializeOwned>(
    function: &PythonFunction,
    name: &str,
) -> Result<BTreeMap<String, V>, String> {
    match function.environment.get(name) {
        None => Ok(BTreeMap::new()),
        Some(Value::Literal(text)) => serde_json::from_str(text).map_err(|error| error.to_string()),
        Some(_) => Err(String::new()),
    }
    .map_err(|_| format!("has {name} at its function that is no JSON"))
}

/// Returns the timeout that the function reads for a request, where that is shorter than its own:
/// that of the longest path.
fn timeout_of(times: &BTreeMap<String, u32>, method: HttpMethod, path: &str) -> Option<u32> {
    let (method, resource) = (method.as_str(), path_segments(path));
    let lengths = (0..=resource.len()).rev();
    let mut keys = lengths.map(|length| format!("{method} /{}", resource[..length].join("/")));
    keys.find_map(|key| times.get(&key).copied())
}

fn headers_hold(function: &PythonFunction, backend: &BackendPlan) -> Result<(), String> {
    let lines = function.environment.iter();
    let lines = lines.filter(|(name, _)| name.starts_with("HEADER_"));
    let lines: Vec<&Value> = lines.map(|(_, line)| line).collect();
    let from_context: BTreeMap<String, String> = object(function, "CONTEXT_HEADERS")?;
    let is_set = |header: &HeaderPlan| match &header.source {
        HeaderSourcePlan::Static(planned) => {
            let start = Value::literal(format!("{}: ", header.name));
            lines.contains(&&Value::Text(vec![start, planned.in_stack()]))
        }
        HeaderSourcePlan::Mapping(text) => {
            let place = from_context.get(&*header.name);
            place.is_some_and(|place| format!("context.{place}") == **text)
        }
    };
    let name = &backend.name;
    ensure(
        backend.headers.iter().all(is_set)
            && lines.len() + from_context.len() == backend.headers.len(),
        format_args!("is sent on with other headers than those of `{name}`"),
    )
}
