//! The steps of a path behind the gateway, as hops.
//!
//! In: `Step`s. Out: `Hop`s in the same order. Pure.

use super::hops::Hops;
use super::values::function;
use super::{Answerer, Response};
use crate::aws::{
    ApplicationBalancer, ApplicationBalancerRef, BalancerRef, FixedResponse, Function,
    FunctionCall, LambdaPermission, Listener, ListenerRule, LoadBalancer, Members, RuleAction,
    Schedule, TargetGroup, TargetGroupRef, TargetType, Targets, VpcLink, VpcLinkRef, VpcLinkV2,
};
use crate::follow::{
    HttpListenerStep, ResourcePath, RuleIndex, RuleRequest, StackNode, Step, exchanged, located,
    node, takes, target_group,
};

impl Hops<'_> {
    /// From the link to the targets, or to the balancer's own response.
    pub(crate) fn steps(
        &mut self,
        steps: &[Step<'_>],
        request: &RuleRequest<'_>,
    ) -> Result<(), String> {
        for step in steps {
            match step {
                Step::Link(link) => self.link(link)?,
                Step::NetworkBalancer(balancer) => self.network_balancer(balancer)?,
                Step::Listener(listener) => self.listener(listener),
                Step::TargetGroup(group) => self.target_group(group)?,
                Step::ApplicationBalancer(balancer) => self.application_balancer(balancer)?,
                Step::HttpListener { port, listener } => self.http_listener(*port, listener),
                Step::Rule(rule) => self.rule(rule, request),
                Step::DefaultAction => {
                    self.add("rule", "default action", "no rule takes it", None);
                    self.response = Some(FixedResponse::NOT_FOUND);
                }
                Step::UnknownRules => self.add(
                    "rule",
                    "unknown",
                    "the balancer's rules are not made here",
                    None,
                ),
                Step::Internet(proxy) => {
                    let url = self.shown(&proxy.url);
                    self.add("internet", url, "over the internet", None);
                }
                Step::Function { call, permission } => self.function(call, *permission),
            }
        }
        Ok(())
    }

    fn link(&mut self, link: &VpcLinkRef) -> Result<(), String> {
        let none = "the link is none";
        let (name, detail, index) = match link {
            VpcLinkRef::Made(handle) => {
                let link: &VpcLink = node(self.stack(), handle).ok_or(none)?;
                let detail = "VPC link to the load balancer";
                (&link.name, detail, Some(handle.index()))
            }
            VpcLinkRef::V2(handle) => {
                let link: &VpcLinkV2 = node(self.stack(), handle).ok_or(none)?;
                let detail = "VPC link (V2); the integration names the load balancer";
                (&link.name, detail, Some(handle.index()))
            }
            VpcLinkRef::Existing(id) => (id, "VPC link that is there already", None),
        };
        self.add("link", self.shown(name), detail, self.place(index));
        Ok(())
    }

    fn network_balancer(&mut self, balancer: &BalancerRef) -> Result<(), String> {
        let (name, detail, index) = match balancer {
            BalancerRef::Made(handle) => {
                let balancer: &LoadBalancer =
                    node(self.stack(), handle).ok_or("the balancer is none")?;
                let detail = "internal network load balancer";
                (&balancer.name, detail, Some(handle.index()))
            }
            BalancerRef::Existing(balancer) => {
                let detail = "network load balancer that is there already";
                (&balancer.arn, detail, None)
            }
        };
        self.add("balancer", self.shown(name), detail, self.place(index));
        Ok(())
    }

    /// A listener of a network load balancer, which has a default action and no rules.
    fn listener(&mut self, listener: &StackNode<'_, Listener>) {
        let place = self.place(Some(listener.index));
        let listener = listener.node;
        let (protocol, detail) = match &listener.certificate {
            Some(certificate) => (
                "TLS",
                format!("TLS ends here, with {}", self.shown(certificate)),
            ),
            None => ("TCP", String::new()),
        };
        let name = format!("{protocol} {}", listener.port);
        self.add("listener", name, detail, place.clone());
        let why = if listener.is_switched {
            "takes every connection: a network load balancer has no other; deployments switch where it leads"
        } else {
            "takes every connection: a network load balancer has no other"
        };
        self.add("rule", "default action", why, place);
    }

    fn application_balancer(&mut self, balancer: &ApplicationBalancerRef) -> Result<(), String> {
        let (name, detail, index) = match balancer {
            ApplicationBalancerRef::Made(handle) => {
                let balancer: &ApplicationBalancer =
                    node(self.stack(), handle).ok_or("the balancer is none")?;
                let detail = "internal application load balancer";
                (&balancer.name, detail, Some(handle.index()))
            }
            ApplicationBalancerRef::Existing { arn, .. } => {
                (arn, "application load balancer that is there already", None)
            }
        };
        self.add("balancer", self.shown(name), detail, self.place(index));
        Ok(())
    }

    fn http_listener(&mut self, port: u16, listener: &HttpListenerStep<'_>) {
        let existing = "listener that is there already";
        match listener {
            HttpListenerStep::Created(StackNode { index, node }) => {
                let detail = node
                    .certificate
                    .as_ref()
                    .map_or_else(String::new, |certificate| {
                        format!("TLS ends here, with {}", self.shown(certificate))
                    });
                let name = format!("{} {}", node.protocol(), node.port);
                self.add("listener", name, detail, self.place(Some(*index)));
            }
            HttpListenerStep::Existing(Some(arn)) => {
                self.add("listener", self.shown(arn), existing, None);
            }
            HttpListenerStep::Existing(None) => {
                self.add("listener", format!("port {port}"), existing, None);
            }
        }
    }

    /// The first rule by priority that takes the request, and why no other does.
    fn rule(&mut self, rule: &StackNode<'_, ListenerRule>, request: &RuleRequest<'_>) {
        let rules = self.follower.rules_of(|on| on.is(&rule.node.listener));
        let rules = rules.map(RuleIndex::all).unwrap_or_default();
        let mut behind = rules
            .iter()
            .filter(|other| other.node.priority > rule.node.priority)
            .filter(|other| takes(other.node, request));
        let why = match behind.next() {
            Some(other) => format!(
                "{}; comes before {} of priority {}",
                conditions(rule.node),
                self.stack().entries[other.index].address.label,
                other.node.priority
            ),
            None => format!("{}; no other rule takes it", conditions(rule.node)),
        };
        let name = format!("priority {}", rule.node.priority);
        self.add("rule", name, why, self.place(Some(rule.index)));
        match rule.node.action {
            RuleAction::Forward(_) => {}
            RuleAction::Answer(response) => self.response = Some(response),
        }
    }

    fn target_group(&mut self, group: &TargetGroupRef) -> Result<(), String> {
        let (Some(StackNode { index, node }), TargetGroupRef::Made(handle)) =
            (target_group(self.stack(), group)?, group)
        else {
            let arn = self.shown(&group.arn());
            self.add("target_group", arn, "there already, with its targets", None);
            return Ok(());
        };
        let by = match node.target_type {
            TargetType::Instance => "instance",
            TargetType::Ip => "address",
            TargetType::Alb => "application load balancer",
        };
        let detail = format!("{} {}, by {by}", node.protocol.as_str(), node.port);
        let place = self.place(Some(index));
        self.add("target_group", handle.label().as_str(), detail, place);
        self.members(index, node);
        Ok(())
    }

    /// The targets of a group.
    fn members(&mut self, index: usize, group: &TargetGroup) {
        let (kind, members, detail) = match &group.targets {
            Targets::Registered { members, .. } => (
                "aws_lb_target_group_attachment",
                members,
                format!("port {}", group.port),
            ),
            Targets::Scaled(members) => (
                "aws_autoscaling_attachment",
                members,
                "instances of this autoscaling group".to_owned(),
            ),
            // It is a hop of its own.
            Targets::Balancer { .. } => return,
            Targets::Kept { .. } => return self.synchronized(),
            Targets::None => {
                let detail = "the service or autoscaling group does it";
                return self.add("target", "registered by others", detail, None);
            }
        };
        match members {
            Members::Listed(members) => {
                for (key, member) in members {
                    let place = self.part(index, kind, &format!("__{key}"));
                    self.add("target", self.shown(member), detail.clone(), place);
                }
            }
            Members::Each(list) => {
                let detail = format!("each of the list, {detail}");
                let place = self.part(index, kind, "");
                self.add("target", self.shown(list), detail, place);
            }
        }
    }

    /// The function that registers the addresses, and when.
    fn synchronized(&mut self) {
        let Some(schedule) = located::<Schedule>(self.stack()).next() else {
            return;
        };
        let function = &schedule.node.function;
        let name = format!("kept by function {}", function.label());
        let detail = format!(
            "the addresses of the application load balancer; {}",
            schedule.node.expression
        );
        self.add("target", name, detail, self.place(Some(function.index())));
    }

    /// A function and the permission to call it.
    fn function(
        &mut self,
        call: &FunctionCall,
        permission: Option<StackNode<'_, LambdaPermission>>,
    ) {
        let place = self.place(permission.map(|permission| permission.index));
        let name = function(&call.function, self.format, self.stack());
        let detail = "the stage may call it; it gets the request as an event";
        self.add("function", name, detail, place);
    }

    /// The servers that a function of the stack calls, and with which path.
    pub(crate) fn forwarded(
        &mut self,
        call: &FunctionCall,
        routed: &ResourcePath<'_>,
    ) -> Result<(), String> {
        let Function::Made(handle) = &call.function else {
            return Ok(());
        };
        let function = node(self.stack(), handle).ok_or("the function is none")?;
        let variable = |name: &str| {
            let value = function.environment.get(name);
            value.map_or_else(String::new, |value| self.shown(value))
        };
        let filled = |segment: String| {
            let name = segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            name.and_then(|name| routed.value(name.trim_end_matches('+')))
                .unwrap_or(segment)
        };
        let path: String = exchanged(function, &routed.path())?
            .into_iter()
            .map(|segment| format!("/{}", filled(segment)))
            .collect();
        let (protocol, port) = (variable("PROTOCOL"), variable("PORT"));
        let detail = format!("{protocol}, port {port}; called in turn, with the path {path}");
        let place = self.place(Some(handle.index()));
        self.add("target", variable("HOSTS"), detail, place);
        Ok(())
    }

    /// Returns the response of a load balancer or of a backend, with the reason for either.
    pub(crate) fn end(&self, of_balancer: String, of_backend: String) -> Response {
        match self.response {
            Some(FixedResponse { status, body, .. }) => {
                let response = Some((status, body.to_owned()));
                Response::new(Answerer::Balancer, response, of_balancer)
            }
            None => Response::new(Answerer::Backend, None, of_backend),
        }
    }

    /// Returns a sentence about the component that the request arrived at.
    pub(crate) fn arrival(&self) -> String {
        let mut hops = self.all.iter();
        if hops.any(|hop| hop.kind == "rule" && hop.name == "unknown") {
            return "the load balancer's own rules say who answers".to_owned();
        }
        let mut hops = self.all.iter().rev();
        let end = hops.find(|hop| matches!(hop.kind, "target_group" | "function" | "internet"));
        end.map_or_else(String::new, |hop| match hop.kind {
            "function" => format!("the function {} answers", hop.name),
            "internet" => format!("{} answers", hop.name),
            _ => format!("a target of {} answers", hop.name),
        })
    }
}

/// The conditions of a rule.
fn conditions(rule: &ListenerRule) -> String {
    let mut text = rule.paths.join(" or ");
    if !rule.methods.is_empty() {
        text = format!("{} {text}", rule.methods.join(" or "));
    }
    if !rule.hosts.is_empty() {
        text = format!("{text} of host {}", rule.hosts.join(" or "));
    }
    text
}
