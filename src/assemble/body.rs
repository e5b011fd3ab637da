//! The body style: what stands below the API becomes one OpenAPI document that API Gateway imports.
//!
//! The nodes stay in the stack, where the walk and `trace` find them; they are written as parts of
//! the document.

mod schemas;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::values::text;
use crate::aws::{
    Authorization, AuthorizedBy, Body, Deployment, Document, Member, Method, Node, RestApi, keyed,
    signed,
};
use crate::blueprint::Format;
use crate::plan::Plan;
use crate::stack::{Handle, Stack};

/// Takes the API's parts into its body.
pub(crate) fn fold(
    stack: &mut Stack,
    plan: &Plan,
    (api, deployment): (&Handle<RestApi>, &Handle<Deployment>),
) {
    let Node::RestApi(node) = &stack.entries[api.index()].node else {
        unreachable!("a handle leads to its own kind")
    };
    let names = Names::of(stack);
    let mut rest = node.body_members();
    rest.extend(object(
        "x-amazon-apigateway-gateway-responses",
        responses(stack),
    ));
    rest.extend(object(
        "x-amazon-apigateway-request-validators",
        validators(stack),
    ));
    let is_template = plan.output.format == Format::Cloudformation;
    let components = object("schemas", models(stack, is_template))
        .into_iter()
        .chain(object("securitySchemes", schemes(stack, &names)));
    rest.extend(object("components", components.collect()));
    let body = Body {
        title: text(&plan.prefix.with("")),
        paths: paths(stack, &names),
        rest,
    };
    for entry in &mut stack.entries {
        entry.is_in_body = is_part(&entry.node);
        match &mut entry.node {
            Node::AuthorizerPermission(permission) => permission.is_of_any = true,
            Node::Deployment(node) if entry.address == *deployment.address() => {
                node.is_of_body = true
            }
            Node::RestApi(node) => node.body = Some(Arc::new(body.document())),
            _ => {}
        }
    }
}

/// Whether import makes it from the document.
fn is_part(node: &Node) -> bool {
    let of_paths = matches!(
        node,
        Node::Resource(_) | Node::Method(_) | Node::GatewayResponse(_)
    );
    of_paths
        || matches!(
            node,
            Node::Authorizer(_) | Node::RequestValidator(_) | Node::Model(_)
        )
}

fn object(name: &'static str, members: Vec<Member>) -> Option<Member> {
    (!members.is_empty()).then(|| (name.into(), Document::Object(members)))
}

/// What operations name.
struct Names {
    /// Of authorizers, validators and models, by the indices of their nodes.
    of: BTreeMap<usize, Arc<str>>,
    signed: String,
    keyed: String,
}

impl Names {
    fn of(stack: &Stack) -> Self {
        let name = |node: &Node| match node {
            Node::Authorizer(it) => Some(Arc::clone(&it.name)),
            Node::RequestValidator(it) => Some(Arc::clone(&it.name)),
            Node::Model(it) => Some(Arc::clone(&it.name)),
            _ => None,
        };
        let of: BTreeMap<usize, Arc<str>> = stack
            .entries
            .iter()
            .enumerate()
            .filter_map(|(index, it)| Some((index, name(&it.node)?)))
            .collect();
        let taken: BTreeSet<&str> = of.values().map(|it| &**it).collect();
        let free = |start: &str| {
            let mut name = start.to_owned();
            while taken.contains(&*name) {
                name.push('-');
            }
            name
        };
        let (signed, keyed) = (free("aws-sigv4"), free("x-api-key"));
        Self { of, signed, keyed }
    }
}

/// Paths with their methods, in the order in which they were added: of the paths.
fn paths(stack: &Stack, names: &Names) -> Vec<(Arc<str>, Vec<Member>)> {
    let mut paths: Vec<(Arc<str>, Vec<Member>)> = Vec::new();
    for entry in &stack.entries {
        let Node::Method(method) = &entry.node else {
            continue;
        };
        let path = method.on.path(stack);
        let path: Arc<str> = if path.is_empty() {
            "/".into()
        } else {
            path.into()
        };
        let operation = (
            method.key().into(),
            Document::Object(operation(method, names)),
        );
        match paths.last_mut() {
            Some((last, methods)) if *last == path => methods.push(operation),
            _ => paths.push((path, vec![operation])),
        }
    }
    paths
}

/// An operation with what it asks of its callers, and what their requests are held to.
fn operation(method: &Method, names: &Names) -> Vec<Member> {
    // Always there: what stands at the root would hold where it is missing (O3).
    let mut members = vec![("security".into(), security(&method.authorization, names))];
    if let Some(validator) = &method.checks.validator {
        members.push((
            "x-amazon-apigateway-request-validator".into(),
            Document::text(&names.of[&validator.index()]),
        ));
    }
    if !method.checks.models.is_empty() {
        let content = method.checks.models.iter().map(|(media_type, model)| {
            let reference = format!("#/components/schemas/{}", names.of[&model.index()]);
            let schema = Document::Object(vec![("$ref".into(), Document::text(&reference))]);
            (
                media_type.to_string().into(),
                Document::Object(vec![("schema".into(), schema)]),
            )
        });
        let content = Document::Object(content.collect());
        members.push((
            "requestBody".into(),
            Document::Object(vec![("content".into(), content)]),
        ));
    }
    members.extend(method.operation());
    members
}

/// One requirement of all that is asked for, or none.
fn security(asked: &Authorization, names: &Names) -> Document {
    let scopes = || Document::List(asked.scopes.iter().map(|it| Document::text(it)).collect());
    let mut all: Vec<Member> = Vec::new();
    match &asked.by {
        AuthorizedBy::Nobody => {}
        AuthorizedBy::Iam => all.push((names.signed.clone().into(), Document::List(Vec::new()))),
        AuthorizedBy::Cognito(it) | AuthorizedBy::Custom(it) => {
            all.push((names.of[&it.index()].to_string().into(), scopes()))
        }
    }
    if asked.api_key {
        all.push((names.keyed.clone().into(), Document::List(Vec::new())));
    }
    Document::List(if all.is_empty() {
        Vec::new()
    } else {
        vec![Document::Object(all)]
    })
}

/// Every scheme that an operation names.
fn schemes(stack: &Stack, names: &Names) -> Vec<Member> {
    let nodes = || stack.entries.iter().map(|it| &it.node);
    let asked = || {
        nodes().filter_map(|it| {
            if let Node::Method(it) = it {
                Some(&it.authorization)
            } else {
                None
            }
        })
    };
    let authorizers = nodes().filter_map(|it| {
        if let Node::Authorizer(it) = it {
            Some((it.name.to_string().into(), it.scheme()))
        } else {
            None
        }
    });
    let mut schemes: Vec<Member> = authorizers.collect();
    if asked().any(|it| it.by == AuthorizedBy::Iam) {
        schemes.push((names.signed.clone().into(), signed()));
    }
    if asked().any(|it| it.api_key) {
        schemes.push((names.keyed.clone().into(), keyed()));
    }
    schemes
}

fn models(stack: &Stack, is_template: bool) -> Vec<Member> {
    let model = |node: &Node| match node {
        Node::Model(it) => Some((
            it.name.to_string().into(),
            Document::json(&schemas::relaxed(&it.schema, is_template).0),
        )),
        _ => None,
    };
    stack
        .entries
        .iter()
        .filter_map(|it| model(&it.node))
        .collect()
}

fn validators(stack: &Stack) -> Vec<Member> {
    stack
        .entries
        .iter()
        .filter_map(|it| {
            if let Node::RequestValidator(it) = &it.node {
                Some(it.member())
            } else {
                None
            }
        })
        .collect()
}

/// The gateway's own errors, by their types.
fn responses(stack: &Stack) -> Vec<Member> {
    let of = stack.entries.iter();
    let mut responses: Vec<Member> = of
        .filter_map(|it| {
            if let Node::GatewayResponse(response) = &it.node {
                Some(response.response())
            } else {
                None
            }
        })
        .collect();
    responses.sort_by(|a, b| a.0.cmp(&b.0));
    responses
}
