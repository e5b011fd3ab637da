//! A CloudFormation template as it is read here: values as one text, and what is no part of the
//! API.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// API of a style: everything but the schemas of models, and these by name.
pub(crate) struct Reading {
    pub(crate) api: Value,
    pub(crate) models: BTreeMap<String, Value>,
}

/// Kinds that an import makes.
const PARTS: [&str; 6] = [
    "Resource",
    "Method",
    "Authorizer",
    "RequestValidator",
    "Model",
    "GatewayResponse",
];
const PREFIX: &str = "AWS::ApiGateway::";

pub(crate) struct Template<'a> {
    whole: &'a Map<String, Value>,
    resources: &'a Map<String, Value>,
    pub(crate) api_id: &'a str,
    pub(crate) api: &'a Map<String, Value>,
}

pub(crate) fn has_api(template: &Value) -> bool {
    template["Resources"]
        .as_object()
        .unwrap()
        .values()
        .any(|resource| resource["Type"] == "AWS::ApiGateway::RestApi")
}

/// Keys that CloudFormation reads as its own.
pub(crate) fn is_function(name: &str) -> bool {
    matches!(name, "Ref" | "Condition") || name.starts_with("Fn::")
}

impl<'a> Template<'a> {
    pub(crate) fn of(template: &'a Value) -> Self {
        let resources = template["Resources"].as_object().unwrap();
        let mut apis = resources
            .iter()
            .filter(|(_, resource)| resource["Type"] == "AWS::ApiGateway::RestApi");
        let (Some((api_id, api)), None) = (apis.next(), apis.next()) else {
            panic!("not one API")
        };
        Self {
            whole: template.as_object().unwrap(),
            resources,
            api_id,
            api: api["Properties"].as_object().unwrap(),
        }
    }

    /// Ids and properties of API Gateway's resources of a kind.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let kind = format!("{PREFIX}{kind}");
        let resources = self
            .resources
            .iter()
            .filter(move |(_, resource)| resource["Type"] == kind.as_str());
        resources.map(|(id, resource)| (id.as_str(), &resource["Properties"]))
    }

    /// Parts that do not belong to the API, with outputs and parameters. A body changes two things:
    /// the deployment waits for the whole API, so it has a name of its own; and leave to call an
    /// authorizer holds for every one of the API, since none has an id.
    pub(crate) fn beside(&self) -> Value {
        let mut kept = Map::new();
        for (id, resource) in self.resources {
            let kind = resource["Type"]
                .as_str()
                .unwrap()
                .strip_prefix(PREFIX)
                .unwrap_or_default();
            if kind == "RestApi" || PARTS.contains(&kind) {
                continue;
            }
            let mut resource = resource.as_object().unwrap().clone();
            if kind == "Deployment" {
                resource.shift_remove("DependsOn");
            }
            kept.insert(
                undated(id),
                without_authorizers(&undated(&sorted(&resource.into()))).into(),
            );
        }
        let rest = self
            .whole
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "Resources" | "Metadata"));
        let rest: Map<String, Value> = rest
            .map(|(key, value)| (key.clone(), undated(&sorted(value)).into()))
            .collect();
        json!({"resources": kept, "rest": rest})
    }
}

/// The name of a deployment without its digest.
fn undated(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("Deployment") {
        let (before, behind) = rest.split_at(at + "Deployment".len());
        out.push_str(before);
        rest = behind;
        let end = behind.find(|letter: char| !letter.is_ascii_alphanumeric());
        let (name, after) = behind.split_at(end.unwrap_or(behind.len()));
        // A digest has 16 digits, and the hash of a label capitals.
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let digest = name.len().checked_sub(16).map(|at| name.split_at(at));
        if let Some((name, _)) = digest.filter(|(_, digest)| digest.bytes().all(is_digit)) {
            out.push_str(name);
            rest = after;
        }
    }
    out + rest
}

fn without_authorizers(text: &str) -> String {
    let mut parts = text.split("/authorizers/");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let named = part
            .strip_prefix("${")
            .and_then(|rest| rest.split_once('}'))
            .map(|(_, rest)| rest);
        out.push_str("/authorizers/…");
        out.push_str(part.strip_prefix('*').or(named).unwrap_or(part));
    }
    out
}

/// JSON with the members of every object in order of their names.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<&String, &Value> = members.iter().collect();
            let members: Vec<String> = members
                .into_iter()
                .map(|(key, value)| format!("{}:{}", json!(key), sorted(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(sorted).collect::<Vec<_>>().join(",")
        ),
        other => other.to_string(),
    }
}

/// A value as one text: `Ref` and `Sub` alike, and names that API Gateway fills in at import as if
/// `Sub` did.
pub(crate) fn text(value: &Value) -> String {
    let call = value
        .as_object()
        .filter(|members| members.len() == 1)
        .and_then(|members| members.iter().next());
    match (call, value) {
        (Some((function, Value::String(name))), _) if function == "Ref" => format!("${{{name}}}"),
        (Some((function, Value::Array(parts))), _) if function == "Fn::GetAtt" => {
            format!(
                "${{{}.{}}}",
                parts[0].as_str().unwrap(),
                parts[1].as_str().unwrap()
            )
        }
        (Some((function, Value::String(template))), _) if function == "Fn::Sub" => {
            template.replace("${!AWS::", "${AWS::")
        }
        (None, Value::String(text)) => text.clone(),
        (None, Value::Null) => String::new(),
        _ => sorted(value),
    }
}

/// A list as texts; one function that yields a list as one text.
pub(crate) fn texts(value: &Value) -> Value {
    value.as_array().map_or_else(
        || text(value).into(),
        |items| items.iter().map(text).collect(),
    )
}

/// An object with each value as a text.
pub(crate) fn mapping(value: &Value) -> Value {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), Value::from(text(value))))
        .collect()
}

/// The value, or what is meant where it is left out.
pub(crate) fn or(value: &Value, meant: impl Into<Value>) -> Value {
    if value.is_null() {
        meant.into()
    } else {
        value.clone()
    }
}

/// A list in order, or an empty one.
pub(crate) fn in_order(value: &Value) -> Value {
    let mut items: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
    items.sort();
    items.into()
}

/// Names separated by commas, in order.
pub(crate) fn names(value: &str) -> Value {
    let mut names: Vec<&str> = value.split(',').filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.into()
}

/// Members that nothing here knows.
pub(crate) fn unknown(value: &Value, known: &[&str]) -> Value {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .filter(|name| !known.contains(name))
        .collect()
}

/// An object by text.
pub(crate) fn object(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    members.into_iter().collect()
}
