//! The API itself, its routes, and the deployment that shows them.

mod deployment;
mod routes;

use super::values::text;
use super::{domain, this};
use crate::aws::{RestApi, Stack, Stage};
use crate::plan::Plan;
use crate::printed;
use crate::stack::{File, Handle, Output, Spelling, Value};
pub(crate) use deployment::deployment;
pub(crate) use routes::{Behind, routes};

/// Longest description of an API. Unit: characters. Source: docs/aws-rules.md#f5 (a description of
/// at most 1,024).
const MAX_DESCRIPTION: usize = 1_024;

pub(crate) fn api(stack: &mut Stack, plan: &Plan) -> Handle<RestApi> {
    let api = RestApi {
        name: text(&plan.prefix.with("")),
        description: plan
            .title
            .chars()
            .filter(|character| !printed::is_unseen(*character))
            .take(MAX_DESCRIPTION)
            .collect::<String>()
            .into(),
        binary_media_types: plan.binary_media_types.clone(),
        key_from_authorizer: plan.key_from_authorizer,
        endpoint: domain::endpoint(&plan.endpoint),
        body: None,
        minimum_compression_size: plan.minimum_compression_size,
    };
    stack.add(File::Api, this(), api)
}

/// Adds the outputs of the API.
pub(crate) fn outputs(
    stack: &mut Stack,
    plan: &Plan,
    api: &Handle<RestApi>,
    stage: &Handle<Stage>,
) {
    let of_domain = plan
        .domain
        .as_ref()
        .map(|domain| domain::domain(stack, domain, api, stage));
    let url = Value::Text(vec![
        Value::literal("https://"),
        api.id(),
        Value::literal(".execute-api."),
        Value::Pseudo("AWS::Region"),
        Value::literal("."),
        Value::Pseudo("AWS::URLSuffix"),
        Value::literal("/"),
        stage.name(),
    ]);
    let (invoke_url, url) = match &of_domain {
        Some(domain) if plan.endpoint.is_disabled => (domain.clone(), domain.clone()),
        _ => (stage.attribute("invoke_url", Spelling::Ref), url),
    };
    stack.outputs.push(Output {
        name: "invoke_url".into(),
        description: "URL that callers put before a path.".into(),
        terraform: invoke_url,
        cloudformation: url,
        after: Vec::new(),
    });
    stack.output("rest_api_id", "Id of the REST API.", api.id());
    if let Some(url) = of_domain {
        stack.output("domain_url", "URL of the API on its domain.", url);
    }
}
