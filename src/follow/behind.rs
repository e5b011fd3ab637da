//! Paths behind the gateway, from an integration or a listener to the target.
//!
//! In: the stack, rules that take a request. Out: `Step`s. Pure.

use super::rules::RuleIndex;
use super::step::{HttpListenerStep, StackNode, Step, Steps};
use super::{Follower, node, target_group};
use crate::aws::{
    ApplicationBalancerRef, BalancerRef, HttpListenerRef, Integration, Listener, ListenerRule,
    Proxy, RuleAction, TargetGroupRef, Targets, VpcLinkRef,
};

/// Selects the rules that take the requests, one for each path; `None` is the default action.
pub(crate) type RuleSelection<'s, 'a> =
    &'s dyn Fn(&RuleIndex<'a>) -> Vec<Option<StackNode<'a, ListenerRule>>>;

/// Start of a path.
#[derive(Clone, Copy)]
pub(crate) enum PathStart<'a> {
    Integration(&'a Integration),
    /// A port of the network load balancer.
    Port(u16),
    /// A port of an application load balancer.
    Balancer(&'a ApplicationBalancerRef, u16),
}

impl<'a> Follower<'a> {
    /// Returns the paths from a start, one for each of the rules.
    ///
    /// # Errors
    /// The path breaks off.
    pub(crate) fn paths(
        &self,
        start: PathStart<'a>,
        rules: RuleSelection<'_, 'a>,
    ) -> Result<Vec<Steps<'a>>, String> {
        match start {
            PathStart::Integration(integration) => self.integration_paths(integration, rules),
            PathStart::Port(port) => self.listener_paths(self.listener(port, None)?, rules),
            PathStart::Balancer(balancer, port) => self.balancer_paths(balancer, port, rules),
        }
    }

    fn integration_paths(
        &self,
        integration: &'a Integration,
        rules: RuleSelection<'_, 'a>,
    ) -> Result<Vec<Steps<'a>>, String> {
        match integration {
            Integration::Proxy(proxy) => self.link_paths(proxy, rules),
            Integration::Internet(proxy) => Ok(vec![vec![Step::Internet(proxy)]]),
            Integration::Function(call) => {
                let mut permissions = self.permissions.iter().copied();
                let permission =
                    permissions.find(|permission| permission.node.function == call.function);
                Ok(vec![vec![Step::Function { call, permission }]])
            }
            Integration::NotFound | Integration::Preflight(_) => Ok(vec![Vec::new()]),
        }
    }

    fn link_paths(
        &self,
        proxy: &'a Proxy,
        rules: RuleSelection<'_, 'a>,
    ) -> Result<Vec<Steps<'a>>, String> {
        let link = Step::Link(&proxy.link);
        if let Some(balancer) = &proxy.target {
            let behind = self.balancer_paths(balancer, proxy.port, rules)?;
            return Ok(after(&[link], behind));
        }
        let balancer = match &proxy.link {
            VpcLinkRef::Made(link) => match node(self.stack, link) {
                Some(link) => Some(&link.balancer),
                None => return Err("its integration names no VPC link".into()),
            },
            VpcLinkRef::V2(_) => return Err("its integration names no load balancer".into()),
            VpcLinkRef::Existing(_) => None,
        };
        let listener = self.listener(proxy.port, balancer)?;
        Ok(after(&[link], self.listener_paths(listener, rules)?))
    }

    /// Returns the listener of a network load balancer with that port, on that balancer or on any.
    fn listener(
        &self,
        port: u16,
        balancer: Option<&BalancerRef>,
    ) -> Result<StackNode<'a, Listener>, String> {
        let mut listeners = self.listeners.iter().copied().filter(|listener| {
            listener.node.port == port
                && balancer.is_none_or(|balancer| *balancer == listener.node.balancer)
        });
        match (listeners.next(), listeners.next()) {
            (Some(listener), None) => Ok(listener),
            (None, _) => Err(format!("no listener has port {port}")),
            (Some(_), Some(_)) => Err(format!("two listeners have port {port}")),
        }
    }

    fn listener_paths(
        &self,
        listener: StackNode<'a, Listener>,
        rules: RuleSelection<'_, 'a>,
    ) -> Result<Vec<Steps<'a>>, String> {
        let steps = [
            Step::NetworkBalancer(&listener.node.balancer),
            Step::Listener(listener),
            Step::TargetGroup(&listener.node.forward_to),
        ];
        let Some(group) = target_group(self.stack, &listener.node.forward_to)? else {
            return Ok(vec![steps.to_vec()]);
        };
        match &group.node.targets {
            Targets::Balancer { balancer, listener } | Targets::Kept { balancer, listener } => {
                let port = group.node.port;
                let found = self.http_listener(balancer, port)?;
                let is_awaited = match listener {
                    Some(awaited) => found.is(awaited),
                    None => matches!(found, HttpListenerStep::Existing(_)),
                };
                if !is_awaited {
                    return Err("its target group waits for another listener".into());
                }
                Ok(after(&steps, self.balancer_paths(balancer, port, rules)?))
            }
            Targets::Registered { .. } | Targets::Scaled(_) | Targets::None => {
                Ok(vec![steps.to_vec()])
            }
        }
    }

    fn balancer_paths(
        &self,
        balancer: &'a ApplicationBalancerRef,
        port: u16,
        rules: RuleSelection<'_, 'a>,
    ) -> Result<Vec<Steps<'a>>, String> {
        let listener = self.http_listener(balancer, port)?;
        let steps = [
            Step::ApplicationBalancer(balancer),
            Step::HttpListener { port, listener },
        ];
        let endings = match self.rules_of(|on| listener.is(on)) {
            _ if self.rules.is_empty() => vec![vec![Step::UnknownRules]],
            Some(index) => rules(index).into_iter().map(from_rule).collect(),
            None => vec![from_rule(None)],
        };
        Ok(after(&steps, endings))
    }

    fn http_listener(
        &self,
        balancer: &'a ApplicationBalancerRef,
        port: u16,
    ) -> Result<HttpListenerStep<'a>, String> {
        match balancer {
            ApplicationBalancerRef::Made(handle) => {
                let listeners = self.http_listeners.iter().copied();
                let mut listeners = listeners
                    .filter(|StackNode { node, .. }| node.port == port && node.balancer == *handle);
                match (listeners.next(), listeners.next()) {
                    (Some(listener), None) => Ok(HttpListenerStep::Created(listener)),
                    (None, _) | (Some(_), Some(_)) => {
                        Err(format!("port {port} has not one listener"))
                    }
                }
            }
            ApplicationBalancerRef::Existing { .. } => {
                let arn = self.existing.iter().find(|(of, _)| *of == port);
                let arn = arn.and_then(|(_, listener)| match listener {
                    Some(HttpListenerRef::Existing(arn)) => Some(arn),
                    Some(HttpListenerRef::Made(_)) | None => None,
                });
                Ok(HttpListenerStep::Existing(arn))
            }
        }
    }
}

fn after<'a>(steps: &[Step<'a>], endings: Vec<Steps<'a>>) -> Vec<Steps<'a>> {
    let endings = endings.into_iter();
    endings.map(|ending| [steps, &ending].concat()).collect()
}

fn from_rule(rule: Option<StackNode<'_, ListenerRule>>) -> Steps<'_> {
    let Some(rule) = rule else {
        return vec![Step::DefaultAction];
    };
    let mut steps = vec![Step::Rule(rule)];
    steps.extend(forwarded_to(rule.node).map(Step::TargetGroup));
    steps
}

/// Returns the target group of a rule that forwards.
pub(crate) fn forwarded_to(rule: &ListenerRule) -> Option<&TargetGroupRef> {
    match &rule.action {
        RuleAction::Forward(group) => Some(group),
        RuleAction::Answer(_) => None,
    }
}
