//! From decisions to resources: which AWS resources there are, and how they refer to each other.
//!
//! In: `Plan`. Out: `Stack`. Pure.
//! The order of insertion is an order of deployment; nothing is decided here about what the user
//! asked for.

mod alb;
mod authorizers;
mod body;
mod cors;
mod domain;
mod forwarder;
mod gateway;
mod link;
mod models;
mod network;
mod rules;
mod stage;
mod sync;
mod usage;
mod values;

use std::sync::Arc;

use crate::aws::{
    ApplicationBalancerRef, BalancerRef, Function, HttpListenerRef, LambdaPermission, Listener,
    ListenerRule, Method, RestApi, SecurityGroup, TargetGroup, TargetGroupRef, VpcLinkRef,
};
use crate::blueprint::{ApiStyle, Layout};
use crate::plan::{BackendPlan, FunctionPlan, IntegrationPlan, Plan};
use crate::stack::{File, Handle, Label, Stack};
use values::{input, parameter, value};

/// The balancer side of a backend.
#[derive(Clone, Debug)]
pub struct BackendNodes {
    /// Of the network load balancer; none behind the other one.
    pub listener: Option<Handle<Listener>>,
    pub target_group: TargetGroupRef,
    /// The other one of a backend that deployments switch.
    pub green: Option<Handle<TargetGroup>>,
    /// Of the application load balancer.
    pub rules: Vec<Handle<ListenerRule>>,
}

/// What all backends behind the load balancer share.
#[derive(Clone, Debug)]
pub struct NetworkNodes {
    /// None where nothing is public.
    pub link: Option<VpcLinkRef>,
    /// The group that was made with a link of the second version.
    pub link_group: Option<Handle<SecurityGroup>>,
    /// The network load balancer.
    pub balancer: Option<BalancerRef>,
    pub alb: Option<ApplicationBalancerRef>,
    /// What the network load balancer passes on to the other one, by port.
    pub passed_on: Vec<(u16, Handle<TargetGroup>)>,
    /// Of the application load balancer, by port; `None` where nobody knows the ARN.
    pub listeners: Vec<(u16, Option<HttpListenerRef>)>,
}

/// What was built for the plan, so that the walk can start somewhere.
#[derive(Debug)]
pub struct Assembled {
    pub stack: Stack,
    /// None where nothing is public.
    pub api: Option<Handle<RestApi>>,
    /// There where a backend stands behind a load balancer.
    pub network: Option<NetworkNodes>,
    /// In the order of `Plan::balanced`.
    pub backends: Vec<BackendNodes>,
    pub methods: Vec<Handle<Method>>,
}

pub(crate) use forwarder::Functions;

/// Builds the stack of a plan.
pub fn assemble(plan: &Plan) -> Assembled {
    let mut stack = Stack {
        inputs: plan
            .inputs
            .iter()
            .map(|(name, it)| (Arc::clone(name), input(it, plan.output.format)))
            .collect(),
        parameters: plan
            .parameters
            .iter()
            .map(|(path, it)| parameter(path, it, plan.output.format))
            .collect(),
        tags: plan
            .tags
            .iter()
            .map(|(name, it)| (Arc::clone(name), value(it)))
            .collect(),
        short_environment: plan.prefix.shortened_at_deploy_time().map(value),
        title: Arc::clone(&plan.title),
        provider_region: plan.region.clone(),
        is_root: plan.output.layout == Layout::Root,
        ..Stack::default()
    };
    let (network, backends) = plan
        .network
        .as_ref()
        .map(|it| network::network(&mut stack, plan, it))
        .unzip();
    let backends = backends.unwrap_or_default();
    if !plan.has_gateway {
        if let Some(nodes) = &network {
            network::outputs(&mut stack, plan, nodes, &backends);
        }
        return Assembled {
            stack,
            api: None,
            network,
            backends,
            methods: Vec::new(),
        };
    }
    let api = gateway::api(&mut stack, plan);
    let functions = forwarder::forwarders(&mut stack, plan);
    sync::sync(&mut stack, plan, (&api, network.as_ref()));
    permissions(&mut stack, plan, (&api, &functions));
    let checking = models::checking(&mut stack, plan, &api);
    let authorizers = authorizers::authorizers(&mut stack, plan, &api);
    let (network_nodes, asked) = (network.as_ref(), (&checking, &authorizers));
    let behind = gateway::Behind {
        api: &api,
        network: network_nodes,
        functions: &functions,
        checking: asked.0,
        authorizers: asked.1,
    };
    let methods = gateway::routes(&mut stack, plan, &behind);
    cors::gateway_responses(&mut stack, plan, &api);
    let deployment = gateway::deployment(&mut stack, &api, &methods);
    if plan.output.api_style == ApiStyle::Body {
        body::fold(&mut stack, plan, (&api, &deployment));
    }
    let stage = stage::stage(&mut stack, plan, &api, deployment);
    gateway::outputs(&mut stack, plan, &api, &stage);
    usage::usage_plans(&mut stack, plan, (&api, &stage));
    if let Some(nodes) = &network {
        network::outputs(&mut stack, plan, nodes, &backends);
    }
    Assembled {
        stack,
        api: Some(api),
        network,
        backends,
        methods,
    }
}

/// Leave to call each function, for this API's stage alone.
fn permissions(stack: &mut Stack, plan: &Plan, (api, functions): (&Handle<RestApi>, &Functions)) {
    for backend in &plan.backends {
        let called = match &backend.integration {
            IntegrationPlan::Function(called) => function(called),
            IntegrationPlan::Forwarder(_) => forwarding(functions, backend),
            IntegrationPlan::Balanced(_) | IntegrationPlan::Internet(_) => continue,
        };
        let permission = LambdaPermission {
            function: called,
            api: api.clone(),
            stage: value(&plan.stage_name),
        };
        stack.add(
            File::Network,
            Label::new(Arc::clone(&backend.name)),
            permission,
        );
    }
}

/// The function that forwards to a backend.
fn forwarding(functions: &Functions, backend: &BackendPlan) -> Function {
    Function::Made(
        functions
            .get(&backend.name)
            .expect("every backend that is forwarded to has its function")
            .clone(),
    )
}

fn function(plan: &FunctionPlan) -> Function {
    match plan {
        FunctionPlan::Name { name, qualifier } => Function::Name {
            name: name.clone(),
            qualifier: qualifier.clone(),
        },
        FunctionPlan::Arn { arn, qualifier } => Function::Arn {
            arn: arn.clone(),
            qualifier: qualifier.clone(),
        },
        FunctionPlan::Given(arn) => Function::Given(value(arn)),
    }
}

/// The label of what there is one of.
fn this() -> Label {
    Label::new("this")
}
