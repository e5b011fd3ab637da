//! `gwgen check`: prints unified diffs of the files on disk and those that `render` would write.
//!
//! Exits 1 where anything differs.

use std::io;

use clap::Args;

use super::Exit;
use super::parallel::in_threads;
use super::session::{BlueprintArguments, Prepared, Session, not_staged};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::io::{FolderComparison, OutputFolder, unified};
use crate::report::MessageFormat;

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    blueprints: BlueprintArguments,
    /// Exit 1 where git's index lacks what `render` writes, too; for commit hooks
    #[arg(long)]
    staged: bool,
    /// Exit 4 where files differ, so that 1 means an error
    #[arg(long)]
    detailed_exitcode: bool,
}

pub(crate) fn run(arguments: &CheckArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let Prepared {
        outputs,
        mut reports,
    } = session.prepare(&arguments.blueprints, false);
    let comparisons = in_threads(&outputs, |output| {
        let output = output.as_ref()?;
        Some((output.folder.compare(&output.tree), output))
    });
    let mut exit = Exit::Done;
    for (comparison, (_, diagnostics)) in comparisons.into_iter().zip(&mut reports) {
        let Some((comparison, output)) = comparison else {
            continue;
        };
        let folder = &output.folder;
        let has_error = comparison.has_error();
        let (differs, found) = print_differences(folder, comparison, session)?;
        diagnostics.extend(found);
        if differs {
            exit = Exit::Found;
        } else if arguments.staged && !has_error {
            diagnostics.extend(not_staged(folder, &output.tree));
        }
    }
    let reported = session.report(reports)?;
    if arguments.detailed_exitcode && exit == Exit::Found && reported == Exit::Done {
        return Ok(Exit::Differs);
    }
    Ok(exit.max(reported))
}

/// Prints the differences of one folder; returns whether there are any, and diagnostics. Errors:
/// those of comparing, GW0014 for annotations.
fn print_differences(
    folder: &OutputFolder,
    mut comparison: FolderComparison<'_>,
    session: &mut Session<'_>,
) -> io::Result<(bool, Vec<Diagnostic>)> {
    let has_error = comparison.has_error();
    let mut diagnostics = std::mem::take(&mut comparison.diagnostics);
    let alone = comparison.manifest_alone().filter(|_| !has_error);
    let differences: Vec<_> = comparison.differences.iter().chain(&alone).collect();
    let count = differences.len();
    for difference in &differences {
        session.print(&unified(folder, difference))?;
    }
    if count > 0 || !has_error {
        let plural = if count == 1 { " differs" } else { "s differ" };
        session.summarize(&format!(
            "{count} file{plural}, {} unchanged in {}\n",
            comparison.unchanged, folder.display
        ))?;
    }
    // GitHub shows annotations on files, and no diff on standard output.
    if let (Some(first), MessageFormat::Github) = (differences.first(), session.style.format) {
        diagnostics.push(out_of_date(folder, &first.path, count));
    }
    Ok((count > 0, diagnostics))
}

fn out_of_date(folder: &OutputFolder, first: &str, count: usize) -> Diagnostic {
    let (plural, verb) = if count == 1 { ("", "is") } else { ("s", "are") };
    diagnostic::OUT_OF_DATE
        .at(Place::file(&folder.shown(first)))
        .message(format_args!(
            "{count} file{plural} in `{}` {verb} not what `gwgen render` writes",
            folder.display
        ))
        .help("run `gwgen render`, look at what changed, and commit it")
}
