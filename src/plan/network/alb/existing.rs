//! An application load balancer that is there already, which others may share.
//!
//! In: `ExistingAlbSpec`. Out: its name and group as values, findings. Pure.

use super::first_host;
use crate::blueprint::{AlbSpec, Blueprint, ExistingAlbSpec};
use crate::diagnostic;
use crate::plan::network::balancer::balanced;
use crate::plan::network::link;
use crate::plan::variables::Variables;
use crate::plan::{InputType, SourcePlan, Value, Values};
use crate::source::pointer;

pub(crate) fn source(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    group: Option<&Value>,
    admits: bool,
) -> SourcePlan {
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
pub(crate) fn dns_name(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    existing: &ExistingAlbSpec,
) -> Option<Value> {
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
    let dns_name = dns_name.map(|it| {
        variables.read(
            it,
            InputType::BalancerName,
            ("/alb/existing/dns_name", unnamed.is_some()),
        )
    });
    dns_name.filter(|_| unnamed.is_some())
}

/// What is worth knowing of a balancer that others share.
pub(crate) fn say(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    alb: &AlbSpec,
    emits_rules: bool,
) {
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

pub(crate) fn beside(blueprint: &Blueprint, variables: &mut Variables<'_>, alb: &AlbSpec) {
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
