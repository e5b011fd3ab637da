//! The resources of the gateway that a request goes through, from the stage to the integration.
//!
//! In: a `RouteMatch`, the stack, where it was written. Out: `Hop`s in order. Pure.

use super::Hop;
use super::request::TracedRequest;
use super::values::shown;
use crate::aws::{
    Authorization, AuthorizedBy, DomainName, FixedResponse, Header, Integration, Method, RestApi,
    Stack, Stage, UriSegment,
};
use crate::blueprint::OutputFormat;
use crate::emit::places::{Places, Written};
use crate::follow::{
    Follower, PathStart, ResourcePath, RouteMatch, RuleRequest, StackNode, literal_host, located,
    uri_path,
};
use crate::openapi::HttpMethod;
use crate::stack::{Handle, Value};

/// Collects hops.
pub(crate) struct Hops<'a> {
    pub(crate) all: Vec<Hop>,
    /// The response of a balancer that responds itself.
    pub(crate) response: Option<FixedResponse>,
    pub(crate) format: OutputFormat,
    pub(crate) follower: &'a Follower<'a>,
    places: &'a Places<'a>,
}

impl<'a> Hops<'a> {
    pub(crate) fn new(
        format: OutputFormat,
        follower: &'a Follower<'a>,
        places: &'a Places<'a>,
    ) -> Self {
        Self {
            all: Vec::new(),
            response: None,
            format,
            follower,
            places,
        }
    }

    /// For another request.
    pub(crate) fn empty(&self) -> Self {
        Self::new(self.format, self.follower, self.places)
    }

    pub(crate) fn add(
        &mut self,
        kind: &'static str,
        name: impl Into<String>,
        detail: impl Into<String>,
        place: Option<Written>,
    ) {
        self.all.push(Hop {
            kind,
            name: name.into(),
            detail: detail.into(),
            place,
        });
    }

    pub(crate) fn shown(&self, value: &Value) -> String {
        shown(value, self.format, self.stack())
    }

    pub(crate) fn stack(&self) -> &'a Stack {
        self.follower.stack
    }

    /// The block of a node; none of what exists already.
    pub(crate) fn place(&self, index: Option<usize>) -> Option<Written> {
        self.places.node(index?)
    }

    /// The block of a node with that type and what its label has behind that of the node.
    pub(crate) fn part(&self, index: usize, kind: &str, ending: &str) -> Option<Written> {
        let label = &self.stack().entries[index].address.label;
        self.places.block(index, &format!("{kind}.{label}{ending}"))
    }

    /// The stage and its URL.
    pub(crate) fn stage(&mut self, request: &TracedRequest) {
        let Some(stage) = located::<Stage>(self.stack()).next() else {
            return;
        };
        let mut outputs = self.stack().outputs.iter();
        let url = outputs.find(|output| &*output.name == "invoke_url");
        let url = url.map_or_else(String::new, |output| match self.format {
            OutputFormat::Terraform | OutputFormat::TerraformJson => self.shown(&output.terraform),
            OutputFormat::Cloudformation => self.shown(&output.cloudformation),
        });
        let detail = format!("{url}{}", request.path);
        let name = self.shown(&stage.node.name);
        self.add("stage", name, detail, self.place(Some(stage.index)));
    }

    /// Adds the resource, the values of its variables, and the reason why it is selected.
    pub(crate) fn resource(&mut self, routed: &ResourcePath<'_>) {
        let values = routed.values();
        let mut details: Vec<String> = values
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        let beats = |variable| format!("the literal beats `{{{variable}}}` beside it");
        details.extend(routed.beats.map(beats));
        details.extend(routed.fell_back_from.as_ref().map(|place| {
            format!("the gateway falls back to it, as nothing answers at or below `{place}`")
        }));
        // The root comes with the API.
        let api = || located::<RestApi>(self.stack()).next().map(|api| api.index);
        let place = self.place(routed.index.or_else(api));
        self.add("resource", routed.path(), details.join("; "), place);
    }

    /// The method and who may call it.
    pub(crate) fn method(&mut self, method: StackNode<'_, Method>) {
        let http_method = method.node.http_method;
        let detail = if http_method == HttpMethod::Any {
            "takes every method that the path has none of its own for"
        } else {
            ""
        };
        let place = self.place(Some(method.index));
        self.add("method", http_method.as_str(), detail, place);
        let required = &method.node.authorization;
        let (name, detail) = self.access(required);
        let index = required.authorizer().map_or(method.index, Handle::index);
        self.add("authorizer", name, detail, self.place(Some(index)));
    }

    /// Returns the name of an authorizer, and the credentials that the gateway requires.
    fn access(&self, required: &Authorization) -> (String, String) {
        let tokens = || match &required.scopes[..] {
            [] => "asks for a token of one of its user pools".to_owned(),
            scopes => {
                let scopes = scopes.join(", ");
                format!("asks for an access token with one of the scopes {scopes}")
            }
        };
        let key = "for an API key of a usage plan";
        let (name, mut detail) = match &required.by {
            AuthorizedBy::Nobody if required.api_key => {
                return ("NONE".into(), format!("asks {key}, and for nothing else"));
            }
            AuthorizedBy::Nobody => return ("NONE".into(), of_open_method(self.stack())),
            AuthorizedBy::Iam => (
                "AWS_IAM",
                "asks for a request signed with AWS credentials that may call the method".into(),
            ),
            AuthorizedBy::Cognito(by) => (by.label().as_str(), tokens()),
            AuthorizedBy::Custom(by) => (by.label().as_str(), "asks a function".to_owned()),
        };
        if required.api_key {
            detail.push_str(&format!("; and {key}"));
        }
        (name.to_owned(), detail)
    }

    /// The integration and what is behind it.
    pub(crate) fn integration(
        &mut self,
        route: &RouteMatch<'a>,
        request: &TracedRequest,
    ) -> Result<(), String> {
        let method = route.method;
        let integration = &method.node.integration;
        let forwarded = |path: &[UriSegment]| uri_path(path, |name| route.path.value(name));
        let (mut host, mut path) = (None, String::new());
        let (kind, detail) = match integration {
            Integration::Proxy(proxy) => {
                (host, path) = (literal_host(proxy), forwarded(&proxy.path));
                let protocol = if proxy.is_tls { "https" } else { "http" };
                let (name, port) = (self.shown(&proxy.uri_host()), proxy.port);
                let more = headers_and_tls(&proxy.headers, proxy.skips_verification);
                let waits = proxy.timeout_ms;
                let detail = format!("{protocol}://{name}:{port}{path}; waits {waits} ms{more}");
                ("HTTP_PROXY", detail)
            }
            Integration::Internet(proxy) => {
                let uri = self.shown(&proxy.url) + &forwarded(&proxy.path);
                let more = headers_and_tls(&proxy.headers, proxy.skips_verification);
                let detail = format!("{uri}; waits {} ms{more}", proxy.timeout_ms);
                ("HTTP_PROXY", detail)
            }
            Integration::Function(call) => {
                let uri = self.shown(&call.function.uri());
                ("AWS_PROXY", format!("{uri}; waits {} ms", call.timeout_ms))
            }
            Integration::Preflight(_) => {
                let detail = "the gateway tells a browser what it may send";
                ("MOCK", detail.to_owned())
            }
            Integration::NotFound => ("MOCK", "the gateway answers 404 itself".to_owned()),
        };
        let place = self.part(method.index, "aws_api_gateway_integration", "");
        self.add("integration", kind, detail, place);
        let request = RuleRequest {
            method: request.method.as_str(),
            host,
            path: &path,
        };
        let start = PathStart::Integration(integration);
        let steps = self.follower.follow_request(start, &request)?;
        self.steps(&steps, &request);
        if let Integration::Function(call) = integration {
            self.forwarded(call, &route.path)?;
        }
        Ok(())
    }
}

fn headers_and_tls(headers: &[Header], skips_verification: bool) -> String {
    let names: Vec<&str> = headers.iter().map(|header| &*header.name).collect();
    let mut text = String::new();
    if !names.is_empty() {
        text.push_str(&format!("; sets {}", names.join(", ")));
    }
    if skips_verification {
        text.push_str("; verifies no certificate");
    }
    text
}

/// Describes who may call a method that requires no access.
fn of_open_method(stack: &Stack) -> String {
    let mut apis = stack.all::<RestApi>();
    let mut domains = stack.all::<DomainName>();
    let policy = apis.any(|api| api.endpoint.policy.is_some());
    let certificates = domains.any(|domain| domain.truststore.is_some());
    let by = [
        policy.then_some("the API's resource policy"),
        certificates.then_some("the certificates that the domain trusts"),
    ];
    let by: Vec<&str> = by.into_iter().flatten().collect();
    if by.is_empty() {
        return "the gateway lets every caller through".to_owned();
    }
    let by = by.join(" and ");
    format!("the method asks for nothing; who may call is up to {by}")
}
