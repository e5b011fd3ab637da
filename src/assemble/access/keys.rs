//! API keys and usage plans, and how a key's value is shown.

use crate::aws::{ApiKey, KeyRef, Quota, RestApi, Stack, Stage, UsagePlan, UsagePlanKey};
use crate::blueprint::Period;
use crate::plan::{self, KeySource, Plan, names};
use crate::stack::{File, Handle, Here, Label, Value};

use crate::assemble::values::{key, text, throttle, value};

/// The plans of the stage, each with its keys.
pub(crate) fn usage_plans(
    stack: &mut Stack,
    plan: &Plan,
    api: &Handle<RestApi>,
    stage: &Handle<Stage>,
) {
    for planned in &plan.usage_plans {
        let node = UsagePlan {
            name: text(&plan.prefix.with(&format!("-{}", planned.name))),
            api: api.clone(),
            stage: stage.clone(),
            throttle: planned.throttle.map(throttle),
            quota: planned.quota.map(|quota| Quota {
                limit: quota.limit,
                period: period(quota.period),
            }),
            routes: planned
                .routes
                .iter()
                .map(|(path, limit)| (path.clone(), throttle(*limit)))
                .collect(),
            is_closed: planned.is_closed,
        };
        let node = stack.add(File::Access, Label::of(&planned.name, names::literal), node);
        for planned_key in &planned.keys {
            let (of_key, part) = key_of(stack, plan, planned, &planned_key.source);
            let label = Label::of(&planned.name, |name| {
                format!("{}__{part}", names::literal(name))
            });
            stack.add(
                File::Access,
                label,
                UsagePlanKey {
                    key: of_key,
                    plan: node.clone(),
                    is_closed: planned.is_closed,
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
    source: &KeySource,
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
                is_closed: of.is_closed,
            };
            let made = stack.add(File::Access, Label::new(part.as_str()), made);
            if !of.is_closed {
                show(stack, name, &made);
            }
            (KeyRef::Made(made), part)
        }
    }
}

/// Adds the command that shows a key's value, which is in no file.
///
/// Source: AWS CLI command reference, `apigateway get-api-key`,
/// <https://docs.aws.amazon.com/cli/latest/reference/apigateway/get-api-key.html>, read 2026-11-22.
fn show(stack: &mut Stack, name: &str, made: &Handle<ApiKey>) {
    let command = Value::Text(vec![
        Value::literal("aws apigateway get-api-key --api-key "),
        made.id(),
        Value::literal(" --include-value --query value --output text --region "),
        Value::Here(Here::Region),
    ]);
    let word: String = name
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    stack.output(
        format!("api_key_{word}"),
        format!("Command that shows the value of the API key {name}."),
        command,
    );
}

fn period(period: Period) -> &'static str {
    match period {
        Period::Day => "DAY",
        Period::Week => "WEEK",
        Period::Month => "MONTH",
    }
}
