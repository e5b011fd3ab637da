//! Scopes and API keys of a route, in the place of those that the description requires.
//!
//! In: the access that is required so far, a route's settings. Out: the same with the settings,
//! diagnostics. Pure.

use super::diagnostics::operation::{RouteWeakening, WeakeningEffect};
use super::fits::covers;
use super::requirement::AccessRequirement;
use super::{SecurityCase, SecurityJoin};
use crate::blueprint::AuthSpec;

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
            let weakening = RouteWeakening {
                origin,
                field: "scopes",
                effect: WeakeningEffect::Scopes(described),
            };
            self.weaken(case, weakening);
        }
        required.auth.scopes = scopes.iter().map(|scope| scope.as_str().into()).collect();
        required.auth.scopes.sort();
        required.auth.scopes.dedup();
    }

    /// Adds the API key that a route requires, or takes away the one that the description requires.
    pub(super) fn apply_api_key(
        &mut self,
        case: SecurityCase<'_, 'a>,
        required: &mut AccessRequirement,
    ) {
        let Some((needs_key, origin)) = case.decision.api_key else {
            return;
        };
        if required.auth.api_key && !needs_key {
            let weakening = RouteWeakening {
                origin,
                field: "api_key",
                effect: WeakeningEffect::Key,
            };
            self.weaken(case, weakening);
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
    pub(super) fn weaken(&mut self, case: SecurityCase<'_, 'a>, weakening: RouteWeakening<'_, 'a>) {
        if let Some(reason) = weakening.origin.weakens(self.blueprint) {
            self.weakened = Some(reason.into());
            self.by_cause.note_weakened(&weakening, case.operation);
        } else {
            let finding = weakening.without_reason(self.blueprint, case.operation);
            self.diagnostics.push(finding);
        }
    }
}
