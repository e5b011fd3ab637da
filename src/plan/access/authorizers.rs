//! Access that the gateway requires of callers, and the authorizers that check it.
//! In: `auth`, the names of its entries that operations use. Out: `AuthorizerPlan`s by name.
//!
//! An entry that no method uses creates nothing, and no input is declared for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::blueprint::{AuthSpec, Blueprint, LambdaAuthorizerSpec, identity_source};
use crate::plan::lambda;
use crate::plan::variables::Variables;
use crate::plan::{FunctionPlan, InputType, Name, OperationPlan, Values};
use crate::source::pointer::child;

/// Access that an operation requires of its callers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthPlan {
    pub check: Check,
    /// A token needs one of them; sorted.
    pub scopes: Vec<Arc<str>>,
    pub api_key: bool,
    /// Entries of `auth` that the operation's schemes map to, also those without a check.
    pub entries: BTreeSet<Arc<str>>,
    /// The reason why it is something else than the description requires.
    pub differs: Option<AuthDifference>,
}

/// The reason why the gateway requires something else than the description does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthDifference {
    /// Nobody checks these entries of `auth`.
    Ignored(Vec<Arc<str>>),
    /// A route requires less, for this reason.
    Weakened(Arc<str>),
    /// A route requires more, or picks one of several alternatives.
    Chosen,
}

/// Check of callers before a request is forwarded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Check {
    #[default]
    Nobody,
    Iam,
    /// By the name of its entry of `auth`.
    Authorizer(Arc<str>),
}

/// An authorizer of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizerPlan {
    /// The name of its entry of `auth`.
    pub name: Name,
    pub source: AuthorizerSource,
}

/// The service that decides for an authorizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizerSource {
    /// User pools, by their ARNs.
    Cognito(Values),
    Lambda(LambdaAuthorizerPlan),
}

/// A function that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LambdaAuthorizerPlan {
    pub function: FunctionPlan,
    /// True where the function gets one token, else it gets the whole request.
    pub is_token: bool,
    /// As API Gateway spells them.
    pub identity: Vec<Arc<str>>,
    pub ttl_s: u32,
}

/// Decides the authorizers that public operations use, by name.
///
/// Errors: GW2002 literal, GW2006 two types of one variable, GW2008 Terraform only.
pub(crate) fn authorizers(
    blueprint: &Blueprint,
    operations: &[OperationPlan],
    variables: &mut Variables<'_>,
) -> Vec<AuthorizerPlan> {
    let used: BTreeSet<&str> = operations
        .iter()
        .filter(|operation| operation.is_public())
        .filter_map(|operation| operation.auth.authorizer())
        .collect();
    let entries = blueprint
        .spec
        .auth
        .iter()
        .flatten()
        .filter(|(name, _)| used.contains(name.as_str()));
    let plan = |(name, spec): (&String, &AuthSpec)| {
        let at = child("/auth", name);
        let source = match spec {
            AuthSpec::Cognito(cognito, _) => {
                let at = child(&child(&at, "cognito"), "user_pools");
                let pools = &cognito.user_pools;
                AuthorizerSource::Cognito(variables.values(pools, InputType::UserPools, &at))
            }
            AuthSpec::Lambda(function, _) => {
                AuthorizerSource::Lambda(lambda(variables, function, &child(&at, "lambda")))
            }
            AuthSpec::Iam | AuthSpec::ApiKey | AuthSpec::Ignore => return None,
        };
        Some(AuthorizerPlan {
            name: name.as_str().into(),
            source,
        })
    };
    entries.filter_map(plan).collect()
}

fn lambda(
    variables: &mut Variables<'_>,
    spec: &LambdaAuthorizerSpec,
    at: &str,
) -> LambdaAuthorizerPlan {
    LambdaAuthorizerPlan {
        function: lambda::function(
            variables,
            &spec.function,
            InputType::AuthorizerFunction,
            &child(at, "function"),
        ),
        is_token: spec.is_token(),
        // `blueprint` reports those that are none.
        identity: spec
            .identity_sources()
            .iter()
            .filter_map(|source| identity_source(source))
            .map(Arc::from)
            .collect(),
        ttl_s: spec.ttl.seconds(),
    }
}

impl AuthPlan {
    /// Returns whether every caller is allowed.
    pub fn is_open(&self) -> bool {
        self.check == Check::Nobody && !self.api_key
    }

    /// The name of the authorizer.
    pub fn authorizer(&self) -> Option<&str> {
        match &self.check {
            Check::Authorizer(name) => Some(name),
            Check::Nobody | Check::Iam => None,
        }
    }
}
