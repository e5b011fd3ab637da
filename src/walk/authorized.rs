//! Whether every method asks of its callers what was planned, with the authorizer that was planned.
//!
//! In: `Plan`, `Assembled`. Out: the first thing that differs. Pure.
//! An authorizer is told by what it asks and by its entry's name, never by the label that the stack
//! gives it.

use super::direct::is_same_function;
use super::way::are_same_list;
use crate::assemble::Assembled;
use crate::aws::{
    Authorization, AuthorizedBy, Authorizer, AuthorizerKind, AuthorizerPermission, Function,
    KeyRef, Kind, Method, Node,
};
use crate::plan::{AuthorizerAsks, AuthorizerPlan, Check, KeySource, OperationPlan, Plan, names};
use crate::stack::Handle;

/// Compares what a method asks with what its operation is to ask.
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
            authorizer_holds(assembled, (handle, found), planned)
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
    (handle, found): (&Handle<Authorizer>, &Authorization),
    planned: &AuthorizerPlan,
) -> Result<(), String> {
    let Some(Node::Authorizer(node)) = node(assembled, handle) else {
        return Err("names no authorizer of the stack".into());
    };
    if Some(node.api.index()) != assembled.api.as_ref().map(Handle::index) {
        return Err("names an authorizer of another API".into());
    }
    let same = match (&node.asks, &planned.asks, &found.by) {
        (
            AuthorizerKind::Cognito { user_pools },
            AuthorizerAsks::Cognito(planned),
            AuthorizedBy::Cognito(_),
        ) => are_same_list(user_pools, planned),
        (
            AuthorizerKind::Lambda {
                function,
                is_token,
                identity,
                ttl_s,
            },
            AuthorizerAsks::Lambda(planned),
            AuthorizedBy::Custom(_),
        ) => {
            may_call(assembled, handle, function)?;
            is_same_function(function, &planned.function)
                && (*is_token, identity, *ttl_s)
                    == (planned.is_token, &planned.identity, planned.ttl_s)
        }
        (AuthorizerKind::Cognito { .. } | AuthorizerKind::Lambda { .. }, _, _) => false,
    };
    // Two entries may ask the same: each method names its own.
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

/// The leave of an authorizer to call its function.
fn may_call(
    assembled: &Assembled,
    authorizer: &Handle<Authorizer>,
    function: &Function,
) -> Result<(), String> {
    let mut given = permissions(assembled)
        .filter(|it| it.authorizer == *authorizer && it.function == *function);
    given
        .next()
        .map(|_| ())
        .ok_or_else(|| "has an authorizer that may not call its function".to_owned())
}

fn permissions(assembled: &Assembled) -> impl Iterator<Item = &AuthorizerPermission> {
    assembled.stack.entries.iter().filter_map(|it| {
        if let Node::AuthorizerPermission(it) = &it.node {
            Some(it)
        } else {
            None
        }
    })
}

fn node<'a, K: Kind>(assembled: &'a Assembled, handle: &Handle<K>) -> Option<&'a Node> {
    assembled
        .stack
        .entries
        .get(handle.index())
        .filter(|it| it.address == *handle.address())
        .map(|it| &it.node)
}

/// Authorizers, permissions, plans and keys beyond those that were planned, or too few of them.
pub(crate) fn extras(plan: &Plan, assembled: &Assembled) -> Option<String> {
    let count = |is: fn(&Node) -> bool| {
        assembled
            .stack
            .entries
            .iter()
            .filter(|it| is(&it.node))
            .count()
    };
    let planned = |it: &Option<_>| it.is_some();
    let functions = plan
        .authorizers
        .iter()
        .map(|it| matches!(it.asks, AuthorizerAsks::Lambda(_)).then_some(()));
    let keys = || plan.usage_plans.iter().flat_map(|it| &it.keys);
    let made = keys()
        .filter(|it| matches!(it.source, KeySource::Made(_)))
        .count();
    let of = |is_there: bool, number: usize| if is_there { number } else { 0 };
    let due = [
        (
            "authorizers",
            count(|it| matches!(it, Node::Authorizer(_))),
            plan.authorizers.len(),
        ),
        (
            "authorizers that may call functions",
            count(|it| matches!(it, Node::AuthorizerPermission(_))),
            functions.filter(planned).count(),
        ),
        (
            "usage plans",
            count(|it| matches!(it, Node::UsagePlan(_))),
            plan.usage_plans.len(),
        ),
        ("API keys", count(|it| matches!(it, Node::ApiKey(_))), made),
        (
            "keys in usage plans",
            count(|it| matches!(it, Node::UsagePlanKey(_))),
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
    let entries = &assembled.stack.entries;
    for entry in entries {
        match &entry.node {
            Node::UsagePlan(found) => {
                let is_stage = matches!(node(assembled, &found.stage), Some(Node::Stage(stage)) if stage.api == found.api);
                if !is_stage || Some(&found.api) != assembled.api.as_ref() {
                    return Some(format!(
                        "usage plan {} holds another stage",
                        entry.address.label
                    ));
                }
            }
            Node::UsagePlanKey(found) => {
                let known = match &found.key {
                    KeyRef::Made(key) => matches!(node(assembled, key), Some(Node::ApiKey(_))),
                    KeyRef::Existing(_) => true,
                };
                if !known || !matches!(node(assembled, &found.plan), Some(Node::UsagePlan(_))) {
                    return Some(format!(
                        "{} puts no key into no usage plan",
                        entry.address.label
                    ));
                }
            }
            _ => {}
        }
    }
    let has_keys = plan
        .operations
        .iter()
        .any(|it| it.is_public() && it.auth.api_key);
    (has_keys && plan.usage_plans.is_empty())
        .then(|| "a key is asked for, and no usage plan holds the stage".to_owned())
}
