//! The path of a request through the written gateway: its resources and integrations.
//!
//! In: Terraform's JSON. Out: `Output`, and `Answer`s to requests. Shares no code with the writers.
//! Source of how the gateway picks: docs/aws-rules.md#p7 (a fixed text, then a variable; a greedy
//! one above takes what is not there).

use std::collections::{BTreeMap, BTreeSet};

use gwgen::emit::FileTree;
use serde_json::{Map, Value};

use super::balancer::Sent;
use super::contract::Demand;
use super::template::segments;
use crate::support::each::{Resources, resources};

/// Resources by kind and label.
#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    pub(super) kinds: Resources,
    pub(super) outputs: Map<String, Value>,
}

/// Outcome of a request.
#[derive(Debug)]
pub(super) enum Answer {
    /// Nobody serves it, or something of AWS answers 404 or a preflight.
    Refused,
    Arrived(Arrival),
}

/// A request where servers get it.
#[derive(Debug)]
pub(super) struct Arrival {
    /// Any of them may get it.
    pub(super) servers: BTreeSet<String>,
    pub(super) host: Option<String>,
    pub(super) method: String,
    pub(super) path: Vec<String>,
    /// Credentials that the gateway requires.
    pub(super) demand: Demand,
}

/// The gateway's method that a request comes to.
struct Taken {
    method: Value,
    integration: Value,
    /// Path of the resource, as a template.
    resource: Vec<String>,
    /// Variables of the resource, with what stands in their place.
    variables: BTreeMap<String, String>,
}

impl Output {
    pub(super) fn of(tree: &FileTree) -> Self {
        let files = tree.files.iter();
        let files = files.filter(|(name, _)| name.ends_with(".tf.json"));
        let files: Vec<Value> = files
            .map(|(_, bytes)| serde_json::from_slice(bytes).unwrap())
            .collect();
        let outputs = files.iter().filter_map(|file| file["output"].as_object());
        Self {
            kinds: resources(&files),
            outputs: outputs.flat_map(Map::clone).collect(),
        }
    }

    pub(super) fn all(&self, kind: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.kinds.get(kind).into_iter().flatten()
    }

    pub(super) fn one(&self, kind: &str, label: &str) -> &Value {
        self.kinds
            .get(kind)
            .and_then(|it| it.get(label))
            .unwrap_or_else(|| panic!("there is no {kind}.{label}"))
    }

    /// Returns the outcome of a request of a caller of the gateway.
    pub(super) fn answer_of_gateway(&self, method: &str, path: &[String]) -> Answer {
        let Some(taken) = self.taken(method, path) else {
            return Answer::Refused;
        };
        let integration = &taken.integration;
        let uri = text(&integration["uri"]);
        let demand = self.demand(&taken.method);
        match text(&integration["type"]) {
            "MOCK" => Answer::Refused,
            "AWS_PROXY" => self.by_function(uri, (method, path), &taken, demand),
            "HTTP_PROXY" => {
                let (authority, behind) = uri
                    .split_once("://")
                    .unwrap()
                    .1
                    .split_once('/')
                    .unwrap_or((uri.split_once("://").unwrap().1, ""));
                let path = segments(behind)
                    .flat_map(|segment| taken.filled(segment))
                    .collect();
                let method = Some(text(&integration["integration_http_method"]))
                    .filter(|it| *it != "ANY")
                    .unwrap_or(method);
                if integration["connection_type"] != "VPC_LINK" {
                    let servers = BTreeSet::from([authority.to_owned()]);
                    return Answer::Arrived(Arrival {
                        servers,
                        host: None,
                        method: method.to_owned(),
                        path,
                        demand,
                    });
                }
                let (host, port) = authority
                    .rsplit_once(':')
                    .expect("a port picks the listener");
                let host = Some(host).filter(|it| !it.starts_with("${"));
                self.at_listener(
                    self.balancer(integration),
                    port.parse().unwrap(),
                    Sent {
                        host,
                        method,
                        path,
                        demand,
                    },
                )
            }
            other => panic!("unknown integration {other}"),
        }
    }

    /// Returns the outcome of a request of a private caller of the balancer.
    pub(super) fn answer_of_balancer(
        &self,
        port: u64,
        host: Option<&str>,
        method: &str,
        path: &[String],
    ) -> Answer {
        let sent = Sent {
            host,
            method,
            path: path.to_vec(),
            demand: Demand::default(),
        };
        self.at_listener("alb", port, sent)
    }

    /// The method of the gateway that takes a request.
    fn taken(&self, method: &str, path: &[String]) -> Option<Taken> {
        let mut at: Option<String> = None;
        // Resources that may take it, the nearest last, each with the number of segments before its
        // last one.
        let mut candidates: Vec<(Option<String>, usize)> = Vec::new();
        let mut is_there = true;
        for (number, segment) in path.iter().enumerate() {
            let below: Vec<(&String, &str)> = self.below(at.as_deref()).collect();
            candidates.extend(
                below
                    .iter()
                    .filter(|it| it.1.ends_with("+}"))
                    .map(|it| (Some(it.0.clone()), number)),
            );
            let exact = below.iter().find(|it| it.1 == segment);
            let next = exact.or_else(|| {
                below
                    .iter()
                    .find(|it| it.1.starts_with('{') && !it.1.ends_with("+}"))
            });
            let Some(next) = next else {
                is_there = false;
                break;
            };
            at = Some(next.0.clone());
        }
        if is_there {
            candidates.push((at, path.len().saturating_sub(1)));
        }
        candidates.into_iter().rev().find_map(|(resource, before)| {
            self.method_of(resource.as_deref(), method, (path, before))
        })
    }

    fn below(&self, parent: Option<&str>) -> impl Iterator<Item = (&String, &str)> {
        let all = self.all("aws_api_gateway_resource");
        all.filter(move |(_, it)| label(&it["parent_id"], "aws_api_gateway_resource") == parent)
            .map(|(label, it)| (label, text(&it["path_part"])))
    }

    fn method_of(
        &self,
        resource: Option<&str>,
        method: &str,
        (path, before): (&[String], usize),
    ) -> Option<Taken> {
        let here = |wanted: &str| {
            let mut all = self.all("aws_api_gateway_method");
            all.find(|(_, it)| {
                it["http_method"] == wanted
                    && label(&it["resource_id"], "aws_api_gateway_resource") == resource
            })
        };
        let (label, found) = here(method).or_else(|| here("ANY"))?;
        let parts = self.parts(resource);
        let mut variables = BTreeMap::new();
        for (number, part) in parts
            .iter()
            .enumerate()
            .filter(|(_, it)| it.starts_with('{'))
        {
            let name = part.trim_matches(['{', '}']);
            match name.strip_suffix('+') {
                Some(name) => variables.insert(name.to_owned(), path[before..].join("/")),
                None => variables.insert(name.to_owned(), path[number].clone()),
            };
        }
        Some(Taken {
            method: found.clone(),
            integration: self.one("aws_api_gateway_integration", label).clone(),
            resource: parts,
            variables,
        })
    }

    /// Segments of a resource's path.
    fn parts(&self, resource: Option<&str>) -> Vec<String> {
        let Some(name) = resource else {
            return Vec::new();
        };
        let resource = self.one("aws_api_gateway_resource", name);
        let mut parts = self.parts(label(&resource["parent_id"], "aws_api_gateway_resource"));
        parts.push(text(&resource["path_part"]).to_owned());
        parts
    }

    /// Credentials that a method requires, by the generator's names of functions and pools.
    fn demand(&self, method: &Value) -> Demand {
        let authorizer = || {
            self.one(
                "aws_api_gateway_authorizer",
                label(&method["authorizer_id"], "aws_api_gateway_authorizer").unwrap(),
            )
        };
        let named = |authorizer: &Value, field: &str, start: &str| {
            let text = authorizer[field].to_string();
            text.split_once(start)
                .unwrap_or_else(|| panic!("{start} is not in {text}"))
                .1
                .split(['}', '"'])
                .next()
                .unwrap()
                .to_owned()
        };
        let scheme = match text(&method["authorization"]) {
            "NONE" => None,
            "AWS_IAM" => Some("signed".to_owned()),
            "CUSTOM" => Some(named(authorizer(), "authorizer_uri", "var.function_of_")),
            "COGNITO_USER_POOLS" => Some(named(authorizer(), "provider_arns", "var.pool_of_")),
            other => panic!("unknown authorization {other}"),
        };
        let scopes = method["authorization_scopes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| text(it).to_owned())
            .collect();
        Demand {
            scheme,
            scopes,
            api_key: method["api_key_required"] == true,
        }
    }

    /// A function of the user's own, or the one that forwards to servers.
    fn by_function(
        &self,
        uri: &str,
        (method, path): (&str, &[String]),
        taken: &Taken,
        demand: Demand,
    ) -> Answer {
        let target = uri
            .split_once("/functions/")
            .unwrap()
            .1
            .split_once("/invocations")
            .unwrap()
            .0;
        let method = method.to_owned();
        let Some(forwarder) = label_in(target, "aws_lambda_function") else {
            let name = target
                .split_once("var.")
                .unwrap()
                .1
                .split(['}', ',', ')'])
                .next()
                .unwrap();
            let servers = BTreeSet::from([format!("var.{name}")]);
            return Answer::Arrived(Arrival {
                servers,
                host: None,
                method,
                path: path.to_vec(),
                demand,
            });
        };
        let variables = &self.one("aws_lambda_function", forwarder)["environment"]["variables"];
        let prefixes: BTreeMap<String, String> =
            serde_json::from_str(text(&variables["PATHS"])).unwrap();
        let is_before = |prefix: &&String| {
            segments(prefix).eq(taken
                .resource
                .iter()
                .take(segments(prefix).count())
                .map(String::as_str))
        };
        let prefix = prefixes
            .keys()
            .filter(is_before)
            .max_by_key(|it| segments(it).count())
            .expect("a prefix fits");
        let rest = path.iter().skip(segments(prefix).count()).cloned();
        let path = segments(&prefixes[prefix])
            .map(str::to_owned)
            .chain(rest)
            .collect();
        let servers = text(&variables["HOSTS"])
            .split(',')
            .map(|host| format!("{host}:{}", text(&variables["PORT"])))
            .collect();
        Answer::Arrived(Arrival {
            servers,
            host: variables["HOST"].as_str().map(str::to_owned),
            method,
            path,
            demand,
        })
    }

    /// The balancer that an integration leads to.
    fn balancer<'v>(&'v self, integration: &'v Value) -> &'v str {
        if let Some(balancer) = label(&integration["integration_target"], "aws_lb") {
            return balancer;
        }
        let link = self.one(
            "aws_api_gateway_vpc_link",
            label(&integration["connection_id"], "aws_api_gateway_vpc_link").unwrap(),
        );
        label(&link["target_arns"][0], "aws_lb").unwrap()
    }
}

impl Taken {
    /// A segment of a URI with the value of its variable.
    fn filled(&self, segment: &str) -> Vec<String> {
        let Some(name) = segment.strip_prefix('{').map(|it| it.trim_end_matches('}')) else {
            return vec![segment.to_owned()];
        };
        let from = text(
            &self.integration["request_parameters"][format!("integration.request.path.{name}")],
        );
        let variable = from
            .strip_prefix("method.request.path.")
            .unwrap_or_else(|| panic!("{name} is filled with `{from}`"));
        assert_eq!(
            self.method["request_parameters"][from], true,
            "{from} is not declared"
        );
        segments(&self.variables[variable])
            .map(str::to_owned)
            .collect()
    }
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The label that a reference to something of a kind names.
pub(super) fn label<'v>(value: &'v Value, kind: &str) -> Option<&'v str> {
    label_in(text(value), kind)
}

pub(super) fn label_in<'t>(text: &'t str, kind: &str) -> Option<&'t str> {
    text.strip_prefix("${")?
        .strip_prefix(kind)?
        .strip_prefix('.')?
        .split('.')
        .next()
}
