//! The endpoint of the API, with its resource policy.
//!
//! In: `ApiSpec`, the text of a policy. Out: `EndpointPlan`, diagnostics. Pure.
//! Settings that would allow more callers than the blueprint does are an error.

use std::sync::Arc;

use crate::blueprint::{self, Blueprint, EndpointKind};
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, Plan, Values};

/// The endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointPlan {
    pub kind: EndpointKind,
    /// Of a private API.
    pub vpc_endpoints: Option<Values>,
    pub policy: Option<PolicyPlan>,
    /// The address that AWS gives is switched off.
    pub is_disabled: bool,
}

impl Plan {
    /// Returns whether not everybody reaches the API, or only with a certificate.
    pub(crate) fn is_restricted(&self) -> bool {
        let mut domains = self.domain.iter().flat_map(|domain| &domain.managed);
        self.endpoint.kind == EndpointKind::Private
            || self.endpoint.policy.is_some()
            || domains.any(|domain| domain.truststore.is_some())
    }
}

/// The callers that the resource policy allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyPlan {
    /// Everybody who comes through one of the endpoints, and from one of the ranges.
    Among {
        vpc_endpoints: Option<Values>,
        cidrs: Option<Values>,
    },
    /// As the user's file has it.
    Written(Arc<serde_json::Value>),
}

/// Longest resource policy. Unit: characters. Source: docs/aws-rules.md#a12, docs/aws-rules.md#m18.
const MAX_POLICY: usize = 8_192;

/// Longest wait behind an edge-optimized endpoint, whatever the quota. Unit: milliseconds. Source:
/// docs/aws-rules.md#i4.
const EDGE_TIMEOUT_MS: u64 = 29_000;

/// Decides the endpoint.
///
/// Errors: GW2002 value, GW2003 missing field, GW2008 Terraform only, GW2011 field that does not
/// fit, GW2060 unreachable.
pub(crate) fn endpoint(blueprint: &Blueprint, variables: &mut Variables<'_>) -> EndpointPlan {
    let api = &blueprint.spec.api;
    let written = &api.endpoint;
    let kind = written.r#type;
    let mut listed = |values: &Option<blueprint::ValuesSpec>, list: InputType, field: &str| {
        let values = values
            .as_ref()
            .filter(|values| values.iter().next().is_some())?;
        Some(variables.values(values, list, &format!("/api/endpoint/{field}")))
    };
    let endpoints = &written.vpc_endpoints;
    let vpc_endpoints = listed(endpoints, InputType::VpcEndpoints, "vpc_endpoints");
    let cidrs = listed(&written.allow_cidrs, InputType::Callers, "allow_cidrs");
    check(variables, kind, vpc_endpoints.is_some(), cidrs.is_some());
    let is_disabled = api.disable_execute_api;
    if is_disabled && api.domain.is_none() {
        variables.report(
            diagnostic::UNREACHABLE_API
                .at(blueprint.place("/api/disable_execute_api"))
                .message("the address that AWS gives is switched off, and there is no other: nobody could call this API")
                .help("name an `api.domain`, or remove `disable_execute_api`"),
        );
    }
    let policy = match blueprint.policy() {
        Some(policy) => Some(PolicyPlan::Written(Arc::clone(policy))),
        None if vpc_endpoints.is_some() || cidrs.is_some() => {
            let vpc_endpoints = vpc_endpoints
                .clone()
                .filter(|_| kind == EndpointKind::Private);
            Some(PolicyPlan::Among {
                vpc_endpoints,
                cidrs,
            })
        }
        None => None,
    };
    check_policy(variables);
    EndpointPlan {
        kind,
        vpc_endpoints,
        policy,
        is_disabled,
    }
}

/// Checks that the callers that the blueprint names fit the endpoint.
fn check(
    variables: &mut Variables<'_>,
    kind: EndpointKind,
    has_vpc_endpoints: bool,
    has_cidrs: bool,
) {
    let blueprint = variables.blueprint();
    let has_policy = blueprint.spec.api.policy.is_some();
    let mut refuse = |code: &'static diagnostic::Code, at: &str, message: &str, help: &str| {
        variables.report(code.at(blueprint.place(at)).message(message).help(help));
    };
    match kind {
        EndpointKind::Private if !has_vpc_endpoints && !has_policy => refuse(
            &diagnostic::MISSING_FIELD,
            "/api/endpoint",
            "a private API lets nobody in without a resource policy, and nothing says whom",
            "add `vpc_endpoints: [{var: vpc_endpoint}]`, or name an `api.policy`",
        ),
        EndpointKind::Regional | EndpointKind::Edge if has_vpc_endpoints => refuse(
            &diagnostic::FIELD_DOES_NOT_FIT,
            "/api/endpoint/vpc_endpoints",
            "only a private API is reached through VPC endpoints, and this one is open to the internet",
            "add `type: private`, or remove the line",
        ),
        EndpointKind::Private | EndpointKind::Regional | EndpointKind::Edge => {}
    }
    if has_cidrs && has_policy {
        refuse(
            &diagnostic::FIELD_DOES_NOT_FIT,
            "/api/endpoint/allow_cidrs",
            "`api.policy` takes the place of what the endpoint implies, so these ranges would let in nobody and keep out nobody",
            "write the ranges into the policy, or remove `api.policy`",
        );
    }
    let quota = blueprint.spec.limits.integration_timeout;
    if kind == EndpointKind::Edge && quota.milliseconds() > EDGE_TIMEOUT_MS {
        refuse(
            &diagnostic::FIELD_DOES_NOT_FIT,
            "/limits/integration_timeout",
            "behind an edge-optimized endpoint no integration takes longer than 29 s, whatever the quota",
            "remove the line, or write `type: regional`",
        );
    }
}

/// Checks the shape and size of the user's policy, not the callers that it lets in.
///
/// Errors: GW2002.
fn check_policy(variables: &mut Variables<'_>) {
    let Some(policy) = variables.blueprint().policy() else {
        return;
    };
    let length = policy.to_string().chars().count();
    let fault = if !policy
        .get("Statement")
        .is_some_and(|statement| statement.is_array() || statement.is_object())
    {
        Some("a resource policy is a mapping with `Version` and `Statement`".to_owned())
    } else if length > MAX_POLICY {
        Some(format!(
            "the policy has {length} characters; AWS takes {MAX_POLICY}"
        ))
    } else if holds_null(policy) {
        Some("the policy holds a null, which no policy knows".to_owned())
    } else {
        None
    };
    if let Some(message) = fault {
        let finding = diagnostic::INVALID_VALUE
            .at(variables.place("/api/policy"))
            .message(message)
            .help("write it as AWS's guide shows it, with `execute-api:/*` as the resource");
        variables.report(finding);
    }
}

fn holds_null(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => true,
        serde_json::Value::Array(items) => items.iter().any(holds_null),
        serde_json::Value::Object(members) => members.values().any(holds_null),
        serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => false,
    }
}
