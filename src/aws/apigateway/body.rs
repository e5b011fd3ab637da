//! Parts of a REST API as the OpenAPI document that API Gateway imports.
//!
//! What import takes is written and nothing else: no descriptions, no answers of backends, and
//! names of the gateway's own extensions.
//! Source: docs/aws-rules.md#o1, docs/aws-rules.md#o3, docs/aws-rules.md#o11,
//! docs/aws-rules.md#o12, docs/aws-rules.md#o14, docs/aws-rules.md#o16, docs/aws-rules.md#i6,
//! docs/aws-rules.md#i7, docs/aws-rules.md#i12.

mod schemes;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::integration::{NOT_FOUND_BODY, NOT_FOUND_REQUEST, mappings};
use super::{
    GatewayResponse, Header, Integration, Method, Preflight, RequestValidator, UriSegment,
};
use crate::aws::document::Document;
use crate::openapi::HttpMethod;
use crate::stack::{Here, Value};
pub use schemes::{keyed, signed};

/// A member of an object.
pub type Member = (std::borrow::Cow<'static, str>, Document);

/// Member of an operation that holds its integration.
const INTEGRATION: &str = "x-amazon-apigateway-integration";

impl Method {
    /// The operation of a path, without what it asks of its callers.
    pub fn operation(&self) -> Vec<Member> {
        let mut members = Vec::new();
        if !self.request_parameters.is_empty() {
            members.push(("parameters".into(), parameters(&self.request_parameters)));
        }
        members.push(("responses".into(), self.responses()));
        members.push((INTEGRATION.into(), self.integration()));
        members
    }

    /// Only answers of the gateway's own are declared: a proxy passes on whatever the backend says.
    fn responses(&self) -> Document {
        let described = (
            "description".into(),
            Document::text("Answered by the gateway."),
        );
        match &self.integration {
            Integration::Proxy(_) | Integration::Internet(_) | Integration::Function(_) => {
                Document::Object(Vec::new())
            }
            Integration::NotFound => {
                Document::Object(vec![("404".into(), Document::Object(vec![described]))])
            }
            Integration::Preflight(preflight) => {
                let text = || {
                    Document::Object(vec![(
                        "schema".into(),
                        Document::Object(vec![("type".into(), Document::text("string"))]),
                    )])
                };
                let headers = preflight
                    .headers()
                    .into_keys()
                    .map(|it| (it.into(), text()))
                    .collect();
                Document::Object(vec![(
                    "204".into(),
                    Document::Object(vec![
                        described,
                        ("headers".into(), Document::Object(headers)),
                    ]),
                )])
            }
        }
    }

    fn integration(&self) -> Document {
        let mut members = match &self.integration {
            Integration::Proxy(proxy) => {
                let mut members = self.called(
                    "http_proxy",
                    self.http_method.as_str(),
                    proxy.uri(),
                    proxy.timeout_ms,
                );
                members.push(("connectionType".into(), Document::text("VPC_LINK")));
                members.push(("connectionId".into(), Document::Text(proxy.link.id())));
                members.extend(
                    proxy
                        .target
                        .iter()
                        .map(|it| ("integrationTarget".into(), Document::Text(it.arn()))),
                );
                members.extend(request(
                    &proxy.path,
                    &proxy.headers,
                    proxy.skips_verification,
                ));
                members
            }
            Integration::Internet(proxy) => {
                let mut members = self.called(
                    "http_proxy",
                    self.http_method.as_str(),
                    proxy.uri(),
                    proxy.timeout_ms,
                );
                members.extend(request(
                    &proxy.path,
                    &proxy.headers,
                    proxy.skips_verification,
                ));
                members
            }
            Integration::Function(call) => self.called(
                "aws_proxy",
                "POST",
                detached(call.function.uri(&self.api)),
                call.timeout_ms,
            ),
            Integration::NotFound => {
                let answer = vec![("responseTemplates".into(), json_template(NOT_FOUND_BODY))];
                own("never", NOT_FOUND_REQUEST, "404", answer)
            }
            Integration::Preflight(preflight) => own(
                "when_no_match",
                Preflight::REQUEST,
                "204",
                preflight.answer(),
            ),
        };
        if !self.cache_keys.is_empty() {
            let keys = self
                .cache_keys
                .iter()
                .map(|it| Document::text(it))
                .collect();
            members.push(("cacheKeyParameters".into(), Document::List(keys)));
        }
        Document::Object(members)
    }

    fn called(
        &self,
        kind: &'static str,
        method: &'static str,
        uri: Value,
        timeout_ms: u32,
    ) -> Vec<Member> {
        vec![
            ("type".into(), Document::text(kind)),
            ("httpMethod".into(), Document::text(method)),
            ("uri".into(), Document::Text(uri)),
            ("timeoutInMillis".into(), Document::number(timeout_ms)),
            (
                "passthroughBehavior".into(),
                Document::text("when_no_match"),
            ),
        ]
    }

    /// The key of its path item.
    pub fn key(&self) -> &'static str {
        match self.http_method {
            HttpMethod::Any => "x-amazon-apigateway-any-method",
            other => other.lower(),
        }
    }
}

impl Preflight {
    fn answer(&self) -> Vec<Member> {
        let headers = self.headers().into_iter();
        let headers = headers
            .map(|(it, text)| {
                (
                    format!("method.response.header.{it}").into(),
                    Document::text(&text),
                )
            })
            .collect();
        let mut answer = vec![("responseParameters".into(), Document::Object(headers))];
        answer.extend(
            self.template()
                .map(|it| ("responseTemplates".into(), json_template(&it))),
        );
        answer
    }
}

impl GatewayResponse {
    /// The member of its type.
    pub fn response(&self) -> Member {
        let mut members = Vec::new();
        if let Some(status) = self.status {
            members.push(("statusCode".into(), Document::text(&status.to_string())));
        }
        let parameters = self
            .parameters()
            .into_iter()
            .map(|(name, text)| (name.into(), Document::text(&text)))
            .collect();
        members.push(("responseParameters".into(), Document::Object(parameters)));
        members.push(("responseTemplates".into(), json_template(&self.body)));
        (self.of.into(), Document::Object(members))
    }
}

impl RequestValidator {
    pub fn member(&self) -> Member {
        let flag = |is: bool| Document::Bare(if is { "true" } else { "false" }.into());
        let checks = vec![
            ("validateRequestBody".into(), flag(self.body)),
            ("validateRequestParameters".into(), flag(self.parameters)),
        ];
        (self.name.to_string().into(), Document::Object(checks))
    }
}

/// Members of a mock integration.
fn own(
    passthrough: &'static str,
    request: &str,
    status: &'static str,
    mut answer: Vec<Member>,
) -> Vec<Member> {
    answer.insert(0, ("statusCode".into(), Document::text(status)));
    vec![
        ("type".into(), Document::text("mock")),
        ("passthroughBehavior".into(), Document::text(passthrough)),
        ("contentHandling".into(), Document::text("CONVERT_TO_TEXT")),
        ("requestTemplates".into(), json_template(request)),
        (
            "responses".into(),
            Document::Object(vec![("default".into(), Document::Object(answer))]),
        ),
    ]
}

fn json_template(text: &str) -> Document {
    Document::Object(vec![("application/json".into(), Document::text(text))])
}

fn request(path: &[UriSegment], headers: &[Header], skips_verification: bool) -> Vec<Member> {
    let mut members = Vec::new();
    let mapped = mappings(path, headers);
    if !mapped.is_empty() {
        let mapped = mapped
            .into_iter()
            .map(|(name, value)| (name.into(), Document::Text(value)))
            .collect();
        members.push(("requestParameters".into(), Document::Object(mapped)));
    }
    if skips_verification {
        let tls = Document::Object(vec![("insecureSkipVerification".into(), Document::TRUE)]);
        members.push(("tlsConfig".into(), tls));
    }
    members
}

/// Source: docs/aws-rules.md#o2 (name, place, required and type count).
fn parameters(parameters: &BTreeMap<String, bool>) -> Document {
    let parameter = |(key, required): (&String, &bool)| {
        let (place, name) = key
            .strip_prefix("method.request.")
            .and_then(|it| it.split_once('.'))?;
        let place = if place == "querystring" {
            "query"
        } else {
            place
        };
        let mut members = vec![
            ("name".into(), Document::text(name)),
            ("in".into(), Document::text(place)),
        ];
        if *required {
            members.push(("required".into(), Document::TRUE));
        }
        members.push((
            "schema".into(),
            Document::Object(vec![("type".into(), Document::text("string"))]),
        ));
        Some(Document::Object(members))
    };
    Document::List(parameters.iter().filter_map(parameter).collect())
}

/// A value of the API's own body: where it is deployed is written as import reads it, since the
/// body cannot ask for the API's ARN.
///
/// Source: docs/aws-rules.md#o10 (`${AWS::Region}` and the like are resolved by API Gateway).
pub(crate) fn detached(value: Value) -> Value {
    match value {
        Value::Here(here, _) => Value::literal(match here {
            Here::Partition => "${AWS::Partition}",
            Here::Region => "${AWS::Region}",
            Here::Account => "${AWS::AccountId}",
        }),
        Value::Text(parts) => Value::Text(parts.into_iter().map(detached).collect()),
        other => other,
    }
}

/// The whole document.
#[derive(Debug)]
pub struct Body {
    pub title: Value,
    /// Members of `paths`: path, then methods by their keys.
    pub paths: Vec<(Arc<str>, Vec<Member>)>,
    /// The gateway's own members, and `components`.
    pub rest: Vec<Member>,
}

impl Body {
    /// Source: docs/aws-rules.md#o1 (import takes 3.0).
    pub fn document(&self) -> Document {
        let info = vec![
            ("title".into(), Document::Text(self.title.clone())),
            ("version".into(), Document::text("1.0.0")),
        ];
        let paths = self
            .paths
            .iter()
            .map(|(path, it)| (path.to_string().into(), Document::Object(it.clone())))
            .collect();
        let mut members = vec![
            ("openapi".into(), Document::text("3.0.1")),
            ("info".into(), Document::Object(info)),
            ("paths".into(), Document::Object(paths)),
        ];
        members.extend(self.rest.iter().cloned());
        Document::Object(members)
    }
}
