//! The way of a request through what was written: the gateway's resources, its integrations, the
//! balancers and their rules.
//!
//! In: Terraform's JSON. Out: `Output`, and `Answer`s to requests. Shares no code with the writers.
//! Source of how the gateway picks: docs/aws-rules.md#p7 (a fixed text, then a variable; a greedy
//! one above takes what is not there). Of the balancer:
//! AWS, "Listener rules for your Application Load Balancer" (by priority; `*` takes slashes, too).

use std::collections::{BTreeMap, BTreeSet};

use gwgen::emit::FileTree;
use serde_json::{Map, Value};

use super::contract::Demand;
use super::template::segments;

/// Resources by kind and label.
#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    pub(super) kinds: BTreeMap<String, Map<String, Value>>,
    outputs: Map<String, Value>,
}

/// What becomes of a request.
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
    /// What the gateway asked for.
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
        let mut output = Self::default();
        for (_, bytes) in tree
            .files
            .iter()
            .filter(|(name, _)| name.ends_with(".tf.json"))
        {
            let file: Value = serde_json::from_slice(bytes).unwrap();
            for (kind, labels) in file["resource"].as_object().into_iter().flatten() {
                output
                    .kinds
                    .entry(kind.clone())
                    .or_default()
                    .extend(labels.as_object().unwrap().clone());
            }
            output
                .outputs
                .extend(file["output"].as_object().cloned().unwrap_or_default());
        }
        output
    }

    pub(super) fn all(&self, kind: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.kinds.get(kind).into_iter().flatten()
    }

    fn one(&self, kind: &str, label: &str) -> &Value {
        self.kinds
            .get(kind)
            .and_then(|it| it.get(label))
            .unwrap_or_else(|| panic!("there is no {kind}.{label}"))
    }

    /// Where a request of a caller of the gateway arrives.
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

    /// Where a request of a private caller of the balancer arrives.
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

    /// What a method asks of callers, by the names that the generator gave to functions and pools.
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

    fn at_listener(&self, balancer: &str, port: u64, sent: Sent<'_>) -> Answer {
        let is_it = |it: &Value| {
            it["port"] == port && label(&it["load_balancer_arn"], "aws_lb") == Some(balancer)
        };
        let Some((name, listener)) = self.all("aws_lb_listener").find(|(_, it)| is_it(it)) else {
            return Answer::Refused;
        };
        let of_it = |it: &&Value| label(&it["listener_arn"], "aws_lb_listener") == Some(name);
        let mut rules: Vec<&Value> = self
            .all("aws_lb_listener_rule")
            .map(|it| it.1)
            .filter(of_it)
            .collect();
        rules.sort_by_key(|it| it["priority"].as_u64().unwrap());
        let action = rules
            .into_iter()
            .find(|it| sent.meets(it))
            .map_or(&listener["default_action"], |it| &it["action"]);
        match text(&action["type"]) {
            "fixed-response" => Answer::Refused,
            "forward" => self.at_group(&action["target_group_arn"], sent),
            other => panic!("unknown action {other}"),
        }
    }

    fn at_group(&self, group: &Value, sent: Sent<'_>) -> Answer {
        let Some(name) = label(group, "aws_lb_target_group") else {
            // It is there already.
            let servers = BTreeSet::from([text(group).trim_matches(['$', '{', '}']).to_owned()]);
            return sent.arrived(servers);
        };
        let port = self.one("aws_lb_target_group", name)["port"]
            .as_u64()
            .unwrap();
        let attached = self.all("aws_lb_target_group_attachment").map(|it| it.1);
        let attached: Vec<&Value> = attached
            .filter(|it| label(&it["target_group_arn"], "aws_lb_target_group") == Some(name))
            .collect();
        // Another balancer: as a target, or by the function that copies its addresses.
        let is_copied = self.all("aws_lambda_function").any(|(_, it)| {
            let groups = it["environment"]["variables"]["TARGET_GROUPS"]
                .as_str()
                .unwrap_or_default();
            groups.split(',').any(|it| {
                it.split_once('=').is_some_and(|(to, it)| {
                    to == port.to_string() && label_in(it, "aws_lb_target_group") == Some(name)
                })
            })
        });
        if is_copied
            || attached
                .iter()
                .any(|it| label(&it["target_id"], "aws_lb").is_some())
        {
            return self.at_listener("alb", port, sent);
        }
        let mut servers: BTreeSet<String> = attached
            .iter()
            .map(|it| format!("{}:{}", text(&it["target_id"]), it["port"]))
            .collect();
        if servers.is_empty() {
            // A service registers itself in the group that the output hands it.
            let told = self
                .outputs
                .iter()
                .filter(|(_, it)| label(&it["value"], "aws_lb_target_group") == Some(name));
            servers.extend(
                told.filter_map(|(output, _)| output.strip_prefix("target_group_arn_"))
                    .map(|it| format!("service {it}")),
            );
        }
        sent.arrived(servers)
    }
}

/// A request on its way behind the gateway.
struct Sent<'a> {
    host: Option<&'a str>,
    method: &'a str,
    path: Vec<String>,
    demand: Demand,
}

impl Sent<'_> {
    fn arrived(self, servers: BTreeSet<String>) -> Answer {
        assert!(!servers.is_empty(), "nobody is behind the last group");
        let host = self.host.map(str::to_owned);
        Answer::Arrived(Arrival {
            servers,
            host,
            method: self.method.to_owned(),
            path: self.path,
            demand: self.demand,
        })
    }

    fn meets(&self, rule: &Value) -> bool {
        let conditions = match &rule["condition"] {
            Value::Array(list) => list.iter().collect(),
            one => vec![one],
        };
        conditions.into_iter().all(|condition| {
            let (kind, values) = condition.as_object().unwrap().iter().next().unwrap();
            let mut values = values["values"].as_array().unwrap().iter().map(text);
            match kind.as_str() {
                "path_pattern" => values.any(|it| {
                    is_like(
                        it.as_bytes(),
                        format!("/{}", self.path.join("/")).as_bytes(),
                    )
                }),
                "http_request_method" => values.any(|it| it == self.method),
                "host_header" => values.any(|it| Some(it) == self.host),
                other => panic!("unknown condition {other}"),
            }
        })
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

/// Whether a text is like a pattern of the balancer.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', pattern_rest)), rest) => {
            is_like(pattern_rest, text) || rest.is_some_and(|(_, text)| is_like(pattern, text))
        }
        (Some((b'?', pattern)), Some((_, text))) => is_like(pattern, text),
        (Some((one, pattern)), Some((other, text))) => one == other && is_like(pattern, text),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The label that a reference to something of a kind names.
pub(super) fn label<'v>(value: &'v Value, kind: &str) -> Option<&'v str> {
    label_in(text(value), kind)
}

fn label_in<'t>(text: &'t str, kind: &str) -> Option<&'t str> {
    text.strip_prefix("${")?
        .strip_prefix(kind)?
        .strip_prefix('.')?
        .split('.')
        .next()
}
