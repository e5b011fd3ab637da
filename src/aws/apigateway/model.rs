//! Models of request bodies, and validators of requests.

use std::sync::Arc;

use serde_json::Value as Json;

use serde::Serialize;

use super::RestApi;
use crate::aws::document::{Document, is_function};
use crate::aws::{Arguments, Copied, HasId, Home, Kind};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Spelling, Value};

/// Declared media type of every model. Methods name the types that they check with the model.
const CONTENT_TYPE: &str = "application/json";

/// A model of request bodies.
#[derive(Debug, Serialize)]
pub struct Model {
    pub api: Handle<RestApi>,
    pub name: Arc<str>,
    /// JSON Schema, draft 4.
    pub schema: Arc<Json>,
}

fields! { Model { access: [api, name, schema] } }

impl Kind for Model {
    const TERRAFORM: &'static str = "aws_api_gateway_model";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::Model";
    const HOME: Home = Home::Document;
    const REPLACED_BY: Arguments = &["rest_api_id", "name", "content_type"];
    const CREATE_ONLY: Arguments = &["RestApiId", "Name", "ContentType"];
    const COPIED: Copied = Copied::Only(&["content_type", "schema", "ContentType", "Schema"]);

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        out.attribute("name", &*self.name);
        out.attribute("content_type", CONTENT_TYPE);
        Document::json(&self.schema)
            .in_lines()
            .terraform("schema", out);
        // A model that is in use cannot be deleted, so one of another name comes first (S11).
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.text("Name", &self.name);
        out.text("ContentType", CONTENT_TYPE);
        if reads_as_function(&self.schema) {
            out.text("Schema", &self.schema.to_string());
        } else {
            Document::json(&self.schema).cloudformation("Schema", out);
        }
    }
}

impl Handle<Model> {
    pub fn name(&self) -> Value {
        self.attribute("name", Spelling::Ref)
    }
}

/// Returns whether CloudFormation would take a property of that name for one of its functions.
fn reads_as_function(json: &Json) -> bool {
    match json {
        Json::Object(members) => members
            .iter()
            .any(|(name, member)| is_function(name) || reads_as_function(member)),
        Json::Array(items) => items.iter().any(reads_as_function),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// Validates requests against their parameters, their models, or both.
#[derive(Debug, Serialize)]
pub struct RequestValidator {
    pub api: Handle<RestApi>,
    pub name: Arc<str>,
    pub body: bool,
    pub parameters: bool,
}

fields! { RequestValidator { access: [api, body, parameters], other: [name] } }

impl Kind for RequestValidator {
    const TERRAFORM: &'static str = "aws_api_gateway_request_validator";
    const CLOUDFORMATION: &'static str = "AWS::ApiGateway::RequestValidator";
    const HOME: Home = Home::Document;
    const REPLACED_BY: Arguments = &["rest_api_id"];
    const CREATE_ONLY: Arguments = &["RestApiId", "Name"];
    const COPIED: Copied = Copied::Only(&[
        "validate_request_body",
        "validate_request_parameters",
        "ValidateRequestBody",
        "ValidateRequestParameters",
    ]);

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("rest_api_id", self.api.id());
        out.attribute("name", &*self.name);
        out.attribute("validate_request_body", self.body);
        out.attribute("validate_request_parameters", self.parameters);
        // AWS deletes none that a method still names (docs/aws-rules.md#w14).
        out.create_before_destroy();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.text("Name", &self.name);
        out.flag("ValidateRequestBody", self.body);
        out.flag("ValidateRequestParameters", self.parameters);
    }
}

impl HasId for RequestValidator {}
