//! Diagnostics of the join that each name all operations of one cause.
//! In: operations with the decisions about them. Out: diagnostics.

pub(super) mod operation;
mod scheme;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Code, Diagnostic, OperationName, Place};
use crate::openapi::Operation;
use crate::plan::rules::Origin;
use crate::source::pointer;
use operation::WeakeningEffect;
use scheme::SchemeWithoutEntry;

/// Causes of diagnostics about an entry of `auth`, or about a scheme without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// The gateway does not check the entry.
    Ignored,
    /// Any of the scopes suffices, where all of them are required.
    AnyScopeSuffices,
    /// Nobody checks the scopes.
    UncheckedScopes,
    /// A scheme has no entry.
    UnmappedScheme,
    /// A scheme has no entry, and its description does not declare it.
    UndeclaredScheme,
    /// A function decides.
    DecidedByFunction,
    /// A Cognito entry is required with scopes.
    WithScopes,
    /// A Cognito entry is required without scopes.
    WithoutScopes,
}

/// Operations of one cause.
pub(crate) struct AffectedOperations {
    /// The place of the first of them.
    pub(super) first: Place,
    pub(super) operations: Vec<OperationName>,
}

/// Operations by entry of `auth`.
pub(crate) type AffectedByEntry = BTreeMap<Arc<str>, AffectedOperations>;

/// The field of a route or extension that weakens operations.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct WeakeningField {
    place: Place,
    /// `route` or `extension`.
    noun: &'static str,
    is_opened: bool,
}

/// Operations by the cause of a diagnostic.
pub(crate) struct AccessDiagnostics<'a> {
    blueprint: &'a Blueprint,
    by_cause: BTreeMap<Cause, AffectedByEntry>,
    weakened: BTreeMap<WeakeningField, Vec<OperationName>>,
    scopes_without_cognito: BTreeMap<Place, Vec<OperationName>>,
}

impl<'a> AccessDiagnostics<'a> {
    pub(crate) fn new(blueprint: &'a Blueprint) -> Self {
        Self {
            blueprint,
            by_cause: BTreeMap::new(),
            weakened: BTreeMap::new(),
            scopes_without_cognito: BTreeMap::new(),
        }
    }

    pub(crate) fn note(&mut self, cause: Cause, name: &str, operation: &Operation) {
        let by_entry = self.by_cause.entry(cause).or_default();
        let Some(affected) = by_entry.get_mut(name) else {
            let affected = AffectedOperations {
                first: operation.place("/security"),
                operations: vec![operation.name()],
            };
            by_entry.insert(name.into(), affected);
            return;
        };
        // An operation comes once for each mount.
        if affected.operations.last() != Some(&operation.name()) {
            affected.operations.push(operation.name());
        }
    }

    pub(crate) fn note_weakened(
        &mut self,
        origin: Origin<'_>,
        effect: &WeakeningEffect<'_>,
        operation: &Operation,
    ) {
        let field = WeakeningField {
            place: origin.place(self.blueprint, effect.field()),
            noun: origin.noun(),
            is_opened: matches!(effect, WeakeningEffect::Opened(_)),
        };
        let operations = self.weakened.entry(field).or_default();
        operations.push(operation.name());
    }

    pub(crate) fn note_scopes_without_cognito(
        &mut self,
        origin: Origin<'_>,
        operation: &Operation,
    ) {
        let place = origin.place(self.blueprint, "scopes");
        let operations = self.scopes_without_cognito.entry(place).or_default();
        operations.push(operation.name());
    }

    pub(crate) fn of(&self, cause: Cause) -> Option<&AffectedByEntry> {
        self.by_cause.get(&cause)
    }

    /// Names of schemes that have no entry, declared or not.
    pub(crate) fn without_entry(&self) -> impl Iterator<Item = &str> {
        let causes = [Cause::UnmappedScheme, Cause::UndeclaredScheme];
        let affected = causes.into_iter().filter_map(|cause| self.of(cause));
        affected.flat_map(BTreeMap::keys).map(|name| &**name)
    }

    /// Returns all diagnostics; `suggestions` holds names by names without an entry.
    pub(crate) fn finish(mut self, suggestions: &BTreeMap<String, String>) -> Vec<Diagnostic> {
        let with_scopes = self.by_cause.remove(&Cause::WithScopes).unwrap_or_default();
        if let Some(without_scopes) = self.by_cause.get_mut(&Cause::WithoutScopes) {
            without_scopes.retain(|name, _| with_scopes.contains_key(name));
        }
        let mut diagnostics = Vec::new();
        for (cause, by_entry) in &self.by_cause {
            for (name, affected) in by_entry {
                diagnostics.extend(self.of_entry(*cause, name, affected, suggestions));
            }
        }
        for (field, operations) in &self.weakened {
            diagnostics.push(weakened(field, operations));
        }
        for (place, operations) in &self.scopes_without_cognito {
            diagnostics.push(scopes_without_cognito(place, operations));
        }
        diagnostics
    }

    fn of_entry(
        &self,
        cause: Cause,
        name: &str,
        affected: &AffectedOperations,
        suggestions: &BTreeMap<String, String>,
    ) -> Option<Diagnostic> {
        if matches!(cause, Cause::UnmappedScheme | Cause::UndeclaredScheme) {
            let scheme = SchemeWithoutEntry {
                name,
                is_declared: cause == Cause::UnmappedScheme,
                suggestion: suggestions.get(name).map(String::as_str),
            };
            return Some(scheme.report(self.blueprint, affected));
        }
        let all = OperationName::summary(&affected.operations);
        let (code, message, help) = cause.texts(name, &all)?;
        let place = self.blueprint.place(&pointer::child("/auth", name));
        let mut finding = code.at(place).message(message).help(help);
        if cause != Cause::Ignored {
            finding.places.push(affected.first.clone());
        }
        Some(finding)
    }
}

impl Cause {
    /// Code, message and help about an entry; `None` where nothing is reported.
    fn texts(self, name: &str, all: &str) -> Option<(&'static Code, String, &'static str)> {
        match self {
            Self::Ignored => Some((
                &diagnostic::IGNORED_SCHEME,
                format!(
                    "the gateway does not check `{name}` on {all}; whatever stands behind it has to"
                ),
                "keep `ignore` only where the backends check it themselves",
            )),
            Self::AnyScopeSuffices => Some((
                &diagnostic::ANY_SCOPE_SUFFICES,
                format!(
                    "a token of `{name}` with any one of the scopes is let through on {all}, where the description requires all of them"
                ),
                "have the backend check the others, or name the one that decides in `scopes` of a route",
            )),
            Self::UncheckedScopes => Some((
                &diagnostic::UNCHECKED_SCOPES,
                format!(
                    "the description requires scopes on {all}, and the gateway checks none of `{name}`"
                ),
                "have the authorizer's function or the backend check them; the gateway itself knows scopes of Cognito alone",
            )),
            Self::WithoutScopes => Some((
                &diagnostic::SCOPES_OF_SOME,
                format!(
                    "no scope of `{name}` is asked for on {all}, while other operations ask for some: ID tokens are taken here, and access tokens there"
                ),
                "ask for a scope here too, in the description or with `scopes` of a route, or say that none is meant with an entry of `auth` of its own",
            )),
            Self::WithScopes
            | Self::DecidedByFunction
            | Self::UnmappedScheme
            | Self::UndeclaredScheme => None,
        }
    }
}

fn weakened(field: &WeakeningField, operations: &[OperationName]) -> Diagnostic {
    let all = OperationName::summary(operations);
    let noun = field.noun;
    let message = if field.is_opened {
        format!("this {noun} opens {all}, which the description protects")
    } else {
        format!("this {noun} asks less of {all} than the description does")
    };
    diagnostic::WEAKENED
        .at(field.place.clone())
        .message(message)
        .help("the reason stands in `weakens`; remove the route once it no longer holds")
}

fn scopes_without_cognito(place: &Place, operations: &[OperationName]) -> Diagnostic {
    let mut finding = diagnostic::SCOPES_WITHOUT_COGNITO
        .at(place.clone())
        .message(format_args!(
            "`scopes` are checked by a Cognito authorizer alone, and {} has none",
            OperationName::summary(operations)
        ))
        .help("name an `auth` of that kind for it, or match fewer operations");
    finding.operations.extend(operations.iter().cloned());
    finding
}
