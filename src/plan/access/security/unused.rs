//! Entries of `auth` that nothing uses.
//! In: `auth`, the descriptions, entries that routes chose. Out: diagnostics.
//!
//! Beside open operations such an entry is the trace of a requirement that was dropped, and an
//! error.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::blueprint::{AuthSpec, Blueprint};
use crate::diagnostic::{self, Diagnostic, OperationName, nearest};
use crate::openapi::Api;
use crate::plan::access::schemes::declaration;
use crate::source::pointer;

/// Most names that are compared with each other.
const MAX_COMPARED: usize = 100;

/// Uses of the entries of `auth`.
pub(crate) struct AuthUse<'a> {
    blueprint: &'a Blueprint,
    apis: &'a [Api],
    /// Entries that routes chose.
    chosen: &'a BTreeSet<Arc<str>>,
    /// Schemes that operations require.
    required: BTreeSet<&'a str>,
}

impl<'a> AuthUse<'a> {
    pub(crate) fn new(
        blueprint: &'a Blueprint,
        apis: &'a [Api],
        chosen: &'a BTreeSet<Arc<str>>,
    ) -> Self {
        let operations = apis.iter().flat_map(|api| &api.operations);
        let alternatives = operations.flat_map(|operation| operation.security.alternatives());
        Self {
            blueprint,
            apis,
            chosen,
            required: alternatives
                .flat_map(BTreeMap::keys)
                .map(|name| &**name)
                .collect(),
        }
    }

    /// Suggestions by names of schemes without an entry: an entry that nothing
    /// requires, else a declared scheme.
    pub(crate) fn suggestions<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> BTreeMap<String, String> {
        let schemes = self.apis.iter().flat_map(|api| api.schemes.keys());
        let declared: BTreeSet<&str> = schemes.map(|name| &**name).collect();
        let entries = self.blueprint.spec.auth.iter().flat_map(BTreeMap::keys);
        let idle: Vec<&str> = entries
            .map(String::as_str)
            .filter(|name| !self.required.contains(name) && !self.chosen.contains(*name))
            .collect();
        let undeclared = idle.iter().copied().filter(|name| !declared.contains(name));
        let suggestion = |name: &str| {
            let known: Vec<&str> = if declared.contains(name) {
                undeclared.clone().take(MAX_COMPARED).collect()
            } else {
                let all = idle.iter().chain(&declared).copied();
                all.take(MAX_COMPARED).collect()
            };
            let mut same = known.iter().copied();
            let same = same.find(|known| known.eq_ignore_ascii_case(name));
            let suggested = same.or_else(|| nearest(name, known))?;
            Some((name.to_owned(), suggested.to_owned()))
        };
        names.take(MAX_COMPARED).filter_map(suggestion).collect()
    }

    /// Entries that nothing uses, each with its diagnostic; `undecided` are the operations that
    /// would be open.
    ///
    /// Errors: GW3042 a mapped scheme that nothing requires, beside open operations; GW5012 an
    /// entry that nothing uses.
    pub(crate) fn unused(
        &self,
        undecided: &[OperationName],
        has_keys: bool,
    ) -> Vec<(String, Diagnostic)> {
        let is_unused = |name: &str, spec: &AuthSpec| match spec {
            AuthSpec::Ignore => false,
            AuthSpec::ApiKey => !has_keys && !self.chosen.contains(name),
            AuthSpec::Iam | AuthSpec::Cognito(..) | AuthSpec::Lambda(..) => {
                !self.chosen.contains(name)
            }
        };
        let entries = self.blueprint.spec.auth.iter().flatten();
        entries
            .filter(|(name, spec)| is_unused(name, spec) && !self.required.contains(name.as_str()))
            .map(|(name, _)| (name.clone(), self.report_unused(name, undecided)))
            .collect()
    }

    fn report_unused(&self, name: &str, undecided: &[OperationName]) -> Diagnostic {
        let at = self.blueprint.place(&pointer::child("/auth", name));
        let declaring = self.apis.iter().find(|api| api.schemes.contains_key(name));
        match declaring.map(|api| declaration(api, name)) {
            Some(scheme) if !undecided.is_empty() => {
                let mut finding = diagnostic::UNUSED_SCHEME
                    .at(at)
                    .also(scheme)
                    .message(format_args!(
                        "`auth` maps the scheme `{name}`, which nothing requires, while {} would be open",
                        OperationName::summary(undecided)
                    ))
                    .help("add the description's `security`, or `auth` of a route; remove the entry, or say `auth: none` in a route, where they are meant to be open");
                finding.operations.extend(undecided.iter().cloned());
                finding
            }
            scheme => {
                let mut finding = diagnostic::UNUSED_AUTH
                    .at(at)
                    .message(format_args!(
                        "nothing uses `{name}`, so no resource is created for it"
                    ))
                    .help("name it in `auth` of a route, or remove the entry");
                finding.places.extend(scheme);
                finding
            }
        }
    }
}
