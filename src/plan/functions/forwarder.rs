//! Backends that a function inside the VPC calls, one function for each.
//!
//! In: `BackendSpec`, `ForwarderSpec`, decided operations. Out: `ForwarderPlan`, `ForwardersPlan`.
//! Pure.
//! An AWS_PROXY integration maps no parameters, so everything that the route of a request depends
//! on is in a function's environment.

mod environment;
mod prefixes;
mod timeouts;

use std::net::Ipv4Addr;

use super::python::{self, report_value};
use crate::blueprint::{
    self, AccessLogSpec, BackendSpec, Blueprint, BlueprintSpec, ForwarderSpec, Protocol, Topology,
};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::paths::Segment;
use crate::plan::variables::{SecurityGroupsField, Variables};
use crate::plan::{
    BackendPlan, ForwarderGroupsPlan, ForwarderPlan, ForwardersPlan, InputType, IntegrationPlan,
    OperationPlan, Value, Values,
};
use crate::source::pointer;

/// Longest time that a function may run, less the second that it has over its requests.
///
/// Unit: milliseconds. Source: docs/aws-rules.md#z5.
const MAX_TIMEOUT_MS: u64 = 899_000;

/// Memory that a function may have. Unit: megabytes. Source: docs/aws-rules.md#z5.
const MEMORY_MB: std::ops::RangeInclusive<u32> = 128..=10_240;

/// Decides a backend that a function calls.
///
/// Errors: GW2002 value, GW2008 Terraform only, GW4021 certificate.
pub(crate) fn forwarder(
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> Option<ForwarderPlan> {
    // `blueprint` reports a missing one of the two.
    let (port, targets) = (spec.port?.number(), spec.targets.as_ref()?);
    let hosts = if let Some(hosts) = &targets.hosts {
        let at = format!("{at}/targets/hosts");
        variables.values(hosts, InputType::Hosts, &at)
    } else {
        let at = format!("{at}/targets/ips");
        let addresses = targets.ips.as_ref()?;
        check_addresses(variables, addresses, &at);
        variables.values(addresses, InputType::Addresses, &at)
    };
    let host = spec.host.as_ref().map(|host| {
        let at = format!("{at}/host");
        variables.check_host(host, &at);
        variables.value(host, InputType::Text, &at)
    });
    let is_tls = spec.protocol == Protocol::Https;
    let verifies = spec.tls.verify;
    if is_tls && verifies && host.is_none() && (targets.ips.is_some() || has_address(&hosts)) {
        variables.report(unverifiable(variables, at));
    }
    let security_group = spec.security_group.as_ref().map(|group| {
        let at = format!("{at}/security_group");
        variables.value(group, InputType::SecurityGroup, &at)
    });
    Some(ForwarderPlan {
        hosts,
        port,
        is_tls,
        host,
        skips_verification: !verifies,
        security_group,
        paths: Default::default(),
        timeouts: Default::default(),
    })
}

fn check_addresses(variables: &mut Variables<'_>, addresses: &blueprint::ValuesSpec, at: &str) {
    let blueprint::ValuesSpec::List(list) = addresses else {
        return;
    };
    for (index, value) in list.iter().enumerate() {
        if let blueprint::ValueSpec::Literal(text) = value
            && text.parse::<Ipv4Addr>().is_err()
        {
            variables.report(
                diagnostic::INVALID_VALUE
                    .at(variables.place(&format!("{at}/{index}")))
                    .message(format_args!("`{text}` is no IPv4 address"))
                    .help("write for example `10.0.1.10`, or name the servers by `hosts`"),
            );
        }
    }
}

fn has_address(hosts: &Values) -> bool {
    let is_address =
        |host: &Value| matches!(host, Value::Literal(text) if text.parse::<Ipv4Addr>().is_ok());
    matches!(hosts, Values::List(list) if list.iter().any(is_address))
}

fn unverifiable(variables: &Variables<'_>, at: &str) -> Diagnostic {
    diagnostic::UNVERIFIABLE_CERTIFICATE
        .at(variables.place(&format!("{at}/protocol")))
        .message("no public authority puts private addresses into certificates, so every https call would fail")
        .help("set `host` to the name in the servers' certificate, or `tls: {verify: false}`")
}

/// Returns whether some backend gets a function that forwards.
pub(crate) fn is_needed(spec: &BlueprintSpec) -> bool {
    let mut backends = spec.backends.values();
    spec.topology == Topology::Forwarder && backends.any(|backend| !backend.is_function())
}

/// Decides the common parts of all functions that forward.
///
/// Errors: GW2002 value, GW2008 Terraform only.
pub(crate) fn forwarders(variables: &mut Variables<'_>) -> Option<ForwardersPlan> {
    let blueprint = &variables.blueprint().spec;
    let network = blueprint.network.as_ref()?;
    if !is_needed(blueprint) {
        return None;
    }
    let spec = &blueprint.forwarder;
    let vpc = variables.value(&network.vpc, InputType::Vpc, "/network/vpc");
    let subnets = variables.values(
        &network.subnets,
        InputType::FunctionSubnets,
        "/network/subnets",
    );
    let groups = given_groups(variables, spec);
    let groups = groups.map_or(ForwarderGroupsPlan::Made(vpc), ForwarderGroupsPlan::Given);
    Some(ForwardersPlan {
        subnets,
        groups,
        memory_mb: memory(variables, spec),
        timeout_ms: timeout(variables, spec),
        runtime: python::runtime(variables, &spec.runtime, "/forwarder/runtime"),
        is_traced: blueprint.stage.tracing,
        log_retention_days: AccessLogSpec::default().retention_days,
        keeps_accept_encoding: false,
    })
}

fn given_groups(variables: &mut Variables<'_>, spec: &ForwarderSpec) -> Option<Values> {
    let field = SecurityGroupsField {
        pointer: "/forwarder/security_groups",
        of: InputType::FunctionGroups,
        empty: "a function in a VPC needs a security group",
        help: "name a group, or remove the line: a group is made then",
    };
    let mut backends = variables.blueprint().spec.backends.values();
    let has_rules = backends.any(|backend| backend.security_group.is_some());
    variables.security_groups(spec.security_groups.as_ref(), &field, has_rules)
}

fn memory(variables: &mut Variables<'_>, spec: &ForwarderSpec) -> u32 {
    let memory_mb = spec.memory_mb;
    if !MEMORY_MB.contains(&memory_mb) {
        let message = format!("a function has 128 to 10240 megabytes of memory, not {memory_mb}");
        report_value(variables, "/forwarder/memory_mb", &message);
    }
    memory_mb
}

fn timeout(variables: &mut Variables<'_>, spec: &ForwarderSpec) -> u32 {
    let timeout_ms = spec.timeout.milliseconds();
    if !(1_000..=MAX_TIMEOUT_MS).contains(&timeout_ms) {
        let message = format!("a request takes 1s to 899s in a function, not {timeout_ms}ms");
        report_value(variables, "/forwarder/timeout", &message);
    }
    u32::try_from(timeout_ms).unwrap_or(u32::MAX)
}

/// Decided operations, and the base paths that the functions need.
#[derive(Clone, Copy)]
pub(crate) struct ServedOperations<'a> {
    pub(crate) operations: &'a [OperationPlan],
    /// The base path before the operations of each description, on the gateway and behind it.
    pub(crate) bases: &'a [[Vec<Segment>; 2]],
    /// The gateway takes responses of every type as binary.
    pub(crate) are_all_binary: bool,
}

/// Decides the settings that depend on the operations: the paths and timeouts of each function.
/// All of them must fit into its environment.
///
/// Errors: GW2031 mapping, GW4070 path, GW4071 environment.
pub(crate) fn complete(
    blueprint: &Blueprint,
    served: ServedOperations<'_>,
    forwarders: &mut ForwardersPlan,
    backends: &mut [BackendPlan],
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    forwarders.keeps_accept_encoding = served.are_all_binary;
    for (index, backend) in backends.iter_mut().enumerate() {
        if backend.forwarder().is_none() {
            continue;
        }
        let operations: Vec<&OperationPlan> = served
            .operations
            .iter()
            .filter(|operation| operation.backend == Some(index))
            .collect();
        let mut prefixes = prefixes::of_mounts(&blueprint.spec, served.bases, backend);
        prefixes.complete(&operations);
        diagnostics.extend(prefixes.unforwardable(blueprint, &operations, &backend.name));
        if let IntegrationPlan::Forwarder(forwarder) = &mut backend.integration {
            forwarder.paths = prefixes.texts();
            forwarder.timeouts = timeouts::timeouts(&operations, forwarders.timeout_ms);
        }
        diagnostics.extend(environment::mappings(blueprint, backend));
        let place = blueprint.place(&pointer::child("/backends", &*backend.name));
        diagnostics.extend(environment::size(place, backend));
    }
    diagnostics
}
