//! The resources of the gateway that a request goes through, from the stage to the integration.
//!
//! In: a `RouteMatch`, the stack, where it was written. Out: `Hop`s in order. Pure.

use super::Hop;
use super::access;
use super::request::TracedRequest;
use super::values::shown;
use crate::aws::{
    Authorization, AuthorizedBy, FixedResponse, Header, Integration, Method, RestApi, Stack, Stage,
};
use crate::blueprint::OutputFormat;
use crate::emit::places::{Places, Written};
use crate::follow::{
    Follower, PathStart, ResourcePath, RouteMatch, RuleRequest, StackNode, literal_host, located,
    uri_path,
};
use crate::openapi::HttpMethod;
use crate::stack::Value;

/// Collects hops.
pub(crate) struct Hops<'a> {
    pub(crate) all: Vec<Hop>,
    /// The response of a balancer that answers itself.
    pub(crate) response: Option<FixedResponse>,
    pub(crate) format: OutputFormat,
    pub(crate) follower: &'a Follower<'a>,
    places: &'a Places<'a>,
}

/// What an integration sends.
#[derive(Clone, Copy)]
struct Forwarded<'a> {
    kind: &'static str,
    uri: &'a str,
    timeout_ms: u32,
    headers: &'a [Header],
    skips_verification: bool,
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

    /// The resource, what its variables take, and why it is this one.
    pub(crate) fn resource(&mut self, routed: &ResourcePath<'_>) {
        let mut details: Vec<String> = routed
            .values()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        details.extend(
            routed
                .beats
                .map(|it| format!("the literal beats `{{{it}}}` beside it")),
        );
        details.extend(routed.fell_back_from.as_ref().map(|it| {
            format!("the gateway falls back to it, as nothing answers at or below `{it}`")
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
        self.add("method", http_method.as_str(), detail, place.clone());
        self.authorizer(&method.node.authorization, place);
    }

    /// What the gateway requires of the caller.
    fn authorizer(&mut self, required: &Authorization, of_method: Option<Written>) {
        let place = required
            .authorizer()
            .map_or(of_method, |authorizer| self.place(Some(authorizer.index())));
        let scopes = || match &required.scopes[..] {
            [] => "a token of one of its user pools".to_owned(),
            scopes => format!(
                "an access token with one of the scopes {}",
                scopes.join(", ")
            ),
        };
        let (name, mut detail) = match &required.by {
            AuthorizedBy::Nobody => ("NONE".to_owned(), String::new()),
            AuthorizedBy::Iam => (
                "AWS_IAM".to_owned(),
                "asks for a request signed with AWS credentials that may call the method"
                    .to_owned(),
            ),
            AuthorizedBy::Cognito(by) => (by.label().to_string(), format!("asks for {}", scopes())),
            AuthorizedBy::Custom(by) => (by.label().to_string(), "asks a function".to_owned()),
        };
        match (required.api_key, detail.is_empty()) {
            (true, true) => {
                detail.push_str("asks for an API key of a usage plan, and for nothing else")
            }
            (true, false) => detail.push_str("; and for an API key of a usage plan"),
            (false, true) => detail.push_str(&access::of_open_method(self.stack())),
            (false, false) => {}
        }
        self.add("authorizer", name, detail, place);
    }

    /// The integration and what is behind it.
    pub(crate) fn integration(
        &mut self,
        route: &RouteMatch<'a>,
        request: &TracedRequest,
    ) -> Result<(), String> {
        let method = route.method;
        let variable = |name: &str| route.path.value(name);
        let mut request = RuleRequest {
            method: request.method.as_str(),
            host: None,
            path: "",
        };
        let path;
        match &method.node.integration {
            Integration::Proxy(proxy) => {
                path = uri_path(&proxy.path, variable);
                request.path = &path;
                request.host = literal_host(proxy);
                let protocol = if proxy.is_tls { "https" } else { "http" };
                let host = self.shown(&proxy.uri_host());
                let forwarded = Forwarded {
                    kind: "HTTP_PROXY",
                    uri: &format!("{protocol}://{host}:{}{path}", proxy.port),
                    timeout_ms: proxy.timeout_ms,
                    headers: &proxy.headers,
                    skips_verification: proxy.skips_verification,
                };
                self.forwarded_by(method.index, forwarded);
            }
            Integration::Internet(proxy) => {
                let url = self.shown(&proxy.url);
                let forwarded = Forwarded {
                    kind: "HTTP_PROXY",
                    uri: &format!("{url}{}", uri_path(&proxy.path, variable)),
                    timeout_ms: proxy.timeout_ms,
                    headers: &proxy.headers,
                    skips_verification: proxy.skips_verification,
                };
                self.forwarded_by(method.index, forwarded);
            }
            Integration::Function(call) => {
                let forwarded = Forwarded {
                    kind: "AWS_PROXY",
                    uri: &self.shown(&call.function.uri(&method.node.api)),
                    timeout_ms: call.timeout_ms,
                    headers: &[],
                    skips_verification: false,
                };
                self.forwarded_by(method.index, forwarded);
            }
            Integration::Preflight(_) => {
                self.mock(method.index, "the gateway tells a browser what it may send");
            }
            Integration::NotFound => self.mock(method.index, "the gateway answers 404 itself"),
        }
        let steps = self
            .follower
            .follow_request(PathStart::Integration(&method.node.integration), &request)?;
        self.steps(&steps, &request)?;
        match &method.node.integration {
            Integration::Function(call) => self.forwarded(call, &route.path),
            Integration::Proxy(_)
            | Integration::Internet(_)
            | Integration::Preflight(_)
            | Integration::NotFound => Ok(()),
        }
    }

    fn mock(&mut self, method: usize, detail: &str) {
        let place = self.part(method, "aws_api_gateway_integration", "");
        self.add("integration", "MOCK", detail, place);
    }

    fn forwarded_by(&mut self, method: usize, forwarded: Forwarded<'_>) {
        let mut detail = format!("{}; waits {} ms", forwarded.uri, forwarded.timeout_ms);
        if !forwarded.headers.is_empty() {
            let names: Vec<&str> = forwarded.headers.iter().map(|it| &*it.name).collect();
            detail.push_str(&format!("; sets {}", names.join(", ")));
        }
        if forwarded.skips_verification {
            detail.push_str("; verifies no certificate");
        }
        let place = self.part(method, "aws_api_gateway_integration", "");
        self.add("integration", forwarded.kind, detail, place);
    }
}
