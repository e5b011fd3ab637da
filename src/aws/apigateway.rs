//! Amazon API Gateway, REST APIs.
//!
//! In: fields with types. Out: text in a sink. Pure.
//! Integration and responses are elements of their method: CloudFormation spells them inside it, Terraform as blocks of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Kind, LoadBalancer, only};
use crate::emit::cloudformation::Properties;
use crate::emit::terraform::Terraform;
use crate::openapi::HttpMethod;
use crate::stack::{Address, Handle, Label, Names, Spelling, Value};

/// A REST API.
#[derive(Debug, Serialize)]
pub struct RestApi {
    pub name: Value,
    pub description: Arc<str>,
    /// Sorted: its order is part of its state.
    pub binary_media_types: Vec<Arc<str>>,
}

impl Kind for RestApi {
    const NAMES: Names = Names { terraform: "aws_api_gateway_rest_api", cloudformation: "AWS::ApiGateway::RestApi", word: "RestApi" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.attribute("description", &*self.description);
            out.tags();
            if !self.binary_media_types.is_empty() {
                // Apart from the others: the longest name would move their `=`.
                out.comment("Bodies of these types pass as bytes.");
                out.texts("binary_media_types", &self.binary_media_types);
            }
            out.block("endpoint_configuration", |out| out.texts("types", &["REGIONAL"]));
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.text("Description", &self.description);
        if !self.binary_media_types.is_empty() {
            out.texts("BinaryMediaTypes", &self.binary_media_types);
        }
        out.object("EndpointConfiguration", |out| out.texts("Types", &["REGIONAL"]));
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

impl Handle<RestApi> {
    pub fn id(&self) -> Value {
        self.attribute("id", Spelling::Ref)
    }
}

/// A path: the root, which is always there, or a resource.
#[derive(Clone, Debug, Serialize)]
pub enum ApiRoot {
    Root(Handle<RestApi>),
    Below(Handle<Resource>),
}

impl ApiRoot {
    pub fn id(&self) -> Value {
        match self {
            Self::Root(api) => api.attribute("root_resource_id", Spelling::GetAtt("RootResourceId")),
            Self::Below(resource) => resource.attribute("id", Spelling::Ref),
        }
    }
}

/// One segment of a path.
#[derive(Debug, Serialize)]
pub struct Resource {
    pub api: Handle<RestApi>,
    pub parent: ApiRoot,
    /// A literal, `{name}` or `{name+}`.
    pub path_part: Arc<str>,
}

impl Kind for Resource {
    const NAMES: Names = Names { terraform: "aws_api_gateway_resource", cloudformation: "AWS::ApiGateway::Resource", word: "Resource" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("parent_id", self.parent.id());
            out.attribute("path_part", &*self.path_part);
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.value("ParentId", &self.parent.id());
        out.text("PathPart", &self.path_part);
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

/// What a URI names as its host.
#[derive(Clone, Debug, Serialize)]
pub enum UriHost {
    /// The balancer itself.
    Balancer(Handle<LoadBalancer>),
    /// A name that the backend is to see, and its certificate is checked for.
    Named(Value),
}

/// A segment of a URI's path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum UriSegment {
    Literal(Arc<str>),
    /// Filled from the method's path parameter of that name.
    Variable(Arc<str>),
}

/// A request that is sent on as it came.
#[derive(Debug, Serialize)]
pub struct Proxy {
    pub link: Handle<VpcLink>,
    /// `https`, else `http`.
    pub is_tls: bool,
    pub host: UriHost,
    /// Picks the balancer's listener (V4).
    pub port: u16,
    pub path: Vec<UriSegment>,
    pub skips_verification: bool,
    pub timeout_ms: u32,
}

impl Proxy {
    /// The URI's host: all of it that is known only at deploy time.
    pub fn uri_host(&self) -> Value {
        match &self.host {
            UriHost::Balancer(balancer) => balancer.dns_name(),
            UriHost::Named(host) => host.clone(),
        }
    }

    /// The whole URI.
    pub fn uri(&self) -> Value {
        let mut rest = format!(":{}", self.port);
        for segment in &self.path {
            rest.push('/');
            match segment {
                UriSegment::Literal(text) => rest.push_str(text),
                UriSegment::Variable(name) => rest.extend(["{", name, "}"]),
            }
        }
        Value::Text(vec![Value::literal(if self.is_tls { "https://" } else { "http://" }), self.uri_host(), Value::literal(rest)])
    }

    /// `integration.request.path.x` = `method.request.path.x` for every variable of the URI.
    fn mappings(&self) -> Vec<(String, String)> {
        let mut mappings: Vec<_> = self
            .path
            .iter()
            .filter_map(|segment| match segment {
                UriSegment::Variable(name) => Some((["integration.request.path.", name].concat(), ["method.request.path.", name].concat())),
                UriSegment::Literal(_) => None,
            })
            .collect();
        mappings.sort();
        mappings
    }
}

/// What answers a method.
#[derive(Debug, Serialize)]
pub enum Integration {
    Proxy(Proxy),
    /// The gateway itself, with 404.
    NotFound,
}

/// A method of a path with its integration.
#[derive(Debug, Serialize)]
pub struct Method {
    pub api: Handle<RestApi>,
    pub on: ApiRoot,
    pub http_method: HttpMethod,
    /// `method.request.…` and whether it is required; sorted.
    pub request_parameters: Arc<BTreeMap<String, bool>>,
    pub integration: Integration,
}

/// Picks the status of a mock integration.
const NOT_FOUND_REQUEST: &str = "{\"statusCode\": 404}";
/// What callers get from an operation that is not there for them.
const NOT_FOUND_BODY: &str = "{\"message\":\"Not Found\"}";

impl Method {
    fn terraform_integration(&self, label: &Label, out: &mut Terraform) {
        out.block_of("aws_api_gateway_integration", label.as_str(), |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("resource_id", self.on.id());
            out.bare("http_method", format_args!("aws_api_gateway_method.{label}.http_method"));
            match &self.integration {
                Integration::Proxy(proxy) => {
                    out.attribute("type", "HTTP_PROXY");
                    out.attribute("integration_http_method", self.http_method.as_str());
                    out.attribute("connection_type", "VPC_LINK");
                    out.attribute("connection_id", proxy.link.id());
                    out.attribute("uri", proxy.uri());
                    out.attribute("timeout_milliseconds", proxy.timeout_ms);
                    let mappings = proxy.mappings();
                    if !mappings.is_empty() {
                        out.map("request_parameters", mappings.iter().map(|(key, value)| (key.as_str(), value.as_str())));
                    }
                    if proxy.skips_verification {
                        out.block("tls_config", |out| out.attribute("insecure_skip_verification", true));
                    }
                }
                Integration::NotFound => {
                    out.attribute("type", "MOCK");
                    out.attribute("passthrough_behavior", "NEVER");
                    out.attribute("content_handling", "CONVERT_TO_TEXT");
                    out.map("request_templates", [("application/json", NOT_FOUND_REQUEST)]);
                }
            }
        });
    }

    /// The two blocks that give a mock integration its answer.
    fn terraform_responses(&self, label: &Label, out: &mut Terraform) {
        let key = format!("{label}__404");
        out.block_of("aws_api_gateway_method_response", &key, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("resource_id", self.on.id());
            out.bare("http_method", format_args!("aws_api_gateway_method.{label}.http_method"));
            out.attribute("status_code", "404");
        });
        out.block_of("aws_api_gateway_integration_response", &key, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("resource_id", self.on.id());
            out.bare("http_method", format_args!("aws_api_gateway_integration.{label}.http_method"));
            out.bare("status_code", format_args!("aws_api_gateway_method_response.{key}.status_code"));
            out.map("response_templates", [("application/json", NOT_FOUND_BODY)]);
        });
    }
}

impl Kind for Method {
    const NAMES: Names = Names { terraform: "aws_api_gateway_method", cloudformation: "AWS::ApiGateway::Method", word: "Method" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("resource_id", self.on.id());
            out.attribute("http_method", self.http_method.as_str());
            out.attribute("authorization", "NONE");
            if !self.request_parameters.is_empty() {
                out.map("request_parameters", self.request_parameters.iter().map(|(key, required)| (key.as_str(), *required)));
            }
        });
        self.terraform_integration(label, out);
        if matches!(self.integration, Integration::NotFound) {
            self.terraform_responses(label, out);
        }
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.value("ResourceId", &self.on.id());
        out.text("HttpMethod", self.http_method.as_str());
        out.text("AuthorizationType", "NONE");
        if !self.request_parameters.is_empty() {
            out.object("RequestParameters", |out| self.request_parameters.iter().for_each(|(key, required)| out.flag(key, *required)));
        }
        match &self.integration {
            Integration::Proxy(proxy) => out.object("Integration", |out| {
                out.text("Type", "HTTP_PROXY");
                out.text("IntegrationHttpMethod", self.http_method.as_str());
                out.text("ConnectionType", "VPC_LINK");
                out.value("ConnectionId", &proxy.link.id());
                out.value("Uri", &proxy.uri());
                out.number("TimeoutInMillis", proxy.timeout_ms);
                let mappings = proxy.mappings();
                if !mappings.is_empty() {
                    out.object("RequestParameters", |out| mappings.iter().for_each(|(key, value)| out.text(key, value)));
                }
            }),
            Integration::NotFound => {
                out.object("Integration", |out| {
                    out.text("Type", "MOCK");
                    out.text("PassthroughBehavior", "NEVER");
                    out.text("ContentHandling", "CONVERT_TO_TEXT");
                    out.object("RequestTemplates", |out| out.text("application/json", NOT_FOUND_REQUEST));
                    out.objects("IntegrationResponses", [()], |out, ()| {
                        out.text("StatusCode", "404");
                        out.object("ResponseTemplates", |out| out.text("application/json", NOT_FOUND_BODY));
                    });
                });
                out.objects("MethodResponses", [()], |out, ()| out.text("StatusCode", "404"));
            }
        }
    }

    fn after(&self) -> Vec<Address> {
        Vec::new()
    }

    fn revision(&self) -> Option<Arc<str>> {
        None
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        let mut addresses = vec![format!("aws_api_gateway_method.{label}"), format!("aws_api_gateway_integration.{label}")];
        if matches!(self.integration, Integration::NotFound) {
            addresses.push(format!("aws_api_gateway_method_response.{label}__404"));
            addresses.push(format!("aws_api_gateway_integration_response.{label}__404"));
        }
        addresses
    }
}

/// What a deployment remembers of a route.
#[derive(Debug)]
pub struct RouteState {
    pub method: Handle<Method>,
    /// Digest of the method and its integration.
    pub digest: String,
    /// Terraform addresses of its parts.
    pub addresses: Vec<String>,
    /// What it uses that is known only at deploy time, without the API's own ids.
    pub deploy_time: Vec<Value>,
}

/// A snapshot of the API.
#[derive(Debug)]
pub struct Deployment {
    pub api: Handle<RestApi>,
    /// Digest of everything but the routes.
    pub api_digest: String,
    /// Digest of everything.
    pub digest: String,
    /// In order of their labels.
    pub routes: Vec<RouteState>,
}

impl Kind for Deployment {
    const NAMES: Names =
        Names { terraform: "aws_api_gateway_deployment", cloudformation: "AWS::ApiGateway::Deployment", word: "Deployment" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.comment("A line changes when its route does, and a changed line makes a new deployment.");
            out.unaligned_map("triggers", |out| {
                out.entry("api", &Value::literal(&*self.api_digest));
                for route in &self.routes {
                    out.trigger(route.method.label().as_str(), &route.digest, &route.addresses, &route.deploy_time);
                }
            });
            out.block("lifecycle", |out| out.attribute("create_before_destroy", true));
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
    }

    fn after(&self) -> Vec<Address> {
        self.routes.iter().map(|route| route.method.address().clone()).collect()
    }

    fn revision(&self) -> Option<Arc<str>> {
        Some(self.digest.as_str().into())
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        only(&Self::NAMES, label)
    }
}

impl Handle<Deployment> {
    pub fn id(&self) -> Value {
        self.attribute("id", Spelling::Ref)
    }
}

/// A deployment under a name.
#[derive(Debug)]
pub struct Stage {
    pub api: Handle<RestApi>,
    pub deployment: Handle<Deployment>,
    pub name: Value,
}

impl Kind for Stage {
    const NAMES: Names = Names { terraform: "aws_api_gateway_stage", cloudformation: "AWS::ApiGateway::Stage", word: "Stage" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("deployment_id", self.deployment.id());
            out.attribute("stage_name", &self.name);
            out.tags();
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.value("DeploymentId", &self.deployment.id());
        out.value("StageName", &self.name);
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

/// The way from API Gateway into the VPC (V1: to one network load balancer).
#[derive(Debug, Serialize)]
pub struct VpcLink {
    pub name: Value,
    pub balancer: Handle<LoadBalancer>,
}

impl Kind for VpcLink {
    const NAMES: Names = Names { terraform: "aws_api_gateway_vpc_link", cloudformation: "AWS::ApiGateway::VpcLink", word: "VpcLink" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("name", &self.name);
            out.values("target_arns", &[self.balancer.arn()]);
            out.tags();
            out.block("lifecycle", |out| out.attribute("create_before_destroy", true));
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.values("TargetArns", &[self.balancer.arn()]);
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

impl Handle<VpcLink> {
    pub fn id(&self) -> Value {
        self.attribute("id", Spelling::Ref)
    }
}
