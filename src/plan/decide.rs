//! The whole plan: the parts in their order, and decisions that concern none of them alone.
//!
//! In: `Api`s, `Blueprint`. Out: `Outcome<Plan>`. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{
    BackendPlan, DeploymentsPlan, ForwardersPlan, InputType, NetworkPlan, OperationPlan,
    OutputPlan, Plan, Prefix, Segment, Value, routes, stage,
};
use crate::blueprint::{AuthSpec, Blueprint, BlueprintSpec, Exposure};
use crate::diagnostic::{self, Diagnostic, Outcome};
use crate::memory::Memory;
use crate::openapi::{Api, refuses};
use crate::plan::access::{authorizers, keys, schemes};
use crate::plan::alarms;
use crate::plan::functions::forwarder::ServedOperations;
use crate::plan::functions::{forwarder, sync};
use crate::plan::history;
use crate::plan::network::alb::ListenerRulesInput;
use crate::plan::network::root_health_check::root_health_check;
use crate::plan::network::{admission, alb, bounds, certificates, headers, link, nlb, vpc};
use crate::plan::routes::{Routes, closed, cors};
use crate::plan::rules::extensions;
use crate::plan::stage::{domain, endpoint, gateway_responses};
use crate::plan::variables::Variables;
use crate::source::pointer;

/// Joins descriptions, in the order of `spec`, with a blueprint, after earlier renders.
///
/// Errors: those of `backends`, `network`, `routes`, `access`, `stage` and
/// `variables`; GW3006 nothing public, GW2002 name, GW2070 nothing but a load balancer.
pub fn plan(apis: &[Api], blueprint: &Blueprint, memory: &Memory) -> Outcome<Plan> {
    let spec = &blueprint.spec;
    let (mut diagnostics, mut route_findings) = (Vec::new(), Vec::new());
    let output = output(spec);
    let mut variables = Variables::new(blueprint, output.format, &mut diagnostics);
    let vpc_and_subnets = vpc_and_subnets(&mut variables);
    let prefix = prefix(&mut variables);
    let stage_name = stage::name(blueprint, &mut variables);
    let stage = stage::stage(blueprint, &mut variables);
    let endpoint = endpoint::endpoint(blueprint, &mut variables);
    let domain = domain::domain(&mut variables, &endpoint);
    let tags = tags(&mut variables);
    let (mut backends, names) = history::named_backends(&mut variables, memory);
    let routes = routes::routes(apis, blueprint, &backends, memory, &mut route_findings);
    let has_gateway = !is_private_alone(spec, &backends, &routes.operations);
    verification(&mut variables, &mut backends, has_gateway);
    let mut network = vpc_and_subnets.map(|found| network(&mut variables, found, has_gateway));
    let mut forwarders = forwarder::forwarders(&mut variables);
    let alarms = alarms::alarms(&mut variables, &routes.operations);
    let authorizers = authorizers::authorizers(blueprint, &routes.operations, &mut variables);
    let mut usage_plans = keys::plans(blueprint, routes.throttles.clone(), &mut variables);
    let has_more_tags = variables.has_more_tags(&output);
    let (inputs, parameters) = variables.finish();
    route_findings.extend(description_findings(apis, blueprint));
    diagnostics.extend(route_findings);
    let rules = listener_rules(blueprint, &routes, &backends, network.as_mut());
    let paths = forwarded_paths(blueprint, &routes, &mut backends, forwarders.as_mut());
    diagnostics.extend([rules, paths].concat());
    let cors = cors::cors(blueprint, &routes, has_gateway, &mut diagnostics);
    let closed = closed::closed(memory, blueprint, &routes, cors.as_ref(), &mut diagnostics);
    keys::throttle_copies(&mut usage_plans, &closed);
    let mut plan = Plan {
        prefix,
        title: title(apis),
        descriptions: spec.spec.iter().map(|path| path.as_str().into()).collect(),
        region: spec.region.as_deref().map(Arc::from),
        output,
        tags,
        has_more_tags,
        network,
        forwarders,
        inputs,
        parameters,
        backends,
        operations: routes.operations,
        refusals: routes.refusals,
        closed,
        authorizers,
        usage_plans,
        key_from_authorizer: keys::from_authorizer(blueprint),
        asks_callers: asks_callers(spec),
        gateway_responses: gateway_responses::gateway_responses(blueprint, cors.is_some()),
        cors,
        binary_media_types: binary_media_types(spec, routes.binary_media_types),
        minimum_compression_size: minimum_compression_size(spec),
        models: routes.models,
        has_gateway,
        stage_name,
        endpoint,
        domain,
        stage,
        deployments: DeploymentsPlan::of(memory),
        history: history::HistoryPlan::default(),
        alarms,
        cross_zone: spec.nlb.cross_zone,
        limits: spec.limits.clone(),
        place: blueprint.place(""),
    };
    diagnostics.extend(history::compare(&mut plan, blueprint, memory, &names));
    with_findings(plan, diagnostics, blueprint, &routes.bases)
}

/// Decides which certificates the gateway verifies, where there is one.
fn verification(variables: &mut Variables<'_>, backends: &mut [BackendPlan], has_gateway: bool) {
    if has_gateway {
        certificates::verification(variables, backends);
    } else {
        variables.report(balancer_alone(variables.blueprint()));
    }
}

/// Returns whether something could check callers.
fn asks_callers(spec: &BlueprintSpec) -> bool {
    let mut entries = spec.auth.iter().flat_map(|auth| auth.values());
    spec.usage_plans.is_some() || entries.any(|entry| *entry != AuthSpec::Ignore)
}

/// Returns the title of the first description.
fn title(apis: &[Api]) -> Arc<str> {
    let first = apis.first();
    first.map(|api| Arc::clone(&api.title)).unwrap_or_default()
}

/// Returns whether nothing is public, and the application load balancer serves private callers.
fn is_private_alone(
    spec: &BlueprintSpec,
    backends: &[BackendPlan],
    operations: &[OperationPlan],
) -> bool {
    let is_served = |operation: &OperationPlan| {
        operation.exposure == Exposure::Internal
            && operation
                .backend
                .is_some_and(|index| backends[index].balanced().is_some())
    };
    spec.topology.has_alb()
        && spec.emits_rules()
        && !operations.iter().any(OperationPlan::is_public)
        && operations.iter().any(is_served)
}

fn balancer_alone(blueprint: &Blueprint) -> Diagnostic {
    let ineffective: Vec<String> = ["nlb", "vpc_link", "stage"]
        .into_iter()
        .filter(|name| blueprint.is_written(&format!("/{name}")))
        .map(|name| format!("`{name}`"))
        .collect();
    let mut without_effect = String::new();
    if !ineffective.is_empty() {
        without_effect = format!("; without effect: {}", ineffective.join(", "));
    }
    diagnostic::BALANCER_ALONE
        .at(blueprint.place("/routes"))
        .message(format_args!(
            "no operation is public, so no API and no way to it is made: only the application load balancer with its rules{without_effect}"
        ))
        .help("give an operation `exposure: public` where a gateway was wanted")
}

/// Reports faults of the blueprint's name, and of whole descriptions.
fn description_findings(apis: &[Api], blueprint: &Blueprint) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = reserved_name(blueprint).into_iter().collect();
    diagnostics.extend(apis.iter().flat_map(refused_extensions));
    diagnostics.extend(schemes::conflicting(apis, blueprint));
    diagnostics
}

/// Decides the rules of the application load balancer.
fn listener_rules(
    blueprint: &Blueprint,
    routes: &Routes,
    backends: &[BackendPlan],
    network: Option<&mut NetworkPlan>,
) -> Vec<Diagnostic> {
    let Some(NetworkPlan {
        nlb,
        alb: Some(alb),
        ..
    }) = network
    else {
        return Vec::new();
    };
    let input = ListenerRulesInput {
        blueprint,
        backends,
        operations: &routes.operations,
        is_behind_nlb: nlb.is_some(),
    };
    alb::rules(alb, input)
}

/// Decides the paths of requests that functions forward.
fn forwarded_paths(
    blueprint: &Blueprint,
    routes: &Routes,
    backends: &mut [BackendPlan],
    forwarders: Option<&mut ForwardersPlan>,
) -> Vec<Diagnostic> {
    let Some(forwarders) = forwarders else {
        return Vec::new();
    };
    let served = ServedOperations {
        operations: &routes.operations,
        bases: &routes.bases,
        are_all_binary: routes
            .binary_media_types
            .iter()
            .any(|media_type| &**media_type == "*/*"),
    };
    forwarder::complete(blueprint, served, forwarders, backends)
}

/// The plan with its conflicts; `bases` are base paths, on the gateway and behind it.
fn with_findings(
    plan: Plan,
    mut diagnostics: Vec<Diagnostic>,
    blueprint: &Blueprint,
    bases: &[[Vec<Segment>; 2]],
) -> Outcome<Plan> {
    diagnostics.extend(plan_findings(&plan, blueprint, bases));
    Outcome::new(plan, diagnostics)
}

/// Reports conflicts of the whole plan; `bases` are base paths, on the gateway and behind it.
fn plan_findings(
    plan: &Plan,
    blueprint: &Blueprint,
    bases: &[[Vec<Segment>; 2]],
) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = nothing_public(plan, blueprint).into_iter().collect();
    findings.extend(keys::uncovered(
        blueprint,
        &plan.operations,
        &plan.authorizers,
    ));
    findings.extend(stage::role_of_others(plan, blueprint));
    findings.extend(bounds::bounds(plan, blueprint));
    findings.extend(domain::findings(blueprint, plan, bases));
    findings.extend(root_health_check(plan, blueprint, bases));
    findings.extend(headers::unauthenticated(plan, blueprint));
    findings
}

/// The VPC and its subnets, and what is wrong with the ranges in every topology.
fn vpc_and_subnets(variables: &mut Variables<'_>) -> Option<vpc::VpcAndSubnets> {
    let found = vpc::vpc_and_subnets(variables);
    // Ranges that no rule names are checked, too.
    admission::cidrs(variables, false);
    found
}

/// The load balancers and links, where a backend is behind one.
fn network(
    variables: &mut Variables<'_>,
    vpc_and_subnets: vpc::VpcAndSubnets,
    has_gateway: bool,
) -> NetworkPlan {
    let topology = variables.blueprint().spec.topology;
    let nlb = (has_gateway && topology.has_nlb()).then(|| nlb::nlb(variables));
    let link = (has_gateway && topology.has_alb_link())
        .then(|| link::link(variables, &vpc_and_subnets.subnets));
    let alb = topology.has_alb().then(|| alb::alb(variables, has_gateway));
    let sync = has_gateway
        .then(|| sync::sync(variables, alb.as_ref()))
        .flatten();
    NetworkPlan {
        vpc: vpc_and_subnets.vpc,
        subnets: vpc_and_subnets.subnets,
        nlb,
        link,
        alb,
        sync,
    }
}

/// Format and files of the result.
fn output(spec: &BlueprintSpec) -> OutputPlan {
    let output = &spec.output;
    OutputPlan {
        format: output.format,
        template: output.template,
        api_style: output.api_style,
        layout: output.layout,
        files: output.files,
        dir: output.dir.as_str().into(),
    }
}

/// First part of every name.
fn prefix(variables: &mut Variables<'_>) -> Prefix {
    let spec = &variables.blueprint().spec;
    let environment = spec.environment.as_ref();
    let environment = environment
        .map(|environment| variables.value(environment, InputType::Environment, "/environment"));
    Prefix::new(&spec.name, environment, variables.format())
}

/// Binary media types of the blueprint, sorted; else those of the descriptions.
fn binary_media_types(spec: &BlueprintSpec, described: Vec<Arc<str>>) -> Vec<Arc<str>> {
    let Some(written) = &spec.api.binary_media_types else {
        return described;
    };
    let sorted: BTreeSet<Arc<str>> = written.iter().map(|text| text.as_str().into()).collect();
    sorted.into_iter().collect()
}

fn minimum_compression_size(spec: &BlueprintSpec) -> Option<u32> {
    u32::try_from(spec.api.minimum_compression_size?).ok()
}

/// Tags of every resource that can have some.
fn tags(variables: &mut Variables<'_>) -> BTreeMap<Arc<str>, Value> {
    let mut tags: BTreeMap<Arc<str>, Value> =
        BTreeMap::from([("managed-by".into(), Value::Literal("gwgen".into()))]);
    for (name, value) in variables.blueprint().spec.tags.iter().flatten() {
        let value = variables.value(value, InputType::Text, &pointer::child("/tags", name));
        tags.insert(name.as_str().into(), value);
    }
    tags
}

/// Reports a name that AWS reserves.
///
/// Source: docs/aws-rules.md#l1.
fn reserved_name(blueprint: &Blueprint) -> Option<Diagnostic> {
    let name = &blueprint.spec.name;
    (name == "internal" || name.starts_with("internal-")).then(|| {
        diagnostic::INVALID_VALUE
            .at(blueprint.place("/name"))
            .message("AWS keeps load balancer names that start with `internal-` for itself, and `name` is the start of this one's")
            .help("choose a name that does not start with `internal`")
    })
}

/// Reports extensions of the document itself that decide who may call the API.
fn refused_extensions(api: &Api) -> Vec<Diagnostic> {
    let deciding = api
        .extensions
        .iter()
        .filter_map(|extension| Some((extension, refuses(&extension.name)?)));
    let misplaced = api
        .misplaced
        .iter()
        .map(|extension| extensions::misplaced(&extension.name, &extension.place));
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
    let (why, at) = if plan.operations.is_empty() {
        ("the description has no operation", "/spec")
    } else {
        ("every operation is internal or hidden", "/routes")
    };
    Some(
        diagnostic::NOTHING_PUBLIC
            .at(blueprint.place(at))
            .message(format_args!(
                "there is nothing to serve on the gateway: {why}"
            ))
            .help("name a description with `paths`, or give an operation `exposure: public`"),
    )
}
