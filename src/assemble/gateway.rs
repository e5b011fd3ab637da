//! The API itself: resources, methods with their integrations, deployment and stage.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::authorizers::{self, Authorizers};
use super::models::{self, Checking};
use super::values::{text, value};
use super::{Functions, NetworkNodes, cors, domain, forwarding, function, this};
use crate::aws::{
    ApiRoot, Deployment, FunctionCall, Header, HeaderSource, Integration, InternetProxy, Method,
    Node, PartState, Proxy, Resource, RestApi, RouteState, Stage, UriHost, UriSegment,
};
use crate::blueprint::FileLayout;
use crate::openapi::HttpMethod;
use crate::plan::{
    self, BackendPlan, BalancedPlan, IntegrationPlan, OperationPlan, Plan, PreflightPlan, Segment,
    names,
};
use crate::printed;
use crate::stack::{Address, File, Handle, Label, Output, Spelling, Stack, Value};

/// First bytes of every digest: a change of what is digested changes them.
const DIGEST: &[u8] = b"gwgen-digest-1";

/// Longest description of an API. Unit: characters. Source: docs/aws-rules.md#f5 (a description of
/// at most 1,024).
const MAX_DESCRIPTION: usize = 1_024;

/// Where requests go.
pub(crate) struct Behind<'a> {
    pub(crate) api: &'a Handle<RestApi>,
    pub(crate) network: Option<&'a NetworkNodes>,
    pub(crate) functions: &'a Functions,
    pub(crate) checking: &'a Checking,
    pub(crate) authorizers: &'a Authorizers,
}

pub(crate) fn api(stack: &mut Stack, plan: &Plan) -> Handle<RestApi> {
    let api = RestApi {
        name: text(&plan.prefix.with("")),
        description: plan
            .title
            .chars()
            .filter(|it| !printed::is_unseen(*it))
            .take(MAX_DESCRIPTION)
            .collect::<String>()
            .into(),
        binary_media_types: plan.binary_media_types.clone(),
        key_from_authorizer: plan.key_from_authorizer,
        endpoint: domain::endpoint(&plan.endpoint),
        body: None,
        minimum_compression_size: plan.minimum_compression_size,
    };
    stack.add(File::Api, this(), api)
}

/// What answers a method.
#[derive(Clone, Copy)]
enum Answering<'a> {
    Operation(&'a OperationPlan),
    /// The gateway, with 404.
    Refusal,
    /// The gateway, to a browser that asks what it may send.
    Preflight(&'a PreflightPlan),
}

/// What stands at a path.
type Served<'a> = (&'a [Segment], HttpMethod, Answering<'a>);

/// By path and method, each once: an operation before a refusal, and that before a preflight.
fn served(plan: &Plan) -> Vec<Served<'_>> {
    let operations = plan.operations.iter().filter_map(|it| {
        Some((
            it.gateway_path.as_deref()?,
            it.method,
            Answering::Operation(it),
        ))
    });
    let refusals = plan
        .refusals
        .iter()
        .map(|it| (&*it.path, it.method, Answering::Refusal));
    let preflights = plan
        .cors
        .iter()
        .flat_map(|it| &it.preflights)
        .map(|it| (&*it.path, HttpMethod::Options, Answering::Preflight(it)));
    let mut served: Vec<Served<'_>> = operations.chain(refusals).chain(preflights).collect();
    // Stable, and quick: operations, refusals and preflights are sorted runs.
    served.sort_by(|(a, by, _), (b, other, _)| (a, by).cmp(&(b, other)));
    served.dedup_by(|(a, by, _), (b, other, _)| (a, by) == (b, other));
    served
}

/// Every path with its methods, parents before children.
pub(crate) fn routes(stack: &mut Stack, plan: &Plan, way: &Behind<'_>) -> Vec<Handle<Method>> {
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
            .take_while(|((segment, _), wanted)| segment == *wanted)
            .count();
        parents.truncate(kept);
        for depth in kept..path.len() {
            let parent = parents.last().map_or_else(
                || ApiRoot::Root(way.api.clone()),
                |(_, parent)| parent.clone(),
            );
            let resource = Resource {
                api: way.api.clone(),
                parent,
                path_part: part(&path[depth]),
            };
            let handle = stack.add(
                file.clone(),
                Label::new(names::path_label(&path[..=depth])),
                resource,
            );
            parents.push((path[depth].clone(), ApiRoot::Below(handle)));
        }
        let on = parents
            .last()
            .map_or_else(|| ApiRoot::Root(way.api.clone()), |(_, on)| on.clone());
        for (_, http_method, answering) in served.iter().copied() {
            let label = Label::new(names::operation_label(http_method, path));
            let (request_parameters, integration) = answer(plan, way, path, answering);
            let operation = if let Answering::Operation(it) = answering {
                Some(it)
            } else {
                None
            };
            let cache_keys = operation.map_or_else(Vec::new, cache_keys);
            let checks = operation
                .map(|it| way.checking.of(&it.checks))
                .unwrap_or_default();
            // Refusals and preflights ask nobody who they are.
            let authorization = operation
                .map(|it| authorizers::authorization(&it.auth, way.authorizers))
                .unwrap_or_default();
            let (api, on) = (way.api.clone(), on.clone());
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
            methods.push(stack.add(file.clone(), label, method));
        }
    }
    methods
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
    way: &Behind<'_>,
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
        Answering::Preflight(it) => {
            return (
                variables(),
                Integration::Preflight(cors::preflight(plan, it)),
            );
        }
    };
    let backend = &plan.backends[operation
        .backend
        .expect("a public operation without a backend is an error, and nothing is assembled")];
    (
        Arc::clone(&operation.request_parameters),
        integration(way, operation, backend),
    )
}

fn cache_keys(operation: &OperationPlan) -> Vec<Arc<str>> {
    operation
        .cache
        .as_ref()
        .map(|it| it.keys.clone())
        .unwrap_or_default()
}

fn integration(
    behind: &Behind<'_>,
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
            let network = behind
                .network
                .expect("a plan has a network where a backend stands behind the balancer");
            Integration::Proxy(proxy(network, balanced, (path, headers, timeout_ms)))
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
            function: forwarding(behind.functions, backend),
            timeout_ms,
        }),
    }
}

fn proxy(
    network: &NetworkNodes,
    backend: &BalancedPlan,
    (path, headers, timeout_ms): (Vec<UriSegment>, Vec<Header>, u32),
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
        plan::HeaderSourcePlan::Static(it) => HeaderSource::Static(value(it)),
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

/// The snapshot that the stage shows.
pub(crate) fn deployment(
    stack: &mut Stack,
    api: &Handle<RestApi>,
    methods: &[Handle<Method>],
) -> Handle<Deployment> {
    let Node::RestApi(node) = &stack.entries[api.index()].node else {
        unreachable!("a handle leads to its own kind")
    };
    let mut buffer = Vec::new();
    let api_digest = digest(&[serialized(node, &mut buffer)]);
    let api_uses = node.policy_uses(api.label());
    let parts = parts(stack, &mut buffer);
    let mut routes: Vec<RouteState> = methods
        .iter()
        .map(|method| route_state(stack, method, &mut buffer))
        .collect();
    routes.sort_unstable_by(|a, b| a.method.label().cmp(b.method.label()));
    let digests = parts
        .iter()
        .map(|it| &it.digest)
        .chain(routes.iter().map(|it| &it.digest));
    let all: Vec<&[u8]> = std::iter::once(&api_digest)
        .chain(digests)
        .map(|it| it.as_bytes())
        .collect();
    let deployment = Deployment {
        api: api.clone(),
        digest: digest(&all),
        api_digest,
        api_uses,
        parts,
        routes,
        is_of_body: false,
    };
    stack.add(File::Api, this(), deployment)
}

/// What the snapshot shows beside the API itself and its routes: a kind that joins is one line
/// here.
fn parts(stack: &Stack, buffer: &mut Vec<u8>) -> Vec<PartState> {
    let mut parts = Vec::new();
    for entry in &stack.entries {
        if let Node::GatewayResponse(it) = &entry.node {
            parts.push(part_state(&entry.address, serialized(it, buffer)));
        }
    }
    parts.sort_by(|a, b| {
        (a.address.names.terraform, a.address.label.as_str())
            .cmp(&(b.address.names.terraform, b.address.label.as_str()))
    });
    parts
}

fn part_state(address: &Address, node: &[u8]) -> PartState {
    PartState {
        address: address.clone(),
        digest: digest(&[address.label.as_str().as_bytes(), node]),
    }
}

fn route_state(stack: &Stack, handle: &Handle<Method>, buffer: &mut Vec<u8>) -> RouteState {
    let Node::Method(method) = &stack.entries[handle.index()].node else {
        unreachable!("a handle leads to its own kind")
    };
    let mut deploy_time: Vec<Value> = Vec::with_capacity(2);
    match &method.integration {
        Integration::Proxy(proxy) => {
            deploy_time.extend(proxy.link.id().deploy_time().into_iter().cloned());
            deploy_time.extend(proxy.target.iter().flat_map(|it| {
                it.arn()
                    .deploy_time()
                    .into_iter()
                    .cloned()
                    .collect::<Vec<_>>()
            }));
            deploy_time.extend(proxy.uri_host().deploy_time().into_iter().cloned());
            deploy_time.extend(proxy.headers.iter().flat_map(Header::deploy_time).cloned());
        }
        Integration::Internet(proxy) => {
            deploy_time.extend(proxy.url.deploy_time().into_iter().cloned());
            deploy_time.extend(proxy.headers.iter().flat_map(Header::deploy_time).cloned());
        }
        Integration::Function(call) => deploy_time.extend(call.function.deploy_time()),
        Integration::NotFound | Integration::Preflight(_) => {}
    }
    let mut of_authorizer = Vec::new();
    if let Some((authorizer, uses)) = authorizers::in_snapshot(stack, &method.authorization) {
        serialized(authorizer, &mut of_authorizer);
        deploy_time.extend(uses);
    }
    let schemas = models::schemas(stack, &method.checks);
    let mut digested: Vec<&[u8]> = vec![
        handle.label().as_str().as_bytes(),
        serialized(method, buffer),
    ];
    digested.extend((!of_authorizer.is_empty()).then_some(&*of_authorizer));
    digested.extend(schemas.iter().map(Vec::as_slice));
    RouteState {
        method: handle.clone(),
        digest: digest(&digested),
        parts: method.parts(),
        deploy_time,
    }
}

/// The node as JSON, in a buffer that serves them all.
fn serialized<'a>(node: &impl serde::Serialize, buffer: &'a mut Vec<u8>) -> &'a [u8] {
    buffer.clear();
    serde_json::to_writer(&mut *buffer, node).expect("a node has text keys only");
    buffer
}

/// 16 hexadecimal digits over the parts, each with its length.
fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(DIGEST);
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// What the API tells.
pub(crate) fn outputs(
    stack: &mut Stack,
    plan: &Plan,
    api: &Handle<RestApi>,
    stage: &Handle<Stage>,
) {
    let of_domain = plan
        .domain
        .as_ref()
        .map(|it| domain::domain(stack, it, (api, stage)));
    let url = Value::Text(vec![
        Value::literal("https://"),
        api.id(),
        Value::literal(".execute-api."),
        Value::Pseudo("AWS::Region"),
        Value::literal("."),
        Value::Pseudo("AWS::URLSuffix"),
        Value::literal("/"),
        stage.name(),
    ]);
    let (invoke_url, url) = match &of_domain {
        Some(domain) if plan.endpoint.is_disabled => (domain.clone(), domain.clone()),
        _ => (stage.attribute("invoke_url", Spelling::Ref), url),
    };
    let mut outputs = vec![
        (
            "invoke_url",
            "URL that callers put before a path.",
            invoke_url,
            url,
        ),
        ("rest_api_id", "Id of the REST API.", api.id(), api.id()),
    ];
    outputs.extend(of_domain.map(|it| {
        (
            "domain_url",
            "URL of the API on its domain.",
            it.clone(),
            it,
        )
    }));
    for (name, description, terraform, cloudformation) in outputs {
        stack.outputs.push(Output {
            name: name.into(),
            description: description.into(),
            terraform,
            cloudformation,
            after: Vec::new(),
        });
    }
}
