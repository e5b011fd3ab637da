//! Parts that a request comes through before a method: domain, endpoint and stage of the API.
//!
//! In: `Plan`, the stack. Out: what differs. Pure.

use std::collections::BTreeSet;

use super::values::{InStack, has_count, is_same, only};
use crate::assemble::Assembled;
use crate::aws::{
    Account, AliasRecord, BasePathMapping, ClientCertificate, Deployment, DomainName, Endpoint,
    EndpointType, LogGroup, LogRole, Method, ResourcePolicy, RestApi, Role, Stack, Stage,
    Statement, WebAclAssociation,
};
use crate::blueprint::EndpointKind;
use crate::follow::{located, node};
use crate::plan::{self, DomainPlan, LogRolePlan, ManagedDomainPlan, Plan, PolicyPlan};
use crate::stack::Value;

/// Returns everything that is wrong before the methods.
pub(crate) fn problems(plan: &Plan, assembled: &Assembled) -> Vec<String> {
    let stack = &assembled.stack;
    let checks = [
        (api_holds(plan, stack), "API"),
        (deployment_holds(stack), "deployment"),
        (stage_holds(plan, stack), "stage"),
        (domain_holds(plan, stack), "domain"),
        (firewall_holds(plan, stack), "web ACL"),
        (
            account_holds(plan, stack),
            "role that writes the API's logs",
        ),
    ];
    let differing = checks.into_iter().filter(|(holds, _)| !holds);
    let problem = |(_, what)| format!("the {what} is not the planned one");
    differing.map(problem).collect()
}

fn api_holds(plan: &Plan, stack: &Stack) -> bool {
    let planned = &plan.endpoint;
    let policy = |policy: &PolicyPlan| match policy {
        PolicyPlan::Written(policy) => ResourcePolicy::Written((**policy).clone()),
        PolicyPlan::Among {
            vpc_endpoints,
            cidrs,
        } => ResourcePolicy::Among {
            vpc_endpoints: vpc_endpoints.in_stack(),
            cidrs: cidrs.in_stack(),
            is_private: planned.kind == EndpointKind::Private,
        },
    };
    let endpoint = Endpoint {
        kind: match planned.kind {
            EndpointKind::Regional => EndpointType::Regional,
            EndpointKind::Edge => EndpointType::Edge,
            EndpointKind::Private => EndpointType::Private,
        },
        vpc_endpoints: planned.vpc_endpoints.in_stack(),
        policy: planned.policy.as_ref().map(policy),
        is_disabled: planned.is_disabled,
    };
    only::<RestApi>(stack).is_some_and(|api| {
        api.endpoint == endpoint && api.key_from_authorizer == plan.key_from_authorizer
    })
}

fn deployment_holds(stack: &Stack) -> bool {
    let methods = located::<Method>(stack).map(|method| method.index);
    let methods: BTreeSet<usize> = methods.collect();
    only::<Deployment>(stack).is_some_and(|deployment| {
        let deployed = deployment.routes.iter().map(|route| route.method.index());
        deployment.routes.len() == methods.len() && deployed.collect::<BTreeSet<_>>() == methods
    })
}

/// Returns whether a text begins or ends with a part.
fn has_part(text: &Value, part: impl Fn(&[Value]) -> Option<&Value>, literal: &str) -> bool {
    matches!(text, Value::Text(parts) if part(parts) == Some(&Value::literal(literal)))
}

fn stage_holds(plan: &Plan, stack: &Stack) -> bool {
    let Some(stage) = only::<Stage>(stack) else {
        return false;
    };
    let log = stage.request_log.as_ref().map(|log| node(stack, log));
    let is_log = |log: &LogGroup| has_part(&log.name, <[Value]>::first, "/aws/apigateway/");
    let has_certificate = plan.stage.has_client_certificate;
    is_same(&stage.name, &plan.stage_name)
        && log.is_none_or(|log| log.is_some_and(is_log))
        && stage.client_certificate.is_some() == has_certificate
        && has_count::<ClientCertificate>(stack, has_certificate.into())
}

fn domain_holds(plan: &Plan, stack: &Stack) -> bool {
    let planned = plan.domain.as_ref();
    let managed = planned.and_then(|domain| domain.managed.as_ref());
    let has_record = managed.is_some_and(|domain| domain.zone.is_some());
    has_count::<BasePathMapping>(stack, planned.is_some().into())
        && has_count::<DomainName>(stack, managed.is_some().into())
        && has_count::<AliasRecord>(stack, has_record.into())
        && planned.is_none_or(|planned| mapping_holds(planned, stack))
}

fn mapping_holds(planned: &DomainPlan, stack: &Stack) -> bool {
    let domain = located::<DomainName>(stack).next();
    let is_domain = |name: &Value| match (name, domain) {
        (Value::Attribute(name), Some(domain)) => name.of == stack.entries[domain.index].address,
        (name, domain) => domain.is_none() && is_same(name, &planned.name),
    };
    let is_mapping = |mapping: &BasePathMapping| {
        is_domain(&mapping.domain)
            && mapping.base_path == planned.base_path
            && node(stack, &mapping.stage).is_some()
    };
    let managed = planned.managed.as_ref();
    stack.all().all(is_mapping)
        && managed.is_none_or(|managed| managed_domain_holds(planned, managed, stack))
}

fn managed_domain_holds(planned: &DomainPlan, managed: &ManagedDomainPlan, stack: &Stack) -> bool {
    let truststore =
        |(uri, version): &(plan::Value, Option<plan::Value>)| (uri.in_stack(), version.in_stack());
    let domain = DomainName {
        name: planned.name.in_stack(),
        is_edge: managed.is_edge,
        certificate: managed.certificate.in_stack(),
        security_policy: managed.security_policy.clone(),
        truststore: managed.truststore.as_ref().map(truststore),
    };
    let is_record = |record: &AliasRecord| {
        is_same(&Some(record.zone.clone()), &managed.zone)
            && is_same(&record.name, &planned.name)
            && record.is_edge == managed.is_edge
            && node(stack, &record.domain).is_some()
    };
    stack.all().all(|found: &DomainName| *found == domain) && stack.all().all(is_record)
}

fn firewall_holds(plan: &Plan, stack: &Stack) -> bool {
    let planned = plan.stage.web_acl.as_ref();
    let is_planned = |found: &WebAclAssociation| {
        planned.is_some_and(|planned| is_same(&found.web_acl, planned))
            && node(stack, &found.stage).is_some()
    };
    has_count::<WebAclAssociation>(stack, planned.is_some().into()) && stack.all().all(is_planned)
}

fn account_holds(plan: &Plan, stack: &Stack) -> bool {
    let may_write = |statement: &Statement| {
        let mut actions = statement.actions.iter();
        statement.condition.is_none()
            && statement.actions.contains(&"logs:PutLogEvents")
            && actions.all(|action| action.starts_with("logs:"))
            && matches!(&*statement.resources, [logs]
                if has_part(logs, <[Value]>::last, ":log-group:*"))
    };
    let is_managed = |role: &Role| {
        role.service == "apigateway.amazonaws.com"
            && matches!(&*role.statements, [only] if may_write(only))
    };
    let role = only::<Account>(stack).map(|account| &account.role);
    match &plan.stage.role {
        LogRolePlan::Existing => has_count::<Account>(stack, 0),
        LogRolePlan::Managed => matches!(role, Some(LogRole::Made(role))
            if node(stack, role).is_some_and(is_managed)),
        LogRolePlan::Arn(planned) => matches!(role, Some(LogRole::Existing(found))
            if *found == Value::Literal(planned.clone())),
    }
}
