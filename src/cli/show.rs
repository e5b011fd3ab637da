//! `gwgen show`: the blueprint with every default filled in.
//!
//! In: blueprints. Out: their text on standard output.
//! Several blueprints are YAML documents of one stream.

use std::io;

use clap::Args;

use super::session::{Named, Session};
use super::{Exit, not_built};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::io::Job;
use crate::source::Sources;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> io::Result<Exit> {
    let (jobs, diagnostics) = session.jobs(&arguments.named);
    let mut groups = vec![(Sources::default(), diagnostics)];
    let mut separator = "";
    for job in &jobs {
        let Some((shown, sources)) = show(job) else { return not_built::refuse("show", session) };
        if let Some(text) = shown.value.filter(|_| !shown.diagnostics.iter().any(Diagnostic::is_error)) {
            writeln!(session.out, "{separator}{}", text.trim_end())?;
            separator = "---\n";
        }
        groups.push((sources, shown.diagnostics));
    }
    session.report(groups)
}

/// The blueprint as text, and what was read for it; `None` where this version cannot show it.
fn show(_job: &Job) -> Option<(Outcome<String>, Sources)> {
    None // wired in lib
}
