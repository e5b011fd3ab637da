//! Headers that are set on the way to a backend.
//!
//! In: `headers` of a backend. Out: `HeaderPlan`s. Pure.
//! What the gateway would refuse, drop or overwrite is refused here.

use std::collections::BTreeMap;

use crate::blueprint::{self, BackendSpec, Blueprint};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::variables::Variables;
use crate::plan::{
    AuthPlan, AuthorizerAsks, Check, HeaderPlan, HeaderSource, InputType, OperationPlan, Plan,
    Value,
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

/// Whether API Gateway drops or replaces a request header, whoever sets it.
pub fn is_dropped(name: &str) -> bool {
    DROPPED.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// What of the request's context a mapping may name.
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
    blueprint: &Blueprint,
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
                    .at(blueprint.place(&at))
                    .message(message)
                    .help(help),
            );
            continue;
        }
        match source(blueprint, variables, value, &at) {
            Ok(source) => headers.push(HeaderPlan {
                name: name.as_str().into(),
                source,
            }),
            Err(finding) => variables.report(*finding),
        }
    }
    headers
}

/// What is wrong with a name, and what to do. Source of the letters: docs/aws-rules.md#q2.
fn name_problem(name: &str, first: Option<&str>) -> Option<(String, &'static str)> {
    if name.is_empty()
        || !name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'_' | b'$' | b'-'))
    {
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

fn source(
    blueprint: &Blueprint,
    variables: &mut Variables<'_>,
    value: &blueprint::Value,
    at: &str,
) -> Result<HeaderSource, Box<Diagnostic>> {
    let blueprint::Value::Literal(text) = value else {
        return Ok(HeaderSource::Static(variables.of_gateway(
            value,
            InputType::HeaderValue,
            at,
        )));
    };
    let unknown = |message: String, help: String| {
        Err(Box::new(
            diagnostic::UNKNOWN_MAPPING
                .at(blueprint.place(at))
                .message(message)
                .help(help),
        ))
    };
    if text.starts_with("$context.") || text.starts_with("$stageVariables.") {
        return unknown(
            format!("`{text}` is how templates write it"),
            format!("write `{}`", &text[1..]),
        );
    }
    if text.starts_with("method.") || text.starts_with("integration.") {
        let help = "remove it: headers, query and body of the client are sent on as they come";
        return unknown(
            format!(
                "`{text}` is the client's own, and a header that is set here must not be the client's to choose"
            ),
            help.to_owned(),
        );
    }
    if let Some(name) = text.strip_prefix("context.") {
        if is_context(name) {
            return Ok(HeaderSource::Mapping(text.as_str().into()));
        }
        let near = diagnostic::nearest(name, CONTEXT.iter().copied());
        let help = near.map_or_else(
            || "see the list in `gwgen explain GW2031`".to_owned(),
            |it| format!("did you mean `context.{it}`?"),
        );
        return unknown(format!("a request has no `{text}`"), help);
    }
    if let Some(name) = text.strip_prefix("stageVariables.") {
        let variables = blueprint
            .spec
            .stage
            .as_ref()
            .and_then(|it| it.variables.as_ref());
        let mut names = variables
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str());
        if names.clone().any(|it| it == name) {
            return Ok(HeaderSource::Mapping(text.as_str().into()));
        }
        let help = names
            .next()
            .and_then(|first| diagnostic::nearest(name, names.chain([first])));
        let help = help.map_or_else(
            || format!("add it to `stage.variables`: `{{{name}: ...}}`"),
            |it| format!("did you mean `stageVariables.{it}`?"),
        );
        return unknown(format!("the stage has no variable `{name}`"), help);
    }
    if !text
        .bytes()
        .all(|it| matches!(it, b' '..=b'~') && it != b'\'')
    {
        let finding = diagnostic::INVALID_VALUE
            .at(blueprint.place(at))
            .message(format_args!("`{text}` cannot be the value of a header here"))
            .help("use printable ASCII without `'`: API Gateway encloses the text in these quotes and has no way to write one inside");
        return Err(Box::new(finding));
    }
    Ok(HeaderSource::Static(Value::Literal(text.as_str().into())))
}

/// Claims and an authorizer's own keys have names of somebody else's.
fn is_context(name: &str) -> bool {
    let is_word = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b':'))
    };
    let own = name
        .strip_prefix("authorizer.")
        .is_some_and(|key| is_word(key.strip_prefix("claims.").unwrap_or(key)));
    own || CONTEXT.contains(&name)
}

/// Headers that tell who calls, on operations where nobody asks who calls, or where another
/// authorizer does.
///
/// Errors: GW4050 (a warning).
pub(crate) fn unauthenticated(plan: &Plan, blueprint: &Blueprint) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, backend) in plan.backends.iter().enumerate() {
        for header in &backend.headers {
            let HeaderSource::Mapping(text) = &header.source else {
                continue;
            };
            let Some(filled) = filled_by(text.strip_prefix("context.").unwrap_or_default()) else {
                continue;
            };
            let is_empty = |it: &&OperationPlan| {
                it.is_public() && it.backend == Some(index) && !filled.by(plan, &it.auth)
            };
            let mut empty = plan.operations.iter().filter(is_empty);
            let Some(first) = empty.next() else { continue };
            let at = child(
                &child(&child("/backends", &*backend.name), "headers"),
                &*header.name,
            );
            let more = empty.count();
            let others = if more == 0 {
                String::new()
            } else {
                format!(" and {more} more")
            };
            let who = if first.auth.check == Check::Nobody {
                "where nobody is authenticated"
            } else {
                filled.elsewhere()
            };
            findings.push(
                diagnostic::UNAUTHENTICATED_HEADER
                    .at(blueprint.place(&at))
                    .message(format_args!(
                        "`{text}` is empty {who}, as on `{} {}`{others}: a backend must not trust `{}` there",
                        first.method.as_str(),
                        first.path,
                        header.name
                    ))
                    .help("give these operations an `auth` that fills it, or a backend of their own without this header"),
            );
        }
    }
    findings
}

/// Who fills a part of the context that tells who calls.
///
/// Source: AWS, "Variables for data transformations for API Gateway",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>:
/// claims are of Cognito, other keys of a function's answer, the caller's parts of the identity of
/// signed requests.
#[derive(Clone, Copy)]
enum FilledBy {
    Cognito,
    Lambda,
    Iam,
}

fn filled_by(name: &str) -> Option<FilledBy> {
    if name.starts_with("authorizer.claims.") {
        return Some(FilledBy::Cognito);
    }
    if name.starts_with("authorizer.") {
        return Some(FilledBy::Lambda);
    }
    (OF_A_CALLER.iter().any(|it| name.starts_with(it)) && name != "identity.userAgent")
        .then_some(FilledBy::Iam)
}

impl FilledBy {
    fn by(self, plan: &Plan, auth: &AuthPlan) -> bool {
        let authorizer = || {
            auth.authorizer()
                .and_then(|name| plan.authorizers.iter().find(|it| *it.name == *name))
        };
        match self {
            Self::Iam => auth.check == Check::Iam,
            Self::Cognito => {
                authorizer().is_some_and(|it| matches!(it.asks, AuthorizerAsks::Cognito(_)))
            }
            Self::Lambda => {
                authorizer().is_some_and(|it| matches!(it.asks, AuthorizerAsks::Lambda(_)))
            }
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
