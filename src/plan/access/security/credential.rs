//! Whether an authorizer's function looks at the credential that its scheme declares, and keeps its
//! answers by it.
//!
//! In: entries of `auth` that operations use, the schemes' declarations. Out: findings. Pure.
//! Fails closed: an answer that is kept without the credential serves whoever shows the same of
//! everything else.

use crate::blueprint::{
    AuthSpec, Blueprint, LambdaAuthorizerSpec, identity_source, is_credential, is_same_source,
};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::Api;
use crate::plan::access::schemes::Declared;
use crate::source::pointer::child;

use super::told::ByName;

/// An authorizer function, and what callers show to it.
struct Authorizer<'a> {
    name: &'a str,
    spec: &'a LambdaAuthorizerSpec,
    /// Pointer of the entry's `lambda` in the blueprint.
    at: String,
    identity: Vec<String>,
}

/// Where a credential is, and what says so.
struct Shown {
    /// As a source of identity; `None` where it is nowhere in a request.
    source: Option<String>,
    /// What says it: `credential` of the blueprint, or the scheme of a description.
    said_at: Place,
}

/// Authorizers that do not look for the credential, or keep answers without it.
///
/// Errors: GW3041 a `token` authorizer that reads another header, GW3090 answers that are kept
/// without the credential.
pub(crate) fn apart(blueprint: &Blueprint, apis: &[Api], used: &ByName) -> Vec<Diagnostic> {
    let entries = blueprint.spec.auth.iter().flatten();
    let functions = entries.filter_map(|(name, spec)| match spec {
        AuthSpec::Lambda(spec) => Some((name, spec, used.get(name.as_str())?)),
        AuthSpec::Cognito(_) | AuthSpec::Iam | AuthSpec::ApiKey | AuthSpec::Ignore => None,
    });
    let finding =
        |(name, spec, (_, operations)): (&String, &LambdaAuthorizerSpec, &(Place, Vec<_>))| {
            let at = child(&child("/auth", name), "lambda");
            let authorizer = Authorizer {
                name,
                spec,
                at,
                identity: spec.identity_sources(),
            };
            let mut finding = authorizer.misses(blueprint, apis)?;
            finding.operations.clone_from(operations);
            Some(finding)
        };
    functions.filter_map(finding).collect()
}

impl Authorizer<'_> {
    fn misses(&self, blueprint: &Blueprint, apis: &[Api]) -> Option<Diagnostic> {
        if self.spec.has_faulty_identity() {
            return None;
        }
        let is_token = self.spec.is_token();
        let shown = self.shown(blueprint, apis);
        let missed = |shown: &&Shown| {
            !shown
                .source
                .as_ref()
                .is_some_and(|source| self.holds(source))
        };
        if let Some(shown) = shown.iter().find(missed) {
            return match (is_token, self.spec.ttl_ms()) {
                (true, _) => Some(self.reads_another_header(blueprint, shown)),
                (false, 0) => None,
                (false, _) => Some(self.keeps_without(blueprint, shown)),
            };
        }
        // No scheme has its name, so nothing says what callers show; an address is nothing that one
        // caller alone has.
        let tells_nobody = shown.is_empty()
            && !is_token
            && self.spec.ttl_ms() > 0
            && !self.identity.iter().any(|it| is_credential(it));
        tells_nobody.then(|| self.keeps_by_no_credential(blueprint))
    }

    /// What says where the credential is: the blueprint, else each description that declares the
    /// scheme.
    fn shown(&self, blueprint: &Blueprint, apis: &[Api]) -> Vec<Shown> {
        if let Some(credential) = &self.spec.credential {
            let said_at = blueprint.place(&child(&self.at, "credential"));
            return vec![Shown {
                source: Some(credential.clone()),
                said_at,
            }];
        }
        let declared = apis.iter().filter_map(|api| {
            let scheme = Declared::of(api, self.name)?;
            let said_at = Place::pointer(&api.file, child(api.schemes_pointer, self.name));
            Some(Shown {
                source: scheme.credential(),
                said_at,
            })
        });
        declared.collect()
    }

    fn holds(&self, source: &str) -> bool {
        self.identity.iter().any(|it| is_same_source(it, source))
    }

    fn place(&self, blueprint: &Blueprint) -> Place {
        let identity = child(&self.at, "identity");
        blueprint.place(if self.spec.identity.is_some() {
            &identity
        } else {
            &self.at
        })
    }

    fn reads_another_header(&self, blueprint: &Blueprint, shown: &Shown) -> Diagnostic {
        let read = self.identity.join("`, `");
        let header = shown
            .source
            .as_ref()
            .filter(|it| it.starts_with("header.") && identity_source(it).is_some());
        let help = match header {
            Some(header) => format!("write `identity: [{header}]`{}", self.or_credential()),
            None => format!(
                "write `kind: request` with an `identity` that holds the credential{}",
                self.or_credential()
            ),
        };
        diagnostic::SCHEME_DOES_NOT_FIT
            .at(self.place(blueprint))
            .also(shown.said_at.clone())
            .message(format_args!(
                "the function of `{}` gets `{read}` alone, and callers show their credential in {}",
                self.name,
                shown.where_it_is()
            ))
            .help(help)
    }

    fn keeps_without(&self, blueprint: &Blueprint, shown: &Shown) -> Diagnostic {
        let added = shown
            .source
            .as_ref()
            .filter(|it| identity_source(it).is_some())
            .map(|source| {
                let sources: Vec<&str> = std::iter::once(source)
                    .chain(self.spec.identity.iter().flatten())
                    .map(String::as_str)
                    .collect();
                format!("write `identity: [{}]`, or ", sources.join(", "))
            });
        diagnostic::CREDENTIAL_OUTSIDE_IDENTITY
            .at(self.place(blueprint))
            .also(shown.said_at.clone())
            .message(format_args!(
                "answers of `{}` are kept by {}, and callers show their credential in {}: the answer for one caller serves another who shows none",
                self.name,
                self.kept_by(),
                shown.where_it_is()
            ))
            .help(format_args!("{}`ttl: 0s` to ask the function every time{}", added.unwrap_or_else(|| "write ".to_owned()), self.or_credential()))
    }

    fn keeps_by_no_credential(&self, blueprint: &Blueprint) -> Diagnostic {
        diagnostic::CREDENTIAL_OUTSIDE_IDENTITY
            .at(self.place(blueprint))
            .message(format_args!(
                "answers of `{}` are kept by {}, which is no credential: the answer for one caller serves another who shows none",
                self.name,
                self.kept_by()
            ))
            .help("add the header or query parameter that holds the credential to `identity`, or write `ttl: 0s` to ask the function every time")
    }

    fn kept_by(&self) -> String {
        if self.identity.is_empty() {
            "nothing".to_owned()
        } else {
            format!("`{}`", self.identity.join("`, `"))
        }
    }

    /// The end of a help: what to write where the description is wrong.
    fn or_credential(&self) -> String {
        let here = self.identity.iter().find(|it| is_credential(it));
        here.filter(|_| self.spec.credential.is_none()).map_or_else(String::new, |source| {
            format!("; where the description is wrong and the credential is there already, write `credential: {source}`")
        })
    }
}

impl Shown {
    fn where_it_is(&self) -> String {
        match &self.source {
            Some(source) => format!("`{source}`"),
            None => "a place that the description does not name".to_owned(),
        }
    }
}
