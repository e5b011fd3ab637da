//! Methods with their integrations and answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::authorizer::Authorization;
use super::integration::{
    NOT_FOUND_BODY, NOT_FOUND_REQUEST, cloudformation_request, terraform_request,
};
use super::{ApiRoot, Integration, MethodAt, Model, RequestValidator, RestApi};
use crate::aws::{Home, Kind};
use crate::openapi::{ByMediaType, HttpMethod};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Names, Value};

/// Validation of requests.
#[derive(Debug, Default, Serialize)]
pub struct Checks {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validator: Option<Handle<RequestValidator>>,
    /// By bare media type (S13).
    #[serde(skip_serializing_if = "ByMediaType::is_empty")]
    pub models: ByMediaType<Handle<Model>>,
}

/// A method of a path with its integration.
#[derive(Debug, Serialize)]
pub struct Method {
    pub api: Handle<RestApi>,
    pub on: ApiRoot,
    pub http_method: HttpMethod,
    /// `method.request.…` and whether it is required; sorted.
    pub request_parameters: Arc<BTreeMap<String, bool>>,
    #[serde(flatten)]
    pub checks: Checks,
    /// Cache keys: `method.request.…`, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cache_keys: Vec<Arc<str>>,
    pub integration: Integration,
    #[serde(skip_serializing_if = "Authorization::is_open")]
    pub authorization: Authorization,
}

/// Functions are called with POST, whatever the client's method is. Source: docs/aws-rules.md#i1.
const FUNCTION_METHOD: &str = "POST";

impl Method {
    fn at<'a>(&'a self, label: &'a Label) -> MethodAt<'a> {
        MethodAt {
            api: &self.api,
            on: &self.on,
            label,
        }
    }

    fn terraform_integration(&self, label: &Label, out: &mut Terraform) {
        out.block_of("aws_api_gateway_integration", label.as_str(), |out| {
            self.at(label).terraform("aws_api_gateway_method", out);
            match &self.integration {
                Integration::Proxy(proxy) => {
                    out.attribute("type", "HTTP_PROXY");
                    out.attribute("integration_http_method", self.http_method.as_str());
                    out.attribute("connection_type", "VPC_LINK");
                    out.attribute("connection_id", proxy.link.id());
                    if let Some(target) = &proxy.target {
                        out.attribute("integration_target", target.arn());
                    }
                    out.attribute("uri", proxy.uri());
                    out.attribute("timeout_milliseconds", proxy.timeout_ms);
                    terraform_request(&proxy.path, &proxy.headers, proxy.skips_verification, out);
                }
                Integration::Internet(proxy) => {
                    out.attribute("type", "HTTP_PROXY");
                    out.attribute("integration_http_method", self.http_method.as_str());
                    out.attribute("uri", proxy.uri());
                    out.attribute("timeout_milliseconds", proxy.timeout_ms);
                    terraform_request(&proxy.path, &proxy.headers, proxy.skips_verification, out);
                }
                Integration::Function(call) => {
                    out.attribute("type", "AWS_PROXY");
                    out.attribute("integration_http_method", FUNCTION_METHOD);
                    out.attribute("uri", call.function.uri(&self.api));
                    out.attribute("timeout_milliseconds", call.timeout_ms);
                }
                Integration::NotFound => {
                    out.attribute("type", "MOCK");
                    out.attribute("passthrough_behavior", "NEVER");
                    out.attribute("content_handling", "CONVERT_TO_TEXT");
                    out.map(
                        "request_templates",
                        [("application/json", NOT_FOUND_REQUEST)],
                    );
                }
                Integration::Preflight(preflight) => preflight.terraform(out),
            }
            if !self.cache_keys.is_empty() {
                out.each_on_a_line("cache_key_parameters", &self.cache_keys);
            }
        });
    }

    fn cloudformation_cache(&self, out: &mut Properties) {
        if !self.cache_keys.is_empty() {
            out.texts("CacheKeyParameters", &self.cache_keys);
        }
    }

    /// The two blocks that give a mock integration its answer.
    fn terraform_responses(&self, label: &Label, out: &mut Terraform) {
        let key = format!("{label}__404");
        out.block_of("aws_api_gateway_method_response", &key, |out| {
            self.at(label).terraform("aws_api_gateway_method", out);
            out.attribute("status_code", "404");
        });
        out.block_of("aws_api_gateway_integration_response", &key, |out| {
            self.at(label).terraform("aws_api_gateway_integration", out);
            out.bare(
                "status_code",
                format_args!("aws_api_gateway_method_response.{key}.status_code"),
            );
            out.map("response_templates", [("application/json", NOT_FOUND_BODY)]);
        });
    }

    fn cloudformation_integration(&self, out: &mut Properties) {
        match &self.integration {
            Integration::Proxy(proxy) => out.object("Integration", |out| {
                out.text("Type", "HTTP_PROXY");
                out.text("IntegrationHttpMethod", self.http_method.as_str());
                out.text("ConnectionType", "VPC_LINK");
                out.value("ConnectionId", &proxy.link.id());
                if let Some(target) = &proxy.target {
                    out.value("IntegrationTarget", &target.arn());
                }
                out.value("Uri", &proxy.uri());
                out.number("TimeoutInMillis", proxy.timeout_ms);
                cloudformation_request(&proxy.path, &proxy.headers, out);
                self.cloudformation_cache(out);
            }),
            Integration::Internet(proxy) => out.object("Integration", |out| {
                out.text("Type", "HTTP_PROXY");
                out.text("IntegrationHttpMethod", self.http_method.as_str());
                out.value("Uri", &proxy.uri());
                out.number("TimeoutInMillis", proxy.timeout_ms);
                cloudformation_request(&proxy.path, &proxy.headers, out);
                self.cloudformation_cache(out);
            }),
            Integration::Function(call) => out.object("Integration", |out| {
                out.text("Type", "AWS_PROXY");
                out.text("IntegrationHttpMethod", FUNCTION_METHOD);
                out.value("Uri", &call.function.uri(&self.api));
                out.number("TimeoutInMillis", call.timeout_ms);
                self.cloudformation_cache(out);
            }),
            Integration::NotFound => {
                out.object("Integration", |out| {
                    out.text("Type", "MOCK");
                    out.text("PassthroughBehavior", "NEVER");
                    out.text("ContentHandling", "CONVERT_TO_TEXT");
                    out.object("RequestTemplates", |out| {
                        out.text("application/json", NOT_FOUND_REQUEST)
                    });
                    out.objects("IntegrationResponses", [()], |out, ()| {
                        out.text("StatusCode", "404");
                        out.object("ResponseTemplates", |out| {
                            out.text("application/json", NOT_FOUND_BODY)
                        });
                    });
                });
                out.objects("MethodResponses", [()], |out, ()| {
                    out.text("StatusCode", "404")
                });
            }
            Integration::Preflight(preflight) => preflight.cloudformation(out),
        }
    }
}

impl Kind for Method {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_method",
        cloudformation: "AWS::ApiGateway::Method",
        word: "Method",
    };
    const HOME: Home = Home::Document;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("resource_id", self.on.id());
            out.attribute("http_method", self.http_method.as_str());
            self.authorization.terraform(out);
            if let Some(validator) = &self.checks.validator {
                out.attribute("request_validator_id", validator.id());
            }
            if !self.checks.models.is_empty() {
                let models: Vec<(&str, Value)> = self
                    .checks
                    .models
                    .iter()
                    .map(|(media_type, it)| (&**media_type, it.name()))
                    .collect();
                out.map("request_models", models);
            }
            if !self.request_parameters.is_empty() {
                out.map(
                    "request_parameters",
                    self.request_parameters
                        .iter()
                        .map(|(key, required)| (key.as_str(), *required)),
                );
            }
        });
        self.terraform_integration(label, out);
        match &self.integration {
            Integration::NotFound => self.terraform_responses(label, out),
            Integration::Preflight(preflight) => {
                preflight.terraform_responses(&self.at(label), out)
            }
            Integration::Proxy(_) | Integration::Internet(_) | Integration::Function(_) => {}
        }
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.value("ResourceId", &self.on.id());
        out.text("HttpMethod", self.http_method.as_str());
        self.authorization.cloudformation(out);
        if let Some(validator) = &self.checks.validator {
            out.value("RequestValidatorId", &validator.id());
        }
        if !self.checks.models.is_empty() {
            out.object("RequestModels", |out| {
                self.checks
                    .models
                    .iter()
                    .for_each(|(media_type, it)| out.value(media_type, &it.name()))
            });
        }
        if !self.request_parameters.is_empty() {
            out.object("RequestParameters", |out| {
                self.request_parameters
                    .iter()
                    .for_each(|(key, required)| out.flag(key, *required))
            });
        }
        self.cloudformation_integration(out);
    }
}
