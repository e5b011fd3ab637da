//! Walks every operation through the finished stack, as a request would go, before a file is
//! written.
//!
//! In: `Plan`, `Assembled`. Out: findings, all of them our own bugs. Pure.
//! It follows the handles and believes nothing that `assemble` says of itself.

mod alb;
mod authorized;
mod checks;
mod direct;
pub(crate) mod forwarder;
mod link;
mod request;
pub(crate) mod rules;
mod stage;
mod sync;
pub(crate) mod tree;
mod way;

use crate::assemble::Assembled;
use crate::aws::{Entry, Function, Method, Node};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::plan::{IntegrationPlan, OperationPlan, Plan, text_of};
use authorized::{authorized_as_planned, extras};
use direct::{
    asked_as_planned, function_holds, internet_holds, may_be_called, needless_permission,
    sent_as_planned,
};
use forwarder::forwarder_holds;
use request::{Answer, Api};

/// Checks that every operation arrives where the plan says, and every other one nowhere.
///
/// Errors: GW9001 a walk ends elsewhere.
pub fn walk(plan: &Plan, assembled: &Assembled) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let api = match Api::of(plan, assembled) {
        Ok(api) => api,
        Err(problem) => return vec![finding(&plan.place, &problem)],
    };
    findings
        .extend(needless_gateway(plan, assembled).map(|problem| finding(&plan.place, &problem)));
    findings
        .extend(needless_permission(plan, assembled).map(|problem| finding(&plan.place, &problem)));
    findings.extend(extras(plan, assembled).map(|problem| finding(&plan.place, &problem)));
    for operation in &plan.operations {
        if let Err(problem) = operation_holds(plan, (&api, assembled), operation) {
            findings.push(finding(
                &operation.place,
                &format!(
                    "`{} {}` {problem}",
                    operation.method.as_str(),
                    operation.path
                ),
            ));
        }
    }
    for (operation, problem) in checks::differing(plan, assembled) {
        findings.push(finding(
            &operation.place,
            &format!(
                "`{} {}` {problem}",
                operation.method.as_str(),
                operation.path
            ),
        ));
    }
    for refusal in &plan.refusals {
        let asks = |it: &Method| !it.authorization.is_open();
        if api.method(refusal.method, &refusal.path).is_some_and(asks)
            || !matches!(api.answer(refusal.method, &refusal.path), Answer::NotFound)
        {
            let (method, path) = (refusal.method.as_str(), text_of(&refusal.path));
            findings.push(finding(
                &plan.place,
                &format!("`{method} {path}` is to be answered with 404 and is not"),
            ));
        }
    }
    findings.extend(
        stage::problems(plan, &api, assembled)
            .iter()
            .map(|problem| finding(&plan.place, problem)),
    );
    let served = plan
        .operations
        .iter()
        .filter(|it| it.gateway_path.is_some())
        .count();
    let own = plan.refusals.len() + plan.cors.as_ref().map_or(0, |it| it.preflights.len());
    if served + own != api.methods() {
        findings.push(finding(
            &plan.place,
            &format!("the plan has {served} operations and {own} answers of the gateway's own, the stack {} methods", api.methods()),
        ));
    }
    findings
}

fn operation_holds(
    plan: &Plan,
    (api, assembled): (&Api<'_>, &Assembled),
    operation: &OperationPlan,
) -> Result<(), String> {
    if !operation.is_public() {
        api.is_unreachable(operation)?;
        return api.private_holds(plan, operation);
    }
    let path = operation
        .gateway_path
        .as_ref()
        .ok_or("has no path on the gateway")?;
    let backend = operation
        .backend
        .map(|index| &plan.backends[index])
        .ok_or("has no backend")?;
    if let Some(method) = api.method(operation.method, path) {
        authorized_as_planned(plan, assembled, method, operation)?;
    }
    match api.answer(operation.method, path) {
        Answer::Backend(arrival) => arrival.holds(operation, backend),
        Answer::Internet(method, proxy) => {
            let IntegrationPlan::Internet(planned) = &backend.integration else {
                return Err("leaves for the internet".into());
            };
            asked_as_planned(method, proxy.timeout_ms, operation)?;
            sent_as_planned(method, (&proxy.path, &proxy.headers), operation, backend)?;
            internet_holds(proxy, planned)
        }
        Answer::Function(method, call) => {
            asked_as_planned(method, call.timeout_ms, operation)?;
            may_be_called(plan, assembled, call)?;
            match (&backend.integration, &call.function) {
                (IntegrationPlan::Function(planned), called) => function_holds(called, planned),
                (IntegrationPlan::Forwarder(planned), Function::Made(function)) => {
                    forwarder_holds(plan, assembled, function, (operation, backend, planned))
                }
                (
                    IntegrationPlan::Balanced(_)
                    | IntegrationPlan::Internet(_)
                    | IntegrationPlan::Forwarder(_),
                    _,
                ) => Err("calls a function".into()),
            }
        }
        Answer::NotFound => Err("is answered with 404".into()),
        Answer::Preflight(_) => Err("is answered as what a browser asks before it sends".into()),
        Answer::Nothing => Err("is lost".into()),
        Answer::Broken(problem) => Err(problem),
    }
}

/// Where nothing is public no API is made, and nothing that leads from it.
fn needless_gateway(plan: &Plan, assembled: &Assembled) -> Option<String> {
    let is_gateway = |it: &&Entry| match &it.node {
        Node::RestApi(_)
        | Node::Resource(_)
        | Node::Method(_)
        | Node::Deployment(_)
        | Node::Stage(_) => true,
        Node::Model(_) | Node::RequestValidator(_) => true,
        Node::VpcLink(_)
        | Node::VpcLinkV2(_)
        | Node::LoadBalancer(_)
        | Node::Listener(_)
        | Node::LambdaPermission(_) => true,
        Node::GatewayResponse(_)
        | Node::Account(_)
        | Node::ClientCertificate(_)
        | Node::WebAclAssociation(_) => true,
        Node::LogGroup(_) | Node::Role(_) | Node::PythonFunction(_) | Node::Bucket(_) => true,
        Node::Schedule(_) | Node::SchedulePermission(_) | Node::Alarm(_) => true,
        Node::Authorizer(_)
        | Node::AuthorizerPermission(_)
        | Node::ApiKey(_)
        | Node::UsagePlan(_)
        | Node::UsagePlanKey(_) => true,
        Node::DomainName(_) | Node::BasePathMapping(_) | Node::AliasRecord(_) => true,
        Node::ApplicationBalancer(_)
        | Node::HttpListener(_)
        | Node::ListenerRule(_)
        | Node::TargetGroup(_) => false,
        Node::SecurityGroup(_) | Node::EgressRule(_) | Node::IngressRule(_) => false,
    };
    let found = assembled
        .stack
        .entries
        .iter()
        .filter(|_| !plan.has_gateway)
        .find(is_gateway)?;
    Some(format!(
        "{} is made, though nothing is public",
        found.address.label
    ))
}

fn finding(place: &Place, problem: &str) -> Diagnostic {
    diagnostic::WALK_MISMATCH.at(place.clone()).message(format_args!("the finished stack does not do what was planned: {problem}")).help(
        "this is a bug of gwgen; nothing was written. Please report it with the blueprint and this operation's part of the description",
    )
}

#[cfg(test)]
mod tests;
