//! Joins the description with the blueprint: every default is filled in, every operation has its way or the reason why not.
//!
//! In: `Api`, `Blueprint`. Out: `Outcome<Plan>`. Pure.
//! Every decision about what to build is made here and nowhere later.

mod alb;
mod backends;
mod balancer;
mod extensions;
mod forwarder;
mod functions;
mod headers;
mod internet;
mod link;
mod listener_rules;
pub mod names;
mod parameters;
mod paths;
mod patterns;
mod python;
mod routes;
mod rules;
mod schemes;
mod security;
mod sync;
mod targets;
mod tree;
mod variables;
mod ways;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::{self, Blueprint};
use crate::diagnostic::{self, Diagnostic, Outcome, Place};
use crate::openapi::{Api, HttpMethod};
pub use alb::{AlbBalancerPlan, AlbListenerPlan, AlbPlan};
pub use balancer::{AccessLogsPlan, BalancerPlan, NlbPlan, SourcePlan};
pub use headers::is_dropped;
pub use link::{LinkOrigin, LinkPlan};
pub use listener_rules::{Destination, HEALTH_PATH, ListenerRule as RulePlan};
pub use names::Prefix;
pub use paths::{Segment, text_of};
pub use sync::SyncPlan;
pub use tree::{Refusal, meets};
pub use ways::{
    BackendPlan, ForwarderGroupsPlan, ForwarderPlan, ForwardersPlan, FunctionPlan, HeaderPlan, HeaderSource, InternetPlan, NetworkPlan,
    ParameterPlan, Way,
};

/// Text that is known now or at deploy time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    Literal(Arc<str>),
    /// An input of the stack, by name.
    Input(Arc<str>),
    /// A Terraform expression, as `terraform fmt` spells it.
    Expression(Arc<str>),
    /// A parameter of the Systems Manager, by path.
    Parameter {
        path: Arc<str>,
        /// Its commas separate items.
        is_list: bool,
    },
}

/// A list, or one reference that yields one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    List(Vec<Value>),
    One(Value),
}

/// Type of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InputType {
    Text,
    Environment,
    StageName,
    Vpc,
    Subnet,
    Subnets,
    Instance,
    Instances,
    SecurityGroup,
    Function,
    Url,
    HeaderValue,
    BalancerGroup,
    BalancerGroups,
    AutoscalingGroup,
    AutoscalingGroups,
    Address,
    Addresses,
    Cidr,
    Cidrs,
    /// ARN of a target group.
    TargetGroup,
    /// ARN of a load balancer.
    Balancer,
    BalancerName,
    VpcLink,
    /// Id of a link that leads to an application load balancer.
    LinkV2,
    LinkSubnet,
    LinkSubnets,
    LinkGroup,
    LinkGroups,
    Certificate,
    Bucket,
    /// ARN of an application load balancer.
    Alb,
    /// ARN of one of its listeners.
    AlbListener,
    /// Security group or range of private callers.
    Client,
    Clients,
    FunctionSubnet,
    FunctionSubnets,
    FunctionGroup,
    FunctionGroups,
    /// DNS name of an application load balancer, as AWS made it.
    AlbName,
    /// ARN of a topic.
    Topic,
    /// DNS name or address.
    Host,
    Hosts,
}

impl InputType {
    pub fn is_list(self) -> bool {
        match self {
            Self::Subnets
            | Self::Instances
            | Self::BalancerGroups
            | Self::AutoscalingGroups
            | Self::Addresses
            | Self::Cidrs
            | Self::Clients
            | Self::FunctionSubnets
            | Self::FunctionGroups
            | Self::LinkSubnets
            | Self::LinkGroups
            | Self::Hosts => true,
            Self::FunctionSubnet | Self::FunctionGroup | Self::AlbName | Self::Topic | Self::Host => false,
            Self::LinkV2 | Self::LinkSubnet | Self::LinkGroup => false,
            Self::Text
            | Self::Environment
            | Self::StageName
            | Self::Vpc
            | Self::Subnet
            | Self::Instance
            | Self::SecurityGroup
            | Self::BalancerGroup
            | Self::AutoscalingGroup
            | Self::Address
            | Self::Cidr
            | Self::TargetGroup
            | Self::Balancer
            | Self::BalancerName
            | Self::VpcLink
            | Self::Certificate
            | Self::Bucket
            | Self::Alb
            | Self::AlbListener
            | Self::Client
            | Self::Function
            | Self::Url
            | Self::HeaderValue => false,
        }
    }
}

/// Something that the user gives at deploy time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputPlan {
    pub of: InputType,
    pub description: Arc<str>,
    /// One text, or several where the type is a list.
    pub default: Option<Vec<Arc<str>>>,
    pub is_sensitive: bool,
}

/// Where and how the result is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputPlan {
    pub format: blueprint::Format,
    pub layout: blueprint::Layout,
    pub files: blueprint::FileLayout,
}

/// How a backend behind the load balancer is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancedPlan {
    pub name: Arc<str>,
    pub port: u16,
    /// Of the network load balancer's listener, or of the application load balancer's.
    pub listener_port: u16,
    /// The gateway speaks https.
    pub is_tls: bool,
    /// What the balancer speaks to the targets.
    pub protocol: TargetProtocol,
    /// Host of the URI; the balancer's own name where there is none.
    pub host: Option<Value>,
    pub skips_verification: bool,
    pub targets: TargetsPlan,
    pub health_check: HealthCheckPlan,
    pub deregistration_delay_s: u32,
    /// Group of the backend that has to admit the balancer.
    pub security_group: Option<Value>,
}

/// What a balancer speaks to its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetProtocol {
    Tcp,
    /// The balancer ends the gateway's TLS and opens its own.
    Tls,
    Http,
    Https,
}

/// What a backend runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetsPlan {
    Instances(Values),
    /// Names of autoscaling groups; `None` where the format cannot attach them.
    AutoscalingGroups(Option<Values>),
    /// Addresses, all of them inside the VPC or all outside.
    Ips {
        addresses: Values,
        outside_vpc: bool,
    },
    /// Services of ECS register themselves, by address (`awsvpc`) or by instance (`bridge`).
    ///
    /// Blue-green ones switch the listener between two groups.
    Ecs {
        by_address: bool,
        is_blue_green: bool,
    },
    /// ARN of a target group that is there.
    Existing(Value),
}

/// How the balancer asks a target whether it is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheckPlan {
    pub protocol: blueprint::HealthProtocol,
    pub path: Arc<str>,
    pub matcher: Arc<str>,
    /// `None`: the port that serves.
    pub port: Option<u16>,
    pub interval_s: u32,
    pub timeout_s: u32,
    pub healthy: u32,
    pub unhealthy: u32,
}

/// An operation under a mount, with what was decided of it.
#[derive(Clone, Debug)]
pub struct OperationPlan {
    /// Index of its description in `spec`.
    pub description: usize,
    pub method: HttpMethod,
    /// The path as the description writes it.
    pub path: Arc<str>,
    pub place: Place,
    pub exposure: blueprint::Exposure,
    /// Index into `Plan::backends`; of public operations always there.
    pub backend: Option<usize>,
    pub timeout_ms: u32,
    /// Path on the gateway, with the mount and a base path that is served there; `None` where a REST API cannot hold it.
    pub gateway_path: Option<Vec<Segment>>,
    /// Path on the gateway of what is not public, where it has whole segments.
    pub asked_path: Option<Vec<Segment>>,
    /// What is not public, where private callers come to a balancer: base path and path as the description writes them.
    pub private_path: Option<Arc<str>>,
    /// Path that the backend gets.
    pub backend_path: Vec<Segment>,
    /// The backend's path ends with `/`.
    pub has_trailing_slash: bool,
    /// `method.request.…` and whether it is required.
    pub request_parameters: Arc<BTreeMap<String, bool>>,
}

impl OperationPlan {
    pub fn is_public(&self) -> bool {
        self.exposure == blueprint::Exposure::Public
    }
}

/// Quotas of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsPlan {
    pub resources: u64,
    pub nlb_listeners: u64,
    pub listener_rules: u64,
    pub target_groups: u64,
}

/// What is to be built, decided.
#[derive(Clone, Debug)]
pub struct Plan {
    pub prefix: Prefix,
    /// Of the first description.
    pub title: Arc<str>,
    /// Main files of the descriptions, as `spec` writes them.
    pub descriptions: Vec<Arc<str>>,
    pub region: Option<Arc<str>>,
    pub output: OutputPlan,
    pub tags: BTreeMap<Arc<str>, Value>,
    /// `None` where nothing stands behind a load balancer.
    pub network: Option<NetworkPlan>,
    /// `None` where no function of ours forwards requests.
    pub forwarders: Option<ForwardersPlan>,
    pub inputs: BTreeMap<Arc<str>, InputPlan>,
    /// Parameters of the Systems Manager, by path.
    pub parameters: BTreeMap<Arc<str>, ParameterPlan>,
    /// By name.
    pub backends: Vec<BackendPlan>,
    /// By gateway path and method.
    pub operations: Vec<OperationPlan>,
    /// Answers of the gateway's own, where an operation that is not public would be taken for a public one.
    pub refusals: Vec<Refusal>,
    /// Sorted.
    pub binary_media_types: Vec<Arc<str>>,
    /// An API is made, and the way to it.
    pub has_gateway: bool,
    pub stage_name: Value,
    pub cross_zone: bool,
    pub deletion_protection: bool,
    pub limits: LimitsPlan,
    /// Where a finding about the blueprint as a whole stands.
    pub place: Place,
}

/// Joins descriptions, in the order of `spec`, with a blueprint.
///
/// Errors: those of `backends`, `rules`, `routes`, `security`, `parameters`, `tree` and `variables`; GW3006 nothing public, GW2002 name,
/// GW2070 nothing but a load balancer.
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

/// Whether nothing is public, and private callers are served by rules of the application load balancer.
fn is_private_alone(plan: &Plan) -> bool {
    let has_rules = plan.network.as_ref().and_then(|it| it.alb.as_ref()).is_some_and(|it| it.emits_rules);
    let is_served = |it: &OperationPlan| {
        it.exposure == blueprint::Exposure::Internal && it.backend.is_some_and(|index| plan.backends[index].balanced().is_some())
    };
    has_rules && !plan.operations.iter().any(OperationPlan::is_public) && plan.operations.iter().any(is_served)
}

fn balancer_alone(blueprint: &Blueprint) -> Diagnostic {
    let spec = &blueprint.spec;
    let written = [("nlb", spec.nlb.is_some()), ("vpc_link", spec.vpc_link.is_some()), ("stage", spec.stage.is_some())];
    let names: Vec<String> = written.iter().filter(|it| it.1).map(|it| format!("`{}`", it.0)).collect();
    let without_effect = if names.is_empty() { String::new() } else { format!("; without effect: {}", names.join(", ")) };
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
    let mut diagnostics = Vec::new();
    let format = spec.output.as_ref().and_then(|it| it.format).unwrap_or(blueprint::defaults::FORMAT);
    let mut variables = variables::Variables::new(blueprint, format, &mut diagnostics);
    variables.has_gateway = has_gateway;
    let vpc_and_subnets = balancer::vpc_and_subnets(spec, &mut variables);
    let prefix = Prefix {
        name: spec.name.as_str().into(),
        environment: spec.environment.as_ref().map(|it| variables.value(it, InputType::Environment, "/environment")),
    };
    let stage = spec.stage.as_ref().and_then(|it| it.name.as_ref());
    let stage_name = stage.map_or_else(
        || Value::Literal(blueprint::defaults::STAGE.into()),
        |it| variables.of_gateway(it, InputType::StageName, "/stage/name"),
    );
    let tags = tags(blueprint, &mut variables);
    let mut backends = backends::backends(blueprint, &mut variables);
    let mut network = vpc_and_subnets.map(|(vpc, subnets)| {
        let nlb = (has_gateway && balancer::has_nlb(spec.topology)).then(|| balancer::nlb(blueprint, &mut variables));
        let link = (has_gateway && link::has_link(spec.topology)).then(|| link::link(blueprint, &mut variables));
        let alb = alb::has_alb(spec.topology).then(|| alb::alb(blueprint, &mut variables));
        let sync = if has_gateway { sync::sync(blueprint, &mut variables, alb.as_ref()) } else { None };
        NetworkPlan { vpc, subnets, nlb, link, alb, sync }
    });
    let mut forwarders = forwarder::forwarders(blueprint, &mut variables);
    let (inputs, parameters) = variables.finish();
    if spec.name == "internal" || spec.name.starts_with("internal-") {
        diagnostics.push(reserved_name(blueprint));
    }
    diagnostics.extend(apis.iter().flat_map(refused_extensions));
    diagnostics.extend(schemes::conflicting(apis, blueprint));
    let routes = routes::routes(apis, blueprint, &backends, &mut diagnostics);
    let is_asked = network.as_ref().is_some_and(|it| it.nlb.is_some());
    if let Some(alb) = network.as_mut().and_then(|it| it.alb.as_mut()) {
        alb::rules(alb, blueprint, (&backends, &routes.operations), is_asked, &mut diagnostics);
    }
    forwarder::after_routes(blueprint, &routes, (&mut backends, forwarders.as_mut()), &mut diagnostics);
    let nlb = spec.nlb.as_ref();
    let output = spec.output.as_ref();
    let plan = Plan {
        prefix,
        title: apis.first().map(|it| Arc::clone(&it.title)).unwrap_or_default(),
        descriptions: spec.spec.iter().map(|it| it.as_str().into()).collect(),
        region: spec.region.as_deref().map(Arc::from),
        output: OutputPlan {
            format,
            layout: output.and_then(|it| it.layout).unwrap_or(blueprint::defaults::LAYOUT),
            files: output.and_then(|it| it.files).unwrap_or(blueprint::defaults::FILES),
        },
        tags,
        network,
        forwarders,
        inputs,
        parameters,
        backends,
        operations: routes.operations,
        refusals: routes.refusals,
        binary_media_types: routes.binary_media_types,
        has_gateway,
        stage_name,
        cross_zone: nlb.and_then(|it| it.cross_zone).unwrap_or(blueprint::defaults::CROSS_ZONE),
        deletion_protection: nlb.and_then(|it| it.deletion_protection).unwrap_or(blueprint::defaults::DELETION_PROTECTION),
        limits: limits(spec),
        place: blueprint.place(""),
    };
    diagnostics.extend(nothing_public(&plan, blueprint));
    diagnostics.extend(headers::unauthenticated(&plan, blueprint));
    Outcome::new(plan, diagnostics)
}

/// Quotas as the account has them, or as it has them at first.
fn limits(spec: &blueprint::BlueprintSpec) -> LimitsPlan {
    let limits = spec.limits.as_ref();
    LimitsPlan {
        resources: limits.and_then(|it| it.resources).unwrap_or(crate::limits::RESOURCES),
        nlb_listeners: limits.and_then(|it| it.nlb_listeners).unwrap_or(crate::limits::NLB_LISTENERS),
        listener_rules: limits.and_then(|it| it.listener_rules).unwrap_or(crate::limits::LISTENER_RULES),
        target_groups: limits.and_then(|it| it.target_groups).unwrap_or(crate::limits::TARGET_GROUPS),
    }
}

/// Every resource that can be tagged gets these.
fn tags(blueprint: &Blueprint, variables: &mut variables::Variables<'_>) -> BTreeMap<Arc<str>, Value> {
    let mut tags: BTreeMap<Arc<str>, Value> = BTreeMap::from([("managed-by".into(), Value::Literal("gwgen".into()))]);
    for (name, value) in blueprint.spec.tags.iter().flatten() {
        let value = variables.value(value, InputType::Text, &crate::source::pointer::child("/tags", name));
        tags.insert(name.as_str().into(), value);
    }
    tags
}

/// Source: AWS-RULES L1 (Elastic Load Balancing API reference, CreateLoadBalancer).
fn reserved_name(blueprint: &Blueprint) -> Diagnostic {
    diagnostic::INVALID_VALUE
        .at(blueprint.place("/name"))
        .message("AWS keeps load balancer names that start with `internal-` for itself, and `name` is the start of this one's")
        .help("choose a name that does not start with `internal`")
}

/// Keys of the document itself that decide who may call the API.
fn refused_extensions(api: &Api) -> Vec<Diagnostic> {
    let deciding = api.extensions.iter().filter_map(|it| Some((it, crate::openapi::refuses(&it.name)?)));
    let misplaced = api.misplaced.iter().map(|it| extensions::misplaced(&it.name, &it.place));
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
    let why = if plan.operations.is_empty() { "the description has no operation" } else { "every operation is internal or hidden" };
    Some(
        diagnostic::NOTHING_PUBLIC
            .at(blueprint.place(if plan.operations.is_empty() { "/spec" } else { "/routes" }))
            .message(format_args!("there is nothing to serve on the gateway: {why}"))
            .help("name a description with `paths`, or give an operation `exposure: public`"),
    )
}
