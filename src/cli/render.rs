//! `gwgen render`: writes what the blueprints describe.
//!
//! In: blueprints. Out: files, a line for each changed file, a total.
//! Nothing is written of a blueprint with an error; the others are written all the same.

use std::io;

use clap::Args;

use super::Exit;
use super::session::{BlueprintArguments, Session, in_threads, not_staged};
use crate::diagnostic::Diagnostic;
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
}

pub(crate) fn run(arguments: &RenderArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (prepared, of_search) = session.prepare(&arguments.blueprints);
    let results = in_threads(&prepared, |blueprint| {
        let (folder, tree) = blueprint.files.as_ref()?;
        Some(folder.write(tree))
    });
    let mut of_files = Vec::new();
    for (blueprint, result) in prepared.iter().zip(results) {
        let (Some((folder, tree)), Some(mut result)) = (&blueprint.files, result) else {
            of_files.push(Vec::new());
            continue;
        };
        if arguments.diff {
            session.print(&changes(folder, &result))?;
        }
        session.summarize(&summary(folder, &result))?;
        if arguments.staged && !result.diagnostics.iter().any(Diagnostic::is_error) {
            result.diagnostics.extend(not_staged(folder, tree)?);
        }
        of_files.push(result.diagnostics);
    }
    session.report_prepared(prepared, of_files, of_search)
}

/// The diffs of all files that were written.
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

/// A line for each changed file, and a total.
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
    if !result.diagnostics.iter().any(Diagnostic::is_error) {
        let changed = result.changed.len();
        let plural = if changed == 1 { "" } else { "s" };
        text += &format!(
            "{changed} file{plural} changed, {} unchanged in {}\n",
            result.comparison.unchanged, folder.display
        );
    }
    text
}
