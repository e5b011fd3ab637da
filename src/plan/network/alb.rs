//! The application load balancer: new or existing, its listeners, and who may call it.
//!
//! In: `AlbSpec`, `NetworkSpec`. Out: `AlbPlan`, findings. Pure.
//! A listener responds 404 where no rule matches; `rules` decides the rules after the operations.

mod arrivals;
mod existing;
mod findings;
mod listeners;
mod overlaps;
mod paths;
mod rules;

use std::sync::Arc;

use super::access_logs::access_logs as access_logs_of;
use crate::blueprint::{AlbSpec, BackendSpec};
use crate::diagnostic;
use crate::plan::variables::{SecurityGroupsField, Variables};
use crate::plan::{AccessLogsPlan, InputType, ListenerRulePlan, SourcePlan, Value, Values};
pub(crate) use listeners::listener_of;
pub(crate) use rules::{ListenerRulesInput, rules};

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
    /// Source that the backends' security groups admit.
    pub source: SourcePlan,
    /// The stack creates rules, and the target groups that they name.
    pub emits_rules: bool,
}

/// Origin of the balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlbBalancerPlan {
    Made {
        /// In place of a group of its own.
        security_groups: Option<Values>,
        idle_timeout_s: u32,
        deletion_protection: Value,
        access_logs: Option<AccessLogsPlan>,
    },
    Existing {
        arn: Value,
        dns_name: Option<Value>,
        /// Group whose rules admit callers.
        security_group: Option<Value>,
    },
}

/// A port of the balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlbListenerPlan {
    pub port: u16,
    pub is_tls: bool,
    /// Only where the stack creates the listener, and it ends TLS.
    pub certificate: Option<Value>,
    /// ARN of an existing listener.
    pub existing: Option<Value>,
    /// Priority of its own response to health checks; none on a listener that others share.
    pub health_priority: Option<u32>,
    /// By priority.
    pub rules: Vec<ListenerRulePlan>,
}

/// Decides the balancer and its listeners without their rules.
///
/// Errors: GW2002 value, GW2003 missing field, GW2008 Terraform only, GW2011 fields that do not
/// fit, GW2020 without effect, GW2042 rules elsewhere, GW5001 rules without hosts.
pub(crate) fn alb(variables: &mut Variables<'_>, has_gateway: bool) -> AlbPlan {
    let spec = &variables.blueprint().spec;
    let alb = &spec.alb;
    let emits_rules = spec.emits_rules();
    let clients = alb.clients.as_ref();
    let clients = clients.map(|clients| listeners::clients(variables, clients));
    let has_group = |(_, backend): (&String, &BackendSpec)| backend.security_group.is_some();
    let admits = emits_rules && spec.balanced().any(has_group);
    let (balancer, source) = match &alb.existing {
        Some(existing) => {
            existing::report_fields_of_new(variables);
            existing::report_sharing(variables, alb, emits_rules);
            existing::balancer(variables, existing, has_gateway, admits)
        }
        None => new_balancer(variables, alb, admits),
    };
    AlbPlan {
        balancer,
        listeners: listeners::listeners(variables, alb, emits_rules),
        hosts: listeners::hosts(variables, alb),
        clients,
        source,
        emits_rules,
    }
}

fn new_balancer(
    variables: &mut Variables<'_>,
    alb: &AlbSpec,
    admits: bool,
) -> (AlbBalancerPlan, SourcePlan) {
    let field = SecurityGroupsField {
        pointer: "/alb/security_groups",
        of: InputType::BalancerGroups,
        empty: "a balancer needs a security group",
        help: "name a group, or remove the line: a group is made then",
    };
    let groups = alb.security_groups.as_ref();
    let security_groups = variables.security_groups(groups, &field, admits);
    let access_logs = alb.access_logs.as_ref();
    let access_logs = access_logs.map(|logs| access_logs_of(variables, logs, "/alb/access_logs"));
    let idle_ms = alb.idle_timeout.milliseconds();
    // Source: docs/aws-rules.md#l10 (1 to 4000 s).
    if !(1_000..=4_000_000).contains(&idle_ms) || !idle_ms.is_multiple_of(1_000) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(variables.place("/alb/idle_timeout"))
                .message("a connection may be idle for 1 to 4000 whole seconds")
                .help("write for example `60s`"),
        );
    }
    let source = SourcePlan::of_created(security_groups.as_ref());
    let balancer = AlbBalancerPlan::Made {
        security_groups,
        idle_timeout_s: alb.idle_timeout.seconds(),
        deletion_protection: variables.protection(alb.deletion_protection),
        access_logs,
    };
    (balancer, source)
}
