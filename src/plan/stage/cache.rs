//! Cached responses: how long they are cached, and by which key.
//!
//! In: the decision about an operation, its declared parameters. Out: `CachePlan`. Pure.
//! Fails closed: a response that depends on the caller, or on something that is not in the key, is
//! cached only where the blueprint allows that.
//! Source: docs/aws-rules.md#d22, docs/aws-rules.md#d23, docs/aws-rules.md#d24,
//! docs/aws-rules.md#d25 (nothing of a request is in the key but what is listed there).

mod key_gaps;
mod keys;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::{AUTHORIZATION, AuthSpec, Blueprint, CacheSpec, Switch};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Api, HttpMethod, Operation};
use crate::plan::access::schemes::Declared;
use crate::plan::rules::{Decision, Origin};
pub(crate) use key_gaps::{KeyGap, KeyGapCase, SharedResponses};
use keys::{declare_properties, headers_outside_key, part_of_key, query_outside_key};

/// Longest time that a response is cached. Unit: milliseconds. Source: docs/aws-rules.md#m25.
const MAX_TTL_MS: u64 = 3_600_000;

/// The source of identity that distinguishes holders of API keys.
const API_KEY: &str = "header.x-api-key";

/// Cache settings of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachePlan {
    pub ttl_s: u32,
    pub is_encrypted: bool,
    /// `method.request.…`, sorted; all of them are declared.
    pub keys: Vec<Arc<str>>,
    /// The reason why callers may see each other's responses.
    pub shared: Option<Arc<str>>,
}

/// A cache that a route requests for an operation.
#[derive(Clone, Debug)]
pub(crate) struct CacheRequest<'a> {
    spec: &'a CacheSpec,
    ttl_ms: u64,
    is_encrypted: bool,
    /// The place of `cache`.
    place: Place,
    is_of_description: bool,
    /// Sources of identity that distinguish callers, where the response may depend on the caller.
    identities: Vec<String>,
}

/// Reads the cache that a route requests for an operation.
///
/// Errors: GW2002 time, GW3071 no cluster; GW4087 body outside the key (a warning).
pub(crate) fn requested<'a>(
    api: &Api,
    operation: &Operation,
    decision: &Decision<'a>,
    blueprint: &'a Blueprint,
    findings: &mut Vec<Diagnostic>,
) -> Option<CacheRequest<'a>> {
    let (written, origin) = decision.cache?;
    let spec = written.on()?;
    // Only GET, unless the route names methods.
    if operation.method != HttpMethod::Get && !origin.names_methods(blueprint) {
        return None;
    }
    let place = origin.place(blueprint, "cache");
    if !matches!(operation.method, HttpMethod::Get | HttpMethod::Head) {
        findings.push(body_outside_key(operation, place.clone()));
    }
    let cluster = blueprint.spec.stage.cache.as_ref();
    let Some(cluster) = cluster.and_then(Switch::on) else {
        findings.push(
            diagnostic::CACHE_WITHOUT_CLUSTER
                .at(place)
                .message("responses are to be cached, but the stage has no cache")
                .help("add for example `stage: {cache: {size_gb: 0.5}}`, which costs by the hour, or write `cache: off` here"),
        );
        return None;
    };
    let ttl_ms = spec.ttl.unwrap_or(cluster.ttl).milliseconds();
    if ttl_ms > MAX_TTL_MS || ttl_ms % 1_000 != 0 {
        findings.push(
            diagnostic::INVALID_VALUE
                .at(place.clone())
                .message(format_args!(
                    "API Gateway caches a response for whole seconds, at most 3600, not {ttl_ms} ms"
                ))
                .help("write a time from `0s` to `1h`"),
        );
    }
    Some(CacheRequest {
        spec,
        ttl_ms,
        is_encrypted: cluster.encrypted,
        place,
        is_of_description: matches!(origin, Origin::Extension(_)),
        identities: identities(api, operation, decision, blueprint),
    })
}

fn body_outside_key(operation: &Operation, place: Place) -> Diagnostic {
    diagnostic::BODY_OUTSIDE_CACHE_KEY
        .at(place)
        .also(operation.place(""))
        .message(format_args!(
            "answers to `{} {}` are kept, and requests that differ in their body alone get each other's: it is in no key",
            operation.method.as_str(),
            operation.path
        ))
        .help("keep this only where the body does not matter; else leave the method out of the route's `methods`")
}

/// Sources of identity that distinguish the callers of an operation; none where it is open.
///
/// Security that only the description requires counts, too: the backend may check it.
fn identities(
    api: &Api,
    operation: &Operation,
    decision: &Decision<'_>,
    blueprint: &Blueprint,
) -> Vec<String> {
    let mut names: Vec<&str> = operation
        .security
        .alternatives()
        .iter()
        .flat_map(BTreeMap::keys)
        .map(|name| &**name)
        .collect();
    let chosen = decision.auth.map(|(name, _)| name);
    names.extend(chosen.filter(|name| *name != "none"));
    let mut identities: Vec<String> = names
        .into_iter()
        .flat_map(|name| identities_of(api, name, blueprint))
        .collect();
    if decision.api_key.is_some_and(|(needs_key, _)| needs_key) {
        identities.push(API_KEY.to_owned());
    }
    identities.sort();
    identities.dedup();
    identities
}

/// Sources of identity by which an entry of `auth` distinguishes callers; their credential counts
/// where the entry checks nothing, or each request anew.
fn identities_of(api: &Api, name: &str, blueprint: &Blueprint) -> Vec<String> {
    let declared = || Declared::of(api, name);
    match blueprint.spec.auth.as_ref().and_then(|auth| auth.get(name)) {
        Some(AuthSpec::Lambda(spec, _)) => {
            let declared = || Some(credential_of(Some(declared()?)));
            let credential = spec.credential.clone().or_else(declared);
            let mut sources = spec.identity_sources();
            sources.extend(credential.filter(|_| spec.ttl_ms() == 0));
            if sources.is_empty() {
                sources.push(UNCACHEABLE.to_owned());
            }
            sources
        }
        Some(AuthSpec::Ignore) | None => vec![credential_of(declared())],
        Some(AuthSpec::Iam | AuthSpec::Cognito(..)) => vec![AUTHORIZATION.to_owned()],
        Some(AuthSpec::ApiKey) => vec![API_KEY.to_owned()],
    }
}

/// Source of identity that no key of a cache can hold.
const UNCACHEABLE: &str = "context.authorizer";

/// Source of identity of a credential, as the description declares it.
fn credential_of(declared: Option<Declared>) -> String {
    declared
        .and_then(|declared| declared.credential())
        .unwrap_or_else(|| UNCACHEABLE.to_owned())
}

impl CacheRequest<'_> {
    /// Decides the key, and declares the parameters that it needs.
    ///
    /// Errors: GW2002 a part of the key, GW3070 callers that get each other's responses, GW4086 a
    /// parameter that no key can hold.
    pub(crate) fn keyed(
        &self,
        operation: &Operation,
        declared: &mut BTreeMap<String, bool>,
        findings: &mut Vec<Diagnostic>,
    ) -> CachePlan {
        let place = &self.place;
        let mut keys: Vec<Arc<str>> = starting(declared, "method.request.path.");
        match &self.spec.key {
            None => {
                declare_properties(operation, declared);
                keys.extend(starting(declared, "method.request.querystring."));
                findings.extend(query_outside_key(operation, declared, place));
                if self.spec.shared.is_none() {
                    findings.extend(headers_outside_key(operation, &self.identities, place));
                }
            }
            Some(parts) => {
                for part in parts {
                    match part_of_key(part, operation, declared) {
                        Ok(key) => keys.push(key),
                        Err((problem, help)) => findings.push(
                            diagnostic::INVALID_VALUE
                                .at(place.clone())
                                .message(format_args!(
                                    "the key of the cache cannot hold `{part}`: {problem}"
                                ))
                                .help(help)
                                .keeps(operation.name()),
                        ),
                    }
                }
            }
        }
        if self.spec.shared.is_none() {
            findings.extend(self.mixed(operation, &keys));
        }
        keys.sort();
        keys.dedup();
        CachePlan {
            ttl_s: u32::try_from(self.ttl_ms / 1_000).unwrap_or(u32::MAX),
            is_encrypted: self.is_encrypted,
            keys,
            shared: self.spec.shared.as_deref().map(Arc::from),
        }
    }

    /// Returns the responses that callers may get of each other because of `shared`.
    pub(crate) fn shared(
        &self,
        operation: &Operation,
        keys: &[Arc<str>],
    ) -> Option<SharedResponses> {
        let reason = self.spec.shared.as_deref()?;
        let has_headers = self.spec.key.is_none()
            && !headers_outside_key(operation, &self.identities, &self.place).is_empty();
        let is_mixed = self.mixed(operation, keys).is_some();
        (is_mixed || has_headers).then(|| SharedResponses {
            is_protected: is_mixed,
            is_of_description: self.is_of_description,
            reason: reason.to_owned(),
            place: self.place.clone(),
        })
    }

    /// Returns the requests that differ and that the key does not distinguish.
    pub(crate) fn key_gaps(
        &self,
        operation: &Operation,
        keys: &[Arc<str>],
        blueprint: &Blueprint,
    ) -> Vec<(KeyGap, KeyGapCase)> {
        let cors = blueprint.spec.api.cors.as_ref();
        let has_origins = cors.is_some_and(|cors| cors.origins.len() > 1);
        key_gaps::key_gaps(operation, keys, &self.place, has_origins)
    }

    /// Reports callers that would get each other's responses.
    fn mixed(&self, operation: &Operation, keys: &[Arc<str>]) -> Option<Diagnostic> {
        let is_in = |identity: &String| match identity.split_once('.') {
            Some(("header", name)) => keys.iter().any(|key| {
                key.strip_prefix("method.request.header.")
                    .is_some_and(|header| header.eq_ignore_ascii_case(name))
            }),
            Some(("query", name)) => keys
                .iter()
                .any(|key| key.strip_prefix("method.request.querystring.") == Some(name)),
            Some(_) | None => false,
        };
        let first = self.identities.iter().find(|identity| !is_in(identity))?;
        let is_held = first.starts_with("header.") || first.starts_with("query.");
        let mut added = String::new();
        if is_held {
            added = format!("add `{first}` to `key`, ");
        }
        Some(
            diagnostic::CACHED_ACROSS_CALLERS
                .at(self.place.clone())
                .also(operation.place("/security"))
                .message(format_args!(
                    "`{} {}` is protected, and callers would get each other's responses: `{first}` is not in the cache key",
                    operation.method.as_str(),
                    operation.path
                ))
                .help(format_args!(
                    "{added}say in `shared` why all callers may see the same response, or write `cache: off` for this operation"
                ))
                .keeps(operation.name()),
        )
    }
}

fn starting(declared: &BTreeMap<String, bool>, prefix: &str) -> Vec<Arc<str>> {
    declared
        .keys()
        .filter(|name| name.starts_with(prefix))
        .map(|name| name.as_str().into())
        .collect()
}
