//! Rules of security groups, each identity once.
//!
//! In: rules as backends, listeners and callers need them. Out: nodes in the stack. Pure.
//! A rule is its group, direction, port and other end; AWS refuses the same rule a second time,
//! whatever its description says.

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

/// A rule of a direction that has its group and its other end as these types.
#[derive(Debug)]
struct MergedRule<Group, Other> {
    group: End<Group>,
    port: u16,
    other: End<Other>,
    /// Backends by phrase, in the order in which they came.
    purposes: Vec<(String, Vec<String>)>,
}

/// The rules of a direction, by label.
type RulesByLabel<Group, Other> = BTreeMap<String, MergedRule<Group, Other>>;

/// The rules that were asked for.
#[derive(Debug, Default)]
pub(crate) struct MergedRules {
    egress: RulesByLabel<Handle<SecurityGroup>, Peer>,
    ingress: RulesByLabel<Value, Source>,
}

impl MergedRules {
    /// Lets a group that is made here out to a port.
    pub(crate) fn egress(
        &mut self,
        group: &Handle<SecurityGroup>,
        port: u16,
        to: &End<Peer>,
        purpose: Purpose<'_>,
    ) {
        let group = End {
            key: group.label().to_string(),
            value: group.clone(),
        };
        add(
            &mut self.egress,
            MergedRule {
                group,
                port,
                other: to.clone(),
                purposes: Vec::new(),
            },
            purpose,
        );
    }

    /// Admits a source to a port.
    pub(crate) fn ingress(
        &mut self,
        group: &End<Value>,
        port: u16,
        from: &End<Source>,
        purpose: Purpose<'_>,
    ) {
        add(
            &mut self.ingress,
            MergedRule {
                group: group.clone(),
                port,
                other: from.clone(),
                purposes: Vec::new(),
            },
            purpose,
        );
    }

    /// Writes the rules into the stack, and into the descriptions of inputs which others they must
    /// not repeat.
    pub(crate) fn add_to(self, stack: &mut Stack) {
        let mut ends = SameEnds::default();
        for rule in self.egress.values() {
            if let Peer::SecurityGroup(value) = &rule.other.value {
                ends.add(format!("{} {}", rule.group.key, rule.port), value);
            }
        }
        for rule in self.ingress.values() {
            let (kind, values) = of_source(&rule.other.value);
            for value in values {
                ends.add(format!("{kind} to {} {}", rule.group.key, rule.port), value);
            }
            ends.add(
                format!("from {} {}", rule.other.key, rule.port),
                &rule.group.value,
            );
        }
        ends.describe(&mut stack.inputs);
        for (label, rule) in self.egress {
            let description = described(&rule.purposes);
            let node = EgressRule {
                group: rule.group.value,
                description,
                port: rule.port,
                to: rule.other.value,
            };
            stack.add(File::Network, Label::new(label), node);
        }
        for (label, rule) in self.ingress {
            let description = described(&rule.purposes);
            let node = IngressRule {
                group: rule.group.value,
                description,
                port: rule.port,
                from: rule.other.value,
            };
            stack.add(File::Network, Label::new(label), node);
        }
    }
}

fn add<Group, Other>(
    rules: &mut RulesByLabel<Group, Other>,
    rule: MergedRule<Group, Other>,
    purpose: Purpose<'_>,
) {
    let label = format!("{}__{}__{}", rule.group.key, rule.port, rule.other.key);
    let purposes = &mut rules.entry(label).or_insert(rule).purposes;
    let index = purposes
        .iter()
        .position(|(phrase, _)| phrase == purpose.phrase)
        .unwrap_or_else(|| {
            purposes.push((purpose.phrase.to_owned(), Vec::new()));
            purposes.len() - 1
        });
    purposes[index].1.extend(purpose.backend.map(str::to_owned));
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
            let more = if others.len() > MAX_NAMED {
                " and others"
            } else {
                ""
            };
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
