//! Responses of the gateway itself, which a mock integration gives.

use std::collections::BTreeMap;

use super::MethodAt;
use crate::sink::{Properties, Terraform};

/// Media type of the templates.
pub(crate) const JSON: &str = "application/json";

/// Response of a mock integration.
pub(crate) struct MockResponse {
    /// `NEVER` or `WHEN_NO_MATCH`.
    pub(crate) passthrough: &'static str,
    /// Template that picks the status.
    pub(crate) request: &'static str,
    pub(crate) status: &'static str,
    /// Headers with fixed text, each in the single quotes that mark it as fixed (Q18).
    pub(crate) headers: BTreeMap<&'static str, String>,
    /// Template of the body.
    pub(crate) template: Option<String>,
}

impl MockResponse {
    /// Parameters of the response, with their texts.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (String, &String)> {
        let named = |(name, text)| (format!("method.response.header.{name}"), text);
        self.headers.iter().map(named)
    }

    /// Writes arguments of the integration.
    pub(crate) fn terraform(&self, out: &mut Terraform) {
        out.attribute("type", "MOCK");
        out.attribute("passthrough_behavior", self.passthrough);
        out.attribute("content_handling", "CONVERT_TO_TEXT");
        out.map("request_templates", [(JSON, self.request)]);
    }

    /// Writes the two blocks that give the integration its response.
    pub(crate) fn terraform_responses(&self, at: &MethodAt<'_>, out: &mut Terraform) {
        let key = format!("{}__{}", at.label, self.status);
        out.resource("aws_api_gateway_method_response", &key, |out| {
            at.terraform("aws_api_gateway_method", out);
            out.attribute("status_code", self.status);
            if !self.headers.is_empty() {
                let declared = self.parameters().map(|(name, _)| (name, true));
                out.map("response_parameters", declared);
            }
        });
        out.resource("aws_api_gateway_integration_response", &key, |out| {
            at.terraform("aws_api_gateway_integration", out);
            out.bare(
                "status_code",
                format_args!("aws_api_gateway_method_response.{key}.status_code"),
            );
            if !self.headers.is_empty() {
                out.map("response_parameters", self.parameters());
            }
            if let Some(template) = &self.template {
                out.map("response_templates", [(JSON, template)]);
            }
        });
    }

    /// Writes properties of the integration.
    pub(crate) fn cloudformation(&self, out: &mut Properties) {
        out.text("Type", "MOCK");
        out.text("PassthroughBehavior", self.passthrough);
        out.text("ContentHandling", "CONVERT_TO_TEXT");
        out.object("RequestTemplates", |out| out.text(JSON, self.request));
        out.objects("IntegrationResponses", [()], |out, ()| {
            out.text("StatusCode", self.status);
            if !self.headers.is_empty() {
                out.text_map("ResponseParameters", self.parameters());
            }
            if let Some(template) = &self.template {
                out.object("ResponseTemplates", |out| out.text(JSON, template));
            }
        });
    }

    /// Writes the property of the method that declares the response.
    pub(crate) fn cloudformation_response(&self, out: &mut Properties) {
        out.objects("MethodResponses", [()], |out, ()| {
            out.text("StatusCode", self.status);
            if !self.headers.is_empty() {
                out.object("ResponseParameters", |out| {
                    self.parameters()
                        .for_each(|(name, _)| out.flag(&name, true))
                });
            }
        });
    }
}
