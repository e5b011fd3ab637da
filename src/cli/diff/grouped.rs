//! Rows that say the same of several routes or stacks, as one.
//! In: comparisons. Out: `RowGroup`s under headings.

use std::collections::{BTreeMap, BTreeSet};

use super::compared::{ReportRow, StackDiff};
use crate::diagnostic::first_of;
use crate::diff::Subject;
use crate::listing::field::Heading;

/// Most subjects that a group names.
const MAX_NAMED: usize = 3;

/// Rows that differ in their subjects and stacks alone.
pub(super) struct RowGroup<'a> {
    pub(super) first: &'a ReportRow,
    pub(super) subjects: BTreeSet<&'a Subject>,
    /// Names of the stacks, in the order of the comparisons.
    pub(super) stacks: Vec<&'a str>,
}

impl RowGroup<'_> {
    /// Its subjects; the first few of many.
    pub(super) fn names(&self) -> String {
        self.first_names(MAX_NAMED)
    }

    /// Its subjects; the first ones of more than a number.
    pub(super) fn first_names(&self, most: usize) -> String {
        first_of(self.subjects.iter(), most)
    }
}

/// Whether routes that are new or gone are rows of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RouteLines {
    Apart,
    Together,
}

/// The groups of a heading, in the order of their first rows.
pub(super) fn groups(
    comparisons: &[StackDiff],
    heading: Heading,
    of: RouteLines,
) -> Vec<RowGroup<'_>> {
    let mut found: Vec<RowGroup<'_>> = Vec::new();
    let mut known = BTreeMap::new();
    let stacks = stacks_of(comparisons, heading);
    for comparison in comparisons {
        let rows = comparison
            .rows
            .iter()
            .filter(|row| row.row.heading == heading);
        for row in rows {
            // A route that is new or gone says more by its own line.
            let own = if of == RouteLines::Apart
                && (row.row.before.is_empty() || row.row.field == &crate::listing::field::ROUTE)
            {
                row.row.subject.key()
            } else {
                [""; 2]
            };
            let said = said(row);
            let stacks = &stacks[&(said, &row.row.subject)];
            let key = (said, own, stacks.clone());
            let index = *known.entry(key).or_insert(found.len());
            if index == found.len() {
                found.push(RowGroup {
                    first: row,
                    subjects: BTreeSet::new(),
                    stacks: stacks.clone(),
                });
            }
            found[index].subjects.insert(&row.row.subject);
        }
    }
    found
}

/// What a row says, whatever it is about.
fn said(row: &ReportRow) -> [&str; 5] {
    let reason = row.row.reason.as_ref();
    [
        row.row.field.name,
        &row.row.before,
        &row.row.after,
        reason.map_or("", |reason| reason.by),
        reason.map_or("", |reason| &reason.text),
    ]
}

/// Names of the stacks of which rows of a heading say the same about one thing.
fn stacks_of(
    comparisons: &[StackDiff],
    heading: Heading,
) -> BTreeMap<([&str; 5], &Subject), Vec<&str>> {
    let mut stacks: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for comparison in comparisons {
        let rows = comparison.rows.iter();
        for row in rows.filter(|row| row.row.heading == heading) {
            let stacks = stacks.entry((said(row), &row.row.subject)).or_default();
            if !stacks.contains(&&*comparison.blueprint) {
                stacks.push(&comparison.blueprint);
            }
        }
    }
    stacks
}

/// Counts of rows by heading, those of several stacks once: `4 loosened, 1 waits`.
pub(super) fn counts(comparisons: &[StackDiff]) -> String {
    let mut texts = Vec::new();
    for heading in Heading::ALL {
        let rows = comparisons.iter().flat_map(|comparison| &comparison.rows);
        let keys: BTreeSet<_> = rows
            .filter(|row| row.row.heading == heading)
            .map(|row| {
                (
                    &row.row.subject,
                    row.row.field.name,
                    &row.row.before,
                    &row.row.after,
                )
            })
            .collect();
        if !keys.is_empty() {
            texts.push(format!("{} {}", keys.len(), heading.name()));
        }
    }
    or_nothing(texts)
}

/// Counts of actions, as `terraform plan` prints them.
pub(super) fn actions(comparison: &StackDiff) -> String {
    use crate::predict::ActionKind as Kind;
    let kinds = [
        (Kind::Create, "to add"),
        (Kind::Update, "to change"),
        (Kind::Replace, "to replace"),
        (Kind::Destroy, "to destroy"),
        (Kind::Forget, "to forget"),
        (Kind::MayChange, "may change"),
    ];
    let mut texts = Vec::new();
    for (kind, words) in kinds {
        let count = comparison
            .actions
            .iter()
            .filter(|action| action.action == kind)
            .count();
        if count > 0 {
            texts.push(format!("{count} {words}"));
        }
    }
    or_nothing(texts)
}

fn or_nothing(texts: Vec<String>) -> String {
    if texts.is_empty() {
        "no changes".to_owned()
    } else {
        texts.join(", ")
    }
}

/// The tool that carries the actions out.
pub(super) fn tool(comparison: &StackDiff) -> &'static str {
    if comparison.is_terraform {
        "terraform"
    } else {
        "cloudformation"
    }
}
