//! Preflights of browsers, and the gateway's own errors.
//! In: `CorsPlan`, `GatewayResponsePlan`s. Out: integrations and nodes in the stack. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws::{ErrorBody, GatewayResponse, Preflight, RestApi, Stack};
use crate::plan::{GatewayResponsePlan, Plan, PreflightPlan};
use crate::stack::{File, Handle, Label};

/// Returns the response to a browser's preflight request.
pub(crate) fn preflight(plan: &Plan, path: &PreflightPlan) -> Preflight {
    let cors = plan
        .cors
        .as_ref()
        .expect("a preflight is planned with the rest of `cors`");
    Preflight {
        origins: cors.origins.clone(),
        methods: path.methods.clone(),
        headers: path.headers.clone(),
        has_credentials: cors.has_credentials,
        max_age_s: cors.max_age_s,
    }
}

/// Builds all responses of the gateway itself.
pub(crate) fn gateway_responses(stack: &mut Stack, plan: &Plan, api: &Handle<RestApi>) {
    for planned in &plan.gateway_responses {
        let response = GatewayResponse {
            api: api.clone(),
            of: planned.of,
            status: planned
                .status
                .map(|status| status.0)
                .filter(|_| planned.is_problem),
            headers: headers(plan, planned),
            body: body(planned),
        };
        stack.add(
            File::Api,
            Label::new(planned.of.to_ascii_lowercase()),
            response,
        );
    }
}

fn headers(plan: &Plan, planned: &GatewayResponsePlan) -> BTreeMap<&'static str, Arc<str>> {
    let mut headers: BTreeMap<&'static str, Arc<str>> = BTreeMap::new();
    if let Some(cors) = &plan.cors {
        headers.insert("Access-Control-Allow-Origin", cors.first_origin().into());
        if cors.has_credentials {
            headers.insert("Access-Control-Allow-Credentials", "true".into());
        }
    }
    if planned.is_problem {
        headers.insert("Content-Type", "application/problem+json".into());
    }
    headers
}

fn body(planned: &GatewayResponsePlan) -> ErrorBody {
    if planned.is_problem {
        let (of, status) = (planned.of, planned.status);
        ErrorBody::Problem { of, status }
    } else {
        ErrorBody::Message
    }
}
