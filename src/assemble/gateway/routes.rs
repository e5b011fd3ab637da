//! Paths with their methods, each with its integration and what it requires of a request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::assemble::access::{self, Authorizers};
use crate::assemble::functions::{Functions, forwarding, function};
use crate::assemble::models::Checking;
use crate::assemble::values::value;
use crate::assemble::{NetworkNodes, cors};
use crate::aws::{
    ApiRoot, FunctionCall, Header, HeaderSource, Integration, InternetProxy, Method, Node, Proxy,
    Resource, RestApi, Stack, UriHost, UriSegment,
};
use crate::blueprint::FileLayout;
use crate::openapi::HttpMethod;
use crate::plan::{
    self, BackendPlan, BalancedPlan, ClosedAnswer, IntegrationPlan, OperationPlan, Plan,
    PreflightPlan, Segment, names,
};
use crate::stack::{File, Handle, Label};

/// Nodes that methods refer to.
pub(crate) struct Behind<'a> {
    pub(crate) api: &'a Handle<RestApi>,
    pub(crate) network: Option<&'a NetworkNodes>,
    pub(crate) functions: &'a Functions,
    pub(crate) checking: &'a Checking,
    pub(crate) authorizers: &'a Authorizers,
}

/// Integration of a method.
#[derive(Clone, Copy)]
enum Answering<'a> {
    Operation(&'a OperationPlan),
    /// The gateway, with 404.
    Refusal,
    /// The gateway, to a browser's preflight request.
    Preflight(&'a PreflightPlan),
}

/// A method at a path.
type ServedMethod<'a> = (&'a [Segment], HttpMethod, Answering<'a>);

/// By path and method, each once: an operation before a refusal, and that before a preflight.
fn served(plan: &Plan) -> Vec<ServedMethod<'_>> {
    let operations = plan.operations.iter().filter_map(|operation| {
        Some((
            operation.gateway_path.as_deref()?,
            operation.method,
            Answering::Operation(operation),
        ))
    });
    let refusals = plan
        .refusals
        .iter()
        .map(|refusal| (&*refusal.path, refusal.method, Answering::Refusal));
    let preflights = plan
        .cors
        .iter()
        .flat_map(|cors| &cors.preflights)
        .map(|preflight| {
            (
                &*preflight.path,
                HttpMethod::Options,
                Answering::Preflight(preflight),
            )
        });
    let closed = plan.closed.routes.iter().map(|route| {
        let answering = match &route.answer {
            ClosedAnswer::NotFound => Answering::Refusal,
            ClosedAnswer::Operation { copy, .. } => Answering::Operation(copy),
            ClosedAnswer::Preflight(preflight) => Answering::Preflight(preflight),
        };
        (&*route.path, route.method, answering)
    });
    let served = operations.chain(refusals).chain(preflights).chain(closed);
    let mut served: Vec<ServedMethod<'_>> = served.collect();
    // Stable, and quick: each of them is a sorted run.
    served.sort_by(|(a, by, _), (b, other, _)| (a, by).cmp(&(b, other)));
    served.dedup_by(|(a, by, _), (b, other, _)| (a, by) == (b, other));
    served
}

/// Every path with its methods, parents before children.
pub(crate) fn routes(stack: &mut Stack, plan: &Plan, nodes: &Behind<'_>) -> Vec<Handle<Method>> {
    let served = served(plan);
    // Room for a resource on every second method; more is had by growing.
    stack.entries.reserve(served.len() + served.len() / 2);
    let mut methods = Vec::with_capacity(plan.operations.len());
    let mut parents: Vec<(Segment, ApiRoot)> = Vec::new();
    let mut file = self::file(plan, &[]);
    for served in served.chunk_by(|(a, ..), (b, ..)| a == b) {
        let path = served[0].0;
        if parents.first().map(|(segment, _)| segment) != path.first() {
            file = self::file(plan, path);
        }
        let kept = parents
            .iter()
            .zip(path)
            .take_while(|((segment, _), requested)| segment == *requested)
            .count();
        parents.truncate(kept);
        for depth in kept..path.len() {
            let parent = parents.last().map_or_else(
                || ApiRoot::Root(nodes.api.clone()),
                |(_, parent)| parent.clone(),
            );
            let resource = Resource {
                api: nodes.api.clone(),
                parent,
                path_part: part(&path[depth]),
            };
            let handle = stack.add(file.clone(), label(plan, "path", &path[..=depth]), resource);
            parents.push((path[depth].clone(), ApiRoot::Below(handle)));
        }
        let on = parents
            .last()
            .map_or_else(|| ApiRoot::Root(nodes.api.clone()), |(_, on)| on.clone());
        for (_, http_method, answering) in served.iter().copied() {
            let label = label(plan, http_method.lower(), path);
            let (request_parameters, integration) = answer(plan, nodes, path, answering);
            let (operation, file) = match answering {
                Answering::Operation(operation) => (Some(operation), file.clone()),
                Answering::Refusal => (None, file.clone()),
                Answering::Preflight(_) => (None, File::Cors),
            };
            let cache = operation.and_then(|operation| operation.cache.as_ref());
            let cache_keys = cache.map(|cache| cache.keys.clone()).unwrap_or_default();
            let checks = operation
                .map(|operation| nodes.checking.of(&operation.checks))
                .unwrap_or_default();
            // Refusals and preflights require no access.
            let authorization = operation
                .map(|operation| access::authorization(&operation.auth, nodes.authorizers))
                .unwrap_or_default();
            let (api, on) = (nodes.api.clone(), on.clone());
            let method = Method {
                api,
                on,
                http_method,
                request_parameters,
                checks,
                cache_keys,
                integration,
                authorization,
            };
            methods.push(stack.add(file, label, method));
        }
    }
    mark_turned(stack, plan);
    methods
}

/// Marks the OPTIONS that were one of the preflights in earlier renders, or are now.
fn mark_turned(stack: &mut Stack, plan: &Plan) {
    let turned = plan.history.turned_options.iter();
    let labels = turned.map(|path| names::at_path(HttpMethod::Options.lower(), path));
    let labels: BTreeSet<String> = labels.collect();
    if labels.is_empty() {
        return;
    }
    for entry in &mut stack.entries {
        let is_method = matches!(entry.node, Node::Method(_));
        entry.is_turned = is_method && labels.contains(entry.address.label.as_str());
    }
}

/// Label of a path, or of a method there, with the one that it had as another variable.
fn label(plan: &Plan, first: &str, path: &[Segment]) -> Label {
    let label = Label::new(names::label(first, path));
    if plan.history.moved_paths.is_empty() {
        return label;
    }
    let before = plan.history.moved_paths.get(&names::path_label(path));
    label.moved_from(before.map(|before| names::at_path(first, before)))
}

fn file(plan: &Plan, path: &[Segment]) -> File {
    match plan.output.files {
        FileLayout::BySegment => File::Routes(names::routes_file(path)),
        FileLayout::Single => File::Routes("routes".into()),
    }
}

/// As API Gateway spells it, without a copy where the plan spells it so already.
fn part(segment: &Segment) -> Arc<str> {
    match segment {
        Segment::Literal(text) => Arc::clone(text),
        Segment::Variable(_) | Segment::Rest(_) => segment.path_part().into(),
    }
}

/// Parameters and integration of a method.
fn answer(
    plan: &Plan,
    nodes: &Behind<'_>,
    path: &[Segment],
    answering: Answering<'_>,
) -> (Arc<BTreeMap<String, bool>>, Integration) {
    let variables = || {
        let parameters = path
            .iter()
            .filter_map(Segment::variable)
            .map(|name| (format!("method.request.path.{name}"), true));
        Arc::new(parameters.collect())
    };
    let operation = match answering {
        Answering::Operation(operation) => operation,
        Answering::Refusal => return (variables(), Integration::NotFound),
        Answering::Preflight(preflight) => {
            return (
                variables(),
                Integration::Preflight(cors::preflight(plan, preflight)),
            );
        }
    };
    let backend = &plan.backends[operation
        .backend
        .expect("a public operation without a backend is an error, and nothing is assembled")];
    (
        Arc::clone(&operation.request_parameters),
        integration(nodes, operation, backend),
    )
}

fn integration(
    nodes: &Behind<'_>,
    operation: &OperationPlan,
    backend: &BackendPlan,
) -> Integration {
    let mut path: Vec<UriSegment> = operation.backend_path.iter().map(uri_segment).collect();
    if operation.has_trailing_slash || path.is_empty() {
        path.push(UriSegment::Literal("".into()));
    }
    let headers = backend.headers.iter().map(header).collect();
    let timeout_ms = operation.timeout_ms;
    match &backend.integration {
        IntegrationPlan::Balanced(balanced) => {
            let network = nodes
                .network
                .expect("a plan has a network where a backend stands behind the balancer");
            Integration::Proxy(proxy(network, balanced, path, headers, timeout_ms))
        }
        IntegrationPlan::Internet(internet) => {
            let (url, skips_verification) = (value(&internet.url), internet.skips_verification);
            Integration::Internet(InternetProxy {
                url,
                path,
                headers,
                skips_verification,
                timeout_ms,
            })
        }
        IntegrationPlan::Function(called) => Integration::Function(FunctionCall {
            function: function(called),
            timeout_ms,
        }),
        IntegrationPlan::Forwarder(_) => Integration::Function(FunctionCall {
            function: forwarding(nodes.functions, backend),
            timeout_ms,
        }),
    }
}

fn proxy(
    network: &NetworkNodes,
    backend: &BalancedPlan,
    path: Vec<UriSegment>,
    headers: Vec<Header>,
    timeout_ms: u32,
) -> Proxy {
    let (target, balancer) = match (&network.balancer, &network.alb) {
        (Some(balancer), _) => (None, UriHost::Balancer(balancer.clone())),
        (None, Some(alb)) => (Some(alb.clone()), UriHost::Application(alb.clone())),
        (None, None) => unreachable!("a network has a balancer"),
    };
    Proxy {
        link: network
            .link
            .clone()
            .expect("a plan with something public has a link"),
        target,
        is_tls: backend.is_tls,
        host: backend
            .host
            .as_ref()
            .map_or(balancer, |host| UriHost::Named(value(host))),
        port: backend.listener_port,
        path,
        headers,
        skips_verification: backend.skips_verification,
        timeout_ms,
    }
}

fn header(header: &plan::HeaderPlan) -> Header {
    let source = match &header.source {
        plan::HeaderSourcePlan::Static(text) => HeaderSource::Static(value(text)),
        plan::HeaderSourcePlan::Mapping(text) => HeaderSource::Mapping(text.clone()),
    };
    Header {
        name: header.name.clone(),
        source,
    }
}

fn uri_segment(segment: &Segment) -> UriSegment {
    match segment {
        Segment::Literal(text) => UriSegment::Literal(Arc::clone(text)),
        Segment::Variable(name) | Segment::Rest(name) => UriSegment::Variable(Arc::clone(name)),
    }
}
