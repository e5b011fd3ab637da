//! Deployments.

use serde::Serialize;

use super::{Method, RestApi};
use crate::aws::{HasId, Home, Kind};
use crate::sink::{MethodBlock, Properties, Terraform};
use crate::stack::{Address, Attribute, Handle, Named, Spelling, Value};

/// State of a route that a deployment remembers.
#[derive(Clone, Debug, Serialize)]
pub struct RouteState {
    pub method: Handle<Method>,
    /// Digest of the method and its integration.
    pub digest: String,
    pub parts: &'static [MethodBlock],
    /// Values that it uses and that are known only at deploy time, without the API's own ids.
    pub deploy_time: Vec<Value>,
}

fields! { RouteState { route: [method], other: [digest, parts, deploy_time] } }

/// State of another part of the API that a deployment remembers.
#[derive(Debug, Serialize)]
pub struct PartState {
    pub address: Address,
    pub digest: String,
}

fields! { PartState { other: [address, digest] } }

/// A snapshot of the API.
#[derive(Debug, Serialize)]
pub struct Deployment {
    pub api: Handle<RestApi>,
    /// Digest of the API itself.
    pub api_digest: String,
    /// Deploy-time values that the API uses, and those that have to exist first.
    pub api_uses: Vec<Value>,
    /// Everything else that it shows but the routes, in the order of their addresses.
    pub parts: Vec<PartState>,
    /// Digest of everything.
    pub digest: String,
    /// In order of their labels.
    pub routes: Vec<RouteState>,
    /// All of that is in the API's body.
    pub is_of_body: bool,
}

fields! { Deployment {
    route: [api, routes],
    other: [api_digest, api_uses, parts, digest, is_of_body],
} }

impl PartState {
    fn id(&self) -> Value {
        Value::Attribute(Attribute {
            of: self.address.clone(),
            terraform: "id",
            cloudformation: Spelling::Ref,
        })
    }
}

impl Deployment {
    pub(crate) fn after(&self) -> Vec<Address> {
        if self.is_of_body {
            return Vec::new();
        }
        let parts = self.parts.iter().map(|part| &part.address);
        let routes = self.routes.iter().map(|route| route.method.address());
        parts.chain(routes).cloned().collect()
    }
}

impl Kind for Deployment {
    const TERRAFORM: &'static str = "aws_api_gateway_deployment";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::Deployment";
    const HOME: Home = Home::Beside;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        if self.is_of_body {
            out.comment("A changed body makes a new deployment.");
            out.unaligned_map("triggers", |out| {
                let (kind, label) = (RestApi::TERRAFORM, self.api.label());
                out.bare("body", format_args!("sha1({kind}.{label}.body)"));
            });
            return out.create_before_destroy();
        }
        out.comment(
            "A line changes when its route does, and a changed line makes a new deployment.",
        );
        out.unaligned_map("triggers", |out| {
            out.trigger("api", &self.api_digest, &[], &self.api_uses);
            for part in &self.parts {
                let Named { names, label, .. } = &*part.address;
                // Not its address: that would read as a reference in quotes.
                let name = format!("{} {label}", names.word);
                let digest = Value::literal(format!("{} ", part.digest));
                out.entry(&name, &Value::Text(vec![digest, part.id()]));
            }
            for route in &self.routes {
                let label = route.method.label().as_str();
                out.trigger(label, &route.digest, route.parts, &route.deploy_time);
            }
        });
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
    }
}

impl HasId for Deployment {}
