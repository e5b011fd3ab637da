//! Listener rules: which requests go to which target group.

use std::sync::Arc;

use serde::Serialize;

use super::{FixedResponse, HttpListenerRef};
use crate::aws::elbv2::{SwitchedStart, TargetGroupRef, forward};
use crate::aws::{Arguments, BehindApi, Copied, HasArn, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::snake;

/// Action of a rule.
#[derive(Clone, Debug, Serialize)]
pub enum RuleAction {
    Forward(TargetGroupRef),
    Answer(FixedResponse),
}

fields! { enum RuleAction { Forward(group), Answer(response) } }

impl RuleAction {
    fn terraform(&self, start: Option<&SwitchedStart>, out: &mut Terraform) {
        match self {
            Self::Forward(group) => forward(group, start, out),
            Self::Answer(answer) => answer.terraform(out),
        }
    }

    fn cloudformation(&self, out: &mut Properties) {
        match self {
            Self::Forward(group) => {
                out.text("Type", "forward");
                out.value("TargetGroupArn", &group.arn());
            }
            Self::Answer(answer) => answer.cloudformation(out),
        }
    }
}

/// A rule of a listener: which requests, and what becomes of them.
#[derive(Debug, Serialize)]
pub struct ListenerRule {
    pub listener: HttpListenerRef,
    pub priority: u32,
    /// Path patterns, at least one.
    pub paths: Vec<Arc<str>>,
    /// Empty: every method.
    pub methods: Vec<&'static str>,
    /// Empty: every host.
    pub hosts: Vec<Arc<str>>,
    pub action: RuleAction,
    /// Terraform's blocks that register the targets of its group; it waits for them, as a listener
    /// does.
    pub attachments: Vec<String>,
    /// Deployments send it to another target group; it is not to be sent back.
    pub is_switched: bool,
    pub start: Option<SwitchedStart>,
}

fields! { ListenerRule {
    route: [listener, priority, paths, methods, hosts, action, is_switched, start],
    other: [attachments],
} }

impl ListenerRule {
    /// Field, CloudFormation's name of its configuration, and values of each condition.
    fn conditions(&self) -> impl Iterator<Item = (&'static str, &'static str, Vec<&str>)> {
        fn texts(list: &[Arc<str>]) -> Vec<&str> {
            list.iter().map(AsRef::as_ref).collect()
        }
        let methods = self.methods.clone();
        let conditions = [
            ("path-pattern", "PathPatternConfig", texts(&self.paths)),
            ("http-request-method", "HttpRequestMethodConfig", methods),
            ("host-header", "HostHeaderConfig", texts(&self.hosts)),
        ];
        let conditions = conditions.into_iter();
        conditions.filter(|(.., values)| !values.is_empty())
    }
}

impl HasArn for ListenerRule {}

impl BehindApi for ListenerRule {}

impl Kind for ListenerRule {
    const TERRAFORM: &'static str = "aws_lb_listener_rule";
    const CLOUDFORMATION: &'static str = "AWS::ElasticLoadBalancingV2::ListenerRule";
    const HOME: Home = Home::Network;
    const REPLACED_BY: Arguments = &["listener_arn"];
    const CREATE_ONLY: Arguments = &["ListenerArn"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("listener_arn", self.listener.arn());
        out.attribute("priority", self.priority);
        out.tags();
        out.block("action", |out| {
            self.action.terraform(self.start.as_ref(), out)
        });
        for (field, _, values) in self.conditions() {
            let name = snake(field);
            out.block("condition", |out| {
                out.block(&name, |out| out.texts("values", &values))
            });
        }
        out.after_attachments(&self.attachments);
        out.replaced_in_order(self.is_switched.then_some("action"));
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("ListenerArn", &self.listener.arn());
        out.number("Priority", self.priority);
        out.objects("Actions", [()], |out, ()| self.action.cloudformation(out));
        out.objects(
            "Conditions",
            self.conditions(),
            |out, (field, config, values)| {
                out.text("Field", field);
                out.object(config, |out| out.texts("Values", &values));
            },
        );
    }
}
