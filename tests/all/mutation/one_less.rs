//! One thing less of every example and case, in every topology and both styles: an error, a new
//! finding, or the routes that became more open are named by comparing both plans.
//!
//! In: every example and case as it stands, and in one other topology and style for each mutation;
//! in all of them with `GWGEN_TESTS=full`. Out: plain assertions, and how many mutations of each
//! class were tried.

use std::collections::{BTreeMap, BTreeSet};

use super::classes::{Class, Mutation, mutations};
use super::variants::{AS_IT_STANDS, Variant, variants};
use crate::support::{Case, findings, fixtures, in_parallel, is_full};
use gwgen::Compiled;
use gwgen::blueprint::Exposure;
use gwgen::plan::{AuthPlan, AuthorizerSource, Check, OperationPlan, Plan};
use serde_json::Value;

/// Outcome of a mutation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Refused,
    Reported,
    /// More open, and both plans together say what.
    Named,
    /// No route is more open than before.
    AsClosed,
}

/// Counts of the outcomes of a class.
type Counts = BTreeMap<(Class, Outcome), usize>;

#[derive(Debug, Default)]
struct Tally {
    counts: Counts,
    /// Cases that no other topology or style can serve.
    not_served: usize,
    problems: Vec<String>,
}

#[test]
fn one_thing_less_is_said_or_named() {
    let cases: Vec<&Case> = fixtures().iter().map(|it| &**it).collect();
    let mut sum = Tally::default();
    for tally in in_parallel(&cases, |case| tally(case)) {
        tally
            .counts
            .into_iter()
            .for_each(|(key, count)| *sum.counts.entry(key).or_default() += count);
        sum.not_served += tally.not_served;
        sum.problems.extend(tally.problems);
    }
    let count = |class: Class, outcome: Outcome| {
        sum.counts
            .get(&(class, outcome))
            .copied()
            .unwrap_or_default()
    };
    let mut text = format!(
        "one thing less, in another topology or style too ({} combinations cannot be served):\n",
        sum.not_served
    );
    for class in Class::ALL {
        let [refused, reported, named, closed] = [
            Outcome::Refused,
            Outcome::Reported,
            Outcome::Named,
            Outcome::AsClosed,
        ]
        .map(|outcome| count(class, outcome));
        text += &format!(
            "  {class:?}: {refused} refused, {reported} reported, {named} named, {closed} open nothing\n"
        );
        assert!(
            refused + reported + named + closed > 0,
            "nothing was tried of {class:?}"
        );
    }
    // Straight to the stream: what the harness captures of a passing test is never shown.
    std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).unwrap();
    assert!(
        sum.problems.is_empty(),
        "{} problems: {:#?}",
        sum.problems.len(),
        &sum.problems[..sum.problems.len().min(30)]
    );
}

/// A case as it was before.
struct Before {
    variant: Variant,
    blueprint: Value,
    whole: Compiled,
    said: BTreeSet<String>,
}

impl Before {
    /// `None` where it does not render.
    fn of(case: &Case, variant: Variant) -> Option<Self> {
        let blueprint = variant.of(&case.blueprint);
        let whole = Case {
            blueprint: blueprint.clone(),
            ..case.clone()
        }
        .compile("terraform");
        let said = said(&whole);
        whole.tree.is_some().then_some(Self {
            variant,
            blueprint,
            whole,
            said,
        })
    }
}

fn tally(case: &Case) -> Tally {
    let mut tally = Tally::default();
    let description = case.description();
    if mutations(&case.blueprint, &description).is_empty() {
        return tally;
    }
    // Every third, another third for the next case: together they are all.
    let is_chosen = |index: usize| is_full() || (index + case.name.len()).is_multiple_of(3);
    let all: Vec<Variant> = variants()
        .into_iter()
        .enumerate()
        .filter(|(index, _)| is_chosen(*index))
        .map(|it| it.1)
        .collect();
    let served: Vec<Before> = std::iter::once(&AS_IT_STANDS)
        .chain(&all)
        .filter_map(|variant| Before::of(case, *variant))
        .collect();
    tally.not_served = all.len() + 1 - served.len();
    for (number, before) in served.iter().enumerate() {
        for (index, mutation) in mutations(&before.blueprint, &description)
            .iter()
            .enumerate()
        {
            // Each in the case as it stands, and in one of the others; which one goes round.
            if is_full() || number == 0 || index % (served.len() - 1) == number - 1 {
                try_one(case, before, mutation, &mut tally);
            }
        }
    }
    tally
}

fn try_one(case: &Case, before: &Before, mutation: &Mutation, tally: &mut Tally) {
    let of_blueprint = |document: &Value| Case {
        blueprint: document.clone(),
        ..case.clone()
    };
    let mutated = if mutation.of_blueprint {
        of_blueprint(&mutation.document).compile("terraform")
    } else {
        of_blueprint(&before.blueprint).compile_with(
            "terraform",
            Some(serde_json::to_vec(&mutation.document).unwrap()),
        )
    };
    let name = format!(
        "{} as {:?}: {:?} {}",
        case.name, before.variant, mutation.class, mutation.what
    );
    let outcome = outcome(before, &mutated);
    if mutated.tree.is_none()
        && !mutated
            .diagnostics
            .iter()
            .any(gwgen::diagnostic::Diagnostic::is_error)
    {
        tally
            .problems
            .push(format!("{name}: nothing is written, and nothing says why"));
    }
    if mutation.class.has_to_be_said() && !matches!(outcome, Outcome::Refused | Outcome::Reported) {
        tally
            .problems
            .push(format!("{name}: {outcome:?}, and nothing is said"));
    }
    *tally.counts.entry((mutation.class, outcome)).or_default() += 1;
}

fn outcome(before: &Before, mutated: &Compiled) -> Outcome {
    if mutated.tree.is_none() {
        return Outcome::Refused;
    }
    if !said(mutated).is_subset(&before.said) {
        return Outcome::Reported;
    }
    let (was, is) = (
        before.whole.plan.as_ref().unwrap(),
        mutated.plan.as_ref().unwrap(),
    );
    if more_open(was, is).is_empty() {
        Outcome::AsClosed
    } else {
        Outcome::Named
    }
}

/// Findings, without their places: a line that goes moves those below it.
fn said(compiled: &Compiled) -> BTreeSet<String> {
    let text = |it: &gwgen::diagnostic::Diagnostic| format!("{} {}", it.code.code, it.message);
    compiled.diagnostics.iter().map(text).collect()
}

/// Operations by description, method, path and the how manieth of that kind (mounts).
fn operations(plan: &Plan) -> BTreeMap<(usize, &str, &str, usize), &OperationPlan> {
    let mut found = BTreeMap::new();
    for operation in &plan.operations {
        let mut key = (
            operation.description,
            operation.method.as_str(),
            &*operation.path,
            0,
        );
        while found.contains_key(&key) {
            key.3 += 1;
        }
        found.insert(key, operation);
    }
    found
}

/// Parts that let more through than before: routes, and authorizers with fewer sources of identity.
fn more_open(before: &Plan, after: &Plan) -> Vec<String> {
    let (was, is) = (operations(before), operations(after));
    let opened = is
        .iter()
        .filter(|(key, is)| was.get(key).is_some_and(|was| is_more_open(was, is)));
    let mut named: Vec<String> = opened
        .map(|((_, method, path, _), _)| format!("{method} {path}"))
        .collect();
    let sources = |plan: &Plan| -> BTreeSet<(String, String)> {
        let functions = plan.authorizers.iter().filter_map(|it| match &it.source {
            AuthorizerSource::Lambda(function) => {
                Some((it.name.to_string(), function.identity.clone()))
            }
            AuthorizerSource::Cognito(_) => None,
        });
        functions
            .flat_map(|(name, identity)| {
                identity
                    .into_iter()
                    .map(move |it| (name.clone(), it.to_string()))
            })
            .collect()
    };
    let after_sources = sources(after);
    let lost = sources(before)
        .into_iter()
        .filter(|it| !after_sources.contains(it));
    named.extend(lost.map(|(name, source)| format!("authorizer {name} without {source}")));
    named
}

fn is_more_open(was: &OperationPlan, is: &OperationPlan) -> bool {
    let rank = |exposure: Exposure| match exposure {
        Exposure::Hidden => 0,
        Exposure::Internal => 1,
        Exposure::Public => 2,
    };
    let is_throttled_less = was.throttle.is_some() && is.throttle != was.throttle;
    rank(is.exposure) > rank(was.exposure) || is_weaker(&was.auth, &is.auth) || is_throttled_less
}

fn is_weaker(was: &AuthPlan, is: &AuthPlan) -> bool {
    let lost_check = was.check != Check::Nobody && was.check != is.check;
    let lost_scopes = !was.scopes.is_empty()
        && (is.scopes.is_empty() || !is.scopes.iter().all(|it| was.scopes.contains(it)));
    let lost_entry = !was.entries.is_subset(&is.entries);
    lost_check || lost_scopes || lost_entry || (was.api_key && !is.api_key)
}

/// The comparison sees what it is for.
#[test]
fn a_case_without_its_restrictions_is_more_open() {
    let case = fixtures().iter().find(|it| it.name == "secured").unwrap();
    let before = Before::of(case, AS_IT_STANDS).unwrap();
    assert!(!findings(&before.whole.diagnostics).is_empty());
    let plan = before.whole.plan.as_ref().unwrap();
    let mut open = plan.clone();
    open.operations
        .iter_mut()
        .for_each(|it| it.auth = AuthPlan::default());
    assert!(
        more_open(plan, &open).len() > 3
            && more_open(plan, plan).is_empty()
            && more_open(&open, plan).is_empty()
    );
}
