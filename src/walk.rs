//! Follows every operation through the finished stack, as a request would go, before a file is
//! written.
//!
//! In: `Plan`, `Assembled`. Out: diagnostics, all of them bugs of gwgen. Pure.
//! `follow` gives the steps of the stack, `planned` those of the plan; they have to be the same.
//! Statements of `assemble` about methods and paths are not trusted.

mod admission;
mod authorized;
mod compare;
mod entry;
mod forwarder;
mod functions;
mod link;
mod method;
mod network;
mod planned;
mod sample;
mod stage;
mod sync;
mod unreachable;
mod values;

use std::collections::BTreeMap;

use crate::assemble::Assembled;
use crate::aws::{Function, Home, Integration, LambdaPermission, Method, Node, TargetGroup};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::follow::{Follower, StackNode, Steps, located};
use crate::openapi::HttpMethod;
use crate::plan::{
    BackendPlan, ClosedAnswer, ClosedRoute, IntegrationPlan, OperationPlan, Plan, Segment, text_of,
};
use network::ListenerRoutes;
use sync::Sync;
use values::is_same;

/// A plan beside the stack that was assembled of it.
pub(crate) struct Walker<'a> {
    plan: &'a Plan,
    assembled: &'a Assembled,
    follower: Follower<'a>,
    /// The function that registers the application load balancer's addresses as targets.
    sync: Option<Sync>,
    listener_routes: Vec<ListenerRoutes<'a>>,
    /// Indices of the target group of each backend, and of the one that deployments switch to.
    target_groups: BTreeMap<&'a str, Vec<usize>>,
    /// By index of the node: it is on a planned path, or was planned without one.
    followed: Vec<bool>,
}

/// Checks that requests of public operations reach their planned targets, and all others none.
///
/// Errors: GW9001 a walk ends elsewhere.
pub fn walk(plan: &Plan, assembled: &Assembled) -> Vec<Diagnostic> {
    let mut walker = match Walker::of(plan, assembled) {
        Ok(walker) => walker,
        Err(problem) => return vec![mismatch(&plan.place, &problem)],
    };
    let mut problems: Vec<String> = Vec::new();
    problems.extend(needless_gateway(plan, assembled));
    let stack = &assembled.stack;
    let checks = [
        walker.network_holds(),
        link::link_holds(plan, stack),
        admission::admission_holds(plan, stack),
        functions::functions_hold(plan, stack),
    ];
    problems.extend(checks.into_iter().filter_map(Result::err));
    if plan.has_gateway {
        problems.extend(authorized::extras_hold(plan, assembled).err());
        problems.extend(entry::problems(plan, assembled));
    }
    problems.extend(stage::problems(&mut walker));
    let refusals = plan.refusals.iter();
    let refusals = refusals.map(|refusal| (refusal.method, &*refusal.path));
    problems.extend(refusals.filter_map(|(method, path)| walker.refusal_holds(method, path).err()));
    let closed = plan.closed.routes.iter();
    problems.extend(closed.filter_map(|route| walker.closed_holds(route).err()));
    let mut diagnostics = Vec::new();
    for operation in plan.operations.iter().chain(plan.closed.operations()) {
        if let Err(problem) = walker.operation_holds(operation) {
            let (method, path) = (operation.method.as_str(), &operation.path);
            let problem = format!("`{method} {path}` {problem}");
            diagnostics.push(mismatch(&operation.place, &problem));
        }
    }
    problems.extend(walker.permissions_hold().err());
    problems.extend(walker.unfollowed());
    let of_plan = |problem: &String| mismatch(&plan.place, problem);
    diagnostics.extend(problems.iter().map(of_plan));
    diagnostics
}

impl<'a> Walker<'a> {
    fn of(plan: &'a Plan, assembled: &'a Assembled) -> Result<Self, String> {
        let stack = &assembled.stack;
        let label = |group: StackNode<'a, TargetGroup>| {
            let label = stack.entries[group.index].address.label.as_str();
            (label, group.index)
        };
        let labelled: BTreeMap<&str, usize> = located(stack).map(label).collect();
        Ok(Self {
            plan,
            assembled,
            follower: Follower::of(assembled)?,
            sync: Sync::of(plan, assembled)?,
            listener_routes: ListenerRoutes::all(plan),
            target_groups: plan
                .balanced()
                .map(|backend| (&**backend.name, compare::target_groups(&labelled, backend)))
                .collect(),
            followed: vec![false; stack.entries.len()],
        })
    }

    fn operation_holds(&mut self, operation: &'a OperationPlan) -> Result<(), String> {
        if !operation.is_public() {
            unreachable::is_unreachable(&self.follower.tree, operation)?;
            return self.private_holds(operation);
        }
        let path = operation
            .gateway_path
            .as_ref()
            .ok_or("has no path on the gateway")?;
        let backend = operation.backend.ok_or("has no backend")?;
        let backend = &self.plan.backends[backend];
        let followed = self.follower.follow(operation.method, path)?;
        self.followed[followed.method.index] = true;
        let method = followed.method.node;
        authorized::authorized_as_planned(self.plan, self.assembled, method, operation)?;
        method::checks_hold(self, method, operation)?;
        method::method_holds(method, operation, backend)?;
        let planned = planned::steps_to(self.plan, backend);
        let is_served =
            |steps: &&Steps<'_>| !network::is_planned_response(self.plan, backend, steps);
        let served: Vec<_> = followed.paths.iter().filter(is_served).collect();
        if served.is_empty() {
            return Err("comes to no target".into());
        }
        for steps in served {
            self.holds(steps, &planned)?;
            self.host_holds(&method.integration, steps, backend)?;
        }
        if let Integration::Function(call) = &method.integration
            && let Function::Made(function) = &call.function
        {
            forwarder::forwarder_holds(self, function, operation, backend)?;
        }
        Ok(())
    }

    /// Checks that the gateway itself responds with 404 to all callers.
    fn refusal_holds(&mut self, method: HttpMethod, path: &[Segment]) -> Result<(), String> {
        let found = self.follower.tree.method(method, path);
        let is_refusal = |method: &StackNode<'_, Method>| {
            matches!(method.node.integration, Integration::NotFound)
                && method.node.authorization.is_open()
                && is_plain(method.node, path)
        };
        let Some(found) = found.filter(is_refusal) else {
            let (name, path) = (method.as_str(), text_of(path));
            return Err(format!("`{name} {path}` is not answered with 404"));
        };
        self.followed[found.index] = true;
        Ok(())
    }

    /// Checks what a method of an earlier template does; `operation_holds` checks those that do as
    /// an operation does.
    fn closed_holds(&mut self, route: &ClosedRoute) -> Result<(), String> {
        match &route.answer {
            ClosedAnswer::NotFound => self.refusal_holds(route.method, &route.path),
            ClosedAnswer::Operation { .. } => Ok(()),
            ClosedAnswer::Preflight(planned) => {
                let found = self.follower.tree.method(route.method, &route.path);
                let is_planned = |found: &StackNode<'_, Method>| {
                    stage::is_preflight(self.plan, found.node, planned)
                };
                let found = found.filter(is_planned);
                let path = || text_of(&route.path);
                let found = found.ok_or_else(|| {
                    format!(
                        "browsers are told something else of `{}` than was planned",
                        path()
                    )
                })?;
                self.followed[found.index] = true;
                Ok(())
            }
        }
    }

    /// Compares the permissions with the backends, one by one: a backend has its permission even
    /// where no operation uses it.
    fn permissions_hold(&mut self) -> Result<(), String> {
        let is_function = |backend: &&BackendPlan| match &backend.integration {
            IntegrationPlan::Function(_) | IntegrationPlan::Forwarder(_) => self.plan.has_gateway,
            IntegrationPlan::Balanced(_) | IntegrationPlan::Internet(_) => false,
        };
        let backends = self.plan.backends.iter();
        let mut backends: Vec<&BackendPlan> = backends.filter(is_function).collect();
        for permission in located::<LambdaPermission>(&self.assembled.stack) {
            let is_of = |backend: &&BackendPlan| self.is_permitted_to(permission.node, backend);
            if let Some(planned) = backends.iter().position(is_of) {
                backends.swap_remove(planned);
                self.followed[permission.index] = true;
            }
        }
        match backends.first() {
            Some(backend) => Err(format!("the API may not call `{}`", backend.name)),
            None => Ok(()),
        }
    }

    /// Returns whether this API's stage, and no other, may call a backend.
    fn is_permitted_to(&self, permission: &LambdaPermission, backend: &BackendPlan) -> bool {
        let is_function = match &backend.integration {
            IntegrationPlan::Function(planned) => is_same(&permission.function, planned),
            IntegrationPlan::Forwarder(_) => matches!(&permission.function, Function::Made(made)
                if made.label().as_str() == &**backend.name),
            IntegrationPlan::Balanced(_) | IntegrationPlan::Internet(_) => false,
        };
        is_function && self.is_permitted(permission)
    }

    /// Returns the nodes that are on no planned path and were not planned without one.
    fn unfollowed(&self) -> impl Iterator<Item = String> {
        let entries = self.assembled.stack.entries.iter().zip(&self.followed);
        let is_on_paths = |node: &Node| {
            matches!(
                node,
                Node::Method(_)
                    | Node::LambdaPermission(_)
                    | Node::LoadBalancer(_)
                    | Node::Listener(_)
                    | Node::ApplicationBalancer(_)
                    | Node::HttpListener(_)
                    | Node::ListenerRule(_)
                    | Node::TargetGroup(_)
            )
        };
        let unfollowed =
            entries.filter(move |(entry, followed)| !**followed && is_on_paths(&entry.node));
        unfollowed.map(|(entry, _)| {
            let (kind, label) = (entry.address.names.terraform, &entry.address.label);
            format!("no planned request comes to {kind}.{label}")
        })
    }
}

/// Returns whether a method checks and caches nothing, and declares the variables of its path alone.
fn is_plain(method: &Method, path: &[Segment]) -> bool {
    let variables = path.iter().filter_map(Segment::variable);
    let planned: BTreeMap<String, bool> = variables
        .map(|name| (format!("method.request.path.{name}"), true))
        .collect();
    method.checks.is_empty()
        && method.cache_keys.is_empty()
        && *method.request_parameters == planned
}

/// Returns what is created for the API though nothing is public.
fn needless_gateway(plan: &Plan, assembled: &Assembled) -> Option<String> {
    let mut entries = assembled.stack.entries.iter();
    let is_needless = |node: &Node| !plan.has_gateway && node.home() != Home::Network;
    let found = entries.find(|entry| is_needless(&entry.node))?;
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
