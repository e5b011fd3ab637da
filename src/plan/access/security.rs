//! Joins the description's `security` with the blueprint's `auth`: the one place where an operation
//! may become open.
//!
//! In: an operation and its decision. Out: `AuthPlan`, findings. Pure.
//! Fails closed: whatever cannot be expressed, or is not said, is an error.

mod asked;
mod credential;
mod fits;
mod told;
mod unused;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::blueprint::{AuthSpec, Blueprint};
use crate::diagnostic::{Diagnostic, OperationName};
use crate::openapi::{Api, HttpMethod, Operation, Requirement, Security};
use crate::plan::rules::{Decision, Origin};
use crate::plan::{AuthDifference, AuthPlan, Check};
use asked::{Asked, Entries, TwoAuthorizers, any_of, check, same_check};
pub(crate) use fits::covers;
pub(crate) use told::counted;
use told::{Told, Weakening, names};

/// `auth` of a route that asks for nothing.
const NONE: &str = "none";

/// Most schemes that are named for one operation: thousands of alternatives on thousands of
/// operations are millions of findings.
const MAX_MISSING: usize = 8;

/// What was joined, and what is to be told of it at every render.
pub(crate) struct Joined<'a> {
    blueprint: &'a Blueprint,
    entries: Entries,
    told: Told<'a>,
    /// Entries that a route chose.
    chosen: BTreeSet<Arc<str>>,
    /// The reason for which the operation at hand is weakened.
    weakened: Option<Arc<str>>,
    /// Public operations for which neither the description nor the blueprint says anything.
    unsaid: Vec<OperationName>,
    has_keys: bool,
    diagnostics: Vec<Diagnostic>,
}

/// An operation with its description and what the blueprint says of it.
#[derive(Clone, Copy)]
struct Case<'c, 'a> {
    api: &'c Api,
    operation: &'c Operation,
    decision: &'c Decision<'a>,
}

impl<'a> Joined<'a> {
    pub(crate) fn new(blueprint: &'a Blueprint) -> Self {
        Self {
            blueprint,
            entries: blueprint.spec.auth.clone().unwrap_or_default(),
            told: Told::new(blueprint),
            chosen: BTreeSet::new(),
            weakened: None,
            unsaid: Vec::new(),
            has_keys: false,
            diagnostics: Vec::new(),
        }
    }

    /// Decides what a public operation asks of its callers.
    ///
    /// Errors: GW3003 weakened without a reason, GW3040 inexpressible security,
    /// GW3041 scheme that does not fit, GW3043 scopes without Cognito.
    pub(crate) fn decide(
        &mut self,
        api: &Api,
        operation: &Operation,
        decision: &Decision<'a>,
    ) -> AuthPlan {
        let case = Case {
            api,
            operation,
            decision,
        };
        self.weakened = None;
        let Some(mut asked) = self.asked(case) else {
            return AuthPlan::default();
        };
        let described = asked.clone();
        self.scopes(case, &mut asked);
        self.key(case, &mut asked);
        self.tell(
            case,
            &asked,
            decision.scopes.is_none() && described.asks_all,
        );
        self.has_keys |= asked.auth.api_key;
        asked.auth.differs = self.difference(case, &asked.auth);
        asked.auth
    }

    /// Why an operation asks for something else than its description does.
    fn difference(&mut self, case: Case<'_, 'a>, auth: &AuthPlan) -> Option<AuthDifference> {
        if let Some(reason) = self.weakened.take() {
            return Some(AuthDifference::Weakened(reason));
        }
        let is_ignored =
            |name: &&Arc<str>| matches!(self.entries.get(&***name), Some(AuthSpec::Ignore));
        let ignored: Vec<Arc<str>> = auth.entries.iter().filter(is_ignored).cloned().collect();
        if !ignored.is_empty() {
            return Some(AuthDifference::Ignored(ignored));
        }
        let Decision {
            auth: chosen,
            scopes,
            api_key,
            ..
        } = case.decision;
        let is_declared = |name: &str| matches!(&case.operation.security, Security::Needs(all) if matches!(&**all, [only] if only.contains_key(name)));
        let is_chosen = chosen.is_some_and(|(name, _)| name != NONE && !is_declared(name))
            || scopes.is_some()
            || api_key.is_some();
        is_chosen.then_some(AuthDifference::Chosen)
    }

    /// What description and `auth` come to.
    fn asked(&mut self, case: Case<'_, 'a>) -> Option<Asked> {
        let alternatives = match &case.operation.security {
            Security::Needs(alternatives) => &alternatives[..],
            Security::Open | Security::Optional(_) => &[],
        };
        let Some((name, origin)) = case.decision.auth else {
            if alternatives.is_empty() {
                self.unsaid.push(case.operation.name());
                return Some(Asked::default());
            }
            return self.described(case, &alternatives.iter().collect::<Vec<_>>());
        };
        if name == NONE {
            return self.opened(case, alternatives, origin);
        }
        self.chosen.insert(name.into());
        let picked: Vec<&Requirement> = case
            .operation
            .security
            .alternatives()
            .iter()
            .filter(|it| it.contains_key(name))
            .collect();
        if picked.is_empty() {
            self.replaced(case, alternatives, (name, origin))
        } else {
            self.described(case, &picked)
        }
    }

    /// What the description asks; every scheme of every alternative needs its entry, as any of them
    /// may be the one a caller uses.
    fn described(&mut self, case: Case<'_, 'a>, alternatives: &[&Requirement]) -> Option<Asked> {
        let is_missing = |name: &&Arc<str>| !self.entries.contains_key(&***name);
        let missing: Vec<&Arc<str>> = alternatives
            .iter()
            .flat_map(|it| it.keys())
            .filter(is_missing)
            .take(MAX_MISSING)
            .collect();
        for name in &missing {
            if case.api.schemes.contains(name) {
                self.told.unmapped(name, case.operation);
            } else {
                self.told.undeclared(name, case.operation);
            }
        }
        let misfits: Vec<Diagnostic> = alternatives
            .iter()
            .flat_map(|it| it.keys())
            .filter_map(|name| {
                fits::misfit(
                    self.blueprint,
                    (case.api, case.operation),
                    name,
                    self.entries.get(&**name)?,
                )
            })
            .take(MAX_MISSING)
            .collect();
        if !missing.is_empty() || !misfits.is_empty() {
            self.diagnostics.extend(misfits);
            return None;
        }
        let mut all = Vec::with_capacity(alternatives.len());
        for alternative in alternatives {
            match Asked::of(alternative, &self.entries) {
                Ok(asked) => all.push(asked),
                Err(TwoAuthorizers(one, other)) => {
                    self.diagnostics.push(told::two_authorizers(
                        self.blueprint,
                        case,
                        (&one, &other),
                    ));
                    return None;
                }
            }
        }
        let joined = any_of(all, &self.entries);
        if joined.is_none() {
            self.diagnostics
                .push(told::several(self.blueprint, case, alternatives));
        }
        joined
    }

    /// A route that asks for nothing.
    fn opened(
        &mut self,
        case: Case<'_, 'a>,
        alternatives: &[Requirement],
        origin: Origin<'a>,
    ) -> Option<Asked> {
        if !alternatives.is_empty() {
            self.weakens(
                case,
                (origin, "auth"),
                &Weakening::Opened(names(alternatives)),
            );
        }
        Some(Asked::default())
    }

    /// A route that names an entry which is none of the operation's schemes: more than nothing, or
    /// something in their place.
    ///
    /// An API key that every alternative asks for stays. In the place of another authorizer it
    /// needs a reason: it lets others through.
    fn replaced(
        &mut self,
        case: Case<'_, 'a>,
        alternatives: &[Requirement],
        (name, origin): (&'a str, Origin<'a>),
    ) -> Option<Asked> {
        let name: Arc<str> = name.into();
        // That a name has no entry is an error of the blueprint, and said there.
        let spec = self.entries.get(&*name)?;
        let mut own = Asked::default();
        own.auth.entries.insert(Arc::clone(&name));
        own.auth.check = check(&name, spec);
        own.auth.api_key = matches!(spec, AuthSpec::ApiKey);
        if alternatives.is_empty() {
            return Some(own);
        }
        let is_mapped = alternatives
            .iter()
            .flat_map(|it| it.keys())
            .all(|it| self.entries.contains_key(&**it));
        let described: Option<Vec<Asked>> = alternatives
            .iter()
            .map(|it| Asked::of(it, &self.entries).ok())
            .collect::<Option<_>>()
            .filter(|_| is_mapped);
        let keeps = |it: &Asked| {
            it.auth.check == Check::Nobody
                || same_check(&it.auth.check, &own.auth.check, &self.entries)
        };
        if !described.as_ref().is_some_and(|all| all.iter().all(keeps)) {
            self.weakens(
                case,
                (origin, "auth"),
                &Weakening::Replaced {
                    by: &name,
                    of: names(alternatives),
                },
            );
        } else if let Some(same) = described
            .iter()
            .flatten()
            .find(|it| it.auth.check != Check::Nobody)
        {
            own.auth.scopes.clone_from(&same.auth.scopes);
        }
        own.auth.api_key |= described.is_some_and(|all| all.iter().all(|it| it.auth.api_key));
        Some(own)
    }

    /// Scopes of a route stand in the place of those of the description.
    fn scopes(&mut self, case: Case<'_, 'a>, asked: &mut Asked) {
        let Some((scopes, origin)) = case.decision.scopes else {
            return;
        };
        let is_cognito = asked
            .auth
            .authorizer()
            .is_some_and(|it| matches!(self.entries.get(it), Some(AuthSpec::Cognito(_))));
        if !is_cognito && !scopes.is_empty() {
            self.told.scopes_without_cognito(origin, case.operation);
            return;
        }
        let described = std::mem::take(&mut asked.auth.scopes);
        let is_weaker = !described.is_empty()
            && (scopes.is_empty()
                || !scopes
                    .iter()
                    .all(|it| described.iter().any(|of| covers(it, of))));
        if is_weaker {
            self.weakens(case, (origin, "scopes"), &Weakening::Scopes(described));
        }
        asked.auth.scopes = scopes.iter().map(|it| Arc::from(it.as_str())).collect();
        asked.auth.scopes.sort();
        asked.auth.scopes.dedup();
    }

    /// `api_key` of a route adds a key, or takes away the one that the description asks for.
    fn key(&mut self, case: Case<'_, 'a>, asked: &mut Asked) {
        let Some((wanted, origin)) = case.decision.api_key else {
            return;
        };
        if asked.auth.api_key && !wanted {
            self.weakens(case, (origin, "api_key"), &Weakening::Key);
        }
        asked.auth.api_key = wanted;
        for (name, _) in self
            .entries
            .iter()
            .filter(|(_, spec)| matches!(spec, AuthSpec::ApiKey))
        {
            if wanted {
                asked.auth.entries.insert(name.as_str().into());
            } else {
                asked.auth.entries.remove(name.as_str());
            }
        }
    }

    /// Notes what asks for less than the description does, or refuses it.
    fn weakens(
        &mut self,
        case: Case<'_, 'a>,
        (origin, field): (Origin<'a>, &'static str),
        what: &Weakening<'_>,
    ) {
        if let Some(reason) = origin.weakens(self.blueprint) {
            self.weakened = Some(reason.into());
            self.told.weakened((origin, field), what, case.operation);
        } else {
            self.diagnostics.push(told::without_reason(
                self.blueprint,
                (origin, field),
                what,
                case.operation,
            ));
        }
    }

    /// What a reader of the render should know of an operation.
    fn tell(&mut self, case: Case<'_, 'a>, asked: &Asked, asks_all: bool) {
        let of = |name: &Arc<str>| self.entries.get(&**name);
        for name in asked
            .auth
            .entries
            .iter()
            .filter(|it| matches!(of(it), Some(AuthSpec::Ignore)))
        {
            self.told.ignored(name, case.operation);
        }
        for name in asked
            .auth
            .entries
            .iter()
            .filter(|it| matches!(of(it), Some(AuthSpec::Lambda(_))))
        {
            self.told.function(name, case.operation);
        }
        if let (true, Some(name)) = (asks_all, asked.auth.authorizer()) {
            self.told.any_suffices(name, case.operation);
        }
        if let Some(name) = asked
            .auth
            .authorizer()
            .filter(|it| matches!(self.entries.get(*it), Some(AuthSpec::Cognito(_))))
        {
            self.told
                .asks(name, !asked.auth.scopes.is_empty(), case.operation);
        }
        for name in &asked.unchecked {
            self.told.unchecked(name, case.operation);
        }
        if case.operation.method == HttpMethod::Options && !asked.auth.is_open() {
            self.diagnostics
                .push(told::protected_preflight(case.operation));
        }
    }

    /// All findings; what was opened is a warning at every render.
    ///
    /// Errors: GW1012 undeclared scheme, GW3002 unmapped scheme, GW3041 and GW3090 credentials that
    /// an authorizer does not see or keeps answers without, GW3042 a mapped scheme that nothing
    /// asks for, beside open operations.
    pub(crate) fn finish(self, apis: &[Api]) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics;
        let chosen = self
            .chosen
            .iter()
            .map(|it| &**it)
            .filter(|it| !self.entries.contains_key(*it));
        let meant = unused::meant(
            (self.blueprint, apis),
            &self.chosen,
            self.told.without_entry().chain(chosen),
        );
        let unused = unused::unused(
            (self.blueprint, apis),
            &self.chosen,
            &self.unsaid,
            self.has_keys,
        );
        // One mistake, one finding.
        diagnostics.extend(
            unused
                .into_iter()
                .filter(|(name, _)| !meant.values().any(|it| it == name))
                .map(|(_, finding)| finding),
        );
        diagnostics.extend(credential::apart(
            self.blueprint,
            apis,
            self.told.functions(),
        ));
        diagnostics.extend(self.told.finish(&meant));
        diagnostics
    }
}
