//! Scopes and API keys of a route, in the place of those that the description requires.
//! In: the access that is required so far, a route's settings. Out: the same with the settings.

use super::diagnostics::operation::WeakeningEffect;
use super::requirement::AccessRequirement;
use super::{SecurityCase, SecurityJoin};
use crate::blueprint::AuthSpec;
use crate::plan::rules::Origin;

impl<'a> SecurityJoin<'a> {
    /// Puts the scopes of a route in the place of those of the description.
    pub(super) fn apply_scopes(
        &mut self,
        case: SecurityCase<'_, 'a>,
        required: &mut AccessRequirement,
    ) {
        let Some((scopes, origin)) = case.decision.scopes else {
            return;
        };
        if self.cognito_entry(&required.auth).is_none() && !scopes.is_empty() {
            self.by_cause
                .note_scopes_without_cognito(origin, case.operation);
            return;
        }
        let described = std::mem::take(&mut required.auth.scopes);
        let is_described = |scope: &String| described.iter().any(|of| covers(scope, of));
        let is_weaker =
            !described.is_empty() && (scopes.is_empty() || !scopes.iter().all(is_described));
        if is_weaker {
            self.weaken(case, origin, &WeakeningEffect::Scopes(described));
        }
        required.auth.scopes = scopes.iter().map(|scope| scope.as_str().into()).collect();
        required.sort_scopes();
    }

    /// Adds the API key that a route requires, or removes the one that the description requires.
    pub(super) fn apply_api_key(
        &mut self,
        case: SecurityCase<'_, 'a>,
        required: &mut AccessRequirement,
    ) {
        let Some((needs_key, origin)) = case.decision.api_key else {
            return;
        };
        if required.auth.api_key && !needs_key {
            self.weaken(case, origin, &WeakeningEffect::Key);
        }
        required.auth.api_key = needs_key;
        for (name, _) in self
            .entries
            .iter()
            .filter(|(_, spec)| matches!(spec, AuthSpec::ApiKey))
        {
            if needs_key {
                required.auth.entries.insert(name.as_str().into());
            } else {
                required.auth.entries.remove(name.as_str());
            }
        }
    }

    /// Notes what requires less than the description does, or refuses it.
    pub(super) fn weaken(
        &mut self,
        case: SecurityCase<'_, 'a>,
        origin: Origin<'a>,
        effect: &WeakeningEffect<'_>,
    ) {
        if let Some(reason) = origin.weakens(self.blueprint) {
            self.weakened = Some(reason.into());
            self.by_cause.note_weakened(origin, effect, case.operation);
        } else {
            let finding = effect.without_reason(self.blueprint, origin, case.operation);
            self.diagnostics.push(finding);
        }
    }
}

/// Returns whether a scope of a user pool is one of the description: a pool puts the name of its
/// resource server before it.
///
/// Source: Amazon Cognito, "Scopes, M2M, and resource servers" (`resource-server/scope`),
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html>,
/// read 2026-11-30.
fn covers(scope: &str, described: &str) -> bool {
    scope == described
        || scope
            .strip_suffix(described)
            .is_some_and(|server| server.ends_with('/'))
}
