//! Methods with their integrations and responses.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::authorizer::Authorization;
use super::integration::{BackendCall, mappings};
use super::{ApiRoot, Integration, MethodAt, Model, Preflight, RequestValidator, RestApi};
use crate::aws::{Arguments, Copied, Home, Kind, TypeChanges};
use crate::openapi::{ByMediaType, HttpMethod};
use crate::sink::{Object, Properties, Terraform};
use crate::stack::{Handle, Item, Label};

/// Validation of requests.
#[derive(Debug, Default, Serialize)]
pub struct Checks {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validator: Option<Handle<RequestValidator>>,
    /// By bare media type (S13).
    #[serde(skip_serializing_if = "ByMediaType::is_empty")]
    pub models: ByMediaType<Handle<Model>>,
}

impl Checks {
    pub fn is_empty(&self) -> bool {
        self.validator.is_none() && self.models.is_empty()
    }
}

fields! { Checks { access: [validator, models] } }

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

fields! { Method {
    route: [api, on, http_method, request_parameters, cache_keys, integration],
    access: [checks, authorization],
} }

/// Functions are called with POST, whatever the client's method is. Source: docs/aws-rules.md#i1.
const FUNCTION_METHOD: &str = "POST";

impl Method {
    pub(crate) const MORE_BLOCKS: &'static [TypeChanges] = &[
        TypeChanges::new(
            "aws_api_gateway_integration",
            &[
                "rest_api_id",
                "resource_id",
                "http_method",
                "type",
                "integration_http_method",
                "passthrough_behavior",
            ],
            Copied::Everything,
        ),
        TypeChanges::new(
            "aws_api_gateway_method_response",
            &["rest_api_id", "resource_id", "http_method"],
            Copied::Everything,
        ),
        TypeChanges::new(
            "aws_api_gateway_integration_response",
            &["rest_api_id", "resource_id", "http_method"],
            Copied::Everything,
        ),
    ];

    /// Call of its backend; none where the gateway itself responds.
    pub(crate) fn call(&self) -> Option<BackendCall<'_>> {
        match &self.integration {
            Integration::Proxy(proxy) => Some(BackendCall {
                kind: "HTTP_PROXY",
                http_method: self.http_method.as_str(),
                linked: Some(proxy),
                uri: proxy.uri(),
                timeout_ms: proxy.timeout_ms,
                mappings: mappings(&proxy.path, &proxy.headers),
                skips_verification: proxy.skips_verification,
            }),
            Integration::Internet(proxy) => Some(BackendCall {
                kind: "HTTP_PROXY",
                http_method: self.http_method.as_str(),
                linked: None,
                uri: proxy.uri(),
                timeout_ms: proxy.timeout_ms,
                mappings: mappings(&proxy.path, &proxy.headers),
                skips_verification: proxy.skips_verification,
            }),
            Integration::Function(call) => Some(BackendCall {
                kind: "AWS_PROXY",
                http_method: FUNCTION_METHOD,
                linked: None,
                uri: call.function.uri(),
                timeout_ms: call.timeout_ms,
                mappings: BTreeMap::new(),
                skips_verification: false,
            }),
            Integration::NotFound | Integration::Preflight(_) => None,
        }
    }

    pub(crate) fn preflight(&self) -> Option<&Preflight> {
        match &self.integration {
            Integration::Preflight(preflight) => Some(preflight),
            Integration::Proxy(_)
            | Integration::Internet(_)
            | Integration::Function(_)
            | Integration::NotFound => None,
        }
    }

    pub(crate) fn item(&self) -> Option<Item> {
        self.preflight().map(|_| Preflight::item(&self.on))
    }

    /// Addresses of method and integration, one of the group of preflights and one by itself: each
    /// with what it was before what it is.
    pub(crate) fn turned(&self, label: &Label) -> impl Iterator<Item = [String; 2]> {
        let item = Preflight::item(&self.on);
        let kinds = [<Self as Kind>::TERRAFORM, Self::MORE_BLOCKS[0].of];
        let single = kinds.map(|kind| format!("{kind}.{label}"));
        let is_preflight = self.preflight().is_some();
        let pairs = item.addresses(&item.key).into_iter().zip(single);
        pairs.map(move |(grouped, single)| {
            if is_preflight {
                [single, grouped]
            } else {
                [grouped, single]
            }
        })
    }

    pub(crate) fn item_values(&self) -> Object {
        let values = self
            .preflight()
            .map(|preflight| preflight.item_values(self));
        values.unwrap_or_default()
    }

    pub(crate) fn more_blocks(&self, label: &Label, out: &mut Terraform) {
        if let Some(preflight) = self.preflight() {
            return preflight.more_blocks(&self.api, out);
        }
        let at = MethodAt {
            api: &self.api,
            on: &self.on,
            label,
        };
        let mock = self.integration.mock();
        out.resource("aws_api_gateway_integration", label.as_str(), |out| {
            at.terraform("aws_api_gateway_method", out);
            if let Some(call) = self.call() {
                call.terraform(out);
            }
            if let Some(mock) = &mock {
                mock.terraform(out);
            }
            if !self.cache_keys.is_empty() {
                out.each_on_a_line("cache_key_parameters", &self.cache_keys);
            }
        });
        if let Some(mock) = mock {
            mock.terraform_responses(&at, out);
        }
    }
}

impl Kind for Method {
    const TERRAFORM: &'static str = "aws_api_gateway_method";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::Method";
    const HOME: Home = Home::Document;
    const REPLACED_BY: Arguments = &["rest_api_id", "resource_id", "http_method"];
    const CREATE_ONLY: Arguments = &["RestApiId", "ResourceId", "HttpMethod"];
    const COPIED: Copied = Copied::Everything;

    fn terraform(&self, out: &mut Terraform) {
        if let Some(preflight) = self.preflight() {
            return preflight.terraform(self, out);
        }
        out.attribute("rest_api_id", self.api.id());
        out.attribute("resource_id", self.on.id());
        out.attribute("http_method", self.http_method.as_str());
        self.authorization.terraform(out);
        let validator = self.checks.validator.as_ref();
        out.optional("request_validator_id", validator.map(Handle::id));
        if !self.checks.models.is_empty() {
            let models = self.checks.models.iter();
            out.map(
                "request_models",
                models.map(|(media_type, model)| (media_type, model.name())),
            );
        }
        if !self.request_parameters.is_empty() {
            out.map("request_parameters", &*self.request_parameters);
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
                for (media_type, model) in self.checks.models.iter() {
                    out.value(media_type, &model.name());
                }
            });
        }
        if !self.request_parameters.is_empty() {
            out.object("RequestParameters", |out| {
                for (key, required) in self.request_parameters.iter() {
                    out.flag(key, *required);
                }
            });
        }
        let mock = self.integration.mock();
        out.object("Integration", |out| {
            if let Some(call) = self.call() {
                call.cloudformation(out);
            }
            if let Some(mock) = &mock {
                mock.cloudformation(out);
            }
            if !self.cache_keys.is_empty() {
                out.texts("CacheKeyParameters", &self.cache_keys);
            }
        });
        if let Some(mock) = mock {
            mock.cloudformation_response(out);
        }
    }
}
