//! Backends with every default filled in.

use std::sync::Arc;

use super::headers::headers;
use super::internet::internet;
use super::{alb, bounds, targets};
use crate::blueprint::{
    self, BackendSpec, Blueprint, HealthCheckSpec, HealthPort, HealthProtocol, Protocol, defaults,
};
use crate::diagnostic;
use crate::plan::functions::forwarder::forwarder;
use crate::plan::functions::lambda::function;
use crate::plan::variables::Variables;
use crate::plan::{
    BackendPlan, BalancedPlan, HealthCheckPlan, InputType, TargetProtocol, Value, Way,
};
use crate::source::pointer;

/// Decides every backend, by name.
///
/// Errors: those of `functions`, `internet` and `headers`; GW2002 value, GW2003 port or targets,
/// GW2008 Terraform only, GW2011 health check, GW4021 certificate, GW4025 TLS in CloudFormation.
pub(crate) fn backends(blueprint: &Blueprint, variables: &mut Variables<'_>) -> Vec<BackendPlan> {
    blueprint
        .spec
        .backends
        .iter()
        .filter_map(|(name, spec)| backend(blueprint, variables, name, spec))
        .collect()
}

fn backend(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    name: &str,
    spec: &BackendSpec,
) -> Option<BackendPlan> {
    let at = pointer::child("/backends", name);
    let called = spec.targets.as_ref().and_then(|it| it.function.as_ref());
    let way = if let Some(called) = called {
        Way::Function(function(
            blueprint,
            variables,
            called,
            &format!("{at}/targets/function"),
        ))
    } else if blueprint.spec.topology == blueprint::Topology::Internet {
        Way::Internet(internet(blueprint, variables, spec, &at)?)
    } else if blueprint.spec.topology == blueprint::Topology::Forwarder {
        Way::Forwarder(forwarder(blueprint, variables, spec, &at)?)
    } else {
        Way::Balanced(Box::new(balanced(blueprint, variables, name, spec)?))
    };
    let prefix = spec.path_prefix.as_deref().unwrap_or(defaults::PATH_PREFIX);
    Some(BackendPlan {
        name: name.into(),
        headers: headers(blueprint, variables, spec, &at),
        way,
        path_prefix: prefix
            .split('/')
            .filter(|it| !it.is_empty())
            .map(Arc::from)
            .collect(),
    })
}

fn balanced(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    name: &str,
    spec: &BackendSpec,
) -> Option<BalancedPlan> {
    let at = pointer::child("/backends", name);
    let Some(port) = spec.port else {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(blueprint.place(&at))
                .message(format_args!("the backend `{name}` has no `port`"))
                .help("write the port that its servers listen on"),
        );
        return None;
    };
    let host = spec.host.as_ref().map(|it| {
        check_host(blueprint, variables, it, &format!("{at}/host"));
        variables.of_gateway(it, InputType::Text, &format!("{at}/host"))
    });
    let speaks_tls = spec.protocol.unwrap_or(defaults::PROTOCOL) == Protocol::Https;
    let alb = alb::listener_of(blueprint, variables, spec, &at);
    let ends_tls = match alb {
        Some((_, is_tls)) => is_tls,
        None => blueprint
            .spec
            .nlb
            .as_ref()
            .is_some_and(|it| it.tls.is_some()),
    };
    let is_tls = ends_tls || (speaks_tls && alb.is_none());
    let host =
        host.or_else(|| alb::first_host(&blueprint.spec).map(|it| Value::Literal(it.into())));
    let verifies = spec
        .tls
        .as_ref()
        .and_then(|it| it.verify)
        .unwrap_or(defaults::TLS_VERIFY);
    let skips_verification =
        is_tls && variables.has_gateway && skips_verification(blueprint, variables, spec, &at);
    if is_tls && verifies && host.is_none() && variables.has_gateway {
        variables.report(unverifiable(blueprint, name, ends_tls));
    }
    let (targets, security_group) =
        variables.unused(!alb::emits_rules(&blueprint.spec), |variables| {
            let group = spec.security_group.as_ref();
            let group = group.map(|it| {
                variables.value(
                    it,
                    InputType::SecurityGroup,
                    &format!("{at}/security_group"),
                )
            });
            (targets::targets(blueprint, variables, spec, &at), group)
        });
    let targets = targets?;
    Some(BalancedPlan {
        name: name.into(),
        port: port.number(),
        listener_port: alb.map_or_else(
            || spec.listener_port.unwrap_or(port).number(),
            |(port, _)| port,
        ),
        is_tls,
        protocol: match (alb.is_some(), speaks_tls) {
            (true, true) => TargetProtocol::Https,
            (true, false) => TargetProtocol::Http,
            (false, _) if speaks_tls && ends_tls => TargetProtocol::Tls,
            (false, _) => TargetProtocol::Tcp,
        },
        host,
        skips_verification,
        targets,
        health_check: health_check(blueprint, variables, spec, &at),
        deregistration_delay_s: bounds::deregistration_delay(blueprint, variables, spec, &at),
        security_group,
    })
}

/// Whether any certificate will do.
///
/// Errors: GW4025 TLS in CloudFormation.
pub(crate) fn skips_verification(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> bool {
    let verifies = spec
        .tls
        .as_ref()
        .and_then(|it| it.verify)
        .unwrap_or(defaults::TLS_VERIFY);
    let output = blueprint.spec.output.as_ref();
    let style = output
        .and_then(|it| it.api_style)
        .unwrap_or(defaults::API_STYLE);
    // A body can say it (I13).
    let cannot = output.and_then(|it| it.format) == Some(blueprint::Format::Cloudformation)
        && style == blueprint::ApiStyle::Resources;
    if !verifies && cannot {
        variables.report(
            diagnostic::TLS_IN_CLOUDFORMATION
                .at(blueprint.place(&format!("{at}/tls/verify")))
                .message("CloudFormation cannot turn the verification of certificates off, resource by resource")
                .help("write `output.api_style: body`, use a certificate of a public authority and `host`, or Terraform"),
        );
    }
    !verifies
}

/// The name that is checked is that of the certificate which the gateway sees: the balancer's where
/// it ends TLS, else the servers'.
fn unverifiable(blueprint: &Blueprint, name: &str, ends_tls: bool) -> diagnostic::Diagnostic {
    let at = pointer::child("/backends", name);
    let message = format_args!(
        "no certificate can name the load balancer that `{name}` is reached through, so every https call would fail"
    );
    if ends_tls {
        let help = if alb::has_alb(blueprint.spec.topology) {
            "set the backend's `host`, or `alb.hosts`, to a name in the listener's certificate, or `tls: {verify: false}`"
        } else {
            "set the backend's `host` to a name in the certificate of `nlb.tls`, or `tls: {verify: false}`"
        };
        return diagnostic::UNVERIFIABLE_CERTIFICATE
            .at(blueprint.place(&at))
            .message(message)
            .help(help);
    }
    diagnostic::UNVERIFIABLE_CERTIFICATE
        .at(blueprint.place(&format!("{at}/protocol")))
        .message(message)
        .help("set `host` to the name in the servers' certificate, or `tls: {verify: false}`")
}

/// A literal host is a DNS name or address: nothing else may come into the integration's URI.
pub(crate) fn check_host(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    host: &blueprint::Value,
    at: &str,
) {
    let blueprint::Value::Literal(text) = host else {
        return;
    };
    if text.is_empty()
        || text.len() > 253
        || !text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-'))
    {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(at))
                .message(format_args!("`{text}` is no host name"))
                .help("write a DNS name without scheme, port or path, such as `orders.internal`"),
        );
    }
}

pub(crate) fn seconds(duration: blueprint::Duration) -> u32 {
    u32::try_from(duration.milliseconds() / 1_000).unwrap_or(u32::MAX)
}

/// Bounds of a health check, in seconds and counts.
///
/// Source: docs/aws-rules.md#l19, docs/aws-rules.md#l20.
fn health_check(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> HealthCheckPlan {
    let mut check = spec.health_check.clone().unwrap_or_default();
    if spec
        .targets
        .as_ref()
        .is_some_and(|it| it.target_group.is_some())
    {
        // The rest is the target group's own, and named by `targets`.
        check = HealthCheckSpec {
            port: check.port,
            ..HealthCheckSpec::default()
        };
    }
    let at = format!("{at}/health_check");
    let protocol = check
        .protocol
        .or(defaults::health_protocol(blueprint.spec.topology))
        .unwrap_or(HealthProtocol::Tcp);
    let plan = HealthCheckPlan {
        protocol,
        path: check
            .path
            .as_deref()
            .unwrap_or(defaults::HEALTH_PATH)
            .into(),
        matcher: check.matcher.as_deref().unwrap_or(defaults::MATCHER).into(),
        port: match check.port {
            None | Some(HealthPort::Traffic) => None,
            Some(HealthPort::Number(port)) => Some(port.number()),
        },
        interval_s: seconds(check.interval.unwrap_or(defaults::HEALTH_INTERVAL)),
        timeout_s: seconds(check.timeout.unwrap_or(defaults::HEALTH_TIMEOUT)),
        healthy: check.healthy.unwrap_or(defaults::HEALTHY),
        unhealthy: check.unhealthy.unwrap_or(defaults::UNHEALTHY),
    };
    if alb::has_alb(blueprint.spec.topology) {
        alb::fits_balancer(blueprint, variables, &plan, &at);
    }
    bounds::check(blueprint, variables, (&check, &plan), &at);
    if protocol == HealthProtocol::Tcp {
        for (field, is_written) in [
            ("path", check.path.is_some()),
            ("matcher", check.matcher.is_some()),
        ] {
            if is_written {
                variables.report(
                    diagnostic::FIELD_DOES_NOT_FIT
                        .at(blueprint.place(&format!("{at}/{field}")))
                        .message(format_args!("a TCP check opens a connection and asks nothing, so `{field}` has no meaning in it"))
                        .help("set `protocol: http`, or remove the field"),
                );
            }
        }
    }
    let bounds = [
        ("interval", plan.interval_s, 5, 300),
        ("timeout", plan.timeout_s, 2, 120),
        ("healthy", plan.healthy, 2, 10),
        ("unhealthy", plan.unhealthy, 2, 10),
    ];
    for (field, value, low, high) in bounds {
        if !(low..=high).contains(&value) {
            variables.report(
                diagnostic::INVALID_VALUE
                    .at(blueprint.place(&format!("{at}/{field}")))
                    .message(format_args!(
                        "`{field}` is {value}; AWS takes {low} to {high}"
                    ))
                    .help("choose a number in that range"),
            );
        }
    }
    if plan.timeout_s >= plan.interval_s {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(&format!("{at}/timeout")))
                .message(format_args!(
                    "a check may take {} s, but the next one starts after {} s",
                    plan.timeout_s, plan.interval_s
                ))
                .help("make `timeout` shorter than `interval`"),
        );
    }
    plan
}
