//! Deployments.

use serde::Serialize;

use super::{Method, RestApi};
use crate::aws::{Arguments, Copied, HasId, Home, Kind, TypeChanges};
use crate::sink::{MethodBlock, Properties, Terraform};
use crate::stack::{Address, Group, Handle, Label, Value};

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

/// State of a group of nodes that a deployment remembers.
#[derive(Debug, Serialize)]
pub struct GroupState {
    pub group: &'static Group,
    /// Digest of what they have in common; the values of each are in its map.
    pub digest: String,
}

fields! { GroupState { other: [group, digest] } }

impl GroupState {
    /// The digest, and a hash of the map and the ids of all blocks.
    fn state(&self) -> Value {
        let Group {
            local,
            block,
            kinds,
            ..
        } = self.group;
        let ids = kinds
            .iter()
            .map(|kind| format!(", values({kind}.{block})[*].id"));
        let ids: String = ids.collect();
        Value::Text(vec![
            Value::literal(format!("{} ", self.digest)),
            Value::Expression(format!("sha1(jsonencode([local.{local}{ids}]))").into()),
        ])
    }
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
    /// Groups that parts and routes are in.
    pub groups: Vec<GroupState>,
    /// Digest of everything.
    pub digest: String,
    /// In order of their labels.
    pub routes: Vec<RouteState>,
    /// What requests pass behind the API, with its blocks in Terraform.
    pub behind: Vec<(Address, Vec<String>)>,
    /// All of that is in the API's body.
    pub is_of_body: bool,
}

fields! { Deployment {
    route: [api, routes],
    other: [api_digest, api_uses, parts, groups, digest, behind, is_of_body],
} }

/// Terraform's record of what a deployment shows.
const SHOWN: &str = "terraform_data.deployment";

impl Deployment {
    pub(crate) const MORE_BLOCKS: &'static [TypeChanges] =
        &[TypeChanges::new("terraform_data", &[], Copied::Nothing)];

    /// Writes the record, after which the deployment is taken.
    pub(crate) fn more_blocks(&self, _label: &Label, out: &mut Terraform) {
        out.resource("terraform_data", "deployment", |out| {
            out.comment(
                "A line changes when its route does; then a deployment of a new name is taken.",
            );
            out.unaligned_map("input", |out| self.input(out));
            let blocks = self.behind.iter().flat_map(|(_, blocks)| blocks);
            let mut blocks: Vec<&str> = blocks.map(String::as_str).collect();
            if !blocks.is_empty() {
                blocks.sort_unstable();
                out.comment("They are there before a deployment sends requests to them.");
                out.depends_on_each(&blocks);
            }
        });
    }

    fn input(&self, out: &mut Terraform) {
        if self.is_of_body {
            let (kind, label) = (RestApi::TERRAFORM, self.api.label());
            return out.bare("body", format_args!("sha1({kind}.{label}.body)"));
        }
        out.trigger("api", &self.api_digest, &[], &self.api_uses);
        for group in &self.groups {
            out.entry(group.group.local, &group.state());
        }
        let is_single = |route: &&RouteState| route.method.address().item.is_none();
        for route in self.routes.iter().filter(is_single) {
            let label = route.method.label().as_str();
            out.trigger(label, &route.digest, route.parts, &route.deploy_time);
        }
    }

    pub(crate) fn after(&self) -> Vec<Address> {
        let behind = self.behind.iter().map(|(address, _)| address);
        if self.is_of_body {
            return behind.cloned().collect();
        }
        let parts = self.parts.iter().map(|part| &part.address);
        let routes = self.routes.iter().map(|route| route.method.address());
        parts.chain(routes).chain(behind).cloned().collect()
    }
}

impl Kind for Deployment {
    const TERRAFORM: &'static str = "aws_api_gateway_deployment";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::Deployment";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["rest_api_id"];
    const CREATE_ONLY: Arguments = &["RestApiId"];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        out.bare("depends_on", format_args!("[{SHOWN}]"));
        out.comment("AWS deletes no deployment that the stage shows: after another value, forget this one first (README.md).");
        out.block_below("lifecycle", |out| {
            out.bare("replace_triggered_by", format_args!("[{SHOWN}]"));
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
    }
}

impl HasId for Deployment {}
