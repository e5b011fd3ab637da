//! The blueprint with every default filled in, as YAML.
//!
//! In: `Blueprint`. Out: text that reads back as the same blueprint. Pure.
//! Defaults of what is not built are left out: the text could not be read.

use super::auth::AuthSpec;
use super::backends::{BackendSpec, EcsSpec, HealthCheckProtocol, HealthCheckSpec, Protocol};
use super::routes::{MatchSpec, RouteSpec};
use super::spec::{BlueprintSpec, OutputFormat, Topology};
use super::values::Value;
use super::{
    AccessLogSpec, AlbListenerSpec, AlbRules, Blueprint, Port, Reserved, Switch, TlsSpec, defaults,
    yaml,
};

/// The blueprint with every default filled in, and with what it extends.
pub fn show(blueprint: &Blueprint) -> String {
    let mut spec = blueprint.spec.clone();
    fill(&mut spec);
    let mut json = serde_json::to_value(&spec)
        .expect("every part of a blueprint is text, a number or made of them");
    yaml::without_null(&mut json);
    yaml::document(&json)
}

fn fill(spec: &mut BlueprintSpec) {
    // What it extended is part of it by now.
    spec.extends = None;
    spec.r#abstract = None;
    let output = spec.output.get_or_insert_default();
    output
        .dir
        .get_or_insert_with(|| defaults::OUTPUT_DIR.to_owned());
    // The other formats have no template.
    if *output.format.get_or_insert(defaults::FORMAT) == OutputFormat::Cloudformation {
        output.template.get_or_insert(defaults::TEMPLATE);
    }
    output.api_style.get_or_insert(defaults::API_STYLE);
    output.layout.get_or_insert(defaults::LAYOUT);
    output.files.get_or_insert(defaults::FILES);
    output.nested.get_or_insert(Reserved(defaults::NESTED));
    spec.account
        .get_or_insert_default()
        .cloudwatch_role
        .get_or_insert(defaults::CLOUDWATCH_ROLE);
    for backend in spec.backends.values_mut() {
        fill_backend(backend, spec.topology);
    }
    fill_routes(spec);
    let api = spec.api.get_or_insert_default();
    api.endpoint
        .get_or_insert_default()
        .r#type
        .get_or_insert(defaults::ENDPOINT);
    api.base_path.get_or_insert(defaults::BASE_PATH);
    api.partial_segments
        .get_or_insert(defaults::PARTIAL_SEGMENTS);
    fill_stage(spec);
    fill_alb(spec);
    if spec.topology == Topology::Forwarder {
        let forwarder = spec.forwarder.get_or_insert_default();
        forwarder
            .memory_mb
            .get_or_insert(defaults::FORWARDER_MEMORY);
        forwarder.timeout.get_or_insert(defaults::FORWARDER_TIMEOUT);
        forwarder
            .runtime
            .get_or_insert_with(|| defaults::FUNCTION_RUNTIME.to_owned());
    }
    fill_sync(spec);
    fill_auth(spec);
    if spec.topology == Topology::Alb {
        let link = spec.vpc_link.get_or_insert_default();
        // A link that is there keeps its own.
        if link.existing.is_none() {
            link.subnets = link
                .subnets
                .take()
                .or_else(|| spec.network.as_ref().map(|it| it.subnets.clone()));
        }
    }
    if matches!(
        spec.topology,
        Topology::NlbTargets | Topology::NlbAlb | Topology::NlbAlbSync
    ) {
        let nlb = spec.nlb.get_or_insert_default();
        // A balancer that is there keeps its own.
        if nlb.existing.is_none() {
            nlb.cross_zone.get_or_insert(defaults::CROSS_ZONE);
            nlb.deletion_protection
                .get_or_insert(defaults::DELETION_PROTECTION);
        }
    }
}

fn fill_stage(spec: &mut BlueprintSpec) {
    let stage = spec.stage.get_or_insert_default();
    stage
        .name
        .get_or_insert_with(|| Value::Literal(defaults::STAGE.to_owned()));
    if let Switch::On(log) = stage
        .access_log
        .get_or_insert_with(|| Switch::On(AccessLogSpec::default()))
    {
        log.retention_days
            .get_or_insert(defaults::ACCESS_LOG_RETENTION);
    }
    if let Some(Switch::On(cache)) = &mut stage.cache {
        cache.ttl.get_or_insert(defaults::CACHE_TTL);
        cache.encrypted.get_or_insert(defaults::CACHE_ENCRYPTED);
    }
    stage.execution_log.get_or_insert(defaults::EXECUTION_LOG);
    stage.metrics.get_or_insert(defaults::METRICS);
    stage.tracing.get_or_insert(defaults::TRACING);
    stage
        .client_certificate
        .get_or_insert(defaults::CLIENT_CERTIFICATE);
}

/// The application load balancer; one that is there keeps its own.
fn fill_alb(spec: &mut BlueprintSpec) {
    if !matches!(
        spec.topology,
        Topology::NlbAlb | Topology::NlbAlbSync | Topology::Alb
    ) {
        return;
    }
    let alb = spec.alb.get_or_insert_default();
    for listener in alb.listeners.iter_mut().flatten() {
        listener.protocol.get_or_insert(defaults::PROTOCOL);
    }
    if let Some(existing) = &mut alb.existing {
        existing.rules.get_or_insert(AlbRules::Emit);
        return;
    }
    alb.listeners.get_or_insert_with(|| {
        let port = Port::new(defaults::ALB_PORT).into_iter();
        port.map(|port| AlbListenerSpec {
            port,
            protocol: Some(defaults::PROTOCOL),
            certificate: None,
        })
        .collect()
    });
    alb.idle_timeout.get_or_insert(defaults::ALB_IDLE_TIMEOUT);
    alb.deletion_protection
        .get_or_insert(defaults::DELETION_PROTECTION);
}

fn fill_sync(spec: &mut BlueprintSpec) {
    if spec.topology != Topology::NlbAlbSync {
        return;
    }
    let sync = spec.sync.get_or_insert_default();
    sync.schedule.get_or_insert(defaults::SYNC_SCHEDULE);
    sync.missing_before_deregister
        .get_or_insert(defaults::SYNC_MISSING_BEFORE_DEREGISTER);
    sync.max_lookups_per_run
        .get_or_insert(defaults::SYNC_MAX_LOOKUPS_PER_RUN);
    sync.state.get_or_insert(defaults::SYNC_STATE);
    sync.runtime
        .get_or_insert_with(|| defaults::FUNCTION_RUNTIME.to_owned());
    sync.reserve_concurrency
        .get_or_insert(defaults::SYNC_RESERVE_CONCURRENCY);
}

fn fill_auth(spec: &mut BlueprintSpec) {
    for entry in spec.auth.iter_mut().flatten().map(|it| it.1) {
        if let AuthSpec::Lambda(lambda) = entry {
            lambda.kind.get_or_insert(defaults::AUTHORIZER_KIND);
            lambda.identity = Some(lambda.identity_sources());
            lambda.ttl.get_or_insert(defaults::AUTHORIZER_TTL);
        }
    }
    if spec.usage_plans.is_some() {
        spec.api
            .get_or_insert_default()
            .api_key_source
            .get_or_insert(defaults::API_KEY_SOURCE);
    }
}

fn fill_backend(backend: &mut BackendSpec, topology: Topology) {
    if topology == Topology::Internet && backend.url.is_some() {
        backend
            .path_prefix
            .get_or_insert_with(|| defaults::PATH_PREFIX.to_owned());
    }
    if backend.targets.is_none()
        || backend
            .targets
            .as_ref()
            .is_some_and(|targets| targets.function.is_some())
    {
        return;
    }
    if topology == Topology::NlbTargets {
        backend.listener_port = backend
            .listener_port
            .or_else(|| defaults::listener_port(backend));
    }
    backend
        .path_prefix
        .get_or_insert_with(|| defaults::PATH_PREFIX.to_owned());
    if *backend.protocol.get_or_insert(defaults::PROTOCOL) == Protocol::Https {
        backend
            .tls
            .get_or_insert(TlsSpec { verify: None })
            .verify
            .get_or_insert(defaults::TLS_VERIFY);
    }
    if topology == Topology::Forwarder {
        return;
    }
    if backend
        .targets
        .as_ref()
        .is_some_and(|targets| targets.ips.is_some())
    {
        backend.outside_vpc.get_or_insert(defaults::OUTSIDE_VPC);
    }
    // A target group that is there keeps its own delay and health check.
    if backend
        .targets
        .as_ref()
        .is_some_and(|targets| targets.target_group.is_some())
    {
        return;
    }
    backend
        .deregistration_delay
        .get_or_insert(defaults::DEREGISTRATION_DELAY);
    if let Some(EcsSpec::With(ecs)) = backend
        .targets
        .as_mut()
        .and_then(|targets| targets.ecs.as_mut())
    {
        ecs.network.get_or_insert(defaults::ECS_NETWORK);
        ecs.deployment.get_or_insert(defaults::ECS_DEPLOYMENT);
    }
    let Some(protocol) = defaults::health_protocol(topology) else {
        return;
    };
    fill_health_check(backend.health_check.get_or_insert_default(), protocol);
}

fn fill_health_check(health: &mut HealthCheckSpec, default: HealthCheckProtocol) {
    let protocol = *health.protocol.get_or_insert(default);
    health.port.get_or_insert(defaults::HEALTH_PORT);
    health.interval.get_or_insert(defaults::HEALTH_INTERVAL);
    health.timeout.get_or_insert(defaults::HEALTH_TIMEOUT);
    health.healthy.get_or_insert(defaults::HEALTHY);
    health.unhealthy.get_or_insert(defaults::UNHEALTHY);
    if protocol != HealthCheckProtocol::Tcp {
        health
            .path
            .get_or_insert_with(|| defaults::HEALTH_PATH.to_owned());
        health
            .matcher
            .get_or_insert_with(|| defaults::MATCHER.to_owned());
    }
}

/// A first rule for everything, which every other one wins over, says what goes without saying.
fn fill_routes(spec: &mut BlueprintSpec) {
    let only = if spec.backends.len() == 1 {
        spec.backends.keys().next().cloned()
    } else {
        None
    };
    let routes = spec.routes.get_or_insert_default();
    if routes.first().is_none_or(|route| !route.r#match.is_empty()) {
        routes.insert(0, everything());
    }
    if let Some(first) = routes.first_mut() {
        first.backend = first.backend.take().or(only);
        first.exposure.get_or_insert(defaults::EXPOSURE);
        first.timeout.get_or_insert(defaults::TIMEOUT);
    }
}

fn everything() -> RouteSpec {
    RouteSpec {
        r#match: MatchSpec::default(),
        backend: None,
        exposure: None,
        auth: None,
        weakens: None,
        scopes: None,
        api_key: None,
        validation: None,
        timeout: None,
        greedy: None,
        throttle: None,
        cache: None,
        optional: None,
    }
}
