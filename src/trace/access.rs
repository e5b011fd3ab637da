//! Who may call beside what a method asks for.
//!
//! In: `Stack`. Out: words. Pure.

use crate::aws::{Node, Stack};

/// What a method that asks for nothing lets through.
pub(crate) fn unasked(stack: &Stack) -> String {
    let nodes = || stack.entries.iter().map(|it| &it.node);
    let has_policy =
        nodes().any(|it| matches!(it, Node::RestApi(it) if it.endpoint.policy.is_some()));
    let has_certificates =
        nodes().any(|it| matches!(it, Node::DomainName(it) if it.truststore.is_some()));
    let kept: Vec<&str> = [
        (has_policy, "the API's resource policy"),
        (has_certificates, "the certificates that the domain trusts"),
    ]
    .into_iter()
    .filter_map(|(is_there, name)| is_there.then_some(name))
    .collect();
    if kept.is_empty() {
        "the gateway lets every caller through".to_owned()
    } else {
        format!(
            "the method asks for nothing; who may call is up to {}",
            kept.join(" and ")
        )
    }
}
