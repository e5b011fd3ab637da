//! From decisions to resources: which AWS resources there are, and how they refer to each other.
//!
//! In: `Plan`. Out: `Stack`. Pure.
//! The order of insertion is an order of deployment; nothing is decided here about what the user asked for.

mod gateway;
mod network;
mod rules;
mod values;

use std::sync::Arc;

use crate::aws::{BalancerRef, Listener, Method, RestApi, TargetGroup, TargetGroupRef, VpcLinkRef};
use crate::blueprint::Layout;
use crate::plan::Plan;
use crate::stack::{Handle, Label, Stack};
use values::{input, value};

/// The balancer side of a backend.
#[derive(Clone, Debug)]
pub struct BackendNodes {
    pub listener: Handle<Listener>,
    pub target_group: TargetGroupRef,
    /// The other one of a backend that deployments switch.
    pub green: Option<Handle<TargetGroup>>,
}

/// What was built for the plan, so that the walk can start somewhere.
#[derive(Debug)]
pub struct Assembled {
    pub stack: Stack,
    pub api: Handle<RestApi>,
    pub link: VpcLinkRef,
    pub balancer: BalancerRef,
    /// In the order of `Plan::backends`.
    pub backends: Vec<BackendNodes>,
    pub methods: Vec<Handle<Method>>,
}

/// Builds the stack of a plan.
pub fn assemble(plan: &Plan) -> Assembled {
    let mut stack = Stack {
        inputs: plan.inputs.iter().map(|(name, it)| (Arc::clone(name), input(it))).collect(),
        tags: plan.tags.iter().map(|(name, it)| (Arc::clone(name), value(it))).collect(),
        title: Arc::clone(&plan.title),
        provider_region: plan.region.clone(),
        is_root: plan.output.layout == Layout::Root,
        ..Stack::default()
    };
    let group = network::security_group(&mut stack, plan);
    let balancer = network::balancer(&mut stack, plan, group.as_ref());
    let backends: Vec<BackendNodes> = plan.backends.iter().map(|backend| network::backend(&mut stack, plan, backend, &balancer)).collect();
    rules::rules(&mut stack, plan, group.as_ref());
    let link = network::link(&mut stack, plan, &balancer);
    let api = gateway::api(&mut stack, plan);
    let methods = gateway::routes(&mut stack, plan, &gateway::Way { api: &api, link: &link, balancer: &balancer });
    let stage = gateway::deployment(&mut stack, plan, &api, &methods);
    gateway::outputs(&mut stack, &api, &stage);
    network::outputs(&mut stack, plan, &link, &balancer, &backends);
    Assembled { stack, api, link, balancer, backends, methods }
}

/// The label of what there is one of.
fn this() -> Label {
    Label::new("this")
}
