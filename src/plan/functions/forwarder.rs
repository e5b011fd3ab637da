//! Backends that a function inside the VPC calls, one function for each.
//!
//! In: `BackendSpec`, `ForwarderSpec`, finished routes. Out: `ForwarderPlan`, `ForwardersPlan`.
//! Pure.
//! An AWS_PROXY integration maps no parameters, so everything that the way of a request depends on
//! is in a function's environment.

mod environment;
mod prefixes;
mod timeouts;

use std::net::Ipv4Addr;

use super::python::{self, wrong};
use crate::blueprint::{self, BackendSpec, Blueprint, ForwarderSpec, Protocol, Topology, defaults};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::network::backends::check_host;
use crate::plan::network::targets;
use crate::plan::routes::Routes;
use crate::plan::variables::Variables;
use crate::plan::{
    BackendPlan, ForwarderGroupsPlan, ForwarderPlan, ForwardersPlan, InputType, Value, Values, Way,
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
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> Option<ForwarderPlan> {
    // `blueprint` says where one of the two is missing.
    let (port, targets) = (spec.port?.number(), spec.targets.as_ref()?);
    let hosts = if let Some(hosts) = &targets.hosts {
        variables.values(
            hosts,
            (InputType::Host, InputType::Hosts),
            &format!("{at}/targets/hosts"),
        )
    } else {
        let at = format!("{at}/targets/ips");
        let addresses = targets.ips.as_ref()?;
        check_addresses(blueprint, variables, addresses, &at);
        variables.values(addresses, (InputType::Address, InputType::Addresses), &at)
    };
    let host = spec.host.as_ref().map(|it| {
        check_host(blueprint, variables, it, &format!("{at}/host"));
        variables.value(it, InputType::Text, &format!("{at}/host"))
    });
    let is_tls = spec.protocol.unwrap_or(defaults::PROTOCOL) == Protocol::Https;
    let verifies = spec
        .tls
        .as_ref()
        .and_then(|it| it.verify)
        .unwrap_or(defaults::TLS_VERIFY);
    if is_tls && verifies && host.is_none() && (targets.ips.is_some() || has_address(&hosts)) {
        variables.report(unverifiable(blueprint, at));
    }
    let group = spec.security_group.as_ref();
    let security_group = group.map(|it| {
        variables.value(
            it,
            InputType::SecurityGroup,
            &format!("{at}/security_group"),
        )
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

fn check_addresses(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    addresses: &blueprint::Values,
    at: &str,
) {
    let blueprint::Values::List(list) = addresses else {
        return;
    };
    for (index, value) in list.iter().enumerate() {
        if let blueprint::Value::Literal(text) = value
            && text.parse::<Ipv4Addr>().is_err()
        {
            variables.report(
                diagnostic::INVALID_VALUE
                    .at(blueprint.place(&format!("{at}/{index}")))
                    .message(format_args!("`{text}` is no IPv4 address"))
                    .help("write for example `10.0.1.10`, or name the servers by `hosts`"),
            );
        }
    }
}

fn has_address(hosts: &Values) -> bool {
    let is_address =
        |it: &Value| matches!(it, Value::Literal(text) if text.parse::<Ipv4Addr>().is_ok());
    matches!(hosts, Values::List(list) if list.iter().any(is_address))
}

fn unverifiable(blueprint: &Blueprint, at: &str) -> Diagnostic {
    diagnostic::UNVERIFIABLE_CERTIFICATE
        .at(blueprint.place(&format!("{at}/protocol")))
        .message("no public authority puts private addresses into certificates, so every https call would fail")
        .help("set `host` to the name in the servers' certificate, or `tls: {verify: false}`")
}

/// Whether some backend gets a function.
pub(crate) fn is_needed(blueprint: &Blueprint) -> bool {
    let is_called = |it: &BackendSpec| it.targets.as_ref().is_some_and(|it| it.function.is_some());
    blueprint.spec.topology == Topology::Forwarder
        && blueprint.spec.backends.values().any(|it| !is_called(it))
}

/// Decides what all functions that forward have alike.
///
/// Errors: GW2002 value, GW2008 Terraform only.
pub(crate) fn forwarders(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
) -> Option<ForwardersPlan> {
    let network = blueprint.spec.network.as_ref()?;
    if !is_needed(blueprint) {
        return None;
    }
    let written = ForwarderSpec::default();
    let spec = blueprint.spec.forwarder.as_ref().unwrap_or(&written);
    let vpc = variables.read(
        &network.vpc,
        InputType::Vpc,
        ("/network/vpc", spec.security_groups.is_none()),
    );
    let subnets = variables.values(
        &network.subnets,
        (InputType::FunctionSubnet, InputType::FunctionSubnets),
        "/network/subnets",
    );
    let groups = match &spec.security_groups {
        Some(groups) => ForwarderGroupsPlan::Given(given_groups(blueprint, variables, groups)),
        None => ForwarderGroupsPlan::Made(vpc),
    };
    Some(ForwardersPlan {
        subnets,
        groups,
        memory_mb: memory(blueprint, variables, spec),
        timeout_ms: timeout(blueprint, variables, spec),
        runtime: python::runtime(blueprint, variables, spec.runtime.as_deref(), "forwarder"),
        is_traced: blueprint
            .spec
            .stage
            .as_ref()
            .and_then(|it| it.tracing)
            .unwrap_or(defaults::TRACING),
        keeps_accept_encoding: false,
    })
}

fn given_groups(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    groups: &blueprint::Values,
) -> Values {
    let at = "/forwarder/security_groups";
    let help = "name a group, or remove the line: a group is made then";
    targets::not_empty(
        blueprint,
        variables,
        groups,
        (at, "a function in a VPC needs a security group", help),
    );
    if blueprint
        .spec
        .backends
        .values()
        .any(|it| it.security_group.is_some())
    {
        variables.only_listed(groups, at, "make a rule");
    }
    variables.values(
        groups,
        (InputType::FunctionGroup, InputType::FunctionGroups),
        at,
    )
}

fn memory(blueprint: &Blueprint, variables: &mut Variables<'_>, spec: &ForwarderSpec) -> u32 {
    let memory_mb = spec.memory_mb.unwrap_or(defaults::FORWARDER_MEMORY);
    if !MEMORY_MB.contains(&memory_mb) {
        wrong(
            blueprint,
            variables,
            ("forwarder", "memory_mb"),
            format!("a function has 128 to 10240 megabytes of memory, not {memory_mb}"),
        );
    }
    memory_mb
}

fn timeout(blueprint: &Blueprint, variables: &mut Variables<'_>, spec: &ForwarderSpec) -> u32 {
    let timeout_ms = spec
        .timeout
        .unwrap_or(defaults::FORWARDER_TIMEOUT)
        .milliseconds();
    if !(1_000..=MAX_TIMEOUT_MS).contains(&timeout_ms) {
        wrong(
            blueprint,
            variables,
            ("forwarder", "timeout"),
            format!("a request takes 1s to 899s in a function, not {timeout_ms}ms"),
        );
    }
    u32::try_from(timeout_ms).unwrap_or(u32::MAX)
}

/// Decides what depends on the operations: which prefix stands for which, which have less time, and
/// whether it all fits into the environment.
///
/// Errors: GW2031 mapping, GW4070 path, GW4071 environment.
pub(crate) fn after_routes(
    blueprint: &Blueprint,
    routes: &Routes,
    (backends, forwarders): (&mut [BackendPlan], Option<&mut ForwardersPlan>),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(forwarders) = forwarders else { return };
    forwarders.keeps_accept_encoding = routes.binary_media_types.iter().any(|it| &**it == "*/*");
    for (index, backend) in backends.iter_mut().enumerate() {
        if backend.forwarder().is_none() {
            continue;
        }
        let (paths, wrong) = prefixes::prefixes(blueprint, routes, (index, backend));
        diagnostics.extend(wrong);
        if let Way::Forwarder(forwarder) = &mut backend.way {
            forwarder.paths = paths;
            let operations = routes
                .operations
                .iter()
                .filter(|operation| operation.backend == Some(index));
            forwarder.timeouts = timeouts::timeouts(operations, forwarders.timeout_ms);
        }
        diagnostics.extend(environment::mappings(blueprint, backend));
        diagnostics.extend(environment::size(
            blueprint.place(&pointer::child("/backends", &*backend.name)),
            backend,
        ));
    }
}
