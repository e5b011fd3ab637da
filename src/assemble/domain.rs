//! A domain of the user's own, and where the API can be reached.

use super::this;
use super::values::{list, value};
use crate::aws::{
    AliasRecord, BasePathMapping, DomainName, Endpoint, EndpointType, ResourcePolicy, RestApi,
    Stack, Stage,
};
use crate::blueprint;
use crate::plan::{DomainPlan, EndpointPlan, PolicyPlan};
use crate::stack::{File, Handle, Value};

/// The endpoint of the API.
pub(crate) fn endpoint(plan: &EndpointPlan) -> Endpoint {
    let kind = match plan.kind {
        blueprint::EndpointKind::Regional => EndpointType::Regional,
        blueprint::EndpointKind::Edge => EndpointType::Edge,
        blueprint::EndpointKind::Private => EndpointType::Private,
    };
    let policy = plan.policy.as_ref().map(|policy| match policy {
        PolicyPlan::Written(policy) => ResourcePolicy::Written((**policy).clone()),
        PolicyPlan::Among {
            vpc_endpoints,
            cidrs,
        } => ResourcePolicy::Among {
            vpc_endpoints: vpc_endpoints.as_ref().map(list),
            cidrs: cidrs.as_ref().map(list),
            is_private: kind == EndpointType::Private,
        },
    });
    Endpoint {
        kind,
        vpc_endpoints: plan.vpc_endpoints.as_ref().map(list),
        policy,
        is_disabled: plan.is_disabled,
    }
}

/// The domain with its record, and the mapping of the API; gives the URL that callers put before a
/// path.
pub(crate) fn domain(
    stack: &mut Stack,
    plan: &DomainPlan,
    api: &Handle<RestApi>,
    stage: &Handle<Stage>,
) -> Value {
    let name = value(&plan.name);
    let made = plan.managed.as_ref().map(|made| {
        let node = DomainName {
            name: name.clone(),
            is_edge: made.is_edge,
            certificate: value(&made.certificate),
            security_policy: made.security_policy.clone(),
            truststore: made
                .truststore
                .as_ref()
                .map(|(uri, version)| (value(uri), version.as_ref().map(value))),
        };
        (made, stack.add(File::Domain, this(), node))
    });
    let domain = made
        .as_ref()
        .map_or_else(|| name.clone(), |(_, handle)| handle.name());
    let mapping = BasePathMapping {
        api: api.clone(),
        stage: stage.clone(),
        domain,
        base_path: plan.base_path.clone(),
    };
    stack.add(File::Domain, this(), mapping);
    if let Some((made, handle)) = made {
        let [target, zone_of_target] = handle.target(made.is_edge);
        if let Some(zone) = &made.zone {
            let record = AliasRecord {
                zone: value(zone),
                name: name.clone(),
                domain: handle,
                is_edge: made.is_edge,
            };
            stack.add(File::Domain, this(), record);
        }
        stack.output(
            "domain_target",
            "Name that the domain's record has to lead to.",
            target,
        );
        stack.output(
            "domain_target_zone_id",
            "Hosted zone of that name, for an alias record.",
            zone_of_target,
        );
    }
    let path = if plan.base_path.is_empty() {
        String::new()
    } else {
        format!("/{}", plan.base_path)
    };
    Value::Text(vec![Value::literal("https://"), name, Value::literal(path)])
}
