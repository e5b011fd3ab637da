//! Deployments and stages.

use std::sync::Arc;

use super::{Method, Part, RestApi};
use crate::aws::{Kind, only};
use crate::emit::cloudformation::Properties;
use crate::emit::terraform::Terraform;
use crate::stack::{Address, Handle, Label, Names, Spelling, Value};

/// What a deployment remembers of a route.
#[derive(Debug)]
pub struct RouteState {
    pub method: Handle<Method>,
    /// Digest of the method and its integration.
    pub digest: String,
    pub parts: &'static [Part],
    /// What it uses that is known only at deploy time, without the API's own ids.
    pub deploy_time: Vec<Value>,
}

/// A snapshot of the API.
#[derive(Debug)]
pub struct Deployment {
    pub api: Handle<RestApi>,
    /// Digest of everything but the routes.
    pub api_digest: String,
    /// What the API uses that is known only at deploy time, and what of it has to be there first.
    pub api_uses: Vec<Value>,
    /// Digest of everything.
    pub digest: String,
    /// In order of their labels.
    pub routes: Vec<RouteState>,
}

impl Kind for Deployment {
    const NAMES: Names =
        Names { terraform: "aws_api_gateway_deployment", cloudformation: "AWS::ApiGateway::Deployment", word: "Deployment" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.comment("A line changes when its route does, and a changed line makes a new deployment.");
            out.unaligned_map("triggers", |out| {
                out.trigger("api", &self.api_digest, &[], &self.api_uses);
                for route in &self.routes {
                    out.trigger(route.method.label().as_str(), &route.digest, route.parts, &route.deploy_time);
                }
            });
            out.block("lifecycle", |out| out.attribute("create_before_destroy", true));
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
    }

    fn after(&self) -> Vec<Address> {
        self.routes.iter().map(|route| route.method.address().clone()).collect()
    }

    fn revision(&self) -> Option<Arc<str>> {
        Some(self.digest.as_str().into())
    }

    fn addresses(&self, label: &Label) -> Vec<String> {
        only(&Self::NAMES, label)
    }
}

impl Handle<Deployment> {
    pub fn id(&self) -> Value {
        self.attribute("id", Spelling::Ref)
    }
}

/// A deployment under a name.
#[derive(Debug)]
pub struct Stage {
    pub api: Handle<RestApi>,
    pub deployment: Handle<Deployment>,
    pub name: Value,
}

impl Handle<Stage> {
    pub fn name(&self) -> Value {
        self.attribute("stage_name", Spelling::Ref)
    }
}

impl Kind for Stage {
    const NAMES: Names = Names { terraform: "aws_api_gateway_stage", cloudformation: "AWS::ApiGateway::Stage", word: "Stage" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("deployment_id", self.deployment.id());
            out.attribute("stage_name", &self.name);
            out.tags();
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.value("DeploymentId", &self.deployment.id());
        out.value("StageName", &self.name);
        out.tags();
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
