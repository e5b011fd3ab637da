//! The way behind the gateway: from an integration through link and listener to the targets.

use std::collections::BTreeMap;

use super::alb::{Alb, Front};
use super::direct::{asked_as_planned, sent_as_planned};
use super::link;
use crate::assemble::Assembled;
use crate::aws::{
    BalancerRef, Kind, Listener, Members, Method, Node, Proxy, TargetGroup, TargetGroupRef,
    TargetType, Targets, UriHost, VpcLinkRef,
};
use crate::blueprint::Exposure;
use crate::plan::{
    BackendPlan, BalancedPlan, BalancerPlan, NlbPlan, OperationPlan, Plan, TargetProtocol,
    TargetsPlan, Value as PlanValue, Values, names,
};
use crate::stack::{Handle, List, Value};

/// Everything that stands behind the gateway.
pub(crate) struct Way<'a> {
    /// `None` where nothing is to stand there.
    nlb: Option<&'a NlbPlan>,
    /// There where the gateway comes to the application load balancer itself.
    link: Option<link::Planned<'a>>,
    alb: Option<Alb<'a>>,
    assembled: &'a Assembled,
    listeners: Vec<&'a Listener>,
    /// There is one, or none where it is there already.
    balancers: usize,
    /// By label.
    groups: BTreeMap<&'a str, &'a TargetGroup>,
}

/// Where a request comes out.
pub(crate) struct Arrival<'a, 'w> {
    method: &'a Method,
    proxy: &'a Proxy,
    /// `None` where no network load balancer stands on the way.
    through: Option<Through<'a>>,
    /// The listener of the application load balancer, where one stands behind.
    behind: Option<(&'w Way<'a>, &'w Alb<'a>, &'w Front<'a>)>,
}

/// The network load balancer on the way.
struct Through<'a> {
    listener: &'a Listener,
    group: Group<'a>,
    /// The certificate that the plan gives its listeners.
    certificate: Option<&'a PlanValue>,
}

/// Targets of the stack, or of others.
enum Group<'a> {
    Made {
        label: &'a str,
        group: &'a TargetGroup,
        green: Option<&'a TargetGroup>,
    },
    Existing(&'a Value),
}

impl<'a> Way<'a> {
    pub(crate) fn of(plan: &'a Plan, assembled: &'a Assembled) -> Result<Self, String> {
        let nlb = plan.network.as_ref().and_then(|it| it.nlb.as_ref());
        let link = plan.network.as_ref().and_then(|network| {
            Some(link::Planned {
                network,
                link: network.link.as_ref()?,
            })
        });
        let alb = Alb::of(plan, assembled)?;
        let mut way = Self {
            nlb,
            link,
            alb,
            assembled,
            listeners: Vec::new(),
            balancers: 0,
            groups: BTreeMap::new(),
        };
        for entry in &assembled.stack.entries {
            if let Node::Listener(listener) = &entry.node {
                way.listeners.push(listener);
            } else if let Node::TargetGroup(group) = &entry.node {
                way.groups.insert(entry.address.label.as_str(), group);
            } else if let Node::LoadBalancer(_) = &entry.node {
                way.balancers += 1;
            }
        }
        Ok(way)
    }

    /// Follows a request from its integration.
    pub(crate) fn arrival<'w>(
        &'w self,
        method: &'a Method,
        proxy: &'a Proxy,
    ) -> Result<Arrival<'a, 'w>, String> {
        if let (None, Some(planned), Some(alb)) = (self.nlb, self.link, &self.alb) {
            let front = link::entered(self.assembled, planned, alb, proxy)?;
            return Ok(Arrival {
                method,
                proxy,
                through: None,
                behind: Some((self, alb, front)),
            });
        }
        let planned = self
            .nlb
            .ok_or("is sent to a load balancer that was not planned")?;
        let listener = self.listener(planned, proxy)?;
        let through = Through {
            listener,
            group: self.group(&listener.forward_to)?,
            certificate: planned.certificate.as_ref(),
        };
        let Some(alb) = &self.alb else {
            return Ok(Arrival {
                method,
                proxy,
                through: Some(through),
                behind: None,
            });
        };
        let (
            TargetGroupRef::Made(handle),
            Group::Made {
                group: passed_on, ..
            },
        ) = (&listener.forward_to, &through.group)
        else {
            return Err("its listener leads past the application load balancer".into());
        };
        let behind = Some((self, alb, alb.entered((handle, passed_on), proxy.port)?));
        Ok(Arrival {
            method,
            proxy,
            through: Some(through),
            behind,
        })
    }

    fn group(&self, to: &'a TargetGroupRef) -> Result<Group<'a>, String> {
        Ok(match to {
            TargetGroupRef::Existing(arn) => Group::Existing(arn),
            TargetGroupRef::Made(handle) => {
                let label = handle.label().as_str();
                let Some(Node::TargetGroup(group)) = self.node(handle) else {
                    return Err("its listener names no target group".into());
                };
                let green = self.groups.get(format!("{label}__green").as_str()).copied();
                // The stack's own label, not the one that the handle says.
                let label = self.assembled.stack.entries[handle.index()]
                    .address
                    .label
                    .as_str();
                Group::Made {
                    label,
                    group,
                    green,
                }
            }
        })
    }

    /// Whether private callers reach what is internal, and nothing that is hidden.
    pub(crate) fn private_holds(
        &self,
        plan: &Plan,
        operation: &OperationPlan,
    ) -> Result<(), String> {
        let Some(alb) = self.alb.as_ref().filter(|it| it.planned.emits_rules) else {
            return Ok(());
        };
        if operation.exposure == Exposure::Hidden {
            return alb.refuses(operation, plan);
        }
        let backend = operation
            .backend
            .map(|index| &plan.backends[index])
            .ok_or("has no backend")?;
        let Some(balanced) = backend.balanced() else {
            return Ok(());
        };
        let host = alb.planned.hosts.first().map(|it| &**it);
        self.sent_to(
            alb.front(balanced.listener_port)?,
            (operation, backend, balanced),
            host,
        )
    }

    /// Whether the rules of a listener send an operation to its backend.
    fn sent_to(
        &self,
        front: &Front<'a>,
        (operation, backend, balanced): (&OperationPlan, &BackendPlan, &BalancedPlan),
        host: Option<&str>,
    ) -> Result<(), String> {
        let sent = front.sent(operation, backend, host)?;
        if sent.is_switched
            != matches!(
                balanced.targets,
                TargetsPlan::Ecs {
                    is_blue_green: true,
                    ..
                }
            )
        {
            return Err("comes to a rule that others switch, or that none may".into());
        }
        targets_hold(&self.group(sent.group)?, balanced)
    }

    /// The one listener that link and port lead to.
    fn listener(&self, planned: &NlbPlan, proxy: &Proxy) -> Result<&'a Listener, String> {
        let leads_to = match (&proxy.link, &planned.link) {
            (VpcLinkRef::Made(link), None) => match self.node(link) {
                Some(Node::VpcLink(link)) => Some(&link.balancer),
                _ => return Err("its integration names no VPC link".into()),
            },
            // Where it leads is what the blueprint says.
            (VpcLinkRef::Existing(id), Some(planned)) if is_same(id, planned) => None,
            (VpcLinkRef::Made(_) | VpcLinkRef::V2(_) | VpcLinkRef::Existing(_), _) => {
                return Err("its integration names another VPC link".into());
            }
        };
        if let Some(balancer) = leads_to
            && !self.is_planned(planned, balancer)
        {
            return Err("its VPC link names another load balancer".into());
        }
        let port = proxy.port;
        let is_it = |it: &&Listener| {
            it.port == port
                && leads_to.map_or_else(
                    || self.is_planned(planned, &it.balancer),
                    |to| to.is(&it.balancer),
                )
        };
        let mut found = self.listeners.iter().copied().filter(is_it);
        let listener = match (found.next(), found.next()) {
            (Some(listener), None) => listener,
            (None, _) => return Err(format!("no listener has port {port}")),
            (Some(_), Some(_)) => return Err(format!("two listeners have port {port}")),
        };
        match &proxy.host {
            UriHost::Balancer(named) if !named.is(&listener.balancer) => {
                Err("its URI names another balancer than its link".into())
            }
            UriHost::Balancer(named) if !has_planned_name(planned, named) => {
                Err("its URI has another name of the balancer".into())
            }
            UriHost::Application(_) => Err("its URI names another balancer than its link".into()),
            UriHost::Balancer(_) | UriHost::Named(_) if proxy.target.is_some() => {
                Err("its integration names a balancer beside its link".into())
            }
            UriHost::Balancer(_) | UriHost::Named(_) => Ok(listener),
        }
    }

    fn is_planned(&self, planned: &NlbPlan, balancer: &BalancerRef) -> bool {
        match (balancer, &planned.balancer) {
            (BalancerRef::Made(handle), BalancerPlan::Made { .. }) => {
                self.balancers == 1 && matches!(self.node(handle), Some(Node::LoadBalancer(_)))
            }
            (BalancerRef::Existing(found), BalancerPlan::Existing { arn: planned, .. }) => {
                is_same(&found.arn, planned)
            }
            (BalancerRef::Made(_) | BalancerRef::Existing(_), _) => false,
        }
    }

    fn node<K: Kind>(&self, handle: &Handle<K>) -> Option<&'a Node> {
        self.assembled
            .stack
            .entries
            .get(handle.index())
            .filter(|entry| entry.address == *handle.address())
            .map(|entry| &entry.node)
    }
}

fn has_planned_name(planned: &NlbPlan, balancer: &BalancerRef) -> bool {
    match (balancer, &planned.balancer) {
        (BalancerRef::Made(_), BalancerPlan::Made { .. }) => true,
        (
            BalancerRef::Existing(found),
            BalancerPlan::Existing {
                dns_name: Some(planned),
                ..
            },
        ) => is_same(&found.dns_name, planned),
        (BalancerRef::Made(_) | BalancerRef::Existing(_), _) => false,
    }
}

impl Arrival<'_, '_> {
    /// Compares with what the plan says.
    pub(crate) fn holds(
        &self,
        operation: &OperationPlan,
        backend: &BackendPlan,
    ) -> Result<(), String> {
        let Some(balanced) = backend.balanced() else {
            return Err(format!(
                "arrives at a load balancer, not at `{}`",
                backend.name
            ));
        };
        asked_as_planned(self.method, self.proxy.timeout_ms, operation)?;
        sent_as_planned(
            self.method,
            (&self.proxy.path, &self.proxy.headers),
            operation,
            backend,
        )?;
        self.host_holds(balanced)?;
        let Some((way, alb, front)) = &self.behind else {
            let through = self.through.as_ref().ok_or("arrives at no load balancer")?;
            self.listener_holds(through, balanced)?;
            return targets_hold(&through.group, balanced);
        };
        let is_plain =
            |it: &Through<'_>| !it.listener.is_switched && it.listener.certificate.is_none();
        if !self.through.as_ref().is_none_or(is_plain) || self.proxy.is_tls != front.planned.is_tls
        {
            return Err(
                "comes to a listener that is no plain way to the application load balancer".into(),
            );
        }
        if balanced.listener_port != front.planned.port {
            return Err(format!(
                "comes to port {} of the application load balancer",
                front.planned.port
            ));
        }
        if !alb.planned.emits_rules {
            return Ok(());
        }
        let host = match &self.proxy.host {
            UriHost::Named(Value::Literal(host)) => Some(&**host),
            UriHost::Named(_) | UriHost::Balancer(_) | UriHost::Application(_) => None,
        };
        way.sent_to(front, (operation, backend, balanced), host)
    }

    fn host_holds(&self, backend: &BalancedPlan) -> Result<(), String> {
        let same_host = match (&self.proxy.host, &backend.host) {
            (UriHost::Balancer(_) | UriHost::Application(_), None) => true,
            (UriHost::Named(sent), Some(planned)) => is_same(sent, planned),
            (UriHost::Balancer(_) | UriHost::Application(_) | UriHost::Named(_), _) => false,
        };
        if same_host
            && self.proxy.is_tls == backend.is_tls
            && self.proxy.skips_verification == backend.skips_verification
        {
            Ok(())
        } else {
            Err("is sent on to another host, or with other TLS".into())
        }
    }

    fn listener_holds(&self, through: &Through<'_>, backend: &BalancedPlan) -> Result<(), String> {
        let same_certificate = match (&through.listener.certificate, through.certificate) {
            (None, None) => true,
            (Some(found), Some(planned)) => self.proxy.is_tls && is_same(found, planned),
            (None, Some(_)) | (Some(_), None) => false,
        };
        if !same_certificate {
            return Err("comes to a listener with another certificate".into());
        }
        let is_switched = matches!(
            backend.targets,
            TargetsPlan::Ecs {
                is_blue_green: true,
                ..
            }
        );
        if through.listener.is_switched != is_switched {
            return Err("comes to a listener that others switch, or that none may".into());
        }
        Ok(())
    }
}

fn targets_hold(group: &Group<'_>, backend: &BalancedPlan) -> Result<(), String> {
    let (label, group, green) = match (group, &backend.targets) {
        (Group::Existing(found), TargetsPlan::Existing(planned)) if is_same(found, planned) => {
            return Ok(());
        }
        (
            Group::Made {
                label,
                group,
                green,
            },
            _,
        ) => (*label, *group, *green),
        (Group::Existing(_), _) => {
            return Err(format!(
                "arrives at another target group than that of `{}`",
                backend.name
            ));
        }
    };
    if label != &*backend.name || group.port != backend.port {
        return Err(format!(
            "arrives at `{label}` port {}, not at `{}` port {}",
            group.port, backend.name, backend.port
        ));
    }
    if !is_target_group_of(group, backend) {
        return Err(format!(
            "arrives at other targets than those of `{}`",
            backend.name
        ));
    }
    let has_green = matches!(
        backend.targets,
        TargetsPlan::Ecs {
            is_blue_green: true,
            ..
        }
    );
    match green {
        Some(green)
            if has_green && green.port == backend.port && is_target_group_of(green, backend) =>
        {
            Ok(())
        }
        None if !has_green => Ok(()),
        Some(_) | None => Err(format!(
            "would not arrive at `{}` after a deployment",
            backend.name
        )),
    }
}

fn is_target_group_of(group: &TargetGroup, backend: &BalancedPlan) -> bool {
    let target_type = match &backend.targets {
        TargetsPlan::Instances(_)
        | TargetsPlan::AutoscalingGroups(_)
        | TargetsPlan::Ecs {
            by_address: false, ..
        } => TargetType::Instance,
        TargetsPlan::Ips { .. }
        | TargetsPlan::Ecs {
            by_address: true, ..
        } => TargetType::Ip,
        TargetsPlan::Existing(_) => return false,
    };
    let same_targets = match (&group.targets, &backend.targets) {
        (
            Targets::Registered {
                members,
                outside_vpc: false,
            },
            TargetsPlan::Instances(planned),
        ) => are_same(members, planned),
        (
            Targets::Registered {
                members,
                outside_vpc,
            },
            TargetsPlan::Ips {
                addresses,
                outside_vpc: planned,
            },
        ) => are_same(members, addresses) && outside_vpc == planned,
        (Targets::Scaled(members), TargetsPlan::AutoscalingGroups(Some(planned))) => {
            are_same(members, planned)
        }
        (Targets::None, TargetsPlan::AutoscalingGroups(None) | TargetsPlan::Ecs { .. }) => true,
        (
            Targets::Registered { .. }
            | Targets::Scaled(_)
            | Targets::Balancer { .. }
            | Targets::Kept { .. }
            | Targets::None,
            _,
        ) => false,
    };
    group.target_type == target_type && same_targets && group.protocol.as_str() == spoken(backend)
}

fn spoken(backend: &BalancedPlan) -> &'static str {
    match backend.protocol {
        TargetProtocol::Tcp => "TCP",
        TargetProtocol::Tls => "TLS",
        TargetProtocol::Http => "HTTP",
        TargetProtocol::Https => "HTTPS",
    }
}

fn are_same(found: &Members, planned: &Values) -> bool {
    match (found, planned) {
        (Members::Listed(found), Values::List(planned)) => {
            found.len() == planned.len()
                && found
                    .iter()
                    .zip(planned)
                    .all(|((_, it), planned)| is_same(it, planned))
        }
        (Members::Each(found), Values::One(planned)) => is_same(found, planned),
        (Members::Listed(_) | Members::Each(_), _) => false,
    }
}

/// Whether a list of the stack is that of the plan.
pub(crate) fn are_same_list(found: &List, planned: &Values) -> bool {
    match (found, planned) {
        (List::Of(found), Values::List(planned)) => {
            found.len() == planned.len()
                && found
                    .iter()
                    .zip(planned)
                    .all(|(found, planned)| is_same(found, planned))
        }
        (List::One(found), Values::One(planned)) => is_same(found, planned),
        (List::Of(_) | List::One(_), _) => false,
    }
}

/// Whether a value of the stack is that of the plan.
pub(crate) fn is_same(found: &Value, planned: &PlanValue) -> bool {
    match (found, planned) {
        (Value::Literal(found), PlanValue::Literal(planned))
        | (Value::Input(found), PlanValue::Input(planned))
        | (Value::Expression(found), PlanValue::Expression(planned)) => found == planned,
        (
            Value::Parameter { label, is_list },
            PlanValue::Parameter {
                path,
                is_list: planned,
            },
        ) => label.as_str() == names::parameter_label(path) && is_list == planned,
        _ => false,
    }
}
