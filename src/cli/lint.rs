//! `gwgen lint`: diagnostics of the inputs, without rendering.
//!
//! Exits 1 where there is an error, and with `--deny warnings` where there is a warning.

use std::io;

use clap::{Args, ValueEnum};

use super::parallel::in_threads;
use super::session::{BlueprintArguments, Session, compiled, headed};
use super::{Exit, coverage, not_built, stacks};
use crate::diagnostic::Severity;

#[derive(Debug, Args)]
pub(crate) struct LintArguments {
    #[command(flatten)]
    blueprints: BlueprintArguments,
    /// Print what the gateway checks of each operation, and what it does not
    #[arg(long)]
    coverage: bool,
    /// Exit 1 where there is any warning
    #[arg(long, value_name = "WHAT", value_enum)]
    deny: Option<Denied>,
    /// Mend what can be mended (not built yet)
    #[arg(long, hide = true)]
    fix: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Denied {
    Warnings,
}

pub(crate) fn run(arguments: &LintArguments, session: &mut Session<'_>) -> io::Result<Exit> {
    if arguments.fix {
        return not_built::refuse("lint --fix", session);
    }
    let (jobs, mut reports) = session.jobs(&arguments.blueprints);
    // The first report is that of the search for blueprints.
    let mut stacks = vec![None];
    let linted = in_threads(&jobs, |job| {
        let compiled = compiled(job);
        let plan = compiled.plan.as_ref().filter(|_| arguments.coverage);
        let paragraphs = plan.map(coverage::paragraphs);
        let report = (compiled.sources, compiled.diagnostics);
        (paragraphs, report, compiled.stack)
    });
    for (job, (paragraphs, report, stack)) in jobs.iter().zip(linted) {
        if let Some(paragraphs) = paragraphs {
            session.print(&headed(job, jobs.len() > 1, paragraphs))?;
        }
        reports.push(report);
        stacks.push(stack);
    }
    stacks::compare(&stacks, &mut reports);
    let has_warning = reports
        .iter()
        .flat_map(|(_, diagnostics)| diagnostics)
        .any(|diagnostic| diagnostic.severity != Severity::Info && !diagnostic.is_allowed());
    let exit = session.report(reports)?;
    Ok(match arguments.deny {
        Some(Denied::Warnings) if has_warning => exit.max(Exit::Found),
        Some(Denied::Warnings) | None => exit,
    })
}
