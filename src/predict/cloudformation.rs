//! What CloudFormation does by the documented order of a change.
//!
//! In: two stacks. Out: `Action`s. Pure.
//! Source: docs/aws-rules.md#f41.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, ActionKind};
use crate::aws::{Arguments, Entry, Stack};
use crate::sink::{Properties, Property, PropertyPart};
use crate::stack::logical_id;

/// A resource of a template.
struct TemplateResource {
    of: &'static str,
    create_only: Arguments,
    properties: Vec<(String, Property)>,
}

/// Resources by logical id.
type TemplateResources = BTreeMap<String, TemplateResource>;

fn template(stack: &Stack) -> TemplateResources {
    let entries = stack.entries.iter().filter(|entry| !entry.is_in_body);
    let resource = |entry: &Entry| {
        let changes = entry.node.changes().resource;
        let properties =
            Properties::recorded(stack.tags.clone(), |out| entry.node.cloudformation(out));
        let resource = TemplateResource {
            of: changes.of,
            create_only: changes.replaced_by,
            properties: match properties {
                Some(Property::Object(members)) => members,
                Some(_) | None => Vec::new(),
            },
        };
        (logical_id(&entry.address), resource)
    };
    entries.map(resource).collect()
}

/// What happens to each resource, in any order.
pub(super) fn actions(before: &Stack, after: &Stack) -> Vec<Action> {
    let [before, after] = [template(before), template(after)];
    let mut actions: Vec<Action> = before
        .keys()
        .filter(|id| !after.contains_key(*id))
        .map(|id| action(id, ActionKind::Destroy, Vec::new()))
        .collect();
    // A resource refers to none that comes after it in an order of deployment, which the template
    // does not have: what follows a replaced one is found again until nothing new is.
    let mut replaced = BTreeSet::new();
    loop {
        let count = replaced.len();
        let of_after: Vec<Action> = after
            .iter()
            .filter_map(|(id, now)| match before.get(id) {
                None => Some(action(id, ActionKind::Create, Vec::new())),
                Some(was) => compared(id, was, now, &replaced),
            })
            .collect();
        let now = of_after
            .iter()
            .filter(|it| it.action == ActionKind::Replace);
        replaced.extend(now.map(|it| it.address.clone()));
        if replaced.len() == count {
            actions.extend(of_after);
            return actions;
        }
    }
}

fn action(id: &str, action: ActionKind, because: Vec<String>) -> Action {
    Action {
        address: id.to_owned(),
        action,
        because,
    }
}

fn compared(
    id: &str,
    was: &TemplateResource,
    now: &TemplateResource,
    replaced: &BTreeSet<String>,
) -> Option<Action> {
    if was.of != now.of {
        return Some(action(id, ActionKind::Replace, vec!["Type".to_owned()]));
    }
    let names = was.properties.iter().chain(&now.properties);
    let names: BTreeSet<&str> = names.map(|(name, _)| &**name).collect();
    let mut because = BTreeSet::new();
    let (mut replaces, mut is_certain) = (false, false);
    for name in names {
        let [old, new] = [was, now].map(|it| property(it, name));
        let mut follows = Vec::new();
        new.into_iter()
            .for_each(|it| push_replaced(it, replaced, &mut follows));
        if old == new && follows.is_empty() {
            continue;
        }
        is_certain |= !follows.is_empty() || is_different(old, new);
        replaces |= now.create_only.contains(&name);
        because.extend(if follows.is_empty() {
            vec![name.to_owned()]
        } else {
            follows
        });
    }
    let kind = match (is_certain, replaces) {
        (true, true) => ActionKind::Replace,
        (true, false) => ActionKind::Update,
        (false, _) if because.is_empty() => return None,
        (false, _) => ActionKind::MayChange,
    };
    Some(action(id, kind, because.into_iter().collect()))
}

fn property<'a>(resource: &'a TemplateResource, name: &str) -> Option<&'a Property> {
    let mut properties = resource.properties.iter();
    properties
        .find(|(it, _)| it == name)
        .map(|(_, value)| value)
}

/// Adds the replaced resources that a property refers to.
fn push_replaced(property: &Property, replaced: &BTreeSet<String>, found: &mut Vec<String>) {
    match property {
        Property::Text(_) | Property::Plain(_) => {}
        Property::Joined(parts) => found.extend(parts.iter().filter_map(|part| match part {
            PropertyPart::Resource(id, _) if replaced.contains(id) => Some(id.clone()),
            PropertyPart::Resource(..) | PropertyPart::Text(_) | PropertyPart::Parameter(_) => None,
        })),
        Property::List(items) => items
            .iter()
            .for_each(|it| push_replaced(it, replaced, found)),
        Property::Object(members) => members
            .iter()
            .for_each(|(_, it)| push_replaced(it, replaced, found)),
    }
}

/// Returns whether two properties differ whatever the values of parameters are.
fn is_different(was: Option<&Property>, now: Option<&Property>) -> bool {
    let (Some(was), Some(now)) = (was, now) else {
        return true;
    };
    match (was, now) {
        (Property::List(was), Property::List(now)) if was.len() == now.len() => {
            let mut pairs = was.iter().zip(now);
            pairs.any(|(was, now)| is_different(Some(was), Some(now)))
        }
        (Property::Object(was), Property::Object(now))
            if was
                .iter()
                .map(|(name, _)| name)
                .eq(now.iter().map(|(name, _)| name)) =>
        {
            let mut pairs = was.iter().zip(now);
            pairs.any(|((_, was), (_, now))| is_different(Some(was), Some(now)))
        }
        (was, now) => was != now && parameters(was) == parameters(now),
    }
}

/// Names of the parameters that a text has, in order.
fn parameters(property: &Property) -> Vec<&str> {
    let parts = match property {
        Property::Joined(parts) => &**parts,
        Property::Text(_) | Property::Plain(_) | Property::List(_) | Property::Object(_) => &[],
    };
    let names = parts.iter().filter_map(|part| match part {
        PropertyPart::Parameter(name) => Some(&**name),
        PropertyPart::Text(_) | PropertyPart::Resource(..) => None,
    });
    names.collect()
}
