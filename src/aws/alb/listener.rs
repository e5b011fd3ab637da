//! Listeners of application load balancers, and fixed responses of a balancer.

use serde::Serialize;

use super::ApplicationBalancer;
use crate::aws::{HasArn, Home, Kind, ResourceRef};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Value};

/// Security policy of HTTPS listeners: TLS 1.2 and 1.3.
///
/// Source: Elastic Load Balancing, "Security policies for your Application Load Balancer",
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>.
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

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
}

impl Kind for HttpListener {
    const TERRAFORM: &'static str = "aws_lb_listener";
    const CLOUDFORMATION: &'static str = "AWS::ElasticLoadBalancingV2::Listener";
    const HOME: Home = Home::Network;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("load_balancer_arn", self.balancer.arn());
        out.attribute("port", self.port);
        out.attribute("protocol", self.protocol());
        if let Some(certificate) = &self.certificate {
            out.attribute("certificate_arn", certificate);
            out.attribute("ssl_policy", TLS_POLICY);
        }
        out.tags();
        out.block("default_action", |out| {
            FixedResponse::NOT_FOUND.terraform(out)
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("LoadBalancerArn", &self.balancer.arn());
        out.number("Port", self.port);
        out.text("Protocol", self.protocol());
        if let Some(certificate) = &self.certificate {
            out.objects("Certificates", [()], |out, ()| {
                out.value("CertificateArn", certificate)
            });
            out.text("SslPolicy", TLS_POLICY);
        }
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
            out.attribute("message_body", self.body);
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
