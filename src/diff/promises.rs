//! Promises of the blueprint that are gone or new: `expect`, `lint.deny`, and what `lint.allow` takes
//! back.
//! In: two states. Out: rows. Pure.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::{DiffRow, DiffState, RowReason, Subject};
use crate::blueprint::AllowSpec;
use crate::diagnostic::Place;
use crate::listing::field::{self, Heading, PlanField};
use crate::source::pointer::child;

/// A promise as text, and where it is written.
type Promise = (String, Place);

pub(super) fn promises(before: DiffState<'_>, after: DiffState<'_>) -> Vec<DiffRow> {
    let mut rows = Vec::new();
    for (name, of) in [
        ("expect", expected as fn(DiffState<'_>) -> Vec<Promise>),
        ("lint.deny", denied),
    ] {
        rows.extend(compared(name, &field::PROMISE, [of(before), of(after)]));
    }
    let allowances = compared("lint.allow", &field::ALLOWED, [before, after].map(allowed));
    let new = after.blueprint.spec.lint.allow.iter().flatten();
    let reasons: Vec<_> = new.map(|entry| (allowance(entry), &entry.reason)).collect();
    rows.extend(allowances.map(|row| {
        let reason = reasons.iter().find(|(text, _)| *text == row.after);
        DiffRow {
            reason: reason
                .zip(row.place.as_ref())
                .map(|((_, reason), place)| RowReason {
                    by: "lint.allow",
                    text: reason.as_str().into(),
                    place: place.clone().below("/reason"),
                }),
            ..row
        }
    }));
    rows
}

fn expected(state: DiffState<'_>) -> Vec<Promise> {
    let promises = state.blueprint.spec.expect.iter().flatten().map(text);
    placed(state, "/expect", promises)
}

fn denied(state: DiffState<'_>) -> Vec<Promise> {
    let codes = state.blueprint.spec.lint.deny.iter().flatten().cloned();
    placed(state, "/lint/deny", codes)
}

/// Allowances of findings; those of rows stand at the rows.
fn allowed(state: DiffState<'_>) -> Vec<Promise> {
    let entries = state
        .blueprint
        .spec
        .lint
        .allow
        .iter()
        .flatten()
        .map(allowance);
    let mut entries = placed(state, "/lint/allow", entries);
    let allow = state.blueprint.spec.lint.allow.iter().flatten();
    let mut of_rows = allow.map(|entry| {
        Heading::ALL
            .iter()
            .any(|heading| heading.code().code == entry.code)
    });
    entries.retain(|_| of_rows.next() == Some(false));
    entries
}

fn allowance(
    AllowSpec {
        code,
        paths,
        reason: _,
        until,
    }: &AllowSpec,
) -> String {
    let paths = paths
        .as_ref()
        .map(|paths| format!(" at {}", paths.join(", ")));
    let until = until.as_ref().map(|until| format!(" until {until}"));
    format!(
        "{code}{}{}",
        paths.unwrap_or_default(),
        until.unwrap_or_default()
    )
}

fn placed(state: DiffState<'_>, at: &str, texts: impl Iterator<Item = String>) -> Vec<Promise> {
    let place = |index: usize| state.blueprint.place(&child(at, index));
    texts
        .enumerate()
        .map(|(index, text)| (text, place(index)))
        .collect()
}

/// Rows of entries that are gone or new.
fn compared(
    name: &'static str,
    field: &'static PlanField,
    [earlier, kept]: [Vec<Promise>; 2],
) -> impl Iterator<Item = DiffRow> {
    let row = move |heading, before, after| DiffRow {
        heading,
        subject: Subject::Part(name.to_owned()),
        field,
        before,
        after,
        place: None,
        was: None,
        reason: None,
        addresses: Vec::new(),
    };
    let [known, wanted] = [&earlier, &kept].map(|promises| {
        promises
            .iter()
            .map(|(text, _)| text.clone())
            .collect::<BTreeSet<_>>()
    });
    let gone = earlier
        .into_iter()
        .filter(move |(text, _)| !wanted.contains(text));
    let gone = gone.map(move |(text, place)| DiffRow {
        was: Some(place),
        ..row(field.less, text, "gone".to_owned())
    });
    let new = kept
        .into_iter()
        .filter(move |(text, _)| !known.contains(text));
    let new = new.map(move |(text, place)| DiffRow {
        place: Some(place),
        ..row(field.more, String::new(), text)
    });
    gone.chain(new)
}

fn text(promise: &impl Serialize) -> String {
    written(serde_json::to_value(promise).unwrap_or_default()).to_string()
}

/// A value without the fields that nobody wrote.
fn written(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
            fields.map(|(name, value)| (name, written(value))).collect()
        }
        other => other,
    }
}
