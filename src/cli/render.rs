//! `gwgen render`: writes what the blueprints describe.
//!
//! Nothing is written of a blueprint with an error; the others are written all the same.

use std::io;

use clap::Args;

use super::Exit;
use super::parallel::in_threads;
use super::session::{BlueprintArguments, Prepared, Session, not_staged};
use crate::io::{FileChange, OutputFolder, WriteResult, unified};
use crate::printed;

#[derive(Debug, Args)]
pub(crate) struct RenderArguments {
    #[command(flatten)]
    blueprints: BlueprintArguments,
    /// Print the changes of every file too
    #[arg(long)]
    diff: bool,
    /// Exit 1 where git's index lacks what was written; for commit hooks
    #[arg(long)]
    staged: bool,
    /// Drop closed routes and usage plans of earlier renders, once this is deployed everywhere
    #[arg(long)]
    forget: bool,
}

pub(crate) fn run(arguments: &RenderArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let Prepared {
        outputs,
        mut reports,
    } = session.prepare(&arguments.blueprints, arguments.forget);
    let results = in_threads(&outputs, |output| {
        let output = output.as_ref()?;
        Some((output.folder.write(&output.tree), output))
    });
    for (result, (_, diagnostics)) in results.into_iter().zip(&mut reports) {
        let Some((result, output)) = result else {
            continue;
        };
        let folder = &output.folder;
        if arguments.diff {
            session.print(&changes(folder, &result))?;
        }
        let loosened: String = output
            .loosened
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        session.summarize(&(loosened + &summary(folder, &result)))?;
        if arguments.staged && !result.has_error() {
            diagnostics.extend(not_staged(folder, &output.tree));
        }
        diagnostics.extend(result.diagnostics);
    }
    session.report(reports)
}

/// Returns the diffs of all files that were written.
fn changes(folder: &OutputFolder, result: &WriteResult<'_>) -> String {
    let differences = result.comparison.differences.iter();
    differences
        .filter(|difference| {
            let mut changed = result.changed.iter();
            changed.any(|(path, _)| *path == difference.path)
        })
        .map(|difference| unified(folder, difference))
        .collect()
}

/// Returns a line for each changed file, and a total.
fn summary(folder: &OutputFolder, result: &WriteResult<'_>) -> String {
    let mut text = String::new();
    for (path, change) in &result.changed {
        let verb = match change {
            FileChange::Created => "created",
            FileChange::Updated => "updated",
            FileChange::Removed => "removed",
        };
        text += &format!("{verb} {}\n", printed::line(&folder.shown(path)));
    }
    if !result.has_error() {
        let changed = result.changed.len();
        let plural = if changed == 1 { "" } else { "s" };
        text += &format!(
            "{changed} file{plural} changed, {} unchanged in {}\n",
            result.comparison.unchanged, folder.display
        );
    }
    text
}
