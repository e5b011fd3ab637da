//! The gateway's answer to a browser that asks before it sends.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::MethodAt;
use crate::openapi::HttpMethod;
use crate::sink::{Properties, Terraform};

/// Response to a browser of another origin that asks about a path.
#[derive(Debug, Serialize)]
pub struct Preflight {
    /// `*` alone, or one or more origins.
    pub origins: Vec<Arc<str>>,
    pub methods: Vec<HttpMethod>,
    pub headers: Vec<Arc<str>>,
    pub has_credentials: bool,
    pub max_age_s: Option<u32>,
}

impl Preflight {
    /// Picks the status of a mock integration.
    pub(crate) const REQUEST: &str = "{\"statusCode\": 204}";

    /// Headers of the answer with fixed text, each in the single quotes that say so (Q18).
    pub(crate) fn headers(&self) -> BTreeMap<&'static str, String> {
        let origin = self.origins.first().map_or("*", |it| it);
        let methods: Vec<&str> = self.methods.iter().map(|it| it.as_str()).collect();
        let mut headers = BTreeMap::from([
            (
                "Access-Control-Allow-Methods",
                format!("'{}'", methods.join(",")),
            ),
            ("Access-Control-Allow-Origin", format!("'{origin}'")),
        ]);
        if !self.headers.is_empty() {
            headers.insert(
                "Access-Control-Allow-Headers",
                format!("'{}'", self.headers.join(",")),
            );
        }
        if self.has_credentials {
            headers.insert("Access-Control-Allow-Credentials", "'true'".to_owned());
        }
        if let Some(seconds) = self.max_age_s {
            headers.insert("Access-Control-Max-Age", format!("'{seconds}'"));
        }
        if self.origins.len() > 1 {
            headers.insert("Vary", "'Origin'".to_owned());
        }
        headers
    }

    /// Names the origin that asks where it is another one than the first that is allowed; all
    /// others get the first, which is not theirs.
    ///
    /// Source: API Gateway, "Override your API's request and response parameters and status codes
    /// for REST APIs",
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html>,
    /// read 2026-11-30.
    pub(crate) fn template(&self) -> Option<String> {
        let others = self.origins.get(1..).filter(|it| !it.is_empty())?;
        let is_other: Vec<String> = others
            .iter()
            .map(|it| format!("$origin == \"{it}\""))
            .collect();
        Some(format!(
            "#set($origin = $input.params().header.get(\"Origin\"))\n\
             #if(!$origin || $origin == \"\")#set($origin = $input.params().header.get(\"origin\"))#end\n\
             #if({})#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end",
            is_other.join(" || ")
        ))
    }

    /// The integration's own arguments. Source: docs/aws-rules.md#c1, docs/aws-rules.md#c5.
    pub(crate) fn terraform(&self, out: &mut Terraform) {
        out.attribute("type", "MOCK");
        out.attribute("passthrough_behavior", "WHEN_NO_MATCH");
        out.attribute("content_handling", "CONVERT_TO_TEXT");
        out.map("request_templates", [("application/json", Self::REQUEST)]);
    }

    /// The two blocks that give the integration its answer.
    pub(crate) fn terraform_responses(&self, at: &MethodAt<'_>, out: &mut Terraform) {
        let (key, headers) = (format!("{}__204", at.label), self.headers());
        out.block_of("aws_api_gateway_method_response", &key, |out| {
            at.terraform("aws_api_gateway_method", out);
            out.attribute("status_code", "204");
            let declared: Vec<String> = headers
                .keys()
                .map(|it| format!("method.response.header.{it}"))
                .collect();
            out.map(
                "response_parameters",
                declared.iter().map(|it| (it.as_str(), true)),
            );
        });
        out.block_of("aws_api_gateway_integration_response", &key, |out| {
            at.terraform("aws_api_gateway_integration", out);
            out.bare(
                "status_code",
                format_args!("aws_api_gateway_method_response.{key}.status_code"),
            );
            let mapped: Vec<(String, &String)> = headers
                .iter()
                .map(|(it, text)| (format!("method.response.header.{it}"), text))
                .collect();
            out.map(
                "response_parameters",
                mapped.iter().map(|(it, text)| (it.as_str(), *text)),
            );
            if let Some(template) = self.template() {
                out.map("response_templates", [("application/json", template)]);
            }
        });
    }

    pub(crate) fn cloudformation(&self, out: &mut Properties) {
        let headers = self.headers();
        out.object("Integration", |out| {
            out.text("Type", "MOCK");
            out.text("PassthroughBehavior", "WHEN_NO_MATCH");
            out.text("ContentHandling", "CONVERT_TO_TEXT");
            out.object("RequestTemplates", |out| {
                out.text("application/json", Self::REQUEST)
            });
            out.objects("IntegrationResponses", [()], |out, ()| {
                out.text("StatusCode", "204");
                out.object("ResponseParameters", |out| {
                    headers.iter().for_each(|(it, text)| {
                        out.text(&format!("method.response.header.{it}"), text)
                    });
                });
                if let Some(template) = self.template() {
                    out.object("ResponseTemplates", |out| {
                        out.text("application/json", &template)
                    });
                }
            });
        });
        out.objects("MethodResponses", [()], |out, ()| {
            out.text("StatusCode", "204");
            out.object("ResponseParameters", |out| {
                headers
                    .keys()
                    .for_each(|it| out.flag(&format!("method.response.header.{it}"), true));
            });
        });
    }
}
