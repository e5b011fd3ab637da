//! The path of a request behind the gateway: listeners, their rules and target groups.
//!
//! Source: docs/aws-rules.md#l11 (by priority), docs/aws-rules.md#l13 (`*` takes slashes, too).

use std::collections::BTreeSet;

use serde_json::Value;

use super::contract::Demand;
use super::output::{Answer, Arrival, Output, label, label_in, text};

/// A request on its way behind the gateway.
pub(super) struct Sent<'a> {
    pub(super) host: Option<&'a str>,
    pub(super) method: &'a str,
    pub(super) path: Vec<String>,
    pub(super) demand: Demand,
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

impl Output {
    pub(super) fn at_listener(&self, balancer: &str, port: u64, sent: Sent<'_>) -> Answer {
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

/// Returns whether a text matches a pattern of the balancer, in which `*` takes slashes, too.
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
