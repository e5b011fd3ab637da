//! Requirements of a blueprint and its descriptions, read by their contract and not by the
//! crate.
//!
//! In: `Written`. Out: `Contract`: every operation under every mount, where it is served, to whom,
//! and by which servers. Pure.

use std::collections::BTreeSet;

use serde_json::Value;

use super::generator::{ANY, Written};
use super::template::{Segment, Template, covers, fits, rank, template};

/// Credentials that callers have to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Demand {
    /// Scheme of the blueprint's `auth`; none: nobody checks.
    pub(super) scheme: Option<String>,
    /// A token has to hold one of them.
    pub(super) scopes: BTreeSet<String>,
    pub(super) api_key: bool,
}

impl Demand {
    /// Returns whether whoever passes this one may pass the other, too.
    pub(super) fn is_enough_for(&self, other: &Self) -> bool {
        let has_scheme = other.scheme.is_none() || self.scheme == other.scheme;
        let has_scopes = other.scopes.is_empty()
            || (!self.scopes.is_empty() && self.scopes.is_subset(&other.scopes));
        has_scheme && has_scopes && (self.api_key || !other.api_key)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exposure {
    Public,
    Internal,
    Hidden,
}

/// Servers, as requests find them.
#[derive(Debug)]
pub(super) struct Backend {
    pub(super) name: String,
    /// `address:port`, or what stands for addresses that only a deployment knows.
    pub(super) servers: BTreeSet<String>,
    /// The `Host` that they see.
    pub(super) host: Option<String>,
    /// Put before paths.
    before: Template,
    /// It gets the path of the gateway.
    is_function: bool,
    /// The balancer's listener, where one picks by the path.
    pub(super) listener: Option<u64>,
}

/// An operation under a mount.
#[derive(Debug)]
pub(super) struct Operation {
    /// The same for all mounts.
    pub(super) source: usize,
    pub(super) name: String,
    pub(super) path: String,
    pub(super) method: String,
    pub(super) exposure: Exposure,
    pub(super) demand: Demand,
    pub(super) backend: usize,
    /// Path at the gateway.
    pub(super) gateway: Template,
    /// Count of segments of that which do not belong to the operation.
    pub(super) before: usize,
    /// Path at its backend.
    pub(super) behind: Template,
    /// The same without what is put before the paths of the backend.
    pub(super) private: Template,
}

impl Operation {
    pub(super) fn is_public(&self) -> bool {
        self.exposure == Exposure::Public
    }

    pub(super) fn takes(&self, method: &str) -> bool {
        self.method == "ANY" || self.method == method
    }
}

#[derive(Debug)]
pub(super) struct Contract {
    pub(super) operations: Vec<Operation>,
    pub(super) backends: Vec<Backend>,
    /// Private callers come to a balancer that picks by the path.
    pub(super) has_balancer: bool,
    pub(super) listeners: BTreeSet<u64>,
    pub(super) hosts: Vec<String>,
}

impl Contract {
    pub(super) fn of(written: &Written) -> Self {
        let blueprint = &written.blueprint;
        let has_balancer = blueprint["topology"].as_str().unwrap().contains("alb")
            && blueprint["topology"] != "nlb-targets";
        let ports: Vec<u64> = match blueprint["alb"]["listeners"].as_array() {
            Some(list) => list.iter().map(|it| it["port"].as_u64().unwrap()).collect(),
            None => vec![80],
        };
        let all = blueprint["backends"].as_object().unwrap();
        let backends: Vec<Backend> = all
            .iter()
            .map(|(name, it)| backend(name, it, has_balancer.then_some(ports[0])))
            .collect();
        let mut contract = Self {
            operations: Vec::new(),
            has_balancer,
            listeners: ports.into_iter().collect(),
            hosts: texts(&blueprint["alb"]["hosts"]),
            backends,
        };
        let mut source = 0;
        for (file, description) in &written.descriptions {
            let base = template(
                description["servers"][0]["url"]
                    .as_str()
                    .unwrap_or_default(),
            );
            for (path, item) in description["paths"].as_object().unwrap() {
                for (method, operation) in item
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(key, _)| *key != "parameters")
                {
                    let of = Described {
                        file,
                        path,
                        method,
                        operation,
                        root: &description["security"],
                        base: &base,
                        source,
                    };
                    contract.add(blueprint, &of);
                    source += 1;
                }
            }
        }
        contract
    }

    /// Adds an operation under every mount.
    fn add(&mut self, blueprint: &Value, of: &Described<'_>) {
        let root = [serde_json::json!({"at": "/"})];
        let base_path = blueprint["api"]["base_path"].as_str().unwrap_or("backend");
        for mount in blueprint["mounts"].as_array().map_or(&root[..], |it| it) {
            let at = mount["at"].as_str().unwrap();
            let said = Said::of(blueprint, of, at);
            let name = mount["backend"]
                .as_str()
                .or_else(|| mount["backends"][&said.backend].as_str())
                .unwrap_or(&said.backend);
            let backend = self.backends.iter().position(|it| it.name == name).unwrap();
            let own = said.own(of.path);
            let on_gateway = if base_path == "both" {
                of.base.clone()
            } else {
                Template::new()
            };
            let gateway = [template(at), on_gateway, own.clone()].concat();
            let in_front = if base_path == "ignore" {
                Template::new()
            } else {
                of.base.clone()
            };
            let servers = &self.backends[backend];
            let private = [in_front, own.clone()].concat();
            let behind = if servers.is_function {
                gateway.clone()
            } else {
                [servers.before.clone(), private.clone()].concat()
            };
            let method = if of.method == ANY {
                "ANY".to_owned()
            } else {
                of.method.to_uppercase()
            };
            let exposure = match said.exposure {
                Exposure::Internal if servers.listener.is_none() => Exposure::Hidden,
                other => other,
            };
            self.operations.push(Operation {
                source: of.source,
                name: format!("{method} {} of {} at {at}", of.path, of.file),
                path: of.path.to_owned(),
                before: gateway.len() - own.len(),
                exposure,
                demand: said.demand,
                method,
                backend,
                gateway,
                behind,
                private,
            });
        }
    }

    /// Operations that servers may take a request for, the one first that a router picks.
    pub(super) fn at_servers(
        &self,
        server: &str,
        host: Option<&str>,
        method: &str,
        path: &[String],
    ) -> Vec<&Operation> {
        let there: Vec<usize> = (0..self.backends.len())
            .filter(|it| self.backends[*it].servers.contains(server))
            .collect();
        let are_told_apart = there.iter().all(|it| self.backends[*it].host.is_some());
        let is_there = |it: usize| {
            there.contains(&it) && (!are_told_apart || self.backends[it].host.as_deref() == host)
        };
        let mut found: Vec<&Operation> = self
            .operations
            .iter()
            .filter(|it| is_there(it.backend) && it.takes(method) && fits(&it.behind, path))
            .collect();
        found.sort_by_key(|it| (rank(&it.behind), it.method == "ANY"));
        found
    }
}

/// Operation that the gateway takes a request for: a fixed text comes before a variable, for good;
/// what is not there may be taken by a greedy variable further up.
///
/// Source: docs/aws-rules.md#p7.
pub(super) fn taker<'o>(
    operations: &[&'o Operation],
    method: &str,
    path: &[String],
) -> Option<&'o Operation> {
    let with_method = |all: &[&'o Operation], is_it: &dyn Fn(&Operation) -> bool| {
        let mut all: Vec<&Operation> = all
            .iter()
            .copied()
            .filter(|it| is_it(it) && it.takes(method))
            .collect();
        all.sort_by_key(|it| it.method == "ANY");
        all.first().copied()
    };
    let mut below = operations.to_vec();
    let mut greedy = None;
    for (at, segment) in path.iter().enumerate() {
        greedy = with_method(&below, &|it| it.gateway.get(at) == Some(&Segment::Rest)).or(greedy);
        let is_fixed = |it: &Operation| {
            it.gateway.get(at).and_then(super::template::text).as_ref() == Some(segment)
        };
        let has_fixed = below.iter().any(|it| is_fixed(it));
        below.retain(|it| {
            if has_fixed {
                is_fixed(it)
            } else {
                it.gateway.get(at) == Some(&Segment::Variable)
            }
        });
    }
    with_method(&below, &|it| it.gateway.len() == path.len()).or(greedy)
}

/// Returns whether both take requests that the other one does not.
pub(super) fn cross(one: &[Segment], other: &[Segment]) -> bool {
    !covers(one, other) && !covers(other, one)
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .map(|it| it.as_str().unwrap().to_owned())
        .collect()
}

fn backend(name: &str, spec: &Value, first_listener: Option<u64>) -> Backend {
    let targets = &spec["targets"];
    let is_function = targets.get("function").is_some();
    let mut before = Template::new();
    let port = spec["port"].as_u64().unwrap_or_default();
    let listed = ["ips", "instances"]
        .iter()
        .flat_map(|kind| texts(&targets[*kind]));
    let mut servers: BTreeSet<String> = listed.map(|it| format!("{it}:{port}")).collect();
    if let Some(url) = spec["url"].as_str() {
        let (authority, path) = url
            .trim_start_matches("https://")
            .split_once('/')
            .unwrap_or((url.trim_start_matches("https://"), ""));
        servers.insert(authority.to_owned());
        before.extend(template(path));
    }
    for kind in ["function", "target_group"] {
        servers.extend(targets[kind]["var"].as_str().map(|it| format!("var.{it}")));
    }
    if targets["ecs"] == true {
        servers.insert(format!("service {name}"));
    }
    before.extend(template(spec["path_prefix"].as_str().unwrap_or_default()));
    let listener = first_listener
        .filter(|_| !is_function)
        .map(|first| spec["alb_port"].as_u64().unwrap_or(first));
    Backend {
        name: name.to_owned(),
        servers,
        host: spec["host"].as_str().map(str::to_owned),
        before,
        is_function,
        listener,
    }
}

/// An operation as its description writes it.
struct Described<'a> {
    file: &'a str,
    path: &'a str,
    method: &'a str,
    operation: &'a Value,
    root: &'a Value,
    base: &'a Template,
    source: usize,
}

/// Settings of an operation under a mount: the last route decides.
struct Said {
    backend: String,
    exposure: Exposure,
    demand: Demand,
    /// Variables that take the rest of the path.
    greedy: Vec<String>,
}

impl Said {
    fn of(blueprint: &Value, of: &Described<'_>, mount: &str) -> Self {
        let mut said = Self {
            backend: String::new(),
            exposure: Exposure::Public,
            demand: described(of),
            greedy: Vec::new(),
        };
        let routes = blueprint["routes"].as_array().unwrap();
        let leading = routes
            .iter()
            .take_while(|it| it["match"].as_object().unwrap().is_empty())
            .count();
        routes[..leading].iter().for_each(|it| said.apply(it));
        said.exposure = exposure(&of.operation["x-gwgen-exposure"]).unwrap_or(said.exposure);
        routes[leading..]
            .iter()
            .filter(|it| matches(&it["match"], of, mount))
            .for_each(|it| said.apply(it));
        said
    }

    /// The operation's path.
    fn own(&self, path: &str) -> Template {
        let mut own = template(path);
        if self
            .greedy
            .iter()
            .any(|it| path.ends_with(&format!("{{{it}}}")))
        {
            own.pop();
            own.push(Segment::Rest);
        }
        own
    }

    fn apply(&mut self, route: &Value) {
        if let Some(backend) = route["backend"].as_str() {
            self.backend = backend.to_owned();
        }
        self.exposure = exposure(&route["exposure"]).unwrap_or(self.exposure);
        if let Some(auth) = route["auth"].as_str() {
            self.demand.scheme = Some(auth.to_owned()).filter(|it| it != "none");
            self.demand.scopes.clear();
        }
        if route.get("greedy").is_some() {
            self.greedy = texts(&route["greedy"]);
        }
        self.demand.api_key = route["api_key"].as_bool().unwrap_or(self.demand.api_key);
    }
}

fn exposure(text: &Value) -> Option<Exposure> {
    text.as_str().map(|it| match it {
        "hidden" => Exposure::Hidden,
        "internal" => Exposure::Internal,
        _ => Exposure::Public,
    })
}

/// The one alternative of the operation's own security, or of the whole description's.
fn described(of: &Described<'_>) -> Demand {
    let requirements = of.operation.get("security").unwrap_or(of.root);
    let mut demand = Demand::default();
    for (name, scopes) in requirements[0].as_object().into_iter().flatten() {
        if name == "key" {
            demand.api_key = true;
        } else {
            demand.scheme = Some(name.clone());
            demand.scopes = texts(scopes).into_iter().collect();
        }
    }
    demand
}

/// Returns whether a route matches the operation under the mount: all keys that it has, within a
/// key any entry.
fn matches(matched: &Value, of: &Described<'_>, mount: &str) -> bool {
    let is_among = |key: &str, text: &str| {
        matched[key]
            .as_array()
            .is_none_or(|list| list.iter().any(|it| it == text))
    };
    is_among("paths", of.path)
        && is_among("specs", of.file)
        && is_among("methods", of.method)
        && is_among("mounts", mount)
}
