//! Joins the description's `security` with `auth`: the one place where an operation may become
//! open.
//! In: an operation and its decision. Out: `AuthPlan`, diagnostics.
//!
//! Fails closed: whatever cannot be expressed, or is not decided, is an error.

mod credential;
mod diagnostics;
mod fits;
mod overrides;
mod requirement;
mod unused;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::blueprint::{AuthSpec, Blueprint};
use crate::diagnostic::{Diagnostic, OperationName};
use crate::openapi::{Api, HttpMethod, Operation, Requirement, Security};
use crate::plan::rules::{Decision, Origin};
use crate::plan::{AuthDifference, AuthPlan, Check};
use diagnostics::operation::{self, WeakeningEffect, inexpressible_alternatives, scheme_names};
use diagnostics::{AccessDiagnostics, Cause};
use requirement::{AccessRequirement, AuthEntries, any_of, check, same_check};
use unused::AuthUse;

/// `auth` of a route that requires nothing.
const NONE: &str = "none";

/// Most schemes that are named for one operation: thousands of alternatives on thousands of
/// operations are millions of diagnostics.
const MAX_MISSING: usize = 8;

/// Access that was decided so far, and what is reported of it at every render.
pub(crate) struct SecurityJoin<'a> {
    blueprint: &'a Blueprint,
    entries: AuthEntries,
    by_cause: AccessDiagnostics<'a>,
    /// Entries that a route chose.
    chosen: BTreeSet<Arc<str>>,
    /// The reason for which the operation at hand is weakened.
    weakened: Option<Arc<str>>,
    /// Public operations for which neither the description nor the blueprint declares access.
    undecided: Vec<OperationName>,
    has_keys: bool,
    diagnostics: Vec<Diagnostic>,
}

/// An operation with its description and its settings of the blueprint.
#[derive(Clone, Copy)]
struct SecurityCase<'c, 'a> {
    api: &'c Api,
    operation: &'c Operation,
    decision: &'c Decision<'a>,
}

impl<'a> SecurityJoin<'a> {
    pub(crate) fn new(blueprint: &'a Blueprint) -> Self {
        Self {
            blueprint,
            entries: blueprint.spec.auth.clone().unwrap_or_default(),
            by_cause: AccessDiagnostics::new(blueprint),
            chosen: BTreeSet::new(),
            weakened: None,
            undecided: Vec::new(),
            has_keys: false,
            diagnostics: Vec::new(),
        }
    }

    /// Decides what a public operation requires of its callers.
    ///
    /// Errors: GW3003 weakened without a reason, GW3040 inexpressible security,
    /// GW3041 scheme that does not fit, GW3043 scopes without Cognito.
    pub(crate) fn decide(
        &mut self,
        api: &Api,
        operation: &Operation,
        decision: &Decision<'a>,
    ) -> AuthPlan {
        let case = SecurityCase {
            api,
            operation,
            decision,
        };
        self.weakened = None;
        let Some(mut required) = self.required(case) else {
            return AuthPlan::default();
        };
        self.apply_scopes(case, &mut required);
        self.apply_api_key(case, &mut required);
        self.note_causes(case, &required);
        self.has_keys |= required.auth.api_key;
        required.auth.differs = self.difference(case, &required.auth);
        required.auth
    }

    /// The reason why an operation requires something else than its description does.
    fn difference(
        &mut self,
        case: SecurityCase<'_, 'a>,
        auth: &AuthPlan,
    ) -> Option<AuthDifference> {
        if let Some(reason) = self.weakened.take() {
            return Some(AuthDifference::Weakened(reason));
        }
        let mut ignored: Vec<Arc<str>> = auth.entries.iter().cloned().collect();
        ignored.retain(|name| matches!(self.entries.get(&**name), Some(AuthSpec::Ignore)));
        if !ignored.is_empty() {
            return Some(AuthDifference::Ignored(ignored));
        }
        let Decision {
            auth: chosen,
            scopes,
            api_key,
            ..
        } = case.decision;
        let is_declared = |name: &str| {
            let mut needed = needed(case.operation).iter();
            needed.next().is_some_and(|only| only.contains_key(name)) && needed.next().is_none()
        };
        let is_chosen = chosen.is_some_and(|(name, _)| name != NONE && !is_declared(name))
            || scopes.is_some()
            || api_key.is_some();
        is_chosen.then_some(AuthDifference::Chosen)
    }

    /// The access that description and `auth` of a route require together.
    fn required(&mut self, case: SecurityCase<'_, 'a>) -> Option<AccessRequirement> {
        let alternatives = needed(case.operation);
        let Some((name, origin)) = case.decision.auth else {
            if alternatives.is_empty() {
                self.undecided.push(case.operation.name());
                return Some(AccessRequirement::default());
            }
            return self.described(case, &alternatives.iter().collect::<Vec<_>>());
        };
        if name == NONE {
            if !alternatives.is_empty() {
                let effect = WeakeningEffect::Opened(scheme_names(alternatives));
                self.weaken(case, origin, &effect);
            }
            return Some(AccessRequirement::default());
        }
        self.chosen.insert(name.into());
        let picked: Vec<&Requirement> = case
            .operation
            .security
            .alternatives()
            .iter()
            .filter(|alternative| alternative.contains_key(name))
            .collect();
        if picked.is_empty() {
            self.replaced(case, name, origin)
        } else {
            self.described(case, &picked)
        }
    }

    /// The access that the description requires.
    ///
    /// Every scheme of every alternative needs its entry, as any of them may be the one that a
    /// caller uses.
    fn described(
        &mut self,
        case: SecurityCase<'_, 'a>,
        alternatives: &[&Requirement],
    ) -> Option<AccessRequirement> {
        if self.has_faulty_schemes(case, alternatives) {
            return None;
        }
        let mut all = Vec::with_capacity(alternatives.len());
        for alternative in alternatives {
            match AccessRequirement::of(alternative, &self.entries) {
                Ok(required) => all.push(required),
                Err(two) => {
                    let finding = operation::two_authorizers(self.blueprint, case.operation, &two);
                    self.diagnostics.push(finding);
                    return None;
                }
            }
        }
        let joined = any_of(all, &self.entries);
        if joined.is_none() {
            let finding = inexpressible_alternatives(self.blueprint, case.operation, alternatives);
            self.diagnostics.push(finding);
        }
        joined
    }

    /// Returns whether a scheme has no entry of `auth`, or one that cannot check it, and notes
    /// each.
    fn has_faulty_schemes(
        &mut self,
        case: SecurityCase<'_, 'a>,
        alternatives: &[&Requirement],
    ) -> bool {
        let names = || {
            alternatives
                .iter()
                .flat_map(|alternative| alternative.keys())
        };
        let missing: Vec<&Arc<str>> = names()
            .filter(|name| !self.entries.contains_key(&***name))
            .take(MAX_MISSING)
            .collect();
        for name in &missing {
            let cause = if case.api.schemes.contains_key(&***name) {
                Cause::UnmappedScheme
            } else {
                Cause::UndeclaredScheme
            };
            self.by_cause.note(cause, name, case.operation);
        }
        let misfits: Vec<Diagnostic> = names()
            .filter_map(|name| {
                let spec = self.entries.get(&**name)?;
                fits::misfit(self.blueprint, case, name, spec)
            })
            .take(MAX_MISSING)
            .collect();
        let is_faulty = !missing.is_empty() || !misfits.is_empty();
        self.diagnostics.extend(misfits);
        is_faulty
    }

    /// The access under a route that names an entry which is none of the operation's schemes: more
    /// than nothing, or something in their place.
    ///
    /// An API key that every alternative requires stays. In the place of another authorizer it
    /// needs a reason: it lets others through.
    fn replaced(
        &mut self,
        case: SecurityCase<'_, 'a>,
        name: &'a str,
        origin: Origin<'a>,
    ) -> Option<AccessRequirement> {
        let entry: Arc<str> = name.into();
        // A name without an entry is an error of the blueprint, and reported there.
        let spec = self.entries.get(name)?;
        let mut chosen = AccessRequirement::default();
        chosen.auth.check = check(&entry, spec);
        chosen.auth.api_key = matches!(spec, AuthSpec::ApiKey);
        chosen.auth.entries.insert(entry);
        let alternatives = needed(case.operation);
        if alternatives.is_empty() {
            return Some(chosen);
        }
        let is_mapped = |name: &Arc<str>| self.entries.contains_key(&**name);
        // Empty where an alternative has a scheme without an entry, or needs two authorizers.
        let described: Option<Vec<AccessRequirement>> = alternatives
            .iter()
            .map(|alternative| {
                let required = AccessRequirement::of(alternative, &self.entries).ok();
                required.filter(|_| alternative.keys().all(is_mapped))
            })
            .collect();
        let described = described.unwrap_or_default();
        let is_same = |required: &AccessRequirement| {
            required.auth.check == Check::Nobody
                || same_check(&required.auth.check, &chosen.auth.check, &self.entries)
        };
        let is_same_everywhere = !described.is_empty() && described.iter().all(is_same);
        let mut all = described.iter();
        if !is_same_everywhere {
            let of = scheme_names(alternatives);
            self.weaken(case, origin, &WeakeningEffect::Replaced { by: name, of });
        } else if let Some(same) = all.find(|required| required.auth.check != Check::Nobody) {
            chosen.auth.scopes.clone_from(&same.auth.scopes);
        }
        chosen.auth.api_key |=
            !described.is_empty() && described.iter().all(|required| required.auth.api_key);
        Some(chosen)
    }

    /// The Cognito entry that checks callers.
    fn cognito_entry<'p>(&self, auth: &'p AuthPlan) -> Option<&'p str> {
        auth.authorizer()
            .filter(|name| matches!(self.entries.get(*name), Some(AuthSpec::Cognito(..))))
    }

    /// Notes what a reader of the render should know of an operation.
    fn note_causes(&mut self, case: SecurityCase<'_, 'a>, required: &AccessRequirement) {
        let auth = &required.auth;
        let mut note = |cause: Cause, name: &str| self.by_cause.note(cause, name, case.operation);
        for name in &auth.entries {
            match self.entries.get(&**name) {
                Some(AuthSpec::Ignore) => note(Cause::Ignored, name),
                Some(AuthSpec::Lambda(..)) => note(Cause::DecidedByFunction, name),
                Some(AuthSpec::ApiKey | AuthSpec::Iam | AuthSpec::Cognito(..)) | None => {}
            }
        }
        if case.decision.scopes.is_none()
            && required.requires_all_scopes
            && let Some(name) = auth.authorizer()
        {
            note(Cause::AnyScopeSuffices, name);
        }
        for name in &required.unchecked {
            note(Cause::UncheckedScopes, name);
        }
        if let Some(name) = self.cognito_entry(auth) {
            let cause = if auth.scopes.is_empty() {
                Cause::WithoutScopes
            } else {
                Cause::WithScopes
            };
            self.by_cause.note(cause, name, case.operation);
        }
        if case.operation.method == HttpMethod::Options && !auth.is_open() {
            self.diagnostics
                .push(operation::protected_preflight(case.operation));
        }
    }

    /// Returns all diagnostics; what was opened is a warning at every render.
    ///
    /// Errors: GW1012 undeclared scheme, GW3002 unmapped scheme, GW3041 and GW3090 credentials that
    /// an authorizer does not see or caches responses without, GW3042 a mapped scheme that nothing
    /// requires, beside open operations.
    pub(crate) fn finish(self, apis: &[Api]) -> Vec<Diagnostic> {
        let auth_use = AuthUse::new(self.blueprint, apis, &self.chosen);
        let chosen_without_entry = self
            .chosen
            .iter()
            .map(|name| &**name)
            .filter(|name| !self.entries.contains_key(*name));
        let without_entry = self.by_cause.without_entry().chain(chosen_without_entry);
        let suggestions = auth_use.suggestions(without_entry);
        let mut diagnostics = self.diagnostics;
        // One mistake, one diagnostic.
        diagnostics.extend(
            auth_use
                .unused(&self.undecided, self.has_keys)
                .into_iter()
                .filter(|(name, _)| !suggestions.values().any(|suggested| suggested == name))
                .map(|(_, finding)| finding),
        );
        if let Some(functions) = self.by_cause.of(Cause::DecidedByFunction) {
            diagnostics.extend(credential::unseen(self.blueprint, apis, functions));
        }
        diagnostics.extend(self.by_cause.finish(&suggestions));
        diagnostics
    }
}

/// The alternatives of which a caller has to meet one.
fn needed(operation: &Operation) -> &[Requirement] {
    match &operation.security {
        Security::Needs(alternatives) => alternatives,
        Security::Open | Security::Optional(_) => &[],
    }
}
