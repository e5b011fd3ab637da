//! Backends that are called over the internet.
//!
//! In: `url`. Out: `InternetPlan`. Pure.
//! The literal itself was checked by `blueprint`.

use super::certificates::skips_verification;
use crate::blueprint::BackendSpec;
use crate::plan::variables::Variables;
use crate::plan::{InputType, InternetPlan, Value};

/// Errors: GW2008 Terraform only, GW4025 TLS in CloudFormation.
pub(crate) fn internet(
    variables: &mut Variables<'_>,
    spec: &BackendSpec,
    at: &str,
) -> Option<InternetPlan> {
    let url = match variables.value(spec.url.as_ref()?, InputType::Url, &format!("{at}/url")) {
        Value::Literal(text) => Value::Literal(text.trim_end_matches('/').into()),
        given @ (Value::Input(_) | Value::Expression(_) | Value::Parameter { .. }) => given,
    };
    Some(InternetPlan {
        url,
        skips_verification: skips_verification(variables, spec, at),
    })
}
