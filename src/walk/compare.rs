//! Comparison of the steps of the stack with those of the plan.
//!
//! In: `Step`s, `PlannedStep`s. Out: the first difference. Pure.

use std::collections::BTreeMap;

use super::Walker;
use super::planned::{PlannedStep, is_blue_green, listener_of};
use super::values::{InStack, ensure, has_members, is_same};
use crate::aws::{
    ApplicationBalancerRef, BalancerRef, Function, GroupProtocol, HealthCheck, HealthProtocol,
    Integration, LambdaPermission, RuleAction, SwitchedStart, TargetGroup, TargetGroupRef,
    TargetType, Targets, UriHost, VpcLinkRef,
};
use crate::blueprint::HealthCheckProtocol;
use crate::follow::{HttpListenerStep, StackNode, Step, node};
use crate::plan::{
    self, AlbBalancerPlan, AlbListenerPlan, BackendPlan, BalancedPlan, BalancerPlan,
    HealthCheckPlan, LinkOrigin, TargetProtocol, TargetsPlan,
};
use crate::stack::{Holds, Value};

impl<'a> Walker<'a> {
    /// Compares steps, and remembers what they go through.
    pub(crate) fn holds(
        &mut self,
        steps: &[Step<'a>],
        planned: &[PlannedStep<'a>],
    ) -> Result<(), String> {
        for (index, planned) in planned.iter().enumerate() {
            let step = steps.get(index);
            if !step.is_some_and(|step| self.is_planned(step, planned)) {
                return Err(planned.problem());
            }
        }
        ensure(steps.len() <= planned.len(), "goes on behind its target")?;
        for (step, planned) in steps.iter().zip(planned) {
            if let Some(index) = step.index() {
                self.followed[index] = true;
            }
            if let (Step::TargetGroup(TargetGroupRef::Made(_)), PlannedStep::TargetGroup(backend)) =
                (step, planned)
            {
                self.follow_target_groups(backend);
            }
        }
        Ok(())
    }

    fn is_planned(&self, step: &Step<'a>, planned: &PlannedStep<'a>) -> bool {
        match *planned {
            PlannedStep::Link(None) => matches!(step, Step::Link(VpcLinkRef::Made(_))),
            PlannedStep::LinkV2(LinkOrigin::Made { .. }) => {
                matches!(step, Step::Link(VpcLinkRef::V2(_)))
            }
            PlannedStep::Link(Some(planned))
            | PlannedStep::LinkV2(LinkOrigin::Existing(planned)) => {
                matches!(step, Step::Link(VpcLinkRef::Existing(id)) if is_same(id, planned))
            }
            PlannedStep::NetworkBalancer(planned) => {
                matches!(step, Step::NetworkBalancer(found) if is_network_balancer(found, planned))
            }
            PlannedStep::Listener {
                port,
                certificate,
                switched,
            } => {
                matches!(step, Step::Listener(StackNode { node: found, .. })
                    if found.port == port
                        && self.is_switched_as_planned(found.is_switched, found.start.as_ref(), switched)
                        && is_same(&found.certificate, &certificate))
            }
            PlannedStep::PassedOn(listener) => {
                matches!(step, Step::TargetGroup(group) if self.holds_balancer(group, listener))
            }
            PlannedStep::ApplicationBalancer(planned) => {
                matches!(step, Step::ApplicationBalancer(found) if is_alb(found, planned))
            }
            PlannedStep::HttpListener(planned) => {
                matches!(step, Step::HttpListener { port, listener }
                    if *port == planned.port && is_http_listener(*listener, planned))
            }
            PlannedStep::UnknownRules => matches!(step, Step::UnknownRules),
            PlannedStep::Rule(backend) => {
                matches!(step, Step::Rule(StackNode { node: rule, .. })
                    if matches!(rule.action, RuleAction::Forward(_))
                        && rule.is_switched == is_blue_green(backend))
            }
            PlannedStep::TargetGroup(backend) => {
                matches!(step, Step::TargetGroup(group) if self.is_target_group_of(group, backend))
            }
            PlannedStep::Internet(planned) => {
                matches!(step, Step::Internet(found)
                    if is_same(&found.url, &planned.url)
                        && found.skips_verification == planned.skips_verification)
            }
            PlannedStep::Function(planned) => {
                matches!(step, Step::Function { call, permission: Some(permission) }
                    if is_same(&call.function, planned) && self.is_permitted(permission.node))
            }
            PlannedStep::Forwarder => {
                matches!(step, Step::Function { call, permission: Some(permission) }
                    if matches!(call.function, Function::Made(_))
                        && self.is_permitted(permission.node))
            }
        }
    }

    /// Returns whether this API's stage, and no other, has the permission.
    pub(crate) fn is_permitted(&self, permission: &LambdaPermission) -> bool {
        Some(&permission.api) == self.assembled.api.as_ref()
            && is_same(&permission.stage, &self.plan.stage_name)
    }

    /// Returns whether a target group holds the application load balancer, on the port of a
    /// listener.
    fn holds_balancer(&self, group: &TargetGroupRef, listener: &AlbListenerPlan) -> bool {
        let TargetGroupRef::Made(handle) = group else {
            return false;
        };
        let Some(group) = node(&self.assembled.stack, handle) else {
            return false;
        };
        let (target_type, is_member) = match &self.sync {
            None => (
                TargetType::Alb,
                matches!(group.targets, Targets::Balancer { .. }),
            ),
            Some(sync) => (
                TargetType::Ip,
                matches!(group.targets, Targets::Kept { .. }) && sync.keeps(handle, listener.port),
            ),
        };
        is_member
            && group.target_type == target_type
            && group.protocol == GroupProtocol::Tcp
            && group.port == listener.port
            && is_health_check(&group.health_check, &listener.health_check())
            && self.is_in_vpc(group)
    }

    /// Returns whether a target group is that of a backend, and the one that deployments switch to
    /// is, too.
    pub(crate) fn is_target_group_of(
        &self,
        group: &TargetGroupRef,
        backend: &BalancedPlan,
    ) -> bool {
        match group {
            TargetGroupRef::Existing(arn) => {
                matches!(&backend.targets, TargetsPlan::Existing(planned) if is_same(arn, planned))
            }
            // Services that register themselves find their group by its label alone.
            TargetGroupRef::Made(handle) => {
                let groups = self.target_groups_of(backend);
                groups.first() == Some(&handle.index()) && self.are_target_groups_of(backend)
            }
        }
    }

    /// Returns whether the target groups of a backend are those that were planned.
    pub(crate) fn are_target_groups_of(&self, backend: &BalancedPlan) -> bool {
        let indexes = self.target_groups_of(backend);
        indexes.len() == if is_blue_green(backend) { 2 } else { 1 }
            && indexes.iter().all(|index| {
                let group = self.assembled.stack.entries[*index].node.held();
                group.is_some_and(|group| has_targets_of(group, backend) && self.is_in_vpc(group))
            })
    }

    /// Returns whether deployments switch a listener or rule, and it starts, as planned.
    pub(crate) fn is_switched_as_planned(
        &self,
        is_switched: bool,
        start: Option<&SwitchedStart>,
        planned: Option<&BalancedPlan>,
    ) -> bool {
        let serves = planned.and_then(|backend| match &backend.targets {
            TargetsPlan::Ecs { serves, .. } => serves.as_ref(),
            TargetsPlan::Instances(_)
            | TargetsPlan::AutoscalingGroups(_)
            | TargetsPlan::Ips { .. }
            | TargetsPlan::Existing(_) => None,
        });
        let is_green = |start: &SwitchedStart| {
            let groups = planned.map(|backend| self.target_groups_of(backend));
            groups.is_some_and(|groups| groups.get(1) == Some(&start.green.index()))
        };
        is_switched == planned.is_some()
            && is_same(&start.map(|start| start.serves.clone()), &serves)
            && start.is_none_or(is_green)
    }

    fn is_in_vpc(&self, group: &TargetGroup) -> bool {
        let network = self.plan.network.as_ref();
        network.is_some_and(|network| is_same(&group.vpc, &network.vpc))
    }

    /// Returns the target group of a backend, and the one that deployments switch to.
    fn target_groups_of(&self, backend: &BalancedPlan) -> &[usize] {
        let groups = self.target_groups.get(&**backend.name);
        groups.map_or(&[], Vec::as_slice)
    }

    /// Marks the target groups of a backend, which have been compared.
    pub(crate) fn follow_target_groups(&mut self, backend: &BalancedPlan) {
        let groups = self.target_groups.get(&**backend.name);
        for index in groups.into_iter().flatten() {
            self.followed[*index] = true;
        }
    }

    /// Compares the host and the TLS of an integration. A host that was not planned is the name of
    /// the balancer that the request comes to first.
    pub(crate) fn host_holds(
        &self,
        integration: &Integration,
        steps: &[Step<'a>],
        backend: &BackendPlan,
    ) -> Result<(), String> {
        let (Integration::Proxy(proxy), Some(planned)) = (integration, backend.balanced()) else {
            return Ok(());
        };
        let first = steps.get(1);
        let is_host = match &proxy.host {
            UriHost::Named(found) => is_same(&Some(found.clone()), &planned.host),
            UriHost::Balancer(named) => {
                matches!(first, Some(Step::NetworkBalancer(found)) if named == *found)
            }
            UriHost::Application(named) => {
                matches!(first, Some(Step::ApplicationBalancer(found)) if named == *found)
            }
        };
        let is_named = matches!(proxy.host, UriHost::Named(_)) == planned.host.is_some()
            && proxy.uri_host() != Value::literal("");
        let alb = self.plan.alb();
        let listener = alb.and_then(|alb| listener_of(alb, planned.listener_port));
        ensure(
            is_host
                && is_named
                && proxy.is_tls == planned.is_tls
                && proxy.skips_verification == planned.skips_verification
                && listener.is_none_or(|listener| listener.is_tls == proxy.is_tls),
            "is sent on to another host, or with other TLS",
        )
    }
}

fn is_network_balancer(found: &BalancerRef, planned: &BalancerPlan) -> bool {
    match planned {
        BalancerPlan::Made { .. } => matches!(found, BalancerRef::Made(_)),
        BalancerPlan::Existing { arn, dns_name } => {
            is_same(&found.arn(), arn) && is_name(&found.dns_name(), dns_name)
        }
    }
}

fn is_alb(found: &ApplicationBalancerRef, planned: &AlbBalancerPlan) -> bool {
    match planned {
        AlbBalancerPlan::Made { .. } => matches!(found, ApplicationBalancerRef::Made(_)),
        AlbBalancerPlan::Existing { arn, dns_name, .. } => {
            is_same(&found.arn(), arn) && is_name(&found.dns_name(), dns_name)
        }
    }
}

/// Returns whether the name is that of the plan; a balancer without one is never named.
fn is_name(found: &Value, planned: &Option<plan::Value>) -> bool {
    *found == planned.in_stack().unwrap_or_else(|| Value::literal(""))
}

fn is_http_listener(found: HttpListenerStep<'_>, planned: &AlbListenerPlan) -> bool {
    match found {
        HttpListenerStep::Created(StackNode { node: found, .. }) => {
            found.certificate.is_some() == planned.is_tls
                && is_same(&found.certificate, &planned.certificate)
        }
        HttpListenerStep::Existing(arn) => is_same(&arn.cloned(), &planned.existing),
    }
}

/// Type of a backend's targets; none where its group exists.
fn target_type(backend: &BalancedPlan) -> Option<TargetType> {
    match &backend.targets {
        TargetsPlan::Ips { .. }
        | TargetsPlan::Ecs {
            by_address: true, ..
        } => Some(TargetType::Ip),
        TargetsPlan::Instances(_)
        | TargetsPlan::AutoscalingGroups(_)
        | TargetsPlan::Ecs {
            by_address: false, ..
        } => Some(TargetType::Instance),
        TargetsPlan::Existing(_) => None,
    }
}

fn protocol(backend: &BalancedPlan) -> GroupProtocol {
    match backend.protocol {
        TargetProtocol::Tcp => GroupProtocol::Tcp,
        TargetProtocol::Tls => GroupProtocol::Tls,
        TargetProtocol::Http => GroupProtocol::Http,
        TargetProtocol::Https => GroupProtocol::Https,
    }
}

fn has_targets_of(group: &TargetGroup, backend: &BalancedPlan) -> bool {
    let are_registered = |planned, is_outside| {
        matches!(&group.targets, Targets::Registered { members, outside_vpc }
            if has_members(members, planned) && *outside_vpc == is_outside)
    };
    let are_planned = match &backend.targets {
        TargetsPlan::Instances(planned) => are_registered(planned, false),
        TargetsPlan::Ips {
            addresses,
            outside_vpc,
        } => are_registered(addresses, *outside_vpc),
        TargetsPlan::AutoscalingGroups(Some(planned)) => {
            matches!(&group.targets, Targets::Scaled(members) if has_members(members, planned))
        }
        TargetsPlan::Ecs { .. } | TargetsPlan::AutoscalingGroups(None) => {
            matches!(group.targets, Targets::None)
        }
        TargetsPlan::Existing(_) => false,
    };
    are_planned
        && Some(group.target_type) == target_type(backend)
        && group.protocol == protocol(backend)
        && group.port == backend.port
        && is_health_check(&group.health_check, &backend.health_check)
}

/// Returns whether targets are asked for their health where it was planned.
fn is_health_check(found: &HealthCheck, planned: &HealthCheckPlan) -> bool {
    let (path, matcher) = (planned.path.clone(), planned.matcher.clone());
    let protocol = match planned.protocol {
        HealthCheckProtocol::Tcp => HealthProtocol::Tcp,
        HealthCheckProtocol::Http => HealthProtocol::Http { path, matcher },
        HealthCheckProtocol::Https => HealthProtocol::Https { path, matcher },
    };
    found.protocol == protocol && found.port == planned.port
}

/// Finds the target group of a backend among all by their labels, and the one that deployments
/// switch to.
pub(crate) fn target_groups(
    labelled: &BTreeMap<&str, usize>,
    backend: &BalancedPlan,
) -> Vec<usize> {
    let (by, protocol) = (target_type(backend), protocol(backend));
    let (by, protocol) = (by.map_or("", TargetType::as_str), protocol.as_str());
    let facts = format!("{}__{protocol}__{by}", backend.port).to_ascii_lowercase();
    let label = format!("{}__{facts}", backend.name);
    let labels = [&*label, &format!("{label}__green")];
    let groups = labels.map(|label| labelled.get(label));
    groups.into_iter().flatten().copied().collect()
}
