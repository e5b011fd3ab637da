//! The steps of a path behind the gateway, as hops.
//!
//! In: `Step`s. Out: `Hop`s in the same order. Pure.

use super::hops::Hops;
use super::values::function;
use super::{Answerer, Response};
use crate::aws::{
    ApplicationBalancerRef, BalancerRef, FixedResponse, Function, FunctionCall, ListenerRule,
    Members, RuleAction, Schedule, Stack, TargetGroup, TargetGroupRef, TargetType, Targets,
    VpcLinkRef,
};
use crate::follow::{
    HttpListenerStep, ResourcePath, RuleIndex, RuleRequest, StackNode, Step, forwarded_path,
    located, takes,
};
use crate::stack::{Handle, Value};

/// Kind, name and detail of a hop.
type HopText = (&'static str, String, String);

impl Hops<'_> {
    /// From the link to the targets, or to the balancer's own response.
    pub(crate) fn steps(&mut self, steps: &[Step<'_>], request: &RuleRequest<'_>) {
        for step in steps {
            let (kind, name, detail) = self.step(step, request);
            let place = self.place(step.index());
            self.add(kind, name, detail, place.clone());
            if let Step::Listener(StackNode { node, .. }) = step {
                let mut why =
                    "takes every connection: a network load balancer has no other".to_owned();
                if node.is_switched {
                    why.push_str("; deployments switch where it leads");
                }
                self.add("rule", "default action", why, place);
            }
            if let Step::TargetGroup(TargetGroupRef::Made(handle)) = step {
                self.members(handle);
            }
            if let Step::DefaultAction = step {
                self.response = Some(FixedResponse::NOT_FOUND);
            }
            if let Step::Rule(rule) = step
                && let RuleAction::Answer(response) = rule.node.action
            {
                self.response = Some(response);
            }
        }
    }

    fn step(&self, step: &Step<'_>, request: &RuleRequest<'_>) -> HopText {
        let stack = self.stack();
        let (kind, name, detail) = match *step {
            Step::Link(link) => {
                let (name, detail) = of_link(stack, link);
                ("link", self.shown(name), detail)
            }
            Step::NetworkBalancer(balancer) => {
                let (name, detail) = of_network_balancer(stack, balancer);
                ("balancer", self.shown(name), detail)
            }
            Step::ApplicationBalancer(balancer) => {
                let (name, detail) = of_application_balancer(stack, balancer);
                ("balancer", self.shown(name), detail)
            }
            Step::Listener(StackNode { node, .. }) => {
                let protocol = if node.certificate.is_some() {
                    "TLS"
                } else {
                    "TCP"
                };
                let name = format!("{protocol} {}", node.port);
                return ("listener", name, self.tls(node.certificate.as_ref()));
            }
            Step::HttpListener { port, listener } => {
                let name = match listener {
                    HttpListenerStep::Created(StackNode { node, .. }) => {
                        let name = format!("{} {}", node.protocol(), node.port);
                        return ("listener", name, self.tls(node.certificate.as_ref()));
                    }
                    HttpListenerStep::Existing(Some(arn)) => self.shown(arn),
                    HttpListenerStep::Existing(None) => format!("port {port}"),
                };
                ("listener", name, "listener that is there already")
            }
            Step::Rule(rule) => {
                let name = format!("priority {}", rule.node.priority);
                return ("rule", name, self.rule(&rule, request));
            }
            Step::DefaultAction => ("rule", "default action".into(), "no rule takes it"),
            Step::UnknownRules => (
                "rule",
                "unknown".into(),
                "the balancer's rules are not made here",
            ),
            Step::TargetGroup(TargetGroupRef::Made(handle)) => {
                let group = stack.get(handle);
                let by = match group.target_type {
                    TargetType::Instance => "instance",
                    TargetType::Ip => "address",
                    TargetType::Alb => "application load balancer",
                };
                let detail = format!("{} {}, by {by}", group.protocol.as_str(), group.port);
                return ("target_group", handle.label().to_string(), detail);
            }
            Step::TargetGroup(TargetGroupRef::Existing(arn)) => (
                "target_group",
                self.shown(arn),
                "there already, with its targets",
            ),
            Step::Internet(proxy) => ("internet", self.shown(&proxy.url), "over the internet"),
            Step::Function { call, .. } => (
                "function",
                function(&call.function, self.format, stack),
                "the stage may call it; it gets the request as an event",
            ),
        };
        (kind, name, detail.to_owned())
    }

    fn tls(&self, certificate: Option<&Value>) -> String {
        certificate.map_or_else(String::new, |certificate| {
            format!("TLS ends here, with {}", self.shown(certificate))
        })
    }

    /// Returns why a rule takes the request, and no other does.
    fn rule(&self, rule: &StackNode<'_, ListenerRule>, request: &RuleRequest<'_>) -> String {
        let rules = self.follower.rules_of(|on| on.is(&rule.node.listener));
        let mut behind = rules.map(RuleIndex::all).unwrap_or_default().iter();
        let behind = behind
            .find(|other| other.node.priority > rule.node.priority && takes(other.node, request));
        let conditions = conditions(rule.node);
        behind.map_or_else(
            || format!("{conditions}; no other rule takes it"),
            |other| {
                let label = &self.stack().entries[other.index].address.label;
                let priority = other.node.priority;
                format!("{conditions}; comes before {label} of priority {priority}")
            },
        )
    }

    /// The targets of a group.
    fn members(&mut self, handle: &Handle<TargetGroup>) {
        let group = self.stack().get(handle);
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
                    let place = self.part(handle.index(), kind, &format!("__{key}"));
                    self.add("target", self.shown(member), detail.clone(), place);
                }
            }
            Members::Each(list) => {
                let detail = format!("each of the list, {detail}");
                let place = self.part(handle.index(), kind, "");
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
        let expression = &schedule.node.expression;
        let detail = format!("the addresses of the application load balancer; {expression}");
        self.add("target", name, detail, self.place(Some(function.index())));
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
        let function = self.stack().get(handle);
        let variable = |name: &str| {
            let value = function.environment.get(name);
            value.map_or_else(String::new, |value| self.shown(value))
        };
        let path = forwarded_path(function, routed)?;
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

/// Name of a resource and what the resource is.
type ResourceText<'s> = (&'s Value, &'static str);

fn of_link<'s>(stack: &'s Stack, link: &'s VpcLinkRef) -> ResourceText<'s> {
    match link {
        VpcLinkRef::Made(link) => (&stack.get(link).name, "VPC link to the load balancer"),
        VpcLinkRef::V2(link) => {
            let detail = "VPC link (V2); the integration names the load balancer";
            (&stack.get(link).name, detail)
        }
        VpcLinkRef::Existing(id) => (id, "VPC link that is there already"),
    }
}

fn of_network_balancer<'s>(stack: &'s Stack, balancer: &'s BalancerRef) -> ResourceText<'s> {
    match balancer {
        BalancerRef::Made(made) => (&stack.get(made).name, "internal network load balancer"),
        BalancerRef::Existing(balancer) => {
            (&balancer.arn, "network load balancer that is there already")
        }
    }
}

fn of_application_balancer<'s>(
    stack: &'s Stack,
    balancer: &'s ApplicationBalancerRef,
) -> ResourceText<'s> {
    match balancer {
        ApplicationBalancerRef::Made(made) => {
            (&stack.get(made).name, "internal application load balancer")
        }
        ApplicationBalancerRef::Existing { arn, .. } => {
            (arn, "application load balancer that is there already")
        }
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
