//! From decisions to resources: which AWS resources there are, and how they refer to each other.
//! In: `Plan`. Out: `Stack`. Pure.
//! The order of insertion is an order of deployment; nothing is decided here about what the user
//! requested.

mod access;
mod alarms;
mod body;
mod cors;
mod domain;
mod functions;
mod gateway;
mod models;
mod network;
mod outputs;
mod stage;
mod values;

use std::sync::Arc;

use crate::aws::{
    ApplicationBalancerRef, BalancerRef, HttpListenerRef, Listener, ListenerRule, Method, RestApi,
    SecurityGroup, Stack, TargetGroup, TargetGroupRef, VpcLinkRef,
};
use crate::blueprint::{ApiStyle, Layout, OutputFormat};
use crate::plan::{Plan, TAGS};
use crate::stack::{File, Handle, Label, TEMPLATE_OUTPUTS, Value};
pub(crate) use functions::SYNC_MEMORY_MB;
use values::{input, parameter, text, value};

/// The balancer side of a backend.
#[derive(Clone, Debug)]
pub struct BackendNodes {
    /// Of the network load balancer; none behind the application load balancer alone.
    pub listener: Option<Handle<Listener>>,
    pub target_group: TargetGroupRef,
    /// Second target group, for blue-green deployments.
    pub green: Option<Handle<TargetGroup>>,
    /// Of the application load balancer.
    pub rules: Vec<Handle<ListenerRule>>,
}

/// A port that the network load balancer passes on to the application load balancer.
#[derive(Clone, Debug)]
pub struct PassedOn {
    pub port: u16,
    pub listener: Handle<Listener>,
    /// It holds the application load balancer.
    pub group: Handle<TargetGroup>,
}

/// Nodes that all backends behind the load balancer share.
#[derive(Clone, Debug)]
pub struct NetworkNodes {
    /// None where nothing is public.
    pub link: Option<VpcLinkRef>,
    /// The group that the stack has for a link of the second version.
    pub link_group: Option<Handle<SecurityGroup>>,
    /// The group that the stack has for the network load balancer.
    pub nlb_group: Option<Handle<SecurityGroup>>,
    /// The group that the stack has for the application load balancer.
    pub alb_group: Option<Handle<SecurityGroup>>,
    /// The network load balancer.
    pub balancer: Option<BalancerRef>,
    pub alb: Option<ApplicationBalancerRef>,
    /// The way from the network load balancer to the application load balancer, by port.
    pub passed_on: Vec<PassedOn>,
    /// Of the application load balancer, by port; `None` where the ARN is unknown.
    pub listeners: Vec<(u16, Option<HttpListenerRef>)>,
}

/// The stack of a plan, with the handles that a walk starts from.
#[derive(Debug)]
pub struct Assembled {
    pub stack: Stack,
    /// None where nothing is public.
    pub api: Option<Handle<RestApi>>,
    /// None where no backend is behind a load balancer.
    pub network: Option<NetworkNodes>,
    /// In the order of `Plan::balanced`.
    pub backends: Vec<BackendNodes>,
    pub methods: Vec<Handle<Method>>,
}

/// Builds the stack of a plan.
pub fn assemble(plan: &Plan) -> Assembled {
    let mut stack = empty(plan);
    let (network, backends) = plan
        .network
        .as_ref()
        .map(|network| network::network(&mut stack, plan, network))
        .unzip();
    let backends = backends.unwrap_or_default();
    let (api, methods) = if plan.has_gateway {
        let (api, methods) = gateway(&mut stack, plan, network.as_ref());
        (Some(api), methods)
    } else {
        (None, Vec::new())
    };
    if let Some(nodes) = &network {
        alarms::of_network(&mut stack, plan, nodes, &backends);
        network::outputs(&mut stack, plan, nodes, &backends);
    }
    if plan.output.format == OutputFormat::Cloudformation {
        stack.limit_outputs(TEMPLATE_OUTPUTS);
    }
    stack.drop_unused_inputs();
    stack.has_more_tags = plan.has_more_tags && !stack.inputs.contains_key(TAGS);
    Assembled {
        stack,
        api,
        network,
        backends,
        methods,
    }
}

/// The stack without nodes.
fn empty(plan: &Plan) -> Stack {
    Stack {
        inputs: plan
            .inputs
            .iter()
            .map(|(name, planned)| (Arc::clone(name), input(planned, plan.output.format)))
            .collect(),
        parameters: plan
            .parameters
            .iter()
            .map(|(path, planned)| parameter(path, planned, plan.output.format))
            .collect(),
        tags: plan
            .tags
            .iter()
            .map(|(name, tag)| (Arc::clone(name), value(tag)))
            .collect(),
        title: Arc::clone(&plan.title),
        provider_region: plan.region.clone(),
        is_root: plan.output.layout == Layout::Root,
        ..Stack::default()
    }
}

/// The API with all that only it uses.
fn gateway(
    stack: &mut Stack,
    plan: &Plan,
    network: Option<&NetworkNodes>,
) -> (Handle<RestApi>, Vec<Handle<Method>>) {
    let api = gateway::api(stack, plan);
    let functions = functions::forwarders(stack, plan);
    functions::sync(stack, plan, network);
    functions::permissions(stack, plan, &api, &functions);
    let checking = models::checking(stack, plan, &api);
    let authorizers = access::authorizers(stack, plan, &api);
    let behind = gateway::Behind {
        api: &api,
        network,
        functions: &functions,
        checking: &checking,
        authorizers: &authorizers,
    };
    let methods = gateway::routes(stack, plan, &behind);
    cors::gateway_responses(stack, plan, &api);
    let deployment = gateway::deployment(stack, plan, &api, &methods);
    if plan.output.api_style == ApiStyle::Body {
        body::fold(stack, plan, &api, &deployment);
    }
    let stage = stage::stage(stack, plan, &api, deployment);
    gateway::outputs(stack, plan, &api, &stage);
    access::usage_plans(stack, plan, &api, &stage);
    alarms::of_gateway(stack, plan, &stage, &functions);
    (api, methods)
}

/// Adds a security group without rules to a VPC.
fn security_group(
    stack: &mut Stack,
    plan: &Plan,
    label: &str,
    description: &str,
    vpc: Value,
) -> Handle<SecurityGroup> {
    let group = SecurityGroup {
        name: text(&plan.prefix.with(&format!("-{label}"))),
        name_prefix: format!("{label}-"),
        description: description.into(),
        vpc,
    };
    stack.add(File::Network, Label::new(label), group)
}

/// Label of a resource that the stack has only once.
fn this() -> Label {
    Label::new("this")
}
