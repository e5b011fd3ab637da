//! Credentials that an authorizer's function does not see, or by which its responses are not cached.
//!
//! In: entries of `auth` that operations use, the schemes' declarations. Out: diagnostics. Pure.
//! Fails closed: a response that is cached without the credential serves whoever shows the same of
//! everything else.

use super::diagnostics::AffectedByEntry;
use crate::blueprint::{
    AuthSpec, Blueprint, LambdaAuthorizerSpec, identity_source, is_credential, is_same_source,
};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::Api;
use crate::plan::access::schemes::Declared;
use crate::source::pointer::child;

/// An authorizer function, and what callers show to it.
struct AuthorizerFunction<'a> {
    name: &'a str,
    spec: &'a LambdaAuthorizerSpec,
    /// Pointer of the entry's `lambda` in the blueprint.
    at: String,
    identity: Vec<String>,
}

/// Where a credential is, and what declares it.
struct DeclaredCredential {
    /// As a source of identity; `None` where it is nowhere in a request.
    source: Option<String>,
    /// `credential` of the blueprint, or the scheme of a description.
    declared_at: Place,
}

/// Reports authorizers that do not look for the credential, or cache responses without it.
///
/// Errors: GW3041 a `token` authorizer that reads another header, GW3090 responses that are cached
/// without the credential.
pub(crate) fn unseen(
    blueprint: &Blueprint,
    apis: &[Api],
    used: &AffectedByEntry,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (name, spec) in blueprint.spec.auth.iter().flatten() {
        let (AuthSpec::Lambda(spec), Some(affected)) = (spec, used.get(name.as_str())) else {
            continue;
        };
        let authorizer = AuthorizerFunction {
            name,
            spec,
            at: child(&child("/auth", name), "lambda"),
            identity: spec.identity_sources(),
        };
        diagnostics.extend(authorizer.unseen(blueprint, apis).map(|mut finding| {
            finding.operations.clone_from(&affected.operations);
            finding
        }));
    }
    diagnostics
}

impl AuthorizerFunction<'_> {
    fn unseen(&self, blueprint: &Blueprint, apis: &[Api]) -> Option<Diagnostic> {
        if self.spec.has_faulty_identity() {
            return None;
        }
        let is_token = self.spec.is_token();
        let credentials = self.credentials(blueprint, apis);
        let is_unseen = |credential: &&DeclaredCredential| {
            let source = credential.source.as_ref();
            !source.is_some_and(|source| self.holds(source))
        };
        if let Some(credential) = credentials.iter().find(is_unseen) {
            return match (is_token, self.spec.ttl_ms()) {
                (true, _) => Some(self.reads_another_header(blueprint, credential)),
                (false, 0) => None,
                (false, _) => Some(self.caches_without(blueprint, credential)),
            };
        }
        // No scheme has its name, so nothing declares what callers show; an address is nothing that
        // one caller alone has.
        let distinguishes_nobody = credentials.is_empty()
            && !is_token
            && self.spec.ttl_ms() > 0
            && !self.identity.iter().any(|source| is_credential(source));
        distinguishes_nobody.then(|| self.caches_by_no_credential(blueprint))
    }

    /// The credentials that callers show, as the blueprint declares them, else each description that
    /// declares the scheme.
    fn credentials(&self, blueprint: &Blueprint, apis: &[Api]) -> Vec<DeclaredCredential> {
        if let Some(credential) = &self.spec.credential {
            return vec![DeclaredCredential {
                source: Some(credential.clone()),
                declared_at: blueprint.place(&child(&self.at, "credential")),
            }];
        }
        let declared = apis.iter().filter_map(|api| {
            let scheme = Declared::of(api, self.name)?;
            Some(DeclaredCredential {
                source: scheme.credential(),
                declared_at: Place::pointer(&api.file, child(api.schemes_pointer, self.name)),
            })
        });
        declared.collect()
    }

    fn holds(&self, source: &str) -> bool {
        self.identity
            .iter()
            .any(|known| is_same_source(known, source))
    }

    fn place(&self, blueprint: &Blueprint) -> Place {
        let identity = child(&self.at, "identity");
        blueprint.place(if self.spec.identity.is_some() {
            &identity
        } else {
            &self.at
        })
    }

    fn reads_another_header(
        &self,
        blueprint: &Blueprint,
        credential: &DeclaredCredential,
    ) -> Diagnostic {
        let read = self.identity.join("`, `");
        let header = credential
            .source
            .as_ref()
            .filter(|source| source.starts_with("header.") && identity_source(source).is_some());
        let help = match header {
            Some(header) => format!("write `identity: [{header}]`{}", self.or_credential()),
            None => format!(
                "write `kind: request` with an `identity` that holds the credential{}",
                self.or_credential()
            ),
        };
        diagnostic::SCHEME_DOES_NOT_FIT
            .at(self.place(blueprint))
            .also(credential.declared_at.clone())
            .message(format_args!(
                "the function of `{}` gets `{read}` alone, and callers show their credential in {}",
                self.name,
                credential.location()
            ))
            .help(help)
    }

    fn caches_without(&self, blueprint: &Blueprint, credential: &DeclaredCredential) -> Diagnostic {
        let added = credential
            .source
            .as_ref()
            .filter(|source| identity_source(source).is_some())
            .map(|source| {
                let sources: Vec<&str> = std::iter::once(source)
                    .chain(self.spec.identity.iter().flatten())
                    .map(String::as_str)
                    .collect();
                format!("write `identity: [{}]`, or ", sources.join(", "))
            });
        diagnostic::CREDENTIAL_OUTSIDE_IDENTITY
            .at(self.place(blueprint))
            .also(credential.declared_at.clone())
            .message(format_args!(
                "answers of `{}` are kept by {}, and callers show their credential in {}: the answer for one caller serves another who shows none",
                self.name,
                self.cached_by(),
                credential.location()
            ))
            .help(format_args!("{}`ttl: 0s` to ask the function every time{}", added.unwrap_or_else(|| "write ".to_owned()), self.or_credential()))
    }

    fn caches_by_no_credential(&self, blueprint: &Blueprint) -> Diagnostic {
        diagnostic::CREDENTIAL_OUTSIDE_IDENTITY
            .at(self.place(blueprint))
            .message(format_args!(
                "answers of `{}` are kept by {}, which is no credential: the answer for one caller serves another who shows none",
                self.name,
                self.cached_by()
            ))
            .help("add the header or query parameter that holds the credential to `identity`, or write `ttl: 0s` to ask the function every time")
    }

    fn cached_by(&self) -> String {
        if self.identity.is_empty() {
            "nothing".to_owned()
        } else {
            format!("`{}`", self.identity.join("`, `"))
        }
    }

    /// The end of a help: the line to write where the description is wrong.
    fn or_credential(&self) -> String {
        let here = self.identity.iter().find(|source| is_credential(source));
        here.filter(|_| self.spec.credential.is_none()).map_or_else(String::new, |source| {
            format!("; where the description is wrong and the credential is there already, write `credential: {source}`")
        })
    }
}

impl DeclaredCredential {
    fn location(&self) -> String {
        match &self.source {
            Some(source) => format!("`{source}`"),
            None => "a place that the description does not name".to_owned(),
        }
    }
}
