//! The gateway's own errors.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Home, Kind, RestApi};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Names};

/// What the gateway answers where it does not ask a backend, for one type of reason.
#[derive(Debug, Serialize)]
pub struct GatewayResponse {
    pub api: Handle<RestApi>,
    /// As AWS names it.
    pub of: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Fixed text by the name of the header.
    pub headers: BTreeMap<&'static str, Arc<str>>,
    /// Values of `$context` are put in; no other template runs.
    pub body: String,
}

/// The one template, which every caller gets: no other content type is there to be asked for.
///
/// Source: docs/aws-rules.md#c9, docs/aws-rules.md#c10.
const TEMPLATE: &str = "application/json";

impl GatewayResponse {
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        self.headers
            .iter()
            .map(|(name, text)| {
                (
                    format!("gatewayresponse.header.{name}"),
                    format!("'{text}'"),
                )
            })
            .collect()
    }
}

impl Kind for GatewayResponse {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_gateway_response",
        cloudformation: "AWS::ApiGateway::GatewayResponse",
        word: "GatewayResponse",
    };
    const HOME: Home = Home::Document;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("response_type", self.of);
            if let Some(status) = self.status {
                out.attribute("status_code", status.to_string());
            }
            let parameters = self.parameters();
            out.map(
                "response_parameters",
                parameters.iter().map(|(name, text)| (name.as_str(), text)),
            );
            out.map("response_templates", [(TEMPLATE, &self.body)]);
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.text("ResponseType", self.of);
        if let Some(status) = self.status {
            out.text("StatusCode", &status.to_string());
        }
        out.object("ResponseParameters", |out| {
            self.parameters()
                .iter()
                .for_each(|(name, text)| out.text(name, text))
        });
        out.object("ResponseTemplates", |out| out.text(TEMPLATE, &self.body));
    }
}
