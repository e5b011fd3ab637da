//! What browsers of other origins are told: a preflight for each public path.
//!
//! In: the blueprint's `api.cors`, public operations. Out: `CorsPlan`, findings. Pure.
//! Source: AWS-RULES C1 to C6.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{OperationPlan, Refusal, Segment};
use crate::blueprint::{Blueprint, CorsSpec};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::HttpMethod;

/// What browsers of other origins may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsPlan {
    /// As written; `*` stands alone.
    pub origins: Vec<Arc<str>>,
    pub has_credentials: bool,
    pub max_age_s: Option<u32>,
    /// By path.
    pub preflights: Vec<PreflightPlan>,
}

/// What a browser is told of a path before it sends a request there.
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
        self.origins.first().map_or("*", |it| it)
    }
}

/// Decides the preflights. Operations are sorted by their paths.
///
/// Errors: none; warnings GW4085 origins that do not see errors, GW5016 backends that have to answer.
pub(super) fn cors(
    blueprint: &Blueprint,
    (operations, refusals): (&[OperationPlan], &[Refusal]),
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<CorsPlan> {
    let spec = blueprint.spec.api.as_ref()?.cors.as_ref()?;
    diagnostics.extend(findings(blueprint, spec));
    let public: Vec<(&[Segment], &OperationPlan)> = operations.iter().filter_map(|it| Some((it.gateway_path.as_deref()?, it))).collect();
    let is_refused = |path: &[Segment]| refusals.iter().any(|it| it.method == HttpMethod::Options && it.path == path);
    Some(CorsPlan {
        origins: spec.origins.iter().map(|it| it.as_str().into()).collect(),
        has_credentials: spec.credentials.unwrap_or(false),
        max_age_s: spec.max_age.and_then(|it| u32::try_from(it.milliseconds() / 1_000).ok()),
        preflights: (public.chunk_by(|(a, _), (b, _)| a == b))
            .filter(|it| !is_refused(it[0].0))
            .filter_map(|it| preflight(spec, it))
            .collect(),
    })
}

/// None where the description has an answer of its own to OPTIONS (C6).
///
/// One that is for every method, and asks callers for something, can answer no preflight: a browser shows nothing with it.
fn preflight(spec: &CorsSpec, operations: &[(&[Segment], &OperationPlan)]) -> Option<PreflightPlan> {
    let answers = |it: &OperationPlan| it.method == HttpMethod::Options || (it.method == HttpMethod::Any && it.auth.is_open());
    if operations.iter().any(|(_, it)| answers(it)) {
        return None;
    }
    let mut methods: Vec<HttpMethod> = operations.iter().flat_map(|(_, it)| offered(it.method)).collect();
    methods.sort();
    methods.dedup();
    let mut headers: BTreeMap<String, Arc<str>> = BTreeMap::new();
    for name in spec.headers.iter().flatten() {
        headers.entry(name.to_ascii_lowercase()).or_insert_with(|| name.as_str().into());
    }
    for key in operations.iter().flat_map(|(_, it)| it.request_parameters.keys()) {
        if let Some(name) = key.strip_prefix("method.request.header.") {
            headers.entry(name.to_ascii_lowercase()).or_insert_with(|| name.into());
        }
    }
    Some(PreflightPlan { path: operations[0].0.to_vec(), methods, headers: headers.into_values().collect() })
}

/// What a browser may ask for where a method is served.
fn offered(method: HttpMethod) -> Vec<HttpMethod> {
    if method == HttpMethod::Any { HttpMethod::of_requests().filter(|it| *it != HttpMethod::Options).collect() } else { vec![method] }
}

fn findings(blueprint: &Blueprint, spec: &CorsSpec) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if let [first, others @ ..] = spec.origins.as_slice()
        && !others.is_empty()
    {
        let names: Vec<String> = others.iter().map(|it| format!("`{it}`")).collect();
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
