//! A domain of the user's own: created with its certificate and record, or existing.
//!
//! In: `DomainSpec`. Out: `DomainPlan`, diagnostics. Pure.

use std::sync::Arc;

use super::endpoint::EndpointPlan;
use crate::blueprint::{self, Blueprint, DomainSpec, EndpointKind, MutualTlsSpec};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::is_dots;
use crate::plan::variables::Variables;
use crate::plan::{InputType, OperationPlan, Plan, Segment, Value};
use crate::source::pointer;

/// A domain, and the base path of the API on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainPlan {
    pub name: Value,
    /// One segment; empty for the whole domain.
    pub base_path: Arc<str>,
    /// `None`: it exists already.
    pub managed: Option<ManagedDomainPlan>,
}

/// A domain that the stack manages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedDomainPlan {
    pub is_edge: bool,
    pub certificate: Value,
    /// Hosted zone that gets its record.
    pub zone: Option<Value>,
    pub security_policy: Arc<str>,
    /// S3 URI of the trusted certificates, and the version of that object.
    pub truststore: Option<(Value, Option<Value>)>,
}

/// Lowest versions of TLS that every provider can write. Source: docs/aws-rules.md#e3.
const SECURITY_POLICIES: [&str; 2] = ["TLS_1_2", "TLS_1_0"];

/// Paths that API Gateway serves itself at the root of a custom domain. Source:
/// docs/aws-rules.md#p9.
const HEALTH_PATHS: [&str; 2] = ["ping", "sping"];

/// Decides the domain.
///
/// Errors: GW2002 value, GW2003 missing field, GW2011 field that does not fit, GW2061 mutual TLS
/// that can be passed by, GW2062 old TLS.
pub(crate) fn domain(variables: &mut Variables<'_>, endpoint: &EndpointPlan) -> Option<DomainPlan> {
    let spec = variables.blueprint().spec.api.domain.as_ref()?;
    if endpoint.kind == EndpointKind::Private {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(variables.place("/api/domain"))
                .message("a private API has no domain of its own here")
                .help("remove `api.domain`, or write `type: regional`"),
        );
    }
    let name = variables.value(&spec.name, InputType::Domain, "/api/domain/name");
    let base_path: Arc<str> = spec
        .base_path
        .as_deref()
        .unwrap_or_default()
        .trim_matches('/')
        .into();
    if is_dots(&base_path)
        || !base_path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"$-_.+!*'()".contains(&byte))
    {
        variables.report(
 diagnostic::INVALID_VALUE
 .at(variables.place("/api/domain/base_path"))
 .message("a base path below the domain is one segment of letters, digits and `$-_.+!*'()`, and not `.` or `..`")
 .help("write one segment, or mount the API (`mounts`)"),
);
    }
    let managed = if spec.existing {
        check_existing(variables);
        None
    } else {
        managed(variables, spec, endpoint)
    };
    Some(DomainPlan {
        name,
        base_path,
        managed,
    })
}

fn check_existing(variables: &mut Variables<'_>) {
    for field in ["certificate", "zone", "security_policy", "mutual_tls"] {
        let at = format!("/api/domain/{field}");
        if !variables.blueprint().is_written(&at) {
            continue;
        }
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(variables.place(&at))
                .message(format_args!(
                    "the domain is there already, so `{field}` would change nothing"
                ))
                .help("remove it, or `existing: true` if gwgen is to make the domain"),
        );
    }
}

fn managed(
    variables: &mut Variables<'_>,
    spec: &DomainSpec,
    endpoint: &EndpointPlan,
) -> Option<ManagedDomainPlan> {
    let is_edge = endpoint.kind == EndpointKind::Edge;
    let Some(certificate) = &spec.certificate else {
        variables.report(
 diagnostic::MISSING_FIELD
 .at(variables.place("/api/domain"))
 .message("a domain needs a certificate, and none is named")
 .help("add `certificate: {var: cert_arn}`, or `existing: true` if the domain is there already"),
);
        return None;
    };
    let certificate = variables.value(
        certificate,
        InputType::DomainCertificate,
        "/api/domain/certificate",
    );
    if let Value::Literal(arn) = &certificate {
        check_region(variables, arn, is_edge);
    }
    let zone = spec
        .zone
        .as_ref()
        .map(|zone| variables.value(zone, InputType::Zone, "/api/domain/zone"));
    let security_policy = spec.security_policy.as_str();
    check_security_policy(variables, security_policy);
    let truststore = spec
        .mutual_tls
        .as_ref()
        .map(|mutual_tls| truststore(variables, mutual_tls, security_policy, endpoint));
    Some(ManagedDomainPlan {
        is_edge,
        certificate,
        zone,
        security_policy: security_policy.into(),
        truststore,
    })
}

/// Refuses a certificate of another region than the domain needs.
fn check_region(variables: &mut Variables<'_>, arn: &str, is_edge: bool) {
    if is_edge && !arn.contains(":us-east-1:") {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(variables.place("/api/domain/certificate"))
                .message("the certificate of an edge-optimized domain has to be one of us-east-1")
                .help("import or request it there, or write `type: regional`"),
        );
    }
    if let (Some(region), false) = (&variables.blueprint().spec.region, is_edge)
        && let Some(other) = arn.split(':').nth(3).filter(|other| other != region)
    {
        variables.report(
 diagnostic::INVALID_VALUE
 .at(variables.place("/api/domain/certificate"))
 .message(format_args!(
                "the certificate of a regional domain has to be one of {region}, where the API is, not of {other}"
            ))
 .help("import or request it there"),
);
    }
}

fn check_security_policy(variables: &mut Variables<'_>, written: &str) {
    if !SECURITY_POLICIES.contains(&written) {
        variables.report(
            diagnostic::INVALID_VALUE
                .at(variables.place("/api/domain/security_policy"))
                .message(format_args!(
                    "`{written}` is no policy that both provider versions take"
                ))
                .help("write `TLS_1_2`, or remove the line"),
        );
    } else if written == SECURITY_POLICIES[1] {
        variables.report(
            diagnostic::OLD_TLS
                .at(variables.place("/api/domain/security_policy"))
                .message("`TLS_1_0` lets callers use versions of TLS that are broken")
                .help("write `TLS_1_2`, or remove the line"),
        );
    }
}

/// The truststore of mutual TLS, and the version of its object.
fn truststore(
    variables: &mut Variables<'_>,
    spec: &MutualTlsSpec,
    security_policy: &str,
    endpoint: &EndpointPlan,
) -> (Value, Option<Value>) {
    if !endpoint.is_disabled {
        variables.report(
 diagnostic::MUTUAL_TLS_PASSED_BY
 .at(variables.place("/api/domain/mutual_tls"))
 .message("callers need a certificate at the domain, and none at the address that AWS gives")
 .help("write `disable_execute_api: true` under `api`"),
);
    }
    // Source: API Gateway, "How to turn on mutual TLS authentication for your REST APIs",
    // <https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html>:
    // regional domains, TLS 1.2.
    if endpoint.kind == EndpointKind::Edge || security_policy != SECURITY_POLICIES[0] {
        variables.report(
            diagnostic::FIELD_DOES_NOT_FIT
                .at(variables.place("/api/domain/mutual_tls"))
                .message("mutual TLS needs a regional domain with `TLS_1_2`")
                .help("write `type: regional`, and no other `security_policy`"),
        );
    }
    let truststore = variables.value(
        &spec.truststore,
        InputType::Truststore,
        "/api/domain/mutual_tls/truststore",
    );
    let version = spec.version.as_ref().map(|version| {
        variables.value(
            version,
            InputType::TruststoreVersion,
            "/api/domain/mutual_tls/version",
        )
    });
    (truststore, version)
}

/// Reports paths, mounts and backends that the domain makes wrong or doubtful; `bases` are the base
/// paths of the descriptions, on the gateway and behind it.
///
/// Errors: GW2122 backend, GW4032 path; GW2120 prefix (a warning).
pub(crate) fn findings(
    blueprint: &Blueprint,
    plan: &Plan,
    bases: &[[Vec<Segment>; 2]],
) -> Vec<Diagnostic> {
    let Some(domain) = &plan.domain else {
        return Vec::new();
    };
    let mut findings = taken_paths(&plan.operations);
    findings.extend(repeated_prefixes(blueprint, &domain.base_path, bases));
    findings.extend(own_servers(blueprint, domain));
    findings
}

/// Reports prefixes of the gateway that the domain has already: callers would have to write them
/// twice.
///
/// Errors: GW2120 (a warning).
fn repeated_prefixes(
    blueprint: &Blueprint,
    own: &str,
    bases: &[[Vec<Segment>; 2]],
) -> Vec<Diagnostic> {
    if own.is_empty() {
        return Vec::new();
    }
    let mounts = blueprint.spec.mounts.iter().flatten().enumerate();
    let mounted: Vec<String> = mounts
        .filter(|(_, mount)| mount.at.trim_matches('/').split('/').next() == Some(own))
        .map(|(index, _)| format!("/mounts/{index}/at"))
        .collect();
    let has_base = bases.iter().any(
        |[on_gateway, _]| matches!(on_gateway.first(), Some(Segment::Literal(text)) if **text == *own),
    );
    // A mount is before the base path.
    let mounts = blueprint.spec.mounts.as_deref();
    let is_root_served = mounts.is_none_or(|all| {
        all.iter()
            .any(|mount| mount.at.trim_matches('/').is_empty())
    });
    let of_base = has_base && is_root_served;
    let places = mounted
        .into_iter()
        .chain(of_base.then(|| "/api/base_path".to_owned()));
    let finding = |at: String| {
        diagnostic::BASE_PATH_TWICE
            .at(blueprint.place("/api/domain/base_path"))
            .also(blueprint.place(&at))
            .message(format_args!(
                "the domain serves the API below `/{own}` and takes that away, and on the gateway every path begins with `/{own}` again: callers have to write `/{own}/{own}`"
            ))
            .help("remove `api.domain.base_path`, or leave the gateway's prefix out (`api.base_path: backend`, or the mount)")
    };
    places.map(finding).collect()
}

/// Reports servers that are the API itself: a request would come back to it until the gateway gives
/// up.
///
/// Errors: GW2122.
fn own_servers(blueprint: &Blueprint, domain: &DomainPlan) -> Vec<Diagnostic> {
    let (Value::Literal(name), base_path) = (&domain.name, &*domain.base_path) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (backend, spec) in &blueprint.spec.backends {
        let at = pointer::child("/backends", backend);
        let targets = spec.targets.as_ref();
        let hosts = match targets.and_then(|targets| targets.hosts.as_ref()) {
            Some(blueprint::ValuesSpec::List(list)) => list.as_slice(),
            Some(blueprint::ValuesSpec::One(_)) | None => &[],
        };
        let url = spec.url.iter().map(|url| (format!("{at}/url"), url));
        let hosts = hosts.iter().enumerate();
        let hosts = hosts.map(|(index, host)| (format!("{at}/targets/hosts/{index}"), host));
        for (at, value) in url.chain(hosts) {
            if matches!(value, blueprint::ValueSpec::Literal(text) if leads_to(text, name, base_path))
            {
                findings.push(
                    diagnostic::OWN_DOMAIN
                        .at(blueprint.place(&at))
                        .also(blueprint.place("/api/domain/name"))
                        .message(format_args!(
                            "the backend `{backend}` is `{name}`, the API's own domain: a request would go round in a circle"
                        ))
                        .help(
                            "write the address of the servers; another API below the same domain can be named by a variable, `{var: name}`",
                        ),
                );
            }
        }
    }
    findings
}

/// Returns whether a URL or host is a domain's, and not below another base path than this API's.
fn leads_to(address: &str, domain: &str, base_path: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host
        .split(':')
        .next()
        .unwrap_or_default()
        .trim_end_matches('.');
    host.eq_ignore_ascii_case(domain)
        && (base_path.is_empty() || path.is_empty() || path.split('/').next() == Some(base_path))
}

/// Reports operations to which API Gateway would respond itself on a custom domain.
///
/// Errors: GW4032.
fn taken_paths(operations: &[OperationPlan]) -> Vec<Diagnostic> {
    let is_taken = |operation: &&OperationPlan| {
        operation.is_public()
            && matches!(operation.gateway_path.as_deref(), Some([Segment::Literal(only)]) if HEALTH_PATHS.contains(&&**only))
    };
    let finding = |operation: &OperationPlan| {
        diagnostic::HEALTH_CHECK_PATH
            .at(operation.place.clone())
            .message(format_args!(
                "on a custom domain API Gateway answers `{}` itself",
                operation.path
            ))
            .help("mount the API under a prefix, give it another path, or hide the operation")
            .keeps(operation.name())
    };
    operations.iter().filter(is_taken).map(finding).collect()
}
