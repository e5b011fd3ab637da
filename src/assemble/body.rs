//! The body style: what stands below the API becomes one OpenAPI document that API Gateway imports.
//!
//! The nodes stay in the stack, where the walk and `trace` find them; they are written as parts of the document.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::values::text;
use crate::aws::{ApiRoot, Body, Deployment, Document, Member, Node, RestApi};
use crate::plan::Plan;
use crate::stack::{Handle, Stack};

/// Takes the API's parts into its body.
pub(super) fn fold(stack: &mut Stack, plan: &Plan, (api, deployment): (&Handle<RestApi>, &Handle<Deployment>)) {
    let mut body = Body { title: text(&plan.prefix.with("")), paths: paths(stack), rest: Vec::new() };
    let Node::RestApi(node) = &stack.entries[api.index()].node else { unreachable!("a handle leads to its own kind") };
    body.rest = node.body_members();
    let responses = responses(stack);
    if !responses.is_empty() {
        body.rest.push(("x-amazon-apigateway-gateway-responses".into(), Document::Object(responses)));
    }
    for entry in &mut stack.entries {
        entry.is_in_body = matches!(entry.node, Node::Resource(_) | Node::Method(_) | Node::GatewayResponse(_));
    }
    let Node::RestApi(node) = &mut stack.entries[api.index()].node else { unreachable!("a handle leads to its own kind") };
    node.body = Some(Arc::new(body.document()));
    let Node::Deployment(node) = &mut stack.entries[deployment.index()].node else { unreachable!("a handle leads to its own kind") };
    node.is_of_body = true;
}

/// Paths with their methods, in the order in which they were added: of the paths.
fn paths(stack: &Stack) -> Vec<(Arc<str>, Vec<Member>)> {
    let mut path_of: BTreeMap<usize, String> = BTreeMap::new();
    let mut paths: Vec<(Arc<str>, Vec<Member>)> = Vec::new();
    let at = |root: &ApiRoot, path_of: &BTreeMap<usize, String>| match root {
        ApiRoot::Root(_) => String::new(),
        ApiRoot::Below(resource) => path_of[&resource.index()].clone(),
    };
    for (index, entry) in stack.entries.iter().enumerate() {
        if let Node::Resource(resource) = &entry.node {
            let path = format!("{}/{}", at(&resource.parent, &path_of), resource.path_part);
            path_of.insert(index, path);
        }
        let Node::Method(method) = &entry.node else { continue };
        let path = at(&method.on, &path_of);
        let path: Arc<str> = if path.is_empty() { "/".into() } else { path.into() };
        let operation = (method.key().into(), Document::Object(method.operation()));
        match paths.last_mut() {
            Some((last, methods)) if *last == path => methods.push(operation),
            _ => paths.push((path, vec![operation])),
        }
    }
    paths
}

/// The gateway's own errors, by their types.
fn responses(stack: &Stack) -> Vec<Member> {
    let mut responses: Vec<Member> = stack
        .entries
        .iter()
        .filter_map(|it| if let Node::GatewayResponse(response) = &it.node { Some(response.response()) } else { None })
        .collect();
    responses.sort_by(|a, b| a.0.cmp(&b.0));
    responses
}
