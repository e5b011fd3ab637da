//! The application load balancer: made here or there already, its listeners, and who may call it.
//!
//! In: `AlbSpec`, `NetworkSpec`. Out: `AlbPlan`, findings. Pure.
//! The listeners answer 404 to what no rule takes; the rules come from `rules`, once the operations
//! are decided.

mod existing;
mod listeners;
mod overlaps;
mod rules;

use std::sync::Arc;

use super::balancer::{access_logs, balanced};
use super::targets;
use crate::blueprint::{
    self, AlbSpec, Blueprint, BlueprintSpec, HealthProtocol, Topology, defaults,
};
use crate::diagnostic;
use crate::plan::functions::sync;
use crate::plan::variables::Variables;
use crate::plan::{
    AccessLogsPlan, HealthCheckPlan, InputType, RulePlan, SourcePlan, Value, Values,
};
pub(crate) use listeners::listener_of;
pub(crate) use rules::rules;

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
pub(crate) fn has_alb(topology: Topology) -> bool {
    match topology {
        Topology::NlbAlbSync | Topology::NlbAlb | Topology::Alb => true,
        Topology::NlbTargets | Topology::Forwarder | Topology::Internet => false,
    }
}

/// Whether the balancer is made here.
pub(crate) fn is_made(spec: &BlueprintSpec) -> bool {
    has_alb(spec.topology) && spec.alb.as_ref().is_none_or(|it| it.existing.is_none())
}

/// Whether rules are made, and the target groups that they name; true where there is no such
/// balancer.
pub(crate) fn emits_rules(spec: &BlueprintSpec) -> bool {
    let existing = spec
        .alb
        .as_ref()
        .filter(|_| has_alb(spec.topology))
        .and_then(|it| it.existing.as_ref());
    existing.is_none_or(|it| it.rules != Some(blueprint::Rules::None))
}

/// The host that requests name where their backend names none.
pub(crate) fn first_host(spec: &BlueprintSpec) -> Option<&str> {
    let hosts = spec
        .alb
        .as_ref()
        .filter(|_| has_alb(spec.topology))?
        .hosts
        .as_ref()?;
    hosts.first().map(String::as_str)
}

/// Whether a rule names what stands before the balancer: in the balancer's own group.
pub(crate) fn admits(spec: &BlueprintSpec) -> bool {
    let alb = spec.alb.as_ref();
    match alb.and_then(|it| it.existing.as_ref()) {
        Some(existing) => existing.security_group.is_some(),
        None => alb.is_none_or(|it| it.security_groups.is_none()),
    }
}

/// What a target group of an application load balancer cannot be told.
///
/// Source: docs/aws-rules.md#l20.
pub(crate) fn fits_balancer(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    check: &HealthCheckPlan,
    at: &str,
) {
    if check.protocol == HealthProtocol::Tcp {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(blueprint.place(&format!("{at}/protocol")))
                .message("an application load balancer asks its targets by HTTP, never by a TCP connection alone")
                .help("write `http` or `https`, or remove the line"),
        );
    }
}

/// Decides the balancer and its listeners; the rules are still to come.
///
/// Errors: GW2002 value, GW2003 missing field, GW2008 Terraform only, GW2011 fields that do not
/// fit, GW2020 without effect, GW2042 rules elsewhere, GW5001 rules without hosts.
pub(crate) fn alb(blueprint: &Blueprint, variables: &mut Variables<'_>) -> AlbPlan {
    let written = AlbSpec::default();
    let alb = blueprint.spec.alb.as_ref().unwrap_or(&written);
    let emits_rules = emits_rules(&blueprint.spec);
    let clients = alb
        .clients
        .as_ref()
        .map(|it| listeners::clients(blueprint, variables, alb, it));
    let admits =
        emits_rules && balanced(&blueprint.spec).any(|(_, it)| it.security_group.is_some());
    let (balancer, source) = match &alb.existing {
        Some(there) => {
            existing::beside(blueprint, variables, alb);
            existing::say(blueprint, variables, alb, emits_rules);
            let group = there.security_group.as_ref();
            let is_used = variables.has_gateway || admits || clients.is_some();
            let group = group.map(|it| {
                variables.read(
                    it,
                    InputType::BalancerGroup,
                    ("/alb/existing/security_group", is_used),
                )
            });
            let source = existing::source(blueprint, variables, group.as_ref(), admits);
            // Only as a target it is named by its ARN; a function knows its name.
            let is_target = variables.has_gateway && !sync::has_sync(blueprint.spec.topology);
            let arn = variables.read(&there.arn, InputType::Alb, ("/alb/existing/arn", is_target));
            let dns_name = sync::balancer_name(blueprint, variables, there)
                .or_else(|| existing::dns_name(blueprint, variables, there));
            (
                AlbBalancerPlan::Existing {
                    arn,
                    dns_name,
                    security_group: group,
                },
                source,
            )
        }
        None => made(blueprint, variables, alb, admits),
    };
    let listeners = listeners::listeners(blueprint, variables, alb, emits_rules);
    let hosts = listeners::hosts(blueprint, variables, alb);
    AlbPlan {
        balancer,
        listeners,
        hosts,
        clients,
        source,
        emits_rules,
    }
}

fn made(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    alb: &AlbSpec,
    admits: bool,
) -> (AlbBalancerPlan, SourcePlan) {
    let security_groups = alb.security_groups.as_ref().map(|it| {
        let at = "/alb/security_groups";
        let help = "name a group, or remove the line: a group is made then";
        targets::not_empty(
            blueprint,
            variables,
            it,
            (at, "a balancer needs a security group", help),
        );
        if admits {
            variables.only_listed(it, at, "make a rule");
        }
        variables.values(
            it,
            (InputType::BalancerGroup, InputType::BalancerGroups),
            at,
        )
    });
    let access_logs = alb
        .access_logs
        .as_ref()
        .map(|it| access_logs(blueprint, variables, it, "/alb/access_logs"));
    let idle = alb
        .idle_timeout
        .unwrap_or(defaults::ALB_IDLE_TIMEOUT)
        .milliseconds();
    // Source: docs/aws-rules.md#l10 (1 to 4000 s).
    if !(1_000..=4_000_000).contains(&idle) || !idle.is_multiple_of(1_000) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place("/alb/idle_timeout"))
                .message("a connection may be idle for 1 to 4000 whole seconds")
                .help("write for example `60s`"),
        );
    }
    let source = security_groups
        .clone()
        .map_or(SourcePlan::OwnGroup, SourcePlan::Groups);
    let balancer = AlbBalancerPlan::Made {
        security_groups,
        idle_timeout_s: u32::try_from(idle / 1_000).unwrap_or(u32::MAX),
        deletion_protection: alb
            .deletion_protection
            .unwrap_or(defaults::DELETION_PROTECTION),
        access_logs,
    };
    (balancer, source)
}
