//! Corruptions of the access that a method requires.

use super::{Corruption, methods};
use crate::assemble::Assembled;
use crate::aws::{
    Authorization, AuthorizedBy, Authorizer, AuthorizerKind, AuthorizerPermission, Function,
    Integration, Method, Node,
};
use crate::plan::Plan;
use crate::stack::{Handle, Label, List, Value};

pub(crate) const CORRUPTIONS: &[(&str, Corruption)] = &[
    ("authorizer dropped", authorizer_dropped),
    ("signature dropped", signature_dropped),
    ("authorizer swapped for another", authorizer_swapped),
    ("type of another authorizer", type_swapped),
    (
        "authorizer put in the place of a signature",
        signature_swapped,
    ),
    ("key dropped", key_dropped),
    ("key added", key_added),
    ("scopes dropped", scopes_dropped),
    ("scope added", scope_added),
    ("open method protected", open_protected),
    ("refusal that asks who calls", refusal_protected),
    ("authorizer of other user pools", other_pools),
    ("authorizer that asks another function", other_function),
    (
        "authorizer that tells callers apart by something else",
        other_identity,
    ),
    ("answers kept for longer", kept_longer),
    (
        "authorizer that may not call its function",
        permission_for_another,
    ),
    ("authorizer that nobody asked for", authorizer_added),
    ("key that stands in no plan", plan_key_renamed),
    ("usage plan lost", plan_lost),
    ("usage plan doubled", plan_doubled),
];

fn guarded(assembled: &mut Assembled) -> impl Iterator<Item = &mut Authorization> {
    methods(assembled).map(|it| &mut it.authorization)
}

/// The authorizers that methods name, each once, in the order of the methods.
fn named(assembled: &mut Assembled) -> Vec<(Handle<Authorizer>, bool)> {
    let mut found: Vec<(Handle<Authorizer>, bool)> = Vec::new();
    for asked in guarded(assembled) {
        let is_cognito = matches!(asked.by, AuthorizedBy::Cognito(_));
        if let Some(handle) = asked
            .authorizer()
            .filter(|it| found.iter().all(|(other, _)| other != *it))
        {
            found.push((handle.clone(), is_cognito));
        }
    }
    found
}

fn authorizers(assembled: &mut Assembled) -> impl Iterator<Item = &mut Authorizer> {
    assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::Authorizer(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

fn authorizer_dropped(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    guarded(assembled).find(|it| it.authorizer().is_some())?.by = AuthorizedBy::Nobody;
    Some(())
}

fn signature_dropped(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    guarded(assembled).find(|it| it.by == AuthorizedBy::Iam)?.by = AuthorizedBy::Nobody;
    Some(())
}

fn authorizer_swapped(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let [first, second, ..] = &named(assembled)[..] else {
        return None;
    };
    let (first, (second, is_cognito)) = (first.0.clone(), second.clone());
    let by = if is_cognito {
        AuthorizedBy::Cognito(second)
    } else {
        AuthorizedBy::Custom(second)
    };
    guarded(assembled)
        .find(|it| it.authorizer() == Some(&first))?
        .by = by;
    Some(())
}

fn type_swapped(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let asked = guarded(assembled).find(|it| matches!(it.by, AuthorizedBy::Cognito(_)))?;
    let AuthorizedBy::Cognito(handle) = asked.by.clone() else {
        return None;
    };
    asked.by = AuthorizedBy::Custom(handle);
    Some(())
}

fn signature_swapped(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let (handle, _) = named(assembled).into_iter().next()?;
    guarded(assembled).find(|it| it.by == AuthorizedBy::Iam)?.by = AuthorizedBy::Custom(handle);
    Some(())
}

fn key_dropped(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    guarded(assembled).find(|it| it.api_key)?.api_key = false;
    Some(())
}

fn key_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    guarded(assembled).find(|it| !it.api_key)?.api_key = true;
    Some(())
}

fn scopes_dropped(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    guarded(assembled)
        .find(|it| !it.scopes.is_empty())?
        .scopes
        .clear();
    Some(())
}

fn scope_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    guarded(assembled)
        .find(|it| !it.scopes.is_empty())?
        .scopes
        .push("openid".into());
    Some(())
}

fn open_protected(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    methods(assembled)
        .find(|it| it.authorization.is_open() && it.integration.is_backend())?
        .authorization
        .by = AuthorizedBy::Iam;
    Some(())
}

fn refusal_protected(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let is_refusal = |it: &&mut Method| matches!(it.integration, Integration::NotFound);
    methods(assembled).find(is_refusal)?.authorization.by = AuthorizedBy::Iam;
    Some(())
}

fn other_pools(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    authorizers(assembled).find_map(|it| match &mut it.asks {
        AuthorizerKind::Cognito { user_pools } => {
            *user_pools = List::Of(vec![Value::literal("other")]);
            Some(())
        }
        AuthorizerKind::Lambda { .. } => None,
    })
}

fn other_function(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let other = Function::Name {
        name: "other".into(),
        qualifier: None,
    };
    let changed = authorizers(assembled).find_map(|it| match &mut it.asks {
        AuthorizerKind::Lambda { function, .. } => Some(std::mem::replace(function, other.clone())),
        AuthorizerKind::Cognito { .. } => None,
    })?;
    // The permission is changed as well, so that only the authorizer differs.
    permissions(assembled)
        .filter(|it| it.function == changed)
        .for_each(|it| it.function = other.clone());
    Some(())
}

fn permissions(assembled: &mut Assembled) -> impl Iterator<Item = &mut AuthorizerPermission> {
    assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::AuthorizerPermission(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

fn other_identity(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    authorizers(assembled).find_map(|it| match &mut it.asks {
        AuthorizerKind::Lambda { identity, .. } => identity.pop().map(drop),
        AuthorizerKind::Cognito { .. } => None,
    })
}

fn kept_longer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    authorizers(assembled).find_map(|it| match &mut it.asks {
        AuthorizerKind::Lambda { ttl_s, .. } => {
            *ttl_s += 1;
            Some(())
        }
        AuthorizerKind::Cognito { .. } => None,
    })
}

fn permission_for_another(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    permissions(assembled).next()?.function = Function::Name {
        name: "other".into(),
        qualifier: None,
    };
    Some(())
}

fn authorizer_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let api = assembled.api.clone()?;
    let asks = AuthorizerKind::Cognito {
        user_pools: List::Of(vec![Value::literal("other")]),
    };
    assembled.stack.add(
        crate::stack::File::Api,
        Label::new("other"),
        Authorizer {
            api,
            name: "other".into(),
            asks,
        },
    );
    Some(())
}

fn plan_key_renamed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let is_key = |it: &crate::aws::Entry| matches!(it.node, Node::UsagePlanKey(_));
    let index = assembled.stack.entries.iter().position(is_key)?;
    assembled.stack.entries.remove(index);
    Some(())
}

/// Another node takes its place, as handles count nodes.
fn plan_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let entry = assembled
        .stack
        .entries
        .iter_mut()
        .find(|it| matches!(it.node, Node::UsagePlan(_)))?;
    entry.node = crate::aws::ApiKey {
        name: Value::literal("other"),
        description: "".into(),
        is_closed: false,
    }
    .into();
    Some(())
}

fn plan_doubled(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let found = assembled.stack.entries.iter().find_map(|it| {
        if let Node::UsagePlan(it) = &it.node {
            Some(it)
        } else {
            None
        }
    })?;
    let (name, api, stage) = (found.name.clone(), found.api.clone(), found.stage.clone());
    let double = crate::aws::UsagePlan {
        name,
        api,
        stage,
        throttle: None,
        quota: None,
        routes: Default::default(),
        is_closed: false,
    };
    assembled
        .stack
        .add(crate::stack::File::Api, Label::new("double"), double);
    Some(())
}
