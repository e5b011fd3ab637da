//! Backends: their integration, targets, headers and path prefix.
//!
//! In: `BackendSpec`s. Out: `BackendPlan`s, findings. Pure.

use std::sync::Arc;

use super::alb::listener_of;
use super::certificates::skips_verification;
use super::durations::deregistration_delay;
use super::headers::headers;
use super::health_check::health_check;
use super::targets;
use crate::blueprint::{BackendSpec, Protocol, Topology};
use crate::diagnostic;
use crate::plan::functions::forwarder::forwarder;
use crate::plan::lambda::function;
use crate::plan::variables::Variables;
use crate::plan::{
    BackendPlan, BalancedPlan, InputType, IntegrationPlan, InternetPlan, TargetProtocol, Value,
};
use crate::source::pointer;

/// Decides every backend, by name.
///
/// Errors: those of `functions` and `headers`; GW2002 value, GW2003 port or targets,
/// GW2008 Terraform only, GW2011 health check, GW4021 certificate, GW4025 TLS in CloudFormation.
pub(crate) fn backends(variables: &mut Variables<'_>) -> Vec<BackendPlan> {
    let backends = &variables.blueprint().spec.backends;
    backends
        .iter()
        .filter_map(|(name, spec)| backend(variables, name, spec))
        .collect()
}

fn backend(variables: &mut Variables<'_>, name: &str, spec: &BackendSpec) -> Option<BackendPlan> {
    let at = pointer::child("/backends", name);
    let topology = variables.blueprint().spec.topology;
    let targets = spec.targets.as_ref();
    let integration = if let Some(called) = targets.and_then(|targets| targets.function.as_ref()) {
        let at = format!("{at}/targets/function");
        IntegrationPlan::Function(function(variables, called, InputType::Function, &at))
    } else if topology == Topology::Internet {
        IntegrationPlan::Internet(internet(variables, spec, &at)?)
    } else if topology == Topology::Forwarder {
        IntegrationPlan::Forwarder(forwarder(variables, spec, &at)?)
    } else {
        IntegrationPlan::Balanced(Box::new(balanced(variables, name, spec)?))
    };
    Some(BackendPlan {
        name: name.into(),
        headers: headers(variables, spec, &at),
        integration,
        path_prefix: (spec.path_prefix.split('/'))
            .filter(|segment| !segment.is_empty())
            .map(Arc::from)
            .collect(),
    })
}

/// Decides a backend that is called over the internet; `blueprint` checks a literal URL.
fn internet(variables: &mut Variables<'_>, spec: &BackendSpec, at: &str) -> Option<InternetPlan> {
    let url = match variables.value(spec.url.as_ref()?, InputType::Url, &format!("{at}/url")) {
        Value::Literal(text) => Value::Literal(text.trim_end_matches('/').into()),
        given @ (Value::Input(_) | Value::Expression(_) | Value::Parameter { .. }) => given,
    };
    Some(InternetPlan {
        url,
        skips_verification: skips_verification(variables, spec, at),
    })
}

fn balanced(variables: &mut Variables<'_>, name: &str, spec: &BackendSpec) -> Option<BalancedPlan> {
    let blueprint = variables.blueprint();
    let at = pointer::child("/backends", name);
    let Some(port) = spec.port else {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(variables.place(&at))
                .message(format_args!("the backend `{name}` has no `port`"))
                .help("write the port that its servers listen on"),
        );
        return None;
    };
    let host = spec.host.as_ref().map(|host| {
        let at = format!("{at}/host");
        variables.check_host(host, &at);
        variables.value(host, InputType::Text, &at)
    });
    let speaks_tls = spec.protocol == Protocol::Https;
    let alb = listener_of(variables, spec, &at);
    let ends_tls = match alb {
        Some(listener) => listener.is_tls,
        None => blueprint.spec.nlb.tls.is_some(),
    };
    let is_tls = ends_tls || (speaks_tls && alb.is_none());
    let first_host = || Some(Value::Literal(blueprint.spec.first_host()?.into()));
    let host = host.or_else(first_host);
    let security_group = spec.security_group.as_ref().map(|group| {
        let at = format!("{at}/security_group");
        variables.value(group, InputType::SecurityGroup, &at)
    });
    Some(BalancedPlan {
        name: name.into(),
        port: port.number(),
        listener_port: match alb {
            Some(listener) => listener.port,
            None => spec.nlb_port().unwrap_or(port).number(),
        },
        is_tls,
        protocol: match (alb.is_some(), speaks_tls) {
            (true, true) => TargetProtocol::Https,
            (true, false) => TargetProtocol::Http,
            (false, true) if ends_tls => TargetProtocol::Tls,
            (false, _) => TargetProtocol::Tcp,
        },
        host,
        skips_verification: false,
        targets: targets::targets(variables, spec, name, &at)?,
        health_check: health_check(variables, spec, &at),
        deregistration_delay_s: deregistration_delay(variables, spec, &at),
        security_group,
    })
}
