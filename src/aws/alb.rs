//! Elastic Load Balancing: application load balancers, their listeners and rules.
//!
//! In: fields with types. Out: text in a sink. Pure.
//! What is sent nowhere is answered 404 by the listener itself.

use std::sync::Arc;

use serde::Serialize;

use super::elbv2::{AccessLogs, TargetGroupRef, flag, write_attributes};
use super::{Kind, only};
use crate::emit::cloudformation::Properties;
use crate::emit::terraform::Terraform;
use crate::stack::{Address, Handle, Label, List, Names, Spelling, Value};

/// What an HTTPS listener takes: TLS 1.2 and 1.3.
///
/// Source: Elastic Load Balancing, "Security policies for your Application Load Balancer".
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/// An internal application load balancer.
#[derive(Debug)]
pub struct ApplicationBalancer {
    pub name: Value,
    pub subnets: List,
    pub security_groups: List,
    pub idle_timeout_s: u32,
    pub deletion_protection: bool,
    pub access_logs: Option<AccessLogs>,
}

impl Kind for ApplicationBalancer {
    const NAMES: Names =
        Names { terraform: "aws_lb", cloudformation: "AWS::ElasticLoadBalancingV2::LoadBalancer", word: "ApplicationBalancer" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.attribute("load_balancer_type", "application");
            out.attribute("internal", true);
            out.list("subnets", &self.subnets);
            out.list("security_groups", &self.security_groups);
            out.attribute("idle_timeout", self.idle_timeout_s);
            out.attribute("drop_invalid_header_fields", true);
            out.attribute("enable_deletion_protection", self.deletion_protection);
            out.tags();
            if let Some(logs) = &self.access_logs {
                out.block("access_logs", |out| {
                    out.attribute("enabled", true);
                    out.attribute("bucket", &logs.bucket);
                    if let Some(prefix) = &logs.prefix {
                        out.attribute("prefix", prefix);
                    }
                });
            }
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.text("Type", "application");
        out.text("Scheme", "internal");
        out.list("Subnets", &self.subnets);
        out.list("SecurityGroups", &self.security_groups);
        let attributes = vec![
            ("idle_timeout.timeout_seconds", Value::literal(self.idle_timeout_s.to_string())),
            ("routing.http.drop_invalid_header_fields.enabled", flag(true)),
            ("deletion_protection.enabled", flag(self.deletion_protection)),
        ];
        write_attributes(out, attributes, self.access_logs.as_ref());
        out.tags();
    }

    fn after(&self) -> Vec<Address> {
        Vec::new()
    }

    fn revision(&self) -> Option<Arc<str>> {
        None
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        only(&Self::NAMES, label)
    }
}

impl Handle<ApplicationBalancer> {
    pub fn arn(&self) -> Value {
        self.attribute("arn", Spelling::Ref)
    }

    pub fn dns_name(&self) -> Value {
        self.attribute("dns_name", Spelling::GetAtt("DNSName"))
    }
}

/// A balancer that is made here, or one that is there.
#[derive(Clone, Debug, Serialize)]
pub enum ApplicationBalancerRef {
    Made(Handle<ApplicationBalancer>),
    Existing { arn: Value, dns_name: Value },
}

impl ApplicationBalancerRef {
    pub fn arn(&self) -> Value {
        match self {
            Self::Made(balancer) => balancer.arn(),
            Self::Existing { arn, .. } => arn.clone(),
        }
    }

    pub fn dns_name(&self) -> Value {
        match self {
            Self::Made(balancer) => balancer.dns_name(),
            Self::Existing { dns_name, .. } => dns_name.clone(),
        }
    }
}

impl ApplicationBalancerRef {
    /// Whether both are the same balancer.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Made(one), Self::Made(other)) => one.index() == other.index(),
            (Self::Existing { arn: one, .. }, Self::Existing { arn: other, .. }) => one == other,
            (Self::Made(_) | Self::Existing { .. }, _) => false,
        }
    }
}

/// A port of the balancer; its default is a 404.
#[derive(Debug)]
pub struct HttpListener {
    pub balancer: Handle<ApplicationBalancer>,
    pub port: u16,
    /// HTTPS with this certificate; HTTP without one.
    pub certificate: Option<Value>,
}

impl HttpListener {
    pub fn protocol(&self) -> &'static str {
        if self.certificate.is_some() { "HTTPS" } else { "HTTP" }
    }
}

impl Kind for HttpListener {
    const NAMES: Names =
        Names { terraform: "aws_lb_listener", cloudformation: "AWS::ElasticLoadBalancingV2::Listener", word: "HttpListener" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("load_balancer_arn", self.balancer.arn());
            out.attribute("port", self.port);
            out.attribute("protocol", self.protocol());
            if let Some(certificate) = &self.certificate {
                out.attribute("certificate_arn", certificate);
                out.attribute("ssl_policy", TLS_POLICY);
            }
            out.tags();
            out.block("default_action", |out| Answer::NOT_FOUND.terraform(out));
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("LoadBalancerArn", &self.balancer.arn());
        out.number("Port", self.port);
        out.text("Protocol", self.protocol());
        if let Some(certificate) = &self.certificate {
            out.objects("Certificates", [certificate], |out, it| out.value("CertificateArn", it));
            out.text("SslPolicy", TLS_POLICY);
        }
        out.objects("DefaultActions", [()], |out, ()| Answer::NOT_FOUND.cloudformation(out));
    }

    fn after(&self) -> Vec<Address> {
        Vec::new()
    }

    fn revision(&self) -> Option<Arc<str>> {
        None
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        only(&Self::NAMES, label)
    }
}

impl Handle<HttpListener> {
    pub fn arn(&self) -> Value {
        self.attribute("arn", Spelling::Ref)
    }
}

/// A listener that is made here, or one that is there.
#[derive(Clone, Debug)]
pub enum HttpListenerRef {
    Made(Handle<HttpListener>),
    Existing(Value),
}

impl HttpListenerRef {
    /// Whether both are the same listener.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Made(one), Self::Made(other)) => one.index() == other.index(),
            (Self::Existing(one), Self::Existing(other)) => one == other,
            (Self::Made(_) | Self::Existing(_), _) => false,
        }
    }

    fn arn(&self) -> Value {
        match self {
            Self::Made(listener) => listener.arn(),
            Self::Existing(arn) => arn.clone(),
        }
    }
}

/// An answer of the balancer's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: &'static str,
}

impl Answer {
    pub const NOT_FOUND: Self = Self { status: 404, body: "{\"message\":\"Not Found\"}" };
    pub const HEALTHY: Self = Self { status: 200, body: "{\"message\":\"OK\"}" };
    const TYPE: &'static str = "application/json";

    fn terraform(self, out: &mut Terraform) {
        out.attribute("type", "fixed-response");
        out.block("fixed_response", |out| {
            out.attribute("status_code", self.status.to_string());
            out.attribute("content_type", Self::TYPE);
            out.attribute("message_body", self.body);
        });
    }

    fn cloudformation(self, out: &mut Properties) {
        out.text("Type", "fixed-response");
        out.object("FixedResponseConfig", |out| {
            out.text("StatusCode", &self.status.to_string());
            out.text("ContentType", Self::TYPE);
            out.text("MessageBody", self.body);
        });
    }
}

/// What a rule does with a request.
#[derive(Clone, Debug)]
pub enum RuleAction {
    Forward(TargetGroupRef),
    Answer(Answer),
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
#[derive(Debug)]
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
    const NAMES: Names =
        Names { terraform: "aws_lb_listener_rule", cloudformation: "AWS::ElasticLoadBalancingV2::ListenerRule", word: "ListenerRule" };

    // No `create_before_destroy`: the new rule could not have the old one's priority (L12).
    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("listener_arn", self.listener.arn());
            out.attribute("priority", self.priority);
            out.tags();
            out.block("action", |out| self.action.terraform(out));
            out.block("condition", |out| out.block("path_pattern", |out| out.texts("values", &self.paths)));
            if !self.methods.is_empty() {
                out.block("condition", |out| out.block("http_request_method", |out| out.texts("values", &self.methods)));
            }
            if !self.hosts.is_empty() {
                out.block("condition", |out| out.block("host_header", |out| out.texts("values", &self.hosts)));
            }
            if self.is_switched {
                out.block("lifecycle", |out| out.bare("ignore_changes", format_args!("[action]")));
            }
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        let texts = |list: &[&'static str]| list.iter().map(|it| Arc::from(*it)).collect::<Vec<Arc<str>>>();
        out.value("ListenerArn", &self.listener.arn());
        out.number("Priority", self.priority);
        out.objects("Actions", [()], |out, ()| self.action.cloudformation(out));
        let conditions = [
            ("path-pattern", "PathPatternConfig", self.paths.clone()),
            ("http-request-method", "HttpRequestMethodConfig", texts(&self.methods)),
            ("host-header", "HostHeaderConfig", self.hosts.clone()),
        ];
        out.objects("Conditions", conditions.into_iter().filter(|it| !it.2.is_empty()), |out, (field, config, values)| {
            out.text("Field", field);
            out.object(config, |out| out.texts("Values", &values));
        });
    }

    fn after(&self) -> Vec<Address> {
        Vec::new()
    }

    fn revision(&self) -> Option<Arc<str>> {
        None
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        only(&Self::NAMES, label)
    }
}
