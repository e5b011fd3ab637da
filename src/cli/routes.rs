//! `gwgen routes`: every operation with its way to a backend.
//!
//! In: blueprints. Out: a table, JSON or Markdown on standard output.
//! Read from the plan; nothing is decided here.

use std::io;

use clap::{Args, ValueEnum};

use super::session::{Named, Session};
use super::{Exit, not_built};
use crate::diagnostic::Outcome;
use crate::io::Job;
use crate::source::Sources;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// How the list looks
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: RouteFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum RouteFormat {
    #[default]
    Table,
    Json,
    Markdown,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (jobs, diagnostics) = session.jobs(&arguments.named);
    let mut groups = vec![(Sources::default(), diagnostics)];
    for job in &jobs {
        let Some((listed, sources)) = routes(job, arguments.format) else { return not_built::refuse("routes", session) };
        if let Some(text) = listed.value {
            writeln!(session.out, "{}", text.trim_end())?;
        }
        groups.push((sources, listed.diagnostics));
    }
    session.report(groups)
}

/// The routes as text, and what was read for them; `None` where this version cannot list them.
fn routes(_job: &Job, _format: RouteFormat) -> Option<(Outcome<String>, Sources)> {
    None // wired in lib
}
