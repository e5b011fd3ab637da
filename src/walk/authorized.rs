//! Check that every method requires the planned access, with the planned authorizer.
//!
//! In: `Plan`, `Assembled`. Out: the first thing that differs. Pure.
//! An authorizer is identified by its settings and its entry's name, never by its label in the
//! stack.

use std::collections::BTreeSet;

use super::values::{InStack, ensure, has_count, is_same};
use crate::assemble::Assembled;
use crate::aws::{
    ApiKey, AuthorizedBy, Authorizer, AuthorizerKind, AuthorizerPermission, KeyRef, Method, Model,
    Quota, RequestValidator, UsagePlan, UsagePlanKey,
};
use crate::blueprint::{ApiStyle, Period};
use crate::follow::{StackNode, located, node};
use crate::plan::{
    self, AuthorizerPlan, AuthorizerSource, Check, KeySource, OperationPlan, Plan, QuotaPlan, names,
};
use crate::stack::Handle;

/// Compares the access that a method requires with the planned access of its operation.
pub(crate) fn authorized_as_planned(
    plan: &Plan,
    assembled: &Assembled,
    method: &Method,
    operation: &OperationPlan,
) -> Result<(), String> {
    let (found, planned) = (&method.authorization, &operation.auth);
    let is_planned = found.api_key == planned.api_key && found.scopes == planned.scopes;
    ensure(is_planned, "asks for another API key or other scopes")?;
    let by = match (&planned.check, found.authorizer()) {
        (Check::Nobody, _) => AuthorizedBy::Nobody,
        (Check::Iam, _) => AuthorizedBy::Iam,
        (Check::Authorizer(_), None) => return Err("asks no authorizer".into()),
        (Check::Authorizer(name), Some(authorizer)) => {
            let mut all = plan.authorizers.iter();
            let planned = all.find(|planned| *planned.name == *name);
            let planned = planned.ok_or("names an authorizer that was not planned")?;
            authorizer_holds(assembled, authorizer, planned)?;
            match &planned.source {
                AuthorizerSource::Cognito(_) => AuthorizedBy::Cognito(authorizer.clone()),
                AuthorizerSource::Lambda(_) => AuthorizedBy::Custom(authorizer.clone()),
            }
        }
    };
    let problem = "asks somebody else who its callers are, or nobody";
    ensure(found.by == by, problem)
}

fn authorizer_holds(
    assembled: &Assembled,
    handle: &Handle<Authorizer>,
    planned: &AuthorizerPlan,
) -> Result<(), String> {
    let found = node(&assembled.stack, handle).ok_or("names no authorizer of the stack")?;
    let is_of_api = Some(&found.api) == assembled.api.as_ref();
    ensure(is_of_api, "names an authorizer of another API")?;
    let asks = match &planned.source {
        AuthorizerSource::Cognito(user_pools) => AuthorizerKind::Cognito {
            user_pools: user_pools.in_stack(),
        },
        AuthorizerSource::Lambda(planned) => {
            let function = planned.function.in_stack();
            let mut permissions = assembled.stack.all::<AuthorizerPermission>();
            let may_call =
                permissions.any(|found| found.authorizer == *handle && found.function == function);
            ensure(may_call, "has an authorizer that may not call its function")?;
            AuthorizerKind::Lambda {
                function,
                is_token: planned.is_token,
                identity: planned.identity.clone(),
                ttl_s: planned.ttl_s,
            }
        }
    };
    // Two entries may have equal settings; each method refers to the authorizer of its own entry.
    let is_planned = found.asks == asks && *found.name == *names::literal(&planned.name);
    let name = &planned.name;
    let problem = format_args!("is checked by another authorizer than `{name}`");
    ensure(is_planned, problem)
}

/// Compares authorizers, permissions, usage plans, keys, models and validators, which no request
/// comes to.
pub(crate) fn extras_hold(plan: &Plan, assembled: &Assembled) -> Result<(), String> {
    let stack = &assembled.stack;
    let is_function =
        |planned: &&AuthorizerPlan| matches!(planned.source, AuthorizerSource::Lambda(_));
    let functions = plan.authorizers.iter().filter(is_function);
    let keys = || plan.usage_plans.iter().flat_map(|planned| &planned.keys);
    let created = keys().filter(|key| matches!(key.source, KeySource::Made(_)));
    // What the gateway does not serve needs none.
    let served = plan.operations.iter();
    let served = served.filter(|operation| operation.gateway_path.is_some());
    let validators = served.filter_map(|operation| operation.checks.validator());
    ensure(
        has_count::<Authorizer>(stack, plan.authorizers.len())
            && has_count::<AuthorizerPermission>(stack, functions.count())
            && has_count::<UsagePlan>(stack, plan.usage_plans.len())
            && has_count::<ApiKey>(stack, created.count())
            && has_count::<UsagePlanKey>(stack, keys().count())
            && has_count::<Model>(stack, plan.models.len())
            && has_count::<RequestValidator>(stack, validators.collect::<BTreeSet<_>>().len()),
        "the stack has another number of authorizers, usage plans, keys, models or validators",
    )?;
    // A body has no ids of its authorizers.
    let is_body = plan.output.api_style == ApiStyle::Body;
    let mut permissions = stack.all::<AuthorizerPermission>();
    ensure(
        permissions.all(|permission| permission.is_of_any == is_body),
        "an authorizer is named otherwise where it may call its function",
    )?;
    usage_plans_hold(plan, assembled)
}

fn usage_plans_hold(plan: &Plan, assembled: &Assembled) -> Result<(), String> {
    let stack = &assembled.stack;
    let found: Vec<StackNode<'_, UsagePlan>> = located(stack).collect();
    for (found, planned) in found.iter().zip(&plan.usage_plans) {
        let label = &stack.entries[found.index].address.label;
        ensure(
            is_usage_plan(assembled, found.node, planned),
            format_args!("usage plan {label} covers another stage or has other limits"),
        )?;
    }
    let plans = plan.usage_plans.iter().zip(&found);
    let planned = plans.flat_map(|(plan, found)| plan.keys.iter().map(|key| (key, found.index)));
    let mut created = located::<ApiKey>(stack).map(|key| key.index);
    for (found, (planned, of)) in stack.all::<UsagePlanKey>().zip(planned) {
        let is_key = match (&found.key, &planned.source) {
            (KeyRef::Made(key), KeySource::Made(_)) => created.next() == Some(key.index()),
            (KeyRef::Existing(id), KeySource::Existing(planned)) => is_same(id, planned),
            (
                KeyRef::Made(_) | KeyRef::Existing(_),
                KeySource::Made(_) | KeySource::Existing(_),
            ) => false,
        };
        let is_key = is_key && found.plan.index() == of;
        ensure(is_key, "a usage plan has another key than planned")?;
    }
    let mut operations = plan.operations.iter();
    let has_keys = operations.any(|operation| operation.is_public() && operation.auth.api_key);
    ensure(
        !(has_keys && plan.usage_plans.is_empty()),
        "an operation requires an API key, but no usage plan covers the stage",
    )
}

fn is_usage_plan(assembled: &Assembled, found: &UsagePlan, planned: &plan::UsagePlan) -> bool {
    let quota = |planned: &QuotaPlan| Quota {
        limit: planned.limit,
        period: match planned.period {
            Period::Day => "DAY",
            Period::Week => "WEEK",
            Period::Month => "MONTH",
        },
    };
    let routes = planned.routes.iter();
    let routes = routes.map(|(path, limit)| (path.clone(), limit.in_stack()));
    let stage = node(&assembled.stack, &found.stage);
    stage.is_some_and(|stage| stage.api == found.api)
        && Some(&found.api) == assembled.api.as_ref()
        && is_same(&found.throttle, &planned.throttle)
        && found.quota == planned.quota.as_ref().map(quota)
        && found.routes == routes.collect()
        && found.is_closed == planned.is_closed
}
