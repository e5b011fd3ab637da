//! An existing application load balancer, which others may share.
//!
//! In: `ExistingAlbSpec`. Out: its name and group as values, findings. Pure.

use super::AlbBalancerPlan;
use crate::blueprint::{AlbSpec, ExistingAlbSpec};
use crate::diagnostic;
use crate::plan::functions::sync;
use crate::plan::network::existing;
use crate::plan::variables::Variables;
use crate::plan::{InputType, SourcePlan, Values};

/// Decides the existing balancer, and the source that the backends' security groups admit.
pub(crate) fn balancer(
    variables: &mut Variables<'_>,
    existing: &ExistingAlbSpec,
    has_gateway: bool,
    admits: bool,
) -> (AlbBalancerPlan, SourcePlan) {
    let security_group = existing.security_group.as_ref().map(|group| {
        let at = "/alb/existing/security_group";
        variables.value(group, InputType::BalancerGroup, at)
    });
    let arn = variables.value(&existing.arn, InputType::Alb, "/alb/existing/arn");
    let spec = &variables.blueprint().spec;
    let dns_name = if has_gateway && spec.topology.has_sync() {
        sync::balancer_name(variables, existing)
    } else {
        let is_called = has_gateway && spec.topology.has_alb_link();
        existing::balancer_name(
            variables,
            "/alb/existing",
            existing.dns_name.as_ref(),
            spec.first_host().is_some() || !is_called,
            "add `dns_name: {var: alb_dns}`, or name the host as `alb.hosts`",
        )
    };
    if admits && security_group.is_none() {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(variables.place("/alb/existing"))
                .message("a backend's security group has to admit the balancer, which is named without a `security_group`")
                .help("add `security_group: {var: alb_sg}`"),
        );
    }
    let groups = security_group.iter().cloned().collect();
    let balancer = AlbBalancerPlan::Existing {
        arn,
        dns_name,
        security_group,
    };
    (balancer, SourcePlan::Groups(Values::List(groups)))
}

/// Reports consequences of a balancer that others share.
pub(crate) fn report_sharing(variables: &mut Variables<'_>, alb: &AlbSpec, emits_rules: bool) {
    if !emits_rules {
        variables.report(
            diagnostic::RULES_ELSEWHERE
                .at(variables.place("/alb/existing/rules"))
                .message("no rule and no target group is made: what is internal, hidden or served is for the balancer's own rules to say")
                .help("write `rules: emit` to have them made and checked"),
        );
    } else if alb.hosts.as_ref().is_none_or(Vec::is_empty) {
        variables.report(
            diagnostic::RULES_WITHOUT_HOSTS
                .at(variables.place("/alb/existing"))
                .message("the rules ask for paths alone: on a listener that others share they would take requests of other services, too")
                .help("name the API's host names as `alb.hosts`"),
        );
    }
}

/// Reports fields of a new balancer beside `alb.existing`.
pub(crate) fn report_fields_of_new(variables: &mut Variables<'_>) {
    let fields = [
        "security_groups",
        "access_logs",
        "idle_timeout",
        "deletion_protection",
    ];
    existing::report_fields_of_new(variables, "alb", &fields);
}
