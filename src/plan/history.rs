//! What earlier renders decided, beside today's plan: what keeps its identity, what cannot be done
//! in one change, and what a change brings with it.
//!
//! In: `Plan`, `Blueprint`, `Memory`. Out: the facts that the next render knows, diagnostics. Pure.

mod closed_plans;
mod made_anew;
mod names;
mod options;
mod taken_over;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{BackendPlan, Plan};
use crate::blueprint::Blueprint;
use crate::diagnostic::Diagnostic;
use crate::memory::{FactMap, Memory};
use crate::plan::network::backends;
use crate::plan::variables::Variables;
use names::KnownNames;

/// Keys of the facts that an operation needs an API key, and that the gateway answers preflights.
const API_KEY: &str = "api_key";
const CORS: &str = "cors";

/// What a plan takes over from earlier renders, and leaves to the next one.
#[derive(Clone, Debug, Default)]
pub struct HistoryPlan {
    /// Labels of paths in earlier renders, by today's.
    pub moved_paths: BTreeMap<String, Arc<str>>,
    /// Labels of paths whose OPTIONS was a preflight in earlier renders, or is one now.
    pub turned_options: BTreeSet<String>,
    /// Facts for the next render, without those of files and deployments.
    pub remembered: Memory,
}

/// The backends under the names by which earlier renders know them, and all names.
///
/// Errors: those of `backends` and `names`.
pub(crate) fn named_backends(
    variables: &mut Variables<'_>,
    memory: &Memory,
) -> (Vec<BackendPlan>, KnownNames) {
    let mut backends = backends::backends(variables);
    let mut found = Vec::new();
    let names = names::names(variables.blueprint(), memory, &mut found);
    for finding in found {
        variables.report(finding);
    }
    names.of_backends(&mut backends);
    (backends, names)
}

/// Compares a plan with earlier renders, completes what it remembers, and reports what changes.
///
/// Errors: GW4160 taken over, GW4161 protected balancer, GW4162 resources after a body; notes GW5061 stage, GW5062 target groups,
/// GW5063 listener, GW5064 usage plans, GW5065 health check.
pub(crate) fn compare(
    plan: &mut Plan,
    blueprint: &Blueprint,
    memory: &Memory,
    names: &KnownNames,
) -> Vec<Diagnostic> {
    names.of_plan(plan);
    names.remember(blueprint, &mut plan.history.remembered);
    let mut settled = made_anew::settled(plan);
    if closed_plans::asks_for_keys(plan) {
        fact(&mut settled, API_KEY, "needed");
    }
    if plan.cors.is_some() {
        fact(&mut settled, CORS, "preflights");
    }
    let keeps_stage = made_anew::keeps_stage(memory, &settled);
    let closed = closed_plans::add(plan, blueprint, memory, keeps_stage);
    for usage_plan in plan.usage_plans.iter().filter(|of| of.is_closed) {
        names::remember_moves(
            "usage_plans",
            &usage_plan.name,
            &mut plan.history.remembered,
        );
    }
    plan.history.remembered.api_keys = closed_plans::keys(plan);
    let mut moves = std::mem::take(&mut plan.history.remembered.moves);
    plan.history.moved_paths = variables::moved_paths(plan, memory, &mut moves);
    let own_options = options::own(plan);
    plan.history.turned_options = options::turned(plan, memory, &own_options, &mut moves);
    plan.history.remembered.own_options = own_options;
    plan.history.remembered.moves = moves;
    let listeners = taken_over::listeners(plan);
    let mut found = taken_over::findings(plan, blueprint, memory, &listeners);
    found.extend(made_anew::findings(plan, blueprint, memory, &settled));
    found.extend(closed);
    plan.history.remembered.listeners = listeners;
    plan.history.remembered.settled = settled;
    plan.history.remembered.variables = variables::variables(plan);
    found
}

/// A fact with one value.
fn fact(facts: &mut FactMap, key: impl Into<String>, value: impl Into<String>) {
    facts.insert(key.into(), BTreeSet::from([value.into()]));
}

/// The value of a fact; of several, which branches left, the first.
fn value<'f>(facts: &'f FactMap, key: &str) -> Option<&'f str> {
    facts.get(key)?.first().map(String::as_str)
}
