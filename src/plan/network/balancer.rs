//! The network load balancer and the VPC link: made here, or there already.
//!
//! In: `NlbSpec`, `VpcLinkSpec`, `NetworkSpec`. Out: `NlbPlan`, findings. Pure.
//! What is there already is changed by nothing but the listeners that it gets.

use std::sync::Arc;

use super::{alb, link, targets};
use crate::blueprint::{
    BackendSpec, Blueprint, BlueprintSpec, BucketSpec, ExistingNlbSpec, NlbSpec, Topology,
};
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, Value, Values};
use crate::source::pointer;

/// The balancer that requests come through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NlbPlan {
    pub balancer: BalancerPlan,
    /// Id of a VPC link that is there.
    pub link: Option<Value>,
    /// Certificate of its listeners, which then end TLS.
    pub certificate: Option<Value>,
    /// What rules name to admit it.
    pub source: SourcePlan,
}

/// Where the balancer comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BalancerPlan {
    Made {
        /// In place of a group of its own.
        security_groups: Option<Values>,
        access_logs: Option<AccessLogsPlan>,
    },
    Existing {
        arn: Value,
        /// There where a URI needs it.
        dns_name: Option<Value>,
    },
}

/// Where a balancer logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLogsPlan {
    pub bucket: Value,
    pub prefix: Option<Arc<str>>,
}

/// What a rule names to admit the balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourcePlan {
    /// The group that is made with it.
    OwnGroup,
    Groups(Values),
    Cidrs(Values),
}

/// Whether requests come through a network load balancer.
pub(crate) fn has_nlb(topology: Topology) -> bool {
    match topology {
        Topology::NlbTargets | Topology::NlbAlbSync | Topology::NlbAlb => true,
        Topology::Alb | Topology::Forwarder | Topology::Internet => false,
    }
}

/// The backends that stand behind the balancer.
pub(crate) fn balanced(spec: &BlueprintSpec) -> impl Iterator<Item = (&String, &BackendSpec)> {
    let is_function =
        |it: &BackendSpec| it.targets.as_ref().is_some_and(|it| it.function.is_some());
    spec.backends.iter().filter(move |(_, it)| {
        !matches!(spec.topology, Topology::Internet | Topology::Forwarder) && !is_function(it)
    })
}

/// VPC and subnets, where something stands behind a balancer; `blueprint` asks for them then.
///
/// What nothing is built from makes no input.
pub(crate) fn vpc_and_subnets(
    spec: &BlueprintSpec,
    variables: &mut Variables<'_>,
) -> Option<(Value, Values)> {
    let network = spec.network.as_ref()?;
    balanced(spec).next()?;
    let subnet = (InputType::Subnet, InputType::Subnets);
    Some((
        variables.read(
            &network.vpc,
            InputType::Vpc,
            ("/network/vpc", uses_vpc(spec, variables.has_gateway)),
        ),
        variables.read_all(
            &network.subnets,
            subnet,
            (
                "/network/subnets",
                uses_subnets(spec, variables.has_gateway),
            ),
        ),
    ))
}

/// Whether something is built in the VPC by its id: a target group, or a security group of a
/// balancer or link.
fn uses_vpc(spec: &BlueprintSpec, has_gateway: bool) -> bool {
    let makes_group = balanced(spec).any(|(_, it)| {
        it.targets
            .as_ref()
            .is_none_or(|targets| targets.target_group.is_none())
    });
    if !has_nlb(spec.topology) || !has_gateway {
        let has_own_group = spec
            .alb
            .as_ref()
            .is_none_or(|it| it.existing.is_none() && it.security_groups.is_none());
        let has_group_of_link = has_gateway && link::uses(spec, |it| it.security_groups.is_some());
        return has_own_group || has_group_of_link || (makes_group && alb::emits_rules(spec));
    }
    let nlb = spec.nlb.as_ref();
    let has_own_group = nlb.is_none_or(|it| it.existing.is_none() && it.security_groups.is_none());
    let has_alb = alb::has_alb(spec.topology);
    has_own_group || makes_group || has_alb
}

/// Whether a balancer or a link is built in the subnets.
pub(crate) fn uses_subnets(spec: &BlueprintSpec, has_gateway: bool) -> bool {
    let makes_alb = alb::is_made(spec);
    if !has_nlb(spec.topology) || !has_gateway {
        return makes_alb || (has_gateway && link::uses(spec, |it| it.subnets.is_some()));
    }
    makes_alb || spec.nlb.as_ref().is_none_or(|it| it.existing.is_none())
}

/// Decides balancer and link.
///
/// Errors: GW2002 value, GW2003 missing field, GW2008 Terraform only, GW2011 fields that do not
/// fit, GW2020 without effect, GW2021 link to another balancer, GW2022 second link.
pub(crate) fn nlb(blueprint: &Blueprint, variables: &mut Variables<'_>) -> NlbPlan {
    let written = NlbSpec::default();
    let nlb = blueprint.spec.nlb.as_ref().unwrap_or(&written);
    let link = blueprint
        .spec
        .vpc_link
        .as_ref()
        .and_then(|it| it.existing.as_ref());
    let link = link.map(|it| variables.value(it, InputType::VpcLink, "/vpc_link/existing"));
    let certificate = nlb.tls.as_ref().map(|it| {
        variables.value(
            &it.certificate,
            InputType::Certificate,
            "/nlb/tls/certificate",
        )
    });
    let has_alb = alb::has_alb(blueprint.spec.topology);
    if let (true, Some(_)) = (has_alb, &nlb.tls) {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(blueprint.place("/nlb/tls"))
                .message("the network load balancer passes on to the application load balancer what it gets, and ends no TLS")
                .help("give the application load balancer a listener with `protocol: https` in `alb.listeners`, and remove the line"),
        );
    }
    let admits = if has_alb {
        alb::admits(&blueprint.spec)
    } else {
        balanced(&blueprint.spec).any(|(_, it)| it.security_group.is_some())
    };
    let (balancer, source) = match &nlb.existing {
        Some(existing) => {
            beside_existing(blueprint, variables, nlb);
            if link.is_none() {
                variables.report(second_link(blueprint));
            }
            (
                existing_balancer(blueprint, variables, existing),
                existing_source(blueprint, variables, existing, admits),
            )
        }
        None => {
            if link.is_some() {
                variables.report(link_elsewhere(blueprint));
            }
            made(blueprint, variables, nlb, admits)
        }
    };
    NlbPlan {
        balancer,
        link,
        certificate,
        source,
    }
}

fn made(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    nlb: &NlbSpec,
    admits: bool,
) -> (BalancerPlan, SourcePlan) {
    let security_groups = nlb.security_groups.as_ref().map(|it| {
        let at = "/nlb/security_groups";
        let help = "name a group, or remove the line: a group is made then";
        targets::not_empty(
            blueprint,
            variables,
            it,
            (
                at,
                "a balancer that is made without a security group can never get one",
                help,
            ),
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
    let access_logs = nlb
        .access_logs
        .as_ref()
        .map(|it| access_logs(blueprint, variables, it, "/nlb/access_logs"));
    if access_logs.is_some() && nlb.tls.is_none() {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(blueprint.place("/nlb/access_logs"))
                .message("a network load balancer logs the requests of TLS listeners alone, and without `nlb.tls` it has none: nothing would be logged")
                .help("add `nlb.tls`, or remove the line; the gateway's own access log is `stage.access_log`"),
        );
    }
    let source = security_groups
        .clone()
        .map_or(SourcePlan::OwnGroup, SourcePlan::Groups);
    (
        BalancerPlan::Made {
            security_groups,
            access_logs,
        },
        source,
    )
}

/// Source: Elastic Load Balancing, "Access logs for your Network Load Balancer",
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html>:
/// a prefix holds no `AWSLogs`; the provider and the API refuse a slash at either end.
pub(crate) fn access_logs(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    logs: &BucketSpec,
    at: &str,
) -> AccessLogsPlan {
    let bucket = variables.value(&logs.bucket, InputType::Bucket, &format!("{at}/bucket"));
    let prefix = logs.prefix.as_deref().filter(|it| !it.is_empty());
    if let Some(text) = prefix.filter(|it| {
        it.contains("AWSLogs") || it.starts_with('/') || it.ends_with('/') || it.contains("${")
    }) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(blueprint.place(&format!("{at}/prefix")))
                .message(format_args!("`{text}` is no prefix of access logs"))
                .help("write it without a slash at either end and without `AWSLogs`, for example `nlb`"),
        );
    }
    AccessLogsPlan {
        bucket,
        prefix: prefix.map(Arc::from),
    }
}

fn existing_balancer(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    existing: &ExistingNlbSpec,
) -> BalancerPlan {
    let has_host = alb::first_host(&blueprint.spec).is_some();
    let unnamed = balanced(&blueprint.spec).find(|(_, it)| it.host.is_none() && !has_host);
    if let (None, Some((backend, _))) = (&existing.dns_name, unnamed) {
        variables.report(
            diagnostic::MISSING_FIELD
                .at(blueprint.place("/nlb/existing"))
                .also(blueprint.place(&pointer::child("/backends", backend)))
                .message(format_args!("the balancer has no `dns_name`, and the backend `{backend}` no `host`: a URI needs one of the two"))
                .help("add `dns_name: {var: nlb_dns}`"),
        );
    }
    let arn = variables.value(&existing.arn, InputType::Balancer, "/nlb/existing/arn");
    let dns_name = existing.dns_name.as_ref();
    let dns_name = dns_name.map(|it| {
        variables.read(
            it,
            InputType::BalancerName,
            ("/nlb/existing/dns_name", unnamed.is_some()),
        )
    });
    BalancerPlan::Existing {
        arn,
        dns_name: dns_name.filter(|_| unnamed.is_some()),
    }
}

/// Source: docs/aws-rules.md#v7: what targets see is the balancer's private address; a group can be
/// named only where it has one.
fn existing_source(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    existing: &ExistingNlbSpec,
    admits: bool,
) -> SourcePlan {
    let group = existing.security_group.as_ref();
    let group = group.map(|it| {
        variables.read(
            it,
            InputType::BalancerGroup,
            ("/nlb/existing/security_group", admits),
        )
    });
    let cidrs = cidrs(blueprint, variables, admits && group.is_none());
    match (group, cidrs) {
        // No rule names anything.
        _ if !admits => SourcePlan::Cidrs(Values::List(Vec::new())),
        (Some(group), _) => SourcePlan::Groups(Values::List(vec![group])),
        (None, Some(cidrs)) => SourcePlan::Cidrs(cidrs),
        (None, None) => {
            let group = balanced(&blueprint.spec).find(|(_, it)| it.security_group.is_some());
            let at = group.map_or_else(String::new, |(name, _)| {
                format!("{}/security_group", pointer::child("/backends", name))
            });
            variables.report(
                diagnostic::MISSING_FIELD
                    .at(blueprint.place("/nlb/existing"))
                    .also(blueprint.place(&at))
                    .message("nothing says what the backend's security group has to admit: the balancer is named without a `security_group`, and there are no `network.cidrs`")
                    .help("add the balancer's `security_group`, or, where it has none, `network.cidrs` with the ranges of its subnets"),
            );
            SourcePlan::Cidrs(Values::List(Vec::new()))
        }
    }
}

pub(crate) fn cidrs(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    is_used: bool,
) -> Option<Values> {
    let at = "/network/cidrs";
    let cidrs = blueprint.spec.network.as_ref()?.cidrs.as_ref()?;
    if is_used {
        let help = "name the ranges of the balancer's subnets";
        targets::not_empty(
            blueprint,
            variables,
            cidrs,
            (
                at,
                "the list of ranges is empty, so nothing would be admitted",
                help,
            ),
        );
        variables.only_listed(cidrs, at, "make a rule");
    }
    Some(variables.read_all(cidrs, (InputType::Cidr, InputType::Cidrs), (at, is_used)))
}

/// What says something of a balancer that is made.
fn beside_existing(blueprint: &Blueprint, variables: &mut Variables<'_>, nlb: &NlbSpec) {
    for (field, is_written) in [
        ("cross_zone", nlb.cross_zone.is_some()),
        ("deletion_protection", nlb.deletion_protection.is_some()),
    ] {
        if is_written {
            variables.report(
                diagnostic::NO_EFFECT
                    .at(blueprint.place(&format!("/nlb/{field}")))
                    .message(format_args!(
                        "`nlb.{field}` has no effect on a balancer that is there"
                    ))
                    .help("set it where the balancer is made, and remove the line here"),
            );
        }
    }
    for (field, is_written) in [
        ("security_groups", nlb.security_groups.is_some()),
        ("access_logs", nlb.access_logs.is_some()),
    ] {
        if is_written {
            variables.report(
                diagnostic::FIELD_DOES_NOT_FIT
                    .at(blueprint.place(&format!("/nlb/{field}")))
                    .message(format_args!("`nlb.{field}` belongs to a balancer that is made, and `nlb.existing` names one that is there"))
                    .help("set it where the balancer is made, and remove the line here"),
            );
        }
    }
}

/// Source: docs/aws-rules.md#f9, docs/aws-rules.md#v1: a link's balancer cannot change, so a new
/// balancer never lies behind a link that is there.
fn link_elsewhere(blueprint: &Blueprint) -> diagnostic::Diagnostic {
    diagnostic::LINK_ELSEWHERE
        .at(blueprint.place("/vpc_link/existing"))
        .message("a link that is there leads to the balancer it was made for, and this blueprint makes a balancer of its own")
        .help("name that balancer as `nlb.existing`, or remove the line: a link is made then")
}

/// Contract: an NLB has one link.
fn second_link(blueprint: &Blueprint) -> diagnostic::Diagnostic {
    diagnostic::SECOND_LINK
        .at(blueprint.place("/nlb/existing"))
        .message(
            "a load balancer has one VPC link: where this one has a link already, making another fails in the middle of the deployment",
        )
        .help("name its link as `vpc_link: {existing: {var: vpc_link_id}}`, unless it has none")
}
