//! Amazon API Gateway, REST APIs.
//!
//! Integration and responses are elements of their method: CloudFormation spells them inside it,
//! Terraform as blocks of their own.

mod account;
mod authorizer;
mod body;
mod deployment;
mod domain;
mod endpoint;
mod gateway_response;
mod integration;
mod link;
mod method;
mod mock;
mod model;
mod preflight;
mod settings;
mod stage;
mod usage;

pub use account::{Account, ClientCertificate, LogRole};
pub use authorizer::{
    Authorization, AuthorizedBy, Authorizer, AuthorizerKind, AuthorizerPermission,
};
pub use body::{Body, Member, keyed, signed};
pub use deployment::{Deployment, GroupState, PartState, RouteState};
pub use domain::{BasePathMapping, DomainName};
pub use endpoint::{Endpoint, EndpointType, ResourcePolicy};
pub use gateway_response::{ErrorBody, GatewayResponse};
pub use integration::{
    FunctionCall, Header, HeaderSource, Integration, InternetProxy, Proxy, UriHost, UriSegment,
};
pub use link::{VpcLink, VpcLinkRef, VpcLinkV2};
pub use method::{Checks, Method};
pub use model::{Model, RequestValidator};
pub use preflight::Preflight;
pub use settings::{
    CacheSettings, LoggingLevel, MethodCache, MethodSettings, MethodThrottle, Settings,
    ThrottleLimit,
};
pub use stage::Stage;
pub use usage::{ApiKey, KeyRef, Quota, UsagePlan, UsagePlanKey};

use std::sync::Arc;

use serde::Serialize;

use super::document::Document;
use super::{Arguments, Copied, HasId, Home, Kind, Stack, TypeChanges};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Here, Label, Spelling, Value};

/// A REST API.
#[derive(Debug, Serialize)]
pub struct RestApi {
    pub name: Value,
    pub description: Arc<str>,
    /// Sorted: its order is part of its state.
    pub binary_media_types: Vec<Arc<str>>,
    /// API keys come from an authorizer's function, not from a header.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub key_from_authorizer: bool,
    /// Size from which on responses are compressed. Unit: bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_compression_size: Option<u32>,
    #[serde(skip_serializing_if = "Endpoint::is_plain")]
    pub endpoint: Endpoint,
    /// Everything below it, where it is written as one document.
    #[serde(skip)]
    pub body: Option<Arc<Document>>,
}

fields! { RestApi {
    route: [endpoint, body],
    access: [key_from_authorizer],
    other: [name, description, binary_media_types, minimum_compression_size],
} }

/// Parameters of an import: paths are whole, and descriptions make no documentation. Source:
/// docs/aws-rules.md#o5, docs/aws-rules.md#o6, docs/aws-rules.md#o7, docs/aws-rules.md#o15.
const IMPORT: [(&str, &str); 2] = [("basepath", "ignore"), ("ignore", "documentation")];

/// Terraform's block of a resource policy: one inside the API would refer to itself. Source:
/// docs/aws-rules.md#a12.
const POLICY: &str = "aws_api_gateway_rest_api_policy";

impl RestApi {
    pub(crate) const MORE_BLOCKS: &'static [TypeChanges] = &[TypeChanges::new(
        POLICY,
        &["rest_api_id"],
        Copied::Everything,
    )];

    /// The policy, where it is no part of the body: an import would take it away.
    fn own_policy(&self) -> Option<&ResourcePolicy> {
        let policy = self.endpoint.policy.as_ref();
        policy.filter(|_| self.body.is_none())
    }

    /// Members of the body that describe the API itself.
    pub fn body_members(&self) -> Vec<Member> {
        let mut members = Vec::new();
        if !self.binary_media_types.is_empty() {
            let types = Document::texts(&self.binary_media_types);
            members.push(("x-amazon-apigateway-binary-media-types".into(), types));
        }
        if let Some(size) = self.minimum_compression_size {
            let size = Document::number(size);
            members.push(("x-amazon-apigateway-minimum-compression-size".into(), size));
        }
        if self.key_from_authorizer {
            let source = Document::text("AUTHORIZER");
            members.push(("x-amazon-apigateway-api-key-source".into(), source));
        }
        if let Some(policy) = &self.endpoint.policy {
            let policy = policy.document(&Value::literal(endpoint::SHORT));
            members.push(("x-amazon-apigateway-policy".into(), policy));
        }
        members
    }

    /// Deploy-time values of the policy, which the deployment waits for and remembers.
    pub fn policy_uses(&self, label: &Label) -> Vec<Value> {
        let Some(policy) = self.own_policy() else {
            return Vec::new();
        };
        let made = Value::Expression(format!("{POLICY}.{label}.id").into());
        std::iter::once(made).chain(policy.deploy_time()).collect()
    }

    pub(crate) fn more_blocks(&self, label: &Label, out: &mut Terraform) {
        if let Some(policy) = self.own_policy() {
            let api = format!("{}.{label}", Self::TERRAFORM);
            let arn = Value::Expression(format!("{api}.execution_arn").into());
            out.resource(POLICY, label.as_str(), |out| {
                out.bare("rest_api_id", format_args!("{api}.id"));
                policy.document(&arn).terraform("policy", out);
            });
        }
    }
}

impl Kind for RestApi {
    const TERRAFORM: &'static str = "aws_api_gateway_rest_api";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::RestApi";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &[];
    const CREATE_ONLY: Arguments = &[];
    const COPIED: Copied = Copied::Only(&[
        "api_key_source",
        "binary_media_types",
        "body",
        "disable_execute_api_endpoint",
        "minimum_compression_size",
        "ApiKeySourceType",
        "BinaryMediaTypes",
        "Body",
        "DisableExecuteApiEndpoint",
        "MinimumCompressionSize",
        "Policy",
    ]);

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name", &self.name);
        out.attribute("description", &*self.description);
        if self.key_from_authorizer {
            out.attribute("api_key_source", "AUTHORIZER");
        }
        out.tags();
        if let Some(size) = self.minimum_compression_size {
            // A text in every version of the provider (C11).
            out.gap();
            out.attribute("minimum_compression_size", size.to_string());
        }
        if !self.binary_media_types.is_empty() {
            // Apart from the others: the longest name would move their `=`.
            out.comment("Bodies of these types pass as bytes.");
            out.texts("binary_media_types", &self.binary_media_types);
        }
        if self.body.is_some() {
            out.comment("What is not in the body is taken away.");
            out.bare("body", format_args!("jsonencode(local.openapi)"));
            out.attribute("put_rest_api_mode", "overwrite");
            out.attribute("fail_on_warnings", true);
            out.map("parameters", IMPORT);
        }
        if self.endpoint.is_disabled {
            out.comment("Callers come through the domain alone.");
            out.attribute("disable_execute_api_endpoint", true);
        }
        out.block("endpoint_configuration", |out| {
            out.texts("types", &[self.endpoint.spelt()]);
            if let Some(endpoints) = &self.endpoint.vpc_endpoints {
                out.list("vpc_endpoint_ids", endpoints);
            }
        });
        // Terraform holds it so anyway: a deployment that does relies on it (T16). Names of
        // APIs may be the same.
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("Name", &self.name);
        out.text("Description", &self.description);
        if self.key_from_authorizer {
            out.text("ApiKeySourceType", "AUTHORIZER");
        }
        if !self.binary_media_types.is_empty() {
            out.texts("BinaryMediaTypes", &self.binary_media_types);
        }
        if let Some(size) = self.minimum_compression_size {
            out.number("MinimumCompressionSize", size);
        }
        if self.endpoint.is_disabled {
            out.flag("DisableExecuteApiEndpoint", true);
        }
        out.object("EndpointConfiguration", |out| {
            out.texts("Types", &[self.endpoint.spelt()]);
            if let Some(endpoints) = &self.endpoint.vpc_endpoints {
                out.list("VpcEndpointIds", endpoints);
            }
        });
        if let Some(policy) = self.own_policy() {
            let policy = policy.document(&Value::literal(endpoint::SHORT));
            policy.cloudformation("Policy", out);
        }
        if let Some(body) = &self.body {
            out.text("Mode", "overwrite");
            out.flag("FailOnWarnings", true);
            out.text_map("Parameters", IMPORT);
            body.cloudformation("Body", out);
        }
        out.tags();
    }
}

impl Handle<RestApi> {
    /// An ARN below that of its execution, for Terraform and for CloudFormation, which has no
    /// attribute for that one.
    pub fn executed(&self, below: &[Value]) -> [Value; 2] {
        let own = vec![
            Value::literal("arn:"),
            Value::Here(Here::Partition),
            Value::literal(":execute-api:"),
            Value::Here(Here::Region),
            Value::literal(":"),
            Value::Here(Here::Account),
            Value::literal(":"),
            self.id(),
        ];
        let terraform = vec![self.attribute("execution_arn", Spelling::Ref)];
        [terraform, own].map(|arn| Value::Text([arn, below.to_vec()].concat()))
    }
}

impl HasId for RestApi {}

/// A path: the root, which is always there, or a resource.
#[derive(Clone, Debug, Serialize)]
pub enum ApiRoot {
    Root(Handle<RestApi>),
    Below(Handle<Resource>),
}

fields! { enum ApiRoot { Root(api), Below(resource) } }

impl ApiRoot {
    pub fn id(&self) -> Value {
        match self {
            Self::Root(api) => {
                api.attribute("root_resource_id", Spelling::GetAtt("RootResourceId"))
            }
            Self::Below(resource) => resource.id(),
        }
    }

    /// The path that callers request; empty for the root.
    pub fn path(&self, stack: &Stack) -> String {
        match self {
            Self::Root(_) => String::new(),
            Self::Below(handle) => stack.get(handle).path(stack),
        }
    }
}

/// A method, as the blocks beside its own name it.
pub(crate) struct MethodAt<'a> {
    pub(crate) api: &'a Handle<RestApi>,
    pub(crate) on: &'a ApiRoot,
    pub(crate) label: &'a Label,
}

impl MethodAt<'_> {
    /// Writes which method a block belongs to, so that it comes after the block of type `after`.
    pub(crate) fn terraform(&self, after: &str, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        out.attribute("resource_id", self.on.id());
        out.bare(
            "http_method",
            format_args!("{after}.{}.http_method", self.label),
        );
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

fields! { Resource { route: [api, parent, path_part] } }

impl Resource {
    /// Its path on the gateway.
    pub fn path(&self, stack: &Stack) -> String {
        format!("{}/{}", self.parent.path(stack), self.path_part)
    }
}

impl HasId for Resource {}

impl Kind for Resource {
    const TERRAFORM: &'static str = "aws_api_gateway_resource";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::Resource";
    const HOME: Home = Home::Document;
    const REPLACED_BY: Arguments = &["rest_api_id"];
    const CREATE_ONLY: Arguments = &["RestApiId", "ParentId", "PathPart"];
    const COPIED: Copied = Copied::Everything;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        out.attribute("parent_id", self.parent.id());
        out.attribute("path_part", &*self.path_part);
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.value("ParentId", &self.parent.id());
        out.text("PathPart", &self.path_part);
    }
}
