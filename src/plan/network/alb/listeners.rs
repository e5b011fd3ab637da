//! Listeners of the application load balancer, the hosts of their rules, and who may call them.
//!
//! In: `AlbSpec`. Out: `AlbListenerPlan`s still without rules, hosts, clients; findings. Pure.

use std::sync::Arc;

use super::AlbListenerPlan;
use crate::blueprint::{self, AlbListenerSpec, AlbSpec, BackendSpec, Protocol};
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, Value, Values};

/// Port of a listener, and whether it uses TLS.
#[derive(Clone, Copy)]
pub(crate) struct ListenerPort {
    pub(crate) port: u16,
    pub(crate) is_tls: bool,
}

impl ListenerPort {
    fn of(listener: &AlbListenerSpec) -> Self {
        Self {
            port: listener.port.number(),
            is_tls: listener.protocol == Protocol::Https,
        }
    }
}

/// The listener that serves a backend; `None` where there is no application load balancer.
///
/// Errors: GW2040 host, GW2041 port.
pub(crate) fn listener_of(
    variables: &mut Variables<'_>,
    backend: &BackendSpec,
    at: &str,
) -> Option<ListenerPort> {
    let spec = &variables.blueprint().spec;
    if !spec.topology.has_alb() {
        return None;
    }
    let ports: Vec<_> = spec.alb.listeners().iter().map(ListenerPort::of).collect();
    let found = match backend.alb_port {
        None => ports.first(),
        Some(port) => ports.iter().find(|listener| listener.port == port.number()),
    };
    if found.is_none() {
        let all: Vec<String> = ports
            .iter()
            .map(|listener| listener.port.to_string())
            .collect();
        variables.report(
            diagnostic::UNKNOWN_LISTENER
                .at(variables.place(&format!("{at}/alb_port")))
                .message(format_args!(
                    "the application load balancer has no listener on this port; it has {}",
                    all.join(", ")
                ))
                .help("add the port to `alb.listeners`, or write one of those"),
        );
    }
    check_host(variables, backend, at);
    found.or(ports.first()).copied()
}

/// Refuses a host that no rule of the balancer names.
fn check_host(variables: &mut Variables<'_>, backend: &BackendSpec, at: &str) {
    let hosts = variables.blueprint().spec.alb.hosts.as_ref();
    let (Some(hosts), Some(host)) = (hosts.filter(|hosts| !hosts.is_empty()), &backend.host) else {
        return;
    };
    let is_host = |text: &String| hosts.iter().any(|host| host.eq_ignore_ascii_case(text));
    if !matches!(host, blueprint::ValueSpec::Literal(text) if is_host(text)) {
        variables.report(
            diagnostic::HOST_OUTSIDE_RULES
                .at(variables.place(&format!("{at}/host")))
                .also(variables.place("/alb/hosts"))
                .message(
                    "every rule of the balancer asks for one of `alb.hosts`, and this host is none of them: its requests would get 404",
                )
                .help("write the same name at both places, or remove one of the two lines"),
        );
    }
}

pub(crate) fn listeners(
    variables: &mut Variables<'_>,
    alb: &AlbSpec,
    emits_rules: bool,
) -> Vec<AlbListenerPlan> {
    let mut listeners: Vec<AlbListenerPlan> = Vec::new();
    for (index, listener) in alb.listeners().iter().enumerate() {
        let ListenerPort { port, is_tls } = ListenerPort::of(listener);
        let at = format!("/alb/listeners/{index}");
        if listeners.iter().any(|listener| listener.port == port) {
            variables.report(
                diagnostic::PORT_TAKEN
                    .at(variables.place(&format!("{at}/port")))
                    .message(format_args!(
                        "two listeners of the application load balancer have port {port}"
                    ))
                    .help("remove one of the two"),
            );
        }
        let is_new = alb.existing.is_none();
        let certificate = listener.certificate.as_ref();
        if is_new && certificate.is_some() != is_tls {
            variables.report(certificate_fault(variables, &at, is_tls));
        }
        let certificate = certificate.map(|certificate| {
            let at = format!("{at}/certificate");
            variables.value(certificate, InputType::Certificate, &at)
        });
        listeners.push(AlbListenerPlan {
            port,
            is_tls,
            certificate: certificate.filter(|_| is_new),
            existing: existing_listener(variables, alb, port, emits_rules),
            health_priority: None,
            rules: Vec::new(),
        });
    }
    listeners
}

/// ARN of the existing balancer's listener on a port.
fn existing_listener(
    variables: &mut Variables<'_>,
    alb: &AlbSpec,
    port: u16,
    emits_rules: bool,
) -> Option<Value> {
    let listeners = alb.existing.as_ref()?.listeners.as_ref();
    let arn = listeners.and_then(|listeners| listeners.get(&port.to_string()));
    if arn.is_none() && emits_rules {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(variables.place("/alb/existing"))
                .message(format_args!(
                    "rules are made for the listener on port {port}, and its ARN is not named"
                ))
                .help(format_args!(
                    "add `listeners: {{\"{port}\": {{var: listener_arn}}}}`, or `rules: none`"
                )),
        );
    }
    let at = format!("/alb/existing/listeners/{port}");
    arn.map(|arn| variables.value(arn, InputType::AlbListener, &at))
}

fn certificate_fault(variables: &Variables<'_>, at: &str, is_tls: bool) -> diagnostic::Diagnostic {
    if is_tls {
        return diagnostic::MISSING_FIELD
            .at(variables.place(at))
            .message("a listener that speaks `https` needs a `certificate`")
            .help("add `certificate: {var: cert_arn}`");
    }
    diagnostic::FIELD_DOES_NOT_FIT
        .at(variables.place(&format!("{at}/certificate")))
        .message("a listener that speaks `http` has no certificate")
        .help("add `protocol: https`, or remove the line")
}

/// Most hosts of a rule: a path and a method have to fit beside them. Source: docs/aws-rules.md#l5
/// (5 values a rule).
const MAX_HOSTS: usize = 3;

pub(crate) fn hosts(variables: &mut Variables<'_>, alb: &AlbSpec) -> Vec<Arc<str>> {
    let hosts = alb.hosts.as_deref().unwrap_or_default();
    for (index, host) in hosts.iter().enumerate() {
        let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if host.is_empty() || host.len() > 128 || !host.bytes().all(is_legal) {
            variables.report(
                diagnostic::INVALID_VALUE
                    .at(variables.place(&format!("/alb/hosts/{index}")))
                    .message(format_args!("`{host}` is no host name"))
                    .help("write a whole DNS name of at most 128 characters, such as `orders.internal`"),
            );
        }
    }
    if hosts.len() > MAX_HOSTS {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(variables.place("/alb/hosts"))
                .message(format_args!(
                    "a rule has 5 values, and {} hosts leave no room for a path and a method",
                    hosts.len()
                ))
                .help("name at most 3 hosts"),
        );
    }
    hosts.iter().map(|host| host.as_str().into()).collect()
}

/// Security groups and ranges of private callers.
///
/// A literal shows which of the two it is; only Terraform can find that out at deploy time.
pub(crate) fn clients(variables: &mut Variables<'_>, clients: &blueprint::ValuesSpec) -> Values {
    let at = "/alb/clients";
    if !variables.blueprint().spec.alb_group_has_rules() {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(variables.place(at))
                .message("clients are admitted by rules in the balancer's security group, and rules are made in no group of others")
                .help("admit them where that group is made and remove the line; for a balancer that is there, name its `security_group`"),
        );
    }
    let message = "the list is empty, so nobody would be admitted";
    let help = "name a group or a range, or remove the line";
    variables.refuse_empty(clients, at, message, help);
    let is_unknown =
        |value: &blueprint::ValueSpec| !matches!(value, blueprint::ValueSpec::Literal(_));
    let unknown = match clients {
        blueprint::ValuesSpec::One(_) => Some(at.to_owned()),
        blueprint::ValuesSpec::List(list) => list
            .iter()
            .position(is_unknown)
            .map(|index| format!("{at}/{index}")),
    };
    if let Some(at) = unknown {
        variables.only_terraform(
            &at,
            "CloudFormation cannot tell at deploy time whether a client is a group or a range",
            "list the groups and ranges one by one, as text",
        );
    }
    variables.values(clients, InputType::Clients, at)
}
