//! What callers meet while a change is applied.
//! In: two states, and what Terraform or CloudFormation will do. Out: rows. Pure.
//! Source: docs/aws-rules.md#w7, docs/aws-rules.md#l35, docs/aws-rules.md#w10.

use std::collections::{BTreeMap, BTreeSet};

use super::{DiffRow, DiffState, DiffStates, Subject};
use crate::aws::{
    EgressRule, Entry, HttpListener, IngressRule, Listener, ListenerRule, Node, RuleAction,
    TargetGroup, TargetGroupRef, Targets,
};
use crate::blueprint::OutputFormat;
use crate::diagnostic::Place;
use crate::listing::{field, value_text};
use crate::predict::{Action, ActionKind};
use crate::source::pointer::child;
use crate::stack::{Address, Holds, logical_id};

/// Actions by address.
struct Actions<'a> {
    by_address: BTreeMap<&'a str, &'a Action>,
    is_template: bool,
}

impl Actions<'_> {
    fn address(&self, address: &Address) -> String {
        if self.is_template {
            logical_id(address)
        } else {
            address.to_string()
        }
    }

    /// The address of a node to which something happens of these kinds.
    fn of(&self, entry: &Entry, kinds: &[ActionKind]) -> Option<(String, &Action)> {
        let address = self.address(&entry.address);
        let action = self.by_address.get(&*address)?;
        kinds.contains(&action.action).then_some((address, *action))
    }
}

pub(super) fn rows(states: DiffStates<'_>, actions: &[Action]) -> Vec<DiffRow> {
    let (Some(before), Some(after)) = (states.before, states.after) else {
        return Vec::new();
    };
    let actions = Actions {
        by_address: actions
            .iter()
            .map(|action| (&*action.address, action))
            .collect(),
        is_template: after.plan.output.format == OutputFormat::Cloudformation,
    };
    let mut rows = new_groups(after, &actions);
    rows.extend(in_place(after, &actions));
    rows.extend(admitted_no_more(before, after, &actions));
    rows.extend(renamed_stage(before, after));
    rows
}

/// Rules of security groups that go: nothing orders them behind the stage.
fn admitted_no_more(
    before: DiffState<'_>,
    after: DiffState<'_>,
    actions: &Actions<'_>,
) -> Option<DiffRow> {
    let rules = admissions(before);
    let gone = rules.filter_map(|entry| Some(actions.of(entry, &[ActionKind::Destroy])?.0));
    let gone: Vec<String> = gone.collect();
    (!gone.is_empty()).then(|| {
        let text =
            "security groups admit less, perhaps before the stage moves to the new deployment";
        row(
            "network".to_owned(),
            text.to_owned(),
            gone,
            after.blueprint.place("/network"),
        )
    })
}

/// A stage of another name, which is another stage at AWS.
fn renamed_stage(before: DiffState<'_>, after: DiffState<'_>) -> Option<DiffRow> {
    let [old, new] = [before, after].map(|state| value_text(&state.plan.stage_name));
    let has_domain = after.plan.domain.is_some();
    let then = if has_domain {
        ""
    } else {
        "; its URL is another one"
    };
    (old != new).then(|| {
        let text = format!("`{new}` is made and `{old}` deleted{then}");
        let place = after.blueprint.place("/stage/name");
        row("stage".to_owned(), text, Vec::new(), place)
    })
}

fn row(subject: String, text: String, addresses: Vec<String>, place: Place) -> DiffRow {
    DiffRow {
        heading: field::WHILE_APPLIED.other,
        subject: Subject::Part(subject),
        field: &field::WHILE_APPLIED,
        before: String::new(),
        after: text,
        place: Some(place),
        was: None,
        reason: None,
        addresses,
    }
}

/// Target groups that are made anew: no server is known to be well at first.
fn new_groups(after: DiffState<'_>, actions: &Actions<'_>) -> Vec<DiffRow> {
    let made = [ActionKind::Create, ActionKind::Replace];
    let mut rows = Vec::new();
    for (entry, group) in after.stack.entries_of::<TargetGroup>() {
        let Some((address, _)) = actions.of(entry, &made) else {
            continue;
        };
        let mut addresses = vec![address];
        addresses.extend(turning(after, &entry.address, actions));
        let check = &group.health_check;
        let register = match group.targets {
            Targets::None => " once servers register with it",
            _ => "",
        };
        let text = format!(
            "port {}: a new target group, healthy after {} x {} s{register}",
            group.port, check.healthy, check.interval_s
        );
        let (subject, place) = match group.targets {
            Targets::Balancer { .. } | Targets::Kept { .. } => {
                ("alb".to_owned(), "/alb".to_owned())
            }
            Targets::Registered { .. } | Targets::Scaled(_) | Targets::None => {
                let label = entry.address.label.as_str();
                let name = label.split("__").next().unwrap_or_default();
                (format!("backend {name}"), child("/backends", name))
            }
        };
        let place = after.blueprint.place(&place);
        rows.push(row(subject, text, addresses, place));
    }
    rows
}

/// Listeners and rules that turn to a group in this change.
fn turning(after: DiffState<'_>, group: &Address, actions: &Actions<'_>) -> Vec<String> {
    let turn = [ActionKind::Create, ActionKind::Update, ActionKind::Replace];
    let is = |to: &TargetGroupRef| matches!(to, TargetGroupRef::Made(handle) if handle.address() == group);
    let listeners = after.stack.entries_of::<Listener>();
    let listeners = listeners
        .filter(|(_, listener)| is(&listener.forward_to))
        .map(|(entry, _)| entry);
    let rules = after.stack.entries_of::<ListenerRule>();
    let rules = rules
        .filter(|(_, rule)| matches!(&rule.action, RuleAction::Forward(to) if is(to)))
        .map(|(entry, _)| entry);
    let all = listeners.chain(rules);
    all.filter_map(|entry| Some(actions.of(entry, &turn)?.0))
        .collect()
}

/// Arguments that a request meets, of listeners, rules and security groups.
const CALLED: [&str; 14] = [
    "port",
    "protocol",
    "condition",
    "priority",
    "from_port",
    "to_port",
    "cidr_ipv4",
    "referenced_security_group_id",
    "Port",
    "Protocol",
    "Conditions",
    "Priority",
    "FromPort",
    "ToPort",
];

/// Entries of a kind.
fn entries<'a, K: 'a>(state: DiffState<'a>) -> impl Iterator<Item = &'a Entry>
where
    Node: Holds<K>,
{
    state.stack.entries_of::<K>().map(|(entry, _)| entry)
}

/// Rules of security groups.
fn admissions<'a>(state: DiffState<'a>) -> impl Iterator<Item = &'a Entry> {
    entries::<EgressRule>(state).chain(entries::<IngressRule>(state))
}

/// What AWS changes at once, while the stage still calls as before.
fn in_place(after: DiffState<'_>, actions: &Actions<'_>) -> Vec<DiffRow> {
    let of_nlb = entries::<Listener>(after).map(|entry| (entry, "nlb"));
    let of_alb = entries::<HttpListener>(after).chain(entries::<ListenerRule>(after));
    let of_alb = of_alb.map(|entry| (entry, "alb"));
    let of_network = admissions(after).map(|entry| (entry, "network"));
    let mut addresses: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for (entry, part) in of_nlb.chain(of_alb).chain(of_network) {
        let Some((address, action)) = actions.of(entry, &[ActionKind::Update, ActionKind::Replace])
        else {
            continue;
        };
        let arguments = action
            .because
            .iter()
            .filter_map(|argument| argument.split('.').next());
        let called: BTreeSet<&str> = arguments
            .filter(|argument| CALLED.contains(argument))
            .collect();
        let changed = called.into_iter().collect::<Vec<_>>().join(", ");
        if !changed.is_empty() {
            addresses
                .entry((part, changed.to_lowercase()))
                .or_default()
                .push(address);
        }
    }
    let rows = addresses.into_iter().map(|((part, changed), addresses)| {
        let text =
            format!("{changed} changes at once, before the stage moves to the new deployment");
        row(
            part.to_owned(),
            text,
            addresses,
            after.blueprint.place(&format!("/{part}")),
        )
    });
    rows.collect()
}
