//! The blueprint with every default filled in, as YAML.
//! In: `Blueprint`. Out: text that reads back as the same blueprint. Pure.

use serde_json::{Value, json};

use super::backends::{BackendSpec, HealthCheckProtocol, Protocol};
use super::routes::RouteSpec;
use super::spec::{BlueprintSpec, OutputFormat, Topology};
use super::{AuthSpec, Blueprint, yaml};
use crate::source::pointer::{self, child};

/// The blueprint with every default filled in, and with what it extends.
pub fn show(blueprint: &Blueprint) -> String {
    let spec = dependent(&blueprint.spec);
    let mut json = serde_json::to_value(&spec)
        .expect("every part of a blueprint is text, a number or made of them");
    for at in without_meaning(&spec) {
        omit(&mut json, blueprint, &at);
    }
    route_of_everything(&mut json, &spec);
    yaml::without_null(&mut json);
    yaml::document(&json)
}

/// The blueprint with the defaults that depend on other fields.
fn dependent(spec: &BlueprintSpec) -> BlueprintSpec {
    let mut spec = spec.clone();
    // What it extended is part of it by now.
    spec.extends = None;
    spec.r#abstract = None;
    let topology = spec.topology;
    for backend in spec.backends.values_mut() {
        if topology == Topology::NlbTargets && has_servers(backend) {
            backend.listener_port = backend.nlb_port();
        }
        backend.health_check.protocol = Some(backend.health_check.protocol(topology));
    }
    for entry in spec.auth.iter_mut().flatten().map(|(_, entry)| entry) {
        if let AuthSpec::Lambda(lambda, _) = entry {
            lambda.identity = Some(lambda.identity_sources());
        }
    }
    if spec.creates_alb() && spec.alb.listeners.is_none() {
        spec.alb.listeners = Some(spec.alb.listeners());
    }
    if spec.creates_alb_link_without(|link| link.subnets.is_some()) {
        spec.vpc_link.subnets = spec.network.as_ref().map(|network| network.subnets.clone());
    }
    spec
}

fn has_servers(backend: &BackendSpec) -> bool {
    backend.targets.is_some() && !backend.is_function()
}

/// Pointers of the parts whose defaults have no effect.
fn without_meaning(spec: &BlueprintSpec) -> Vec<String> {
    let topology = spec.topology;
    let has_new_link = spec.creates_alb_link_without(|_| false);
    let has_old_alb = spec.alb.existing.is_some();
    let parts = [
        // The other formats have no template.
        (
            "/output/template",
            spec.output.format != OutputFormat::Cloudformation,
        ),
        ("/api/validation", true),
        ("/api/api_key_source", spec.usage_plans.is_none()),
        ("/api/gateway_responses", true),
        ("/api/cors", true),
        ("/api/domain", true),
        ("/api/disable_execute_api", true),
        // A link or balancer that is there keeps its own.
        ("/vpc_link", !has_new_link),
        ("/nlb", !topology.has_nlb() || spec.nlb.existing.is_some()),
        ("/alb", !topology.has_alb()),
        ("/alb/idle_timeout", has_old_alb),
        ("/alb/deletion_protection", has_old_alb),
        ("/sync", !topology.has_sync()),
        ("/forwarder", topology != Topology::Forwarder),
        ("/lint", true),
        ("/limits", true),
        ("/cost", true),
    ];
    let parts = parts.into_iter().filter(|(_, is_without)| *is_without);
    let mut all: Vec<String> = parts.map(|(at, _)| at.to_owned()).collect();
    for (name, backend) in &spec.backends {
        let at = child("/backends", name);
        let parts = without_meaning_of(backend, topology);
        all.extend(parts.iter().map(|part| format!("{at}/{part}")));
    }
    all
}

fn without_meaning_of(backend: &BackendSpec, topology: Topology) -> Vec<&'static str> {
    let has_servers = has_servers(backend);
    let is_called = topology == Topology::Internet && backend.url.is_some();
    let is_balanced = has_servers && topology != Topology::Forwarder;
    let targets = backend.targets.as_ref();
    // A target group that is there keeps its own delay and health check.
    let is_new = is_balanced && targets.is_some_and(|targets| targets.target_group.is_none());
    let is_checked = is_new && topology != Topology::Internet;
    let by_tcp = backend.health_check.protocol == Some(HealthCheckProtocol::Tcp);
    let ips = targets.and_then(|targets| targets.ips.as_ref());
    let parts = [
        ("protocol", has_servers),
        ("tls", has_servers && backend.protocol == Protocol::Https),
        ("outside_vpc", is_balanced && ips.is_some()),
        ("health_check", is_checked),
        ("health_check/path", is_checked && !by_tcp),
        ("health_check/matcher", is_checked && !by_tcp),
        ("deregistration_delay", is_new),
        ("path_prefix", has_servers || is_called),
    ];
    parts
        .into_iter()
        .filter_map(|(part, is_meant)| (!is_meant).then_some(part))
        .collect()
}

/// Takes out what is not written of the part there.
fn omit(json: &mut Value, blueprint: &Blueprint, at: &str) {
    let names: Vec<String> = match json.pointer(at) {
        _ if !blueprint.is_written(at) => {
            let (parent, name) = at.rsplit_once('/').unwrap_or_default();
            if let Some(Value::Object(members)) = json.pointer_mut(parent) {
                members.shift_remove(&*pointer::unescaped(name));
            }
            return;
        }
        Some(Value::Object(members)) => members.keys().cloned().collect(),
        Some(Value::Array(items)) => (0..items.len()).map(|index| index.to_string()).collect(),
        _ => return,
    };
    for name in names {
        omit(json, blueprint, &child(at, name));
    }
}

/// Adds a first route for all operations with the default settings; every other route overrides it.
fn route_of_everything(json: &mut Value, spec: &BlueprintSpec) {
    // A written timeout may not be longer than that of the function which forwards.
    let is_longer =
        spec.topology == Topology::Forwarder && RouteSpec::TIMEOUT > spec.forwarder.timeout;
    let defaults = json!({
        "match": {},
        "backend": spec.only_backend(),
        "exposure": RouteSpec::EXPOSURE,
        "timeout": (!is_longer).then_some(RouteSpec::TIMEOUT),
    });
    let mut routes = json["routes"].as_array().cloned().unwrap_or_default();
    let first = spec.routes.iter().flatten().next();
    match (first, routes.first_mut(), defaults) {
        (Some(route), Some(first), Value::Object(defaults)) if route.r#match.is_empty() => {
            for (field, value) in defaults {
                if first[&field].is_null() {
                    first[&field] = value;
                }
            }
        }
        (_, _, defaults) => routes.insert(0, defaults),
    }
    json["routes"] = routes.into();
}
