//! Endpoint of a REST API, and its resource policy.

use std::borrow::Cow;

use serde::Serialize;

use crate::aws::document::Document;
use crate::stack::{List, Value};

/// Kind of endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum EndpointType {
    Regional,
    Edge,
    Private,
}

fields! { enum EndpointType { Regional, Edge, Private } }

/// Endpoint of an API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    pub kind: EndpointType,
    /// Of a private API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_endpoints: Option<List>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<ResourcePolicy>,
    /// The address that AWS gives is switched off.
    pub is_disabled: bool,
}

fields! { Endpoint { route: [kind, vpc_endpoints, is_disabled], access: [policy] } }

impl Endpoint {
    /// Returns whether it is the default, which digests leave out.
    pub fn is_plain(&self) -> bool {
        self.kind == EndpointType::Regional && self.policy.is_none() && !self.is_disabled
    }

    pub(crate) fn spelt(&self) -> &'static str {
        match self.kind {
            EndpointType::Regional => "REGIONAL",
            EndpointType::Edge => "EDGE",
            EndpointType::Private => "PRIVATE",
        }
    }
}

/// Resource policy of an API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ResourcePolicy {
    /// Everybody who comes through one of the endpoints, and from one of the ranges.
    Among {
        vpc_endpoints: Option<List>,
        cidrs: Option<List>,
        /// The address of a caller is known by another key behind a VPC endpoint.
        is_private: bool,
    },
    /// As the user wrote it.
    Written(serde_json::Value),
}

fields! { enum ResourcePolicy { Among { vpc_endpoints, cidrs, is_private }, Written(policy) } }

impl ResourcePolicy {
    /// The document; `api` is the text before the `/` of a resource.
    ///
    /// Source: API Gateway, "API Gateway resource policy examples" (`aws:SourceVpce`,
    /// `aws:SourceIp`; `aws:VpcSourceIp` behind an endpoint),
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html>,
    /// read 2026-11-22. What is not among them is denied outright: an `Allow` alone would leave in
    /// whom an identity policy of the account allows.
    pub(crate) fn document(&self, api: &Value) -> Document {
        let resource = Value::Text(vec![api.clone(), Value::literal("/*")]);
        let (vpc_endpoints, cidrs, is_private) = match self {
            Self::Written(policy) => return document(policy, api),
            Self::Among {
                vpc_endpoints,
                cidrs,
                is_private,
            } => (vpc_endpoints, cidrs, is_private),
        };
        let statement = |effect| {
            vec![
                ("Effect".into(), Document::text(effect)),
                ("Principal".into(), Document::text("*")),
                ("Action".into(), Document::text("execute-api:Invoke")),
                ("Resource".into(), Document::Text(resource.clone())),
            ]
        };
        let denied = |operator, key, values: &List| {
            let condition = Document::object([(key, Document::Values(values.clone()))]);
            let mut parts = statement("Deny");
            parts.push((
                "Condition".into(),
                Document::object([(operator, condition)]),
            ));
            Document::Object(parts)
        };
        let address = if *is_private {
            "aws:VpcSourceIp"
        } else {
            "aws:SourceIp"
        };
        let endpoints = vpc_endpoints.iter();
        let endpoints = endpoints.map(|it| denied("StringNotEquals", "aws:SourceVpce", it));
        let cidrs = cidrs.iter().map(|it| denied("NotIpAddress", address, it));
        let allowed = Document::Object(statement("Allow"));
        Document::policy(
            std::iter::once(allowed)
                .chain(endpoints)
                .chain(cidrs)
                .collect(),
        )
    }

    /// Values that it uses and that are known only at deploy time.
    pub fn deploy_time(&self) -> Vec<Value> {
        let Self::Among {
            vpc_endpoints,
            cidrs,
            ..
        } = self
        else {
            return Vec::new();
        };
        let lists = vpc_endpoints.iter().chain(cidrs);
        lists.flat_map(List::deploy_time).collect()
    }
}

/// Short form of the API's ARN in its own policy, which AWS stores as the ARN.
pub(crate) const SHORT: &str = "execute-api:";

/// A policy as the user wrote it. What is no text is written as one: policies take both. The short
/// form of a resource is written out, as AWS stores it: it would be a difference at every plan.
fn document(policy: &serde_json::Value, api: &Value) -> Document {
    match policy {
        serde_json::Value::Array(items) => {
            Document::List(items.iter().map(|it| document(it, api)).collect())
        }
        serde_json::Value::Object(members) => Document::Object(
            members
                .iter()
                .map(|(name, it)| (Cow::Owned(name.clone()), document(it, api)))
                .collect(),
        ),
        serde_json::Value::String(text) => match text.strip_prefix(SHORT) {
            Some(path) if path.starts_with('/') => {
                Document::Text(Value::Text(vec![api.clone(), Value::literal(path)]))
            }
            _ => Document::text(text),
        },
        other => Document::text(&other.to_string()),
    }
}
