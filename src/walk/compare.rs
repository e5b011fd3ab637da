//! Comparison of the steps of the stack with those of the plan.
//!
//! In: `Step`s, `PlannedStep`s. Out: the first difference. Pure.

use super::Walker;
use super::planned::{PlannedStep, is_blue_green, listener_of};
use super::values::{has_members, is_same, is_same_function, is_same_option, value_of};
use crate::aws::{
    ApplicationBalancerRef, BalancerRef, Function, GroupProtocol, HealthCheck, HealthProtocol,
    Integration, LambdaPermission, Proxy, RuleAction, TargetGroup, TargetGroupRef, TargetType,
    Targets, UriHost, VpcLinkRef,
};
use crate::blueprint::HealthCheckProtocol;
use crate::follow::{HttpListenerStep, Step, node};
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
        if steps.len() > planned.len() {
            return Err("goes on behind its target".into());
        }
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
        match (step, planned) {
            (Step::Link(VpcLinkRef::Made(_)), PlannedStep::Link(None))
            | (Step::Link(VpcLinkRef::V2(_)), PlannedStep::LinkV2(LinkOrigin::Made { .. })) => true,
            (
                Step::Link(VpcLinkRef::Existing(found)),
                &PlannedStep::Link(Some(planned))
                | &PlannedStep::LinkV2(LinkOrigin::Existing(planned)),
            ) => is_same(found, planned),
            (Step::NetworkBalancer(found), PlannedStep::NetworkBalancer(planned)) => {
                is_network_balancer(found, planned)
            }
            (
                Step::Listener(found),
                PlannedStep::Listener {
                    port,
                    certificate,
                    is_switched,
                },
            ) => {
                found.node.port == *port
                    && found.node.is_switched == *is_switched
                    && is_same_option(found.node.certificate.as_ref(), *certificate)
            }
            (Step::TargetGroup(group), PlannedStep::PassedOn(listener)) => {
                self.holds_balancer(group, listener)
            }
            (Step::ApplicationBalancer(found), PlannedStep::ApplicationBalancer(planned)) => {
                is_application_balancer(found, planned)
            }
            (Step::HttpListener { port, listener }, PlannedStep::HttpListener(planned)) => {
                *port == planned.port && is_http_listener(*listener, planned)
            }
            (Step::UnknownRules, PlannedStep::UnknownRules) => true,
            (Step::Rule(rule), PlannedStep::Rule(backend)) => {
                matches!(rule.node.action, RuleAction::Forward(_))
                    && rule.node.is_switched == is_blue_green(backend)
            }
            (Step::TargetGroup(group), PlannedStep::TargetGroup(backend)) => {
                self.is_target_group_of(group, backend)
            }
            (Step::Internet(found), PlannedStep::Internet(planned)) => {
                is_same(&found.url, &planned.url)
                    && found.skips_verification == planned.skips_verification
            }
            (Step::Function { call, permission }, PlannedStep::Function(planned)) => {
                is_same_function(&call.function, planned)
                    && permission.is_some_and(|it| self.is_permitted(it.node))
            }
            (Step::Function { call, permission }, PlannedStep::Forwarder(_)) => {
                matches!(call.function, Function::Made(_))
                    && permission.is_some_and(|it| self.is_permitted(it.node))
            }
            (
                Step::Link(_)
                | Step::NetworkBalancer(_)
                | Step::Listener(_)
                | Step::TargetGroup(_)
                | Step::ApplicationBalancer(_)
                | Step::HttpListener { .. }
                | Step::Rule(_)
                | Step::DefaultAction
                | Step::UnknownRules
                | Step::Internet(_)
                | Step::Function { .. },
                _,
            ) => false,
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
        let Some(group) = node::<TargetGroup>(&self.assembled.stack, handle) else {
            return false;
        };
        let target_type = match (&group.targets, &self.sync) {
            (Targets::Balancer { .. }, None) => TargetType::Alb,
            (Targets::Kept { .. }, Some(sync)) if sync.keeps(handle, listener.port) => {
                TargetType::Ip
            }
            _ => return false,
        };
        group.target_type == target_type
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
        match (group, &backend.targets) {
            (TargetGroupRef::Existing(found), TargetsPlan::Existing(planned)) => {
                is_same(found, planned)
            }
            (TargetGroupRef::Existing(_), _) => false,
            (TargetGroupRef::Made(handle), _) => {
                // Services that register themselves find their group by its label alone.
                self.target_groups_of(backend).first() == Some(&handle.index())
                    && self.are_target_groups_of(backend)
            }
        }
    }

    /// Returns whether the target groups of a backend are those that were planned.
    pub(crate) fn are_target_groups_of(&self, backend: &BalancedPlan) -> bool {
        let indexes = self.target_groups_of(backend);
        let count = if is_blue_green(backend) { 2 } else { 1 };
        indexes.len() == count
            && indexes.iter().all(|index| {
                let group = self.assembled.stack.entries[*index].node.held();
                group.is_some_and(|group| has_targets_of(group, backend) && self.is_in_vpc(group))
            })
    }

    fn is_in_vpc(&self, group: &TargetGroup) -> bool {
        let network = self.plan.network.as_ref();
        network.is_some_and(|network| is_same(&group.vpc, &network.vpc))
    }

    /// Returns the target group of a backend, and the one that deployments switch to.
    fn target_groups_of(&self, backend: &BalancedPlan) -> Vec<usize> {
        let green = format!("{}__green", backend.name);
        let labels = [&*backend.name, &green].into_iter();
        labels
            .filter_map(|label| self.target_groups.get(label).copied())
            .collect()
    }

    /// Marks the target groups of a backend, which have been compared.
    pub(crate) fn follow_target_groups(&mut self, backend: &BalancedPlan) {
        for index in self.target_groups_of(backend) {
            self.followed[index] = true;
        }
    }

    /// Compares the host and the TLS of an integration.
    pub(crate) fn host_holds(
        &self,
        integration: &Integration,
        steps: &[Step<'a>],
        backend: &BackendPlan,
    ) -> Result<(), String> {
        let (Integration::Proxy(proxy), Some(planned)) = (integration, backend.balanced()) else {
            return Ok(());
        };
        let same_host = match (&proxy.host, &planned.host) {
            (UriHost::Named(found), Some(planned)) => is_same(found, planned),
            (UriHost::Balancer(_) | UriHost::Application(_), None) => self.has_name(proxy, steps),
            (UriHost::Balancer(_) | UriHost::Application(_) | UriHost::Named(_), _) => false,
        };
        let alb = self.plan.network.as_ref().and_then(|it| it.alb.as_ref());
        let listener = alb.and_then(|alb| listener_of(alb, planned.listener_port));
        if same_host
            && proxy.is_tls == planned.is_tls
            && proxy.skips_verification == planned.skips_verification
            && listener.is_none_or(|listener| listener.is_tls == proxy.is_tls)
        {
            Ok(())
        } else {
            Err("is sent on to another host, or with other TLS".into())
        }
    }

    /// Returns whether the host of a URI is the name of the balancer that the request comes to
    /// first.
    fn has_name(&self, proxy: &Proxy, steps: &[Step<'a>]) -> bool {
        let network = self.plan.network.as_ref();
        let name = match (&proxy.host, steps.get(1)) {
            (UriHost::Balancer(named), Some(Step::NetworkBalancer(found))) if named.is(found) => {
                match (named, network.and_then(|it| it.nlb.as_ref())) {
                    (BalancerRef::Made(_), _) => return true,
                    (BalancerRef::Existing(_), nlb) => nlb.and_then(|nlb| match &nlb.balancer {
                        BalancerPlan::Made { .. } => None,
                        BalancerPlan::Existing { dns_name, .. } => dns_name.as_ref(),
                    }),
                }
            }
            (UriHost::Application(named), Some(Step::ApplicationBalancer(found)))
                if named.is(found) =>
            {
                match (named, network.and_then(|it| it.alb.as_ref())) {
                    (ApplicationBalancerRef::Made(_), _) => return true,
                    (ApplicationBalancerRef::Existing { .. }, alb) => {
                        alb.and_then(|alb| match &alb.balancer {
                            AlbBalancerPlan::Made { .. } => None,
                            AlbBalancerPlan::Existing { dns_name, .. } => dns_name.as_ref(),
                        })
                    }
                }
            }
            _ => return false,
        };
        name.is_some_and(|name| is_same(&proxy.uri_host(), name))
    }
}

fn is_network_balancer(found: &BalancerRef, planned: &BalancerPlan) -> bool {
    match (found, planned) {
        (BalancerRef::Made(_), BalancerPlan::Made { .. }) => true,
        (BalancerRef::Existing(found), BalancerPlan::Existing { arn, dns_name }) => {
            is_same(&found.arn, arn) && is_name(&found.dns_name, dns_name.as_ref())
        }
        (BalancerRef::Made(_) | BalancerRef::Existing(_), _) => false,
    }
}

fn is_application_balancer(found: &ApplicationBalancerRef, planned: &AlbBalancerPlan) -> bool {
    match (found, planned) {
        (ApplicationBalancerRef::Made(_), AlbBalancerPlan::Made { .. }) => true,
        (
            ApplicationBalancerRef::Existing { arn, dns_name },
            AlbBalancerPlan::Existing {
                arn: planned,
                dns_name: name,
                ..
            },
        ) => is_same(arn, planned) && is_name(dns_name, name.as_ref()),
        (ApplicationBalancerRef::Made(_) | ApplicationBalancerRef::Existing { .. }, _) => false,
    }
}

/// Returns whether the name is that of the plan; a balancer without one is never named.
fn is_name(found: &Value, planned: Option<&plan::Value>) -> bool {
    *found == planned.map_or_else(|| Value::literal(""), value_of)
}

fn is_http_listener(found: HttpListenerStep<'_>, planned: &AlbListenerPlan) -> bool {
    match found {
        HttpListenerStep::Created(found) => {
            let certificate = found.node.certificate.as_ref();
            certificate.is_some() == planned.is_tls
                && is_same_option(certificate, planned.certificate.as_ref())
        }
        HttpListenerStep::Existing(arn) => is_same_option(arn, planned.existing.as_ref()),
    }
}

fn has_targets_of(group: &TargetGroup, backend: &BalancedPlan) -> bool {
    let (target_type, same_targets) = match (&backend.targets, &group.targets) {
        (
            TargetsPlan::Instances(planned),
            Targets::Registered {
                members,
                outside_vpc: false,
            },
        ) => (TargetType::Instance, has_members(members, planned)),
        (
            TargetsPlan::Ips {
                addresses,
                outside_vpc: planned,
            },
            Targets::Registered {
                members,
                outside_vpc,
            },
        ) => (
            TargetType::Ip,
            has_members(members, addresses) && outside_vpc == planned,
        ),
        (TargetsPlan::AutoscalingGroups(Some(planned)), Targets::Scaled(members)) => {
            (TargetType::Instance, has_members(members, planned))
        }
        (TargetsPlan::AutoscalingGroups(None), Targets::None) => (TargetType::Instance, true),
        (TargetsPlan::Ecs { by_address, .. }, Targets::None) => {
            let by_address = *by_address;
            (
                if by_address {
                    TargetType::Ip
                } else {
                    TargetType::Instance
                },
                true,
            )
        }
        (
            TargetsPlan::Instances(_)
            | TargetsPlan::AutoscalingGroups(_)
            | TargetsPlan::Ips { .. }
            | TargetsPlan::Ecs { .. }
            | TargetsPlan::Existing(_),
            _,
        ) => return false,
    };
    let protocol = match backend.protocol {
        TargetProtocol::Tcp => GroupProtocol::Tcp,
        TargetProtocol::Tls => GroupProtocol::Tls,
        TargetProtocol::Http => GroupProtocol::Http,
        TargetProtocol::Https => GroupProtocol::Https,
    };
    same_targets
        && group.target_type == target_type
        && group.protocol == protocol
        && group.port == backend.port
        && is_health_check(&group.health_check, &backend.health_check)
}

/// Returns whether targets are asked for their health where it was planned.
fn is_health_check(found: &HealthCheck, planned: &HealthCheckPlan) -> bool {
    let is_http =
        |path: &str, matcher: &str| *planned.path == *path && *planned.matcher == *matcher;
    let is_protocol = match (&found.protocol, planned.protocol) {
        (HealthProtocol::Tcp, HealthCheckProtocol::Tcp) => true,
        (HealthProtocol::Http { path, matcher }, HealthCheckProtocol::Http)
        | (HealthProtocol::Https { path, matcher }, HealthCheckProtocol::Https) => {
            is_http(path, matcher)
        }
        (HealthProtocol::Tcp | HealthProtocol::Http { .. } | HealthProtocol::Https { .. }, _) => {
            false
        }
    };
    is_protocol && found.port == planned.port
}
