//! Authorizers, the access that methods require, and the permissions to call their functions.

mod keys;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::functions::function;
use super::values::list;
use crate::aws::{
    Authorization, AuthorizedBy, Authorizer, AuthorizerKind, AuthorizerPermission, RestApi, Stack,
};
use crate::plan::{AuthPlan, AuthorizerSource, Check, Plan, names};
use crate::stack::{File, Handle, Label, Value};
pub(crate) use keys::usage_plans;

/// Authorizers of the stack, by the name of their entry of `auth`.
pub(crate) type Authorizers = BTreeMap<Arc<str>, AuthorizedBy>;

/// One an entry; its label is a function of the entry's name alone.
pub(crate) fn authorizers(stack: &mut Stack, plan: &Plan, api: &Handle<RestApi>) -> Authorizers {
    let mut made = Authorizers::new();
    for planned in &plan.authorizers {
        let label = Label::of(&planned.name, names::literal);
        let asks = match &planned.source {
            AuthorizerSource::Cognito(pools) => AuthorizerKind::Cognito {
                user_pools: list(pools),
            },
            AuthorizerSource::Lambda(lambda) => AuthorizerKind::Lambda {
                function: function(&lambda.function),
                is_token: lambda.is_token,
                identity: lambda.identity.clone(),
                ttl_s: lambda.ttl_s,
            },
        };
        let handle = stack.add(
            File::Access,
            label.clone(),
            Authorizer {
                api: api.clone(),
                name: label.as_str().into(),
                asks,
            },
        );
        let by = match &planned.source {
            AuthorizerSource::Cognito(_) => AuthorizedBy::Cognito(handle),
            AuthorizerSource::Lambda(lambda) => {
                let label = Label::of(&planned.name, |name| {
                    format!("authorizer__{}", names::literal(name))
                });
                let (function, authorizer) = (function(&lambda.function), handle.clone());
                let permission = AuthorizerPermission {
                    function,
                    api: api.clone(),
                    authorizer,
                    is_of_any: false,
                };
                stack.add(File::Access, label, permission);
                AuthorizedBy::Custom(handle)
            }
        };
        made.insert(Arc::clone(&planned.name), by);
    }
    made
}

/// Returns the access that a method requires.
pub(crate) fn authorization(auth: &AuthPlan, authorizers: &Authorizers) -> Authorization {
    let by = match &auth.check {
        Check::Nobody => AuthorizedBy::Nobody,
        Check::Iam => AuthorizedBy::Iam,
        Check::Authorizer(name) => authorizers
            .get(name)
            .expect("every authorizer that an operation names is planned")
            .clone(),
    };
    Authorization {
        by,
        scopes: auth.scopes.clone(),
        api_key: auth.api_key,
    }
}

/// The authorizer of a method with its id and what it uses: in the snapshot it is as it was when
/// the snapshot was made (docs/aws-rules.md#d1).
pub(crate) fn in_snapshot<'s>(
    stack: &'s Stack,
    required: &Authorization,
) -> Option<(&'s Authorizer, Vec<Value>)> {
    let handle = required.authorizer()?;
    let node = stack.get(handle);
    Some((
        node,
        std::iter::once(handle.id())
            .chain(node.asks.deploy_time())
            .collect(),
    ))
}
