//! The body style: all resources below the API become one OpenAPI document that API Gateway
//! imports.
//!
//! The nodes stay in the stack, where the walk and `trace` find them; they are written as parts of
//! the document.

mod schemas;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::values::text;
use crate::aws::{
    Authorization, AuthorizedBy, Authorizer, AuthorizerPermission, Body, Deployment, Document,
    GatewayResponse, Home, Member, Method, Model, Node, RequestValidator, RestApi, Stack, keyed,
    signed,
};
use crate::blueprint::OutputFormat;
use crate::plan::Plan;
use crate::stack::{Handle, Holds as _};

/// Takes the API's parts into its body.
pub(crate) fn fold(
    stack: &mut Stack,
    plan: &Plan,
    api: &Handle<RestApi>,
    deployment: &Handle<Deployment>,
) {
    let node = stack.get(api);
    let names = ComponentNames::of(stack);
    let mut rest = node.body_members();
    rest.extend(object(
        "x-amazon-apigateway-gateway-responses",
        responses(stack),
    ));
    rest.extend(object(
        "x-amazon-apigateway-request-validators",
        validators(stack),
    ));
    let is_template = plan.output.format == OutputFormat::Cloudformation;
    let components = object("schemas", models(stack, is_template))
        .into_iter()
        .chain(object("securitySchemes", schemes(stack, &names)));
    rest.extend(object("components", components.collect()));
    let body = Body {
        title: text(&plan.prefix.with("")),
        paths: paths(stack, &names),
        rest,
    };
    let document = Arc::new(body.document());
    stack.get_mut(api).body = Some(document);
    stack.get_mut(deployment).is_of_body = true;
    for entry in &mut stack.entries {
        entry.is_in_body = entry.node.home() == Home::Document;
        let permission: Option<&mut AuthorizerPermission> = entry.node.held_mut();
        if let Some(permission) = permission {
            permission.is_of_any = true;
        }
    }
}

fn object(name: &'static str, members: Vec<Member>) -> Option<Member> {
    (!members.is_empty()).then(|| (name.into(), Document::Object(members)))
}

/// Names that operations refer to.
struct ComponentNames {
    /// Of authorizers, validators and models, by the indices of their nodes.
    of: BTreeMap<usize, Arc<str>>,
    signed: String,
    keyed: String,
}

impl ComponentNames {
    fn of(stack: &Stack) -> Self {
        let name = |node: &Node| {
            let authorizer = node.held().map(|node: &Authorizer| &node.name);
            let validator = || node.held().map(|node: &RequestValidator| &node.name);
            let model = || node.held().map(|node: &Model| &node.name);
            authorizer.or_else(validator).or_else(model).cloned()
        };
        let of: BTreeMap<usize, Arc<str>> = stack
            .entries
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some((index, name(&entry.node)?)))
            .collect();
        let taken: BTreeSet<&str> = of.values().map(|name| &**name).collect();
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
fn paths(stack: &Stack, names: &ComponentNames) -> Vec<(Arc<str>, Vec<Member>)> {
    let mut paths: Vec<(Arc<str>, Vec<Member>)> = Vec::new();
    for method in stack.all::<Method>() {
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

/// Returns an operation with the access that it requires and the checks of its requests.
fn operation(method: &Method, names: &ComponentNames) -> Vec<Member> {
    // Always written: where it is missing, the `security` of the root holds (O3).
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

/// Returns one requirement with all required schemes, or none.
fn security(required: &Authorization, names: &ComponentNames) -> Document {
    let scopes = || {
        Document::List(
            required
                .scopes
                .iter()
                .map(|scope| Document::text(scope))
                .collect(),
        )
    };
    let mut all: Vec<Member> = Vec::new();
    match &required.by {
        AuthorizedBy::Nobody => {}
        AuthorizedBy::Iam => all.push((names.signed.clone().into(), Document::List(Vec::new()))),
        AuthorizedBy::Cognito(authorizer) | AuthorizedBy::Custom(authorizer) => {
            all.push((names.of[&authorizer.index()].to_string().into(), scopes()))
        }
    }
    if required.api_key {
        all.push((names.keyed.clone().into(), Document::List(Vec::new())));
    }
    Document::List(if all.is_empty() {
        Vec::new()
    } else {
        vec![Document::Object(all)]
    })
}

/// Every scheme that an operation names.
fn schemes(stack: &Stack, names: &ComponentNames) -> Vec<Member> {
    let required = || stack.all().map(|method: &Method| &method.authorization);
    let authorizers = stack
        .all()
        .map(|authorizer: &Authorizer| (authorizer.name.to_string().into(), authorizer.scheme()));
    let mut schemes: Vec<Member> = authorizers.collect();
    if required().any(|access| access.by == AuthorizedBy::Iam) {
        schemes.push((names.signed.clone().into(), signed()));
    }
    if required().any(|access| access.api_key) {
        schemes.push((names.keyed.clone().into(), keyed()));
    }
    schemes
}

fn models(stack: &Stack, is_template: bool) -> Vec<Member> {
    let member = |model: &Model| {
        (
            model.name.to_string().into(),
            Document::json(&schemas::relaxed(&model.schema, is_template).0),
        )
    };
    stack.all().map(member).collect()
}

fn validators(stack: &Stack) -> Vec<Member> {
    stack.all().map(RequestValidator::member).collect()
}

/// The gateway's own errors, by their types.
fn responses(stack: &Stack) -> Vec<Member> {
    let mut responses: Vec<Member> = stack.all().map(GatewayResponse::response).collect();
    responses.sort_by(|(a, _), (b, _)| a.cmp(b));
    responses
}
