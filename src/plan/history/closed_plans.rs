//! Usage plans that are gone while the stage may still ask for their keys.
//!
//! In: `Plan`, `Memory`. Out: plans that stay closed, the keys that the next render knows, diagnostics.
//! Pure.
//! Terraform destroys a plan before the stage has moved to the deployment that asks for no key
//! (docs/aws-rules.md#w19), so it stays until it is forgotten. Where operations ask for keys, a plan
//! that is gone has callers to be refused, and goes at once.

use std::collections::{BTreeMap, BTreeSet};

use super::{API_KEY, names};
use crate::blueprint::{Blueprint, OutputFormat};
use crate::diagnostic::{self, Diagnostic};
use crate::memory::{FactMap, Memory};
use crate::plan::{KeyPlan, KeySource, Plan, UsagePlan, Value};

/// Starts of the facts about keys: those of the stack, by name; others by id; those that are known
/// only at deploy time.
const MADE: &str = "made ";
const EXISTING: &str = "existing ";
const LATE: &str = "late ";

/// Names of the usage plans that have a key, by key.
pub(super) fn keys(plan: &Plan) -> FactMap {
    let mut keys = FactMap::new();
    if plan.output.format == OutputFormat::Cloudformation {
        return keys;
    }
    for usage_plan in &plan.usage_plans {
        for key in &usage_plan.keys {
            let key = match &key.source {
                KeySource::Made(name) => format!("{MADE}{name}"),
                KeySource::Existing(Value::Literal(id)) => format!("{EXISTING}{id}"),
                KeySource::Existing(Value::Input(text) | Value::Expression(text))
                | KeySource::Existing(Value::Parameter { path: text, .. }) => {
                    format!("{LATE}{text}")
                }
            };
            let plans: &mut BTreeSet<String> = keys.entry(key).or_default();
            plans.insert(usage_plan.name.to_string());
        }
    }
    keys
}

pub(super) fn asks_for_keys(plan: &Plan) -> bool {
    let mut operations = plan.operations.iter();
    operations.any(|operation| operation.is_public() && operation.auth.api_key)
}

/// Adds the plans that stay closed, and says so once. With another stage the one that asks for
/// their keys goes, too.
///
/// Errors: GW5064 (a note).
pub(super) fn add(
    plan: &mut Plan,
    blueprint: &Blueprint,
    memory: &Memory,
    keeps_stage: bool,
) -> Vec<Diagnostic> {
    let is_terraform = plan.output.format != OutputFormat::Cloudformation;
    if asks_for_keys(plan) || !is_terraform || !plan.has_gateway || !keeps_stage {
        return Vec::new();
    }
    let gone = gone(plan, memory);
    let was_there = |name: &&&str| memory.names.contains_key(&names::key_of_plan(name));
    let names = gone.keys().filter(was_there);
    let asked = memory.settled.contains_key(API_KEY);
    let late = |key: &&str| Some(key.strip_prefix(LATE).filter(|_| asked)?.to_owned());
    let found = names.map(|name| {
        let late: Vec<String> = gone[name].iter().filter_map(late).collect();
        note(blueprint, name, &late)
    });
    let found = found.collect();
    for (name, keys) in gone {
        let keys = keys.into_iter().filter_map(kept).collect::<Vec<_>>();
        if !keys.is_empty() {
            plan.usage_plans.push(UsagePlan {
                name: names::gone_plan(memory, name),
                keys,
                throttle: None,
                quota: None,
                routes: BTreeMap::new(),
                is_closed: true,
            });
        }
    }
    plan.usage_plans.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Plans of earlier renders that are no more, with their keys.
fn gone<'m>(plan: &Plan, memory: &'m Memory) -> BTreeMap<&'m str, Vec<&'m str>> {
    let mut gone: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let is_live = |name: &str| {
        let mut live = plan.usage_plans.iter().map(|live| &live.name);
        live.any(|live| &***live == name || live.earlier().iter().any(|it| &**it == name))
    };
    let live = keys(plan);
    for (key, plans) in &memory.api_keys {
        // A key of the stack is in one plan.
        if key.starts_with(MADE) && live.contains_key(key) {
            continue;
        }
        for name in plans.iter().filter(|name| !is_live(name)) {
            gone.entry(name).or_default().push(key);
        }
    }
    gone
}

/// A key that can stay in its plan.
fn kept(key: &str) -> Option<KeyPlan> {
    let made = key
        .strip_prefix(MADE)
        .map(|name| KeySource::Made(name.into()));
    let existing = || {
        let id = key.strip_prefix(EXISTING)?;
        Some(KeySource::Existing(Value::Literal(id.into())))
    };
    let source = made.or_else(existing)?;
    Some(KeyPlan { source })
}

/// Keys that are known only at deploy time cannot stay.
fn note(blueprint: &Blueprint, name: &str, late: &[String]) -> Diagnostic {
    let finding = diagnostic::CLOSED_USAGE_PLAN.at(blueprint.place("/output/format"));
    if late.is_empty() {
        finding
            .message(format_args!("no operation needs an API key any more: the usage plan `{name}` and its keys stay in the output, since the stage asks for them until the new deployment is there"))
            .help("deploy this everywhere; then `gwgen render --forget` drops them")
    } else {
        let late = late.join("`, `");
        finding
            .message(format_args!("no operation needs an API key any more, and the usage plan `{name}` is gone: its key `{late}`, known only at deploy time, leaves it before the new deployment is there, so its caller is refused meanwhile"))
            .help(format_args!("this takes two renders: first without `api_key` and with `{name}` as it was, which is deployed everywhere, then without the plan"))
    }
}
