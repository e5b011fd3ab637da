//! Integrations: what a request becomes behind its method.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::mock::MockResponse;
use super::{Preflight, VpcLinkRef};
use crate::aws::{ApplicationBalancerRef, BalancerRef, Function};
use crate::sink::{MethodBlock, Properties, Terraform};
use crate::stack::Value;

/// Integration of a method.
#[derive(Debug, Serialize)]
pub enum Integration {
    Proxy(Proxy),
    Internet(InternetProxy),
    Function(FunctionCall),
    /// The gateway itself, with 404.
    NotFound,
    /// The gateway itself, to the preflight of a browser.
    Preflight(Preflight),
}

fields! { enum Integration {
    Proxy(proxy), Internet(proxy), Function(call), NotFound, Preflight(preflight),
} }

impl Integration {
    /// Returns whether a request leaves the gateway.
    pub fn is_backend(&self) -> bool {
        match self {
            Self::Proxy(_) | Self::Internet(_) | Self::Function(_) => true,
            Self::NotFound | Self::Preflight(_) => false,
        }
    }

    /// Every Terraform block that its method alone is written as.
    pub fn blocks(&self) -> &'static [MethodBlock] {
        match self {
            Self::Proxy(_) | Self::Internet(_) | Self::Function(_) => PROXY_BLOCKS,
            Self::NotFound => NOT_FOUND_BLOCKS,
            // A line of their group covers them.
            Self::Preflight(_) => &[],
        }
    }

    /// Status and body of a response that the gateway makes itself.
    pub fn own_answer(&self) -> Option<(u16, &'static str)> {
        match self {
            Self::Proxy(_) | Self::Internet(_) | Self::Function(_) => None,
            Self::NotFound => Some((404, NOT_FOUND_BODY)),
            Self::Preflight(_) => Some((204, "")),
        }
    }

    /// Returns whether the gateway responds by itself.
    pub(crate) fn is_mock(&self) -> bool {
        matches!(self, Self::NotFound | Self::Preflight(_))
    }

    /// Response of the gateway itself.
    pub(crate) fn mock(&self) -> Option<MockResponse> {
        match self {
            Self::Proxy(_) | Self::Internet(_) | Self::Function(_) => None,
            Self::NotFound => Some(MockResponse {
                passthrough: "NEVER",
                request: "{\"statusCode\": 404}",
                status: "404",
                headers: BTreeMap::new(),
                template: Some(NOT_FOUND_BODY.to_owned()),
            }),
            Self::Preflight(preflight) => Some(preflight.mock()),
        }
    }
}

/// Blocks of a method that calls a backend.
const PROXY_BLOCKS: &[MethodBlock] = &[
    ("aws_api_gateway_method", ""),
    ("aws_api_gateway_integration", ""),
];

/// Blocks of a method to which the gateway responds itself.
const NOT_FOUND_BLOCKS: &[MethodBlock] = &[
    ("aws_api_gateway_method", ""),
    ("aws_api_gateway_integration", ""),
    ("aws_api_gateway_method_response", "__404"),
    ("aws_api_gateway_integration_response", "__404"),
];

/// Body of the response for an operation that is hidden from the caller.
const NOT_FOUND_BODY: &str = "{\"message\":\"Not Found\"}";

/// A request that is forwarded as it came.
#[derive(Debug, Serialize)]
pub struct Proxy {
    pub link: VpcLinkRef,
    /// Target of a link of the second version; a link of the first version has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<ApplicationBalancerRef>,
    /// `https`, else `http`.
    pub is_tls: bool,
    pub host: UriHost,
    /// Picks the balancer's listener (V4).
    pub port: u16,
    pub path: Vec<UriSegment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    pub skips_verification: bool,
    pub timeout_ms: u32,
}

fields! { Proxy {
    route: [link, target, is_tls, host, port, path, headers, skips_verification, timeout_ms],
} }

impl Proxy {
    /// The URI's host: all of it that is known only at deploy time.
    pub fn uri_host(&self) -> Value {
        match &self.host {
            UriHost::Balancer(balancer) => balancer.dns_name(),
            UriHost::Application(balancer) => balancer.dns_name(),
            UriHost::Named(host) => host.clone(),
        }
    }

    /// The whole URI.
    pub fn uri(&self) -> Value {
        let rest = format!(":{}{}", self.port, path_of(&self.path));
        Value::Text(vec![
            Value::literal(if self.is_tls { "https://" } else { "http://" }),
            self.uri_host(),
            Value::literal(rest),
        ])
    }
}

/// A request that is forwarded to a public endpoint as it came.
#[derive(Clone, Debug, Serialize)]
pub struct InternetProxy {
    /// Scheme, host and the endpoint's own path, without a slash at its end.
    pub url: Value,
    pub path: Vec<UriSegment>,
    pub headers: Vec<Header>,
    pub skips_verification: bool,
    pub timeout_ms: u32,
}

fields! { InternetProxy { route: [url, path, headers, skips_verification, timeout_ms] } }

impl InternetProxy {
    /// The whole URI.
    pub fn uri(&self) -> Value {
        Value::Text(vec![self.url.clone(), Value::literal(path_of(&self.path))])
    }
}

/// A function that gets the request as an event.
#[derive(Clone, Debug, Serialize)]
pub struct FunctionCall {
    pub function: Function,
    pub timeout_ms: u32,
}

fields! { FunctionCall { route: [function, timeout_ms] } }

/// Host of a URI.
#[derive(Clone, Debug, Serialize)]
pub enum UriHost {
    /// The balancer itself.
    Balancer(BalancerRef),
    /// The same, where it is an application load balancer.
    Application(ApplicationBalancerRef),
    /// The host that the backend gets, and for which its certificate is checked.
    Named(Value),
}

fields! { enum UriHost { Balancer(balancer), Application(balancer), Named(host) } }

/// A segment of a URI's path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum UriSegment {
    Literal(Arc<str>),
    /// Filled from the method's path parameter of that name.
    Variable(Arc<str>),
}

fields! { enum UriSegment { Literal(text), Variable(name) } }

fn path_of(segments: &[UriSegment]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        match segment {
            UriSegment::Literal(text) => path.push_str(text),
            UriSegment::Variable(name) => path.extend(["{", name, "}"]),
        }
    }
    path
}

/// A header that the backend gets in place of the client's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    pub name: Arc<str>,
    pub source: HeaderSource,
}

fields! { Header { route: [name, source] } }

/// Source of a header's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum HeaderSource {
    /// The same for every request.
    Static(Value),
    /// An expression of API Gateway, such as `context.requestId`.
    Mapping(Arc<str>),
}

fields! { enum HeaderSource { Static(value), Mapping(text) } }

impl Header {
    /// `integration.request.header.x` and what it is filled from. Source: docs/aws-rules.md#q18
    /// (static text in single quotes).
    fn mapping(&self) -> (String, Value) {
        let source = match &self.source {
            HeaderSource::Mapping(text) => Value::Literal(text.clone()),
            HeaderSource::Static(Value::Literal(text)) => Value::literal(format!("'{text}'")),
            HeaderSource::Static(value) => Value::Text(vec![
                Value::literal("'"),
                value.clone(),
                Value::literal("'"),
            ]),
        };
        (["integration.request.header.", &self.name].concat(), source)
    }

    /// Values that it uses and that are known only at deploy time.
    pub fn deploy_time(&self) -> Vec<&Value> {
        match &self.source {
            HeaderSource::Mapping(_) => Vec::new(),
            HeaderSource::Static(value) => value.deploy_time(),
        }
    }
}

/// Parameters of the integration's request: the headers that are set, and
/// `integration.request.path.x` for every variable of the URI.
pub(crate) fn mappings(path: &[UriSegment], headers: &[Header]) -> BTreeMap<String, Value> {
    let variables = path.iter().filter_map(|segment| match segment {
        UriSegment::Variable(name) => Some((
            ["integration.request.path.", name].concat(),
            Value::literal(["method.request.path.", name].concat()),
        )),
        UriSegment::Literal(_) => None,
    });
    headers
        .iter()
        .map(Header::mapping)
        .chain(variables)
        .collect()
}

/// A call of a backend.
pub(crate) struct BackendCall<'a> {
    /// `HTTP_PROXY` or `AWS_PROXY`.
    pub(crate) kind: &'static str,
    pub(crate) http_method: &'static str,
    /// Set where the call goes through a VPC link.
    pub(crate) linked: Option<&'a Proxy>,
    pub(crate) uri: Value,
    pub(crate) timeout_ms: u32,
    pub(crate) mappings: BTreeMap<String, Value>,
    pub(crate) skips_verification: bool,
}

impl BackendCall<'_> {
    pub(crate) fn terraform(&self, out: &mut Terraform) {
        out.attribute("type", self.kind);
        out.attribute("integration_http_method", self.http_method);
        if let Some(proxy) = self.linked {
            out.attribute("connection_type", "VPC_LINK");
            out.attribute("connection_id", proxy.link.id());
            let target = proxy.target.as_ref();
            out.optional(
                "integration_target",
                target.map(ApplicationBalancerRef::arn),
            );
        }
        out.attribute("uri", &self.uri);
        out.attribute("timeout_milliseconds", self.timeout_ms);
        if !self.mappings.is_empty() {
            out.map("request_parameters", &self.mappings);
        }
        if self.skips_verification {
            out.block("tls_config", |out| {
                out.attribute("insecure_skip_verification", true)
            });
        }
    }

    pub(crate) fn cloudformation(&self, out: &mut Properties) {
        out.text("Type", self.kind);
        out.text("IntegrationHttpMethod", self.http_method);
        if let Some(proxy) = self.linked {
            out.text("ConnectionType", "VPC_LINK");
            out.value("ConnectionId", &proxy.link.id());
            if let Some(target) = &proxy.target {
                out.value("IntegrationTarget", &target.arn());
            }
        }
        out.value("Uri", &self.uri);
        out.number("TimeoutInMillis", self.timeout_ms);
        if !self.mappings.is_empty() {
            out.map("RequestParameters", &self.mappings);
        }
    }
}
