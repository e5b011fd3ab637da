//! API keys and usage plans, and how a key's value is shown.

use crate::aws::{ApiKey, KeyRef, PlanThrottle, Quota, RestApi, Stage, UsagePlan, UsagePlanKey};
use crate::blueprint::Period;
use crate::plan::{self, KeySource, Plan, ThrottlePlan, names};
use crate::stack::{File, Handle, Here, Label, Output, Stack, Value};

use super::values::{key, text, value};

/// The plans of the stage, each with its keys.
pub(crate) fn usage_plans(
    stack: &mut Stack,
    plan: &Plan,
    (api, stage): (&Handle<RestApi>, &Handle<Stage>),
) {
    for planned in &plan.usage_plans {
        let label = names::literal(&planned.name);
        let node = UsagePlan {
            name: text(&plan.prefix.with(&format!("-{}", planned.name))),
            api: api.clone(),
            stage: stage.clone(),
            throttle: planned.throttle.map(throttle),
            quota: planned.quota.map(|it| Quota {
                limit: it.limit,
                period: period(it.period),
            }),
            routes: planned
                .routes
                .iter()
                .map(|(path, it)| (path.clone(), throttle(*it)))
                .collect(),
        };
        let node = stack.add(File::Api, Label::new(label.as_str()), node);
        for it in &planned.keys {
            let (of_key, part) = key_of(stack, plan, planned, (&it.source, api));
            let label = Label::new(format!("{label}__{part}"));
            stack.add(
                File::Api,
                label,
                UsagePlanKey {
                    key: of_key,
                    plan: node.clone(),
                },
            );
        }
    }
}

/// A key, and the part of a label that names it.
fn key_of(
    stack: &mut Stack,
    plan: &Plan,
    of: &plan::UsagePlan,
    (source, api): (&KeySource, &Handle<RestApi>),
) -> (KeyRef, String) {
    match source {
        KeySource::Existing(id) => (
            KeyRef::Existing(value(id)),
            format!("existing__{}", key(id)),
        ),
        KeySource::Made(name) => {
            let part = names::literal(name);
            let description = format!("Key of usage plan {}.", of.name).into();
            let made = ApiKey {
                name: text(&plan.prefix.with(&format!("-{name}"))),
                description,
            };
            let made = stack.add(File::Api, Label::new(part.as_str()), made);
            stack.outputs.push(shows(name, &made, api));
            (KeyRef::Made(made), part)
        }
    }
}

/// The command that shows a key's value, which stands in no file.
///
/// Source: AWS CLI command reference, `apigateway get-api-key`,
/// <https://docs.aws.amazon.com/cli/latest/reference/apigateway/get-api-key.html>, read 2026-11-22.
fn shows(name: &str, made: &Handle<ApiKey>, api: &Handle<RestApi>) -> Output {
    let command = Value::Text(vec![
        Value::literal("aws apigateway get-api-key --api-key "),
        made.id(),
        Value::literal(" --include-value --query value --output text --region "),
        Value::Here(Here::Region, api.address().clone()),
    ]);
    let word: String = name
        .chars()
        .map(|it| {
            if it.is_ascii_alphanumeric() {
                it.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    Output {
        name: format!("api_key_{word}").into(),
        description: format!("Command that shows the value of the API key {name}.").into(),
        terraform: command.clone(),
        cloudformation: command,
        after: Vec::new(),
    }
}

fn throttle(plan: ThrottlePlan) -> PlanThrottle {
    PlanThrottle {
        rate: plan.rate,
        burst: plan.burst,
    }
}

fn period(period: Period) -> &'static str {
    match period {
        Period::Day => "DAY",
        Period::Week => "WEEK",
        Period::Month => "MONTH",
    }
}
