//! Joins the description's `security` with the blueprint's `auth`: the one place where an operation may become open.
//!
//! In: an operation and its decision. Out: findings. Pure.
//! Fails closed: whatever cannot be expressed, or is not said, is an error.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rules::Decision;
use crate::blueprint::{AuthSpec, Blueprint};
use crate::diagnostic::{self, Diagnostic, OperationName, Place};
use crate::openapi::{Api, Operation, Requirement, Security};
use crate::source::pointer;

/// `auth` of a route that asks for nothing.
const NONE: &str = "none";

/// Most schemes that are named for one operation: thousands of alternatives on thousands of operations are millions of findings.
const MAX_MISSING: usize = 8;

/// What was opened, to be told at every render.
pub(super) struct Joined<'a> {
    blueprint: &'a Blueprint,
    /// Operations by the scheme whose check is left out.
    ignored: BTreeMap<Arc<str>, Vec<OperationName>>,
    /// Operations by the place that weakens them, and what stands there.
    weakened: BTreeMap<(Place, &'static str), Vec<OperationName>>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Joined<'a> {
    pub(super) fn new(blueprint: &'a Blueprint) -> Self {
        Self { blueprint, ignored: BTreeMap::new(), weakened: BTreeMap::new(), diagnostics: Vec::new() }
    }

    /// Decides what a public operation asks of its callers; today that is nothing, said or refused.
    ///
    /// Errors: GW1012 undeclared scheme, GW3002 unmapped scheme, GW3003 weakened without a reason.
    pub(super) fn decide(&mut self, api: &Api, operation: &Operation, decision: &Decision<'_>) {
        let Security::Needs(alternatives) = &operation.security else { return };
        match decision.auth {
            None => self.as_described(api, operation, alternatives),
            Some((name, _)) if name != NONE && alternatives.iter().any(|it| it.contains_key(name)) => self.chosen(operation, name),
            Some((_, origin)) if decision.weakens.is_some() => {
                self.weakened.entry((origin.place(self.blueprint, "auth"), origin.noun())).or_default().push(operation.name());
            }
            Some((name, origin)) => {
                let finding = diagnostic::WEAKENED_WITHOUT_REASON
                    .at(origin.place(self.blueprint, "auth"))
                    .also(operation.place("/security"))
                    .message(format_args!(
                        "`auth: {name}` opens `{} {}`, which the description protects with {}",
                        operation.method.as_str(),
                        operation.path,
                        names(alternatives)
                    ))
                    .help(origin.way_to_weaken(operation))
                    .keeps(operation.name());
                self.diagnostics.push(finding);
            }
        }
    }

    /// Every scheme of every alternative needs its entry: any of them may be the one a caller uses.
    fn as_described(&mut self, api: &Api, operation: &Operation, alternatives: &[Requirement]) {
        let auth = self.blueprint.spec.auth.as_ref();
        let is_missing = |name: &&Arc<str>| auth.is_none_or(|auth| !auth.contains_key(&***name));
        let missing: Vec<&Arc<str>> = alternatives.iter().flat_map(BTreeMap::keys).filter(is_missing).take(MAX_MISSING).collect();
        for name in &missing {
            let place = operation.place("/security");
            let finding = if api.schemes.contains(*name) {
                diagnostic::UNMAPPED_SCHEME
                    .at(place)
                    .also(self.blueprint.place("/auth"))
                    .message(format_args!(
                        "`{} {}` is protected by `{name}`, and the blueprint does not say what the gateway does with it",
                        operation.method.as_str(),
                        operation.path
                    ))
                    .help(format_args!("add `{name}: ignore` under `auth` if the backend checks it, or hide the operation"))
            } else {
                diagnostic::UNKNOWN_SECURITY_SCHEME
                    .at(place)
                    .message(format_args!(
                        "`{} {}` asks for the security scheme `{name}`, which the description does not declare",
                        operation.method.as_str(),
                        operation.path
                    ))
                    .help("declare the scheme, or hide the operation")
            };
            self.diagnostics.push(finding.keeps(operation.name()));
        }
        if missing.is_empty() {
            for name in alternatives.iter().flat_map(BTreeMap::keys) {
                self.ignores(name, operation);
            }
        }
    }

    /// A route picks one of the operation's own schemes.
    fn chosen(&mut self, operation: &Operation, name: &str) {
        self.ignores(&Arc::from(name), operation);
    }

    fn ignores(&mut self, name: &Arc<str>, operation: &Operation) {
        if matches!(self.blueprint.spec.auth.as_ref().and_then(|auth| auth.get(&**name)), Some(AuthSpec::Ignore)) {
            let operations = self.ignored.entry(Arc::clone(name)).or_default();
            if operations.last() != Some(&operation.name()) {
                operations.push(operation.name());
            }
        }
    }

    /// All findings; what was opened is a warning at every render.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        for (name, operations) in &self.ignored {
            let finding = diagnostic::IGNORED_SCHEME
                .at(self.blueprint.place(&pointer::child("/auth", name)))
                .message(format_args!("the gateway does not check `{name}` on {}; whatever stands behind it has to", counted(operations)))
                .help("keep `ignore` only where the backends check it themselves");
            self.diagnostics.push(finding);
        }
        for ((place, noun), operations) in &self.weakened {
            let finding = diagnostic::WEAKENED
                .at(place.clone())
                .message(format_args!("this {noun} opens {}, which the description protects", counted(operations)))
                .help("the reason stands in `weakens`; remove the route once it no longer holds");
            self.diagnostics.push(finding);
        }
        self.diagnostics
    }
}

fn names(alternatives: &[Requirement]) -> String {
    let all = |it: &Requirement| it.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
    alternatives.iter().map(all).collect::<Vec<_>>().join(" or ")
}

fn counted(operations: &[OperationName]) -> String {
    match operations {
        [only] => format!("`{} {}`", only.method, only.path),
        [first, rest @ ..] => {
            format!("`{} {}` and {} more operation{}", first.method, first.path, rest.len(), if rest.len() == 1 { "" } else { "s" })
        }
        [] => "no operation".into(),
    }
}
