//! Parts that a request comes through before a method: domain, endpoint and stage of the API.
//!
//! In: `Plan`, the stack. Out: what differs. Pure.

use std::collections::BTreeSet;

use super::values::{is_same, is_same_list_option, is_same_option};
use crate::assemble::Assembled;
use crate::aws::{
    Account, AliasRecord, BasePathMapping, ClientCertificate, Deployment, DomainName, Endpoint,
    EndpointType, LogGroup, LogRole, Method, Node, ResourcePolicy, RestApi, Role, Stack, Stage,
    Statement, WebAclAssociation,
};
use crate::blueprint::EndpointKind;
use crate::follow::{located, node};
use crate::plan::{DomainPlan, LogRolePlan, ManagedDomainPlan, Plan, PolicyPlan};
use crate::stack::{Holds, Value};

/// Returns everything that is wrong before the methods.
pub(crate) fn problems(plan: &Plan, assembled: &Assembled) -> Vec<String> {
    let stack = &assembled.stack;
    let checks = [
        (
            api_holds(plan, stack),
            "the API has another endpoint, policy or source of keys",
        ),
        (
            deployment_holds(stack),
            "the deployment is not of every method",
        ),
        (
            stage_holds(plan, stack),
            "the stage has another name, log or certificate",
        ),
        (
            domain_holds(plan, stack),
            "the domain leads elsewhere than planned",
        ),
        (
            firewall_holds(plan, stack),
            "another web ACL is before the stage",
        ),
        (
            account_holds(plan, stack),
            "another role writes the logs of the API",
        ),
    ];
    let wrong = checks.into_iter().filter(|(holds, _)| !holds);
    wrong.map(|(_, problem)| problem.to_owned()).collect()
}

/// Returns the node of a kind that has one node.
fn only<K>(stack: &Stack) -> Option<&K>
where
    Node: Holds<K>,
{
    let mut nodes = stack.all::<K>();
    nodes.next().filter(|_| nodes.next().is_none())
}

/// Returns whether the stack has a node of a kind, and one alone, just where one is planned.
fn has_only<K: 'static>(stack: &Stack, is_planned: bool) -> bool
where
    Node: Holds<K>,
{
    stack.all::<K>().count() == usize::from(is_planned)
}

fn api_holds(plan: &Plan, stack: &Stack) -> bool {
    let (Some(api), planned) = (only::<RestApi>(stack), &plan.endpoint) else {
        return false;
    };
    let Endpoint {
        kind,
        vpc_endpoints,
        policy,
        is_disabled,
    } = &api.endpoint;
    let is_kind = match planned.kind {
        EndpointKind::Regional => *kind == EndpointType::Regional,
        EndpointKind::Edge => *kind == EndpointType::Edge,
        EndpointKind::Private => *kind == EndpointType::Private,
    };
    let is_policy = match (policy, &planned.policy) {
        (None, None) => true,
        (Some(ResourcePolicy::Written(found)), Some(PolicyPlan::Written(planned))) => {
            *found == **planned
        }
        (
            Some(ResourcePolicy::Among {
                vpc_endpoints: endpoints,
                cidrs,
                is_private,
            }),
            Some(PolicyPlan::Among {
                vpc_endpoints: planned_endpoints,
                cidrs: planned_cidrs,
            }),
        ) => {
            is_same_list_option(endpoints.as_ref(), planned_endpoints.as_ref())
                && is_same_list_option(cidrs.as_ref(), planned_cidrs.as_ref())
                && *is_private == (planned.kind == EndpointKind::Private)
        }
        (None | Some(_), _) => false,
    };
    is_kind
        && is_policy
        && is_same_list_option(vpc_endpoints.as_ref(), planned.vpc_endpoints.as_ref())
        && *is_disabled == planned.is_disabled
        && api.key_from_authorizer == plan.key_from_authorizer
}

fn deployment_holds(stack: &Stack) -> bool {
    let methods: BTreeSet<usize> = located::<Method>(stack)
        .map(|method| method.index)
        .collect();
    only::<Deployment>(stack).is_some_and(|deployment| {
        let deployed = deployment.routes.iter().map(|route| route.method.index());
        deployment.routes.len() == methods.len() && deployed.collect::<BTreeSet<_>>() == methods
    })
}

fn stage_holds(plan: &Plan, stack: &Stack) -> bool {
    let Some(stage) = only::<Stage>(stack) else {
        return false;
    };
    let is_log_of_requests = |log: &LogGroup| match &log.name {
        Value::Text(parts) => parts.first() == Some(&Value::literal("/aws/apigateway/")),
        _ => false,
    };
    let log = stage.request_log.as_ref();
    let has_certificate = plan.stage.has_client_certificate;
    is_same(&stage.name, &plan.stage_name)
        && log.is_none_or(|log| node(stack, log).is_some_and(is_log_of_requests))
        && stage.client_certificate.is_some() == has_certificate
        && has_only::<ClientCertificate>(stack, has_certificate)
}

fn domain_holds(plan: &Plan, stack: &Stack) -> bool {
    let planned = plan.domain.as_ref();
    let managed = planned.and_then(|domain| domain.managed.as_ref());
    let has_record = managed.is_some_and(|domain| domain.zone.is_some());
    has_only::<BasePathMapping>(stack, planned.is_some())
        && has_only::<DomainName>(stack, managed.is_some())
        && has_only::<AliasRecord>(stack, has_record)
        && planned.is_none_or(|planned| mapping_holds(planned, stack))
}

fn mapping_holds(planned: &DomainPlan, stack: &Stack) -> bool {
    let domain = located::<DomainName>(stack).next();
    let is_domain = |name: &Value| match (name, domain) {
        (Value::Attribute(name), Some(domain)) => name.of == stack.entries[domain.index].address,
        (name, None) => is_same(name, &planned.name),
        (_, Some(_)) => false,
    };
    let is_record = |record: &AliasRecord, managed: &ManagedDomainPlan| {
        is_same_option(Some(&record.zone), managed.zone.as_ref())
            && is_same(&record.name, &planned.name)
            && record.is_edge == managed.is_edge
            && node(stack, &record.domain).is_some()
    };
    let mut mappings = stack.all::<BasePathMapping>();
    let mut records = stack.all::<AliasRecord>();
    mappings.all(|mapping| {
        is_domain(&mapping.domain)
            && mapping.base_path == planned.base_path
            && node(stack, &mapping.stage).is_some()
    }) && planned.managed.as_ref().is_none_or(|managed| {
        domain.is_some_and(|domain| is_managed_domain(domain.node, planned, managed))
            && records.all(|record| is_record(record, managed))
    })
}

fn is_managed_domain(
    found: &DomainName,
    planned: &DomainPlan,
    managed: &ManagedDomainPlan,
) -> bool {
    let is_truststore = match (&found.truststore, &managed.truststore) {
        (None, None) => true,
        (Some((uri, version)), Some((planned, planned_version))) => {
            is_same(uri, planned) && is_same_option(version.as_ref(), planned_version.as_ref())
        }
        (None | Some(_), _) => false,
    };
    is_truststore
        && is_same(&found.name, &planned.name)
        && found.is_edge == managed.is_edge
        && is_same(&found.certificate, &managed.certificate)
        && found.security_policy == managed.security_policy
}

fn firewall_holds(plan: &Plan, stack: &Stack) -> bool {
    let planned = plan.stage.web_acl.as_ref();
    has_only::<WebAclAssociation>(stack, planned.is_some())
        && stack.all::<WebAclAssociation>().all(|found| {
            is_same_option(Some(&found.web_acl), planned) && node(stack, &found.stage).is_some()
        })
}

fn account_holds(plan: &Plan, stack: &Stack) -> bool {
    let is_managed = |role: &Role| {
        let may_write = |statement: &Statement| {
            let is_logs = |resource: &Value| match resource {
                Value::Text(parts) => parts.last() == Some(&Value::literal(":log-group:*")),
                _ => false,
            };
            statement.condition.is_none()
                && statement.actions.contains(&"logs:PutLogEvents")
                && statement
                    .actions
                    .iter()
                    .all(|action| action.starts_with("logs:"))
                && matches!(&*statement.resources, [logs] if is_logs(logs))
        };
        role.service == "apigateway.amazonaws.com"
            && matches!(&*role.statements, [only] if may_write(only))
    };
    let role = only::<Account>(stack).map(|account| &account.role);
    match (&plan.stage.role, role) {
        (LogRolePlan::Existing, _) => has_only::<Account>(stack, false),
        (LogRolePlan::Managed, Some(LogRole::Made(role))) => {
            node(stack, role).is_some_and(is_managed)
        }
        (LogRolePlan::Arn(planned), Some(LogRole::Existing(Value::Literal(found)))) => {
            found == planned
        }
        (LogRolePlan::Managed | LogRolePlan::Arn(_), _) => false,
    }
}
