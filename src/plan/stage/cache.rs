//! Which answers are kept, for how long, and what tells them apart.
//!
//! In: what is decided of an operation, its declared parameters. Out: `CachePlan`. Pure.
//! Fails closed: an answer that depends on the caller, or on something that is not in the key, is
//! kept only where the blueprint says so.
//! Source: docs/aws-rules.md#d22, docs/aws-rules.md#d23, docs/aws-rules.md#d24,
//! docs/aws-rules.md#d25 (nothing of a request is in the key but what is listed there).

mod outside;
mod untold;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::{AuthSpec, Blueprint, CacheSpec, StageCacheSpec, Switch, defaults};
use crate::diagnostic::{self, Diagnostic, OperationName, Place};
use crate::openapi::{Api, HttpMethod, Operation};
use crate::plan::access::schemes::Declared;
use crate::plan::access::security::counted;
use crate::plan::rules::{Decision, Origin};
use outside::{declare_properties, headers_outside_key, outside_key, part_of_key};
pub(crate) use untold::{Case, Untold};

/// Longest time that an answer is kept. Unit: milliseconds. Source: docs/aws-rules.md#m25.
const MAX_TTL_MS: u64 = 3_600_000;

/// What tells holders of API keys apart.
const API_KEY: &str = "header.x-api-key";

/// How answers of an operation are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachePlan {
    pub ttl_s: u32,
    pub is_encrypted: bool,
    /// `method.request.…`, sorted; all of them are declared.
    pub keys: Vec<Arc<str>>,
    /// The reason why callers may see each other's answers.
    pub shared: Option<Arc<str>>,
}

/// What is asked of the cache for an operation.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    spec: &'a CacheSpec,
    cluster: &'a StageCacheSpec,
    origin: Origin<'a>,
    /// What tells callers apart, where the answer may depend on the caller.
    identities: Vec<String>,
}

/// Reads what is decided of an operation's answers.
///
/// Errors: GW2002 time, GW3071 no cluster; GW4087 body outside the key (a warning).
pub(crate) fn wanted<'a>(
    (api, operation): (&Api, &Operation),
    decision: &Decision<'a>,
    blueprint: &'a Blueprint,
    findings: &mut Vec<Diagnostic>,
) -> Option<Wanted<'a>> {
    let (written, origin) = decision.cache?;
    let spec = written.on()?;
    let place = || origin.place(blueprint, "cache");
    // Only GET unless asked.
    if operation.method != HttpMethod::Get && !origin.names_methods(blueprint) {
        return None;
    }
    if !matches!(operation.method, HttpMethod::Get | HttpMethod::Head) {
        findings.push(body_outside_key(operation, place()));
    }
    let Some(cluster) = blueprint
        .spec
        .stage
        .as_ref()
        .and_then(|it| it.cache.as_ref())
        .and_then(Switch::on)
    else {
        findings.push(
            diagnostic::CACHE_WITHOUT_CLUSTER
                .at(place())
                .message("answers are to be kept, and the stage has no cache")
                .help("add for example `stage: {cache: {size_gb: 0.5}}`, which costs by the hour, or write `cache: off` here"),
        );
        return None;
    };
    let ttl = spec
        .ttl
        .or(cluster.ttl)
        .unwrap_or(defaults::CACHE_TTL)
        .milliseconds();
    if ttl > MAX_TTL_MS || ttl % 1_000 != 0 {
        findings.push(
            diagnostic::INVALID_VALUE
                .at(place())
                .message(format_args!(
                    "API Gateway keeps an answer for whole seconds, at most 3600, not {ttl} ms"
                ))
                .help("write a time from `0s` to `1h`"),
        );
    }
    Some(Wanted {
        spec,
        cluster,
        origin,
        identities: identities((api, operation), decision, blueprint),
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

/// What tells the callers of an operation apart: what they show, or what its authorizers look at.
/// Empty where it is open.
///
/// What the description protects counts even where the gateway does not look: the backend may
/// answer each caller in its own way.
fn identities(
    (api, operation): (&Api, &Operation),
    decision: &Decision<'_>,
    blueprint: &Blueprint,
) -> Vec<String> {
    let mut names: Vec<&str> = operation
        .security
        .alternatives()
        .iter()
        .flat_map(BTreeMap::keys)
        .map(|it| &**it)
        .collect();
    names.extend(
        decision
            .auth
            .map(|(name, _)| name)
            .filter(|it| *it != "none"),
    );
    let of = |name: &str| {
        identity_of(
            blueprint.spec.auth.as_ref().and_then(|it| it.get(name)),
            || Declared::of(api, name),
        )
    };
    let mut identities: Vec<String> = names.into_iter().flat_map(of).collect();
    if decision.api_key.is_some_and(|(is_asked, _)| is_asked) {
        identities.push(API_KEY.to_owned());
    }
    identities.sort();
    identities.dedup();
    identities
}

/// What an entry of `auth` tells callers apart by; what callers show counts where it looks at
/// nothing, or at each request anew.
fn identity_of(
    auth: Option<&AuthSpec>,
    declared: impl FnOnce() -> Option<Declared>,
) -> Vec<String> {
    match auth {
        Some(AuthSpec::Lambda(spec)) => {
            let shown = || declared().map(|it| shown(Some(&it)));
            let credential = spec.credential.clone().or_else(shown);
            let sources = spec
                .identity_sources()
                .into_iter()
                .chain(credential.filter(|_| spec.ttl_ms() == 0));
            let sources: Vec<String> = sources.collect();
            if sources.is_empty() {
                vec![shown_nowhere()]
            } else {
                sources
            }
        }
        Some(AuthSpec::Ignore) | None => vec![shown(declared().as_ref())],
        Some(AuthSpec::Iam | AuthSpec::Cognito(_)) => vec![defaults::IDENTITY.to_owned()],
        Some(AuthSpec::ApiKey) => vec![API_KEY.to_owned()],
    }
}

/// Where callers show who they are, as the description declares it; what no key can hold, where it
/// is nowhere in a request.
fn shown(declared: Option<&Declared>) -> String {
    declared
        .and_then(Declared::credential)
        .unwrap_or_else(shown_nowhere)
}

/// What no key of a cache can hold.
fn shown_nowhere() -> String {
    "context.authorizer".to_owned()
}

/// Answers that callers may see of each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SharedAnswers {
    /// The place that says so.
    place: Place,
    reason: String,
    /// Its callers are told apart by nothing.
    is_protected: bool,
    is_of_description: bool,
}

impl SharedAnswers {
    /// Returns the finding about these operations.
    ///
    /// Errors: GW3064 where the description says it of a protected operation; GW3065 else (a
    /// warning).
    pub(crate) fn finding(&self, operations: &[OperationName]) -> Diagnostic {
        let whose = if self.is_protected {
            "callers get each other's answers"
        } else {
            "answers that differ by a header are mixed"
        };
        let message = format!(
            "{whose} of {} from the cache, because `shared` says so: {}",
            counted(operations),
            self.reason
        );
        if !(self.is_of_description && self.is_protected) {
            let help = "remove `shared` once the reason no longer holds";
            return diagnostic::SHARED_ANSWERS
                .at(self.place.clone())
                .message(message)
                .help(help);
        }
        let path = operations.first().map_or_else(String::new, |it| {
            crate::plan::rules::patterns::only(&it.path)
        });
        let method = operations
            .first()
            .map_or("get", |it| it.method)
            .to_ascii_lowercase();
        let mut finding = diagnostic::LOOSENED_BY_DESCRIPTION.at(self.place.clone()).message(message).help(format_args!(
            "the description alone cannot say so; remove it, or say it in the blueprint: `{{match: {{paths: [{path}], methods: [{method}]}}, cache: {{shared: \"...\"}}}}`"
        ));
        finding.operations = operations.to_vec();
        finding
    }
}

impl Wanted<'_> {
    /// The key, and what has to be declared for it.
    ///
    /// Errors: GW2002 a part of the key, GW3070 callers that get each other's answers, GW4086 a
    /// parameter that no key can hold.
    pub(crate) fn keyed(
        &self,
        operation: &Operation,
        declared: &mut BTreeMap<String, bool>,
        blueprint: &Blueprint,
        findings: &mut Vec<Diagnostic>,
    ) -> CachePlan {
        let place = self.origin.place(blueprint, "cache");
        let mut keys: Vec<Arc<str>> = starting(declared, "method.request.path.");
        match &self.spec.key {
            None => {
                declare_properties(operation, declared);
                keys.extend(starting(declared, "method.request.querystring."));
                findings.extend(outside_key(operation, declared, &place));
                if self.spec.shared.is_none() {
                    findings.extend(headers_outside_key(operation, &self.identities, &place));
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
            findings.extend(self.mixed(operation, &keys, &place));
        }
        keys.sort();
        keys.dedup();
        let ttl = self
            .spec
            .ttl
            .or(self.cluster.ttl)
            .unwrap_or(defaults::CACHE_TTL);
        CachePlan {
            ttl_s: u32::try_from(ttl.milliseconds() / 1_000).unwrap_or(u32::MAX),
            is_encrypted: self.cluster.encrypted.unwrap_or(defaults::CACHE_ENCRYPTED),
            keys,
            shared: self.spec.shared.as_deref().map(Arc::from),
        }
    }

    /// Where callers get each other's answers because `shared` says that they may: the place that
    /// says it, and whether it is an extension.
    pub(crate) fn shared(
        &self,
        operation: &Operation,
        keys: &[Arc<str>],
        blueprint: &Blueprint,
    ) -> Option<SharedAnswers> {
        let reason = self.spec.shared.as_deref()?;
        let place = self.origin.place(blueprint, "cache");
        let has_headers = self.spec.key.is_none()
            && !headers_outside_key(operation, &self.identities, &place).is_empty();
        let is_mixed = self.mixed(operation, keys, &place).is_some();
        (is_mixed || has_headers).then(|| SharedAnswers {
            is_protected: is_mixed,
            is_of_description: matches!(self.origin, Origin::Extension(_)),
            reason: reason.to_owned(),
            place,
        })
    }

    /// What the key does not tell apart, though it is there, and what of the operation that is.
    pub(crate) fn untold(
        &self,
        operation: &Operation,
        keys: &[Arc<str>],
        blueprint: &Blueprint,
    ) -> Vec<(Untold, Case)> {
        let origins = blueprint
            .spec
            .api
            .as_ref()
            .and_then(|it| it.cors.as_ref())
            .map_or(0, |it| it.origins.len());
        untold::untold(
            operation,
            keys,
            &self.origin.place(blueprint, "cache"),
            origins > 1,
        )
    }

    /// Callers that would get each other's answers.
    fn mixed(&self, operation: &Operation, keys: &[Arc<str>], place: &Place) -> Option<Diagnostic> {
        let is_in = |identity: &String| match identity.split_once('.') {
            Some(("header", name)) => keys.iter().any(|it| {
                it.strip_prefix("method.request.header.")
                    .is_some_and(|it| it.eq_ignore_ascii_case(name))
            }),
            Some(("query", name)) => keys
                .iter()
                .any(|it| it.strip_prefix("method.request.querystring.") == Some(name)),
            Some(_) | None => false,
        };
        let missing: Vec<&String> = self.identities.iter().filter(|it| !is_in(it)).collect();
        let first = missing.first()?;
        let is_held = first.starts_with("header.") || first.starts_with("query.");
        let added = if is_held {
            format!("add `{first}` to `key`, ")
        } else {
            String::new()
        };
        Some(
            diagnostic::CACHED_ACROSS_CALLERS
                .at(place.clone())
                .also(operation.place("/security"))
                .message(format_args!(
                    "`{} {}` is protected, and callers would get each other's answers: `{first}` is not in the key of the cache",
                    operation.method.as_str(),
                    operation.path
                ))
                .help(format_args!(
                    "{added}say in `shared` why everybody may see the same answer, or write `cache: off` for this operation"
                ))
                .keeps(operation.name()),
        )
    }
}

fn starting(declared: &BTreeMap<String, bool>, prefix: &str) -> Vec<Arc<str>> {
    declared
        .keys()
        .filter(|it| it.starts_with(prefix))
        .map(|it| it.as_str().into())
        .collect()
}
