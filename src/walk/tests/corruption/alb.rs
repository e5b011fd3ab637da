//! Ways in which the application load balancer can be wrong.

use std::sync::Arc;

use crate::assemble::Assembled;
use crate::aws::{
    ApplicationBalancer, ApplicationBalancerRef, FixedResponse, GroupProtocol, HealthProtocol,
    HttpListener, HttpListenerRef, ListenerRule, Node, RuleAction, TargetGroup, Targets,
};
use crate::plan::Plan;
use crate::stack::{File, Label, List, Value};

fn rules(assembled: &mut Assembled) -> impl Iterator<Item = &mut ListenerRule> {
    assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::ListenerRule(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

fn forwards(assembled: &mut Assembled) -> impl Iterator<Item = &mut ListenerRule> {
    rules(assembled).filter(|it| matches!(it.action, RuleAction::Forward(_)))
}

fn listeners(assembled: &mut Assembled) -> impl Iterator<Item = &mut HttpListener> {
    assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::HttpListener(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

fn passing_on(assembled: &mut Assembled) -> Option<&mut TargetGroup> {
    let mut groups = assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::TargetGroup(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    });
    groups.find(|it| matches!(it.targets, Targets::Balancer { .. } | Targets::Kept { .. }))
}

/// A rule with a `*` that takes a refused path is moved before the refusal.
pub(crate) fn other_order(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let refused = rules(assembled)
        .find(|it| matches!(it.action, RuleAction::Answer(FixedResponse::NOT_FOUND)))?;
    let (start, priority) = (
        refused.paths.first()?.rsplit_once('/')?.0.to_owned(),
        refused.priority,
    );
    refused.priority = 49_999;
    let wanted = format!("{start}/*");
    forwards(assembled)
        .find(|it| {
            it.priority > priority
                && it.methods.is_empty()
                && it.paths.iter().any(|it| **it == *wanted)
        })
        .map(drop)
}

pub(crate) fn equal_priorities(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let mut rules = rules(assembled);
    let first = rules.next()?;
    rules.find(|it| it.listener.is(&first.listener))?.priority = first.priority;
    Some(())
}

pub(crate) fn swapped_rules(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let mut rules = forwards(assembled);
    let first = rules.next()?;
    let label = |it: &ListenerRule| {
        if let RuleAction::Forward(group) = &it.action {
            Some(group.arn())
        } else {
            None
        }
    };
    let second = rules.find(|it| label(it) != label(first))?;
    std::mem::swap(&mut first.action, &mut second.action);
    Some(())
}

pub(crate) fn methods_forgotten(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    rules(assembled)
        .find(|it| !it.methods.is_empty())?
        .methods
        .clear();
    Some(())
}

pub(crate) fn other_host(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    forwards(assembled).for_each(|it| it.hosts = vec![Arc::from("elsewhere.example")]);
    forwards(assembled).next().map(drop)
}

pub(crate) fn refusal_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let action = forwards(assembled).next()?.action.clone();
    rules(assembled)
        .find(|it| matches!(it.action, RuleAction::Answer(FixedResponse::NOT_FOUND)))?
        .action = action;
    Some(())
}

pub(crate) fn rule_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    // A path without requests, so the rule has no effect any more.
    forwards(assembled).next()?.paths = vec![Arc::from("/nobody-asks-for-this")];
    Some(())
}

pub(crate) fn rule_elsewhere(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    forwards(assembled).next()?.listener = HttpListenerRef::Existing(Value::literal("elsewhere"));
    Some(())
}

pub(crate) fn switched_rule(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    forwards(assembled).for_each(|it| it.is_switched = !it.is_switched);
    forwards(assembled).next().map(drop)
}

pub(crate) fn health_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    rules(assembled)
        .find(|it| matches!(it.action, RuleAction::Answer(FixedResponse::HEALTHY)))?
        .action = RuleAction::Answer(FixedResponse::NOT_FOUND);
    Some(())
}

pub(crate) fn listener_port(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    listeners(assembled).next()?.port += 1;
    Some(())
}

pub(crate) fn listener_certificate(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    listeners(assembled).next()?.certificate = Some(Value::literal("other"));
    Some(())
}

pub(crate) fn group_port(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    passing_on(assembled)?.port += 1;
    Some(())
}

pub(crate) fn another_balancer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = passing_on(assembled)?;
    let (Targets::Balancer { balancer, .. } | Targets::Kept { balancer, .. }) = &mut group.targets
    else {
        return None;
    };
    *balancer = ApplicationBalancerRef::Existing {
        arn: Value::literal("other"),
        dns_name: Value::literal("other"),
    };
    Some(())
}

pub(crate) fn second_balancer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    passing_on(assembled)?;
    let balancer = ApplicationBalancer {
        name: Value::literal("other"),
        name_prefix: Value::literal("other"),
        subnets: List::Of(Vec::new()),
        security_groups: List::Of(Vec::new()),
        idle_timeout_s: 60,
        deletion_protection: Value::literal("true"),
        access_logs: None,
    };
    assembled
        .stack
        .add(File::Network, Label::new("other"), balancer);
    Some(())
}

pub(crate) fn asked_elsewhere(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let group = passing_on(assembled)?;
    group.protocol = GroupProtocol::Tcp;
    group.health_check.protocol = HealthProtocol::Tcp;
    Some(())
}
