//! Models of request bodies, and validators that hold requests to them.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::RestApi;
use crate::aws::{Kind, only};
use crate::emit::cloudformation::Properties;
use crate::emit::terraform::Terraform;
use crate::stack::{Address, Handle, Label, Names, Spelling, Value};

/// What makes a list too long for one line. Unit: characters.
const MAX_LINE: usize = 100;

/// The media type that a model says it is of. Methods name the types that they check by it.
const CONTENT_TYPE: &str = "application/json";

/// A model of request bodies.
#[derive(Debug, Serialize)]
pub struct Model {
    pub api: Handle<RestApi>,
    pub name: Arc<str>,
    /// JSON Schema, draft 4.
    pub schema: Arc<Json>,
}

impl Kind for Model {
    const NAMES: Names = Names { terraform: "aws_api_gateway_model", cloudformation: "AWS::ApiGateway::Model", word: "Model" };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("name", &*self.name);
            out.attribute("content_type", CONTENT_TYPE);
            out.nested("schema", ["jsonencode(", ")"], |out| push_terraform(&self.schema, out));
            // A model that is in use cannot be deleted, so one of another name comes first (S11).
            out.block("lifecycle", |out| out.attribute("create_before_destroy", true));
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.text("Name", &self.name);
        out.text("ContentType", CONTENT_TYPE);
        if reads_as_function(&self.schema) {
            out.text("Schema", &self.schema.to_string());
        } else {
            push_cloudformation("Schema", &self.schema, out);
        }
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

impl Handle<Model> {
    pub fn name(&self) -> Value {
        self.attribute("name", Spelling::Ref)
    }
}

fn push_terraform(json: &Json, out: &mut Terraform) {
    match json {
        Json::Object(members) if members.is_empty() => out.inner_bare("{}"),
        Json::Object(members) => out.enclosed(["{", "}"], |out| members.iter().for_each(|(name, member)| push_entry(name, member, out))),
        Json::Array(items) => match on_one_line(items) {
            Some(line) => out.inner_bare(&line),
            None => out.enclosed(["[", "]"], |out| items.iter().for_each(|it| out.item(|out| push_terraform(it, out)))),
        },
        Json::String(text) => out.inner(text),
        Json::Null | Json::Bool(_) | Json::Number(_) => out.inner_bare(&json.to_string()),
    }
}

fn push_entry(name: &str, json: &Json, out: &mut Terraform) {
    match json {
        Json::Object(members) if members.is_empty() => out.keyed(name, "{}"),
        Json::Array(items) => match on_one_line(items) {
            Some(line) => out.keyed(name, &line),
            None => out.keyed_nested(name, |out| push_terraform(json, out)),
        },
        Json::Object(_) => out.keyed_nested(name, |out| push_terraform(json, out)),
        Json::String(text) => out.keyed(name, &Terraform::literal(text)),
        Json::Null | Json::Bool(_) | Json::Number(_) => out.keyed(name, &json.to_string()),
    }
}

/// A list of plain values, where it is short.
fn on_one_line(items: &[Json]) -> Option<String> {
    let mut line = String::from("[");
    for (index, item) in items.iter().enumerate() {
        line.push_str(if index > 0 { ", " } else { "" });
        match item {
            Json::String(text) => line.push_str(&Terraform::literal(text)),
            Json::Null | Json::Bool(_) | Json::Number(_) => line.push_str(&item.to_string()),
            Json::Array(_) | Json::Object(_) => return None,
        }
        if line.len() > MAX_LINE {
            return None;
        }
    }
    Some(line + "]")
}

fn push_cloudformation(name: &str, json: &Json, out: &mut Properties) {
    match json {
        Json::Object(members) => out.object(name, |out| push_members(members, out)),
        Json::Array(items) => out.items(name, items, |out, item| push_item(item, out)),
        Json::String(text) => out.text(name, text),
        Json::Null | Json::Bool(_) | Json::Number(_) => out.plain(name, &json.to_string()),
    }
}

fn push_members(members: &Map<String, Json>, out: &mut Properties) {
    members.iter().for_each(|(name, member)| push_cloudformation(name, member, out));
}

fn push_item(json: &Json, out: &mut Properties) {
    match json {
        Json::Object(members) => out.inner_object(|out| push_members(members, out)),
        Json::Array(items) => out.inner_items(items, |out, item| push_item(item, out)),
        Json::String(text) => out.inner(&Value::literal(text.as_str())),
        Json::Null | Json::Bool(_) | Json::Number(_) => out.inner_plain(&json.to_string()),
    }
}

/// Whether CloudFormation would take a property of that name for one of its functions.
///
/// Source: AWS, "Intrinsic function reference",
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.
fn reads_as_function(json: &Json) -> bool {
    match json {
        Json::Object(members) => members
            .iter()
            .any(|(name, member)| matches!(&**name, "Ref" | "Condition") || name.starts_with("Fn::") || reads_as_function(member)),
        Json::Array(items) => items.iter().any(reads_as_function),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// What holds requests to their parameters, to their models, or to both.
#[derive(Debug, Serialize)]
pub struct RequestValidator {
    pub api: Handle<RestApi>,
    pub name: Arc<str>,
    pub body: bool,
    pub parameters: bool,
}

impl Kind for RequestValidator {
    const NAMES: Names = Names {
        terraform: "aws_api_gateway_request_validator",
        cloudformation: "AWS::ApiGateway::RequestValidator",
        word: "RequestValidator",
    };

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("rest_api_id", self.api.id());
            out.attribute("name", &*self.name);
            out.attribute("validate_request_body", self.body);
            out.attribute("validate_request_parameters", self.parameters);
        });
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.value("RestApiId", &self.api.id());
        out.text("Name", &self.name);
        out.flag("ValidateRequestBody", self.body);
        out.flag("ValidateRequestParameters", self.parameters);
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

impl Handle<RequestValidator> {
    pub fn id(&self) -> Value {
        self.attribute("id", Spelling::Ref)
    }
}
