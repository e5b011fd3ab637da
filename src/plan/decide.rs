//! The whole plan: the parts in their order, and what concerns none of them alone.
//!
//! In: `Api`s, `Blueprint`. Out: `Outcome<Plan>`. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    InputType, LimitsPlan, NetworkPlan, OperationPlan, OutputPlan, Plan, Prefix, Value, routes,
    stage, variables,
};
use crate::blueprint::{self, Blueprint};
use crate::diagnostic::{self, Diagnostic, Outcome};
use crate::openapi::Api;
use crate::plan::access::{authorizers, keys, schemes};
use crate::plan::functions::forwarder::ServedOperations;
use crate::plan::functions::{forwarder, sync};
use crate::plan::network::alb::ListenerRulesInput;
use crate::plan::network::root_health_check::root_health_check;
use crate::plan::network::vpc::VpcAndSubnets;
use crate::plan::network::{admission, alb, backends, bounds, headers, link, nlb, vpc};
use crate::plan::routes::cors;
use crate::plan::rules::extensions;
use crate::plan::stage::{domain, endpoint, gateway_responses};

/// Joins descriptions, in the order of `spec`, with a blueprint.
///
/// Errors: those of `backends`, `rules`, `routes`, `security`, `parameters`, `tree` and
/// `variables`; GW3006 nothing public, GW2002 name, GW2070 nothing but a load balancer.
pub fn plan(apis: &[Api], blueprint: &Blueprint) -> Outcome<Plan> {
    let whole = planned(apis, blueprint, true);
    if !whole.value.as_ref().is_some_and(is_private_alone) {
        return whole;
    }
    // Without the parts that nobody would come through, and without the inputs that they ask for.
    let mut alone = planned(apis, blueprint, false);
    alone.diagnostics.push(balancer_alone(blueprint));
    alone
}

/// Whether nothing is public, and private callers are served by rules of the application load
/// balancer.
fn is_private_alone(plan: &Plan) -> bool {
    let has_rules = plan
        .network
        .as_ref()
        .and_then(|it| it.alb.as_ref())
        .is_some_and(|it| it.emits_rules);
    let is_served = |it: &OperationPlan| {
        it.exposure == blueprint::Exposure::Internal
            && it
                .backend
                .is_some_and(|index| plan.backends[index].balanced().is_some())
    };
    has_rules
        && !plan.operations.iter().any(OperationPlan::is_public)
        && plan.operations.iter().any(is_served)
}

fn balancer_alone(blueprint: &Blueprint) -> Diagnostic {
    let spec = &blueprint.spec;
    let written = [
        ("nlb", spec.nlb.is_some()),
        ("vpc_link", spec.vpc_link.is_some()),
        ("stage", spec.stage.is_some()),
    ];
    let names: Vec<String> = written
        .iter()
        .filter(|it| it.1)
        .map(|it| format!("`{}`", it.0))
        .collect();
    let without_effect = if names.is_empty() {
        String::new()
    } else {
        format!("; without effect: {}", names.join(", "))
    };
    diagnostic::BALANCER_ALONE
        .at(blueprint.place("/routes"))
        .message(format_args!(
            "no operation is public, so no API and no way to it is made: only the application load balancer with its rules{without_effect}"
        ))
        .help("give an operation `exposure: public` where a gateway was wanted")
}

/// The plan with a gateway, or without one.
fn planned(apis: &[Api], blueprint: &Blueprint, has_gateway: bool) -> Outcome<Plan> {
    let spec = &blueprint.spec;
    let (mut diagnostics, mut found) = (Vec::new(), Vec::new());
    let format = spec
        .output
        .as_ref()
        .and_then(|it| it.format)
        .unwrap_or(blueprint::defaults::FORMAT);
    let mut variables = variables::Variables::new(blueprint, format, &mut diagnostics);
    variables.has_gateway = has_gateway;
    let vpc_and_subnets = vpc::vpc_and_subnets(&mut variables);
    // Ranges that no rule names are checked, too: wrong ones are wrong in every topology.
    admission::cidrs(&mut variables, false);
    let prefix = prefix(spec, format, &mut variables);
    let stage_name = stage::name(blueprint, &mut variables);
    let stage = stage::stage(blueprint, &mut variables);
    let endpoint = endpoint::endpoint(blueprint, &mut variables);
    endpoint::check_policy(blueprint, &mut variables);
    let domain = domain::domain(blueprint, &mut variables, &endpoint);
    let tags = tags(blueprint, &mut variables);
    let mut backends = backends::backends(&mut variables);
    let mut network =
        vpc_and_subnets.map(|vpc_and_subnets| network(&mut variables, vpc_and_subnets));
    let mut forwarders = forwarder::forwarders(&mut variables);
    let routes = routes::routes(apis, blueprint, &backends, &mut found);
    let authorizers = authorizers::authorizers(blueprint, &routes.operations, &mut variables);
    let usage_plans = if has_gateway {
        keys::plans(blueprint, routes.throttles.clone(), &mut variables)
    } else {
        Vec::new()
    };
    let (inputs, parameters) = variables.finish();
    diagnostics.append(&mut found);
    if spec.name == "internal" || spec.name.starts_with("internal-") {
        diagnostics.push(reserved_name(blueprint));
    }
    diagnostics.extend(apis.iter().flat_map(refused_extensions));
    diagnostics.extend(schemes::conflicting(apis, blueprint));
    diagnostics.extend(keys::uncovered(blueprint, &routes.operations, &authorizers));
    let is_behind_nlb = network.as_ref().is_some_and(|it| it.nlb.is_some());
    if let Some(alb) = network.as_mut().and_then(|it| it.alb.as_mut()) {
        let input = ListenerRulesInput {
            blueprint,
            backends: &backends,
            operations: &routes.operations,
            is_behind_nlb,
        };
        diagnostics.extend(alb::rules(alb, input));
    }
    if let Some(forwarders) = &mut forwarders {
        let served = ServedOperations {
            operations: &routes.operations,
            bases: &routes.bases,
            are_all_binary: routes.binary_media_types.iter().any(|it| &**it == "*/*"),
        };
        let found = forwarder::complete(blueprint, served, forwarders, &mut backends);
        diagnostics.extend(found);
    }
    let cors = if has_gateway {
        cors::cors(blueprint, &routes, &mut diagnostics)
    } else {
        None
    };
    let nlb = spec.nlb.as_ref();
    let plan = Plan {
        prefix,
        title: apis
            .first()
            .map(|it| Arc::clone(&it.title))
            .unwrap_or_default(),
        descriptions: spec.spec.iter().map(|it| it.as_str().into()).collect(),
        region: spec.region.as_deref().map(Arc::from),
        output: output(spec, format),
        tags,
        network,
        forwarders,
        inputs,
        parameters,
        backends,
        operations: routes.operations,
        refusals: routes.refusals,
        authorizers,
        usage_plans,
        key_from_authorizer: keys::from_authorizer(blueprint),
        gateway_responses: gateway_responses::gateway_responses(blueprint, cors.as_ref()),
        cors,
        binary_media_types: binary_media_types(spec, routes.binary_media_types),
        minimum_compression_size: (spec.api.as_ref())
            .and_then(|it| it.minimum_compression_size)
            .and_then(|it| u32::try_from(it).ok()),
        models: routes.models,
        has_gateway,
        stage_name,
        endpoint,
        domain,
        stage,
        cross_zone: nlb
            .and_then(|it| it.cross_zone)
            .unwrap_or(blueprint::defaults::CROSS_ZONE),
        deletion_protection: nlb
            .and_then(|it| it.deletion_protection)
            .unwrap_or(blueprint::defaults::DELETION_PROTECTION),
        limits: LimitsPlan::new(spec),
        place: blueprint.place(""),
    };
    diagnostics.extend(of_the_whole(&plan, blueprint, &routes.bases));
    Outcome::new(plan, diagnostics)
}

/// What is found once everything is decided; `bases` are the base paths of the descriptions, on the
/// gateway and behind it.
fn of_the_whole(
    plan: &Plan,
    blueprint: &Blueprint,
    bases: &[[Vec<super::Segment>; 2]],
) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = nothing_public(plan, blueprint).into_iter().collect();
    findings.extend(bounds::bounds(plan, blueprint));
    findings.extend(domain::findings(blueprint, plan, bases));
    findings.extend(root_health_check(plan, blueprint, bases));
    findings.extend(headers::unauthenticated(plan, blueprint));
    findings
}

/// The load balancers and links, where a backend is behind one.
fn network(
    variables: &mut variables::Variables<'_>,
    VpcAndSubnets { vpc, subnets }: VpcAndSubnets,
) -> NetworkPlan {
    let (topology, has_gateway) = (variables.blueprint().spec.topology, variables.has_gateway);
    let nlb = (has_gateway && topology.has_nlb()).then(|| nlb::nlb(variables));
    let link = (has_gateway && topology.has_alb_link()).then(|| link::link(variables));
    let alb = topology.has_alb().then(|| alb::alb(variables));
    let sync = if has_gateway {
        sync::sync(variables, alb.as_ref())
    } else {
        None
    };
    NetworkPlan {
        vpc,
        subnets,
        nlb,
        link,
        alb,
        sync,
    }
}

/// Where and how the result is written.
fn output(spec: &blueprint::BlueprintSpec, format: blueprint::Format) -> OutputPlan {
    let output = spec.output.as_ref();
    OutputPlan {
        format,
        template: output
            .and_then(|it| it.template)
            .unwrap_or(blueprint::defaults::TEMPLATE),
        api_style: output
            .and_then(|it| it.api_style)
            .unwrap_or(blueprint::defaults::API_STYLE),
        layout: output
            .and_then(|it| it.layout)
            .unwrap_or(blueprint::defaults::LAYOUT),
        files: output
            .and_then(|it| it.files)
            .unwrap_or(blueprint::defaults::FILES),
    }
}

/// First part of every name.
fn prefix(
    spec: &blueprint::BlueprintSpec,
    format: blueprint::Format,
    variables: &mut variables::Variables<'_>,
) -> Prefix {
    let environment = spec
        .environment
        .as_ref()
        .map(|it| variables.value(it, InputType::Environment, "/environment"));
    Prefix::new(&spec.name, environment, format)
}

/// Those that the blueprint names in place of the description's, sorted.
fn binary_media_types(spec: &blueprint::BlueprintSpec, described: Vec<Arc<str>>) -> Vec<Arc<str>> {
    let Some(written) = spec
        .api
        .as_ref()
        .and_then(|it| it.binary_media_types.as_ref())
    else {
        return described;
    };
    written
        .iter()
        .map(|it| it.as_str().into())
        .collect::<std::collections::BTreeSet<Arc<str>>>()
        .into_iter()
        .collect()
}

/// Every resource that can be tagged gets these.
fn tags(
    blueprint: &Blueprint,
    variables: &mut variables::Variables<'_>,
) -> BTreeMap<Arc<str>, Value> {
    let mut tags: BTreeMap<Arc<str>, Value> =
        BTreeMap::from([("managed-by".into(), Value::Literal("gwgen".into()))]);
    for (name, value) in blueprint.spec.tags.iter().flatten() {
        let value = variables.value(
            value,
            InputType::Text,
            &crate::source::pointer::child("/tags", name),
        );
        tags.insert(name.as_str().into(), value);
    }
    tags
}

/// Source: docs/aws-rules.md#l1.
fn reserved_name(blueprint: &Blueprint) -> Diagnostic {
    diagnostic::INVALID_VALUE
        .at(blueprint.place("/name"))
        .message("AWS keeps load balancer names that start with `internal-` for itself, and `name` is the start of this one's")
        .help("choose a name that does not start with `internal`")
}

/// Keys of the document itself that decide who may call the API.
fn refused_extensions(api: &Api) -> Vec<Diagnostic> {
    let deciding = api
        .extensions
        .iter()
        .filter_map(|it| Some((it, crate::openapi::refuses(&it.name)?)));
    let misplaced = api
        .misplaced
        .iter()
        .map(|it| extensions::misplaced(&it.name, &it.place));
    deciding
        .map(|(extension, code)| {
            code.at(extension.place.clone())
                .message(format_args!("`{}` is not built yet, and leaving it out could change who may call the API", extension.name))
                .help("remove it from the description; whoever relied on it should not render this API yet")
        })
        .chain(misplaced)
        .collect()
}

fn nothing_public(plan: &Plan, blueprint: &Blueprint) -> Option<Diagnostic> {
    if !plan.has_gateway || plan.operations.iter().any(OperationPlan::is_public) {
        return None;
    }
    let why = if plan.operations.is_empty() {
        "the description has no operation"
    } else {
        "every operation is internal or hidden"
    };
    Some(
        diagnostic::NOTHING_PUBLIC
            .at(blueprint.place(if plan.operations.is_empty() {
                "/spec"
            } else {
                "/routes"
            }))
            .message(format_args!(
                "there is nothing to serve on the gateway: {why}"
            ))
            .help("name a description with `paths`, or give an operation `exposure: public`"),
    )
}
