//! Follows every operation through the finished stack, as a request would go, before a file is
//! written.
//!
//! In: `Plan`, `Assembled`. Out: diagnostics, all of them bugs of gwgen. Pure.
//! `follow` gives the steps of the stack, `planned` those of the plan; they have to be the same.
//! What `assemble` says of itself is not believed.

mod authorized;
mod checks;
mod compare;
mod forwarder;
mod link;
mod method;
mod network;
mod planned;
mod sample;
mod stage;
mod sync;
mod unreachable;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use crate::assemble::Assembled;
use crate::aws::{Function, Integration, LambdaPermission, Method, Node, TargetGroup};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::follow::{Follower, Located, ResourceTree, Step, located};
use crate::plan::{BackendPlan, IntegrationPlan, OperationPlan, Plan, Refusal, Segment, text_of};
use network::ListenerRoutes;
use sync::Sync;
use values::is_same_function;

/// A plan beside the stack that was assembled of it.
pub(crate) struct Walker<'a> {
    plan: &'a Plan,
    assembled: &'a Assembled,
    tree: ResourceTree<'a>,
    follower: Follower<'a>,
    /// The function that keeps the addresses of the application load balancer.
    sync: Option<Sync>,
    listener_routes: Vec<ListenerRoutes<'a>>,
    /// Index of each target group, by its label.
    target_groups: BTreeMap<&'a str, usize>,
    /// Indexes of the nodes that are on a path.
    followed: BTreeSet<usize>,
}

/// Checks that every operation arrives where the plan says, and every other one nowhere.
///
/// Errors: GW9001 a walk ends elsewhere.
pub fn walk(plan: &Plan, assembled: &Assembled) -> Vec<Diagnostic> {
    let mut walker = match Walker::of(plan, assembled) {
        Ok(walker) => walker,
        Err(problem) => return vec![mismatch(&plan.place, &problem)],
    };
    let mut problems: Vec<String> = Vec::new();
    problems.extend(needless_gateway(plan, assembled));
    problems.extend(authorized::extras(plan, assembled));
    problems.extend(walker.network_holds().err());
    problems.extend(link::link_holds(&walker).err());
    problems.extend(stage::problems(&walker));
    let refusals = plan.refusals.iter();
    problems.extend(refusals.filter_map(|refusal| walker.is_refused(refusal)));
    let mut diagnostics = Vec::new();
    for operation in &plan.operations {
        if let Err(problem) = walker.operation_holds(operation) {
            let (method, path) = (operation.method.as_str(), &operation.path);
            let problem = format!("`{method} {path}` {problem}");
            diagnostics.push(mismatch(&operation.place, &problem));
        }
    }
    problems.extend(walker.unplanned());
    diagnostics.extend(problems.iter().map(|it| mismatch(&plan.place, it)));
    diagnostics
}

impl<'a> Walker<'a> {
    fn of(plan: &'a Plan, assembled: &'a Assembled) -> Result<Self, String> {
        let stack = &assembled.stack;
        let label = |group: Located<'a, TargetGroup>| {
            let label = stack.entries[group.index].address.label.as_str();
            (label, group.index)
        };
        Ok(Self {
            plan,
            assembled,
            tree: ResourceTree::of(stack)?,
            follower: Follower::of(assembled)?,
            sync: Sync::of(plan, assembled)?,
            listener_routes: ListenerRoutes::all(plan),
            target_groups: located(stack).map(label).collect(),
            followed: BTreeSet::new(),
        })
    }

    fn operation_holds(&mut self, operation: &'a OperationPlan) -> Result<(), String> {
        if !operation.is_public() {
            unreachable::is_unreachable(&self.tree, operation)?;
            return self.private_holds(operation);
        }
        let path = operation
            .gateway_path
            .as_ref()
            .ok_or("has no path on the gateway")?;
        let backend = operation.backend.ok_or("has no backend")?;
        let backend = &self.plan.backends[backend];
        let method = self.tree.method(operation.method, path);
        let Located {
            index,
            node: method,
        } = method.ok_or("has no method on the gateway")?;
        self.followed.insert(index);
        authorized::authorized_as_planned(self.plan, self.assembled, method, operation)?;
        checks::checks_hold(self.plan, self.assembled, method, operation)?;
        method::method_holds(method, operation, backend)?;
        let is_greedy = |name: &str| {
            let mut segments = path.iter();
            segments.any(|it| matches!(it, Segment::Rest(rest) if **rest == *name))
        };
        let value = |name: &str| Some(sample::sample_value(is_greedy(name)));
        let method_name = sample::method_of(operation);
        let steps = self.follower.through_method(method, method_name, value)?;
        self.holds(&steps, &planned::steps_to(self.plan, backend))?;
        self.host_holds(&method.integration, &steps, backend)?;
        match &steps[..] {
            [Step::Function { call, .. }] => match &call.function {
                Function::Made(function) => {
                    forwarder::forwarder_holds(self, function, operation, backend)
                }
                Function::Name { .. } | Function::Arn { .. } | Function::Given(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// What is wrong where the gateway does not answer 404 itself.
    fn is_refused(&self, refusal: &Refusal) -> Option<String> {
        let method = self.tree.method(refusal.method, &refusal.path);
        let is_refusal = |method: Located<'_, Method>| {
            matches!(method.node.integration, Integration::NotFound)
                && method.node.authorization.is_open()
        };
        let (name, path) = (refusal.method.as_str(), text_of(&refusal.path));
        (!method.is_some_and(is_refusal))
            .then(|| format!("`{name} {path}` is to be answered with 404 and is not"))
    }

    /// Methods and permissions that nobody planned, or too few of them.
    fn unplanned(&self) -> Vec<String> {
        let stack = &self.assembled.stack;
        let mut problems = Vec::new();
        let (backends, own): (Vec<_>, Vec<_>) =
            located::<Method>(stack).partition(|method| method.node.integration.is_backend());
        let preflights = self.plan.cors.as_ref().map_or(0, |it| it.preflights.len());
        let planned = self.plan.refusals.len() + preflights;
        if own.len() != planned {
            let found = own.len();
            problems.push(format!(
                "the plan has {planned} responses of the gateway's own, the stack {found}"
            ));
        }
        let methods = backends.iter().map(|method| method.index);
        for index in methods.filter(|index| !self.followed.contains(index)) {
            let label = &stack.entries[index].address.label;
            problems.push(format!("no operation has the method {label}"));
        }
        let calls = |backend: &&BackendPlan| {
            let calls = matches!(
                backend.integration,
                IntegrationPlan::Function(_) | IntegrationPlan::Forwarder(_)
            );
            calls && self.plan.has_gateway
        };
        let backends = || self.plan.backends.iter().filter(calls);
        let is_planned = |permission: Located<'_, LambdaPermission>| {
            backends().any(
                |backend| match (&backend.integration, &permission.node.function) {
                    (IntegrationPlan::Function(planned), found) => is_same_function(found, planned),
                    (IntegrationPlan::Forwarder(_), Function::Made(made)) => {
                        made.label().as_str() == &*backend.name
                    }
                    (
                        IntegrationPlan::Forwarder(_)
                        | IntegrationPlan::Balanced(_)
                        | IntegrationPlan::Internet(_),
                        _,
                    ) => false,
                },
            )
        };
        let mut permissions = located::<LambdaPermission>(stack);
        let count = located::<LambdaPermission>(stack).count();
        if count != backends().count() || !permissions.all(is_planned) {
            let problem = "the API may call other functions than those of its backends";
            problems.push(problem.to_owned());
        }
        problems
    }
}

/// What is created for the API though nothing is public.
fn needless_gateway(plan: &Plan, assembled: &Assembled) -> Option<String> {
    let is_network = |node: &Node| {
        matches!(
            node,
            Node::ApplicationBalancer(_)
                | Node::HttpListener(_)
                | Node::ListenerRule(_)
                | Node::TargetGroup(_)
                | Node::SecurityGroup(_)
                | Node::EgressRule(_)
                | Node::IngressRule(_)
        )
    };
    let mut entries = assembled.stack.entries.iter();
    let found = entries.find(|entry| !plan.has_gateway && !is_network(&entry.node))?;
    let label = &found.address.label;
    Some(format!("{label} is created, though nothing is public"))
}

fn mismatch(place: &Place, problem: &str) -> Diagnostic {
    diagnostic::WALK_MISMATCH.at(place.clone()).message(format_args!("the finished stack does not do what was planned: {problem}")).help(
        "this is a bug of gwgen; nothing was written. Please report it with the blueprint and this operation's part of the description",
    )
}

#[cfg(test)]
mod tests;
