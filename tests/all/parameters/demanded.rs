//! Parameters that a gateway requires of a request, read from finished output.
//!
//! In: files of Terraform's JSON, a template, or the body of an API. Out: `Demands` by path. Pure.
//! Source: docs/aws-rules.md#q4: required parameters are there and not blank.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::described::Described;
use super::sent::Request;
use crate::support::each::{Resources, resources};

/// Names that have to be there: `querystring.page`, `header.X-Shop`.
#[derive(Clone, Debug, Default)]
pub(super) struct Demands(BTreeSet<String>);

impl Demands {
    /// Those parameters, by their names.
    pub(super) fn of<'a>(parameters: impl IntoIterator<Item = &'a Described>) -> Self {
        Self(parameters.into_iter().map(key).collect())
    }

    pub(super) fn has(&self, parameter: &Described) -> bool {
        self.0.contains(&key(parameter))
    }

    /// The first that a request lacks.
    pub(super) fn refused(&self, request: &Request) -> Option<&str> {
        let is_there = |demanded: &&String| {
            let (location, name) = demanded.split_once('.').unwrap();
            let among = if location == "header" {
                &request.headers
            } else {
                &request.query
            };
            let mut texts = among
                .iter()
                .filter(|(it, _)| it == name)
                .map(|(_, text)| text)
                .peekable();
            texts.peek().is_some() && texts.all(|it| !it.trim().is_empty())
        };
        self.0.iter().find(|it| !is_there(it)).map(String::as_str)
    }

    /// Of `method.request.…` keys; nothing where no validator looks at parameters.
    fn declared(keys: &Value, is_checked: bool) -> Self {
        let required = keys
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, it)| is_checked && **it == true);
        let names = required.filter_map(|(key, _)| key.strip_prefix("method.request."));
        Self(
            names
                .filter(|it| !it.starts_with("path."))
                .map(str::to_owned)
                .collect(),
        )
    }
}

fn key(parameter: &Described) -> String {
    let location = if parameter.location == "header" {
        "header"
    } else {
        "querystring"
    };
    format!("{location}.{}", parameter.name)
}

/// The resources of a type, by the references to their ids.
fn blocks<'a>(all: &'a Resources, kind: &str) -> BTreeMap<String, &'a Value> {
    let blocks = all.get(kind).into_iter().flatten();
    blocks
        .map(|(label, block)| (format!("${{{kind}.{label}.id}}"), block))
        .collect()
}

pub(super) fn of_terraform(files: &[Value]) -> BTreeMap<String, Demands> {
    let all = resources(files);
    let (resources, validators) = (
        blocks(&all, "aws_api_gateway_resource"),
        blocks(&all, "aws_api_gateway_request_validator"),
    );
    let path = |id: &str| {
        let (mut path, mut id) = (String::new(), id.to_owned());
        while let Some(resource) = resources.get(&id) {
            path = format!("/{}{path}", resource["path_part"].as_str().unwrap());
            id = resource["parent_id"].as_str().unwrap().to_owned();
        }
        path
    };
    let demands = |method: &&Value| {
        let validator = method["request_validator_id"]
            .as_str()
            .and_then(|it| validators.get(it));
        let is_checked = validator.is_some_and(|it| it["validate_request_parameters"] == true);
        Demands::declared(&method["request_parameters"], is_checked)
    };
    blocks(&all, "aws_api_gateway_method")
        .values()
        .map(|it| (path(it["resource_id"].as_str().unwrap()), demands(it)))
        .collect()
}

pub(super) fn of_template(files: &[Value]) -> BTreeMap<String, Demands> {
    let resources = files[0]["Resources"].as_object().unwrap();
    let of = |reference: &Value| {
        reference["Ref"]
            .as_str()
            .and_then(|it| resources.get(it))
            .map(|it| &it["Properties"])
    };
    let path = |reference: &Value| {
        let (mut path, mut reference) = (String::new(), reference);
        while let Some(resource) = of(reference) {
            path = format!("/{}{path}", resource["PathPart"].as_str().unwrap());
            reference = &resource["ParentId"];
        }
        path
    };
    let methods = resources
        .values()
        .filter(|it| it["Type"] == "AWS::ApiGateway::Method")
        .map(|it| &it["Properties"]);
    let demands = |method: &Value| {
        let is_checked = of(&method["RequestValidatorId"])
            .is_some_and(|it| it["ValidateRequestParameters"] == true);
        Demands::declared(&method["RequestParameters"], is_checked)
    };
    methods
        .map(|it| (path(&it["ResourceId"]), demands(it)))
        .collect()
}

/// The body of the template's API.
pub(super) fn body_of_template(files: &[Value]) -> &Value {
    let resources = files[0]["Resources"].as_object().unwrap();
    &resources
        .values()
        .find(|it| it["Type"] == "AWS::ApiGateway::RestApi")
        .unwrap()["Properties"]["Body"]
}

pub(super) fn of_body(body: &Value) -> BTreeMap<String, Demands> {
    let demands = |operation: &Value| {
        let validator = operation["x-amazon-apigateway-request-validator"]
            .as_str()
            .unwrap_or_default();
        let is_checked = body["x-amazon-apigateway-request-validators"][validator]["validateRequestParameters"]
            == true;
        let required = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|it| is_checked && it["required"] == true);
        let name = |it: &Value| match it["in"].as_str().unwrap() {
            "query" => Some(format!("querystring.{}", it["name"].as_str().unwrap())),
            "header" => Some(format!("header.{}", it["name"].as_str().unwrap())),
            _ => None,
        };
        Demands(required.filter_map(name).collect())
    };
    body["paths"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, item)| (path.clone(), demands(&item["get"])))
        .collect()
}
