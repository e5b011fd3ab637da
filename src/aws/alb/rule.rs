//! Listener rules: which requests go to which target group.

use std::sync::Arc;

use super::{FixedResponse, HttpListenerRef};
use serde::Serialize;

use crate::aws::elbv2::TargetGroupRef;
use crate::aws::{Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Names, Spelling, Value};

/// Action of a rule.
#[derive(Clone, Debug, Serialize)]
pub enum RuleAction {
    Forward(TargetGroupRef),
    Answer(FixedResponse),
}

impl RuleAction {
    fn terraform(&self, out: &mut Terraform) {
        match self {
            Self::Forward(group) => {
                out.attribute("type", "forward");
                out.attribute("target_group_arn", group.arn());
            }
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

impl Handle<ListenerRule> {
    pub fn arn(&self) -> Value {
        self.attribute("arn", Spelling::Ref)
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
    /// Deployments send it to another target group; it is not to be sent back.
    pub is_switched: bool,
}

impl Kind for ListenerRule {
    const NAMES: Names = Names {
        terraform: "aws_lb_listener_rule",
        cloudformation: "AWS::ElasticLoadBalancingV2::ListenerRule",
        word: "ListenerRule",
    };
    const HOME: Home = Home::Network;

    // No `create_before_destroy`: the new rule could not have the old one's priority (L12).
    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("listener_arn", self.listener.arn());
            out.attribute("priority", self.priority);
            out.tags();
            out.block("action", |out| self.action.terraform(out));
            out.block("condition", |out| {
                out.block("path_pattern", |out| out.texts("values", &self.paths))
            });
            if !self.methods.is_empty() {
                out.block("condition", |out| {
                    out.block("http_request_method", |out| {
                        out.texts("values", &self.methods)
                    })
                });
            }
            if !self.hosts.is_empty() {
                out.block("condition", |out| {
                    out.block("host_header", |out| out.texts("values", &self.hosts))
                });
            }
            if self.is_switched {
                out.block("lifecycle", |out| {
                    out.bare("ignore_changes", format_args!("[action]"))
                });
            }
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        let texts = |list: &[&'static str]| {
            list.iter()
                .map(|it| Arc::from(*it))
                .collect::<Vec<Arc<str>>>()
        };
        out.value("ListenerArn", &self.listener.arn());
        out.number("Priority", self.priority);
        out.objects("Actions", [()], |out, ()| self.action.cloudformation(out));
        let conditions = [
            ("path-pattern", "PathPatternConfig", self.paths.clone()),
            (
                "http-request-method",
                "HttpRequestMethodConfig",
                texts(&self.methods),
            ),
            ("host-header", "HostHeaderConfig", self.hosts.clone()),
        ];
        out.objects(
            "Conditions",
            conditions.into_iter().filter(|it| !it.2.is_empty()),
            |out, (field, config, values)| {
                out.text("Field", field);
                out.object(config, |out| out.texts("Values", &values));
            },
        );
    }
}
