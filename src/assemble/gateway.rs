//! The API itself, its routes, and the deployment that shows them.

mod deployment;
mod routes;

use super::values::text;
use super::{domain, this};
use crate::aws::{RestApi, Stack, Stage};
use crate::plan::{self, Plan};
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
    let mut output = |name: &str, description: &str, values: [Value; 2]| {
        stack.outputs.push(Output::new(name, description, values));
    };
    output(
        "invoke_url",
        "URL that callers put before a path.",
        [invoke_url, url],
    );
    output("rest_api_id", "Id of the REST API.", [api.id(), api.id()]);
    let (name, [_, arn]) = (text(&plan.prefix.with("")), api.executed(&[]));
    output(
        "rest_api_name",
        "Name of the REST API, the dimension `ApiName` of its metrics.",
        [api.attribute("name", Spelling::Ref), name],
    );
    output(
        "execution_arn",
        "ARN that permissions to call the API begin with.",
        [api.attribute("execution_arn", Spelling::Ref), arn],
    );
    // What is known now needs no reference, whose address would hold the name a second time.
    let stage_name = match &plan.stage_name {
        plan::Value::Literal(name) => Value::literal(&**name),
        plan::Value::Input(_) | plan::Value::Expression(_) | plan::Value::Parameter { .. } => {
            stage.name()
        }
    };
    output(
        "stage_name",
        "Name of the stage, the dimension `Stage` of its metrics.",
        [stage_name, stage.name()],
    );
    output("stage_arn", "ARN of the stage.", stage.arn(api).into());
    if let Some(url) = of_domain {
        stack.output("domain_url", "URL of the API on its domain.", url);
    }
}
