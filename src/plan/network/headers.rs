//! Headers that the gateway sets on requests to a backend.
//!
//! In: `headers` of a backend. Out: `HeaderPlan`s; diagnostics of headers that the gateway would
//! refuse, drop or overwrite. Pure.

use std::collections::BTreeMap;

use crate::blueprint::{self, BackendSpec, Blueprint, BlueprintSpec};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::variables::Variables;
use crate::plan::{
    AuthPlan, AuthorizerSource, Check, HeaderPlan, HeaderSourcePlan, InputType, OperationPlan,
    Plan, Value,
};
use crate::source::pointer::child;

/// Request headers that do not reach an HTTP backend as they were sent.
///
/// Source: docs/aws-rules.md#q12, docs/aws-rules.md#q13.
const DROPPED: [&str; 13] = [
    "content-encoding",
    "content-length",
    "content-md5",
    "expect",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "www-authenticate",
];

/// Returns whether API Gateway drops or replaces a request header, whoever sets it.
pub fn is_dropped(name: &str) -> bool {
    DROPPED
        .iter()
        .any(|dropped| name.eq_ignore_ascii_case(dropped))
}

/// Parts of the request's context that a mapping may name.
///
/// Source: AWS, "Variables for data transformations for API Gateway",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>,
/// read 2026-11-22.
const CONTEXT: &[&str] = &[
    "accountId",
    "apiId",
    "authorizer.principalId",
    "awsEndpointRequestId",
    "deploymentId",
    "domainName",
    "domainPrefix",
    "extendedRequestId",
    "httpMethod",
    "identity.accountId",
    "identity.apiKey",
    "identity.apiKeyId",
    "identity.caller",
    "identity.clientCert.clientCertPem",
    "identity.clientCert.issuerDN",
    "identity.clientCert.serialNumber",
    "identity.clientCert.subjectDN",
    "identity.clientCert.validity.notAfter",
    "identity.clientCert.validity.notBefore",
    "identity.cognitoAuthenticationProvider",
    "identity.cognitoAuthenticationType",
    "identity.cognitoIdentityId",
    "identity.cognitoIdentityPoolId",
    "identity.principalOrgId",
    "identity.sourceIp",
    "identity.user",
    "identity.userAgent",
    "identity.userArn",
    "identity.vpcId",
    "identity.vpceId",
    "isCanaryRequest",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "resourceId",
    "resourcePath",
    "stage",
    "wafResponseCode",
    "webaclArn",
];

/// Parts of `identity` that only a caller who was authenticated has.
const OF_A_CALLER: &[&str] = &[
    "identity.caller",
    "identity.cognito",
    "identity.user",
    "identity.principalOrgId",
];

/// Decides the headers of a backend, by name.
///
/// Errors: GW2002 value, GW2008 Terraform only, GW2030 name, GW2031 mapping.
pub(crate) fn headers(
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> Vec<HeaderPlan> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut headers = Vec::new();
    for (name, value) in spec.headers.iter().flatten() {
        let at = child(&child(at, "headers"), name);
        let first = seen.insert(name.to_ascii_lowercase(), name);
        if let Some((message, help)) = name_problem(name, first) {
            variables.report(
                diagnostic::ILLEGAL_HEADER
                    .at(variables.place(&at))
                    .message(message)
                    .help(help),
            );
            continue;
        }
        match source(variables, value, &at) {
            Ok(source) => headers.push(HeaderPlan {
                name: name.as_str().into(),
                source,
            }),
            Err(finding) => variables.report(*finding),
        }
    }
    headers
}

/// Message and help about a wrong name. Source of the letters: docs/aws-rules.md#q2.
fn name_problem(name: &str, first: Option<&str>) -> Option<(String, &'static str)> {
    let is_legal =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$' | b'-');
    if name.is_empty() || !name.bytes().all(is_legal) {
        return Some((
            format!("API Gateway takes no header of the name `{name}`"),
            "use letters, digits, `-`, `_`, `.` and `$`",
        ));
    }
    if let Some(first) = first {
        return Some((
            format!("`{name}` and `{first}` are one header"),
            "keep one of the two: case makes no difference in a header's name",
        ));
    }
    if name.eq_ignore_ascii_case("host") {
        return Some((
            "the gateway writes `Host` itself, from the address that it calls".to_owned(),
            "set `host` of the backend instead",
        ));
    }
    (is_dropped(name) || name.eq_ignore_ascii_case("connection")).then(|| {
        (
            format!(
                "the gateway keeps `{name}` for itself: it would be lost, or every call would fail"
            ),
            "use a header of another name",
        )
    })
}

/// Decides the value of a header, or returns a diagnostic.
fn source(
    variables: &mut Variables<'_>,
    value: &blueprint::ValueSpec,
    at: &str,
) -> Result<HeaderSourcePlan, Box<Diagnostic>> {
    let blueprint::ValueSpec::Literal(text) = value else {
        let value = variables.value(value, InputType::HeaderValue, at);
        return Ok(HeaderSourcePlan::Static(value));
    };
    let spec = &variables.blueprint().spec;
    let is_printable = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'\'';
    let problem = if text.starts_with("$context.") || text.starts_with("$stageVariables.") {
        Some(MappingProblem {
            message: format!("`{text}` is how templates write it"),
            help: format!("write `{}`", &text[1..]),
        })
    } else if text.starts_with("method.") || text.starts_with("integration.") {
        Some(MappingProblem {
            message: format!(
                "`{text}` is the client's own, and a header that is set here must not be the client's to choose"
            ),
            help: "remove it: headers, query and body of the client are sent on as they come"
                .to_owned(),
        })
    } else if let Some(name) = text.strip_prefix("context.") {
        unknown_context(name)
    } else if let Some(name) = text.strip_prefix("stageVariables.") {
        unknown_stage_variable(spec, name)
    } else if text.bytes().all(is_printable) {
        let text = Value::Literal(text.as_str().into());
        return Ok(HeaderSourcePlan::Static(text));
    } else {
        let finding = diagnostic::INVALID_VALUE
            .at(variables.place(at))
            .message(format_args!("`{text}` cannot be the value of a header here"))
            .help("use printable ASCII without `'`: API Gateway encloses the text in these quotes and has no way to write one inside");
        return Err(Box::new(finding));
    };
    match problem {
        None => Ok(HeaderSourcePlan::Mapping(text.as_str().into())),
        Some(MappingProblem { message, help }) => {
            let finding = diagnostic::UNKNOWN_MAPPING.at(variables.place(at));
            Err(Box::new(finding.message(message).help(help)))
        }
    }
}

/// Returns message and help about a mapping that the gateway does not have.
struct MappingProblem {
    message: String,
    help: String,
}

/// Describes a part that a request's context does not have; claims and keys of an authorizer have
/// names that others chose.
fn unknown_context(name: &str) -> Option<MappingProblem> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
    let key = name.strip_prefix("authorizer.");
    let key = key.map(|key| key.strip_prefix("claims.").unwrap_or(key));
    if CONTEXT.contains(&name)
        || key.is_some_and(|key| !key.is_empty() && key.bytes().all(is_legal))
    {
        return None;
    }
    let suggestion = diagnostic::nearest(name, CONTEXT.iter().copied());
    Some(MappingProblem {
        message: format!("a request has no `context.{name}`"),
        help: suggestion.map_or_else(
            || "see the list in `gwgen explain GW2031`".to_owned(),
            |suggestion| format!("did you mean `context.{suggestion}`?"),
        ),
    })
}

fn unknown_stage_variable(spec: &BlueprintSpec, name: &str) -> Option<MappingProblem> {
    let names = || spec.stage.variables.iter().flat_map(BTreeMap::keys);
    if names().any(|known| known == name) {
        return None;
    }
    let suggestion = diagnostic::nearest(name, names().map(String::as_str));
    Some(MappingProblem {
        message: format!("the stage has no variable `{name}`"),
        help: suggestion.map_or_else(
            || format!("add it to `stage.variables`: `{{{name}: ...}}`"),
            |suggestion| format!("did you mean `stageVariables.{suggestion}`?"),
        ),
    })
}

/// Warns of headers that identify the caller, on operations that do not authenticate callers, or
/// where another authorizer does it.
///
/// Errors: GW4050 (a warning).
pub(crate) fn unauthenticated(plan: &Plan, blueprint: &Blueprint) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, backend) in plan.backends.iter().enumerate() {
        for header in &backend.headers {
            let HeaderSourcePlan::Mapping(mapping) = &header.source else {
                continue;
            };
            let context = mapping.strip_prefix("context.").unwrap_or_default();
            let Some(filled) = FilledBy::of(context) else {
                continue;
            };
            let is_empty = |operation: &&OperationPlan| {
                operation.is_public()
                    && operation.backend == Some(index)
                    && !filled.is_filled(plan, &operation.auth)
            };
            let mut empty = plan.operations.iter().filter(is_empty);
            let Some(first) = empty.next() else { continue };
            let others = match empty.count() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let at = child(&child("/backends", &*backend.name), "headers");
            let on_whom = if first.auth.check == Check::Nobody {
                "where nobody is authenticated"
            } else {
                filled.elsewhere()
            };
            findings.push(
                diagnostic::UNAUTHENTICATED_HEADER
                    .at(blueprint.place(&child(&at, &*header.name)))
                    .message(format_args!(
                        "`{mapping}` is empty {on_whom}, as on {}{others}: a backend must not trust `{}` there",
                        first.name(),
                        header.name
                    ))
                    .help("give these operations an `auth` that fills it, or a backend of their own without this header"),
            );
        }
    }
    findings
}

/// The kind of authorization that fills a part of the context which identifies the caller.
///
/// Source: AWS, "Variables for data transformations for API Gateway",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>:
/// claims are of Cognito, other keys of a function's response, the caller's parts of the identity
/// of signed requests.
#[derive(Clone, Copy)]
enum FilledBy {
    Cognito,
    Lambda,
    Iam,
}

impl FilledBy {
    fn of(context: &str) -> Option<Self> {
        if context.starts_with("authorizer.claims.") {
            return Some(Self::Cognito);
        }
        if context.starts_with("authorizer.") {
            return Some(Self::Lambda);
        }
        let is_of_caller = OF_A_CALLER.iter().any(|start| context.starts_with(start));
        (is_of_caller && context != "identity.userAgent").then_some(Self::Iam)
    }

    fn is_filled(self, plan: &Plan, auth: &AuthPlan) -> bool {
        let name = auth.authorizer();
        let mut authorizers = plan.authorizers.iter();
        let authorizer = authorizers.find(|authorizer| Some(&**authorizer.name) == name);
        let source = authorizer.map(|authorizer| &authorizer.source);
        match self {
            Self::Iam => auth.check == Check::Iam,
            Self::Cognito => matches!(source, Some(AuthorizerSource::Cognito(_))),
            Self::Lambda => matches!(source, Some(AuthorizerSource::Lambda(_))),
        }
    }

    fn elsewhere(self) -> &'static str {
        match self {
            Self::Iam => "where requests are not signed (`iam`)",
            Self::Cognito => "where no Cognito authorizer looks at a token",
            Self::Lambda => "where no function decides (`lambda`)",
        }
    }
}
