//! The network load balancer and the VPC link before it: new or existing.
//!
//! In: `NlbSpec`, `VpcLinkSpec`, `NetworkSpec`. Out: `NlbPlan`, findings. Pure.
//! The stack changes nothing of an existing balancer but adds listeners.

use super::access_logs::{AccessLogsPlan, access_logs};
use super::admission::SourcePlan;
use super::existing;
use crate::blueprint::{BackendSpec, ExistingNlbSpec, NlbSpec};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::variables::{SecurityGroupsField, Variables};
use crate::plan::{InputType, Value, Values};
use crate::source::pointer;

/// The balancer that requests come through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NlbPlan {
    pub balancer: BalancerPlan,
    /// Id of an existing VPC link.
    pub link: Option<Value>,
    /// Certificate of its listeners, which end TLS with it.
    pub certificate: Option<Value>,
    /// Source that security groups admit.
    pub source: SourcePlan,
}

/// Origin of the balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BalancerPlan {
    Made {
        /// In place of a group of its own.
        security_groups: Option<Values>,
        deletion_protection: Value,
        access_logs: Option<AccessLogsPlan>,
    },
    Existing {
        arn: Value,
        /// Only where a URI needs it.
        dns_name: Option<Value>,
    },
}

/// Decides balancer and link.
///
/// Errors: GW2002 value, GW2003 missing field, GW2008 Terraform only, GW2011 fields that do not
/// fit, GW2020 without effect, GW2021 link to another balancer, GW2022 second link.
pub(crate) fn nlb(variables: &mut Variables<'_>) -> NlbPlan {
    let spec = &variables.blueprint().spec;
    let nlb = &spec.nlb;
    let link = spec.vpc_link.existing.as_ref();
    let link = link.map(|id| variables.value(id, InputType::VpcLink, "/vpc_link/existing"));
    let certificate = nlb.tls.as_ref().map(|tls| {
        let at = "/nlb/tls/certificate";
        variables.value(&tls.certificate, InputType::Certificate, at)
    });
    let has_alb = spec.topology.has_alb();
    if has_alb && nlb.tls.is_some() {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(variables.place("/nlb/tls"))
                .message("the network load balancer passes on to the application load balancer what it gets, and ends no TLS")
                .help("give the application load balancer a listener with `protocol: https` in `alb.listeners`, and remove the line"),
        );
    }
    let has_group = |(_, backend): (&String, &BackendSpec)| backend.security_group.is_some();
    let admits = if has_alb {
        spec.alb_group_has_rules()
    } else {
        spec.balanced().any(has_group)
    };
    let (balancer, source) = match &nlb.existing {
        Some(existing) => {
            report_fields_of_new(variables);
            if link.is_none() {
                variables.report(second_link(variables));
            }
            (
                existing_balancer(variables, existing),
                existing_source(variables, existing, admits),
            )
        }
        None => {
            if link.is_some() {
                variables.report(link_elsewhere(variables));
            }
            new_balancer(variables, nlb, admits)
        }
    };
    NlbPlan {
        balancer,
        link,
        certificate,
        source,
    }
}

fn new_balancer(
    variables: &mut Variables<'_>,
    nlb: &NlbSpec,
    admits: bool,
) -> (BalancerPlan, SourcePlan) {
    let field = SecurityGroupsField {
        pointer: "/nlb/security_groups",
        of: InputType::BalancerGroups,
        empty: "a balancer that is made without a security group can never get one",
        help: "name a group, or remove the line: a group is made then",
    };
    let groups = nlb.security_groups.as_ref();
    let security_groups = variables.security_groups(groups, &field, admits);
    let logs = nlb.access_logs.as_ref();
    let access_logs = logs.map(|logs| access_logs(variables, logs, "/nlb/access_logs"));
    if access_logs.is_some() && nlb.tls.is_none() {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(variables.place("/nlb/access_logs"))
                .message("a network load balancer logs the requests of TLS listeners alone, and without `nlb.tls` it has none: nothing would be logged")
                .help("add `nlb.tls`, or remove the line; the gateway's own access log is `stage.access_log`"),
        );
    }
    let source = SourcePlan::of_created(security_groups.as_ref());
    let balancer = BalancerPlan::Made {
        security_groups,
        deletion_protection: variables.protection(nlb.deletion_protection),
        access_logs,
    };
    (balancer, source)
}

fn existing_balancer(variables: &mut Variables<'_>, existing: &ExistingNlbSpec) -> BalancerPlan {
    let has_host = variables.blueprint().spec.first_host().is_some();
    let dns_name = existing::balancer_name(
        variables,
        "/nlb/existing",
        existing.dns_name.as_ref(),
        has_host,
        "add `dns_name: {var: nlb_dns}`",
    );
    let arn = variables.value(&existing.arn, InputType::Balancer, "/nlb/existing/arn");
    BalancerPlan::Existing { arn, dns_name }
}

/// Source: docs/aws-rules.md#v7: what targets see is the balancer's private address; a group can be
/// named only where it has one.
fn existing_source(
    variables: &mut Variables<'_>,
    existing: &ExistingNlbSpec,
    admits: bool,
) -> SourcePlan {
    let groups = existing.security_group.as_ref().map(|group| {
        let at = "/nlb/existing/security_group";
        let group = variables.value(group, InputType::BalancerGroup, at);
        Values::List(vec![group])
    });
    SourcePlan::of_existing(variables, groups, admits, |variables| {
        let mut balanced = variables.blueprint().spec.balanced();
        let admitting = balanced.find(|(_, backend)| backend.security_group.is_some());
        let at = admitting.map_or_else(String::new, |(name, _)| {
            format!("{}/security_group", pointer::child("/backends", name))
        });
        diagnostic::MISSING_FIELD
            .at(variables.place("/nlb/existing"))
            .also(variables.place(&at))
            .message("nothing says what the backend's security group has to admit: the balancer is named without a `security_group`, and there are no `network.cidrs`")
            .help("add the balancer's `security_group`, or, where it has none, `network.cidrs` with the ranges of its subnets")
    })
}

/// Reports fields of a new balancer beside `nlb.existing`.
fn report_fields_of_new(variables: &mut Variables<'_>) {
    let without_effect = ["nlb/cross_zone", "nlb/deletion_protection"];
    existing::report_without_effect(variables, "", &without_effect, "balancer");
    let fields = ["security_groups", "access_logs"];
    existing::report_fields_of_new(variables, "nlb", &fields);
}

/// Source: docs/aws-rules.md#f9, docs/aws-rules.md#v1: a link's balancer cannot change, so a new
/// balancer is never behind an existing link.
fn link_elsewhere(variables: &Variables<'_>) -> Diagnostic {
    diagnostic::LINK_ELSEWHERE
        .at(variables.place("/vpc_link/existing"))
        .message("a link that is there leads to the balancer it was made for, and this blueprint makes a balancer of its own")
        .help("name that balancer as `nlb.existing`, or remove the line: a link is made then")
}

/// Contract: an NLB has one link.
fn second_link(variables: &Variables<'_>) -> Diagnostic {
    diagnostic::SECOND_LINK
        .at(variables.place("/nlb/existing"))
        .message(
            "a load balancer has one VPC link: where this one has a link already, making another fails in the middle of the deployment",
        )
        .help("name its link as `vpc_link: {existing: {var: vpc_link_id}}`, unless it has none")
}
