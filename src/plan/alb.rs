//! The application load balancer: made here or there already, its listeners, and who may call it.
//!
//! In: `AlbSpec`, `NetworkSpec`. Out: `AlbPlan`, findings. Pure.
//! The listeners answer 404 to what no rule takes; the rules come from `rules`, once the operations are decided.

mod rules;

use std::sync::Arc;

use super::balancer::{access_logs, balanced};
use super::variables::Variables;
use super::{AccessLogsPlan, HealthCheckPlan, InputType, RulePlan, SourcePlan, Value, Values, link, sync, targets};
use crate::blueprint::{
    self, AlbSpec, BackendSpec, Blueprint, BlueprintSpec, ExistingAlbSpec, HealthProtocol, Protocol, Topology, defaults,
};
use crate::diagnostic;
use crate::source::pointer;
pub(super) use rules::rules;

/// The balancer that picks a backend by the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlbPlan {
    pub balancer: AlbBalancerPlan,
    /// In the order of the blueprint.
    pub listeners: Vec<AlbListenerPlan>,
    /// Hosts of every rule.
    pub hosts: Vec<Arc<str>>,
    /// Security groups and ranges of private callers.
    pub clients: Option<Values>,
    /// What the backends' groups name to admit it.
    pub source: SourcePlan,
    /// Rules, and the target groups that they name.
    pub emits_rules: bool,
}

/// Where the balancer comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlbBalancerPlan {
    Made {
        /// In place of a group of its own.
        security_groups: Option<Values>,
        idle_timeout_s: u32,
        deletion_protection: bool,
        access_logs: Option<AccessLogsPlan>,
    },
    Existing {
        arn: Value,
        dns_name: Option<Value>,
        /// Where rules are made that admit callers.
        security_group: Option<Value>,
    },
}

/// A port of the balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlbListenerPlan {
    pub port: u16,
    pub is_tls: bool,
    /// There where it is made and speaks TLS.
    pub certificate: Option<Value>,
    /// ARN of one that is there.
    pub existing: Option<Value>,
    /// Priority of its own answer to health checks; none on a listener that others share.
    pub health_priority: Option<u32>,
    /// By priority.
    pub rules: Vec<RulePlan>,
}

/// Whether requests go through an application load balancer.
pub(super) fn has_alb(topology: Topology) -> bool {
    match topology {
        Topology::NlbAlbSync | Topology::NlbAlb | Topology::Alb => true,
        Topology::NlbTargets | Topology::Forwarder | Topology::Internet => false,
    }
}

/// Whether rules are made, and the target groups that they name; true where there is no such balancer.
pub(super) fn emits_rules(spec: &BlueprintSpec) -> bool {
    let existing = spec.alb.as_ref().filter(|_| has_alb(spec.topology)).and_then(|it| it.existing.as_ref());
    existing.is_none_or(|it| it.rules != Some(blueprint::Rules::None))
}

/// The host that requests name where their backend names none.
pub(super) fn first_host(spec: &BlueprintSpec) -> Option<&str> {
    let hosts = spec.alb.as_ref().filter(|_| has_alb(spec.topology))?.hosts.as_ref()?;
    hosts.first().map(String::as_str)
}

/// Whether a rule names what stands before the balancer: in the balancer's own group.
pub(super) fn admits(spec: &BlueprintSpec) -> bool {
    let alb = spec.alb.as_ref();
    match alb.and_then(|it| it.existing.as_ref()) {
        Some(existing) => existing.security_group.is_some(),
        None => alb.is_none_or(|it| it.security_groups.is_none()),
    }
}

/// Ports of the listeners, and whether each speaks TLS.
fn ports(spec: &BlueprintSpec) -> Vec<(u16, bool)> {
    let alb = spec.alb.as_ref();
    let is_tls = |protocol: Option<Protocol>| protocol.unwrap_or(defaults::PROTOCOL) == Protocol::Https;
    if let Some(listeners) = alb.and_then(|it| it.listeners.as_ref()).filter(|it| !it.is_empty()) {
        return listeners.iter().map(|it| (it.port.number(), is_tls(it.protocol))).collect();
    }
    let existing = alb.and_then(|it| it.existing.as_ref()).and_then(|it| it.listeners.as_ref());
    let mut ports: Vec<(u16, bool)> =
        existing.into_iter().flat_map(|it| it.keys()).filter_map(|it| Some((it.parse().ok()?, false))).collect();
    ports.sort_unstable();
    if ports.is_empty() { vec![(defaults::ALB_PORT, false)] } else { ports }
}

/// Port of the listener that serves a backend, and whether it speaks TLS; `None` where there is no application load balancer.
///
/// Errors: GW2040 host, GW2041 port.
pub(super) fn listener_of(blueprint: &Blueprint, variables: &mut Variables<'_>, spec: &BackendSpec, at: &str) -> Option<(u16, bool)> {
    if !has_alb(blueprint.spec.topology) {
        return None;
    }
    let ports = ports(&blueprint.spec);
    let wanted = spec.alb_port.map(|it| it.number());
    let found = wanted.map_or_else(|| ports.first(), |port| ports.iter().find(|it| it.0 == port)).copied();
    if found.is_none() {
        let all: Vec<String> = ports.iter().map(|it| it.0.to_string()).collect();
        variables.report(
            diagnostic::UNKNOWN_LISTENER
                .at(blueprint.place(&format!("{at}/alb_port")))
                .message(format_args!("the application load balancer has no listener on this port; it has {}", all.join(", ")))
                .help("add the port to `alb.listeners`, or write one of those"),
        );
    }
    let hosts = blueprint.spec.alb.as_ref().and_then(|it| it.hosts.as_ref()).filter(|it| !it.is_empty());
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

/// What a target group of an application load balancer cannot be told.
///
/// Source: AWS-RULES L20.
pub(super) fn fits_balancer(blueprint: &Blueprint, variables: &mut Variables<'_>, check: &HealthCheckPlan, at: &str) {
    if check.protocol == HealthProtocol::Tcp {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(blueprint.place(&format!("{at}/protocol")))
                .message("an application load balancer asks its targets by HTTP, never by a TCP connection alone")
                .help("write `http` or `https`, or remove the line"),
        );
    }
    let codes = check.matcher.split([',', '-']).filter_map(|it| it.parse::<u32>().ok());
    if codes.into_iter().any(|code| !(200..=499).contains(&code)) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(&format!("{at}/matcher")))
                .message(format_args!(
                    "`{}`: an application load balancer takes status codes from 200 to 499 as a good answer",
                    check.matcher
                ))
                .help("write for example `200-399`"),
        );
    }
}

/// Decides the balancer and its listeners; the rules are still to come.
///
/// Errors: GW2002 value, GW2003 missing field, GW2008 Terraform only, GW2011 fields that do not fit, GW2020 without effect, GW2042 rules
/// elsewhere, GW5001 rules without hosts.
pub(super) fn alb(blueprint: &Blueprint, variables: &mut Variables<'_>) -> AlbPlan {
    let written = AlbSpec::default();
    let alb = blueprint.spec.alb.as_ref().unwrap_or(&written);
    let emits_rules = emits_rules(&blueprint.spec);
    let clients = alb.clients.as_ref().map(|it| clients(blueprint, variables, alb, it));
    let admits = emits_rules && balanced(&blueprint.spec).any(|(_, it)| it.security_group.is_some());
    let (balancer, source) = match &alb.existing {
        Some(existing) => {
            beside_existing(blueprint, variables, alb);
            say_existing(blueprint, variables, alb, emits_rules);
            let group = existing.security_group.as_ref();
            let is_used = variables.has_gateway || admits || clients.is_some();
            let group = group.map(|it| variables.read(it, InputType::BalancerGroup, ("/alb/existing/security_group", is_used)));
            let source = existing_source(blueprint, variables, group.as_ref(), admits);
            // Only as a target it is named by its ARN; a function knows its name.
            let is_target = variables.has_gateway && !sync::has_sync(blueprint.spec.topology);
            let arn = variables.read(&existing.arn, InputType::Alb, ("/alb/existing/arn", is_target));
            let dns_name = sync::balancer_name(blueprint, variables, existing).or_else(|| dns_name(blueprint, variables, existing));
            (AlbBalancerPlan::Existing { arn, dns_name, security_group: group }, source)
        }
        None => made(blueprint, variables, alb, admits),
    };
    let listeners = listeners(blueprint, variables, alb, emits_rules);
    let hosts = hosts(blueprint, variables, alb);
    AlbPlan { balancer, listeners, hosts, clients, source, emits_rules }
}

fn made(blueprint: &Blueprint, variables: &mut Variables<'_>, alb: &AlbSpec, admits: bool) -> (AlbBalancerPlan, SourcePlan) {
    let security_groups = alb.security_groups.as_ref().map(|it| {
        let at = "/alb/security_groups";
        let help = "name a group, or remove the line: a group is made then";
        targets::not_empty(blueprint, variables, it, (at, "a balancer needs a security group", help));
        if admits {
            variables.only_listed(it, at, "make a rule");
        }
        variables.values(it, (InputType::BalancerGroup, InputType::BalancerGroups), at)
    });
    let access_logs = alb.access_logs.as_ref().map(|it| access_logs(blueprint, variables, it, "/alb/access_logs"));
    let idle = alb.idle_timeout.unwrap_or(defaults::ALB_IDLE_TIMEOUT).milliseconds();
    // Source: AWS-RULES L10 (1 to 4000 s).
    if !(1_000..=4_000_000).contains(&idle) || !idle.is_multiple_of(1_000) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place("/alb/idle_timeout"))
                .message("a connection may be idle for 1 to 4000 whole seconds")
                .help("write for example `60s`"),
        );
    }
    let source = security_groups.clone().map_or(SourcePlan::OwnGroup, SourcePlan::Groups);
    let balancer = AlbBalancerPlan::Made {
        security_groups,
        idle_timeout_s: u32::try_from(idle / 1_000).unwrap_or(u32::MAX),
        deletion_protection: alb.deletion_protection.unwrap_or(defaults::DELETION_PROTECTION),
        access_logs,
    };
    (balancer, source)
}

fn listeners(blueprint: &Blueprint, variables: &mut Variables<'_>, alb: &AlbSpec, emits_rules: bool) -> Vec<AlbListenerPlan> {
    let mut listeners: Vec<AlbListenerPlan> = Vec::new();
    for (index, (port, is_tls)) in ports(&blueprint.spec).into_iter().enumerate() {
        let at = format!("/alb/listeners/{index}");
        if listeners.iter().any(|it| it.port == port) {
            variables.report(
                diagnostic::PORT_TAKEN
                    .at(blueprint.place(&format!("{at}/port")))
                    .message(format_args!("two listeners of the application load balancer have port {port}"))
                    .help("remove one of the two"),
            );
        }
        let certificate = alb.listeners.as_ref().and_then(|it| it.get(index)).and_then(|it| it.certificate.as_ref());
        let existing = alb.existing.as_ref();
        if existing.is_none() && certificate.is_some() != is_tls {
            variables.report(certificate_fault(blueprint, &at, is_tls));
        }
        let certificate = certificate.map(|it| {
            let at = format!("{at}/certificate");
            variables.read(it, InputType::Certificate, (&at, existing.is_none() && is_tls))
        });
        let arn = existing.and_then(|it| it.listeners.as_ref()).and_then(|it| it.get(&port.to_string()));
        if existing.is_some() && arn.is_none() && emits_rules {
            variables.report(
                diagnostic::MISSING_FIELD
                    .at(blueprint.place("/alb/existing"))
                    .message(format_args!("rules are made for the listener on port {port}, and its ARN is not named"))
                    .help(format_args!("add `listeners: {{\"{port}\": {{var: listener_arn}}}}`, or `rules: none`")),
            );
        }
        let existing_arn = arn.map(|it| {
            let at = format!("{}/{port}", "/alb/existing/listeners");
            variables.read(it, InputType::AlbListener, (&at, emits_rules))
        });
        let certificate = certificate.filter(|_| existing.is_none());
        listeners.push(AlbListenerPlan { port, is_tls, certificate, existing: existing_arn, health_priority: None, rules: Vec::new() });
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

/// Most hosts of a rule: a path and a method have to fit beside them. Source: AWS-RULES L5 (5 values a rule).
const MAX_HOSTS: usize = 3;

fn hosts(blueprint: &Blueprint, variables: &mut Variables<'_>, alb: &AlbSpec) -> Vec<Arc<str>> {
    let hosts = alb.hosts.as_deref().unwrap_or_default();
    for (index, host) in hosts.iter().enumerate() {
        let is_plain =
            !host.is_empty() && host.len() <= 128 && host.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-'));
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
                .message(format_args!("a rule has 5 values, and {} hosts leave no room for a path and a method", hosts.len()))
                .help("name at most 3 hosts"),
        );
    }
    hosts.iter().map(|it| it.as_str().into()).collect()
}

/// A group's id or a range tells itself apart; what is known at deploy time can be asked by Terraform alone.
fn clients(blueprint: &Blueprint, variables: &mut Variables<'_>, alb: &AlbSpec, clients: &blueprint::Values) -> Values {
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
        (at, "the list is empty, so nobody would be admitted", "name a group or a range, or remove the line"),
    );
    let is_unknown = |it: &blueprint::Value| !matches!(it, blueprint::Value::Literal(_));
    let unknown = match clients {
        blueprint::Values::One(_) => Some(at.to_owned()),
        blueprint::Values::List(list) => list.iter().position(is_unknown).map(|index| format!("{at}/{index}")),
    };
    if let Some(at) = unknown {
        let help = "list the groups and ranges one by one, as text";
        variables.only_terraform(&at, "CloudFormation cannot tell at deploy time whether a client is a group or a range", help);
    }
    variables.values(clients, (InputType::Client, InputType::Clients), at)
}

fn existing_source(blueprint: &Blueprint, variables: &mut Variables<'_>, group: Option<&Value>, admits: bool) -> SourcePlan {
    if let (true, None) = (admits, group) {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(blueprint.place("/alb/existing"))
                .message("a backend's security group has to admit the balancer, which is named without a `security_group`")
                .help("add `security_group: {var: alb_sg}`"),
        );
    }
    SourcePlan::Groups(Values::List(group.into_iter().cloned().collect()))
}

/// The name of a balancer that is there, where a URI has no other host.
fn dns_name(blueprint: &Blueprint, variables: &mut Variables<'_>, existing: &ExistingAlbSpec) -> Option<Value> {
    let is_called = variables.has_gateway && link::has_link(blueprint.spec.topology);
    let has_host = first_host(&blueprint.spec).is_some() || !is_called;
    let unnamed = balanced(&blueprint.spec).find(|(_, it)| it.host.is_none() && !has_host);
    if let (None, Some((backend, _))) = (&existing.dns_name, unnamed) {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(blueprint.place("/alb/existing"))
                .also(blueprint.place(&pointer::child("/backends", backend)))
                .message(format_args!("the balancer has no `dns_name`, and the backend `{backend}` no `host`: a URI needs one of the two"))
                .help("add `dns_name: {var: alb_dns}`, or name the host as `alb.hosts`"),
        );
    }
    let dns_name = existing.dns_name.as_ref();
    let dns_name = dns_name.map(|it| variables.read(it, InputType::BalancerName, ("/alb/existing/dns_name", unnamed.is_some())));
    dns_name.filter(|_| unnamed.is_some())
}

/// What is worth knowing of a balancer that others share.
fn say_existing(blueprint: &Blueprint, variables: &mut Variables<'_>, alb: &AlbSpec, emits_rules: bool) {
    if !emits_rules {
        variables.report(
            diagnostic::RULES_ELSEWHERE
                .at(blueprint.place("/alb/existing/rules"))
                .message("no rule and no target group is made: what is internal, hidden or served is for the balancer's own rules to say")
                .help("write `rules: emit` to have them made and checked"),
        );
    } else if alb.hosts.as_ref().is_none_or(Vec::is_empty) {
        variables.report(
            diagnostic::RULES_WITHOUT_HOSTS
                .at(blueprint.place("/alb/existing"))
                .message("the rules ask for paths alone: on a listener that others share they would take requests of other services, too")
                .help("name the API's host names as `alb.hosts`"),
        );
    }
}

fn beside_existing(blueprint: &Blueprint, variables: &mut Variables<'_>, alb: &AlbSpec) {
    let fields = [
        ("security_groups", alb.security_groups.is_some()),
        ("access_logs", alb.access_logs.is_some()),
        ("idle_timeout", alb.idle_timeout.is_some()),
        ("deletion_protection", alb.deletion_protection.is_some()),
    ];
    for (field, _) in fields.into_iter().filter(|(_, is_written)| *is_written) {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(blueprint.place(&pointer::child("/alb", field)))
                .message(format_args!("`alb.{field}` belongs to a balancer that is made, and `alb.existing` names one that is there"))
                .help("set it where the balancer is made, and remove the line here"),
        );
    }
}
