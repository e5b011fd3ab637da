//! What one alternative of a requirement asks, and what several come to.
//!
//! In: requirements, `auth`. Out: `Asked`. Pure.
//! A method has one authorizer and may ask for an API key beside it (docs/aws-rules.md#a5,
//! docs/aws-rules.md#a6); all else cannot be said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::blueprint::AuthSpec;
use crate::openapi::Requirement;
use crate::plan::{AuthPlan, Check};

/// Entries of `auth` by name.
pub(crate) type Entries = BTreeMap<String, AuthSpec>;

/// What an alternative asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) auth: AuthPlan,
    /// Lists more than one scope, all of which it asks for.
    pub(crate) asks_all: bool,
    /// Entries whose scopes nobody checks.
    pub(crate) unchecked: BTreeSet<Arc<str>>,
}

/// Two schemes that would take two authorizers.
pub(crate) struct TwoAuthorizers(pub(super) Arc<str>, pub(super) Arc<str>);

impl Asked {
    /// What an alternative asks; each of its schemes has an entry.
    pub(crate) fn of(requirement: &Requirement, entries: &Entries) -> Result<Self, TwoAuthorizers> {
        let mut asked = Self::default();
        let mut first: Option<(&Arc<str>, &AuthSpec)> = None;
        for (name, scopes) in requirement {
            let Some(spec) = entries.get(&**name) else {
                continue;
            };
            asked.auth.entries.insert(Arc::clone(name));
            match spec {
                AuthSpec::Ignore => continue,
                AuthSpec::ApiKey => asked.auth.api_key = true,
                AuthSpec::Iam | AuthSpec::Cognito(_) | AuthSpec::Lambda(_) => match first {
                    None => {
                        first = Some((name, spec));
                        asked.auth.check = check(name, spec);
                    }
                    Some((_, same)) if same == spec => {}
                    Some((other, _)) => {
                        return Err(TwoAuthorizers(Arc::clone(other), Arc::clone(name)));
                    }
                },
            }
            if let AuthSpec::Cognito(_) = spec {
                asked.auth.scopes.extend(scopes.iter().cloned());
            } else if !scopes.is_empty() {
                asked.unchecked.insert(Arc::clone(name));
            }
        }
        asked.settle();
        asked.asks_all = asked.auth.scopes.len() > 1;
        Ok(asked)
    }

    fn settle(&mut self) {
        self.auth.scopes.sort();
        self.auth.scopes.dedup();
    }

    /// One of the two, where a method can say it.
    fn or(mut self, other: Self, entries: &Entries) -> Option<Self> {
        if !same_check(&self.auth.check, &other.auth.check, entries) {
            return None;
        }
        let is_checked = self.auth.check != Check::Nobody;
        let has_scopes = !self.auth.scopes.is_empty() && !other.auth.scopes.is_empty();
        if self.auth.scopes != other.auth.scopes {
            // Any of them suffices, which is what the gateway checks.
            if !has_scopes || self.auth.api_key != other.auth.api_key {
                return None;
            }
            self.auth.scopes.extend(other.auth.scopes);
            self.settle();
        } else if self.auth.api_key != other.auth.api_key {
            // With the key or without it: without. Where nothing else is checked, that would be
            // open.
            if !is_checked {
                return None;
            }
            self.auth.api_key = false;
        }
        self.auth.entries.extend(other.auth.entries);
        self.asks_all |= other.asks_all;
        self.unchecked.extend(other.unchecked);
        Some(self)
    }
}

/// One of several, where a method can say it.
pub(crate) fn any_of(alternatives: Vec<Asked>, entries: &Entries) -> Option<Asked> {
    let mut alternatives = alternatives.into_iter();
    let first = alternatives.next()?;
    alternatives.try_fold(first, |all, it| all.or(it, entries))
}

/// What an entry alone has the gateway check.
pub(crate) fn check(name: &Arc<str>, spec: &AuthSpec) -> Check {
    match spec {
        AuthSpec::Iam => Check::Iam,
        AuthSpec::Cognito(_) | AuthSpec::Lambda(_) => Check::Authorizer(Arc::clone(name)),
        AuthSpec::ApiKey | AuthSpec::Ignore => Check::Nobody,
    }
}

/// Whether two checks let the same callers through: two names may have one authorizer.
pub(crate) fn same_check(one: &Check, other: &Check, entries: &Entries) -> bool {
    match (one, other) {
        (Check::Nobody, Check::Nobody) | (Check::Iam, Check::Iam) => true,
        (Check::Authorizer(one), Check::Authorizer(other)) => {
            one == other || entries.get(&**one) == entries.get(&**other)
        }
        (Check::Nobody | Check::Iam | Check::Authorizer(_), _) => false,
    }
}
