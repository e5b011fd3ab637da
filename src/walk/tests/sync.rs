//! Ways in which the function that keeps addresses can be wrong, each applied to every example that
//! has one.

use super::corruption::examples;
use crate::assemble::{Assembled, assemble};
use crate::aws::{
    Entry, LogGroup, Node, PythonFunction, Role, Schedule, SchedulePermission, TargetGroup,
    TargetType, Targets,
};
use crate::plan::Plan;
use crate::stack::{File, Label, Value};

/// Changes one thing; `None` where the stack has no such thing.
type Corruption = fn(&mut Assembled) -> Option<()>;

const CORRUPTIONS: &[(&str, Corruption)] = &[
    ("addresses of another balancer", |it| {
        set(
            it,
            "ALB_DNS_NAME",
            "internal-other-1.eu-west-1.elb.amazonaws.com",
        )
    }),
    ("addresses of the balancer in front", |it| {
        let name = it.network.as_ref()?.balancer.as_ref()?.dns_name();
        function(it)?
            .environment
            .insert("ALB_DNS_NAME".into(), name)
            .map(drop)
    }),
    ("no balancer", |it| {
        function(it)?.environment.remove("ALB_DNS_NAME").map(drop)
    }),
    ("other port", |it| {
        let Value::Literal(start) = kept(it)?.first_mut()? else {
            return None;
        };
        *start = "81=".into();
        Some(())
    }),
    ("ports of two groups swapped", |it| {
        let parts = kept(it)?;
        if parts.len() < 4 {
            return None;
        }
        parts.swap(1, 3);
        Some(())
    }),
    ("last group forgotten", |it| {
        let parts = kept(it)?;
        parts.truncate(parts.len() - 2);
        Some(())
    }),
    ("group named twice", |it| {
        let parts = kept(it)?;
        let again = parts[1].clone();
        parts.extend([Value::literal(",9999="), again]);
        Some(())
    }),
    ("groups that cannot be read", |it| {
        set(it, "TARGET_GROUPS", "80")
    }),
    ("group of a backend", |it| {
        let is_other = |it: &Entry| matches!(&it.node, Node::TargetGroup(group) if !matches!(group.targets, Targets::Kept { .. }));
        let other = it
            .stack
            .entries
            .iter()
            .find(|it| is_other(it))?
            .address
            .clone();
        let Value::Attribute(arn) = &mut kept(it)?[1] else {
            return None;
        };
        arn.of = other;
        Some(())
    }),
    ("counted otherwise", |it| {
        set(it, "MISSING_BEFORE_DEREGISTER", "9")
    }),
    ("asks more often", |it| {
        set(it, "MAX_LOOKUPS_PER_RUN", "9999")
    }),
    ("another interval", |it| set(it, "SCHEDULE_SECONDS", "1")),
    ("remembers elsewhere", |it| set(it, "STATE", "nowhere")),
    ("place of its memory lost", |it| {
        function(it)?.environment.remove("STATE_PREFIX").map(drop)
    }),
    ("another place of its memory", |it| {
        set(it, "STATE_PREFIX", "/elsewhere")
    }),
    ("memory that it may not write", |it| {
        role(it)?
            .statements
            .iter_mut()
            .find(|it| it.sid == "Remember")?
            .resources = vec![Value::literal("*")];
        Some(())
    }),
    ("bucket lost", |it| {
        function(it)?.environment.remove("STATE_BUCKET").map(drop)
    }),
    ("runs overlap", |it| {
        function(it)?.timeout_s = 60;
        Some(())
    }),
    ("other concurrency", |it| {
        function(it)?.reserved_concurrency = Some(7);
        Some(())
    }),
    ("other code", |it| {
        function(it)?.code.name = "forwarder";
        Some(())
    }),
    ("schedule at other times", |it| {
        schedule(it)?.expression = "rate(1 day)".into();
        Some(())
    }),
    ("no schedule", |it| {
        lose(it, |node| matches!(node, Node::Schedule(_)))
    }),
    ("no leave for the schedule", |it| {
        lose(it, |node| matches!(node, Node::SchedulePermission(_)))
    }),
    ("second schedule", |it| {
        let first = schedule(it)?;
        let second = Schedule {
            name: Value::literal("other"),
            description: first.description,
            expression: first.expression.clone(),
            function: first.function.clone(),
        };
        it.stack.add(File::Network, Label::new("other"), second);
        Some(())
    }),
    ("leave for another schedule", |it| {
        let first = schedule(it)?;
        let (expression, function) = (first.expression.clone(), first.function.clone());
        let other = Schedule {
            name: Value::literal("other"),
            description: "",
            expression,
            function: function.clone(),
        };
        let schedule = it.stack.add(File::Network, Label::new("other"), other);
        permission(it)?.schedule = schedule;
        Some(())
    }),
    ("may register elsewhere", |it| {
        role(it)?
            .statements
            .iter_mut()
            .find(|it| it.sid == "Keep")?
            .resources = vec![Value::literal("*")];
        Some(())
    }),
    ("may register nowhere", |it| {
        role(it)?.statements.retain(|it| it.sid != "Keep");
        Some(())
    }),
    ("group of another kind", |it| {
        group(it)?.target_type = TargetType::Alb;
        Some(())
    }),
    ("group that nobody keeps", |it| {
        group(it)?.targets = Targets::None;
        Some(())
    }),
    ("group that holds the balancer itself", |it| {
        let group = group(it)?;
        let Targets::Kept { balancer, listener } = &group.targets else {
            return None;
        };
        group.targets = Targets::Balancer {
            balancer: balancer.clone(),
            listener: listener.clone(),
        };
        Some(())
    }),
    ("group on another port", |it| {
        group(it)?.port += 1;
        Some(())
    }),
];

fn nodes(assembled: &mut Assembled) -> impl Iterator<Item = &mut Node> {
    assembled.stack.entries.iter_mut().map(|it| &mut it.node)
}

fn function(assembled: &mut Assembled) -> Option<&mut PythonFunction> {
    nodes(assembled).find_map(|it| {
        if let Node::PythonFunction(it) = it {
            Some(it)
        } else {
            None
        }
    })
}

fn schedule(assembled: &mut Assembled) -> Option<&mut Schedule> {
    nodes(assembled).find_map(|it| {
        if let Node::Schedule(it) = it {
            Some(it)
        } else {
            None
        }
    })
}

fn permission(assembled: &mut Assembled) -> Option<&mut SchedulePermission> {
    nodes(assembled).find_map(|it| {
        if let Node::SchedulePermission(it) = it {
            Some(it)
        } else {
            None
        }
    })
}

fn role(assembled: &mut Assembled) -> Option<&mut Role> {
    nodes(assembled).find_map(|it| {
        if let Node::Role(it) = it {
            Some(it)
        } else {
            None
        }
    })
}

fn group(assembled: &mut Assembled) -> Option<&mut TargetGroup> {
    let mut groups = nodes(assembled).filter_map(|it| {
        if let Node::TargetGroup(it) = it {
            Some(it)
        } else {
            None
        }
    });
    groups.find(|it| matches!(it.targets, Targets::Kept { .. }))
}

fn set(assembled: &mut Assembled, name: &str, text: &str) -> Option<()> {
    function(assembled)?
        .environment
        .insert(name.to_owned(), Value::literal(text));
    Some(())
}

/// The parts of `TARGET_GROUPS`.
fn kept(assembled: &mut Assembled) -> Option<&mut Vec<Value>> {
    let value = function(assembled)?.environment.get_mut("TARGET_GROUPS")?;
    if let Value::Text(parts) = value {
        Some(parts)
    } else {
        None
    }
}

/// Puts what means nothing in the place of a node: every handle leads where it did.
fn lose(assembled: &mut Assembled, is_it: fn(&Node) -> bool) -> Option<()> {
    *nodes(assembled).find(|it| is_it(it))? = LogGroup {
        name: Value::literal("other"),
        retention_days: 1,
        kms_key: None,
    }
    .into();
    Some(())
}

#[test]
fn every_corruption_of_the_function_that_keeps_addresses_is_caught() {
    let mut applied = vec![0; CORRUPTIONS.len()];
    let is_kept = |plan: &Plan| plan.network.as_ref().is_some_and(|it| it.sync.is_some());
    for (name, plan) in examples().into_iter().filter(|(_, plan)| is_kept(plan)) {
        for (index, (what, corrupt)) in CORRUPTIONS.iter().enumerate() {
            let mut assembled = assemble(&plan);
            if corrupt(&mut assembled).is_none() {
                continue;
            }
            applied[index] += 1;
            let findings = super::super::walk(&plan, &assembled);
            assert!(!findings.is_empty(), "{name}: nobody notices: {what}");
            assert!(
                findings.iter().all(|it| it.code.code == "GW9001"),
                "{name}: {what}"
            );
        }
    }
    for ((what, _), applied) in CORRUPTIONS.iter().zip(applied) {
        assert!(applied > 0, "no example has the parts for: {what}");
    }
}

#[test]
fn a_function_that_nobody_planned_is_noticed() {
    let examples = examples();
    let find = |name: &str| {
        examples
            .iter()
            .find(|it| it.0 == name)
            .map(|it| &it.1)
            .expect("an example of that name")
    };
    let (kept, plain) = (find("sync"), find("alb"));
    assert!(!super::super::walk(plain, &assemble(kept)).is_empty());
    assert!(!super::super::walk(kept, &assemble(plain)).is_empty());
}
