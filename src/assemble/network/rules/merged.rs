//! Rules of security groups, each identity once.
//! In: rules as backends, listeners and callers need them. Out: nodes in the stack. Pure.
//! A rule is its group, direction, port and other end; AWS refuses the same rule a second time,
//! whatever its description is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::aws::{EgressRule, IngressRule, Peer, SecurityGroup, Source, Stack};
use crate::stack::{File, Handle, Input, Label, List, Value};

/// Longest description of a rule.
///
/// Unit: characters. Source: Amazon EC2 API reference, "IpRange": descriptions have up to 255
/// characters, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html, read
/// 2026-11-30.
const MAX_DESCRIPTION: usize = 255;

/// One end of a rule, with the part of the rule's label that names it.
#[derive(Clone, Debug)]
pub(crate) struct End<V> {
    pub(crate) key: String,
    pub(crate) value: V,
}

/// Purpose of a rule: a phrase, and the backend that it ends with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose<'a> {
    pub(crate) phrase: &'a str,
    pub(crate) backend: Option<&'a str>,
}

/// The group of a rule, and its other end.
#[derive(Debug)]
enum RuleEnds {
    Egress(Handle<SecurityGroup>, Peer),
    Ingress(Value, Source),
}

#[derive(Debug)]
struct MergedRule {
    ends: RuleEnds,
    /// The parts of the label that name the group and the other end.
    keys: [String; 2],
    port: u16,
    /// Backends by phrase, in the order in which they came.
    purposes: Vec<(String, Vec<String>)>,
}

/// The requested rules, by direction and label.
#[derive(Debug, Default)]
pub(crate) struct MergedRules(BTreeMap<(Direction, String), MergedRule>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Direction {
    Egress,
    Ingress,
}

impl MergedRules {
    /// Allows traffic from a managed group to a port.
    pub(crate) fn egress(
        &mut self,
        group: &Handle<SecurityGroup>,
        port: u16,
        to: &End<Peer>,
        purpose: Purpose<'_>,
    ) {
        let rule = MergedRule {
            ends: RuleEnds::Egress(group.clone(), to.value.clone()),
            keys: [group.label().to_string(), to.key.clone()],
            port,
            purposes: Vec::new(),
        };
        self.add(Direction::Egress, rule, purpose);
    }

    /// Admits a source to a port.
    pub(crate) fn ingress(
        &mut self,
        group: &End<Value>,
        port: u16,
        from: &End<Source>,
        purpose: Purpose<'_>,
    ) {
        let rule = MergedRule {
            ends: RuleEnds::Ingress(group.value.clone(), from.value.clone()),
            keys: [group.key.clone(), from.key.clone()],
            port,
            purposes: Vec::new(),
        };
        self.add(Direction::Ingress, rule, purpose);
    }

    fn add(&mut self, direction: Direction, rule: MergedRule, purpose: Purpose<'_>) {
        let label = format!("{}__{}__{}", rule.keys[0], rule.port, rule.keys[1]);
        let rule = self.0.entry((direction, label)).or_insert(rule);
        let purposes = &mut rule.purposes;
        let index = purposes
            .iter()
            .position(|(phrase, _)| phrase == purpose.phrase)
            .unwrap_or_else(|| {
                purposes.push((purpose.phrase.to_owned(), Vec::new()));
                purposes.len() - 1
            });
        purposes[index].1.extend(purpose.backend.map(str::to_owned));
    }

    /// Writes the rules into the stack, and into the descriptions of inputs which others they must
    /// not repeat.
    pub(crate) fn add_to(self, stack: &mut Stack) {
        let mut same = SameEnds::default();
        for rule in self.0.values() {
            let (port, [group_key, other_key]) = (rule.port, &rule.keys);
            match &rule.ends {
                RuleEnds::Egress(_, Peer::SecurityGroup(value)) => {
                    same.add(format!("{group_key} {port}"), value);
                }
                RuleEnds::Egress(_, Peer::Anywhere) => {}
                RuleEnds::Ingress(group, source) => {
                    let (kind, values) = of_source(source);
                    for value in values {
                        same.add(format!("{kind} to {group_key} {port}"), value);
                    }
                    same.add(format!("from {other_key} {port}"), group);
                }
            }
        }
        same.describe(&mut stack.inputs);
        for ((_, label), rule) in self.0 {
            let (label, port) = (Label::new(label), rule.port);
            let description = described(&rule.purposes);
            match rule.ends {
                RuleEnds::Egress(group, to) => {
                    let node = EgressRule {
                        group,
                        description,
                        port,
                        to,
                    };
                    stack.add(File::Network, label, node);
                }
                RuleEnds::Ingress(group, from) => {
                    let node = IngressRule {
                        group,
                        description,
                        port,
                        from,
                    };
                    stack.add(File::Network, label, node);
                }
            }
        }
    }
}

/// `Requests to orders, users; Health checks to users`, as far as AWS takes it.
fn described(purposes: &[(String, Vec<String>)]) -> Arc<str> {
    let mut text = String::new();
    for (phrase, backends) in purposes {
        let start = if text.is_empty() { "" } else { "; " };
        let space = if backends.is_empty() { "" } else { " " };
        text.push_str(&format!("{start}{phrase}{space}{}", backends.join(", ")));
    }
    if text.len() > MAX_DESCRIPTION {
        text.truncate(MAX_DESCRIPTION - " ...".len());
        let end = text.rfind([',', ';']).unwrap_or(text.len());
        text.truncate(end);
        text.push_str(" ...");
    }
    text.into()
}

/// Values of rules that are equal in everything else: two of them that turn out to be one make one
/// rule twice.
#[derive(Debug, Default)]
struct SameEnds(BTreeMap<String, BTreeMap<String, Option<Arc<str>>>>);

impl SameEnds {
    /// Adds the value of a rule to those of its like.
    fn add(&mut self, rest_of_rule: String, value: &Value) {
        let (name, input) = match value {
            Value::Input(name) => (format!("`{name}`"), Some(Arc::clone(name))),
            Value::Literal(text) => (format!("`{text}`"), None),
            Value::Parameter { label, .. } => (format!("the parameter `{label}`"), None),
            Value::Expression(text) => (format!("`{text}`"), None),
            // Made here, or no group.
            Value::Attribute(_)
            | Value::Pseudo(_)
            | Value::Here(..)
            | Value::Text(_)
            | Value::BalancerOf(_)
            | Value::Joined(_) => return,
        };
        self.0.entry(rest_of_rule).or_default().insert(name, input);
    }

    /// Says in each input's description which others it has to differ from.
    fn describe(self, inputs: &mut BTreeMap<Arc<str>, Input>) {
        let mut others: BTreeMap<Arc<str>, BTreeSet<&str>> = BTreeMap::new();
        for values in self.0.values() {
            for (name, input) in values
                .iter()
                .filter_map(|(name, input)| Some((name, input.as_ref()?)))
            {
                let rest = values
                    .keys()
                    .filter(|other| *other != name)
                    .take(MAX_NAMED)
                    .map(String::as_str);
                others.entry(Arc::clone(input)).or_default().extend(rest);
            }
        }
        for (name, others) in others.into_iter().filter(|(_, others)| !others.is_empty()) {
            let Some(input) = inputs.get_mut(&name) else {
                continue;
            };
            let named: Vec<&str> = others.iter().copied().take(MAX_NAMED).collect();
            let is_more = others.len() > MAX_NAMED;
            let more = if is_more { " and others" } else { "" };
            input.description = format!(
                "{} Must differ from {}{more}: AWS refuses the same rule twice. Where they are one, name it once in the blueprint.",
                input.description,
                named.join(", "),
            )
            .into();
        }
    }
}

/// Names that a description lists.
const MAX_NAMED: usize = 3;

/// Returns the type of a rule's source, and its values.
fn of_source(source: &Source) -> (&'static str, Vec<&Value>) {
    match source {
        Source::SecurityGroup(value) | Source::EachSecurityGroup(value) => ("group", vec![value]),
        Source::Cidr(value) | Source::EachCidr(value) => ("range", vec![value]),
        Source::GroupsAmong(list) => ("group", of_list(list)),
        Source::RangesAmong(list) => ("range", of_list(list)),
    }
}

fn of_list(list: &List) -> Vec<&Value> {
    match list {
        List::Of(values) => values.iter().collect(),
        List::One(value) => vec![value],
    }
}
