//! Access that one alternative of a requirement needs, and what several alternatives come to.
//! In: requirements, `auth`. Out: `AccessRequirement`.
//!
//! A method has one authorizer and may require an API key beside it (docs/aws-rules.md#a5,
//! docs/aws-rules.md#a6); all else cannot be expressed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::blueprint::AuthSpec;
use crate::openapi::Requirement;
use crate::plan::{AuthPlan, Check};

/// Entries of `auth` by name.
pub(crate) type AuthEntries = BTreeMap<String, AuthSpec>;

/// Access that an alternative requires.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccessRequirement {
    pub(crate) auth: AuthPlan,
    /// True where an alternative lists more than one scope and requires all of them.
    pub(crate) requires_all_scopes: bool,
    /// Entries whose scopes are not checked.
    pub(crate) unchecked: BTreeSet<Arc<str>>,
}

/// Two schemes that would need two authorizers.
pub(crate) struct TwoAuthorizers(pub(super) Arc<str>, pub(super) Arc<str>);

impl AccessRequirement {
    /// Reads an alternative, each of whose schemes has an entry.
    pub(crate) fn of(
        requirement: &Requirement,
        entries: &AuthEntries,
    ) -> Result<Self, TwoAuthorizers> {
        let mut required = Self::default();
        let mut first: Option<(&Arc<str>, &AuthSpec)> = None;
        for (name, scopes) in requirement {
            let Some(spec) = entries.get(&**name) else {
                continue;
            };
            required.auth.entries.insert(Arc::clone(name));
            match spec {
                AuthSpec::Ignore => continue,
                AuthSpec::ApiKey => required.auth.api_key = true,
                AuthSpec::Iam | AuthSpec::Cognito(..) | AuthSpec::Lambda(..) => match first {
                    None => {
                        first = Some((name, spec));
                        required.auth.check = check(name, spec);
                    }
                    Some((_, same)) if same == spec => {}
                    Some((other, _)) => {
                        return Err(TwoAuthorizers(Arc::clone(other), Arc::clone(name)));
                    }
                },
            }
            if let AuthSpec::Cognito(..) = spec {
                required.auth.scopes.extend(scopes.iter().cloned());
            } else if !scopes.is_empty() {
                required.unchecked.insert(Arc::clone(name));
            }
        }
        required.sort_scopes();
        required.requires_all_scopes = required.auth.scopes.len() > 1;
        Ok(required)
    }

    pub(super) fn sort_scopes(&mut self) {
        self.auth.scopes.sort();
        self.auth.scopes.dedup();
    }

    /// Returns the access that allows callers of either, where a method can express that.
    fn or(mut self, other: Self, entries: &AuthEntries) -> Option<Self> {
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
            self.sort_scopes();
        } else if self.auth.api_key != other.auth.api_key {
            // With the key or without it: without. Where nothing else is checked, that would be
            // open.
            if !is_checked {
                return None;
            }
            self.auth.api_key = false;
        }
        self.auth.entries.extend(other.auth.entries);
        self.requires_all_scopes |= other.requires_all_scopes;
        self.unchecked.extend(other.unchecked);
        Some(self)
    }
}

/// Returns the access that allows callers of any of several alternatives, where a method can
/// express that.
pub(crate) fn any_of(
    alternatives: Vec<AccessRequirement>,
    entries: &AuthEntries,
) -> Option<AccessRequirement> {
    let mut alternatives = alternatives.into_iter();
    let first = alternatives.next()?;
    alternatives.try_fold(first, |all, alternative| all.or(alternative, entries))
}

/// The check of callers by an entry alone.
pub(crate) fn check(name: &Arc<str>, spec: &AuthSpec) -> Check {
    match spec {
        AuthSpec::Iam => Check::Iam,
        AuthSpec::Cognito(..) | AuthSpec::Lambda(..) => Check::Authorizer(Arc::clone(name)),
        AuthSpec::ApiKey | AuthSpec::Ignore => Check::Nobody,
    }
}

/// Returns whether two checks let the same callers through: two names may have one authorizer.
pub(crate) fn same_check(one: &Check, other: &Check, entries: &AuthEntries) -> bool {
    match (one, other) {
        (Check::Nobody, Check::Nobody) | (Check::Iam, Check::Iam) => true,
        (Check::Authorizer(one), Check::Authorizer(other)) => {
            one == other || entries.get(&**one) == entries.get(&**other)
        }
        (Check::Nobody | Check::Iam | Check::Authorizer(_), _) => false,
    }
}
