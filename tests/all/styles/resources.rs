//! An API from resources of their own.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::template::{
    Reading, Template, in_order, mapping, names, object, or, text, texts, unknown,
};

const METHOD: [&str; 12] = [
    "RestApiId",
    "ResourceId",
    "HttpMethod",
    "AuthorizationType",
    "AuthorizerId",
    "AuthorizationScopes",
    "ApiKeyRequired",
    "RequestValidatorId",
    "RequestModels",
    "RequestParameters",
    "Integration",
    "MethodResponses",
];
const INTEGRATION: [&str; 14] = [
    "Type",
    "IntegrationHttpMethod",
    "Uri",
    "TimeoutInMillis",
    "ConnectionType",
    "ConnectionId",
    "IntegrationTarget",
    "TlsConfig",
    "RequestParameters",
    "CacheKeyParameters",
    "PassthroughBehavior",
    "ContentHandling",
    "RequestTemplates",
    "IntegrationResponses",
];
const AUTHORIZER: [&str; 7] = [
    "RestApiId",
    "Name",
    "Type",
    "AuthorizerUri",
    "IdentitySource",
    "AuthorizerResultTtlInSeconds",
    "ProviderARNs",
];

pub(crate) fn read(template: &Template<'_>) -> Reading {
    let kinds = ["Authorizer", "RequestValidator", "Model"];
    let named = kinds
        .iter()
        .flat_map(|kind| template.of_kind(kind))
        .map(|(id, it)| (id, text(&it["Name"])))
        .collect();
    let paths = paths(template);
    let mut tree: Vec<&String> = paths.values().collect();
    tree.sort();
    let methods = template.of_kind("Method").map(|(_, it)| {
        let path = &paths[&text(&it["ResourceId"])];
        (
            format!("{} {path}", text(&it["HttpMethod"])),
            method(it, &named),
        )
    });
    let by_name = |kind: &str, read: fn(&Value) -> Value| {
        object(
            template
                .of_kind(kind)
                .map(|(_, it)| (text(&it["Name"]), read(it))),
        )
    };
    let response = |it: &Value| {
        json!([
            text(&it["StatusCode"]),
            mapping(&it["ResponseParameters"]),
            it["ResponseTemplates"]
        ])
    };
    let api = json!({
        "tree": tree,
        "methods": object(methods),
        "authorizers": by_name("Authorizer", authorizer),
        "validators": by_name("RequestValidator", |it| json!([it["ValidateRequestBody"], it["ValidateRequestParameters"]])),
        "responses": object(template.of_kind("GatewayResponse").map(|(_, it)| (text(&it["ResponseType"]), response(it)))),
        "api": template.api,
        "beside": template.beside(),
    });
    Reading {
        api,
        models: template
            .of_kind("Model")
            .map(|(_, it)| (text(&it["Name"]), whole(&it["Schema"])))
            .collect(),
    }
}

/// A schema is written as text where CloudFormation would take a name in it for a function of its
/// own.
fn whole(schema: &Value) -> Value {
    schema.as_str().map_or_else(
        || schema.clone(),
        |text| serde_json::from_str(text).unwrap(),
    )
}

/// Path by what a method names as its resource.
fn paths(template: &Template<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::from([(
        format!("${{{}.RootResourceId}}", template.api_id),
        "/".to_owned(),
    )]);
    let mut open: Vec<(&str, &Value)> = template.of_kind("Resource").collect();
    while !open.is_empty() {
        let before = open.len();
        open.retain(|(id, it)| {
            let Some(parent) = found.get(&text(&it["ParentId"])) else {
                return true;
            };
            let path = format!(
                "{}/{}",
                parent.trim_end_matches('/'),
                it["PathPart"].as_str().unwrap()
            );
            found.insert(format!("${{{id}}}"), path);
            false
        });
        assert!(open.len() < before, "no way to the root: {open:?}");
    }
    found
}

fn authorizer(it: &Value) -> Value {
    json!({
        "kind": it["Type"],
        "uri": text(&it["AuthorizerUri"]),
        "identity": names(it["IdentitySource"].as_str().unwrap_or_default()),
        "ttl": or(&it["AuthorizerResultTtlInSeconds"], 300),
        "pools": texts(&or(&it["ProviderARNs"], Vec::<Value>::new())),
        "rest": unknown(it, &AUTHORIZER),
    })
}

fn method(it: &Value, named: &BTreeMap<&str, String>) -> Value {
    let name = |reference: &Value| reference["Ref"].as_str().map(|id| named[id].clone());
    let answers = it["MethodResponses"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|answer| {
            let headers: Value = answer["ResponseParameters"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect();
            (text(&answer["StatusCode"]), in_order(&headers))
        });
    let models = it["RequestModels"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(media, model)| (media.clone(), name(model).into()));
    json!({
        "asks": [it["AuthorizationType"], name(&it["AuthorizerId"]), in_order(&it["AuthorizationScopes"]), or(&it["ApiKeyRequired"], false)],
        "validator": name(&it["RequestValidatorId"]),
        "models": object(models),
        "parameters": or(&it["RequestParameters"], json!({})),
        "answers": object(answers),
        "integration": integration(&it["Integration"]),
        "rest": unknown(it, &METHOD),
    })
}

fn integration(it: &Value) -> Value {
    let answers = it["IntegrationResponses"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|answer| {
            let said = json!([
                answer["StatusCode"],
                mapping(&answer["ResponseParameters"]),
                or(&answer["ResponseTemplates"], json!({})),
                answer["ContentHandling"]
            ]);
            (
                answer["SelectionPattern"]
                    .as_str()
                    .unwrap_or("default")
                    .to_owned(),
                said,
            )
        });
    json!({
        "type": it["Type"],
        "method": it["IntegrationHttpMethod"],
        "uri": text(&it["Uri"]),
        "timeout": it["TimeoutInMillis"],
        "connection": [or(&it["ConnectionType"], "INTERNET"), text(&it["ConnectionId"]), text(&it["IntegrationTarget"])],
        "unverified": or(&it["TlsConfig"]["InsecureSkipVerification"], false),
        "parameters": mapping(&it["RequestParameters"]),
        "keys": in_order(&it["CacheKeyParameters"]),
        "passthrough": or(&it["PassthroughBehavior"], "WHEN_NO_MATCH"),
        "handling": it["ContentHandling"],
        "templates": or(&it["RequestTemplates"], json!({})),
        "answers": object(answers),
        "rest": unknown(it, &INTEGRATION),
    })
}
