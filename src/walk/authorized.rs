//! Check that every method requires the planned access, with the planned authorizer.
//!
//! In: `Plan`, `Assembled`. Out: the first thing that differs. Pure.
//! An authorizer is identified by its settings and its entry's name, never by its label in the
//! stack.

use super::values::{is_same_function, is_same_list};
use crate::assemble::Assembled;
use crate::aws::{
    ApiKey, Authorization, AuthorizedBy, Authorizer, AuthorizerKind, AuthorizerPermission,
    Function, KeyRef, Method, UsagePlan, UsagePlanKey,
};
use crate::follow::{located, node};
use crate::plan::{AuthorizerPlan, AuthorizerSource, Check, KeySource, OperationPlan, Plan, names};
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

/// Usage plans of another stage, and keys in another plan.
fn astray(plan: &Plan, assembled: &Assembled) -> Option<String> {
    let stack = &assembled.stack;
    let label = |index: usize| &stack.entries[index].address.label;
    for plan in located::<UsagePlan>(stack) {
        let stage = node(stack, &plan.node.stage);
        let is_stage = stage.is_some_and(|stage| stage.api == plan.node.api);
        if !is_stage || Some(&plan.node.api) != assembled.api.as_ref() {
            let label = label(plan.index);
            return Some(format!("usage plan {label} covers another stage"));
        }
    }
    for key in located::<UsagePlanKey>(stack) {
        let is_there = match &key.node.key {
            KeyRef::Made(key) => node(stack, key).is_some(),
            KeyRef::Existing(_) => true,
        };
        if !is_there || node(stack, &key.node.plan).is_none() {
            return Some(format!(
                "usage plan key {} refers to a plan or key that is not in the stack",
                label(key.index)
            ));
        }
    }
    let has_keys = plan
        .operations
        .iter()
        .any(|it| it.is_public() && it.auth.api_key);
    (has_keys && plan.usage_plans.is_empty())
        .then(|| "an operation requires an API key, but no usage plan covers the stage".to_owned())
}
