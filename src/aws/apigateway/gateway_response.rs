//! The gateway's own errors.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Home, Kind, RestApi};
use crate::sink::{Properties, Terraform};
use crate::stack::Handle;

/// Response of the gateway where it does not call a backend, for one type of reason.
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

fields! { GatewayResponse { route: [api, of, status], access: [headers], other: [body] } }

/// Media type of the only template, which every caller gets.
///
/// Source: docs/aws-rules.md#c9, docs/aws-rules.md#c10.
const TEMPLATE: &str = "application/json";

impl GatewayResponse {
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (String, String)> {
        let header = |(name, text)| {
            (
                format!("gatewayresponse.header.{name}"),
                format!("'{text}'"),
            )
        };
        self.headers.iter().map(header)
    }
}

impl Kind for GatewayResponse {
    const TERRAFORM: &'static str = "aws_api_gateway_gateway_response";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::GatewayResponse";
    const HOME: Home = Home::Document;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        out.attribute("response_type", self.of);
        out.optional("status_code", self.status.map(|status| status.to_string()));
        out.map("response_parameters", self.parameters());
        out.map("response_templates", [(TEMPLATE, &self.body)]);
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.text("ResponseType", self.of);
        if let Some(status) = self.status {
            out.text("StatusCode", &status.to_string());
        }
        out.text_map("ResponseParameters", self.parameters());
        out.object("ResponseTemplates", |out| out.text(TEMPLATE, &self.body));
    }
}
