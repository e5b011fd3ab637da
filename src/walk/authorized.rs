//! Check that every method requires the planned access, with the planned authorizer.
//!
//! In: `Plan`, `Assembled`. Out: the first thing that differs. Pure.
//! An authorizer is identified by its settings and its entry's name, never by its label in the
//! stack.

use std::collections::BTreeSet;

use super::values::{is_same, is_same_function, is_same_list};
use crate::assemble::Assembled;
use crate::aws::{
    ApiKey, Authorization, AuthorizedBy, Authorizer, AuthorizerKind, AuthorizerPermission,
    Function, KeyRef, Method, Model, Quota, RequestValidator, ThrottleLimit, UsagePlan,
    UsagePlanKey,
};
use crate::blueprint::{ApiStyle, Period};
use crate::follow::{StackNode, located, node};
use crate::plan::{
    self, AuthorizerPlan, AuthorizerSource, Check, KeySource, OperationPlan, Plan, QuotaPlan,
    ThrottlePlan, names,
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
    if found.api_key != planned.api_key {
        return Err("asks for an API key where none is due, or for none where one is".into());
    }
    if found.scopes != planned.scopes {
        return Err("asks for other scopes".into());
    }
    match (&found.by, &planned.check) {
        (AuthorizedBy::Nobody, Check::Nobody) | (AuthorizedBy::Iam, Check::Iam) => Ok(()),
        (AuthorizedBy::Cognito(handle) | AuthorizedBy::Custom(handle), Check::Authorizer(name)) => {
            let planned = plan
                .authorizers
                .iter()
                .find(|it| it.name == *name)
                .ok_or("names an authorizer that was not planned")?;
            authorizer_holds(assembled, handle, found, planned)
        }
        (
            AuthorizedBy::Nobody
            | AuthorizedBy::Iam
            | AuthorizedBy::Cognito(_)
            | AuthorizedBy::Custom(_),
            _,
        ) => Err("asks somebody else who its callers are, or nobody".into()),
    }
}

fn authorizer_holds(
    assembled: &Assembled,
    handle: &Handle<Authorizer>,
    found: &Authorization,
    planned: &AuthorizerPlan,
) -> Result<(), String> {
    let node = node(&assembled.stack, handle).ok_or("names no authorizer of the stack")?;
    if Some(node.api.index()) != assembled.api.as_ref().map(Handle::index) {
        return Err("names an authorizer of another API".into());
    }
    let same = match (&node.asks, &planned.source, &found.by) {
        (
            AuthorizerKind::Cognito { user_pools },
            AuthorizerSource::Cognito(planned),
            AuthorizedBy::Cognito(_),
        ) => is_same_list(user_pools, planned),
        (
            AuthorizerKind::Lambda {
                function,
                is_token,
                identity,
                ttl_s,
            },
            AuthorizerSource::Lambda(planned),
            AuthorizedBy::Custom(_),
        ) => {
            may_call(assembled, handle, function)?;
            is_same_function(function, &planned.function)
                && (*is_token, identity, *ttl_s)
                    == (planned.is_token, &planned.identity, planned.ttl_s)
        }
        (AuthorizerKind::Cognito { .. } | AuthorizerKind::Lambda { .. }, _, _) => false,
    };
    // Two entries may have equal settings; each method refers to the authorizer of its own entry.
    let same = same && *node.name == *names::literal(&planned.name);
    if same {
        Ok(())
    } else {
        Err(format!(
            "is checked by another authorizer than `{}`",
            planned.name
        ))
    }
}

/// Checks that an authorizer has the permission to call its function.
fn may_call(
    assembled: &Assembled,
    authorizer: &Handle<Authorizer>,
    function: &Function,
) -> Result<(), String> {
    let mut permissions = assembled.stack.all::<AuthorizerPermission>();
    if permissions.any(|it| it.authorizer == *authorizer && it.function == *function) {
        Ok(())
    } else {
        Err("has an authorizer that may not call its function".into())
    }
}

/// Returns a count of authorizers, permissions, usage plans or keys that differs from the plan.
pub(crate) fn extras(plan: &Plan, assembled: &Assembled) -> Option<String> {
    let stack = &assembled.stack;
    let functions = plan.authorizers.iter();
    let functions = functions.filter(|it| matches!(it.source, AuthorizerSource::Lambda(_)));
    let keys = || plan.usage_plans.iter().flat_map(|it| &it.keys);
    let created = keys().filter(|it| matches!(it.source, KeySource::Made(_)));
    let of = |is_there: bool, number: usize| if is_there { number } else { 0 };
    let due = [
        (
            "authorizers",
            stack.all::<Authorizer>().count(),
            plan.authorizers.len(),
        ),
        (
            "authorizers that may call functions",
            stack.all::<AuthorizerPermission>().count(),
            functions.count(),
        ),
        (
            "usage plans",
            stack.all::<UsagePlan>().count(),
            plan.usage_plans.len(),
        ),
        ("API keys", stack.all::<ApiKey>().count(), created.count()),
        (
            "keys in usage plans",
            stack.all::<UsagePlanKey>().count(),
            keys().count(),
        ),
    ];
    let wrong = due
        .into_iter()
        .find(|(_, found, due)| *found != of(plan.has_gateway, *due));
    wrong
        .map(|(what, found, due)| format!("the plan has {due} {what}, the stack {found}"))
        .or_else(|| astray(plan, assembled))
}

/// Usage plans and keys that differ from those of the plan, which are as many.
fn astray(plan: &Plan, assembled: &Assembled) -> Option<String> {
    let stack = &assembled.stack;
    let mut permissions = stack.all::<AuthorizerPermission>();
    // A body has no ids of its authorizers.
    let is_body = plan.output.api_style == ApiStyle::Body;
    if permissions.any(|permission| permission.is_of_any != is_body) {
        return Some("an authorizer is named otherwise where it may call its function".into());
    }
    let checks: BTreeSet<_> = plan
        .operations
        .iter()
        .filter_map(|it| it.checks.validator())
        .collect();
    if plan.has_gateway
        && (stack.all::<Model>().count() != plan.models.len()
            || stack.all::<RequestValidator>().count() != checks.len())
    {
        return Some("the stack has another number of models or validators".into());
    }
    let found: Vec<StackNode<'_, UsagePlan>> = located(stack).collect();
    for (found, planned) in found.iter().zip(&plan.usage_plans) {
        if !is_usage_plan(assembled, found.node, planned) {
            let label = &stack.entries[found.index].address.label;
            return Some(format!(
                "usage plan {label} covers another stage or has other limits"
            ));
        }
    }
    let plans = plan.usage_plans.iter().zip(&found);
    let planned = plans.flat_map(|(plan, found)| plan.keys.iter().map(|key| (key, found.index)));
    let mut created = located::<ApiKey>(stack).map(|key| key.index);
    for (found, (planned, of)) in stack.all::<UsagePlanKey>().zip(planned) {
        let is_key = match (&found.key, &planned.source) {
            (KeyRef::Made(key), KeySource::Made(_)) => created.next() == Some(key.index()),
            (KeyRef::Existing(id), KeySource::Existing(planned)) => is_same(id, planned),
            (KeyRef::Made(_) | KeyRef::Existing(_), _) => false,
        };
        if !is_key || found.plan.index() != of {
            return Some("a usage plan has another key than planned".into());
        }
    }
    let has_keys = plan
        .operations
        .iter()
        .any(|it| it.is_public() && it.auth.api_key);
    (has_keys && plan.usage_plans.is_empty())
        .then(|| "an operation requires an API key, but no usage plan covers the stage".to_owned())
}

fn is_usage_plan(assembled: &Assembled, found: &UsagePlan, planned: &plan::UsagePlan) -> bool {
    let throttle = |limit: &ThrottleLimit| ThrottlePlan {
        rate: limit.rate,
        burst: limit.burst,
    };
    let quota = |planned: &QuotaPlan| Quota {
        limit: planned.limit,
        period: match planned.period {
            Period::Day => "DAY",
            Period::Week => "WEEK",
            Period::Month => "MONTH",
        },
    };
    let routes = found
        .routes
        .iter()
        .map(|(path, limit)| (path, throttle(limit)));
    let stage = node(&assembled.stack, &found.stage);
    stage.is_some_and(|stage| stage.api == found.api)
        && Some(&found.api) == assembled.api.as_ref()
        && found.throttle.as_ref().map(throttle) == planned.throttle
        && found.quota == planned.quota.as_ref().map(quota)
        && routes.eq(planned.routes.iter().map(|(path, limit)| (path, *limit)))
}
