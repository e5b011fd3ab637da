//! What a change means: each field of the plan, changed in the examples, stands under its heading;
//! laws that hold for any three states.
//!
//! In: the examples, with edits of their texts. Out: plain assertions.

mod command;
mod edits;
mod mutations;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use edits::{EDITS, Edit};
use gwgen::diff::{DiffRow, DiffState, DiffStates, Subject, compare};
use gwgen::listing::field::{FIELDS, Heading};
use gwgen::predict::{self, predict};
use gwgen::source::{FilesInMemory, RelativePath};
use gwgen::{Circumstances, Compiled, Request, compile_in};

/// The files of an example.
type Texts = BTreeMap<String, String>;

fn example(name: &str) -> Texts {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["blueprints", "tests/cases"].map(|folder| root.join(folder).join(name));
    let folder = folders.iter().find(|folder| folder.is_dir()).unwrap();
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let text = |path: std::path::PathBuf| {
        let name = path.file_name()?.to_str()?.to_owned();
        Some((name, fs::read_to_string(path).ok()?))
    };
    files.filter_map(text).collect()
}

fn edited(edit: &Edit) -> Texts {
    let mut texts = example(edit.example);
    let text = texts.get_mut(edit.file).unwrap();
    assert!(
        text.contains(edit.from),
        "{}: `{}` is not there",
        edit.example,
        edit.from
    );
    *text = text.replacen(edit.from, edit.to, 1);
    texts
}

fn compiled(texts: &Texts, after: Option<&Compiled>) -> Compiled {
    let files = texts
        .iter()
        .map(|(name, text)| (name.clone(), text.clone().into_bytes()));
    let request = Request {
        blueprint: RelativePath::join("", "gwgen.yaml").unwrap(),
        display: "gwgen.yaml".into(),
    };
    let run = Circumstances {
        after: after.map(|compiled| &compiled.memory),
        keeps_sources: true,
        ..Circumstances::default()
    };
    compile_in(&FilesInMemory(files.collect()), &request, run)
}

fn state(compiled: &Compiled) -> DiffState<'_> {
    let errors = compiled
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error());
    let errors: Vec<_> = errors
        .map(|finding| format!("{} {}", finding.code.code, finding.message))
        .collect();
    DiffState::of(compiled).unwrap_or_else(|| panic!("{errors:#?}"))
}

fn difference(before: &Texts, after: &Texts) -> Vec<DiffRow> {
    let before = compiled(before, None);
    let after = compiled(after, Some(&before));
    let (before, after) = (state(&before), state(&after));
    let actions = predict(
        predict::StackState {
            plan: before.plan,
            stack: before.stack,
        },
        predict::StackState {
            plan: after.plan,
            stack: after.stack,
        },
    );
    let states = DiffStates {
        before: Some(before),
        after: Some(after),
    };
    compare(states, &actions).rows
}

/// Rows without what happens while they are applied.
fn shown(rows: &[DiffRow]) -> BTreeSet<String> {
    let rows = rows.iter().filter(|row| row.heading != Heading::Waits);
    rows.map(|row| {
        format!(
            "{} | {} | {}",
            row.heading.name(),
            row.subject,
            row.field.name
        )
    })
    .collect()
}

#[test]
fn each_field_stands_under_its_heading_and_nothing_else_does() {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for edit in EDITS {
        let (before, after) = (example(edit.example), edited(edit));
        let (before, after) = if edit.is_backwards {
            (after, before)
        } else {
            (before, after)
        };
        let rows = difference(&before, &after);
        seen.extend(rows.iter().map(|row| row.field.name));
        let wanted: BTreeSet<String> = edit.rows.iter().map(|row| (*row).to_owned()).collect();
        let found = shown(&rows);
        if found != wanted {
            problems.push(format!(
                "{} `{}` -> `{}`: {found:#?}",
                edit.example, edit.from, edit.to
            ));
        }
        for row in &rows {
            let is_told = row.before != row.after && (row.place.is_some() || row.was.is_some());
            assert!(is_told, "{row:?}");
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let names = FIELDS.iter().map(|field| field.name);
    let unseen: Vec<_> = names.filter(|name| !seen.contains(name)).collect();
    assert!(unseen.is_empty(), "no edit changes {unseen:?}");
}

/// Fields of routes under a heading.
fn of_routes(rows: &[DiffRow], heading: Heading) -> BTreeSet<String> {
    let rows = rows.iter().filter(|row| row.heading == heading);
    let routes = rows.filter(|row| matches!(row.subject, Subject::Route { .. }));
    routes.map(|row| row.subject.to_string()).collect()
}

#[test]
fn laws_hold_for_any_three_states() {
    for name in ["complete", "alb", "domain"] {
        let mut states = vec![example(name)];
        // Every third edit of the largest example, for time.
        let edits = EDITS.iter().filter(|edit| edit.example == name);
        states.extend(
            edits
                .step_by(if name == "complete" { 3 } else { 1 })
                .map(edited),
        );
        let compiled: Vec<Compiled> = states.iter().map(|texts| compiled(texts, None)).collect();
        let between = |a: usize, b: usize| {
            let states = [a, b].map(|index| state(&compiled[index]));
            let states = DiffStates {
                before: Some(states[0]),
                after: Some(states[1]),
            };
            compare(states, &[]).rows
        };
        let all: Vec<Vec<Vec<DiffRow>>> = (0..states.len())
            .map(|a| (0..states.len()).map(|b| between(a, b)).collect())
            .collect();
        for a in 0..states.len() {
            assert_eq!(all[a][a], []);
            for b in 0..states.len() {
                let fields = |rows: &[DiffRow]| -> BTreeSet<(String, &str)> {
                    rows.iter()
                        .map(|row| (row.subject.to_string(), row.field.name))
                        .collect()
                };
                let ignored = ["added"];
                let mirrored = |rows: &[DiffRow]| {
                    let mut fields = fields(rows);
                    fields.retain(|(_, field)| !ignored.contains(field) && *field != "route");
                    fields
                };
                assert_eq!(mirrored(&all[a][b]), mirrored(&all[b][a]), "{name} {a} {b}");
                let [gone, new] = [(&all[a][b], Heading::Removed), (&all[b][a], Heading::Added)]
                    .map(|(rows, heading)| of_routes(rows, heading));
                let opened = of_routes(&all[b][a], Heading::Loosened);
                assert!(
                    gone.iter()
                        .all(|route| new.contains(route) || opened.contains(route)),
                    "{name} {a} {b}"
                );
                for c in 0..states.len() {
                    let loosened = of_routes(&all[a][c], Heading::Loosened);
                    let union = &of_routes(&all[a][b], Heading::Loosened)
                        | &of_routes(&all[b][c], Heading::Loosened);
                    let served_in_all = |route: &String| {
                        let gone = of_routes(&all[a][b], Heading::Removed);
                        !gone.contains(route)
                            && !of_routes(&all[a][c], Heading::Added).contains(route)
                    };
                    let missing: Vec<_> = loosened
                        .iter()
                        .filter(|route| served_in_all(route) && !union.contains(*route))
                        .collect();
                    assert!(missing.is_empty(), "{name} {a} {b} {c}: {missing:?}");
                }
            }
        }
    }
}
