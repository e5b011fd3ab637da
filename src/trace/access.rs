//! Who may call a method that requires nothing.
//!
//! In: `Stack`. Out: words. Pure.

use crate::aws::{DomainName, RestApi, Stack};

/// What a method that requires nothing lets through.
pub(crate) fn of_open_method(stack: &Stack) -> String {
    let has_policy = stack
        .all::<RestApi>()
        .any(|api| api.endpoint.policy.is_some());
    let mut domains = stack.all::<DomainName>();
    let has_certificates = domains.any(|domain| domain.truststore.is_some());
    let policy = "the API's resource policy";
    let certificates = "the certificates that the domain trusts";
    let by = match (has_policy, has_certificates) {
        (false, false) => return "the gateway lets every caller through".to_owned(),
        (true, false) => policy.to_owned(),
        (false, true) => certificates.to_owned(),
        (true, true) => format!("{policy} and {certificates}"),
    };
    format!("the method asks for nothing; who may call is up to {by}")
}
