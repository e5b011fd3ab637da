//! Cross-origin resource sharing: a preflight for each public path.
//! In: the blueprint's `api.cors`, public operations. Out: `CorsPlan`, findings.
//!
//! Source: docs/aws-rules.md#c1, docs/aws-rules.md#c2, docs/aws-rules.md#c3, docs/aws-rules.md#c4,
//! docs/aws-rules.md#c5, docs/aws-rules.md#c6.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::blueprint::{AUTHORIZATION, AuthSpec, Blueprint, CorsSpec};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{Api, HttpMethod, Location, Operation};
use crate::plan::access::keys;
use crate::plan::access::schemes::Declared;
use crate::plan::models::parameters::is_declarable;
use crate::plan::routes::Routes;
use crate::plan::{AuthPlan, OperationPlan, Segment};

/// Headers of a signed request, besides what every browser sends.
///
/// Source: AWS, "Elements of an AWS API request signature",
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html>, read 2026-11-30.
const SIGNED: [&str; 3] = ["Authorization", "X-Amz-Date", "X-Amz-Security-Token"];

/// Bodies that a browser sends without a preflight.
///
/// Source: Fetch standard, "CORS-safelisted request-header",
/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>, read 2026-11-30.
const SIMPLE: [&str; 3] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
];

/// Headers that the browser alone writes.
///
/// Source: Fetch standard, "Forbidden request-header",
/// <https://fetch.spec.whatwg.org/#forbidden-request-header>, read 2026-11-30.
const OF_THE_BROWSER: [&str; 3] = ["cookie", "host", "origin"];

/// Permissions of browsers of other origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsPlan {
    /// As written; `*` is the only one in its list.
    pub origins: Vec<Arc<str>>,
    pub has_credentials: bool,
    pub max_age_s: Option<u32>,
    /// By path.
    pub preflights: Vec<PreflightPlan>,
}

/// Response to a browser's preflight of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreflightPlan {
    pub path: Vec<Segment>,
    /// Those of the public operations, sorted.
    pub methods: Vec<HttpMethod>,
    /// By their names in lower case.
    pub headers: Vec<Arc<str>>,
}

impl CorsPlan {
    /// The one origin that fixed text can name: on the gateway's own errors no template runs.
    pub fn first_origin(&self) -> &str {
        self.origins.first().map_or("*", |origin| origin)
    }
}

/// Decides the preflights. Operations are sorted by their paths.
///
/// Errors: none; warnings GW4085 origins that do not see errors, GW5016 backends that have to
/// respond.
pub(crate) fn cors(
    blueprint: &Blueprint,
    routes: &Routes,
    has_gateway: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<CorsPlan> {
    let spec = blueprint.spec.api.cors.as_ref().filter(|_| has_gateway)?;
    diagnostics.extend(findings(blueprint, spec));
    let public: Vec<(&[Segment], &OperationPlan)> = routes
        .operations
        .iter()
        .filter_map(|operation| Some((operation.gateway_path.as_deref()?, operation)))
        .collect();
    let is_refused = |path: &[Segment]| {
        routes
            .refusals
            .iter()
            .any(|refusal| refusal.method == HttpMethod::Options && refusal.path == path)
    };
    let paths: BTreeSet<&[Segment]> = public.iter().map(|(path, _)| *path).collect();
    let without_operation = routes.preflights.iter();
    let without_operation = without_operation
        .filter(|path| !paths.contains(&***path) && !is_refused(path))
        .map(|path| PreflightPlan {
            path: path.clone(),
            methods: vec![HttpMethod::Options],
            headers: Vec::new(),
        });
    Some(CorsPlan {
        origins: spec
            .origins
            .iter()
            .map(|origin| origin.as_str().into())
            .collect(),
        has_credentials: spec.credentials,
        max_age_s: spec
            .max_age
            .and_then(|age| u32::try_from(age.milliseconds() / 1_000).ok()),
        preflights: (public.chunk_by(|(a, _), (b, _)| a == b))
            .filter(|operations| !is_refused(operations[0].0))
            .filter_map(|operations| preflight(spec, operations))
            .chain(without_operation)
            .collect(),
    })
}

/// The preflight of a path; none where the description has a response of its own to OPTIONS (C6).
///
/// An operation for every method that authenticates its callers cannot respond to a preflight: a
/// browser sends no credentials with it.
fn preflight(
    spec: &CorsSpec,
    operations: &[(&[Segment], &OperationPlan)],
) -> Option<PreflightPlan> {
    let responds = |operation: &OperationPlan| {
        operation.method == HttpMethod::Options
            || (operation.method == HttpMethod::Any && operation.auth.is_open())
    };
    if operations.iter().any(|(_, operation)| responds(operation)) {
        return None;
    }
    let methods: BTreeSet<HttpMethod> = operations
        .iter()
        .flat_map(|(_, operation)| offered(operation.method))
        .collect();
    let mut headers: BTreeMap<String, Arc<str>> = BTreeMap::new();
    for name in spec.headers.iter().flatten() {
        headers
            .entry(name.to_ascii_lowercase())
            .or_insert_with(|| name.as_str().into());
    }
    let declared = operations
        .iter()
        .flat_map(|(_, operation)| operation.request_parameters.keys());
    let declared = declared.filter_map(|name| name.strip_prefix("method.request.header."));
    let needed = operations
        .iter()
        .flat_map(|(_, operation)| operation.browser_headers.iter().map(|name| &**name));
    for name in declared.chain(needed) {
        let lower = name.to_ascii_lowercase();
        if !OF_THE_BROWSER.contains(&&*lower) {
            headers.entry(lower).or_insert_with(|| name.into());
        }
    }
    Some(PreflightPlan {
        path: operations[0].0.to_vec(),
        methods: methods.into_iter().collect(),
        headers: headers.into_values().collect(),
    })
}

/// Headers that an operation needs of a browser: credentials, the type of the body, and those that
/// it declares.
pub(crate) fn headers(
    api: &Api,
    operation: &Operation,
    auth: &AuthPlan,
    blueprint: &Blueprint,
) -> Vec<Arc<str>> {
    let alternatives = operation.security.alternatives().iter();
    let names: BTreeSet<&Arc<str>> = alternatives
        .flat_map(BTreeMap::keys)
        .chain(&auth.entries)
        .collect();
    let of_schemes = names
        .iter()
        .flat_map(|name| of_scheme(api, name, blueprint));
    let mut needed: BTreeSet<String> = of_schemes.collect();
    if auth.api_key && !keys::from_authorizer(blueprint) {
        needed.insert("x-api-key".to_owned());
    }
    let is_simple = |media_type: &str| {
        let bare = media_type.split(';').next().unwrap_or_default().trim();
        SIMPLE
            .iter()
            .any(|simple| simple.eq_ignore_ascii_case(bare))
    };
    let mut contents = operation.body.iter().flat_map(|body| &body.contents);
    if contents.any(|content| !is_simple(&content.media_type)) {
        needed.insert("Content-Type".to_owned());
    }
    let declared = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Header);
    needed.extend(declared.map(|parameter| parameter.name.to_string()));
    needed
        .into_iter()
        .filter(|name| is_declarable(name))
        .map(Arc::from)
        .collect()
}

/// Headers with the credentials of callers: for the gateway, as `auth` has them, or for the
/// backend, as the description has them.
fn of_scheme(api: &Api, name: &str, blueprint: &Blueprint) -> Vec<String> {
    let declared = || Declared::of(api, name).and_then(|scheme| scheme.credential());
    let sources: Vec<String> = match blueprint.spec.auth.as_ref().and_then(|auth| auth.get(name)) {
        Some(AuthSpec::Iam) => return SIGNED.map(str::to_owned).to_vec(),
        Some(AuthSpec::Cognito(..)) => vec![AUTHORIZATION.to_owned()],
        Some(AuthSpec::Lambda(spec, _)) => spec
            .identity_sources()
            .into_iter()
            .chain(spec.credential.clone().or_else(declared))
            .collect(),
        // `headers` adds the header of keys.
        Some(AuthSpec::ApiKey) => Vec::new(),
        Some(AuthSpec::Ignore) | None => declared().into_iter().collect(),
    };
    sources
        .iter()
        .filter_map(|source| source.strip_prefix("header."))
        .map(str::to_owned)
        .collect()
}

/// Methods that a browser may use where a method is served.
fn offered(method: HttpMethod) -> Vec<HttpMethod> {
    if method == HttpMethod::Any {
        HttpMethod::of_requests()
            .filter(|method| *method != HttpMethod::Options)
            .collect()
    } else {
        vec![method]
    }
}

fn findings(blueprint: &Blueprint, spec: &CorsSpec) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if let [first, others @ ..] = spec.origins.as_slice()
        && !others.is_empty()
    {
        let names: Vec<String> = others.iter().map(|origin| format!("`{origin}`")).collect();
        findings.push(
            diagnostic::ORIGIN_WITHOUT_ERRORS
                .at(blueprint.place("/api/cors/origins"))
                .message(format_args!(
                    "the gateway's own errors can name one origin, and name `{first}`: scripts of {} see them as network errors",
                    names.join(", ")
                ))
                .help("put the origin first whose scripts have to see these errors"),
        );
    }
    findings.push(
        diagnostic::BACKEND_ANSWERS_ORIGINS
            .at(blueprint.place("/api/cors"))
            .message("the gateway answers preflights alone: the backends have to send `Access-Control-Allow-Origin` with their own answers")
            .help("nothing is to be done if they do; else browsers show scripts nothing of what they answer"),
    );
    findings
}
