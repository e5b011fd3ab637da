//! Seeded mutations of the examples and of real descriptions, as data: the rows are exactly the
//! mutation, under its heading, with the lines of both states.
//!
//! In: seeds, 600 with `GWGEN_TESTS=full`, or as many as `GWGEN_MUTATIONS` says. Out: plain assertions, and how many mutations were
//! refused and replaced by others.

mod base;
mod changes;
mod inputs;
mod operations;
mod settings;
mod silent;

use std::collections::BTreeMap;

use base::{Base, Mutation, bases, counted};
use gwgen::Compiled;
use gwgen::diagnostic::{self, Diagnostic, Place};
use gwgen::diff::{DiffRow, DiffState, DiffStates, compare};
use gwgen::listing::field::{self, Heading};
use inputs::{Spot, Written};
use settings::{BACKEND_SETTINGS, BackendSetting, ROUTE_SETTINGS, RouteSetting, SETTINGS, Setting};
use silent::SILENT;

use super::compiled;
use crate::pairs::choices::{Choices, bytes_of};
use crate::support::{in_parallel, is_full};

/// Makes a mutation of a state; `None` where it does not fit.
type Make = fn(&Base, &mut Choices<'_>) -> Option<Mutation>;

/// A way to make a mutation.
enum Kind {
    Stack(&'static Setting),
    Route(&'static RouteSetting),
    Backend(&'static BackendSetting),
    Other(&'static str, Make),
}

impl Kind {
    fn all() -> Vec<Self> {
        let others: [(&str, Make); 13] = [
            ("path", operations::of_path),
            ("path", operations::of_path),
            ("exposure", operations::of_exposure),
            ("exposure", operations::of_exposure),
            ("servers", changes::of_servers),
            ("authorizer", changes::of_authorizer),
            ("parameter", operations::of_parameter),
            ("throttle of the stage", changes::of_stage),
            ("extension", changes::of_extension),
            ("security", operations::of_security),
            ("security", operations::of_security),
            ("body", operations::of_body),
            ("mount", operations::of_mount),
        ];
        let others = others.iter().chain(SILENT);
        let promise = Self::Other("promise", changes::of_promise);
        let all = SETTINGS.iter().map(Self::Stack);
        let all = all.chain(ROUTE_SETTINGS.iter().map(Self::Route));
        let all = all.chain(BACKEND_SETTINGS.iter().map(Self::Backend));
        let all = all.chain(others.map(|(name, make)| Self::Other(name, *make)));
        all.chain([promise]).collect()
    }

    fn name(&self) -> String {
        match self {
            Self::Stack(setting) => format!("{} {:?}", setting.at, setting.values),
            Self::Route(setting) => format!("{} {:?}", setting.name, setting.values),
            Self::Backend(setting) => format!("backend {} {:?}", setting.at, setting.values),
            Self::Other(name, _) => (*name).to_owned(),
        }
    }

    fn make(&self, base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
        match self {
            Self::Stack(setting) => changes::of_stack(setting, base, choices),
            Self::Route(setting) => changes::of_route(setting, base, choices),
            Self::Backend(setting) => changes::of_backend(setting, base, choices),
            Self::Other(_, make) => make(base, choices),
        }
    }
}

/// What became of a seed.
#[derive(Default)]
struct Tried {
    /// Mutations that do not compile.
    refused: BTreeMap<&'static str, usize>,
    is_made: bool,
    problems: Vec<String>,
}

#[test]
fn exactly_the_mutation_is_named() {
    let (count, bytes) = if is_full() {
        (600, 400_000)
    } else {
        (120, 8_000)
    };
    let more = std::env::var("GWGEN_MUTATIONS");
    let count = more.map_or(count, |text| text.parse().unwrap());
    let bases = bases(bytes);
    let kinds = Kind::all();
    let numbers: Vec<usize> = (0..count).collect();
    let mut sum = Tried::default();
    let mut made = 0;
    for tried in in_parallel(&numbers, |number| tried(&kinds, &bases, *number)) {
        made += usize::from(tried.is_made);
        sum.problems.extend(tried.problems);
        for (code, count) in tried.refused {
            *sum.refused.entry(code).or_default() += count;
        }
    }
    let text = format!(
        "{made} mutations of {} states; {} were refused and replaced: {:?}\n",
        bases.len(),
        sum.refused.values().sum::<usize>(),
        sum.refused
    );
    // Straight to the stream: what the harness captures of a passing test is never shown.
    std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).unwrap();
    assert!(
        sum.problems.is_empty() && made == count,
        "{} problems: {}",
        sum.problems.len(),
        sum.problems.join("\n")
    );
}

/// How often a kind is tried on other states.
const ATTEMPTS: usize = 400;

fn tried(kinds: &[Kind], bases: &[Base], number: usize) -> Tried {
    let mut tried = Tried::default();
    let kind = &kinds[number % kinds.len()];
    for attempt in 0..ATTEMPTS {
        let bytes = bytes_of((number * ATTEMPTS + attempt) as u64);
        let mut choices = Choices(&bytes);
        let base = &bases[choices.below(bases.len())];
        let is_json = choices.chance(30);
        let Some(mut mutation) = kind.make(base, &mut choices) else {
            continue;
        };
        if is_json && !mutation.rows.is_empty() {
            (mutation.before.is_json, mutation.after.is_json) = (true, true);
        }
        match problems(&mutation) {
            Err(code) if code == diagnostic::WALK_MISMATCH.code => {
                let text = format!(
                    "{} of {} ({number}.{attempt}): {code}",
                    kind.name(),
                    base.name
                );
                tried.problems.push(text);
            }
            Err(code) => *tried.refused.entry(code).or_default() += 1,
            Ok(problems) => {
                let named = |text| {
                    format!(
                        "{} of {} ({number}.{attempt}): {text}",
                        kind.name(),
                        base.name
                    )
                };
                tried.problems.extend(problems.into_iter().map(named));
                tried.is_made = true;
                return tried;
            }
        }
    }
    tried.problems.push(format!(
        "{} was never made: {:?}",
        kind.name(),
        tried.refused
    ));
    tried
}

/// What is wrong about the rows; an error is the code of a finding that is in the way.
fn problems(mutation: &Mutation) -> Result<Vec<String>, &'static str> {
    let [one, other] = [&mutation.before, &mutation.after].map(inputs::Inputs::written);
    let before = whole(&one, None)?;
    let after = whole(&other, Some(&before))?;
    let states = DiffStates {
        before: DiffState::of(&before),
        after: DiffState::of(&after),
    };
    let mut rows = compare(states, &[]).rows;
    rows.retain(|row| row.heading != Heading::Waits);
    let text = |row: &DiffRow| {
        format!(
            "{} | {} | {}",
            row.heading.name(),
            row.subject,
            row.field.name
        )
    };
    // What the whole API takes from its operations follows them, which is told, too.
    let is_wanted = |row: &DiffRow| {
        let follows = row.field == &field::BROWSER_HEADERS
            || row.change().starts_with("binary_media_types: ");
        let mut wanted = mutation.rows.iter();
        !follows || mutation.rows.is_empty() || wanted.any(|told| told.text == text(row))
    };
    rows.retain(is_wanted);
    let found: Vec<String> = rows.iter().map(text).collect();
    let found_texts = counted(found.iter().map(|text| &**text));
    let wanted = counted(mutation.rows.iter().map(|row| &*row.text));
    let mut problems = Vec::new();
    if found_texts != wanted {
        let changes: Vec<String> = rows
            .iter()
            .map(|row| format!("{}: {}", text(row), row.change()))
            .collect();
        problems.push(format!("{changes:#?}, not {wanted:#?}"));
    }
    for told in &mutation.rows {
        let Some(index) = found.iter().position(|text| *text == told.text) else {
            continue;
        };
        let row = &rows[index];
        let now = wrong(told.place.as_ref(), row.place.as_ref(), (&other, &after));
        let was = wrong(told.was.as_ref(), row.was.as_ref(), (&one, &before));
        for (what, problem) in [("place", now), ("was", was)] {
            problems.extend(problem.map(|text| format!("{} {what}: {text}", told.text)));
        }
    }
    Ok(problems)
}

fn whole(written: &Written, after: Option<&Compiled>) -> Result<Compiled, &'static str> {
    let compiled = compiled(&written.texts, after);
    match compiled
        .diagnostics
        .iter()
        .find(|finding| Diagnostic::is_error(finding))
    {
        Some(error) => Err(error.code.code),
        None => Ok(compiled),
    }
}

/// What is wrong about the line of a place, where the mutation knows that.
fn wrong(
    wanted: Option<&Spot>,
    found: Option<&Place>,
    (written, compiled): (&Written, &Compiled),
) -> Option<String> {
    let wanted = written.line(wanted?);
    let found = compiled.sources.lines(found.into_iter().cloned().collect());
    let found = found
        .first()
        .map(|place| (place.file.to_string(), place.line));
    (found.as_ref() != Some(&wanted)).then(|| format!("{found:?}, not {wanted:?}"))
}
