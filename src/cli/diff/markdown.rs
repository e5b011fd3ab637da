//! Differences as the comment on a pull request, one for all stacks.
//! In: comparisons. Out: Markdown of at most `MAX_CHARACTERS`.

use super::compared::StackDiff;
use super::grouped::{self, RouteLines, RowGroup};
use super::text::place;
use crate::listing::field::Heading;
use crate::printed;

/// Longest comment. GitHub takes 65,536 characters; some are left for those who wrap it.
const MAX_CHARACTERS: usize = 60_000;

/// Room for the heads of tables, and the line that counts what is left out. Unit: characters.
const RESERVE: usize = 2_000;

/// Longest first line, which notifications show.
const MAX_FIRST_LINE: usize = 120;

/// By this the comment is found again and updated in place.
const MARKER: &str = "<!-- gwgen diff -->";

/// The comment about all that could be compared of `stacks`.
pub(super) fn comment(comparisons: &[StackDiff], stacks: usize) -> String {
    let mut said = Vec::new();
    if comparisons.len() < stacks {
        let count = stacks - comparisons.len();
        said.push(format!("{count} of {stacks} not compared, with errors"));
    }
    if comparisons.len() == stacks || !comparisons.is_empty() {
        said.push(grouped::counts(comparisons));
    }
    let first = format!("**gwgen diff**: {}", said.join("; "));
    let first = printed::cut(&first, MAX_FIRST_LINE);
    let mut text = format!("{first}\n{MARKER}\n");
    for comparison in comparisons {
        text += &format!(
            "\n{}: {}, {} of {} routes differ; {}: {}\n",
            printed::code(&comparison.blueprint),
            printed::markdown(&format!("{} to {}", comparison.before, comparison.after)),
            comparison.differ,
            comparison.routes,
            grouped::tool(comparison),
            grouped::actions(comparison),
        );
    }
    let has_several = comparisons.len() > 1;
    let mut dropped = 0;
    for heading in Heading::ALL {
        let groups = grouped::groups(comparisons, heading, RouteLines::Apart);
        if groups.is_empty() {
            continue;
        }
        let lines = |groups: &[RowGroup<'_>]| {
            groups
                .iter()
                .map(|group| line(group, has_several))
                .collect::<Vec<_>>()
        };
        let mut rows = lines(&groups);
        let is_loosened = heading == Heading::Loosened;
        if is_loosened && length(&rows) > MAX_CHARACTERS / 2 {
            rows = lines(&grouped::groups(comparisons, heading, RouteLines::Together));
        }
        let (open, close) = if is_loosened {
            ("\n### Loosened\n\n".to_owned(), "")
        } else {
            let summary = format!("{} {}", groups.len(), heading.name());
            (
                format!("\n<details><summary>{summary}</summary>\n\n"),
                "\n</details>\n",
            )
        };
        text +=
            &format!("{open}| | field | change | where | why |\n| --- | --- | --- | --- | --- |\n");
        let mut length = text.chars().count();
        for row in rows {
            // What loosens is always there.
            length += row.chars().count();
            if is_loosened || length + RESERVE < MAX_CHARACTERS {
                text += &row;
            } else {
                length -= row.chars().count();
                dropped += 1;
            }
        }
        text += close;
    }
    if dropped > 0 {
        text += &format!("\n{dropped} more rows are left out here; `gwgen diff` prints them.\n");
    }
    text
}

fn length(rows: &[String]) -> usize {
    rows.iter().map(|row| row.chars().count()).sum()
}

fn line(group: &RowGroup<'_>, has_several: bool) -> String {
    let row = group.first;
    let was = row.was.as_ref().map(|was| format!("was {}", place(was)));
    let places = [row.place.as_ref().map(place), was].into_iter().flatten();
    let reason = row
        .row
        .reason
        .as_ref()
        .map(|reason| format!("{}: {}", reason.by, reason.text));
    let stacks = if has_several {
        format!(" ({})", group.stacks.join(", "))
    } else {
        String::new()
    };
    let cells = [
        format!("{}{stacks}", names(group)),
        row.row.field.name.to_owned(),
        row.row.change(),
        places.collect::<Vec<_>>().join(", "),
        reason.unwrap_or_default(),
    ];
    let cells = cells.map(|cell| printed::markdown(&printed::cut(&cell, MAX_CELL)));
    format!("| {} |\n", cells.join(" | "))
}

/// Subjects of a row; more of one that loosens, as far as a cell has room.
fn names(group: &RowGroup<'_>) -> String {
    let all = group.first_names(MAX_LOOSENED);
    let is_short = all.chars().count() <= MAX_CELL / 2;
    if group.first.row.heading == Heading::Loosened && is_short {
        all
    } else {
        group.names()
    }
}

/// Most subjects of a row that loosens.
const MAX_LOOSENED: usize = 12;

/// Longest cell. Unit: characters.
const MAX_CELL: usize = 400;
