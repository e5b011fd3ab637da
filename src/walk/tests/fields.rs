//! Each route and access field of each kind is changed once, and the change is seen.

use std::collections::{BTreeMap, BTreeSet};

use super::corruption::examples;
use crate::assemble::assemble;
use crate::aws::fields::tests::Change;
use crate::aws::{Entry, KINDS};
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::stack::{Label, Names};
use crate::walk::walk;

/// Parts whose change the walk does not see, each with the reason; one that is seen is no longer
/// listed.
const UNSEEN: &[(&str, &str)] = &[
    ("RestApi.body", BODY),
    ("RestApi.body.Some", BODY),
    ("TargetGroup.targets.Balancer.listener", WAITING),
    ("TargetGroup.targets.Kept.listener", WAITING),
    ("TargetGroup.targets.Registered.members.Listed.first.0", KEY),
    ("TargetGroup.targets.Scaled.Listed.first.0", KEY),
];
const BODY: &str = "it is written of the nodes of the stack, which are compared";
const WAITING: &str = "nothing waits for a listener that exists already";
const KEY: &str = "the key of a target is the label of its block";

/// Nodes of a kind whose field is changed in a stack.
const NODES: usize = 4;

/// What came of all changes.
#[derive(Default)]
struct Changes {
    kinds: BTreeSet<&'static str>,
    seen: BTreeSet<String>,
    /// With a case of each.
    unseen: BTreeMap<String, String>,
    /// Parts that had no other value.
    fixed: BTreeSet<String>,
}

#[test]
fn each_change_of_a_route_or_access_field_is_seen() {
    let mut changes = Changes::default();
    for (case, plan) in examples() {
        changes.add(&case, &plan);
    }
    assert_eq!(changes.kinds.len(), KINDS.len());
    for (name, reason) in UNSEEN {
        let case = changes.unseen.remove(*name);
        assert!(case.is_some(), "{name} is seen, though {reason}");
    }
    assert!(
        changes.unseen.is_empty(),
        "nobody sees: {:#?}",
        changes.unseen
    );
    let is_known = |name: &&String| UNSEEN.iter().any(|(unseen, _)| unseen == name);
    let fixed = changes.fixed.difference(&changes.seen);
    let fixed: Vec<&String> = fixed.filter(|name| !is_known(name)).collect();
    assert!(fixed.is_empty(), "no case has another value for {fixed:?}");
}

impl Changes {
    /// Changes each part of the stack of a case.
    fn add(&mut self, case: &str, plan: &Plan) {
        let mut assembled = assemble(plan);
        let entries = assembled.stack.entries.iter();
        let mut change = Change::new(entries.map(|it| it.address.clone()).collect());
        let mut done: BTreeMap<String, usize> = BTreeMap::new();
        for index in 0..assembled.stack.entries.len() {
            let entry = &mut assembled.stack.entries[index];
            let word = entry.address.names.word;
            self.kinds.insert(word);
            let paths = change.list(index, &mut entry.node);
            self.fixed
                .extend(change.fixed.iter().map(|path| format!("{word}.{path}")));
            for path in paths {
                let name = format!("{word}.{path}");
                let count = done.entry(name.clone()).or_default();
                *count += 1;
                if *count > NODES {
                    continue;
                }
                let entries = &mut assembled.stack.entries;
                let twin = change.change(index, &mut entries[index].node, &path);
                entries.extend(twin.map(|names| twin_of(plan, names)));
                let findings = walk(plan, &assembled);
                let is_mismatch = |it: &Diagnostic| it.code.code == "GW9001";
                assert!(findings.iter().all(is_mismatch), "{case}: {name}");
                if findings.is_empty() {
                    self.unseen.insert(name, case.to_owned());
                } else {
                    self.seen.insert(name);
                }
                let entries = &mut assembled.stack.entries;
                entries.truncate(entries.len() - usize::from(twin.is_some()));
                change.restore(index, &mut entries[index].node, &path);
            }
        }
        assert!(walk(plan, &assembled).is_empty(), "{case} is as before");
    }
}

/// Another node of a kind, equal to the first.
fn twin_of(plan: &Plan, names: &Names) -> Entry {
    let entries = assemble(plan).stack.entries.into_iter();
    let mut of_kind = entries.filter(|entry| entry.address.names == names);
    let mut twin = of_kind.next().expect("the kind is in the stack");
    twin.address = twin.address.relabelled(Label::new("twin"));
    twin
}
