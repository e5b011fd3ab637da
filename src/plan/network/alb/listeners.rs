//! Listeners of the application load balancer, the hosts of their rules, and who may call them.
//!
//! In: `AlbSpec`. Out: `AlbListenerPlan`s still without rules, hosts, clients; findings. Pure.

use std::sync::Arc;

use super::{AlbListenerPlan, has_alb};
use crate::blueprint::{self, AlbSpec, BackendSpec, Blueprint, BlueprintSpec, Protocol, defaults};
use crate::diagnostic;
use crate::plan::network::targets;
use crate::plan::variables::Variables;
use crate::plan::{InputType, Values};

/// Ports of the listeners, and whether each speaks TLS.
fn ports(spec: &BlueprintSpec) -> Vec<(u16, bool)> {
    let alb = spec.alb.as_ref();
    let is_tls =
        |protocol: Option<Protocol>| protocol.unwrap_or(defaults::PROTOCOL) == Protocol::Https;
    if let Some(listeners) = alb
        .and_then(|it| it.listeners.as_ref())
        .filter(|it| !it.is_empty())
    {
        return listeners
            .iter()
            .map(|it| (it.port.number(), is_tls(it.protocol)))
            .collect();
    }
    let existing = alb
        .and_then(|it| it.existing.as_ref())
        .and_then(|it| it.listeners.as_ref());
    let mut ports: Vec<(u16, bool)> = existing
        .into_iter()
        .flat_map(|it| it.keys())
        .filter_map(|it| Some((it.parse().ok()?, false)))
        .collect();
    ports.sort_unstable();
    if ports.is_empty() {
        vec![(defaults::ALB_PORT, false)]
    } else {
        ports
    }
}

/// Port of the listener that serves a backend, and whether it speaks TLS; `None` where there is no
/// application load balancer.
///
/// Errors: GW2040 host, GW2041 port.
pub(crate) fn listener_of(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> Option<(u16, bool)> {
    if !has_alb(blueprint.spec.topology) {
        return None;
    }
    let ports = ports(&blueprint.spec);
    let wanted = spec.alb_port.map(|it| it.number());
    let found = wanted
        .map_or_else(
            || ports.first(),
            |port| ports.iter().find(|it| it.0 == port),
        )
        .copied();
    if found.is_none() {
        let all: Vec<String> = ports.iter().map(|it| it.0.to_string()).collect();
        variables.report(
            diagnostic::UNKNOWN_LISTENER
                .at(blueprint.place(&format!("{at}/alb_port")))
                .message(format_args!(
                    "the application load balancer has no listener on this port; it has {}",
                    all.join(", ")
                ))
                .help("add the port to `alb.listeners`, or write one of those"),
        );
    }
    let hosts = blueprint
        .spec
        .alb
        .as_ref()
        .and_then(|it| it.hosts.as_ref())
        .filter(|it| !it.is_empty());
    if let (Some(hosts), Some(host)) = (hosts, &spec.host) {
        let is_among = matches!(host, blueprint::Value::Literal(text) if hosts.iter().any(|it| it.eq_ignore_ascii_case(text)));
        if !is_among {
            variables.report(
                diagnostic::HOST_OUTSIDE_RULES
                    .at(blueprint.place(&format!("{at}/host")))
                    .also(blueprint.place("/alb/hosts"))
                    .message(
                        "every rule of the balancer asks for one of `alb.hosts`, and this host is none of them: its requests would get 404",
                    )
                    .help("write the same name at both places, or remove one of the two lines"),
            );
        }
    }
    found.or_else(|| ports.first().copied())
}

pub(crate) fn listeners(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    alb: &AlbSpec,
    emits_rules: bool,
) -> Vec<AlbListenerPlan> {
    let mut listeners: Vec<AlbListenerPlan> = Vec::new();
    for (index, (port, is_tls)) in ports(&blueprint.spec).into_iter().enumerate() {
        let at = format!("/alb/listeners/{index}");
        if listeners.iter().any(|it| it.port == port) {
            variables.report(
                diagnostic::PORT_TAKEN
                    .at(blueprint.place(&format!("{at}/port")))
                    .message(format_args!(
                        "two listeners of the application load balancer have port {port}"
                    ))
                    .help("remove one of the two"),
            );
        }
        let certificate = alb
            .listeners
            .as_ref()
            .and_then(|it| it.get(index))
            .and_then(|it| it.certificate.as_ref());
        let existing = alb.existing.as_ref();
        if existing.is_none() && certificate.is_some() != is_tls {
            variables.report(certificate_fault(blueprint, &at, is_tls));
        }
        let certificate = certificate.map(|it| {
            let at = format!("{at}/certificate");
            variables.read(
                it,
                InputType::Certificate,
                (&at, existing.is_none() && is_tls),
            )
        });
        let arn = existing
            .and_then(|it| it.listeners.as_ref())
            .and_then(|it| it.get(&port.to_string()));
        if existing.is_some() && arn.is_none() && emits_rules {
            variables.report(
                diagnostic::MISSING_FIELD
                    .at(blueprint.place("/alb/existing"))
                    .message(format_args!(
                        "rules are made for the listener on port {port}, and its ARN is not named"
                    ))
                    .help(format_args!(
                        "add `listeners: {{\"{port}\": {{var: listener_arn}}}}`, or `rules: none`"
                    )),
            );
        }
        let existing_arn = arn.map(|it| {
            let at = format!("{}/{port}", "/alb/existing/listeners");
            variables.read(it, InputType::AlbListener, (&at, emits_rules))
        });
        let certificate = certificate.filter(|_| existing.is_none());
        listeners.push(AlbListenerPlan {
            port,
            is_tls,
            certificate,
            existing: existing_arn,
            health_priority: None,
            rules: Vec::new(),
        });
    }
    listeners
}

fn certificate_fault(blueprint: &Blueprint, at: &str, is_tls: bool) -> diagnostic::Diagnostic {
    if is_tls {
        return diagnostic::MISSING_FIELD
            .at(blueprint.place(at))
            .message("a listener that speaks `https` needs a `certificate`")
            .help("add `certificate: {var: cert_arn}`");
    }
    diagnostic::FIELD_DOES_NOT_FIT
        .at(blueprint.place(&format!("{at}/certificate")))
        .message("a listener that speaks `http` has no certificate")
        .help("add `protocol: https`, or remove the line")
}

/// Most hosts of a rule: a path and a method have to fit beside them. Source: docs/aws-rules.md#l5
/// (5 values a rule).
const MAX_HOSTS: usize = 3;

pub(crate) fn hosts(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    alb: &AlbSpec,
) -> Vec<Arc<str>> {
    let hosts = alb.hosts.as_deref().unwrap_or_default();
    for (index, host) in hosts.iter().enumerate() {
        let is_plain = !host.is_empty()
            && host.len() <= 128
            && host
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-'));
        if !is_plain {
            variables.report(
                diagnostic::INVALID_VALUE
                    .at(blueprint.place(&format!("/alb/hosts/{index}")))
                    .message(format_args!("`{host}` is no host name"))
                    .help("write a whole DNS name of at most 128 characters, such as `orders.internal`"),
            );
        }
    }
    if hosts.len() > MAX_HOSTS {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place("/alb/hosts"))
                .message(format_args!(
                    "a rule has 5 values, and {} hosts leave no room for a path and a method",
                    hosts.len()
                ))
                .help("name at most 3 hosts"),
        );
    }
    hosts.iter().map(|it| it.as_str().into()).collect()
}

/// A group's id or a range tells itself apart; what is known at deploy time can be asked by
/// Terraform alone.
pub(crate) fn clients(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    alb: &AlbSpec,
    clients: &blueprint::Values,
) -> Values {
    let at = "/alb/clients";
    let has_group = match &alb.existing {
        Some(existing) => existing.security_group.is_some(),
        None => alb.security_groups.is_none(),
    };
    if !has_group {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(blueprint.place(at))
                .message("clients are admitted by rules in the balancer's security group, and rules are made in no group of others")
                .help("admit them where that group is made and remove the line; for a balancer that is there, name its `security_group`"),
        );
    }
    targets::not_empty(
        blueprint,
        variables,
        clients,
        (
            at,
            "the list is empty, so nobody would be admitted",
            "name a group or a range, or remove the line",
        ),
    );
    let is_unknown = |it: &blueprint::Value| !matches!(it, blueprint::Value::Literal(_));
    let unknown = match clients {
        blueprint::Values::One(_) => Some(at.to_owned()),
        blueprint::Values::List(list) => list
            .iter()
            .position(is_unknown)
            .map(|index| format!("{at}/{index}")),
    };
    if let Some(at) = unknown {
        let help = "list the groups and ranges one by one, as text";
        variables.only_terraform(
            &at,
            "CloudFormation cannot tell at deploy time whether a client is a group or a range",
            help,
        );
    }
    variables.values(clients, (InputType::Client, InputType::Clients), at)
}
