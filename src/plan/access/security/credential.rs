//! Credentials that an authorizer's function does not see, or by which its responses are not cached.
//! In: entries of `auth` that operations use, the schemes' declarations. Out: diagnostics.
//!
//! Fails closed: a response that is cached without the credential serves whoever shows the same of
//! everything else.

use super::diagnostics::AffectedByEntry;
use crate::blueprint::{
    AuthSpec, Blueprint, LambdaAuthorizerSpec, identity_source, is_credential, is_same_source,
};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::Api;
use crate::plan::access::schemes::{Declared, declaration};
use crate::source::pointer::child;

/// An authorizer function, and what callers show to it.
struct AuthorizerFunction<'a> {
    blueprint: &'a Blueprint,
    name: &'a str,
    spec: &'a LambdaAuthorizerSpec,
    /// Pointer of the entry's `lambda` in the blueprint.
    at: String,
    identity: Vec<String>,
}

/// Location of a credential, and what declares it.
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
        let (AuthSpec::Lambda(spec, _), Some(affected)) = (spec, used.get(name.as_str())) else {
            continue;
        };
        let authorizer = AuthorizerFunction {
            blueprint,
            name,
            spec,
            at: child(&child("/auth", name), "lambda"),
            identity: spec.identity_sources(),
        };
        diagnostics.extend(authorizer.unseen(apis).map(|mut finding| {
            finding.operations.clone_from(&affected.operations);
            finding
        }));
    }
    diagnostics
}

impl AuthorizerFunction<'_> {
    fn unseen(&self, apis: &[Api]) -> Option<Diagnostic> {
        if self.spec.has_faulty_identity() {
            return None;
        }
        let is_token = self.spec.is_token();
        let credentials = self.credentials(apis);
        let is_unseen = |credential: &&DeclaredCredential| {
            let source = credential.source.as_ref();
            !source.is_some_and(|source| self.holds(source))
        };
        if let Some(credential) = credentials.iter().find(is_unseen) {
            return match (is_token, self.spec.ttl_ms()) {
                (true, _) => Some(self.reads_another_header(credential)),
                (false, 0) => None,
                (false, _) => Some(self.caches_without(Some(credential))),
            };
        }
        // No scheme has its name, so nothing declares what callers show; an address is nothing that
        // one caller alone has.
        let distinguishes_nobody = credentials.is_empty()
            && !is_token
            && self.spec.ttl_ms() > 0
            && !self.identity.iter().any(|source| is_credential(source));
        distinguishes_nobody.then(|| self.caches_without(None))
    }

    /// The credentials that callers show, as the blueprint declares them, else each description that
    /// declares the scheme.
    fn credentials(&self, apis: &[Api]) -> Vec<DeclaredCredential> {
        if let Some(credential) = &self.spec.credential {
            return vec![DeclaredCredential {
                source: Some(credential.clone()),
                declared_at: self.blueprint.place(&child(&self.at, "credential")),
            }];
        }
        let declared = apis.iter().filter_map(|api| {
            let scheme = Declared::of(api, self.name)?;
            Some(DeclaredCredential {
                source: scheme.credential(),
                declared_at: declaration(api, self.name),
            })
        });
        declared.collect()
    }

    fn holds(&self, source: &str) -> bool {
        let mut identity = self.identity.iter();
        identity.any(|known| is_same_source(known, source))
    }

    fn place(&self) -> Place {
        self.blueprint.place(&match self.spec.identity {
            Some(_) => child(&self.at, "identity"),
            None => self.at.clone(),
        })
    }

    fn reads_another_header(&self, credential: &DeclaredCredential) -> Diagnostic {
        let read = self.identity.join("`, `");
        let header = credential
            .source
            .as_ref()
            .filter(|source| source.starts_with("header.") && identity_source(source).is_some());
        let help = match header {
            Some(header) => format!("`identity: [{header}]`"),
            None => "`kind: request` with an `identity` that holds the credential".to_owned(),
        };
        diagnostic::SCHEME_DOES_NOT_FIT
            .at(self.place())
            .also(credential.declared_at.clone())
            .message(format_args!(
                "the function of `{}` gets `{read}` alone, and callers show their credential in {}",
                self.name,
                credential.location()
            ))
            .help(format_args!("write {help}{}", self.or_credential()))
    }

    /// Reports responses that are cached without the credential; none where nothing declares one.
    fn caches_without(&self, credential: Option<&DeclaredCredential>) -> Diagnostic {
        let cached_by = match self.identity.as_slice() {
            [] => "nothing".to_owned(),
            identity => format!("`{}`", identity.join("`, `")),
        };
        let shown = match credential {
            Some(credential) => {
                format!(
                    ", and callers show their credential in {}",
                    credential.location()
                )
            }
            None => ", which is no credential".to_owned(),
        };
        let mut finding = diagnostic::CREDENTIAL_OUTSIDE_IDENTITY
            .at(self.place())
            .message(format_args!(
                "responses of `{}` are cached by {cached_by}{shown}: the response for one caller is returned to another who shows none",
                self.name
            ));
        let Some(credential) = credential else {
            return finding.help("add the header or query parameter that holds the credential to `identity`, or write `ttl: 0s` to call the function for each request");
        };
        finding.places.push(credential.declared_at.clone());
        let source = credential.source.iter();
        let added = source.filter(|source| identity_source(source).is_some());
        let added = added.map(|source| {
            let all = std::iter::once(source).chain(self.spec.identity.iter().flatten());
            let all: Vec<&str> = all.map(String::as_str).collect();
            format!("`identity: [{}]`, or ", all.join(", "))
        });
        finding.help(format_args!(
            "write {}`ttl: 0s` to call the function for each request{}",
            added.collect::<String>(),
            self.or_credential()
        ))
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
