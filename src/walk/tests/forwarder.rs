//! Ways in which a function that forwards can be wrong, each applied to every example that has one.

use super::corruption::examples;
use crate::assemble::{Assembled, assemble};
use crate::aws::{
    Function, FunctionCode, FunctionGroups, FunctionNetwork, Integration, Node, PythonFunction,
};
use crate::stack::{List, Value};

/// Changes one thing; `None` where the stack has no such thing.
type Corruption = fn(&mut Assembled) -> Option<()>;

const CORRUPTIONS: &[(&str, Corruption)] = &[
    ("other hosts", |it| set(it, "HOSTS", "elsewhere.internal")),
    ("other port", |it| set(it, "PORT", "1")),
    ("other protocol", |it| set(it, "PROTOCOL", "ftp")),
    ("host of another", |it| {
        set(it, "HOST", "elsewhere.example.com")
    }),
    ("verification turned off and on", |it| {
        turned(it, "TLS_VERIFY")
    }),
    ("encoding kept and lost", |it| {
        turned(it, "KEEP_ACCEPT_ENCODING")
    }),
    ("other timeout", |it| set(it, "TIMEOUT_MS", "1")),
    ("an operation's own time lost", |it| {
        timed(it)?.environment.remove("TIMEOUTS").map(drop)
    }),
    ("an operation's own time changed", |it| {
        timed(it)?
            .environment
            .insert("TIMEOUTS".to_owned(), Value::literal("{\"GET /\":1}"));
        Some(())
    }),
    ("less time where none was planned", |it| {
        set(
            it,
            "TIMEOUTS",
            "{\"DELETE /\":1,\"GET /\":1,\"POST /\":1,\"PUT /\":1}",
        )
    }),
    ("timeouts that are no JSON", |it| set(it, "TIMEOUTS", "{")),
    ("other prefix", |it| {
        set(it, "PATHS", "{\"/\":\"/elsewhere\"}")
    }),
    ("prefixes that are no JSON", |it| set(it, "PATHS", "/")),
    ("no prefix", |it| set(it, "PATHS", "{}")),
    ("headers from the context lost", |it| {
        first(it)?.environment.remove("CONTEXT_HEADERS").map(drop)
    }),
    ("header added", |it| set(it, "HEADER_X_MORE", "x-more: 1")),
    ("header changed", header_changed),
    ("other code", |it| {
        first(it)?.code = FunctionCode {
            name: "sync",
            text: "",
        };
        Some(())
    }),
    ("function ends before its requests", |it| {
        first(it)?.timeout_s = 1;
        Some(())
    }),
    ("outside of the network", |it| {
        first(it)?.network = None;
        Some(())
    }),
    ("other subnets", |it| {
        network(it)?.subnets = List::Of(vec![Value::literal("subnet-00000001")]);
        Some(())
    }),
    ("other security groups", |it| {
        network(it)?.security_groups =
            FunctionGroups::Given(List::Of(vec![Value::literal("sg-1")]));
        Some(())
    }),
    ("functions swapped", swapped),
    ("leave to call lost", |it| {
        let is_leave = |node: &Node| matches!(node, Node::LambdaPermission(permission) if matches!(permission.function, Function::Made(_)));
        let index = it
            .stack
            .entries
            .iter()
            .position(|entry| is_leave(&entry.node))?;
        let Node::LambdaPermission(permission) = &mut it.stack.entries[index].node else {
            return None;
        };
        permission.stage = Value::literal("*");
        Some(())
    }),
];

fn first(assembled: &mut Assembled) -> Option<&mut PythonFunction> {
    assembled.stack.entries.iter_mut().find_map(|it| {
        if let Node::PythonFunction(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

/// The first function with operations that have less time than it.
fn timed(assembled: &mut Assembled) -> Option<&mut PythonFunction> {
    assembled
        .stack
        .entries
        .iter_mut()
        .find_map(|entry| match &mut entry.node {
            Node::PythonFunction(function) if function.environment.contains_key("TIMEOUTS") => {
                Some(function)
            }
            _ => None,
        })
}

fn network(assembled: &mut Assembled) -> Option<&mut FunctionNetwork> {
    first(assembled)?.network.as_mut()
}

fn set(assembled: &mut Assembled, name: &str, text: &str) -> Option<()> {
    first(assembled)?
        .environment
        .insert(name.to_owned(), Value::literal(text));
    Some(())
}

fn turned(assembled: &mut Assembled, name: &str) -> Option<()> {
    let flag = first(assembled)?.environment.get_mut(name)?;
    *flag = Value::literal(if *flag == Value::literal("true") {
        "false"
    } else {
        "true"
    });
    Some(())
}

fn header_changed(assembled: &mut Assembled) -> Option<()> {
    let (_, line) = first(assembled)?
        .environment
        .iter_mut()
        .find(|(name, _)| name.starts_with("HEADER_"))?;
    *line = Value::Text(vec![
        Value::literal("x-origin: "),
        Value::literal("elsewhere"),
    ]);
    Some(())
}

/// Two methods call each other's functions.
fn swapped(assembled: &mut Assembled) -> Option<()> {
    let mut called: Vec<&mut Function> = Vec::new();
    for entry in &mut assembled.stack.entries {
        if let Node::Method(method) = &mut entry.node
            && let Integration::Function(call) = &mut method.integration
            && matches!(call.function, Function::Made(_))
        {
            called.push(&mut call.function);
        }
    }
    let first = Function::clone(called.first()?);
    let other = called.iter().position(|it| **it != first)?;
    let second = std::mem::replace(&mut *called[other], first);
    *called[0] = second;
    Some(())
}

#[test]
fn every_corruption_of_a_forwarding_function_is_caught() {
    let mut applied = vec![0; CORRUPTIONS.len()];
    for (name, plan) in examples()
        .into_iter()
        .filter(|(_, plan)| plan.forwarders.is_some())
    {
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
