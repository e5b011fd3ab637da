//! The deployment: a snapshot of the API, with a digest of each part that it shows.

use crate::assemble::{access, models, this};
use crate::aws::{
    ApplicationBalancer, Deployment, GatewayResponse, GroupState, Header, Integration,
    LoadBalancer, Method, PartState, PythonFunction, RestApi, RouteState, Stack, VpcLink,
    VpcLinkV2,
};
use crate::blueprint::OutputFormat;
use crate::plan::Plan;
use crate::stack::{Address, File, Handle, Item, Label, Value};

/// First bytes of every digest: a change of what is digested changes them.
const DIGEST: &[u8] = b"gwgen-digest-1";

/// The snapshot that the stage shows.
pub(crate) fn deployment(
    stack: &mut Stack,
    plan: &Plan,
    api: &Handle<RestApi>,
    methods: &[Handle<Method>],
) -> Handle<Deployment> {
    let node = stack.get(api);
    let mut buffer = Vec::new();
    let api_digest = digest(&[serialized(node, &mut buffer)]);
    let api_uses = node.policy_uses(api.label());
    let parts = parts(stack, &mut buffer);
    let mut routes: Vec<RouteState> = methods
        .iter()
        .map(|method| route_state(stack, method, &mut buffer))
        .collect();
    routes.sort_unstable_by(|a, b| a.method.label().cmp(b.method.label()));
    let behind_digest = behind_digest(stack, plan, &mut buffer);
    let digests = parts
        .iter()
        .map(|part| &part.digest)
        .chain(routes.iter().map(|route| &route.digest));
    let all: Vec<&[u8]> = [&api_digest, &behind_digest]
        .into_iter()
        .chain(digests)
        .map(|digest| digest.as_bytes())
        .collect();
    let groups = groups(stack, &mut buffer);
    let deployment = Deployment {
        api: api.clone(),
        groups,
        digest: digest(&all),
        api_digest,
        api_uses,
        parts,
        routes,
        behind: behind(stack),
        is_of_body: false,
    };
    let revision = deployment.digest.as_str().into();
    let label = match plan.output.format {
        OutputFormat::Terraform | OutputFormat::TerraformJson => {
            Label::new(plan.deployments.name(&deployment.digest))
        }
        OutputFormat::Cloudformation => this(),
    };
    stack.add_revision(File::Stage, label, Some(revision), deployment)
}

/// What requests pass behind the API, which a new deployment waits for, with its blocks in
/// Terraform.
fn behind(stack: &Stack) -> Vec<(Address, Vec<String>)> {
    let entries = stack.entries.iter();
    let behind = entries.filter_map(|entry| {
        let blocks = entry.node.behind(&entry.address.label);
        (!blocks.is_empty()).then(|| (entry.address.clone(), blocks))
    });
    behind.collect()
}

/// Digest of the style, and of what has to be made anew where it changes, so that routes lead
/// elsewhere.
fn behind_digest(stack: &Stack, plan: &Plan, buffer: &mut Vec<u8>) -> String {
    let mut digests = vec![format!("{:?}", plan.output.api_style)];
    push_digests(stack.all::<VpcLink>(), buffer, &mut digests);
    push_digests(stack.all::<VpcLinkV2>(), buffer, &mut digests);
    push_digests(stack.all::<LoadBalancer>(), buffer, &mut digests);
    push_digests(stack.all::<ApplicationBalancer>(), buffer, &mut digests);
    let functions = stack.all::<PythonFunction>();
    push_digests(
        functions.map(|function| &function.name),
        buffer,
        &mut digests,
    );
    let all: Vec<&[u8]> = digests.iter().map(|digest| digest.as_bytes()).collect();
    digest(&all)
}

fn push_digests<T: serde::Serialize>(
    all: impl Iterator<Item = T>,
    buffer: &mut Vec<u8>,
    digests: &mut Vec<String>,
) {
    digests.extend(all.map(|one| digest(&[serialized(&one, buffer)])));
}

/// Resources that the snapshot contains beside the API and its routes; a further kind is one line
/// here.
fn parts(stack: &Stack, buffer: &mut Vec<u8>) -> Vec<PartState> {
    let mut parts = Vec::new();
    for (entry, response) in stack.entries_of::<GatewayResponse>() {
        parts.push(part_state(&entry.address, serialized(response, buffer)));
    }
    parts.sort_by(|a, b| {
        (a.address.names.terraform, a.address.label.as_str())
            .cmp(&(b.address.names.terraform, b.address.label.as_str()))
    });
    parts
}

/// Groups that the snapshot contains, each with a digest of what its nodes have in common.
fn groups(stack: &Stack, buffer: &mut Vec<u8>) -> Vec<GroupState> {
    let mut groups = Vec::new();
    let mut add = |address: &Address, shared: &[u8]| {
        let Some(Item { group, .. }) = &address.item else {
            return;
        };
        let digest = digest(&[group.local.as_bytes(), shared]);
        groups.push(GroupState { group, digest });
    };
    if let Some((entry, response)) = stack.entries_of::<GatewayResponse>().next() {
        add(&entry.address, serialized(&response.shared(), buffer));
    }
    let mut methods = stack.entries_of::<Method>();
    let preflight = methods.find_map(|(entry, method)| Some((entry, method.preflight()?)));
    if let Some((entry, preflight)) = preflight {
        add(&entry.address, serialized(&preflight.shared(), buffer));
    }
    groups
}

fn part_state(address: &Address, node: &[u8]) -> PartState {
    PartState {
        address: address.clone(),
        digest: digest(&[address.label.as_str().as_bytes(), node]),
    }
}

fn route_state(stack: &Stack, handle: &Handle<Method>, buffer: &mut Vec<u8>) -> RouteState {
    let method = stack.get(handle);
    let mut deploy_time: Vec<Value> = Vec::with_capacity(2);
    match &method.integration {
        Integration::Proxy(proxy) => {
            deploy_time.extend(proxy.link.id().deploy_time().into_iter().cloned());
            deploy_time.extend(proxy.target.iter().flat_map(|target| {
                target
                    .arn()
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
    if let Some((authorizer, uses)) = access::in_snapshot(stack, &method.authorization) {
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
        parts: method.integration.blocks(),
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
