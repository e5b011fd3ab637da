//! Names through the renders: `was` joins today's name with those before it.
//!
//! In: `Blueprint`, `Memory`. Out: `KnownNames`, the names that the next render knows, diagnostics. Pure.
//! Without `was` nothing is guessed: one that is gone and a new one that is like it are a note.

mod alike;
mod section;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fact;
use crate::blueprint::Blueprint;
use crate::diagnostic::{self, Diagnostic, nearest};
use crate::memory::{FactMap, Memory};
use crate::plan::{BackendPlan, IntegrationPlan, Name, Plan};
use crate::source::pointer::child;
use section::{Section, sections};

/// Names of backends, usage plans and authorizers, by `backends/orders`.
#[derive(Debug, Default)]
pub(crate) struct KnownNames {
    names: BTreeMap<String, Name>,
}

impl KnownNames {
    fn set(&self, kind: &str, name: &mut Name) {
        if let Some(known) = self.names.get(&format!("{kind}/{name}")) {
            *name = known.clone();
        }
    }

    /// Gives the backends the names that they had.
    pub(crate) fn of_backends(&self, backends: &mut [BackendPlan]) {
        for backend in backends {
            self.set("backends", &mut backend.name);
            if let IntegrationPlan::Balanced(balanced) = &mut backend.integration {
                balanced.name = backend.name.clone();
            }
        }
    }

    /// Gives the other parts of a plan the names that they had.
    pub(crate) fn of_plan(&self, plan: &mut Plan) {
        for usage_plan in &mut plan.usage_plans {
            self.set("usage_plans", &mut usage_plan.name);
        }
        for authorizer in &mut plan.authorizers {
            self.set("auth", &mut authorizer.name);
        }
    }

    /// Adds what the next render has to know.
    pub(crate) fn remember(&self, blueprint: &Blueprint, memory: &mut Memory) {
        for section in sections(blueprint) {
            for (name, part) in &section.parts {
                fact(&mut memory.names, section.key(name), &part.alike);
            }
        }
        for (key, name) in &self.names {
            let Some((kind, _)) = key.split_once('/') else {
                continue;
            };
            if name.first() != &**name {
                fact(&mut memory.first_names, key, &**name.first());
            }
            remember_moves(kind, name, memory);
        }
    }
}

/// Adds the names that followed one another.
pub(super) fn remember_moves(kind: &str, name: &Name, memory: &mut Memory) {
    let chain = name.earlier().iter().chain([&**name]);
    for (from, to) in name.earlier().iter().zip(chain.skip(1)) {
        fact(&mut memory.moves, format!("{kind}/{from}"), &**to);
    }
}

/// The key of a usage plan in the memory.
pub(super) fn key_of_plan(name: &str) -> String {
    format!("usage_plans/{name}")
}

/// The name of a usage plan that is gone, with those before it.
pub(super) fn gone_plan(memory: &Memory, name: &str) -> Name {
    Past::of(&key_of_plan(""), memory).name(name, None)
}

/// Decides the names.
///
/// Errors: GW2150 wrong `was`, GW2151 a name that comes again; GW5060 (a note) a name that may be
/// another's.
pub(crate) fn names(
    blueprint: &Blueprint,
    memory: &Memory,
    diagnostics: &mut Vec<Diagnostic>,
) -> KnownNames {
    let mut names = KnownNames::default();
    for section in sections(blueprint) {
        let past = Past::of(&section.key(""), memory);
        let mut decided = BTreeMap::new();
        for (name, part) in &section.parts {
            let before = match part.was {
                Some(was) => match past.checked(&section, name, was) {
                    Ok(before) => before,
                    Err((message, help)) => {
                        let at = child(&child(&format!("/{}", section.kind), name), "was");
                        let finding = diagnostic::WRONG_WAS.at(blueprint.place(&at));
                        diagnostics.push(finding.message(message).help(help));
                        None
                    }
                },
                None => None,
            };
            decided.insert(*name, past.name(name, before));
        }
        diagnostics.extend(past.come_again(blueprint, &section, &decided));
        diagnostics.extend(alike::notes(blueprint, &section, &past));
        past.distinguish(&mut decided);
        let keyed = decided.into_iter();
        names
            .names
            .extend(keyed.map(|(name, decided)| (section.key(name), decided)));
    }
    names
}

/// What earlier renders knew of the parts of a section.
struct Past {
    /// Texts that are equal for parts that are alike, by the names of the last render.
    known: BTreeMap<String, BTreeSet<String>>,
    first: BTreeMap<String, String>,
    /// Names that others followed.
    moves: BTreeMap<String, BTreeSet<String>>,
}

/// Message and help of a finding.
type Words = (String, String);

impl Past {
    /// Reads the facts whose keys have a start.
    fn of(start: &str, memory: &Memory) -> Self {
        let own = |key: &String| key.strip_prefix(start).map(str::to_owned);
        let first = |values: &BTreeSet<String>| values.first().cloned();
        let named = |facts: &FactMap| {
            let facts = facts.iter();
            let facts = facts.filter_map(|(key, values)| Some((own(key)?, values.clone())));
            facts.collect()
        };
        Self {
            known: named(&memory.names),
            first: (memory.first_names.iter())
                .filter_map(|(key, values)| Some((own(key)?, first(values)?)))
                .collect(),
            moves: named(&memory.moves),
        }
    }

    /// Names that a name followed, the oldest first.
    fn earlier(&self, name: &str) -> Vec<String> {
        let mut newest_first = Vec::new();
        let mut at = vec![name];
        while let Some(name) = at.pop() {
            for (from, to) in &self.moves {
                if to.contains(name) && !newest_first.contains(from) {
                    newest_first.push(from.clone());
                    at.push(from);
                }
            }
        }
        newest_first.reverse();
        newest_first
    }

    /// The name that a part had in the last render; none where it has it already.
    fn checked(
        &self,
        section: &Section<'_>,
        name: &str,
        was: &str,
    ) -> Result<Option<String>, Words> {
        let one = section.one;
        if was == name {
            let message = format!("`{name}` was not another {one}: `was` names itself");
            return Err((
                message,
                "write its name in earlier renders, or remove the line".into(),
            ));
        }
        if section.parts.contains_key(was) {
            return Err((
                format!("`{name}` cannot have been `{was}`: that {one} is still there"),
                format!(
                    "remove `{was}` where it goes on as `{name}`, else remove the line; two exchange their names in two renders, through a free one"
                ),
            ));
        }
        let others = section.parts.iter();
        let mut others = others.filter(|(other, part)| **other < name && part.was == Some(was));
        if let Some((other, _)) = others.next() {
            return Err((
                format!("`{other}` and `{name}` cannot both have been `{was}`"),
                "keep the line at the one that its resources go to".into(),
            ));
        }
        if self.earlier(name).iter().any(|earlier| earlier == was) {
            return Ok(None);
        }
        if self.known.contains_key(name) && self.known.contains_key(was) {
            return Err((
                format!("`{name}` cannot have been `{was}`: the last render had both"),
                format!("remove the line: what `{was}` had goes"),
            ));
        }
        // An old line, whose move is done and forgotten.
        if self.first.contains_key(name) {
            return Ok(None);
        }
        if self.known.contains_key(name) {
            return Err((
                format!("`{name}` was rendered without `was: {was}` before, so what `{was}` had is not known any more"),
                "restore `.gwgen.json` as it was before that render, and render again; where that one was applied, remove the line".into(),
            ));
        }
        let before = self.latest(was);
        let is_known = self.known.is_empty() || self.known.contains_key(&before);
        if is_known {
            return Ok(Some(before));
        }
        let gone = self.known.keys().map(String::as_str);
        let gone = gone.filter(|known| !section.parts.contains_key(known));
        let help = match nearest(was, gone.clone()).or(gone.clone().next()) {
            Some(other) => format!("write `was: {other}` where that is meant, or remove the line"),
            None => "remove the line: the last render had none that is gone".to_owned(),
        };
        Err((format!("no earlier render had the {one} `{was}`"), help))
    }

    /// The last of the names that followed a name.
    fn latest(&self, name: &str) -> String {
        let mut latest = name;
        for _ in 0..self.moves.len() {
            match self.moves.get(latest).and_then(BTreeSet::first) {
                Some(next) => latest = next,
                None => break,
            }
        }
        latest.to_owned()
    }

    fn name(&self, name: &str, before: Option<String>) -> Name {
        let last = before.as_deref().unwrap_or(name);
        let mut earlier = self.earlier(last);
        earlier.extend(before.clone());
        // A name that is back is no earlier one.
        earlier.retain(|other| other != name);
        let first = self.first.get(last).map_or(last, String::as_str);
        Name::renamed(
            name.into(),
            first.into(),
            earlier.into_iter().map(Arc::from).collect(),
        )
    }

    /// Errors: GW2151 a new part with a name that a state may still have for another one.
    fn come_again(
        &self,
        blueprint: &Blueprint,
        section: &Section<'_>,
        decided: &BTreeMap<&str, Name>,
    ) -> Vec<Diagnostic> {
        let one = section.one;
        let taken = |(other, name): (&&str, &Name)| {
            let from = name.earlier().iter();
            let again = from.filter(|from| section.parts.contains_key(&***from));
            let other = (*other).to_owned();
            again
                .map(move |from| (other.clone(), from.to_string()))
                .collect::<Vec<_>>()
        };
        let again = decided.iter().flat_map(taken);
        again
            .map(|(other, from)| {
                let at = child(&format!("/{}", section.kind), &from);
                diagnostic::NAME_AGAIN
                    .at(blueprint.place(&at))
                    .message(format_args!("the {one} `{from}` has the name that `{other}` had: where that was not deployed yet, it would take over what belongs to `{other}`"))
                    .help(format_args!("deploy the last render everywhere, then run `gwgen render --forget`, which forgets the old name; or choose another name than `{from}`"))
            })
            .collect()
    }

    /// Gives new parts a first name of their own where another one came from theirs.
    fn distinguish(&self, decided: &mut BTreeMap<&str, Name>) {
        let mut taken: BTreeSet<Arc<str>> = BTreeSet::new();
        let is_new = |text: &str, name: &Name| {
            !self.known.contains_key(text) && &**name.first() == text && name.earlier().is_empty()
        };
        for (text, name) in &*decided {
            if !is_new(text, name) {
                taken.insert(Arc::clone(name.first()));
            }
        }
        for (text, name) in decided {
            if is_new(text, name) {
                let numbered = (2..).map(|number| format!("{text}-{number}").into());
                let mut free = std::iter::once(Arc::clone(&**name)).chain(numbered);
                let first = free.find(|first| !taken.contains(first));
                let first = first.expect("numbers have no end");
                taken.insert(Arc::clone(&first));
                *name = Name::renamed(Arc::clone(&**name), first, Vec::new());
            }
        }
    }
}
