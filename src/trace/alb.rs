//! The application load balancer: its listener and the rule that takes a request.
//!
//! In: a request as it comes to the balancer, the stack. Out: `Hop`s in order. Pure.

use super::hops::Hops;
use crate::aws::{
    ApplicationBalancerRef, FixedResponse, HttpListenerRef, ListenerRule, Node, RuleAction,
};
use crate::walk::rules::takes;

/// A request as it comes to the balancer.
pub(crate) struct Arriving<'r> {
    pub(crate) method: &'static str,
    pub(crate) host: Option<&'r str>,
    pub(crate) path: &'r str,
    pub(crate) port: u16,
}

impl<'a> Hops<'a> {
    /// From the balancer to the targets of the rule that takes the request, or to the balancer's
    /// own answer.
    pub(crate) fn ruled(
        &mut self,
        (balancer, listener): (&ApplicationBalancerRef, Option<&'a HttpListenerRef>),
        asked: &Arriving<'_>,
    ) -> Result<(), String> {
        match balancer {
            ApplicationBalancerRef::Made(handle) => {
                let Node::ApplicationBalancer(it) = &self.stack.entries[handle.index()].node else {
                    return Err("the balancer is none".into());
                };
                self.add(
                    "balancer",
                    (self.shown(&it.name), "internal application load balancer"),
                    self.places.node(handle.index()),
                );
            }
            ApplicationBalancerRef::Existing { arn, .. } => {
                self.add(
                    "balancer",
                    (
                        self.shown(arn),
                        "application load balancer that is there already",
                    ),
                    None,
                );
            }
        }
        match listener {
            Some(HttpListenerRef::Made(handle)) => {
                let Node::HttpListener(it) = &self.stack.entries[handle.index()].node else {
                    return Err("the listener is none".into());
                };
                let detail = it.certificate.as_ref().map_or_else(String::new, |it| {
                    format!("TLS ends here, with {}", self.shown(it))
                });
                self.add(
                    "listener",
                    (format!("{} {}", it.protocol(), it.port), detail),
                    self.places.node(handle.index()),
                );
            }
            Some(HttpListenerRef::Existing(arn)) => self.add(
                "listener",
                (self.shown(arn), "listener that is there already"),
                None,
            ),
            None => self.add(
                "listener",
                (
                    format!("port {}", asked.port),
                    "listener that is there already",
                ),
                None,
            ),
        }
        self.rule(listener, asked)
    }

    /// The first rule by priority that takes the request, and why no other does.
    fn rule(
        &mut self,
        listener: Option<&'a HttpListenerRef>,
        asked: &Arriving<'_>,
    ) -> Result<(), String> {
        let stack = self.stack;
        let rules = stack.entries.iter().enumerate();
        let mut rules: Vec<(usize, &ListenerRule)> = rules
            .filter_map(|(index, it)| {
                if let Node::ListenerRule(rule) = &it.node {
                    Some((index, rule))
                } else {
                    None
                }
            })
            .collect();
        if rules.is_empty() {
            self.add(
                "rule",
                ("unknown", "the balancer's rules are not made here"),
                None,
            );
            return Ok(());
        }
        rules.retain(|(_, rule)| {
            listener.is_some_and(|it| it.is(&rule.listener))
                && takes(rule, asked.method, asked.host, asked.path)
        });
        rules.sort_by_key(|(_, rule)| rule.priority);
        let Some((index, rule)) = rules.first().copied() else {
            self.add("rule", ("default action", "no rule takes it"), None);
            self.answered = Some((
                FixedResponse::NOT_FOUND.status,
                FixedResponse::NOT_FOUND.body,
            ));
            return Ok(());
        };
        let label = |index: usize| stack.entries[index].address.label.as_str();
        let why = match rules.get(1) {
            Some((other, behind)) => format!(
                "{}; comes before {} of priority {}",
                said(rule),
                label(*other),
                behind.priority
            ),
            None => format!("{}; no other rule takes it", said(rule)),
        };
        let place = self.places.node(index);
        match &rule.action {
            RuleAction::Forward(group) => {
                self.add("rule", (format!("priority {}", rule.priority), why), place);
                self.targets(group)
            }
            RuleAction::Answer(answer) => {
                self.add("rule", (format!("priority {}", rule.priority), why), place);
                self.answered = Some((answer.status, answer.body));
                Ok(())
            }
        }
    }
}

/// What a rule takes.
fn said(rule: &ListenerRule) -> String {
    let mut text = rule.paths.join(" or ");
    if !rule.methods.is_empty() {
        text = format!("{} {text}", rule.methods.join(" or "));
    }
    if !rule.hosts.is_empty() {
        text = format!("{text} of host {}", rule.hosts.join(" or "));
    }
    text
}
