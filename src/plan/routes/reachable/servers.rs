//! Backends that are the same servers.
//!
//! In: backends as written. Out: a number for each, the same for those that one request can reach.
//! Pure.
//! A name is no address: two backends may name one instance and port, or one host.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blueprint::{Blueprint, Value, Values};
use crate::plan::BackendPlan;

/// Servers of the backends.
pub(crate) struct ServerGroups {
    /// Equal numbers: the same servers.
    pub(crate) numbers: Vec<usize>,
    /// Segments of the path that the `url` of each begins with.
    pub(crate) paths: Vec<Vec<Arc<str>>>,
}

/// Addresses of servers, and the `Host` header that they get.
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
        let numbers = (0..numbers.len())
            .map(|index| root(&numbers, index))
            .collect();
        Self {
            numbers,
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
    let own = || ServerIdentity {
        by: vec![format!("backend {name}")],
        host: None,
        path: Vec::new(),
    };
    let Some(spec) = blueprint.spec.backends.get(name) else {
        return own();
    };
    if let Some(url) = &spec.url {
        return of_url(url);
    }
    let Some(targets) = &spec.targets else {
        return own();
    };
    let port = spec
        .port
        .map(|port| port.number().to_string())
        .unwrap_or_default();
    let values = |values: &Values| -> Vec<String> {
        match values {
            Values::List(list) => list
                .iter()
                .map(|value| format!("{} {port}", text(value)))
                .collect(),
            Values::One(value) => vec![format!("{} {port}", text(value))],
        }
    };
    let lists = [
        &targets.instances,
        &targets.autoscaling_groups,
        &targets.ips,
        &targets.hosts,
    ];
    let by = match (
        lists.into_iter().flatten().next(),
        &targets.target_group,
        &targets.function,
    ) {
        (Some(list), _, _) => values(list),
        (None, Some(group), _) => vec![format!("group {}", text(group))],
        (None, None, Some(function)) => vec![format!("function {}", text(function))],
        // A service of ECS has a target group of its own.
        (None, None, None) => return own(),
    };
    // A host that is known only at deploy time may be any other one.
    let host = spec
        .host
        .as_ref()
        .filter(|host| matches!(host, Value::Literal(_)))
        .map(text);
    ServerIdentity {
        by,
        host,
        path: Vec::new(),
    }
}

fn of_url(url: &Value) -> ServerIdentity {
    let Value::Literal(literal) = url else {
        return ServerIdentity {
            by: vec![text(url)],
            host: None,
            path: Vec::new(),
        };
    };
    let rest = literal
        .split_once("://")
        .map_or(literal.as_str(), |(_, rest)| rest);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = authority.to_ascii_lowercase();
    let authority = authority.strip_suffix(":443").unwrap_or(&authority);
    let path = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(Arc::from)
        .collect();
    ServerIdentity {
        by: vec![format!("host {authority}")],
        host: None,
        path,
    }
}

/// A value as a text that is equal for equal values.
fn text(value: &Value) -> String {
    match value {
        Value::Literal(text) => format!("text {}", text.to_ascii_lowercase()),
        Value::Variable(variable) => format!("var {}", variable.name),
        Value::Parameter(path) => format!("ssm {path}"),
        Value::Expression(text) => format!("expr {text}"),
    }
}
