//! Backends that are the same servers: two may name one instance and port, or one host.
//! In: backends as written. Out: a number for each, equal for those that one request can reach.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::{BackendSpec, Blueprint, TargetsSpec, ValueSpec};
use crate::plan::BackendPlan;

/// Servers of the backends.
pub(crate) struct ServerGroups {
    /// Equal numbers: the same servers.
    pub(crate) numbers: Vec<usize>,
    /// Segments of the path that the `url` of each begins with.
    pub(crate) paths: Vec<Vec<Arc<str>>>,
}

/// Addresses of servers, and the `Host` header that they get.
#[derive(Default)]
struct ServerIdentity {
    by: Vec<String>,
    host: Option<String>,
    path: Vec<Arc<str>>,
}

impl ServerGroups {
    pub(crate) fn of(blueprint: &Blueprint, backends: &[BackendPlan]) -> Self {
        let known: Vec<ServerIdentity> = backends
            .iter()
            .map(|backend| identity(blueprint, &backend.name))
            .collect();
        let mut numbers: Vec<usize> = (0..known.len()).collect();
        let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, identity) in known.iter().enumerate() {
            for by in &identity.by {
                members.entry(by).or_default().push(index);
            }
        }
        for list in members.values() {
            // The header distinguishes servers on one address, unless one of them gets none.
            let has_hosts = list.iter().all(|index| known[*index].host.is_some());
            let mut first: BTreeMap<Option<&str>, usize> = BTreeMap::new();
            for index in list {
                let host = known[*index].host.as_deref().filter(|_| has_hosts);
                let first = *first.entry(host).or_insert(*index);
                let (one, other) = (root(&numbers, first), root(&numbers, *index));
                numbers[one.max(other)] = one.min(other);
            }
        }
        let roots = (0..numbers.len()).map(|index| root(&numbers, index));
        Self {
            numbers: roots.collect(),
            paths: known.into_iter().map(|identity| identity.path).collect(),
        }
    }
}

fn root(numbers: &[usize], mut at: usize) -> usize {
    while numbers[at] != at {
        at = numbers[at];
    }
    at
}

fn identity(blueprint: &Blueprint, name: &str) -> ServerIdentity {
    let spec = blueprint.spec.backends.get(name);
    if let Some(url) = spec.and_then(|spec| spec.url.as_ref()) {
        return of_url(url);
    }
    let Some((spec, by)) = spec.and_then(|spec| Some((spec, addresses(spec)?))) else {
        return ServerIdentity {
            by: vec![format!("backend {name}")],
            ..ServerIdentity::default()
        };
    };
    // A host that is known only at deploy time may be any other one.
    let host = spec.host.as_ref();
    let host = host.filter(|host| matches!(host, ValueSpec::Literal(_)));
    ServerIdentity {
        by,
        host: host.map(text),
        path: Vec::new(),
    }
}

/// Addresses of the targets; none for a service of ECS, which has a target group of its own.
fn addresses(spec: &BackendSpec) -> Option<Vec<String>> {
    // No `..`: a kind of target without its address here would hide that two backends are one.
    let TargetsSpec {
        instances,
        autoscaling_groups,
        ips,
        ecs: _,
        hosts,
        target_group,
        function,
    } = spec.targets.as_ref()?;
    let port = spec.port.map(|port| port.number().to_string());
    let port = port.unwrap_or_default();
    let lists = [instances, autoscaling_groups, ips, hosts];
    if let Some(list) = lists.into_iter().flatten().next() {
        let address = |value| format!("{} {port}", text(value));
        return Some(list.iter().map(address).collect());
    }
    let group = target_group.as_ref().map(|group| ("group", group));
    let (kind, value) = group.or(function.as_ref().map(|function| ("function", function)))?;
    Some(vec![format!("{kind} {}", text(value))])
}

fn of_url(url: &ValueSpec) -> ServerIdentity {
    let ValueSpec::Literal(literal) = url else {
        return ServerIdentity {
            by: vec![text(url)],
            ..ServerIdentity::default()
        };
    };
    let rest = literal
        .split_once("://")
        .map_or(&**literal, |(_, rest)| rest);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = authority.to_ascii_lowercase();
    let authority = authority.strip_suffix(":443").unwrap_or(&authority);
    let path = path.split('/').filter(|segment| !segment.is_empty());
    ServerIdentity {
        by: vec![format!("host {authority}")],
        host: None,
        path: path.map(Arc::from).collect(),
    }
}

/// A value as a text that is equal for equal values.
fn text(value: &ValueSpec) -> String {
    match value {
        ValueSpec::Literal(text) => format!("text {}", text.to_ascii_lowercase()),
        ValueSpec::Variable(variable) => format!("var {}", variable.name),
        ValueSpec::Parameter(path) => format!("ssm {path}"),
        ValueSpec::Expression(text) => format!("expr {text}"),
    }
}
