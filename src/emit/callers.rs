//! Notes of the output's README on callers: how they reach the API, and who is let in.

use super::names::OutputNames;
use crate::blueprint::EndpointKind;
use crate::plan::{DomainPlan, ManagedDomainPlan, Plan};

pub(crate) fn notes(plan: &Plan, names: &OutputNames) -> Vec<String> {
    if !plan.has_gateway {
        return Vec::new();
    }
    let mut notes = Vec::new();
    if plan.endpoint.kind == EndpointKind::Private {
        notes.push(private(names));
    }
    notes.extend(plan.domain.iter().flat_map(|made| domain(made, names)));
    let is_public = plan.endpoint.kind != EndpointKind::Private;
    if is_public && !plan.endpoint.is_disabled {
        notes.push(tls(plan));
    }
    if !plan.asks_callers && !plan.is_restricted() {
        notes.push(
            "Everybody who knows the address may call every public operation: none asks for a token, a signature or a key, and \
             there is no resource policy. `auth`, `api.endpoint.allow_cidrs` and `api.policy` change that."
                .to_owned(),
        );
    }
    notes
}

/// Source: AWS, "Invoke a private API",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html>,
/// read 2026-11-30.
fn private(names: &OutputNames) -> String {
    format!(
        "Callers come through a VPC endpoint for `execute-api`. With private DNS (`private_dns_enabled`) they use {}, and the addresses of \
         all public APIs of API Gateway no longer work inside that VPC. Without, they call a DNS name of the endpoint, with the header \
         `x-apigw-api-id: ID` or `Host: ID.execute-api.REGION.amazonaws.com`, where `ID` is {}; or \
         `https://ID-VPCE.execute-api.REGION.amazonaws.com`, where `VPCE` is the id of an endpoint that `api.endpoint.vpc_endpoints` names.",
        names.code("invoke_url"),
        names.code("rest_api_id")
    )
}

/// Source: docs/aws-rules.md#e3.
fn domain(plan: &DomainPlan, names: &OutputNames) -> Vec<String> {
    let Some(ManagedDomainPlan { is_edge, zone, .. }) = &plan.managed else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    notes.push(if *is_edge {
        "The domain's certificate is one of us-east-1, in whichever region the API is: its endpoint is `edge`.".to_owned()
    } else {
        "The domain's certificate is one of the API's region.".to_owned()
    });
    if zone.is_none() {
        notes.push(format!(
            "The domain's record is made elsewhere: a CNAME to {}, or an alias in Route 53 to this name in the zone {}.",
            names.code("domain_target"),
            names.code("domain_target_zone_id")
        ));
    }
    notes
}

/// Source: docs/aws-rules.md#e7.
fn tls(plan: &Plan) -> String {
    let domain = if plan.domain.is_some() {
        "`api.disable_execute_api: true` leaves the domain as the only way in, and the domain has a `security_policy` of its own"
    } else {
        "an `api.domain`, which takes TLS 1.2 and later unless its `security_policy` says otherwise, with `api.disable_execute_api: true` \
         leaves no other way in"
    };
    format!(
        "The address that AWS gives the API accepts TLS 1.0, as no policy is set for it: {domain}."
    )
}
