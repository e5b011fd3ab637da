//! Amazon API Gateway, REST APIs.
//!
//! In: fields with types. Out: text in a sink. Pure.
//! Integration and responses are elements of their method: CloudFormation spells them inside it,
//! Terraform as blocks of their own.

mod account;
mod authorizer;
mod body;
mod deployment;
mod direct;
mod domain;
mod endpoint;
mod gateway_response;
mod link;
mod method;
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
pub use deployment::{Deployment, PartState, RouteState};
pub use direct::{FunctionCall, Header, HeaderSource, InternetProxy};
pub use domain::{BasePathMapping, DomainName};
pub use endpoint::{Endpoint, EndpointType, ResourcePolicy};
pub use gateway_response::GatewayResponse;
pub use link::{VpcLink, VpcLinkRef, VpcLinkV2};
pub use method::{Checks, Integration, Method, Part, Proxy, UriHost, UriSegment};
pub use model::{Model, RequestValidator};
pub use preflight::Preflight;
pub use settings::{Kept, LoggingLevel, MethodSettings, MethodThrottle, Settings, Throttle};
pub use stage::Stage;
pub use usage::{ApiKey, KeyRef, PlanThrottle, Quota, UsagePlan, UsagePlanKey};

use std::sync::Arc;

use serde::Serialize;

use super::document::Document;
use super::{Kind, Node, only};
use crate::emit::cloudformation::Properties;
use crate::emit::terraform::Terraform;
use crate::stack::{Address, Handle, Here, Label, Names, Spelling, Stack, Value};

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
    /// Size from which on answers are compressed. Unit: bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_compression_size: Option<u32>,
    #[serde(skip_serializing_if = "Endpoint::is_plain")]
    pub endpoint: Endpoint,
    /// Everything below it, where it is written as one document.
    #[serde(skip)]
    pub body: Option<Arc<Document>>,
}

/// What an import is told: paths are whole, and descriptions make no documentation. Source:
/// docs/aws-rules.md#o5, docs/aws-rules.md#o6, docs/aws-rules.md#o7, docs/aws-rules.md#o15.
const IMPORT: [(&str, &str); 2] = [("basepath", "ignore"), ("ignore", "documentation")];

/// Terraform's block of a resource policy: one inside the API would refer to itself. Source:
/// docs/aws-rules.md#a12.
const POLICY: &str = "aws_api_gateway_rest_api_policy";

impl RestApi {
    /// The policy, where it is no part of the body: an import would take it away.
    fn own_policy(&self) -> Option<&ResourcePolicy> {
        self.endpoint
            .policy
            .as_ref()
            .filter(|_| self.body.is_none())
    }

    /// What the body says of the API itself.
    pub fn body_members(&self) -> Vec<Member> {
        let mut members = Vec::new();
        if !self.binary_media_types.is_empty() {
            let types = self
                .binary_media_types
                .iter()
                .map(|it| Document::text(it))
                .collect();
            members.push((
                "x-amazon-apigateway-binary-media-types".into(),
                Document::List(types),
            ));
        }
        if let Some(size) = self.minimum_compression_size {
            members.push((
                "x-amazon-apigateway-minimum-compression-size".into(),
                Document::number(size),
            ));
        }
        if self.key_from_authorizer {
            members.push((
                "x-amazon-apigateway-api-key-source".into(),
                Document::text("AUTHORIZER"),
            ));
        }
        if let Some(policy) = &self.endpoint.policy {
            members.push((
                "x-amazon-apigateway-policy".into(),
                policy.document(&Value::literal(endpoint::SHORT)),
            ));
        }
        members
    }

    /// What the deployment waits for, and which deploy-time values it has to remember.
    pub fn policy_uses(&self, label: &Label) -> Vec<Value> {
        let Some(policy) = self.own_policy() else {
            return Vec::new();
        };
        let made = Value::Expression(format!("{POLICY}.{label}.id").into());
        std::iter::once(made).chain(policy.deploy_time()).collect()
    }
}

impl Kind for RestApi {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_rest_api",
        cloudformation: "AWS::ApiGateway::RestApi",
        word: "RestApi",
    };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
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
            out.block("lifecycle", |out| {
                out.attribute("create_before_destroy", true)
            });
        });
        if let Some(policy) = self.own_policy() {
            let api = format!("{}.{label}", Self::NAMES.terraform);
            let arn = Value::Expression(format!("{api}.execution_arn").into());
            out.block_of(POLICY, label.as_str(), |out| {
                out.bare("rest_api_id", format_args!("{api}.id"));
                policy.document(&arn).terraform("policy", out);
            });
        }
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
            policy
                .document(&Value::literal(endpoint::SHORT))
                .cloudformation("Policy", out);
        }
        if let Some(body) = &self.body {
            out.text("Mode", "overwrite");
            out.flag("FailOnWarnings", true);
            out.object("Parameters", |out| {
                IMPORT.iter().for_each(|(name, text)| out.text(name, text))
            });
            body.cloudformation("Body", out);
        }
        out.tags();
    }

    fn after(&self) -> Vec<Address> {
        Vec::new()
    }

    fn revision(&self) -> Option<Arc<str>> {
        None
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        let mut addresses = only(&Self::NAMES, label);
        if self.own_policy().is_some() {
            addresses.push(format!("{POLICY}.{label}"));
        }
        addresses
    }
}

impl Handle<RestApi> {
    /// An ARN below that of its execution, for Terraform and for CloudFormation, which does not
    /// tell that one.
    pub fn executed(&self, below: &[Value]) -> [Value; 2] {
        let here = |it: Here| Value::Here(it, self.address().clone());
        let own = vec![
            Value::literal("arn:"),
            here(Here::Partition),
            Value::literal(":execute-api:"),
            here(Here::Region),
            Value::literal(":"),
            here(Here::Account),
            Value::literal(":"),
            self.id(),
        ];
        let arn = |start: Vec<Value>| {
            Value::Text(start.into_iter().chain(below.iter().cloned()).collect())
        };
        [
            arn(vec![self.attribute("execution_arn", Spelling::Ref)]),
            arn(own),
        ]
    }

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
            Self::Root(api) => {
                api.attribute("root_resource_id", Spelling::GetAtt("RootResourceId"))
            }
            Self::Below(resource) => resource.attribute("id", Spelling::Ref),
        }
    }

    /// The path that callers ask for; empty for the root.
    pub fn path(&self, stack: &Stack) -> String {
        match self {
            Self::Root(_) => String::new(),
            Self::Below(handle) => {
                let Node::Resource(resource) = &stack.entries[handle.index()].node else {
                    unreachable!("a handle leads to its own kind")
                };
                resource.path(stack)
            }
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

impl Resource {
    /// Its path on the gateway.
    pub fn path(&self, stack: &Stack) -> String {
        format!("{}/{}", self.parent.path(stack), self.path_part)
    }
}

impl Kind for Resource {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_resource",
        cloudformation: "AWS::ApiGateway::Resource",
        word: "Resource",
    };

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
