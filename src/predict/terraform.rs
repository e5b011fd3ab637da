//! What Terraform plans.
//!
//! In: two stacks. Out: `Action`s. Pure.
//! Source: docs/aws-rules.md#t41.

mod quiet;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::certainty::{Difference, Piece, Pieces};
use super::evaluate::Evaluator;
use super::expression::{ExpressionPart, parts};
use super::instances::{Instance, Module, blocks};
use super::{Action, ActionKind, provider};
use crate::aws::{ReplacedWhen, Stack, TypeChanges, When};
use crate::emit::terraform::{forgotten, moves};
use crate::sink::{Recorded, RecordedBlock};

/// Arguments that decide how Terraform works, not what is there.
const META: [&str; 2] = ["depends_on", "for_each"];
const LIFECYCLE: &str = "lifecycle";

/// What happens to each resource, in any order.
pub(super) fn actions(before: &Stack, after: &Stack) -> Vec<Action> {
    let [before_blocks, after_blocks] = [blocks(before), blocks(after)];
    let change = StateChange::of(
        Module::of(&before_blocks),
        Module::of(&after_blocks),
        &moves(after),
        types(after),
    );
    let addresses: Vec<&String> = change.after.instances.keys().collect();
    let mut actions: Vec<Action> = addresses
        .into_iter()
        .filter_map(|address| change.action(address))
        .collect();
    let forgotten: BTreeSet<String> = forgotten(after).collect();
    let gone = change.before.instances.keys();
    actions.extend(gone.filter(|it| change.goes(it)).map(|address| Action {
        address: address.clone(),
        action: match forgotten.contains(address) {
            true => ActionKind::Forget,
            false => ActionKind::Destroy,
        },
        because: Vec::new(),
    }));
    actions
}

/// What a change of an argument does, by type of resource.
fn types(stack: &Stack) -> BTreeMap<&'static str, TypeChanges> {
    let mut types = BTreeMap::new();
    for entry in &stack.entries {
        let changes = entry.node.changes();
        types.insert(changes.block.of, changes.block);
        types.extend(changes.more_blocks.iter().map(|block| (block.of, *block)));
    }
    types
}

/// A state, what it becomes, and what was found so far.
struct StateChange<'a> {
    before: Module<'a>,
    after: Module<'a>,
    /// Addresses in the state, by the later ones.
    previous: BTreeMap<String, String>,
    /// Addresses in the state of what is there later, too.
    stays: BTreeSet<String>,
    types: BTreeMap<&'static str, TypeChanges>,
    found: RefCell<BTreeMap<String, Option<Action>>>,
}

/// A difference of one argument.
struct FoundDifference {
    path: String,
    difference: Difference,
    replaces: bool,
}

impl<'a> StateChange<'a> {
    fn of(
        before: Module<'a>,
        after: Module<'a>,
        moves: &[[String; 2]],
        types: BTreeMap<&'static str, TypeChanges>,
    ) -> Self {
        let own = before.instances.keys().map(|it| (it.clone(), it.clone()));
        let mut previous: BTreeMap<String, String> = own.collect();
        for [from, to] in moves {
            let start = format!("{from}[");
            let is_moved = |address: &&String| *address == from || address.starts_with(&start);
            let moved: Vec<String> = previous.keys().filter(is_moved).cloned().collect();
            for address in moved {
                let target = [to, &address[from.len()..]].concat();
                if let (false, Some(of)) =
                    (previous.contains_key(&target), previous.remove(&address))
                {
                    previous.insert(target, of);
                }
            }
        }
        previous.retain(|address, _| after.instances.contains_key(address));
        Self {
            before,
            after,
            stays: previous.values().cloned().collect(),
            previous,
            types,
            found: RefCell::default(),
        }
    }

    /// What happens to a resource of the later state.
    fn action(&self, address: &str) -> Option<Action> {
        if let Some(found) = self.found.borrow().get(address) {
            return found.clone();
        }
        let action = match self.previous.get(address) {
            None => Some(Action {
                address: address.to_owned(),
                action: ActionKind::Create,
                because: Vec::new(),
            }),
            Some(previous) => self.compared(address, previous),
        };
        let mut found = self.found.borrow_mut();
        found.insert(address.to_owned(), action.clone());
        action
    }

    /// Returns whether a resource of the state is there no more, or is another one.
    fn goes(&self, address: &str) -> bool {
        self.before.instances.contains_key(address) && !self.stays.contains(address)
    }

    fn kind(&self, address: &str) -> Option<ActionKind> {
        self.action(address).map(|action| action.action)
    }

    /// What is known of an attribute that nobody writes, in the later state.
    fn attribute(&self, address: &str, name: &str) -> Piece {
        let stays = || {
            let previous = self.previous.get(address).map_or(address, |it| it);
            Piece::There(previous.to_owned(), name.to_owned())
        };
        let of = address.split('.').next().unwrap_or_default();
        match self.kind(address) {
            Some(ActionKind::Create | ActionKind::Replace) => Piece::New(address.to_owned()),
            Some(ActionKind::Update) if provider::is_new_by_update(of, name) => {
                Piece::New(address.to_owned())
            }
            Some(
                ActionKind::Update
                | ActionKind::MayChange
                | ActionKind::Destroy
                | ActionKind::Forget,
            )
            | None => stays(),
        }
    }

    fn compared(&self, address: &str, previous: &str) -> Option<Action> {
        let was = self.before.instances.get(previous)?;
        let now = self.after.instances.get(address)?;
        if was == now && self.is_untouched(now) {
            return None;
        }
        let mut found = Vec::new();
        ComparedResource {
            change: self,
            was: *was,
            now: *now,
        }
        .blocks("", Some(was.block), Some(now.block), &mut found);
        found.extend(self.triggered(now.block));
        let is_certain = |it: &&FoundDifference| it.difference != Difference::May;
        let [certain, may]: [Vec<&FoundDifference>; 2] = [
            found.iter().filter(is_certain).collect(),
            found.iter().filter(|it| !is_certain(it)).collect(),
        ];
        let replacing: Vec<&FoundDifference> =
            certain.iter().copied().filter(|it| it.replaces).collect();
        let (action, causes) = if !replacing.is_empty() {
            (ActionKind::Replace, replacing)
        } else if may.iter().any(|it| it.replaces) || certain.is_empty() && !may.is_empty() {
            (ActionKind::MayChange, may)
        } else if !certain.is_empty() {
            (ActionKind::Update, certain)
        } else {
            return None;
        };
        let causes = causes.into_iter().flat_map(|it| match &it.difference {
            Difference::Follows(addresses) => addresses.clone(),
            Difference::None | Difference::May | Difference::Certain => vec![it.path.clone()],
        });
        let because: BTreeSet<String> = causes.collect();
        Some(Action {
            address: address.to_owned(),
            action,
            because: because.into_iter().collect(),
        })
    }

    /// The changed resources that replace one with `replace_triggered_by`.
    fn triggered(&self, block: &RecordedBlock) -> Vec<FoundDifference> {
        let lifecycle = block.block(LIFECYCLE);
        let Some(Recorded::Expression(text)) =
            lifecycle.and_then(|it| it.argument("replace_triggered_by"))
        else {
            return Vec::new();
        };
        let of = |part: ExpressionPart<'_>| {
            let ExpressionPart::Path(address) = part else {
                return None;
            };
            let difference = match self.kind(address)? {
                ActionKind::Update | ActionKind::Replace => {
                    Difference::Follows(vec![address.to_owned()])
                }
                ActionKind::MayChange => Difference::May,
                ActionKind::Create | ActionKind::Destroy | ActionKind::Forget => return None,
            };
            Some(FoundDifference {
                path: address.to_owned(),
                difference,
                replaces: true,
            })
        };
        parts(text).into_iter().filter_map(of).collect()
    }
}

/// A resource in both states.
struct ComparedResource<'a> {
    change: &'a StateChange<'a>,
    was: Instance<'a>,
    now: Instance<'a>,
}

impl ComparedResource<'_> {
    /// Compares two blocks, of which one may lack, with what is in them.
    fn blocks(
        &self,
        path: &str,
        was: Option<&RecordedBlock>,
        now: Option<&RecordedBlock>,
        found: &mut Vec<FoundDifference>,
    ) {
        let both = || was.into_iter().chain(now);
        let arguments = both().flat_map(|block| &block.arguments);
        let names: BTreeSet<&str> = arguments.map(|(name, _)| &**name).collect();
        for name in names.into_iter().filter(|name| !META.contains(name)) {
            let values = [was, now].map(|block| block.and_then(|it| it.argument(name)));
            self.argument(&[path, name].concat(), values, found);
        }
        let inner = both().flat_map(|block| &block.blocks);
        let names: BTreeSet<&str> = inner.map(|block| &*block.header[0]).collect();
        for name in names.into_iter().filter(|name| *name != LIFECYCLE) {
            if self.is_ignored(&[path, name].concat()) {
                continue;
            }
            let [was, now] = [was, now].map(|block| {
                let blocks = block.into_iter().flat_map(|it| &it.blocks);
                blocks.filter(|it| it.header == [name]).collect::<Vec<_>>()
            });
            for index in 0..was.len().max(now.len()) {
                let [was, now] = [&was, &now].map(|blocks| blocks.get(index).copied());
                self.blocks(&format!("{path}{name}."), was, now, found);
            }
        }
    }

    fn is_ignored(&self, path: &str) -> bool {
        let lifecycle = self.now.block.block(LIFECYCLE);
        match lifecycle.and_then(|it| it.argument("ignore_changes")) {
            Some(Recorded::Expression(names)) => {
                let mut names = names.trim_matches(['[', ']']).split(", ");
                names.any(|name| name == path)
            }
            Some(Recorded::List(_) | Recorded::Map(_)) | None => false,
        }
    }

    fn argument(
        &self,
        path: &str,
        values: [Option<&Recorded>; 2],
        found: &mut Vec<FoundDifference>,
    ) {
        let of = self.now.of;
        let [Some(was), Some(now)] = [
            values[0].map(|value| self.before(value)),
            values[1].map(|value| self.after(value)),
        ]
        .map(|value| {
            let is_none = |it: &Pieces| it.text().is_some_and(|it| provider::is_none(of, path, it));
            Some(value.filter(|it| !is_none(it)).unwrap_or_default())
        }) else {
            return;
        };
        if self.is_ignored(path) || now.0.is_empty() && provider::is_kept(of, path) {
            return;
        }
        let difference = self.difference(values, [&was, &now]);
        if difference != Difference::None {
            found.push(FoundDifference {
                replaces: self.replaces(path, values, [&was, &now]),
                path: path.to_owned(),
                difference,
            });
        }
    }

    /// The difference of two values; of two mappings that of their members.
    fn difference(&self, values: [Option<&Recorded>; 2], pieces: [&Pieces; 2]) -> Difference {
        let goes = |address: &str| self.change.goes(address);
        let whole = pieces[0].difference(pieces[1], &goes);
        let [
            Some(was @ Recorded::Map(old)),
            Some(now @ Recorded::Map(new)),
        ] = values
        else {
            return whole;
        };
        if whole != Difference::May {
            return whole;
        }
        let names: BTreeSet<&str> = old.iter().chain(new).map(|(name, _)| &**name).collect();
        let of_member = |name: &str| match [was, now].map(|it| it.member(name)) {
            [Some(was), Some(now)] => self.before(was).difference(&self.after(now), &goes),
            [Some(_), None] | [None, Some(_)] => Difference::Certain,
            [None, None] => Difference::None,
        };
        let all = names.into_iter().map(of_member);
        all.fold(Difference::None, Difference::and)
    }

    fn before(&self, value: &Recorded) -> Pieces {
        let attributes =
            |address: &str, name: &str| Piece::There(address.to_owned(), name.to_owned());
        let evaluator = Evaluator {
            module: &self.change.before,
            attributes: &attributes,
        };
        evaluator.value(value, self.was.each)
    }

    fn after(&self, value: &Recorded) -> Pieces {
        let attributes = |address: &str, name: &str| self.change.attribute(address, name);
        let evaluator = Evaluator {
            module: &self.change.after,
            attributes: &attributes,
        };
        evaluator.value(value, self.now.each)
    }

    /// Returns whether a difference of an argument replaces the resource.
    fn replaces(&self, path: &str, values: [Option<&Recorded>; 2], pieces: [&Pieces; 2]) -> bool {
        let Some(changes) = self.change.types.get(self.now.of) else {
            return false;
        };
        let mut sometimes = changes
            .replaced_when
            .iter()
            .filter(|it| it.argument == path);
        changes.replaced_by.contains(&path)
            || sometimes.any(|ReplacedWhen { when, .. }| match when {
                When::LosesItem => self.loses_item(values),
                When::IsOrWas(text) => {
                    let text = format!("\"{text}\"");
                    pieces.iter().any(|it| it.text() == Some(&text))
                }
            })
    }

    /// Returns whether a list loses one of its items; one that is known only at deploy time may.
    fn loses_item(&self, values: [Option<&Recorded>; 2]) -> bool {
        let [Some(Recorded::List(was)), Some(Recorded::List(now))] = values else {
            return true;
        };
        let now: Vec<Pieces> = now.iter().map(|item| self.after(item)).collect();
        was.iter().any(|item| !now.contains(&self.before(item)))
    }
}
