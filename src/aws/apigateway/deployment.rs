//! Deployments.

use super::{Method, RestApi};
use serde::Serialize;

use crate::aws::{Home, Kind};
use crate::sink::{MethodBlock, Properties, Terraform};
use crate::stack::{Address, Attribute, Handle, Label, Named, Names, Spelling, Value};

/// State of a route that a deployment remembers.
#[derive(Debug, Serialize)]
pub struct RouteState {
    pub method: Handle<Method>,
    /// Digest of the method and its integration.
    pub digest: String,
    pub parts: &'static [MethodBlock],
    /// Values that it uses and that are known only at deploy time, without the API's own ids.
    pub deploy_time: Vec<Value>,
}

/// State of another part of the API that a deployment remembers.
#[derive(Debug, Serialize)]
pub struct PartState {
    pub address: Address,
    pub digest: String,
}

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
    /// Nodes that it waits for besides those it refers to.
    pub(crate) fn after(&self) -> Vec<Address> {
        if self.is_of_body {
            return Vec::new();
        }
        let routes = self
            .routes
            .iter()
            .map(|route| route.method.address().clone());
        self.parts
            .iter()
            .map(|part| part.address.clone())
            .chain(routes)
            .collect()
    }
}

impl Kind for Deployment {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_deployment",
        cloudformation: "AWS::ApiGateway::Deployment",
        word: "Deployment",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            if self.is_of_body {
                out.comment("A changed body makes a new deployment.");
                out.unaligned_map("triggers", |out| {
                    out.bare(
                        "body",
                        format_args!(
                            "sha1({}.{}.body)",
                            RestApi::NAMES.terraform,
                            self.api.label()
                        ),
                    );
                });
                return out.block("lifecycle", |out| {
                    out.attribute("create_before_destroy", true)
                });
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
                    out.entry(
                        &name,
                        &Value::Text(vec![Value::literal(format!("{} ", part.digest)), part.id()]),
                    );
                }
                for route in &self.routes {
                    out.trigger(
                        route.method.label().as_str(),
                        &route.digest,
                        route.parts,
                        &route.deploy_time,
                    );
                }
            });
            out.block("lifecycle", |out| {
                out.attribute("create_before_destroy", true)
            });
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
    }
}

impl Handle<Deployment> {
    pub fn id(&self) -> Value {
        self.attribute("id", Spelling::Ref)
    }
}
