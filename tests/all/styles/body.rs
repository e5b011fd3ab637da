//! The same API from the document that it imports.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::template::{
    Reading, Template, in_order, mapping, names, object, or, text, texts, unknown,
};

const ANY: &str = "x-amazon-apigateway-any-method";
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", ANY,
];
const VALIDATOR: &str = "x-amazon-apigateway-request-validator";
const METHOD: [&str; 6] = [
    "security",
    VALIDATOR,
    "requestBody",
    "parameters",
    "responses",
    "x-amazon-apigateway-integration",
];
const INTEGRATION: [&str; 14] = [
    "type",
    "httpMethod",
    "uri",
    "timeoutInMillis",
    "connectionType",
    "connectionId",
    "integrationTarget",
    "tlsConfig",
    "requestParameters",
    "cacheKeyParameters",
    "passthroughBehavior",
    "contentHandling",
    "requestTemplates",
    "responses",
];
const AUTHORIZER: [&str; 5] = [
    "type",
    "authorizerUri",
    "identitySource",
    "authorizerResultTtlInSeconds",
    "providerARNs",
];

pub(crate) fn read(template: &Template<'_>) -> Reading {
    let body = &template.api["Body"];
    let mut tree = BTreeSet::from(["/"]);
    let mut methods = Map::new();
    for (path, item) in members(&body["paths"]) {
        tree.extend(
            path.match_indices('/')
                .skip(1)
                .map(|(end, _)| &path[..end])
                .chain([path.as_str()]),
        );
        assert_eq!(unknown(item, &METHODS), json!([]), "{path}");
        for (key, operation) in members(item) {
            let verb = if key == ANY {
                "ANY".to_owned()
            } else {
                key.to_uppercase()
            };
            methods.insert(format!("{verb} {path}"), method(operation, body));
        }
    }
    let validators = members(&body["x-amazon-apigateway-request-validators"]).map(|(name, it)| {
        (
            name.clone(),
            json!([it["validateRequestBody"], it["validateRequestParameters"]]),
        )
    });
    let responses = members(&body["x-amazon-apigateway-gateway-responses"]).map(|(kind, it)| {
        (
            kind.clone(),
            json!([
                text(&it["statusCode"]),
                mapping(&it["responseParameters"]),
                it["responseTemplates"]
            ]),
        )
    });
    let schemes = members(&body["components"]["securitySchemes"]);
    let authorizers =
        schemes.filter(|(_, scheme)| scheme.get("x-amazon-apigateway-authorizer").is_some());
    let api = json!({
        "tree": tree,
        "methods": methods,
        "authorizers": object(authorizers.map(|(name, scheme)| (name.clone(), authorizer(scheme)))),
        "validators": object(validators),
        "responses": object(responses),
        "api": settings(template.api, body),
        "beside": template.beside(),
    });
    Reading {
        api,
        models: members(&body["components"]["schemas"])
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect(),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The arguments beside a body win over it; where both say a thing they say the same.
fn settings(api: &Map<String, Value>, body: &Value) -> Value {
    let mut api = api.clone();
    api.shift_remove("Body");
    let import = ["Mode", "FailOnWarnings", "Parameters"]
        .map(|name| api.shift_remove(name).unwrap_or_default());
    assert_eq!(
        json!(import),
        json!(["overwrite", true, {"basepath": "ignore", "ignore": "documentation"}])
    );
    assert_eq!(text(&body["info"]["title"]), text(&api["Name"]));
    for (key, value) in members(body) {
        let name = match key.as_str() {
            "openapi" | "info" | "paths" | "components" => continue,
            "x-amazon-apigateway-gateway-responses" | "x-amazon-apigateway-request-validators" => {
                continue;
            }
            // The endpoints that may call stand beside the body.
            "x-amazon-apigateway-endpoint-configuration" => continue,
            "x-amazon-apigateway-binary-media-types" => "BinaryMediaTypes",
            "x-amazon-apigateway-minimum-compression-size" => "MinimumCompressionSize",
            "x-amazon-apigateway-api-key-source" => "ApiKeySourceType",
            "x-amazon-apigateway-policy" => "Policy",
            other => panic!("a member of the body that nothing here knows: {other}"),
        };
        let beside = api.insert(name.to_owned(), value.clone());
        assert!(
            beside.is_none_or(|beside| text(&beside) == text(value)),
            "{key}: {value}"
        );
    }
    api.into()
}

fn authorizer(scheme: &Value) -> Value {
    let it = &scheme["x-amazon-apigateway-authorizer"];
    assert_eq!(
        (&scheme["type"], &scheme["in"]),
        (&"apiKey".into(), &"header".into())
    );
    let kind = match it["type"].as_str() {
        Some("token") => "TOKEN",
        Some("request") => "REQUEST",
        Some("cognito_user_pools") => "COGNITO_USER_POOLS",
        other => panic!("no kind of authorizer: {other:?}"),
    };
    // A token is looked for where the scheme says; a request authorizer looks where its sources
    // say.
    let header = text(&scheme["name"]);
    let place = format!("method.request.header.{header}");
    let source = it["identitySource"]
        .as_str()
        .unwrap_or(if kind == "REQUEST" { "" } else { &place });
    let is_named = source.split(',').any(|one| one == place);
    assert!(
        is_named || (kind == "REQUEST" && header == "Unused" && !source.contains(".header.")),
        "{scheme}"
    );
    json!({
        "kind": kind,
        "uri": text(&it["authorizerUri"]),
        "identity": names(source),
        "ttl": or(&it["authorizerResultTtlInSeconds"], 300),
        "pools": texts(&or(&it["providerARNs"], Vec::<Value>::new())),
        "rest": unknown(it, &AUTHORIZER),
    })
}

fn method(it: &Value, body: &Value) -> Value {
    let parameters = it["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| {
            let place = match parameter["in"].as_str() {
                Some("query") => "querystring",
                Some(place @ ("header" | "path")) => place,
                other => panic!("a parameter in {other:?}"),
            };
            (
                format!("method.request.{place}.{}", text(&parameter["name"])),
                or(&parameter["required"], false),
            )
        });
    let models = members(&it["requestBody"]["content"]).map(|(media, content)| {
        let reference = content["schema"]["$ref"].as_str().unwrap();
        (
            media.clone(),
            reference
                .strip_prefix("#/components/schemas/")
                .unwrap()
                .into(),
        )
    });
    let answers = members(&it["responses"]).map(|(status, answer)| {
        let headers: Value = members(&answer["headers"])
            .map(|(name, _)| format!("method.response.header.{name}"))
            .collect();
        (status.clone(), in_order(&headers))
    });
    let inherited = |name: &str| it.get(name).or(body.get(name)).cloned().unwrap_or_default();
    json!({
        "asks": asks(&inherited("security"), &body["components"]["securitySchemes"]),
        "validator": inherited(VALIDATOR),
        "models": object(models),
        "parameters": object(parameters),
        "answers": object(answers),
        "integration": integration(&it["x-amazon-apigateway-integration"]),
        "rest": unknown(it, &METHOD),
    })
}

/// Kind, authorizer, scopes and key. An import takes one requirement.
fn asks(security: &Value, schemes: &Value) -> Value {
    let security = security.as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(security.len() < 2, "{security:?}");
    let mut asks = json!(["NONE", null, [], false]);
    for (name, scopes) in security.iter().flat_map(members) {
        let scheme = &schemes[name];
        let kind = match scheme["x-amazon-apigateway-authtype"].as_str() {
            None => {
                let key = json!([scheme["type"], scheme["in"], scheme["name"]]);
                assert_eq!(key, json!(["apiKey", "header", "x-api-key"]), "{name}");
                asks[3] = true.into();
                continue;
            }
            Some("awsSigv4") => {
                let header = json!([scheme["type"], scheme["in"], scheme["name"]]);
                assert_eq!(
                    header,
                    json!(["apiKey", "header", "Authorization"]),
                    "{name}"
                );
                asks[0] = "AWS_IAM".into();
                continue;
            }
            Some("custom") => "CUSTOM",
            Some("cognito_user_pools") => "COGNITO_USER_POOLS",
            other => panic!("no kind of authorizer: {other:?}"),
        };
        [asks[0], asks[1], asks[2]] = [kind.into(), name.as_str().into(), in_order(scopes)];
    }
    asks
}

fn integration(it: &Value) -> Value {
    let answers = members(&it["responses"]).map(|(pattern, answer)| {
        let said = json!([
            answer["statusCode"],
            mapping(&answer["responseParameters"]),
            or(&answer["responseTemplates"], json!({})),
            answer["contentHandling"]
        ]);
        (pattern.clone(), said)
    });
    json!({
        "type": text(&it["type"]).to_uppercase(),
        "method": it["httpMethod"],
        "uri": text(&it["uri"]),
        "timeout": it["timeoutInMillis"],
        "connection": [or(&it["connectionType"], "INTERNET"), text(&it["connectionId"]), text(&it["integrationTarget"])],
        "unverified": or(&it["tlsConfig"]["insecureSkipVerification"], false),
        "parameters": mapping(&it["requestParameters"]),
        "keys": in_order(&it["cacheKeyParameters"]),
        "passthrough": text(&or(&it["passthroughBehavior"], "when_no_match")).to_uppercase(),
        "handling": it["contentHandling"],
        "templates": or(&it["requestTemplates"], json!({})),
        "answers": object(answers),
        "rest": unknown(it, &INTEGRATION),
    })
}
