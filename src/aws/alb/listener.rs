//! Listeners of application load balancers, and fixed responses of a balancer.

use serde::Serialize;

use super::ApplicationBalancer;
use crate::aws::document::terraform_text;
use crate::aws::elbv2::ListenerArguments;
use crate::aws::{Arguments, BehindApi, Copied, HasArn, Home, Kind, ResourceRef};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Value};

/// A port of the balancer; its default is a 404.
#[derive(Debug, Serialize)]
pub struct HttpListener {
    pub balancer: Handle<ApplicationBalancer>,
    pub port: u16,
    /// HTTPS with this certificate; HTTP without one.
    pub certificate: Option<Value>,
}

fields! { HttpListener { route: [balancer, port, certificate] } }

impl HttpListener {
    pub fn protocol(&self) -> &'static str {
        if self.certificate.is_some() {
            "HTTPS"
        } else {
            "HTTP"
        }
    }

    fn arguments(&self) -> ListenerArguments<'_> {
        ListenerArguments {
            balancer: self.balancer.arn(),
            port: self.port,
            protocol: self.protocol(),
            certificate: self.certificate.as_ref(),
        }
    }
}

impl BehindApi for HttpListener {}

impl Kind for HttpListener {
    const TERRAFORM: &'static str = "aws_lb_listener";
    const CLOUDFORMATION: &'static str = "AWS::ElasticLoadBalancingV2::Listener";
    const HOME: Home = Home::Network;
    const REPLACED_BY: Arguments = &["load_balancer_arn"];
    const CREATE_ONLY: Arguments = &["LoadBalancerArn"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        self.arguments().terraform(out);
        out.block("default_action", |out| {
            FixedResponse::NOT_FOUND.terraform(out)
        });
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        self.arguments().cloudformation(out);
        out.objects("DefaultActions", [()], |out, ()| {
            FixedResponse::NOT_FOUND.cloudformation(out)
        });
    }
}

impl HasArn for HttpListener {}

pub type HttpListenerRef = ResourceRef<HttpListener>;

/// A response of the balancer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FixedResponse {
    pub status: u16,
    pub body: &'static str,
}

fields! { FixedResponse { route: [status, body] } }

impl FixedResponse {
    pub const NOT_FOUND: Self = Self {
        status: 404,
        body: "{\"message\":\"Not Found\"}",
    };
    pub const HEALTHY: Self = Self {
        status: 200,
        body: "{\"message\":\"OK\"}",
    };
    const TYPE: &'static str = "application/json";

    pub(crate) fn terraform(self, out: &mut Terraform) {
        out.attribute("type", "fixed-response");
        out.block("fixed_response", |out| {
            out.attribute("status_code", self.status.to_string());
            out.attribute("content_type", Self::TYPE);
            terraform_text("message_body", self.body, out);
        });
    }

    pub(crate) fn cloudformation(self, out: &mut Properties) {
        out.text("Type", "fixed-response");
        out.object("FixedResponseConfig", |out| {
            out.text("StatusCode", &self.status.to_string());
            out.text("ContentType", Self::TYPE);
            out.text("MessageBody", self.body);
        });
    }
}
