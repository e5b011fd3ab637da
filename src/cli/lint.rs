//! `gwgen lint`: what there is to say of the inputs, without rendering.
//!
//! In: blueprints. Out: diagnostics; with `--coverage` what the gateway checks of each operation.
//! Writes nothing.
//! Exits 1 where there is an error, and with `--deny warnings` where there is any finding.

use std::io;

use clap::{Args, ValueEnum};

use super::session::{Named, Session, compiled, headed};
use super::stacks::{self, Checked};
use super::{Exit, coverage, not_built};
use crate::diagnostic::Severity;
use crate::source::Sources;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    named: Named,
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

pub(crate) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    if arguments.fix {
        return not_built::refuse("lint --fix", session);
    }
    let (jobs, diagnostics) = session.jobs(&arguments.named);
    let (mut groups, mut stacks) = (vec![(Sources::default(), diagnostics)], vec![None]);
    for job in &jobs {
        let compiled = compiled(job);
        if let Some(plan) = compiled.plan.as_ref().filter(|_| arguments.coverage) {
            session.print(&headed(job, jobs.len() > 1, coverage::listed(plan)))?;
        }
        groups.push((compiled.sources, compiled.diagnostics));
        stacks.push(compiled.stack);
    }
    let checked = groups.iter_mut().zip(&stacks);
    let mut checked: Vec<Checked<'_>> = checked
        .map(|((sources, diagnostics), stack)| Checked {
            stack,
            sources,
            diagnostics,
        })
        .collect();
    stacks::compare(&mut checked);
    let has_finding = groups.iter().any(|(_, diagnostics)| {
        diagnostics
            .iter()
            .any(|it| it.severity != Severity::Info && !it.is_allowed())
    });
    let exit = session.report(groups)?;
    Ok(if arguments.deny == Some(Denied::Warnings) && has_finding {
        exit.max(Exit::Found)
    } else {
        exit
    })
}
