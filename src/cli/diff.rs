//! `gwgen diff`: what a change means for the running API, by route and field.
//!
//! In: two states, each a blueprint, a folder or a revision of git. Out: rows under headings, and
//! what Terraform or CloudFormation will do. Exits 4 where `--fail-on` finds what it names.

mod compared;
mod grouped;
mod json;
mod markdown;
mod text;

use std::io;

use clap::{Args, ValueEnum};

use super::Exit;
use super::session::{BlueprintArguments, Session};
use crate::diagnostic::Diagnostic;
use crate::io::sides;
use crate::listing::field::Heading;
use crate::predict::ActionKind;
use crate::report::{self, MessageFormat, Style};
use crate::source::Sources;
pub(super) use compared::CompiledPair;
use compared::StackDiff;
pub(crate) use json::schema;

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The state before: a blueprint, a folder or a revision of git (`rev:NAME` where a file has
    /// that name, too). Without: where this branch left its upstream branch
    #[arg(value_name = "A")]
    before: Option<String>,
    /// The state after. Without: the working tree
    #[arg(value_name = "B")]
    after: Option<String>,
    /// Format of the differences
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: DiffFormat,
    /// Exit 4 where there is such a row without a reason; may be given more than once
    #[arg(long, value_name = "HEADING", value_enum, value_delimiter = ',')]
    fail_on: Vec<FailOn>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum DiffFormat {
    #[default]
    Text,
    Json,
    /// For a comment on a pull request
    Markdown,
    /// Annotations of GitHub Actions
    Github,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Loosened,
    Waits,
    Removed,
    /// A resource is replaced
    Replaced,
    Tightened,
    Any,
}

impl FailOn {
    fn finds(self, comparison: &StackDiff) -> bool {
        let has = |heading: Heading| {
            let mut rows = comparison.rows.iter().map(|row| &row.row);
            rows.any(|row| row.heading == heading && row.reason.is_none())
        };
        match self {
            Self::Loosened => has(Heading::Loosened),
            Self::Waits => has(Heading::Waits),
            Self::Removed => has(Heading::Removed),
            Self::Tightened => has(Heading::Tightened),
            Self::Replaced => {
                let mut actions = comparison.actions.iter();
                actions.any(|action| action.action == ActionKind::Replace)
            }
            Self::Any => {
                let mut rows = comparison.rows.iter();
                rows.any(|row| row.row.reason.is_none()) || !comparison.actions.is_empty()
            }
        }
    }
}

pub(crate) fn run(arguments: &DiffArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let selection = session.selection(&BlueprintArguments::default());
    let before = arguments.before.as_deref();
    let found = sides(
        &session.folder,
        before,
        arguments.after.as_deref(),
        &selection,
    );
    let mut reports = vec![(Sources::default(), found.diagnostics)];
    let Some(sides) = found.value else {
        return session.report(reports);
    };
    let compared =
        super::parallel::in_threads(&sides.pairs, |pair| compared::compare(&sides, pair));
    let mut comparisons = Vec::new();
    let stacks = compared.len();
    for (comparison, of_pair) in compared {
        comparisons.extend(comparison);
        reports.extend(of_pair.into_iter().map(errors));
    }
    match arguments.format {
        DiffFormat::Text => session.print_styled(&text::text(&comparisons), text::style_of)?,
        DiffFormat::Json => session.print_json(&json::document(&comparisons))?,
        DiffFormat::Markdown => session.print(&markdown::comment(&comparisons, stacks))?,
        DiffFormat::Github => {
            let mut out = Vec::new();
            report::report(annotations(&comparisons), annotated(), "", &mut out)?;
            session.print_commands(&out)?;
        }
    }
    let exit = session.report(reports)?;
    let fails = |on: &FailOn| comparisons.iter().any(|comparison| on.finds(comparison));
    Ok(
        match arguments.fail_on.iter().any(fails) && exit == Exit::Done {
            true => Exit::Differs,
            false => exit,
        },
    )
}

/// What keeps a state from being compared; advice is for `render`.
fn errors((sources, mut diagnostics): report::SourceReport) -> report::SourceReport {
    diagnostics.retain(Diagnostic::is_error);
    (sources, diagnostics)
}

fn annotated() -> Style {
    Style {
        format: MessageFormat::Github,
        notes: true,
        ..Style::default()
    }
}

/// Rows as findings, for the lines of a pull request.
fn annotations(comparisons: &[StackDiff]) -> Vec<report::SourceReport> {
    let rows = comparisons.iter().flat_map(|comparison| &comparison.rows);
    let findings = rows.map(compared::ReportRow::finding).collect();
    vec![(Sources::default(), findings)]
}
