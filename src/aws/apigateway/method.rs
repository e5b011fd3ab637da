//! Methods with their integrations and answers.

mod uri;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::authorizer::Authorization;
use super::direct::{FunctionCall, Header, InternetProxy};
use super::{ApiRoot, Model, Preflight, RequestValidator, RestApi};
use crate::aws::Kind;
use crate::emit::cloudformation::Properties;
use crate::emit::terraform::Terraform;
use crate::openapi::{ByMediaType, HttpMethod};
use crate::stack::{Address, Handle, Label, Names, Value};
pub use uri::{Proxy, UriHost, UriSegment};
pub(crate) use uri::{mappings, path_of};

/// What answers a method.
#[derive(Debug, Serialize)]
pub enum Integration {
    Proxy(Proxy),
    Internet(InternetProxy),
    Function(FunctionCall),
    /// The gateway itself, with 404.
    NotFound,
    /// The gateway itself, to a browser that asks what it may send.
    Preflight(Preflight),
}

impl Integration {
    /// Whether a request leaves the gateway.
    pub fn is_backend(&self) -> bool {
        match self {
            Self::Proxy(_) | Self::Internet(_) | Self::Function(_) => true,
            Self::NotFound | Self::Preflight(_) => false,
        }
    }

    /// What the gateway answers itself: status and body.
    pub fn own_answer(&self) -> Option<(u16, &'static str)> {
        match self {
            Self::Proxy(_) | Self::Internet(_) | Self::Function(_) => None,
            Self::NotFound => Some((404, NOT_FOUND_BODY)),
            Self::Preflight(_) => Some((204, "")),
        }
    }
}

/// What requests are held to before they are answered.
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
    /// What tells kept answers apart: `method.request.…`, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cache_keys: Vec<Arc<str>>,
    pub integration: Integration,
    #[serde(skip_serializing_if = "Authorization::is_open")]
    pub authorization: Authorization,
}

/// A Terraform block of a method: its type, and what its label has behind that of the method.
pub type Part = (&'static str, &'static str);

/// Blocks of a method that is sent on.
const PROXY_PARTS: &[Part] = &[
    ("aws_api_gateway_method", ""),
    ("aws_api_gateway_integration", ""),
];

/// Blocks of a method that the gateway answers itself.
const NOT_FOUND_PARTS: &[Part] = &[
    ("aws_api_gateway_method", ""),
    ("aws_api_gateway_integration", ""),
    ("aws_api_gateway_method_response", "__404"),
    ("aws_api_gateway_integration_response", "__404"),
];

/// Blocks of a method that tells browsers what they may send.
const PREFLIGHT_PARTS: &[Part] = &[
    ("aws_api_gateway_method", ""),
    ("aws_api_gateway_integration", ""),
    ("aws_api_gateway_method_response", "__204"),
    ("aws_api_gateway_integration_response", "__204"),
];

/// Picks the status of a mock integration.
pub(crate) const NOT_FOUND_REQUEST: &str = "{\"statusCode\": 404}";
/// What callers get from an operation that is not there for them.
pub(crate) const NOT_FOUND_BODY: &str = "{\"message\":\"Not Found\"}";

/// Functions are called with POST, whatever the client's method is. Source: docs/aws-rules.md#i1.
const FUNCTION_METHOD: &str = "POST";

fn terraform_request(
    path: &[UriSegment],
    headers: &[Header],
    skips_verification: bool,
    out: &mut Terraform,
) {
    let mappings = mappings(path, headers);
    if !mappings.is_empty() {
        out.map(
            "request_parameters",
            mappings.iter().map(|(key, value)| (key.as_str(), value)),
        );
    }
    if skips_verification {
        out.block("tls_config", |out| {
            out.attribute("insecure_skip_verification", true)
        });
    }
}

fn cloudformation_request(path: &[UriSegment], headers: &[Header], out: &mut Properties) {
    let mappings = mappings(path, headers);
    if !mappings.is_empty() {
        out.object("RequestParameters", |out| {
            mappings
                .iter()
                .for_each(|(key, value)| out.value(key, value))
        });
    }
}

impl Method {
    /// Every Terraform block that it is written as.
    pub fn parts(&self) -> &'static [Part] {
        match self.integration {
            Integration::Proxy(_) | Integration::Internet(_) | Integration::Function(_) => {
                PROXY_PARTS
            }
            Integration::NotFound => NOT_FOUND_PARTS,
            Integration::Preflight(_) => PREFLIGHT_PARTS,
        }
    }

    fn terraform_integration(&self, label: &Label, out: &mut Terraform) {
        out.block_of("aws_api_gateway_integration", label.as_str(), |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("resource_id", self.on.id());
            out.bare(
                "http_method",
                format_args!("aws_api_gateway_method.{label}.http_method"),
            );
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
            out.attribute("rest_api_id", self.api.id());
            out.attribute("resource_id", self.on.id());
            out.bare(
                "http_method",
                format_args!("aws_api_gateway_method.{label}.http_method"),
            );
            out.attribute("status_code", "404");
        });
        out.block_of("aws_api_gateway_integration_response", &key, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("resource_id", self.on.id());
            out.bare(
                "http_method",
                format_args!("aws_api_gateway_integration.{label}.http_method"),
            );
            out.bare(
                "status_code",
                format_args!("aws_api_gateway_method_response.{key}.status_code"),
            );
            out.map("response_templates", [("application/json", NOT_FOUND_BODY)]);
        });
    }
}

/// A method, for what is written beside it.
pub(crate) struct MethodAt<'a> {
    pub(crate) method: &'a Method,
    pub(crate) label: &'a Label,
}

impl MethodAt<'_> {
    /// Which method a block belongs to, so that it comes after the block of that kind.
    pub(crate) fn terraform(&self, after: &str, out: &mut Terraform) {
        out.attribute("rest_api_id", self.method.api.id());
        out.attribute("resource_id", self.method.on.id());
        out.bare(
            "http_method",
            format_args!("{after}.{}.http_method", self.label),
        );
    }
}

impl Kind for Method {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_method",
        cloudformation: "AWS::ApiGateway::Method",
        word: "Method",
    };

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
            Integration::Preflight(preflight) => preflight.terraform_responses(
                &MethodAt {
                    method: self,
                    label,
                },
                out,
            ),
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

    fn after(&self) -> Vec<Address> {
        Vec::new()
    }

    fn revision(&self) -> Option<Arc<str>> {
        None
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        self.parts()
            .iter()
            .map(|(kind, ending)| format!("{kind}.{label}{ending}"))
            .collect()
    }
}
