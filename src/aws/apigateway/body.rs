//! Parts of a REST API as the OpenAPI document that API Gateway imports.
//!
//! Only members that an import reads are written: no descriptions, no responses of backends.
//! Source: docs/aws-rules.md#o1, docs/aws-rules.md#o3, docs/aws-rules.md#o11,
//! docs/aws-rules.md#o12, docs/aws-rules.md#o14, docs/aws-rules.md#o16, docs/aws-rules.md#i6,
//! docs/aws-rules.md#i7, docs/aws-rules.md#i12.

mod schemes;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::integration::BackendCall;
use super::mock::{JSON, MockResponse};
use super::{GatewayResponse, Method, RequestValidator};
use crate::aws::document::Document;
use crate::openapi::HttpMethod;
use crate::stack::{Here, Value};
pub use schemes::{keyed, signed};

/// A member of an object.
pub type Member = (std::borrow::Cow<'static, str>, Document);

/// Member of an operation that holds its integration.
const INTEGRATION: &str = "x-amazon-apigateway-integration";

impl Method {
    /// The operation of a path, without the access that it requires.
    pub fn operation(&self) -> Vec<Member> {
        let mut members = Vec::new();
        if !self.request_parameters.is_empty() {
            members.push(("parameters".into(), parameters(&self.request_parameters)));
        }
        members.push(("responses".into(), self.responses()));
        members.push((INTEGRATION.into(), self.integration()));
        members
    }

    /// Only responses of the gateway itself are declared: a proxy passes on those of the backend.
    fn responses(&self) -> Document {
        let Some(mock) = self.integration.mock() else {
            return Document::Object(Vec::new());
        };
        let mut members = vec![(
            "description".into(),
            Document::text("Answered by the gateway."),
        )];
        if !mock.headers.is_empty() {
            let headers = mock.headers.into_keys();
            let headers = headers.map(|name| (name.into(), Document::object([string_schema()])));
            members.push(("headers".into(), Document::Object(headers.collect())));
        }
        Document::object([(mock.status, Document::Object(members))])
    }

    fn integration(&self) -> Document {
        let mut members = Vec::new();
        members.extend(self.call().into_iter().flat_map(BackendCall::members));
        members.extend(
            self.integration
                .mock()
                .iter()
                .flat_map(MockResponse::members),
        );
        if !self.cache_keys.is_empty() {
            let keys = Document::texts(&self.cache_keys);
            members.push(("cacheKeyParameters".into(), keys));
        }
        Document::Object(members)
    }

    /// The key of its path item.
    pub fn key(&self) -> &'static str {
        match self.http_method {
            HttpMethod::Any => "x-amazon-apigateway-any-method",
            other => other.lower(),
        }
    }
}

impl BackendCall<'_> {
    fn members(self) -> Vec<Member> {
        let kind = Document::text(&self.kind.to_ascii_lowercase());
        let mut members = vec![
            ("type".into(), kind),
            ("httpMethod".into(), Document::text(self.http_method)),
            ("uri".into(), Document::Text(detached(self.uri))),
            ("timeoutInMillis".into(), Document::number(self.timeout_ms)),
            (
                "passthroughBehavior".into(),
                Document::text("when_no_match"),
            ),
        ];
        if let Some(proxy) = self.linked {
            members.push(("connectionType".into(), Document::text("VPC_LINK")));
            members.push(("connectionId".into(), Document::Text(proxy.link.id())));
            let target = proxy.target.iter();
            members.extend(target.map(|it| ("integrationTarget".into(), Document::Text(it.arn()))));
        }
        if !self.mappings.is_empty() {
            let mappings = self.mappings.into_iter();
            let mappings = mappings.map(|(name, value)| (name.into(), Document::Text(value)));
            members.push((
                "requestParameters".into(),
                Document::Object(mappings.collect()),
            ));
        }
        if self.skips_verification {
            let tls = Document::object([("insecureSkipVerification", Document::TRUE)]);
            members.push(("tlsConfig".into(), tls));
        }
        members
    }
}

impl MockResponse {
    fn members(&self) -> Vec<Member> {
        let mut response = vec![("statusCode".into(), Document::text(self.status))];
        if !self.headers.is_empty() {
            let parameters = self.parameters();
            let parameters = parameters.map(|(name, text)| (name.into(), Document::text(text)));
            response.push((
                "responseParameters".into(),
                Document::Object(parameters.collect()),
            ));
        }
        if let Some(template) = &self.template {
            response.push(("responseTemplates".into(), json_template(template)));
        }
        let passthrough = Document::text(&self.passthrough.to_ascii_lowercase());
        let responses = Document::object([("default", Document::Object(response))]);
        vec![
            ("type".into(), Document::text("mock")),
            ("passthroughBehavior".into(), passthrough),
            ("contentHandling".into(), Document::text("CONVERT_TO_TEXT")),
            ("requestTemplates".into(), json_template(self.request)),
            ("responses".into(), responses),
        ]
    }
}

impl GatewayResponse {
    /// The member of its type.
    pub fn response(&self) -> Member {
        let mut members = Vec::new();
        if let Some(status) = self.status {
            members.push(("statusCode".into(), Document::text(&status.to_string())));
        }
        let parameters = self.parameters();
        let parameters = parameters.map(|(name, text)| (name.into(), Document::text(&text)));
        members.push((
            "responseParameters".into(),
            Document::Object(parameters.collect()),
        ));
        members.push((
            "responseTemplates".into(),
            json_template(&self.body.to_string()),
        ));
        (self.of.into(), Document::Object(members))
    }
}

impl RequestValidator {
    pub fn member(&self) -> Member {
        let flag = |is: bool| Document::Bare(if is { "true" } else { "false" }.into());
        let checks = Document::object([
            ("validateRequestBody", flag(self.body)),
            ("validateRequestParameters", flag(self.parameters)),
        ]);
        (self.name.to_string().into(), checks)
    }
}

fn json_template(text: &str) -> Document {
    Document::object([(JSON, Document::text(text))])
}

/// Schema of headers and parameters.
fn string_schema() -> (&'static str, Document) {
    (
        "schema",
        Document::object([("type", Document::text("string"))]),
    )
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
        let (name, schema) = string_schema();
        members.push((name.into(), schema));
        Some(Document::Object(members))
    };
    Document::List(parameters.iter().filter_map(parameter).collect())
}

/// A value of the API's own body: partition, region and account are written as an import reads
/// them, since the body cannot refer to the API's ARN.
///
/// Source: docs/aws-rules.md#o10 (`${AWS::Region}` and the like are resolved by API Gateway).
pub(crate) fn detached(value: Value) -> Value {
    match value {
        Value::Here(here) => Value::literal(match here {
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
        let info = Document::object([
            ("title", Document::Text(self.title.clone())),
            ("version", Document::text("1.0.0")),
        ]);
        let paths = self
            .paths
            .iter()
            .map(|(path, it)| (path.to_string().into(), Document::Object(it.clone())))
            .collect();
        let mut members = vec![
            ("openapi".into(), Document::text("3.0.1")),
            ("info".into(), info),
            ("paths".into(), Document::Object(paths)),
        ];
        members.extend(self.rest.iter().cloned());
        Document::Object(members)
    }
}
